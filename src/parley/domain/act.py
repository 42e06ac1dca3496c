"""An act as a transition may read it: header codes only, never a text.

The record layer makes an :class:`Act` from a verified statement. Nothing here comes from a body,
so an act whose body was erased or withheld folds exactly as before.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import IntEnum, StrEnum
from typing import Final

import msgspec

Code = int | str | tuple[int | str | tuple[int | str, ...], ...]
"""What a header code may be: an integer, a short ASCII token, or a tuple of these."""


class ActType(StrEnum):
    """The tokens that stand in a statement's header. ``catalogue`` says what each requires."""

    INQUIRY = "inquiry"
    SUPPLEMENT = "supplement"
    CONDITIONS_ACCEPTED = "conditions-accepted"
    WITHDRAWAL = "withdrawal"
    CLOSING = "closing"

    ACKNOWLEDGEMENT = "acknowledgement"
    PRELIMINARY_ANSWER = "preliminary-answer"
    HOLDING_ANSWER = "holding-answer"
    DETAILED_ANSWER = "detailed-answer"
    REFUSAL = "refusal"
    CONDITIONAL_ANSWER = "conditional-answer"

    MEETING = "meeting"
    MEETING_ACCEPTANCE = "meeting-acceptance"
    MEETING_POSTPONEMENT = "meeting-postponement"
    MEETING_CANCELLATION = "meeting-cancellation"
    MEETING_DELEGATION = "meeting-delegation"
    MEETING_AGENDA = "meeting-agenda"
    MEETING_AGENDA_REPLY = "meeting-agenda-reply"
    MEETING_PROGRAMME = "meeting-programme"
    MEETING_DECLARATION = "meeting-declaration"
    MINUTES_DRAFT = "minutes-draft"
    MINUTES_CORRECTION = "minutes-correction"
    MINUTES_AGREEMENT = "minutes-agreement"
    MINUTES_NOT_AGREED = "minutes-not-agreed"

    UNDERSTANDING = "understanding"
    UNDERSTANDING_CONFIRMATION = "understanding-confirmation"
    UNDERSTANDING_DISPUTE = "understanding-dispute"
    UNDERSTANDING_STEP_BACK = "understanding-step-back"
    UNDERSTANDING_RECALL = "understanding-recall"
    UNDERSTANDING_PROGRESS = "understanding-progress"
    UNDERSTANDING_ASSESSMENT = "understanding-assessment"
    UNDERSTANDING_LAPSE = "understanding-lapse"
    PROPOSAL = "proposal"
    PROPOSAL_REVISION = "proposal-revision"
    PROPOSAL_BRACKET = "proposal-bracket"
    PROPOSAL_STUDY = "proposal-study"
    PROPOSAL_COMMENT = "proposal-comment"
    PROPOSAL_VARIANT_WITHDRAWAL = "proposal-variant-withdrawal"
    PROPOSAL_CONSENT = "proposal-consent"
    PROPOSAL_AD_REFERENDUM = "proposal-ad-referendum"
    PROPOSAL_AGREEMENT = "proposal-agreement"
    PROPOSAL_WITHDRAWAL = "proposal-withdrawal"
    PROPOSAL_SUPERSESSION = "proposal-supersession"

    WORKING_GROUP = "working-group"
    WORKING_GROUP_MANDATE = "working-group-mandate"
    WORKING_GROUP_MEMBERS = "working-group-members"
    WORKING_GROUP_CHAIR = "working-group-chair"
    WORKING_GROUP_SESSION = "working-group-session"
    WORKING_GROUP_LEAVE = "working-group-leave"

    ATTRIBUTION = "attribution"
    ATTRIBUTION_MAINTAINED = "attribution-maintained"
    ATTRIBUTION_WITHDRAWN = "attribution-withdrawn"
    DENIAL = "denial"
    DENIAL_MAINTAINED = "denial-maintained"
    DENIAL_WITHDRAWN = "denial-withdrawn"
    NO_COMMENT = "no-comment"
    ADMISSION = "admission"

    NOTICE = "notice"
    NOTICE_CORRECTION = "notice-correction"
    NOTICE_END = "notice-end"

    CASE_SHARE = "case-share"
    SHARE_ACCEPTED = "share-accepted"
    SHARE_DECLINED = "share-declined"
    SHARE_WITHDRAWN = "share-withdrawn"
    SHARE_UPDATE = "share-update"
    SHARE_SENT = "share-sent"
    SHARE_USED = "share-used"
    SHARE_DELETED = "share-deleted"
    PRESERVATION_REQUEST = "preservation-request"
    PRESERVATION_EXTENSION = "preservation-extension"
    PRESERVATION_ANSWER = "preservation-answer"

    RECUSAL = "recusal"
    RECUSAL_END = "recusal-end"
    CONTACT_NOMINATION = "contact-nomination"
    CONTACT_CHANGE = "contact-change"
    CONTACT_RECONFIRMATION = "contact-reconfirmation"
    CONTACT_ACCEPTANCE = "contact-acceptance"
    CONTACT_SUSPENSION = "contact-suspension"
    CONTACT_RESUMPTION = "contact-resumption"
    CONTACT_REVOCATION = "contact-revocation"
    COMMUNICATION_CHECK = "communication-check"
    COMMUNICATION_ANSWER = "communication-answer"

    ERASURE_PROPOSAL = "erasure-proposal"
    ERASURE_CONSENT = "erasure-consent"
    ERASURE_REFUSAL = "erasure-refusal"
    ERASURE_WITHDRAWAL = "erasure-withdrawal"
    ERASURE_CONFIRMATION = "erasure-confirmation"
    ERASURE_CLAIM = "erasure-claim"

    GENESIS = "genesis"
    VOID_NOTICE = "void-notice"
    NON_DELIVERY = "non-delivery"
    KEYS = "keys"
    NOT_US = "not-us"


class Precedence(IntEnum):
    """How urgent the author calls an act (process.md, envelope of every statement)."""

    ROUTINE = 0
    PRIORITY = 1
    IMMEDIATE = 2
    FLASH = 3


NO_CODES: Final[Mapping[str, Code]] = {}


class Act(
    msgspec.Struct,
    frozen=True,
    array_like=True,
    forbid_unknown_fields=True,
    kw_only=True,
    gc=False,
):
    """One statement's header, verified.

    ``id`` is the leaf hash (32 bytes). ``author`` is the index of a member of the channel and
    ``seq`` its count of own statements in the channel, from 0. ``seen[m]`` is how many statements
    of member ``m`` stood in the author's log before this one; ``seen[author] == seq``.
    ``reply_wanted`` and ``iat`` are seconds (a duration, and seconds since the epoch); neither
    takes part in any transition. ``verdict`` is a reason code where the body breaks the rules of
    its type: the act is void whatever the case says. ``type`` may be a token that this version
    does not know.
    """

    id: bytes
    author: int
    seq: int
    seen: tuple[int, ...]
    type: str
    from_office: bytes = b""
    to_offices: tuple[bytes, ...] = ()
    reference: bytes | None = None
    basis: tuple[bytes, ...] = ()
    precedence: int = 0
    reply_wanted: int | None = None
    codes: Mapping[str, Code] = NO_CODES
    iat: int = 0
    verdict: str | None = None
