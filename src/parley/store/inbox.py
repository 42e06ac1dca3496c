"""Which of the peer's statements wait to be opened, and who opened the others.

What waits is noted when somebody opens something, as far as the log then goes; what came since is
looked for in the log itself. So taking statements in costs nothing, and what was opened long ago is
not passed by again.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from sqlalchemy import Connection, Select, delete, func, insert, select

from parley.store import dialect, tables
from parley.store.log import Entry

_PART = 500

_S = tables.statements.c
_O = tables.openings.c
_W = tables.waiting.c
_C = tables.cases.c


class Source(NamedTuple):
    """Whose statements somebody is to open: the member ``author``, outside the standing case."""

    channel: bytes
    author: int
    standing_case: bytes


def unopened(
    connection: Connection,
    source: Source,
    *,
    above: int,
    limit: int,
    kinds: Sequence[str] | None = None,
) -> list[Entry]:
    """Statements that no officer has opened, in order.

    At most ``limit``, of those that stand behind the position ``above`` (-1: of all); ``kinds``:
    only in cases of these.
    """
    shown = [] if kinds is None else [_S.case_id.in_(_of_kinds(source.channel, kinds))]
    noted = (
        select(tables.statements)
        .join(tables.waiting, (_W.channel == _S.channel) & (_W.position == _S.position))
        .where(_W.channel == source.channel, _W.position > above, *shown)
    )
    noted = noted.order_by(_W.position).limit(limit)
    found = [Entry(*row) for row in connection.execute(noted)]
    if len(found) < limit:
        last = max(above, _noted(connection, source.channel) - 1)
        newer = _not_opened(select(tables.statements), source, last)
        newer = newer.where(*shown).order_by(_S.position).limit(limit - len(found))
        found += [Entry(*row) for row in connection.execute(newer)]
    return found


def _of_kinds(channel: bytes, kinds: Sequence[str]) -> Select[Any]:
    return select(_C.case_id).where(_C.channel == channel, _C.kind.in_(kinds))


def opened(
    connection: Connection, source: Source, positions: Sequence[int], officer: str, now: int
) -> None:
    """Note that an officer has opened the statements at ``positions``; the first time counts."""
    _catch_up(connection, source)
    rows = [
        {"channel": source.channel, "position": position, "officer": officer, "at": now}
        for position in positions
    ]
    if rows:
        connection.execute(dialect.insert_ignore(connection, tables.openings), rows)
    for start in range(0, len(positions), _PART):
        part = _W.position.in_(positions[start : start + _PART])
        connection.execute(delete(tables.waiting).where(_W.channel == source.channel, part))


def openings(
    connection: Connection, channel: bytes, positions: Sequence[int]
) -> dict[int, tuple[str, int]]:
    """Who first opened which of the statements at ``positions``, and when, by position."""
    query = select(_O.position, _O.officer, _O.at).where(_O.channel == channel)
    found: dict[int, tuple[str, int]] = {}
    for start in range(0, len(positions), _PART):
        part = query.where(_O.position.in_(positions[start : start + _PART]))
        found.update((row[0], (row[1], row[2])) for row in connection.execute(part))
    return found


def _catch_up(connection: Connection, source: Source) -> None:
    """Note what waits in the part of the log that was not looked at yet."""
    noted = _noted(connection, source.channel)
    last = connection.execute(
        select(func.max(_S.position)).where(_S.channel == source.channel)
    ).scalar()
    if last is None or last < noted:
        return
    query = _not_opened(select(_S.channel, _S.position), source, noted - 1)
    connection.execute(insert(tables.waiting).from_select(["channel", "position"], query))
    upto = [(source.channel, last + 1)]
    dialect.insert_rows(connection, tables.waiting_upto, upto, replace=True)


def _noted(connection: Connection, channel: bytes) -> int:
    """Of so many statements of the log those that wait were noted."""
    c = tables.waiting_upto.c
    return connection.execute(select(c.size).where(c.channel == channel)).scalar() or 0


def _not_opened(query: Select[Any], source: Source, above: int) -> Select[Any]:
    """What of the log behind the position ``above`` nobody has opened."""
    opened = (_O.channel == _S.channel) & (_O.position == _S.position)
    return (
        query.outerjoin(tables.openings, opened)
        .where(_S.channel == source.channel, _S.author == source.author, _S.position > above)
        .where(_S.case_id != source.standing_case, _O.position.is_(None))
    )
