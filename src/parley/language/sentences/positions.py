"""Sentences for reason codes: positions, notices, case shares, recusals."""

from __future__ import annotations

from typing import Final

from parley.kernel.reasons import Reason

TEXTS: Final[dict[Reason, tuple[str, str]]] = {
    # Positions
    Reason.NOTHING_ATTRIBUTED: (
        "The case holds no attribution that could be maintained or withdrawn.",
        "Attribute in a case of its own, and name this one with --about.",
    ),
    Reason.ATTRIBUTION_WITHDRAWN: (
        "The attribution was withdrawn by its author.",
        "To attribute again, open a new case.",
    ),
    Reason.OWN_ATTRIBUTION: (
        "Who made an attribution sends no {type:name} in answer to it.",
        "Maintain the attribution, or withdraw it.",
    ),
    Reason.NOTHING_DENIED: (
        "The author has no denial in the case that stands as its latest word.",
        "Deny first, or refer to your own denial.",
    ),
    # Notices
    Reason.NOTICE_DATES_WRONG: (
        "The dates of the notice do not fit: it would end before it begins.",
        "Give a last day that is not before the first; what is not in force has no last day.",
    ),
    Reason.NOTICE_CORRECTED: (
        "The notice that is referred to reads otherwise since: it was corrected.",
        "Refer to the correction.",
    ),
    # Case shares
    Reason.NOT_THE_GIVER: (
        "Only the party whose case it is may send a statement of type {type:name}.",
        "Leave this to the other side.",
    ),
    Reason.NOT_A_RECIPIENT: (
        "Only the party to which it was offered or sent may send a statement of type {type:name}.",
        "Leave this to the other side.",
    ),
    Reason.OFFER_WITHDRAWN: (
        "The offer was withdrawn.",
        "Ask for a new one, or make one.",
    ),
    Reason.OFFER_SUPERSEDED: (
        "The offer was made anew on other terms.",
        "Read the latest offer and answer that.",
    ),
    Reason.OFFER_ANSWERED: (
        "This party has answered the offer before.",
        "Wait for a new offer.",
    ),
    Reason.LIMITS_MISCOUNTED: (
        "The offer sets {expected} limits of use; they are accepted all together or not at all.",
        "Read the limits again and accept all of them, or decline.",
    ),
    Reason.SHARE_ALREADY_SENT: (
        "Samples were sent under the offer; it can no longer be withdrawn.",
        "Nothing that was sent can be called back; ask for its deletion.",
    ),
    Reason.NOT_THE_REQUESTER: (
        "Only the party that asked to preserve may ask for longer.",
        "Send a request of your own.",
    ),
    # Recusals
    Reason.RECUSAL_ENDED: (
        "The recusal has ended.",
        "Disclose another in a case of its own.",
    ),
}
