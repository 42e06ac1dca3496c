"""The rail: the areas of the desk, and which of them a page belongs to."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from parley.language.marks import N_

if TYPE_CHECKING:
    from parley.presentation.output import Output


class Entry(NamedTuple):
    """An area on the rail: what it is called, its first page, its icon, whether one is in it."""

    label: str
    path: str
    icon: str
    here: bool


_AREAS: Final = (
    (N_("Today"), "/", "today", ()),
    (N_("Cases"), "/cases", "cases", ("/drafts", "/search", "/attachments")),
    (N_("Working groups"), "/groups", "groups", ("/proposals",)),
    (N_("Meetings"), "/meetings", "meetings", ()),
    (N_("Understandings"), "/understandings", "understandings", ()),
    (N_("Contacts"), "/contacts", "contacts", ()),
    (N_("Record"), "/record", "record", ("/verify", "/evidence", "/keys")),
    (N_("House"), "/house", "house", ("/recusals", "/officers", "/alerts", "/roster")),
)


def rail(words: Output, path: str) -> list[Entry]:
    """The areas, with that of the page at ``path`` marked."""
    return [
        Entry(words.text(label), first, icon, _covers(path, (first, *more)))
        for label, first, icon, more in _AREAS
    ]


def _covers(path: str, firsts: tuple[str, ...]) -> bool:
    return any(path == one or (one != "/" and path.startswith(f"{one}/")) for one in firsts)
