"""Each occasion that a desk finds by itself, on real desks: who is told, and when that ends."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from parley.application import (
    alert_watch,
    contact_checks,
    draft_keeping,
    drafts,
    exchange,
    nondelivery,
    officers,
    reopening,
)
from parley.application.desk import Desk
from parley.application.draft_keeping import DraftView
from parley.application.writing import Writing
from parley.domain.act import ActType
from parley.domain.draft import Verdict
from parley.domain.policy import Policy
from parley.kernel import ids
from parley.kernel.reasons import Reason
from parley.store import alerts as rows
from parley.store.alerts import AlertRow
from tests.alerts.conftest import Templates
from tests.contacts.house import ON_DUTY, found, nominate, tell
from tests.desk.test_house import INQUIRY, digest
from tests.support.hostile import Hostile
from tests.support.pair import Pair, inquiry
from tests.support.setback import set_back

ATTRIBUTION = Writing(
    "attribution",
    {"subject@en": "Scans of May", "object@en": "Scans.", "basis@en": "Logs."},
    {"said-by": "sender", "confidence": "moderate", "publicity": "private"},
)
CLEAR, DECIDE, AUTHORISE = "draft-to-clear", "draft-to-decide", "draft-to-authorise"
TROUBLE = {"ada", "audit", "lena", "otto"}
"""Who opens a channel again, stands duty, or audits."""


@pytest.fixture(scope="module")
def shared(templates: Templates, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pair]:
    """Two desks, the left with a second authoriser, for all that leave the channel as it was."""
    with templates.copy(tmp_path_factory.mktemp("shared") / "pair") as made:
        officers.add(made.left, "berta", ["authoriser"])
        yield made


class Watched:
    """What one desk's watcher raises from here on."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        alert_watch.watch(desk)
        self._before = {row.id for row in self._rows()}

    def look(self) -> set[tuple[str, str]]:
        """Each occasion raised since that is not over, and the officer who is told of it."""
        alert_watch.watch(self.desk)
        return {(row.occasion, row.officer) for row in self.raised() if row.ended is None}

    def raised(self) -> list[AlertRow]:
        """All alerts raised since."""
        return [row for row in self._rows() if row.id not in self._before]

    def _rows(self) -> list[AlertRow]:
        with self.desk.database.read() as connection:
            return [
                row
                for name in ("ada", "audit", "berta", "carla", "dora", "lena", "otto")
                for row in rows.of_officer(connection, name, every=True)
            ]


def submitted(desks: Pair, desk: Desk, writing: Writing = INQUIRY) -> DraftView:
    draft = drafts.write(desk, "dora", desks.channel(desk), writing)
    return drafts.submit(desk, "dora", draft.id, draft.revision)


def test_a_draft_calls_for_each_hand_in_turn_and_for_nobody_twice(shared: Pair) -> None:
    left = shared.left
    watched = Watched(left)
    draft = submitted(shared, left, ATTRIBUTION)
    assert watched.look() == {(CLEAR, "lena")}
    drafts.clear(left, "lena", draft.id, digest(draft))
    assert watched.look() == {(AUTHORISE, "ada"), (AUTHORISE, "berta")}
    assert drafts.authorise(left, "ada", draft.id, digest(draft)) is None
    assert watched.look() == {(AUTHORISE, "berta")}, "the second officer, and no other"
    assert drafts.authorise(left, "berta", draft.id, digest(draft)) is not None
    assert watched.look() == set()
    assert {row.precedence for row in watched.raised()} == {ATTRIBUTION.precedence}
    shared.settle()


def test_a_decision_on_release_is_asked_of_those_who_have_not_given_theirs(shared: Pair) -> None:
    left = replace(shared.left, policy=Policy(decide_types=frozenset({"inquiry"})))
    watched = Watched(left)
    draft = submitted(shared, left)
    assert draft.gated
    drafts.clear(left, "lena", draft.id, digest(draft))
    assert watched.look() == {(DECIDE, name) for name in ("ada", "berta", "lena")}
    drafts.decide(left, "lena", draft.id, digest(draft), Verdict.MAY_GO, "Fit to go")
    assert watched.look() == {(DECIDE, "ada"), (DECIDE, "berta")}
    drafts.decide(left, "berta", draft.id, digest(draft), Verdict.MAY_GO, "Fit to go")
    assert watched.look() == {(AUTHORISE, "ada"), (AUTHORISE, "berta")}
    assert {row.precedence for row in watched.raised()} == {INQUIRY.precedence}
    now = draft_keeping.find(left, "dora", draft.id.hex())
    drafts.abandon(left, "dora", draft.id, now.revision)
    assert watched.look() == set()


def test_a_refusal_and_an_act_without_effect_are_told_apart(shared: Pair) -> None:
    left, right = shared.left, shared.right
    watched, there = Watched(left), Watched(right)
    asked = shared.append(left, inquiry(shared.channel(left), ids.new_case_id()))
    shared.settle()
    assert there.look() == {("statement-received", "otto")}
    case = asked.act.case
    refusal = inquiry(shared.channel(right), case)._replace(
        type=ActType.REFUSAL,
        reference=asked.leaf,
        codes={"ground": "not-competent"},
        values={"ground/text@en": "A ground."},
        reply_wanted=None,
    )
    shared.append(right, refusal)
    shared.settle()
    assert watched.look() == {("refusal-received", "otto")}
    # The right desk withdraws what it has never said.
    void = inquiry(shared.channel(right), ids.new_case_id())._replace(
        type=ActType.WITHDRAWAL, codes={}, values={}, reply_wanted=None, precedence=0
    )
    shared.append(right, void)
    shared.settle()
    assert watched.look() == {("refusal-received", "otto"), ("peer-act-void", "otto")}
    assert there.look() == {("statement-received", "otto"), ("own-act-void", "otto")}
    assert {r.case_id for r in watched.raised() if r.occasion == "peer-act-void"} == {void.case}


def test_what_is_not_delivered_in_time_is_told_once(shared: Pair) -> None:
    left = shared.left
    watched = Watched(left)
    asked = shared.append(left, inquiry(shared.channel(left), ids.new_case_id()))
    exchange.failed(left, shared.channel_id, Reason.PEER_UNREACHABLE)
    assert watched.look() == set()
    shared.clock.now += 72 * 3600 + 1
    assert nondelivery.state_overdue(left) == 1
    assert watched.look() == {("not-delivered", "otto")}
    assert {row.case_id for row in watched.raised()} == {asked.act.case}
    shared.settle()
    assert watched.look() == {("not-delivered", "otto")}


def test_a_check_of_contacts_is_told_when_it_is_due_until_it_is_made(desks: Pair) -> None:
    left, right = desks.left, desks.right
    nominate(right, desks, 3)
    desks.settle()
    tell(left, desks, ActType.CONTACT_ACCEPTANCE, ((1, 3),))
    desks.settle()
    watched = Watched(left)
    due = contact_checks.next_check(left, found(left, desks, own=False))
    assert due is not None
    at = min(one for one in due.due if one is not None)
    for now, told in ((at - 1, set()), (at, {("check-due", "otto")})):
        desks.clock.now = now
        alert_watch.watch_time(left)
        assert {(row.occasion, row.officer) for row in watched.raised()} == told
    contact_checks.check(left, ON_DUTY, found(left, desks, own=False), "routine")
    desks.settle()
    alert_watch.watch_time(left)
    (row,) = watched.raised()
    assert (row.deadline, row.ended) == (at, "over")


def test_a_fork_halts_the_channel_and_the_proof_is_told_too(desks: Pair) -> None:
    hostile, watched = Hostile(desks), Watched(desks.left)
    for sent in (hostile.sign(), hostile.sign()):
        hostile.show(sent)
    assert hostile.standing.state == "halted"
    known = {("statement-received", "otto")}
    proof = {("evidence-kept", name) for name in TROUBLE}
    assert watched.look() - known == {("channel-halted", name) for name in TROUBLE} | proof
    channel = desks.channel(desks.left)
    for officer in ("ada", "lena"):
        reopening.reopen(desks.left, officer, channel, "agreed by telephone")
    assert hostile.standing.state == "open"
    assert watched.look() - known == proof, "what was halted is over, the proof stays"


def test_a_desk_that_was_set_back_tells_it_and_that_the_channel_is_read_only(
    tmp_path: Path,
) -> None:
    with set_back(tmp_path) as house:
        made = house.pair
        old = house.copy("left")
        for desk in (made.left, made.right):
            made.append(desk, inquiry(made.channel(desk), ids.new_case_id()))
        made.settle()
        left = house.back("left", old)
        alert_watch.watch(left)
        expected = {
            (kind, who) for kind in ("channel-read-only", "desk-set-back") for who in TROUBLE
        }
        with left.database.read() as connection:
            every = [row for who in TROUBLE for row in rows.of_officer(connection, who)]
        assert {(row.occasion, row.officer) for row in every} == expected
        made.settle()
        alert_watch.watch(left)
        with left.database.read() as connection:
            every = [row for who in TROUBLE for row in rows.of_officer(connection, who)]
        standing = {row.occasion for row in every}
        assert "desk-set-back" in standing
        assert "channel-read-only" not in standing, "the day has been returned"
