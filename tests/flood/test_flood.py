"""A desk under a flood: strangers' garbage costs them more than it costs a peer.

A real ``parley serve``, a generator in processes of its own, an honest peer in this one.
"""

from __future__ import annotations

import base64
import json
import random
import statistics
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec
import pytest

from parley.application import exchange
from parley.application.desk import Desk
from parley.kernel import cbor, ids, limits
from parley.node import config as configs
from parley.node import desk as desks
from parley.node.config import Listen
from parley.record.channel import Channel
from parley.store import outbox
from parley.wire import post
from parley.wire.courier import Courier
from parley.wire.frame import MEDIA_TYPE, PATH
from tests.support.pair import PASSPHRASE, Pair, founded, inquiry, reopened

LOAD = Path(__file__).with_name("load.py")
RATE = 2000
MEMORY_KIB = 250 * 1024
RECEIPT_SECONDS = 1.0


class Meter:
    def attempt(self, outcome: str) -> None:
        """Nobody looks."""


@dataclass
class Siege:
    """The right desk as a process, the left one here."""

    left: Desk
    channel: Channel
    process: subprocess.Popen[str]
    port: int
    operations: str
    folder: Path

    def receipt_seconds(self, courier: Courier) -> float:
        """The time from the release of a statement to its receipt, whatever it takes."""
        case = ids.new_case_id()
        released = time.monotonic()
        Pair.append(self.pair(), self.left, inquiry(self.channel, case))
        with self.left.database.read() as connection:
            wanted = outbox.one(connection, self.channel.id).receipted
        while True:
            courier.deliver(self.channel.id, (f"http://127.0.0.1:{self.port}",))
            with self.left.database.read() as connection:
                if outbox.one(connection, self.channel.id).receipted > wanted:
                    return time.monotonic() - released
            time.sleep(0.02)

    def pair(self) -> Pair:
        return Pair(self.left, self.left, self.channel.id, None, (self.folder, self.folder))  # type: ignore[arg-type]

    def memory_kib(self, name: str = "VmRSS") -> int:
        for line in Path(f"/proc/{self.process.pid}/status").read_text().splitlines():
            if line.startswith(name + ":"):
                return int(line.split()[1])
        raise AssertionError(name)

    def metrics(self) -> dict[str, float]:
        with urllib.request.urlopen(self.operations + "/metrics", timeout=20) as response:  # noqa: S310
            lines = response.read().decode().splitlines()
        return {
            line.rpartition(" ")[0]: float(line.rpartition(" ")[2])
            for line in lines
            if not line.startswith("#")
        }


@contextmanager
def besieged(folder: Path) -> Iterator[Siege]:
    with founded(folder) as letters:
        with reopened(folder, letters) as both:
            both.settle()
            channel_id = both.channel_id
        config = msgspec.structs.replace(
            configs.load(folder / "right"),
            peer=Listen("127.0.0.1", 0),
            operations=Listen("127.0.0.1", 0),
        )
        (folder / "right" / configs.FILE_NAME).write_text(configs.render(config))
        with served(folder, channel_id) as made:
            yield made


@contextmanager
def served(folder: Path, channel_id: bytes) -> Iterator[Siege]:
    (folder / "passphrase").write_bytes(PASSPHRASE)
    command = [sys.executable, "-m", "parley", "serve", "--desk", str(folder / "right"), "--json"]
    with (
        (folder / "out").open("w") as out,
        (folder / "err").open("w") as err,
        desks.opened(folder / "left", PASSPHRASE) as left,
    ):
        process = subprocess.Popen(
            [*command, "--passphrase-file", str(folder / "passphrase")],
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=err,
            text=True,
        )
        try:
            deadline = time.monotonic() + 60
            while not (text := (folder / "out").read_text()).endswith("}\n"):
                assert process.poll() is None, (folder / "err").read_text()
                assert time.monotonic() < deadline
                time.sleep(0.05)
            ready = json.loads(text)
            port = int(ready["peer"].rpartition(":")[2])
            channel = left.known_channel(channel_id)
            yield Siege(left, channel, process, port, ready["operations"], folder)
        finally:
            process.terminate()
            process.wait(30)


# --- garbage -------------------------------------------------------------------------------------


def http(body: bytes, length: int | None = None) -> bytes:
    head = f"POST {PATH} HTTP/1.1\r\nhost: desk\r\ncontent-type: {MEDIA_TYPE}\r\n"
    return (
        f"{head}content-length: {len(body) if length is None else length}\r\n\r\n".encode() + body
    )


def garbage(siege: Siege, seed: int) -> dict[str, list[tuple[bytes, bool]]]:
    """Requests by kind, each with whether its connection is to be held."""
    rng = random.Random(seed)
    outgoing = exchange.compose(siege.left, siege.channel.id)
    good = post.request(siege.left, outgoing)[0]
    header_bytes, *rest = cbor.decode(good, limit=limits.FRAME_BYTES)
    *sealed, signature = rest
    header = cbor.decode(header_bytes, limit=1000)

    def stranger() -> bytes:
        return cbor.encode([cbor.encode([*header[:2], rng.randbytes(32), *header[3:]]), *rest])

    def forged() -> bytes:
        head = cbor.encode([*header[:-1], rng.randrange(1 << 30)])
        return cbor.encode([head, *sealed, rng.randbytes(64)])

    large = cbor.encode([header_bytes, *sealed[:-1], bytes(7 * limits.MIB), signature])
    return {
        "random": [(http(rng.randbytes(rng.randrange(1, 2000))), False) for _ in range(50)],
        "no http": [(rng.randbytes(300), False) for _ in range(10)],
        "stranger": [(http(stranger()), False) for _ in range(50)],
        "forged": [(http(forged()), False) for _ in range(50)],
        "replayed": [(http(good), False)],
        "oversize": [(http(b"\x83", limits.FRAME_BYTES + 1), False)],
        "endless head": [(b"GET / HTTP/1.1\r\n" + b"x: y\r\n" * 3000, False)],
        "silent": [(b"P", True)],
        "slow head": [(b"POST / HTTP/1.1\r\nhost:", True)],
        "slow body": [(http(good[:-1], len(good)), True)],
        "slow large body": [(http(large[: 1 << 16], len(large)), True)],
        "large forged": [(http(large), False)],
    }


KINDS = (
    "random", "no http", "stranger", "forged", "replayed", "oversize", "endless head", "silent",
    "slow head", "slow body", "slow large body",
)  # fmt: skip
MIX = ["random", "stranger", "forged"] * 6 + [
    "no http", "oversize", "endless head", "silent", "slow head", "slow body", "replayed",
]  # fmt: skip


def mixed(kinds: dict[str, list[tuple[bytes, bool]]], names: list[str]) -> list[tuple[bytes, bool]]:
    rng = random.Random(1)
    return [rng.choice(kinds[rng.choice(names)]) for _ in range(500)]


@contextmanager
def flooding(
    siege: Siege, requests: list[tuple[bytes, bool]], rate: float, seconds: float, source: str
) -> Iterator[list[dict[str, Any]]]:
    """Flood for ``seconds`` while the block runs; what the generators say stands in the list."""
    file = siege.folder / "requests.json"
    file.write_text(json.dumps([(base64.b64encode(data).decode(), h) for data, h in requests]))
    command = [sys.executable, str(LOAD)]
    command += [str(siege.port), str(rate), str(seconds), source, str(file)]
    generator = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    found: list[dict[str, Any]] = []
    try:
        yield found
        out, _ = generator.communicate(timeout=seconds + 60)
        found.append(json.loads(out))
    finally:
        generator.kill()
        generator.wait()


def storm(
    siege: Siege, names: list[str], *, rate: float, seconds: float, source: str
) -> tuple[list[float], dict[str, Any], int]:
    """Receipt times of an honest peer under a flood, what the flood met, and most memory used."""
    requests = mixed(garbage(siege, 7), names)
    courier = Courier(siege.left, Meter(), lambda: time.time_ns() // 1_000_000)
    siege.receipt_seconds(courier)
    times: list[float] = []
    memory = 0
    with flooding(siege, requests, rate, seconds, source) as found:
        time.sleep(1)
        end = time.monotonic() + seconds - 2
        while time.monotonic() < end:
            times.append(siege.receipt_seconds(courier))
            memory = max(memory, siege.memory_kib())
            time.sleep(0.1)
    courier.close()
    return times, found[0], memory


@pytest.fixture(scope="module")
def siege(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Siege]:
    with besieged(tmp_path_factory.mktemp("siege")) as made:
        yield made


def report(name: str, result: tuple[list[float], dict[str, Any], int]) -> None:
    times, found, memory = result
    print(  # noqa: T201 - shown with -s, and where the test fails
        f"{name}: receipts {len(times)}, median {statistics.median(times) * 1000:.0f} ms,"
        f" most {max(times) * 1000:.0f} ms; memory {memory / 1024:.0f} MiB; {found}"
    )


def bound(siege: Siege) -> float:
    """A second; more on a machine that takes a good part of it without any flood."""
    courier = Courier(siege.left, Meter(), lambda: time.time_ns() // 1_000_000)
    quiet = statistics.median(siege.receipt_seconds(courier) for _ in range(5))
    courier.close()
    return max(RECEIPT_SECONDS, 8 * quiet)


@pytest.mark.parametrize("source", ["127.0.0.9", "127.0.0.1"])
def test_an_honest_peer_is_served_under_a_flood(siege: Siege, source: str) -> None:
    """Whether the flood comes from elsewhere or from behind the peer's own address."""
    most = bound(siege)
    result = storm(siege, MIX, rate=RATE, seconds=4, source=source)
    report(source, result)
    times, found, memory = result
    assert statistics.median(times) <= most
    assert memory <= MEMORY_KIB
    assert found["offered"] > 0


@pytest.mark.campaign
@pytest.mark.timeout(600)
@pytest.mark.parametrize("names", [*([name] for name in KINDS), MIX], ids="+".join)
def test_each_kind_of_garbage(siege: Siege, names: list[str]) -> None:
    most = bound(siege)
    result = storm(siege, names, rate=RATE, seconds=20, source="127.0.0.9")
    report("+".join(sorted(set(names))), result)
    times, _found, memory = result
    assert max(times) <= most
    assert memory <= MEMORY_KIB
