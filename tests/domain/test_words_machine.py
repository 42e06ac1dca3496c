"""Positions, notices, shares, recusals, erasures: two sides in any order, honest and hostile."""

from __future__ import annotations

import copy
from random import Random
from typing import Any

import hypothesis.strategies as st
import pytest
from hypothesis import given, settings
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from parley.domain import case as cases
from parley.domain import causality, folding
from parley.domain.act import Act, ActType
from parley.domain.case import Case
from parley.domain.catalogue import CATALOGUE, spec_of
from parley.domain.kinds import KINDS, erasure_crossing, position_crossing, share_crossing
from parley.domain.shape import Opens, Scope, Sender
from parley.domain.types.erasure import ERASURE_TYPES
from parley.domain.types.notice import NOTICE_TYPES
from parley.domain.types.position import POSITION_TYPES
from parley.domain.types.recusal import RECUSAL_TYPES
from parley.domain.types.share import SHARE_TYPES
from tests.domain.play import make
from tests.domain.words_play import CODES, OPENER, OTHER, Words, naive

OF_KIND = {
    Scope.POSITION: [spec.type for spec in POSITION_TYPES],
    Scope.NOTICE: [spec.type for spec in NOTICE_TYPES],
    Scope.CASE_SHARE: [spec.type for spec in SHARE_TYPES],
    Scope.ERASURE: [spec.type for spec in ERASURE_TYPES],
    Scope.RECUSAL: [spec.type for spec in RECUSAL_TYPES],
}
OPENINGS = [
    type_ for types in OF_KIND.values() for type_ in types if spec_of(type_).opens != Opens.NEVER
]
MEMBERS = st.sampled_from([OPENER, OTHER])


class TwoDesks(RuleBasedStateMachine):
    """Both sides say whatever ``decide`` allows; statements arrive late and in batches."""

    @initialize(type_=st.sampled_from(OPENINGS), between=st.integers(0, 2))
    def open(self, type_: str, between: int) -> None:
        self.play = Words(between)
        self.types = OF_KIND[spec_of(type_).scope]
        self.kept = [cases.empty(2), cases.empty(2)]
        self.taken: list[set[bytes]] = [set(), set()]
        self.play.tell(OPENER, type_)

    @rule(member=MEMBERS, choice=st.integers(0, 100), which=st.integers(0, 5))
    def say(self, member: int, choice: int, which: int) -> None:
        """Anything that may be said now, about any act that it may be about."""
        view = self.play.view(member)
        drafts = []
        for type_ in self.types:
            wanted = spec_of(type_).reference
            known = [e.id for e in view.acts if e.type in wanted]
            reference = known[which % len(known)] if known else None
            drafts.append(self.play.act(member, type_, reference))
        allowed = [act for act in drafts if self.play.refused(act) is None]
        if allowed:
            self.play.release(allowed[choice % len(allowed)])

    @rule(member=MEMBERS, batch=st.integers(1, 4))
    def deliver(self, member: int, batch: int) -> None:
        self.play.deliver(member, batch)

    @rule(member=MEMBERS)
    def speak_of_other_matters(self, member: int) -> None:
        self.play.count[member] += 1

    @invariant()
    def each_desk_keeps_its_state_up_to_date(self) -> None:
        """Taking in one act after another gives what a fold of everything gives."""
        if not hasattr(self, "play"):
            return
        for member in (OPENER, OTHER):
            known = self.play.known(member)
            for act in causality.linear_extension(known):
                if act.id in self.taken[member]:
                    continue
                self.taken[member].add(act.id)
                advanced = folding.advance(self.kept[member], act)
                so_far = [other for other in known if other.id in self.taken[member]]
                whole = folding.fold(so_far)
                assert advanced is None or advanced == whole
                self.kept[member] = whole

    def teardown(self) -> None:
        if not hasattr(self, "play"):
            return
        acts = self.play.acts()
        apart = [self.play.view(member) for member in (OPENER, OTHER)]
        self.play.sync()
        one, other = self.play.view(OPENER), self.play.view(OTHER)
        assert one == other == folding.fold([*acts, *acts])
        # Nobody who kept to the rules, knowing what it knew, said anything void.
        assert not any(view.void_acts for view in (*apart, one))
        read_everything(one)
        settled = folding.cover(one, self.play.horizon())
        assert not cases.is_provisional(settled)


TestTwoDesks = TwoDesks.TestCase
TestTwoDesks.settings = settings(max_examples=60, stateful_step_count=30, deadline=None)


@pytest.mark.campaign
def test_two_desks_for_long() -> None:
    machine = TwoDesks.TestCase
    machine.settings = settings(max_examples=5000, stateful_step_count=60, deadline=None)
    machine().runTest()


def read_everything(state: Case) -> None:
    """Every reading of a state works, whatever the state."""
    assert cases.status(state)
    assert cases.from_plain(cases.to_plain(state)) == state
    assert all(0 <= owner < 2 for owner in cases.next_actors(state))
    for one in cases.obligations(state):
        assert one.seconds is not None
        assert state.find(one.since) is not None
    assert cases.is_provisional(state) in (True, False)


# --- games drawn by lot -------------------------------------------------------------------------


def _game(scope: Scope, seed: int) -> Words:
    random = Random(seed)
    play = Words(random.randrange(3))
    types = OF_KIND[scope]
    play.tell(OPENER, random.choice([type_ for type_ in types if type_ in OPENINGS]))
    play.deliver(OTHER)
    for _ in range(40):
        member = random.choice([OPENER, OTHER])
        if random.random() < 0.4:
            play.deliver(member, random.randint(1, 3))
        act = play.act(member, random.choice(types))
        if play.refused(act) is None:
            play.release(act)
    return play


@pytest.mark.parametrize(
    ("scope", "table"),
    [
        (Scope.POSITION, position_crossing.CROSSINGS),
        (Scope.CASE_SHARE, share_crossing.CROSSINGS),
        (Scope.ERASURE, erasure_crossing.CROSSINGS),
    ],
)
def test_in_long_games_every_crossing_of_the_table_occurs(scope: Scope, table: Any) -> None:
    reached: set[tuple[str, str]] = set()
    for seed in range(80):
        play = _game(scope, seed)
        acts = play.acts()
        play.sync()
        folded = play.view(OPENER)
        assert folded == play.view(OTHER)
        assert not folded.void_acts
        if seed < 20:
            Random(seed).shuffle(acts)
            assert naive(acts, Random(seed)) == folded
        types = {act.id: act.type for act in acts}
        for pair in cases.crossings(folded):
            reached |= {(types[pair.first], types[pair.second])}
            reached |= {(types[pair.second], types[pair.first])}
    assert {pair for pair in table if pair not in reached} == set()


@pytest.mark.parametrize("scope", [Scope.NOTICE, Scope.RECUSAL])
def test_where_one_side_alone_speaks_nothing_crosses(scope: Scope) -> None:
    for seed in range(20):
        play = _game(scope, seed)
        assert not play.said[OTHER]
        assert not list(cases.crossings(play.whole()))


def test_every_kind_of_this_file_is_known() -> None:
    assert set(OF_KIND) <= set(KINDS)
    assert {type_ for types in OF_KIND.values() for type_ in types} <= set(CATALOGUE)


# --- hostile acts --------------------------------------------------------------------------------


@st.composite
def unruly_acts(draw: Any) -> list[Act]:
    """Acts of two sides with true vectors, many of them against the rules of the case."""
    play = Words(draw(st.integers(0, 1)))
    types = OF_KIND[draw(st.sampled_from(sorted(OF_KIND)))]
    if draw(st.booleans()):
        play.tell(OPENER, draw(st.sampled_from([type_ for type_ in types if type_ in OPENINGS])))
    for _ in range(draw(st.integers(1, 10))):
        member = draw(MEMBERS)
        if draw(st.booleans()):
            play.deliver(member, draw(st.integers(1, 3)))
        # Now and then a type of another kind.
        type_ = draw(st.one_of(st.sampled_from(types), st.sampled_from(sorted(CODES))))
        known = [act.id for act in play.known(member)]
        reference = draw(st.sampled_from([None, bytes(32), *known]))
        codes = dict(CODES.get(type_, {}))
        if codes and draw(st.integers(0, 5)) == 0:
            name = draw(st.sampled_from(sorted(codes)))
            codes[name] = draw(st.sampled_from([0, 3, "high", "none", -1, ("a",)]))
        act = make(
            member, play.count[member], play.vector(member), type_, codes, reference=reference
        )
        play.release(act)
    return play.acts()


@given(unruly_acts(), st.randoms(use_true_random=False))
@settings(max_examples=100, deadline=None)
def test_acts_against_the_rules_are_void_wherever_they_arrive(acts: list[Act], random: Any) -> None:
    before = copy.deepcopy(acts)
    folded = folding.fold(acts)
    assert acts == before
    assert len(folded.acts) == len(acts)
    random.shuffle(acts)
    assert folding.fold(acts) == folded == naive(acts, random)
    read_everything(folded)


@given(unruly_acts())
@settings(max_examples=60, deadline=None)
def test_void_acts_change_nothing_and_nobody_does_the_other_sides_act(acts: list[Act]) -> None:
    folded = folding.fold(acts)
    void = {entry.id for entry in folded.void_acts}
    kept = folding.fold([act for act in acts if act.id not in void])
    assert (kept.substance, kept.openers, kept.kind) == (
        folded.substance,
        folded.openers,
        folded.kind,
    )
    assert cases.status(kept) == cases.status(folded)
    for entry in folded.acts:
        if entry.void is None and folded.opener is not None:
            sender = spec_of(entry.type).sender
            assert sender != Sender.OPENER or entry.author == folded.opener


def test_a_case_that_two_open_at_once_counts_for_nothing_whatever_its_kinds() -> None:
    play = Words()
    play.tell(OPENER, ActType.ATTRIBUTION)
    play.tell(OTHER, ActType.CASE_SHARE)
    play.sync()
    whole = play.whole()
    assert whole == play.view(OPENER) == play.view(OTHER)
    assert whole.void_reason == "case-opened-twice"
    assert whole.substance is None
