"""Parts of a substance that commute: sets by key, what each member said, what all agreed to.

Acts that crossed may be taken in in either order; whatever is built of these comes out the same.
All of them are plain tuples in one fixed order, whoever wrote first.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterable
from typing import Any, TypeVar

import msgspec

from parley.domain.act import Act
from parley.domain.frame import Case

T = TypeVar("T")
K = TypeVar("K", int, str, bytes, tuple[Any, ...])


def put(items: tuple[T, ...], item: T, key: Callable[[T], K]) -> tuple[T, ...]:
    """``items``, which ascend by ``key``, with ``item`` in its place, or in that of its like."""
    wanted = key(item)
    at: int = bisect_left(items, wanted, key=key)
    end: int = at + 1 if at < len(items) and key(items[at]) == wanted else at
    return (*items[:at], item, *items[end:])


def put_all(items: tuple[T, ...], more: Iterable[T], key: Callable[[T], K]) -> tuple[T, ...]:
    """:func:`put` for many items, in one pass."""
    found = {key(item): item for item in items}
    found.update((key(item), item) for item in more)
    return tuple(found[wanted] for wanted in sorted(found))


def get(items: tuple[T, ...], wanted: K, key: Callable[[T], K]) -> T | None:
    """The item of ``items``, which ascend by ``key``, with the key ``wanted``."""
    at: int = bisect_left(items, wanted, key=key)
    return items[at] if at < len(items) and key(items[at]) == wanted else None


class Said(msgspec.Struct, frozen=True, array_like=True, forbid_unknown_fields=True, gc=False):
    """That a member said something, by its act: its number among the member's own statements."""

    member: int
    seq: int
    id: bytes


def by(act: Act) -> Said:
    """That ``act`` was said."""
    return Said(act.author, act.seq, act.id)


def holds(case: Case[Any], said: Said) -> bool:
    """Whether what was said still has its effect: no crossing has taken it."""
    return case.holds(said.member, said.seq)


def is_settled(case: Case[Any], said: Said) -> bool:
    """Whether what was said has its effect, and no crossing can take it any more."""
    return case.is_settled(said.member, said.seq)


def saying(said: tuple[Said, ...], act: Act) -> tuple[Said, ...]:
    """What members said, with ``act``: of each member the latest, in the order of the members.

    A member's own acts come in its own order, so the latest is the same on every desk.
    """
    return put(said, by(act), lambda one: one.member)


def of_member(said: tuple[Said, ...], member: int) -> Said | None:
    """What ``member`` said."""
    return get(said, member, lambda one: one.member)


class Agreed(msgspec.Struct, frozen=True):
    """How far an agreement has come: by whom it was said, by all, and beyond recall."""

    members: tuple[int, ...]
    by_all: bool
    joint: bool


def agreed(case: Case[Any], said: tuple[Said, ...]) -> Agreed:
    """How far all have said one thing: all of them, and every one knowing that all have.

    It is joint once every member said so by an act that stands and every member is known to have
    seen those acts: from then on no crossing act can undo it.
    """
    standing = [one for one in said if holds(case, one)]
    members = tuple(one.member for one in standing)
    by_all = len(members) == case.members
    return Agreed(members, by_all, by_all and all(is_settled(case, one) for one in standing))
