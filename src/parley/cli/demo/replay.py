"""Replaying the story: each act through the hands of its officers, and over to the other side."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from parley.application import cases, drafts
from parley.application.acts import ActView
from parley.application.cases import CaseView
from parley.application.writing import Writing
from parley.cli.demo import house, inside
from parley.cli.demo.inside import Inside
from parley.cli.demo.stage import DUTY, Side, Stage
from parley.domain.act import ActType, Code, Precedence
from parley.domain.case import Case
from parley.domain.types.common import DAY
from parley.record.statement import Statement
from parley.story import bodies
from parley.story.events import Event
from parley.story.illustration import Act, Label


class Played(NamedTuple):
    """One act, played: what it is, whose, and how both sides' records show it.

    ``event`` is what the documents tell; None: illustration of procedure. ``sent`` is the act in
    the record of its author, with the other side's receipt; ``opened`` in that of the other side.
    ``state`` is the case after the act, as both sides see it.
    """

    act: Act
    event: Event | None
    author: Side
    reader: Side
    leaf: bytes
    case: bytes
    sent: ActView
    opened: ActView
    state: Case


def play(stage: Stage) -> Iterator[Played | Inside]:
    """Play all acts in order; a statement is yielded once its author holds the receipt for it."""
    known = _Known({}, {}, {})
    for act in stage.illustration.acts:
        author = stage.sides[act.by]
        if act.inside and act.event is not None:
            event = stage.story.event(act.event)
            yield inside.perform(author, act, event, known.cases[act.case])
            continue
        statement = _state(stage, author, act, known)
        known.note(act, statement)
        yield _follow(stage, author, act, statement)


class _Known(NamedTuple):
    """What the acts before have given: cases, statements, and how many contacts in each case."""

    cases: dict[Label, bytes]
    statements: dict[Label, bytes]
    contacts: dict[Label, int]

    def note(self, act: Act, statement: Statement) -> None:
        """Note what ``act`` has given."""
        self.cases[act.case] = statement.act.case
        self.contacts[act.case] = self.contacts.get(act.case, 0) + (act.contacts or 0)
        if act.label is not None:
            self.statements[act.label] = statement.leaf


def _state(stage: Stage, author: Side, act: Act, known: _Known) -> Statement:
    """Let the author's officers make the statement. It is signed and queued, and not yet sent."""
    case = known.cases.get(act.case)
    values = bodies.of_act(stage.story, stage.illustration, act, opens=case is None)
    values |= bodies.contacts(act, stage.illustration.mark, known.contacts.get(act.case, 0) + 1)
    if act.type == ActType.ACKNOWLEDGEMENT and case is not None:
        return drafts.acknowledge(author.desk, DUTY, author.channel, case, values)
    codes: dict[str, Code] = dict(act.codes)
    now = author.desk.clock()
    codes |= {name: now + days * DAY for name, days in act.in_days.items()}
    codes |= {name: known.cases[label].hex() for name, label in act.links.items()}
    writing = Writing(
        type=act.type,
        values=values,
        codes=codes,
        case=case,
        reference=known.statements[act.reference] if act.reference else None,
        precedence=Precedence[act.precedence.upper()],
        reply_wanted=act.reply_wanted_days * DAY if act.reply_wanted_days else None,
    )
    return house.pass_through(author, writing)


def _follow(stage: Stage, author: Side, act: Act, statement: Statement) -> Played:
    """Wait until the other side holds the statement and the author its receipt."""
    reader = stage.other(author)
    case, leaf = statement.act.case, statement.leaf
    seq = statement.envelope.seq
    stage.wait(f"{reader.code}, {act.type}", lambda: reader.standing().peer > seq)
    # Whoever is on duty opens what came: from here on the reader's record says so.
    read = cases.show(reader.desk, reader.channel, case, DUTY)
    stage.wait(f"{author.code}, {act.type}", lambda: author.standing().receipted > seq)
    written = cases.show(author.desk, author.channel, case, DUTY)
    return Played(
        act=act,
        event=stage.story.event(act.event) if act.event else None,
        author=author,
        reader=reader,
        leaf=leaf,
        case=case,
        sent=_among(written, leaf),
        opened=_among(read, leaf),
        state=written.summary.state,
    )


def _among(view: CaseView, leaf: bytes) -> ActView:
    return next(act for act in view.acts if act.entry.leaf == leaf)
