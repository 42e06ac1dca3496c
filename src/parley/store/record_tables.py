"""The record, and the views that are folded from it: ``cases`` and ``standing_acts``."""

from __future__ import annotations

from typing import Final

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Index,
    Integer,
    LargeBinary,
    PrimaryKeyConstraint,
    Table,
    Text,
    UniqueConstraint,
    text,
)

from parley.store.metadata import metadata

letters: Final = Table(
    "letters",
    metadata,
    Column("digest", LargeBinary, primary_key=True),
    Column("party", LargeBinary, nullable=False, index=True),
    Column("own", Boolean, nullable=False),
    Column("data", LargeBinary, nullable=False),
    Column("added_at", BigInteger, nullable=False),
)

channels: Final = Table(
    "channels",
    metadata,
    Column("id", LargeBinary, primary_key=True),
    Column("label", Text, nullable=False),
    Column("own_letter", LargeBinary, nullable=False),
    Column("peer_letter", LargeBinary, nullable=False),
    Column("state", Text, nullable=False),
    Column("reason", Text, nullable=True),
    Column("opened_at", BigInteger, nullable=False),
    # While it recovers: the size of our log when that began.
    Column("base", BigInteger, nullable=True),
)

# Key statements of every party, ours too: a chain of their own that begins at the letter.
key_statements: Final = Table(
    "key_statements",
    metadata,
    Column("party", LargeBinary, primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("digest", LargeBinary, nullable=False),
    Column("data", LargeBinary, nullable=False),
    Column("added_at", BigInteger, nullable=False),
)

# How many of a peer's statements stood in our log when a key statement of its opened an epoch.
epochs: Final = Table(
    "epochs",
    metadata,
    Column("channel", LargeBinary, primary_key=True),
    Column("member", Integer, primary_key=True),
    Column("epoch", Integer, primary_key=True),
    Column("count", BigInteger, nullable=False),
)

# One row an author in a channel: how far the chain goes that stands in our log.
chains: Final = Table(
    "chains",
    metadata,
    Column("channel", LargeBinary, primary_key=True),
    Column("author", Integer, primary_key=True),
    Column("epoch", Integer, nullable=False),
    Column("count", BigInteger, nullable=False),
    Column("leaf", LargeBinary, nullable=True),
    Column("iat", BigInteger, nullable=False),
    # What the author's last statement had seen of the other member; it never falls.
    Column("seen", BigInteger, nullable=False),
)

# One row a log: the own one, and the peer's as we have rebuilt it so far.
trees: Final = Table(
    "trees",
    metadata,
    Column("channel", LargeBinary, primary_key=True),
    Column("owner", Integer, primary_key=True),
    Column("size", BigInteger, nullable=False),
    # How many of the leaves below ``size`` are the owner's own statements.
    Column("own", BigInteger, nullable=False),
    Column("frontier", LargeBinary, nullable=False),
)

statements: Final = Table(
    "statements",
    metadata,
    Column("channel", LargeBinary, primary_key=True),
    Column("position", BigInteger, primary_key=True),
    Column("author", Integer, nullable=False),
    Column("epoch", Integer, nullable=False),
    Column("seq", BigInteger, nullable=False),
    Column("leaf", LargeBinary, nullable=False),
    Column("case_id", LargeBinary, nullable=False),
    Column("case_seq", BigInteger, nullable=False),
    # Index in the author's own log (seq plus what it had seen).
    Column("author_index", BigInteger, nullable=False),
    Column("iat", BigInteger, nullable=False),
    Column("recorded_at", BigInteger, nullable=False),
    # Reason code where the body breaks the rules: the act is void on both sides.
    Column("verdict", Text, nullable=True),
    Column("data", LargeBinary, nullable=False),
    UniqueConstraint("channel", "author", "seq", "epoch"),
    UniqueConstraint("channel", "leaf"),
    Index("ix_statements_channel_case_id", "channel", "case_id", "position"),
)

bodies: Final = Table(
    "bodies",
    metadata,
    Column("channel", LargeBinary, primary_key=True),
    Column("position", BigInteger, primary_key=True),
    Column("segment", BigInteger, nullable=False),
    Column("slot", Integer, nullable=False),
    Column("sealed", LargeBinary, nullable=False),
    UniqueConstraint("segment", "slot"),
)

# One signature over the issuer's root at ``size`` receipts the other's statements
# ``first_seq`` to ``last_seq``.
receipts: Final = Table(
    "receipts",
    metadata,
    Column("channel", LargeBinary, primary_key=True),
    Column("issuer", Integer, primary_key=True),
    Column("size", BigInteger, primary_key=True),
    # The issuer's epoch: whose log key signed.
    Column("epoch", Integer, nullable=False),
    Column("first_seq", BigInteger, nullable=False),
    Column("last_seq", BigInteger, nullable=False),
    Column("iat", BigInteger, nullable=False),
    Column("arrived_at", BigInteger, nullable=False),
    Column("protected", LargeBinary, nullable=False),
    Column("signature", LargeBinary, nullable=False),
    Index("ix_receipts_channel_issuer_last_seq", "channel", "issuer", "last_seq"),
)

checkpoints: Final = Table(
    "checkpoints",
    metadata,
    Column("channel", LargeBinary, primary_key=True),
    Column("owner", Integer, primary_key=True),
    Column("size", BigInteger, primary_key=True),
    # The owner's epoch: whose log key signed; it stands in the note's origin.
    Column("epoch", Integer, nullable=False),
    Column("root", LargeBinary, nullable=False),
    Column("note", Text, nullable=False),
    Column("recorded_at", BigInteger, nullable=False),
)

cosignatures: Final = Table(
    "cosignatures",
    metadata,
    Column("channel", LargeBinary, primary_key=True),
    Column("owner", Integer, primary_key=True),
    Column("size", BigInteger, primary_key=True),
    Column("cosigner", Integer, primary_key=True),
    Column("kind", Integer, primary_key=True),
    # The cosigner's epoch.
    Column("epoch", Integer, nullable=False),
    Column("timestamp", BigInteger, nullable=False),
    Column("line", Text, nullable=False),
    Index("ix_cosignatures_channel_owner_kind", "channel", "owner", "kind", "size"),
)

# A witness is no member: it has a name and keys of its own, and sees no statement.
witnessings: Final = Table(
    "witnessings",
    metadata,
    Column("channel", LargeBinary, primary_key=True),
    Column("owner", Integer, primary_key=True),
    Column("size", BigInteger, primary_key=True),
    Column("witness", Text, primary_key=True),
    Column("kind", Integer, primary_key=True),
    Column("timestamp", BigInteger, nullable=False),
    Column("key", LargeBinary, nullable=False),
    Column("line", Text, nullable=False),
)

witness_contacts: Final = Table(
    "witness_contacts",
    metadata,
    Column("channel", LargeBinary, primary_key=True),
    Column("witness", Text, primary_key=True),
    Column("at", BigInteger, nullable=False),
    Column("reason", Text, nullable=True),
)

# Few kinds of cases are about days, few cases about another: the others cost these indexes nothing.
_HAS_DAYS: Final = text("first_day IS NOT NULL")
_IS_ABOUT: Final = text("about IS NOT NULL")

cases: Final = Table(
    "cases",
    metadata,
    Column("channel", LargeBinary, nullable=False),
    Column("case_id", LargeBinary, nullable=False),
    Column("kind", Text, nullable=False),
    Column("opened_by", Integer, nullable=False),
    Column("opened_at", BigInteger, nullable=False),
    Column("status", Text, nullable=False),
    Column("acts", BigInteger, nullable=False),
    Column("last_position", BigInteger, nullable=False),
    # The case that it is about, as its opener says.
    Column("about", LargeBinary, nullable=True),
    # Of the first act that stands in our log.
    Column("precedence", Integer, nullable=False),
    # From the first to behind the last of the days that the case is about, where it names any: of
    # what was declared of a meeting, of what a notice says is in force.
    Column("first_day", BigInteger, nullable=True),
    Column("last_day", BigInteger, nullable=True),
    Column("state", LargeBinary, nullable=False),
    # A case is looked for by its identifier, in one channel or in any.
    PrimaryKeyConstraint("case_id", "channel"),
    Index("ix_cases_kind", "kind", "opened_at", "case_id"),
    Index(
        "ix_cases_about",
        "channel",
        "about",
        sqlite_where=_IS_ABOUT,
        postgresql_where=_IS_ABOUT,
    ),
    # All that a list needs to choose from.
    Index("ix_cases_listed", "opened_at", "case_id", "kind", "status", "channel", "precedence"),
    Index(
        "ix_cases_days",
        "kind",
        "first_day",
        "case_id",
        "last_day",
        "channel",
        sqlite_where=_HAS_DAYS,
        postgresql_where=_HAS_DAYS,
    ),
)

# How each act was judged that stands in no case; ``void`` is the reason code.
standing_acts: Final = Table(
    "standing_acts",
    metadata,
    Column("channel", LargeBinary, primary_key=True),
    Column("author", Integer, primary_key=True),
    Column("seq", BigInteger, primary_key=True),
    Column("type", Text, nullable=False),
    Column("void", Text),
    Column("reference", LargeBinary),
    Index("ix_standing_acts_reference", "channel", "author", "reference"),
    Index("ix_standing_acts_type", "channel", "type"),
)
