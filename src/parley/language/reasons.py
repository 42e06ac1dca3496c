"""The sentences for reason codes, in English: what happened, and what to do.

Placeholders in braces are filled from the error's details (formats: ``parley.language.translate``).
The sentences stand by area in ``parley.language.sentences``; the other languages stand in the
catalogues under ``locale``.
"""

from __future__ import annotations

from typing import Final

from parley.kernel.reasons import Reason
from parley.language.sentences import (
    alerts,
    attachments,
    cases,
    clocks,
    command,
    contacts,
    data,
    desk,
    dossier,
    erasure,
    evidence,
    house,
    meetings,
    positions,
    proposals,
    record,
    search,
    sign_in,
    web,
)

TEXTS: Final[dict[Reason, tuple[str, str]]] = {
    **data.TEXTS,
    **web.TEXTS,
    **cases.TEXTS,
    **meetings.TEXTS,
    **proposals.TEXTS,
    **positions.TEXTS,
    **contacts.TEXTS,
    **erasure.TEXTS,
    **record.TEXTS,
    **dossier.TEXTS,
    **evidence.TEXTS,
    **attachments.TEXTS,
    **desk.TEXTS,
    **house.TEXTS,
    **sign_in.TEXTS,
    **search.TEXTS,
    **clocks.TEXTS,
    **alerts.TEXTS,
    **command.TEXTS,
    # Language
    Reason.LANGUAGE_UNKNOWN: (
        "Parley does not speak {language}.",
        "Choose one of {known}.",
    ),
    # Internal consistency
    Reason.INTERNAL: (
        "This desk found a fault in itself: {fact}.",
        "Run parley fsck, keep the log, and report the fault.",
    ),
}
