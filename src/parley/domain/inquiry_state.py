"""The state of an inquiry: facts that each side's chain of acts wrote, and what follows from them.

Every fact is written by one side alone: questions, acceptances and the end by the asker; answers,
conditions and refusals by the replier. One side's acts come in one order on every desk, so facts
do not depend on how the two sides' acts interleave. Everything else is a function of the facts.
No text of a body is here. All values are plain: ``kernel.cbor.plain`` turns a state into arrays.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator
from enum import StrEnum
from itertools import islice

import msgspec

from parley.domain import causality
from parley.domain.act import ActType
from parley.domain.catalogue import DECLINED
from parley.domain.causality import Horizon
from parley.domain.crossing import Standing, crossing
from parley.kernel import cbor, limits
from parley.kernel.reasons import Reason


class Status(StrEnum):
    """Where an inquiry stands in substance. Delivery is another axis and never shows here."""

    VOID = "void"
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


class Entry(msgspec.Struct, frozen=True, array_like=True, forbid_unknown_fields=True, gc=False):
    """An act in the list of the case's acts. ``void`` is its reason code where it is void."""

    id: bytes
    author: int
    seq: int
    seen: tuple[int, ...]
    type: str
    void: str | None
    standing: Standing


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


class CrossedPair(
    msgspec.Struct, frozen=True, array_like=True, forbid_unknown_fields=True, gc=False
):
    """Two acts that crossed, what holds, and whether both sides are known to have seen both."""

    first: bytes
    second: bytes
    outcome: str
    why: str
    provisional: bool


class Inquiry(msgspec.Struct, frozen=True, array_like=True, forbid_unknown_fields=True, gc=False):
    """An inquiry, as all acts of it that are held amount to.

    ``chains`` has each member's acts in the member's own order, void ones too; ``strays`` those
    without a place in any order, ``overflow`` how many came when the case was full and are not
    listed. ``openers`` are the members that opened the case in good faith:
    one, or, where two parties took the same number, more, and then nothing in the case counts.
    """

    members: int
    chains: tuple[tuple[Entry, ...], ...]
    horizon: Horizon
    strays: tuple[Entry, ...] = ()
    overflow: int = 0
    openers: tuple[int, ...] = ()
    asker: int | None = None
    replier: int | None = None
    severity: str | None = None
    askings: tuple[Asking, ...] = ()
    questions: tuple[Question, ...] = ()
    reply: Reply | None = None
    offers: tuple[Offer, ...] = ()
    acceptances: tuple[Acceptance, ...] = ()
    ended: Ended | None = None

    # --- the acts ----------------------------------------------------------------------------

    @property
    def acts(self) -> tuple[Entry, ...]:
        """All acts in the order that every desk shows; those without a place come last."""
        return (*self._placed, *self.strays)

    @property
    def _placed(self) -> list[Entry]:
        return causality.linear_extension(entry for chain in self.chains for entry in chain)

    @property
    def void_acts(self) -> tuple[Entry, ...]:
        """The acts without effect because a rule forbade them, with their reasons."""
        return tuple(entry for entry in self.acts if entry.void is not None)

    @property
    def size(self) -> int:
        """How many acts the case has."""
        return sum(map(len, self.chains)) + len(self.strays) + self.overflow

    def entry(self, author: int, seq: int) -> Entry | None:
        """The act that ``author`` made as its statement number ``seq``, if it is of this case."""
        chain = self.chains[author]
        at = bisect_left(chain, seq, key=lambda entry: entry.seq)
        return chain[at] if at < len(chain) and chain[at].seq == seq else None

    def find(self, act_id: bytes) -> Entry | None:
        """The act with this id, if it has a place in the case. The latest are found first."""
        for chain in self.chains:
            if chain and chain[0].id == act_id:
                return chain[0]
        for chain in self.chains:
            for entry in reversed(chain):
                if entry.id == act_id:
                    return entry
        return None

    @property
    def room(self) -> int:
        """How many acts each member may make: nobody can fill the case for the others."""
        return limits.STATEMENTS_IN_CASE // self.members

    # --- crossings ---------------------------------------------------------------------------

    def crossings(self) -> Iterator[CrossedPair]:
        """Each pair of acts that crossed, member by member."""
        for author, chain in enumerate(self.chains):
            for first in chain:
                if first.void is None:
                    for other in self.chains[author + 1 :]:
                        yield from self._crossings_with(first, other)

    def _crossings_with(self, first: Entry, chain: tuple[Entry, ...]) -> Iterator[CrossedPair]:
        if not chain:
            return
        start = bisect_left(chain, first.seen[chain[0].author], key=lambda entry: entry.seq)
        for second in islice(chain, start, None):
            if causality.precedes(first, second):
                return
            if second.void is None:
                entry, _, _ = crossing(first.type, second.type)
                provisional = not (self._is_covered(first) and self._is_covered(second))
                yield CrossedPair(first.id, second.id, entry.outcome, entry.why, provisional)

    @property
    def crossed(self) -> tuple[Entry, ...]:
        """The acts that a crossing deprived of further effect, or of all effect."""
        return tuple(entry for entry in self.acts if entry.standing != Standing.STANDS)

    @property
    def unseen(self) -> tuple[Entry, ...]:
        """The acts that some member is not yet known to have seen."""
        return tuple(entry for entry in self._placed if not self._is_covered(entry))

    def _is_covered(self, entry: Entry) -> bool:
        return causality.covered(self.horizon, entry)

    @property
    def provisional(self) -> bool:
        """Whether the case rests on a crossing that not every member is known to have seen."""
        return any(pair.provisional for pair in self.crossings())

    # --- the substance -----------------------------------------------------------------------

    @property
    def void_reason(self) -> str | None:
        """Why the whole case counts for nothing, or None."""
        if len(self.openers) > 1:
            return Reason.CASE_OPENED_TWICE.value
        return None if self.openers else Reason.CASE_NOT_OPEN.value

    @property
    def offer(self) -> Offer | None:
        """The conditions that wait for the asker's acceptance."""
        if self.ended is not None or not self.offers:
            return None
        offer = self.offers[-1]
        return None if offer.withdrawn or offer.accepted is not None else offer

    @property
    def bound(self) -> tuple[Bound, ...]:
        """The conditions that the asker is bound by, and whether jointly so already."""
        if self.asker is None:
            return ()
        found: list[Bound] = []
        for acceptance in self.acceptances:
            entry = self.entry(self.asker, acceptance.seq)
            if entry is not None and entry.standing == Standing.STANDS:
                # The acceptance had seen the offer, so whoever has seen it has seen both.
                joint = causality.covered(self.horizon, entry)
                found.append(Bound(acceptance.offer, acceptance.id, acceptance.conditions, joint))
        return tuple(found)

    @property
    def status(self) -> Status:
        """Where the inquiry stands."""
        if self.void_reason is not None:
            return Status.VOID
        if self.ended is not None:
            withdrawn = self.ended.type == ActType.WITHDRAWAL
            return Status.WITHDRAWN if withdrawn else Status.CLOSED
        final = [question for question in self.questions if question.level == Level.FINAL]
        if len(final) == len(self.questions):
            declined = all(question.status == DECLINED for question in final)
            return Status.REFUSED if declined else Status.ANSWERED
        if self.offer is not None:
            return Status.CONDITIONS_SET
        return Status.REOPENED if final else self._status_before_answers()

    def _status_before_answers(self) -> Status:
        reply = self.reply
        if reply is not None and reply.type == ActType.CONDITIONAL_ANSWER:
            reply = None
        bound = self.bound
        if bound:
            # The latest acceptance decides, unless the replier has spoken knowing of it.
            accepted = next(a.seq for a in self.acceptances if a.id == bound[-1].acceptance)
            if reply is None or reply.reach <= accepted:
                return Status.CONDITIONS_ACCEPTED
        if reply is not None:
            return Status.PRELIMINARY_ANSWERED
        if any(asking.acknowledged is not None for asking in self.askings):
            return Status.ACKNOWLEDGED
        return Status.ASKED

    @property
    def next_actors(self) -> tuple[int, ...]:
        """The members whose move it is, by index; nobody's once the case has ended."""
        if self.asker is None or self.replier is None or self.ended is not None:
            return ()
        offer = self.offer
        waiting = [question for question in self.questions if question.level != Level.FINAL]
        actors = set()
        if any(offer is None or question.asked >= offer.reach for question in waiting):
            actors.add(self.replier)
        if not waiting or offer is not None:
            actors.add(self.asker)
        return tuple(sorted(actors))

    # --- plain values ------------------------------------------------------------------------

    def to_plain(self) -> list[object]:
        """The state as arrays, integers, strings and bytes, for a view table."""
        plain: list[object] = cbor.plain(self)
        return plain

    @classmethod
    def from_plain(cls, value: object) -> Inquiry:
        """The state that :meth:`to_plain` gave.

        :raises ParleyError: ``shape-invalid``.
        """
        return cbor.convert(value, cls)


def empty(members: int) -> Inquiry:
    """An inquiry that nobody has opened, in a channel of ``members``."""
    return Inquiry(members, ((),) * members, causality.no_horizon(members))
