"""A text as a TOML file: an empty one to fill in, or a draft as it stands, to be revised.

What stands in it follows from the declaration of the type in ``parley.domain.catalogue``; how it
is read back is the matter of :mod:`parley.presentation.manuscript`.
"""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterable, Mapping
from typing import Final, NamedTuple

from parley.application.writing import Writing
from parley.domain.body import LanguageStatus
from parley.domain.catalogue import spec_of
from parley.domain.codes import numbers
from parley.domain.header import PAP_COLOURS, TLP_LABELS
from parley.domain.shape import CodeKind, CodeRule, FieldKind, FieldRule, Opens, TypeSpec
from parley.presentation import coding, foreign, manuscript, times
from parley.record.body import Value

_ATTACHMENTS: Final = "attachments"
_STORY: Final = "story/"
_NUMBERED: Final = re.compile(r"([a-z0-9-]+)/([0-9]+)/([a-z0-9/-]+)(?:@(.+))?")
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
        f"language = {coding.quoted(language)}",
        "",
        *_blank_fields(spec),
        "",
        *([] if manuscript.has_authentic(spec) else _blank_languages(language)),
        *_blank_groups(spec, list(asked)),
    ]
    return "\n".join(_tidy(lines)) + "\n"


def filled(writing: Writing, revision: int) -> str:
    """A draft as a file; read back, it gives the same writing."""
    spec = spec_of(writing.type)
    lines = [
        f"# {writing.type}, as it stands at revision {revision}.",
        f"type = {coding.quoted(writing.type)}",
        f"revision = {revision}  # a change by somebody else in the meantime is noticed by it",
        f"precedence = {coding.quoted(manuscript.PRECEDENCES[writing.precedence])}",
        f"tlp = {coding.quoted(writing.tlp)}",
    ]
    for name, value in (
        ("pap", writing.pap),
        ("legal-basis", writing.legal_basis),
        ("reference", writing.reference.hex() if writing.reference else None),
        ("from-office", writing.from_office.hex() if writing.from_office else None),
        ("reply-wanted", times.compact(writing.reply_wanted) if writing.reply_wanted else None),
    ):
        if value is not None:
            lines.append(f"{name} = {coding.quoted(value)}")
    if writing.to_offices:
        offices = ", ".join(coding.quoted(office.hex()) for office in writing.to_offices)
        lines.append(f"to-offices = [{offices}]")
    lines += _filled_codes(spec, writing)
    lines += _filled_fields(spec, writing.values)
    lines += _filled_languages(writing.values)
    lines += _filled_groups(spec, writing)
    return "\n".join(_tidy(lines)) + "\n"


# --- blank ---------------------------------------------------------------------------------------


def _blank_header(spec: TypeSpec) -> list[str]:
    lines = [
        f"type = {coding.quoted(spec.type)}",
        _entry("precedence", "routine", " ".join(manuscript.PRECEDENCES)),
        _entry("tlp", "amber", " ".join(TLP_LABELS)),
        _entry("pap", "amber", " ".join(PAP_COLOURS), used=False),
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
    for name, code in coding.written(spec).items():
        lines += _blank_code(name, code)
    return lines


def _blank_code(name: str, rule: CodeRule) -> list[str]:
    value, remark = coding.sample(rule)
    line = f"{'' if rule.required and not rule.follows else '# '}{name} = {value}"
    remark = rule.remark or remark
    if len(remark) <= _COMMENT_WIDTH:
        return [f"{line:<{_WIDTH}} # {remark}"]
    return [*_comment(remark), line]


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
                else f"{mark}{_blank_line(name, rule)}"
            )
    # All of them stand before the first table, which would take in what follows it.
    return lines


def _blank_groups(spec: TypeSpec, asked: list[Asked]) -> list[str]:
    lines: list[str] = []
    for group, rules in manuscript.groups_of(spec).items():
        if group == _ATTACHMENTS:
            # A command attaches files; what it writes here is no matter of typing.
            continue
        code = spec.code(rules[0].per or "")
        items = asked if code.kind == CodeKind.PAIRS and asked else [None]
        for item in items:
            lines += ["", *_blank_item(group, code, rules, item)]
    return lines


def _blank_item(
    group: str, code: CodeRule, rules: list[FieldRule], asked: Asked | None
) -> list[str]:
    # Where there need be no item, an empty one would stand in the way.
    needed = any(rule.required for rule in rules) and (
        code.kind != CodeKind.COUNT or code.least > 0
    )
    mark = "" if needed else "# "
    lines = [f"{mark}[[{group}]]"]
    if asked is not None:
        lines = [*(f"# {line}" for line in _commented(asked.text)), *lines]
    lines += [f"{mark}{line}" for line in _blank_key(code, asked)]
    for rule in rules:
        name = manuscript.tail_of(rule)
        own = mark if rule.required else "# "
        if rule.kind == FieldKind.TEXT:
            lines += [f'{own}{name} = """', f'{own}"""']
        elif name == "sha256":
            lines.append('# file = "capture.pcap"          # its SHA-256 goes with the text')
        else:
            lines.append(f"{own}{_blank_line(name, rule)}")
    return lines


def _blank_key(code: CodeRule, asked: Asked | None) -> list[str]:
    """The entries of an item that go into the header."""
    first, second = code.entries
    if code.kind == CodeKind.COUNT:
        return []
    named = code.kind in (CodeKind.TOKENS, CodeKind.NAMED)
    lines = [f'{first} = ""' if named else f"{first} = {asked.number if asked else 1}"]
    if code.kind in (CodeKind.PAIRS, CodeKind.NAMED):
        choices = "one of: " + " ".join(code.choices) if code.choices else "a short name"
        lines.append(_entry(second, "", choices))
    if code.kind == CodeKind.LINKS:
        lines.append(f"{second} = 1")
    return lines


def _blank_line(name: str, rule: FieldRule) -> str:
    """A field on one line, empty, with what may stand in it."""
    match rule.kind:
        case FieldKind.NUMBER:
            return f"{name} = 0"
        case FieldKind.TIME:
            return _entry(name, "14d", "a length of time, a day, or a time in UTC")
        case FieldKind.DATE:
            return _entry(name, "", "2017, 2017-07 or 2017-07-09")
        case FieldKind.DIGEST:
            return _entry(name, "", "SHA-256 in hexadecimal")
    if rule.choices:
        return _entry(name, "", "one of: " + " ".join(rule.choices))
    return f'{name} = ""'


# --- filled --------------------------------------------------------------------------------------


def _filled_codes(spec: TypeSpec, writing: Writing) -> list[str]:
    lines = [
        f"{name} = {coding.toml(rule, writing.codes[rule.name])}"
        for name, rule in coding.written(spec).items()
        if rule.name in writing.codes
    ]
    for group, rules in manuscript.groups_of(spec).items():
        # Items of which nothing is said but their numbers.
        code = spec.code(rules[0].per or "")
        value = writing.codes.get(code.name, ())
        if isinstance(value, tuple) and value and not _items(group, writing.values):
            lines.append(f"{group} = {coding.toml(code, value)}")
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
            lines.append(f"{name} = {_text(values[rule.path], rule)}")
    return lines


def _filled_languages(values: Mapping[str, Value]) -> list[str]:
    worth = {
        path.removesuffix("/status").partition("@")[2]: value
        for path, value in values.items()
        if path.endswith("/status") and "@" in path
    }
    if not worth:
        return []
    return ["", "[languages]", *(f"{k} = {coding.quoted(str(v))}" for k, v in worth.items())]


def _filled_groups(spec: TypeSpec, writing: Writing) -> list[str]:
    lines: list[str] = []
    for group, rules in manuscript.groups_of(spec).items():
        items = _items(group, writing.values)
        if not items:
            continue
        code = spec.code(rules[0].per or "")
        announced = list(numbers(spec, writing.codes, code.name))
        by_tail = {rule.path.split("/", 2)[2]: rule for rule in rules}
        # Of an unfinished text, items may stand there that nothing announces yet.
        for place, number in enumerate([*announced, *sorted(items.keys() - set(announced))]):
            lines += ["", f"[[{group}]]"]
            if place < len(announced):
                lines += coding.key_lines(code, writing.codes.get(code.name, 0), place)
            elif code.kind != CodeKind.COUNT:
                lines.append(f"{code.entries[0]} = {number}")
            for tail, language, value in items.get(number, []):
                name = tail.replace("/", "-")
                key = f"{name}.{language}" if language else name
                lines.append(f"{key} = {_text(value, by_tail.get(tail))}")
    return lines


def _items(group: str, values: Mapping[str, Value]) -> dict[int, list[tuple[str, str, Value]]]:
    """What is said of each item of a group: parts of the path, languages, values."""
    items: dict[int, list[tuple[str, str, Value]]] = {}
    for path, value in values.items():
        found = _NUMBERED.fullmatch(path)
        if found is not None and found[1] == group and not path.endswith("/status"):
            items.setdefault(int(found[2]), []).append((found[3], found[4] or "", value))
    return items


def _versions(values: Mapping[str, Value], path: str) -> list[tuple[str, Value]]:
    start = f"{path}@"
    return [
        (name.removeprefix(start), value)
        for name, value in values.items()
        if name.startswith(start) and not name.endswith("/status")
    ]


# --- TOML ----------------------------------------------------------------------------------------


def _entry(name: str, value: str, comment: str, *, used: bool = True) -> str:
    line = f"{'' if used else '# '}{name} = {coding.quoted(value)}"
    return f"{line:<{_WIDTH}} # {comment}"


def _comment(text: str) -> list[str]:
    return textwrap.wrap(text, 76, initial_indent="# ", subsequent_indent="#   ")


def _commented(text: str) -> list[str]:
    """A text of the other side for comments: no line of it can leave the comment."""
    return [foreign.bare(line) for line in text.split("\n")]


def _text(value: Value, rule: FieldRule | None = None) -> str:
    """A value: a text on several lines where it has some, else on one."""
    if isinstance(value, bytes):
        return coding.quoted(value.hex())
    if isinstance(value, int):
        is_time = rule is not None and rule.kind == FieldKind.TIME
        return coding.quoted(times.iso(value)) if is_time else str(value)
    text = str(value)
    if "\n" not in text:
        return coding.quoted(text)
    escaped = text.replace("\\", "\\\\").replace('"""', '""\\"')
    escaped = _CONTROL.sub(lambda found: f"\\u{ord(found.group()):04X}", escaped)
    return f'"""\n{escaped}"""'


def _tidy(lines: list[str]) -> list[str]:
    """``lines`` without two empty ones in a row."""
    return [line for at, line in enumerate(lines) if line or at == 0 or lines[at - 1]]
