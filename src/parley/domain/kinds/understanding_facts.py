"""Which facts an act of an understanding writes: always of its author's side alone."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

import msgspec

from parley.domain.act import Act, ActType
from parley.domain.codes import token
from parley.domain.kinds.understanding_state import (
    Assessment,
    Recall,
    Report,
    Side,
    Understanding,
    Version,
    Word,
    changed,
)

_replace = msgspec.structs.replace


def begin(members: int, act: Act) -> Understanding:
    """The understanding of which ``act`` records its author's version."""
    blank = Understanding(token(act, "level"), (Side(),) * members)
    return write(blank, act)


def write(understanding: Understanding, act: Act) -> Understanding:
    """The understanding after an act that stands."""
    side = understanding.sides[act.author]
    return changed(understanding, act.author, _WRITERS[act.type](side, act))


def _version(side: Side, act: Act) -> Side:
    word = Word(act.id, act.seq, act.type, act.id)
    version = Version(act.id, act.seq, token(act, "owner"), token(act, "due") or None)
    return _replace(side, versions=(*side.versions, version), words=(*side.words, word))


def _word(side: Side, act: Act) -> Side:
    word = Word(act.id, act.seq, act.type, act.reference)
    return _replace(side, words=(*side.words, word))


def _farewell(side: Side, act: Act) -> Side:
    return _replace(side, words=(*side.words, Word(act.id, act.seq, act.type, None)))


def _recall(side: Side, act: Act) -> Side:
    meeting = token(act, "meeting")
    recall = Recall(act.id, act.seq, bytes.fromhex(meeting) if meeting else None)
    return _replace(side, recalls=(*side.recalls, recall))


def _report(side: Side, act: Act) -> Side:
    report = Report(act.id, act.seq, token(act, "progress"))
    return _replace(side, reports=(*side.reports, report))


def _assessment(side: Side, act: Act) -> Side:
    found = Assessment(act.id, act.seq, act.reference or b"", token(act, "assessment"))
    return _replace(side, assessments=(*side.assessments, found))


_WRITERS: Final[Mapping[str, Callable[[Side, Act], Side]]] = {
    ActType.UNDERSTANDING: _version,
    ActType.UNDERSTANDING_CONFIRMATION: _word,
    ActType.UNDERSTANDING_DISPUTE: _word,
    ActType.UNDERSTANDING_STEP_BACK: _farewell,
    ActType.UNDERSTANDING_RECALL: _recall,
    ActType.UNDERSTANDING_PROGRESS: _report,
    ActType.UNDERSTANDING_ASSESSMENT: _assessment,
    ActType.UNDERSTANDING_LAPSE: _farewell,
}
