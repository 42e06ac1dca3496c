"""Two sides at work on a text, in any interleaving, honest and hostile.

What a unit says and who has agreed is worked out here a second time, from the acts alone and by
the rules of ``docs/protocol.md`` read plainly, and compared with the fold.
"""

from __future__ import annotations

from random import Random
from typing import Any

import hypothesis.strategies as st
from hypothesis import given, settings
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule

from parley.domain import case, causality, folding
from parley.domain.act import Act, ActType
from parley.domain.case import Case
from parley.domain.kinds import proposal_state as state
from parley.domain.kinds.proposal_crossing import CROSSINGS
from parley.domain.kinds.proposal_state import Proposal
from parley.domain.types.proposal import OMITTED, PROPOSAL_TYPES
from parley.kernel.errors import ParleyError
from tests.domain.play import NOW, Codes
from tests.domain.proposal_play import AUTHENTIC, OPENER, OTHER, Work, digest

SIDES = (OPENER, OTHER)
TYPES = [spec.type for spec in PROPOSAL_TYPES if spec.type != ActType.PROPOSAL]
ENDING = [ActType.PROPOSAL_WITHDRAWAL, ActType.PROPOSAL_SUPERSESSION]
LASTING = [type_ for type_ in TYPES if type_ not in ENDING]


def codes_for(work: Work, proposal: Proposal, type_: str, random: Random) -> Codes:
    """Codes with which one who knows ``proposal`` may well say this."""
    units = state.units(proposal)
    some = sorted(random.sample([unit.number for unit in units], 1))
    match type_:
        case ActType.PROPOSAL_REVISION | ActType.PROPOSAL_BRACKET:
            if random.random() < 0.2:
                some = [max(proposal.numbers) + 1]
            codes = work.text(*some)
            if random.random() < 0.2 and some[0] in proposal.numbers:
                codes = work.left_out(some[0])
            if type_ == ActType.PROPOSAL_REVISION:
                codes["version"] = proposal.versions[-1].number + 1
            return codes
        case ActType.PROPOSAL_COMMENT:
            return {"comments": tuple(some)}
        case ActType.PROPOSAL_VARIANT_WITHDRAWAL:
            return {"withdrawn": tuple(some)}
        case ActType.PROPOSAL_CONSENT:
            open_ = [unit for unit in units if unit.bracketed and unit.variants]
            if not open_:
                return {"variants": ((some[0], digest(1)),)}
            unit = random.choice(open_)
            return {"variants": ((unit.number, random.choice(unit.variants).digest),)}
        case ActType.PROPOSAL_AD_REFERENDUM | ActType.PROPOSAL_AGREEMENT:
            return {"text": state.hash_of(proposal) or digest(0)}
        case ActType.PROPOSAL_SUPERSESSION:
            return {"by": "0c" * 16}
        case _:
            return {}


def say_one_of(work: Work, member: int, types: list[ActType], random: Random) -> None:
    """``member`` says the first of these that it may say now."""
    known = work.case(member)
    assert isinstance(known.substance, Proposal)
    for type_ in types:
        act = work.draft(member, type_, codes_for(work, known.substance, type_, random))
        try:
            case.decide(known, act, NOW)
        except ParleyError:
            continue
        work.release(act)
        return


# --- the same, worked out from the acts ----------------------------------------------------------


def standing(settled: Case, acts: list[Act]) -> list[Act]:
    """The acts that no rule forbids, each author's in its own order."""
    void = {entry.id for entry in settled.void_acts}
    return sorted((act for act in acts if act.id not in void), key=lambda act: act.seq)


def check(settled: Case, acts: list[Act]) -> None:
    """What must hold of the fold of any acts, by whomever."""
    proposal = settled.substance
    if not isinstance(proposal, Proposal):
        return
    said = {m: [a for a in standing(settled, acts) if a.author == m] for m in SIDES}
    texts: dict[int, dict[int, str]] = {m: {} for m in SIDES}
    words: dict[int, dict[int, str]] = {m: {} for m in SIDES}
    for member in SIDES:
        for act in said[member]:
            written: Any = act.codes.get("units", ())
            omitted: Any = act.codes.get("omitted", ())
            written = {**dict(written), **dict.fromkeys(omitted, OMITTED)}
            named: Any = act.codes.get("variants", ())
            gone: Any = act.codes.get("withdrawn", ())
            texts[member].update(written)
            words[member].update({**written, **dict(named)})
            for number in gone:
                if words[member].get(number) == texts[member][number]:
                    words[member][number] = ""
                texts[member].pop(number)
    # Nobody's variant and nobody's word is another's act.
    found = {(v.unit, v.owner): v.digest for v in proposal.variants if v.digest}
    assert found == {(n, m): d for m in SIDES for n, d in texts[m].items()}
    opener = proposal.opener
    for unit in state.units(proposal):
        wanted = [words[m].get(unit.number) for m in SIDES]
        assert list(unit.words) == wanted
        other = wanted[1 - opener]
        if other is None:
            assert not unit.bracketed
        elif not unit.bracketed and unit.variants:
            # A bracket has gone: all have named one variant, and it stands.
            assert wanted[0] == wanted[1]
            assert any(texts[m].get(unit.number) == other for m in SIDES)
    check_agreement(proposal, said)


def check_agreement(proposal: Proposal, said: dict[int, list[Act]]) -> None:
    """What is agreed is one hash that both have signed, each knowing every word on the text."""
    if not state.is_agreed(proposal):
        return
    on_text = {
        ActType.PROPOSAL,
        ActType.PROPOSAL_REVISION,
        ActType.PROPOSAL_BRACKET,
        ActType.PROPOSAL_CONSENT,
        ActType.PROPOSAL_VARIANT_WITHDRAWAL,
    }
    signed = set()
    for member in SIDES:
        last = [act for act in said[member] if act.type == ActType.PROPOSAL_AGREEMENT][-1]
        signed.add(last.codes["text"])
        for other in SIDES:
            for act in said[other]:
                if act.type in on_text:
                    assert causality.precedes(act, last)
    assert signed == {state.hash_of(proposal)}


# --- two honest sides ----------------------------------------------------------------------------


class TwoDesks(RuleBasedStateMachine):
    """Both sides say whatever ``decide`` allows; statements arrive late and in batches."""

    @initialize(between=st.integers(0, 3), seed=st.integers(0, 1 << 30))
    def open(self, between: int, seed: int) -> None:
        self.random = Random(seed)
        self.work = Work(between)
        self.work.table(1, 2)

    @rule(member=st.sampled_from(SIDES), types=st.permutations(LASTING))
    def say(self, member: int, types: list[ActType]) -> None:
        """Anything that may be said now and does not end the case."""
        say_one_of(self.work, member, types, self.random)

    @rule(type_=st.sampled_from(ENDING), chance=st.integers(0, 5))
    def end(self, type_: ActType, chance: int) -> None:
        if chance == 0:
            say_one_of(self.work, OPENER, [type_], self.random)

    @rule(member=st.sampled_from(SIDES), batch=st.integers(1, 4))
    def deliver(self, member: int, batch: int) -> None:
        self.work.deliver(member, batch)

    def teardown(self) -> None:
        if not hasattr(self, "work"):
            return
        acts = self.work.acts()
        check(self.work.settled(), acts)
        self.work.sync()
        views = [self.work.case(member) for member in SIDES]
        assert views[0] == views[1] == folding.fold([*acts, *acts])
        # Nobody who kept to the rules, knowing what it knew, said anything void.
        assert not views[0].void_acts
        assert case.from_plain(case.to_plain(views[0])) == views[0]
        assert not case.is_provisional(folding.cover(views[0], self.work.horizon()))


TestTwoDesks = TwoDesks.TestCase
TestTwoDesks.settings = settings(max_examples=60, stateful_step_count=25, deadline=None)


# --- games drawn by lot: longer than Hypothesis likes them --------------------------------------


def _game(seed: int) -> Work:
    random = Random(seed)
    work = Work(random.randrange(3))
    work.table(1, 2)
    for _ in range(30):
        member = random.choice(SIDES)
        if random.random() < 0.4:
            work.deliver(member, random.randint(1, 3))
        types = LASTING if random.random() < 0.95 else TYPES
        say_one_of(work, member, [random.choice(types)], random)
    return work


def test_in_long_games_crossings_occur_and_both_sides_agree() -> None:
    reached: set[frozenset[str]] = set()
    ends: set[str] = set()
    for seed in range(100):
        work = _game(seed)
        acts = work.acts()
        work.sync()
        folded = work.case(OPENER)
        assert folded == work.case(OTHER)
        assert not folded.void_acts
        Random(seed).shuffle(acts)
        assert folding.fold(acts) == folded
        check(folded, acts)
        ends.add(case.status(folded))
        types = {act.id: act.type for act in acts}
        reached |= {
            frozenset((types[pair.first], types[pair.second])) for pair in case.crossings(folded)
        }
    assert {"bracketed", "agreed", "withdrawn", "superseded"} <= ends
    assert len(reached) > len(CROSSINGS) // 2


# --- hostile acts --------------------------------------------------------------------------------

NUMBERS = st.integers(0, 4)
WRITTEN = st.lists(
    st.tuples(NUMBERS, st.sampled_from([*map(digest, range(1, 7)), OMITTED, "x"])), max_size=3
).map(tuple)
CODES: st.SearchStrategy[Any] = st.fixed_dictionaries(
    {},
    optional={
        "units": WRITTEN,
        "variants": WRITTEN,
        "omitted": st.lists(NUMBERS, max_size=2).map(tuple),
        "authentic": st.sampled_from([AUTHENTIC, ("en",), ("en", "en"), ("",)]),
        "translations": st.just((("ar", "official-translation"),)),
        "machine": st.sampled_from([("ar",), ("en",)]),
        "prevailing": st.sampled_from(["en", "ar"]),
        "version": st.integers(-1, 3),
        "after": st.lists(st.tuples(NUMBERS, NUMBERS), max_size=2).map(tuple),
        "comments": st.lists(NUMBERS, max_size=3).map(tuple),
        "withdrawn": st.lists(NUMBERS, max_size=3).map(tuple),
        "text": st.sampled_from([digest(0), "zz"]),
        "next-step": st.sampled_from([NOW, -1]),
        "by": st.sampled_from(["0a" * 16, "0a"]),
        "about": st.just("0a" * 16),
        "more": st.just("x"),
    },
)


@st.composite
def unruly(draw: Any) -> Work:
    """Acts of two sides with true vectors, many of them against the rules of the case."""
    work = Work(draw(st.integers(0, 1)))
    random = Random(draw(st.integers(0, 1 << 30)))
    if draw(st.integers(0, 5)):
        work.table(1, 2)
    else:
        work.say(draw(st.sampled_from(SIDES)), ActType.PROPOSAL, work.text(1, 2))
    for _ in range(draw(st.integers(1, 12))):
        member = draw(st.sampled_from(SIDES))
        if draw(st.booleans()):
            work.deliver(member, draw(st.integers(1, 3)))
        type_ = draw(st.sampled_from([*TYPES, ActType.PROPOSAL, ActType.INQUIRY]))
        known, substance = work.known(member), work.case(member).substance
        reference = draw(st.sampled_from([None, bytes(32)]))
        openings = [act.id for act in known if act.type == ActType.PROPOSAL]
        if openings and draw(st.integers(0, 3)):
            reference = openings[0]
        codes = draw(CODES)
        if isinstance(substance, Proposal) and type_ in TYPES and draw(st.integers(0, 3)):
            codes = codes_for(work, substance, type_, random)
        work.say(member, type_, codes, reference=reference)
    return work


@settings(max_examples=120, deadline=None)
@given(unruly(), st.integers(0, 1 << 30))
def test_no_acts_of_anybody_do_what_is_not_theirs(work: Work, seed: int) -> None:
    acts = work.acts()
    folded = folding.fold(acts)
    check(folded, acts)
    work.sync()
    assert work.case(OPENER) == work.case(OTHER) == folded
    Random(seed).shuffle(acts)
    assert folding.fold(acts) == folded
    assert case.from_plain(case.to_plain(folded)) == folded
    # Everything that is read of a case can be read of any.
    assert case.status(folded)
    assert case.next_actors(folded) is not None
    assert case.obligations(folded) is not None
    assert list(case.crossings(folded)) is not None
