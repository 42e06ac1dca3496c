"""Figures of what a desk has done: how many cases of what kind, how quickly, how well delivered.

All of it is read for a period, under the access rule: a case that is not there for an officer is
counted nowhere.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from typing import Final, NamedTuple

from sqlalchemy import Connection

from parley.application import dues, house
from parley.application.desk import Desk
from parley.application.places import Places
from parley.domain import access, clocks, folding
from parley.domain import case as folds
from parley.domain.access import Place
from parley.domain.case import Case
from parley.domain.clocks import Obligation
from parley.domain.delivery import EVENTS, DeliveryEvent
from parley.domain.roles import Duty
from parley.domain.types.common import DAY
from parley.record import acts
from parley.record import letter as letters
from parley.record.channel import Channel
from parley.store import case_lists, log, outbox
from parley.store import channels as channel_rows
from parley.store.case_lists import Brief
from parley.store.log import Entry

RESPONSES: Final = 25
"""The cases of which responses are read at once."""
ACTS: Final = 40
"""So many acts of a case are looked at for that, the first ones."""
DELIVERIES: Final = 1000
"""So many deliveries are timed, the newest."""

_TAKEN: Final = frozenset({DeliveryEvent.RELAY_ACCEPTANCE, DeliveryEvent.RELAY_TO_NON_ERDS})
_FAILED: Final = frozenset(event for event, rule in EVENTS.items() if rule.negative)

Edges = Sequence[int]
"""Where parts of a period begin, and where the last one ends, in seconds since the epoch."""


class Response(NamedTuple):
    """Something that was due in a case, from when on, and when what was said met it.

    ``ended_at`` is null while it still waits. Times of the other side are as it signed them.
    """

    channel: Channel
    case_id: bytes
    case_kind: str
    what: str
    ours: bool
    began_at: int
    due_at: int
    ended_at: int | None


class Responses(NamedTuple):
    """What was due in the newest cases of a period, and from which on they were read.

    ``before`` is the oldest of the cases that were read, where there are more.
    """

    found: Sequence[Response]
    since: int
    before: bytes | None


class Health(NamedTuple):
    """How deliveries over a channel went, part by part of a period.

    ``taken``: how often the other side took something of ours; ``failed``: attempts that failed.
    ``times``: how long it was from a signature of ours to the receipt, in seconds.
    ``timed_from``: where more deliveries were timed than are read, from when on they were.
    """

    channel: Channel
    taken: Sequence[int]
    failed: Sequence[int]
    times: Sequence[Sequence[int]]
    timed_from: int | None


class Volume(NamedTuple):
    """How many cases of a kind were opened, whose first act has a precedence, part by part."""

    kind: str
    precedence: int
    counts: Sequence[int]


def since(desk: Desk) -> int:
    """When the desk's first letter was made: before that there is nothing to be counted."""
    with desk.database.read() as connection:
        return letters.parse(channel_rows.own_letters(connection)[0]).text.issued_at


def volume(desk: Desk, officer: str, edges: Edges) -> list[Volume]:
    """How many cases were opened in each part of a period, by kind and precedence.

    :raises ParleyError: ``officer-unknown``; ``role-forbids`` where no role of the officer's sees
        cases anywhere.
    """
    with house.reading(desk, officer) as acting:
        access.require_somewhere(acting.officer, Duty.SEE_CASE)
        places = Places(acting.connection, acting.officer)
        hidden = places.hidden
        opened = case_lists.opened(acting.connection, edges, hidden)
        for part in places.hidden_beside:
            less = case_lists.opened(acting.connection, edges, hidden, part)
            opened += [one._replace(number=-one.number) for one in less]
    found: dict[tuple[str, int], list[int]] = {}
    for one in opened:
        counts = found.setdefault((one.kind, one.precedence), [0] * (len(edges) - 1))
        counts[one.part] += one.number
    return [Volume(*key, counts) for key, counts in sorted(found.items()) if any(counts)]


# --- responses -----------------------------------------------------------------------------------


def responses(
    desk: Desk, officer: str, since: int, until: int, before: bytes | None = None
) -> Responses:
    """What was due in the newest cases that were opened in a period, and when it was met.

    ``before``: in those that are older than this case.

    :raises ParleyError: as :func:`volume`.
    """
    with house.reading(desk, officer) as acting:
        connection = acting.connection
        access.require_somewhere(acting.officer, Duty.SEE_CASE)
        places = Places(connection, acting.officer)
        last = Brief(b"", b"", "", until, "")
        named = None if before is None else case_lists.brief(connection, before)
        if named is not None and places.sees(named) and named.opened_at < until:
            last = named
        rows = _newest(connection, places, last, since)
        channels: dict[bytes, Channel] = {}
        found: list[Response] = []
        for row in rows[:RESPONSES]:
            if row.channel not in channels:
                channels[row.channel] = desk.channel(connection, row.channel)
            found += _of_case(connection, channels[row.channel], row)
        if len(rows) <= RESPONSES:
            return Responses(found, since, None)
        oldest = rows[RESPONSES - 1]
        return Responses(found, oldest.opened_at, oldest.case_id)


def _newest(connection: Connection, places: Places, last: Brief, since: int) -> list[Brief]:
    """Cases that were opened before ``last`` that the officer may see, the newest first."""
    found: list[Brief] = []
    while len(found) <= RESPONSES:
        part = case_lists.briefs(connection, last, RESPONSES + 1, hidden=places.hidden)
        found += [row for row in part if row.opened_at >= since and places.sees(row)]
        if len(part) <= RESPONSES or part[-1].opened_at < since:
            break
        last = part[-1]
    return found[: RESPONSES + 1]


def _of_case(connection: Connection, channel: Channel, row: Brief) -> list[Response]:
    """All that was ever due in a case: it is met by the act after which it is due no more.

    Only an act of whoever owed it meets it; what the other side ends, as by a withdrawal, is gone.
    """
    entries = log.in_case(connection, channel.id, row.case_id)
    begun = {entry.leaf: entry for entry in entries}
    waiting: dict[tuple[str, int, bytes], Obligation] = {}
    ended: list[tuple[Obligation, int]] = []
    for after, entry in _steps(entries[:ACTS]):
        due = {(one.kind.value, one.owner, one.since): one for one in folds.obligations(after)}
        ended += [
            (one, entry.iat)
            for key, one in waiting.items()
            if key not in due and one.owner == entry.author
        ]
        waiting = due
    open_ = waiting.values() if len(entries) <= ACTS else ()
    all_ = [*ended, *((one, None) for one in open_)]
    return [
        made
        for one, at in all_
        if one.kind not in clocks.ENDING
        and (made := _response(connection, channel, row, one, begun[one.since], at)) is not None
    ]


def _steps(entries: Iterable[Entry]) -> Iterable[tuple[Case, Entry]]:
    """The case after each of its statements, in the order of our log."""
    state, taken = folds.empty(2), []
    for entry in entries:
        act = acts.of_entry(entry)
        taken.append(act)
        advanced = folding.advance(state, act)
        state = folding.fold(taken, 2) if advanced is None else advanced
        yield state, entry


def _response(
    connection: Connection,
    channel: Channel,
    row: Brief,
    one: Obligation,
    since: Entry,
    ended_at: int | None,
) -> Response | None:
    """None where no clock runs for it yet."""
    received, transmitted_at = dues.begun(connection, channel, since)
    due = clocks.due(one, received.at if received else None, transmitted_at)
    began_at = received.at if received else transmitted_at
    due_at = due.since_receipt if due.since_receipt is not None else due.since_transmission
    if began_at is None or due_at is None:
        return None
    return Response(
        channel,
        row.case_id,
        row.kind,
        one.kind.value,
        one.owner == channel.own_index,
        began_at,
        due_at,
        ended_at,
    )


# --- channels ------------------------------------------------------------------------------------


def health(desk: Desk, officer: str, edges: Edges) -> list[Health]:
    """How deliveries went over each channel whose log the officer may read, the oldest first.

    :raises ParleyError: ``officer-unknown``.
    """
    with house.reading(desk, officer) as acting:
        connection = acting.connection
        return [
            _health(connection, channel, edges)
            for channel, _row in desk.channels(connection)
            if access.may(acting.officer, Duty.READ_LOG, Place(channel.id))
        ]


def _health(connection: Connection, channel: Channel, edges: Edges) -> Health:
    parts = len(edges) - 1
    taken, failed = [0] * parts, [0] * parts
    for day, event, count in outbox.by_day(connection, channel.id, edges[0], edges[-1]):
        part = min(max(bisect_right(edges, day * DAY) - 1, 0), parts - 1)
        if event in _TAKEN:
            taken[part] += count
        elif event in _FAILED:
            failed[part] += count
    times: list[list[int]] = [[] for _ in range(parts)]
    timed = outbox.delays(
        connection,
        channel.id,
        channel.own_index,
        DeliveryEvent.CONTENT_CONSIGNMENT.value,
        (edges[0], edges[-1]),
        DELIVERIES + 1,
    )
    for at, seconds in timed[:DELIVERIES]:
        times[bisect_right(edges, at) - 1].append(max(seconds, 0))
    more = len(timed) > DELIVERIES
    return Health(channel, taken, failed, times, timed[DELIVERIES - 1][0] if more else None)
