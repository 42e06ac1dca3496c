"""What an officer wrote, in a TOML file or with options, and the writing that it comes to.

Options and files give the same entries, so there is one way from entries to a writing. Which
entries a type has follows from its declaration in ``parley.domain.catalogue``:

=======================  ==========================================================================
entry                    means
=======================  ==========================================================================
``subject = "..."``      a field, in the language ``language``
``subject = {en=..}``    the same by language
``registry-own``         the field ``registry/own``
``[[questions]]``        the numbered fields ``questions/<n>/...``; a plain text stands for ``text``
``[[answers]]``          as above, with ``question`` and ``status``, which go into the header
``severity``, ``ground`` header codes, as :mod:`parley.presentation.coding` has them
``[languages]``          what each language version is worth
=======================  ==========================================================================
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final, NamedTuple

from parley.application.writing import Writing
from parley.domain.act import Code, Precedence
from parley.domain.body import LANGUAGE_STATUSES, LanguageStatus
from parley.domain.catalogue import spec_of
from parley.domain.header import PAP_COLOURS, TLP_LABELS
from parley.domain.shape import CodeKind, CodeRule, FieldKind, FieldRule, Opens, TypeSpec
from parley.kernel.errors import ParleyError
from parley.kernel.reasons import Reason
from parley.presentation import coding, times
from parley.record.body import Value

Entries = Mapping[str, Any]

PRECEDENCES: Final = tuple(level.name.lower() for level in Precedence)

# Entries that are no text and no code of the type.
HEADER: Final = (
    "type",
    "revision",
    "channel",
    "language",
    "languages",
    "from-office",
    "to-offices",
    "reference",
    "precedence",
    "tlp",
    "pap",
    "legal-basis",
    "reply-wanted",
)
_TOKEN: Final = re.compile(r"[a-z0-9][a-z0-9-]{0,39}", re.ASCII)
LANGUAGE: Final = re.compile(r"[a-z]{2,3}(?:-[A-Za-z0-9]{2,8}){0,3}", re.ASCII)
_PLACE: Final = re.compile(r"line ([0-9]+), column ([0-9]+)", re.ASCII)
_DIGEST_BYTES: Final = 32
_ATTACHMENT_BYTES: Final = 40

AUTHENTIC: Final = "authentic"
"""The code that says which languages of a text in units are authentic."""


class Circumstances(NamedTuple):
    """What entries are read against.

    ``language`` is that of texts without one, ``following`` the codes that follow from the case,
    ``now`` the time (seconds since the epoch). ``digest_of`` gives SHA-256 of a file of evidence by
    the name that the entries have for it; where there is none, entries name no files.
    ``unfinished``: what is still to be written may be missing.
    """

    language: str
    now: int
    following: Mapping[str, Code] = {}
    digest_of: Callable[[str], bytes] | None = None
    unfinished: bool = False


def parse(data: bytes) -> dict[str, Any]:
    """The entries in the bytes of a TOML file.

    :raises ParleyError: ``text-not-utf8``, ``manuscript-invalid``.
    """
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise ParleyError(Reason.TEXT_NOT_UTF8) from error
    try:
        return tomllib.loads(text)
    except (ValueError, RecursionError) as error:
        # Not only TOMLDecodeError: a number of too many digits, arrays in too many arrays.
        raise ParleyError(Reason.MANUSCRIPT_INVALID, place=_position(error)) from error


def compose(type_: str, entries: Entries, circumstances: Circumstances) -> Writing:
    """The writing that ``entries`` of a type come to; case, offices and reference are not in it.

    :raises ParleyError: ``manuscript-empty``, ``manuscript-entry-unknown``,
        ``manuscript-entry-invalid``, ``duration-invalid``, ``time-invalid``, errors of files.
    """
    empty = all(name in HEADER for name in entries) and spec_of(type_).opens == Opens.ALWAYS
    if empty and not circumstances.unfinished:
        raise ParleyError(Reason.MANUSCRIPT_EMPTY)
    return _Reading(spec_of(type_), entries, circumstances).writing()


class _Reading:
    """One reading of entries."""

    def __init__(self, spec: TypeSpec, entries: Entries, circumstances: Circumstances) -> None:
        self._spec = spec
        self._entries = entries
        self._circumstances = circumstances
        self._language = self._text_language()
        self._values: dict[str, Value] = {}
        self._codes: dict[str, Code] = {}

    def writing(self) -> Writing:
        """Read everything; refuse what the type does not have."""
        groups = groups_of(self._spec)
        fields = {entry_of(rule): rule for rule in self._spec.fields if not rule.per}
        codes = coding.written(self._spec)
        for name, value in self._entries.items():
            if name in HEADER:
                continue
            if name in groups:
                self._read_group(name, groups[name], value)
            elif name in fields:
                self._put(fields[name], fields[name].path, value, name)
            elif name in codes:
                code = coding.read(codes[name], value, self._circumstances.now)
                self._codes[codes[name].name] = code
            else:
                raise ParleyError(Reason.MANUSCRIPT_ENTRY_UNKNOWN, type=self._spec.type, place=name)
        self._put_authentic()
        self._put_statuses()
        if not self._circumstances.unfinished:
            self._check_groups()
        return Writing(
            type=self._spec.type,
            values=self._values,
            codes=self._codes,
            legal_basis=self._token("legal-basis"),
            precedence=PRECEDENCES.index(self._chosen("precedence", PRECEDENCES) or PRECEDENCES[0]),
            tlp=self._chosen("tlp", TLP_LABELS) or "amber",
            pap=self._chosen("pap", PAP_COLOURS),
            reply_wanted=self._duration("reply-wanted"),
        )

    # --- header ------------------------------------------------------------------------------

    def _text_language(self) -> str:
        language = self._entries.get("language", self._circumstances.language)
        if not isinstance(language, str) or not LANGUAGE.fullmatch(language):
            raise coding.invalid("language")
        return language

    def _string(self, name: str) -> str | None:
        value = self._entries.get(name)
        if value is None or value == "":
            return None
        if not isinstance(value, str):
            raise coding.invalid(name)
        return value

    def _chosen(self, name: str, choices: tuple[str, ...]) -> str | None:
        value = self._string(name)
        if value is not None and value not in choices:
            raise coding.not_among(value, name, choices)
        return value

    def _token(self, name: str) -> str | None:
        value = self._string(name)
        if value is not None and not _TOKEN.fullmatch(value):
            raise coding.invalid(name)
        return value

    def _duration(self, name: str) -> int | None:
        value = self._string(name)
        return None if value is None else coding.placed(name, lambda: times.duration(value))

    # --- body --------------------------------------------------------------------------------

    def _check_groups(self) -> None:
        """Refuse a text without the one item at least that its type needs."""
        for group, rules in groups_of(self._spec).items():
            code = self._spec.code(rules[0].per or "")
            if code.required and code.least and not self._codes.get(code.name):
                path = next((rule.path for rule in rules if rule.required), f"{group}/<n>")
                raise ParleyError(
                    Reason.FIELD_MISSING, type=self._spec.type, path=path.replace("<n>", "1")
                )

    def _read_group(self, group: str, rules: list[FieldRule], value: object) -> None:
        """The items of a group, or the code that announces them where no item says more."""
        code = self._spec.code(rules[0].per or "")
        items = value if isinstance(value, list) else None
        if code.kind in _BARE and (items is None or not any(isinstance(i, dict) for i in items)):
            self._codes[code.name] = coding.read(code, value, self._circumstances.now)
            return
        if items is None:
            raise coding.invalid(group)
        parts = {tail_of(rule): rule for rule in rules}
        read = [
            self._item(code, next(iter(parts)), item, group, place)
            for place, item in enumerate(items, 1)
        ]
        for number, where, item in self._numbered(code, read):
            self._put_item(parts, item, f"{group}/{number}", where)

    def _item(self, code: CodeRule, first: str, item: object, group: str, place: int) -> _Item:
        """An item, and by what its code announces it; a plain text is its first field."""
        where = f"{group}[{place}]"
        given = {first: item} if isinstance(item, str) else item
        if not isinstance(given, dict):
            raise coding.invalid(where)
        given = dict(given)
        if code.kind == CodeKind.DIGESTS and self._spec.opens != Opens.NEVER:
            # The units of a new text are numbered in their order, unless the file says otherwise.
            given.setdefault(code.entries[0], place)
        unfinished = self._circumstances.unfinished
        key = (
            None
            if code.kind == CodeKind.COUNT
            else coding.key(code, given, where, unfinished=unfinished)
        )
        return _Item(key, where, given)

    def _numbered(
        self, code: CodeRule, items: list[_Item]
    ) -> Iterator[tuple[int, str, dict[str, Any]]]:
        """The number, place and fields of each item; notes what they come to in the header."""
        if code.kind == CodeKind.COUNT:
            first = self._circumstances.following.get(code.start or "", 1)
            start = first if isinstance(first, int) else 1
            self._codes[code.name] = len(items)
            for number, item in enumerate(items, start):
                yield number, item.where, item.fields
            return
        keyed = [(item.key, item) for item in items if item.key is not None]
        if code.kind != CodeKind.TOKENS:
            keyed.sort(key=lambda pair: pair[0][0])
        names = [key[0] for key, _ in keyed]
        for at, (key, item) in enumerate(keyed):
            if key[0] in names[:at]:
                raise coding.invalid(f"{item.where}.{code.entries[0]}")
        if announced := coding.announced(code, [key for key, _ in keyed]):
            self._codes[code.name] = announced
        for place, (key, item) in enumerate(keyed, 1):
            number = key[0] if isinstance(key[0], int) else place
            yield number, item.where, item.fields

    def _put_item(
        self, rules: Mapping[str, FieldRule], item: dict[str, Any], path: str, where: str
    ) -> None:
        if "file" in item and "sha256" in rules and self._circumstances.digest_of is not None:
            name = item.pop("file")
            if not isinstance(name, str):
                raise coding.invalid(f"{where}.file")
            item["sha256"] = self._circumstances.digest_of(name)
        for name, value in item.items():
            if name not in rules:
                raise ParleyError(
                    Reason.MANUSCRIPT_ENTRY_UNKNOWN, type=self._spec.type, place=f"{where}.{name}"
                )
            tail = rules[name].path.split("/", 2)[2]
            self._put(rules[name], f"{path}/{tail}", value, f"{where}.{name}")

    def _put(self, rule: FieldRule, path: str, value: object, where: str) -> None:
        """One field: a text, by language where the field has languages."""
        if not rule.localised:
            self._values[path] = self._plain(rule, value, where)
            return
        versions = value if isinstance(value, dict) else {self._language: value}
        for language, text in versions.items():
            if not LANGUAGE.fullmatch(language) or not isinstance(text, str):
                raise coding.invalid(where)
            if text.strip():
                self._values[f"{path}@{language}"] = text

    def _plain(self, rule: FieldRule, value: object, where: str) -> Value:
        if isinstance(value, dict | list):
            raise coding.invalid(where)
        match rule.kind:
            case FieldKind.DIGEST:
                return _digest(value, where)
            case FieldKind.ATTACHMENT:
                return _hexadecimal(value, where, _ATTACHMENT_BYTES)
            case FieldKind.TIME:
                now = self._circumstances.now
                return coding.placed(where, lambda: times.moment(str(value), now))
            case FieldKind.NUMBER:
                if type(value) is not int:
                    raise coding.invalid(where)
                return value
        if rule.choices and value not in rule.choices:
            raise coding.not_among(value, where, rule.choices)
        return str(value)

    def _put_authentic(self) -> None:
        """The authentic languages of a text in units: all that it has, but for translations."""
        if not has_authentic(self._spec) or AUTHENTIC in {
            *self._codes,
            *self._circumstances.following,
        }:
            return
        named = self._codes.get("translations", ())
        pairs = named if isinstance(named, tuple) else ()
        translated = {pair[0] for pair in pairs if isinstance(pair, tuple)}
        found = dict.fromkeys(
            path.partition("@")[2] for path in self._values if path.startswith("units/")
        )
        authentic = tuple(one for one in found if one not in translated)
        if authentic or not self._circumstances.unfinished:
            self._codes[AUTHENTIC] = authentic

    def _put_statuses(self) -> None:
        """What each language version is worth, for every text that has it."""
        worth = self._entries.get("languages", {})
        if worth and has_authentic(self._spec):
            raise ParleyError(
                Reason.MANUSCRIPT_ENTRY_UNKNOWN, type=self._spec.type, place="languages"
            )
        if not isinstance(worth, dict):
            raise coding.invalid("languages")
        for language, status in worth.items():
            if status not in LANGUAGE_STATUSES:
                raise coding.not_among(status, f"languages.{language}", tuple(LanguageStatus))
            for path in [path for path in self._values if path.endswith(f"@{language}")]:
                self._values[f"{path}/status"] = status


class _Item(NamedTuple):
    """An item of a group; ``key`` is what its code announces it by, none where it only counts."""

    key: coding.Key | None
    where: str
    fields: dict[str, Any]


_BARE: Final = (CodeKind.NUMBERS, CodeKind.RANGES, CodeKind.TOKENS)
"""Kinds of codes that may stand for a group by themselves."""


def has_authentic(spec: TypeSpec) -> bool:
    """Whether the header says which languages of a text are authentic; then no status does."""
    return any(rule.name == AUTHENTIC for rule in spec.codes)


def groups_of(spec: TypeSpec) -> dict[str, list[FieldRule]]:
    """The groups of numbered fields of a type, each by the first part of its paths."""
    groups: dict[str, list[FieldRule]] = {}
    for rule in spec.fields:
        if rule.per:
            groups.setdefault(rule.path.split("/")[0], []).append(rule)
    return groups


def entry_of(rule: FieldRule) -> str:
    """The entry of a field that is not numbered."""
    return rule.path.replace("/", "-")


def tail_of(rule: FieldRule) -> str:
    """The entry of a numbered field within its item."""
    return rule.path.split("/", 2)[2].replace("/", "-")


def _digest(value: object, where: str) -> bytes:
    return _hexadecimal(value, where, _DIGEST_BYTES)


def _hexadecimal(value: object, where: str, size: int) -> bytes:
    try:
        found = value if isinstance(value, bytes) else bytes.fromhex(str(value))
    except ValueError as error:
        raise coding.invalid(where) from error
    if len(found) != size:
        raise coding.invalid(where)
    return found


def _position(error: Exception) -> str:
    """Line and column of a fault, as ``3:14``; the end of the file where there is none."""
    found = _PLACE.search(str(error))
    return f"{found[1]}:{found[2]}" if found else "EOF"
