"""Kills at random moments: some in each run of the tests, twenty thousand in the campaign."""

from __future__ import annotations

import os
import random
from pathlib import Path

import pytest

from tests.crash import campaign
from tests.crash.runs import GROUP, Group
from tests.crash.stages import Stages, copied

RUNS_VARIABLE = "PARLEY_CRASH_RUNS"
SEED_VARIABLE = "PARLEY_SEED"


def test_some_kills_at_random_moments(engine: str, stages: Stages, place: Path) -> None:
    seed = os.environ.get(SEED_VARIABLE) or str(random.SystemRandom().randrange(2**32))
    print(f"{SEED_VARIABLE}={seed}")  # noqa: T201 - pytest shows it where the test fails
    template, facts = stages.of("channel")
    with copied(template, facts, place / "run") as given:
        group = Group(place / "run", given, engine, opening=0.05)
        group.run(random.Random(seed))
    assert group.counts.total() == GROUP


@pytest.mark.campaign
@pytest.mark.timeout(0)
def test_kills_by_the_thousand(capsys: pytest.CaptureFixture[str]) -> None:
    """It goes on where it was stopped; another seed or an empty folder begins anew."""
    runs = int(os.environ.get(RUNS_VARIABLE) or campaign.RUNS)
    seed = os.environ.get(SEED_VARIABLE) or "1"
    folder = Path(".crash-campaign") / f"{seed}-{runs}"
    with capsys.disabled():
        assert campaign.run(folder, runs, campaign.PROCESSES, seed, print) == 0
