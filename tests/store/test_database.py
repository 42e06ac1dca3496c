"""The database: locks of channels, snapshots, and what is said when something is wrong."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, suppress
from pathlib import Path

import pytest
from sqlalchemy.exc import IntegrityError, ProgrammingError

from parley.kernel.errors import ParleyError
from parley.kernel.reasons import Reason
from parley.store import channels, dialect, house, views
from parley.store.channels import ChannelRow
from parley.store.database import Database, is_locked
from parley.store.house import OfficerRow
from parley.store.vault import SLOTS, Slot, Vault
from parley.store.views import CaseRow
from tests.support.engines import ENGINE, POSTGRESQL
from tests.support.postgres import Server

pytestmark = pytest.mark.engines

ONE, OTHER = bytes(32), bytes([255]) * 32
SECONDS = 20


@pytest.fixture
def database(engine: str, tmp_path: Path) -> Iterator[Database]:
    """An empty database; in PostgreSQL or in a file."""
    with ENGINE.section() as section:
        url = section.database if engine == POSTGRESQL else f"sqlite:///{tmp_path}/desk.db"
        made = Database.by_url(url)
        made.create()
        yield made
        made.close()


def fail() -> None:
    raise ZeroDivisionError


def failing() -> pytest.RaisesExc[ZeroDivisionError]:
    return pytest.raises(ZeroDivisionError)


def row(channel: bytes) -> ChannelRow:
    return ChannelRow(channel, "label", bytes(32), bytes(32), "open", None, 1, 0)


def test_what_is_not_committed_is_not_there(database: Database) -> None:
    with failing(), database.write(ONE) as connection:
        channels.add(connection, row(ONE))
        fail()
    with database.read() as connection:
        assert channels.every(connection) == []


def test_a_read_sees_one_moment(database: Database) -> None:
    with database.read() as reading:
        assert channels.every(reading) == []
        with database.write(ONE) as writing:
            channels.add(writing, row(ONE))
        assert channels.every(reading) == []
    with database.read() as reading:
        assert channels.every(reading) == [row(ONE)]


def test_a_transaction_says_which_channels_it_has_locked(database: Database) -> None:
    with database.write(ONE) as connection:
        assert is_locked(connection, ONE)
        assert not is_locked(connection, OTHER)
    with database.read() as connection:
        assert not is_locked(connection, ONE)


def meanwhile(database: Database, first: bytes, second: bytes) -> bool:
    """Whether a write to ``second`` ends while one to ``first`` is under way."""
    ended = threading.Event()

    def write() -> None:
        with database.write(second):
            ended.set()

    with database.write(first):
        thread = threading.Thread(target=write)
        thread.start()
        found = ended.wait(0.3)
    thread.join(SECONDS)
    assert ended.is_set()
    return found


def test_nobody_else_writes_to_a_channel_from_a_transactions_beginning(database: Database) -> None:
    assert not meanwhile(database, ONE, ONE)


def test_only_a_server_takes_writes_to_two_channels_at_once(
    database: Database, engine: str
) -> None:
    assert meanwhile(database, ONE, OTHER) is (engine == POSTGRESQL)


def test_who_waits_for_a_channel_sees_what_the_other_has_written(database: Database) -> None:
    """Counting up from many threads at once loses nothing."""
    with database.write() as connection:
        house.save_officer(connection, OfficerRow("anna", "", True, 0))

    def count(_number: int) -> None:
        with database.write(ONE) as connection:
            known = house.officer(connection, "anna")
            assert known is not None
            house.save_officer(connection, known._replace(added_at=known.added_at + 1))

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(count, range(40)))
    with database.read() as connection:
        assert house.officer(connection, "anna") == OfficerRow("anna", "", True, 40)


def test_a_slot_of_the_vault_is_taken_once_however_many_take(
    database: Database, tmp_path: Path
) -> None:
    """Each of four vaults is one process's; a transaction that fails gives its slots back."""
    vaults = [Vault(tmp_path / "vault", bytes(32)) for _ in range(4)]
    taken: list[Slot] = []
    begun = threading.Barrier(4)

    def take(number: int) -> None:
        begun.wait(SECONDS)
        for turn in range(8):
            channel = bytes([number]) * 32
            fails = turn % 4 == 3
            try:
                with database.write(channel) as connection:
                    slots = list(vaults[number].take(connection, SLOTS // 8 + number))
                    if fails:
                        fail()
            except ZeroDivisionError:
                continue
            taken.extend(slots)

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(take, range(4)))
    assert len(taken) == len(set(taken)) == 6 * (4 * (SLOTS // 8) + 6)
    files = {path.name for path in (tmp_path / "vault").iterdir()}
    # A file of a transaction that failed may still be without a use.
    assert files >= {f"{slot.segment:08d}.keys" for slot in taken}
    for slot in taken[::50]:
        sealed = vaults[0].seal(slot, b"body", b"")
        assert vaults[3].open(slot, sealed, b"") == b"body"


def test_a_file_of_keys_is_never_replaced(tmp_path: Path, database: Database) -> None:
    first, second = (Vault(tmp_path / "vault", bytes(32)) for _ in range(2))
    with failing(), database.write(ONE) as connection:
        (slot,) = first.take(connection, 1)
        sealed = first.seal(slot, b"body", b"")
        fail()
    with database.write(ONE) as connection:
        assert list(second.take(connection, 1)) == [slot]
    assert second.open(slot, sealed, b"") == b"body"


def test_others_see_a_commit_and_only_a_commit(database: Database) -> None:
    with database.watch() as watch:
        assert watch.changed()
        assert not watch.changed()
        with database.read() as connection:
            channels.every(connection)
        assert not watch.changed()
        with database.write(ONE) as connection:
            channels.add(connection, row(ONE))
        assert watch.changed()
        assert not watch.changed()


def test_an_error_names_no_value(database: Database) -> None:
    secret = b"a value of a row"
    with database.write(secret) as connection:
        channels.add(connection, row(secret))
    with pytest.raises(IntegrityError) as caught, database.write(secret) as connection:
        channels.add(connection, row(secret))
    said = str(caught.value) + str(caught.value.__cause__)
    assert "unique" in said.lower()
    assert secret.decode() not in said
    assert secret.hex() not in said


# --- a server --------------------------------------------------------------------------------


@pytest.fixture
def on_server(server: Server) -> Iterator[Database]:
    """An empty database in PostgreSQL."""
    with ENGINE.using(POSTGRESQL), ENGINE.section() as section:
        made = Database.by_url(section.database)
        made.create()
        yield made
        made.close()


def refused(reason: Reason, work: Callable[[], object]) -> ParleyError:
    with pytest.raises(ParleyError) as caught:
        work()
    assert caught.value.reason is reason
    return caught.value


def test_a_claim_is_one_processs_and_ends_with_its_connection(on_server: Database) -> None:
    with on_server.watch() as mine:
        assert mine.claim(ONE)
        with on_server.watch() as theirs:
            assert not theirs.claim(ONE)
            assert theirs.claim(OTHER)
            mine.release(ONE)
            assert theirs.claim(ONE)
        # The server needs a moment to see that a connection has ended.
        deadline = time.monotonic() + SECONDS
        while not (mine.claim(ONE) and mine.claim(OTHER)):
            assert time.monotonic() < deadline


def end_all_connections(to: Database) -> None:
    """What a server does that is started again."""
    with to.write() as connection:
        connection.exec_driver_sql(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )


def test_a_server_that_was_started_again_is_found_again(on_server: Database) -> None:
    with on_server.watch() as watch:
        watch.changed()
        with on_server.read(), on_server.read():
            pass  # two connections that are kept for later
        second = Database(on_server._engine.url)
        end_all_connections(second)
        second.close()
        refused(Reason.DATABASE_UNREADABLE, watch.changed)
        assert watch.changed()
    with on_server.read() as one, on_server.read() as other:
        assert channels.every(one) == channels.every(other) == []


def test_a_server_that_is_lost_in_the_middle_is_said_and_nothing_is_kept(
    on_server: Database,
) -> None:
    def lose() -> None:
        with on_server.write(ONE) as connection:
            channels.add(connection, row(ONE))
            second = Database(on_server._engine.url)
            end_all_connections(second)
            second.close()

    refused(Reason.DATABASE_UNREACHABLE, lose)
    with on_server.read() as connection:
        assert channels.every(connection) == []


def test_a_lock_that_is_held_too_long_is_said(on_server: Database) -> None:
    def wait() -> None:
        with on_server._engine.connect() as connection:
            connection.exec_driver_sql("SET lock_timeout = '50ms'")
        with on_server.write(ONE):
            pass

    with on_server.write(ONE):
        refused(Reason.DATABASE_BUSY, wait)


def test_a_server_that_does_not_answer_is_named_without_its_password(tmp_path: Path) -> None:
    database = Database.by_url(f"postgresql://desk:secret@/desk?host={tmp_path}")
    error = refused(Reason.DATABASE_UNREACHABLE, database.check_version)
    assert "secret" not in str(error) + repr(error) + str(error.__cause__)
    assert error.details["place"] == f"{tmp_path}/desk"


@pytest.mark.parametrize(
    "url", ["mysql://desk:secret@host/desk", "postgresql://desk:secret@host:x"]
)
def test_another_engine_is_refused_without_the_password(url: str) -> None:
    error = refused(Reason.CONFIG_INVALID, lambda: Database.by_url(url))
    assert "secret" not in str(error) + repr(error)


def test_nothing_is_imported_from_the_driver_unless_a_url_asks_for_it() -> None:
    code = (
        "import sys, parley.node.serve, parley.store.database as d;"
        "d.Database.by_url('sqlite:///desk.db'); assert 'psycopg' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


@pytest.mark.parametrize("count", [1, 19, 20, 700])
def test_rows_are_inserted_and_replaced_however_many(database: Database, count: int) -> None:
    rows = [
        CaseRow(
            channel=ONE,
            case_id=number.to_bytes(16),
            kind="inquiry",
            opened_by=0,
            opened_at=2**40,
            status="open",
            acts=1,
            last_position=number,
            about=None,
            precedence=number % 4,
            first_day=None,
            last_day=-(2**40),
            state=b"\0\xff",
        )
        for number in range(count)
    ]
    changed = [one._replace(status="closed'); --", acts=2) for one in rows]
    with database.write(ONE) as connection:
        views.save_cases(connection, rows)
        views.save_cases(connection, changed)
    with database.read() as connection:
        assert sorted(views.cases(connection, ONE)) == changed


def save_with_an_error(database: Database, officer: OfficerRow) -> None:
    """Save an officer, and go on after a statement that fails."""
    with database.write() as connection:
        house.save_officer(connection, officer)
        with suppress(ProgrammingError):
            connection.exec_driver_sql("SELECT no_such_thing")


def test_what_cannot_be_committed_as_a_whole_is_refused(database: Database) -> None:
    """A transaction that was ended inside, or of which a part has failed, is no success."""
    officer = OfficerRow("dora", "drafter", True, 0)
    with pytest.raises(ParleyError) as ended, database.write() as connection:
        connection.exec_driver_sql("COMMIT")
    assert ended.value.reason is Reason.INTERNAL
    if database.is_server:
        with pytest.raises(ParleyError) as failed:
            save_with_an_error(database, officer)
        assert failed.value.reason is Reason.INTERNAL
        with database.read() as connection:
            assert house.officers(connection) == []


def test_a_transaction_that_did_not_begin_is_refused(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dialect, "begin_write", lambda _connection, _channels: None)
    monkeypatch.setattr(dialect, "begin_read", lambda _connection: None)
    for attempt in (database.write, database.read):
        with pytest.raises(ParleyError) as refused, attempt():
            raise AssertionError
        assert refused.value.reason is Reason.INTERNAL


def test_connections_that_wait_for_work_leave_some_to_others(database: Database) -> None:
    with ExitStack() as stack:
        for _ in range(20):
            stack.enter_context(database.read())
    # A watch has a connection of its own, out of the same pool.
    with ExitStack() as stack:
        watches = [stack.enter_context(database.watch()) for _ in range(20)]
        assert all(watch.changed() for watch in watches)
