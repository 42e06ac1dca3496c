"""The house's own register of cases, and the filters that officers keep: never sent to anybody.

Texts are sealed under a key that follows from the vault's, and found again by keyed hashes.
"""

from __future__ import annotations

from typing import Final

from sqlalchemy import Column, Index, Integer, LargeBinary, Table, Text

from parley.store.metadata import metadata

# One row a case that has a number of the house's, or a marking: 1 is the lowest of its scheme.
register: Final = Table(
    "register",
    metadata,
    Column("channel", LargeBinary, primary_key=True),
    Column("case_id", LargeBinary, primary_key=True),
    Column("number_tag", LargeBinary, nullable=True, index=True),
    Column("number", LargeBinary, nullable=True),
    Column("marking", Integer, nullable=True),
    Index("ix_register_marking", "marking", "channel", "case_id"),
)

labels: Final = Table(
    "labels",
    metadata,
    Column("channel", LargeBinary, primary_key=True),
    Column("case_id", LargeBinary, primary_key=True),
    Column("tag", LargeBinary, primary_key=True),
    Column("label", LargeBinary, nullable=False),
    Index("ix_labels_tag", "tag", "channel", "case_id"),
)

filters: Final = Table(
    "filters",
    metadata,
    Column("officer", Text, primary_key=True),
    Column("tag", LargeBinary, primary_key=True),
    # The name and what is asked for.
    Column("data", LargeBinary, nullable=False),
)
