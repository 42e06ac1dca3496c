"""What is still to be delivered, and what became of it."""

from __future__ import annotations

from typing import Final

from sqlalchemy import (
    BigInteger,
    Column,
    Index,
    Integer,
    LargeBinary,
    Table,
    Text,
    text,
)

from parley.store.metadata import metadata

# One row a channel: everything of ours from ``receipted`` on is still to be delivered. References
# only: the statements themselves stand in the record.
outbox: Final = Table(
    "outbox",
    metadata,
    Column("channel", LargeBinary, primary_key=True),
    Column("receipted", BigInteger, nullable=False),
    Column("transmitted", BigInteger, nullable=False),
    # Below this our statements have stood in a reply; a peer that lacks them asks again.
    Column("offered", BigInteger, nullable=False),
    # The greatest of our receipts that the peer is known to have.
    Column("receipt_size_delivered", BigInteger, nullable=False),
    Column("counter", BigInteger, nullable=False),
    # The number of our newest key statement that the peer said it holds.
    Column("keys_held", Integer, nullable=False),
    Column("attempts", Integer, nullable=False),
    # Milliseconds since the epoch: retries may be less than a second apart.
    Column("next_attempt_ms", BigInteger, nullable=False),
    Column("last_reason", Text, nullable=True),
    Column("last_contact_at", BigInteger, nullable=True),
    # The signed digest of the peer's last reply that we took in: our next request answers it.
    Column("last_reply", LargeBinary, nullable=True),
    # Where a peer that was set back stands: its own statements, and ours, that it still has.
    Column("lost_from", BigInteger, nullable=True),
    Column("lost_held", BigInteger, nullable=True),
)

WIDE: Final = text("last_seq - first_seq >= 1000")

# ETSI EN 319 522 events of own statements ``first_seq`` to ``last_seq``, never changed.
deliveries: Final = Table(
    "deliveries",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("channel", LargeBinary, nullable=False),
    Column("first_seq", BigInteger, nullable=False),
    Column("last_seq", BigInteger, nullable=False),
    Column("event", Text, nullable=False),
    Column("reason", Text, nullable=True),
    Column("at", BigInteger, nullable=False),
    Index("ix_deliveries_channel_last_seq", "channel", "last_seq"),
    # Few events are about more statements than a frame has: these are looked at one by one.
    Index("ix_deliveries_wide", "channel", sqlite_where=WIDE, postgresql_where=WIDE),
)

# Frames of ours that were written to files, until they are cleared: which statements are in them,
# and where a copy of their bodies lies.
pouches: Final = Table(
    "pouches",
    metadata,
    Column("channel", LargeBinary, primary_key=True),
    Column("counter", BigInteger, primary_key=True),
    Column("first_seq", BigInteger, nullable=False),
    Column("upto", BigInteger, nullable=False),
    Column("path", Text, nullable=False),
    # SHA-256 of the file: another file at that path is not ours to delete.
    Column("digest", LargeBinary, nullable=False),
    Column("packed_at", BigInteger, nullable=False),
)
