"""What holds where two acts of an erasure cross: in doubt nothing is erased."""

from __future__ import annotations

from enum import StrEnum
from typing import Final

from parley.domain.act import ActType
from parley.domain.crossing import BOTH_STAND, Crossing, Standing, Table, look_up


class Outcome(StrEnum):
    """The outcomes of the table, for lists and screens."""

    ERASURE_WITHDRAWN = "erasure-withdrawn-unread"


CROSSINGS: Final[Table] = {
    (ActType.ERASURE_WITHDRAWAL, ActType.ERASURE_CONSENT): Crossing(
        Outcome.ERASURE_WITHDRAWN,
        Standing.STANDS,
        Standing.LAPSED,
        "What is erased never comes back: the consent was given to a proposal that its author had "
        "already taken back, and nothing is erased.",
    ),
    (ActType.ERASURE_WITHDRAWAL, ActType.ERASURE_REFUSAL): BOTH_STAND,
    (ActType.ERASURE_CLAIM, ActType.ERASURE_CLAIM): BOTH_STAND,
}
"""A consent and a refusal are of one author, a confirmation has seen the consent: no other two acts
of a channel of two can cross and both be free."""


def crossing(first: str, second: str) -> Crossing:
    """The entry for two crossing acts, in either order."""
    return look_up(CROSSINGS, first, second, BOTH_STAND)
