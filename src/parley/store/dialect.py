"""Everything in which the database engines differ. No other module names an engine."""

from __future__ import annotations

from typing import Any, Final

from sqlalchemy import Connection, Engine, Table, event
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.sql.dml import Insert

WRITE_OPTION: Final = "parley_write"
"""Execution option that marks a transaction which will write."""

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
        event.listen(engine, "begin", _sqlite_begin)


def _sqlite_connect(connection: Any, _record: object) -> None:
    # The driver's own transaction control begins too late for a read that must be a snapshot.
    connection.isolation_level = None
    cursor = connection.cursor()
    for pragma in _SQLITE_PRAGMAS:
        cursor.execute(pragma)
    cursor.close()


def _sqlite_begin(connection: Connection) -> None:
    # A write takes the lock at its beginning: a later upgrade could only fail.
    write = connection.get_execution_options().get(WRITE_OPTION, False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if write else "BEGIN")


def insert_ignore(connection: Connection, table: Table) -> Insert:
    """An insert that leaves an existing row as it is."""
    if connection.dialect.name == "sqlite":
        return sqlite.insert(table).on_conflict_do_nothing()
    return postgresql.insert(table).on_conflict_do_nothing()


def upsert(connection: Connection, table: Table) -> Insert:
    """An insert that puts its values in place of the row with the same primary key."""
    if connection.dialect.name == "sqlite":
        lite = sqlite.insert(table)
        return lite.on_conflict_do_update(
            index_elements=table.primary_key.columns,
            set_={c.name: lite.excluded[c.name] for c in table.columns if not c.primary_key},
        )
    postgres = postgresql.insert(table)
    return postgres.on_conflict_do_update(
        index_elements=table.primary_key.columns,
        set_={c.name: postgres.excluded[c.name] for c in table.columns if not c.primary_key},
    )


def change_marker(engine: Engine, driver: Any) -> int:
    """A number that differs once another connection has committed; 0 where there is none.

    ``driver`` is a connection of the driver's own, outside any transaction: inside one it would
    see the same state for ever.
    """
    if engine.dialect.name == "sqlite":
        return int(driver.execute("PRAGMA data_version").fetchone()[0])
    return 0


def integrity_faults(connection: Connection) -> list[str]:
    """What the engine itself finds wrong with its file; empty where all is well."""
    if connection.dialect.name == "sqlite":
        rows = connection.exec_driver_sql("PRAGMA integrity_check(20)").scalars().all()
        return [str(row) for row in rows if row != "ok"]
    return []
