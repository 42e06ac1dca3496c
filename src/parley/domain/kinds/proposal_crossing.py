"""What holds where two acts of a proposal cross: neither author had seen the other's act.

Nobody is bound to a text that it had not seen. So an agreement that crossed a word on the text
lapses, on whichever side it was given, and is given anew for the text as it then is. Of two texts
neither goes before the other: both stand as their owners' variants.
"""

from __future__ import annotations

from itertools import combinations_with_replacement
from typing import Final

from parley.domain.act import ActType
from parley.domain.crossing import BOTH_STAND, Crossing, Standing, Table, look_up

STUDY: Final = ActType.PROPOSAL_STUDY
COMMENT: Final = ActType.PROPOSAL_COMMENT
WITHDRAWN: Final = ActType.PROPOSAL_VARIANT_WITHDRAWAL
CONSENT: Final = ActType.PROPOSAL_CONSENT

TEXTS: Final = (ActType.PROPOSAL_REVISION, ActType.PROPOSAL_BRACKET)
AGREEING: Final = (ActType.PROPOSAL_AD_REFERENDUM, ActType.PROPOSAL_AGREEMENT)
ENDING: Final = (ActType.PROPOSAL_WITHDRAWAL, ActType.PROPOSAL_SUPERSESSION)

OPENERS: Final = (ActType.PROPOSAL_REVISION, *ENDING)
OTHERS: Final = (ActType.PROPOSAL_BRACKET,)
ANYBODY: Final = (STUDY, COMMENT, WITHDRAWN, CONSENT, *AGREEING)
TYPES: Final = (*OPENERS, *OTHERS, *ANYBODY)

_STANDS, _CROSSED, _LAPSED = Standing.STANDS, Standing.CROSSED, Standing.LAPSED


def _both(outcome: str, why: str) -> Crossing:
    return Crossing(outcome, _STANDS, _STANDS, why)


_VARIANTS: Final = _both(
    "both-texts-stand",
    "Each text stands as its owner's variant; a unit that both speak of is in brackets, and only "
    "the consent of all removes them.",
)
_WITHDRAWALS: Final = _both(
    "both-texts-gone",
    "Each owner takes its own text back; a unit of which no text is left stays in brackets until "
    "all consent to a new one.",
)
_TEXT_GOES: Final = _both(
    "other-text-stands",
    "An owner's withdrawal takes its own text alone; the other's stands.",
)
_CONSENT_HELD: Final = _both(
    "consent-to-what-stands",
    "A consent is to the very variant that its author had read: it counts where that variant still "
    "stands, and where its owner has changed or withdrawn it, it binds nobody.",
)
_CONSENTS: Final = _both(
    "consents-crossed",
    "Each names the variant that it would take; brackets go only where all name one and the same.",
)
_AGREEMENTS: Final = _both(
    "agreements-meet",
    "Both have signed the text that each had read; where it is one hash, it is agreed.",
)
_COMMENTED: Final = _both(
    "agreement-stands",
    "A comment changes no text: what was agreed is what was read, and the comment stands beside "
    "it.",
)
_LAPSES: Final = Crossing(
    "agreement-lapses",
    _STANDS,
    _LAPSED,
    "The agreement is to a text that was no longer the one on the table; nobody is bound to a text "
    "that it had not seen, and whoever still agrees says so anew.",
)
_ENDED: Final = Crossing(
    "proposal-ended",
    _STANDS,
    _CROSSED,
    "The opener has taken the proposal off the table; what crossed that stands in the record as "
    "said, and nothing follows.",
)
_ENDED_AGREEMENT: Final = Crossing(
    "ended-agreement-lapses",
    _STANDS,
    _LAPSED,
    "The opener has taken the proposal off the table before it knew of the agreement; there is no "
    "text left to be bound by.",
)


def _entry(first: str, second: str) -> Crossing:
    """The entry for two types in the order of :data:`TYPES`."""
    if first in ENDING:
        return _ENDED_AGREEMENT if second in AGREEING else _ENDED
    if second in ENDING:
        return _entry(second, first).reverse
    if second in AGREEING:
        return _with_agreement(first)
    pair = {first, second}
    if STUDY in pair or COMMENT in pair:
        return BOTH_STAND
    if CONSENT in pair:
        return _CONSENTS if pair == {CONSENT} else _CONSENT_HELD
    if WITHDRAWN in pair:
        return _WITHDRAWALS if pair == {WITHDRAWN} else _TEXT_GOES
    return _VARIANTS


def _with_agreement(first: str) -> Crossing:
    """The entry for an act of type ``first`` and an agreement."""
    if first in AGREEING:
        return _AGREEMENTS
    if first == STUDY:
        return BOTH_STAND
    return _COMMENTED if first == COMMENT else _LAPSES


def _can_cross(first: str, second: str) -> bool:
    """Whether two parties can make acts of these types at once: there is one opener."""
    return not (first in OPENERS and second in OPENERS)


CROSSINGS: Final[Table] = {
    (first, second): _entry(first, second)
    for first, second in combinations_with_replacement(TYPES, 2)
    if _can_cross(first, second)
}
"""(type of one act, type of the other) -> what holds; each pair stands once."""


def crossing(first: str, second: str) -> Crossing:
    """The entry for two crossing acts, in any order."""
    return look_up(CROSSINGS, first, second, BOTH_STAND)
