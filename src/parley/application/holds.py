"""Legal holds: cases of which this house erases nothing, whatever was agreed."""

from __future__ import annotations

from typing import Final

from parley.application import house
from parley.application.desk import Desk
from parley.application.places import Places
from parley.domain import access
from parley.domain.housekeeping import HouseAct
from parley.domain.roles import Duty
from parley.kernel.errors import ParleyError
from parley.kernel.reasons import Reason
from parley.record.channel import Channel
from parley.store import erasures, views
from parley.store.erasures import HoldRow

GROUNDS: Final = ("litigation", "investigation", "audit", "order", "other")


def place(desk: Desk, officer: str, channel: Channel, case: bytes, ground: str) -> HoldRow:
    """Put a case under a hold, from now on.

    :raises ParleyError: ``officer-unknown``, ``case-unknown``, ``role-forbids``, ``hold-stands``;
        ``code-invalid`` for a ground that there is not.
    """
    if ground not in GROUNDS:
        raise ParleyError(Reason.CODE_INVALID, type="legal-hold", code="ground")
    with house.acting(desk, officer, channel.id) as acting:
        places = Places(acting.connection, acting.officer)
        row = views.case(acting.connection, channel.id, case)
        acting.at(places.at(channel.id, case, row.kind if row else None, None))
        if row is None or not places.sees(row):
            raise ParleyError(Reason.CASE_UNKNOWN)
        access.require(acting.officer, Duty.HOLD_CASE, acting.place)
        if erasures.standing_hold(acting.connection, channel.id, case) is not None:
            raise ParleyError(Reason.HOLD_STANDS)
        hold = HoldRow(0, channel.id, case, ground, officer, desk.clock(), None, None)
        hold = erasures.add_hold(acting.connection, hold)
        acting.note(HouseAct.HOLD_PLACED, number=hold.number, facts=(ground,))
        return hold


def lift(desk: Desk, officer: str, number: int) -> HoldRow:
    """Lift a hold; what was agreed in the meantime is then carried out.

    Never by whoever placed it: two see that its reason is gone.

    :raises ParleyError: ``officer-unknown``, ``hold-unknown`` (also one that was lifted),
        ``role-forbids``, ``hold-own``.
    """
    with house.acting(desk, officer) as acting:
        places = Places(acting.connection, acting.officer)
        hold = next(
            (one for one in erasures.holds(acting.connection) if one.number == number), None
        )
        row = views.case(acting.connection, hold.channel, hold.case_id) if hold else None
        if row is not None:
            acting.at(places.of_case(row))
        if hold is None or row is None or hold.lifted_at is not None or not places.sees(row):
            raise ParleyError(Reason.HOLD_UNKNOWN)
        access.require(acting.officer, Duty.HOLD_CASE, acting.place)
        if officer == hold.placed_by:
            raise ParleyError(Reason.HOLD_OWN)
        now = desk.clock()
        erasures.lift_hold(acting.connection, number, officer, now)
        acting.note(HouseAct.HOLD_LIFTED, number=number)
        return hold._replace(lifted_by=officer, lifted_at=now)


def every(desk: Desk, officer: str) -> list[tuple[Channel, HoldRow]]:
    """The holds on cases that the officer may see, the oldest first; lifted ones too.

    :raises ParleyError: ``officer-unknown``.
    """
    with house.reading(desk, officer) as acting:
        connection = acting.connection
        places = Places(connection, acting.officer)
        found = []
        for hold in erasures.holds(connection):
            row = views.case(connection, hold.channel, hold.case_id)
            if row is not None and places.sees(row):
                found.append((desk.channel(connection, hold.channel), hold))
        return found
