"""Alerts: which occasions there are, who may learn of each, how often, and when not to wake.

An alert says that there is something to look at, and no more: which occasion, how urgent, until
when. Times are seconds since the epoch, UTC.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from enum import StrEnum
from typing import Final, NamedTuple

import msgspec

from parley.domain import access
from parley.domain.access import Place, Standing
from parley.domain.act import Precedence
from parley.domain.roles import Duty

MINUTES: Final = 24 * 60


class AlertKind(StrEnum):
    """Something of which officers are told."""

    STATEMENT_RECEIVED = "statement-received"
    REFUSAL_RECEIVED = "refusal-received"
    OWN_ACT_VOID = "own-act-void"
    PEER_ACT_VOID = "peer-act-void"
    DRAFT_TO_CLEAR = "draft-to-clear"
    DRAFT_TO_DECIDE = "draft-to-decide"
    DRAFT_TO_AUTHORISE = "draft-to-authorise"
    AUTHORISATION_FELL = "authorisation-fell"
    NOT_DELIVERED = "not-delivered"
    CHANNEL_READ_ONLY = "channel-read-only"
    CHANNEL_HALTED = "channel-halted"
    EVIDENCE_KEPT = "evidence-kept"
    DESK_SET_BACK = "desk-set-back"
    CHECK_DUE = "check-due"
    DEADLINE_NEAR = "deadline-near"
    DEADLINE_PASSED = "deadline-passed"
    ESCALATED = "escalated"
    DUTY_GIVEN = "duty-given"
    TRIAL = "trial"


_READERS: Final = frozenset({Duty.RECEIVE})
_CHANNEL: Final = frozenset({Duty.SEE_CASE, Duty.VERIFY_RECORD})
_ANYBODY: Final = frozenset({Duty.BE_ALERTED})

SEEN_BY: Final[Mapping[AlertKind, frozenset[Duty]]] = {
    AlertKind.STATEMENT_RECEIVED: _READERS,
    AlertKind.REFUSAL_RECEIVED: _READERS,
    AlertKind.OWN_ACT_VOID: _READERS,
    AlertKind.PEER_ACT_VOID: _READERS,
    AlertKind.DRAFT_TO_CLEAR: frozenset({Duty.CLEAR}),
    AlertKind.DRAFT_TO_DECIDE: frozenset({Duty.DECIDE_RELEASE}),
    AlertKind.DRAFT_TO_AUTHORISE: frozenset({Duty.AUTHORISE}),
    AlertKind.AUTHORISATION_FELL: frozenset({Duty.DRAFT, Duty.AUTHORISE}),
    AlertKind.NOT_DELIVERED: _READERS,
    AlertKind.CHANNEL_READ_ONLY: _CHANNEL,
    AlertKind.CHANNEL_HALTED: _CHANNEL,
    AlertKind.EVIDENCE_KEPT: _CHANNEL,
    AlertKind.DESK_SET_BACK: _CHANNEL,
    AlertKind.CHECK_DUE: frozenset({Duty.CHECK_COMMUNICATION}),
    AlertKind.DEADLINE_NEAR: _READERS,
    AlertKind.DEADLINE_PASSED: _READERS,
    AlertKind.ESCALATED: _READERS,
    AlertKind.DUTY_GIVEN: frozenset({Duty.STAND_DUTY}),
    AlertKind.TRIAL: _ANYBODY,
}
"""Whoever may do one of these duties at the place of an occasion may be told of it."""


_ON_DUTY: Final = frozenset({Duty.ACKNOWLEDGE})
_TROUBLE: Final = frozenset({Duty.ACKNOWLEDGE, Duty.REOPEN_CHANNEL, Duty.VERIFY_RECORD})

FOR_DUTY: Final = frozenset(
    {
        AlertKind.STATEMENT_RECEIVED,
        AlertKind.REFUSAL_RECEIVED,
        AlertKind.OWN_ACT_VOID,
        AlertKind.PEER_ACT_VOID,
        AlertKind.NOT_DELIVERED,
        AlertKind.CHECK_DUE,
    }
)
"""What whoever is on duty is told first; as long as nobody is, all who may stand duty."""

TOLD: Final[Mapping[AlertKind, frozenset[Duty]]] = {
    **dict.fromkeys(FOR_DUTY, _ON_DUTY),
    AlertKind.CHANNEL_READ_ONLY: _TROUBLE,
    AlertKind.CHANNEL_HALTED: _TROUBLE,
    AlertKind.EVIDENCE_KEPT: _TROUBLE,
    AlertKind.DESK_SET_BACK: _TROUBLE,
}
"""Who is told of what the desk finds by itself: whoever may do one of these duties there. Of what
is not named here, all are told who may learn of it."""

URGENCY: Final[Mapping[AlertKind, Precedence]] = {
    AlertKind.OWN_ACT_VOID: Precedence.PRIORITY,
    AlertKind.PEER_ACT_VOID: Precedence.ROUTINE,
    AlertKind.NOT_DELIVERED: Precedence.PRIORITY,
    AlertKind.CHANNEL_READ_ONLY: Precedence.IMMEDIATE,
    AlertKind.CHANNEL_HALTED: Precedence.IMMEDIATE,
    AlertKind.EVIDENCE_KEPT: Precedence.IMMEDIATE,
    AlertKind.DESK_SET_BACK: Precedence.IMMEDIATE,
    AlertKind.CHECK_DUE: Precedence.ROUTINE,
    AlertKind.DUTY_GIVEN: Precedence.PRIORITY,
    AlertKind.TRIAL: Precedence.IMMEDIATE,
}
"""How urgent an occasion is where no statement or draft says so."""


class Repetition(NamedTuple):
    """How an alert is repeated until somebody acknowledges it.

    ``every`` so many seconds, ``most`` so often in all; after ``passes_on`` seconds it is given to
    the next on duty as well.
    """

    every: int
    most: int
    passes_on: int


REPETITIONS: Final[Mapping[Precedence, Repetition]] = {
    Precedence.ROUTINE: Repetition(24 * 3600, 2, 48 * 3600),
    Precedence.PRIORITY: Repetition(4 * 3600, 6, 8 * 3600),
    Precedence.IMMEDIATE: Repetition(15 * 60, 16, 30 * 60),
    Precedence.FLASH: Repetition(5 * 60, 36, 10 * 60),
}


class Quiet(msgspec.Struct, frozen=True):
    """Hours in which an officer is not woken, from and to a minute of the day where they live."""

    start: int
    end: int

    def covers(self, minute: int) -> bool:
        """Whether a minute of the day is quiet; hours over midnight are as good as any."""
        if self.start <= self.end:
            return self.start <= minute < self.end
        return minute >= self.start or minute < self.end


def may_learn(who: Standing, occasion: AlertKind, place: Place) -> bool:
    """Whether an officer may be told of an occasion at ``place``: the access rule."""
    return any(access.may(who, duty, place) for duty in SEEN_BY[occasion])


def wakes_at(at: int, precedence: int, quiet: Quiet | None, zone: dt.tzinfo) -> int:
    """When an officer may be told of something that is known from ``at`` on.

    What is immediate or flash is told at any hour.
    """
    if quiet is None or precedence >= Precedence.IMMEDIATE:
        return at
    here = dt.datetime.fromtimestamp(at, zone)
    minute = here.hour * 60 + here.minute
    if not quiet.covers(minute):
        return at
    days = 1 if quiet.end <= minute else 0
    day = here.date() + dt.timedelta(days=days)
    end = dt.time(quiet.end // 60 % 24, quiet.end % 60)
    woken = dt.datetime.combine(day, end, tzinfo=zone)
    # An end that the clock passes over or shows twice is still some moment after this one.
    return max(at, int(woken.timestamp()))


def backoff_ms(attempts: int, precedence: int, chance: float) -> int:
    """Milliseconds until a route is tried again after ``attempts`` failures in a row.

    ``chance`` is between 0 and 1: two desks, or two processes, do not come at one moment.
    """
    longest = 60_000 if precedence >= Precedence.IMMEDIATE else 300_000
    bare = min(longest, 2_000 * 2 ** min(attempts - 1, 10))
    return int(bare * (0.5 + chance / 2))
