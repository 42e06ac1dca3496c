"""Two sides of a channel, played in memory: who says what, and who has seen it when."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from typing import Any

from parley.domain import causality
from parley.domain.act import Act, ActType, Code
from parley.domain.causality import Horizon
from parley.domain.kinds.inquiry_state import Level
from tests.domain import folded
from tests.domain.folded import Folded

ASKER, REPLIER = 0, 1
NOW = 1_700_000_000
DAY = 86_400

Codes = dict[str, Code]


def make(
    author: int,
    seq: int,
    seen: tuple[int, ...],
    type_: str,
    codes: Codes | None = None,
    **fields: Any,
) -> Act:
    """An act whose id follows from all that it says."""
    text = repr((author, seq, seen, type_, codes, sorted(fields.items())))
    return Act(
        id=hashlib.sha256(text.encode()).digest(),
        author=author,
        seq=seq,
        seen=seen,
        type=type_,
        codes=codes or {},
        **fields,
    )


def codes_for(type_: str, state: Folded) -> Codes:
    """The plainest codes with which an act of this type is in order, knowing ``state``."""
    open_ = [q.number for q in state.questions if q.level != Level.FINAL] or [1]
    codes: dict[str, Codes] = {
        ActType.INQUIRY: {"questions": 2, "evidence": 1, "severity": "high"},
        ActType.SUPPLEMENT: {"first": len(state.questions) + 1, "questions": 1, "evidence": 0},
        ActType.CONDITIONS_ACCEPTED: {
            "conditions": state.offers[-1].conditions if state.offers else 1
        },
        ActType.ACKNOWLEDGEMENT: {"received-at": NOW - 60, "handling-office": "00ff"},
        ActType.PRELIMINARY_ANSWER: {"answers": ((open_[0], "partly"),), "next-step": NOW + DAY},
        ActType.HOLDING_ANSWER: {"next-step": NOW + DAY},
        ActType.DETAILED_ANSWER: {"answers": tuple((n, "answered") for n in open_)},
        ActType.REFUSAL: {"ground": "law-forbids"},
        ActType.CONDITIONAL_ANSWER: {"conditions": 2},
    }
    return codes.get(type_, {})


def reference_for(type_: str, state: Folded) -> bytes | None:
    """What an act of this type most plainly refers to, knowing ``state``."""
    if type_ == ActType.INQUIRY:
        return None
    if type_ == ActType.CONDITIONS_ACCEPTED and state.offers:
        return state.offers[-1].id
    if type_ == ActType.ACKNOWLEDGEMENT:
        for asking in state.askings:
            if asking.acknowledged is None:
                return asking.id
    return state.askings[0].id if state.askings else bytes(32)


class Play:
    """Two members of a channel and one case between them.

    ``said[m]`` has the acts of member m; ``held[m]`` how many of the other's m has in its log.
    Statements reach the other side in the author's order, when :meth:`deliver` says so.
    ``between`` statements on other matters raise the numbers, as in a real channel.
    """

    def __init__(self, between: int = 1) -> None:
        self.said: tuple[list[Act], list[Act]] = ([], [])
        self.held = [0, 0]
        self.count = [between, between]
        self.heard = [between, between]

    def vector(self, member: int) -> tuple[int, int]:
        mine, theirs = self.count[member], self.heard[member]
        return (mine, theirs) if member == 0 else (theirs, mine)

    def known(self, member: int) -> list[Act]:
        """All acts that stand in the log of ``member``."""
        other = 1 - member
        return [*self.said[member], *self.said[other][: self.held[member]]]

    def view(self, member: int) -> Folded:
        return folded.fold(self.known(member))

    def draft(self, member: int, type_: str, codes: Codes | None = None, **fields: Any) -> Act:
        """An act that ``member`` could release now; the plainest header where none is given."""
        state = self.view(member)
        if type_ == ActType.INQUIRY:
            fields.setdefault("reply_wanted", 30 * DAY)
        else:
            fields.setdefault("reference", reference_for(type_, state))
        given = codes_for(type_, state) if codes is None else codes
        return make(member, self.count[member], self.vector(member), type_, given, **fields)

    def say(self, member: int, type_: str, codes: Codes | None = None, **fields: Any) -> Act:
        """``member`` says something; the other side does not have it yet."""
        return self.release(self.draft(member, type_, codes, **fields))

    def release(self, act: Act) -> Act:
        self.said[act.author].append(act)
        self.count[act.author] += 1
        return act

    def deliver(self, member: int, count: int = 1) -> None:
        """The next statements of the other side reach ``member``."""
        other = self.said[1 - member]
        for _ in range(count):
            if self.held[member] == len(other):
                self.heard[member] = self.count[1 - member]
                return
            self.heard[member] = other[self.held[member]].seq + 1
            self.held[member] += 1

    def sync(self) -> None:
        """Everything said reaches the other side."""
        for member in (0, 1):
            self.deliver(member, len(self.said[1 - member]) + 1)

    def exchange(self, member: int, type_: str, codes: Codes | None = None, **fields: Any) -> Act:
        """Say something that arrives at once."""
        act = self.say(member, type_, codes, **fields)
        self.sync()
        return act

    def acts(self) -> list[Act]:
        return [*self.said[0], *self.said[1]]

    def fold(self, horizon: Horizon | None = None) -> Folded:
        return folded.fold(self.acts(), horizon=horizon)

    def horizon(self) -> Horizon:
        """What both are known to have seen, once each has said something more."""
        return (
            (self.count[0], self.heard[0]),
            (self.heard[1], self.count[1]),
        )


def opened(questions: int = 2, **fields: Any) -> Play:
    """A play in which the inquiry has arrived."""
    play = Play()
    codes: Codes = {"questions": questions, "evidence": 1, "severity": "high"}
    play.exchange(ASKER, ActType.INQUIRY, codes, **fields)
    return play


def statuses(state: Folded) -> list[str]:
    """The status of each question, in the order of their numbers."""
    return [question.status for question in state.questions]


def voids(state: Folded) -> dict[bytes, str]:
    """Why the void acts are void, by id."""
    return {entry.id: entry.void for entry in state.void_acts if entry.void is not None}


def closed_past(act: Act, acts: Iterable[Act]) -> list[Act]:
    return causality.past(act, acts)
