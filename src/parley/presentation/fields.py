"""The fields of a statement's text as a person reads them: in the order of the type, with names."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Final, NamedTuple

from parley.domain.catalogue import CATALOGUE
from parley.language.marks import N_
from parley.record.body import Value

if TYPE_CHECKING:
    from parley.application.acts import ActView
    from parley.presentation.output import Output

_PATH: Final = re.compile(r"([^@]+?)(?:@([^/]+))?(/status)?")
_NUMBER: Final = re.compile(r"/([0-9]+)/")

LABELS: Final[Mapping[str, str]] = {
    "subject": N_("Subject"),
    "incident": N_("Incident"),
    "facts": N_("Facts"),
    "questions/<n>/text": N_("Question {number}"),
    "evidence/<n>/description": N_("Evidence {number}"),
    "evidence/<n>/sha256": N_("Evidence {number}, SHA-256"),
    "answers/<n>/text": N_("Answer to question {number}"),
    "conditions/<n>/text": N_("Condition {number}"),
    "offices/<n>/name": N_("Office {number}"),
    "offices/<n>/hours": N_("Office {number}, hours"),
    "offices/<n>/languages": N_("Office {number}, languages"),
    "offices/<n>/address": N_("Office {number}, address"),
    "contacts/<n>/name": N_("Contact {number}"),
    "contacts/<n>/latin": N_("Contact {number}, in Latin letters"),
    "contacts/<n>/post": N_("Contact {number}, post"),
    "contacts/<n>/languages": N_("Contact {number}, languages"),
    "contacts/<n>/hours": N_("Contact {number}, hours"),
    "contacts/<n>/email": N_("Contact {number}, e-mail"),
    "contacts/<n>/telephone": N_("Contact {number}, telephone"),
    "contacts/<n>/key": N_("Contact {number}, key"),
    "contacts/<n>/valid-until": N_("Contact {number}, valid until"),
    "ground/text": N_("Ground"),
    "units/<n>/heading": N_("Unit {number}, heading"),
    "units/<n>/text": N_("Unit {number}"),
    "units/<n>/rationale": N_("Unit {number}, why"),
    "omitted/<n>/rationale": N_("Unit {number} left out, why"),
    "comments/<n>/text": N_("On unit {number}"),
    "translated-by": N_("Translated by"),
    "members/<n>/name": N_("Member {number}"),
    "members/<n>/role": N_("Member {number}, role"),
    "next-step": N_("Next step"),
    "remarks": N_("Remarks"),
    "handling-office": N_("Office in charge"),
    "object": N_("Object"),
    "claimants/<n>/name": N_("Claimant {number}"),
    "basis": N_("Basis of evidence"),
    "law": N_("Law invoked"),
    "statement": N_("Statement"),
    "title": N_("Title"),
    "citation": N_("Published in"),
    "effect": N_("Effect"),
    "concerns": N_("Concerns"),
    "court": N_("Court"),
    "court-reference": N_("Reference at the court"),
    "figures/<n>/number": N_("Figure {number}"),
    "figures/<n>/unit": N_("Figure {number}, of what"),
    "figures/<n>/bound": N_("Figure {number}, how exact"),
    "figures/<n>/certainty": N_("Figure {number}, how sure"),
    "figures/<n>/claimant": N_("Figure {number}, claimed by"),
    "samples/<n>/description": N_("Sample {number}"),
    "samples/<n>/sha256": N_("Sample {number}, SHA-256"),
    "samples/<n>/size": N_("Sample {number}, bytes"),
    "samples/<n>/encapsulation": N_("Sample {number}, encapsulation"),
    "limits/<n>/text": N_("Limit of use {number}"),
    "iep/id": N_("Policy (IEP 2.0)"),
    "iep/name": N_("Name of the policy"),
    "iep/start-date": N_("Policy valid from"),
    "iep/end-date": N_("Policy valid until"),
    "iep/encrypt-in-transit": N_("Encryption in transit"),
    "iep/permitted-actions": N_("Permitted actions"),
    "iep/affected-party-notifications": N_("Telling affected parties"),
    "iep/attribution": N_("Naming the provider"),
    "iep/unmodified-resale": N_("Unmodified resale"),
    "conveyed-by": N_("Conveyed by"),
    "report": N_("Report"),
    "authority": N_("Authority"),
    "offence": N_("Offence and facts"),
    "data": N_("Data"),
    "custodian": N_("Custodian"),
    "necessity": N_("Necessity"),
    "intent": N_("Request to follow"),
    "office": N_("Office that stays out"),
    "matter": N_("Matter"),
    "delegate": N_("Office that acts instead"),
    "label": N_("Channel"),
    "place": N_("Place"),
    "account": N_("Account"),
    "reason": N_("Reason"),
    "occasion": N_("Occasion"),
    "text": N_("Text"),
    "agenda/<n>/text": N_("Agenda, item {number}"),
    "programme/<n>/text": N_("Programme, item {number}"),
    "delegation/<n>/office": N_("Delegation, {number}"),
    "items/<n>/text": N_("Item {number}"),
    "statements/<n>/text": N_("Statement {number}"),
    "corrections/<n>/text": N_("Correction {number}"),
    "reservations/<n>/text": N_("Reservation {number}"),
    "attachments/<n>/name": N_("Attachment {number}"),
    "attachments/<n>/content": N_("Attachment {number}, root and size"),
    "attachments/<n>/hazard": N_("Attachment {number}, inside"),
    "attachments/<n>/description": N_("Attachment {number}, description"),
    "registry/own": N_("Number in the sender's register"),
    "registry/peer": N_("Number in the recipient's register"),
    "story/id": N_("Event of the story"),
    "story/source": N_("Source"),
    "story/claimant": N_("Claimed by"),
    "story/facts": N_("What the source says"),
    "story/date": N_("Day of the story"),
    "story/date-is": N_("How exact the day is"),
    "story/illustration": N_("Illustration"),
}

STATUSES: Final[Mapping[str, str]] = {
    "authentic": N_("authentic"),
    "equally-authentic": N_("equally authentic"),
    "official-translation": N_("official translation"),
    "unofficial-translation": N_("unofficial translation"),
    "machine-translation": N_("machine translation"),
}


class Field(NamedTuple):
    """One field of a text. ``pattern`` is its path with ``<n>`` for a number."""

    pattern: str
    number: int | None
    language: str | None
    status: str | None
    value: Value


def of(type_: str, values: Mapping[str, Value]) -> list[Field]:
    """The fields in the order in which the type declares them, numbers ascending.

    A path that is none of the type's, as a peer may send it in a void statement, comes last.
    """
    spec = CATALOGUE.get(type_)
    order = {rule.path: at for at, rule in enumerate(spec.fields)} if spec else {}
    fields = list(_parsed(values))
    return sorted(
        fields,
        key=lambda field: (_group(field, order), field.number or 0, order.get(field.pattern, 999)),
    )


def _choices(type_: str) -> frozenset[str]:
    """The fields of a type that hold one of several tokens."""
    spec = CATALOGUE.get(type_)
    return frozenset(rule.path for rule in spec.fields if rule.choices) if spec else frozenset()


def _parsed(values: Mapping[str, Value]) -> Iterator[Field]:
    for path, value in values.items():
        found = _PATH.fullmatch(path)
        if found is None:
            yield Field(path, None, None, None, value)
        elif not found[3]:
            number = _NUMBER.search(found[1])
            status = values.get(f"{path}/status") if found[2] else None
            yield Field(
                _NUMBER.sub("/<n>/", found[1]),
                int(number[1]) if number and len(number[1]) < 6 else None,
                found[2],
                status if isinstance(status, str) else None,
                value,
            )


def _group(field: Field, order: Mapping[str, int]) -> int:
    """The place of the field, or of the first field of its numbered group."""
    head = field.pattern.split("/<n>/")[0]
    places = [at for pattern, at in order.items() if pattern.split("/<n>/")[0] == head]
    return min(places, default=999)


def questions(views: Iterable[ActView], language: str) -> dict[int, str]:
    """The text of each question in ``language``, else in the first language it was asked in."""
    found: dict[int, str] = {}
    for view in views:
        if view.void is not None or view.body is None:
            continue
        for field in of(view.statement.act.type, view.body.values):
            number = field.number
            if field.pattern != "questions/<n>/text" or number is None:
                continue
            if number not in found or field.language == language:
                found[number] = str(field.value)
    return found


def label(output: Output, field: Field) -> str:
    """What a field is called, with its language and what that version is worth."""
    known = LABELS.get(field.pattern)
    name = (
        output.text(known, **({} if field.number is None else {"number": field.number}))
        if known is not None
        else output.foreign(field.pattern.replace("<n>", str(field.number)))
    )
    if field.language is None:
        return name
    if field.status is None:
        return output.text("{name} [{language}]", name=name, language=field.language)
    status = STATUSES.get(field.status)
    return output.text(
        "{name} [{language}, {status}]",
        name=name,
        language=field.language,
        status=output.text(status) if status else field.status,
    )


def shown(output: Output, type_: str, field: Field) -> str:
    """The value of a field, made harmless; a token among choices by its name."""
    if isinstance(field.value, bytes):
        return field.value.hex()
    if field.pattern in _choices(type_):
        return output.name(str(field.value))
    return output.paragraphs(str(field.value))


class Version(NamedTuple):
    """A text in one language, and what that version is worth, in words."""

    language: str
    status: str
    text: str


class Side(NamedTuple):
    """A field with its versions beside each other; ``plain`` where it has no languages."""

    label: str
    plain: str | None
    versions: tuple[Version, ...]


def beside(output: Output, type_: str, values: Mapping[str, Value]) -> list[Side]:
    """All fields, each with its language versions beside each other."""
    found: dict[tuple[str, int | None], list[Field]] = {}
    for field in of(type_, values):
        found.setdefault((field.pattern, field.number), []).append(field)
    return [_side(output, type_, versions) for versions in found.values()]


def _side(output: Output, type_: str, versions: Sequence[Field]) -> Side:
    name = label(output, versions[0]._replace(language=None))
    if versions[0].language is None:
        return Side(name, shown(output, type_, versions[0]), ())
    return Side(
        name,
        None,
        tuple(
            Version(
                field.language or "",
                output.text(STATUSES[field.status])
                if field.status and field.status in STATUSES
                else "",
                str(field.value),
            )
            for field in versions
        ),
    )


def rows(
    output: Output, type_: str, values: Mapping[str, Value], language: str | None = None
) -> list[tuple[str, str]]:
    """All fields, ready for two columns; with ``language`` only that version where there is one."""
    fields = of(type_, values)
    if language is not None:
        fields = [field for field in fields if _belongs(field, fields, language)]
    return [(label(output, field), shown(output, type_, field)) for field in fields]


def _belongs(field: Field, fields: list[Field], language: str) -> bool:
    if field.language is None or field.language == language:
        return True
    same = [
        other for other in fields if (other.pattern, other.number) == (field.pattern, field.number)
    ]
    return not any(other.language == language for other in same)
