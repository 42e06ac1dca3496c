"""A text as a TOML file: an empty one to fill in, or a draft as it stands, to be revised.

What stands in it follows from the declaration of the type in ``parley.domain.catalogue``; how it
is read back is the matter of :mod:`parley.cli.manuscript`.
"""

from __future__ import annotations

import json
import re
import textwrap
from collections.abc import Iterable, Mapping
from typing import Final, NamedTuple, cast

from parley.application.writing import Writing
from parley.cli import foreign, manuscript, times
from parley.domain.body import LanguageStatus
from parley.domain.catalogue import spec_of
from parley.domain.shape import CodeKind, CodeRule, FieldKind, FieldRule, Opens, TypeSpec
from parley.domain.types.inquiry import ANSWER_STATUSES
from parley.record.body import Value

_STORY: Final = "story/"
_NUMBERED: Final = re.compile(r"([a-z-]+)/([0-9]+)/([a-z0-9-]+)(?:@(.+))?")
_CONTROL: Final = re.compile("[\x00-\x08\x0b-\x1f\x7f]")
_WIDTH: Final = 31
_COMMENT_WIDTH: Final = 64

_REMARKS: Final[Mapping[str, str]] = {
    "registry-own": "our own number for this text",
    "registry-peer": "their number for the text that it answers",
}


class Asked(NamedTuple):
    """A question that waits for an answer: its number and its text."""

    number: int
    text: str


def blank(type_: str, language: str, asked: Iterable[Asked] = ()) -> str:
    """A file to fill in for a type. ``asked`` are the questions that it may answer."""
    spec = spec_of(type_)
    lines = [
        f"# {type_}: {spec.purpose}.",
        "# Fill in what stands between the quotes. A line that begins with # is left out;",
        "# remove the # to use it.",
        "",
        *_blank_header(spec),
        "",
        "# The language of the texts below. For several languages write, in place of a text,",
        '#     { en = "...", ru = "..." }',
        f"language = {_quoted(language)}",
        "",
        *_blank_fields(spec),
        "",
        *_blank_languages(language),
        *_blank_groups(spec, list(asked)),
    ]
    return "\n".join(_tidy(lines)) + "\n"


def filled(writing: Writing, revision: int) -> str:
    """A draft as a file; read back, it gives the same writing."""
    spec = spec_of(writing.type)
    lines = [
        f"# {writing.type}, as it stands at revision {revision}.",
        f"type = {_quoted(writing.type)}",
        f"revision = {revision}  # a change by somebody else in the meantime is noticed by it",
        f"precedence = {_quoted(manuscript.PRECEDENCES[writing.precedence])}",
        f"tlp = {_quoted(writing.tlp)}",
    ]
    for name, value in (
        ("pap", writing.pap),
        ("legal-basis", writing.legal_basis),
        ("reference", writing.reference.hex() if writing.reference else None),
        ("from-office", writing.from_office.hex() if writing.from_office else None),
        ("reply-wanted", times.compact(writing.reply_wanted) if writing.reply_wanted else None),
    ):
        if value is not None:
            lines.append(f"{name} = {_quoted(value)}")
    if writing.to_offices:
        offices = ", ".join(_quoted(office.hex()) for office in writing.to_offices)
        lines.append(f"to-offices = [{offices}]")
    lines += _filled_codes(spec, writing)
    lines += _filled_fields(spec, writing.values)
    lines += _filled_languages(writing.values)
    lines += _filled_groups(writing)
    return "\n".join(_tidy(lines)) + "\n"


# --- blank ---------------------------------------------------------------------------------------


def _blank_header(spec: TypeSpec) -> list[str]:
    lines = [
        f"type = {_quoted(spec.type)}",
        _entry("precedence", "routine", " ".join(manuscript.PRECEDENCES)),
        _entry("tlp", "amber", " ".join(manuscript.TLP_LABELS)),
        _entry("pap", "amber", " ".join(manuscript.PAP_COLOURS), used=False),
        _entry("legal-basis", "budapest-29", "a short name of the law invoked", used=False),
        _entry("from-office", "1", "number, name or identifier in our letter", used=False),
        '# to-offices = ["1"]            # the same in their letter',
    ]
    if spec.opens != Opens.NEVER:
        lines.append(_entry("channel", "standing", "where there is more than one", used=False))
    if spec.reference:
        lines.append(
            _entry("reference", "7be0a1", "what it answers; the newest if absent", used=False)
        )
    lines.append(
        _entry(
            "reply-wanted",
            "60d",
            "time for the full answer: h, d, w",
            used=spec.reply_wanted_required,
        )
    )
    for rule in spec.codes:
        lines += _blank_code(rule)
    return lines


def _blank_code(rule: CodeRule) -> list[str]:
    name = manuscript.entry_of_code(rule.name, rule.kind)
    if rule.kind == CodeKind.TIME:
        comment = "a length of time, a day, or a time in UTC"
        return [_entry(name, "14d", comment, used=rule.required)]
    if rule.kind != CodeKind.TOKEN:
        return []
    # Left empty on purpose: nobody should sign a choice that a template made.
    choices = "one of: " + " ".join(rule.choices)
    if len(choices) <= _COMMENT_WIDTH:
        return [_entry(name, "", choices, used=rule.required)]
    return [*_comment(choices), f'{"" if rule.required else "# "}{name} = ""']


def _blank_languages(language: str) -> list[str]:
    other = "ru" if language != "ru" else "en"
    return [
        "# What each language version is worth: " + ", ".join(list(LanguageStatus)[:3]) + ",",
        "# " + ", ".join(list(LanguageStatus)[3:]) + ".",
        "# [languages]",
        f'# {language} = "authentic"',
        f'# {other} = "official-translation"',
    ]


def _blank_fields(spec: TypeSpec) -> list[str]:
    lines: list[str] = []
    for rule in spec.fields:
        if rule.per or rule.path.startswith(_STORY):
            continue
        name = manuscript.entry_of(rule)
        mark = "" if rule.required else "# "
        if rule.kind == FieldKind.TEXT:
            lines += ["", f'{mark}{name} = """', f'{mark}"""']
        else:
            lines.append(
                _entry(name, "", _REMARKS[name], used=rule.required)
                if name in _REMARKS
                else f'{mark}{name} = ""'
            )
    # All of them stand before the first table, which would take in what follows it.
    return lines


def _blank_groups(spec: TypeSpec, asked: list[Asked]) -> list[str]:
    lines: list[str] = []
    for group, rules in _groups(spec).items():
        items = asked if group == "answers" and asked else [None]
        for item in items:
            lines += ["", *_blank_item(group, rules, item)]
    return lines


def _blank_item(group: str, rules: list[FieldRule], asked: Asked | None) -> list[str]:
    needed = group != "evidence" and any(rule.required for rule in rules)
    mark = "" if needed else "# "
    lines = [f"{mark}[[{group}]]"]
    if group == "answers":
        if asked is not None:
            lines = [*(f"# {line}" for line in _commented(asked.text)), *lines]
        choices = "one of: " + " ".join(ANSWER_STATUSES)
        lines.append(f"{mark}question = {asked.number if asked else 1}")
        lines.append(mark + _entry("status", "", choices))
    for rule in rules:
        name = rule.path.split("/")[2]
        if rule.kind == FieldKind.TEXT:
            lines += [f'{mark}{name} = """', f'{mark}"""']
        elif rule.kind == FieldKind.DIGEST:
            lines.append('# file = "capture.pcap"          # its SHA-256 goes with the text')
        else:
            lines.append(f'{mark}{name} = ""')
    return lines


# --- filled --------------------------------------------------------------------------------------


def _filled_codes(spec: TypeSpec, writing: Writing) -> list[str]:
    lines: list[str] = []
    for rule in spec.codes:
        value = writing.codes.get(rule.name)
        if rule.kind not in manuscript.WRITTEN or value is None:
            continue
        name = manuscript.entry_of_code(rule.name, rule.kind)
        if rule.kind == CodeKind.TIME and isinstance(value, int):
            lines.append(f"{name} = {_quoted(times.iso(value))}")
        elif isinstance(value, int):
            lines.append(f"{name} = {value}")
        else:
            lines.append(f"{name} = {_quoted(str(value))}")
    return lines


def _filled_fields(spec: TypeSpec, values: Mapping[str, Value]) -> list[str]:
    lines: list[str] = []
    for rule in spec.fields:
        if rule.per:
            continue
        name = manuscript.entry_of(rule)
        if rule.localised:
            lines += [
                f"{name}.{language} = {_text(value)}"
                for language, value in _versions(values, rule.path)
            ]
        elif rule.path in values:
            lines.append(f"{name} = {_text(values[rule.path])}")
    return lines


def _filled_languages(values: Mapping[str, Value]) -> list[str]:
    worth = {
        path.removesuffix("/status").partition("@")[2]: value
        for path, value in values.items()
        if path.endswith("/status") and "@" in path
    }
    if not worth:
        return []
    return ["", "[languages]", *(f"{k} = {_quoted(str(v))}" for k, v in worth.items())]


def _filled_groups(writing: Writing) -> list[str]:
    items: dict[tuple[str, int], list[str]] = {}
    for path, value in writing.values.items():
        found = _NUMBERED.fullmatch(path)
        if found is None or path.endswith("/status"):
            continue
        group, number, name, language = found[1], int(found[2]), found[3], found[4]
        key = f"{name}.{language}" if language else name
        items.setdefault((group, number), []).append(f"{key} = {_text(value)}")
    statuses = dict(cast("tuple[tuple[int, str], ...]", writing.codes.get("answers", ())))
    lines: list[str] = []
    for (group, number), entries in sorted(items.items()):
        lines += ["", f"[[{group}]]"]
        if group == "answers":
            lines += [f"question = {number}", f"status = {_quoted(str(statuses[number]))}"]
        lines += entries
    return lines


def _versions(values: Mapping[str, Value], path: str) -> list[tuple[str, Value]]:
    start = f"{path}@"
    return [
        (name.removeprefix(start), value)
        for name, value in values.items()
        if name.startswith(start) and not name.endswith("/status")
    ]


# --- TOML ----------------------------------------------------------------------------------------


def _groups(spec: TypeSpec) -> dict[str, list[FieldRule]]:
    groups: dict[str, list[FieldRule]] = {}
    for rule in spec.fields:
        if rule.per:
            groups.setdefault(rule.path.split("/")[0], []).append(rule)
    return groups


def _entry(name: str, value: str, comment: str, *, used: bool = True) -> str:
    line = f"{'' if used else '# '}{name} = {_quoted(value)}"
    return f"{line:<{_WIDTH}} # {comment}"


def _comment(text: str) -> list[str]:
    return textwrap.wrap(text, 76, initial_indent="# ", subsequent_indent="#   ")


def _commented(text: str) -> list[str]:
    """A text of the other side for comments: no line of it can leave the comment."""
    return [foreign.bare(line) for line in text.split("\n")]


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def _text(value: Value) -> str:
    """A value: a text on several lines where it has some, else on one."""
    if isinstance(value, bytes):
        return _quoted(value.hex())
    text = str(value)
    if "\n" not in text:
        return _quoted(text)
    escaped = text.replace("\\", "\\\\").replace('"""', '""\\"')
    escaped = _CONTROL.sub(lambda found: f"\\u{ord(found.group()):04X}", escaped)
    return f'"""\n{escaped}"""'


def _tidy(lines: list[str]) -> list[str]:
    """``lines`` without two empty ones in a row."""
    return [line for at, line in enumerate(lines) if line or at == 0 or lines[at - 1]]
