"""When a statement counts as received: by a receipt, or by the other's word that it has it."""

from __future__ import annotations

from sqlalchemy import Connection

from parley.application.acts import receipt_of
from parley.domain import clocks
from parley.domain.clocks import ReceiptTime
from parley.kernel import limits
from parley.record import statement
from parley.record.channel import Channel
from parley.store import log
from parley.store.log import Entry


def received(connection: Connection, channel: Channel, entry: Entry) -> ReceiptTime | None:
    """When the member that did not write ``entry`` received it; null where nothing says so.

    A receipt says it. Without one, the first of its statements that has seen ``entry`` does, by the
    time in that: whoever keeps receipts back and goes on speaking stops no clock. A cosignature
    alone has no time of arrival beside which its own could be believed; it starts none.
    """
    skew = limits.CLOCK_SKEW_SECONDS
    receipt = receipt_of(connection, channel, entry)
    if receipt is not None:
        return clocks.receipt_time(entry.iat, receipt.iat, receipt.arrived_at, skew)
    first = _first_seeing(connection, channel, entry)
    if first is None:
        return None
    return clocks.receipt_time(entry.iat, first.iat, first.recorded_at, skew)


def _first_seeing(connection: Connection, channel: Channel, entry: Entry) -> Entry | None:
    """The first statement of the other author that has seen ``entry``: what is seen never falls."""
    author = 1 - entry.author
    chain = log.chains(connection, channel.id).get(author)
    if chain is None or chain.seen <= entry.seq:
        return None
    low, high = 0, chain.count - 1
    while low < high:
        middle = (low + high) // 2
        if _seen(_at(connection, channel, author, middle)) > entry.seq:
            high = middle
        else:
            low = middle + 1
    return _at(connection, channel, author, low)


def _at(connection: Connection, channel: Channel, author: int, seq: int) -> Entry:
    return log.by_author(connection, channel.id, author, seq, 1)[0]


def _seen(entry: Entry) -> int:
    return statement.parse(entry.data).envelope.seen[0].count
