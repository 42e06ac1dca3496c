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
}
