"""The statement types of a meeting: its preparation, that it took place, its minutes."""

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

FORMAL: Final = "formal"
INFORMAL: Final = "informal"
FORMS: Final = (FORMAL, INFORMAL)

LEVELS: Final = (
    "heads-of-state",
    "heads-of-government",
    "ministers",
    "deputy-ministers",
    "special-envoys",
    "heads-of-agency",
    "experts",
)

AGENDA_ITEMS: Final = 64
MINUTES_ITEMS: Final = 256

# --- header codes --------------------------------------------------------------------------------

LEVEL: Final = CodeRule("level", CodeKind.TOKEN, choices=LEVELS)
LEVEL_OPTIONAL: Final = CodeRule("level", CodeKind.TOKEN, required=False, choices=LEVELS)
FIRST_DAY: Final = CodeRule("first-day", CodeKind.DATE, required=False)
LAST_DAY: Final = CodeRule("last-day", CodeKind.DATE, required=False)
HELD: Final = CodeRule("held", CodeKind.DATE)
HELD_OPTIONAL: Final = CodeRule("held", CodeKind.DATE, required=False)


def _items(name: str, *, least: int = 0, most: int = AGENDA_ITEMS) -> CodeRule:
    return CodeRule(name, CodeKind.COUNT, least=least, most=most)


def _numbers(name: str) -> CodeRule:
    return CodeRule(
        name,
        CodeKind.RANGES,
        required=False,
        least=1,
        most=AGENDA_ITEMS,
        highest=AGENDA_ITEMS,
    )


# --- fields --------------------------------------------------------------------------------------

PLACE: Final = FieldRule("place", FieldKind.LINE)
ACCOUNT: Final = FieldRule("account", FieldKind.TEXT)
REASON: Final = FieldRule("reason", FieldKind.TEXT)
AGENDA: Final = FieldRule("agenda/<n>/text", FieldKind.LINE, required=True, per="agenda")
PROGRAMME: Final = FieldRule("programme/<n>/text", FieldKind.LINE, required=True, per="programme")
DELEGATION: Final = FieldRule(
    "delegation/<n>/office", FieldKind.LINE, required=True, per="delegation"
)
ITEMS: Final = FieldRule("items/<n>/text", FieldKind.TEXT, required=True, per="items")
STATEMENTS: Final = FieldRule(
    "statements/<n>/text", FieldKind.TEXT, required=True, per="statements"
)
CORRECTIONS: Final = FieldRule(
    "corrections/<n>/text", FieldKind.TEXT, required=True, per="corrections"
)
RESERVATIONS: Final = FieldRule(
    "reservations/<n>/text", FieldKind.TEXT, required=True, per="reservations"
)

# --- clocks (process.md) -------------------------------------------------------------------------

NOTICE: Final = Clock(ClockKind.MEETING_NOTICE, 14 * DAY)
MINUTES: Final = Clock(ClockKind.MINUTES, 15 * DAY)

TERMS: Final = (ActType.MEETING, ActType.MEETING_POSTPONEMENT)
PREPARING: Final = (
    *TERMS,
    ActType.MEETING_ACCEPTANCE,
    ActType.MEETING_DELEGATION,
    ActType.MEETING_AGENDA,
    ActType.MEETING_AGENDA_REPLY,
    ActType.MEETING_PROGRAMME,
)
BEFORE_MINUTES: Final = (*PREPARING, ActType.MEETING_CANCELLATION, ActType.MEETING_DECLARATION)
IN_MEETING: Final = (
    *BEFORE_MINUTES,
    ActType.MINUTES_DRAFT,
    ActType.MINUTES_CORRECTION,
    ActType.MINUTES_AGREEMENT,
    ActType.MINUTES_NOT_AGREED,
)

OF_THE_OTHER: Final = (
    ActType.MEETING_ACCEPTANCE,
    ActType.MINUTES_CORRECTION,
    ActType.MINUTES_AGREEMENT,
    ActType.MINUTES_NOT_AGREED,
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
            scope=Scope.MEETING,
            sender=Sender.EITHER,
            purpose=purpose,
            reference=reference,
            reference_other=type_ in OF_THE_OTHER,
            codes=codes,
            fields=(*fields, REMARKS),
            clocks=clocks,
        )
    )


MEETING_TYPES: Final = (
    by_officers(
        TypeSpec(
            type=ActType.MEETING,
            scope=Scope.MEETING,
            sender=Sender.OPENER,
            purpose="proposes a meeting, or declares one that took place or an informal contact",
            opens=Opens.ALWAYS,
            codes=(
                CodeRule("form", CodeKind.TOKEN, choices=FORMS),
                LEVEL,
                FIRST_DAY,
                LAST_DAY,
                HELD_OPTIONAL,
                _items("agenda"),
                _items("programme"),
                _items("delegation"),
            ),
            fields=(SUBJECT, PLACE, ACCOUNT, AGENDA, PROGRAMME, DELEGATION, REMARKS),
            clocks=(NOTICE, MINUTES),
        )
    ),
    _said(
        ActType.MEETING_ACCEPTANCE,
        "accepts the other side's dates, place and level",
        TERMS,
    ),
    _said(
        ActType.MEETING_POSTPONEMENT,
        "takes the dates off, and may propose others",
        BEFORE_MINUTES,
        (LEVEL_OPTIONAL, FIRST_DAY, LAST_DAY),
        (PLACE, REASON),
        (NOTICE,),
    ),
    _said(
        ActType.MEETING_CANCELLATION,
        "says that its author will not meet",
        BEFORE_MINUTES,
        fields=(REASON,),
    ),
    _said(
        ActType.MEETING_DELEGATION,
        "names its author's delegation, by offices; the latest counts",
        BEFORE_MINUTES,
        (_items("delegation", least=1),),
        (DELEGATION,),
    ),
    _said(
        ActType.MEETING_AGENDA,
        "adds items to the agenda, each of which needs the consent of all",
        BEFORE_MINUTES,
        (_items("agenda", least=1),),
        (AGENDA,),
    ),
    _said(
        ActType.MEETING_AGENDA_REPLY,
        "consents to items of the agenda or declines them",
        (ActType.MEETING, ActType.MEETING_AGENDA),
        (_numbers("accepted"), _numbers("declined")),
    ),
    _said(
        ActType.MEETING_PROGRAMME,
        "gives its author's programme beside the talks, such as a visit; the latest counts",
        BEFORE_MINUTES,
        (_items("programme", least=1),),
        (PROGRAMME,),
    ),
    _said(
        ActType.MEETING_DECLARATION,
        "declares that the meeting took place, and when by its author's account",
        IN_MEETING,
        (HELD, LEVEL_OPTIONAL),
        (PLACE, ACCOUNT),
        (MINUTES,),
    ),
    _said(
        ActType.MINUTES_DRAFT,
        "puts minutes forward; the latest of each side counts",
        IN_MEETING,
        (_items("items", least=1, most=MINUTES_ITEMS), _items("statements")),
        (ITEMS, STATEMENTS),
        (MINUTES,),
    ),
    _said(
        ActType.MINUTES_CORRECTION,
        "asks for corrections of the other side's minutes",
        (ActType.MINUTES_DRAFT,),
        (_items("corrections", least=1, most=MINUTES_ITEMS),),
        (CORRECTIONS,),
        (MINUTES,),
    ),
    _said(
        ActType.MINUTES_AGREEMENT,
        "agrees to the other side's minutes as they stand, with reservations or without",
        (ActType.MINUTES_DRAFT,),
        (_items("reservations"),),
        (RESERVATIONS,),
    ),
    _said(
        ActType.MINUTES_NOT_AGREED,
        "does not agree to the other side's minutes, and puts its author's version beside them",
        (ActType.MINUTES_DRAFT,),
        (_items("items", most=MINUTES_ITEMS), _items("statements")),
        (ITEMS, STATEMENTS, REASON),
    ),
)
