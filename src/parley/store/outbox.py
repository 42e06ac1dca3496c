"""The courier's tables: what is still to be delivered, and what became of it."""

from __future__ import annotations

from typing import Final, NamedTuple

from sqlalchemy import Connection, bindparam, func, insert, select, update

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

_D: Final = tables.deliveries.c
_EVENTS: Final = select(_D.id, _D.first_seq, _D.last_seq, _D.event, _D.reason, _D.at).where(
    given(_D.channel), _D.last_seq >= bindparam("first"), _D.first_seq <= bindparam("last")
)
# What is about few statements ends soon behind them; what is about many has an index of its own.
_NARROW_EVENTS: Final = Prepared(_EVENTS.where(_D.last_seq <= bindparam("upto")))
_WIDE_EVENTS: Final = Prepared(_EVENTS.where(tables.WIDE))
_NARROW: Final = 1000

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
    values: dict[str, object] = {"channel_": channel, "first": first, "last": last}
    wide = _WIDE_EVENTS.rows(connection, values)
    rows = [*_NARROW_EVENTS.rows(connection, {**values, "upto": last + _NARROW}), *wide]
    found = {row[0]: DeliveryRow(*row[1:]) for row in rows}
    return [found[key] for key in sorted(found)]


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


_BY_DAY: Final = (
    select((_D.at // 86_400).label("day"), _D.event, func.count())
    .where(given(_D.channel), _D.at >= bindparam("first"), _D.at < bindparam("upto"))
    .group_by((_D.at // 86_400), _D.event)
)


def by_day(
    connection: Connection, channel: bytes, first: int, upto: int
) -> list[tuple[int, str, int]]:
    """How often each event was noted on each day since the epoch, from ``first`` to ``upto``."""
    values = {"channel_": channel, "first": first, "upto": upto}
    return [(row[0], row[1], row[2]) for row in connection.execute(_BY_DAY, values)]


def delays(
    connection: Connection,
    channel: bytes,
    author: int,
    event: str,
    period: tuple[int, int],
    most: int,
) -> list[tuple[int, int]]:
    """When ``event`` was noted, and how many seconds after the first statement was signed.

    The newest first.
    """
    s = tables.statements.c
    query = (
        select(_D.at, _D.at - s.iat)
        .join(
            tables.statements,
            (s.channel == _D.channel) & (s.author == author) & (s.seq == _D.first_seq),
        )
        .where(_D.channel == channel, _D.event == event)
        .where(_D.at >= period[0], _D.at < period[1])
        .order_by(_D.id.desc())
        .limit(most)
    )
    return [(row[0], row[1]) for row in connection.execute(query)]
