"""What an officer may draft: the types of acts that the officer's roles and our side are free for.

Whether a particular text is allowed now the rules of the case say, when it is submitted.
"""

from __future__ import annotations

from parley.application import house
from parley.application.desk import Desk
from parley.application.places import Places
from parley.domain import access
from parley.domain.act import ActType
from parley.domain.catalogue import CATALOGUE
from parley.domain.roles import Duty
from parley.domain.shape import Opens, Scope, Sender, TypeSpec
from parley.record import replay
from parley.record.channel import Channel
from parley.store import views


def in_case(desk: Desk, officer: str, channel: Channel, case: bytes) -> tuple[ActType, ...]:
    """The types that the officer may draft in a case; none where it is not there for them.

    :raises ParleyError: ``officer-unknown``.
    """
    with house.reading(desk, officer) as acting:
        places = Places(acting.connection, acting.officer)
        row = views.case(acting.connection, channel.id, case)
        if row is None or not places.sees(row):
            return ()
        state = replay.case_of(row)
        roles = access.roles_at(acting.officer, places.of_case(row))
        said = {act.type for act in state.acts if act.void is None}
        ours = channel.own_index in state.openers
        return tuple(
            ActType(spec.type)
            for spec in CATALOGUE.values()
            if spec.scope == state.kind
            and spec.opens != Opens.ALWAYS
            and not spec.drafted_by.isdisjoint(roles)
            and _is_ours(spec, ours=ours)
            and (not spec.reference or not said.isdisjoint(spec.reference))
        )


def opening(desk: Desk, officer: str, scope: Scope) -> tuple[ActType, ...]:
    """The types with which the officer may open a case of a kind somewhere.

    :raises ParleyError: ``officer-unknown``.
    """
    with house.reading(desk, officer) as acting:
        roles = access.roles_at(acting.officer, access.HOUSE._replace(kind=scope.value))
        return tuple(
            ActType(spec.type)
            for spec in CATALOGUE.values()
            if spec.scope == scope
            and spec.opens != Opens.NEVER
            and not spec.drafted_by.isdisjoint(roles)
        )


def _is_ours(spec: TypeSpec, *, ours: bool) -> bool:
    """Whether our side may send it: ``ours`` where it opened the case."""
    if spec.sender in (Sender.EITHER, Sender.DESK):
        return spec.sender == Sender.EITHER
    return (spec.sender in (Sender.OPENER, Sender.ASKER)) is ours


def may(desk: Desk, officer: str, duty: Duty, scope: Scope | None = None) -> bool:
    """Whether the officer may do ``duty`` somewhere in the house, in cases of a kind where given.

    :raises ParleyError: ``officer-unknown``.
    """
    with house.reading(desk, officer) as acting:
        place = access.HOUSE._replace(kind=None if scope is None else scope.value)
        return access.may(acting.officer, duty, place)
