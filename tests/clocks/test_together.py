"""Several processes watch one desk, and one of them is killed: each step is raised once."""

from __future__ import annotations

import os
import secrets
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

from parley.application import offices, watch
from parley.domain.posts import Post
from parley.store import tables
from tests.support.pair import PASSPHRASE, START, inquiry, pair

CASES = 10
WEEK = 7 * 86_400

WATCH = """
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from parley.application import watch
from parley.node import desk as desks
folder, passphrase, now = sys.argv[1:]
with desks.opened(Path(folder), passphrase.encode(), clock=lambda: int(now)) as desk:
    print("ready", flush=True)
    sys.stdin.readline()
    print(len(watch.tick(desk).raised), flush=True)
"""


@contextmanager
def ended(process: subprocess.Popen[str]) -> Iterator[subprocess.Popen[str]]:
    """A process that does not outlive the block."""
    with process:
        try:
            yield process
        finally:
            process.kill()


@pytest.mark.engines
@pytest.mark.timeout(300)  # three interpreters start at once, on a machine that may be busy
def test_processes_at_once_raise_each_step_once(tmp_path: Path, engine: str) -> None:
    with ExitStack() as stack:
        desks = stack.enter_context(pair(tmp_path))
        desks.settle()
        office = desks.right.letter.text.offices[0].id
        offices.put(desks.right, office, Post.HOLDER, "dora", by=None)
        for _ in range(CASES):
            content = inquiry(desks.channel(desks.left), secrets.token_bytes(16))
            desks.append(desks.left, content)
        desks.settle()
        now = START + WEEK
        arguments = [str(tmp_path / "right"), PASSPHRASE.decode(), str(now)]
        processes = [
            stack.enter_context(
                ended(
                    subprocess.Popen(
                        [sys.executable, "-c", WATCH, *arguments],
                        stdin=subprocess.PIPE,
                        stdout=subprocess.PIPE,
                        text=True,
                        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
                    )
                )
            )
            for _ in range(3)
        ]
        for process in processes:
            assert process.stdout is not None
            assert process.stdout.readline() == "ready\n"
        for process in processes:
            assert process.stdin is not None
            process.stdin.write("\n")
            process.stdin.flush()
        processes[0].send_signal(signal.SIGKILL)
        said = [process.communicate()[0] for process in processes]
        desks.clock.now = now
        rest = len(watch.tick(desks.right).raised)
        with desks.right.database.read() as connection:
            marks = connection.execute(tables.raised_steps.select()).all()
            alerts = connection.execute(tables.alerts.select()).all()
        # The acknowledgement and the preliminary answer of each case.
        assert len(marks) == len({mark.term for mark in marks}) == 2 * CASES
        assert len(alerts) == len({alert.key for alert in alerts}) == 2 * CASES
        told = sum(int(one) for one in said[1:] if one.strip())
        assert told + rest <= 2 * CASES
        assert processes[0].returncode in (0, -signal.SIGKILL)
