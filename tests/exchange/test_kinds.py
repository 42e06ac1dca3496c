"""Two real desks and a case of each kind, acts crossing in any way: both see one and the same."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from random import Random

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from parley.domain import case as cases
from parley.domain.kinds import KINDS
from parley.domain.shape import Scope
from tests.support import officers
from tests.support.agreed import mandates
from tests.support.hints import HINTS
from tests.support.officers import Officers
from tests.support.pair import Pair, copied, founded, reopened

LEAST = 2
"""So many types of a kind are said in a few games, or the games are no test of it."""


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    folder = tmp_path_factory.mktemp("template")
    with founded(folder) as letters, ExitStack() as stack:
        with reopened(folder, letters) as made:
            made.settle()
            stack.enter_context(mandates(made))
        yield folder


# An erasure names bodies that there are, and no officer alone carries it out: tests/erasure.
GAMES = [scope for scope in KINDS if scope != Scope.ERASURE]


@pytest.mark.parametrize("scope", GAMES)
def test_both_desks_see_one_case(scope: Scope, template: Path, tmp_path: Path) -> None:
    said: set[str] = set()
    with copied(template, tmp_path / "pair") as made:
        for seed in range(3):
            said |= game(made, scope, seed, turns=8, hostile=0.25 if seed % 2 else 0.0)
    assert len(said) >= LEAST


@pytest.mark.campaign
@pytest.mark.parametrize("scope", GAMES)
def test_both_desks_see_one_case_in_many_games(
    scope: Scope, template: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    @given(st.integers(0, 1 << 32), st.integers(5, 40), st.sampled_from([0.0, 0.2, 0.5]))
    @settings(
        max_examples=60,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    def games(seed: int, turns: int, hostile: float) -> None:
        with copied(template, tmp_path_factory.mktemp("game") / "pair") as made:
            game(made, scope, seed, turns, hostile)

    games()


def game(made: Pair, scope: Scope, seed: int, turns: int, hostile: float) -> set[str]:
    """Play one game; what was said in it by officers who keep to the rules."""
    players = Officers(made, scope, Random(seed), HINTS.get(scope))
    officers.play(players, turns, hostile)
    state = officers.check(players)
    if not hostile:
        assert not state.void_acts
    assert cases.status(state)
    return set(players.said)
