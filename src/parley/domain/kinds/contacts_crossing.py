"""What holds where two acts of a directory of contacts cross.

The table of acts is short, because every contact is judged by itself: all acts stand as said, and
for each contact the rules of ``contacts_state`` say what they come to. A revocation holds against
whatever its author or the other side had on the way; nobody is nominated again past a revocation
that the nomination had not seen; an acceptance is for what its author had read.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Final

from parley.domain.act import ActType
from parley.domain.crossing import BOTH_STAND, Crossing, Standing, Table


class Outcome(StrEnum):
    """The outcomes of the table."""

    REVOCATION_HOLDS = "revocation-holds"
    SUSPENSION_HOLDS = "suspension-holds"
    UNSEEN_NOT_ACCEPTED = "unseen-not-accepted"


OWNER_TYPES: Final = (
    ActType.CONTACT_NOMINATION,
    ActType.CONTACT_CHANGE,
    ActType.CONTACT_RECONFIRMATION,
    ActType.COMMUNICATION_ANSWER,
    ActType.CONTACT_SUSPENSION,
    ActType.CONTACT_RESUMPTION,
    ActType.CONTACT_REVOCATION,
)
OTHER_TYPES: Final = (
    ActType.CONTACT_ACCEPTANCE,
    ActType.COMMUNICATION_CHECK,
    ActType.CONTACT_SUSPENSION,
    ActType.CONTACT_RESUMPTION,
    ActType.CONTACT_REVOCATION,
)


def _both(outcome: Outcome, why: str) -> Crossing:
    return Crossing(outcome, Standing.STANDS, Standing.STANDS, why)


_REVOKED: Final = "Who is revoked is revoked, whatever was on its way about the same contact."
_NOT_AGAIN: Final = (
    "The revocation holds for each contact that it names, a nomination again on its way or not: "
    "whoever nominates again must have seen it. New numbers are not named by it and wait."
)
_TWICE: Final = (
    "Revoked by both. Whoever nominates again must have seen the revocations of both sides."
)
_UNSEEN: Final = (
    "The acceptance is for nominations that its author had seen; what was nominated meanwhile, "
    "or again, waits for one of its own."
)
_SUSPENDED: Final = "The suspension holds until the side that said it lifts it."
_EACH_ITS_OWN: Final = "Each side's suspension is its own; it ends when that side lifts it."

_PLAIN: Final = {(owner, other): BOTH_STAND for owner in OWNER_TYPES for other in OTHER_TYPES}

_SPECIAL: Final = {
    **dict.fromkeys(
        [
            (ActType.CONTACT_CHANGE, ActType.CONTACT_REVOCATION),
            (ActType.CONTACT_RECONFIRMATION, ActType.CONTACT_REVOCATION),
            (ActType.CONTACT_REVOCATION, ActType.CONTACT_ACCEPTANCE),
            (ActType.CONTACT_REVOCATION, ActType.CONTACT_SUSPENSION),
            (ActType.CONTACT_REVOCATION, ActType.CONTACT_RESUMPTION),
        ],
        _both(Outcome.REVOCATION_HOLDS, _REVOKED),
    ),
    (ActType.CONTACT_REVOCATION, ActType.CONTACT_REVOCATION): _both(
        Outcome.REVOCATION_HOLDS, _TWICE
    ),
    (ActType.CONTACT_NOMINATION, ActType.CONTACT_REVOCATION): _both(
        Outcome.REVOCATION_HOLDS, _NOT_AGAIN
    ),
    (ActType.CONTACT_NOMINATION, ActType.CONTACT_ACCEPTANCE): _both(
        Outcome.UNSEEN_NOT_ACCEPTED, _UNSEEN
    ),
    (ActType.CONTACT_NOMINATION, ActType.CONTACT_SUSPENSION): _both(
        Outcome.SUSPENSION_HOLDS, _SUSPENDED
    ),
    (ActType.CONTACT_SUSPENSION, ActType.CONTACT_ACCEPTANCE): _both(
        Outcome.SUSPENSION_HOLDS, _SUSPENDED
    ),
    (ActType.CONTACT_SUSPENSION, ActType.CONTACT_SUSPENSION): _both(
        Outcome.SUSPENSION_HOLDS, _EACH_ITS_OWN
    ),
    (ActType.CONTACT_SUSPENSION, ActType.CONTACT_RESUMPTION): _both(
        Outcome.SUSPENSION_HOLDS, _EACH_ITS_OWN
    ),
}

CROSSINGS: Final[Table] = {
    pair: crossing
    for pair, crossing in (_PLAIN | _SPECIAL).items()
    if pair in _SPECIAL or pair[::-1] not in _SPECIAL
}
"""(type of one side's act, type of the other's) -> what holds, one entry for each pair that can
cross. Suspension, its end and revocation are either side's: their pairs read both ways alike."""
