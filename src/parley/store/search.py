"""Rows of the search index, block by block."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Final, NamedTuple

from sqlalchemy import Connection, delete, func, select

from parley.store import dialect, tables
from parley.store.statements import Prepared, given

_B = tables.search_blocks.c
_R = tables.search_rows.c
_C = tables.cases.c
_S = tables.statements.c

_PART: Final = 400
"""So many blocks stand in one query: engines bound their number."""

_KINDS: Final = Prepared(select(_C.channel, _C.case_id, _C.kind))
_EVERY: Final = Prepared(select(tables.search_blocks).order_by(_B.channel, _B.first))
_IDS: Final = Prepared(select(_B.id).order_by(_B.channel, _B.first))
_IDS_OF_CHANNEL: Final = Prepared(select(_B.id).where(given(_B.channel)).order_by(_B.first))
_OF_CHANNEL: Final = Prepared(
    select(tables.search_blocks).where(given(_B.channel)).order_by(_B.first)
)
_SPANS: Final = Prepared(
    select(_B.id, _B.first, _B.upto, _B.leaf).where(given(_B.channel)).order_by(_B.first)
)
_LEAF: Final = Prepared(select(_S.leaf).where(given(_S.channel), given(_S.position)))
_LAST: Final = Prepared(select(func.max(_S.position)).where(given(_S.channel)))


class Span(NamedTuple):
    """Which statements a block covers: ``first`` to ``upto`` (without it)."""

    id: int
    first: int
    upto: int
    leaf: bytes


class BlockRow(NamedTuple):
    """Statements ``first`` to ``upto`` (without it) of a channel, in one block of the index."""

    id: int
    channel: bytes
    first: int
    upto: int
    leaf: bytes
    salt: bytes
    header: bytes


def blocks(connection: Connection, channel: bytes | None = None) -> list[BlockRow]:
    """The blocks of a channel or of all, in order."""
    if channel is None:
        return [BlockRow(*row) for row in _EVERY.rows(connection, {})]
    return [BlockRow(*row) for row in _OF_CHANNEL.rows(connection, {"channel_": channel})]


def ids(connection: Connection, channel: bytes | None = None) -> list[int]:
    """The identifiers of the blocks of a channel or of all, in order."""
    if channel is None:
        return [row[0] for row in _IDS.rows(connection, {})]
    return [row[0] for row in _IDS_OF_CHANNEL.rows(connection, {"channel_": channel})]


def some(connection: Connection, wanted: Sequence[int]) -> list[BlockRow]:
    """The blocks with these identifiers."""
    found: list[BlockRow] = []
    for start in range(0, len(wanted), _PART):
        query = select(tables.search_blocks).where(_B.id.in_(wanted[start : start + _PART]))
        found += [BlockRow(*row) for row in connection.execute(query)]
    return found


def of_kinds(connection: Connection, kinds_: Sequence[str]) -> set[tuple[bytes, bytes]]:
    """The cases of these kinds, by channel and case."""
    query = select(_C.channel, _C.case_id).where(_C.kind.in_(kinds_))
    return {(row.channel, row.case_id) for row in connection.execute(query)}


def spans(connection: Connection, channel: bytes) -> list[Span]:
    """What the blocks of a channel cover, in order."""
    return [Span(*row) for row in _SPANS.rows(connection, {"channel_": channel})]


def leaf_at(connection: Connection, channel: bytes, position: int) -> bytes | None:
    """The leaf of the statement at ``position`` of our log."""
    row = _LEAF.row(connection, {"channel_": channel, "position_": position})
    return row[0] if row else None


def size(connection: Connection, channel: bytes) -> int:
    """How many statements stand in our log of a channel, however long it is."""
    (last,) = _LAST.row(connection, {"channel_": channel})
    return 0 if last is None else int(last) + 1


def kinds(connection: Connection) -> dict[tuple[bytes, bytes], str]:
    """The kind of every case, by channel and case."""
    return {(channel, case): kind for channel, case, kind in _KINDS.rows(connection, {})}


def rows(
    connection: Connection, wanted: Sequence[tuple[int, bytes]]
) -> list[tuple[int, bytes, bytes]]:
    """Block, name and contents of the rows that there are, of ``wanted`` blocks and names."""
    found = dialect.joined_rows(connection, tables.search_rows, ("block", "name"), wanted)
    return [(block, name, sealed) for block, name, sealed in found]


def every_row(connection: Connection, block: int) -> dict[bytes, bytes]:
    """All rows of a block, by name."""
    query = select(_R.name, _R.sealed).where(_R.block == block)
    return {row.name: row.sealed for row in connection.execute(query)}


def add(connection: Connection, block: BlockRow, sealed: Iterable[tuple[bytes, bytes]]) -> None:
    """Add a block with its rows."""
    dialect.insert_rows(connection, tables.search_blocks, [block])
    made: list[tuple[Any, ...]] = sorted((block.id, name, data) for name, data in sealed)
    dialect.insert_rows(connection, tables.search_rows, made)


def drop_strays(connection: Connection) -> None:
    """Drop rows that belong to no block."""
    known = select(_B.id)
    connection.execute(delete(tables.search_rows).where(_R.block.not_in(known)))


def drop(connection: Connection, block_ids: Sequence[int]) -> None:
    """Drop blocks with their rows."""
    for block in block_ids:
        connection.execute(delete(tables.search_rows).where(_R.block == block))
        connection.execute(delete(tables.search_blocks).where(_B.id == block))
