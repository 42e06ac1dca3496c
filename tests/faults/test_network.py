"""Faults of the network between two real desks: once it has healed, both records agree."""

from __future__ import annotations

import socket
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

from parley.application import audit, channels
from parley.application.desk import Desk
from parley.kernel import ids
from parley.node import serve
from parley.wire.courier import Backoff, Courier
from parley.wire.dialling import Timeouts
from parley.wire.door import Door
from parley.wire.endpoint import Bounds, Endpoint
from parley.wire.rates import Rate
from tests.faults.network import Pace, Proxy
from tests.support.pair import Pair, inquiry, pair

TIMEOUTS = Timeouts(connect=1.0, idle=0.2, total=0.4)
PACE = Pace(delay=0.1, hang=0.3)
BACKOFF = Backoff(base_ms=10, most_ms=100)
FREE = Rate(burst=100_000, per_second=100_000)
BOUNDS = Bounds(rate=FREE, forged=FREE, unknown=FREE, head_seconds=0.5, body_seconds=0.5)


class Meter:
    """Counts outcomes of frames and attempts."""

    def __init__(self) -> None:
        self.outcomes: Counter[str] = Counter()

    def frame(self, outcome: str) -> None:
        self.outcomes[f"endpoint: {outcome}"] += 1

    def closed(self, why: str) -> None:
        self.outcomes[f"door: {why}"] += 1

    def attempt(self, outcome: str) -> None:
        self.outcomes[f"courier: {outcome}"] += 1


@contextmanager
def endpoint(desk: Desk, meter: Meter) -> Iterator[tuple[str, int]]:
    """The desk's endpoint, served as ``parley serve`` does; where it answers."""
    door = Door(meter, head_seconds=BOUNDS.head_seconds)
    ready = threading.Event()
    server = serve.peer_server(Endpoint(desk, meter, time.monotonic, BOUNDS, door), door, ready.set)
    listener = socket.create_server(("127.0.0.1", 0))
    thread = threading.Thread(target=server.run, args=([listener],))
    thread.start()
    try:
        assert ready.wait(10)
        yield listener.getsockname()[:2]
    finally:
        server.should_exit = True
        thread.join(timeout=20)
        listener.close()


@contextmanager
def courier(desk: Desk, meter: Meter) -> Iterator[None]:
    """The desk's courier at work."""
    stop = threading.Event()
    made = Courier(
        desk, meter, lambda: time.time_ns() // 1_000_000, backoff=BACKOFF, timeouts=TIMEOUTS
    )
    thread = threading.Thread(target=made.run, args=(stop, 0.005))
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join(timeout=20)
        made.close()
        assert not thread.is_alive()


class World:
    """Two desks that are served, and the network between them."""

    def __init__(self, both: Pair, proxies: tuple[Proxy, Proxy], meter: Meter) -> None:
        self.both = both
        self.proxies = proxies
        self.meter = meter

    @property
    def faults(self) -> Counter[str]:
        """What has happened so far, in both directions."""
        return self.proxies[0].faults + self.proxies[1].faults

    def speak(self, desk: Desk) -> None:
        self.both.clock.now = int(time.time())
        self.both.append(desk, inquiry(self.both.channel(desk), ids.new_case_id(), questions=1))

    def heal(self, seconds: float) -> None:
        """The network carries everything; both desks come to rest."""
        for proxy in self.proxies:
            proxy.heal()
        deadline = time.monotonic() + seconds
        while True:
            self.both.clock.now = int(time.time())
            if not any(self.both.work(desk) for desk in (self.both.left, self.both.right)):
                return
            assert time.monotonic() < deadline, self.report("the desks do not come to rest")
            time.sleep(0.05)

    def report(self, headline: str) -> str:
        lines = [headline]
        lines += [f"  {count:6}  {kind}" for kind, count in sorted(self.faults.items())]
        lines += [f"  {count:6}  {kind}" for kind, count in sorted(self.meter.outcomes.items())]
        for desk in (self.both.left, self.both.right):
            (one,) = channels.standings(desk)
            lines.append(f"  {one.own} own, {one.peer} of the peer, {one.receipted} receipted")
        return "\n".join(lines)


@contextmanager
def world(folder: Path, seed: int) -> Iterator[World]:
    """Two desks below ``folder`` with a bad network between them."""
    meter = Meter()
    proxies = (Proxy(seed * 2, PACE), Proxy(seed * 2 + 1, PACE))
    with ExitStack() as stack:
        for proxy in proxies:
            stack.callback(proxy.stop)
        both = stack.enter_context(pair(folder, (proxies[0].address, proxies[1].address)))
        both.clock.now = int(time.time())
        for proxy, desk in zip(proxies, (both.left, both.right), strict=True):
            proxy.start(stack.enter_context(endpoint(desk, meter)))
        for desk in (both.left, both.right):
            stack.enter_context(courier(desk, meter))
        yield World(both, proxies, meter)
        for proxy in proxies:
            assert proxy.surprises == []


def check_agreement(both: Pair, spoken: int) -> None:
    """Every statement stands once in both records, under cosigned checkpoints, with receipts."""
    for desk in (both.left, both.right):
        (standing,) = channels.standings(desk)
        assert standing.state == "open"
        assert standing.own + standing.peer == spoken + 2
        assert (standing.agreed_own, standing.agreed_peer) == (standing.own, standing.peer)
        assert standing.receipted == standing.own
        assert standing.evidence == standing.quarantined == 0
        assert audit.fsck(desk).faults == ()


def run(folder: Path, seed: int, decks: int, seconds: float) -> World:
    """Both desks speak until every fault has come round so often in each direction; then it heals.

    At most for ``seconds``.
    """
    ends = time.monotonic() + seconds
    spoken = 0
    with world(folder, seed) as made:
        enough = decks * len(made.proxies[0].kinds)
        while min(sum(proxy.faults.values()) for proxy in made.proxies) < enough:
            made.speak(made.both.left if spoken % 2 else made.both.right)
            spoken += 1
            time.sleep(PACE.delay)
            assert time.monotonic() < ends, made.report("the network is too slow")
        made.heal(60)
        check_agreement(made.both, spoken)
        assert made.meter.outcomes["courier: internal"] == 0
        assert made.meter.outcomes["endpoint: internal"] == 0
    return made


def test_after_the_network_has_healed_the_records_agree(tmp_path: Path) -> None:
    made = run(tmp_path, seed=1, decks=1, seconds=60)
    assert set(made.faults) == set(made.proxies[0].kinds)


@pytest.mark.campaign
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("seed", range(100, 106))
def test_after_a_long_time_of_faults_the_records_agree(
    tmp_path: Path, seed: int, capsys: pytest.CaptureFixture[str]
) -> None:
    made = run(tmp_path, seed, decks=20, seconds=1200)
    with capsys.disabled():
        sys.stderr.write(made.report(f"\nseed {seed}: the records agree after") + "\n")
