"""What holds where two acts of a case share cross.

The rules are those of an inquiry with conditions: an acceptance binds to what its author had
read, and nobody can be made to hand anything over.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Final

from parley.domain.act import ActType
from parley.domain.crossing import BOTH_STAND, Crossing, Standing, Table, look_up


class Outcome(StrEnum):
    """The outcomes of the table, for lists and screens."""

    OFFERED_TERMS_BIND = "offered-terms-bind"
    NEW_OFFER_OPEN = "new-offer-open"
    OFFER_WITHDRAWN = "offer-withdrawn"
    CLAIM_COVERS_EARLIER = "claim-covers-earlier"
    EXTENSION_UNANSWERED = "extension-unanswered"


def _both(outcome: Outcome, why: str) -> Crossing:
    return Crossing(outcome, Standing.STANDS, Standing.STANDS, why)


CROSSINGS: Final[Table] = {
    (ActType.CASE_SHARE, ActType.SHARE_ACCEPTED): _both(
        Outcome.OFFERED_TERMS_BIND,
        "The acceptance binds to the terms that its author had read; the new offer is to be "
        "accepted by itself.",
    ),
    (ActType.CASE_SHARE, ActType.SHARE_DECLINED): _both(
        Outcome.NEW_OFFER_OPEN,
        "The earlier offer is declined; the new one has no answer yet.",
    ),
    (ActType.SHARE_WITHDRAWN, ActType.SHARE_ACCEPTED): Crossing(
        Outcome.OFFER_WITHDRAWN,
        Standing.STANDS,
        Standing.LAPSED,
        "Nobody can be made to hand anything over: the withdrawal stands, and an acceptance for "
        "which nothing is given binds nobody.",
    ),
    (ActType.SHARE_WITHDRAWN, ActType.SHARE_DECLINED): _both(
        Outcome.OFFER_WITHDRAWN,
        "The offer is withdrawn and was declined; the two come to the same.",
    ),
    (ActType.SHARE_SENT, ActType.SHARE_DELETED): _both(
        Outcome.CLAIM_COVERS_EARLIER,
        "The claim of deletion covers what its author had received; what was sent meanwhile is "
        "not deleted by it.",
    ),
    (ActType.PRESERVATION_EXTENSION, ActType.PRESERVATION_ANSWER): _both(
        Outcome.EXTENSION_UNANSWERED,
        "The answer is to what its author had read; the extension has none yet.",
    ),
}
"""The pairs of which one does something to the other; every other pair stands side by side."""


def crossing(first: str, second: str) -> Crossing:
    """The entry for two crossing acts, in either order."""
    return look_up(CROSSINGS, first, second, BOTH_STAND)
