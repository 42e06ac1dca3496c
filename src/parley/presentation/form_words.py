"""What stands beside the inputs of a form: names of groups, parts of items and codes; hints."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

from parley.domain.shape import CodeKind, CodeRule, FieldKind, FieldRule
from parley.language.marks import N_
from parley.presentation import codes, fields

if TYPE_CHECKING:
    from parley.presentation.output import Output

GROUPS: Final[Mapping[str, str]] = {
    "questions": N_("Questions"),
    "answers": N_("Answers"),
    "conditions": N_("Conditions"),
    "evidence": N_("Evidence"),
    "agenda": N_("Agenda"),
    "programme": N_("Programme"),
    "delegation": N_("Delegation"),
    "items": N_("Items"),
    "statements": N_("Statements"),
    "corrections": N_("Corrections"),
    "reservations": N_("Reservations"),
    "units": N_("Units of the text"),
    "omitted": N_("Units left out"),
    "after": N_("Where new units stand"),
    "translations": N_("Translations"),
    "variants": N_("Variants consented to"),
    "comments": N_("Comments"),
    "members": N_("Members"),
    "claimants": N_("Claimants"),
    "figures": N_("Figures"),
    "samples": N_("Samples"),
    "limits": N_("Limits of use"),
    "offices": N_("Offices"),
    "contacts": N_("Contacts"),
    "deputies": N_("Deputies"),
    "at": N_("Who sits where"),
}

PARTS: Final[Mapping[str, str]] = {
    "number": N_("Number"),
    "question": N_("Number of the question"),
    "status": N_("Status"),
    "digest": N_("Digest"),
    "office": N_("Number of the office"),
    "level": N_("Level"),
    "deputy": N_("Number of its deputy"),
    "behind": N_("Behind unit number"),
    "language": N_("Language"),
    "from": N_("From contact number"),
}

CODES: Final[Mapping[str, str]] = {
    "addressee": N_("Member asked"),
    "about": N_("About case"),
    "authentic": N_("Authentic languages"),
    "machine": N_("Languages translated by a machine"),
    "prevailing": N_("Language that prevails"),
    "version": N_("Number of the version"),
    "withdrawn": N_("Units whose variant is withdrawn"),
    "text": N_("Hash of the text"),
    "by": N_("Proposal in its place"),
    "mandate": N_("Hash of the mandate"),
    "proposal": N_("Proposal with the mandate"),
    "chair": N_("Chair"),
    "first": N_("Member that begins"),
    "limits": N_("Limits of use accepted"),
    "again": N_("Contacts nominated again, by number"),
    "contacts": N_("Contacts, by number"),
    "changed": N_("Changed at"),
    "bodies": N_("Statements whose text is to go, by hash"),
    "received-at": N_("Arrived"),
    "handling-office": N_("Office in charge"),
    "deleted-at": N_("Deleted at"),
}
"""Codes that a page of a case says in another way, or not at all."""

_HINTS: Final[Mapping[CodeKind, str]] = {
    CodeKind.DURATION: N_("A length of time: 24h, 60d, 8w."),
    CodeKind.TIME: N_("A day such as 2027-03-31, a time such as 2027-03-31T12:00Z, or 14d."),
    CodeKind.DATE: N_("A year, a month or a day: 2027, 2027-03 or 2027-03-31."),
    CodeKind.NUMBERS: N_("Numbers: 1, 3-5."),
    CodeKind.RANGES: N_("Numbers: 1, 3-5."),
    CodeKind.IDS: N_("Hexadecimal digits, one after the other with a comma between."),
    CodeKind.TOKENS: N_("Short names with a comma between."),
}

_NAMED_HINTS: Final[Mapping[str, str]] = {
    "about": N_("The number of another case, or how it begins."),
    "by": N_("The number of another case, or how it begins."),
    "meeting": N_("The number of another case, or how it begins."),
    "authentic": N_("Left empty: all languages of the text but translations."),
    "version": N_("Left empty: the next one."),
    "text": N_("Left empty: the text as it stands."),
    "contacts": N_("Numbers: 1, 3-5."),
}


def group(output: Output, name: str) -> str:
    """What the items of a group are called together."""
    return output.text(GROUPS[name]) if name in GROUPS else name


def part(output: Output, name: str) -> str:
    """What goes into the header with an item of a group."""
    return output.text(PARTS[name]) if name in PARTS else name


def code(output: Output, rule: CodeRule) -> str:
    """What a code is called where it is asked for."""
    label = CODES.get(rule.name) or codes.LABELS.get(rule.name)
    return output.text(label) if label is not None else output.name(rule.name)


def code_hint(output: Output, rule: CodeRule) -> str:
    """How a code is written; nothing where its input shows it."""
    hint = _NAMED_HINTS.get(rule.name) or ("" if rule.choices else _HINTS.get(rule.kind, ""))
    return output.text(hint) if hint else ""


def field(output: Output, rule: FieldRule, number: int | None) -> str:
    """What a field is called where it is asked for."""
    shown = fields.Field(rule.path, number, None, None, "")
    return fields.label(output, shown)


def field_hint(output: Output, rule: FieldRule) -> str:
    """How a field is written; nothing where its input shows it."""
    match rule.kind:
        case FieldKind.DATE:
            return output.text(_HINTS[CodeKind.DATE])
        case FieldKind.TIME:
            return output.text(_HINTS[CodeKind.TIME])
        case FieldKind.DIGEST:
            return output.text("SHA-256: 64 hexadecimal digits.")
        case _:
            return ""
