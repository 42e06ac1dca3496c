"""What one act of the demonstration looks like to a reader: line by line, each with its origin.

Three origins never mix: what the documents tell, with whoever says so; texts that are illustration;
and what the two desks did here and now, which illustrates how desks work. The texts are read from
the statement that the other side received.
"""

from __future__ import annotations

from collections.abc import Iterator
from enum import StrEnum
from typing import Final, NamedTuple

from parley.cli import acts, fields
from parley.cli.demo import house
from parley.cli.demo.replay import Played
from parley.cli.demo.stage import OFFICERS
from parley.cli.output import Output
from parley.record.body import Value
from parley.story.texts import Text

_SHORT_ID: Final = 16
_STORY: Final = "story/"


class Origin(StrEnum):
    """Where a line comes from."""

    SOURCES = "sources"
    ILLUSTRATION = "illustration"
    DESK = "desk"


class Line(NamedTuple):
    """One line and its origin."""

    origin: Origin
    text: str


def of_act(output: Output, mark: Text, played: Played) -> list[Line]:
    """All lines of an act. ``mark`` is what every text of an illustration begins with."""
    body = played.opened.body
    reader = _Reader(output, mark, body.values if body else {})
    return [
        *(Line(Origin.SOURCES, text) for text in _told(reader)),
        *(Line(Origin.ILLUSTRATION, text) for text in _made_up(reader, played)),
        *(Line(Origin.DESK, text) for text in _done(output, played)),
    ]


def short(leaf: bytes) -> str:
    """The beginning of a statement's identifier, enough to find it by."""
    return leaf.hex()[:_SHORT_ID]


class _Reader:
    """Reads a body in the reader's language."""

    def __init__(self, output: Output, mark: Text, values: dict[str, Value]) -> None:
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

    def wording(self, type_: str) -> Iterator[tuple[str, str]]:
        """All texts but those of the story, in the reader's language: names and values."""
        for field in fields.of(type_, self._values):
            if field.pattern.startswith(_STORY) or field.language not in (
                None,
                self.output.language,
            ):
                continue
            name = fields.label(self.output, field._replace(language=None))
            shown = fields.shown(self.output, type_, field)
            yield name, shown.removeprefix(self._mark)


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


def _made_up(reader: _Reader, played: Played) -> Iterator[str]:
    """What was made for the demonstration."""
    output, header = reader.output, played.opened.statement.act
    note = reader.said("story/illustration")
    if note is not None:
        yield output.foreign(note)
    for name, value in reader.wording(played.act.type):
        yield output.text("{name}: {value}", name=name, value=value)
    rows = acts.code_rows(output, header.type, header.codes)
    if header.reply_wanted is not None:
        wanted = output.translator.duration(header.reply_wanted)
        rows.append((output.text("Answer wanted within"), wanted))
    for name, value in rows:
        yield output.text("{name}: {value}", name=name, value=value)


def _done(output: Output, played: Played) -> Iterator[str]:
    """What the two desks did: house, statement, delivery, and, apart from it, substance."""
    author, recipient = played.author.code, played.reader.code
    hands = [output.name(OFFICERS[name]) for name in house.hands(played.act.type)]
    yield output.text(
        "Inside {desk} this passed through the hands of: {hands}",
        desk=author,
        hands=", ".join(hands),
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
    yield output.text("Substance: {status:name}", status=played.status)
