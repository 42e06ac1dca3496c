"""Two sides and a meeting, in any interleaving, honest and not."""

from __future__ import annotations

from random import Random
from typing import Any

import hypothesis.strategies as st
import pytest
from hypothesis import given, settings
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule

from parley.domain import case
from parley.domain.act import ActType
from parley.domain.case import Case
from parley.domain.kinds import meeting_reading as reading
from parley.domain.kinds.meeting_crossing import CROSSINGS
from parley.domain.kinds.meeting_state import ItemStatus, Meeting, Minutes
from parley.domain.types.meeting import MEETING_TYPES
from tests.domain import games
from tests.domain.games import Game, Header, Style
from tests.domain.play import Codes

REFERRED: dict[str, tuple[str, ...]] = {
    ActType.MEETING_ACCEPTANCE: (ActType.MEETING, ActType.MEETING_POSTPONEMENT),
    ActType.MEETING_AGENDA_REPLY: (ActType.MEETING, ActType.MEETING_AGENDA),
    ActType.MINUTES_CORRECTION: (ActType.MINUTES_DRAFT,),
    ActType.MINUTES_AGREEMENT: (ActType.MINUTES_DRAFT,),
    ActType.MINUTES_NOT_AGREED: (ActType.MINUTES_DRAFT,),
}
DAYS = ["2017", "2017-07", "2017-07-07", "2017-08-06"]


def _codes(type_: str, random: Random) -> Codes:
    """Plausible codes of an act of a type."""
    if type_ == ActType.MEETING:
        return _opening(random)
    items: Codes = {"items": random.randint(0, 1), "statements": 0}
    words: dict[str, Codes] = {
        ActType.MEETING_POSTPONEMENT: {"first-day": "2017-08-06"} if random.random() < 0.8 else {},
        ActType.MEETING_DELEGATION: {"delegation": 2},
        ActType.MEETING_PROGRAMME: {"programme": 1},
        ActType.MEETING_AGENDA: {"agenda": random.randint(1, 2)},
        ActType.MEETING_AGENDA_REPLY: {
            random.choice(["accepted", "declined"]): ((1, random.randint(1, 2)),)
        },
        ActType.MEETING_DECLARATION: {"held": random.choice(DAYS)},
        ActType.MINUTES_DRAFT: {"items": 1, "statements": 0},
        ActType.MINUTES_CORRECTION: {"corrections": 1},
        ActType.MINUTES_AGREEMENT: {"reservations": random.randint(0, 1)},
        ActType.MINUTES_NOT_AGREED: items,
    }
    return words.get(type_, {})


def _opening(random: Random) -> Codes:
    codes: Codes = {"form": "formal", "level": "ministers", "delegation": 0, "programme": 0}
    chance = random.random()
    if chance < 0.15:
        return {**codes, "form": "informal", "held": random.choice(DAYS), "agenda": 0}
    codes["agenda"] = random.randint(0, 2)
    if chance < 0.3:
        return {**codes, "held": random.choice(DAYS)}
    return {**codes, "first-day": "2017-07-07"} if chance < 0.9 else codes


def header(state: Case, member: int, type_: str, random: Random) -> Header:
    """A plausible header of an act in a meeting."""
    if type_ == ActType.MEETING:
        return _codes(type_, random), None
    wanted = REFERRED.get(type_)
    found = [
        entry.id
        for entry in state.acts
        if entry.void is None
        and (wanted is None or (entry.type in wanted and entry.author != member))
    ]
    # The newest most often: older ones are superseded.
    newest = random.random() < 0.7
    reference = None if not found else found[-1] if newest else random.choice(found)
    return _codes(type_, random), reference


STYLE = Style(MEETING_TYPES, ActType.MEETING, header)


def check_nobody_did_the_others_act(game: Game, whole: Case) -> None:
    """Every fact of a side was written by that side, and every joint effect by all."""
    meeting = whole.substance
    if not isinstance(meeting, Meeting):
        return
    by = games.authors(game)
    types = {act.id: act.type for act in game.acts()}
    for member, side in enumerate(meeting.sides):
        assert {by[act] for act in games.ids_in(side)} <= {member}
    for member in meeting.declared:
        declaring = {ActType.MEETING_DECLARATION, ActType.MEETING}
        assert any(by[act] == member and types[act] in declaring for act in by)
    terms = reading.scheduled(whole, meeting)
    if terms is not None:
        assert any(act.author != by[terms.id] and act.reference == terms.id for act in game.acts())
    agreed = reading.agreed_draft(whole, meeting)
    if agreed is not None:
        assert reading.minutes(whole, meeting) in (Minutes.AGREED, Minutes.RESERVED)
        assert any(
            act.author != by[agreed[0]]
            and act.reference == agreed[0]
            and act.type == ActType.MINUTES_AGREEMENT
            for act in game.acts()
        )
    for item in reading.agenda(meeting):
        if item.status == ItemStatus.AGREED:
            assert all(
                meeting.sides[member].word_on(item.items, item.number)
                for member in range(2)
                if member != item.owner
            )
    if reading.minutes(whole, meeting) == Minutes.NOT_AGREED:
        # Both versions are kept, each its author's own.
        for member in range(2):
            version = reading.version(whole, meeting, member)
            assert version is not None
            assert by[version] == member


class TwoDesks(RuleBasedStateMachine):
    """Both sides say whatever the rules allow; statements arrive late and in batches."""

    @initialize(seed=st.integers(0, 1 << 30), between=st.integers(0, 3), opener=st.integers(0, 1))
    def open(self, seed: int, between: int, opener: int) -> None:
        self.game = Game(STYLE, Random(seed), between)
        self.game.open(opener)

    @rule(member=st.integers(0, 1), choice=st.integers(0, 100))
    def say(self, member: int, choice: int) -> None:
        allowed = self.game.allowed(member)
        # What ends the planning ends the game early, so it is said seldom.
        lasting = [act for act in allowed if act.type != ActType.MEETING_CANCELLATION]
        acts = allowed if choice < 5 else lasting
        if acts:
            self.game.release(acts[choice % len(acts)])

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
    for seed in range(30):
        game = games.honest(STYLE, seed, 45)
        whole = games.check_honest(game)
        check_nobody_did_the_others_act(game, whole)
        reached |= games.crossed(whole)
    assert len(reached & set(CROSSINGS)) > len(CROSSINGS) // 2


@given(st.integers(0, 1 << 30), st.integers(1, 14))
@settings(max_examples=60, deadline=None)
def test_acts_against_the_rules_are_void_wherever_they_arrive(seed: int, length: int) -> None:
    game = games.unruly(STYLE, seed, length)
    check_nobody_did_the_others_act(game, games.check_any(game))


@pytest.mark.campaign
def test_very_many_games() -> None:
    for seed in range(10_000, 11_000):
        game = games.honest(STYLE, seed, 60)
        check_nobody_did_the_others_act(game, games.check_honest(game))
        game = games.unruly(STYLE, seed, 40)
        check_nobody_did_the_others_act(game, games.check_any(game))


def test_readings_of_a_case_that_nobody_opened() -> None:
    empty: Any = case.empty(2)
    games.read(empty)
    assert not case.is_open(empty)
