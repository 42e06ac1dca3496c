"""The facts of a case share, and what follows from them.

Every fact has one writer: offers, updates and sendings the giver; answers, reports and claims of
deletion each recipient for itself; requests to preserve whoever makes them. Facts of several
writers stand sorted, so acts that crossed may come in either order.
"""

from __future__ import annotations

from typing import Any

import msgspec

from parley.domain.frame import Case
from parley.domain.types.share import NOT_PRESERVED


class Offer(msgspec.Struct, frozen=True, array_like=True, forbid_unknown_fields=True, gc=False):
    """The terms of one offer: how many limits of use, and how long samples may be kept (seconds).

    ``withdrawn`` where the giver took it back.
    """

    id: bytes
    seq: int
    precedence: int
    limits: int
    retention: int | None
    withdrawn: bool = False


class Answer(msgspec.Struct, frozen=True, array_like=True, forbid_unknown_fields=True, gc=False):
    """A recipient's word on an offer."""

    author: int
    seq: int
    id: bytes
    offer: bytes
    accepted: bool


class Sending(msgspec.Struct, frozen=True, array_like=True, forbid_unknown_fields=True, gc=False):
    """Samples that the giver says it has sent under an acceptance."""

    id: bytes
    seq: int
    offer: bytes
    acceptance: bytes
    recipient: int
    samples: int


class Use(msgspec.Struct, frozen=True, array_like=True, forbid_unknown_fields=True, gc=False):
    """A recipient's report of what it did with a sending."""

    author: int
    seq: int
    id: bytes
    sending: bytes
    use: str


class Deletion(msgspec.Struct, frozen=True, array_like=True, forbid_unknown_fields=True, gc=False):
    """A recipient's claim that it deleted what came in the giver's first ``reach`` statements."""

    author: int
    seq: int
    id: bytes
    reach: int


class Asking(msgspec.Struct, frozen=True, array_like=True, forbid_unknown_fields=True, gc=False):
    """A request to preserve data, or the extension of one: ``request`` is the request's id.

    ``seconds`` is for how long, from the receipt of the request.
    """

    author: int
    seq: int
    id: bytes
    request: bytes
    precedence: int
    seconds: int


class Preserved(msgspec.Struct, frozen=True, array_like=True, forbid_unknown_fields=True, gc=False):
    """What the other side says to a request or an extension."""

    author: int
    seq: int
    id: bytes
    asking: bytes
    result: str


class CaseShare(
    msgspec.Struct,
    frozen=True,
    array_like=True,
    forbid_unknown_fields=True,
    gc=False,
    tag="case-share",
):
    """A case share. ``giver`` is the member whose criminal case and samples it is about."""

    giver: int
    case_status: str | None = None
    offers: tuple[Offer, ...] = ()
    answers: tuple[Answer, ...] = ()
    sendings: tuple[Sending, ...] = ()
    uses: tuple[Use, ...] = ()
    deletions: tuple[Deletion, ...] = ()
    askings: tuple[Asking, ...] = ()
    preserved: tuple[Preserved, ...] = ()

    @property
    def offer(self) -> Offer | None:
        """The offer that waits for an answer or has the latest one."""
        return self.offers[-1] if self.offers else None

    def offer_of(self, offer: bytes | None) -> Offer | None:
        """An offer by its act."""
        return next((found for found in self.offers if found.id == offer), None)

    def answer_of(self, answer: bytes | None) -> Answer | None:
        """An acceptance or a declining by its act."""
        return next((found for found in self.answers if found.id == answer), None)

    def sending_of(self, sending: bytes | None) -> Sending | None:
        """A sending by its act."""
        return next((found for found in self.sendings if found.id == sending), None)

    def asking_of(self, asking: bytes | None) -> Asking | None:
        """A request to preserve or an extension by its act."""
        return next((found for found in self.askings if found.id == asking), None)

    def result_of(self, asking: bytes) -> str | None:
        """The latest word on a request or an extension; of several members, the last's."""
        results = [found.result for found in self.preserved if found.asking == asking]
        return results[-1] if results else None

    def is_deleted(self, sending: Sending) -> bool:
        """Whether its recipient claims to have deleted a sending."""
        return any(
            claim.author == sending.recipient and sending.seq < claim.reach
            for claim in self.deletions
        )


class Bound(msgspec.Struct, frozen=True):
    """An acceptance that binds its author to the terms of an offer.

    ``joint`` once every side is known to have seen it: then no crossing can undo it.
    """

    offer: Offer
    acceptance: Answer
    joint: bool


class Preservation(msgspec.Struct, frozen=True):
    """A request with all of its extensions: in all ``seconds`` from the receipt of the request."""

    request: Asking
    seconds: int
    result: str | None

    @property
    def is_refused(self) -> bool:
        """Whether the other side says that nothing is preserved."""
        return self.result == NOT_PRESERVED


Held = Case[Any]


def bound(case: Held, share: CaseShare) -> tuple[Bound, ...]:
    """The acceptances that bind."""
    found: list[Bound] = []
    for answer in share.answers:
        offer = share.offer_of(answer.offer)
        if answer.accepted and offer is not None and case.holds(answer.author, answer.seq):
            joint = case.is_settled(answer.author, answer.seq)
            found.append(Bound(offer, answer, joint))
    return tuple(found)


def preservations(share: CaseShare) -> tuple[Preservation, ...]:
    """Each request to preserve, with what came of it."""
    found: list[Preservation] = []
    for request in share.askings:
        if request.id == request.request:
            same = [asking for asking in share.askings if asking.request == request.id]
            results = [result for one in same if (result := share.result_of(one.id)) is not None]
            seconds = sum(asking.seconds for asking in same)
            found.append(Preservation(request, seconds, results[-1] if results else None))
    return tuple(found)


def status(case: Held, share: CaseShare) -> str:
    """Where a share stands: what was sent counts before what was offered."""
    if share.sendings:
        if all(share.is_deleted(sending) for sending in share.sendings):
            return "deleted"
        return "used" if share.uses else "sent"
    offer = share.offer
    if offer is None:
        results = [one.result for one in preservations(share)]
        return (results[-1] if results else None) or "preservation-asked"
    if offer.withdrawn:
        return "withdrawn"
    if any(one.offer.id == offer.id for one in bound(case, share)):
        return "accepted"
    declined = {
        answer.author
        for answer in share.answers
        if answer.offer == offer.id and not answer.accepted
    }
    return "declined" if declined and len(declined) == case.members - 1 else "offered"
