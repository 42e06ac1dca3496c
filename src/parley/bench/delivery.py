"""From sending to the receipt over loopback, between two desks that are served as in earnest."""

from __future__ import annotations

import contextlib
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Final, NamedTuple

from parley.application import channels
from parley.application.desk import Desk
from parley.bench import desks, measure
from parley.bench.desks import PASSPHRASE, Pair
from parley.kernel import ids
from parley.node import desk as nodes
from parley.node.config import Config, Listen
from parley.node.serve import Serving, serve
from parley.store import outbox

_HOST: Final = "127.0.0.1"
_LOOK_SECONDS: Final = 0.001
_PATIENCE_SECONDS: Final = 30.0
_WARM_UP: Final = 10


class DeliveryResult(NamedTuple):
    """Seconds from a statement's commit to its receipt's, in the sender's database."""

    statements: int
    p50: float
    p99: float


def run(folder: Path, statements: int) -> DeliveryResult:
    """Send ``statements`` one after the other, each when the one before is receipted."""
    ports = free_ports(2)
    letters = [
        desks.found(folder / code, code, Config(peer=Listen(_HOST, port), operations=_ANY))
        for code, port in zip(desks.CODES, ports, strict=True)
    ]
    with (
        nodes.opened(folder / desks.CODES[0], PASSPHRASE) as left,
        nodes.opened(folder / desks.CODES[1], PASSPHRASE) as right,
    ):
        desks.introduce(left, right, letters)
        pair = Pair(left, right, channels.find(left, None).id)
        with served(folder / desks.CODES[0]), served(folder / desks.CODES[1]):
            seconds = [_send(pair) for _ in range(_WARM_UP + statements)][_WARM_UP:]
    return DeliveryResult(
        statements, measure.percentile(seconds, 0.5), measure.percentile(seconds, 0.99)
    )


_ANY: Final = Listen(_HOST, 0)


def _send(pair: Pair) -> float:
    """Seconds until one more statement of the left desk is receipted."""
    channel = pair.channel(pair.left)
    before = _receipted(pair.left, pair.channel_id)
    desks.append(pair, pair.left, [desks.inquiry(channel, ids.new_case_id())])
    start = time.perf_counter()
    while _receipted(pair.left, pair.channel_id) == before:
        if time.perf_counter() - start > _PATIENCE_SECONDS:
            raise TimeoutError("no receipt came")
        time.sleep(_LOOK_SECONDS)
    return time.perf_counter() - start


def _receipted(desk: Desk, channel_id: bytes) -> int:
    with desk.database.read() as connection:
        return outbox.one(connection, channel_id).receipted


@contextlib.contextmanager
def served(folder: Path) -> Iterator[None]:
    """Serve the desk in ``folder`` in a process of its own for as long as the block runs."""
    command = [sys.executable, "-P", "-m", "parley.bench.delivery", str(folder)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE)  # noqa: S603 - ours
    try:
        if process.stdout is None or not process.stdout.readline():
            raise RuntimeError("a desk did not start")
        yield
    finally:
        process.terminate()
        process.communicate()


def free_ports(count: int) -> list[int]:
    """Ports of this machine that nobody listens at."""
    with contextlib.ExitStack() as stack:
        sockets = [stack.enter_context(socket.socket()) for _ in range(count)]
        for one in sockets:
            one.bind((_HOST, 0))
        return [int(one.getsockname()[1]) for one in sockets]


def _announce(_serving: Serving) -> None:
    sys.stdout.write("ready\n")
    sys.stdout.flush()


def main() -> None:
    """Serve the desk in the folder that is named on the command line, until told to end."""
    serve(Path(sys.argv[1]), PASSPHRASE, _announce)


if __name__ == "__main__":
    main()
