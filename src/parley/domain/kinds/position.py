"""A position: what one side attributes or denies, and what the other says to it.

The case is never resolved here. Its status names the latest word, and nothing that was said stops
the other side from speaking.
"""

from __future__ import annotations

from typing import Final

import msgspec

from parley.domain.act import Act, ActType
from parley.domain.codes import integer
from parley.domain.crossing import Crossing
from parley.domain.frame import Entry
from parley.domain.kind import Held, Kind
from parley.domain.kinds import position_crossing
from parley.domain.shape import Scope
from parley.domain.types.position import DENIALS, NAMED, OF_ATTRIBUTION
from parley.kernel.errors import ParleyError
from parley.kernel.reasons import Reason


class Word(msgspec.Struct, frozen=True, array_like=True, forbid_unknown_fields=True, gc=False):
    """A member's latest word: the type of the act, and how many of that type came in a row.

    ``seen`` is the vector of the act: what its author had read when it spoke.
    """

    id: bytes
    seq: int
    seen: tuple[int, ...]
    type: str
    times: int


class Attribution(
    msgspec.Struct, frozen=True, array_like=True, forbid_unknown_fields=True, gc=False
):
    """What the header of the attribution says: whose claim it is, how sure, whether public."""

    id: bytes
    said_by: str
    confidence: str
    publicity: str


class Position(
    msgspec.Struct,
    frozen=True,
    array_like=True,
    forbid_unknown_fields=True,
    gc=False,
    tag="position",
):
    """What each member has said. ``words`` has one place a member, written by that member alone.

    ``attribution`` is None where a denial opened the case.
    """

    words: tuple[Word | None, ...]
    attribution: Attribution | None = None


class PositionKind(Kind[Position]):
    """The rules of positions."""

    scope = Scope.POSITION
    settled = frozenset({"withdrawn", "denial-withdrawn"})

    def judge_opening(self, members: int, act: Act) -> None:
        """Claimants are named where the attribution says that they are, and only there.

        :raises ParleyError: ``code-invalid``.
        """
        named = act.codes.get("said-by") == NAMED
        if act.type == ActType.ATTRIBUTION and named != (integer(act, "claimants") > 0):
            raise ParleyError(Reason.CODE_INVALID, type=act.type, code="claimants")

    def begin(self, members: int, act: Act) -> Position:
        """An attribution, or a denial of something that is no statement here."""
        words: tuple[Word | None, ...] = (None,) * members
        return Position(_spoken(words, act), _attribution(act))

    def judge(self, case: Held, substance: Position, act: Act) -> None:
        """One who attributes maintains or withdraws; everybody else denies, admits or is silent.

        :raises ParleyError: ``nothing-attributed``, ``nothing-denied``, ``own-attribution``,
            ``attribution-withdrawn``.
        """
        own = substance.words[act.author]
        if act.type in OF_ATTRIBUTION:
            if substance.attribution is None:
                raise ParleyError(Reason.NOTHING_ATTRIBUTED, type=act.type)
            if own is not None and own.type == ActType.ATTRIBUTION_WITHDRAWN:
                raise ParleyError(Reason.ATTRIBUTION_WITHDRAWN)
            return
        if substance.attribution is not None and act.author == case.opener:
            raise ParleyError(Reason.OWN_ATTRIBUTION, type=act.type)
        needs_denial = act.type in (ActType.DENIAL_MAINTAINED, ActType.DENIAL_WITHDRAWN)
        if needs_denial and (own is None or own.type not in DENIALS):
            raise ParleyError(Reason.NOTHING_DENIED, type=act.type)
        if act.type == ActType.DENIAL_WITHDRAWN:
            _judge_own_reference(case, act)

    def write(self, case: Held, substance: Position, act: Act) -> Position:
        """The author's word takes the place of its last one."""
        return msgspec.structs.replace(substance, words=_spoken(substance.words, act))

    def crossing(self, first: Entry, second: Entry) -> Crossing:
        """Both stand; the table says what was not read."""
        return position_crossing.crossing(first.type, second.type)

    def status(self, case: Held, substance: Position) -> str:
        """The latest word: of the side that was answered only where it knew the answer."""
        opener = case.opener or 0
        own = substance.words[opener]
        replies = [substance.words[other] for other in case.others]
        if substance.attribution is None:
            return _status_of_denial(own, replies)
        if own is not None and own.type == ActType.ATTRIBUTION_WITHDRAWN:
            return "withdrawn"
        unanswered = [
            word
            for other, word in zip(case.others, replies, strict=True)
            if word is not None and (own is None or word.seq >= own.seen[other])
        ]
        if unanswered:
            return _weightiest(unanswered)
        maintained = own is not None and own.type == ActType.ATTRIBUTION_MAINTAINED
        return "maintained" if maintained else "asserted"

    def next_actors(self, case: Held, substance: Position) -> tuple[int, ...]:
        """Those who have said nothing to an attribution that stands; nothing is due from them."""
        own = substance.words[case.opener or 0]
        if own is None or own.type not in (
            ActType.ATTRIBUTION,
            ActType.ATTRIBUTION_MAINTAINED,
        ):
            return ()
        return tuple(other for other in case.others if substance.words[other] is None)


def _attribution(act: Act) -> Attribution | None:
    if act.type != ActType.ATTRIBUTION:
        return None
    said_by, confidence, publicity = (
        str(act.codes[name]) for name in ("said-by", "confidence", "publicity")
    )
    return Attribution(act.id, said_by, confidence, publicity)


def _spoken(words: tuple[Word | None, ...], act: Act) -> tuple[Word | None, ...]:
    last = words[act.author]
    times = last.times + 1 if last is not None and last.type == act.type else 1
    word = Word(act.id, act.seq, act.seen, act.type, times)
    return (*words[: act.author], word, *words[act.author + 1 :])


def _judge_own_reference(case: Held, act: Act) -> None:
    """Nobody takes back the other side's word."""
    target = case.find(act.reference) if act.reference is not None else None
    if target is not None and target.author != act.author:
        raise ParleyError(Reason.NOTHING_DENIED, type=act.type)


_WEIGHT: Final = {
    ActType.ADMISSION: "admitted",
    ActType.DENIAL_MAINTAINED: "denied",
    ActType.DENIAL: "denied",
    ActType.NO_COMMENT: "no-comment",
    ActType.DENIAL_WITHDRAWN: "denial-withdrawn",
}
"""The status that a reply gives; where several members reply, the first of these counts."""


def _weightiest(words: list[Word]) -> str:
    said = {word.type for word in words}
    return next(status for type_, status in _WEIGHT.items() if type_ in said)


def _status_of_denial(own: Word | None, replies: list[Word | None]) -> str:
    """The status of a case that a denial opened."""
    said = {word.type for word in (own, *replies) if word is not None}
    denied = not said.isdisjoint(DENIALS)
    if ActType.ADMISSION in said:
        return "denied-and-admitted" if denied else "admitted"
    if denied:
        return "denied"
    return "no-comment" if ActType.NO_COMMENT in said else "denial-withdrawn"
