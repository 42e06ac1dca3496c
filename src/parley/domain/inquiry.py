"""An inquiry from its opening to its end: what each side may do, and what follows.

:func:`decide` judges a command of this house, :func:`fold` the acts of both sides, by one and the
same function, :func:`judge`: nobody's acts are measured by another rule. All of it is pure.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from parley.domain import case, causality
from parley.domain.act import Act
from parley.domain.case import Covered, Event, Stands
from parley.domain.causality import Horizon
from parley.domain.inquiry_facts import evolve
from parley.domain.inquiry_rules import judge
from parley.domain.inquiry_state import Inquiry, empty
from parley.kernel import limits
from parley.kernel.errors import ParleyError
from parley.kernel.reasons import Reason

__all__ = ["RULES", "Inquiry", "advance", "cover", "decide", "empty", "evolve", "fold", "judge"]


def decide(state: Inquiry, act: Act, now: int) -> tuple[Event, ...]:
    """The events of a command of this house, where ``state`` is all that its desk holds.

    ``now`` (seconds since the epoch) serves only to stop slips of the pen: what the two sides'
    states amount to never depends on a clock.

    :raises ParleyError: the act is forbidden; the reason says why.
    """
    if act.verdict is not None:
        raise ParleyError(Reason(act.verdict), type=act.type)
    judge(state, act)
    next_step = act.codes.get("next-step")
    if isinstance(next_step, int) and next_step <= now:
        raise ParleyError(Reason.NEXT_STEP_PAST, type=act.type)
    received = act.codes.get("received-at")
    if isinstance(received, int) and received > now + limits.CLOCK_SKEW_SECONDS:
        raise ParleyError(Reason.TIME_IN_FUTURE, code="received-at")
    return (Stands(act),)


class _Rules:
    """The rules of an inquiry, for the frame of cases."""

    empty = staticmethod(empty)
    judge = staticmethod(judge)
    evolve = staticmethod(evolve)


RULES: Final[case.Rules[Inquiry]] = _Rules()


def fold(acts: Iterable[Act], members: int = 2, horizon: Horizon | None = None) -> Inquiry:
    """The inquiry that ``acts`` amount to, in whatever order they are given. Never raises.

    ``acts`` are all acts of the case that are held, of each author a prefix. ``horizon`` is what
    the members are known to have seen from the whole channel; without it, only the case tells.
    """
    state = case.fold(RULES, acts, members)
    return state if horizon is None else cover(state, horizon)


def cover(state: Inquiry, horizon: Horizon) -> Inquiry:
    """``state`` where the channel shows that the members have seen this much."""
    return evolve(state, Covered(horizon))


def advance(state: Inquiry, act: Act) -> Inquiry | None:
    """``state`` with one more act, or None where only a new fold can tell.

    That is so where ``act`` crosses another act, or is no new act after all that ``state`` holds.
    """
    try:
        causality.check_vector(act, state.members)
    except ParleyError:
        return None
    own = state.chains[act.author]
    if state.strays or (own and own[-1].seq >= act.seq):
        return None
    for chain in state.chains:
        if chain and chain[-1].seq >= act.seen[chain[-1].author]:
            return None
        if chain and any(a > b for a, b in zip(chain[-1].seen, act.seen, strict=True)):
            return None
    return evolve(state, case.observe(RULES, state, act))
