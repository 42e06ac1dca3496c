"""kill -9 of either desk at ten random moments of the exchange: nothing is lost or doubled."""

from __future__ import annotations

import os
import random
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest

from parley.application import audit, cases
from parley.application.desk import Desk
from parley.cli.demo import replay, stage
from parley.cli.demo.inside import Inside
from parley.cli.demo.processes import Supervisor
from parley.cli.demo.replay import Played
from parley.cli.demo.stage import PARTIES, Side, Stage
from parley.domain import case as folds
from parley.store import log
from parley.store.log import Entry
from parley.story import illustration

KILLS = 10
PHASES = len(illustration.load().acts) + 2  # the channel opens, all acts, both records agree
LONGEST_DELAY = 0.3  # seconds; a phase takes about that long
LOOK_SECONDS = 0.01
SEED_VARIABLE = "PARLEY_SEED"


def plan(chance: random.Random) -> list[list[tuple[float, str]]]:
    """For each phase: which desks are killed, and when (seconds from its beginning)."""
    phases: list[list[tuple[float, str]]] = [[] for _ in range(PHASES)]
    for _ in range(KILLS):
        moment = chance.uniform(0, LONGEST_DELAY), chance.choice(PARTIES)
        chance.choice(phases).append(moment)
    return [sorted(phase) for phase in phases]


@contextmanager
def killing(supervisor: Supervisor, moments: Sequence[tuple[float, str]]) -> Iterator[None]:
    """Kill as planned while the block runs; the block ends after the last kill."""

    def run() -> None:
        begun = time.monotonic()
        for delay, code in moments:
            time.sleep(max(0.0, begun + delay - time.monotonic()))
            while not supervisor.kill(code):
                time.sleep(LOOK_SECONDS)  # it is about to be started again

    thread = threading.Thread(target=run)
    thread.start()
    try:
        yield
    finally:
        thread.join()


def entries(side: Side) -> list[Entry]:
    with side.desk.database.read() as connection:
        return list(log.in_order(connection, side.channel.id))


def chain(side: Side, author: int) -> list[bytes]:
    """One author's chain as it stands in a side's record, checked for gaps."""
    found = [entry for entry in entries(side) if entry.author == author]
    assert [entry.seq for entry in found] == list(range(len(found)))
    return [entry.leaf for entry in found]


def faults(desk: Desk) -> tuple[audit.Fault, ...]:
    return audit.fsck(desk).faults


def exchange(staged: Stage, moments: list[list[tuple[float, str]]]) -> list[Played | Inside]:
    """The demonstration's exchange, with kills in each of its phases."""

    def phase(number: int, act: Callable[[], None]) -> None:
        with killing(staged.supervisor, moments[number]):
            act()

    def open_channel() -> None:
        staged.exchange_letters()
        staged.wait("genesis", staged.agreed)

    played: list[Played | Inside] = []
    phase(0, open_channel)
    acts = replay.play(staged)
    for number in range(1, PHASES - 1):
        phase(number, lambda: played.append(next(acts)))
    assert next(acts, None) is None
    phase(PHASES - 1, lambda: staged.wait("agreement", staged.agreed))
    return played


def survive(folder: Path, seed: int) -> None:
    """Run the exchange with the kills that ``seed`` plans, and compare both records."""
    print(f"{SEED_VARIABLE}={seed}")  # noqa: T201 - pytest shows it where the test fails
    moments = plan(random.Random(seed))
    with stage.set_up(folder, restarts=KILLS) as staged:
        played = exchange(staged, moments)
        staged.wait("agreement", staged.agreed)
        us, ru = (staged.sides[code] for code in PARTIES)
        staged.wait(
            "restarts", lambda: sum(map(staged.supervisor.restarts, PARTIES)) == KILLS, seconds=10
        )

        said = [one.leaf for one in played if isinstance(one, Played)]
        assert len(set(said)) == len(said)
        for side in (us, ru):
            leaves = [entry.leaf for entry in entries(side)]
            # Each desk's terms, and all acts that are statements.
            assert len(leaves) == len(set(leaves)) == len(said) + len(PARTIES)
            assert set(said) < set(leaves)
            assert faults(side.desk) == ()
            standing = side.standing()
            assert (standing.state, standing.evidence, standing.quarantined) == ("open", 0, 0)
            assert standing.receipted == standing.own
            assert standing.agreed_own + standing.agreed_peer == len(leaves)
        for author in range(2):
            assert chain(us, author) == chain(ru, author)
        for case in {one.case for one in played if isinstance(one, Played)}:
            first, second = (
                cases.show(side.desk, side.channel, case, "duty").summary.state for side in (us, ru)
            )
            assert folds.status(first) == folds.status(second)
            assert first.acts == second.acts
            assert not first.void_acts


@pytest.mark.slow
@pytest.mark.timeout(240)
def test_the_exchange_survives_kills_of_either_desk(tmp_path: Path) -> None:
    survive(tmp_path, int(os.environ.get(SEED_VARIABLE) or random.SystemRandom().randrange(2**32)))


@pytest.mark.campaign
@pytest.mark.timeout(240)
@pytest.mark.parametrize("seed", range(25))
def test_the_exchange_survives_kills_with_many_seeds(tmp_path: Path, seed: int) -> None:
    survive(tmp_path, seed)
