"""What holds where two acts of a position cross: always both, as said.

Nothing that was said is unsaid, and no word is worth less because another was on its way. The
table only says what neither author had read.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Final

from parley.domain.act import ActType
from parley.domain.crossing import BOTH_STAND, Crossing, Standing, Table, look_up


class Outcome(StrEnum):
    """The outcomes of the table, for lists and screens."""

    WORDS_UNREAD = "words-unread"
    MAINTAINED_UNREAD = "maintained-unread"
    WITHDRAWN_UNREAD = "withdrawn-unread"


def _both(outcome: Outcome, why: str) -> Crossing:
    return Crossing(outcome, Standing.STANDS, Standing.STANDS, why)


_MAINTAINED: Final = {
    ActType.DENIAL: _both(
        Outcome.MAINTAINED_UNREAD,
        "The attribution was maintained by one who had not read the denial, which is the later "
        "word until its author is answered.",
    ),
    ActType.DENIAL_MAINTAINED: _both(
        Outcome.MAINTAINED_UNREAD,
        "Each side has maintained what it said without having read that the other does.",
    ),
    ActType.DENIAL_WITHDRAWN: _both(
        Outcome.MAINTAINED_UNREAD,
        "The attribution was maintained against a denial that its author had withdrawn.",
    ),
    ActType.NO_COMMENT: _both(
        Outcome.MAINTAINED_UNREAD,
        "The attribution was maintained by one who had not read that the other does not comment.",
    ),
    ActType.ADMISSION: _both(
        Outcome.MAINTAINED_UNREAD,
        "The attribution was maintained by one who had not read the admission.",
    ),
}

_WITHDRAWN: Final = {
    ActType.DENIAL: _both(
        Outcome.WITHDRAWN_UNREAD,
        "The attribution is withdrawn; the denial of it was made and stays on record.",
    ),
    ActType.DENIAL_MAINTAINED: _both(
        Outcome.WITHDRAWN_UNREAD,
        "The attribution is withdrawn; that the denial was maintained stays on record.",
    ),
    ActType.DENIAL_WITHDRAWN: _both(
        Outcome.WITHDRAWN_UNREAD,
        "Each side has withdrawn its word without having read that the other does.",
    ),
    ActType.NO_COMMENT: _both(
        Outcome.WITHDRAWN_UNREAD,
        "The attribution is withdrawn; there is nothing left to comment on, and nothing was said.",
    ),
    ActType.ADMISSION: _both(
        Outcome.WITHDRAWN_UNREAD,
        "The attribution is withdrawn; what was admitted stays on record as its author's word.",
    ),
}

_REPLIES: Final = (
    ActType.DENIAL,
    ActType.DENIAL_MAINTAINED,
    ActType.DENIAL_WITHDRAWN,
    ActType.NO_COMMENT,
    ActType.ADMISSION,
)
_WORDS_UNREAD: Final = _both(
    Outcome.WORDS_UNREAD, "Each side has spoken without having read the other's word; both stand."
)

CROSSINGS: Final[Table] = {
    **{(ActType.ATTRIBUTION_MAINTAINED, reply): entry for reply, entry in _MAINTAINED.items()},
    **{(ActType.ATTRIBUTION_WITHDRAWN, reply): entry for reply, entry in _WITHDRAWN.items()},
    **{
        (first, second): _WORDS_UNREAD
        for at, first in enumerate(_REPLIES)
        for second in _REPLIES[at:]
    },
}
"""An attribution crosses nothing: what answers it has seen it. Replies cross each other in a case
that a denial opened, where every side may answer."""


def crossing(first: str, second: str) -> Crossing:
    """The entry for two crossing acts, in either order."""
    return look_up(CROSSINGS, first, second, BOTH_STAND)
