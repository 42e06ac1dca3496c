"""The rail: the areas of the desk, and which of them a page belongs to."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from parley.language.marks import N_

if TYPE_CHECKING:
    from parley.presentation.output import Output


class Entry(NamedTuple):
    """An area on the rail: what it is called, its first page, its icon, whether one is in it.

    ``parts`` are its lists beside the first page, shown to whoever is in it.
    """

    label: str
    path: str
    icon: str
    here: bool
    parts: tuple[Entry, ...] = ()


_AREAS: Final = (
    (N_("Today"), "/", "today", ("/pictures",)),
    (
        N_("Cases"),
        "/cases",
        "cases",
        ("/drafts", "/search", "/attachments", "/notices", "/positions", "/shares"),
    ),
    (N_("Working groups"), "/groups", "groups", ("/proposals",)),
    (N_("Meetings"), "/meetings", "meetings", ()),
    (N_("Understandings"), "/understandings", "understandings", ()),
    (N_("Contacts"), "/contacts", "contacts", ()),
    (
        N_("Record"),
        "/record",
        "record",
        ("/verify", "/evidence", "/keys", "/pouches", "/witnesses"),
    ),
    (
        N_("House"),
        "/house",
        "house",
        ("/recusals", "/officers", "/offices", "/alerts", "/roster", "/retention", "/erasures"),
    ),
)

_PARTS: Final = {
    "/cases": (
        (N_("Notices"), "/notices"),
        (N_("Attributions and denials"), "/positions"),
        (N_("Shares of criminal cases"), "/shares"),
    ),
    "/house": (
        (N_("Alerts"), "/alerts"),
        (N_("Roster"), "/roster"),
        (N_("Recusals"), "/recusals"),
        (N_("Keeping and erasing"), "/retention"),
    ),
}


def rail(words: Output, path: str) -> list[Entry]:
    """The areas, with that of the page at ``path`` marked."""
    return [
        Entry(words.text(label), first, icon, here, _parts(words, first, path) if here else ())
        for label, first, icon, more in _AREAS
        for here in [_covers(path, (first, *more))]
    ]


def _parts(words: Output, area: str, path: str) -> tuple[Entry, ...]:
    return tuple(
        Entry(words.text(label), first, "", _covers(path, (first,)))
        for label, first in _PARTS.get(area, ())
    )


def _covers(path: str, firsts: tuple[str, ...]) -> bool:
    return any(path == one or (one != "/" and path.startswith(f"{one}/")) for one in firsts)
