"""The register of meetings: which each side has declared, for which day, and when it said so.

It is read from the cases alone. What a side has not declared is left empty, and what it denies
stands beside the declaration; nothing here weighs one against the other.
"""

from __future__ import annotations

from typing import Final, NamedTuple

from sqlalchemy import Connection

from parley.application import cases, house
from parley.application.desk import Desk
from parley.application.places import Places
from parley.domain import access, dates
from parley.domain.act import ActType
from parley.domain.kinds.meeting_state import Declaration, Meeting
from parley.domain.roles import Duty
from parley.domain.shape import Scope
from parley.kernel.errors import ParleyError
from parley.kernel.reasons import Reason
from parley.record import replay
from parley.record.channel import Channel
from parley.store import case_lists, log, views
from parley.store.views import CaseRow


class Period(NamedTuple):
    """The days from the first to the last, both to the year, the month or the day."""

    first: str
    last: str

    def holds(self, day: str) -> bool:
        """Whether a declared day, month or year has a day in the period."""
        return dates.start(day) < dates.end(self.last) and dates.start(self.first) < dates.end(day)


class Declared(NamedTuple):
    """A side's word that a meeting took place: the day, the statement, when it was signed."""

    held: str
    statement: bytes
    signed_at: int


class Denied(NamedTuple):
    """A denial about a meeting, from a case of its own: whose, which statement, when signed."""

    case: bytes
    author: int
    statement: bytes
    signed_at: int


class Line(NamedTuple):
    """A meeting that a side or both have declared, with what is denied about it.

    ``declared`` has the declarations of each member, by index, in the member's own order.
    """

    channel: Channel
    case: bytes
    meeting: Meeting
    subject: dict[str, str]
    declared: tuple[tuple[Declared, ...], ...]
    denials: tuple[Denied, ...]


PAGE: Final = 50
"""Meetings on a page of the register."""

_AROUND: Final = 1_000
"""So many declared before a period and behind it are looked at; of more, the count is too high."""


class Page(NamedTuple):
    """A page of the register; ``total`` is how many meetings there are in the period."""

    lines: list[Line]
    total: int


def register(
    desk: Desk, officer: str, period: Period, channel: Channel | None, page: int = 1
) -> Page:
    """The meetings of a period that the officer may see, by the first day that a side declared.

    ``page`` counts from 1. What stands on it is read whole; the others are counted.

    :raises ParleyError: ``officer-unknown``; ``role-forbids`` where no role of the officer's sees
        cases anywhere.
    """
    dated = case_lists.Dated(
        Scope.MEETING.value,
        dates.start(period.first),
        dates.end(period.last),
        channel.id if channel is not None else None,
    )
    with house.reading(desk, officer) as acting:
        connection = acting.connection
        access.require_somewhere(acting.officer, Duty.SEE_CASE)
        places = Places(connection, acting.officer)
        hidden = places.hidden
        # Declared before the period and behind it, and on no day of it.
        without = [
            row.case_id
            for row in case_lists.dated_around(connection, dated, hidden, _AROUND)
            if not _is_in(period, row)
        ]
        hidden = hidden._replace(cases=[*hidden.cases, *without])
        total = case_lists.dated_count(connection, dated, hidden)
        for part in places.hidden_beside:
            total -= case_lists.dated_count(connection, dated, hidden, part)
        skip = (max(page, 1) - 1) * PAGE
        known: dict[bytes, Channel] = {}
        lines: list[Line] = []
        keys = case_lists.dated_page(connection, dated, hidden, skip, PAGE)
        for row in views.some_of(connection, keys):
            meeting = replay.case_of(row).substance
            if isinstance(meeting, Meeting) and places.sees(row) and _is_in(period, row):
                if row.channel not in known:
                    known[row.channel] = desk.channel(connection, row.channel)
                lines.append(_line(desk, connection, places, known[row.channel], row, meeting))
        return Page(lines, total)


def _is_in(period: Period, row: CaseRow) -> bool:
    """Whether a side says that a meeting took place on a day of the period."""
    meeting = replay.case_of(row).substance
    if not isinstance(meeting, Meeting):
        return False
    return any(period.holds(one.held) for side in meeting.sides for one in side.declarations)


def _line(
    desk: Desk,
    connection: Connection,
    places: Places,
    channel: Channel,
    row: CaseRow,
    meeting: Meeting,
) -> Line:
    def declared(one: Declaration) -> Declared:
        return Declared(one.held, one.id, _signed_at(connection, channel, one.id))

    return Line(
        channel,
        row.case_id,
        meeting,
        cases.subject_of(desk, connection, places, row),
        tuple(tuple(declared(one) for one in side.declarations) for side in meeting.sides),
        tuple(
            Denied(about.case_id, act.author, act.id, _signed_at(connection, channel, act.id))
            for about in views.cases_about(connection, channel.id, row.case_id)
            if about.kind == Scope.POSITION and places.sees(about)
            for act in replay.case_of(about).acts
            if act.type == ActType.DENIAL and act.void is None
        ),
    )


def _signed_at(connection: Connection, channel: Channel, leaf: bytes) -> int:
    entry = log.by_leaf(connection, channel.id, leaf)
    if entry is None:
        raise ParleyError(Reason.INTERNAL, fact="a declaration without its statement")
    return entry.iat
