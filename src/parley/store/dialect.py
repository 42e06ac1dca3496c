"""Everything in which the database engines differ. No other module names an engine.

SQLite has one writer at a time: a write takes the database's lock at its beginning. PostgreSQL has
many: a write takes an advisory lock for each channel that it names, also at its beginning, and
nothing else is locked for longer than the rows that it changes. On both a read sees one snapshot.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cache, partial
from typing import Any, Final

from sqlalchemy import Connection, Engine, Table, event
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import URL, make_url
from sqlalchemy.engine.interfaces import ExceptionContext
from sqlalchemy.exc import ArgumentError, DBAPIError
from sqlalchemy.sql.dml import Insert

from parley.kernel.errors import ParleyError
from parley.kernel.reasons import Reason

_SQLITE_PRAGMAS: Final = (
    "PRAGMA journal_mode=WAL",
    # NORMAL may lose a commit that was already receipted when the power fails.
    "PRAGMA synchronous=FULL",
    "PRAGMA foreign_keys=ON",
    "PRAGMA busy_timeout=20000",
    "PRAGMA trusted_schema=OFF",
    "PRAGMA cell_size_check=ON",
    "PRAGMA temp_store=MEMORY",
    # What is deleted is overwritten where it stood.
    "PRAGMA secure_delete=ON",
)

# One statement, so that a new connection costs one round trip. What a standby has to confirm is
# the server's business where it asks for more than the disk of the server itself.
_POSTGRESQL_SESSION: Final = (
    "SELECT set_config('lock_timeout', '20s', false),"
    " set_config('idle_in_transaction_session_timeout', '120s', false),"
    " set_config('synchronous_commit', CASE current_setting('synchronous_commit')"
    " WHEN 'remote_apply' THEN 'remote_apply' ELSE 'on' END, false),"
    " current_setting('fsync')"
)
_POSTGRESQL_READ: Final = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"
# Each statement sees what was committed before it, so all that follow the locks see the last word
# on the channels that they guard.
_POSTGRESQL_WRITE: Final = "BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE"
# Lock not available, deadlock, serialization failure, too many connections, server starting.
_POSTGRESQL_BUSY: Final = frozenset({"55P03", "40P01", "40001", "53300", "57P03"})
_IDLE: Final = 0
_IN_TRANSACTION: Final = 2
"""PQTRANS_INTRANS of libpq: in a transaction, idle, and nothing in it has failed."""
_WORTH_ARRAYS: Final = 20
_SCRUBBED: Final = ("bodies", "drafts")
"""Tables in which sealed texts stand."""
_SQLITE_BUSY: Final = frozenset({5, 6})
_SQLITE_FULL: Final = 13
_POSTGRESQL_FULL: Final = "53100"

# Classes of advisory locks of two numbers; those for appending have one number.
_PAIRS: Final = 400
"""So many pairs stand in one query: engines bound their number."""

_CLAIM: Final = 0x7061726C


def url_of(text: str) -> URL:
    """The URL of a database as a configuration has it.

    :raises ParleyError: ``config-invalid`` where it is none, or of an engine that is not known.
    """
    try:
        url = make_url(text)
    except (ArgumentError, ValueError) as error:
        # The text may hold a password: it is not repeated.
        raise ParleyError(Reason.CONFIG_INVALID, place="desk.database") from error
    if url.drivername in {"postgresql", "postgres", "postgresql+psycopg"}:
        return url.set(drivername="postgresql+psycopg")
    if url.drivername == "sqlite":
        return url
    raise ParleyError(Reason.CONFIG_INVALID, place="desk.database")


def place(url: URL) -> str:
    """Where a database is, for people: without user, password and options."""
    if url.get_backend_name() == "sqlite":
        return url.database or ""
    host = url.host or str(url.query.get("host", ""))
    port = f":{url.port}" if url.port else ""
    return f"{host}{port}/{url.database or url.query.get('service', '')}"


def prepare(engine: Engine) -> None:
    """Set up a new engine: durability, and transactions that begin where we say."""
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _sqlite_connect)
    else:
        event.listen(engine, "connect", _postgresql_connect)
        event.listen(engine, "handle_error", _postgresql_without_values)


def _sqlite_connect(connection: Any, _record: object) -> None:
    # The driver's own transaction control begins too late for a read that must be a snapshot.
    connection.isolation_level = None
    cursor = connection.cursor()
    for pragma in _SQLITE_PRAGMAS:
        cursor.execute(pragma)
    cursor.close()


def _postgresql_connect(connection: Any, _record: object) -> None:
    # As above: we say BEGIN ourselves, with what holds for the transaction, in one round trip.
    connection.autocommit = True
    (*_set, fsync) = connection.execute(_POSTGRESQL_SESSION).fetchone()
    if fsync != "on":
        # A receipt is a promise that the next power cut would break.
        connection.close()
        raise ParleyError(Reason.DATABASE_NOT_DURABLE)


def _postgresql_without_values(context: ExceptionContext) -> None:
    """The server's details name values of rows: they are kept out of errors and logs."""
    original = context.original_exception
    if _without_values(original) and context.sqlalchemy_exception is not None:
        context.sqlalchemy_exception.args = (f"({type(original).__name__}) {original}",)


def _without_values(error: BaseException) -> bool:
    """Leave of a server's error its first line alone; false where it is not a server's."""
    primary = getattr(getattr(error, "diag", None), "message_primary", None)
    if primary is not None:
        error.args = (primary,)
    return primary is not None


def is_busy(error: DBAPIError) -> bool:
    """Whether another try may succeed: others hold what was needed."""
    original = error.orig
    code = getattr(original, "sqlite_errorcode", None)
    if code is not None:
        return code & 0xFF in _SQLITE_BUSY
    return getattr(original, "sqlstate", None) in _POSTGRESQL_BUSY


def is_full(error: DBAPIError) -> bool:
    """Whether there was no room: on the disk, or as much as the engine allows."""
    original = error.orig
    code = getattr(original, "sqlite_errorcode", None)
    if code is not None:
        return bool(code & 0xFF == _SQLITE_FULL)
    return getattr(original, "sqlstate", None) == _POSTGRESQL_FULL


def is_server(engine: Engine) -> bool:
    """Whether several processes may write at the same time."""
    return engine.dialect.name != "sqlite"


def begin_read(connection: Connection) -> None:
    """Begin a transaction that sees one snapshot."""
    _begin(connection, _POSTGRESQL_READ if connection.dialect.name != "sqlite" else "BEGIN")


def begin_write(connection: Connection, channels: Sequence[bytes]) -> None:
    """Begin a transaction in which nobody else appends to ``channels``, from here to its end."""
    if connection.dialect.name == "sqlite":
        # A write takes the lock at its beginning: a later upgrade could only fail.
        _begin(connection, "BEGIN IMMEDIATE")
        return
    # In one order, so that two that name the same channels never wait for each other; in one
    # round trip.
    keys = sorted({int.from_bytes(channel[:8], "big", signed=True) for channel in channels})
    locks = [f"SELECT pg_advisory_xact_lock({key})" for key in keys]
    _begin(connection, "; ".join([_POSTGRESQL_WRITE, *locks]))


def _begin(connection: Connection, sql: str) -> None:
    """Begin a transaction by the driver; SQLAlchemy joins it with the first statement it runs."""
    try:
        _driver(connection).execute(sql).close()
    except _driver_error(connection) as error:
        raise _wrapped(connection, error) from error


def check_open(connection: Connection) -> None:
    """See that the transaction which was begun is open, and that what follows can be committed.

    A server ends a transaction at the first error in it, and answers a commit after that by rolling
    back, without an error. A driver that has ended one by itself would commit each statement.

    :raises ParleyError: ``internal``.
    """
    driver = _driver(connection)
    if connection.dialect.name == "sqlite":
        fine = driver.in_transaction
    else:
        fine = driver.info.transaction_status == _IN_TRANSACTION
    if not fine:
        raise ParleyError(Reason.INTERNAL, fact="no transaction is open")


def is_open(connection: Connection) -> bool:
    """Whether a transaction is open, or one that failed and has to be rolled back."""
    driver = _driver(connection)
    if connection.dialect.name == "sqlite":
        return bool(driver.in_transaction)
    return bool(driver.info.transaction_status != _IDLE)


def commit(connection: Connection) -> None:
    """Commit the transaction that was begun.

    :raises sqlalchemy.exc.DBAPIError: as SQLAlchemy's own commit does.
    """
    if connection.in_transaction():
        connection.commit()
        return
    try:
        _driver(connection).commit()
    except _driver_error(connection) as error:
        raise _wrapped(connection, error) from error


def claim(engine: Engine, driver: Any, channel: bytes) -> bool:
    """Claim the deliveries of ``channel`` for as long as ``driver``'s connection lasts.

    False where another process has. SQLite has no servers, so there is nobody else to ask.
    """
    if engine.dialect.name == "sqlite":
        return True
    key = _claim_key(channel)
    return bool(driver.execute(f"SELECT pg_try_advisory_lock({key})").fetchone()[0])


def release(engine: Engine, driver: Any, channel: bytes) -> None:
    """Give a claim back."""
    if engine.dialect.name != "sqlite":
        driver.execute(f"SELECT pg_advisory_unlock({_claim_key(channel)})")


def _claim_key(channel: bytes) -> str:
    return f"{_CLAIM}, {int.from_bytes(channel[:4], 'big', signed=True)}"


def change_marker(engine: Engine, driver: Any) -> str:
    """A text that differs once another connection has committed.

    ``driver`` is a connection of the driver's own, outside any transaction: inside one it would
    see the same state for ever.
    """
    if engine.dialect.name == "sqlite":
        return str(driver.execute("PRAGMA data_version").fetchone()[0])
    # The snapshot changes with every transaction that has written and ended. A notification would
    # have all commits of the server wait in one line.
    return str(driver.execute("SELECT pg_current_snapshot()::text").fetchone()[0])


def run(connection: Connection, sql: str, values: Sequence[Any] | Mapping[str, Any] = ()) -> Any:
    """Run one statement by the driver; returns its cursor, for the caller to close.

    It runs in the connection's transaction, past what SQLAlchemy does around each statement.

    :raises sqlalchemy.exc.DBAPIError: as SQLAlchemy's own execution does.
    """
    try:
        return _driver(connection).execute(sql, values)
    except _driver_error(connection) as error:
        raise _wrapped(connection, error) from error


def run_many(connection: Connection, sql: str, rows: Sequence[Sequence[Any]]) -> None:
    """:func:`run` for a statement without a result, once for each of ``rows``."""
    if len(rows) == 1:
        run(connection, sql, rows[0]).close()
        return
    cursor = _driver(connection).cursor()
    try:
        cursor.executemany(sql, rows)
    except _driver_error(connection) as error:
        raise _wrapped(connection, error) from error
    finally:
        cursor.close()


def _driver(connection: Connection) -> Any:
    """The driver's own connection; both drivers' make their cursors themselves."""
    return connection.connection.dbapi_connection


def _driver_error(connection: Connection) -> type[Exception]:
    driver: Any = connection.dialect.dbapi
    error: type[Exception] = driver.Error
    return error


def _wrapped(connection: Connection, error: Exception) -> BaseException:
    """The driver's error as SQLAlchemy's; without the statement, whose values may be secret."""
    _without_values(error)
    driver: Any = connection.connection.driver_connection
    lost = connection.dialect.is_disconnect(error, driver, None)  # type: ignore[arg-type]
    wrapped = DBAPIError.instance(
        None,
        None,
        error,
        _driver_error(connection),
        hide_parameters=True,
        connection_invalidated=lost,
        dialect=connection.dialect,
    )
    if lost:
        connection.invalidate(error)
    return wrapped


def joined_rows(
    connection: Connection, table: Table, key: tuple[str, str], pairs: Sequence[tuple[Any, Any]]
) -> list[tuple[Any, ...]]:
    """The rows of ``table`` whose two columns ``key`` are one of ``pairs``, found by its key."""
    found: list[tuple[Any, ...]] = []
    for start in range(0, len(pairs), _PAIRS):
        found += _joined_rows(connection, table, key, pairs[start : start + _PAIRS])
    return found


def _joined_rows(
    connection: Connection, table: Table, key: tuple[str, str], pairs: Sequence[tuple[Any, Any]]
) -> list[tuple[Any, ...]]:
    first, second = key
    if connection.dialect.name == "sqlite":
        wanted = f"(VALUES {', '.join(['(?, ?)'] * len(pairs))})"
        values: list[Any] = [value for pair in pairs for value in pair]
    else:
        wanted = _unnested(table, key)
        values = [list(column) for column in zip(*pairs, strict=True)]
    names = ", ".join(f'found."{column.name}"' for column in table.columns)
    # A list of pairs behind IN would have SQLite read the whole table.
    sql = (
        f"WITH wanted(a, b) AS {wanted} SELECT {names} FROM wanted"  # noqa: S608 - names of ours
        f' JOIN "{table.name}" AS found ON found."{first}" = wanted.a'
        f' AND found."{second}" = wanted.b'
    )
    cursor = run(connection, sql, values)
    try:
        return list(map(tuple, cursor.fetchall()))
    finally:
        cursor.close()


@cache
def _unnested(table: Table, key: tuple[str, str]) -> str:
    """Pairs as PostgreSQL takes them: an array for each column."""
    server = postgresql.dialect()  # type: ignore[no-untyped-call]
    types = [table.columns[name].type.compile(server) for name in key]
    return f"(SELECT * FROM unnest(%b::{types[0]}[], %b::{types[1]}[]))"  # noqa: S608 - types of ours


def insert_ignore(connection: Connection, table: Table) -> Insert:
    """An insert that leaves an existing row as it is."""
    return inserting_once(table)(connection.dialect.name)


def inserting_once(table: Table) -> Callable[[str], Insert]:
    """Makes, for an engine's name, an insert that leaves an existing row as it is."""
    return partial(_insert_ignore, table)


@cache
def _insert_ignore(table: Table, engine: str) -> Insert:
    if engine == "sqlite":
        return sqlite.insert(table).on_conflict_do_nothing()
    return postgresql.insert(table).on_conflict_do_nothing()


def insert_rows(
    connection: Connection,
    table: Table,
    rows: Sequence[tuple[Any, ...]],
    *,
    replace: bool = False,
    keep: bool = False,
) -> None:
    """Insert many rows, each with all columns in the order of the table.

    ``replace``: a row takes the place of the one with the same primary key; ``keep``: the one that
    is there stays. This goes past what SQLAlchemy does for each value of each row, which costs
    several times the insert itself.
    """
    server = connection.dialect.name != "sqlite"
    if server and len(rows) >= _WORTH_ARRAYS:
        # One statement with an array for each column: a server takes many rows much faster so.
        sql = _insert(_arrays(table), table, replace, keep)
        run(connection, sql, [list(column) for column in zip(*rows, strict=True)]).close()
    elif rows:
        run_many(connection, _insert_values("%s" if server else "?", table, replace, keep), rows)


@cache
def _insert_values(mark: str, table: Table, replace: bool, keep: bool) -> str:
    marks = ", ".join([mark] * len(table.columns))
    return _insert(f"VALUES ({marks})", table, replace, keep)


@cache
def _arrays(table: Table) -> str:
    server = postgresql.dialect()  # type: ignore[no-untyped-call]
    types = (column.type.compile(server) for column in table.columns)
    arrays = ", ".join(f"%b::{type_}[]" for type_ in types)
    return f"SELECT * FROM unnest({arrays})"  # noqa: S608 - names of ours


@cache
def _insert(values: str, table: Table, replace: bool, keep: bool) -> str:
    names = [f'"{column.name}"' for column in table.columns]
    sql = f'INSERT INTO "{table.name}" ({", ".join(names)}) {values}'
    if keep:
        return f"{sql} ON CONFLICT DO NOTHING"
    if not replace:
        return sql
    key = {f'"{column.name}"' for column in table.primary_key.columns}
    values = ", ".join(f"{name} = excluded.{name}" for name in names if name not in key)
    return f"{sql} ON CONFLICT ({', '.join(sorted(key))}) DO UPDATE SET {values}"


def reset_sequences(connection: Connection, every: Sequence[Table]) -> None:
    """Let numbers that the engine gives go on after those of the rows that are there."""
    if connection.dialect.name != "postgresql":
        return
    for table in every:
        column = table.autoincrement_column
        if column is not None:
            connection.exec_driver_sql(
                f"SELECT setval(pg_get_serial_sequence('{table.name}', '{column.name}'), "  # noqa: S608 - ours
                f'coalesce(max("{column.name}"), 0) + 1, false) FROM "{table.name}"'
            )


def is_sound(connection: Connection) -> bool:
    """Whether the engine finds nothing wrong with what it holds, as far as it looks."""
    if connection.dialect.name != "sqlite":
        return True
    return bool(connection.exec_driver_sql("PRAGMA integrity_check").scalar() == "ok")


def scrub(engine: Engine, driver: Any) -> None:
    """Have nothing left beside the tables of what was deleted, as far as the engine lets us.

    SQLite has overwritten it in the file, and its log is written back and emptied. A server frees
    the rows; what its own log and its archive keep of them is sealed bytes whose key is gone.
    ``driver`` is a connection of the driver's own, outside any transaction.
    """
    if is_server(engine):
        for table in _SCRUBBED:
            driver.execute(f"VACUUM {table}")
        return
    driver.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()


def copy_file(engine: Engine, driver: Any, target: str) -> bool:
    """Copy a database into a new file as it is, of whatever release; false for a server's.

    ``driver`` is a connection of the driver's own, outside any transaction.
    """
    if is_server(engine):
        return False
    driver.execute("VACUUM INTO ?", (target,))
    return True
