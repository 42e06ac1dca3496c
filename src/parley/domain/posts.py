"""Who in the house is told of a deadline: who holds an office, its deputies, its heads.

Nobody is told who may not see the case. For whoever is recused the delegate is told instead, and
the recused one is not.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import Final, NamedTuple

from parley.domain import access
from parley.domain.access import Place, Standing
from parley.domain.escalation import Rung
from parley.domain.roles import Duty, Role


class Post(StrEnum):
    """How an officer belongs to an office."""

    HOLDER = "holder"
    DEPUTY = "deputy"
    HEAD = "head"


class Office(NamedTuple):
    """An office inside the house: who holds which post, and which office is next after it."""

    posts: Mapping[Post, tuple[str, ...]]
    following: bytes | None = None


NOBODY: Final = Office({})

_UP_TO: Final[Mapping[Rung, tuple[Post, ...]]] = {
    Rung.REMINDER: (Post.HOLDER,),
    Rung.DUE: (Post.HOLDER,),
    Rung.DEPUTY: (Post.HOLDER, Post.DEPUTY),
    Rung.HEAD: tuple(Post),
    Rung.NEXT_CHANNEL: tuple(Post),
}


def told(
    rung: Rung,
    office: Office,
    following: Office,
    standings: Mapping[str, Standing],
    place: Place,
) -> tuple[str, ...]:
    """The officers to tell of a step in the case at ``place``, by name, without repetition.

    ``standings`` has all officers in service. Where nobody holds the post that is asked for, those
    of the next are told, and where there is nobody at all, all duty officers. ``following`` is the
    office after this one; its holders are told when this one's house is through.
    """
    found = _of(office, _UP_TO[rung], standings, place)
    if rung is Rung.NEXT_CHANNEL:
        found |= _of(following, (Post.HOLDER,), standings, place)
    reached = _of(office, _UP_TO[rung][-1:], standings, place)
    for post in (one for one in Post if one not in _UP_TO[rung]):
        if reached:
            break
        reached = _of(office, (post,), standings, place)
        found |= reached
    if not found:
        duty = (name for name, one in standings.items() if Role.DUTY_OFFICER in _roles(one))
        found = _in_place_of(duty, standings, place)
    return tuple(sorted(found))


def stand_in(name: str, standings: Mapping[str, Standing], place: Place) -> str | None:
    """Who is told in place of ``name``: the officer, or where recused the delegate; None: nobody.

    A delegate who is recused as well has one of their own.
    """
    passed: set[str] = set()
    while name not in passed:
        passed.add(name)
        standing = standings.get(name)
        if standing is None:
            return None
        covering = [one for one in standing.recusals if one.covers(place)]
        if not covering:
            return name if access.may(standing, Duty.SEE_CASE, place) else None
        name = covering[0].delegate
    return None


def _of(
    office: Office, posts: Iterable[Post], standings: Mapping[str, Standing], place: Place
) -> set[str]:
    names = (name for post in posts for name in office.posts.get(post, ()))
    return _in_place_of(names, standings, place)


def _in_place_of(names: Iterable[str], standings: Mapping[str, Standing], place: Place) -> set[str]:
    found = (stand_in(name, standings, place) for name in names)
    return {name for name in found if name is not None}


def _roles(standing: Standing) -> set[Role]:
    return {*standing.roles, *(grant.role for grant in standing.grants)}
