"""Retention: until when the texts of a case are kept, by agreement or by the house's own rule."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, NamedTuple

from sqlalchemy import Connection

from parley.application import house
from parley.application.acts import receipt_of
from parley.application.desk import Desk
from parley.application.places import Places
from parley.domain import access
from parley.domain import case as folds
from parley.domain.case import Case
from parley.domain.kinds.erasure_state import Erasure
from parley.domain.kinds.share_state import CaseShare
from parley.domain.roles import Duty
from parley.domain.shape import Scope
from parley.record import replay
from parley.record.channel import Channel
from parley.store import erasures, log, views
from parley.store.views import CaseRow

_NEVER: Final = 1 << 40

AGREED, HOUSE = "agreed", "house"
"""On what an expiry rests: on what the two sides said, or on the rule of this house alone."""


class Expiry(NamedTuple):
    """When the retention of a case's texts ends (seconds since the epoch), and on what that rests.

    ``bodies`` are still here. ``held``: a legal hold keeps them all the same. ``proposed``: an
    erasure that names some of them is under way.
    """

    channel: Channel
    row: CaseRow
    state: Case
    at: int
    rests_on: str
    bodies: int
    held: bool
    proposed: bool

    def is_expired(self, now: int) -> bool:
        """Whether the time has come."""
        return self.at <= now


def every(desk: Desk, officer: str, *, within: int = 0) -> list[Expiry]:
    """What the officer may read whose retention has expired or will ``within`` seconds.

    The earliest first; cases of which no body is left are not among it.

    :raises ParleyError: ``officer-unknown``, ``role-forbids``.
    """
    until = desk.clock() + within
    with house.reading(desk, officer) as acting:
        access.require_somewhere(acting.officer, Duty.READ_CONTENT)
        connection = acting.connection
        places = Places(connection, acting.officer)
        named = _named(connection)
        found: list[Expiry] = []
        # Nothing else has a retention: not all cases of the desk are looked at.
        kinds = {Scope.CASE_SHARE.value, *desk.policy.retention}
        for row in (one for kind in sorted(kinds) for one in views.cases_of_kind(connection, kind)):
            if not places.may(Duty.READ_CONTENT, places.of_case(row)):
                continue
            expiry = _expiry(desk, connection, row, named)
            if expiry is not None and expiry.at <= until:
                found.append(expiry)
    return sorted(found, key=lambda one: (one.at, one.row.case_id))


def due(desk: Desk, officer: str) -> list[Expiry]:
    """What an erasure could be proposed of now: expired, not held, and not proposed already.

    :raises ParleyError: as :func:`every`.
    """
    now = desk.clock()
    every_one = every(desk, officer)
    return [one for one in every_one if one.is_expired(now) and not one.held and not one.proposed]


def _expiry(desk: Desk, connection: Connection, row: CaseRow, named: set[bytes]) -> Expiry | None:
    channel, state = desk.channel(connection, row.channel), replay.case_of(row)
    times = [(at, AGREED) for at in _agreed(connection, channel, state)]
    seconds = desk.policy.retention.get(row.kind)
    if seconds is not None and not folds.is_open(state):
        last = log.in_case(connection, channel.id, row.case_id, row.last_position - 1, 1)
        times += [(one.recorded_at + seconds, HOUSE) for one in last]
    if not times:
        return None
    entries = log.in_case(connection, channel.id, row.case_id)
    here = log.bodies(connection, channel.id, [one.position for one in entries])
    if not here:
        return None
    # What was agreed binds; of several times the latest lets nothing go too early.
    at, rests_on = max(times)
    return Expiry(
        channel,
        row,
        state,
        at,
        rests_on,
        len(here),
        erasures.standing_hold(connection, channel.id, row.case_id) is not None,
        any(one.leaf in named for one in entries),
    )


def _agreed(connection: Connection, channel: Channel, state: Case) -> Iterator[int]:
    """The ends of retention that an accepted share has: from the receipt of what was sent."""
    share = state.substance
    if not isinstance(share, CaseShare):
        return
    for sending in share.sendings:
        offer = share.offer_of(sending.offer)
        if offer is not None and offer.retention is not None:
            entry = log.by_leaf(connection, channel.id, sending.id)
            receipt = receipt_of(connection, channel, entry) if entry else None
            begins = max(entry.iat, receipt.iat) if entry and receipt else None
            yield _NEVER if begins is None else begins + offer.retention


def _named(connection: Connection) -> set[bytes]:
    """Bodies that an erasure names which is under way."""
    named: set[bytes] = set()
    for row in views.cases_of_kind(connection, Scope.ERASURE.value):
        state = replay.case_of(row)
        if isinstance(state.substance, Erasure) and folds.is_open(state):
            named.update(state.substance.bodies)
    return named
