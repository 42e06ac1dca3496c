"""Drafts inside the house: every stage, every role, every way past a second pair of eyes."""

from __future__ import annotations

from typing import Any

import hypothesis.strategies as st
import msgspec
import pytest
from hypothesis import settings
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from parley.domain.catalogue import CATALOGUE
from parley.domain.draft import DECIDERS, DECISION_SECONDS, Draft, Officer, Stage, Verdict
from parley.domain.draft_steps import (
    Abandon,
    Authorise,
    Begin,
    Clear,
    Command,
    Decide,
    Freeze,
    Overtake,
    Release,
    Return,
    Revise,
)
from parley.domain.drafting import decide, evolve
from parley.domain.roles import Role
from parley.domain.shape import Scope
from parley.kernel import cbor
from parley.kernel.errors import ParleyError
from parley.kernel.reasons import Reason

DRAFTER = Officer("dora", frozenset({Role.DRAFTER}))
LAWYER = Officer("leo", frozenset({Role.LEGAL_REVIEWER}))
REX = Officer("rex", frozenset({Role.LEGAL_REVIEWER}))
CHIEF = Officer("chen", frozenset({Role.AUTHORISER}))
DUTY = Officer("duane", frozenset({Role.DUTY_OFFICER}))
EVERYTHING = Officer("eve", frozenset(Role))
DIGEST, OTHER = b"\x01" * 32, b"\x02" * 32
PEER, LEAF = b"\x03" * 32, b"\x04" * 32


def run(draft: Draft | None, *commands: Command) -> Draft:
    """The draft after ``commands``; ``revision=0`` stands for the current one."""
    for given in commands:
        command: Any = given
        if draft is not None and getattr(command, "revision", None) == 0:
            command = msgspec.structs.replace(command, revision=draft.revision)
        for event in decide(draft, command, 100):
            draft = evolve(draft, event)
    assert draft is not None
    return draft


def refused(draft: Draft | None, command: Command) -> ParleyError:
    with pytest.raises(ParleyError) as caught:
        run(draft, command)
    return caught.value


BEGIN = Begin(DRAFTER, "inquiry")
FREEZE = Freeze(DRAFTER, 0, DIGEST)
CLEAR = Clear(LAWYER, 0, DIGEST)
AUTHORISE = Authorise(CHIEF, 0, DIGEST)
RELEASE = Release(DIGEST, LEAF)
DRAFTED = run(None, BEGIN)
FROZEN = run(DRAFTED, FREEZE)
CLEARED = run(FROZEN, CLEAR)
GATED = run(DRAFTED, Freeze(DRAFTER, 0, DIGEST, gated=True), CLEAR)
DECIDED = run(
    GATED, Decide(LAWYER, 0, DIGEST, Verdict.MAY_GO), Decide(REX, 0, DIGEST, Verdict.LICENSED)
)
AUTHORISED = run(CLEARED, AUTHORISE)
RELEASED = run(AUTHORISED, RELEASE)
ABANDONED = run(DRAFTED, Abandon(DRAFTER, 0))


STAGES = (DRAFTED, FROZEN, CLEARED, DECIDED, AUTHORISED, RELEASED, ABANDONED)


def test_a_draft_goes_its_way_from_hand_to_hand() -> None:
    stages = [draft.stage for draft in STAGES]
    assert stages == list(Stage)
    assert RELEASED.statement == LEAF
    assert RELEASED.drafters == ("dora",)
    assert RELEASED.cleared_by == "leo"
    assert [given.officer for given in RELEASED.authorisations] == ["chen"]
    assert RELEASED.revision == 5


COMMANDS: list[Any] = [Revise(DRAFTER, 0), FREEZE, Return(LAWYER, 0), CLEAR, AUTHORISE, RELEASE]
COMMANDS.append(Abandon(DRAFTER, 0))
# For each stage, which of the commands above it takes.
TAKES = {
    Stage.DRAFTED: (DRAFTED, "1100001"),
    Stage.FROZEN: (FROZEN, "1011001"),
    Stage.CLEARED: (CLEARED, "1010101"),
    Stage.DECIDED: (DECIDED, "1010101"),
    Stage.AUTHORISED: (AUTHORISED, "1010011"),
    Stage.RELEASED: (RELEASED, "0000000"),
    Stage.ABANDONED: (ABANDONED, "0000000"),
}


@pytest.mark.parametrize("stage", Stage)
@pytest.mark.parametrize("at", range(len(COMMANDS)), ids=lambda at: type(COMMANDS[at]).__name__)
def test_a_stage_takes_the_commands_that_belong_to_it(stage: Stage, at: int) -> None:
    draft, takes = TAKES[stage]
    if takes[at] == "1":
        assert run(draft, COMMANDS[at]).revision == draft.revision + 1
        return
    error = refused(draft, COMMANDS[at])
    # Who has authorised already is told that, rather than the stage.
    again = isinstance(COMMANDS[at], Authorise) and bool(draft.authorisations)
    assert error.reason == (Reason.AUTHORISED_ALREADY if again else Reason.DRAFT_STAGE)


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: type(command).__name__)
def test_without_a_draft_there_is_nothing_to_command(command: Command) -> None:
    assert refused(None, command).reason == Reason.DRAFT_STAGE


def by(command: Any, officer: Officer) -> Any:
    return msgspec.structs.replace(command, officer=officer)


@pytest.mark.parametrize(
    ("draft", "command", "allowed"),
    [
        (None, BEGIN, {Role.DRAFTER}),
        (DRAFTED, Revise(DRAFTER, 0), {Role.DRAFTER}),
        (DRAFTED, FREEZE, {Role.DRAFTER}),
        (FROZEN, CLEAR, {Role.LEGAL_REVIEWER}),
        (CLEARED, AUTHORISE, {Role.AUTHORISER}),
        (FROZEN, Return(LAWYER, 0), {Role.DRAFTER, Role.LEGAL_REVIEWER, Role.AUTHORISER}),
        (FROZEN, Abandon(DRAFTER, 0), {Role.DRAFTER, Role.AUTHORISER}),
    ],
    ids=["begin", "revise", "freeze", "clear", "authorise", "return", "abandon"],
)
@pytest.mark.parametrize("role", Role)
def test_each_step_is_for_its_role(
    draft: Draft | None, command: Any, allowed: set[Role], role: Role
) -> None:
    command = by(command, Officer("somebody", frozenset({role})))
    if role in allowed:
        run(draft, command)
    else:
        assert refused(draft, command).reason == Reason.ROLE_FORBIDS


@pytest.mark.parametrize(
    "type_", [t for t, spec in CATALOGUE.items() if spec.scope == Scope.CHANNEL]
)
def test_nobody_drafts_what_the_desk_says_by_itself(type_: str) -> None:
    assert refused(None, Begin(EVERYTHING, type_)).reason == Reason.ROLE_FORBIDS


def test_who_drafted_neither_clears_nor_authorises_whatever_the_roles() -> None:
    frozen = run(None, Begin(EVERYTHING, "inquiry"), Freeze(EVERYTHING, 0, DIGEST))
    assert refused(frozen, Clear(EVERYTHING, 0, DIGEST)).reason == Reason.OFFICER_SEPARATION
    cleared = run(frozen, CLEAR)
    assert refused(cleared, Authorise(EVERYTHING, 0, DIGEST)).reason == Reason.OFFICER_SEPARATION


def test_who_wrote_a_word_of_it_or_froze_it_counts_as_drafter() -> None:
    revised = run(DRAFTED, Revise(EVERYTHING, 0), FREEZE)
    assert revised.drafters == ("dora", "eve")
    assert refused(revised, by(CLEAR, EVERYTHING)).reason == Reason.OFFICER_SEPARATION
    frozen = run(DRAFTED, Freeze(EVERYTHING, 0, DIGEST), CLEAR)
    assert refused(frozen, by(AUTHORISE, EVERYTHING)).reason == Reason.OFFICER_SEPARATION


def test_who_cleared_does_not_authorise() -> None:
    cleared = run(FROZEN, Clear(EVERYTHING, 0, DIGEST))
    assert refused(cleared, by(AUTHORISE, EVERYTHING)).reason == Reason.OFFICER_SEPARATION


@pytest.mark.parametrize(
    ("draft", "command"),
    [
        (FROZEN, Clear(LAWYER, 0, OTHER)),
        (CLEARED, Authorise(CHIEF, 0, OTHER)),
        (AUTHORISED, Release(OTHER, LEAF)),
    ],
)
def test_an_approval_is_for_exactly_the_frozen_bytes(draft: Draft, command: Command) -> None:
    assert refused(draft, command).reason == Reason.DRAFT_HASH_MISMATCH


@pytest.mark.parametrize(
    ("draft", "command"),
    [
        (DRAFTED, Revise(DRAFTER, 99)),
        (DRAFTED, Freeze(DRAFTER, 99, DIGEST)),
        (FROZEN, Clear(LAWYER, 99, DIGEST)),
        (CLEARED, Authorise(CHIEF, 99, DIGEST)),
        (FROZEN, Return(LAWYER, 99)),
        (FROZEN, Abandon(DRAFTER, 99)),
    ],
)
def test_nobody_acts_on_a_revision_that_they_have_not_read(draft: Draft, command: Command) -> None:
    error = refused(draft, command)
    assert error.reason == Reason.DRAFT_CHANGED
    assert error.details == {"current": draft.revision}


def test_a_change_after_approval_takes_every_approval_away() -> None:
    for command in (Revise(DRAFTER, 0), Return(LAWYER, 0)):
        revised = run(AUTHORISED, command)
        assert revised.stage == Stage.DRAFTED
        assert (revised.digest, revised.cleared_by, revised.authorisations) == (None, None, ())
        assert revised.voided == Reason.DRAFT_CHANGED
        assert run(revised, FREEZE).voided is None
    assert run(FROZEN, Return(LAWYER, 0)).voided is None


def test_the_peers_new_statement_takes_the_authorisation_away() -> None:
    overtaken = run(AUTHORISED, Overtake(PEER))
    assert overtaken.stage == Stage.CLEARED
    assert overtaken.voided == Reason.AUTHORISATION_OVERTAKEN
    assert overtaken.overtaken_by == PEER
    assert refused(overtaken, RELEASE).reason == Reason.AUTHORISATION_OVERTAKEN
    stale = Authorise(CHIEF, AUTHORISED.revision, DIGEST)
    assert refused(overtaken, stale).reason == Reason.DRAFT_CHANGED
    again = run(overtaken, AUTHORISE)
    assert again.stage == Stage.AUTHORISED
    assert again.voided is None
    assert again.overtaken_by is None


def test_an_authorisation_may_stand_regardless() -> None:
    regardless = run(CLEARED, Authorise(CHIEF, 0, DIGEST, regardless=True))
    assert run(regardless, Overtake(PEER)) == regardless
    assert run(regardless, Overtake(PEER), RELEASE).stage == Stage.RELEASED


@pytest.mark.parametrize("draft", [DRAFTED, FROZEN, CLEARED, RELEASED, ABANDONED])
def test_the_peers_statement_changes_no_draft_without_a_pending_authorisation(
    draft: Draft,
) -> None:
    assert decide(draft, Overtake(PEER), 100) == ()


def test_the_duty_officer_acknowledges_alone() -> None:
    frozen = run(None, Begin(DUTY, "acknowledgement"), Freeze(DUTY, 0, DIGEST))
    assert frozen.stage == Stage.AUTHORISED
    assert run(frozen, Overtake(PEER), RELEASE).stage == Stage.RELEASED
    assert refused(frozen, CLEAR).reason == Reason.ROLE_FORBIDS
    assert refused(frozen, AUTHORISE).reason == Reason.ROLE_FORBIDS
    assert refused(None, Begin(DRAFTER, "acknowledgement")).reason == Reason.ROLE_FORBIDS
    assert refused(None, Begin(DUTY, "detailed-answer")).reason == Reason.ROLE_FORBIDS


def test_where_two_must_authorise_one_is_not_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    two = msgspec.structs.replace(CATALOGUE["inquiry"], authorisers=2)
    monkeypatch.setitem(CATALOGUE, "inquiry", two)
    once = run(CLEARED, Authorise(CHIEF, 0, DIGEST, regardless=True))
    assert once.stage == Stage.CLEARED
    assert refused(once, AUTHORISE).reason == Reason.AUTHORISED_ALREADY
    second = Officer("carla", frozenset({Role.AUTHORISER}))
    both = run(once, by(AUTHORISE, second))
    assert both.stage == Stage.AUTHORISED
    # Only the one that did not foresee the peer's statement falls.
    left = run(both, Overtake(PEER))
    assert [given.officer for given in left.authorisations] == ["chen"]
    assert left.stage == Stage.CLEARED


def test_an_unknown_type_cannot_be_drafted() -> None:
    assert refused(None, Begin(DRAFTER, "unheard-of")).reason == Reason.TYPE_UNKNOWN


def test_an_event_without_its_draft_is_a_fault_of_the_desk() -> None:
    (event,) = decide(DRAFTED, Revise(DRAFTER, 1), 100)
    with pytest.raises(ParleyError) as caught:
        evolve(None, event)
    assert caught.value.reason == Reason.INTERNAL


def test_a_draft_is_plain_data() -> None:
    assert cbor.decode_as(cbor.encode_model(AUTHORISED), Draft, limit=1000) == AUTHORISED


HANDS = st.sampled_from([DRAFTER, LAWYER, REX, CHIEF, DUTY, EVERYTHING])
HASHES = st.sampled_from([DIGEST, OTHER])


class House(RuleBasedStateMachine):
    """Officers do whatever they like; what is released had two pairs of eyes on its very bytes."""

    type = "inquiry"

    @initialize()
    def begin(self) -> None:
        self.draft = run(None, Begin(DRAFTER, self.type))
        self.approved: dict[str, set[bytes]] = {"clear": set(), "authorise": set()}
        self.gate = False

    def attempt(self, command: Any) -> bool:
        before = self.draft
        try:
            self.draft = run(before, command)
        except ParleyError:
            assert self.draft == before
            return False
        return True

    @rule(officer=HANDS)
    def revise(self, officer: Officer) -> None:
        self.attempt(Revise(officer, 0))

    @rule(officer=HANDS, digest=HASHES, gated=st.booleans())
    def freeze(self, officer: Officer, digest: bytes, gated: bool) -> None:
        if self.attempt(Freeze(officer, 0, digest, gated)):
            self.gate = gated

    @rule(officer=HANDS, digest=HASHES, verdict=st.sampled_from(Verdict))
    def decide(self, officer: Officer, digest: bytes, verdict: Verdict) -> None:
        if self.attempt(Decide(officer, 0, digest, verdict)):
            assert self.gate
            if not verdict.allows:
                assert self.draft.stage == Stage.DRAFTED

    @rule(officer=HANDS, digest=HASHES)
    def clear(self, officer: Officer, digest: bytes) -> None:
        if self.attempt(Clear(officer, 0, digest)):
            self.approved["clear"].add(digest)

    @rule(officer=HANDS, digest=HASHES, regardless=st.booleans())
    def authorise(self, officer: Officer, digest: bytes, regardless: bool) -> None:
        if self.attempt(Authorise(officer, 0, digest, regardless)):
            self.approved["authorise"].add(digest)

    @rule()
    def overtake(self) -> None:
        self.attempt(Overtake(PEER))

    @rule(digest=HASHES)
    def release(self, digest: bytes) -> None:
        if self.attempt(Release(digest, LEAF)):
            assert digest == self.draft.digest
            assert digest in self.approved["clear"] & self.approved["authorise"]
            names = {*self.draft.drafters}
            cleared = {self.draft.cleared_by}
            authorised = {given.officer for given in self.draft.authorisations}
            decided = {given.officer for given in self.draft.decisions}
            assert not names & (cleared | decided)
            assert not authorised & (names | cleared | decided)
            assert len(decided) == (DECIDERS if self.gate else 0)
            assert len(authorised) == CATALOGUE[self.type].authorisers

    @invariant()
    def approvals_are_only_of_frozen_bytes(self) -> None:
        draft = getattr(self, "draft", None)
        if draft is not None and draft.digest is None:
            assert draft.cleared_by is None
            assert not draft.authorisations


class Attributions(House):
    """The same for a type that two officers authorise."""

    type = "attribution"


TestAttributions = Attributions.TestCase
TestAttributions.settings = settings(max_examples=80, stateful_step_count=40, deadline=None)
TestHouse = House.TestCase
TestHouse.settings = settings(max_examples=80, stateful_step_count=25, deadline=None)


def test_words_for_a_release_count_for_seven_days() -> None:
    assert DECISION_SECONDS == 7 * 86_400
    until = DECIDED.decisions[0].until
    for command in (AUTHORISE, RELEASE):
        draft = DECIDED if command is AUTHORISE else run(DECIDED, AUTHORISE)
        made = (
            command
            if command is RELEASE
            else msgspec.structs.replace(command, revision=draft.revision)
        )
        assert decide(draft, made, until)
        with pytest.raises(ParleyError) as caught:
            decide(draft, made, until + 1)
        assert caught.value.reason is Reason.RELEASE_DECISION_EXPIRED
