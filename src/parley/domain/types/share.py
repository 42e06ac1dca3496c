"""Types of a case share: a criminal case and its samples, offered, accepted, sent, used."""

from __future__ import annotations

from typing import Final

from parley.domain.act import ActType
from parley.domain.shape import (
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
from parley.domain.types.common import DAY, REMARKS, SUBJECT, by_officers
from parley.domain.types.inquiry import GROUNDS

SAMPLES: Final = 256
FIGURES: Final = 64
LIMITS_OF_USE: Final = 64
LONGEST_SECONDS: Final = 10 * 366 * DAY

CASE_STATUSES: Final = (
    "investigation",
    "charged",
    "on-trial",
    "convicted",
    "sentenced",
    "on-appeal",
    "acquitted",
    "discontinued",
)

# How a sample is packed. What is inside is never opened here: its bytes travel by another way.
ENCAPSULATIONS: Final = ("none", "archive", "encrypted-archive", "image", "other-form")

BOUNDS: Final = ("exactly", "about", "at-least", "more-than", "at-most", "less-than")
CERTAINTIES: Final = ("stated", "likely", "possible")

USES: Final = (
    "protection",
    "investigation",
    "prosecution",
    "court",
    "notification",
    "not-used",
)

PRESERVED: Final = "preserved"
PRESERVED_IN_PART: Final = "preserved-in-part"
NOT_PRESERVED: Final = "not-preserved"
PRESERVATIONS: Final = (PRESERVED, PRESERVED_IN_PART, NOT_PRESERVED)

# The fields of a policy of FIRST's Information Exchange Policy 2.0, with its own values; TLP
# stands in the header of every statement.
_MAY_OR_NOT: Final = ("may", "must-not")
IEP: Final = (
    FieldRule("iep/id", FieldKind.LINE, localised=False),
    FieldRule("iep/name", FieldKind.LINE, localised=False),
    FieldRule("iep/start-date", FieldKind.DATE, localised=False),
    FieldRule("iep/end-date", FieldKind.DATE, localised=False),
    FieldRule("iep/encrypt-in-transit", FieldKind.TOKEN, localised=False, choices=("may", "must")),
    FieldRule(
        "iep/permitted-actions",
        FieldKind.TOKEN,
        localised=False,
        choices=(
            "none",
            "contact-for-instruction",
            "internally-visible-actions",
            "externally-visible-indirect-actions",
            "externally-visible-direct-actions",
        ),
    ),
    FieldRule(
        "iep/affected-party-notifications",
        FieldKind.TOKEN,
        localised=False,
        choices=_MAY_OR_NOT,
    ),
    FieldRule(
        "iep/attribution",
        FieldKind.TOKEN,
        localised=False,
        choices=("may", "must", "must-not"),
    ),
    FieldRule("iep/unmodified-resale", FieldKind.TOKEN, localised=False, choices=_MAY_OR_NOT),
)

_FIGURES: Final = (
    FieldRule(
        "figures/<n>/number", FieldKind.NUMBER, required=True, localised=False, per="figures"
    ),
    FieldRule("figures/<n>/unit", FieldKind.LINE, required=True, per="figures"),
    FieldRule(
        "figures/<n>/bound",
        FieldKind.TOKEN,
        required=True,
        localised=False,
        per="figures",
        choices=BOUNDS,
    ),
    FieldRule(
        "figures/<n>/certainty",
        FieldKind.TOKEN,
        required=True,
        localised=False,
        per="figures",
        choices=CERTAINTIES,
    ),
    FieldRule("figures/<n>/claimant", FieldKind.LINE, required=True, per="figures"),
)


def _samples(*, hashes: bool) -> tuple[FieldRule, ...]:
    """Samples by their hash: needed once they are sent, while an offer may only describe them."""
    return (
        FieldRule("samples/<n>/description", FieldKind.LINE, required=True, per="samples"),
        FieldRule(
            "samples/<n>/sha256",
            FieldKind.DIGEST,
            required=hashes,
            localised=False,
            per="samples",
        ),
        FieldRule("samples/<n>/size", FieldKind.NUMBER, localised=False, per="samples"),
        FieldRule(
            "samples/<n>/encapsulation",
            FieldKind.TOKEN,
            localised=False,
            per="samples",
            choices=ENCAPSULATIONS,
        ),
    )


_CASE: Final = (
    FieldRule("court", FieldKind.LINE),
    FieldRule("court-reference", FieldKind.LINE, localised=False),
)
_FIGURE_COUNT: Final = CodeRule("figures", CodeKind.COUNT, most=FIGURES)
_CASE_STATUS: Final = CodeRule("case-status", CodeKind.TOKEN, choices=CASE_STATUSES)
_PERIOD: Final = CodeRule("period", CodeKind.DURATION, least=DAY, most=LONGEST_SECONDS)

RESPOND: Final = Clock(ClockKind.RESPOND, 10 * DAY)
PRESERVE: Final = Clock(ClockKind.PRESERVE, 60 * DAY)

PRESERVATION_ASKED: Final = (ActType.PRESERVATION_REQUEST, ActType.PRESERVATION_EXTENSION)

OF_GIVER: Final = (
    ActType.CASE_SHARE,
    ActType.SHARE_WITHDRAWN,
    ActType.SHARE_UPDATE,
    ActType.SHARE_SENT,
)
"""Acts of the party whose criminal case it is, whichever side opened the share."""
OF_RECIPIENT: Final = (
    ActType.SHARE_ACCEPTED,
    ActType.SHARE_DECLINED,
    ActType.SHARE_USED,
    ActType.SHARE_DELETED,
)
"""Acts of those to whom it is offered."""

SHARE_TYPES: Final = (
    by_officers(
        TypeSpec(
            type=ActType.CASE_SHARE,
            scope=Scope.CASE_SHARE,
            sender=Sender.EITHER,
            purpose="offers a criminal case and its samples, and says how they are to be handled; "
            "later in the case, a new offer on other terms",
            opens=Opens.MAY,
            reference=(
                ActType.CASE_SHARE,
                ActType.SHARE_DECLINED,
                ActType.SHARE_WITHDRAWN,
                ActType.SHARE_ACCEPTED,
                *PRESERVATION_ASKED,
            ),
            codes=(
                _CASE_STATUS,
                CodeRule("samples", CodeKind.COUNT, most=SAMPLES),
                _FIGURE_COUNT,
                CodeRule("limits", CodeKind.COUNT, most=LIMITS_OF_USE),
                CodeRule(
                    "retention",
                    CodeKind.DURATION,
                    required=False,
                    least=DAY,
                    most=LONGEST_SECONDS,
                ),
            ),
            fields=(
                SUBJECT,
                *_CASE,
                FieldRule("facts", FieldKind.TEXT, required=True),
                *_FIGURES,
                *_samples(hashes=False),
                FieldRule("limits/<n>/text", FieldKind.TEXT, required=True, per="limits"),
                *IEP,
                REMARKS,
            ),
            clocks=(RESPOND,),
        )
    ),
    by_officers(
        TypeSpec(
            type=ActType.SHARE_ACCEPTED,
            scope=Scope.CASE_SHARE,
            sender=Sender.EITHER,
            purpose="accepts the handling and every limit of use of an offer and is bound by them",
            reference=(ActType.CASE_SHARE,),
            codes=(CodeRule("limits", CodeKind.INTEGER, most=LIMITS_OF_USE),),
            fields=(REMARKS,),
            clocks=(RESPOND,),
        )
    ),
    by_officers(
        TypeSpec(
            type=ActType.SHARE_DECLINED,
            scope=Scope.CASE_SHARE,
            sender=Sender.EITHER,
            purpose="declines an offer",
            reference=(ActType.CASE_SHARE,),
            codes=(CodeRule("ground", CodeKind.TOKEN, required=False, choices=GROUNDS),),
            fields=(REMARKS,),
        )
    ),
    by_officers(
        TypeSpec(
            type=ActType.SHARE_WITHDRAWN,
            scope=Scope.CASE_SHARE,
            sender=Sender.EITHER,
            purpose="withdraws an offer for which nothing was sent",
            reference=(ActType.CASE_SHARE,),
            fields=(REMARKS,),
        )
    ),
    by_officers(
        TypeSpec(
            type=ActType.SHARE_UPDATE,
            scope=Scope.CASE_SHARE,
            sender=Sender.EITHER,
            purpose="says how the criminal case stands now, with figures and who states them",
            reference=(ActType.CASE_SHARE, ActType.SHARE_UPDATE),
            codes=(_CASE_STATUS, _FIGURE_COUNT),
            fields=(*_CASE, *_FIGURES, REMARKS),
        )
    ),
    by_officers(
        TypeSpec(
            type=ActType.SHARE_SENT,
            scope=Scope.CASE_SHARE,
            sender=Sender.EITHER,
            purpose="says by their hashes which samples were sent under an acceptance, and how",
            reference=(ActType.SHARE_ACCEPTED,),
            codes=(CodeRule("samples", CodeKind.COUNT, least=1, most=SAMPLES),),
            fields=(
                *_samples(hashes=True),
                FieldRule("conveyed-by", FieldKind.LINE),
                REMARKS,
            ),
        )
    ),
    by_officers(
        TypeSpec(
            type=ActType.SHARE_USED,
            scope=Scope.CASE_SHARE,
            sender=Sender.EITHER,
            purpose="reports what was done with what was received",
            reference=(ActType.SHARE_SENT,),
            codes=(CodeRule("use", CodeKind.TOKEN, choices=USES),),
            fields=(FieldRule("report", FieldKind.TEXT, required=True), REMARKS),
        )
    ),
    by_officers(
        TypeSpec(
            type=ActType.SHARE_DELETED,
            scope=Scope.CASE_SHARE,
            sender=Sender.EITHER,
            purpose="claims that everything received by then was deleted; a claim is no proof",
            reference=(ActType.SHARE_SENT,),
            fields=(REMARKS,),
        )
    ),
    by_officers(
        TypeSpec(
            type=ActType.PRESERVATION_REQUEST,
            scope=Scope.CASE_SHARE,
            sender=Sender.EITHER,
            purpose="asks to preserve data until a formal request for assistance can follow",
            opens=Opens.MAY,
            reference=(ActType.CASE_SHARE, ActType.SHARE_ACCEPTED, ActType.SHARE_SENT),
            codes=(_PERIOD,),
            fields=(
                SUBJECT,
                FieldRule("authority", FieldKind.LINE, required=True),
                FieldRule("offence", FieldKind.TEXT, required=True),
                FieldRule("data", FieldKind.TEXT, required=True),
                FieldRule("custodian", FieldKind.LINE),
                FieldRule("necessity", FieldKind.TEXT, required=True),
                FieldRule("intent", FieldKind.TEXT, required=True),
                REMARKS,
            ),
            clocks=(Clock(ClockKind.RESPOND, 10 * DAY, urgent=DAY), PRESERVE),
        )
    ),
    by_officers(
        TypeSpec(
            type=ActType.PRESERVATION_EXTENSION,
            scope=Scope.CASE_SHARE,
            sender=Sender.EITHER,
            purpose="asks to preserve the data for longer",
            reference=(ActType.PRESERVATION_REQUEST,),
            codes=(_PERIOD,),
            fields=(FieldRule("necessity", FieldKind.TEXT, required=True), REMARKS),
        )
    ),
    by_officers(
        TypeSpec(
            type=ActType.PRESERVATION_ANSWER,
            scope=Scope.CASE_SHARE,
            sender=Sender.EITHER,
            purpose="says whether the data are preserved",
            reference=PRESERVATION_ASKED,
            reference_other=True,
            codes=(
                CodeRule("result", CodeKind.TOKEN, choices=PRESERVATIONS),
                CodeRule("ground", CodeKind.TOKEN, required=False, choices=GROUNDS),
            ),
            fields=(REMARKS,),
        )
    ),
)
