"""What an officer may do next in a case: for whom a page has what to press, before it is pressed.

The application checks everything again when it is done; nothing rests on what stands here.
"""

from __future__ import annotations

from typing import NamedTuple

from parley.application import house
from parley.application.desk import Desk
from parley.application.places import Places
from parley.domain import access
from parley.domain import case as folds
from parley.domain.act import ActType
from parley.domain.catalogue import CATALOGUE
from parley.domain.kinds.inquiry_state import Inquiry
from parley.domain.roles import Duty
from parley.record import replay
from parley.record.channel import Channel
from parley.store import views


class Moves(NamedTuple):
    """``writes``: the types of statements that the officer may begin, in the catalogue's order.

    ``acknowledges``: something waits for an acknowledgement, which the officer makes alone.
    """

    writes: tuple[str, ...]
    acknowledges: bool
    registers: bool
    classifies: bool
    exports: bool
    proves: bool
    reads: bool


NONE = Moves((), False, False, False, False, False, False)


def of(desk: Desk, officer: str, channel: Channel, case: bytes) -> Moves:
    """What an officer may do in a case as our record has it now; nothing where it is not there.

    :raises ParleyError: ``officer-unknown``.
    """
    with house.reading(desk, officer) as acting:
        row = views.case(acting.connection, channel.id, case)
        places = Places(acting.connection, acting.officer)
        if row is None or not places.sees(row):
            return NONE
        place = places.of_case(row)
        state = replay.case_of(row)
        roles = access.roles_at(acting.officer, place)
        writes = tuple(
            type_
            for type_, spec in CATALOGUE.items()
            if spec.drafted_by & roles and folds.is_turn_of(state, channel.own_index, spec)
        )
        acknowledgement = ActType.ACKNOWLEDGEMENT.value
        return Moves(
            tuple(one for one in writes if one != acknowledgement),
            acknowledgement in writes and _waits(state.substance),
            places.may(Duty.REGISTER, place),
            bool(desk.policy.classifications) and places.may(Duty.CLASSIFY, place),
            places.may(Duty.EXPORT, place),
            places.may(Duty.READ_LOG, place),
            places.may(Duty.READ_CONTENT, place),
        )


def _waits(substance: object) -> bool:
    return isinstance(substance, Inquiry) and any(
        asking.acknowledged is None for asking in substance.askings
    )
