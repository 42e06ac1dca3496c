"""What follows from the acts of an inquiry: how its substance evolves.

Each fact has one writer (see ``inquiry_state``), so acts that crossed may come in either order.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

import msgspec

from parley.domain.act import Act, ActType
from parley.domain.codes import integer, pairs
from parley.domain.kinds.inquiry_rules import addressee_of
from parley.domain.kinds.inquiry_state import (
    OPEN,
    Acceptance,
    Asking,
    Ended,
    Inquiry,
    Level,
    Offer,
    Question,
    Reply,
)
from parley.domain.types.inquiry import DECLINED

Facts = dict[str, Any]

_replace = msgspec.structs.replace


def begin(members: int, act: Act) -> Inquiry:
    """The substance of an inquiry that ``act`` opens."""
    count = integer(act, "questions")
    return Inquiry(
        asker=act.author,
        replier=addressee_of(members, act),
        severity=str(act.codes["severity"]),
        askings=(_asking(act, 1, count),),
        questions=_asked_by(act, 1, count),
    )


def write(state: Inquiry, act: Act) -> Inquiry:
    """The substance after a further act that stands."""
    return _replace(state, **_WRITERS[act.type](state, act))


def _asking(act: Act, first: int, count: int) -> Asking:
    return Asking(act.id, act.seq, act.type, first, count, act.precedence, act.reply_wanted, None)


def _asked_by(act: Act, first: int, count: int) -> tuple[Question, ...]:
    return tuple(
        Question(number, act.seq, OPEN, Level.NONE, None) for number in range(first, first + count)
    )


def _facts_of_supplement(state: Inquiry, act: Act) -> Facts:
    first, count = integer(act, "first"), integer(act, "questions")
    return {
        "askings": (*state.askings, _asking(act, first, count)),
        "questions": (*state.questions, *_asked_by(act, first, count)),
    }


def _facts_of_acceptance(state: Inquiry, act: Act) -> Facts:
    acceptance = Acceptance(act.id, act.seq, act.reference or b"", integer(act, "conditions"))
    return {
        "acceptances": (*state.acceptances, acceptance),
        "offers": tuple(
            _replace(offer, accepted=act.id) if offer.id == act.reference else offer
            for offer in state.offers
        ),
    }


def _facts_of_end(_state: Inquiry, act: Act) -> Facts:
    return {"ended": Ended(act.id, act.seq, act.type)}


def _facts_of_acknowledgement(state: Inquiry, act: Act) -> Facts:
    return {
        "askings": tuple(
            _replace(asking, acknowledged=act.id) if asking.id == act.reference else asking
            for asking in state.askings
        )
    }


def _facts_of_answer(state: Inquiry, act: Act) -> Facts:
    """A preliminary, holding or detailed answer."""
    level = Level.FINAL if act.type == ActType.DETAILED_ANSWER else Level.PRELIMINARY
    questions = list(state.questions)
    for number, status in pairs(act, "answers"):
        old = questions[number - 1]
        questions[number - 1] = Question(number, old.asked, status, level, act.id)
    return {"questions": tuple(questions), "reply": _reply(state, act)}


def _facts_of_refusal(state: Inquiry, act: Act) -> Facts:
    reply = _reply(state, act)
    return {
        "questions": tuple(
            Question(q.number, q.asked, DECLINED, Level.FINAL, act.id)
            if q.level != Level.FINAL and q.asked < reply.reach
            else q
            for q in state.questions
        ),
        "reply": reply,
        "offers": tuple(_replace(offer, withdrawn=True) for offer in state.offers),
    }


def _facts_of_conditional(state: Inquiry, act: Act) -> Facts:
    """An offer. It takes back what was declined: the questions are open again."""
    reply = _reply(state, act)
    offer = Offer(act.id, act.seq, reply.reach, integer(act, "conditions"), False, None)
    return {
        "questions": tuple(
            Question(q.number, q.asked, OPEN, Level.NONE, None)
            if q.level == Level.FINAL and q.status == DECLINED
            else q
            for q in state.questions
        ),
        "reply": reply,
        "offers": (*state.offers, offer),
    }


def _reply(state: Inquiry, act: Act) -> Reply:
    next_step = act.codes.get("next-step")
    return Reply(
        act.id,
        act.seq,
        act.type,
        act.seen[state.asker],
        next_step if isinstance(next_step, int) else None,
    )


_WRITERS: Final[Mapping[str, Callable[[Inquiry, Act], Facts]]] = {
    ActType.SUPPLEMENT: _facts_of_supplement,
    ActType.CONDITIONS_ACCEPTED: _facts_of_acceptance,
    ActType.WITHDRAWAL: _facts_of_end,
    ActType.CLOSING: _facts_of_end,
    ActType.ACKNOWLEDGEMENT: _facts_of_acknowledgement,
    ActType.PRELIMINARY_ANSWER: _facts_of_answer,
    ActType.HOLDING_ANSWER: _facts_of_answer,
    ActType.DETAILED_ANSWER: _facts_of_answer,
    ActType.REFUSAL: _facts_of_refusal,
    ActType.CONDITIONAL_ANSWER: _facts_of_conditional,
}
