"""The statements of a channel in the order of either member's log; streamed."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

from sqlalchemy import Connection

from parley.record.channel import Channel
from parley.store import log
from parley.store.log import Entry

_BLOCK = 256
"""Statements of one author in memory at once."""


def of_log(connection: Connection, channel: Channel, owner: int, size: int) -> Iterator[Entry]:
    """The first ``size`` statements of ``owner``'s log; fewer where we lack some."""
    if owner == channel.own_index:
        yield from log.in_order(connection, channel.id, 0, size)
        return
    below = log.authors_below(connection, channel.id, owner, size)
    yield from of_peer(connection, channel, below[owner], below[channel.own_index])


def of_peer(connection: Connection, channel: Channel, theirs: int, ours: int) -> Iterator[Entry]:
    """The peer's first ``theirs`` statements and our first ``ours``, in the order of its log.

    Its own say where they stand; ours fill the places between, and the end.
    """
    own = islice(_by(connection, channel, channel.own_index), ours)
    at = 0
    for entry in islice(_by(connection, channel, channel.peer_index), theirs):
        yield from islice(own, entry.author_index - at)
        yield entry
        at = entry.author_index + 1
    yield from own


def _by(connection: Connection, channel: Channel, author: int) -> Iterator[Entry]:
    first = 0
    while block := log.by_author(connection, channel.id, author, first, _BLOCK):
        yield from block
        first += len(block)
