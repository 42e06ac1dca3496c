"""What waits for us and for the others, as a page of the day shows it: by deadline, by urgency.

Both clocks stand beside each other. A deadline at an hour at which our office does not work is
shown as that: it does not move.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Final, NamedTuple

from sqlalchemy import Connection

from parley.application import cases, deadlines, house, offices
from parley.application.cases import Summary
from parley.application.desk import Desk
from parley.application.offices import Watching
from parley.application.places import Places
from parley.domain import calendar as calendars
from parley.domain import folding
from parley.domain.escalation import Rung
from parley.domain.kinds import contacts_state
from parley.domain.kinds.contacts_state import Contacts, ContactStatus
from parley.domain.shape import Scope
from parley.record import replay
from parley.record.channel import Channel
from parley.store import deadlines as rows
from parley.store import offices as office_rows
from parley.store import views
from parley.store.case_lists import ANY, Wanted
from parley.store.deadlines import NEVER, DeadlineRow, RaisedRow

_AT_ONCE: Final = 500


class Hours(NamedTuple):
    """A deadline at which the office does not work.

    ``day``: the name of the special day that it is there, empty for one without a name or a plain
    day; ``opens_at``: when the office works again, None where no hours of it are near.
    """

    day: str
    opens_at: int | None


class NextMeans(NamedTuple):
    """Whom to turn to when nothing else helped: a contact of the other side's directory."""

    directory: bytes
    number: int


class Waiting(NamedTuple):
    """One deadline as an officer may see it.

    ``subject`` is the case's, by language; ``closed`` is null where the office works then. ``last``
    is the step of it that was raised last. ``means`` is given from the step to the next channel on.
    """

    row: DeadlineRow
    channel: Channel
    subject: Mapping[str, str]
    closed: Hours | None
    last: RaisedRow | None
    means: NextMeans | None


class Page(NamedTuple):
    """A part of what waits, and whether there is more behind it."""

    waiting: list[Waiting]
    more: bool


def waiting(
    desk: Desk,
    officer: str,
    *,
    ours: bool | None = None,
    mine: bool = False,
    before: int | None = None,
    channel: Channel | None = None,
    after: DeadlineRow | None = None,
    count: int = deadlines.PAGE,
) -> Page:
    """What waits in cases that the officer may see, what ends first first.

    ``ours``: for us, or for the others; ``mine``: only of offices in which the officer has a post.
    What no clock runs for as yet comes last.

    :raises ParleyError: as :func:`parley.application.deadlines.listed`.
    """
    held = _held(desk, officer) if mine else ()
    if mine and not held:
        # The same questions as ever, with an office that is nobody's.
        held = (b"",)
    listed = deadlines.listed(
        desk,
        officer,
        ours=ours,
        before=before,
        channel=channel,
        offices=held,
        after=after,
        count=count,
    )
    with house.reading(desk, officer) as acting:
        connection = acting.connection
        reader = _Reader(desk, connection, Places(connection, acting.officer))
        return Page(reader.all(listed.rows), listed.more)


def by_deadline(
    desk: Desk,
    officer: str,
    channel: Channel | None = None,
    *,
    before: int | None = None,
    kind: str | None = None,
    status: str | None = None,
    wanted: Wanted = ANY,
    among: Collection[tuple[bytes, bytes]] | None = None,
    count: int = cases.PAGE,
    skip: int = 0,
) -> tuple[list[Summary], bool]:
    """The open cases in which something is due, the one whose deadline ends first first.

    ``before``: in which something ends before this; ``kind``, ``status``, ``wanted``: only
    those; ``among``: only of these; ``skip``: without so many of the first. Whether there are more
    is the second of the pair.

    :raises ParleyError: as :func:`waiting`.
    """
    wanted = wanted._replace(kind=kind, status=status)
    found: dict[tuple[bytes, bytes], None] = {}
    last: DeadlineRow | None = None
    more = True
    until = NEVER if before is None else min(before, NEVER)
    while more and len(found) <= skip + count:
        listed = deadlines.listed(
            desk,
            officer,
            before=until,
            channel=channel,
            wanted=wanted,
            after=last,
            count=_AT_ONCE,
        )
        more = listed.more
        named = ((row.channel, row.case_id) for row in listed.rows)
        found.update((key, None) for key in named if among is None or key in among)
        last = listed.rows[-1] if listed.rows else None
    keys = list(found)[skip : skip + count + 1]
    read = cases.some(desk, officer, keys)
    return read[:count], len(keys) > count


def _held(desk: Desk, officer: str) -> tuple[bytes, ...]:
    """The offices in which an officer has a post."""
    with desk.database.read() as connection:
        held = {row.office for row in office_rows.posts(connection) if row.officer == officer}
    return tuple(sorted(held))


class _Reader:
    """Reads what a page of deadlines says; what many have in common is read once."""

    def __init__(self, desk: Desk, connection: Connection, places: Places) -> None:
        self._desk = desk
        self._connection = connection
        self._places = places
        self._watching: Watching = offices.watching(connection)
        self._days = offices.named_days(connection)
        self._channels: dict[bytes, Channel] = {}
        self._subjects: dict[bytes, dict[str, str]] = {}
        self._means: dict[bytes, NextMeans | None] = {}

    def all(self, listed: list[DeadlineRow]) -> list[Waiting]:
        """Every deadline of a page."""
        last: dict[str, RaisedRow] = {}
        for channel in {row.channel for row in listed}:
            of_channel = {row.case_id for row in listed if row.channel == channel}
            raised = rows.raised(self._connection, channel, of_channel)
            last.update((term, steps[-1]) for term, steps in raised.items())
        return [self._one(row, last.get(row.term)) for row in listed]

    def _one(self, row: DeadlineRow, last: RaisedRow | None) -> Waiting:
        channel = self._channels.get(row.channel)
        if channel is None:
            channel = self._channels[row.channel] = self._desk.channel(
                self._connection, row.channel
            )
        silent = not row.ours and last is not None and last.token == Rung.NEXT_CHANNEL
        return Waiting(
            row,
            channel,
            self._subject(row),
            self._closed(row),
            last,
            self._next_means(channel) if silent else None,
        )

    def _subject(self, row: DeadlineRow) -> dict[str, str]:
        if row.case_id not in self._subjects:
            kept = views.case(self._connection, row.channel, row.case_id)
            self._subjects[row.case_id] = (
                cases.subject_of(self._desk, self._connection, self._places, kept) if kept else {}
            )
        return self._subjects[row.case_id]

    def _closed(self, row: DeadlineRow) -> Hours | None:
        calendar = self._watching.calendar(row.office)
        if row.due_at == NEVER or calendars.is_open(calendar, row.due_at):
            return None
        day = calendars.local_day(calendar, row.due_at)
        name = self._days.get(row.office, {}).get(day, "")
        return Hours(name, calendars.next_open(calendar, row.due_at))

    def _next_means(self, channel: Channel) -> NextMeans | None:
        """The first active contact of the other side's directory that the officer may see."""
        if channel.id not in self._means:
            self._means[channel.id] = next(self._contacts(channel), None)
        return self._means[channel.id]

    def _contacts(self, channel: Channel) -> Iterator[NextMeans]:
        horizon = replay.horizon(self._connection, channel)
        for row in views.cases_of_kind(self._connection, Scope.CONTACTS.value, channel.id):
            state = folding.cover(replay.case_of(row), horizon)
            contacts = state.substance
            if not isinstance(contacts, Contacts) or contacts.owner == channel.own_index:
                continue
            if not self._places.sees(row):
                continue
            for stretch in contacts_state.stretches(state, contacts):
                if stretch.status is ContactStatus.ACTIVE:
                    yield NextMeans(row.case_id, stretch.first)
