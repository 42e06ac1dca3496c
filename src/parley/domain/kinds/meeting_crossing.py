"""What holds where two acts of a meeting cross: neither author had seen the other's act.

Nobody is made to meet, so what takes dates off stands over a consent that was on its way. A text
of minutes is agreed as it stood when it was agreed to: nothing is changed from under a consent.
What each side declares is its own word and stands beside whatever the other says.
"""

from __future__ import annotations

from typing import Final

from parley.domain import crossing
from parley.domain.act import ActType
from parley.domain.crossing import BOTH_STAND, Crossing, Standing
from parley.domain.frame import Entry


class Outcome:
    """The outcomes that only meetings have."""

    CANNOT_BE_HELD_TO = "cannot-be-held-to"
    EACH_ACCEPTED_THE_OTHER = "each-accepted-the-other"
    MEETING_CANCELLED = "meeting-cancelled"
    AGREED_AS_IT_STOOD = "agreed-as-it-stood"


def _over_acceptance(what: str) -> Crossing:
    return Crossing(
        Outcome.CANNOT_BE_HELD_TO,
        Standing.STANDS,
        Standing.LAPSED,
        f"Nobody is made to meet: {what} stands, and the acceptance has no dates to hold to.",
    )


def _cancelled(what: str) -> Crossing:
    return Crossing(
        Outcome.MEETING_CANCELLED,
        Standing.STANDS,
        Standing.CROSSED,
        f"One side will not meet; {what} stands in the record, and nothing follows from it.",
    )


def _agreed(what: str) -> Crossing:
    return Crossing(
        Outcome.AGREED_AS_IT_STOOD,
        Standing.STANDS,
        Standing.CROSSED,
        f"The minutes are agreed as they stood when they were agreed to; {what} came too late "
        "to change them and stands in the record.",
    )


DATES_TWICE: Final = Crossing(
    Outcome.EACH_ACCEPTED_THE_OTHER,
    Standing.LAPSED,
    Standing.LAPSED,
    "Each side accepted the other's dates and left its own; which of the two hold, one of them "
    "has to say.",
)
MINUTES_TWICE: Final = Crossing(
    Outcome.EACH_ACCEPTED_THE_OTHER,
    Standing.LAPSED,
    Standing.LAPSED,
    "Each side agreed to the other's minutes; which of the two texts holds, one of them has to "
    "say.",
)

CROSSINGS: Final[crossing.Table] = {
    (ActType.MEETING_ACCEPTANCE, ActType.MEETING_ACCEPTANCE): DATES_TWICE,
    (ActType.MEETING_POSTPONEMENT, ActType.MEETING_ACCEPTANCE): _over_acceptance(
        "the postponement"
    ),
    (ActType.MEETING_CANCELLATION, ActType.MEETING_ACCEPTANCE): _over_acceptance(
        "the cancellation"
    ),
    (ActType.MEETING_CANCELLATION, ActType.MEETING_POSTPONEMENT): _cancelled("the postponement"),
    (ActType.MEETING_CANCELLATION, ActType.MEETING_DELEGATION): _cancelled("the delegation"),
    (ActType.MEETING_CANCELLATION, ActType.MEETING_AGENDA): _cancelled("the addition"),
    (ActType.MEETING_CANCELLATION, ActType.MEETING_AGENDA_REPLY): _cancelled("the consent"),
    (ActType.MEETING_CANCELLATION, ActType.MEETING_PROGRAMME): _cancelled("the programme"),
    (ActType.MINUTES_AGREEMENT, ActType.MINUTES_AGREEMENT): MINUTES_TWICE,
    (ActType.MINUTES_AGREEMENT, ActType.MINUTES_DRAFT): _agreed("the new draft"),
    (ActType.MINUTES_AGREEMENT, ActType.MINUTES_CORRECTION): _agreed("the correction"),
    (ActType.MINUTES_AGREEMENT, ActType.MINUTES_NOT_AGREED): _agreed("the other version"),
}
"""Whatever is not in the table stands on both sides."""


def crossing_of(first: Entry, second: Entry) -> Crossing:
    """The entry for two acts, read from the first; two consents to one text both stand."""
    if first.type == second.type and first.item is not None and first.item == second.item:
        return BOTH_STAND
    return crossing.look_up(CROSSINGS, first.type, second.type, BOTH_STAND)
