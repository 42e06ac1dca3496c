"""The check of a body against the declaration of its type.

A body is a flat mapping from path to value. What fails here makes the act void on both sides: its
reason is the act's ``verdict``. Paths are ``field``, ``group/<n>/field``, with ``@language`` behind
where the field is localised, and ``/status`` behind that for the status of a version.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from enum import StrEnum
from functools import lru_cache
from typing import Final, NamedTuple, cast

from parley.domain.act import Code
from parley.domain.catalogue import spec_of
from parley.domain.codes import numbers
from parley.domain.dates import is_date
from parley.domain.header import check_codes, check_each_code, is_slug
from parley.domain.shape import LATEST_TIME, FieldKind, FieldRule, TypeSpec
from parley.kernel import limits, text
from parley.kernel.errors import ParleyError
from parley.kernel.reasons import Reason

Value = str | int | bytes | bool | None

_LANGUAGE: Final = re.compile(r"[a-z]{2,3}(?:-[A-Za-z0-9]{2,8}){0,3}", re.ASCII)
_NUMBER: Final = re.compile(r"[1-9][0-9]{0,5}", re.ASCII)
_STATUS: Final = "/status"
_USUAL_FIELDS: Final = 40
_DIGEST_BYTES: Final = 32
_ATTACHMENT_BYTES: Final = 40
_INTEGER_BYTES: Final = 8
_GREATEST_NUMBER: Final = (1 << 53) - 1


class LanguageStatus(StrEnum):
    """What a language version of a text is worth beside the others (process.md, languages)."""

    AUTHENTIC = "authentic"
    EQUALLY_AUTHENTIC = "equally-authentic"
    OFFICIAL_TRANSLATION = "official-translation"
    UNOFFICIAL_TRANSLATION = "unofficial-translation"
    MACHINE_TRANSLATION = "machine-translation"


LANGUAGE_STATUSES: Final = frozenset(LanguageStatus)


class Place(NamedTuple):
    """A path, taken apart. ``name`` is the path without language and status.

    ``check`` checks a value for the path and returns its size in bytes.
    """

    rule: FieldRule
    check: Callable[[str, Value], int]
    name: str
    number: int | None
    language: str | None
    is_status: bool


class _Plan(NamedTuple):
    """What a type's declaration comes to for the check of bodies, worked out once."""

    spec: TypeSpec
    rules: Mapping[str, FieldRule]
    required: frozenset[str]
    required_per: tuple[FieldRule, ...]
    counted: frozenset[str]
    in_languages: tuple[FieldRule, ...]


def check_body(type_: str, codes: Mapping[str, Code], fields: Mapping[str, Value]) -> None:
    """Check a body and that it is what the header codes announce.

    :raises ParleyError: ``type-unknown``; ``code-*``; ``fields-too-many``, ``too-large``,
        ``field-unknown``, ``field-missing``, ``field-invalid``, ``field-status-invalid``; a
        ``text-*`` reason with the path of the text.
    """
    plan = _plan(type_)
    check_codes(plan.spec, codes)
    if len(fields) > limits.BODY_FIELDS:
        raise ParleyError(Reason.FIELDS_TOO_MANY, count=len(fields), limit=limits.BODY_FIELDS)
    announced = tuple(tuple(numbers(plan.spec, codes, name)) for name in plan.counted)
    # What a peer can make large is not kept.
    lay_out = _usual_layout if len(fields) <= _USUAL_FIELDS else _layout
    layout = lay_out(type_, tuple(fields), announced)
    size = layout.size
    for check, (path, value) in zip(layout.checks, fields.items(), strict=True):
        if check is not None:
            size += check(path, value)
    if size > limits.BODY_BYTES:
        raise ParleyError(Reason.TOO_LARGE, size=size, limit=limits.BODY_BYTES)
    if layout.statuses:
        _check_statuses(type_, fields, layout.statuses)
    for rule in plan.in_languages:
        _check_languages(plan.spec, rule, codes, fields)


def check_each_value(type_: str, codes: Mapping[str, Code], fields: Mapping[str, Value]) -> None:
    """Check what there is of an unfinished body, each code and each field by itself.

    :raises ParleyError: as :func:`check_body`, but for what is missing.
    """
    check_each_code(spec_of(type_), codes)
    if len(fields) > limits.BODY_FIELDS:
        raise ParleyError(Reason.FIELDS_TOO_MANY, count=len(fields), limit=limits.BODY_FIELDS)
    size = 0
    for path, value in fields.items():
        place = parse_path(type_, path)
        if place.is_status:
            _check_status(path, value, fields)
        else:
            size += len(path) + place.check(path, value)
    if size > limits.BODY_BYTES:
        raise ParleyError(Reason.TOO_LARGE, size=size, limit=limits.BODY_BYTES)


def _check_languages(
    spec: TypeSpec, rule: FieldRule, codes: Mapping[str, Code], fields: Mapping[str, Value]
) -> None:
    """A unit's text stands in every authentic language, and beside those in translations alone.

    What each language is worth, the header says for all of them.
    """
    authentic = set(cast("tuple[str, ...]", codes[rule.in_languages or ""]))
    worth = cast("tuple[tuple[str, str], ...]", codes.get("translations", ()))
    known = authentic | {language for language, _ in worth}
    head, _, tail = rule.path.partition("<n>")
    for number in numbers(spec, codes, rule.per or ""):
        for language in authentic:
            path = f"{head}{number}{tail}@{language}"
            if path not in fields:
                raise ParleyError(Reason.FIELD_MISSING, type=spec.type, path=path)
    for path in fields:
        place = parse_path(spec.type, path)
        if place.rule.per != rule.per:
            continue
        if place.is_status or place.language not in known:
            raise ParleyError(Reason.FIELD_STATUS_INVALID, path=path)


class _Layout(NamedTuple):
    """What follows from a body's paths alone.

    ``checks`` has the check of each value, in order; none for the status of a version, whose
    paths stand in ``statuses``. ``size`` is that of the paths.
    """

    checks: tuple[Callable[[str, Value], int] | None, ...]
    statuses: tuple[str, ...]
    size: int


def _layout(type_: str, paths: tuple[str, ...], announced: tuple[tuple[int, ...], ...]) -> _Layout:
    """The layout of a body with ``paths``, where the header codes announce these numbers of items.

    :raises ParleyError: ``field-unknown``, ``field-missing``.
    """
    plan = _plan(type_)
    allowed = dict(zip(plan.counted, announced, strict=True))
    known = {name: frozenset(given) for name, given in allowed.items()}
    present: set[str] = set()
    checks: list[Callable[[str, Value], int] | None] = []
    statuses: list[str] = []
    for path in paths:
        rule, check, name, number, _, is_status = parse_path(type_, path)
        if number is not None and rule.per is not None and number not in known[rule.per]:
            raise ParleyError(Reason.FIELD_UNKNOWN, type=type_, path=path)
        if is_status:
            statuses.append(path)
            checks.append(None)
        else:
            present.add(name)
            checks.append(check)
    _check_required(plan, allowed, present)
    return _Layout(tuple(checks), tuple(statuses), sum(map(len, paths)))


_usual_layout: Final = lru_cache(maxsize=1024)(_layout)
"""Most bodies of a type are laid out alike: :func:`_layout`, worked out once for many."""


def _check_statuses(type_: str, fields: Mapping[str, Value], paths: Sequence[str]) -> None:
    statuses: dict[str, list[str]] = {}
    for path in paths:
        value = fields[path]
        _check_status(path, value, fields)
        statuses.setdefault(parse_path(type_, path).name, []).append(str(value))
    for name, given in statuses.items():
        _check_statuses_agree(name, given)


@lru_cache(maxsize=256)
def _plan(type_: str) -> _Plan:
    spec = spec_of(type_)
    needed = [rule for rule in spec.fields if rule.required]
    return _Plan(
        spec,
        {rule.path: rule for rule in spec.fields},
        frozenset(rule.path for rule in needed if rule.per is None),
        tuple(rule for rule in needed if rule.per is not None),
        frozenset(rule.per for rule in spec.fields if rule.per is not None),
        tuple(rule for rule in spec.fields if rule.in_languages is not None),
    )


@lru_cache(maxsize=8192)
def parse_path(type_: str, path: str) -> Place:
    """Take ``path`` apart by the fields that the type has.

    :raises ParleyError: ``field-unknown``, ``type-unknown``.
    """
    if len(path) <= limits.PATH_CHARACTERS:
        name, at, rest = path.partition("@")
        language = rest.removesuffix(_STATUS)
        number, pattern = _numbered(name)
        rule = _plan(type_).rules.get(pattern)
        if (
            rule is not None
            and bool(at) == rule.localised
            and (number is None) == (rule.per is None)
            and (not at or _LANGUAGE.fullmatch(language))
        ):
            check = _check_of(rule)
            is_status = rest.endswith(_STATUS)
            return Place(rule, check, name, number, language if at else None, is_status)
    raise ParleyError(Reason.FIELD_UNKNOWN, type=type_, path=_printable(path))


def _numbered(name: str) -> tuple[int | None, str]:
    """The number in ``name``, and ``name`` with ``<n>`` in its place."""
    parts = name.split("/", 2)
    if len(parts) == 3 and _NUMBER.fullmatch(parts[1]):
        return int(parts[1]), f"{parts[0]}/<n>/{parts[2]}"
    return None, name


def _printable(path: str) -> str:
    """A path that is none of ours, fit for a log or a screen."""
    return path if len(path) <= limits.PATH_CHARACTERS and path.isascii() else "?"


def _check_text(path: str, value: Value, limit: int, *, line: bool) -> int:
    """Check one text; return its size in bytes."""
    if not isinstance(value, str):
        raise ParleyError(Reason.FIELD_INVALID, path=path)
    try:
        text.check(value, limit, line=line)
    except ParleyError as error:
        raise ParleyError(error.reason, **{**error.details, "path": path}) from error
    return len(value) if value.isascii() else len(value.encode())


def _check_paragraphs(path: str, value: Value) -> int:
    return _check_text(path, value, limits.TEXT_CHARACTERS, line=False)


def _check_line(path: str, value: Value) -> int:
    return _check_text(path, value, limits.LINE_CHARACTERS, line=True)


def _check_digest(path: str, value: Value) -> int:
    if not isinstance(value, bytes) or len(value) != _DIGEST_BYTES:
        raise ParleyError(Reason.FIELD_INVALID, path=path)
    return _DIGEST_BYTES


def _check_attachment(path: str, value: Value) -> int:
    """A root and a size, which is not 0."""
    if not isinstance(value, bytes) or len(value) != _ATTACHMENT_BYTES:
        raise ParleyError(Reason.FIELD_INVALID, path=path)
    if not 0 < int.from_bytes(value[_DIGEST_BYTES:], "big") <= limits.ATTACHMENT_BYTES:
        raise ParleyError(Reason.FIELD_INVALID, path=path)
    return _ATTACHMENT_BYTES


def _check_date(path: str, value: Value) -> int:
    if not isinstance(value, str) or not is_date(value):
        raise ParleyError(Reason.FIELD_INVALID, path=path)
    return len(value)


def _check_token(path: str, value: Value) -> int:
    if not isinstance(value, str) or not is_slug(value):
        raise ParleyError(Reason.FIELD_INVALID, path=path)
    return len(value)


def _check_time(path: str, value: Value) -> int:
    if type(value) is not int or not 0 <= value <= LATEST_TIME:
        raise ParleyError(Reason.FIELD_INVALID, path=path)
    return _INTEGER_BYTES


def _check_number(path: str, value: Value) -> int:
    if type(value) is not int or not 0 <= value <= _GREATEST_NUMBER:
        raise ParleyError(Reason.FIELD_INVALID, path=path)
    return _INTEGER_BYTES


_CHECKS: Final[Mapping[FieldKind, Callable[[str, Value], int]]] = {
    FieldKind.TEXT: _check_paragraphs,
    FieldKind.LINE: _check_line,
    FieldKind.DIGEST: _check_digest,
    FieldKind.DATE: _check_date,
    FieldKind.TIME: _check_time,
    FieldKind.NUMBER: _check_number,
    FieldKind.TOKEN: _check_token,
    FieldKind.ATTACHMENT: _check_attachment,
}


def _check_of(rule: FieldRule) -> Callable[[str, Value], int]:
    """The check of the values of a field."""
    check = _CHECKS[rule.kind]
    if not rule.choices:
        return check

    def check_choice(path: str, value: Value) -> int:
        if value not in rule.choices:
            raise ParleyError(Reason.FIELD_INVALID, path=path)
        return check(path, value)

    return check_choice


def _check_status(path: str, value: Value, fields: Mapping[str, Value]) -> None:
    if path.removesuffix(_STATUS) not in fields or value not in LANGUAGE_STATUSES:
        raise ParleyError(Reason.FIELD_INVALID, path=path)


def _check_statuses_agree(name: str, given: Collection[str]) -> None:
    """One authentic version, or several equally authentic ones; translations beside them."""
    given = list(given)
    authentic = given.count(LanguageStatus.AUTHENTIC)
    equally = given.count(LanguageStatus.EQUALLY_AUTHENTIC)
    if authentic > 1 or (authentic and equally) or equally == 1:
        raise ParleyError(Reason.FIELD_STATUS_INVALID, path=name)


def _check_required(plan: _Plan, allowed: Mapping[str, Collection[int]], present: set[str]) -> None:
    type_ = plan.spec.type
    if not plan.required <= present:
        path = min(plan.required - present)
        raise ParleyError(Reason.FIELD_MISSING, type=type_, path=path)
    for rule in plan.required_per:
        head, _, tail = rule.path.partition("<n>")
        for number in allowed[rule.per or ""]:
            if f"{head}{number}{tail}" not in present:
                path = f"{head}{number}{tail}"
                raise ParleyError(Reason.FIELD_MISSING, type=type_, path=path)
