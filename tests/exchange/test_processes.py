"""Several processes over one database: one appender a channel, whatever becomes of a process."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx2
import pytest

from parley.application import audit, channels
from parley.application.desk import Desk
from parley.bench import desks as benches
from parley.bench import processes
from parley.kernel import ids
from parley.node import desk as nodes
from parley.store import log
from parley.wire import post
from parley.wire.courier import Courier
from tests.support.engines import ENGINE, POSTGRESQL
from tests.support.pair import PASSPHRASE, Pair, inquiry, pair
from tests.support.postgres import Server

PROCESSES, TRANSACTIONS = 4, 8
SECONDS = 60


def statements(desk: Desk) -> int:
    """How many stand in all logs; each chain is checked for gaps."""
    found = 0
    with desk.database.read() as connection:
        for channel, _row in desk.channels(connection):
            entries = list(log.in_order(connection, channel.id))
            assert [entry.position for entry in entries] == list(range(len(entries)))
            assert [entry.seq for entry in entries] == list(range(len(entries)))
            found += len(entries)
    return found


@pytest.mark.slow
@pytest.mark.parametrize("count", [1, 20])
def test_processes_append_beside_each_other_and_one_is_killed(
    server: Server, tmp_path: Path, count: int
) -> None:
    jobs = [(number, count, TRANSACTIONS) for number in range(PROCESSES)]
    with (
        server.database() as url,
        processes.desk(tmp_path, count, url),
        nodes.opened(tmp_path / benches.CODES[0], benches.PASSPHRASE) as left,
    ):
        genesis = statements(left)
        assert genesis == count
        with processes.started(tmp_path, jobs) as running:
            for process in running:
                processes.say(process, "go")
            deadline = time.monotonic() + SECONDS
            while statements(left) < genesis + 5 * processes.BATCH:
                assert time.monotonic() < deadline
            running[0].kill()
            running[0].wait()
            for process in running[1:]:
                assert processes.heard(process) == "done"
        appended = statements(left) - genesis
        whole = TRANSACTIONS * processes.BATCH
        assert 3 * whole <= appended <= 4 * whole
        assert appended % processes.BATCH == 0
        checked = audit.fsck(left)
        assert (checked.channels, checked.faults) == (count, ())


# --- couriers -----------------------------------------------------------------------------------


@pytest.fixture
def both(server: Server, tmp_path: Path) -> Iterator[Pair]:
    """A pair on the server, at rest."""
    with ENGINE.using(POSTGRESQL), pair(tmp_path) as made:
        made.settle()
        yield made


class Meter:
    """Counts outcomes."""

    def __init__(self) -> None:
        self.outcomes: list[str] = []

    def attempt(self, outcome: str) -> None:
        self.outcomes.append(outcome)


def test_a_channel_is_served_by_one_of_several_couriers_at_a_time(both: Pair) -> None:
    both.clock.now = int(time.time())
    lock, under_way, most = threading.Lock(), 0, 0

    def handler(request: httpx2.Request) -> httpx2.Response:
        nonlocal under_way, most
        with lock:
            under_way += 1
            most = max(most, under_way)
        time.sleep(0.05)
        reply = post.answer(both.right, request.content)
        with lock:
            under_way -= 1
        return httpx2.Response(200, stream=httpx2.ByteStream(reply))

    stop, meters = threading.Event(), (Meter(), Meter())
    with (
        nodes.opened(both.folders[0], PASSPHRASE, clock=both.clock) as other,
        ThreadPoolExecutor(2) as pool,
    ):
        couriers = [
            Courier(desk, meter, milliseconds, transport=httpx2.MockTransport(handler))
            for desk, meter in zip((both.left, other), meters, strict=True)
        ]
        runs = [pool.submit(courier.run, stop, 0.01) for courier in couriers]
        try:
            for _ in range(12):
                both.append(both.left, inquiry(both.channel(both.left), ids.new_case_id()))
                time.sleep(0.04)
            deadline = time.monotonic() + SECONDS
            while both.work(both.left):
                assert time.monotonic() < deadline, "the couriers do not come to rest"
                time.sleep(0.02)
        finally:
            stop.set()
            for run in runs:
                run.result(SECONDS)
            for courier in couriers:
                courier.close()
    assert most == 1
    outcomes = [outcome for meter in meters for outcome in meter.outcomes]
    assert set(outcomes) == {"settled"}
    # Neither comes for what the other has just brought.
    assert len(outcomes) <= 12 + 2
    (standing,) = channels.standings(both.left)
    assert standing.receipted == standing.own == 13


def milliseconds() -> int:
    return time.time_ns() // 1_000_000
