"""The house: its officers, drafts and own record."""

import sqlalchemy as sa
from alembic import op


def create() -> None:
    """Make these tables."""
    _drafts()
    _officers()
    _log()
    _vault()


def _drafts() -> None:
    op.create_table(
        "openings",
        sa.Column("channel", sa.LargeBinary(), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("officer", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("channel", "position", name=op.f("pk_openings")),
    )
    op.create_table(
        "waiting",
        sa.Column("channel", sa.LargeBinary(), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("channel", "position", name=op.f("pk_waiting")),
    )
    op.create_table(
        "waiting_upto",
        sa.Column("channel", sa.LargeBinary(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("channel", name=op.f("pk_waiting_upto")),
    )
    op.create_table(
        "drafts",
        sa.Column("id", sa.LargeBinary(), nullable=False),
        sa.Column("channel", sa.LargeBinary(), nullable=False),
        sa.Column("case_id", sa.LargeBinary(), nullable=False),
        sa.Column("about", sa.LargeBinary(), nullable=True),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("stage", sa.Text(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("changed_at", sa.BigInteger(), nullable=False),
        sa.Column("workflow", sa.LargeBinary(), nullable=False),
        sa.Column("segment", sa.BigInteger(), nullable=False),
        sa.Column("slot", sa.Integer(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("released_leaf", sa.LargeBinary(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_drafts")),
        sa.UniqueConstraint("segment", "slot", name=op.f("uq_drafts_segment_slot")),
    )
    op.create_index("ix_drafts_changed_at", "drafts", ["changed_at"], unique=False)
    op.create_index(
        "ix_drafts_pending",
        "drafts",
        ["channel"],
        unique=False,
        sqlite_where=sa.text("released_leaf IS NULL"),
        postgresql_where=sa.text("released_leaf IS NULL"),
    )
    op.create_index(
        "ix_drafts_under_way",
        "drafts",
        ["changed_at", "id", "stage"],
        unique=False,
        sqlite_where=sa.text("released_leaf IS NULL"),
        postgresql_where=sa.text("released_leaf IS NULL"),
    )
    op.create_table(
        "draft_writers",
        sa.Column("officer", sa.Text(), nullable=False),
        sa.Column("draft", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("officer", "draft", name=op.f("pk_draft_writers")),
    )


def _officers() -> None:
    op.create_table(
        "officers",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("roles", sa.Text(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("added_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_officers")),
    )
    op.create_table(
        "grants",
        sa.Column("officer", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("channel", sa.LargeBinary(), nullable=False),
        sa.Column("case_id", sa.LargeBinary(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("officer", "role", "channel", "case_id", name=op.f("pk_grants")),
    )
    op.create_table(
        "recusals",
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("officer", sa.Text(), nullable=False),
        sa.Column("delegate", sa.Text(), nullable=False),
        sa.Column("channel", sa.LargeBinary(), nullable=True),
        sa.Column("linked", sa.Boolean(), nullable=False),
        sa.Column("ground", sa.Text(), nullable=False),
        sa.Column("recorded_by", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("ended_at", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_recusals")),
    )
    op.create_index(op.f("ix_recusals_officer"), "recusals", ["officer"], unique=False)
    op.create_table(
        "recusal_cases",
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("case_id", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("number", "case_id", name=op.f("pk_recusal_cases")),
    )


def _log() -> None:
    op.create_table(
        "house_log",
        sa.Column("position", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("generation", sa.BigInteger(), nullable=False),
        sa.Column("leaf", sa.LargeBinary(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("officer", sa.Text(), nullable=True),
        sa.Column("act", sa.Text(), nullable=False),
        sa.Column("channel", sa.LargeBinary(), nullable=True),
        sa.Column("case_id", sa.LargeBinary(), nullable=True),
        sa.Column("draft", sa.LargeBinary(), nullable=True),
        sa.Column("number", sa.BigInteger(), nullable=True),
        sa.Column("data", sa.LargeBinary(), nullable=False),
        sa.Column("note", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("position", name=op.f("pk_house_log")),
        sa.UniqueConstraint("leaf", name=op.f("uq_house_log_leaf")),
    )
    op.create_index(
        "ix_house_log_case_id", "house_log", ["case_id", "officer", "position"], unique=False
    )
    op.create_table(
        "house_head",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("generation", sa.BigInteger(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("frontier", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_house_head")),
    )


def _vault() -> None:
    op.create_table(
        "vault",
        sa.Column("segment", sa.BigInteger(), nullable=False),
        sa.Column("used", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("segment", name=op.f("pk_vault")),
    )
