"""What one act of the demonstration looks like to a reader: line by line, each with its origin.

Three origins never mix: what the documents tell, with whoever says so; texts that are illustration;
and what the two desks did here and now, which illustrates how desks work. The texts are read from
the statement that the other side received.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from enum import StrEnum
from typing import Final, NamedTuple

from parley.cli.demo.replay import Played
from parley.cli.output import Output
from parley.domain.catalogue import DAY
from parley.domain.inquiry_state import Status
from parley.language.marks import N_
from parley.record.body import Value
from parley.story.texts import Text

_SHORT_ID: Final = 16
_ACKNOWLEDGEMENT: Final = "acknowledgement"

_SUBSTANCE: Final[Mapping[str, str]] = {
    Status.ASKED: N_("Substance: asked; a receipt is no answer"),
    Status.ACKNOWLEDGED: N_("Substance: acknowledged; that is no answer"),
    Status.PRELIMINARY_ANSWERED: N_("Substance: a preliminary answer was given"),
    Status.ANSWERED: N_("Substance: a detailed answer was given"),
    Status.CLOSED: N_("Substance: closed by the side that had asked"),
}
"""Where the inquiry stands after an act, on both records: another axis than delivery."""


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

    def numbered(self, group: str, field: str) -> Iterator[tuple[int, str]]:
        """The texts ``group/<n>/field``, by number."""
        numbers = {
            int(parts[1])
            for path in self._values
            if (parts := path.split("/"))[0] == group and len(parts) >= 3
        }
        for number in sorted(numbers):
            text = self.said(f"{group}/{number}/{field}")
            if text is not None:
                yield number, text


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
    output = reader.output
    note = reader.said("story/illustration")
    if note is not None:
        yield output.foreign(note)
    yield from _headings(reader, played)
    for number, text in reader.numbered("questions", "text"):
        yield output.text("Question {number}: {text}", number=number, text=text)
    for number, text in reader.numbered("evidence", "description"):
        yield output.text("Evidence {number}: {text}", number=number, text=text)
        digest = reader.plain(f"evidence/{number}/sha256")
        yield output.text("Evidence {number}, SHA-256: {digest}", number=number, digest=digest)
    statuses = {answer.question: answer.status for answer in played.act.answers}
    for number, text in reader.numbered("answers", "text"):
        yield output.text(
            "Answer {number}, {status:name}: {text}",
            number=number,
            status=statuses.get(number, "unknown"),
            text=text,
        )
    yield from _endings(reader, played)


def _headings(reader: _Reader, played: Played) -> Iterator[str]:
    output, header = reader.output, played.opened.statement.act
    subject, incident = reader.said("subject"), reader.said("incident")
    facts = reader.said("facts")
    if subject is not None:
        yield output.text("Subject: {text}", text=subject)
    if incident is not None:
        yield output.text("Incident: {text}", text=incident)
    if facts is not None:
        yield output.text("Facts: {text}", text=facts)
    if played.act.severity is not None:
        yield output.text("Severity: {severity:name}", severity=played.act.severity)
    if header.reply_wanted is not None:
        yield output.plural(
            "Reply wanted within {n} day",
            "Reply wanted within {n} days",
            header.reply_wanted // DAY,
        )


def _endings(reader: _Reader, played: Played) -> Iterator[str]:
    output, header = reader.output, played.opened.statement.act
    next_step, at = reader.said("next-step"), header.codes.get("next-step")
    if next_step is not None and isinstance(at, int):
        yield output.text("Next step, by {at:date}: {text}", at=at, text=next_step)
    remarks = reader.said("remarks")
    if remarks is not None:
        yield output.text("Remarks: {text}", text=remarks)
    own, peer = reader.plain("registry/own"), reader.plain("registry/peer")
    if own is not None and peer is not None:
        yield output.text("Registry number: {own}; of the other side: {peer}", own=own, peer=peer)
    elif own is not None:
        yield output.text("Registry number: {own}", own=own)


def _done(output: Output, played: Played) -> Iterator[str]:
    """What the two desks did: house, statement, delivery, and, apart from it, substance."""
    author, recipient = played.author.code, played.reader.code
    if played.act.type == _ACKNOWLEDGEMENT:
        yield output.text("The duty officer of {desk} alone made this statement.", desk=author)
    else:
        yield output.text(
            "Three officers of {desk} made this statement: one drafted it, one reviewed it in law, "
            "one authorised its exact bytes.",
            desk=author,
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
    substance = _SUBSTANCE.get(played.status)
    if substance is not None:
        yield output.text(substance)
