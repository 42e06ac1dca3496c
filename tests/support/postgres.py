"""Empty databases for tests, on a private PostgreSQL server or on one that is named.

``PARLEY_TEST_POSTGRES`` may name a server (``postgresql://role@host/postgres``) whose role may make
databases.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql
from sqlalchemy import delete, insert, select

from parley.bench import postgres
from parley.store import tables
from parley.store.database import Database
from parley.store.migrations import HEAD

VARIABLE = "PARLEY_TEST_POSTGRES"
WANTED = f"{postgres.WANTED}; or name one with {VARIABLE}=postgresql://role@host/postgres"

_ROOM = 4 << 30


def is_there() -> bool:
    """Whether :func:`server` can be had."""
    return bool(os.environ.get(VARIABLE)) or postgres.programs() is not None


class Server:
    """Hands out databases. A database that was given back is emptied and handed out again."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._free: list[str] = []
        self._dropped: list[str] = []
        self._made = 0

    def url_of(self, name: str) -> str:
        """The URL of one database of this server."""
        head, _, query = self._url.partition("?")
        head = head[: head.rindex("/")] + f"/{name}"
        return f"{head}?{query}" if query else head

    @contextmanager
    def database(self) -> Iterator[str]:
        """The URL of an empty database, for as long as the block runs."""
        name = self._free.pop() if self._free else self._make()
        yield self.url_of(name)
        if self._emptied(name):
            self._free.append(name)

    @contextmanager
    def copy(self, url: str) -> Iterator[str]:
        """The URL of a copy of one of this server's databases, to which nobody is connected."""
        name = self._make(template=url.partition("?")[0].rpartition("/")[2])
        try:
            yield self.url_of(name)
        finally:
            self._run(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))
            self._dropped.append(name)

    def _make(self, template: str = "template1") -> str:
        name = self._dropped.pop() if self._dropped else self._new_name()
        command = sql.SQL("CREATE DATABASE {} TEMPLATE {}")
        self._run(command.format(sql.Identifier(name), sql.Identifier(template)))
        return name

    def _new_name(self) -> str:
        self._made += 1
        return f"parley_test_{os.getpid()}_{self._made}"

    def _emptied(self, name: str) -> bool:
        """Empty all tables; false where a test has changed more than rows."""
        with suppress(psycopg.Error), psycopg.connect(self.url_of(name), autocommit=True) as to:
            found = to.execute("SELECT version_num FROM alembic_version").fetchall()
            # Quicker than TRUNCATE for tables of some rows.
            for table in tables.metadata.sorted_tables:
                to.execute(sql.SQL("DELETE FROM {}").format(sql.Identifier(table.name)))
            return found == [(HEAD,)]
        return False

    def drop_all(self) -> None:
        """Drop what was made."""
        for number in range(1, self._made + 1):
            name = sql.Identifier(f"parley_test_{os.getpid()}_{number}")
            self._run(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(name))

    def _run(self, query: sql.Composed) -> None:
        with psycopg.connect(self._url, autocommit=True) as to:
            to.execute(query)


Rows = dict[str, list[tuple[Any, ...]]]


def rows(url: str) -> Rows:
    """All rows of a desk's database, as of one moment."""
    with closing(Database.by_url(url)) as database, database.read() as connection:
        return {
            table.name: [tuple(row) for row in connection.execute(select(table))]
            for table in tables.metadata.sorted_tables
        }


def put_back(url: str, kept: Rows) -> None:
    """Have nothing but these rows in a desk's database, which nobody uses."""
    with closing(Database.by_url(url)) as database, database.write() as connection:
        for table in tables.metadata.sorted_tables:
            connection.execute(delete(table))
            names = [column.name for column in table.columns]
            if kept[table.name]:
                values = [dict(zip(names, row, strict=True)) for row in kept[table.name]]
                connection.execute(insert(table), values)


@contextmanager
def server() -> Iterator[Server]:
    """A server to make databases in, for as long as the block runs."""
    named = os.environ.get(VARIABLE)
    if named:
        made = Server(named)
        try:
            yield made
        finally:
            made.drop_all()
        return
    # In memory where there is room: the suite commits all the time.
    memory = Path("/dev/shm")  # noqa: S108 - a folder of its own is made in it
    roomy = memory.is_dir() and shutil.disk_usage(memory).free > _ROOM
    with postgres.cluster(memory if roomy else None) as url:
        yield Server(url)
