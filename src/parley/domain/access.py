"""Who in the house may do what, where: the one rule that everything shown or done passes.

What each role may do is data: :data:`parley.domain.roles.DUTIES` for whoever holds the role, and
:data:`WHEN_GRANTED` for what comes on top where it was given for this very case or channel. A
recusal is stronger than any role: whoever is recused holds none there.

Lists, counts, searches, exports and acts all ask :func:`may`. A place that an officer may not see
is, for that officer, not there: the caller says so with the reason that it has for what does not
exist. Processes that serve the desk, ``fsck`` and the courier are the desk itself and ask nobody.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from enum import StrEnum
from typing import Final, NamedTuple

from parley.domain.roles import DUTIES, Duty, Role
from parley.kernel.errors import ParleyError
from parley.kernel.reasons import Reason


class Relation(StrEnum):
    """How somebody who holds a role stands to a place.

    ``general``: the role is held in the whole house. ``granted``: it was given for this case, or
    for its channel. ``recused``: whatever is held, a recusal covers the place.
    """

    GENERAL = "general"
    GRANTED = "granted"
    RECUSED = "recused"


class Place(NamedTuple):
    """Where something is done: a case, a whole channel (``case`` null), or the house (both null).

    ``line`` are the cases that the case is about, near and far. ``kind`` is the case's, if known.
    """

    channel: bytes | None = None
    case: bytes | None = None
    line: frozenset[bytes] = frozenset()
    kind: str | None = None


class Grant(NamedTuple):
    """A role held in one channel, or in one ``case`` of it alone."""

    role: Role
    channel: bytes
    case: bytes | None


class Recusal(NamedTuple):
    """What an officer keeps out of: a whole ``channel``, or ``cases``.

    ``linked``: also all cases that are about one of them, those of the future included.
    """

    number: int
    channel: bytes | None
    cases: frozenset[bytes]
    linked: bool
    delegate: str

    def covers(self, place: Place) -> bool:
        """Whether the place is one that the officer keeps out of."""
        if self.channel is not None:
            return place.channel == self.channel
        if place.case in self.cases:
            return True
        return self.linked and not self.cases.isdisjoint(place.line)


class Area(NamedTuple):
    """Places in a channel, in a case, in cases of some kinds: where all fits that is given."""

    channel: bytes | None = None
    case: bytes | None = None
    kinds: frozenset[str] | None = None


class Standing(NamedTuple):
    """An officer in service: name, the roles held in the whole house, grants, recusals."""

    name: str
    roles: frozenset[Role]
    grants: tuple[Grant, ...] = ()
    recusals: tuple[Recusal, ...] = ()


HOUSE: Final = Place()

WHEN_GRANTED: Final[Mapping[Role, frozenset[Duty]]] = {
    Role.AUDITOR: frozenset({Duty.SEE_CASE, Duty.READ_CONTENT, Duty.EXPORT, Duty.TAKE_OUT}),
}
"""What a role may do in a case or channel for which it was given, beside what it may anyway."""

KINDS: Final[Mapping[Role, frozenset[str]]] = {
    Role.CONTACTS_CUSTODIAN: frozenset({"contacts"}),
}
"""Roles that count only in cases of some kinds; a case whose kind is not known yet is of any."""

WHOLESALE: Final = frozenset({Duty.READ_LOG, Duty.EXPORT, Duty.READ_HOUSE})
"""What shows all cases of a channel or of the house when it is done there: it is closed to whoever
is recused from anything, or the gaps would tell."""


def allowed(role: Role, duty: Duty, relation: Relation) -> bool:
    """The rule: whether ``role`` may do ``duty`` where its holder stands in ``relation``."""
    if relation is Relation.RECUSED:
        return False
    if duty in DUTIES[role]:
        return True
    return relation is Relation.GRANTED and duty in WHEN_GRANTED.get(role, frozenset())


def recused(standing: Standing, place: Place) -> bool:
    """Whether the officer keeps out of the place."""
    return any(recusal.covers(place) for recusal in standing.recusals)


def may(standing: Standing, duty: Duty, place: Place = HOUSE) -> bool:
    """Whether the officer may do ``duty`` at ``place``."""
    closed = duty in WHOLESALE and place.case is None and standing.recusals
    return not closed and any(
        allowed(role, duty, relation) for role, relation in _held(standing, place)
    )


def require(standing: Standing, duty: Duty, place: Place = HOUSE) -> None:
    """Refuse whoever may not do ``duty`` at a place that they may see.

    :raises ParleyError: ``role-forbids``.
    """
    if not may(standing, duty, place):
        raise ParleyError(Reason.ROLE_FORBIDS, duty=duty.value)


def require_somewhere(standing: Standing, duty: Duty) -> None:
    """Refuse whoever has no role with ``duty`` anywhere. Recusals play no part, nor do cases.

    :raises ParleyError: ``role-forbids``.
    """
    general = any(allowed(role, duty, Relation.GENERAL) for role in standing.roles)
    granted = any(allowed(grant.role, duty, Relation.GRANTED) for grant in standing.grants)
    if not general and not granted:
        raise ParleyError(Reason.ROLE_FORBIDS, duty=duty.value)


def reach(standing: Standing, duty: Duty) -> frozenset[Area] | None:
    """Where the officer may do ``duty`` in cases whose kind is known; null: everywhere.

    What recusals cover is still among it.
    """
    areas = {
        Area(kinds=KINDS.get(role))
        for role in standing.roles
        if allowed(role, duty, Relation.GENERAL)
    }
    areas |= {
        Area(grant.channel, grant.case, KINDS.get(grant.role))
        for grant in standing.grants
        if allowed(grant.role, duty, Relation.GRANTED)
    }
    return None if Area() in areas else frozenset(areas)


def roles_at(standing: Standing, place: Place) -> frozenset[Role]:
    """The roles that the officer holds at ``place``; none where recused."""
    return frozenset(
        role for role, relation in _held(standing, place) if relation is not Relation.RECUSED
    )


def _held(standing: Standing, place: Place) -> Iterator[tuple[Role, Relation]]:
    """Every role that the officer holds at ``place``, and how."""
    out = recused(standing, place)
    for role in standing.roles:
        if _counts(role, place):
            yield role, Relation.RECUSED if out else Relation.GENERAL
    for grant in standing.grants:
        here = grant.channel == place.channel and grant.case in (None, place.case)
        if here and _counts(grant.role, place):
            yield grant.role, Relation.RECUSED if out else Relation.GRANTED


def _counts(role: Role, place: Place) -> bool:
    kinds = KINDS.get(role)
    return kinds is None or place.kind is None or place.kind in kinds
