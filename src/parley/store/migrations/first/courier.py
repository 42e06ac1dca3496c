"""What is still to be delivered, and what became of it."""

import sqlalchemy as sa
from alembic import op


def create() -> None:
    """Make these tables."""
    op.create_table(
        "outbox",
        sa.Column("channel", sa.LargeBinary(), nullable=False),
        sa.Column("receipted", sa.BigInteger(), nullable=False),
        sa.Column("transmitted", sa.BigInteger(), nullable=False),
        sa.Column("offered", sa.BigInteger(), nullable=False),
        sa.Column("receipt_size_delivered", sa.BigInteger(), nullable=False),
        sa.Column("counter", sa.BigInteger(), nullable=False),
        sa.Column("keys_held", sa.Integer(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("next_attempt_ms", sa.BigInteger(), nullable=False),
        sa.Column("last_reason", sa.Text(), nullable=True),
        sa.Column("last_contact_at", sa.BigInteger(), nullable=True),
        sa.Column("last_reply", sa.LargeBinary(), nullable=True),
        sa.Column("lost_from", sa.BigInteger(), nullable=True),
        sa.Column("lost_held", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("channel", name=op.f("pk_outbox")),
    )
    op.create_table(
        "deliveries",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("channel", sa.LargeBinary(), nullable=False),
        sa.Column("first_seq", sa.BigInteger(), nullable=False),
        sa.Column("last_seq", sa.BigInteger(), nullable=False),
        sa.Column("event", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_deliveries")),
    )
    op.create_index(
        "ix_deliveries_channel_last_seq", "deliveries", ["channel", "last_seq"], unique=False
    )
    op.create_index(
        "ix_deliveries_wide",
        "deliveries",
        ["channel"],
        unique=False,
        sqlite_where=sa.text("last_seq - first_seq >= 1000"),
        postgresql_where=sa.text("last_seq - first_seq >= 1000"),
    )
    op.create_table(
        "pouches",
        sa.Column("channel", sa.LargeBinary(), nullable=False),
        sa.Column("counter", sa.BigInteger(), nullable=False),
        sa.Column("first_seq", sa.BigInteger(), nullable=False),
        sa.Column("upto", sa.BigInteger(), nullable=False),
        sa.Column("path", sa.Text(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("packed_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("channel", "counter", name=op.f("pk_pouches")),
    )
