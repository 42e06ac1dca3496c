"""What is due, what was raised of it, and how a house watches."""

import sqlalchemy as sa
from alembic import op


def create() -> None:
    """Make these tables."""
    _deadlines()
    _escalation()


def _deadlines() -> None:
    op.create_table(
        "deadlines",
        sa.Column("channel", sa.LargeBinary(), nullable=False),
        sa.Column("case_id", sa.LargeBinary(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("since", sa.LargeBinary(), nullable=False),
        sa.Column("owner", sa.Integer(), nullable=False),
        sa.Column("case_kind", sa.Text(), nullable=False),
        sa.Column("ours", sa.Boolean(), nullable=False),
        sa.Column("precedence", sa.Integer(), nullable=False),
        sa.Column("office", sa.LargeBinary(), nullable=False),
        sa.Column("clock", sa.Text(), nullable=False),
        sa.Column("began_at", sa.BigInteger(), nullable=False),
        sa.Column("due_at", sa.BigInteger(), nullable=False),
        sa.Column("since_receipt", sa.BigInteger(), nullable=True),
        sa.Column("since_transmission", sa.BigInteger(), nullable=True),
        sa.Column("flagged", sa.Boolean(), nullable=False),
        sa.Column("wake_at", sa.BigInteger(), nullable=True),
        sa.Column("urgency", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint(
            "channel", "case_id", "kind", "since", "owner", name=op.f("pk_deadlines")
        ),
    )
    op.create_index("ix_deadlines_due", "deadlines", ["due_at", "urgency", "case_id"], unique=False)
    op.create_index("ix_deadlines_wake_at", "deadlines", ["wake_at"], unique=False)
    op.create_table(
        "unsettled_cases",
        sa.Column("channel", sa.LargeBinary(), nullable=False),
        sa.Column("case_id", sa.LargeBinary(), nullable=False),
        sa.Column("author", sa.Integer(), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("channel", "case_id", "author", name=op.f("pk_unsettled_cases")),
    )
    op.create_index(
        "ix_unsettled_cases_seq", "unsettled_cases", ["channel", "author", "seq"], unique=False
    )
    op.create_table(
        "clock_cursors",
        sa.Column("channel", sa.LargeBinary(), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("receipted", sa.BigInteger(), nullable=False),
        sa.Column("transmitted", sa.BigInteger(), nullable=False),
        sa.Column("packed", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("channel", name=op.f("pk_clock_cursors")),
    )


def _escalation() -> None:
    op.create_table(
        "raised_steps",
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("channel", sa.LargeBinary(), nullable=False),
        sa.Column("case_id", sa.LargeBinary(), nullable=False),
        sa.Column("term", sa.Text(), nullable=False),
        sa.Column("token", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("due_at", sa.BigInteger(), nullable=False),
        sa.Column("passed", sa.Integer(), nullable=False),
        sa.Column("officers", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_raised_steps")),
    )
    op.create_index("ix_raised_steps_case_id", "raised_steps", ["channel", "case_id"], unique=False)
    op.create_table(
        "offices",
        sa.Column("office", sa.LargeBinary(), nullable=False),
        sa.Column("timetable", sa.Text(), nullable=True),
        sa.Column("following", sa.LargeBinary(), nullable=True),
        sa.PrimaryKeyConstraint("office", name=op.f("pk_offices")),
    )
    op.create_table(
        "office_posts",
        sa.Column("office", sa.LargeBinary(), nullable=False),
        sa.Column("post", sa.Text(), nullable=False),
        sa.Column("officer", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("office", "post", "officer", name=op.f("pk_office_posts")),
    )
    op.create_table(
        "escalation_plans",
        sa.Column("precedence", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("plan", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("precedence", name=op.f("pk_escalation_plans")),
    )
