"""A case share: the rules of offering, accepting, sending, reporting, deleting, preserving."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

import msgspec

from parley.domain.act import Act, ActType, Code
from parley.domain.clocks import NO_OVERRIDES, Obligation, Overrides, duration
from parley.domain.codes import integer
from parley.domain.crossing import BOTH_STAND, Crossing
from parley.domain.frame import Entry
from parley.domain.kind import Held, Kind
from parley.domain.kinds import share_crossing, share_state
from parley.domain.kinds.share_state import (
    Answer,
    Asking,
    CaseShare,
    Deletion,
    Offer,
    Preserved,
    Sending,
    Use,
    bound,
    preservations,
)
from parley.domain.shape import ClockKind, Scope
from parley.domain.types.share import OF_GIVER, OF_RECIPIENT
from parley.kernel.errors import ParleyError
from parley.kernel.reasons import Reason

_replace = msgspec.structs.replace

_OF_OFFER: Final = (ActType.SHARE_ACCEPTED, ActType.SHARE_DECLINED, ActType.SHARE_WITHDRAWN)


class ShareKind(Kind[CaseShare]):
    """The rules of case shares."""

    scope = Scope.CASE_SHARE
    settled = frozenset({"withdrawn", "declined", "deleted", "not-preserved"})

    # --- judging -----------------------------------------------------------------------------

    def judge_opening(self, members: int, act: Act) -> None:
        """A request to preserve opens a case only where it is plain who is asked.

        :raises ParleyError: ``addressee-invalid``.
        """
        if act.type == ActType.PRESERVATION_REQUEST and members != 2:
            raise ParleyError(Reason.ADDRESSEE_INVALID)

    def judge(self, case: Held, substance: CaseShare, act: Act) -> None:
        """Each side does its own acts, and answers what it was asked.

        :raises ParleyError: ``not-the-giver``, ``not-a-recipient``, and what the type's own rule
            raises.
        """
        if act.type in OF_GIVER and act.author != substance.giver:
            raise ParleyError(Reason.NOT_THE_GIVER, type=act.type)
        if act.type in OF_RECIPIENT and act.author == substance.giver:
            raise ParleyError(Reason.NOT_A_RECIPIENT, type=act.type)
        special = _JUDGES.get(act.type)
        if special is not None:
            special(substance, act)

    # --- writing -----------------------------------------------------------------------------

    def begin(self, members: int, act: Act) -> CaseShare:
        """The giver is who offers, or who is asked to preserve."""
        asked = act.type == ActType.PRESERVATION_REQUEST
        blank = CaseShare(giver=1 - act.author if asked else act.author)
        return _replace(blank, **_WRITERS[act.type](blank, act))

    def write(self, case: Held, substance: CaseShare, act: Act) -> CaseShare:
        """One more fact of the act's author."""
        return _replace(substance, **_WRITERS[act.type](substance, act))

    # --- crossings ---------------------------------------------------------------------------

    def item(self, act: Act) -> str | None:
        """The offer that an answer or a withdrawal is about."""
        if act.type in _OF_OFFER and act.reference is not None:
            return act.reference.hex()
        return None

    def crossing(self, first: Entry, second: Entry) -> Crossing:
        """The table; two acts about different offers do nothing to each other."""
        if None not in (first.item, second.item) and first.item != second.item:
            return BOTH_STAND
        return share_crossing.crossing(first.type, second.type)

    # --- reading -----------------------------------------------------------------------------

    def status(self, case: Held, substance: CaseShare) -> str:
        """What was sent counts before what was offered."""
        return share_state.status(case, substance)

    def next_actors(self, case: Held, substance: CaseShare) -> tuple[int, ...]:
        """Those from whom an answer, or samples that were accepted, are due."""
        due = self.obligations(case, substance)
        return tuple(sorted({one.owner for one in due if one.kind == ClockKind.RESPOND}))

    def obligations(
        self, case: Held, substance: CaseShare, overrides: Overrides = NO_OVERRIDES
    ) -> tuple[Obligation, ...]:
        """Answers, sendings, deletion at the end of retention, and preservation."""
        return (
            *_answers_due(case, substance, overrides),
            *_sendings_due(case, substance, overrides),
            *_deletions_due(substance),
            *_preservations_due(case, substance, overrides),
        )

    # --- drafting ----------------------------------------------------------------------------

    def fill(self, case: Held, substance: CaseShare, type_: str) -> Mapping[str, Code]:
        """An acceptance is of all limits of the offer that is open."""
        if type_ == ActType.SHARE_ACCEPTED and substance.offer is not None:
            return {"limits": substance.offer.limits}
        return {}


# --- judges --------------------------------------------------------------------------------------


def _judge_answer(share: CaseShare, act: Act) -> None:
    """An offer is answered once by each recipient, and as it was last made."""
    offer = share.offer_of(act.reference)
    if offer is None or offer.withdrawn:
        raise ParleyError(Reason.OFFER_WITHDRAWN)
    if share.offer is not offer:
        raise ParleyError(Reason.OFFER_SUPERSEDED)
    if any(one.author == act.author and one.offer == offer.id for one in share.answers):
        raise ParleyError(Reason.OFFER_ANSWERED)
    if act.type == ActType.SHARE_ACCEPTED and act.codes["limits"] != offer.limits:
        raise ParleyError(Reason.LIMITS_MISCOUNTED, expected=offer.limits)


def _judge_withdrawal(share: CaseShare, act: Act) -> None:
    offer = share.offer_of(act.reference)
    if offer is None or offer.withdrawn:
        raise ParleyError(Reason.OFFER_WITHDRAWN)
    if any(sending.offer == offer.id for sending in share.sendings):
        raise ParleyError(Reason.SHARE_ALREADY_SENT)


def _judge_sending(share: CaseShare, act: Act) -> None:
    answer = share.answer_of(act.reference)
    offer = None if answer is None else share.offer_of(answer.offer)
    if offer is None or offer.withdrawn:
        raise ParleyError(Reason.OFFER_WITHDRAWN)


def _judge_report(share: CaseShare, act: Act) -> None:
    """A report or a claim of deletion is made by the recipient of what was sent."""
    sending = share.sending_of(act.reference)
    if sending is None or sending.recipient != act.author:
        raise ParleyError(Reason.NOT_A_RECIPIENT, type=act.type)


def _judge_extension(share: CaseShare, act: Act) -> None:
    request = share.asking_of(act.reference)
    if request is None or request.author != act.author:
        raise ParleyError(Reason.NOT_THE_REQUESTER, type=act.type)


_JUDGES: Final[Mapping[str, Callable[[CaseShare, Act], None]]] = {
    ActType.SHARE_ACCEPTED: _judge_answer,
    ActType.SHARE_DECLINED: _judge_answer,
    ActType.SHARE_WITHDRAWN: _judge_withdrawal,
    ActType.SHARE_SENT: _judge_sending,
    ActType.SHARE_USED: _judge_report,
    ActType.SHARE_DELETED: _judge_report,
    ActType.PRESERVATION_EXTENSION: _judge_extension,
}


# --- writers -------------------------------------------------------------------------------------

Facts = dict[str, Any]


def _write_offer(share: CaseShare, act: Act) -> Facts:
    retention = act.codes.get("retention")
    offer = Offer(
        act.id,
        act.seq,
        act.precedence,
        integer(act, "limits"),
        retention if isinstance(retention, int) else None,
    )
    return {"offers": (*share.offers, offer), "case_status": act.codes["case-status"]}


def _write_update(_share: CaseShare, act: Act) -> Facts:
    return {"case_status": act.codes["case-status"]}


def _write_withdrawal(share: CaseShare, act: Act) -> Facts:
    return {
        "offers": tuple(
            _replace(offer, withdrawn=True) if offer.id == act.reference else offer
            for offer in share.offers
        )
    }


def _write_answer(share: CaseShare, act: Act) -> Facts:
    accepted = act.type == ActType.SHARE_ACCEPTED
    answer = Answer(act.author, act.seq, act.id, act.reference or b"", accepted)
    return {"answers": _sorted((*share.answers, answer))}


def _write_sending(share: CaseShare, act: Act) -> Facts:
    # Its author had seen the acceptance, so it stands here already.
    answer = share.answer_of(act.reference)
    if answer is None:
        return {}
    sending = Sending(
        act.id, act.seq, answer.offer, answer.id, answer.author, integer(act, "samples")
    )
    return {"sendings": (*share.sendings, sending)}


def _write_use(share: CaseShare, act: Act) -> Facts:
    use = Use(act.author, act.seq, act.id, act.reference or b"", str(act.codes["use"]))
    return {"uses": _sorted((*share.uses, use))}


def _write_deletion(share: CaseShare, act: Act) -> Facts:
    claim = Deletion(act.author, act.seq, act.id, act.seen[share.giver])
    return {"deletions": _sorted((*share.deletions, claim))}


def _write_asking(share: CaseShare, act: Act) -> Facts:
    request = act.id
    if act.type == ActType.PRESERVATION_EXTENSION and act.reference is not None:
        request = act.reference
    asking = Asking(act.author, act.seq, act.id, request, act.precedence, integer(act, "period"))
    return {"askings": _sorted((*share.askings, asking))}


def _write_preserved(share: CaseShare, act: Act) -> Facts:
    result = str(act.codes["result"])
    word = Preserved(act.author, act.seq, act.id, act.reference or b"", result)
    return {"preserved": _sorted((*share.preserved, word))}


def _sorted(facts: tuple[Any, ...]) -> tuple[Any, ...]:
    """Facts of several writers in an order that does not depend on how they crossed."""
    return tuple(sorted(facts, key=lambda fact: (fact.author, fact.seq)))


_WRITERS: Final[Mapping[str, Callable[[CaseShare, Act], Facts]]] = {
    ActType.CASE_SHARE: _write_offer,
    ActType.SHARE_UPDATE: _write_update,
    ActType.SHARE_WITHDRAWN: _write_withdrawal,
    ActType.SHARE_ACCEPTED: _write_answer,
    ActType.SHARE_DECLINED: _write_answer,
    ActType.SHARE_SENT: _write_sending,
    ActType.SHARE_USED: _write_use,
    ActType.SHARE_DELETED: _write_deletion,
    ActType.PRESERVATION_REQUEST: _write_asking,
    ActType.PRESERVATION_EXTENSION: _write_asking,
    ActType.PRESERVATION_ANSWER: _write_preserved,
}


# --- what is due ---------------------------------------------------------------------------------


def _respond(
    type_: str, owner: int, since: bytes, precedence: int, overrides: Overrides
) -> Obligation:
    seconds = duration(type_, ClockKind.RESPOND, precedence, None, overrides)
    return Obligation(ClockKind.RESPOND, owner, since, seconds)


def _answers_due(case: Held, share: CaseShare, overrides: Overrides) -> list[Obligation]:
    offer = share.offer
    if offer is None or offer.withdrawn:
        return []
    answered = {answer.author for answer in share.answers if answer.offer == offer.id}
    return [
        _respond(ActType.CASE_SHARE, member, offer.id, offer.precedence, overrides)
        for member in range(case.members)
        if member != share.giver and member not in answered
    ]


def _sendings_due(case: Held, share: CaseShare, overrides: Overrides) -> list[Obligation]:
    """What was accepted is sent, unless the offer was withdrawn or made anew since."""
    sent = {sending.acceptance for sending in share.sendings}
    return [
        _respond(
            ActType.SHARE_ACCEPTED, share.giver, one.acceptance.id, one.offer.precedence, overrides
        )
        for one in bound(case, share)
        if one.acceptance.id not in sent and not one.offer.withdrawn
    ]


def _deletions_due(share: CaseShare) -> list[Obligation]:
    due: list[Obligation] = []
    for sending in share.sendings:
        offer = share.offer_of(sending.offer)
        if offer is not None and offer.retention is not None and not share.is_deleted(sending):
            due.append(
                Obligation(ClockKind.RETENTION, sending.recipient, sending.id, offer.retention)
            )
    return due


def _preservations_due(case: Held, share: CaseShare, overrides: Overrides) -> list[Obligation]:
    due: list[Obligation] = []
    for asking in share.askings:
        if share.result_of(asking.id) is None:
            due += [
                _respond(
                    ActType.PRESERVATION_REQUEST, owner, asking.id, asking.precedence, overrides
                )
                for owner in _asked(case, share, asking)
            ]
    for one in preservations(share):
        if not one.is_refused:
            due += [
                Obligation(ClockKind.PRESERVE, owner, one.request.id, one.seconds)
                for owner in _asked(case, share, one.request)
            ]
    return due


def _asked(case: Held, share: CaseShare, asking: Asking) -> tuple[int, ...]:
    """Whoever is asked to preserve: the giver, or, where the giver asks, all others."""
    if asking.author != share.giver:
        return (share.giver,)
    return tuple(member for member in range(case.members) if member != share.giver)
