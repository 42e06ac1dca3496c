"""The database: opened by URL, read in snapshots, written one transaction at a time."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, inspect, text
from sqlalchemy.engine import URL
from sqlalchemy.exc import DBAPIError, IntegrityError, OperationalError, ProgrammingError

from parley.kernel.errors import ParleyError
from parley.kernel.reasons import Reason
from parley.store import dialect
from parley.store.migrations import HEAD, upgrade


class Database:
    """One desk's database. Threads may share it; each takes a connection of its own."""

    def __init__(self, url: str | URL) -> None:
        self._engine = create_engine(url, hide_parameters=True)
        dialect.prepare(self._engine)

    @classmethod
    def at(cls, path: Path) -> Database:
        """The SQLite database in the file at ``path``."""
        return cls(URL.create("sqlite", database=str(path)))

    def create(self) -> None:
        """Make the tables, or bring those of an older release up to date."""
        with self._engine.begin() as connection:
            dialect.begin(connection, write=True)
            upgrade(connection)

    def check_version(self) -> None:
        """Refuse a database that cannot be read, or one of another release.

        :raises ParleyError: ``database-missing``, ``database-version``, ``database-unreadable``.
        """
        with _failing_plainly(), self._engine.connect() as connection:
            if not inspect(connection).has_table("alembic_version"):
                raise ParleyError(Reason.DATABASE_MISSING)
            version = text("SELECT version_num FROM alembic_version")
            found = connection.execute(version).scalar()
        if found != HEAD:
            raise ParleyError(Reason.DATABASE_VERSION, found=str(found), expected=HEAD)

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """A snapshot to read from.

        :raises ParleyError: ``database-unreadable`` where the engine cannot read what it holds.
        """
        with _failing_plainly(), self._engine.begin() as connection:
            dialect.begin(connection, write=False)
            yield connection

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """A transaction that commits durably when the block ends, or leaves nothing behind.

        :raises ParleyError: ``database-busy`` where another writer holds the lock too long;
            ``database-unreadable`` where the engine cannot read or write its file.
        """
        with _failing_plainly(), self._engine.begin() as connection:
            try:
                dialect.begin(connection, write=True)
            except OperationalError as error:
                raise ParleyError(Reason.DATABASE_BUSY) from error
            yield connection

    @contextmanager
    def watch(self) -> Iterator[ChangeWatch]:
        """Tells when others have committed; it holds a connection of its own."""
        driver = self._engine.raw_connection()
        try:
            yield ChangeWatch(self._engine, driver.driver_connection)
        finally:
            driver.close()

    def close(self) -> None:
        """Give all connections back."""
        self._engine.dispose()


@contextmanager
def _failing_plainly() -> Iterator[None]:
    """A full disk, a damaged file, a lost server: one reason. Mistakes of ours stay as they are."""
    try:
        yield
    except (IntegrityError, ProgrammingError):
        raise
    except DBAPIError as error:
        raise ParleyError(Reason.DATABASE_UNREADABLE) from error


class ChangeWatch:
    """Tells cheaply whether anything was committed by another connection."""

    def __init__(self, engine: Engine, driver: Any) -> None:
        self._engine = engine
        self._driver = driver
        self._marker = -1

    def changed(self) -> bool:
        """Whether something was committed since the last call (true where it cannot be told)."""
        marker = dialect.change_marker(self._engine, self._driver)
        if marker == self._marker and marker != 0:
            return False
        self._marker = marker
        return True
