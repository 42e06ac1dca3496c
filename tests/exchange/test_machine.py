"""Two real desks, frames crossing, delayed, repeated, reordered, lost: they end up agreeing.

Hypothesis plays officers of both sides and a network that keeps every frame for ever. Officers are
honest or not; desks follow the protocol. After everything is delivered both desks fold the same
statements to the same cases, and their records agree to (p, q).
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule

from parley.application import audit, channels, exchange, preparing
from parley.application.composing import Outgoing
from parley.application.desk import Desk
from parley.application.writing import Writing
from parley.domain import case as cases
from parley.domain.kinds.inquiry_state import Inquiry
from parley.kernel import ids
from parley.kernel.errors import ParleyError
from parley.record.freeze import Content
from parley.record.mirror import Mirror
from parley.record.replay import Replay
from parley.record.statement import Handling
from parley.store import log, views
from parley.wire import post
from tests.support.pair import Pair, copied, founded, reopened

ASKER = ("supplement", "withdrawal", "closing", "conditions-accepted")
REPLIER = (
    "acknowledgement",
    "preliminary-answer",
    "holding-answer",
    "detailed-answer",
    "refusal",
    "conditional-answer",
)
SOON = 1_900_000_000


def text_of(type_: str, questions: int) -> tuple[dict[str, Any], dict[str, Any]]:
    """Fields and codes of a plausible act of a type, in a case of so many questions."""
    answers = tuple((number, "answered") for number in range(1, questions + 1))
    texts = {f"answers/{number}/text@en": "An answer." for number, _ in answers}
    match type_:
        case "supplement":
            return {f"questions/{questions + 1}/text@en": "One more?"}, {"evidence": 0}
        case "preliminary-answer":
            return texts, {"answers": answers, "next-step": SOON}
        case "holding-answer":
            return {}, {"next-step": SOON}
        case "detailed-answer":
            return texts, {"answers": answers}
        case "refusal":
            return {"ground/text@en": "A ground."}, {"ground": "not-competent"}
        case "conditional-answer":
            return {"conditions/1/text@en": "A condition."}, {}
        case _:
            return {}, {}


class TwoDesks(RuleBasedStateMachine):
    """The network holds (sender, outgoing, digest, frame) of requests, and replies to them."""

    template: Path

    @initialize()
    def open(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="parley-machine-"))
        self.context = copied(self.template, self.folder / "pair")
        self.pair: Pair = self.context.__enter__()
        self.requests: list[tuple[Desk, Outgoing, bytes, bytes]] = []
        self.replies: list[tuple[Desk, Outgoing, bytes, bytes]] = []
        self.cases: list[tuple[Desk, bytes]] = []

    def desk(self, left: bool) -> Desk:
        return self.pair.left if left else self.pair.right

    # --- officers ------------------------------------------------------------------------------

    @precondition(lambda self: len(self.cases) < 3)
    @rule(left=st.booleans(), questions=st.integers(1, 2))
    def ask(self, left: bool, questions: int) -> None:
        desk = self.desk(left)
        values = {"subject@en": "S", "incident@en": "I", "facts@en": "F"}
        values |= {f"questions/{n}/text@en": "Q?" for n in range(1, questions + 1)}
        case = ids.new_case_id()
        self.honest(desk, Writing("inquiry", values, {"severity": "low"}, case, reply_wanted=9))
        self.cases.append((desk, case))

    @precondition(lambda self: self.cases)
    @rule(which=st.integers(0, 2), type_=st.sampled_from(ASKER + REPLIER))
    def act(self, which: int, type_: str) -> None:
        """The right side acts, if what it knows allows the act."""
        asker, case = self.cases[which % len(self.cases)]
        desk = asker if type_ in ASKER else self.pair.peer_of(asker)
        channel = self.pair.channel(desk)
        with desk.database.read() as connection:
            row = views.case(connection, channel.id, case)
            if row is None:
                return
            inquiry = Replay(connection, channel).state(case).substance
            questions = len(inquiry.questions) if isinstance(inquiry, Inquiry) else 0
            values, codes = text_of(type_, questions)
            writing = Writing(type_, values, codes, case)
            if type_ == "acknowledgement":
                try:
                    writing = preparing.acknowledgement(connection, channel, case, {})
                except ParleyError:
                    return
        self.honest(desk, writing)

    def honest(self, desk: Desk, writing: Writing) -> None:
        channel = self.pair.channel(desk)
        with desk.database.write(channel.id) as connection:
            try:
                prepared = preparing.prepare(connection, channel, writing)
                frozen = preparing.freeze(connection, channel, prepared)
                preparing.check(connection, channel, frozen, desk.clock())
            except ParleyError:
                return
            desk.ledger(connection, channel).append_own(frozen.act_bytes, frozen.body)

    @precondition(lambda self: self.cases)
    @rule(left=st.booleans(), which=st.integers(0, 2), type_=st.sampled_from(ASKER + REPLIER))
    def break_rules(self, left: bool, which: int, type_: str) -> None:
        """A party sends what the rules may forbid: another's act, a wrong number, no text."""
        desk = self.desk(left)
        channel = self.pair.channel(desk)
        _, case = self.cases[which % len(self.cases)]
        values, codes = text_of(type_, 1)
        self.pair.append(
            desk,
            Content(
                case=case,
                type=type_,
                from_office=channel.own.text.offices[0].id,
                to_offices=(channel.peer.text.offices[0].id,),
                reference=None,
                basis=(),
                legal_basis=None,
                precedence=3,
                handling=Handling("red", None),
                reply_wanted=None,
                codes=codes,
                values=values,
            ),
        )

    # --- network -------------------------------------------------------------------------------

    @rule(left=st.booleans())
    def send(self, left: bool) -> None:
        desk = self.desk(left)
        outgoing = exchange.compose(desk, self.pair.channel_id)
        data, digest = post.request(desk, outgoing)
        self.requests.append((desk, outgoing, digest, data))

    @precondition(lambda self: self.requests)
    @rule(which=st.integers(0, 1000))
    def deliver_request(self, which: int) -> None:
        """Any request ever made, once more or for the first time."""
        sender, outgoing, digest, data = self.requests[which % len(self.requests)]
        reply = post.answer(self.pair.peer_of(sender), data)
        self.replies.append((sender, outgoing, digest, reply))

    @precondition(lambda self: self.replies)
    @rule(which=st.integers(0, 1000))
    def deliver_reply(self, which: int) -> None:
        """Any reply ever made."""
        sender, outgoing, digest, data = self.replies[which % len(self.replies)]
        post.settle(sender, outgoing, digest, data)

    @rule(seconds=st.integers(-5, 600))
    def time_passes(self, seconds: int) -> None:
        self.pair.clock.now += seconds

    # --- the end -------------------------------------------------------------------------------

    def teardown(self) -> None:
        if not hasattr(self, "pair"):
            return
        try:
            self.pair.settle()
            self.check()
        finally:
            self.context.__exit__(None, None, None)
            shutil.rmtree(self.folder)

    def check(self) -> None:
        left, right = self.pair.left, self.pair.right
        assert folds(self.pair, left) == folds(self.pair, right)
        assert chains(self.pair, left) == chains(self.pair, right)
        for desk in (left, right):
            (standing,) = channels.standings(desk)
            assert standing.state == "open"
            agreed = (standing.agreed_own, standing.agreed_peer)
            assert agreed == (standing.own, standing.peer) == (standing.receipted, standing.peer)
            assert audit.fsck(desk).faults == ()
            check_places(self.pair, desk)


def check_places(made: Pair, desk: Desk) -> None:
    """Where each statement stands in both logs, against the logs put together whole."""
    channel = made.channel(desk)
    with desk.database.read() as connection:
        mirror = Mirror(connection, channel, 0)
        entries = list(log.in_order(connection, channel.id, 0, 10_000))
        for owner in (0, 1):
            leaves = mirror.leaves(owner, len(entries))
            authors = {entry.leaf: entry.author for entry in entries}
            for entry in entries:
                assert mirror.index(owner, entry) == leaves.index(entry.leaf)
            for size in range(len(entries) + 1):
                below = [authors[leaf] for leaf in leaves[:size]]
                found = log.authors_below(connection, channel.id, owner, size)
                assert found == {0: below.count(0), 1: below.count(1)}
                assert mirror.leaves(owner, len(entries), size) == leaves[size:]


def folds(made: Pair, desk: Desk) -> dict[bytes, Any]:
    """Every case, folded, and how the channel's own acts were judged."""
    channel = made.channel(desk)
    with desk.database.read() as connection:
        replay = Replay(connection, channel)
        found: dict[bytes, Any] = {
            row.case_id: cases.to_plain(replay.state(row.case_id))
            for row in views.cases(connection, channel.id)
        }
        found[b"channel"] = sorted(replay.opening().acts)
    return found


def chains(made: Pair, desk: Desk) -> list[list[bytes]]:
    """Both authors' statements, byte for byte."""
    with desk.database.read() as connection:
        return [
            [entry.data for entry in log.by_author(connection, made.channel_id, author, 0, 10_000)]
            for author in (0, 1)
        ]


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A pair of desks with an open channel, made once and copied for each run."""
    folder = tmp_path_factory.mktemp("template")
    with founded(folder) as letters:
        with reopened(folder, letters):
            pass
        yield folder


def test_two_desks_end_up_agreeing(template: Path) -> None:
    machine = type("TwoDesksHere", (TwoDesks,), {"template": template})
    run(machine, examples=15, steps=30)


@pytest.mark.campaign
def test_two_desks_end_up_agreeing_for_long(template: Path) -> None:
    machine = type("TwoDesksHere", (TwoDesks,), {"template": template})
    run(machine, examples=2000, steps=60)


def run(machine: type[TwoDesks], examples: int, steps: int) -> None:
    machine.TestCase.settings = settings(
        max_examples=examples,
        stateful_step_count=steps,
        deadline=None,
        # Without the phase that explains: on Python 3.11 it traces every line that runs.
        phases=[Phase.explicit, Phase.reuse, Phase.generate, Phase.shrink],
        suppress_health_check=list(HealthCheck),
    )
    case = machine.TestCase()
    case.runTest()
