"""Types of a position: who attributes what to whom, and what the other side says to it."""

from __future__ import annotations

from typing import Final

import msgspec

from parley.domain.act import ActType
from parley.domain.shape import (
    CodeKind,
    CodeRule,
    FieldKind,
    FieldRule,
    Opens,
    Scope,
    Sender,
    TypeSpec,
)
from parley.domain.types.common import REMARKS, SUBJECT, by_officers

SENDER: Final = "sender"
NAMED: Final = "named"
NOT_NAMED: Final = "not-named"
SAID_BY: Final = (SENDER, NAMED, NOT_NAMED)
"""Whose claim it is: the sender's own, somebody's whom the text names, or nobody's whom the
source that it rests on would name."""
CLAIMANTS: Final = 16

CONFIDENCES: Final = ("low", "moderate", "high", "not-stated")
PUBLICITIES: Final = ("public", "private")

OF_ATTRIBUTION: Final = (
    ActType.ATTRIBUTION,
    ActType.ATTRIBUTION_MAINTAINED,
    ActType.ATTRIBUTION_WITHDRAWN,
)
"""Acts of the party that attributes; all others are of those who answer, or who deny unasked."""
ATTRIBUTIONS: Final = (ActType.ATTRIBUTION, ActType.ATTRIBUTION_MAINTAINED)
DENIALS: Final = (ActType.DENIAL, ActType.DENIAL_MAINTAINED)
REPLIES: Final = (*DENIALS, ActType.NO_COMMENT, ActType.ADMISSION)

_PUBLICITY: Final = CodeRule("publicity", CodeKind.TOKEN, choices=PUBLICITIES)
_PUBLICITY_OPTIONAL: Final = msgspec.structs.replace(_PUBLICITY, required=False)
_WORDS: Final = (FieldRule("statement", FieldKind.TEXT), REMARKS)

_TWO: Final = 2
"""How many officers authorise what accuses another party (process.md, roles)."""

POSITION_TYPES: Final = (
    by_officers(
        TypeSpec(
            type=ActType.ATTRIBUTION,
            scope=Scope.POSITION,
            sender=Sender.OPENER,
            purpose="says that somebody is responsible for something, who says so, and how surely",
            opens=Opens.ALWAYS,
            codes=(
                CodeRule("said-by", CodeKind.TOKEN, choices=SAID_BY),
                CodeRule("claimants", CodeKind.COUNT, most=CLAIMANTS),
                CodeRule("confidence", CodeKind.TOKEN, choices=CONFIDENCES),
                _PUBLICITY,
            ),
            fields=(
                SUBJECT,
                FieldRule("claimants/<n>/name", FieldKind.LINE, required=True, per="claimants"),
                FieldRule("object", FieldKind.TEXT, required=True),
                FieldRule("basis", FieldKind.TEXT, required=True),
                FieldRule("law", FieldKind.LINE),
                REMARKS,
            ),
        ),
        authorisers=_TWO,
    ),
    by_officers(
        TypeSpec(
            type=ActType.ATTRIBUTION_MAINTAINED,
            scope=Scope.POSITION,
            sender=Sender.OPENER,
            purpose="says that the attribution is maintained",
            reference=(*ATTRIBUTIONS, *REPLIES, ActType.DENIAL_WITHDRAWN),
            codes=(_PUBLICITY_OPTIONAL,),
            fields=_WORDS,
        ),
        authorisers=_TWO,
    ),
    by_officers(
        TypeSpec(
            type=ActType.ATTRIBUTION_WITHDRAWN,
            scope=Scope.POSITION,
            sender=Sender.OPENER,
            purpose="withdraws the attribution; that it was made remains on record",
            reference=ATTRIBUTIONS,
            codes=(_PUBLICITY_OPTIONAL,),
            fields=_WORDS,
        ),
        authorisers=_TWO,
    ),
    by_officers(
        TypeSpec(
            type=ActType.DENIAL,
            scope=Scope.POSITION,
            sender=Sender.EITHER,
            purpose="denies an attribution, or something that was said outside the channel",
            opens=Opens.MAY,
            reference=(*ATTRIBUTIONS, *REPLIES, ActType.DENIAL_WITHDRAWN),
            codes=(_PUBLICITY_OPTIONAL,),
            fields=(SUBJECT, FieldRule("object", FieldKind.TEXT, required=True), *_WORDS),
        )
    ),
    by_officers(
        TypeSpec(
            type=ActType.DENIAL_MAINTAINED,
            scope=Scope.POSITION,
            sender=Sender.EITHER,
            purpose="says that its author's denial is maintained",
            reference=(*ATTRIBUTIONS, *REPLIES),
            codes=(_PUBLICITY_OPTIONAL,),
            fields=_WORDS,
        )
    ),
    by_officers(
        TypeSpec(
            type=ActType.DENIAL_WITHDRAWN,
            scope=Scope.POSITION,
            sender=Sender.EITHER,
            purpose="withdraws its author's denial; that it was made remains on record",
            reference=DENIALS,
            codes=(_PUBLICITY_OPTIONAL,),
            fields=_WORDS,
        )
    ),
    by_officers(
        TypeSpec(
            type=ActType.NO_COMMENT,
            scope=Scope.POSITION,
            sender=Sender.EITHER,
            purpose="says that its author does not comment; neither denies nor admits",
            reference=(*ATTRIBUTIONS, *DENIALS),
            codes=(_PUBLICITY_OPTIONAL,),
            fields=_WORDS,
        )
    ),
    by_officers(
        TypeSpec(
            type=ActType.ADMISSION,
            scope=Scope.POSITION,
            sender=Sender.EITHER,
            purpose="admits what was attributed or what the other side denies",
            reference=(*ATTRIBUTIONS, *REPLIES, ActType.DENIAL_WITHDRAWN),
            codes=(_PUBLICITY_OPTIONAL,),
            fields=_WORDS,
        )
    ),
)
