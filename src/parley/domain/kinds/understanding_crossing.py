"""What holds where two acts of an understanding cross: neither author had seen the other's act.

Every word is its author's own and stands beside the other's, whatever crossed it. One pair needs
more: a text that was confirmed is the text that its author had then put forward.
"""

from __future__ import annotations

from typing import Final

from parley.domain import crossing
from parley.domain.act import ActType
from parley.domain.crossing import BOTH_STAND, Crossing, Standing
from parley.domain.frame import Entry

CONFIRMED_AS_IT_STOOD: Final = "confirmed-as-it-stood"
NOT_YET_LAPSED: Final = "not-yet-lapsed"

CROSSINGS: Final[crossing.Table] = {
    (ActType.UNDERSTANDING_CONFIRMATION, ActType.UNDERSTANDING): Crossing(
        CONFIRMED_AS_IT_STOOD,
        Standing.STANDS,
        Standing.CROSSED,
        "The version is confirmed as it stood when it was confirmed; the later one came too late "
        "to change it and stands in the record.",
    ),
    (ActType.UNDERSTANDING_CONFIRMATION, ActType.UNDERSTANDING_LAPSE): Crossing(
        NOT_YET_LAPSED,
        Standing.STANDS,
        Standing.STANDS,
        "One side said that it is no longer bound, not knowing that the other confirmed it; the "
        "understanding lapses when the other says so too.",
    ),
}
"""Whatever is not in the table stands on both sides."""


def crossing_of(first: Entry, second: Entry) -> Crossing:
    """The entry for two acts, read from the first."""
    return crossing.look_up(CROSSINGS, first.type, second.type, BOTH_STAND)
