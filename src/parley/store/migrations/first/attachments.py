"""Which attachments there are, and how much of each we hold."""

import sqlalchemy as sa
from alembic import op


def create() -> None:
    """Make these tables."""
    op.create_table(
        "blobs",
        sa.Column("id", sa.LargeBinary(), nullable=False),
        sa.Column("channel", sa.LargeBinary(), nullable=False),
        sa.Column("tag", sa.LargeBinary(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=True),
        sa.Column("segment", sa.BigInteger(), nullable=False),
        sa.Column("slot", sa.Integer(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("held", sa.BigInteger(), nullable=False),
        sa.Column("map", sa.LargeBinary(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("peer_held", sa.BigInteger(), nullable=True),
        sa.Column("peer_reason", sa.Text(), nullable=True),
        sa.Column("peer_missing", sa.LargeBinary(), nullable=True),
        sa.Column("told", sa.Text(), nullable=True),
        sa.Column("draft", sa.LargeBinary(), nullable=True),
        sa.Column("added_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_blobs")),
    )
    op.create_index("uq_blobs_channel_tag", "blobs", ["channel", "tag"], unique=True)
    op.create_index("ix_blobs_state", "blobs", ["state"], unique=False)
    op.create_table(
        "attached",
        sa.Column("channel", sa.LargeBinary(), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.LargeBinary(), nullable=False),
        sa.Column("author", sa.Integer(), nullable=False),
        sa.Column("tag", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("channel", "position", "number", name=op.f("pk_attached")),
    )
    op.create_index("ix_attached_channel_tag", "attached", ["channel", "tag"], unique=False)
    op.create_index("ix_attached_case_id", "attached", ["channel", "case_id"], unique=False)
    op.create_table(
        "attached_upto",
        sa.Column("channel", sa.LargeBinary(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("channel", name=op.f("pk_attached_upto")),
    )
    op.create_table(
        "pouched",
        sa.Column("channel", sa.LargeBinary(), nullable=False),
        sa.Column("counter", sa.BigInteger(), nullable=False),
        sa.Column("tag", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("channel", "counter", "tag", name=op.f("pk_pouched")),
    )
