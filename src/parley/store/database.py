"""The database: opened by URL, read in snapshots, written under the locks of channels."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from types import TracebackType
from typing import Any, Final

from sqlalchemy import Connection, Engine, create_engine, inspect, text
from sqlalchemy.engine import URL
from sqlalchemy.exc import DBAPIError, IntegrityError, NoSuchModuleError, ProgrammingError

from parley.kernel.errors import ParleyError
from parley.kernel.reasons import Reason
from parley.store import dialect
from parley.store.migrations import HEAD, upgrade

_LOCKED: Final = "parley_channels"
"""Under this name a connection says which channels its transaction has locked."""

_AT_HAND: Final = 8
"""So many connections at most wait outside of the pool, which others take theirs from as well."""


class Database:
    """One desk's database. Threads may share it; each takes a connection of its own.

    :raises ParleyError: ``database-driver-missing`` where the engine's driver is not installed.
    """

    def __init__(self, url: URL) -> None:
        self._place = dialect.place(url)
        try:
            # As many connections as there are threads that may work at once.
            self._engine = create_engine(url, hide_parameters=True, pool_size=16, max_overflow=16)
        except (ImportError, NoSuchModuleError) as error:
            raise ParleyError(Reason.DATABASE_DRIVER_MISSING) from error
        dialect.prepare(self._engine)
        # To take a connection out of SQLAlchemy's pool and to give it back costs as much as several
        # statements: those that are done with their transaction wait here for the next one.
        self._idle: list[Connection] = []

    @classmethod
    def at(cls, path: Path) -> Database:
        """The SQLite database in the file at ``path``."""
        return cls(URL.create("sqlite", database=str(path)))

    @classmethod
    def by_url(cls, url: str) -> Database:
        """The database that ``url`` names.

        :raises ParleyError: ``config-invalid``, ``database-driver-missing``.
        """
        return cls(dialect.url_of(url))

    @property
    def is_server(self) -> bool:
        """Whether a server keeps it, so that several processes may write at the same time."""
        return dialect.is_server(self._engine)

    def create(self) -> None:
        """Make the tables, or bring those of an older release up to date.

        :raises ParleyError: as :meth:`write`.
        """
        with self._failing_plainly(), self._begun(lambda to: dialect.begin_write(to, ())) as made:
            upgrade(made)
            made.commit()

    def check_version(self) -> None:
        """Refuse a database that cannot be read, or one of another release.

        :raises ParleyError: ``database-missing``, ``database-version``, ``database-unreadable``,
            ``database-unreachable``, ``database-not-durable``.
        """
        with self._failing_plainly(), self._begun(dialect.begin_read) as connection:
            if not inspect(connection).has_table("alembic_version"):
                raise ParleyError(Reason.DATABASE_MISSING)
            version = text("SELECT version_num FROM alembic_version")
            found = connection.execute(version).scalar()
        if found != HEAD:
            raise ParleyError(Reason.DATABASE_VERSION, found=str(found), expected=HEAD)

    def has_record(self) -> bool:
        """Whether a desk's record is in it already."""
        with self._failing_plainly(), self._begun(dialect.begin_read) as connection:
            if not inspect(connection).has_table("letters"):
                return False
            return connection.execute(text("SELECT 1 FROM letters")).first() is not None

    def copy_file(self, target: Path) -> bool:
        """Copy the database into the new file ``target`` as it is; false where a server has it."""
        driver = self._engine.raw_connection()
        try:
            return dialect.copy_file(self._engine, driver.driver_connection, str(target))
        finally:
            driver.close()

    def scrub(self) -> None:
        """Have nothing of deleted rows left beside the tables: see :func:`dialect.scrub`."""
        with self._failing_plainly():
            driver = self._engine.raw_connection()
            try:
                dialect.scrub(self._engine, driver.driver_connection)
            finally:
                driver.close()

    def read(self) -> AbstractContextManager[Connection]:
        """A snapshot to read from.

        :raises ParleyError: ``database-unreadable`` where the engine cannot read what it holds;
            ``database-unreachable`` where its server does not answer.
        """
        return _Transaction(self, None)

    def write(self, *channels: bytes) -> AbstractContextManager[Connection]:
        """A transaction that commits durably when the block ends, or leaves nothing behind.

        From its beginning to its end nobody else writes to ``channels``. Whatever belongs to a
        channel (its record, its outbox, its drafts) is written only under that channel's lock;
        transactions that name different channels need not wait for each other.

        :raises ParleyError: ``database-busy`` where another writer holds a lock too long;
            ``storage-full``;
            ``database-unreadable``, ``database-unreachable`` as :meth:`read`.
        """
        return _Transaction(self, channels)

    @contextmanager
    def _begun(self, begin: Callable[[Connection], None]) -> Iterator[Connection]:
        """A connection in a transaction; what is not committed in the block is rolled back."""
        connection = self.begin(begin)
        try:
            yield connection
        except BaseException:
            undo(connection)
            raise
        self.give_back(connection)

    def begin(self, begin: Callable[[Connection], None]) -> Connection:
        """A connection in a transaction that ``begin`` begins."""
        connection = self._connected()
        try:
            begin(connection)
        except DBAPIError as error:
            connection.close()
            if not error.connection_invalidated:
                raise
            # The server was started again since, and the other connections are lost as well.
            self.close()
            connection = self._connected()
            begin(connection)
        try:
            dialect.check_open(connection)
        except BaseException:
            undo(connection)
            raise
        return connection

    def give_back(self, connection: Connection) -> None:
        """Have a connection wait for the next transaction; one that is in one still, undo it."""
        if len(self._idle) < _AT_HAND and not dialect.is_open(connection):
            self._idle.append(connection)
        else:
            connection.close()

    def _connected(self) -> Connection:
        try:
            return self._idle.pop()
        except IndexError:
            pass
        try:
            return self._engine.connect()
        except DBAPIError as error:
            if self.is_server:
                raise ParleyError(Reason.DATABASE_UNREACHABLE, place=self._place) from error
            raise

    @contextmanager
    def _failing_plainly(self) -> Iterator[None]:
        """A full disk, a damaged file, a lost server: reasons. Mistakes of ours stay."""
        try:
            yield
        except DBAPIError as error:
            plain = self.plain(error)
            if plain is None:
                raise
            raise plain from error

    def plain(self, error: BaseException | None) -> ParleyError | None:
        """The reason for an error of the engine's; none for a mistake of ours."""
        if not isinstance(error, DBAPIError) or isinstance(
            error, IntegrityError | ProgrammingError
        ):
            return None
        if dialect.is_busy(error):
            return ParleyError(Reason.DATABASE_BUSY)
        if dialect.is_full(error):
            return ParleyError(Reason.STORAGE_FULL)
        if self.is_server and error.connection_invalidated:
            return ParleyError(Reason.DATABASE_UNREACHABLE, place=self._place)
        return ParleyError(Reason.DATABASE_UNREADABLE)

    @contextmanager
    def watch(self) -> Iterator[Watch]:
        """Tells when others have committed; it holds a connection of its own."""
        watch = Watch(self._engine)
        try:
            yield watch
        finally:
            watch.close()

    def close(self) -> None:
        """Give all connections back that are not in use."""
        idle, self._idle = self._idle, []
        for connection in idle:
            # Closed for good: the pool that it came from may be gone.
            connection.invalidate()
            connection.close()
        self._engine.dispose()


class _Transaction:
    """A transaction of a database for one block: see :meth:`Database.read`, :meth:`Database.write`.

    ``channels`` are those that it locks; none: it reads. Every message comes through here, and a
    class costs half of what generators cost.
    """

    def __init__(self, database: Database, channels: tuple[bytes, ...] | None) -> None:
        self._database = database
        self._channels = channels
        self._connection: Connection | None = None

    def __enter__(self) -> Connection:
        database, channels = self._database, self._channels
        try:
            if channels is None:
                self._connection = database.begin(dialect.begin_read)
            else:
                self._connection = database.begin(lambda to: dialect.begin_write(to, channels))
                self._connection.info[_LOCKED] = frozenset(channels)
        except DBAPIError as error:
            plain = database.plain(error)
            if plain is None:
                raise
            raise plain from error
        return self._connection

    def __exit__(
        self, _type: object, error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        connection, self._connection = self._connection, None
        if connection is None:
            return
        locked = self._channels is not None
        if error is None:
            try:
                dialect.check_open(connection)
                dialect.commit(connection)
            except BaseException as failed:
                self._undo(connection)
                plain = self._database.plain(failed)
                if plain is None:
                    raise
                raise plain from failed
            if locked:
                del connection.info[_LOCKED]
            self._database.give_back(connection)
            return
        self._undo(connection)
        plain = self._database.plain(error)
        if plain is not None:
            raise plain from error

    def _undo(self, connection: Connection) -> None:
        if self._channels is not None and not connection.invalidated:
            connection.info.pop(_LOCKED, None)
        undo(connection)


def undo(connection: Connection) -> None:
    """Roll back, and give the connection back to the pool, which looks after it.

    A commit that failed has left its transaction open, and SQLAlchemy thinks it over.
    """
    with connection:
        connection.rollback()


def is_locked(connection: Connection, channel: bytes) -> bool:
    """Whether the transaction of ``connection`` has the lock of ``channel``."""
    return channel in connection.info.get(_LOCKED, ())


class Watch:
    """Tells cheaply whether others have committed, and which channels others deliver for.

    Its connection lasts as long as the watch; what was claimed through it ends with it, also where
    the process is killed. One thread uses it.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._connection: Any = None
        self._marker = ""

    def changed(self) -> bool:
        """Whether something was committed since the last call."""
        marker = self._asked(lambda driver: dialect.change_marker(self._engine, driver))
        if marker == self._marker:
            return False
        self._marker = marker
        return True

    def claim(self, channel: bytes) -> bool:
        """Claim the deliveries of ``channel``; false where another process has."""
        return bool(self._asked(lambda driver: dialect.claim(self._engine, driver, channel)))

    def release(self, channel: bytes) -> None:
        """Give the claim of ``channel`` back."""
        self._asked(lambda driver: dialect.release(self._engine, driver, channel))

    def _asked(self, ask: Callable[[Any], Any]) -> Any:
        try:
            if self._connection is None:
                self._connection = self._engine.raw_connection()
            return ask(self._connection.driver_connection)
        except (DBAPIError, self._engine.dialect.loaded_dbapi.Error) as error:
            # The server is gone, and with it the claims and what waits in the pool: begin anew with
            # the next question.
            self.close()
            self._engine.dispose()
            self._marker = ""
            raise ParleyError(Reason.DATABASE_UNREADABLE) from error

    def close(self) -> None:
        """Give the connection back, and all claims with it."""
        connection, self._connection = self._connection, None
        if connection is not None:
            # A connection that goes back to the pool would keep its claims.
            connection.invalidate()
