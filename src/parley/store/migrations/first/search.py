"""The index for searching."""

import sqlalchemy as sa
from alembic import op


def create() -> None:
    """Make these tables."""
    op.create_table(
        "search_blocks",
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("channel", sa.LargeBinary(), nullable=False),
        sa.Column("first", sa.BigInteger(), nullable=False),
        sa.Column("upto", sa.BigInteger(), nullable=False),
        sa.Column("leaf", sa.LargeBinary(), nullable=False),
        sa.Column("salt", sa.LargeBinary(), nullable=False),
        sa.Column("header", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_search_blocks")),
    )
    op.create_index(
        "ix_search_blocks_channel_first", "search_blocks", ["channel", "first"], unique=True
    )
    op.create_table(
        "search_rows",
        sa.Column("block", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("name", sa.LargeBinary(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("block", "name", name=op.f("pk_search_rows")),
        sqlite_with_rowid=False,
    )
