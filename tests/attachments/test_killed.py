"""Desks that are served as in earnest, over loopback, with the receiver killed in the middle."""

from __future__ import annotations

import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import msgspec
import pytest

from parley.application import attaching, attachments, taking_out
from parley.application.attachments import State
from parley.application.desk import Desk
from parley.cli.demo.processes import free_ports
from parley.node import config as configs
from parley.node.config import Config
from tests.attachments.carrying import Carrying
from tests.support.pair import Pair, pair

MIB = 1 << 20
SECONDS = 60.0
MEMORY_MIB = 200


def configured(pair: Pair, ports: list[int], chunk: int) -> None:
    """Write where each desk answers, and how it cuts."""
    for folder, port in zip(pair.folders, ports, strict=True):
        config: Config = configs.load(folder)
        changed = msgspec.structs.replace(
            config,
            peer=configs.Listen("127.0.0.1", port),
            operations=configs.Listen("127.0.0.1", 0),
            attachments=configs.AttachmentsSection(chunk=chunk, keep_free=0),
        )
        (folder / configs.FILE_NAME).write_text(configs.render(changed), "utf-8")


@contextmanager
def served(folder: Path) -> Iterator[subprocess.Popen[bytes]]:
    """Serve a desk in a process of its own."""
    code = (
        "import sys; from pathlib import Path; from parley.node.serve import serve;"
        "serve(Path(sys.argv[1]), b'correct horse', lambda _: (print('ready'), sys.stdout.flush()))"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", code, str(folder)], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    )
    try:
        assert process.stdout is not None
        assert process.stdout.readline() == b"ready\n"
        yield process
    finally:
        process.kill()
        process.communicate()


def peak_mib(process: subprocess.Popen[bytes]) -> float:
    """The most memory that a process has had."""
    for line in Path(f"/proc/{process.pid}/status").read_text().splitlines():
        if line.startswith("VmHWM"):
            return int(line.split()[1]) / 1024
    raise AssertionError("no peak")


def held(desk: Desk) -> tuple[State, int, int]:
    views = attachments.every(desk, "dora")
    return (views[0].state, views[0].held, views[0].chunks) if views else (State.ANNOUNCED, 0, 0)


def until_held(desk: Desk, count: int, seconds: float) -> None:
    deadline = time.monotonic() + seconds
    while held(desk)[1] < count and held(desk)[0] != State.WHOLE:
        assert time.monotonic() < deadline, held(desk)
        time.sleep(0.02)


def killed_twice(
    tmp_path: Path, size: int, chunk: int, seconds: float
) -> tuple[Carrying, list[float], float]:
    """Send ``size`` bytes; kill the receiver at a third and at two thirds."""
    ports = free_ports(2)
    peaks: list[float] = []
    addresses = tuple(f"http://127.0.0.1:{port}" for port in ports)
    stack = ExitStack()
    made = stack.enter_context(pair(tmp_path / "desks", (addresses[0], addresses[1])))
    made.settle()
    configured(made, ports, chunk)
    both = Carrying(made, tmp_path)
    path = tmp_path / "given"
    seeded = random.Random(7)
    with path.open("wb") as file:
        for _ in range(-(-size // MIB)):
            file.write(seeded.randbytes(min(MIB, size - file.tell())))
    draft = both.draft()
    with path.open("rb") as source:
        draft, _ = attaching.attach(
            made.left, "dora", draft.id, source, attaching.Label("large.bin", "none-known")
        )
    both.release(draft)
    chunks = -(-size // both_chunk(made.left))
    start = time.monotonic()
    with served(made.folders[0]) as sender:
        for part in (chunks // 3, 2 * chunks // 3):
            with served(made.folders[1]) as receiver:
                until_held(made.right, part, seconds)
                receiver.send_signal(signal.SIGKILL)
                receiver.wait()
            before = held(made.right)[1]
            assert before >= min(part, chunks - 1) or held(made.right)[0] == State.WHOLE
        with served(made.folders[1]) as receiver:
            until_held(made.right, chunks, seconds)
            spent = time.monotonic() - start
            assert held(made.right) == (State.WHOLE, chunks, chunks)
            peaks = [peak_mib(sender), peak_mib(receiver)]
            deadline = time.monotonic() + seconds
            while held(made.left)[0] != State.WHOLE:
                assert time.monotonic() < deadline, held(made.left)
                time.sleep(0.05)
    out = tmp_path / "out"
    (view,) = attachments.every(made.right, "dora")
    taking_out.take_out(made.right, "dora", view, out, as_capsule=False)
    with path.open("rb") as given, out.with_name("out.quarantined").open("rb") as came:
        while part_given := given.read(MIB):
            assert part_given == came.read(MIB)
        assert came.read(1) == b""
    stack.close()
    return both, peaks, spent


def both_chunk(desk: Desk) -> int:
    return 1 << desk.policy.attachments.chunk_bits


def test_a_receiver_that_is_killed_twice_goes_on_where_it_was(tmp_path: Path) -> None:
    _both, peaks, _spent = killed_twice(tmp_path, 24 * MIB, 1 << 12, SECONDS)
    assert max(peaks) < MEMORY_MIB, peaks


@pytest.mark.campaign
@pytest.mark.timeout(1800)
def test_a_gigabyte_with_the_receiver_killed_twice(tmp_path: Path) -> None:
    _both, peaks, spent = killed_twice(tmp_path, 1024 * MIB, 1 << 20, 900.0)
    assert max(peaks) < MEMORY_MIB, (peaks, spent)
