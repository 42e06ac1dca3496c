"""Sentences for reason codes: calendars, posts and plans."""

from __future__ import annotations

from typing import Final

from parley.kernel.reasons import Reason

TEXTS: Final[dict[Reason, tuple[str, str]]] = {
    Reason.CALENDAR_INVALID: (
        "These are no hours of work, or there are too many special days.",
        "Write hours such as 09:00-13:00,14:00-18:00, in order and without overlap, up to 24:00.",
    ),
    Reason.HOLIDAYS_MALFORMED: (
        "Line {line:number} of the file of holidays cannot be read.",
        "See parley calendar import --help for the lines that a list may have; of a calendar file, events of whole days are taken, once or on the same day of each year.",
    ),
    Reason.PLAN_INVALID: (
        "The steps of the plan are not in turn.",
        "Give reminders from the longest before the deadline to the shortest, and after it the deputy before the head, and the head before the next channel.",
    ),
    Reason.NOBODY_TO_TELL: (
        "Nobody else is in service who may see this case.",
        "Have others put in service, or say who holds the office: parley office put.",
    ),
    Reason.POST_NOT_HELD: (
        "This officer does not hold that post in that office.",
        "See who holds what with parley office list.",
    ),
}
