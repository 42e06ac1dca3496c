"""Searching: what was said in one's own cases, found by its words, the words marked."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from starlette.responses import Response

from parley.application import channels
from parley.application import search as searching
from parley.application.search import LIMIT, LIMIT_MAX, Sought
from parley.domain import dates
from parley.kernel.errors import ParleyError
from parley.kernel.reasons import Reason
from parley.presentation import fields, meeting_register
from parley.presentation.kinds import PAGES as KINDS
from parley.web import paging
from parley.web.page import Page
from parley.web.visit import Visit

if TYPE_CHECKING:
    from parley.application.search import Hit
    from parley.application.snippets import Snippet
    from parley.presentation.output import Output

_NAMES: Final = ("q", "kind", "party", "from", "to", "phrase")


class Shown(NamedTuple):
    """A snippet as the page shows it: the name of its field, its language, its words."""

    label: str
    language: str
    snippet: Snippet
    whole: str
    """All its words together, which say how it runs."""


def search(visit: Visit) -> Response:
    """What was found, the best first; nothing is asked where no word was typed."""
    asked = {name: visit.asked(name) or "" for name in _NAMES}
    found, problem = None, None
    if asked["q"].strip():
        try:
            found = searching.find(visit.desk, visit.officer, _sought(visit, asked))
        except ParleyError as error:
            if error.reason is Reason.ROLE_FORBIDS:
                raise
            problem = visit.translator.reason(error)
    return visit.page(
        "search.html",
        asked=asked,
        found=found,
        problem=problem,
        hits=[] if found is None else [(hit, _snippets(visit.words, hit)) for hit in found.hits],
        paging=paging.of(visit, 0 if found is None else min(found.statements, LIMIT_MAX), LIMIT),
        kinds=list(KINDS),
        parties=sorted({one.peer.text.code for one in channels.every(visit.desk)}),
    )


def _sought(visit: Visit, asked: dict[str, str]) -> Sought:
    first, last = asked["from"].strip() or None, asked["to"].strip() or None
    meeting_register.period(first, last)
    party = asked["party"]
    return Sought(
        asked["q"],
        phrase=bool(asked["phrase"]),
        channel=channels.find(visit.desk, party) if party else None,
        kind=asked["kind"] or None,
        since=None if first is None else dates.start(first),
        until=None if last is None else dates.end(last),
        skip=min((paging.number(visit) - 1) * LIMIT, LIMIT_MAX - LIMIT),
    )


def _snippets(words: Output, hit: Hit) -> list[Shown]:
    return [_shown(words, hit, one) for one in hit.snippets or ()]


def _shown(words: Output, hit: Hit, snippet: Snippet) -> Shown:
    whole = "".join(mark.text for mark in snippet.marks)
    (field,) = fields.of(hit.type, {snippet.path: whole})
    return Shown(fields.label(words, field), field.language or "", snippet, whole)


PAGES: Final = (Page("/search", search),)
