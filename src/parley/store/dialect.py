"""Everything in which the database engines differ. No other module names an engine."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cache, partial
from typing import Any, Final

from sqlalchemy import Connection, Engine, Table, event
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import DBAPIError
from sqlalchemy.sql.dml import Insert

_SQLITE_PRAGMAS: Final = (
    "PRAGMA journal_mode=WAL",
    # NORMAL may lose a commit that was already receipted when the power fails.
    "PRAGMA synchronous=FULL",
    "PRAGMA foreign_keys=ON",
    "PRAGMA busy_timeout=20000",
    "PRAGMA trusted_schema=OFF",
    "PRAGMA cell_size_check=ON",
    "PRAGMA temp_store=MEMORY",
)


def prepare(engine: Engine) -> None:
    """Set up a new engine: durability, and transactions that begin where we say."""
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _sqlite_connect)


def _sqlite_connect(connection: Any, _record: object) -> None:
    # The driver's own transaction control begins too late for a read that must be a snapshot.
    connection.isolation_level = None
    cursor = connection.cursor()
    for pragma in _SQLITE_PRAGMAS:
        cursor.execute(pragma)
    cursor.close()


def begin(connection: Connection, *, write: bool) -> None:
    """Say where a transaction of ``connection`` begins, right after SQLAlchemy has."""
    if connection.dialect.name == "sqlite":
        # A write takes the lock at its beginning: a later upgrade could only fail.
        connection.exec_driver_sql("BEGIN IMMEDIATE" if write else "BEGIN")


def run(connection: Connection, sql: str, values: Sequence[Any] | Mapping[str, Any]) -> Any:
    """Run one statement by the driver; returns its cursor, for the caller to close.

    It runs in the connection's transaction, past what SQLAlchemy does around each statement.

    :raises sqlalchemy.exc.DBAPIError: as SQLAlchemy's own execution does.
    """
    cursor = connection.connection.cursor()
    try:
        cursor.execute(sql, values)
    except _driver_error(connection) as error:
        cursor.close()
        raise _wrapped(connection, error) from error
    return cursor


def run_many(connection: Connection, sql: str, rows: Sequence[Sequence[Any]]) -> None:
    """:func:`run` for a statement without a result, once for each of ``rows``."""
    cursor = connection.connection.cursor()
    try:
        cursor.executemany(sql, rows)
    except _driver_error(connection) as error:
        raise _wrapped(connection, error) from error
    finally:
        cursor.close()


def _driver_error(connection: Connection) -> type[Exception]:
    driver: Any = connection.dialect.dbapi
    error: type[Exception] = driver.Error
    return error


def _wrapped(connection: Connection, error: Exception) -> BaseException:
    """The driver's error as SQLAlchemy's; without the statement, whose values may be secret."""
    return DBAPIError.instance(
        None,
        None,
        error,
        _driver_error(connection),
        hide_parameters=True,
        dialect=connection.dialect,
    )


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
    connection: Connection, table: Table, rows: Sequence[tuple[Any, ...]], *, replace: bool = False
) -> None:
    """Insert many rows, each with all columns in the order of the table.

    ``replace``: a row takes the place of the one with the same primary key. This goes past what
    SQLAlchemy does for each value of each row, which costs several times the insert itself.
    """
    if rows:
        sql = _insert_rows(connection.dialect.name, table, replace)
        run_many(connection, sql, rows)


@cache
def _insert_rows(engine: str, table: Table, replace: bool) -> str:
    mark = "?" if engine == "sqlite" else "%s"
    names = [f'"{column.name}"' for column in table.columns]
    marks = ", ".join([mark] * len(names))
    sql = f'INSERT INTO "{table.name}" ({", ".join(names)}) VALUES ({marks})'  # noqa: S608 - ours
    if not replace:
        return sql
    key = {f'"{column.name}"' for column in table.primary_key.columns}
    values = ", ".join(f"{name} = excluded.{name}" for name in names if name not in key)
    return f"{sql} ON CONFLICT ({', '.join(sorted(key))}) DO UPDATE SET {values}"


def change_marker(engine: Engine, driver: Any) -> int:
    """A number that differs once another connection has committed; 0 where there is none.

    ``driver`` is a connection of the driver's own, outside any transaction: inside one it would
    see the same state for ever.
    """
    if engine.dialect.name == "sqlite":
        return int(driver.execute("PRAGMA data_version").fetchone()[0])
    return 0
