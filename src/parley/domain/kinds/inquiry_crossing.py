"""What holds where two acts of an inquiry cross: neither author had seen the other's act.

One outcome for each pair of types, whichever act was made, signed or received first: no clock and
no hash decides. The outcome is provisional until each side is known to have seen both acts.

The reasons are the rules of correspondence between states and of CSIRTs, said in one line each:
an act is judged by what its author knew; nothing that was said is unsaid; an offer cannot be taken
back from under an acceptance that was on its way (as in the law of international sales, CISG
article 16); and what one has not seen one has not answered.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

from parley.domain.act import ActType
from parley.domain.crossing import OPENED_TWICE, Crossing, Standing, look_up


class Outcome(StrEnum):
    """The outcomes of the table, for lists and screens."""

    BOTH_STAND = "both-stand"
    NEW_QUESTIONS_OPEN = "new-questions-open"
    BINDS_ALL_THE_SAME = "binds-all-the-same"
    EARLIER_TERMS_BIND = "earlier-terms-bind"
    ACCEPTANCE_LAPSES = "acceptance-lapses"
    ENDED_REPLY_CROSSED = "ended-reply-crossed"
    ENDED_OFFER_LAPSES = "ended-offer-lapses"
    NO_REPLY_UNSEEN = "no-reply-unseen"


def _both(outcome: Outcome, why: str) -> Crossing:
    return Crossing(outcome, Standing.STANDS, Standing.STANDS, why)


def _ended(why: str) -> Crossing:
    return Crossing(Outcome.ENDED_REPLY_CROSSED, Standing.STANDS, Standing.CROSSED, why)


def _ended_offer(why: str) -> Crossing:
    return Crossing(Outcome.ENDED_OFFER_LAPSES, Standing.STANDS, Standing.LAPSED, why)


def _unseen(what: str) -> Crossing:
    return Crossing(
        Outcome.NO_REPLY_UNSEEN,
        Standing.STANDS,
        Standing.LAPSED,
        f"{what} needs an inquiry that its author had seen; this one answers nothing.",
    )


ASKER_TYPES: Final = (
    ActType.INQUIRY,
    ActType.SUPPLEMENT,
    ActType.CONDITIONS_ACCEPTED,
    ActType.WITHDRAWAL,
    ActType.CLOSING,
)
REPLIER_TYPES: Final = (
    ActType.ACKNOWLEDGEMENT,
    ActType.PRELIMINARY_ANSWER,
    ActType.HOLDING_ANSWER,
    ActType.DETAILED_ANSWER,
    ActType.REFUSAL,
    ActType.CONDITIONAL_ANSWER,
)

_INQUIRY: Final = {
    ActType.ACKNOWLEDGEMENT: _unseen("An acknowledgement"),
    ActType.PRELIMINARY_ANSWER: _unseen("A preliminary answer"),
    ActType.HOLDING_ANSWER: _unseen("A holding answer"),
    ActType.DETAILED_ANSWER: _unseen("A detailed answer"),
    ActType.REFUSAL: _unseen("A refusal"),
    ActType.CONDITIONAL_ANSWER: _unseen("A conditional answer"),
}

_SUPPLEMENT: Final = {
    ActType.ACKNOWLEDGEMENT: _both(
        Outcome.BOTH_STAND,
        "The acknowledgement confirms what its author had; the supplement asks for one of its own.",
    ),
    ActType.PRELIMINARY_ANSWER: _both(
        Outcome.NEW_QUESTIONS_OPEN,
        "The answer was given to the questions known to its author; the new ones are open.",
    ),
    ActType.HOLDING_ANSWER: _both(
        Outcome.NEW_QUESTIONS_OPEN,
        "The announced date covers the questions known to its author; the new ones have their own.",
    ),
    ActType.DETAILED_ANSWER: _both(
        Outcome.NEW_QUESTIONS_OPEN,
        "The answer settles the questions known to its author; the new ones reopen the case.",
    ),
    ActType.REFUSAL: _both(
        Outcome.NEW_QUESTIONS_OPEN,
        "A refusal covers what its author had read; the new questions are neither answered "
        "nor refused.",
    ),
    ActType.CONDITIONAL_ANSWER: _both(
        Outcome.NEW_QUESTIONS_OPEN,
        "The conditions were set for the questions known to their author; the new ones are open "
        "without them.",
    ),
}

_CONDITIONS_ACCEPTED: Final = {
    ActType.ACKNOWLEDGEMENT: _both(
        Outcome.BOTH_STAND,
        "The acknowledgement confirms a receipt; it touches no conditions.",
    ),
    ActType.PRELIMINARY_ANSWER: _both(
        Outcome.BINDS_ALL_THE_SAME,
        "The replier spoke without waiting; the asker has accepted the conditions and is bound "
        "for this answer too.",
    ),
    ActType.HOLDING_ANSWER: _both(
        Outcome.BOTH_STAND,
        "The acceptance binds the asker; the announced date holds for the answer to come.",
    ),
    ActType.DETAILED_ANSWER: _both(
        Outcome.BINDS_ALL_THE_SAME,
        "The replier answered without waiting; the asker has accepted the conditions and is bound "
        "for this answer too.",
    ),
    ActType.REFUSAL: Crossing(
        Outcome.ACCEPTANCE_LAPSES,
        Standing.LAPSED,
        Standing.STANDS,
        "A party cannot be made to answer: the refusal stands, and an acceptance for which nothing "
        "is given binds nobody.",
    ),
    ActType.CONDITIONAL_ANSWER: _both(
        Outcome.EARLIER_TERMS_BIND,
        "The acceptance binds to the conditions that the asker had read; the later ones are a new "
        "offer, to be accepted by itself.",
    ),
}

_WITHDRAWAL: Final = {
    ActType.ACKNOWLEDGEMENT: _ended(
        "The inquiry is withdrawn; that it had arrived remains true and asks for nothing."
    ),
    ActType.PRELIMINARY_ANSWER: _ended(
        "The inquiry is withdrawn; the answer stands in the record as given, and nothing more is "
        "owed."
    ),
    ActType.HOLDING_ANSWER: _ended("The inquiry is withdrawn; the announced next step falls away."),
    ActType.DETAILED_ANSWER: _ended(
        "The inquiry is withdrawn; what was answered cannot be unsaid and stands with its handling."
    ),
    ActType.REFUSAL: _ended(
        "The inquiry is withdrawn; the refusal stands in the record and refuses nothing more."
    ),
    ActType.CONDITIONAL_ANSWER: _ended_offer(
        "The inquiry is withdrawn; nothing is left that the conditions could be accepted for."
    ),
}

_CLOSING: Final = {
    ActType.ACKNOWLEDGEMENT: _ended(
        "The asker has closed; the acknowledgement stands in the record and asks for nothing."
    ),
    ActType.PRELIMINARY_ANSWER: _ended(
        "The asker has closed on what it had; the answer stands in the record, and nothing more is "
        "owed."
    ),
    ActType.HOLDING_ANSWER: _ended("The asker has closed; the announced next step falls away."),
    ActType.DETAILED_ANSWER: _ended(
        "The asker has closed on what it had; the answer stands with its handling, and whoever "
        "wants to ask on opens a new inquiry."
    ),
    ActType.REFUSAL: _ended(
        "The asker has closed on what it had; the refusal stands in the record."
    ),
    ActType.CONDITIONAL_ANSWER: _ended_offer(
        "The asker has closed; nothing is left that the conditions could be accepted for."
    ),
}

CROSSINGS: Final[Mapping[tuple[str, str], Crossing]] = {
    (asker, replier): crossing
    for asker, row in (
        (ActType.INQUIRY, _INQUIRY),
        (ActType.SUPPLEMENT, _SUPPLEMENT),
        (ActType.CONDITIONS_ACCEPTED, _CONDITIONS_ACCEPTED),
        (ActType.WITHDRAWAL, _WITHDRAWAL),
        (ActType.CLOSING, _CLOSING),
    )
    for replier, crossing in row.items()
}
"""(type of the asker's act, type of the replier's act) -> what holds. Two acts of askers can only
cross where two parties opened one case: ``opened-twice``."""


def crossing(first: str, second: str) -> Crossing:
    """The entry for two crossing types in any order, read from the first one's side."""
    return look_up(CROSSINGS, first, second, OPENED_TWICE)
