"""The decision on release: two reviewers over the exact bytes, and no way around them."""

from __future__ import annotations

from dataclasses import replace

import pytest

from parley.application import draft_keeping, drafts, house_record, officers
from parley.application.desk import Desk
from parley.application.draft_keeping import DraftView
from parley.domain.draft import DECISION_SECONDS, Verdict
from parley.domain.policy import Policy
from parley.kernel.errors import ParleyError
from parley.kernel.reasons import Reason
from parley.node import config
from parley.store import house
from parley.store.house_log import Sought
from tests.desk.test_house import INQUIRY, digest, refused
from tests.support.pair import Pair


@pytest.fixture
def gated(desks: Pair) -> Desk:
    """The left desk, in whose house two reviewers decide on inquiries; rex and rosa may."""
    left = replace(desks.left, policy=Policy(decide_types=frozenset({"inquiry"})))
    for name in ("rex", "rosa"):
        officers.add(left, name, ["legal-reviewer"])
    return left


def cleared(desks: Pair, left: Desk) -> DraftView:
    draft = drafts.write(left, "dora", desks.channel(left), INQUIRY)
    draft = drafts.submit(left, "dora", draft.id, draft.revision)
    assert draft.gated
    return drafts.clear(left, "lena", draft.id, digest(draft))


def decide(left: Desk, officer: str, draft: DraftView, verdict: Verdict = Verdict.MAY_GO) -> str:
    made = drafts.decide(left, officer, draft.id, digest(draft), verdict, f"Said by {officer}")
    return made.stage


def test_nothing_goes_before_two_reviewers_let_it(desks: Pair, gated: Desk) -> None:
    draft = cleared(desks, gated)
    for stage, officer in (("cleared", "rex"), ("decided", "rosa")):
        with refused(Reason.DRAFT_STAGE):
            drafts.authorise(gated, "ada", draft.id, digest(draft))
        assert decide(gated, officer, draft) == stage
    assert drafts.authorise(gated, "ada", draft.id, digest(draft)) is not None
    shown = draft_keeping.find(gated, "dora", draft.id.hex())
    assert [(one.officer, one.verdict, one.reason) for one in shown.said] == [
        ("rex", "may-go", "Said by rex"),
        ("rosa", "may-go", "Said by rosa"),
    ]


@pytest.mark.parametrize("verdict", [Verdict.REDACT, Verdict.REFUSE])
def test_one_word_against_it_opens_the_text_again(
    desks: Pair, gated: Desk, verdict: Verdict
) -> None:
    draft = cleared(desks, gated)
    decide(gated, "rex", draft)
    assert decide(gated, "rosa", draft, verdict) == "drafted"
    shown = draft_keeping.find(gated, "dora", draft.id.hex())
    assert (shown.void_reason, shown.sha256, shown.cleared_by, shown.decided_by) == (
        *("release-refused", None, None),
        (),
    )
    again = drafts.submit(gated, "dora", draft.id, shown.revision)
    assert again.sha256 != draft.sha256
    with refused(Reason.DRAFT_STAGE):
        decide(gated, "rex", again)
    assert [one.reason for one in shown.said] == ["Said by rex", "Said by rosa"]


def test_who_may_decide(desks: Pair, gated: Desk) -> None:
    officers.add(gated, "dora", ["drafter", "legal-reviewer"])
    draft = cleared(desks, gated)
    with refused(Reason.ROLE_FORBIDS):
        decide(gated, "otto", draft)
    with refused(Reason.OFFICER_SEPARATION):
        decide(gated, "dora", draft)
    decide(gated, "lena", draft)  # who cleared it
    with refused(Reason.DECIDED_ALREADY):
        decide(gated, "lena", draft)
    decide(gated, "ada", draft)
    with refused(Reason.OFFICER_SEPARATION):
        drafts.authorise(gated, "ada", draft.id, digest(draft))


def test_other_bytes_and_old_words_count_for_nothing(desks: Pair, gated: Desk) -> None:
    draft = cleared(desks, gated)
    with refused(Reason.DRAFT_HASH_MISMATCH):
        drafts.decide(gated, "rex", draft.id, bytes(32), Verdict.MAY_GO, "Read")
    for officer in ("rex", "rosa"):
        decide(gated, officer, draft)
    desks.clock.now += DECISION_SECONDS + 1
    with refused(Reason.RELEASE_DECISION_EXPIRED):
        drafts.authorise(gated, "ada", draft.id, digest(draft))
    for officer in ("rex", "rosa"):
        decide(gated, officer, draft)
    assert drafts.authorise(gated, "ada", draft.id, digest(draft)) is not None


def test_reasons_are_sealed_and_verdicts_on_record(desks: Pair, gated: Desk) -> None:
    draft = cleared(desks, gated)
    decide(gated, "rex", draft, Verdict.LICENSED)
    page = house_record.read(gated, "audit", Sought(draft=draft.id), 0)
    assert [(one.entry.officer, one.entry.act, one.entry.facts) for one in page.entries[-1:]] == [
        ("rex", "release-allowed", ("licensed",))
    ]
    with gated.database.read() as connection:
        row = house.draft(connection, draft.id)
    assert row is not None
    assert b"Said by rex" not in row.workflow + row.sealed


def test_what_one_officer_releases_alone_asks_for_none(desks: Pair) -> None:
    everything = replace(desks.right, policy=Policy(decide_always=True))
    left = desks.left
    draft = drafts.write(left, "dora", desks.channel(left), INQUIRY)
    draft = drafts.submit(left, "dora", draft.id, draft.revision)
    drafts.clear(left, "lena", draft.id, digest(draft))
    drafts.authorise(left, "ada", draft.id, digest(draft))
    desks.settle()
    assert drafts.acknowledge(everything, "otto", desks.channel(everything), draft.case)


def test_where_the_house_asks_for_none_there_is_none(desks: Pair) -> None:
    draft = drafts.write(desks.left, "dora", desks.channel(desks.left), INQUIRY)
    draft = drafts.submit(desks.left, "dora", draft.id, draft.revision)
    drafts.clear(desks.left, "lena", draft.id, digest(draft))
    with refused(Reason.DRAFT_STAGE):
        decide(desks.left, "lena", draft)


@pytest.mark.parametrize(
    ("section", "asked"),
    [
        ("", False),
        ("release-decision = true", True),
        ('release-decision-types = ["inquiry"]', True),
        ('release-decision-types = ["closing"]', False),
        ('release-decision-channels = ["SOUTH"]', True),
        ('release-decision-channels = ["EAST"]', False),
    ],
)
def test_the_configuration_says_where(section: str, asked: bool) -> None:
    policy = config.parse(f"[house]\n{section}\n").house.policy()
    assert policy.asks_for_decision("inquiry", "standing", "SOUTH") is asked
    written = config.parse(config.render(config.parse(f"[house]\n{section}\n")))
    assert written.house.policy() == policy


@pytest.mark.parametrize("type_", ["acknowledgement", "no-such-type"])
def test_a_type_that_nobody_authorises_cannot_be_asked_for(type_: str) -> None:
    with pytest.raises(ParleyError) as caught:
        config.parse(f'[house]\nrelease-decision-types = ["{type_}"]\n')
    assert caught.value.reason is Reason.CONFIG_INVALID
