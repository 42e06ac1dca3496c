"""Whom a deadline wakes, and when: reminders before it, then deputy, head, next channel.

A deadline is a length of time from a receipt, and nothing here moves it. What moves is when people
are told of it: what is not urgent waits until the office works again; *immediate* and *flash* wake
at any hour. Each step of each deadline has a key of its own, so that it is raised once.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from enum import StrEnum
from typing import Annotated, Final, NamedTuple

import msgspec
from msgspec import Meta

from parley.domain import calendar as calendars
from parley.domain.act import Precedence
from parley.domain.calendar import Calendar
from parley.domain.types.common import DAY, HOUR
from parley.kernel.errors import ParleyError
from parley.kernel.reasons import Reason

LAST_HOUR: Final = HOUR
REMINDERS: Final = 8
YEAR: Final = 366 * DAY


class Rung(StrEnum):
    """What a step is; each is told to more people than the one before."""

    REMINDER = "reminder"
    DUE = "due"
    DEPUTY = "deputy"
    HEAD = "head"
    NEXT_CHANNEL = "next-channel"


LADDER: Final = (Rung.DUE, Rung.DEPUTY, Rung.HEAD, Rung.NEXT_CHANNEL)
"""The steps from a deadline on, in turn (process.md)."""

Length = Annotated[int, Meta(ge=0, le=YEAR)]


class Plan(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How deadlines of one precedence are watched; lengths of time in seconds.

    ``before``: how long before a deadline the office is reminded. ``deputy``, ``head``,
    ``next_channel``: how long after it each is told, None for never; counted in working time,
    unless ``any_hour``: then people are told at every hour, and all time counts.
    """

    before: Annotated[tuple[Annotated[int, Meta(ge=60, le=YEAR)], ...], Meta(max_length=REMINDERS)]
    deputy: Length | None
    head: Length | None
    next_channel: Length | None
    any_hour: bool


DEFAULTS: Final[Mapping[Precedence, Plan]] = {
    Precedence.ROUTINE: Plan((7 * DAY, DAY, 4 * HOUR), 8 * HOUR, 24 * HOUR, 40 * HOUR, False),
    Precedence.PRIORITY: Plan((3 * DAY, DAY, 4 * HOUR), 4 * HOUR, 8 * HOUR, 24 * HOUR, False),
    Precedence.IMMEDIATE: Plan((DAY, 4 * HOUR, HOUR // 2), HOUR, 2 * HOUR, 4 * HOUR, True),
    Precedence.FLASH: Plan((4 * HOUR, HOUR, HOUR // 4), HOUR // 4, HOUR // 2, HOUR, True),
}


def check(plan: Plan) -> None:
    """Refuse a plan whose steps are not in turn.

    :raises ParleyError: ``plan-invalid``.
    """
    told = [one for one in (plan.deputy, plan.head, plan.next_channel) if one is not None]
    if told != sorted(told) or sorted(set(plan.before), reverse=True) != list(plan.before):
        raise ParleyError(Reason.PLAN_INVALID)


class Term(NamedTuple):
    """A deadline that runs: ``began_at``, ``due_at`` in seconds since the epoch.

    ``key`` is that of the obligation and of the clock by which it runs. ``reminded``: the office is
    told before it ends, as what is ours to do is; of what others owe us it is told at the end.
    ``ends``: with it an obligation is over, and nothing is late (a preservation).
    """

    key: str
    began_at: int
    due_at: int
    reminded: bool
    ends: bool


class Step(NamedTuple):
    """One thing to tell people of a deadline, and from when on. ``lead``: how long before it."""

    key: str
    rung: Rung
    lead: int
    at: int

    @property
    def token(self) -> str:
        """Its name among the steps of its deadline."""
        return f"{self.rung.value}-{self.lead}" if self.lead else self.rung.value


class Turn(NamedTuple):
    """What is to be done about a deadline now.

    ``step`` is raised, for all of ``passed`` too, whose time went by unseen. ``next_at`` is when to
    look again; None: nothing follows.
    """

    step: Step | None
    passed: tuple[Step, ...]
    next_at: int | None


def steps(term: Term, plan: Plan, calendar: Calendar) -> tuple[Step, ...]:
    """All steps of a deadline, in turn; none is raised before its predecessor."""
    found: list[Step] = []
    at = term.began_at
    for lead in plan.before if term.reminded else ():
        moment = _before(term.due_at, lead, plan, calendar)
        # Nobody is reminded of what has only just begun.
        if min(moment, term.due_at - lead) > term.began_at:
            at = max(at, moment)
            found.append(_step(term, Rung.REMINDER, at, lead))
    for rung, length in zip(LADDER, (0, plan.deputy, plan.head, plan.next_channel), strict=True):
        if length is not None and not (term.ends and rung is not Rung.DUE):
            at = max(at, _after(term.due_at, length, plan, calendar))
            found.append(_step(term, rung, at))
    return tuple(found)


def turn(all_steps: Collection[Step], raised: Collection[str], now: int) -> Turn:
    """Which step is due, where those with the tokens ``raised`` were raised.

    Only what comes after them counts: whoever has told the head has not to remind the officer. Of
    several whose time has come it is the last.
    """
    done = max((rank(token) for token in raised), default=None)
    ahead = [one for one in all_steps if done is None or rank(one.token) > done]
    ready = [one for one in ahead if one.at <= now]
    later = [one.at for one in ahead if one.at > now]
    last = ready[-1] if ready else None
    return Turn(last, tuple(ready[:-1]), min(later, default=None))


def rank(token: str) -> tuple[int, int]:
    """The place of a step among those of its deadline, by its token."""
    name, _, lead = token.rpartition("-")
    if name == Rung.REMINDER:
        return (0, -int(lead))
    return (1 + LADDER.index(Rung(token)), 0)


def _step(term: Term, rung: Rung, at: int, lead: int = 0) -> Step:
    name = f"{rung.value}-{lead}" if lead else rung.value
    return Step(f"{term.key}/{name}", rung, lead, at)


def _before(due_at: int, lead: int, plan: Plan, calendar: Calendar) -> int:
    """When to remind: at the next opening if that is in time, else in the last working hour."""
    at = due_at - lead
    if plan.any_hour:
        return at
    opening = calendars.next_open(calendar, at)
    if opening is not None and opening < due_at:
        return opening
    last = calendars.last_open(calendar, at)
    return at if last is None else max(last.opens, last.closes - LAST_HOUR)


def _after(due_at: int, length: int, plan: Plan, calendar: Calendar) -> int:
    """When ``length`` has passed since a deadline: of working time, unless every hour counts."""
    if plan.any_hour:
        return due_at + length
    opening = calendars.next_open(calendar, due_at)
    if opening is None or length == 0:
        return due_at + length if opening is None else opening
    found = calendars.after(calendar, opening, length)
    return due_at + length if found is None else _at_work(calendar, found)


def _at_work(calendar: Calendar, at: int) -> int:
    """A moment at which people are there: what is over when they leave is told when they are."""
    found = calendars.next_open(calendar, at)
    return at if found is None else found
