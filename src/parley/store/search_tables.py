"""The tables of the search index: views over the bodies of the record, sealed word by word.

They hold no word and no number of times that one occurs: see ``parley.record.index``.
"""

from __future__ import annotations

from typing import Final

from sqlalchemy import BigInteger, Column, Index, LargeBinary, Table

from parley.store.metadata import metadata

# Statements ``first`` to ``upto`` (without it) of a channel's log are in this block. ``leaf`` is
# that of the last of them: a log that was cut back and went on otherwise is noticed by it.
search_blocks: Final = Table(
    "search_blocks",
    metadata,
    Column("id", BigInteger, primary_key=True, autoincrement=False),
    Column("channel", LargeBinary, nullable=False),
    Column("first", BigInteger, nullable=False),
    Column("upto", BigInteger, nullable=False),
    Column("leaf", LargeBinary, nullable=False),
    Column("salt", LargeBinary, nullable=False),
    Column("header", LargeBinary, nullable=False),
    Index("ix_search_blocks_channel_first", "channel", "first", unique=True),
)

search_rows: Final = Table(
    "search_rows",
    metadata,
    Column("block", BigInteger, primary_key=True, autoincrement=False),
    Column("name", LargeBinary, primary_key=True),
    Column("sealed", LargeBinary, nullable=False),
    sqlite_with_rowid=False,
)
