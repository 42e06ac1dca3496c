"""The house's register of cases, and saved filters."""

import sqlalchemy as sa
from alembic import op


def create() -> None:
    """Make these tables."""
    op.create_table(
        "register",
        sa.Column("channel", sa.LargeBinary(), nullable=False),
        sa.Column("case_id", sa.LargeBinary(), nullable=False),
        sa.Column("number_tag", sa.LargeBinary(), nullable=True),
        sa.Column("number", sa.LargeBinary(), nullable=True),
        sa.Column("marking", sa.Integer(), nullable=True),
        sa.PrimaryKeyConstraint("channel", "case_id", name=op.f("pk_register")),
    )
    op.create_index(
        "ix_register_marking", "register", ["marking", "channel", "case_id"], unique=False
    )
    op.create_index(op.f("ix_register_number_tag"), "register", ["number_tag"], unique=False)
    op.create_table(
        "labels",
        sa.Column("channel", sa.LargeBinary(), nullable=False),
        sa.Column("case_id", sa.LargeBinary(), nullable=False),
        sa.Column("tag", sa.LargeBinary(), nullable=False),
        sa.Column("label", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("channel", "case_id", "tag", name=op.f("pk_labels")),
    )
    op.create_index("ix_labels_tag", "labels", ["tag", "channel", "case_id"], unique=False)
    op.create_table(
        "filters",
        sa.Column("officer", sa.Text(), nullable=False),
        sa.Column("tag", sa.LargeBinary(), nullable=False),
        sa.Column("data", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("officer", "tag", name=op.f("pk_filters")),
    )
