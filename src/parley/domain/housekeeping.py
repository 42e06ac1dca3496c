"""What officers do inside the house, by the names under which the house record keeps it."""

from __future__ import annotations

from enum import StrEnum


class HouseAct(StrEnum):
    """Something that an officer did, or tried to do, and that the house record keeps."""

    DRAFT_OPENED = "draft-opened"
    DRAFT_REVISED = "draft-revised"
    DRAFT_FROZEN = "draft-frozen"
    DRAFT_RETURNED = "draft-returned"
    DRAFT_CLEARED = "draft-cleared"
    RELEASE_ALLOWED = "release-allowed"
    RELEASE_REFUSED = "release-refused"
    DRAFT_AUTHORISED = "draft-authorised"
    DRAFT_ABANDONED = "draft-abandoned"
    STATEMENT_RELEASED = "statement-released"
    CASE_READ = "case-read"
    STATEMENT_PROVED = "statement-proved"
    DOSSIER_EXPORTED = "dossier-exported"
    RECORD_EXPORTED = "record-exported"
    EVIDENCE_EXPORTED = "evidence-exported"
    HOUSE_READ = "house-read"
    OFFICER_ADDED = "officer-added"
    OFFICER_RETIRED = "officer-retired"
    ROLE_GRANTED = "role-granted"
    ROLE_WITHDRAWN = "role-withdrawn"
    RECUSAL_DECLARED = "recusal-declared"
    RECUSAL_RECORDED = "recusal-recorded"
    RECUSAL_CHALLENGED = "recusal-challenged"
    RECUSAL_ENDED = "recusal-ended"
    DELEGATE_NAMED = "delegate-named"
    REOPENING_ASKED = "reopening-asked"
    ATTEMPT_REFUSED = "attempt-refused"
    LOG_SET_BACK = "log-set-back"
