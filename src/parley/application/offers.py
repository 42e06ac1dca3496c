"""What a page offers an officer: types of acts to draft in a case or to open one, and duties."""

from __future__ import annotations

from parley.application import choices, house
from parley.application.desk import Desk
from parley.domain import access
from parley.domain.act import ActType
from parley.domain.catalogue import CATALOGUE
from parley.domain.roles import Duty
from parley.domain.shape import Opens, Scope
from parley.kernel.errors import ParleyError
from parley.kernel.reasons import Reason
from parley.record.channel import Channel


def in_case(desk: Desk, officer: str, channel: Channel, case: bytes) -> tuple[ActType, ...]:
    """The types that the officer may draft in a case now; none where it is not there for them.

    :raises ParleyError: ``officer-unknown``.
    """
    try:
        found = choices.in_case(desk, officer, channel, case)
    except ParleyError as error:
        if error.reason is not Reason.CASE_UNKNOWN:
            raise
        return ()
    return tuple(ActType(one.type) for one in found if one.refused is None)


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


def may(desk: Desk, officer: str, duty: Duty, scope: Scope | None = None) -> bool:
    """Whether the officer may do ``duty`` somewhere in the house, in cases of a kind where given.

    :raises ParleyError: ``officer-unknown``.
    """
    with house.reading(desk, officer) as acting:
        place = access.HOUSE._replace(kind=None if scope is None else scope.value)
        return access.may(acting.officer, duty, place)
