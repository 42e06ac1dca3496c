"""Types of a notice: what a law or a measure does, and on which days."""

from __future__ import annotations

from typing import Final

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
from parley.domain.types.common import REMARKS, SUBJECT, SUBJECT_OPTIONAL, by_officers

NATURES: Final = ("law", "bill", "regulation", "sanctions", "measure")
IN_FORCE: Final = "in-force-from"
NOT_YET: Final = "not-yet-in-force"
FORCES: Final = (IN_FORCE, NOT_YET)
"""Whether the notice gives the day from which it is in force, or says that it is not yet."""

SECTORS: Final = 64

_SECTORS: Final = CodeRule("sectors", CodeKind.TOKENS, required=False, least=1, most=SECTORS)
_FORCE: Final = CodeRule("force", CodeKind.TOKEN, choices=FORCES)
_SINCE: Final = CodeRule("since", CodeKind.DATE, required=False)
_UNTIL: Final = CodeRule("until", CodeKind.DATE)
_UNTIL_OPTIONAL: Final = CodeRule("until", CodeKind.DATE, required=False)

_NATURE: Final = CodeRule("nature", CodeKind.TOKEN, choices=NATURES)
_CODES: Final = (_NATURE, _FORCE, _SINCE, _UNTIL_OPTIONAL, _SECTORS)
_FIELDS: Final = (
    FieldRule("title", FieldKind.LINE),
    FieldRule("citation", FieldKind.LINE),
    FieldRule("effect", FieldKind.TEXT, required=True),
    FieldRule("concerns", FieldKind.LINE),
    REMARKS,
)

TEXTS: Final = (ActType.NOTICE, ActType.NOTICE_CORRECTION)

NOTICE_TYPES: Final = (
    by_officers(
        TypeSpec(
            type=ActType.NOTICE,
            scope=Scope.NOTICE,
            sender=Sender.OPENER,
            purpose="gives notice of a law or a measure, its effect, and from when it is in force; "
            "later in the case it takes the place of the one before from that day",
            opens=Opens.MAY,
            reference=TEXTS,
            codes=_CODES,
            fields=(SUBJECT, *_FIELDS),
        )
    ),
    by_officers(
        TypeSpec(
            type=ActType.NOTICE_CORRECTION,
            scope=Scope.NOTICE,
            sender=Sender.OPENER,
            purpose="says what a notice should have said from the first",
            reference=TEXTS,
            codes=_CODES,
            fields=(SUBJECT_OPTIONAL, *_FIELDS),
        )
    ),
    by_officers(
        TypeSpec(
            type=ActType.NOTICE_END,
            scope=Scope.NOTICE,
            sender=Sender.OPENER,
            purpose="says the last day on which what a notice was given of is in force",
            reference=TEXTS,
            codes=(_UNTIL,),
            fields=(REMARKS,),
        )
    ),
)
