"""Errors and kill -9 at every write of every operation: nothing lost, nothing doubled, no help.

`make test` runs an error at every write of every operation (of a long row of the same writes at its
ends), every error that is reported although the write was done, and a kill at every write of taking
statements in, and into the search index.
`make campaign` runs all of it, and once more between SQLite and its files.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import lacking
from tests.crash import sqlite_io, table
from tests.crash.carried import CARRIED
from tests.crash.erasing import ERASING, kill_and_search
from tests.crash.faults import KILLS, Mode
from tests.crash.office import OFFICE
from tests.crash.operations import OPERATIONS, Operation
from tests.crash.seams import Write
from tests.crash.stages import Stages
from tests.crash.table import FILES_AND_DISK, SQL_AND_FILES, Bench
from tests.crash.upkeep import INDEXING, UPKEEP
from tests.support.engines import SQLITE

MAIN = ("authorise: sign and append", "take a request in")
EVERY = (*OPERATIONS, *UPKEEP, *CARRIED, *ERASING, *OFFICE)
ALL = pytest.mark.parametrize("operation", EVERY, ids=lambda operation: operation.name)
KILLED = pytest.mark.parametrize(
    "operation", [one for one in EVERY if one.name in {MAIN[1], INDEXING}], ids=lambda one: one.name
)
THE_TWO = pytest.mark.parametrize(
    "operation", [one for one in OPERATIONS if one.name in MAIN], ids=lambda one: one.name
)


@pytest.fixture
def bench(operation: Operation, stages: Stages, place: Path, engine: str) -> Iterator[Bench]:
    """The operation, ready to be run."""
    if engine not in operation.engines:
        pytest.skip(f"not on {engine}")
    with table.bench(operation, stages, place) as made:
        yield made


@pytest.fixture
def disk() -> frozenset[str]:
    """The layers of files and of SQLite's own files."""
    if not sqlite_io.installed():
        lacking("a SQLite whose functions can be reached")
    return FILES_AND_DISK


@ALL
def test_an_error_at_every_write_leaves_nothing_behind(bench: Bench, engine: str) -> None:
    writes = bench.writes(SQL_AND_FILES)
    # The campaign has every single one of a long row of the same writes.
    some = table.telling(writes)
    table.fail_at_each(bench, SQL_AND_FILES, some)
    for at in some:
        write = writes[at - 1]
        if write.kind == "commit" or (write.kind == "replace" and engine == SQLITE):
            assert table.fail(bench, SQL_AND_FILES, at, Mode.ERROR_AFTER).hit is not None


@pytest.mark.engines
@KILLED
def test_a_kill_at_every_write_leaves_all_or_nothing(bench: Bench, engine: str) -> None:
    # On a server a copy of two databases costs more than a run: there the last ones will do.
    writes = bench.writes(SQL_AND_FILES)
    first = 1 if engine == SQLITE else len(writes) - 1
    for at in range(first, len(writes) + 1):
        assert table.kill(bench, SQL_AND_FILES, at, Mode.KILL)
    # And with the last write done, before anything could be acknowledged.
    assert table.kill(bench, SQL_AND_FILES, at, Mode.KILL_AFTER)
    assert not table.kill(bench, SQL_AND_FILES, at + 1, Mode.KILL)


def places_of(writes: list[Write]) -> list[int]:
    """Where an erasure is killed."""
    wraps = {"write", "unlink", "replace", "link"}
    return [
        at
        for at, one in enumerate(writes, 1)
        if one.kind == "commit" or (one.kind in wraps and "/vault/" in one.place + one.target)
    ]


@pytest.mark.campaign
@pytest.mark.parametrize("operation", ERASING, ids=lambda one: one.name)
def test_an_erasure_is_killed_at_every_write(bench: Bench) -> None:
    for at in range(1, len(bench.writes(SQL_AND_FILES)) + 1):
        assert kill_and_search(bench, SQL_AND_FILES, at)


@pytest.mark.parametrize("operation", ERASING, ids=lambda one: one.name)
def test_whenever_an_erasure_is_killed_the_next_start_leaves_nothing_of_the_text(
    bench: Bench,
) -> None:
    writes = bench.writes(SQL_AND_FILES)
    # Where a step is committed, and where a wrapping key is put, overwritten and removed: what
    # stands between changes no file for good. The campaign has them all.
    for at in places_of(writes):
        assert kill_and_search(bench, SQL_AND_FILES, at)


@THE_TWO
def test_an_error_at_every_write_of_sqlite_leaves_nothing_behind(
    bench: Bench, disk: frozenset[str]
) -> None:
    table.fail_at_each(bench, disk)


# --- the whole table -----------------------------------------------------------------------------


@pytest.mark.campaign
@pytest.mark.timeout(7200)
@pytest.mark.parametrize("layers", [SQL_AND_FILES, FILES_AND_DISK], ids=["sql", "disk"])
@pytest.mark.engines
@ALL
def test_the_whole_table(
    bench: Bench,
    engine: str,
    layers: frozenset[str],
    disk: frozenset[str],
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Every fault at every write, each on a fresh copy."""
    if layers == disk and engine != SQLITE:
        pytest.skip("the files of a server are its own")
    writes = bench.writes(layers)
    runs: Counter[str] = Counter()
    for mode in Mode:
        for at, write in enumerate(writes, 1):
            if mode in {Mode.HALF, Mode.KILL_HALF} and not write.data:
                continue
            if mode in KILLS:
                assert table.kill(bench, layers, at, mode)
            else:
                assert table.fail(bench, layers, at, mode).hit is not None
            runs[mode.value] += 1
    with capsys.disabled():
        counts = ", ".join(f"{name} {count}" for name, count in runs.items())
        line = f"{bench.operation.name}, {engine}: {len(writes)} writes; {counts}; anomalies 0"
        print(f"\n{line}")  # noqa: T201 - the counts are what the campaign is for
