"""The form for a text of any type, from its declaration and from what was typed so far."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple

from babel import Locale, UnknownLocaleError

from parley.domain import comparison
from parley.domain.body import LanguageStatus
from parley.domain.comparison import Piece
from parley.domain.header import PAP_COLOURS, TLP_LABELS
from parley.domain.shape import CodeKind, CodeRule, FieldKind, FieldRule
from parley.presentation import coding, fields, form_words, manuscript
from parley.presentation.output import Output
from parley.presentation.typed import Typed, keys_of
from parley.record.channel import Channel

Choices = Sequence[tuple[str, str]]
"""What may be chosen: each value and what it is called."""

OFFERED: Final = ("en", "ru", "ar", "de", "es", "fa", "fr", "he", "tr", "uk", "zh")
"""Languages that a text can be written in at once; any other is there once it was written."""
_BLANK: Final = ("", "\u2014")
_FREQUENT: Final = frozenset({"registry-own", "registry-peer", "translated-by"})
_RARE: Final = frozenset({"about", "addressee"})
"""Codes that few texts need; the asked member is the other side, where there are two."""


class Input(NamedTuple):
    """One input. ``kind``: ``area``, ``line``, ``select``, ``checks`` or ``hidden``.

    ``language`` is that of the text, with the direction in which it is written. ``theirs``: what
    stands in its place in the draft that somebody else has saved, with what differs marked.
    """

    name: str
    label: str
    kind: str
    value: str
    chosen: tuple[str, ...] = ()
    choices: Choices = ()
    language: str = ""
    direction: str = "auto"
    required: bool = False
    hint: str = ""
    numeric: bool = False
    theirs: tuple[Piece, ...] | None = None
    theirs_text: str = ""


class Question(NamedTuple):
    """What is asked for, in one language or in each."""

    label: str
    inputs: tuple[Input, ...]
    localised: bool = False


class Row(NamedTuple):
    """One item of a group. ``asked`` is the question of the other side that it answers."""

    number: int
    label: str
    hidden: tuple[Input, ...]
    questions: tuple[Question, ...]
    asked: str


class Group(NamedTuple):
    """Items of one kind, one below the other."""

    name: str
    label: str
    rows: tuple[Row, ...]
    start: int
    needed: bool


class Sheet(NamedTuple):
    """A form: what it asks first, its groups, and what few texts need."""

    first: tuple[Question, ...]
    groups: tuple[Group, ...]
    handling: tuple[Question, ...]
    more: tuple[Question, ...]
    worth: tuple[Question, ...]
    languages: tuple[tuple[str, str], ...]
    offered: Choices


class Around(NamedTuple):
    """What a form is made in: the channel, what may be referred to, what is asked, by number.

    ``starts``: from where the items of a group are numbered. ``theirs``: what somebody else has
    saved meanwhile.
    """

    channel: Channel
    references: Choices = ()
    asked: Mapping[int, str] = {}
    starts: Mapping[str, int] = {}
    theirs: Typed | None = None


def direction_in(tag: str) -> str:
    """Which way a language is written."""
    try:
        order = Locale.parse(tag, sep="-").character_order
    except (ValueError, UnknownLocaleError):
        return "auto"
    return "rtl" if order == "right-to-left" else "ltr"


def sheet(words: Output, typed: Typed, around: Around) -> Sheet:
    """The form for what was typed so far."""
    return _Maker(words, typed, around).sheet()


class _Maker:
    def __init__(self, words: Output, typed: Typed, around: Around) -> None:
        self._words = words
        self._typed = typed
        self._around = around

    def sheet(self) -> Sheet:
        """All of it."""
        parts, words, typed = self._typed.parts, self._words, self._typed
        codes = parts.codes
        plain = [name for name, rule in codes.items() if not rule.follows and name not in _RARE]
        rare = [name for name in codes if name not in plain]
        common = [name for name in parts.fields if name not in _FREQUENT]
        return Sheet(
            first=(
                *(self._field(parts.fields[name], name) for name in common[:1]),
                *(self._code(name, codes[name]) for name in plain),
                *(self._field(parts.fields[name], name) for name in common[1:]),
            ),
            groups=tuple(self._group(name) for name in parts.groups),
            handling=self._handling(),
            more=(
                *self._offices(),
                *(self._code(name, codes[name]) for name in rare),
                *(
                    self._field(parts.fields[name], name)
                    for name in parts.fields
                    if name in _FREQUENT
                ),
            ),
            worth=() if manuscript.has_authentic(parts.spec) else self._worth(),
            languages=tuple((tag, words.translator.language_name(tag)) for tag in typed.languages),
            offered=[
                (tag, words.translator.language_name(tag))
                for tag in OFFERED
                if tag not in typed.languages
            ],
        )

    # --- header ------------------------------------------------------------------------------

    def _handling(self) -> tuple[Question, ...]:
        words, spec = self._words, self._typed.parts.spec
        precedences = [(name, words.name(name)) for name in manuscript.PRECEDENCES]
        return (
            self._select("precedence", words.text("Precedence"), precedences, "routine"),
            self._select("tlp", "TLP", [(one, one.upper()) for one in TLP_LABELS[::-1]], "amber"),
            self._select("pap", "PAP", [_BLANK, *((one, one.upper()) for one in PAP_COLOURS)]),
            self._line(
                "reply-wanted",
                words.text("Answer wanted within"),
                words.text("A length of time: 24h, 60d, 8w."),
                required=spec.reply_wanted_required,
            ),
            self._line(
                "legal-basis",
                words.text("Legal basis"),
                words.text("A short name of the law invoked, such as budapest-29."),
            ),
        )

    def _offices(self) -> tuple[Question, ...]:
        words, channel = self._words, self._around.channel
        usual = ("", words.text("by what it refers to"))
        own, peer = (
            [
                (office.id.hex(), words.foreign(_named(office.names, words.language)))
                for office in letter.text.offices
            ]
            for letter in (channel.own, channel.peer)
        )
        found = [self._select("from-office", words.text("From office"), [usual, *own])]
        chosen = tuple(self._typed.every("to-offices"))
        label = words.text("To offices")
        hint = words.text("None chosen: by what it refers to.")
        checks = Input("to-offices", label, "checks", "", chosen, peer, hint=hint)
        found.append(Question(label, (checks,)))
        if self._around.references:
            newest = ("", words.text("the newest that fits"))
            label = words.text("Refers to")
            found.append(self._select("reference", label, [newest, *self._around.references]))
        return tuple(found)

    def _worth(self) -> tuple[Question, ...]:
        words = self._words
        statuses = [
            _BLANK,
            *((one.value, words.text(fields.STATUSES[one])) for one in LanguageStatus),
        ]
        return tuple(
            self._select(f"worth.{tag}", words.translator.language_name(tag), statuses)
            for tag in self._typed.languages
        )

    # --- codes -------------------------------------------------------------------------------

    def _code(self, name: str, rule: CodeRule) -> Question:
        words = self._words
        label, hint = form_words.code(words, rule), form_words.code_hint(words, rule)
        choices = [(one, words.name(one)) for one in rule.choices]
        if rule.kind == CodeKind.TOKEN and choices:
            return self._select(name, label, [_BLANK, *choices], hint=hint, required=_asked(rule))
        if rule.kind == CodeKind.TOKENS and choices:
            chosen = tuple(self._typed.every(name))
            checks = Input(name, label, "checks", "", chosen, choices, hint=hint)
            return Question(label, (self._beside(checks),))
        numeric = rule.kind in (CodeKind.NUMBER, CodeKind.INTEGER)
        return self._line(name, label, hint, required=_asked(rule), numeric=numeric)

    # --- fields ------------------------------------------------------------------------------

    def _field(self, rule: FieldRule, name: str, number: int | None = None) -> Question:
        words = self._words
        label, hint = form_words.field(words, rule, number), form_words.field_hint(words, rule)
        if not rule.localised:
            if rule.choices:
                choices = [_BLANK, *((one, words.name(one)) for one in rule.choices)]
                return self._select(name, label, choices, required=rule.required)
            numeric = rule.kind == FieldKind.NUMBER
            return self._line(name, label, hint, required=rule.required, numeric=numeric)
        kind = "area" if rule.kind == FieldKind.TEXT else "line"
        versions = tuple(
            self._beside(
                Input(
                    f"{name}.{tag}",
                    label,
                    kind,
                    self._typed.text(f"{name}.{tag}"),
                    language=tag,
                    direction=direction_in(tag),
                    required=rule.required,
                    hint=hint,
                )
            )
            for tag in self._typed.languages
        )
        return Question(label, versions, localised=True)

    def _group(self, name: str) -> Group:
        code, rules = self._typed.parts.groups[name]
        start = self._around.starts.get(name, 1)
        rows = tuple(
            self._row(name, code, rules, row, start + place)
            for place, row in enumerate(self._typed.rows(name))
        )
        needed = code.required and any(rule.required for rule in rules)
        return Group(name, form_words.group(self._words, name), rows, start, needed)

    def _row(
        self, name: str, code: CodeRule, rules: Sequence[FieldRule], row: int, counted: int
    ) -> Row:
        words, typed = self._words, self._typed
        keys = keys_of(code)
        first = f"{name}.{row}.{keys[0]}" if keys else ""
        given = typed.text(first) if first else ""
        number = int(given) if given.isascii() and given.isdigit() and len(given) < 6 else None
        number = counted if not keys else number
        asked = self._around.asked.get(number or 0, "") if keys[:1] == ("question",) else ""
        hidden: list[Input] = []
        questions: list[Question] = []
        for key in keys:
            where = f"{name}.{row}.{key}"
            if asked and key == keys[0]:
                hidden.append(Input(where, "", "hidden", given))
                continue
            label = form_words.part(words, key)
            if key == code.entries[1] and code.choices and code.kind != CodeKind.DIGESTS:
                choices = [_BLANK, *((one, words.name(one)) for one in code.choices)]
                questions.append(self._select(where, label, choices, required=True))
            else:
                numeric = code.kind in coding.BY_NUMBER and key == keys[0]
                questions.append(self._line(where, label, "", required=True, numeric=numeric))
        offered = f"{name}.{row}.offered"
        if typed.text(offered):
            hidden.append(Input(offered, "", "hidden", "1"))
        # A row that says no number as yet is called by its place in the form.
        called = counted if number is None else number
        texts = [
            self._field(rule, f"{name}.{row}.{manuscript.tail_of(rule)}", called) for rule in rules
        ]
        label = texts[0].label if texts else f"{form_words.group(words, name)} {counted}"
        return Row(row, label, tuple(hidden), (*questions, *texts), asked)

    # --- kinds of inputs ---------------------------------------------------------------------

    def _line(
        self, name: str, label: str, hint: str, *, required: bool = False, numeric: bool = False
    ) -> Question:
        value = self._typed.text(name)
        made = Input(name, label, "line", value, required=required, hint=hint, numeric=numeric)
        return Question(label, (self._beside(made),))

    def _select(
        self,
        name: str,
        label: str,
        choices: Choices,
        usual: str = "",
        *,
        hint: str = "",
        required: bool = False,
    ) -> Question:
        value = self._typed.text(name) or usual
        if value not in {one for one, _ in choices}:
            choices = [*choices, (value, value)]
        made = Input(name, label, "select", value, choices=choices, required=required, hint=hint)
        return Question(label, (self._beside(made),))

    def _beside(self, made: Input) -> Input:
        """With what somebody else has in its place, where that differs."""
        theirs = self._around.theirs
        if theirs is None:
            return made
        chosen = made.kind in {"select", "checks"}
        said, ours = theirs.every(made.name), self._typed.every(made.name)
        if [one.strip() for one in said if one.strip()] == [
            one.strip() for one in ours if one.strip()
        ]:
            return made
        names = dict(made.choices)
        before = ", ".join(names.get(one, one) for one in said) if chosen else "".join(said[:1])
        after = ", ".join(names.get(one, one) for one in ours) if chosen else "".join(ours[:1])
        pieces = comparison.compare(before.replace("\r", ""), after.replace("\r", ""))
        return made._replace(theirs=pieces, theirs_text="" if chosen else before)


def _asked(rule: CodeRule) -> bool:
    return rule.required and not rule.follows


def _named(names: Mapping[str, str], language: str) -> str:
    return names.get(language) or names.get("en") or next(iter(names.values()), "")


def differing(made: Sheet) -> list[Input]:
    """The inputs in whose place somebody else has something else."""
    every = [
        *made.first,
        *(question for group in made.groups for row in group.rows for question in row.questions),
        *made.handling,
        *made.more,
        *made.worth,
    ]
    return [one for question in every for one in question.inputs if one.theirs is not None]
