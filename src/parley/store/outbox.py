"""The courier's tables: what is still to be delivered, and what became of it."""

from __future__ import annotations

from typing import Final, NamedTuple

from sqlalchemy import Connection, insert, select, update

from parley.store import tables
from parley.store.statements import Prepared, given


class OutboxRow(NamedTuple):
    """What the peer of one channel has still to get from us.

    Everything from sequence number ``receipted`` on is pending; below ``transmitted`` the peer's
    endpoint took it, below ``offered`` it has stood in a reply. ``receipt_size_delivered`` is the
    greatest of our receipts that the peer is known to have. ``counter`` numbers our frames.
    ``keys_held`` is the number of our newest key statement that the peer said it holds.
    ``next_attempt_ms`` is in milliseconds. ``last_reply`` is the signed digest of the peer's
    last reply.

    A peer that was set back has its own statements below ``lost_from`` and ours below
    ``lost_held``, and asks for the rest; both are null otherwise.
    """

    channel: bytes
    receipted: int
    transmitted: int
    offered: int
    receipt_size_delivered: int
    counter: int
    keys_held: int
    attempts: int
    next_attempt_ms: int
    last_reason: str | None
    last_contact_at: int | None
    last_reply: bytes | None
    lost_from: int | None
    lost_held: int | None


class DeliveryRow(NamedTuple):
    """An event of EN 319 522 for our statements ``first_seq`` to ``last_seq``."""

    first_seq: int
    last_seq: int
    event: str
    reason: str | None
    at: int


_ONE: Final = Prepared(select(tables.outbox).where(given(tables.outbox.c.channel)))
_SAVE: Final = Prepared(
    update(tables.outbox).where(given(tables.outbox.c.channel)), OutboxRow._fields[1:]
)

_ADD_EVENT: Final = Prepared(insert(tables.deliveries), ("channel", *DeliveryRow._fields))


def add(connection: Connection, channel: bytes) -> None:
    """Begin the outbox of a channel."""
    connection.execute(
        insert(tables.outbox).values(
            channel=channel,
            receipted=0,
            transmitted=0,
            offered=0,
            receipt_size_delivered=0,
            counter=0,
            keys_held=0,
            attempts=0,
            next_attempt_ms=0,
        )
    )


def one(connection: Connection, channel: bytes) -> OutboxRow:
    """The outbox of a channel."""
    return OutboxRow(*_ONE.row(connection, {"channel_": channel}))


def save(connection: Connection, row: OutboxRow) -> None:
    """Write the outbox of a channel."""
    _SAVE.run(connection, {"channel_": row.channel, **row._asdict()})


def add_event(connection: Connection, channel: bytes, row: DeliveryRow) -> None:
    """Note an event of delivery."""
    _ADD_EVENT.run(connection, {"channel": channel, **row._asdict()})


def events(connection: Connection, channel: bytes, first: int, last: int) -> list[DeliveryRow]:
    """Events that touch any of our statements ``first`` to ``last``, in order."""
    c = tables.deliveries.c
    query = (
        select(c.first_seq, c.last_seq, c.event, c.reason, c.at)
        .where(c.channel == channel, c.last_seq >= first, c.first_seq <= last)
        .order_by(c.id)
    )
    return [DeliveryRow(*row) for row in connection.execute(query)]


def last_event(connection: Connection, channel: bytes) -> DeliveryRow | None:
    """The newest event of a channel."""
    c = tables.deliveries.c
    query = (
        select(c.first_seq, c.last_seq, c.event, c.reason, c.at)
        .where(c.channel == channel)
        .order_by(c.id.desc())
        .limit(1)
    )
    row = connection.execute(query).one_or_none()
    return DeliveryRow(*row) if row else None
