"""What one act of the demonstration looks like to a reader: line by line, each with its origin.

Three origins never mix: what the documents tell, with whoever says so; texts that are illustration;
and what the two desks did here and now, which illustrates how desks work. The texts are read from
the statement that the other side received.
"""

from __future__ import annotations

from collections.abc import Iterator
from enum import StrEnum
from typing import Final, NamedTuple

from parley.cli.demo import house
from parley.cli.demo.inside import Inside
from parley.cli.demo.replay import Played
from parley.cli.demo.stage import OFFICERS
from parley.cli.terminal import Terminal
from parley.domain.housekeeping import HouseAct
from parley.presentation import acts, case_page, fields
from parley.record.body import Value
from parley.story.texts import Text

_SHORT_ID: Final = 16
_STORY: Final = "story/"
_CONTACTS: Final = "contacts/"


class Origin(StrEnum):
    """Where a line comes from."""

    SOURCES = "sources"
    ILLUSTRATION = "illustration"
    DESK = "desk"


class Line(NamedTuple):
    """One line and its origin."""

    origin: Origin
    text: str


def of_act(output: Terminal, mark: Text, played: Played) -> list[Line]:
    """All lines of an act. ``mark`` is what every text of an illustration begins with."""
    body = played.opened.body
    reader = _Reader(output, mark, body.values if body else {})
    return [
        *(Line(Origin.SOURCES, text) for text in _told(reader)),
        *_worded(reader, played),
        *(Line(Origin.ILLUSTRATION, text) for text in _made_up(reader, played)),
        *(Line(Origin.DESK, text) for text in _done(output, played)),
    ]


def of_inside(output: Terminal, sources: Text, done: Inside) -> list[Line]:
    """All lines of an act inside one house. ``sources`` are the documents that tell of it."""
    event = done.event
    language = output.language
    told = [
        output.text("Who says so: {claimant}", claimant=event.claimant.in_language(language)),
        output.text("What is said: {facts}", facts=event.facts.in_language(language)),
        output.text(
            "Day: {date} ({exactness})",
            date=event.date,
            exactness=event.date_is.in_language(language),
        ),
        output.text("Told in: {source}", source=sources.in_language(language)),
    ]
    entry = done.entry
    shown = [
        output.text("Nothing was sent: this stays inside {desk}.", desk=done.author.code),
        output.text(
            "House record of {desk}, entry {place}, read by the auditor: {act:name}, by {officer}",
            desk=done.author.code,
            place=entry.position,
            act=entry.entry.act,
            officer=entry.entry.officer,
        ),
        output.text(
            "The list of the recused officer shows {listed} of {held} cases; the matter is not "
            "among them, and cannot be found.",
            listed=done.listed,
            held=done.held,
        ),
    ]
    if entry.entry.act == HouseAct.RECUSAL_CHALLENGED:
        shown.append(output.text("The attempt is on record, and has changed nothing."))
    return [
        *(Line(Origin.SOURCES, text) for text in told),
        *(Line(Origin.DESK, text) for text in shown),
    ]


def short(leaf: bytes) -> str:
    """The beginning of a statement's identifier, enough to find it by."""
    return leaf.hex()[:_SHORT_ID]


class _Reader:
    """Reads a body in the reader's language."""

    def __init__(self, output: Terminal, mark: Text, values: dict[str, Value]) -> None:
        self.output = output
        self._mark = f"{mark.in_language(output.language)}: "
        self._values = values

    def said(self, path: str) -> str | None:
        """A localised text without the mark, which stands at the head of its line."""
        value = self._values.get(f"{path}@{self.output.language}")
        return value.removeprefix(self._mark) if isinstance(value, str) else None

    def plain(self, path: str) -> str | None:
        """A value that is the same in every language."""
        value = self._values.get(path)
        if isinstance(value, bytes):
            return value.hex()
        return value if isinstance(value, str) else None

    def wording(self, type_: str) -> Iterator[tuple[str, str, bool]]:
        """All fields but those of the story, in the reader's language.

        Their names, their values, and whether they are in words of the documents.
        """
        for field in fields.of(type_, self._values):
            if field.pattern.startswith((_STORY, _CONTACTS)) or field.language not in (
                None,
                self.output.language,
            ):
                continue
            name = fields.label(self.output, field._replace(language=None))
            raw = field.value
            told = field.language is not None
            if isinstance(raw, str) and raw.startswith(self._mark):
                raw, told = raw.removeprefix(self._mark), False
            yield name, fields.shown(self.output, type_, field._replace(value=raw)), told


def _told(reader: _Reader) -> Iterator[str]:
    """What the documents tell, or that they tell nothing."""
    output = reader.output
    if reader.plain("story/id") is None:
        yield output.text("No statement in the sources.")
        return
    date, date_is = reader.plain("story/date"), reader.said("story/date-is")
    yield output.text("Who says so: {claimant}", claimant=reader.said("story/claimant"))
    yield output.text("What is said: {facts}", facts=reader.said("story/facts"))
    yield output.text("Day: {date} ({exactness})", date=date, exactness=date_is)
    yield output.text("Told in: {source}", source=reader.said("story/source"))


def _worded(reader: _Reader, played: Played) -> Iterator[Line]:
    """The text of the statement: each field made up, or in words of the documents."""
    for name, value, told in reader.wording(played.act.type):
        text = reader.output.text("{name}: {value}", name=name, value=value)
        yield Line(Origin.SOURCES if told else Origin.ILLUSTRATION, text)


def _made_up(reader: _Reader, played: Played) -> Iterator[str]:
    """What was made for the demonstration beside the text."""
    output, header = reader.output, played.opened.statement.act
    note = reader.said("story/illustration")
    if note is not None:
        yield output.foreign(note)
    if played.act.contacts is not None:
        yield output.plural(
            "{n} synthetic contact record", "{n} synthetic contact records", played.act.contacts
        )
    rows = acts.code_rows(output, header.type, header.codes)
    if header.reply_wanted is not None:
        wanted = output.translator.duration(header.reply_wanted)
        rows.append((output.text("Answer wanted within"), wanted))
    for name, value in rows:
        yield output.text("{name}: {value}", name=name, value=value)


def _done(output: Terminal, played: Played) -> Iterator[str]:
    """What the two desks did: house, statement, delivery, and, apart from it, substance."""
    author, recipient = played.author.code, played.reader.code
    hands = [output.name(OFFICERS[name]) for name in house.hands(played.act.type)]
    yield output.text(
        "Inside {desk} this passed through the hands of: {hands}",
        desk=author,
        hands=output.translator.join(hands),
    )
    yield output.text(
        "Statement {id}, signed by {desk}: {time}",
        id=short(played.leaf),
        desk=author,
        time=output.time(played.sent.statement.iat),
    )
    receipt, opened = played.sent.receipt, played.opened.opened
    if receipt is not None:
        yield output.text(
            "Delivery: received by {desk}, {time}, proved by its receipt",
            desk=recipient,
            time=output.time(receipt.iat),
        )
    if opened is not None:
        yield output.text(
            "Delivery: opened by the duty officer of {desk}, {time}",
            desk=recipient,
            time=output.time(opened[1]),
        )
    yield output.text("Substance: {status}", status=case_page.status(output, played.state))
