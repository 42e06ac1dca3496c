"""Which facts an act of a meeting writes: always of its author's side alone."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

import msgspec

from parley.domain.act import Act, ActType
from parley.domain.codes import integer, ranges, spread, token
from parley.domain.kinds.meeting_state import (
    Acceptance,
    Declaration,
    Draft,
    Items,
    Meeting,
    Reply,
    Roster,
    Side,
    Terms,
    Word,
    changed,
)

_replace = msgspec.structs.replace


def begin(members: int, act: Act) -> Meeting:
    """The meeting that ``act`` proposes or declares."""
    held = token(act, "held")
    side = _with_items(Side(), act)
    side = _with_terms(side, act) if not held else _with_declaration(side, act)
    for name in ("delegation", "programme"):
        if integer(act, name):
            side = _with_roster(side, act, name)
    meeting = Meeting(token(act, "form"), token(act, "level"), act.author, (Side(),) * members)
    return changed(meeting, act.author, side)


def write(meeting: Meeting, act: Act) -> Meeting:
    """The meeting after an act that stands."""
    return changed(meeting, act.author, _WRITERS[act.type](meeting, act))


def _with_terms(side: Side, act: Act) -> Side:
    terms = Terms(act.id, act.seq, token(act, "first-day") or None, token(act, "last-day") or None)
    return _replace(side, terms=(*side.terms, terms))


def _with_items(side: Side, act: Act) -> Side:
    count = integer(act, "agenda")
    if not count:
        return side
    return _replace(side, items=(*side.items, Items(act.id, act.seq, count)))


def _with_roster(side: Side, act: Act, name: str) -> Side:
    return _replace(side, **{name: Roster(act.id, act.seq, integer(act, name))})


def _with_declaration(side: Side, act: Act) -> Side:
    declaration = Declaration(act.id, act.seq, token(act, "held"))
    return _replace(side, declarations=(*side.declarations, declaration))


def _acceptance(meeting: Meeting, act: Act) -> Side:
    side = meeting.sides[act.author]
    acceptance = Acceptance(act.id, act.seq, act.reference or b"")
    return _replace(side, acceptances=(*side.acceptances, acceptance))


def _postponement(meeting: Meeting, act: Act) -> Side:
    return _with_terms(meeting.sides[act.author], act)


def _cancellation(meeting: Meeting, act: Act) -> Side:
    return _replace(meeting.sides[act.author], cancelled=act.seq)


def _delegation(meeting: Meeting, act: Act) -> Side:
    return _with_roster(meeting.sides[act.author], act, "delegation")


def _programme(meeting: Meeting, act: Act) -> Side:
    return _with_roster(meeting.sides[act.author], act, "programme")


def _agenda(meeting: Meeting, act: Act) -> Side:
    return _with_items(meeting.sides[act.author], act)


def _agenda_reply(meeting: Meeting, act: Act) -> Side:
    side = meeting.sides[act.author]
    items = act.reference or b""
    words = {(word.items, word.number): word for word in side.words}
    for name, accepted in (("accepted", True), ("declined", False)):
        for number in spread(ranges(act, name)):
            words[items, number] = Word(items, number, accepted)
    return _replace(side, words=tuple(words[key] for key in sorted(words)))


def _declaration(meeting: Meeting, act: Act) -> Side:
    return _with_declaration(meeting.sides[act.author], act)


def _draft(meeting: Meeting, act: Act) -> Side:
    side = meeting.sides[act.author]
    return _replace(side, drafts=(*side.drafts, Draft(act.id, act.seq)))


def _reply(meeting: Meeting, act: Act) -> Side:
    side = meeting.sides[act.author]
    version = act.type == ActType.MINUTES_NOT_AGREED and integer(act, "items") > 0
    reply = Reply(
        act.id, act.seq, act.type, act.reference or b"", integer(act, "reservations"), version
    )
    return _replace(side, replies=(*side.replies, reply))


_WRITERS: Final[Mapping[str, Callable[[Meeting, Act], Side]]] = {
    ActType.MEETING_ACCEPTANCE: _acceptance,
    ActType.MEETING_POSTPONEMENT: _postponement,
    ActType.MEETING_CANCELLATION: _cancellation,
    ActType.MEETING_DELEGATION: _delegation,
    ActType.MEETING_AGENDA: _agenda,
    ActType.MEETING_AGENDA_REPLY: _agenda_reply,
    ActType.MEETING_PROGRAMME: _programme,
    ActType.MEETING_DECLARATION: _declaration,
    ActType.MINUTES_DRAFT: _draft,
    ActType.MINUTES_CORRECTION: _reply,
    ActType.MINUTES_AGREEMENT: _reply,
    ActType.MINUTES_NOT_AGREED: _reply,
}
