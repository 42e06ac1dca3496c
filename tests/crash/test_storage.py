"""No room, no rights, no lock: the desk says which, does nothing by halves, and goes on after."""

from __future__ import annotations

import resource
import signal
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import Engine, event

from parley.application import audit
from parley.kernel.errors import ParleyError
from parley.kernel.reasons import Reason
from parley.store import house
from parley.store.house import OfficerRow
from tests.crash import table
from tests.crash.faults import Say, child
from tests.crash.operations import OPERATIONS, Operation, opened
from tests.crash.stages import Stages
from tests.crash.table import Bench

WRITES = {one.name: one for one in OPERATIONS}
PAGE = 4096


def with_operations(*names: str) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("operation", [WRITES[name] for name in names], ids=names)


MAIN = with_operations("authorise: sign and append", "take a request in")
SEGMENT = with_operations("write a draft, new segment")
pytestmark = pytest.mark.parametrize("engine", ["sqlite"], indirect=True)


@pytest.fixture
def bench(operation: Operation, stages: Stages, place: Path) -> Iterator[Bench]:
    """The operation, ready to be run."""
    with table.bench(operation, stages, place) as made:
        yield made


@contextmanager
def each_connection(pragma: str) -> Iterator[None]:
    """Connections to SQLite are given a pragma, after those of the desk."""

    def given(connection: sqlite3.Connection, *_rest: object) -> None:
        connection.execute(pragma)

    event.listen(Engine, "checkout", given)
    try:
        yield
    finally:
        event.remove(Engine, "checkout", given)


def refused(bench: Bench, reason: Reason, stage: table.Stage) -> None:
    with pytest.raises(ParleyError) as caught:
        bench.operation.run(stage)
    assert caught.value.reason is reason
    assert not bench.operation.done(stage)


def fill(stage: table.Stage, pages: int) -> None:
    """Add officers until there is no room for one more."""
    for number in range(pages * PAGE):
        with stage.left.database.write() as connection:
            house.save_officer(connection, OfficerRow(f"{number:300}", "drafter", False, 0))


@with_operations("take a request in")
def test_a_full_database_takes_nothing_in_and_goes_on_with_room(bench: Bench) -> None:
    """SQLite itself finds no page more."""
    with bench.copy() as (folder, facts):
        file = sqlite3.connect(folder / "left" / "desk.db")
        (pages,) = file.execute("PRAGMA page_count").fetchone()
        file.close()
        with each_connection(f"PRAGMA max_page_count={pages}"), opened(folder, facts) as stage:
            # What is written goes into free places of pages first: fill them.
            with pytest.raises(ParleyError):
                fill(stage, pages)
            refused(bench, Reason.STORAGE_FULL, stage)
            assert audit.fsck(stage.left).faults == ()
        with opened(folder, facts) as stage:
            bench.operation.run(stage)
            stage.pair.settle()
            table.agree(stage)


@MAIN
def test_a_file_that_may_not_grow_fails_the_commit_alone(bench: Bench) -> None:
    """The kernel refuses a write in the middle of the commit, wherever that is."""
    for room in range(0, 16 * PAGE, 3 * PAGE):
        with bench.copy() as (folder, facts):

            def work(say: Say, folder: Path = folder, room: int = room) -> None:
                signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
                with opened(folder, facts) as stage:
                    log = folder / "left" / "desk.db-wal"
                    limit = log.stat().st_size + room
                    # The log begins anew within what it has: let it be short.
                    resource.setrlimit(resource.RLIMIT_FSIZE, (limit, resource.RLIM_INFINITY))
                    try:
                        bench.operation.run(stage)
                    except ParleyError as error:
                        say(error.reason)
                    resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY,) * 2)

            with child(work) as (_pid, wait):
                said, _killed = wait()
            assert set(said) <= {Reason.DATABASE_UNREADABLE, Reason.STORAGE_FULL}
            assert said or room
            table.check(bench, folder, facts, [])


@SEGMENT
def test_a_vault_that_cannot_be_written_is_named(bench: Bench) -> None:
    with bench.copy() as (folder, facts), opened(folder, facts) as stage:
        vault, away = folder / "left" / "vault", folder / "left" / "away"
        vault.rename(away)
        vault.write_bytes(b"")
        refused(bench, Reason.VAULT_UNWRITABLE, stage)
        vault.unlink()
        away.rename(vault)
        bench.operation.run(stage)


@MAIN
def test_a_database_that_somebody_holds_is_busy(bench: Bench) -> None:
    with (
        bench.copy() as (folder, facts),
        each_connection("PRAGMA busy_timeout=20"),
        opened(folder, facts) as stage,
    ):
        other = sqlite3.connect(folder / "left" / "desk.db", isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        refused(bench, Reason.DATABASE_BUSY, stage)
        other.close()
        bench.operation.run(stage)
