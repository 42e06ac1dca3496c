"""The types of statements of a directory of contacts (process.md: contact record, check)."""

from __future__ import annotations

from typing import Final

import msgspec

from parley.domain.act import ActType
from parley.domain.roles import AUTHORISING, Role
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
from parley.domain.types.common import (
    DAY,
    REMARKS,
    SUBJECT_OPTIONAL,
    by_duty_officer,
    in_case,
)
from parley.kernel import limits

LEVELS: Final = ("political", "diplomatic", "operational", "technical", "legal")
"""What an office is there for; the directory of the United Nations knows the second and fourth."""

GROUNDS: Final = (
    "left-post",
    "reorganisation",
    "key-compromised",
    "expelled",
    "not-accepted",
    "reciprocity",
    "other",
)

SCENARIOS: Final = ("routine", "out-of-hours", "exercise", "fallback")

NONCE_CHARACTERS: Final = 32

CUSTODIANS: Final = frozenset({Role.CONTACTS_CUSTODIAN})

_MOST: Final = limits.CONTACTS_IN_DIRECTORY
_PLACES: Final = 1024

CONTACTS: Final = CodeRule("contacts", CodeKind.RANGES, least=1, most=_MOST)

# Offices are numbered too; what is said of one anew replaces what was said before.
OFFICES: Final = CodeRule(
    "offices",
    CodeKind.PAIRS,
    required=False,
    choices=LEVELS,
    least=1,
    most=limits.OFFICES_IN_DIRECTORY,
    highest=limits.OFFICES_IN_DIRECTORY,
    entries=("office", "level"),
)
# (office, the office that stands in for it; 0: none)
DEPUTIES: Final = CodeRule(
    "deputies",
    CodeKind.LINKS,
    required=False,
    least=1,
    most=limits.OFFICES_IN_DIRECTORY,
    highest=limits.OFFICES_IN_DIRECTORY,
    entries=("office", "deputy"),
)
# (number from which on, office)
AT: Final = CodeRule(
    "at",
    CodeKind.LINKS,
    required=False,
    least=1,
    most=_PLACES,
    highest=_MOST + 1,
    entries=("from", "office"),
)

OFFICE_FIELDS: Final = (
    FieldRule("offices/<n>/name", FieldKind.LINE, required=True, per="offices"),
    FieldRule("offices/<n>/hours", FieldKind.LINE, localised=False, per="offices"),
    FieldRule("offices/<n>/languages", FieldKind.LINE, localised=False, per="offices"),
    FieldRule("offices/<n>/address", FieldKind.LINE, localised=False, per="offices"),
)

RECORD: Final = (
    "name",
    "latin",
    "post",
    "languages",
    "hours",
    "email",
    "telephone",
    "key",
    "valid-until",
)
"""What a contact's record may say. Names stay in their own script; ``latin`` is the romanisation
that their owner uses; ``key`` is the fingerprint of a key of the contact's own."""

CONTACT_FIELDS: Final = tuple(
    FieldRule(
        f"contacts/<n>/{name}",
        FieldKind.DATE if name == "valid-until" else FieldKind.LINE,
        required=name == "name",
        localised=False,
        per="contacts",
    )
    for name in RECORD
)

GROUND: Final = (
    CodeRule("ground", CodeKind.TOKEN, required=False, choices=GROUNDS),
    FieldRule("ground/text", FieldKind.TEXT),
)

_ANSWER: Final = Clock(ClockKind.ANSWER_CHECK, DAY)
_CHECK: Final = Clock(ClockKind.CHECK, 182 * DAY)
_RECONFIRM: Final = Clock(ClockKind.RECONFIRM, 365 * DAY)
CHANGE_SECONDS: Final = 30 * DAY
"""Within this time of a change its owner notifies it."""


def _by_custodian(spec: TypeSpec) -> TypeSpec:
    """An act that the custodian drafts and an authoriser lets go: a revocation is at once."""
    return msgspec.structs.replace(
        in_case(spec), drafted_by=CUSTODIANS, authorised_by=AUTHORISING, authorisers=1
    )


CONTACTS_TYPES: Final = (
    _by_custodian(
        TypeSpec(
            type=ActType.CONTACT_NOMINATION,
            scope=Scope.CONTACTS,
            sender=Sender.OPENER,
            purpose="names offices and contacts, new ones or revoked ones again; the first opens",
            opens=Opens.MAY,
            codes=(
                CodeRule("first", CodeKind.NUMBER, least=1, most=_MOST + 1),
                CodeRule("contacts", CodeKind.COUNT, most=limits.BODY_FIELDS, start="first"),
                CodeRule("again", CodeKind.RANGES, required=False, least=1, most=_MOST),
                OFFICES,
                DEPUTIES,
                AT,
            ),
            fields=(
                SUBJECT_OPTIONAL,
                *OFFICE_FIELDS,
                *CONTACT_FIELDS,
                REMARKS,
            ),
            clocks=(_RECONFIRM,),
        )
    ),
    _by_custodian(
        TypeSpec(
            type=ActType.CONTACT_ACCEPTANCE,
            scope=Scope.CONTACTS,
            sender=Sender.OTHER,
            purpose="accepts contacts that the other side has nominated",
            reference=(ActType.CONTACT_NOMINATION,),
            codes=(CONTACTS,),
            fields=(REMARKS,),
            clocks=(_CHECK,),
        )
    ),
    _by_custodian(
        TypeSpec(
            type=ActType.CONTACT_CHANGE,
            scope=Scope.CONTACTS,
            sender=Sender.OPENER,
            purpose="gives the records of contacts or offices anew, whole, and when they changed",
            reference=(ActType.CONTACT_NOMINATION,),
            codes=(
                CodeRule(
                    "contacts", CodeKind.RANGES, required=False, least=1, most=limits.BODY_FIELDS
                ),
                CodeRule("changed-at", CodeKind.TIME),
                OFFICES,
                DEPUTIES,
                AT,
            ),
            fields=(*OFFICE_FIELDS, *CONTACT_FIELDS, REMARKS),
            clocks=(_RECONFIRM,),
        )
    ),
    _by_custodian(
        TypeSpec(
            type=ActType.CONTACT_RECONFIRMATION,
            scope=Scope.CONTACTS,
            sender=Sender.OPENER,
            purpose="says that the records of contacts are still right",
            reference=(ActType.CONTACT_NOMINATION,),
            codes=(CONTACTS,),
            fields=(REMARKS,),
            clocks=(_RECONFIRM,),
        )
    ),
    _by_custodian(
        TypeSpec(
            type=ActType.CONTACT_SUSPENSION,
            scope=Scope.CONTACTS,
            sender=Sender.EITHER,
            purpose="suspends contacts until the side that says so lifts it",
            reference=(ActType.CONTACT_NOMINATION,),
            codes=(CONTACTS, GROUND[0]),
            fields=(GROUND[1], REMARKS),
        )
    ),
    _by_custodian(
        TypeSpec(
            type=ActType.CONTACT_RESUMPTION,
            scope=Scope.CONTACTS,
            sender=Sender.EITHER,
            purpose="lifts its author's own suspension of contacts",
            reference=(ActType.CONTACT_SUSPENSION,),
            codes=(CONTACTS,),
            fields=(REMARKS,),
        )
    ),
    _by_custodian(
        TypeSpec(
            type=ActType.CONTACT_REVOCATION,
            scope=Scope.CONTACTS,
            sender=Sender.EITHER,
            purpose="revokes contacts at once, any number of them; offices and deputies survive",
            reference=(ActType.CONTACT_NOMINATION,),
            codes=(CONTACTS, GROUND[0]),
            fields=(GROUND[1], REMARKS),
        )
    ),
    by_duty_officer(
        TypeSpec(
            type=ActType.COMMUNICATION_CHECK,
            scope=Scope.CONTACTS,
            sender=Sender.OTHER,
            purpose="asks the offices of the directory for a sign of life",
            reference=(ActType.CONTACT_NOMINATION,),
            codes=(
                CodeRule("nonce", CodeKind.ID, most=NONCE_CHARACTERS),
                CodeRule("scenario", CodeKind.TOKEN, choices=SCENARIOS),
                CodeRule(
                    "office",
                    CodeKind.NUMBER,
                    required=False,
                    least=1,
                    most=limits.OFFICES_IN_DIRECTORY,
                ),
            ),
            clocks=(_ANSWER, _CHECK),
        )
    ),
    by_duty_officer(
        TypeSpec(
            type=ActType.COMMUNICATION_ANSWER,
            scope=Scope.CONTACTS,
            sender=Sender.OPENER,
            purpose="gives the sign of life that a check asks for",
            reference=(ActType.COMMUNICATION_CHECK,),
            codes=(CodeRule("nonce", CodeKind.ID, most=NONCE_CHARACTERS),),
        )
    ),
)
