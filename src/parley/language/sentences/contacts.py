"""Sentences for reason codes: contacts and communication checks."""

from __future__ import annotations

from typing import Final

from parley.kernel.reasons import Reason

TEXTS: Final[dict[Reason, tuple[str, str]]] = {
    Reason.CONTACT_NUMBER_WRONG: (
        "New contacts are numbered on from the last; the first would be {expected:number}.",
        "Nominate again with the next numbers.",
    ),
    Reason.CONTACT_UNKNOWN: (
        "The directory has no contact with the number {number:number}.",
        "Look the numbers up with parley contact list.",
    ),
    Reason.CONTACT_REVOKED: (
        "Contact {number:number} is revoked; a statement holds for all that it names, or for none.",
        "Leave revoked contacts out. Only the owner of the directory nominates them again.",
    ),
    Reason.CONTACT_NOT_REVOKED: (
        "Contact {number:number} is not revoked, so it cannot be nominated again.",
        "Leave it out; to correct its record, notify a change.",
    ),
    Reason.CONTACT_NOT_WAITING: (
        "Contact {number:number} does not wait for acceptance.",
        "Name only those that parley contact list --status nominated shows.",
    ),
    Reason.CONTACT_SUSPENDED: (
        "The same side has suspended contact {number:number} already.",
        "Leave it out.",
    ),
    Reason.CONTACT_NOT_SUSPENDED: (
        "The author of the statement has not suspended contact {number:number}.",
        "Each side lifts only suspensions of its own; leave the contact out.",
    ),
    Reason.CONTACT_OFFICE_UNKNOWN: (
        "The directory has no office with the number {number:number}.",
        "Name the office in the same statement, or use one that parley contact offices shows.",
    ),
    Reason.CONTACTS_TOO_MANY: (
        "A directory has no room for so many contacts: at most {limit:number}.",
        "Nominate revoked contacts again instead of numbering them anew.",
    ),
    Reason.OFFICE_NUMBER_WRONG: (
        "New offices are numbered on from the last; the next would be {expected:number}.",
        "Give the office that number.",
    ),
    Reason.NOTHING_NOMINATED: (
        "The nomination names neither a contact nor an office.",
        "Name at least one.",
    ),
    Reason.NO_CONTACT_CHANGED: (
        "The change names neither a contact nor an office.",
        "Name at least one.",
    ),
    Reason.CHECK_ANSWERED: (
        "This communication check is answered already.",
        "Nothing to do.",
    ),
    Reason.CHECK_NONCE_WRONG: (
        "The answer does not repeat the number that the communication check gave.",
        "Answer with parley contact answer, which repeats it.",
    ),
    Reason.CHECK_UNKNOWN: (
        "There is no communication check to answer.",
        "Look at what came with parley inbox.",
    ),
    Reason.DIRECTORY_UNKNOWN: (
        "There is no such directory of contacts in this channel.",
        "Open ours with parley contact nominate; theirs comes with their first nomination.",
    ),
    Reason.CONTACT_NUMBERS_INVALID: (
        "{value} is no list of numbers of contacts.",
        "Write them as 1-755,760.",
    ),
    Reason.CONTACT_LEVEL_MISSING: (
        "The office {office} is new and has no level.",
        "Give one with --level, or in the file; one of: {known}.",
    ),
    Reason.CONTACT_DEPUTY_UNKNOWN: (
        "The office {office} is named as a deputy, and neither the directory nor the file has it.",
        "Name it as the office of a contact, or leave it out.",
    ),
    Reason.CONTACT_LEVELS_DIFFER: (
        "Line {line:number} gives the office {office} another level than the one it has.",
        "An office has one level; correct the line.",
    ),
    Reason.CONTACT_FILE_MALFORMED: (
        "The file cannot be read from line {line:number} on.",
        "Correct that line; nothing was taken in.",
    ),
    Reason.CONTACT_FILE_FAULTY: (
        "Lines of the file with faults: {count:number}. Nothing was taken in.",
        "Correct the lines named above, or leave them out of the file.",
    ),
    Reason.CONTACT_FILE_EMPTY: (
        "The file has no contact.",
        "Look whether it is the right file.",
    ),
    Reason.CONTACT_COLUMN_UNKNOWN: (
        "The table has a column that is unknown here, or twice: {column}.",
        "Name its columns from these: {known}.",
    ),
    Reason.CONTACT_COLUMN_MISSING: (
        "The table lacks the column {column}.",
        "Name the columns in its first line.",
    ),
    Reason.CONTACT_LINE_LACKS: (
        "Line {line:number} gives no {column}.",
        "Fill it in.",
    ),
    Reason.CONTACT_LINE_INVALID: (
        "Line {line:number} has a value for {column} that is not allowed.",
        "Correct it: a level is one of those that docs/contacts.md lists, a date is 2027-03-31.",
    ),
    Reason.CONTACT_LINE_REPEATED: (
        "Line {line:number} names the same contact as line {fact}.",
        "Leave one of them out.",
    ),
    Reason.CONTACT_LINE_SURPLUS: (
        "Line {line:number} has more values than the table has columns.",
        "Put values that hold the delimiter into quotation marks.",
    ),
    Reason.CONTACT_CARD_LINE: (
        "Line {line:number} is no property of a vCard.",
        "Correct it.",
    ),
    Reason.CONTACT_CARD_UNFINISHED: (
        "The vCard that begins on line {line:number} has no end.",
        "Add END:VCARD.",
    ),
    Reason.CONTACT_CARD_VERSION: (
        "The vCard that begins on line {line:number} names no version that is read here.",
        "Export it as version 3.0 or 4.0.",
    ),
}
