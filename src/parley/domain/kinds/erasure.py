"""A joint erasure: proposed by one side, consented to by the other, and then carried out by both.

The joint effect waits until each side is known to have seen the other's word: the proposer's desk
says so with its confirmation. Only what stands after that is an erasure; before it, a withdrawal
that crosses the consent wins.
"""

from __future__ import annotations

from typing import Final, TypeVar

import msgspec

from parley.domain.act import Act, ActType
from parley.domain.codes import integer, token, tokens
from parley.domain.crossing import Crossing
from parley.domain.frame import Entry
from parley.domain.kind import Held, Kind
from parley.domain.kinds import erasure_crossing
from parley.domain.kinds.erasure_state import Claim, Erasure, Refused
from parley.domain.shape import Scope
from parley.domain.types.erasure import LEAF_DIGITS
from parley.kernel.errors import ParleyError
from parley.kernel.reasons import Reason

T = TypeVar("T")

PROPOSED: Final = "erasure-proposed"
CONSENTED: Final = "erasure-consented"
JOINT: Final = "erasure-joint"
CLAIMED_BY_ONE: Final = "erasure-claimed-by-one"
ERASED: Final = "erased"
REFUSED: Final = "erasure-refused"
WITHDRAWN: Final = "erasure-withdrawn"


class ErasureKind(Kind[Erasure]):
    """The rules of joint erasures."""

    scope = Scope.ERASURE
    settled = frozenset({ERASED, REFUSED, WITHDRAWN})

    def judge_opening(self, members: int, act: Act) -> None:
        """Bodies are named by whole leaf hashes.

        :raises ParleyError: ``code-invalid``.
        """
        if any(len(one) != LEAF_DIGITS for one in tokens(act, "bodies")):
            raise ParleyError(Reason.CODE_INVALID, type=act.type, code="bodies")

    def begin(self, members: int, act: Act) -> Erasure:
        """The proposal."""
        return Erasure(
            act.id,
            tuple(map(bytes.fromhex, tokens(act, "bodies"))),
            token(act, "ground"),
            (None,) * members,
            (None,) * members,
            (None,) * members,
        )

    def ended(self, case: Held, substance: Erasure) -> Reason | None:
        """After a refusal, a withdrawal or everybody's claim, nothing is left to say."""
        over = substance.is_refused or substance.withdrawn is not None
        return Reason.ERASURE_OVER if over or all(substance.claims) else None

    def judge(self, case: Held, substance: Erasure, act: Act) -> None:
        """One word a side, in this order: consent or refusal, confirmation, claims.

        :raises ParleyError: ``erasure-consented``, ``erasure-not-joint``, ``erasure-claimed``.
        """
        if act.type == ActType.ERASURE_CLAIM:
            if not substance.is_joint:
                raise ParleyError(Reason.ERASURE_NOT_JOINT)
            if substance.claims[act.author] is not None:
                raise ParleyError(Reason.ERASURE_CLAIMED)
        elif act.type == ActType.ERASURE_CONFIRMATION:
            if substance.is_joint:
                raise ParleyError(Reason.ERASURE_CONSENTED)
            if not all(substance.consents[other] for other in case.others):
                raise ParleyError(Reason.ERASURE_NOT_JOINT)
        elif act.type == ActType.ERASURE_WITHDRAWAL:
            if any(substance.consents):
                raise ParleyError(Reason.ERASURE_CONSENTED)
        elif substance.consents[act.author] is not None:
            raise ParleyError(Reason.ERASURE_CONSENTED)

    def write(self, case: Held, substance: Erasure, act: Act) -> Erasure:
        """Each act writes its author's own place."""
        match act.type:
            case ActType.ERASURE_CONSENT:
                said = _put(substance.consents, act.author, act.id)
                return msgspec.structs.replace(substance, consents=said)
            case ActType.ERASURE_REFUSAL:
                refused = Refused(act.id, token(act, "ground"))
                refusals = _put(substance.refusals, act.author, refused)
                return msgspec.structs.replace(substance, refusals=refusals)
            case ActType.ERASURE_WITHDRAWAL:
                return msgspec.structs.replace(substance, withdrawn=act.id)
            case ActType.ERASURE_CONFIRMATION:
                return msgspec.structs.replace(substance, confirmed=act.id)
        claim = Claim(act.id, integer(act, "deleted-at"))
        return msgspec.structs.replace(substance, claims=_put(substance.claims, act.author, claim))

    def crossing(self, first: Entry, second: Entry) -> Crossing:
        """The table: a withdrawal that crosses a consent wins."""
        return erasure_crossing.crossing(first.type, second.type)

    def status(self, case: Held, substance: Erasure) -> str:
        """How far the erasure has come; what each side claims is its own word."""
        if substance.withdrawn is not None:
            return WITHDRAWN
        if substance.is_refused:
            return REFUSED
        if substance.is_joint:
            if all(substance.claims):
                return ERASED
            return CLAIMED_BY_ONE if any(substance.claims) else JOINT
        return CONSENTED if any(substance.consents) else PROPOSED

    def next_actors(self, case: Held, substance: Erasure) -> tuple[int, ...]:
        """Who has not consented; then the proposer's desk; then whoever has not claimed."""
        if self.ended(case, substance) is not None:
            return ()
        if substance.is_joint:
            return tuple(m for m in range(case.members) if substance.claims[m] is None)
        waiting = tuple(other for other in case.others if substance.consents[other] is None)
        return waiting or case.openers


def _put(places: tuple[T | None, ...], at: int, value: T) -> tuple[T | None, ...]:
    return (*places[:at], value, *places[at + 1 :])
