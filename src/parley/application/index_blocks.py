"""Blocks of the search index that are open in this process: what they are does not change."""

from __future__ import annotations

from sqlalchemy import Connection

from parley.application import indexing
from parley.application.desk import Desk
from parley.record import open_index
from parley.record.open_index import Block
from parley.store import search


def every(
    desk: Desk, connection: Connection, channel: bytes | None
) -> tuple[list[Block], set[bytes]]:
    """The blocks of a channel or of all, and the channels that have some which cannot be opened."""
    found: list[Block] = []
    closed: set[bytes] = set()
    kept = desk.index_blocks
    ids = search.ids(connection, channel)
    rows = {row.id: row for row in search.some(connection, [one for one in ids if one not in kept])}
    for one in ids:
        block = kept.get(one)
        if block is None:
            row = rows[one]
            keys = indexing.opened(desk, row)
            if keys is None:
                closed.add(row.channel)
                continue
            block = kept[one] = open_index.of(row.id, row.channel, row.first, *keys)
        found.append(block)
    if channel is None:
        # Those that were forgotten, or have become part of others: their keys go from memory too.
        for gone in kept.keys() - set(ids):
            kept.pop(gone, None)
    return found, closed
