"""Sentences for reason codes: searching, and the registry of the house."""

from __future__ import annotations

from typing import Final

from parley.kernel.reasons import Reason

TEXTS: Final[dict[Reason, tuple[str, str]]] = {
    # Search
    Reason.SEARCH_EMPTY: (
        "There is no word to search for.",
        "Give at least one word; signs alone are not searched for.",
    ),
    Reason.SEARCH_TOO_LONG: (
        "So much cannot be searched for at once ({size:number}; at most {limit:number}).",
        "Search for fewer words.",
    ),
    Reason.SEARCH_BEGINNING_SHORT: (
        "A beginning of a word is too short to search by.",
        "Give at least {limit:number} characters of it.",
    ),
    # Register and filters
    Reason.REGISTER_UNREADABLE: (
        "What the house has of a case, or a saved filter, cannot be opened with this desk's keys.",
        "Restore desk.keys and the database from copies that belong together.",
    ),
    Reason.MARKING_UNKNOWN: (
        "The house has no marking {value}. It has: {choices}.",
        "Give one of these; the scheme stands in parley.toml, house.classifications.",
    ),
    Reason.TOO_MANY_LABELS: (
        "A case has at most {limit:number} labels.",
        "Take one away first.",
    ),
    Reason.TOO_MANY_FILTERS: (
        "An officer keeps at most {limit:number} filters.",
        "Remove one first: parley filter remove.",
    ),
    Reason.FILTER_UNKNOWN: (
        "There is no filter {name}.",
        "See parley filter list.",
    ),
}
