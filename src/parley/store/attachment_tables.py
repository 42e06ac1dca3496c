"""The tables of attachments: which there are, and how much of each we hold.

What a statement says of an attachment stands in its body, and the bytes lie in files of their own;
neither is here. ``blobs`` names a file's root by a keyed hash (``tag``), and keeps root, size and
salt sealed under the key of the bytes: once that is destroyed, nothing is left of them.
"""

from __future__ import annotations

from typing import Final

from sqlalchemy import BigInteger, Column, Index, Integer, LargeBinary, Table, Text

from parley.store.metadata import metadata

# The bytes of one root in one channel, however many statements refer to them.
blobs: Final = Table(
    "blobs",
    metadata,
    Column("id", LargeBinary, primary_key=True),
    Column("channel", LargeBinary, nullable=False),
    Column("tag", LargeBinary, nullable=False),
    # Keyed hash of the content, to find the same bytes again in the same channel.
    Column("content", LargeBinary, nullable=True),
    Column("segment", BigInteger, nullable=False),
    Column("slot", Integer, nullable=False),
    # Root, size, salt and size of a chunk, sealed under a key that the slot gives.
    Column("sealed", LargeBinary, nullable=False),
    # How many chunks we hold, and which: a bit each, while some are missing.
    Column("held", BigInteger, nullable=False),
    Column("map", LargeBinary, nullable=False),
    Column("state", Text, nullable=False),
    # The last thing that was wrong with what came.
    Column("reason", Text, nullable=True),
    # The other side's word: how many chunks it holds, and why it wants none; none yet: null.
    Column("peer_held", BigInteger, nullable=True),
    Column("peer_reason", Text, nullable=True),
    # What the other side lacks by its word, as ranges in CBOR.
    Column("peer_missing", LargeBinary, nullable=True),
    # What we last told the other side of it.
    Column("told", Text, nullable=True),
    # The draft for which it was taken in, until a statement refers to it.
    Column("draft", LargeBinary, nullable=True),
    Column("added_at", BigInteger, nullable=False),
    Index("uq_blobs_channel_tag", "channel", "tag", unique=True),
    Index("ix_blobs_state", "state"),
)

# Which statements refer to which bytes: a view of the record, which can be built anew.
attached: Final = Table(
    "attached",
    metadata,
    Column("channel", LargeBinary, primary_key=True),
    Column("position", BigInteger, primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("case_id", LargeBinary, nullable=False),
    Column("author", Integer, nullable=False),
    Column("tag", LargeBinary, nullable=False),
    Index("ix_attached_channel_tag", "channel", "tag"),
    Index("ix_attached_case_id", "channel", "case_id"),
)

# Up to where the statements of a channel were looked at for attachments.
attached_upto: Final = Table(
    "attached_upto",
    metadata,
    Column("channel", LargeBinary, primary_key=True),
    Column("size", BigInteger, nullable=False),
)

# Which bytes lie in which packed pouch.
pouched: Final = Table(
    "pouched",
    metadata,
    Column("channel", LargeBinary, primary_key=True),
    Column("counter", BigInteger, primary_key=True),
    Column("tag", LargeBinary, primary_key=True),
)
