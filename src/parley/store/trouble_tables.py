"""What peers did wrong, what they said of heads, and who decided to go on all the same."""

from __future__ import annotations

from typing import Final

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Integer,
    LargeBinary,
    Table,
    Text,
)

from parley.store.metadata import metadata

quarantine: Final = Table(
    "quarantine",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("channel", LargeBinary, nullable=False, index=True),
    Column("digest", LargeBinary, nullable=False, unique=True),
    Column("reason", Text, nullable=False),
    Column("kept_at", BigInteger, nullable=False),
    Column("data", LargeBinary, nullable=False),
)

evidence: Final = Table(
    "evidence",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("channel", LargeBinary, nullable=False, index=True),
    Column("digest", LargeBinary, nullable=False, unique=True),
    Column("kind", Text, nullable=False),
    Column("found_at", BigInteger, nullable=False),
    # Deterministic CBOR array of the byte strings that contradict each other.
    Column("data", LargeBinary, nullable=False),
)

# What peers signed about heads when we met them first after a start, the newest of each channel.
words: Final = Table(
    "words",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("channel", LargeBinary, nullable=False, index=True),
    Column("taken_at", BigInteger, nullable=False),
    Column("heads", LargeBinary, nullable=False),
    Column("word", LargeBinary, nullable=False),
)

# Who in the house has asked that a halted channel be opened again. One officer's word decides
# nothing; the row of the second has ``effective``.
reopenings: Final = Table(
    "reopenings",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("channel", LargeBinary, nullable=False, index=True),
    # The reason code for which the channel was halted.
    Column("halted", Text, nullable=False),
    Column("officer", Text, nullable=False),
    Column("roles", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("at", BigInteger, nullable=False),
    Column("effective", Boolean, nullable=False),
    # How many of the peer's statements, and how much of its log, we held then: what contradicts
    # them belongs to the dispute that was decided.
    Column("peer_count", BigInteger, nullable=False),
    Column("peer_size", BigInteger, nullable=False),
)
