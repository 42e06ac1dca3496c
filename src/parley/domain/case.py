"""The frame of every kind of case: judge each act in its author's past, then evolve.

A kind of case gives its rules: an empty state, ``judge`` (may this act be made by one who knows
this state?) and ``evolve`` (the state after an event). ``evolve`` must commute for concurrent
acts: where two acts cross, the kind's crossing table says what holds, and the same whichever of
the two comes first. :func:`fold` then gives one state for one set of acts, on any desk.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from typing import Generic, Protocol, TypeVar

import msgspec

from parley.domain import causality
from parley.domain.act import Act
from parley.domain.causality import Horizon, order_key
from parley.kernel.errors import ParleyError

S = TypeVar("S")


class Stands(msgspec.Struct, frozen=True, gc=False):
    """An act that its author was free to make, knowing what it knew."""

    act: Act


class Void(msgspec.Struct, frozen=True, gc=False):
    """An act that the rules forbid: on record, without effect, for ``reason`` (a reason code).

    ``placed`` is false where the act has no place in the causal order.
    """

    act: Act
    reason: str
    placed: bool = True


class Covered(msgspec.Struct, frozen=True, gc=False):
    """The members are known to have seen this much, from statements outside the case too."""

    horizon: Horizon


Event = Stands | Void | Covered


class Rules(Protocol[S]):
    """What a kind of case has to give."""

    def empty(self, members: int) -> S:
        """The state before any act, in a channel of ``members``."""
        ...

    def judge(self, state: S, act: Act) -> None:
        """Check that ``act`` may be made by one who knows ``state``, and exactly that.

        :raises ParleyError: with the reason that makes the act void.
        """
        ...

    def evolve(self, state: S, event: Event) -> S:
        """The state after ``event``; every act comes after all that it had seen. Never raises."""
        ...


def observe(rules: Rules[S], state: S, act: Act) -> Stands | Void:
    """What ``act`` amounts to, where ``state`` is the fold of exactly what its author had seen."""
    if act.verdict is not None:
        return Void(act, act.verdict)
    try:
        rules.judge(state, act)
    except ParleyError as error:
        return Void(act, error.reason.value)
    return Stands(act)


def fold(rules: Rules[S], acts: Iterable[Act], members: int) -> S:
    """The state of a case from all acts of it that are held, in any order. Never raises.

    Each act is judged once, in the fold of its own past. That past is the whole so far as long as
    nothing crosses; where something does, a view per author is carried along, so that the work is
    at most (members + 1) evolutions an act.
    """
    arranged = causality.arrange(acts, members)
    whole = rules.empty(members)
    views = [_View(whole, members) for _ in range(members)]
    chains: list[list[Stands | Void]] = [[] for _ in range(members)]
    seqs: list[list[int]] = [[] for _ in range(members)]
    held = [0] * members
    for act in arranged.order:
        target = [_known(known, count) for known, count in zip(seqs, act.seen, strict=True)]
        view = views[act.author]
        if target == held:
            view.state, view.counts = whole, target
        else:
            view.catch_up(rules, chains, target)
        event = observe(rules, view.state, act)
        whole = rules.evolve(whole, event)
        chains[act.author].append(event)
        seqs[act.author].append(act.seq)
        held[act.author] += 1
    for act, reason in arranged.strays:
        whole = rules.evolve(whole, Void(act, reason.value, placed=False))
    return whole


def _known(seqs: list[int], count: int) -> int:
    """How many of a member's acts of the case are among its first ``count`` statements."""
    if not seqs or seqs[-1] < count:
        return len(seqs)
    return bisect_left(seqs, count)


class _View(Generic[S]):
    """What one author knows of the case: the state, and how many acts of each member are in it.

    Owned by one call of :func:`fold`; it only ever grows, as vectors do.
    """

    __slots__ = ("counts", "state")

    def __init__(self, state: S, members: int) -> None:
        self.state = state
        self.counts = [0] * members

    def catch_up(
        self, rules: Rules[S], chains: Sequence[Sequence[Stands | Void]], target: list[int]
    ) -> None:
        """Take in what the author has seen or said since its last act."""
        news = [
            event
            for chain, have, want in zip(chains, self.counts, target, strict=True)
            for event in chain[have:want]
        ]
        news.sort(key=lambda event: order_key(event.act))
        for event in news:
            self.state = rules.evolve(self.state, event)
        self.counts = target
