"""Letters and channels."""

from __future__ import annotations

from typing import Final, NamedTuple

from sqlalchemy import Connection, insert, select, update

from parley.store import dialect, tables
from parley.store.statements import Prepared, given


class ChannelRow(NamedTuple):
    """A channel as it stands in the database.

    ``state``: open; recovering, or halted, with a ``reason``. While it recovers, ``base`` is the
    size that our log had when that began.
    """

    id: bytes
    label: str
    own_letter: bytes
    peer_letter: bytes
    state: str
    reason: str | None
    opened_at: int
    base: int | None


_EVERY: Final = Prepared(
    select(tables.channels).order_by(tables.channels.c.opened_at, tables.channels.c.id)
)
_ONE: Final = Prepared(select(tables.channels).where(given(tables.channels.c.id)))


def add_letter(
    connection: Connection, *, digest: bytes, party: bytes, own: bool, data: bytes, now: int
) -> None:
    """Keep a letter; one that is there already stays as it is."""
    connection.execute(
        dialect.insert_ignore(connection, tables.letters).values(
            digest=digest, party=party, own=own, data=data, added_at=now
        )
    )


def letter(connection: Connection, digest: bytes) -> bytes | None:
    """A letter's exact bytes."""
    query = select(tables.letters.c.data).where(tables.letters.c.digest == digest)
    return connection.execute(query).scalar_one_or_none()


def own_letters(connection: Connection) -> list[bytes]:
    """Our own letters, the newest last."""
    query = (
        select(tables.letters.c.data)
        .where(tables.letters.c.own)
        .order_by(tables.letters.c.added_at, tables.letters.c.digest)
    )
    return list(connection.execute(query).scalars())


def add(connection: Connection, row: ChannelRow) -> None:
    """Add a channel."""
    connection.execute(insert(tables.channels).values(**row._asdict()))


def one(connection: Connection, channel: bytes) -> ChannelRow | None:
    """A channel by its id."""
    row = _ONE.row(connection, {"id_": channel})
    return ChannelRow(*row) if row else None


def every(connection: Connection) -> list[ChannelRow]:
    """All channels, the oldest first."""
    return [ChannelRow(*row) for row in _EVERY.rows(connection, {})]


def halt(connection: Connection, channel: bytes, reason: str) -> None:
    """Mark a channel as halted: our desk sends nothing new over it. The first reason stays."""
    connection.execute(
        update(tables.channels)
        .where(tables.channels.c.id == channel, tables.channels.c.state != "halted")
        .values(state="halted", reason=reason)
    )


def recover(connection: Connection, channel: bytes, reason: str, base: int) -> None:
    """Mark an open channel as recovering; of one that is recovering only the reason changes."""
    c = tables.channels.c
    connection.execute(
        update(tables.channels)
        .where(c.id == channel, c.state == "open")
        .values(state="recovering", base=base)
    )
    connection.execute(
        update(tables.channels)
        .where(c.id == channel, c.state == "recovering")
        .values(reason=reason)
    )


def reopen(connection: Connection, channel: bytes) -> None:
    """Mark a channel as open again, recovered."""
    c = tables.channels.c
    connection.execute(
        update(tables.channels)
        .where(c.id == channel, c.state == "recovering")
        .values(state="open", reason=None, base=None)
    )


def end_halt(connection: Connection, channel: bytes) -> None:
    """Mark a halted channel as open again, by a decision."""
    connection.execute(
        update(tables.channels)
        .where(tables.channels.c.id == channel, tables.channels.c.state == "halted")
        .values(state="open", reason=None)
    )


class ReopeningRow(NamedTuple):
    """One officer's word that a halted channel be opened again, and how the peer's log stood then.

    ``roles`` are those that the officer held, separated by spaces. ``effective``: with this word
    the channel was opened.
    """

    channel: bytes
    halted: str
    officer: str
    roles: str
    reason: str
    at: int
    effective: bool
    peer_count: int
    peer_size: int


def add_reopening(connection: Connection, row: ReopeningRow) -> None:
    """Keep one officer's word."""
    connection.execute(insert(tables.reopenings).values(**row._asdict()))


def reopenings(connection: Connection, channel: bytes) -> list[ReopeningRow]:
    """All that officers have said about opening a channel again, the oldest first."""
    c = tables.reopenings.c
    query = select(*(c[name] for name in ReopeningRow._fields)).where(c.channel == channel)
    return [ReopeningRow(*row) for row in connection.execute(query.order_by(c.id))]


def last_reopening(connection: Connection, channel: bytes) -> ReopeningRow | None:
    """The word with which a channel was last opened again; none where it never was."""
    return next((row for row in reversed(reopenings(connection, channel)) if row.effective), None)
