"""Copying a whole database, row by row, from one snapshot: between files and servers alike.

Rows alone are copied. What was deleted before is not in the copy, as it may be in the pages of a
database file. The search index is left out: its keys are in no backup, and it is built anew. So
are sessions and links for signing in: they are of the day, and would open a desk that is restored.
"""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import Connection, func, select

from parley.crypto.merkle import Frontier
from parley.kernel.errors import ParleyError
from parley.kernel.reasons import Reason
from parley.store import channels, dialect, house_log, log, sign_in, tables
from parley.store.database import Database

_ROWS = 2000
_LEFT_OUT = (tables.search_blocks, tables.search_rows, *sign_in.PASSING)


def copy(
    source: Database, target: Database, progress: Callable[[int, int], None]
) -> dict[str, int]:
    """Copy ``source`` into ``target``, which is empty; returns the number of rows of each table.

    ``source`` may be in use. ``progress`` is told how many rows are done, and of how many.

    :raises ParleyError: as :meth:`Database.read` and :meth:`Database.write`.
    """
    target.create()
    every = [one for one in tables.metadata.sorted_tables if one not in _LEFT_OUT]
    with source.read() as reading, target.write() as writing:
        counts = {
            table.name: int(reading.execute(select(func.count()).select_from(table)).scalar_one())
            for table in every
        }
        done, total = 0, sum(counts.values())
        for table in every:
            rows = reading.execute(select(table), execution_options={"yield_per": _ROWS})
            for part in rows.partitions():
                dialect.insert_rows(writing, table, [tuple(row) for row in part])
                done += len(part)
                progress(done, total)
        dialect.reset_sequences(writing, every)
    return counts


def check(database: Database) -> int:
    """Check that a copy can be read and is in itself whole; returns the number of statements.

    Every log is compared with its tree: what ``fsck`` checks beyond that needs the keys.

    :raises ParleyError: ``database-unreadable``, ``database-version``, ``proof-invalid``.
    """
    database.check_version()
    statements = 0
    with database.read() as connection:
        if not dialect.is_sound(connection):
            raise ParleyError(Reason.DATABASE_UNREADABLE)
        for row in channels.every(connection):
            statements += _check_log(connection, row.id)
        _check_house(connection)
    return statements


def _check_house(connection: Connection) -> None:
    frontier = Frontier()
    frontier.extend(house_log.leaves(connection))
    head = house_log.head(connection)
    if (head.frontier if head else Frontier().to_bytes()) != frontier.to_bytes():
        raise ParleyError(Reason.PROOF_INVALID)


def _check_log(connection: Connection, channel: bytes) -> int:
    size = log.size(connection, channel)
    frontier = Frontier()
    frontier.extend(log.leaves(connection, channel, size))
    trees = [log.tree(connection, channel, owner) for owner in (0, 1)]
    state = frontier.to_bytes()
    if not any(tree and (tree.size, tree.frontier) == (size, state) for tree in trees):
        raise ParleyError(Reason.PROOF_INVALID)
    return size
