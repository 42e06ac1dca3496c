"""Folding: one case for one set of acts, on any desk and in whatever order they came."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Sequence

from parley.domain import causality
from parley.domain.act import Act
from parley.domain.case import Case, Covered, Stands, Void, empty, evolve, observe
from parley.domain.causality import Horizon, order_key
from parley.kernel.errors import ParleyError


def fold(acts: Iterable[Act], members: int = 2, horizon: Horizon | None = None) -> Case:
    """The case that ``acts`` amount to, in whatever order they are given. Never raises.

    ``acts`` are all acts of the case that are held, of each author a prefix. ``horizon`` is what
    the members are known to have seen from the whole channel; without it, only the case tells.

    Each act is judged once, in the fold of its own past. That past is the whole so far as long as
    nothing crosses; where something does, a view per author is carried along, so that the work is
    at most (members + 1) evolutions an act.
    """
    arranged = causality.arrange(acts, members)
    whole = empty(members)
    views = [_View(whole, members) for _ in range(members)]
    chains: list[list[Stands | Void]] = [[] for _ in range(members)]
    seqs: list[list[int]] = [[] for _ in range(members)]
    held = [0] * members
    for act in arranged.order:
        target = [_known(known, count) for known, count in zip(seqs, act.seen, strict=True)]
        view = views[act.author]
        if target == held:
            view.case, view.counts = whole, target
        else:
            view.catch_up(chains, target)
        event = observe(view.case, act)
        whole = evolve(whole, event)
        chains[act.author].append(event)
        seqs[act.author].append(act.seq)
        held[act.author] += 1
    for act, reason in arranged.strays:
        whole = evolve(whole, Void(act, reason.value, placed=False))
    return whole if horizon is None else cover(whole, horizon)


def cover(case: Case, horizon: Horizon) -> Case:
    """``case`` where the channel shows that the members have seen this much."""
    return evolve(case, Covered(horizon))


def advance(case: Case, act: Act) -> Case | None:
    """``case`` with one more act, or None where only a new fold can tell.

    That is so where ``act`` crosses another act, or is no new act after all that ``case`` holds.
    """
    try:
        causality.check_vector(act, case.members)
    except ParleyError:
        return None
    own = case.chains[act.author]
    if case.strays or (own and own[-1].seq >= act.seq):
        return None
    for chain in case.chains:
        if chain and chain[-1].seq >= act.seen[chain[-1].author]:
            return None
        if chain and any(a > b for a, b in zip(chain[-1].seen, act.seen, strict=True)):
            return None
    return evolve(case, observe(case, act))


def _known(seqs: list[int], count: int) -> int:
    """How many of a member's acts of the case are among its first ``count`` statements."""
    if not seqs or seqs[-1] < count:
        return len(seqs)
    return bisect_left(seqs, count)


class _View:
    """What one author knows of the case: the case, and how many acts of each member are in it.

    Owned by one call of :func:`fold`; it only ever grows, as vectors do.
    """

    __slots__ = ("case", "counts")

    def __init__(self, case: Case, members: int) -> None:
        self.case = case
        self.counts = [0] * members

    def catch_up(self, chains: Sequence[Sequence[Stands | Void]], target: list[int]) -> None:
        """Take in what the author has seen or said since its last act."""
        news = [
            event
            for chain, have, want in zip(chains, self.counts, target, strict=True)
            for event in chain[have:want]
        ]
        news.sort(key=lambda event: order_key(event.act))
        for event in news:
            self.case = evolve(self.case, event)
        self.counts = target
