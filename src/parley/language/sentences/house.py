"""Sentences for reason codes: the house record, roles, recusal."""

from __future__ import annotations

from typing import Final

from parley.kernel.reasons import Reason

TEXTS: Final[dict[Reason, tuple[str, str]]] = {
    Reason.HOUSE_EMPTY: (
        "The house record has no entry yet.",
        "It begins with the first thing that an officer does.",
    ),
    Reason.HOUSE_SET_BACK: (
        "The house record was set back: entries that stood in it are missing.",
        "Find out who put an older database in place. The record goes on, and says so.",
    ),
    Reason.HOUSE_ENTRY_UNKNOWN: (
        "There is no such entry in the house record.",
        "See the entries with parley house log; give its place, or six digits of its identifier.",
    ),
    Reason.HOUSE_ENTRY_AMBIGUOUS: (
        "{count:number} entries of the house record fit.",
        "Give more digits of the identifier.",
    ),
    Reason.HOUSE_PROOF_MALFORMED: (
        "The file is not in the form of a proof from a house record: {fact}.",
        "Ask for the file again; do not rely on this one.",
    ),
    Reason.HOUSE_PROOF_DAMAGED: (
        "The file was changed after it was written, or is not whole.",
        "Ask for the file again; do not rely on this one.",
    ),
    Reason.OWN_ROLES: (
        "Nobody changes their own roles.",
        "Ask another administrator.",
    ),
    Reason.GRANT_UNKNOWN: (
        "This role was not given to this officer there.",
        "See who holds what, and where, with parley officer list.",
    ),
    Reason.DECIDED_ALREADY: (
        "You have decided on this release already.",
        "The second word is another reviewer's.",
    ),
    Reason.RELEASE_REFUSED: (
        "A reviewer has decided against the release of this text.",
        "Revise the draft, and have it cleared and decided on anew, or give it up.",
    ),
    Reason.RELEASE_DECISION_EXPIRED: (
        "The decisions on the release are too old.",
        "Have both reviewers decide anew: parley draft decide.",
    ),
    Reason.RECUSAL_UNKNOWN: (
        "There is no such recusal.",
        "See the recusals with parley recusal list.",
    ),
    Reason.RECUSAL_STANDS: (
        "Nobody lifts a recusal; it ends by the officer's own word alone, if the house allows it.",
        "Leave the matter to the delegate. This attempt stands in the house record.",
    ),
    Reason.RECUSAL_OF_NOTHING: (
        "It is not said what the recusal is from.",
        "Name cases with --case, or a whole channel with --channel, and not both.",
    ),
    Reason.RECUSAL_NOT_DISCLOSED: (
        "In this case no recusal of this house is disclosed.",
        "Draft the disclosure first: parley recusal disclose.",
    ),
    Reason.DELEGATE_UNFIT: (
        "This officer cannot act instead: not in service, recused as well, or the same person.",
        "Name another officer with --delegate.",
    ),
}
