"""Several processes over one database: what they append together, beside one of them alone."""

from __future__ import annotations

import statistics
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Final, NamedTuple

from parley.application import channels
from parley.bench import desks, postgres
from parley.bench.desks import PASSPHRASE
from parley.crypto import words
from parley.kernel import ids
from parley.node import desk as nodes
from parley.node.config import Config, DeskSection
from parley.record import freeze
from parley.record.channel import Channel
from parley.record.freeze import Frozen

PROCESSES: Final = 4
CHANNELS: Final = (1, 20)
BATCH: Final = 10
"""Statements of one transaction."""
TRANSACTIONS: Final = 160
"""Of all processes of a round together."""


class ProcessesResult(NamedTuple):
    """Appending to so many ``channels``: statements a second, medians of several rounds.

    ``ratio`` is what :data:`PROCESSES` processes append together over what one appends alone, the
    median of the rounds' ratios.
    """

    channels: int
    one: float
    several: float
    ratio: float


def run(folder: Path, rounds: int) -> list[ProcessesResult]:
    """Measure on a PostgreSQL server of our own, which syncs each commit to disk.

    :raises LookupError: there is no server to be had.
    """
    results: list[ProcessesResult] = []
    with desk(folder, max(CHANNELS)):
        for count in CHANNELS:
            measured = [
                (
                    appended(folder, 1, count, TRANSACTIONS),
                    appended(folder, PROCESSES, count, TRANSACTIONS),
                )
                for _ in range(rounds)
            ]
            results.append(
                ProcessesResult(
                    count,
                    statistics.median(one for one, _ in measured),
                    statistics.median(several for _, several in measured),
                    statistics.median(several / one for one, several in measured),
                )
            )
    return results


@contextmanager
def desk(folder: Path, count: int, url: str | None = None) -> Iterator[None]:
    """A desk in ``folder / "left"`` with ``count`` channels, on PostgreSQL.

    ``url`` names an empty database; without it there is a server for as long as the block runs.
    """
    with ExitStack() as stack:
        database = url or stack.enter_context(postgres.cluster())
        section = DeskSection(database=database)
        desks.found(folder / desks.CODES[0], desks.CODES[0], Config(desk=section))
        peer = desks.found(folder / desks.CODES[1], desks.CODES[1], Config())
        with nodes.opened(folder / desks.CODES[0], PASSPHRASE) as left:
            for number in range(count):
                fingerprint = words.words(peer.party)
                channels.accept(left, peer.data, fingerprint, label=str(number))
        yield


def appended(folder: Path, processes: int, count: int, transactions: int) -> float:
    """Statements a second that ``processes`` append to ``count`` channels, together."""
    share = transactions // processes
    with started(folder, [(number, count, share) for number in range(processes)]) as running:
        begun = time.perf_counter()
        for process in running:
            say(process, "go")
        for process in running:
            heard(process)
        return processes * share * BATCH / (time.perf_counter() - begun)


@contextmanager
def started(
    folder: Path, jobs: Sequence[tuple[int, int, int]]
) -> Iterator[list[subprocess.Popen[str]]]:
    """Processes that have opened the desk and wait; each job as :func:`main` takes it."""
    command = [sys.executable, "-P", "-m", "parley.bench.processes", str(folder / desks.CODES[0])]
    with ExitStack() as stack:
        running = [
            stack.enter_context(
                subprocess.Popen(  # noqa: S603 - ours
                    [*command, *map(str, job)],
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                    text=True,
                )
            )
            for job in jobs
        ]
        try:
            for process in running:
                heard(process)
            yield running
        finally:
            for process in running:
                process.kill()


def say(process: subprocess.Popen[str], line: str) -> None:
    """Write a line to a process."""
    if process.stdin is not None:
        process.stdin.write(line + "\n")
        process.stdin.flush()


def heard(process: subprocess.Popen[str]) -> str:
    """The next line that a process writes.

    :raises RuntimeError: it has ended.
    """
    line = process.stdout.readline() if process.stdout is not None else ""
    if not line:
        raise RuntimeError("a process has ended")
    return line.rstrip("\n")


def main(arguments: Sequence[str]) -> None:
    """``FOLDER NUMBER CHANNELS TRANSACTIONS``: append to the channels in turn, as one of several.

    Says ``ready``, waits for a line, appends, and says ``done``.
    """
    folder, *numbers = arguments
    number, count, transactions = map(int, numbers)
    with nodes.opened(Path(folder), PASSPHRASE) as left:
        every = sorted(
            (standing.channel for standing in channels.standings(left)),
            key=lambda channel: int(channel.label),
        )[:count]
        frozen = [
            (channel, [_frozen(channel) for _ in range(BATCH)])
            # Each begins elsewhere, and all come everywhere.
            for channel in (
                every[(number * count // PROCESSES + turn) % count] for turn in range(transactions)
            )
        ]
        _write("ready")
        sys.stdin.readline()
        for channel, acts in frozen:
            with left.database.write(channel.id) as connection:
                ledger = left.ledger(connection, channel)
                ledger.append_all([(one.act_bytes, one.body) for one in acts])
        _write("done")


def _frozen(channel: Channel) -> Frozen:
    return freeze.freeze(channel, desks.inquiry(channel, ids.new_case_id()))


def _write(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main(sys.argv[1:])
