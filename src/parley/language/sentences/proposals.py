"""Sentences for reason codes: proposals and working groups."""

from __future__ import annotations

from typing import Final

from parley.kernel.reasons import Reason

TEXTS: Final[dict[Reason, tuple[str, str]]] = {
    Reason.LANGUAGES_INVALID: (
        "The languages do not fit the proposal, or one of them is worth two things.",
        "Give every unit in the authentic languages, and name what any other language is worth.",
    ),
    Reason.UNIT_UNKNOWN: (
        "The text has no unit {unit}, as far as the author had seen.",
        "Name a unit of the text; parley proposal text CASE lists them.",
    ),
    Reason.UNIT_NUMBER_WRONG: (
        "Unit {unit} is new, and its number is not above {highest}, the highest so far.",
        "Give it the next number, and say behind which unit it stands.",
    ),
    Reason.UNIT_TWICE: (
        "A unit is both given a text and left out.",
        "Do one of the two.",
    ),
    Reason.NOTHING_CHANGED: (
        "The statement changes no unit of the text.",
        "Give a unit a new text, or leave one out.",
    ),
    Reason.UNIT_PLACED: (
        "Unit {unit} has its place in the text already.",
        "Leave the place out: only new units are put somewhere.",
    ),
    Reason.UNIT_DIGEST_WRONG: (
        "The header does not name the text of unit {unit} that stands in the body.",
        "Nothing to do here; the statement stays in the record as void.",
    ),
    Reason.UNITS_TOO_MANY: (
        "The text would have more than {limit} units.",
        "Join units, or make it two proposals.",
    ),
    Reason.UNIT_NOT_BRACKETED: (
        "Unit {unit} is not in brackets: there is nothing to consent to.",
        "Agree to the whole text once no brackets are left.",
    ),
    Reason.VARIANT_UNKNOWN: (
        "Unit {unit} has no such variant, or its owner has withdrawn it.",
        "Look at what stands now: parley proposal text CASE.",
    ),
    Reason.VARIANT_NOT_OWN: (
        "The author has no variant of unit {unit}; a variant goes only by its owner.",
        "Put the unit in brackets, or consent to a variant.",
    ),
    Reason.VERSION_UNKNOWN: (
        "The proposal has no version {version}; the latest is {latest}.",
        "Name one of its versions.",
    ),
    Reason.CASE_OF_ANOTHER_KIND: (
        "The case is of another kind than {kind:name}.",
        "Look for its number with parley case list.",
    ),
    Reason.VERSION_NUMBER_WRONG: (
        "The next version of the text has the number {expected}.",
        "Give it that number.",
    ),
    Reason.ALREADY_CONSENTED: (
        "The author's word on unit {unit} is this variant already.",
        "Nothing to do; the brackets go once all name one variant.",
    ),
    Reason.BRACKETS_REMAIN: (
        "The text still has brackets, first in unit {unit}.",
        "Settle them first; a bracket goes only with the consent of all.",
    ),
    Reason.TEXT_HASH_WRONG: (
        "The hash is not that of the text as the author had seen it.",
        "Draft the agreement anew, for the text as it stands now.",
    ),
    Reason.TEXT_AGREED: (
        "The text is agreed by all; nothing touches it any more.",
        "Comment on it, or table a new proposal.",
    ),
    Reason.ALREADY_AGREED: (
        "The author has agreed to this text already.",
        "Nothing to do.",
    ),
    Reason.PROPOSAL_WITHDRAWN: (
        "The proposal was withdrawn by the party that tabled it.",
        "Table a new proposal that refers to it.",
    ),
    Reason.PROPOSAL_SUPERSEDED: (
        "The party that tabled the proposal gave it up for another one.",
        "Go on in the case that took its place.",
    ),
    Reason.MANDATE_ALREADY_SIGNED: (
        "The author has signed this mandate already.",
        "Nothing to do.",
    ),
    Reason.MANDATE_NOT_AGREED: (
        "The text of that proposal is not agreed by all, as far as this desk's record shows.",
        "Agree to the text first, or name the proposal whose text is agreed.",
    ),
    Reason.NOT_IN_GROUP: (
        "Only a member of the working group may send a statement of type {type:name} in it.",
        "Join the group first.",
    ),
    Reason.CHAIR_INVALID: (
        "The statement does not say rightly who is to chair.",
        "Name one member who chairs or begins; none where all chair jointly.",
    ),
    Reason.SESSION_ALREADY_NAMED: (
        "The author has named this meeting as a session already.",
        "Nothing to do.",
    ),
}
