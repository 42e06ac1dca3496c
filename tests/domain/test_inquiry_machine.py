"""Two sides in any interleaving: what they fold, in which order, and what hostile acts can do."""

from __future__ import annotations

import copy
from random import Random
from typing import Any

import hypothesis.strategies as st
import pytest
from hypothesis import example, given, settings
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from parley.domain import case, causality, folding
from parley.domain.act import Act, ActType
from parley.domain.case import Case, Stands, Void
from parley.domain.catalogue import CATALOGUE
from parley.domain.kinds.inquiry_crossing import CROSSINGS
from parley.domain.types.inquiry import ANSWER_STATUSES, INQUIRY_TYPES
from parley.kernel.errors import ParleyError
from tests.domain.folded import Folded, fold
from tests.domain.play import ASKER, DAY, NOW, REPLIER, Play, closed_past, make, voids

TYPES = [spec.type for spec in INQUIRY_TYPES]
ENDING = [ActType.WITHDRAWAL, ActType.CLOSING]
LASTING = [type_ for type_ in TYPES if type_ not in ENDING]


# --- two honest sides ----------------------------------------------------------------------------


class TwoDesks(RuleBasedStateMachine):
    """Both sides say whatever ``decide`` allows; statements arrive late, twice and in batches."""

    @initialize(between=st.integers(0, 3))
    def open(self, between: int) -> None:
        self.play = Play(between)
        self.states: list[Case] = [case.empty(2), case.empty(2)]
        self.taken: list[set[bytes]] = [set(), set()]
        self.play.say(ASKER, ActType.INQUIRY)
        self.play.deliver(REPLIER)

    @rule(member=st.sampled_from([ASKER, REPLIER]), choice=st.integers(0, 100))
    def say(self, member: int, choice: int) -> None:
        """Anything that may be said now and does not end the case."""
        drafts = [self.play.draft(member, type_) for type_ in LASTING]
        allowed = [act for act in drafts if self.may_say(act)]
        if allowed:
            self.play.release(allowed[choice % len(allowed)])

    @rule(type_=st.sampled_from(ENDING), chance=st.integers(0, 3))
    def end(self, type_: str, chance: int) -> None:
        act = self.play.draft(ASKER, type_)
        if chance == 0 and self.may_say(act):
            self.play.release(act)

    def may_say(self, act: Act) -> bool:
        try:
            events = case.decide(self.play.view(act.author).case, act, NOW)
        except ParleyError:
            return False
        return events == (Stands(act),)

    @rule(member=st.sampled_from([ASKER, REPLIER]), batch=st.integers(1, 4))
    def deliver(self, member: int, batch: int) -> None:
        self.play.deliver(member, batch)

    @rule(member=st.sampled_from([ASKER, REPLIER]))
    def speak_of_other_matters(self, member: int) -> None:
        self.play.count[member] += 1

    @invariant()
    def each_desk_keeps_its_state_up_to_date(self) -> None:
        """Taking in one act after another gives what a fold of everything gives."""
        if not hasattr(self, "play"):
            return
        for member in (ASKER, REPLIER):
            known = self.play.known(member)
            for act in causality.linear_extension(known):
                if act.id in self.taken[member]:
                    continue
                self.taken[member].add(act.id)
                advanced = folding.advance(self.states[member], act)
                so_far = [other for other in known if other.id in self.taken[member]]
                whole = folding.fold(so_far)
                assert advanced is None or advanced == whole
                self.states[member] = whole

    def teardown(self) -> None:
        if not hasattr(self, "play"):
            return
        acts = self.play.acts()
        one_sided = [self.play.view(member) for member in (ASKER, REPLIER)]
        self.play.sync()
        asker, replier = self.play.view(ASKER), self.play.view(REPLIER)
        assert asker == replier == fold([*acts, *acts])
        # Nobody who kept to the rules, knowing what it knew, said anything void.
        assert not asker.void_acts
        for view in one_sided:
            assert not view.void_acts
        assert case.from_plain(asker.to_plain()) == asker.case
        settled = Folded(folding.cover(asker.case, self.play.horizon()))
        assert not settled.provisional
        assert all(bound.joint for bound in settled.bound)


TestTwoDesks = TwoDesks.TestCase
TestTwoDesks.settings = settings(max_examples=50, stateful_step_count=30, deadline=None)


# --- games drawn by lot: longer than Hypothesis likes them --------------------------------------


def _game(seed: int) -> Play:
    random = Random(seed)
    play = Play(random.randrange(3))
    play.say(ASKER, ActType.INQUIRY)
    play.deliver(REPLIER)
    for _ in range(40):
        member = random.choice([ASKER, REPLIER])
        if random.random() < 0.4:
            play.deliver(member, random.randint(1, 3))
        types = LASTING if random.random() < 0.9 else TYPES
        act = play.draft(member, random.choice(types))
        try:
            case.decide(play.view(member).case, act, NOW)
        except ParleyError:
            continue
        play.release(act)
    return play


def test_in_long_games_every_crossing_occurs_and_both_sides_agree() -> None:
    reached: set[tuple[str, str]] = set()
    for seed in range(400):
        play = _game(seed)
        acts = play.acts()
        views = [play.view(member) for member in (ASKER, REPLIER)]
        play.sync()
        folded = play.view(ASKER)
        assert folded == play.view(REPLIER)
        assert not any(view.void_acts for view in (*views, folded))
        Random(seed).shuffle(acts)
        assert _naive_fold(acts, Random(seed)) == fold(acts) == folded
        types = {act.id: act.type for act in acts}
        reached |= {(types[pair.first], types[pair.second]) for pair in folded.crossings()}
    assert reached == {pair for pair in CROSSINGS if pair[0] != ActType.INQUIRY}


# --- hostile acts --------------------------------------------------------------------------------

NUMBERS = st.integers(0, 4)
CODES: st.SearchStrategy[Any] = st.fixed_dictionaries(
    {},
    optional={
        "questions": st.integers(-1, 3),
        "evidence": st.integers(0, 2),
        "first": st.integers(0, 4),
        "severity": st.sampled_from(["high", "none"]),
        "addressee": st.integers(0, 3),
        "conditions": st.integers(0, 3),
        "ground": st.sampled_from(["law-forbids", "whim"]),
        "next-step": st.sampled_from([NOW, -1]),
        "received-at": st.just(NOW),
        "handling-office": st.sampled_from(["00ff", "zz"]),
        "result": st.sampled_from(["satisfied", "x"]),
        "answers": st.lists(
            st.tuples(st.integers(0, 4), st.sampled_from([*ANSWER_STATUSES, "x"])), max_size=4
        ).map(tuple),
        "more": st.just("x"),
    },
)


@st.composite
def hostile_acts(draw: Any) -> list[Act]:
    """Acts with any header that the shapes of the wire let through."""
    acts: list[Act] = []
    for _ in range(draw(st.integers(1, 9))):
        references = [st.none(), st.just(bytes(32))]
        if acts:
            references.append(st.sampled_from([act.id for act in acts]))
        acts.append(
            make(
                draw(st.integers(-1, 2)),
                draw(NUMBERS),
                tuple(draw(st.lists(NUMBERS, min_size=1, max_size=3))),
                draw(st.sampled_from([*CATALOGUE, "unheard-of"])),
                draw(CODES),
                reference=draw(st.one_of(references)),
                precedence=draw(st.integers(-1, 4)),
                reply_wanted=draw(st.sampled_from([None, DAY, -1])),
                verdict=draw(st.sampled_from([None, None, None, "text-not-nfc"])),
            )
        )
    return acts


@st.composite
def unruly_acts(draw: Any) -> list[Act]:
    """Acts of two sides with true vectors, many of them against the rules of the case."""
    play = Play(draw(st.integers(0, 1)))
    if draw(st.booleans()):
        play.say(ASKER, ActType.INQUIRY)
    for _ in range(draw(st.integers(1, 12))):
        member = draw(st.sampled_from([ASKER, REPLIER]))
        if draw(st.booleans()):
            play.deliver(member, draw(st.integers(1, 3)))
        known = play.known(member)
        fields: dict[str, Any] = {}
        if known and draw(st.booleans()):
            fields["reference"] = draw(st.sampled_from([act.id for act in known]))
        codes = draw(st.one_of(st.none(), st.none(), st.none(), CODES))
        play.say(member, draw(st.sampled_from(TYPES)), codes, **fields)
    return play.acts()


@given(hostile_acts(), st.sampled_from([2, 3]), st.randoms(use_true_random=False))
@settings(max_examples=300)
def test_no_sequence_of_acts_makes_the_fold_fail_or_depend_on_its_order(
    acts: list[Act], members: int, random: Any
) -> None:
    folded = fold(acts, members)
    shuffled = [*acts, *acts[:2]]
    random.shuffle(shuffled)
    assert fold(shuffled, members) == folded
    assert folded.size == len({act.id for act in acts})
    assert case.from_plain(folded.to_plain()) == folded.case
    _read_everything(folded)


@given(unruly_acts(), st.randoms(use_true_random=False))
@settings(max_examples=200)
def test_acts_against_the_rules_are_void_wherever_they_arrive(acts: list[Act], random: Any) -> None:
    before = copy.deepcopy(acts)
    folded = fold(acts)
    assert acts == before
    assert len(folded.acts) == len(acts)
    assert not folded.strays
    random.shuffle(acts)
    assert fold(acts) == folded
    assert folded == _naive_fold(acts, random)
    _read_everything(folded)


@given(unruly_acts())
@settings(max_examples=150)
def test_what_is_void_is_void_for_all_who_hold_it(acts: list[Act]) -> None:
    """A desk that lacks the other side's latest acts judges those that it has as everybody does."""
    final = voids(fold(acts))
    for act in acts:
        known = [*closed_past(act, acts), act]
        assert voids(fold(known)) == {
            other.id: final[other.id] for other in known if other.id in final
        }


@given(unruly_acts())
@settings(max_examples=50)
def test_void_acts_change_nothing(acts: list[Act]) -> None:
    """Without its void acts a case has the same facts: nobody can do the other side's act."""
    folded = fold(acts)
    void = voids(folded)
    kept = fold([act for act in acts if act.id not in void])
    for name in ("openers", "questions", "askings", "reply", "offers", "acceptances", "ended"):
        assert getattr(kept, name) == getattr(folded, name)
    assert kept.status == folded.status
    senders = {spec.type: spec.sender.value for spec in INQUIRY_TYPES}
    sides = {"asker": folded.asker, "replier": folded.replier}
    for entry in folded.acts:
        if entry.void is None and folded.asker is not None:
            assert sides[senders[entry.type]] == entry.author


def _naive_fold(acts: list[Act], random: Any) -> Folded:
    """The fold as its definition says it, in an order of causes drawn by lot."""
    state = case.empty(2)
    for event in _naive_events(acts, random):
        state = case.evolve(state, event)
    return Folded(state)


def _naive_events(acts: list[Act], random: Any) -> list[Stands | Void]:
    waiting = list(acts)
    events: list[Stands | Void] = []
    while waiting:
        ready = [act for act in waiting if not causality.past(act, waiting)]
        act = random.choice(ready)
        waiting.remove(act)
        view = case.empty(2)
        for event in events:
            if causality.precedes(event.act, act):
                view = case.evolve(view, event)
        events.append(case.observe(view, act))
    return events


def _read_everything(state: Folded) -> None:
    """Every reading of a state works, whatever the state."""
    assert state.status
    assert state.provisional in (True, False)
    for reading in (state.acts, state.unseen, state.crossed, state.bound, state.next_actors):
        assert isinstance(reading, tuple)


@example(1)
@example(2)
@given(st.integers(1, 40))
@settings(max_examples=20)
def test_a_case_without_crossings_has_none(length: int) -> None:
    play = Play()
    play.exchange(ASKER, ActType.INQUIRY)
    for turn in range(1, length + 1):
        member = turn % 2
        play.exchange(member, ActType.SUPPLEMENT if member == ASKER else ActType.HOLDING_ANSWER)
    folded = play.fold()
    assert not folded.void_acts
    assert not folded.provisional
    assert not list(folded.crossings())
    assert len(folded.unseen) == 1


def test_decide_changes_nothing_that_it_is_given() -> None:
    play = Play()
    state = play.view(ASKER)
    act = play.draft(ASKER, ActType.INQUIRY)
    plain, copied = state.to_plain(), copy.deepcopy(act)
    case.decide(state.case, act, NOW)
    with pytest.raises(ParleyError):
        case.decide(state.case, play.draft(ASKER, ActType.CLOSING), NOW)
    assert state.to_plain() == plain
    assert act == copied
