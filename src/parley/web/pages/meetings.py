"""Meetings: the register of what each side declared, and each meeting with its minutes.

What a side has not said is shown as a gap that says that it is one; nothing is said for it.
"""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING, Final, NamedTuple

from starlette.responses import Response

from parley.application import cases, channels, meetings, minutes, offers
from parley.domain.kinds import meeting_reading as reading
from parley.domain.kinds.meeting_state import Meeting, Minutes
from parley.domain.shape import Scope
from parley.kernel.errors import ParleyError
from parley.kernel.reasons import Reason
from parley.language.marks import N_
from parley.presentation import case_page, meeting_register
from parley.presentation.kinds import meeting as kind_page
from parley.presentation.kinds.common import member, numbered
from parley.web import paging, wording
from parley.web.page import Page

if TYPE_CHECKING:
    from collections.abc import Mapping

    from parley.application.cases import CaseView
    from parley.application.meetings import Declared, Denied, Line
    from parley.domain.kinds.meeting_reading import Item
    from parley.record.body import Value
    from parley.web.visit import Visit
    from parley.web.wording import Wording

_MONTH: Final = len("2017-07")
_NO_MINUTES: Final = N_("There are no minutes yet.")


# --- the register --------------------------------------------------------------------------------


class Row(NamedTuple):
    """A meeting of the register: what each side declared, the latest first, and what is denied."""

    line: Line
    day: str
    subject: Wording | None
    ours: list[Declared]
    theirs: list[Declared]
    differ: bool
    denials: list[tuple[Denied, str]]


def register(visit: Visit) -> Response:
    """The calendar of two columns."""
    given = {name: visit.asked(name) or "" for name in ("from", "to", "channel")}
    error, found = None, None
    known = channels.every(visit.desk)
    try:
        where = next((one for one in known if one.id.hex() == given["channel"]), None)
        period = meeting_register.period(given["from"] or None, given["to"] or None)
        found = meetings.register(visit.desk, visit.officer, period, where, paging.number(visit))
    except ParleyError as fault:
        if fault.reason is not Reason.ROLE_FORBIDS:
            error = visit.translator.reason(fault)
    rows = [] if found is None else [_row(visit, line) for line in found.lines]
    return visit.page(
        "meetings.html",
        status=200 if error is None else 422,
        error=error,
        given=given,
        channels=known,
        sees=found is not None or error is not None,
        months=[
            (visit.translator.month(month), list(of))
            for month, of in groupby(rows, lambda row: row.day[:_MONTH])
        ],
        paging=paging.of(visit, 0 if found is None else found.total, meetings.PAGE),
        write=offers.opening(visit.desk, visit.officer, Scope.MEETING),
    )


def _row(visit: Visit, line: Line) -> Row:
    channel = line.channel
    ours, theirs = (
        list(reversed(line.declared[index])) for index in (channel.own_index, channel.peer_index)
    )
    days = [one.held for one in (*ours, *theirs)]
    return Row(
        line,
        min(days),
        wording.chosen(line.subject, visit.words.language),
        ours,
        theirs,
        bool(ours and theirs) and ours[0].held != theirs[0].held,
        [(one, "own" if one.author == channel.own_index else "peer") for one in line.denials],
    )


# --- one meeting ---------------------------------------------------------------------------------


class AgendaRow(NamedTuple):
    """An item of the agenda with its text."""

    item: Item
    statement: int
    text: Wording | None
    owner: str


class Roster(NamedTuple):
    """Who takes part, or what is beside the talks, by the word of one side; None: it said none."""

    owner: str
    entries: list[Wording | None] | None


def meeting(visit: Visit) -> Response:
    """One meeting: agenda, who took part, minutes, what follows."""
    channel, case = cases.find(visit.desk, visit.officer, visit.part("case"))
    view = cases.show(visit.desk, channel, case, visit.officer)
    substance = view.summary.state.substance
    if not isinstance(substance, Meeting):
        return visit.go(f"/cases/{case.hex()}")
    language = visit.words.language
    return visit.page(
        "meeting.html",
        view=view,
        channel=channel,
        case=case,
        subject=wording.chosen(view.summary.subject, language),
        standing=case_page.status(visit.words, view.summary.state),
        head=kind_page.planned(visit.words, view.summary, substance),
        sides=_sides(view, substance),
        agenda=_agenda(visit, view, substance),
        delegations=_rosters(visit, view, substance, "delegation", "office"),
        programmes=_rosters(visit, view, substance, "programme", "text"),
        minutes=_minutes(visit, view, substance),
        dues=[
            (visit.words.name(due.obligation.kind.value), due, min(times))
            for due in view.summary.dues
            for times in [[at for at in due.due if at is not None]]
            if times
        ],
        movers=case_page.movers(visit.words, view.summary),
        related=[
            (one, wording.chosen(one.subject, language), case_page.status(visit.words, one.state))
            for one in view.related
        ],
        write=offers.in_case(visit.desk, visit.officer, channel, case),
    )


def _sides(view: CaseView, substance: Meeting) -> list[tuple[bool, list[tuple[str, int | None]]]]:
    """What each side declared of the day, ours first, with the number of the statement."""
    channel, numbers = view.summary.channel, numbered(view)
    return [
        (
            index == channel.own_index,
            [(one.held, numbers.get(one.id)) for one in substance.sides[index].declarations[::-1]],
        )
        for index in (channel.own_index, channel.peer_index)
    ]


def _values(view: CaseView, act: bytes) -> Mapping[str, Value]:
    found = next((one for one in view.acts if one.entry.leaf == act), None)
    return {} if found is None or found.body is None else found.body.values


def _agenda(visit: Visit, view: CaseView, substance: Meeting) -> list[AgendaRow]:
    numbers = numbered(view)
    return [
        AgendaRow(
            item,
            numbers.get(item.items, 0),
            wording.field(
                _values(view, item.items), f"agenda/{item.number}/text", visit.words.language
            ),
            _member(visit, view, item.owner),
        )
        for item in reading.agenda(substance)
    ]


def _rosters(
    visit: Visit, view: CaseView, substance: Meeting, name: str, part: str
) -> list[Roster]:
    channel = view.summary.channel
    found: list[Roster] = []
    for index in (channel.own_index, channel.peer_index):
        side = substance.sides[index]
        roster = side.delegation if name == "delegation" else side.programme
        entries = None
        if roster is not None:
            values = _values(view, roster.id)
            entries = [
                wording.field(values, f"{name}/{number}/{part}", visit.words.language)
                for number in range(1, roster.count + 1)
            ]
        found.append(Roster(_member(visit, view, index), entries))
    return found


def _member(visit: Visit, view: CaseView, index: int) -> str:
    return member(visit.words, view.summary.channel, index)


# --- minutes -------------------------------------------------------------------------------------


class Version(NamedTuple):
    """One side's minutes: whose, by which statement of the case, in the language shown."""

    owner: str
    own: bool
    number: int
    text: minutes.Text
    items: list[Wording]
    statements: list[Wording]
    reservations: list[Wording]
    corrections: list[Wording]
    reason: Wording | None
    type: str


class Kept(NamedTuple):
    """The minutes as the page shows them.

    ``agreed`` and what was said to them; else ``versions`` of each side, and where there are two,
    ``rows`` with what differs, in ``language``, one of ``languages``.
    """

    stage: str
    sentence: str
    agreed: Version | None
    versions: list[Version]
    replies: list[Version]
    language: str
    languages: tuple[str, ...]
    rows: list[minutes.Row]
    statements: list[minutes.Row]


def _minutes(visit: Visit, view: CaseView, substance: Meeting) -> Kept:
    state, channel = view.summary.state, view.summary.channel
    stage = reading.minutes(state, substance)
    numbers = numbered(view)
    texts = minutes.versions(view, substance)
    wanted = visit.asked("language") or visit.words.language
    shared = [tag for tag in _all(list(texts.values())) if _in_all(tag, list(texts.values()))]
    languages = tuple(shared or _all(list(texts.values())))
    language = wording.preferred(languages, wanted) or visit.words.language
    order = tuple(dict.fromkeys((language, *languages)))

    def version(text: minutes.Text, type_: str = "") -> Version:
        def said(group: Mapping[int, minutes.Versions]) -> list[Wording]:
            found = (wording.chosen(one, language) for _number, one in sorted(group.items()))
            return [one for one in found if one is not None]

        return Version(
            _member(visit, view, text.author),
            text.author == channel.own_index,
            numbers.get(text.act, 0),
            text,
            said(text.items),
            said(text.statements),
            said(text.reservations),
            said(text.corrections),
            wording.chosen(text.reason, language),
            type_,
        )

    agreed = reading.agreed_draft(state, substance)
    ordered = [texts[one] for one in (channel.own_index, channel.peer_index) if one in texts]
    both = len(ordered) == 2 and agreed is None
    about = agreed[0] if agreed is not None else None
    asked = [about] if about is not None else [one.act for one in ordered]
    settled = None if about is None else minutes.of_act(view, about)
    return Kept(
        stage.value,
        visit.words.text(_NO_MINUTES if stage == Minutes.NONE else kind_page.MINUTES[stage.value]),
        None if settled is None else version(settled),
        [version(one) for one in ordered] if agreed is None else [],
        [
            version(text, type_)
            for draft in asked
            for type_, text in minutes.replies(view, substance, draft)
            if text.reservations or text.corrections or text.reason
        ],
        language,
        languages,
        minutes.beside(ordered[0].items, ordered[1].items, order) if both else [],
        minutes.beside(ordered[0].statements, ordered[1].statements, order) if both else [],
    )


def _all(texts: list[minutes.Text]) -> list[str]:
    return list(dict.fromkeys(tag for text in texts for tag in text.languages))


def _in_all(tag: str, texts: list[minutes.Text]) -> bool:
    return all(tag in text.languages for text in texts)


PAGES: Final = (Page("/meetings", register), Page("/meetings/{case}", meeting))
