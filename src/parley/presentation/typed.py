"""What an officer typed into a form, as names and values, and the entries that it comes to.

The entries are those of :mod:`parley.presentation.manuscript`; so a form, a file and the options of
a command are one way to a writing. Names in a form are made of parts with dots between them:

===========================  =====================================================================
name                         is
===========================  =====================================================================
``tlp``, ``severity``        an entry of the header, or a code
``registry-own``             a field
``subject.en``               a field in one language
``questions.2.text.en``      a field of the item in row 2 of a group
``answers.2.status``         what goes into the header with that item
``worth.en``                 what a language version is worth
``language``                 a language of the text, once for each
===========================  =====================================================================
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final, NamedTuple

from parley.application.writing import Writing
from parley.domain.catalogue import spec_of
from parley.domain.codes import numbers
from parley.domain.shape import CodeKind, CodeRule, FieldKind, FieldRule, TypeSpec
from parley.kernel import limits
from parley.kernel.errors import ParleyError
from parley.presentation import coding, manuscript, template
from parley.presentation.manuscript import LANGUAGE

Pairs = Sequence[tuple[str, str]]

LINES: Final = (
    "precedence",
    "tlp",
    "pap",
    "legal-basis",
    "reply-wanted",
    "from-office",
    "reference",
)
"""Entries of the header that have one value each."""

STORY: Final = "story/"
ATTACHED: Final = "attachments"
"""What no form asks for: what a replay says of its source, and what files say by themselves."""

_PLACE: Final = re.compile(r"([a-z-]+)\[([0-9]+)\](?:\.([a-z0-9-]+))?", re.ASCII)
_PATH: Final = re.compile(r"([a-z-]+)/([0-9]+)/([a-z0-9/-]+)(?:@([A-Za-z0-9-]+))?(?:/status)?")
_NUMBERS: Final = frozenset({CodeKind.NUMBER, CodeKind.INTEGER})
_MANY: Final = frozenset({CodeKind.TOKENS, CodeKind.IDS})
_ROWS: Final = limits.BODY_FIELDS


class Parts(NamedTuple):
    """The inputs that a type asks for.

    ``groups`` have rows: by the code that announces them, and their fields; a code of pairs that
    announces nothing has rows without fields.
    """

    spec: TypeSpec
    fields: Mapping[str, FieldRule]
    codes: Mapping[str, CodeRule]
    groups: Mapping[str, tuple[CodeRule, tuple[FieldRule, ...]]]

    @classmethod
    def of(cls, type_: str) -> Parts:
        """The inputs of a type.

        :raises ParleyError: ``type-unknown``.
        """
        spec = spec_of(type_)
        written = coding.written(spec)
        groups = {
            name: (spec.code(rules[0].per or ""), tuple(rules))
            for name, rules in manuscript.groups_of(spec).items()
            if name != ATTACHED
        }
        paired = {name: (rule, ()) for name, rule in written.items() if rule.kind in coding.PAIRED}
        return cls(
            spec,
            {
                manuscript.entry_of(rule): rule
                for rule in spec.fields
                if not rule.per and not rule.path.startswith(STORY)
            },
            {name: rule for name, rule in written.items() if name not in paired},
            {**groups, **paired},
        )


class Typed:
    """What was typed, of one type."""

    def __init__(self, type_: str, pairs: Iterable[tuple[str, str]], language: str) -> None:
        self.parts = Parts.of(type_)
        self.pairs = tuple(pairs)
        self._values: dict[str, list[str]] = {}
        for name, value in self.pairs:
            self._values.setdefault(name, []).append(value)
        tags = [tag for tag in self.every("language") if LANGUAGE.fullmatch(tag)] or [language]
        self.languages = tuple(dict.fromkeys(tags))[: limits.LANGUAGES_OF_TEXT]
        self._rows = {name: self._rows_of(name) for name in self.parts.groups}
        self._kept: dict[str, list[int]] = {}

    def text(self, name: str) -> str:
        """What was typed under a name; nothing where there is none."""
        return self._values.get(name, [""])[0]

    def every(self, name: str) -> list[str]:
        """All that was typed or chosen under a name."""
        return self._values.get(name, [])

    def rows(self, group: str) -> list[int]:
        """The rows of a group, in order."""
        return self._rows[group]

    def beside(self, other: Typed) -> Typed:
        """The same with room for all rows and languages that ``other`` has."""
        made = Typed(self.parts.spec.type, self.pairs, self.languages[0])
        made.languages = tuple(dict.fromkeys((*self.languages, *other.languages)))
        for group, rows in made._rows.items():
            rows[:] = sorted({*rows, *other.rows(group)})
        return made

    def _rows_of(self, group: str) -> list[int]:
        start = f"{group}."
        found = {
            int(number)
            for name in self._values
            if name.startswith(start)
            and (number := name.removeprefix(start).partition(".")[0]).isascii()
            and number.isdigit()
            and len(number) < 6
        }
        return sorted(found)[:_ROWS]

    # --- entries -----------------------------------------------------------------------------

    def entries(self) -> dict[str, Any]:
        """The entries that it comes to; rows in which nothing stands are none.

        :raises ParleyError: ``manuscript-entry-invalid``.
        """
        found: dict[str, Any] = {"language": self.languages[0]}
        for name in LINES:
            if self.text(name).strip():
                found[name] = self.text(name).strip()
        if self.every("to-offices"):
            found["to-offices"] = self.every("to-offices")
        for name, rule in self.parts.codes.items():
            value = self._code(name, rule)
            if value not in ("", []):
                found[name] = value
        for name, field in self.parts.fields.items():
            value = self._field(field, name, name)
            if value not in ("", {}):
                found[name] = value
        for name in self.parts.groups:
            items = self._items(name)
            if items:
                found[name] = items
        worth = {tag: self.text(f"worth.{tag}") for tag in self.languages}
        if any(worth.values()):
            found["languages"] = {tag: value for tag, value in worth.items() if value}
        return found

    def _code(self, name: str, rule: CodeRule) -> Any:
        if rule.kind in _MANY:
            return [part for one in self.every(name) for part in _split(one)]
        text = self.text(name).strip()
        return _number(text, name) if text and rule.kind in _NUMBERS else text

    def _field(self, rule: FieldRule, name: str, where: str) -> Any:
        if rule.localised:
            versions = {tag: self.text(f"{name}.{tag}") for tag in self.languages}
            return {tag: text for tag, text in versions.items() if text.strip()}
        text = self.text(name).strip()
        return _number(text, where) if text and rule.kind == FieldKind.NUMBER else text

    def _items(self, group: str) -> list[dict[str, Any]]:
        code, rules = self.parts.groups[group]
        items: list[dict[str, Any]] = []
        self._kept[group] = []
        for row in self.rows(group):
            where = f"{group}[{len(items) + 1}]"
            item: dict[str, Any] = {}
            for rule in rules:
                tail = manuscript.tail_of(rule)
                value = self._field(rule, f"{group}.{row}.{tail}", f"{where}.{tail}")
                if value not in ("", {}):
                    item[tail] = value
            keys = self._keys(code, f"{group}.{row}", where)
            # A number that was given beforehand says nothing where nothing else stands in its row.
            offered = self.text(f"{group}.{row}.offered")
            if item or (keys and not offered) or len(keys) > 1:
                items.append({**keys, **item})
                self._kept[group].append(row)
        return items

    def _keys(self, code: CodeRule, start: str, where: str) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for place, part in enumerate(keys_of(code)):
            text = self.text(f"{start}.{part}").strip()
            numbered = code.kind in coding.BY_NUMBER and (place == 0 or code.kind in _NUMBERED)
            if text:
                found[part] = _number(text, f"{where}.{part}") if numbered else text
        return found

    # --- where something is wrong ------------------------------------------------------------

    def place_of(self, error: ParleyError) -> str:
        """The name of the input that an error is about; nothing where it is about none."""
        details = error.details
        for fact in ("place", "path", "code", "name"):
            said = details.get(fact)
            if isinstance(said, str):
                found = self._input(said)
                if found:
                    return found
        return ""

    def _input(self, said: str) -> str:
        first = self.languages[0]
        if placed := _PLACE.fullmatch(said):
            return self._in_row(placed[1], self._row_at(placed[1], int(placed[2])), placed[3])
        if placed := _PATH.fullmatch(said):
            row = self._row_numbered(placed[1], int(placed[2]))
            tail = placed[3].replace("/", "-")
            return self._in_row(placed[1], row, tail, placed[4])
        name, _, rest = said.removesuffix("/status").partition("@")
        entry = name.replace("/", "-")
        if entry in self.parts.fields:
            localised = self.parts.fields[entry].localised
            return f"{entry}.{rest or first}" if localised else entry
        for entry, rule in self.parts.codes.items():
            if name in (entry, rule.name):
                return entry
        if name.startswith("languages."):
            return f"worth.{name.removeprefix('languages.')}"
        groups = [group for group, (code, _) in self.parts.groups.items() if code.name == name]
        if groups:
            return f"group.{groups[0]}"
        return name if name in LINES else ""

    def _in_row(self, group: str, row: int | None, part: str | None, tag: str | None = None) -> str:
        if group not in self.parts.groups:
            return ""
        code, rules = self.parts.groups[group]
        if row is None:
            return f"group.{group}"
        tails = {manuscript.tail_of(rule): rule for rule in rules}
        names = [*keys_of(code), *tails]
        wanted = part if part in names else next(iter(names), "")
        if wanted in tails and tails[wanted].localised:
            return f"{group}.{row}.{wanted}.{tag or self.languages[0]}"
        return f"{group}.{row}.{wanted}"

    def _row_at(self, group: str, place: int) -> int | None:
        kept = self._kept.get(group, [])
        return kept[place - 1] if 0 < place <= len(kept) else None

    def _row_numbered(self, group: str, number: int) -> int | None:
        if group not in self.parts.groups:
            return None
        code = self.parts.groups[group][0]
        kept = self._kept.get(group) or self.rows(group)
        if code.kind in coding.BY_NUMBER:
            part = code.entries[0]
            named = [row for row in kept if self.text(f"{group}.{row}.{part}") == str(number)]
            if named:
                return named[0]
        first = self.text(f"start.{group}")
        place = number - (int(first) if first.isdigit() else 1) + 1
        return kept[place - 1] if 0 < place <= len(kept) else None


_NUMBERED: Final = frozenset({CodeKind.PLACES, CodeKind.LINKS})
"""Pairs of two numbers."""


def keys_of(code: CodeRule) -> tuple[str, ...]:
    """What of an item goes into the header: its number or name, and what goes with it."""
    if code.kind == CodeKind.COUNT:
        return ()
    first, second = code.entries
    # The digest of a unit follows from its text; that of a variant is chosen.
    paired = code.kind in coding.PAIRED and (code.kind != CodeKind.DIGESTS or bool(code.choices))
    return (first, second) if paired else (first,)


def _number(text: str, where: str) -> int:
    if not text.isascii() or not text.isdigit() or len(text) > 15:
        raise coding.invalid(where)
    return int(text)


def _split(text: str) -> list[str]:
    return [part for part in re.split(r"[\s,;]+", text) if part]


# --- from a writing ------------------------------------------------------------------------------


def pairs_of(writing: Writing, language: str) -> Pairs:
    """A writing as it would have been typed; read back, it gives the same one."""
    entries = tomllib.loads(template.filled(writing, 0))
    parts = Parts.of(writing.type)
    found: list[tuple[str, str]] = [(name, str(entries[name])) for name in LINES if name in entries]
    found += [("to-offices", office) for office in entries.get("to-offices", [])]
    for name in parts.codes:
        value = entries.get(name, [])
        if isinstance(value, list) and not parts.codes[name].choices:
            value = ", ".join(map(str, value))
        found += [(name, str(one)) for one in (value if isinstance(value, list) else [value])]
    for name, rule in parts.fields.items():
        if name in entries:
            found += _texts(name, entries[name], rule)
    for name in parts.groups:
        found += _group(name, parts, entries.get(name, []), writing)
    found += [(f"worth.{tag}", status) for tag, status in entries.get("languages", {}).items()]
    tags = {
        path.partition("@")[2].removesuffix("/status") for path in writing.values if "@" in path
    }
    ordered = sorted(tags, key=lambda tag: (tag != language, tag)) or [language]
    return [*(("language", tag) for tag in ordered), *found]


def _texts(name: str, value: Any, rule: FieldRule) -> Pairs:
    if rule.localised and isinstance(value, dict):
        return [(f"{name}.{tag}", str(text)) for tag, text in value.items()]
    return [(name, str(value))]


def _group(name: str, parts: Parts, items: Any, writing: Writing) -> Pairs:
    code, rules = parts.groups[name]
    if not isinstance(items, list) or not all(isinstance(item, dict) for item in items):
        # Numbers alone, of which nothing more is said.
        items = [{code.entries[0]: n} for n in numbers(parts.spec, writing.codes, code.name)]
    tails = {manuscript.tail_of(rule): rule for rule in rules}
    found: list[tuple[str, str]] = []
    for row, item in enumerate(items, 1):
        start = f"{name}.{row}"
        for part, value in item.items():
            if part in tails:
                found += _texts(f"{start}.{part}", value, tails[part])
            else:
                found.append((f"{start}.{part}", str(value)))
    return found
