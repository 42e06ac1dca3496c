"""Causal order from the vectors that statements carry; no time and no hash decides anything.

An act precedes another when the author of the other had it in its log. Both sides hold a prefix
of each author's statements, never one with a hole, so the past of an act that is held is held too.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from itertools import pairwise
from operator import le
from typing import Generic, NamedTuple, Protocol, TypeVar

from parley.kernel.errors import ParleyError
from parley.kernel.reasons import Reason


class Placed(Protocol):
    """Anything with a place in the causal order: an act, or a case's entry for it."""

    @property
    def id(self) -> bytes:
        """The leaf hash."""
        ...

    @property
    def author(self) -> int:
        """The index of the member that said it."""
        ...

    @property
    def seq(self) -> int:
        """How many statements of its author stand before it in the channel."""
        ...

    @property
    def seen(self) -> tuple[int, ...]:
        """How many statements of each member stood in its author's log before it."""
        ...


P = TypeVar("P", bound=Placed)


def precedes(a: Placed, b: Placed) -> bool:
    """Whether the author of ``b`` had ``a`` in its log when it made ``b``."""
    return a.seq < b.seen[a.author]


def concurrent(a: Placed, b: Placed) -> bool:
    """Whether ``a`` and ``b`` are two acts of which neither author had seen the other's."""
    return not precedes(a, b) and not precedes(b, a) and (a.author, a.seq) != (b.author, b.seq)


def past(act: Placed, acts: Iterable[P]) -> list[P]:
    """Those of ``acts`` that precede ``act``, in the order given."""
    return [other for other in acts if precedes(other, act)]


def order_key(act: Placed) -> tuple[int, int, int]:
    """The sort key of the linear extension.

    The sum of a vector is the index of the statement in its author's log. If ``a`` precedes ``b``
    the vector of ``b`` is nowhere smaller and in one place greater, so its sum is greater.
    """
    return sum(act.seen), act.author, act.seq


def linear_extension(acts: Iterable[P]) -> list[P]:
    """``acts`` in the one order that every desk shows: each act after all that it had seen."""
    return sorted(acts, key=order_key)


def check_vector(act: Placed, members: int) -> None:
    """Check what one vector shows by itself.

    :raises ParleyError: ``vector-invalid``.
    """
    seen = act.seen
    if (
        len(seen) != members
        or not 0 <= act.author < members
        or seen[act.author] != act.seq
        or min(seen) < 0
    ):
        raise ParleyError(Reason.VECTOR_INVALID, author=act.author, seq=act.seq)


Horizon = tuple[tuple[int, ...], ...]
"""For each member the greatest vector that it has signed, its own entry counting its own last
statement too: what each member is known to have seen."""


def no_horizon(members: int) -> Horizon:
    """The horizon of a channel in which nobody has said anything."""
    return ((0,) * members,) * members


def widen(horizon: Horizon, act: Placed) -> Horizon:
    """``horizon`` after ``act``, whose vector is well-formed."""
    author = act.author
    row = (*act.seen[:author], act.seq + 1, *act.seen[author + 1 :])
    old = horizon[author]
    if not _at_most(old, row):
        row = tuple(map(max, old, row))
    return (*horizon[:author], row, *horizon[author + 1 :])


def join(a: Horizon, b: Horizon) -> Horizon:
    """The horizon of whoever holds both."""
    return tuple(tuple(map(max, row, other)) for row, other in zip(a, b, strict=True))


def covered(horizon: Horizon, act: Placed) -> bool:
    """Whether every member is known to have seen ``act``. All that crosses it is then known."""
    author, seq = act.author, act.seq
    return all(row[author] > seq for row in horizon)


class Arrangement(NamedTuple, Generic[P]):
    """Acts put in order, and those whose vectors cannot be true with the reason."""

    order: list[P]
    strays: list[tuple[P, Reason]]


def arrange(acts: Iterable[P], members: int) -> Arrangement[P]:
    """Order ``acts`` and set aside those that have no place in any causal order.

    Never raises. Set aside are: vectors that are wrong by themselves; all acts of an author that
    claim one ``seq``; a ``seen`` that falls; an act that claims to have seen what can only come
    after it, or an act without that act's own past. (Hash chains make the last two impossible in
    a record that verifies; the fold does not rely on that.) The outcome does not depend on the
    order in which ``acts`` come. Copies of one act count once.
    """
    strays: list[tuple[P, Reason]] = []
    chains: list[list[P]] = [[] for _ in range(members)]
    for act in {act.id: act for act in acts}.values():
        try:
            check_vector(act, members)
        except ParleyError as error:
            strays.append((act, error.reason))
        else:
            chains[act.author].append(act)
    chains = [_chain(chain, strays) for chain in chains]
    order = _close(chains, strays)
    strays.sort(key=lambda stray: (stray[0].author, stray[0].seq, stray[0].id))
    return Arrangement(order, strays)


def _chain(acts: list[P], strays: list[tuple[P, Reason]]) -> list[P]:
    """One author's acts by ``seq``, without forks and without vectors that fall."""
    acts.sort(key=lambda act: act.seq)
    forked = {a.seq for a, b in pairwise(acts) if a.seq == b.seq}
    chain: list[P] = []
    floor: tuple[int, ...] | None = None
    for act in acts:
        if act.seq in forked:
            strays.append((act, Reason.STATEMENT_FORKED))
        elif floor is not None and not _at_most(floor, act.seen):
            strays.append((act, Reason.VECTOR_INVALID))
        else:
            chain.append(act)
            floor = act.seen
    return chain


def _close(chains: Sequence[list[P]], strays: list[tuple[P, Reason]]) -> list[P]:
    """The linear extension of ``chains``, each act after the whole of its past."""
    members = len(chains)
    cursor = [0] * members
    placed: list[list[P]] = [[] for _ in range(members)]
    order: list[P] = []
    for act in sorted((act for chain in chains for act in chain), key=order_key):
        cursor[act.author] += 1
        if _is_closed(act, chains, cursor, placed):
            placed[act.author].append(act)
            order.append(act)
        else:
            strays.append((act, Reason.VECTOR_INVALID))
    return order


def _is_closed(
    act: P, chains: Sequence[list[P]], cursor: list[int], placed: Sequence[list[P]]
) -> bool:
    """Whether all that ``act`` has seen stands before it, with the past of each."""
    for other, chain in enumerate(chains):
        if other == act.author:
            continue
        count = act.seen[other]
        at = cursor[other]
        if at < len(chain) and chain[at].seq < count:
            return False
        if len(chains) > 2:
            # With two members the check above is enough: what the other's act has seen of this
            # author can only be what this author had said before, or the two form a circle.
            known = bisect_left(placed[other], count, key=lambda placed_act: placed_act.seq)
            if known and not _at_most(placed[other][known - 1].seen, act.seen):
                return False
    return True


def _at_most(a: tuple[int, ...], b: tuple[int, ...]) -> bool:
    return all(map(le, a, b))
