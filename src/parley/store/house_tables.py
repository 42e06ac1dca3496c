"""The house: who its officers are, what they opened, drafted and did."""

from __future__ import annotations

from typing import Final

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Index,
    Integer,
    LargeBinary,
    Table,
    Text,
    UniqueConstraint,
    text,
)

from parley.store.metadata import metadata

# Which of the peer's statements an officer of ours has opened, and when first.
openings: Final = Table(
    "openings",
    metadata,
    Column("channel", LargeBinary, primary_key=True),
    Column("position", BigInteger, primary_key=True),
    Column("officer", Text, nullable=False),
    Column("at", BigInteger, nullable=False),
)

# Which of them wait to be opened, of the first so many of each channel's log.
waiting: Final = Table(
    "waiting",
    metadata,
    Column("channel", LargeBinary, primary_key=True),
    Column("position", BigInteger, primary_key=True),
)
waiting_upto: Final = Table(
    "waiting_upto",
    metadata,
    Column("channel", LargeBinary, primary_key=True),
    Column("size", BigInteger, nullable=False),
)

# Of the drafts, those that have not left the house: few, however many a channel has had.
PENDING: Final = text("released_leaf IS NULL")

drafts: Final = Table(
    "drafts",
    metadata,
    Column("id", LargeBinary, primary_key=True),
    Column("channel", LargeBinary, nullable=False),
    Column("case_id", LargeBinary, nullable=False),
    # What the case that it is to open is about.
    Column("about", LargeBinary, nullable=True),
    Column("type", Text, nullable=False),
    Column("stage", Text, nullable=False),
    Column("revision", Integer, nullable=False),
    Column("changed_at", BigInteger, nullable=False),
    # The workflow (who drafted, cleared, authorised which hash): no text of the body.
    Column("workflow", LargeBinary, nullable=False),
    Column("segment", BigInteger, nullable=False),
    Column("slot", Integer, nullable=False),
    Column("sealed", LargeBinary, nullable=False),
    Column("released_leaf", LargeBinary, nullable=True),
    UniqueConstraint("segment", "slot"),
    Index("ix_drafts_changed_at", "changed_at"),
    Index("ix_drafts_pending", "channel", sqlite_where=PENDING, postgresql_where=PENDING),
    Index(
        "ix_drafts_under_way",
        "changed_at",
        "id",
        "stage",
        sqlite_where=PENDING,
        postgresql_where=PENDING,
    ),
)

# Who has written in which draft.
draft_writers: Final = Table(
    "draft_writers",
    metadata,
    Column("officer", Text, primary_key=True),
    Column("draft", LargeBinary, primary_key=True),
)

officers: Final = Table(
    "officers",
    metadata,
    Column("name", Text, primary_key=True),
    Column("roles", Text, nullable=False),
    Column("active", Boolean, nullable=False),
    Column("added_at", BigInteger, nullable=False),
)

# What officers did inside the house: the leaves of a log of its own, in order.
house_log: Final = Table(
    "house_log",
    metadata,
    Column("position", BigInteger, primary_key=True, autoincrement=False),
    Column("generation", BigInteger, nullable=False),
    Column("leaf", LargeBinary, nullable=False, unique=True),
    Column("at", BigInteger, nullable=False),
    Column("officer", Text, nullable=True),
    Column("act", Text, nullable=False),
    Column("channel", LargeBinary, nullable=True),
    Column("case_id", LargeBinary, nullable=True),
    Column("draft", LargeBinary, nullable=True),
    Column("number", BigInteger, nullable=True),
    # The entry's exact bytes. They name officers, identifiers and hashes, never a text.
    Column("data", LargeBinary, nullable=False),
    # The checkpoint that was signed when this entry was the last of its transaction.
    Column("note", Text, nullable=True),
    Index("ix_house_log_case_id", "case_id", "officer", "position"),
)

# One row: how far that log goes, and how often it was set back.
house_head: Final = Table(
    "house_head",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("generation", BigInteger, nullable=False),
    Column("size", BigInteger, nullable=False),
    Column("frontier", LargeBinary, nullable=False),
)

# Roles that an officer holds in one channel or one case alone, beside those held everywhere.
grants: Final = Table(
    "grants",
    metadata,
    Column("officer", Text, primary_key=True),
    Column("role", Text, primary_key=True),
    Column("channel", LargeBinary, primary_key=True),
    # Of no bytes: in the whole channel.
    Column("case_id", LargeBinary, primary_key=True),
    Column("at", BigInteger, nullable=False),
)

# Who keeps out of what, and who acts instead. A row stays when the recusal has ended.
recusals: Final = Table(
    "recusals",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("officer", Text, nullable=False, index=True),
    Column("delegate", Text, nullable=False),
    # A whole channel; else the cases of ``recusal_cases``, and with ``linked`` those about them.
    Column("channel", LargeBinary, nullable=True),
    Column("linked", Boolean, nullable=False),
    Column("ground", Text, nullable=False),
    Column("recorded_by", Text, nullable=False),
    Column("at", BigInteger, nullable=False),
    Column("ended_at", BigInteger, nullable=True),
)

recusal_cases: Final = Table(
    "recusal_cases",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("case_id", LargeBinary, primary_key=True),
)

# The key slots of the vault that are taken: a slot is used once.
vault: Final = Table(
    "vault",
    metadata,
    Column("segment", BigInteger, primary_key=True),
    Column("used", Integer, nullable=False),
)
