"""The tables of new databases: the migrations make the first one's, their statements the others'.

Alembic takes longer to work out what it runs than to run it, and most tests found two desks. What
is run again is what it ran before in this process, on the same engine, in a database as empty.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from unittest import mock

from sqlalchemy import Connection, event, inspect

from parley.store import database, migrations

_READS = ("SELECT", "PRAGMA")
_made: dict[str, list[tuple[str, Any]]] = {}
"""By the engine's name: statements and their parameters."""


@contextmanager
def kept() -> Iterator[None]:
    """Have each engine's statements kept, and run again, for as long as the block lasts."""
    with mock.patch.object(database, "upgrade", _upgrade):
        yield


def _upgrade(connection: Connection) -> None:
    if inspect(connection).get_table_names():
        migrations.upgrade(connection)
        return
    engine = connection.dialect.name
    if engine not in _made:
        _made[engine] = _watched(connection)
        return
    for statement, given in _made[engine]:
        connection.exec_driver_sql(statement, given)


def _watched(connection: Connection) -> list[tuple[str, Any]]:
    """Run the migrations; what they ran."""
    ran: list[tuple[str, Any]] = []

    def note(_on: Any, _cursor: Any, statement: str, given: Any, *_rest: Any) -> None:
        if not statement.lstrip().startswith(_READS):
            ran.append((statement, given))

    event.listen(connection, "before_cursor_execute", note)
    try:
        migrations.upgrade(connection)
    finally:
        event.remove(connection, "before_cursor_execute", note)
    return ran
