"""Escalating by hand: whoever is on duty need not wait until a deadline has passed."""

from __future__ import annotations

from typing import Final

from parley.application import alerting, house, offices, preparing
from parley.application.alerting import Occasion
from parley.application.desk import Desk
from parley.application.places import Places
from parley.application.watch import in_service, places_of_all
from parley.domain import access, posts
from parley.domain.act import Precedence
from parley.domain.alerts import AlertKind
from parley.domain.escalation import Rung
from parley.domain.housekeeping import HouseAct
from parley.domain.roles import Duty
from parley.kernel.errors import ParleyError
from parley.kernel.reasons import Reason
from parley.record.channel import Channel
from parley.store import log, views

RUNGS: Final = (Rung.DEPUTY, Rung.HEAD, Rung.NEXT_CHANNEL)
"""To whom a case can be brought."""


def escalate(
    desk: Desk, officer: str, channel: Channel, case: bytes, rung: Rung
) -> tuple[str, ...]:
    """Have others told of a case at once, at any hour; returns who is told.

    They are those whom a deadline of the office that has the case would wake in the end: its
    deputy, its head, the next channel, each with those before. No deadline moves by it.

    :raises ParleyError: ``case-unknown``, ``role-forbids``; ``nobody-to-tell`` where there is
        nobody else in service who may see the case.
    """
    now = desk.clock()
    with house.acting(desk, officer, channel.id) as acting:
        connection = acting.connection
        row = views.case(connection, channel.id, case)
        places = Places(connection, acting.officer)
        acting.at(places.at(channel.id, case, row.kind if row else None, None))
        if row is None or not places.sees(row):
            raise ParleyError(Reason.CASE_UNKNOWN)
        access.require(acting.officer, Duty.ESCALATE, acting.place)
        newest = log.in_case(connection, channel.id, case)[-1].leaf
        watching = offices.watching(connection)
        office = watching.office(preparing.offices_of(connection, channel, newest)[0])
        standings = in_service(connection)
        place = places_of_all(connection, standings).of_case(row)
        following = watching.office(office.following)
        named = posts.told(rung, office, following, standings, place)
        told = tuple(name for name in named if name != officer)
        if not told:
            raise ParleyError(Reason.NOBODY_TO_TELL)
        occasion = Occasion(
            key=f"by-hand/{case.hex()}/{rung.value}/{now}",
            occasion=AlertKind.ESCALATED,
            channel=channel.id,
            case=case,
            precedence=Precedence.IMMEDIATE,
            officers=told,
            at=now,
        )
        alerting.raise_alert(connection, occasion)
        for name in told:
            acting.note(HouseAct.CASE_ESCALATED, about=name, facts=(rung.value,))
        return told
