"""The state of an inquiry: facts that each side's chain of acts wrote, and what follows from them.

Every fact is written by one side alone: questions, acceptances and the end by the asker; answers,
conditions and refusals by the replier. One side's acts come in one order on every desk, so facts
do not depend on how the two sides' acts interleave. Everything else is a function of the facts.
No text of a body is here.
"""

from __future__ import annotations

from enum import StrEnum

import msgspec

from parley.domain.shape import Scope


class Status(StrEnum):
    """Where an inquiry stands in substance. Delivery is another axis and never shows here."""

    ASKED = "asked"
    ACKNOWLEDGED = "acknowledged"
    PRELIMINARY_ANSWERED = "preliminary-answered"
    CONDITIONS_SET = "conditions-set"
    CONDITIONS_ACCEPTED = "conditions-accepted"
    REOPENED = "reopened"
    """Questions were added to what had been answered or refused."""
    ANSWERED = "answered"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    CLOSED = "closed"


class Level(StrEnum):
    """How far the answer to a question has come."""

    NONE = "none"
    PRELIMINARY = "preliminary"
    FINAL = "final"


OPEN = "open"
"""The status of a question to which the replier has said nothing."""


class Asking(msgspec.Struct, frozen=True, array_like=True, forbid_unknown_fields=True, gc=False):
    """An inquiry or a supplement. ``reply_wanted`` is seconds; ``acknowledged`` the act's id."""

    id: bytes
    seq: int
    type: str
    first: int
    questions: int
    precedence: int
    reply_wanted: int | None
    acknowledged: bytes | None


class Question(msgspec.Struct, frozen=True, array_like=True, forbid_unknown_fields=True, gc=False):
    """A question: the asker's ``seq`` that brought it, its status, and the act that gave it."""

    number: int
    asked: int
    status: str
    level: Level
    by: bytes | None


class Reply(msgspec.Struct, frozen=True, array_like=True, forbid_unknown_fields=True, gc=False):
    """The replier's latest word on the substance.

    ``reach`` is how many of the asker's statements its author had seen; ``next_step`` is seconds
    since the epoch.
    """

    id: bytes
    seq: int
    type: str
    reach: int
    next_step: int | None


class Offer(msgspec.Struct, frozen=True, array_like=True, forbid_unknown_fields=True, gc=False):
    """A conditional answer: how many conditions it sets.

    ``withdrawn`` where a refusal took it back; ``accepted`` is the id of the act that accepted it.
    """

    id: bytes
    seq: int
    reach: int
    conditions: int
    withdrawn: bool
    accepted: bytes | None


class Acceptance(
    msgspec.Struct, frozen=True, array_like=True, forbid_unknown_fields=True, gc=False
):
    """The asker's acceptance of all conditions of ``offer``."""

    id: bytes
    seq: int
    offer: bytes
    conditions: int


class Ended(msgspec.Struct, frozen=True, array_like=True, forbid_unknown_fields=True, gc=False):
    """The act that ended the case: a withdrawal or a closing."""

    id: bytes
    seq: int
    type: str


class Bound(msgspec.Struct, frozen=True, array_like=True, forbid_unknown_fields=True, gc=False):
    """Conditions that the asker has accepted.

    ``joint`` is true once both sides are known to have seen offer and acceptance: from then on no
    crossing act can undo it.
    """

    offer: bytes
    acceptance: bytes
    conditions: int
    joint: bool


class Inquiry(
    msgspec.Struct,
    frozen=True,
    array_like=True,
    forbid_unknown_fields=True,
    gc=False,
    tag=Scope.INQUIRY.value,
):
    """The substance of an inquiry: who asked whom what, and what has been said to it."""

    asker: int
    replier: int
    severity: str
    askings: tuple[Asking, ...]
    questions: tuple[Question, ...]
    reply: Reply | None = None
    offers: tuple[Offer, ...] = ()
    acceptances: tuple[Acceptance, ...] = ()
    ended: Ended | None = None

    @property
    def offer(self) -> Offer | None:
        """The conditions that wait for the asker's acceptance."""
        if self.ended is not None or not self.offers:
            return None
        offer = self.offers[-1]
        return None if offer.withdrawn or offer.accepted is not None else offer
