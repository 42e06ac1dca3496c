"""What an inquiry amounts to: where it stands, whose move it is, what is due."""

from __future__ import annotations

from parley.domain import clocks
from parley.domain.act import ActType, Precedence
from parley.domain.causality import precedes
from parley.domain.clocks import Obligation, Overrides
from parley.domain.kind import Held
from parley.domain.kinds.inquiry_state import Asking, Bound, Inquiry, Level, Question, Status
from parley.domain.shape import ClockKind
from parley.domain.types.inquiry import DECLINED


def bound(case: Held, state: Inquiry) -> tuple[Bound, ...]:
    """The conditions that the asker is bound by, and whether jointly so already."""
    # The acceptance had seen the offer, so whoever has seen it has seen both.
    return tuple(
        Bound(one.offer, one.id, one.conditions, case.is_settled(state.asker, one.seq))
        for one in state.acceptances
        if case.holds(state.asker, one.seq)
    )


def status(case: Held, state: Inquiry) -> Status:
    """Where the inquiry stands."""
    if state.ended is not None:
        withdrawn = state.ended.type == ActType.WITHDRAWAL
        return Status.WITHDRAWN if withdrawn else Status.CLOSED
    final = [question for question in state.questions if question.level == Level.FINAL]
    if len(final) == len(state.questions):
        declined = all(question.status == DECLINED for question in final)
        return Status.REFUSED if declined else Status.ANSWERED
    if state.offer is not None:
        return Status.CONDITIONS_SET
    return Status.REOPENED if final else _status_before_answers(case, state)


def _status_before_answers(case: Held, state: Inquiry) -> Status:
    reply = state.reply
    if reply is not None and reply.type == ActType.CONDITIONAL_ANSWER:
        reply = None
    binding = bound(case, state)
    if binding:
        # The latest acceptance decides, unless the replier has spoken knowing of it.
        accepted = next(a.seq for a in state.acceptances if a.id == binding[-1].acceptance)
        if reply is None or reply.reach <= accepted:
            return Status.CONDITIONS_ACCEPTED
    if reply is not None:
        return Status.PRELIMINARY_ANSWERED
    if any(asking.acknowledged is not None for asking in state.askings):
        return Status.ACKNOWLEDGED
    return Status.ASKED


def next_actors(state: Inquiry) -> tuple[int, ...]:
    """The members whose move it is, by index; nobody's once the case has ended."""
    if state.ended is not None:
        return ()
    offer = state.offer
    waiting = [question for question in state.questions if question.level != Level.FINAL]
    actors = set()
    if any(offer is None or question.asked >= offer.reach for question in waiting):
        actors.add(state.replier)
    if not waiting or offer is not None:
        actors.add(state.asker)
    return tuple(sorted(actors))


# --- what is due ---------------------------------------------------------------------------------


def obligations(case: Held, state: Inquiry, overrides: Overrides) -> tuple[Obligation, ...]:
    """Everything due in an inquiry, of both sides; nothing once it has ended."""
    if state.ended is not None:
        return ()
    return (
        *_acknowledgements(state, overrides),
        *_preliminary(state, overrides),
        *_detailed(case, state, overrides),
        *_next_step(state),
        *_response(case, state, overrides),
    )


def _acknowledgements(state: Inquiry, overrides: Overrides) -> list[Obligation]:
    """An answer by one who had seen the asking acknowledges it too."""
    reach = state.reply.reach if state.reply is not None else 0
    return [
        _of_asking(asking, ClockKind.ACKNOWLEDGE, state.replier, overrides)
        for asking in state.askings
        if asking.acknowledged is None and asking.seq >= reach
    ]


def _preliminary(state: Inquiry, overrides: Overrides) -> list[Obligation]:
    if state.reply is not None:
        return []
    return [_of_asking(state.askings[0], ClockKind.PRELIMINARY, state.replier, overrides)]


def _detailed(case: Held, state: Inquiry, overrides: Overrides) -> list[Obligation]:
    """The full answer to each asking; it waits while conditions wait for the asker."""
    waiting = [question for question in state.questions if question.level != Level.FINAL]
    offer = state.offer
    found: list[Obligation] = []
    for asking in state.askings:
        if not any(question.asked == asking.seq for question in waiting):
            continue
        if offer is not None and asking.seq < offer.reach:
            continue
        acceptance = _acceptance_for(case, state, asking)
        if acceptance is None:
            found.append(_of_asking(asking, ClockKind.DETAILED, state.replier, overrides))
        else:
            seconds = clocks.duration(
                ActType.CONDITIONS_ACCEPTED,
                ClockKind.DETAILED,
                asking.precedence,
                asking.reply_wanted,
                overrides,
            )
            found.append(Obligation(ClockKind.DETAILED, state.replier, acceptance, seconds))
    return found


def _acceptance_for(case: Held, state: Inquiry, asking: Asking) -> bytes | None:
    """The latest acceptance of conditions that were set by one who had seen ``asking``."""
    reach = {offer.id: offer.reach for offer in state.offers}
    for binding in reversed(bound(case, state)):
        if asking.seq < reach[binding.offer]:
            return binding.acceptance
    return None


def _next_step(state: Inquiry) -> list[Obligation]:
    reply = state.reply
    if reply is None or reply.next_step is None:
        return []
    return [Obligation(ClockKind.NEXT_STEP, state.replier, reply.id, None, reply.next_step)]


def _response(case: Held, state: Inquiry, overrides: Overrides) -> list[Obligation]:
    """The asker's word on conditions or on a refusal."""
    offer, reply = state.offer, state.reply
    if offer is not None and any(_is_waiting(question) for question in state.questions):
        return [_respond(ActType.CONDITIONAL_ANSWER, state.asker, offer.id, overrides)]
    if reply is None or reply.type != ActType.REFUSAL:
        return []
    refusal = case.entry(state.replier, reply.seq)
    for entry in reversed(case.chains[state.asker]):
        if refusal is not None and entry.void is None and precedes(refusal, entry):
            return []
    return [_respond(ActType.REFUSAL, state.asker, reply.id, overrides)]


def _is_waiting(question: Question) -> bool:
    return question.level != Level.FINAL


def _respond(type_: str, owner: int, since: bytes, overrides: Overrides) -> Obligation:
    seconds = clocks.duration(type_, ClockKind.RESPOND, Precedence.ROUTINE, None, overrides)
    return Obligation(ClockKind.RESPOND, owner, since, seconds)


def _of_asking(asking: Asking, kind: ClockKind, owner: int, overrides: Overrides) -> Obligation:
    seconds = clocks.duration(asking.type, kind, asking.precedence, asking.reply_wanted, overrides)
    return Obligation(kind, owner, asking.id, seconds)
