"""Replaying the story: each act through the hands of its officers, and over to the other side."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from parley.application import cases, drafts
from parley.application.cases import ActView, CaseView
from parley.application.writing import Writing
from parley.cli.demo import house
from parley.cli.demo.stage import DUTY, Side, Stage
from parley.domain import case as folds
from parley.domain.act import ActType, Code, Precedence
from parley.domain.types.common import DAY
from parley.kernel.errors import ParleyError
from parley.kernel.reasons import Reason
from parley.record.statement import Statement
from parley.story import bodies
from parley.story.events import Event
from parley.story.illustration import Act, Label


class Played(NamedTuple):
    """One act, played: what it is, whose, and how both sides' records show it.

    ``event`` is what the documents tell; None: illustration of procedure. ``sent`` is the act in
    the record of its author, with the other side's receipt; ``opened`` in that of the other side.
    ``status`` is the case's, after the act, as both sides see it.
    """

    act: Act
    event: Event | None
    author: Side
    reader: Side
    leaf: bytes
    case: bytes
    sent: ActView
    opened: ActView
    status: str


def play(stage: Stage) -> Iterator[Played]:
    """Play all acts in order; each is yielded once its author holds the receipt for it."""
    cases: dict[Label, bytes] = {}
    leaves: dict[Label, bytes] = {}
    for act in stage.illustration.acts:
        author = stage.sides[act.by]
        statement = _state(stage, author, act, cases, leaves)
        cases[act.case] = statement.act.case
        if act.label is not None:
            leaves[act.label] = statement.leaf
        yield _follow(stage, author, act, statement)


def _state(
    stage: Stage,
    author: Side,
    act: Act,
    known: Mapping[Label, bytes],
    leaves: Mapping[Label, bytes],
) -> Statement:
    """Let the author's officers make the statement. It is signed and queued, and not yet sent."""
    case = known.get(act.case)
    values = bodies.of_act(stage.story, stage.illustration, act, opens=case is None)
    if act.type == ActType.ACKNOWLEDGEMENT and case is not None:
        return drafts.acknowledge(author.desk, DUTY, author.channel, case, values)
    codes: dict[str, Code] = dict(act.codes)
    now = author.desk.clock()
    codes |= {name: now + days * DAY for name, days in act.in_days.items()}
    if act.about is not None:
        codes["about"] = known[act.about].hex()
    writing = Writing(
        type=act.type,
        values=values,
        codes=codes,
        case=case,
        reference=leaves[act.reference] if act.reference else None,
        precedence=Precedence[act.precedence.upper()],
        reply_wanted=act.reply_wanted_days * DAY if act.reply_wanted_days else None,
    )
    return house.pass_through(author, writing)


def _follow(stage: Stage, author: Side, act: Act, statement: Statement) -> Played:
    """Wait until the other side holds the statement and the author its receipt."""
    reader = stage.other(author)
    case, leaf = statement.act.case, statement.leaf
    stage.wait(f"{reader.code}, {act.type}", lambda: _find(reader, case, leaf) is not None)
    # Whoever is on duty opens what came: from here on the reader's record says so.
    read = cases.show(reader.desk, reader.channel, case, DUTY)
    stage.wait(f"{author.code}, {act.type}", lambda: _is_receipted(author, case, leaf))
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
        status=folds.status(written.summary.state),
    )


def _find(side: Side, case: bytes, leaf: bytes) -> ActView | None:
    """The act in a side's own record, if it stands there."""
    try:
        view = cases.show(side.desk, side.channel, case, DUTY)
    except ParleyError as error:
        if error.reason is Reason.CASE_UNKNOWN:
            return None
        raise
    return next((act for act in view.acts if act.entry.leaf == leaf), None)


def _is_receipted(side: Side, case: bytes, leaf: bytes) -> bool:
    found = _find(side, case, leaf)
    return found is not None and found.receipt is not None


def _among(view: CaseView, leaf: bytes) -> ActView:
    return next(act for act in view.acts if act.entry.leaf == leaf)
