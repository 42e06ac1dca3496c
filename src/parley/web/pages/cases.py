"""The list of cases: filters, pages, the house's numbers, whose move it is, what is due next."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple
from urllib.parse import urlencode

from starlette.responses import Response

from parley.application import cases, channels, filters, register, today
from parley.application.filters import Filter
from parley.domain import case as folds
from parley.domain.act import Precedence
from parley.kernel.errors import ParleyError
from parley.kernel.reasons import Reason
from parley.presentation import case_page
from parley.presentation.kinds import PAGES as KINDS
from parley.presentation.kinds.common import member
from parley.web import clock
from parley.web.page import Page, posted
from parley.web.visit import Visit

if TYPE_CHECKING:
    from collections.abc import Iterable

    from parley.application.cases import Summary

SHOWN: Final = cases.PAGE
"""So many cases stand on a page."""
_PAGES_MOST: Final = 1_000
_NAMES: Final = (
    "kind",
    "status",
    "party",
    "label",
    "precedence",
    "level",
    "words",
    "open",
    "due",
    "overdue",
)
"""What the address of a list may ask for."""


class Row(NamedTuple):
    """A case as a list shows it."""

    summary: Summary
    subject: tuple[str, str] | None
    kind: str
    status: str
    movers: str
    due: clock.Shown | None
    due_what: str
    due_by: str
    provisional: bool


def listed(visit: Visit) -> Response:
    """The list, as the address asks for it."""
    asked = {name: visit.asked(name) or "" for name in _NAMES}
    problem, more, wanted, seen = None, False, Filter(), True
    found: list[Summary] = []
    try:
        wanted = _wanted(visit, asked)
        found, more = _found(visit, wanted)
    except ParleyError as error:
        seen = error.reason is not Reason.ROLE_FORBIDS
        problem = visit.translator.reason(error) if seen else None
    by_deadline = wanted.due or wanted.overdue
    number = _number(visit)
    return visit.page(
        "cases.html",
        problem=problem,
        seen=seen,
        rows=[row(visit, one) for one in found],
        asked=asked,
        wanted=wanted,
        saved=filters.every(visit.desk, visit.officer),
        chosen=visit.asked("filter"),
        next_page=_next(visit, found, number, more=more, by_deadline=by_deadline),
        by_deadline=by_deadline,
        first_page=_address(visit) if visit.asked("before") or visit.asked("page") else None,
        is_narrowed=wanted != Filter(),
        kinds=list(KINDS),
        statuses=_statuses(visit, asked["kind"]),
        parties=sorted(
            {one.peer.text.code for one in channels.every(visit.desk)}
            | ({asked["party"]} if asked["party"] else set())
        ),
        precedences=[one.name.lower() for one in Precedence],
        markings=visit.desk.policy.classifications,
    )


def save(visit: Visit) -> Response:
    """Keep what the list asks for under a name."""
    form = visit.form
    wanted = _made(visit, {name: form.value(name) for name in _NAMES})
    name = form.value("name")
    filters.save(visit.desk, visit.officer, name, wanted)
    return visit.go("/cases?" + urlencode({"filter": name}))


def remove(visit: Visit) -> Response:
    """Drop a saved filter."""
    filters.remove(visit.desk, visit.officer, visit.form.value("name"))
    return visit.go("/cases")


def row(visit: Visit, summary: Summary) -> Row:
    """A case as a list shows it."""
    words, state = visit.words, summary.state
    due = next(
        (one for one in summary.dues if any(at is not None for at in one.due)),
        None,
    )
    ends = [at for at in due.due if at is not None] if due is not None else []
    obligation = None if due is None else due.obligation
    return Row(
        summary,
        subject(visit, summary.subject),
        case_page.kind(words, state),
        case_page.status(words, state),
        case_page.movers(words, summary),
        clock.of(words, min(ends), obligation.kind, now=visit.now) if obligation else None,
        words.name(obligation.kind.value) if obligation else "",
        member(words, summary.channel, obligation.owner) if obligation else "",
        folds.is_provisional(state),
    )


def subject(visit: Visit, versions: dict[str, str]) -> tuple[str, str] | None:
    """What a case is about, with the language in which it says so: the reader's if there is one."""
    for language in (visit.words.language, "en", *versions):
        if language in versions:
            return language, versions[language]
    return None


def _wanted(visit: Visit, asked: dict[str, str]) -> Filter:
    wanted = _made(visit, asked)
    name = visit.asked("filter")
    if name is None:
        return wanted
    return filters.named(visit.desk, visit.officer, name).narrowed(wanted)


def _made(visit: Visit, asked: dict[str, str]) -> Filter:
    """The filter that the fields of the form come to.

    :raises ParleyError: ``form-invalid``, ``marking-unknown``.
    """
    levels = {one.name.lower(): one.value for one in Precedence}
    if asked["precedence"] and asked["precedence"] not in levels:
        raise ParleyError(Reason.FORM_INVALID, name="precedence")
    level = asked["level"]
    return Filter(
        kind=asked["kind"] or None,
        status=asked["status"] or None,
        party=asked["party"] or None,
        still_open=bool(asked["open"]),
        label=asked["label"].strip() or None,
        precedence=levels.get(asked["precedence"]),
        level=register.level_of(visit.desk, level) if level else None,
        due=bool(asked["due"]),
        overdue=bool(asked["overdue"]),
        words=asked["words"].strip() or None,
    )


def _found(visit: Visit, wanted: Filter) -> tuple[list[Summary], bool]:
    desk, officer = visit.desk, visit.officer
    channel = channels.find(desk, wanted.party) if wanted.party is not None else None
    chosen = filters.chosen(desk, officer, wanted)
    if wanted.due or wanted.overdue:
        return today.by_deadline(
            desk,
            officer,
            channel,
            before=visit.now if wanted.overdue else None,
            kind=wanted.kind,
            status=wanted.status,
            wanted=chosen.wanted,
            among=chosen.among,
            count=SHOWN,
            skip=SHOWN * _number(visit),
        )
    before = visit.asked("before")
    found, more = cases.page(
        desk,
        officer,
        channel,
        before=None if before is None else cases.find(desk, officer, before)[1],
        still_open=wanted.still_open,
        kind=wanted.kind,
        status=wanted.status,
        wanted=chosen.wanted,
        among=chosen.among,
        count=SHOWN,
    )
    return found[::-1], more


def _number(visit: Visit) -> int:
    """Which page of a list by deadline is asked for, from 0."""
    return min(visit.number("page") or 0, _PAGES_MOST)


def _next(
    visit: Visit, found: list[Summary], number: int, *, more: bool, by_deadline: bool
) -> str | None:
    if not more or not found:
        return None
    if by_deadline:
        return _address(visit, page=str(number + 1))
    return _address(visit, before=found[-1].row.case_id.hex())


def _address(visit: Visit, **more: str) -> str:
    """The list with what it asks for, from the first page on, or from where ``more`` says."""
    kept = {name: visit.asked(name) for name in ("filter", *_NAMES)}
    query = urlencode({name: value for name, value in {**kept, **more}.items() if value})
    return f"/cases?{query}" if query else "/cases"


def _statuses(visit: Visit, kind: str) -> list[tuple[str, list[tuple[str, str]]]]:
    """The statuses of each kind, or of the one that is asked for, in words."""
    words = visit.words
    wanted: Iterable[str] = [kind] if kind in KINDS else KINDS
    return [
        (
            words.name(one),
            [(token, words.text(text)) for token, text in KINDS[one].STATUSES.items()],
        )
        for one in wanted
    ]


PAGES: Final = (
    Page("/cases", listed),
    posted("/cases/filters", save),
    posted("/cases/filters/remove", remove),
)
