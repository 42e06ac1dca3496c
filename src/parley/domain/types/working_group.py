"""The statement types of a working group: a standing case under a text that all have agreed."""

from __future__ import annotations

from typing import Final

from parley.domain.act import ActType
from parley.domain.shape import (
    CASE_DIGITS,
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
from parley.domain.types.proposal import TEXT_DIGITS
from parley.kernel import limits

ONE: Final = "one"
JOINT: Final = "joint"
ROTATING: Final = "rotating"
CHAIRS: Final = (ONE, JOINT, ROTATING)
"""One member chairs; all do together; or they do in turn, beginning with one."""

DELEGATES: Final = 64

MANDATE: Final = (
    CodeRule("mandate", CodeKind.ID, least=TEXT_DIGITS, most=TEXT_DIGITS),
    CodeRule("proposal", CodeKind.ID, least=CASE_DIGITS, most=CASE_DIGITS),
)
"""The hash of the agreed text, and the case in which it was agreed."""

IN_GROUP: Final = (
    ActType.WORKING_GROUP,
    ActType.WORKING_GROUP_MANDATE,
    ActType.WORKING_GROUP_MEMBERS,
    ActType.WORKING_GROUP_CHAIR,
    ActType.WORKING_GROUP_SESSION,
    ActType.WORKING_GROUP_LEAVE,
)


def _act(
    type_: ActType,
    purpose: str,
    codes: tuple[CodeRule, ...] = (),
    fields: tuple[FieldRule, ...] = (REMARKS,),
) -> TypeSpec:
    return by_officers(
        TypeSpec(
            type=type_,
            scope=Scope.WORKING_GROUP,
            sender=Sender.EITHER,
            purpose=purpose,
            reference=IN_GROUP,
            codes=codes,
            fields=fields,
        )
    )


WORKING_GROUP_TYPES: Final = (
    by_officers(
        TypeSpec(
            type=ActType.WORKING_GROUP,
            scope=Scope.WORKING_GROUP,
            sender=Sender.OPENER,
            purpose="founds a working group under an agreed text, and joins it",
            opens=Opens.ALWAYS,
            codes=MANDATE,
            fields=(SUBJECT, REMARKS),
        )
    ),
    _act(
        ActType.WORKING_GROUP_MANDATE,
        "joins the group, or takes a new agreed text as its mandate",
        codes=MANDATE,
    ),
    _act(
        ActType.WORKING_GROUP_MEMBERS,
        "names its author's own delegation, whole",
        codes=(CodeRule("members", CodeKind.COUNT, most=DELEGATES),),
        fields=(
            FieldRule("members/<n>/name", FieldKind.LINE, required=True, per="members"),
            FieldRule("members/<n>/role", FieldKind.LINE, per="members"),
            REMARKS,
        ),
    ),
    _act(
        ActType.WORKING_GROUP_CHAIR,
        "says who is to chair; settled once all say the same",
        codes=(
            CodeRule("chair", CodeKind.TOKEN, choices=CHAIRS),
            CodeRule("first", CodeKind.INTEGER, required=False, most=limits.MEMBERS - 1),
        ),
    ),
    _act(
        ActType.WORKING_GROUP_SESSION,
        "names a meeting as a session of the group",
        codes=(CodeRule("meeting", CodeKind.ID, least=CASE_DIGITS, most=CASE_DIGITS),),
    ),
    _act(
        ActType.WORKING_GROUP_LEAVE,
        "leaves the group; joining again takes an act of its own",
    ),
)
