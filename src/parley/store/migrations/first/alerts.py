"""Alerts, duty, calendar feeds."""

import sqlalchemy as sa
from alembic import op


def create() -> None:
    """Make these tables."""
    _alerts()
    _settings()
    _duty()
    _calendars()


def _alerts() -> None:
    op.create_table(
        "alerts",
        sa.Column("id", sa.LargeBinary(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("officer", sa.Text(), nullable=False),
        sa.Column("occasion", sa.Text(), nullable=False),
        sa.Column("channel", sa.LargeBinary(), nullable=True),
        sa.Column("case_id", sa.LargeBinary(), nullable=True),
        sa.Column("precedence", sa.Integer(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("deadline", sa.BigInteger(), nullable=True),
        sa.Column("wakes_at", sa.BigInteger(), nullable=False),
        sa.Column("passed_at", sa.BigInteger(), nullable=True),
        sa.Column("ended_at", sa.BigInteger(), nullable=True),
        sa.Column("ended", sa.Text(), nullable=True),
        sa.Column("ended_by", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_alerts")),
        sa.UniqueConstraint("key", "officer", name=op.f("uq_alerts_key_officer")),
    )
    op.create_index(
        "ix_alerts_case_id",
        "alerts",
        ["case_id", "occasion", "ended_at"],
        unique=False,
    )
    op.create_index(
        "ix_alerts_ended_at",
        "alerts",
        ["ended_at", "passed_at", "precedence", "wakes_at"],
        unique=False,
    )
    op.create_index("ix_alerts_officer", "alerts", ["officer", "ended_at"], unique=False)
    op.create_table(
        "alert_tellings",
        sa.Column("alert", sa.LargeBinary(), nullable=False),
        sa.Column("route", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("told", sa.Integer(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("next_ms", sa.BigInteger(), nullable=True),
        sa.Column("claimed_until_ms", sa.BigInteger(), nullable=False),
        sa.Column("claim", sa.LargeBinary(), nullable=True),
        sa.Column("told_at", sa.BigInteger(), nullable=True),
        sa.Column("last_reason", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("alert", "route", name=op.f("pk_alert_tellings")),
    )
    op.create_index("ix_alert_tellings_next_ms", "alert_tellings", ["next_ms"], unique=False)
    op.create_table(
        "alert_cursors",
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("channel", sa.LargeBinary(), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("mark", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("source", "channel", name=op.f("pk_alert_cursors")),
    )


def _settings() -> None:
    op.create_table(
        "alert_routes",
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("officer", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("transport", sa.Text(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("floor", sa.Integer(), nullable=False),
        sa.Column("added_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_alert_routes")),
    )
    op.create_index(op.f("ix_alert_routes_officer"), "alert_routes", ["officer"], unique=False)
    op.create_table(
        "alert_settings",
        sa.Column("officer", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("zone", sa.Text(), nullable=False),
        sa.Column("quiet_from", sa.Integer(), nullable=True),
        sa.Column("quiet_to", sa.Integer(), nullable=True),
        sa.Column("parties", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("officer", name=op.f("pk_alert_settings")),
    )


def _duty() -> None:
    op.create_table(
        "duty_shifts",
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("office", sa.LargeBinary(), nullable=False),
        sa.Column("officer", sa.Text(), nullable=False),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.Column("starts_at", sa.BigInteger(), nullable=False),
        sa.Column("ends_at", sa.BigInteger(), nullable=False),
        sa.Column("planned_by", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_duty_shifts")),
    )
    op.create_index(
        "ix_duty_shifts_ends_at",
        "duty_shifts",
        ["ends_at", "starts_at"],
        unique=False,
    )
    op.create_table(
        "handovers",
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("office", sa.LargeBinary(), nullable=False),
        sa.Column("leaving", sa.Text(), nullable=False),
        sa.Column("taking", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("segment", sa.BigInteger(), nullable=False),
        sa.Column("slot", sa.Integer(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("taken_at", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_handovers")),
        sa.UniqueConstraint("segment", "slot", name=op.f("uq_handovers_segment_slot")),
    )


def _calendars() -> None:
    op.create_table(
        "calendar_tokens",
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("officer", sa.Text(), nullable=False),
        sa.Column("subjects", sa.Boolean(), nullable=False),
        sa.Column("made_at", sa.BigInteger(), nullable=False),
        sa.Column("revoked_at", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_calendar_tokens")),
    )
    op.create_index(
        op.f("ix_calendar_tokens_officer"), "calendar_tokens", ["officer"], unique=False
    )
