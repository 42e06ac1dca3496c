"""What follows from the acts of an inquiry: how its state evolves.

The facts of a state have one writer each (see ``inquiry_state``), so acts that crossed may come in
either order; the crossing table says what becomes of the acts themselves.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

import msgspec

from parley.domain import causality
from parley.domain.act import Act, ActType
from parley.domain.case import Event, Stands, Void
from parley.domain.catalogue import DECLINED
from parley.domain.crossing import RANK, Standing, crossing
from parley.domain.inquiry_rules import addressee_of
from parley.domain.inquiry_state import (
    OPEN,
    Acceptance,
    Asking,
    Ended,
    Entry,
    Inquiry,
    Level,
    Offer,
    Question,
    Reply,
    empty,
)
from parley.domain.shape import answers, integer
from parley.kernel import limits

Facts = dict[str, Any]
Chains = tuple[tuple[Entry, ...], ...]

_replace = msgspec.structs.replace


def evolve(state: Inquiry, event: Event) -> Inquiry:
    """The state after ``event``.

    Each act comes after all that it had seen; two that crossed may come in either order and give
    the same state. Never raises.
    """
    if isinstance(event, Stands):
        act = event.act
        return _replace(
            state,
            chains=_with_act(state.chains, act),
            horizon=causality.widen(state.horizon, act),
            **_facts(state, act),
        )
    if isinstance(event, Void):
        return _with_void(state, event.act, event.reason, event.placed)
    return _replace(state, horizon=causality.join(state.horizon, event.horizon))


def _with_void(state: Inquiry, act: Act, reason: str, placed: bool) -> Inquiry:
    """List an act that does nothing, unless its author's list is full: then it is only counted."""
    horizon = causality.widen(state.horizon, act) if placed else state.horizon
    full = placed and len(state.chains[act.author]) >= state.room
    if full or len(state.strays) >= limits.STATEMENTS_IN_CASE:
        return _replace(state, horizon=horizon, overflow=state.overflow + 1)
    entry = Entry(act.id, act.author, act.seq, act.seen, act.type, reason, Standing.STANDS)
    if placed:
        return _replace(state, chains=_appended(state.chains, entry), horizon=horizon)
    strays = sorted((*state.strays, entry), key=lambda stray: (stray.author, stray.seq, stray.id))
    return _replace(state, strays=tuple(strays))


def _appended(chains: Chains, entry: Entry) -> Chains:
    author = entry.author
    return (*chains[:author], (*chains[author], entry), *chains[author + 1 :])


def _with_act(chains: Chains, act: Act) -> Chains:
    """Append an act that stands, and let the crossing table say what becomes of whom."""
    standing = Standing.STANDS
    for author, chain in enumerate(chains):
        if author == act.author or not chain or chain[-1].seq < act.seen[author]:
            continue  # all of this member's acts were seen: nothing crosses
        changed = list(chain)
        for at in range(len(chain) - 1, -1, -1):
            other = chain[at]
            if other.seq < act.seen[author]:
                break
            if other.void is None:
                _, mine, theirs = crossing(act.type, other.type)
                standing = _lower(standing, mine)
                if RANK[theirs] > RANK[other.standing]:
                    changed[at] = _replace(other, standing=theirs)
        chains = (*chains[:author], tuple(changed), *chains[author + 1 :])
    entry = Entry(act.id, act.author, act.seq, act.seen, act.type, None, standing)
    return _appended(chains, entry)


def _lower(a: Standing, b: Standing) -> Standing:
    return a if RANK[a] >= RANK[b] else b


def _facts(state: Inquiry, act: Act) -> Facts:
    """The facts of the state that ``act`` writes anew."""
    if act.type == ActType.INQUIRY:
        return _facts_of_inquiry(state, act)
    if len(state.openers) > 1:
        return {}
    return _EVOLVERS[act.type](state, act)


def _facts_of_inquiry(state: Inquiry, act: Act) -> Facts:
    if state.openers:
        blank = empty(state.members)
        facts: Facts = {name: getattr(blank, name) for name in _SUBSTANCE}
        return facts | {"openers": tuple(sorted((*state.openers, act.author)))}
    count = integer(act, "questions")
    return {
        "openers": (act.author,),
        "asker": act.author,
        "replier": addressee_of(state.members, act),
        "severity": act.codes["severity"],
        "askings": (_asking(act, 1, count),),
        "questions": _asked_by(act, 1, count),
    }


_SUBSTANCE: Final = (
    "asker",
    "replier",
    "severity",
    "askings",
    "questions",
    "reply",
    "offers",
    "acceptances",
    "ended",
)


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
    for number, status in answers(act.codes.get("answers")):
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
        0 if state.asker is None else act.seen[state.asker],
        next_step if isinstance(next_step, int) else None,
    )


_EVOLVERS: Final[Mapping[str, Callable[[Inquiry, Act], Facts]]] = {
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
