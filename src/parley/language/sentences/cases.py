"""Sentences for reason codes: cases."""

from __future__ import annotations

from typing import Final

from parley.kernel.reasons import Reason

TEXTS: Final[dict[Reason, tuple[str, str]]] = {
    # Cases
    Reason.VECTOR_INVALID: (
        "The statement claims to have seen what its author cannot have seen.",
        "Nothing to do here; the statement stays in the record as void.",
    ),
    Reason.STATEMENT_FORKED: (
        "Its author signed another statement with the same number.",
        "Keep both as evidence and speak to the other side by another way.",
    ),
    Reason.TYPE_UNKNOWN: (
        "This desk does not know statements of this type.",
        "Update this desk, or ask the sender which type is meant.",
    ),
    Reason.CODE_UNKNOWN: (
        "The header of a statement of type {type:name} holds a code that this type does not have.",
        "Leave it out.",
    ),
    Reason.CODE_MISSING: (
        "The header of a statement of type {type:name} lacks the code {code}.",
        "Give it.",
    ),
    Reason.CODE_INVALID: (
        "The header of a statement of type {type:name} has a value for {code} that is not allowed.",
        "Give one that docs/inquiry.md lists.",
    ),
    Reason.REFERENCE_MISSING: (
        "A statement of type {type:name} has to say which statement it refers to.",
        "Name the statement that it answers.",
    ),
    Reason.REFERENCE_UNKNOWN: (
        "The statement that is referred to does not stand in what the author had seen.",
        "Refer to a statement of the case that is not void.",
    ),
    Reason.REFERENCE_WRONG: (
        "A statement of type {type:name} cannot refer to one of type {target:name}.",
        "Refer to the statement that it answers.",
    ),
    Reason.FIELD_UNKNOWN: (
        "The text has a field that the type {type:name} does not have: {path}.",
        "Leave it out, or move it to a field that docs/inquiry.md lists.",
    ),
    Reason.FIELD_MISSING: (
        "The text of a statement of type {type:name} lacks the field {path}.",
        "Fill it in.",
    ),
    Reason.FIELD_INVALID: (
        "The field {path} has a value that is not allowed there.",
        "Give one of the form that docs/inquiry.md describes.",
    ),
    Reason.FIELD_STATUS_INVALID: (
        "The language versions of {path} do not agree on which of them is authentic.",
        "Mark one version as authentic, or two and more as equally authentic.",
    ),
    Reason.FIELDS_TOO_MANY: (
        "The text has {count:number} fields; at most {limit:number} are accepted.",
        "Split it into several statements.",
    ),
    Reason.ACT_OUT_OF_PLACE: (
        "A statement of type {type:name} does not belong to this kind of case.",
        "Send it in the channel or case where it belongs.",
    ),
    Reason.CASE_NOT_OPEN: (
        "Nothing had opened this case when the statement was made.",
        "Open the case first.",
    ),
    Reason.CASE_ALREADY_OPEN: (
        "The case was open already.",
        "Send a supplement, or open another case.",
    ),
    Reason.CASE_OPENED_TWICE: (
        "Two parties opened a case under one number; neither counts.",
        "Open a new case; every case gets a number of its own.",
    ),
    Reason.CASE_WITHDRAWN: (
        "The inquiry was withdrawn.",
        "Open a new inquiry that refers to it.",
    ),
    Reason.CASE_CLOSED: (
        "The inquiry was closed.",
        "Open a new inquiry that refers to it.",
    ),
    Reason.CASE_FULL: (
        "The case has {limit:number} statements of this party, and no room for more of it.",
        "Open a new case that refers to it.",
    ),
    Reason.NOT_THE_ASKER: (
        "Only the party that asked may send a statement of type {type:name}.",
        "Leave this to the other side.",
    ),
    Reason.NOT_THE_REPLIER: (
        "Only the party that was asked may send a statement of type {type:name}.",
        "Leave this to the other side.",
    ),
    Reason.NOT_THE_OPENER: (
        "Only the party that opened the case may send a statement of type {type:name}.",
        "Leave this to the other side.",
    ),
    Reason.NOT_THE_OTHER: (
        "The party that opened the case may not send a statement of type {type:name} in it.",
        "Leave this to the other side.",
    ),
    Reason.ADDRESSEE_INVALID: (
        "The inquiry does not say which other member of the channel is asked.",
        "Name one other member.",
    ),
    Reason.NOTHING_ASKED: (
        "The supplement adds neither a question nor evidence.",
        "Add one, or leave it.",
    ),
    Reason.QUESTION_NUMBER_WRONG: (
        "The new questions must go on from number {expected}.",
        "Number them from there.",
    ),
    Reason.QUESTIONS_TOO_MANY: (
        "A case can have {limit} questions.",
        "Open another inquiry for more.",
    ),
    Reason.QUESTION_UNKNOWN: (
        "Question {number} had not been asked.",
        "Answer the questions that were asked.",
    ),
    Reason.QUESTION_ANSWERED: (
        "Question {number} has its detailed answer already.",
        "Correct it in a detailed answer.",
    ),
    Reason.QUESTION_LEFT_OUT: (
        "A detailed answer gives every open question a status, and leaves out question {number}.",
        "Answer it, or say that it is declined or that the answer is unknown.",
    ),
    Reason.NOTHING_OPEN: (
        "No question is open.",
        "Wait for the other side's next act; to correct an answer, send a detailed answer.",
    ),
    Reason.ALREADY_ACKNOWLEDGED: (
        "The statement was acknowledged before.",
        "Nothing needs to be done.",
    ),
    Reason.ANSWER_NOT_SEEN: (
        "An inquiry that has had no answer can be withdrawn, not closed.",
        "Withdraw it, or wait for an answer.",
    ),
    Reason.CONDITIONS_ALREADY_ACCEPTED: (
        "These conditions were accepted before.",
        "Nothing needs to be done.",
    ),
    Reason.CONDITIONS_SUPERSEDED: (
        "The other side has replaced these conditions or refused since.",
        "Answer to its latest statement.",
    ),
    Reason.CONDITIONS_MISCOUNTED: (
        "{expected} conditions were set; they are accepted all together or not at all.",
        "Read the conditions again and accept all of them, or send a supplement.",
    ),
    Reason.NEXT_STEP_PAST: (
        "The date of the next step lies in the past.",
        "Give a date to come.",
    ),
    Reason.TIME_IN_FUTURE: (
        "The time given for {code} lies in the future.",
        "Give the time at which it happened.",
    ),
    Reason.ROLE_FORBIDS: (
        "Your role does not allow this: {duty:name}.",
        "Ask an officer whose role allows it.",
    ),
    Reason.OFFICER_SEPARATION: (
        "Nobody clears or authorises a text of their own, or authorises one that they cleared.",
        "Ask another officer.",
    ),
    Reason.DRAFT_CHANGED: (
        "The draft was changed since you read it; it is at revision {current}.",
        "Read it again and repeat what you did.",
    ),
    Reason.DRAFT_STAGE: (
        "The draft is at the stage {stage:name}; this cannot be done there.",
        "Look at the draft's history to see what comes next.",
    ),
    Reason.DRAFT_HASH_MISMATCH: (
        "What you approved is not the frozen text.",
        "Read the frozen text again and approve exactly that.",
    ),
    Reason.AUTHORISATION_OVERTAKEN: (
        "The other side spoke in the case after the text was authorised.",
        "Read its statement, then authorise again or return the draft.",
    ),
    Reason.AUTHORISED_ALREADY: (
        "You have authorised this text already.",
        "Ask another officer.",
    ),
    Reason.GENESIS_MISMATCH: (
        "The two sides opened the channel on different terms: {fact}.",
        "Compare the letters by telephone and open the channel anew.",
    ),
    Reason.DOWNGRADE_REFUSED: (
        "The channel was opened with a weaker suite or version than both sides have.",
        "Open it anew with the best that the letters have in common.",
    ),
    Reason.NOTICE_WRONG: (
        "The notice says that a statement is void, and it is not.",
        "Nothing to do here; the notice changes nothing.",
    ),
    Reason.NOTICE_REPEATED: (
        "That statement had its notice already.",
        "Nothing needs to be done.",
    ),
    Reason.NOTICE_OF_NOTICE: (
        "A notice is never answered by a notice.",
        "Nothing needs to be done.",
    ),
    Reason.DELIVERY_REASON_MISSING: (
        "A failed delivery needs a reason code.",
        "Give it.",
    ),
}
