"""The statement types of an understanding: versions of it, and what becomes of it."""

from __future__ import annotations

from typing import Final

from parley.domain.act import ActType
from parley.domain.shape import (
    CASE_DIGITS,
    Clock,
    ClockKind,
    CodeKind,
    CodeRule,
    FieldKind,
    FieldRule,
    Opens,
    Scope,
    Sender,
    TypeSpec,
)
from parley.domain.types.common import (
    DAY,
    EVIDENCE,
    EVIDENCE_COUNT,
    REMARKS,
    SUBJECT,
    by_officers,
)
from parley.domain.types.meeting import LEVEL

AUTHOR: Final = "author"
OTHER: Final = "other-side"
ALL: Final = "all-sides"
OWNERS: Final = (AUTHOR, OTHER, ALL)
"""Who is to do what an understanding says, seen from the side whose version it is."""

DONE: Final = "done"
PROGRESS: Final = ("in-progress", DONE, "hindered")
ACCEPTED: Final = "accepted"
CONTESTED: Final = "contested"
ASSESSMENTS: Final = (ACCEPTED, CONTESTED)
LAPSE_GROUNDS: Final = ("fulfilled", "date-passed", "overtaken", "other")

REVIEW: Final = Clock(ClockKind.REVIEW, 90 * DAY)

REASON: Final = FieldRule("reason", FieldKind.TEXT)
REASON_REQUIRED: Final = FieldRule("reason", FieldKind.TEXT, required=True)
ACCOUNT: Final = FieldRule("account", FieldKind.TEXT, required=True)

IN_UNDERSTANDING: Final = (
    ActType.UNDERSTANDING,
    ActType.UNDERSTANDING_CONFIRMATION,
    ActType.UNDERSTANDING_DISPUTE,
    ActType.UNDERSTANDING_STEP_BACK,
    ActType.UNDERSTANDING_RECALL,
    ActType.UNDERSTANDING_PROGRESS,
    ActType.UNDERSTANDING_ASSESSMENT,
    ActType.UNDERSTANDING_LAPSE,
)

OF_THE_OTHER: Final = (
    ActType.UNDERSTANDING_CONFIRMATION,
    ActType.UNDERSTANDING_DISPUTE,
    ActType.UNDERSTANDING_ASSESSMENT,
)
"""Words on what the other side said, never on one's own."""


def _said(
    type_: ActType,
    purpose: str,
    reference: tuple[str, ...],
    codes: tuple[CodeRule, ...] = (),
    fields: tuple[FieldRule, ...] = (),
    clocks: tuple[Clock, ...] = (),
) -> TypeSpec:
    """An act that either side may make in the case."""
    return by_officers(
        TypeSpec(
            type=type_,
            scope=Scope.UNDERSTANDING,
            sender=Sender.EITHER,
            purpose=purpose,
            reference=reference,
            reference_other=type_ in OF_THE_OTHER,
            codes=codes,
            fields=(*fields, REMARKS),
            clocks=clocks,
        )
    )


UNDERSTANDING_TYPES: Final = (
    by_officers(
        TypeSpec(
            type=ActType.UNDERSTANDING,
            scope=Scope.UNDERSTANDING,
            sender=Sender.EITHER,
            purpose="records an understanding in its author's own version",
            opens=Opens.MAY,
            reference=IN_UNDERSTANDING,
            codes=(
                LEVEL,
                CodeRule("owner", CodeKind.TOKEN, choices=OWNERS),
                CodeRule("due", CodeKind.DATE, required=False),
                EVIDENCE_COUNT,
            ),
            fields=(
                SUBJECT,
                FieldRule("occasion", FieldKind.LINE, required=True),
                FieldRule("text", FieldKind.TEXT, required=True),
                REMARKS,
                *EVIDENCE,
            ),
            clocks=(REVIEW,),
        )
    ),
    _said(
        ActType.UNDERSTANDING_CONFIRMATION,
        "confirms the other side's version, word for word",
        (ActType.UNDERSTANDING,),
    ),
    _said(
        ActType.UNDERSTANDING_DISPUTE,
        "says that there is no such understanding, or that it is not as the other side has it",
        (ActType.UNDERSTANDING,),
        fields=(REASON_REQUIRED,),
    ),
    _said(
        ActType.UNDERSTANDING_STEP_BACK,
        "steps back from the understanding, and says why",
        IN_UNDERSTANDING,
        fields=(REASON_REQUIRED,),
    ),
    _said(
        ActType.UNDERSTANDING_RECALL,
        "reminds the other side of the understanding",
        IN_UNDERSTANDING,
        (CodeRule("meeting", CodeKind.ID, required=False, least=CASE_DIGITS, most=CASE_DIGITS),),
        (FieldRule("account", FieldKind.TEXT),),
    ),
    _said(
        ActType.UNDERSTANDING_PROGRESS,
        "reports what its author has done about the understanding",
        IN_UNDERSTANDING,
        (CodeRule("progress", CodeKind.TOKEN, choices=PROGRESS), EVIDENCE_COUNT),
        (ACCOUNT, *EVIDENCE),
        (REVIEW,),
    ),
    _said(
        ActType.UNDERSTANDING_ASSESSMENT,
        "accepts or contests a report of the other side",
        (ActType.UNDERSTANDING_PROGRESS,),
        (CodeRule("assessment", CodeKind.TOKEN, choices=ASSESSMENTS),),
        (REASON,),
    ),
    _said(
        ActType.UNDERSTANDING_LAPSE,
        "says that the understanding binds its author no longer",
        IN_UNDERSTANDING,
        (CodeRule("ground", CodeKind.TOKEN, choices=LAPSE_GROUNDS),),
        (REASON,),
    ),
)
