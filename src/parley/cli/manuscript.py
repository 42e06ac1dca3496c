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
``[[answers]]``          as above, with ``question`` and ``status``, which go into the header too
``severity``, ``ground`` header codes
``next-step-at``         a header code that is a time
``[languages]``          what each language version is worth
=======================  ==========================================================================
"""

from __future__ import annotations

import hashlib
import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final, NamedTuple

from parley.application.writing import Writing
from parley.cli import files, times
from parley.domain.act import ActType, Code, Precedence
from parley.domain.body import LANGUAGE_STATUSES, LanguageStatus
from parley.domain.catalogue import spec_of
from parley.domain.shape import CodeKind, CodeRule, FieldKind, FieldRule, Opens, TypeSpec
from parley.domain.types.inquiry import ANSWER_STATUSES
from parley.kernel import limits
from parley.kernel.errors import ParleyError
from parley.kernel.reasons import Reason
from parley.record.body import Value

Entries = Mapping[str, Any]

TLP_LABELS: Final = ("red", "amber-strict", "amber", "green", "clear")
PAP_COLOURS: Final = ("red", "amber", "green", "clear")
PRECEDENCES: Final = tuple(level.name.lower() for level in Precedence)
FILE_BYTES: Final = 4 * limits.MIB

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
_LANGUAGE: Final = re.compile(r"[a-z]{2,3}(?:-[A-Za-z0-9]{2,8}){0,3}", re.ASCII)
_PLACE: Final = re.compile(r"line ([0-9]+), column ([0-9]+)", re.ASCII)
_DIGEST_BYTES: Final = 32


class Circumstances(NamedTuple):
    """What entries are read against.

    ``language`` is that of texts without one, ``first_question`` the number of the first new
    question, ``folder`` where files of evidence lie, ``now`` the time (seconds since the epoch).
    """

    language: str
    now: int
    first_question: int = 1
    folder: Path = Path()


def load(path: Path) -> dict[str, Any]:
    """The entries in a TOML file.

    :raises ParleyError: the errors of a file; ``text-not-utf8``, ``manuscript-invalid``.
    """
    return parse(files.read(path, FILE_BYTES))


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
    if all(name in HEADER for name in entries) and spec_of(type_).opens == Opens.ALWAYS:
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
        groups = {rule.path.split("/")[0] for rule in self._spec.fields if rule.per}
        fields = {entry_of(rule): rule for rule in self._spec.fields if not rule.per}
        codes = {entry_of_code(rule.name, rule.kind): rule for rule in self._spec.codes}
        for name, value in self._entries.items():
            if name in HEADER:
                continue
            if name in groups:
                self._read_group(name, value)
            elif name in fields:
                self._put(fields[name], fields[name].path, value, name)
            elif name in codes and codes[name].kind in WRITTEN:
                self._codes[codes[name].name] = self._code(name, codes[name], value)
            else:
                raise ParleyError(Reason.MANUSCRIPT_ENTRY_UNKNOWN, type=self._spec.type, place=name)
        self._put_statuses()
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
        if not isinstance(language, str) or not _LANGUAGE.fullmatch(language):
            raise _invalid("language")
        return language

    def _string(self, name: str) -> str | None:
        value = self._entries.get(name)
        if value is None or value == "":
            return None
        if not isinstance(value, str):
            raise _invalid(name)
        return value

    def _chosen(self, name: str, choices: tuple[str, ...]) -> str | None:
        value = self._string(name)
        if value is not None and value not in choices:
            raise _not_among(value, name, choices)
        return value

    def _token(self, name: str) -> str | None:
        value = self._string(name)
        if value is not None and not _TOKEN.fullmatch(value):
            raise _invalid(name)
        return value

    def _duration(self, name: str) -> int | None:
        value = self._string(name)
        return None if value is None else times.duration(value)

    def _code(self, name: str, rule: CodeRule, value: object) -> Code:
        if rule.kind == CodeKind.TIME:
            return times.moment(str(value), self._circumstances.now)
        if rule.kind == CodeKind.INTEGER and type(value) is int:
            return value
        if not isinstance(value, str):
            raise _invalid(name)
        if value not in rule.choices:
            raise _not_among(value, name, rule.choices)
        return value

    # --- body --------------------------------------------------------------------------------

    def _check_groups(self) -> None:
        """Refuse a text without the one item at least that its type needs."""
        for rule in self._spec.codes:
            if rule.kind == CodeKind.COUNT and rule.least and not self._entries.get(rule.name):
                path = next((f.path for f in self._spec.fields if f.per == rule.name), None)
                if path is not None:
                    raise ParleyError(
                        Reason.FIELD_MISSING,
                        type=self._spec.type,
                        path=path.replace("<n>", "1"),
                    )

    def _read_group(self, group: str, items: object) -> None:
        """Numbered items: of questions, evidence, answers or conditions."""
        rules = {
            rule.path.split("/")[2]: rule
            for rule in self._spec.fields
            if rule.per and rule.path.startswith(f"{group}/")
        }
        if not isinstance(items, list):
            raise _invalid(group)
        first = self._circumstances.first_question if self._spec.type == ActType.SUPPLEMENT else 1
        statuses: dict[int, str] = {}
        for place, item in enumerate(items):
            given = {next(iter(rules)): item} if isinstance(item, str) else item
            where = f"{group}[{place + 1}]"
            if not isinstance(given, dict):
                raise _invalid(where)
            given = dict(given)
            number = place + (first if group == "questions" else 1)
            if group == "answers":
                number, statuses = self._answered(given, statuses, where)
            if "file" in given and "sha256" in rules:
                given["sha256"] = self._digest_of(given.pop("file"), where)
            for name, value in given.items():
                if name not in rules:
                    raise ParleyError(
                        Reason.MANUSCRIPT_ENTRY_UNKNOWN,
                        type=self._spec.type,
                        place=f"{where}.{name}",
                    )
                self._put(rules[name], f"{group}/{number}/{name}", value, f"{where}.{name}")
        if group != "answers":
            self._codes[group] = len(items)
        elif statuses:
            self._codes[group] = tuple(sorted(statuses.items()))

    def _answered(
        self, item: dict[str, Any], statuses: dict[int, str], where: str
    ) -> tuple[int, dict[int, str]]:
        """The question that an answer is for, and the statuses with this one's."""
        number, status = item.pop("question", None), item.pop("status", None)
        if type(number) is not int or number < 1 or number in statuses:
            raise _invalid(f"{where}.question")
        if status not in ANSWER_STATUSES:
            raise _not_among(status, f"{where}.status", ANSWER_STATUSES)
        return number, {**statuses, number: str(status)}

    def _put(self, rule: FieldRule, path: str, value: object, where: str) -> None:
        """One field: a text, by language where the field has languages."""
        if not rule.localised:
            self._values[path] = self._plain(rule, value, where)
            return
        versions = value if isinstance(value, dict) else {self._language: value}
        for language, text in versions.items():
            if not _LANGUAGE.fullmatch(language) or not isinstance(text, str):
                raise _invalid(where)
            if text.strip():
                self._values[f"{path}@{language}"] = text

    def _plain(self, rule: FieldRule, value: object, where: str) -> Value:
        if rule.kind != FieldKind.DIGEST:
            if isinstance(value, dict | list):
                raise _invalid(where)
            return str(value)
        try:
            digest = value if isinstance(value, bytes) else bytes.fromhex(str(value))
        except ValueError as error:
            raise _invalid(where) from error
        if len(digest) != _DIGEST_BYTES:
            raise _invalid(where)
        return digest

    def _digest_of(self, name: object, where: str) -> bytes:
        if not isinstance(name, str):
            raise _invalid(f"{where}.file")
        return digest_of(self._circumstances.folder / name)

    def _put_statuses(self) -> None:
        """What each language version is worth, for every text that has it."""
        worth = self._entries.get("languages", {})
        if not isinstance(worth, dict):
            raise _invalid("languages")
        for language, status in worth.items():
            if status not in LANGUAGE_STATUSES:
                raise _not_among(status, f"languages.{language}", tuple(LanguageStatus))
            for path in [path for path in self._values if path.endswith(f"@{language}")]:
                self._values[f"{path}/status"] = status


WRITTEN: Final = (CodeKind.TOKEN, CodeKind.TIME, CodeKind.INTEGER)
"""Kinds of codes that officers write; the others follow from the text."""


def entry_of(rule: FieldRule) -> str:
    """The entry of a field that is not numbered."""
    return rule.path.replace("/", "-")


def entry_of_code(name: str, kind: CodeKind) -> str:
    """The entry of a header code; a text about a time may have the code's own name."""
    return f"{name}-at" if kind == CodeKind.TIME else name


def digest_of(path: Path) -> bytes:
    """SHA-256 of a file of evidence, which stays where it is.

    :raises ParleyError: ``file-missing``, ``file-unreadable``.
    """
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").digest()
    except FileNotFoundError as error:
        raise ParleyError(Reason.FILE_MISSING, path=str(path)) from error
    except OSError as error:
        raise ParleyError(
            Reason.FILE_UNREADABLE, path=str(path), fact=type(error).__name__
        ) from error


def _position(error: Exception) -> str:
    """Line and column of a fault, as ``3:14``; the end of the file where there is none."""
    found = _PLACE.search(str(error))
    return f"{found[1]}:{found[2]}" if found else "EOF"


def _invalid(place: str) -> ParleyError:
    return ParleyError(Reason.MANUSCRIPT_ENTRY_INVALID, place=place)


def _not_among(value: object, name: str, choices: tuple[str, ...]) -> ParleyError:
    return ParleyError(
        Reason.ARGUMENT_INVALID, value=str(value), name=name, choices=", ".join(choices)
    )
