"""A directory of contacts over two sides in any interleaving, honest and hostile."""

from __future__ import annotations

from random import Random
from typing import Any

import hypothesis.strategies as st
from hypothesis import given, settings
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from parley.domain import case as cases
from parley.domain import causality, folding, ranges
from parley.domain.act import Act, ActType
from parley.domain.case import Case
from parley.domain.codes import ranges as named_in
from parley.domain.codes import spread
from parley.domain.kinds.contacts_crossing import CROSSINGS
from parley.domain.kinds.contacts_state import Contacts, ContactStatus
from parley.domain.types.contacts import CONTACTS_TYPES, LEVELS, SCENARIOS
from tests.domain.contacts_play import (
    EITHER,
    OF_OTHER,
    OF_OWNER,
    OTHER,
    OWNER,
    Codes,
    Directory,
    each,
    model,
    modelled,
    statuses,
    substance,
)
from tests.domain.play import NOW, make

NUMBERS = st.integers(1, 8)
SETS = st.sets(NUMBERS, min_size=1, max_size=4).map(ranges.of_numbers)


@st.composite
def codes(draw: Any, type_: str, directory: Contacts | None) -> Codes:
    """Codes that an act of a type may well have; few of them are allowed at any one moment."""
    match type_:
        case ActType.CONTACT_NOMINATION:
            count = directory.count if directory else 0
            new = draw(st.integers(0, 3))
            made: Codes = {"first": count + 1, "contacts": new}
            if new:
                made["at"] = ((count + 1, draw(st.integers(1, 2))),)
            if draw(st.booleans()):
                made["again"] = draw(SETS)
            return made
        case ActType.CONTACT_CHANGE:
            named = draw(SETS)
            made = {"contacts": named, "changed-at": NOW - 9}
            if draw(st.booleans()):
                made["at"] = ((named[0][0], draw(st.integers(1, 2))),)
            return made
        case ActType.COMMUNICATION_CHECK:
            return {"nonce": "00" * 16, "scenario": draw(st.sampled_from(SCENARIOS))}
        case ActType.COMMUNICATION_ANSWER:
            return {"nonce": "00" * 16}
    return {"contacts": draw(SETS)}


class TwoDesks(RuleBasedStateMachine):
    """Both sides say whatever their desks allow; statements arrive late and in batches."""

    @initialize(between=st.integers(0, 2))
    def open(self, between: int) -> None:
        self.play = Directory(3, between)
        self.states = [cases.empty(2), cases.empty(2)]
        self.taken: list[set[bytes]] = [set(), set()]

    @rule(member=st.sampled_from([OWNER, OTHER]), data=st.data())
    def say(self, member: int, data: st.DataObject) -> None:
        view = self.play.view(member)
        if view.substance is None:
            return
        type_ = data.draw(st.sampled_from(OF_OWNER if member == OWNER else OF_OTHER))
        act = self.play.act(member, type_, data.draw(codes(type_, substance(view))))
        if self.play.may_say(act):
            self.play.release(act)

    @rule(member=st.sampled_from([OWNER, OTHER]), batch=st.integers(1, 4))
    def deliver(self, member: int, batch: int) -> None:
        self.play.deliver(member, batch)

    @rule(member=st.sampled_from([OWNER, OTHER]))
    def speak_of_other_matters(self, member: int) -> None:
        self.play.count[member] += 1

    @invariant()
    def each_desk_keeps_its_directory_up_to_date(self) -> None:
        """Taking in one act after another gives what a fold of everything gives."""
        for member in (OWNER, OTHER) if hasattr(self, "play") else ():
            known = self.play.known(member)
            for act in causality.linear_extension(known):
                if act.id not in self.taken[member]:
                    self.taken[member].add(act.id)
                    advanced = folding.advance(self.states[member], act)
                    so_far = [one for one in known if one.id in self.taken[member]]
                    self.states[member] = folding.fold(so_far)
                    assert advanced in (None, self.states[member])

    @invariant()
    def each_contact_stands_as_the_model_says(self) -> None:
        for member in (OWNER, OTHER) if hasattr(self, "play") else ():
            view = self.play.view(member)
            if view.substance is not None:
                assert modelled(view) == model(view, self.play.known(member))

    def teardown(self) -> None:
        if not hasattr(self, "play"):
            return
        acts = self.play.acts()
        one_sided = [self.play.view(member) for member in (OWNER, OTHER)]
        self.play.sync()
        whole = self.play.view(OWNER)
        assert whole == self.play.view(OTHER) == folding.fold([*acts, *acts])
        assert not any(view.void_acts for view in (*one_sided, whole))
        assert modelled(whole) == model(whole, acts)
        settled = folding.cover(whole, self.play.horizon())
        assert ContactStatus.ACCEPTED not in statuses(settled).values()
        _nobody_came_back_unseen(whole, acts)


def _nobody_came_back_unseen(case: Case, acts: list[Act]) -> None:
    """Whoever is not revoked was nominated by the owner, knowing all revocations of both sides."""
    found = each(case)
    for act in acts:
        entry = case.find(act.id)
        if act.type != ActType.CONTACT_REVOCATION or entry is None or entry.void is not None:
            continue
        for number in spread(named_in(act, "contacts")):
            if found[number].status != ContactStatus.REVOKED:
                term = case.entry(OWNER, found[number].nominated)
                assert term is not None
                assert causality.precedes(act, term)


TestTwoDesks = TwoDesks.TestCase
TestTwoDesks.settings = settings(max_examples=30, stateful_step_count=25, deadline=None)


# --- games drawn by lot --------------------------------------------------------------------------


def _game(seed: int) -> Directory:
    random = Random(seed)
    play = Directory(3, random.randrange(3))
    play.sync()
    for _ in range(40):
        member = random.choice([OWNER, OTHER])
        if random.random() < 0.4:
            play.deliver(member, random.randint(1, 3))
        type_ = random.choice((*(OF_OWNER if member == OWNER else OF_OTHER), *EITHER))
        act = play.act(member, type_, _codes(random, type_, play.substance(member)))
        if play.may_say(act):
            play.release(act)
    return play


def _codes(random: Random, type_: str, directory: Contacts) -> Codes:
    count = directory.count
    named = ranges.of_numbers(random.sample(range(1, count + 1), random.randint(1, 2)))
    if type_ == ActType.CONTACT_NOMINATION:
        made: Codes = {"first": count + 1, "contacts": 0, "again": named}
        if random.random() < 0.5:
            made = {"first": count + 1, "contacts": 1, "at": ((count + 1, 2),)}
        return made
    if type_ == ActType.CONTACT_CHANGE:
        return {"contacts": named, "changed-at": NOW}
    if type_ == ActType.COMMUNICATION_CHECK:
        return {"nonce": f"{random.getrandbits(128):032x}", "scenario": "routine"}
    if type_ == ActType.COMMUNICATION_ANSWER:
        return {"nonce": directory.checks[-1].nonce if directory.checks else "00"}
    return {"contacts": named}


def test_in_long_games_every_crossing_occurs_and_both_sides_agree() -> None:
    reached: set[tuple[str, str]] = set()
    for seed in range(60):
        play = _game(seed)
        acts = play.acts()
        play.sync()
        whole = play.view(OWNER)
        assert whole == play.view(OTHER)
        assert not whole.void_acts
        Random(seed).shuffle(acts)
        assert folding.fold(acts) == whole
        assert modelled(whole) == model(whole, acts)
        _nobody_came_back_unseen(whole, acts)
        types = {act.id: act.type for act in acts}
        pairs = [(types[p.first], types[p.second]) for p in cases.crossings(whole)]
        reached |= {pair if pair in CROSSINGS else pair[::-1] for pair in pairs}
    assert reached == set(CROSSINGS)


# --- hostile acts --------------------------------------------------------------------------------

HOSTILE: st.SearchStrategy[Any] = st.fixed_dictionaries(
    {},
    optional={
        "first": st.integers(-1, 6),
        "contacts": st.one_of(st.integers(-1, 3), SETS, st.just(((3, 1),)), st.just("x")),
        "again": st.one_of(SETS, st.just(((0, 9),))),
        "offices": st.lists(
            st.tuples(st.integers(0, 4), st.sampled_from([*LEVELS, "x"])), max_size=3
        ).map(tuple),
        "deputies": st.lists(st.tuples(st.integers(0, 4), st.integers(0, 4)), max_size=3).map(
            tuple
        ),
        "at": st.lists(st.tuples(st.integers(0, 9), st.integers(0, 4)), max_size=3).map(tuple),
        "changed-at": st.sampled_from([NOW, -1]),
        "nonce": st.sampled_from(["00", "zz"]),
        "scenario": st.sampled_from(["routine", "x"]),
        "office": st.integers(0, 4),
        "ground": st.sampled_from(["expelled", "whim"]),
    },
)
TYPES = [spec.type for spec in CONTACTS_TYPES]


@st.composite
def unruly(draw: Any) -> Directory:
    """Two sides with true vectors, many of whose acts are against the rules."""
    play = Directory(draw(st.integers(0, 4)), draw(st.integers(0, 1)))
    for _ in range(draw(st.integers(1, 12))):
        member = draw(st.sampled_from([OWNER, OTHER]))
        if draw(st.booleans()):
            play.deliver(member, draw(st.integers(1, 3)))
        type_ = draw(st.sampled_from(TYPES))
        known = play.view(member).substance
        plain = codes(type_, known if isinstance(known, Contacts) else None)
        play.release(play.act(member, type_, draw(st.one_of(plain, plain, HOSTILE))))
    return play


@given(unruly(), st.randoms(use_true_random=False))
@settings(max_examples=60, deadline=None)
def test_whatever_is_said_both_sides_come_to_the_same(play: Directory, random: Random) -> None:
    acts = play.acts()
    play.sync()
    whole = play.view(OWNER)
    assert whole == play.view(OTHER)
    random.shuffle(acts)
    assert folding.fold(acts) == whole
    if whole.substance is not None:
        assert modelled(whole) == model(whole, acts)
        _nobody_came_back_unseen(whole, acts)
        for entry in whole.acts:
            if entry.type not in (OF_OWNER if entry.author == OWNER else OF_OTHER):
                assert entry.void is not None


@given(st.lists(st.tuples(st.sampled_from(TYPES), HOSTILE, st.integers(-1, 2)), max_size=6))
@settings(max_examples=60, deadline=None)
def test_no_header_whatever_makes_a_fold_fail(said: list[tuple[str, Codes, int]]) -> None:
    acts = [
        make(author, seq, (seq, seq), type_, codes_, reference=bytes(32))
        for seq, (type_, codes_, author) in enumerate(said)
    ]
    assert folding.fold(acts) == folding.fold(acts[::-1])
