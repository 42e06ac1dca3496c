"""What has come in and nobody has opened."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Final, NamedTuple

from parley.application import acts, house
from parley.application.acts import ActView, act_views
from parley.application.desk import Desk
from parley.application.house import Acting
from parley.application.places import Places
from parley.domain import access
from parley.domain.access import HOUSE, Standing
from parley.domain.case import Case
from parley.domain.kinds import KINDS
from parley.domain.roles import Duty
from parley.kernel.errors import ParleyError
from parley.kernel.reasons import Reason
from parley.record import replay
from parley.record.channel import Channel
from parley.store import inbox as rows
from parley.store import log, views
from parley.store.log import Entry
from parley.store.views import CaseRow

PAGE: Final = 50
"""Statements on a page of the inbox."""

_PART: Final = 200


class Waiting(NamedTuple):
    """A statement of the peer's that nobody of ours has opened, and over which channel it came."""

    channel: Channel
    view: ActView


class Page(NamedTuple):
    """A page of the inbox, the oldest first; ``more``: there are newer ones behind it."""

    waiting: list[Waiting]
    more: bool


def unopened(desk: Desk, officer: str, *, after: bytes | None = None, count: int = PAGE) -> Page:
    """The peer's statements that nobody of ours has opened, the oldest first.

    ``after``: those behind this one (its leaf hash), opened or not. Genesis statements and notices
    that desks make by themselves are not among them, nor what the officer may not see.

    :raises ParleyError: ``officer-unknown``, ``role-forbids``; ``statement-unknown`` where there is
        no such statement for the officer.
    """
    with house.reading(desk, officer) as acting:
        access.require_somewhere(acting.officer, Duty.RECEIVE)
        reader = _Reader(desk, acting)
        channels = [channel for channel, _row in desk.channels(acting.connection)]
        start = None if after is None else reader.place_of(channels, after)
        found = sorted(
            (
                (_Place(entry.recorded_at, channel.id, entry.position), channel, entry)
                for channel in channels
                for entry in reader.of_channel(channel, start, count + 1)
            ),
            key=lambda one: one[0],
        )
        page = reader.waiting([(channel, entry) for _place, channel, entry in found[:count]])
        return Page(page, len(found) > count)


class _Place(NamedTuple):
    """Where a statement stands in the inbox: when it came, over which channel, and in which row."""

    at: int
    channel: bytes
    position: int


class _Reader:
    """Reads the inbox for one officer; each case is read once."""

    def __init__(self, desk: Desk, acting: Acting) -> None:
        self._desk = desk
        self._acting = acting
        self._connection = acting.connection
        self._places = Places(acting.connection, acting.officer)
        self._rows: dict[tuple[bytes, bytes], CaseRow | None] = {}
        self._kinds = _kinds(acting.officer)

    def of_channel(self, channel: Channel, start: _Place | None, count: int) -> list[Entry]:
        """The first ``count`` of a channel that wait for this officer, behind ``start``."""
        found: list[Entry] = []
        above = start.position if start is not None and start.channel == channel.id else -1
        limit = count
        while len(found) < count:
            part = rows.unopened(
                self._connection,
                acts.source_of(channel),
                above=above,
                limit=limit,
                kinds=self._kinds,
            )
            found += [one for one in part if self._waits(channel, one, start)]
            if len(part) < limit:
                break
            above, limit = part[-1].position, _PART
        return found[:count]

    def waiting(self, found: Sequence[tuple[Channel, Entry]]) -> list[Waiting]:
        """Statements with everything that is known about each."""
        entries: dict[bytes, list[Entry]] = {}
        for channel, entry in found:
            entries.setdefault(channel.id, []).append(entry)
        shown = {
            (channel.id, view.entry.position): view
            for channel in {channel.id: channel for channel, _entry in found}.values()
            for view in act_views(
                self._desk,
                self._connection,
                self._places,
                channel,
                entries[channel.id],
                partial(self._state, channel),
            )
        }
        return [Waiting(channel, shown[channel.id, entry.position]) for channel, entry in found]

    def _state(self, channel: Channel, entry: Entry) -> Case | None:
        row = self._row(channel, entry)
        return None if row is None else replay.case_of(row)

    def place_of(self, channels: Sequence[Channel], leaf: bytes) -> _Place:
        """Where a statement stands that the officer may see.

        :raises ParleyError: ``statement-unknown``.
        """
        for channel in channels:
            entry = log.by_leaf(self._connection, channel.id, leaf)
            if entry is not None and self._may(channel, entry):
                return _Place(entry.recorded_at, channel.id, entry.position)
        raise ParleyError(Reason.STATEMENT_UNKNOWN)

    def _waits(self, channel: Channel, entry: Entry, start: _Place | None) -> bool:
        # In its own channel the row alone tells: a clock may have been set back meanwhile.
        other = start is not None and start.channel != channel.id
        came = (entry.recorded_at, channel.id)
        if start is not None and other and came < (start.at, start.channel):
            return False
        return self._may(channel, entry)

    def _may(self, channel: Channel, entry: Entry) -> bool:
        row = self._row(channel, entry)
        return row is not None and self._places.may(Duty.RECEIVE, self._places.of_case(row))

    def _row(self, channel: Channel, entry: Entry) -> CaseRow | None:
        key = channel.id, entry.case_id
        if key not in self._rows:
            self._rows[key] = views.case(self._connection, *key)
        return self._rows[key]


def _kinds(standing: Standing) -> list[str] | None:
    """The kinds of the cases in which an officer receives anything, where that depends on them."""
    found = [
        kind.value
        for kind in KINDS
        if access.may(standing, Duty.RECEIVE, HOUSE._replace(kind=kind))
    ]
    return None if standing.grants or len(found) == len(KINDS) else found
