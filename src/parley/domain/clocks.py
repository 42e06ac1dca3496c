"""What is due, from whom and when; two clocks, side by side and never merged.

A clock for a reply starts at the recipient's signed receipt. Beside it stands the clock since
transmission, for what was never receipted. Neither changes a case: a case changes when a party
states something.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, NamedTuple

from parley.domain.act import ActType, Precedence
from parley.domain.catalogue import CATALOGUE, DAY
from parley.domain.causality import precedes
from parley.domain.inquiry_state import Asking, Inquiry, Level, Question
from parley.domain.shape import Clock, ClockKind

Overrides = Mapping[tuple[str, ClockKind], int]
"""A house's own seconds for (type, kind), in place of the defaults of the catalogue."""

NO_OVERRIDES: Final[Overrides] = {}


class Obligation(NamedTuple):
    """Something due from member ``owner``.

    It is due ``seconds`` after the receipt of the act ``since``, or at the time ``at`` (seconds
    since the epoch) that the owner gave in that act; one of the two is given.
    """

    kind: ClockKind
    owner: int
    since: bytes
    seconds: int | None
    at: int | None = None


class Due(NamedTuple):
    """When something is due by each clock (seconds since the epoch), None where it has not begun.

    A date that the owner has announced is the same by both.
    """

    since_receipt: int | None
    since_transmission: int | None


def duration(
    type_: str,
    kind: ClockKind,
    precedence: int,
    reply_wanted: int | None = None,
    overrides: Overrides = NO_OVERRIDES,
) -> int | None:
    """Seconds for what an act of ``type_`` makes due, or None where it makes no such thing due.

    The time for the full answer is what the asker wanted, where it said so.
    """
    if kind == ClockKind.DETAILED and reply_wanted is not None:
        return reply_wanted
    if (type_, kind) in overrides:
        return overrides[type_, kind]
    for clock in CATALOGUE[type_].clocks:
        if clock.kind == kind:
            return _seconds(clock, precedence)
    return None


def _seconds(clock: Clock, precedence: int) -> int:
    urgent = clock.urgent is not None and precedence >= Precedence.IMMEDIATE
    return clock.urgent if urgent and clock.urgent is not None else clock.seconds


def due(obligation: Obligation, received_at: int | None, transmitted_at: int | None) -> Due:
    """Both clocks of an obligation, from when the act that began it was receipted and sent."""
    if obligation.seconds is None:
        return Due(obligation.at, obligation.at)
    return Due(
        None if received_at is None else received_at + obligation.seconds,
        None if transmitted_at is None else transmitted_at + obligation.seconds,
    )


# --- inquiries -----------------------------------------------------------------------------------


def obligations(state: Inquiry, overrides: Overrides = NO_OVERRIDES) -> tuple[Obligation, ...]:
    """Everything due in an inquiry, of both sides; nothing once it has ended."""
    if state.asker is None or state.replier is None or state.ended is not None:
        return ()
    return (
        *_acknowledgements(state, state.replier, overrides),
        *_preliminary(state, state.replier, overrides),
        *_detailed(state, state.replier, overrides),
        *_next_step(state, state.replier),
        *_response(state, state.asker, overrides),
    )


def _acknowledgements(state: Inquiry, owner: int, overrides: Overrides) -> list[Obligation]:
    """An answer by one who had seen the asking acknowledges it too."""
    reach = state.reply.reach if state.reply is not None else 0
    return [
        _of_asking(asking, ClockKind.ACKNOWLEDGE, owner, overrides)
        for asking in state.askings
        if asking.acknowledged is None and asking.seq >= reach
    ]


def _preliminary(state: Inquiry, owner: int, overrides: Overrides) -> list[Obligation]:
    if state.reply is not None:
        return []
    return [_of_asking(state.askings[0], ClockKind.PRELIMINARY, owner, overrides)]


def _detailed(state: Inquiry, owner: int, overrides: Overrides) -> list[Obligation]:
    """The full answer to each asking; it waits while conditions wait for the asker."""
    waiting = [question for question in state.questions if question.level != Level.FINAL]
    offer = state.offer
    found: list[Obligation] = []
    for asking in state.askings:
        if not any(question.asked == asking.seq for question in waiting):
            continue
        if offer is not None and asking.seq < offer.reach:
            continue
        acceptance = _acceptance_for(state, asking)
        if acceptance is None:
            found.append(_of_asking(asking, ClockKind.DETAILED, owner, overrides))
        else:
            seconds = duration(
                ActType.CONDITIONS_ACCEPTED,
                ClockKind.DETAILED,
                asking.precedence,
                asking.reply_wanted,
                overrides,
            )
            found.append(Obligation(ClockKind.DETAILED, owner, acceptance, seconds))
    return found


def _acceptance_for(state: Inquiry, asking: Asking) -> bytes | None:
    """The latest acceptance of conditions that were set by one who had seen ``asking``."""
    reach = {offer.id: offer.reach for offer in state.offers}
    for bound in reversed(state.bound):
        if asking.seq < reach[bound.offer]:
            return bound.acceptance
    return None


def _next_step(state: Inquiry, owner: int) -> list[Obligation]:
    reply = state.reply
    if reply is None or reply.next_step is None:
        return []
    return [Obligation(ClockKind.NEXT_STEP, owner, reply.id, None, reply.next_step)]


def _response(state: Inquiry, owner: int, overrides: Overrides) -> list[Obligation]:
    """The asker's word on conditions or on a refusal."""
    offer, reply = state.offer, state.reply
    if offer is not None and any(_is_waiting(question) for question in state.questions):
        return [_respond(ActType.CONDITIONAL_ANSWER, owner, offer.id, overrides)]
    if reply is None or reply.type != ActType.REFUSAL or state.replier is None:
        return []
    refusal = state.entry(state.replier, reply.seq)
    for entry in reversed(state.chains[owner]):
        if refusal is not None and entry.void is None and precedes(refusal, entry):
            return []
    return [_respond(ActType.REFUSAL, owner, reply.id, overrides)]


def _is_waiting(question: Question) -> bool:
    return question.level != Level.FINAL


def _respond(type_: str, owner: int, since: bytes, overrides: Overrides) -> Obligation:
    seconds = duration(type_, ClockKind.RESPOND, Precedence.ROUTINE, None, overrides)
    return Obligation(ClockKind.RESPOND, owner, since, seconds)


def _of_asking(asking: Asking, kind: ClockKind, owner: int, overrides: Overrides) -> Obligation:
    seconds = duration(asking.type, kind, asking.precedence, asking.reply_wanted, overrides)
    return Obligation(kind, owner, asking.id, seconds)


# --- receipts and escalation ---------------------------------------------------------------------


class ReceiptTime(NamedTuple):
    """When a statement counts as received, and whether the receipt's own time is not believed."""

    at: int
    flagged: bool


def receipt_time(stated_at: int, receipt_at: int, arrived_at: int, skew: int = 0) -> ReceiptTime:
    """The start of the first clock (protocol.md, two clocks); all in seconds since the epoch.

    A receipt dated before the statement that it is for, or after its own arrival, is flagged and
    its arrival is used. ``skew`` is how far the two sides' clocks may differ without that.
    """
    if stated_at - skew <= receipt_at <= arrived_at + skew:
        return ReceiptTime(receipt_at, flagged=False)
    return ReceiptTime(arrived_at, flagged=True)


ESCALATION: Final = ("deputy", "head", "next-channel")
"""To whom something overdue goes, in turn (process.md)."""


def escalation(due_at: int, now: int, step: int = DAY) -> str | None:
    """To whom it has gone by ``now``, one further each ``step`` seconds; None while in time."""
    if now <= due_at:
        return None
    return ESCALATION[min((now - due_at) // step, len(ESCALATION) - 1)]
