"""What each side may do in an inquiry: the one judge of this house's acts and of the peer's."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from parley.domain.act import Act, ActType
from parley.domain.codes import integer, pairs
from parley.domain.kinds.inquiry_state import Inquiry, Level, Question
from parley.domain.shape import Sender, TypeSpec
from parley.domain.types.inquiry import DECLINED
from parley.kernel import limits
from parley.kernel.errors import ParleyError
from parley.kernel.reasons import Reason


def judge(state: Inquiry, act: Act) -> None:
    """Check that ``act`` may be made by one who knows ``state`` and nothing else of the case.

    :raises ParleyError: with the reason that makes the act void.
    """
    special = _JUDGES.get(act.type)
    if special is not None:
        special(state, act)


def judge_opening(members: int, act: Act) -> None:
    """Check that an inquiry asks somebody.

    :raises ParleyError: ``addressee-invalid``.
    """
    addressee = addressee_of(members, act)
    if addressee == act.author or not 0 <= addressee < members:
        raise ParleyError(Reason.ADDRESSEE_INVALID)


def addressee_of(members: int, act: Act) -> int:
    """Whom an inquiry asks: the other member, or the one that it names; -1 where that is nobody."""
    named = act.codes.get("addressee")
    if isinstance(named, int):
        return named
    return 1 - act.author if members == 2 else -1


def judge_sender(state: Inquiry, act: Act, spec: TypeSpec) -> None:
    """Check that the one who asked asks, and the one who was asked replies.

    :raises ParleyError: ``not-the-asker``, ``not-the-replier``.
    """
    if spec.sender == Sender.ASKER and act.author != state.asker:
        raise ParleyError(Reason.NOT_THE_ASKER, type=act.type)
    if spec.sender == Sender.REPLIER and act.author != state.replier:
        raise ParleyError(Reason.NOT_THE_REPLIER, type=act.type)


def _judge_supplement(state: Inquiry, act: Act) -> None:
    expected = len(state.questions) + 1
    if not act.codes["questions"] and not act.codes["evidence"]:
        raise ParleyError(Reason.NOTHING_ASKED)
    if act.codes["first"] != expected:
        raise ParleyError(Reason.QUESTION_NUMBER_WRONG, expected=expected)
    if expected - 1 + integer(act, "questions") > limits.QUESTIONS:
        raise ParleyError(Reason.QUESTIONS_TOO_MANY, limit=limits.QUESTIONS)


def _judge_conditions_accepted(state: Inquiry, act: Act) -> None:
    # The reference is a conditional answer that stands, so there is an offer.
    offer = state.offers[-1]
    if any(acceptance.offer == act.reference for acceptance in state.acceptances):
        raise ParleyError(Reason.CONDITIONS_ALREADY_ACCEPTED)
    if offer.id != act.reference or offer.withdrawn:
        raise ParleyError(Reason.CONDITIONS_SUPERSEDED)
    if act.codes["conditions"] != offer.conditions:
        raise ParleyError(Reason.CONDITIONS_MISCOUNTED, expected=offer.conditions)


def _judge_closing(state: Inquiry, _act: Act) -> None:
    if state.reply is None:
        raise ParleyError(Reason.ANSWER_NOT_SEEN)


def _judge_acknowledgement(state: Inquiry, act: Act) -> None:
    for asking in state.askings:
        if asking.id == act.reference and asking.acknowledged is not None:
            raise ParleyError(Reason.ALREADY_ACKNOWLEDGED)


def _judge_interim(state: Inquiry, act: Act) -> None:
    """A preliminary or holding answer: to questions without a detailed answer."""
    if all(question.level == Level.FINAL for question in state.questions):
        raise ParleyError(Reason.NOTHING_OPEN)
    for number, _ in pairs(act, "answers"):
        if _asked(state, number).level == Level.FINAL:
            raise ParleyError(Reason.QUESTION_ANSWERED, number=number)


def _judge_detailed(state: Inquiry, act: Act) -> None:
    """A detailed answer leaves nothing open; it may correct what was answered before."""
    given = {_asked(state, number).number for number, _ in pairs(act, "answers")}
    for question in state.questions:
        if question.level != Level.FINAL and question.number not in given:
            raise ParleyError(Reason.QUESTION_LEFT_OUT, number=question.number)


def _asked(state: Inquiry, number: int) -> Question:
    if number > len(state.questions):
        raise ParleyError(Reason.QUESTION_UNKNOWN, number=number)
    return state.questions[number - 1]


def _judge_refusal(state: Inquiry, _act: Act) -> None:
    if all(question.level == Level.FINAL for question in state.questions):
        raise ParleyError(Reason.NOTHING_OPEN)


def _judge_conditional(state: Inquiry, _act: Act) -> None:
    if all(q.level == Level.FINAL and q.status != DECLINED for q in state.questions):
        raise ParleyError(Reason.NOTHING_OPEN)


_JUDGES: Final[Mapping[str, Callable[[Inquiry, Act], None]]] = {
    ActType.SUPPLEMENT: _judge_supplement,
    ActType.CONDITIONS_ACCEPTED: _judge_conditions_accepted,
    ActType.CLOSING: _judge_closing,
    ActType.ACKNOWLEDGEMENT: _judge_acknowledgement,
    ActType.PRELIMINARY_ANSWER: _judge_interim,
    ActType.HOLDING_ANSWER: _judge_interim,
    ActType.DETAILED_ANSWER: _judge_detailed,
    ActType.REFUSAL: _judge_refusal,
    ActType.CONDITIONAL_ANSWER: _judge_conditional,
}
