"""Types of a disclosed recusal: who, by office, stays out of what, and who acts instead.

What happens inside a house about a recusal is no statement: it stands in the house's own record.
"""

from __future__ import annotations

from typing import Final

from parley.domain.act import ActType
from parley.domain.shape import FieldKind, FieldRule, Opens, Scope, Sender, TypeSpec
from parley.domain.types.common import REMARKS, SUBJECT, by_officers

RECUSAL_TYPES: Final = (
    by_officers(
        TypeSpec(
            type=ActType.RECUSAL,
            scope=Scope.RECUSAL,
            sender=Sender.OPENER,
            purpose="discloses that an office of its author's stays out of a matter",
            opens=Opens.ALWAYS,
            fields=(
                SUBJECT,
                FieldRule("office", FieldKind.LINE, required=True),
                FieldRule("matter", FieldKind.TEXT, required=True),
                FieldRule("delegate", FieldKind.LINE),
                REMARKS,
            ),
        )
    ),
    by_officers(
        TypeSpec(
            type=ActType.RECUSAL_END,
            scope=Scope.RECUSAL,
            sender=Sender.OPENER,
            purpose="says that the recusal has ended",
            reference=(ActType.RECUSAL,),
            fields=(REMARKS,),
        )
    ),
)
