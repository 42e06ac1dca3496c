"""Replaying the inquiry: each act through the hands of its officers, and over to the other side."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from parley.application import cases, drafts
from parley.application.cases import ActView, CaseView
from parley.application.writing import Writing
from parley.cli.demo.stage import AUTHORISER, DRAFTER, DUTY, LEGAL, Side, Stage
from parley.domain.act import Code, Precedence
from parley.domain.catalogue import DAY
from parley.kernel.errors import ParleyError
from parley.kernel.reasons import Reason
from parley.record.statement import Statement
from parley.story import bodies
from parley.story.events import Event
from parley.story.illustration import Act


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
    case: bytes | None = None
    for act in stage.illustration.acts:
        author = stage.sides[act.by]
        statement = _state(stage, author, act, case)
        case = statement.act.case
        yield _follow(stage, author, act, statement)


def _state(stage: Stage, author: Side, act: Act, case: bytes | None) -> Statement:
    """Let the author's officers make the statement. It is signed and queued, and not yet sent."""
    values = bodies.of_act(stage.story, stage.illustration, act)
    if act.type == "acknowledgement" and case is not None:
        return drafts.acknowledge(author.desk, DUTY, author.channel, case, values)
    writing = Writing(
        type=act.type,
        values=values,
        codes=_codes(act, author.desk.clock()),
        case=case,
        precedence=Precedence[act.precedence.upper()],
        reply_wanted=act.reply_wanted_days * DAY if act.reply_wanted_days else None,
    )
    draft = drafts.write(author.desk, DRAFTER, author.channel, writing)
    frozen = drafts.submit(author.desk, DRAFTER, draft.id, draft.revision)
    digest = frozen.sha256 or b""
    drafts.clear(author.desk, LEGAL, draft.id, digest)
    statement = drafts.authorise(author.desk, AUTHORISER, draft.id, digest)
    if statement is None:
        raise ParleyError(Reason.INTERNAL, fact="an authorised act that was not released")
    return statement


def _codes(act: Act, now: int) -> dict[str, Code]:
    """The header codes that do not follow from the text."""
    codes: dict[str, Code] = {}
    if act.severity is not None:
        codes["severity"] = act.severity
    if act.answers:
        codes["answers"] = tuple((answer.question, answer.status) for answer in act.answers)
    if act.next_step_days is not None:
        codes["next-step"] = now + act.next_step_days * DAY
    return codes


def _follow(stage: Stage, author: Side, act: Act, statement: Statement) -> Played:
    """Wait until the other side holds the statement and the author its receipt."""
    reader = stage.other(author)
    case, leaf = statement.act.case, statement.leaf
    stage.wait(f"{reader.code}, {act.type}", lambda: _find(reader, case, leaf) is not None)
    # Whoever is on duty opens what came: from here on the reader's record says so.
    read = cases.show(reader.desk, reader.channel, case, DUTY)
    stage.wait(f"{author.code}, {act.type}", lambda: _is_receipted(author, case, leaf))
    written = cases.show(author.desk, author.channel, case)
    return Played(
        act=act,
        event=stage.story.event(act.event) if act.event else None,
        author=author,
        reader=reader,
        leaf=leaf,
        case=case,
        sent=_among(written, leaf),
        opened=_among(read, leaf),
        status=written.summary.state.status.value,
    )


def _find(side: Side, case: bytes, leaf: bytes) -> ActView | None:
    """The act in a side's own record, if it stands there."""
    try:
        view = cases.show(side.desk, side.channel, case)
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
