"""The rows of the house record: its entries in order, its tree, its checkpoints."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Final, NamedTuple

from sqlalchemy import Connection, Select, func, select

from parley.store import dialect, tables
from parley.store.statements import Prepared

_PART: Final = 1000
_L = tables.house_log.c
_HEAD: Final = 0


class LogRow(NamedTuple):
    """One entry: ``data`` are its exact bytes, in which the columns before it stand too.

    ``generation`` is how often the log had been set back by then. ``note`` is the checkpoint that
    was signed when it was the last.
    """

    position: int
    generation: int
    leaf: bytes
    at: int
    officer: str | None
    act: str
    channel: bytes | None
    case_id: bytes | None
    draft: bytes | None
    number: int | None
    data: bytes
    note: str | None


class HeadRow(NamedTuple):
    """How far the log goes: its generation, its size, and the compact range of its leaves."""

    id: int
    generation: int
    size: int
    frontier: bytes


class Sought(NamedTuple):
    """Which entries are looked for; none: whatever it is."""

    officer: str | None = None
    act: str | None = None
    case: bytes | None = None
    draft: bytes | None = None


EVERYTHING: Final = Sought()


_KEPT: Final = Prepared(select(tables.house_head))


def head(connection: Connection) -> HeadRow | None:
    """How far the log goes; null before its first entry."""
    row = _KEPT.row(connection, {})
    return HeadRow(*row) if row else None


def save_head(connection: Connection, generation: int, size: int, frontier: bytes) -> None:
    """Write how far the log goes now."""
    row = HeadRow(_HEAD, generation, size, frontier)
    dialect.insert_rows(connection, tables.house_head, [row], replace=True)


def append(connection: Connection, rows: Sequence[LogRow]) -> None:
    """Add entries."""
    dialect.insert_rows(connection, tables.house_log, rows)


def in_order(connection: Connection, sought: Sought = EVERYTHING) -> Iterator[LogRow]:
    """The entries that are looked for, in their order."""
    first = 0
    while True:
        query = _narrowed(select(tables.house_log), sought).where(_L.position >= first)
        rows = connection.execute(query.order_by(_L.position).limit(_PART)).all()
        yield from (LogRow(*row) for row in rows)
        if len(rows) < _PART:
            return
        first = rows[-1].position + 1


def times_of(connection: Connection, act: str, first: int) -> list[int]:
    """When an act was noted from the place ``first`` on, in order."""
    query = select(_L.at).where(_L.position >= first, _L.act == act).order_by(_L.position)
    return list(connection.execute(query).scalars())


def newest(connection: Connection, sought: Sought, count: int) -> list[LogRow]:
    """The last ``count`` of the entries that are looked for, the oldest of them first."""
    query = _narrowed(select(tables.house_log), sought).order_by(_L.position.desc()).limit(count)
    return [LogRow(*row) for row in connection.execute(query)][::-1]


def with_leaf_prefix(connection: Connection, low: bytes) -> list[LogRow]:
    """Entries whose leaf hash starts with ``low``."""
    query = select(tables.house_log).where(_L.leaf >= low, _L.leaf <= low.ljust(32, b"\xff"))
    return [LogRow(*row) for row in connection.execute(query.order_by(_L.position))]


def leaves(connection: Connection) -> list[bytes]:
    """The leaf hashes, in order."""
    return list(connection.execute(select(_L.leaf).order_by(_L.position)).scalars())


def challenges(connection: Connection) -> dict[int, int]:
    """How often each recusal was challenged, by its number."""
    query = select(_L.number, func.count()).where(_L.act == "recusal-challenged")
    rows = connection.execute(query.group_by(_L.number))
    return {row.number: row[1] for row in rows}


def disclosures(connection: Connection) -> list[tuple[int, bytes, bytes]]:
    """Which recusals are disclosed where: number, channel and case, in the order of the notes."""
    query = select(_L.number, _L.channel, _L.case_id).where(_L.act == "recusal-disclosed")
    return [(row[0], row[1], row[2]) for row in connection.execute(query.order_by(_L.position))]


def last_read(connection: Connection, officer: str, case: bytes) -> int | None:
    """How many acts a case had when the officer's last reading of it was noted."""
    query = select(_L.number).where(
        _L.case_id == case, _L.officer == officer, _L.act == "case-read"
    )
    return connection.execute(query.order_by(_L.position.desc()).limit(1)).scalar()


def last_leaf(connection: Connection) -> bytes | None:
    """The leaf hash of the last entry."""
    return connection.execute(select(_L.leaf).order_by(_L.position.desc()).limit(1)).scalar()


def count(connection: Connection) -> int:
    """How many entries there are."""
    query = select(func.count()).select_from(tables.house_log)
    return int(connection.execute(query).scalar_one())


def _narrowed(query: Select[Any], sought: Sought) -> Select[Any]:
    wanted = (
        (_L.officer, sought.officer),
        (_L.act, sought.act),
        (_L.case_id, sought.case),
        (_L.draft, sought.draft),
    )
    return query.where(*(column == value for column, value in wanted if value is not None))
