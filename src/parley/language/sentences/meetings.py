"""Sentences for reason codes: meetings and understandings."""

from __future__ import annotations

from typing import Final

from parley.kernel.reasons import Reason

TEXTS: Final[dict[Reason, tuple[str, str]]] = {
    Reason.OWN_STATEMENT: (
        "A statement of type {type:name} is a word on what the other side said, not on one's own.",
        "Refer to a statement of the other side.",
    ),
    Reason.REFERENCE_SUPERSEDED: (
        "The statement that is referred to has been replaced by a later one.",
        "Read the latest one and refer to that.",
    ),
    Reason.SAID_ALREADY: (
        "This side has said so already, and it still stands.",
        "Nothing needs to be done.",
    ),
    Reason.DATES_DISORDERED: (
        "The last day lies before the first.",
        "Give the days in their order.",
    ),
    Reason.DATES_MISSING: (
        "There are no days to accept: none are proposed.",
        "Propose days in a postponement, or wait for the other side's.",
    ),
    Reason.MEETING_NOT_PROPOSED: (
        "No days of this meeting were proposed; it was declared, not planned.",
        "Declare it too, or open a meeting of your own.",
    ),
    Reason.MEETING_DECLARED: (
        "This side has declared that the meeting took place.",
        "Correct the declaration by another one, or open a new meeting.",
    ),
    Reason.MEETING_CANCELLED: (
        "A side has said that it will not meet.",
        "Open a new meeting that is about this one.",
    ),
    Reason.MEETING_NOT_DECLARED: (
        "Nobody has declared yet that the meeting took place.",
        "Declare it first; then there can be minutes.",
    ),
    Reason.ITEMS_TOO_MANY: (
        "A side brings at most {limit:number} items to an agenda.",
        "Leave some out, or open another meeting.",
    ),
    Reason.ITEM_UNKNOWN: (
        "The statement that is referred to brought no item {number} to the agenda.",
        "Name the items by the numbers that they have in that statement.",
    ),
    Reason.ITEM_AGREED: (
        "All sides have agreed to item {number} of that statement.",
        "An agreed item stays on the agenda; say in the minutes what became of it.",
    ),
    Reason.MINUTES_AGREED: (
        "The minutes are agreed.",
        "Nothing needs to be done; what is to be added is the matter of a new meeting.",
    ),
    Reason.MINUTES_VERSION_MISSING: (
        "Whoever does not agree puts a version of its own beside the other side's minutes.",
        "Give the items of your version, or put forward minutes of your own first.",
    ),
    Reason.UNDERSTANDING_JOINT: (
        "All sides hold one text of this understanding; one side does not replace it.",
        "Step back from it and say why, or record a new understanding about this one.",
    ),
    Reason.UNDERSTANDING_HELD: (
        "This side has confirmed the version that it would dispute.",
        "Step back from it and say why.",
    ),
    Reason.UNDERSTANDING_NOT_HELD: (
        "This side has neither given a version of the understanding nor confirmed one.",
        "Record your own version, or confirm the other side's.",
    ),
    Reason.UNDERSTANDING_LAPSED: (
        "The understanding has lapsed.",
        "Record a new understanding about this one.",
    ),
}
