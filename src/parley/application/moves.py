"""What an officer may do in a case beside writing: for whom a page has what to press.

The application checks everything again when it is done; nothing rests on what stands here. What may
be written is the matter of :mod:`parley.application.choices`.
"""

from __future__ import annotations

from typing import Final, NamedTuple

from parley.application import house
from parley.application.desk import Desk
from parley.application.places import Places
from parley.domain.roles import Duty
from parley.record.channel import Channel
from parley.store import views


class Moves(NamedTuple):
    """Whether the officer gives the case its number and labels, marks it, hands it out, and so on.

    ``proves``: reads the log that its statements stand in; ``reads``: what they say.
    ``escalates``: has others told of it at once.
    """

    registers: bool
    classifies: bool
    exports: bool
    proves: bool
    reads: bool
    escalates: bool


NONE: Final = Moves(False, False, False, False, False, False)


def of(desk: Desk, officer: str, channel: Channel, case: bytes) -> Moves:
    """What an officer may do in a case; nothing where it is not there.

    :raises ParleyError: ``officer-unknown``.
    """
    with house.reading(desk, officer) as acting:
        row = views.case(acting.connection, channel.id, case)
        places = Places(acting.connection, acting.officer)
        if row is None or not places.sees(row):
            return NONE
        place = places.of_case(row)
        return Moves(
            places.may(Duty.REGISTER, place),
            bool(desk.policy.classifications) and places.may(Duty.CLASSIFY, place),
            places.may(Duty.EXPORT, place),
            places.may(Duty.READ_LOG, place),
            places.may(Duty.READ_CONTENT, place),
            places.may(Duty.ESCALATE, place),
        )
