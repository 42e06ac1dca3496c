"""Two sides and an understanding, in any interleaving, honest and not."""

from __future__ import annotations

from random import Random

import hypothesis.strategies as st
import pytest
from hypothesis import given, settings
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule

from parley.domain.act import ActType, Code
from parley.domain.case import Case
from parley.domain.kinds import understanding_reading as reading
from parley.domain.kinds.understanding_crossing import CROSSINGS
from parley.domain.kinds.understanding_state import Status, Understanding
from parley.domain.types.understanding import (
    ASSESSMENTS,
    LAPSE_GROUNDS,
    OWNERS,
    PROGRESS,
    UNDERSTANDING_TYPES,
)
from tests.domain import games
from tests.domain.games import Game, Header, Style

MEETING = "0123456789abcdef" * 2


def header(state: Case, member: int, type_: str, random: Random) -> Header:
    """A plausible header of an act in an understanding."""
    entries = [entry for entry in state.acts if entry.void is None]
    reference = random.choice(entries).id if entries else None

    def one_of(wanted: str) -> bytes | None:
        found = [entry.id for entry in entries if entry.type == wanted and entry.author != member]
        return None if not found else found[-1] if random.random() < 0.8 else random.choice(found)

    codes: dict[str, Code] = {}
    match type_:
        case ActType.UNDERSTANDING:
            codes = {"level": "ministers", "owner": random.choice(OWNERS), "evidence": 0}
            if random.random() < 0.5:
                codes["due"] = "2018"
        case ActType.UNDERSTANDING_CONFIRMATION | ActType.UNDERSTANDING_DISPUTE:
            reference = one_of(ActType.UNDERSTANDING)
        case ActType.UNDERSTANDING_RECALL:
            codes = {"meeting": MEETING} if random.random() < 0.5 else {}
        case ActType.UNDERSTANDING_PROGRESS:
            codes = {"progress": random.choice(PROGRESS), "evidence": 0}
        case ActType.UNDERSTANDING_ASSESSMENT:
            reference = one_of(ActType.UNDERSTANDING_PROGRESS)
            codes = {"assessment": random.choice(ASSESSMENTS)}
        case ActType.UNDERSTANDING_LAPSE:
            codes = {"ground": random.choice(LAPSE_GROUNDS)}
    return codes, reference


STYLE = Style(UNDERSTANDING_TYPES, ActType.UNDERSTANDING, header)


def check_nobody_did_the_others_act(game: Game, whole: Case) -> None:
    """Every fact of a side was written by that side; joint is only what all gave or confirmed."""
    substance = whole.substance
    if not isinstance(substance, Understanding):
        return
    by = games.authors(game)
    for member, side in enumerate(substance.sides):
        assert {by[act] for act in games.ids_in(side)} <= {member}
        place = reading.place(whole, substance, member)
        assert place.by is None or by[place.by] == member
        # Whoever gave no version has none, whatever else it said.
        gave = any(
            act.type == ActType.UNDERSTANDING and act.author == member for act in game.acts()
        )
        version = reading.version_of(whole, substance, member)
        assert version is None or gave
        for held in place.held:
            assert by[held] == member or any(
                act.author == member
                and act.reference == held
                and act.type == ActType.UNDERSTANDING_CONFIRMATION
                for act in game.acts()
            )
    if reading.status(whole, substance) == Status.JOINT:
        joint = reading.joint_version(whole, substance)
        assert all(joint in one.held for one in reading.places(whole, substance))
    for due in reading.obligations(whole, substance, {}):
        assert reading.place(whole, substance, due.owner).holds


class TwoDesks(RuleBasedStateMachine):
    """Both sides say whatever the rules allow; statements arrive late and in batches."""

    @initialize(seed=st.integers(0, 1 << 30), between=st.integers(0, 3), opener=st.integers(0, 1))
    def open(self, seed: int, between: int, opener: int) -> None:
        self.game = Game(STYLE, Random(seed), between)
        self.game.open(opener)

    @rule(member=st.integers(0, 1), choice=st.integers(0, 100))
    def say(self, member: int, choice: int) -> None:
        allowed = self.game.allowed(member)
        if allowed:
            self.game.release(allowed[choice % len(allowed)])

    @rule(member=st.integers(0, 1), batch=st.integers(1, 4))
    def deliver(self, member: int, batch: int) -> None:
        self.game.deliver(member, batch)

    @rule(member=st.integers(0, 1))
    def speak_of_other_matters(self, member: int) -> None:
        self.game.count[member] += 1

    def teardown(self) -> None:
        if hasattr(self, "game"):
            check_nobody_did_the_others_act(self.game, games.check_honest(self.game))


TestTwoDesks = TwoDesks.TestCase
TestTwoDesks.settings = settings(max_examples=25, stateful_step_count=25, deadline=None)


def test_in_long_games_both_sides_agree() -> None:
    reached: set[tuple[str, str]] = set()
    stood: set[Status] = set()
    for seed in range(30):
        game = games.honest(STYLE, seed, 30)
        whole = games.check_honest(game)
        check_nobody_did_the_others_act(game, whole)
        reached |= games.crossed(whole)
        if isinstance(whole.substance, Understanding):
            stood.add(reading.status(whole, whole.substance))
    assert len(reached & set(CROSSINGS)) > len(CROSSINGS) // 2
    assert stood == set(Status)


@given(st.integers(0, 1 << 30), st.integers(1, 14))
@settings(max_examples=60, deadline=None)
def test_acts_against_the_rules_are_void_wherever_they_arrive(seed: int, length: int) -> None:
    game = games.unruly(STYLE, seed, length)
    check_nobody_did_the_others_act(game, games.check_any(game))


@pytest.mark.campaign
def test_very_many_games() -> None:
    for seed in range(20_000, 21_000):
        game = games.honest(STYLE, seed, 60)
        check_nobody_did_the_others_act(game, games.check_honest(game))
        game = games.unruly(STYLE, seed, 40)
        check_nobody_did_the_others_act(game, games.check_any(game))
