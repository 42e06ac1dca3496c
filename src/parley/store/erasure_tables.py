"""What was erased, what is about to be, and what may not be."""

from __future__ import annotations

from typing import Final

from sqlalchemy import BigInteger, Column, Integer, LargeBinary, Table, Text

from parley.store.metadata import metadata

# One row for each body that is here no more: it takes the place of the row in ``bodies``.
erased_bodies: Final = Table(
    "erased_bodies",
    metadata,
    Column("channel", LargeBinary, primary_key=True),
    Column("position", BigInteger, primary_key=True),
    Column("leaf", LargeBinary, nullable=False),
    # The case of the erasure that both sides agreed to; none for a body that never came, because
    # the peer that returned the statement had erased it.
    Column("erasure", LargeBinary, nullable=True, index=True),
    # The body with no field left: the array of digests that the statement signs. None where the
    # body could not be opened any more.
    Column("rest", LargeBinary, nullable=True),
    Column("taken_at", BigInteger, nullable=False),
    # When its key was destroyed.
    Column("deleted_at", BigInteger, nullable=True),
)

# Keys of the vault that are to be destroyed: whoever finds a row here goes on with it.
doomed_slots: Final = Table(
    "doomed_slots",
    metadata,
    Column("segment", BigInteger, primary_key=True, autoincrement=False),
    Column("slot", Integer, primary_key=True, autoincrement=False),
)

# Cases of which nothing may be erased. A row stays when the hold was lifted.
holds: Final = Table(
    "holds",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("channel", LargeBinary, nullable=False, index=True),
    Column("case_id", LargeBinary, nullable=False),
    Column("ground", Text, nullable=False),
    Column("placed_by", Text, nullable=False),
    Column("placed_at", BigInteger, nullable=False),
    Column("lifted_by", Text, nullable=True),
    Column("lifted_at", BigInteger, nullable=True),
)
