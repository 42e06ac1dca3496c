"""Alerts, the routes on which officers get them, duty, and tokens of calendar feeds.

An alert names an occasion, a place and an officer; no text, no subject, no secret stands here.
Times are seconds since the epoch (UTC), those that end in ``_ms`` are milliseconds.
"""

from __future__ import annotations

from typing import Final

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Index,
    Integer,
    LargeBinary,
    Table,
    Text,
    UniqueConstraint,
)

from parley.store.metadata import metadata

# One row for each officer who is to learn of an occasion. ``key`` names the occasion.
alerts: Final = Table(
    "alerts",
    metadata,
    Column("id", LargeBinary, primary_key=True),
    Column("key", Text, nullable=False),
    Column("officer", Text, nullable=False),
    Column("occasion", Text, nullable=False),
    Column("channel", LargeBinary, nullable=True),
    Column("case_id", LargeBinary, nullable=True),
    Column("precedence", Integer, nullable=False),
    Column("at", BigInteger, nullable=False),
    Column("deadline", BigInteger, nullable=True),
    # When the officer is told first: later than ``at`` in quiet hours.
    Column("wakes_at", BigInteger, nullable=False),
    # When it was given to the next on duty, because nobody had acknowledged it.
    Column("passed_at", BigInteger, nullable=True),
    Column("ended_at", BigInteger, nullable=True),
    Column("ended", Text, nullable=True),
    Column("ended_by", Text, nullable=True),
    UniqueConstraint("key", "officer"),
    Index("ix_alerts_officer", "officer", "ended_at"),
    Index("ix_alerts_ended_at", "ended_at", "passed_at", "precedence", "wakes_at"),
    Index("ix_alerts_case_id", "case_id", "occasion", "ended_at"),
)

# One row for each route of the officer: how often it has told of the alert, and when it is next to.
alert_tellings: Final = Table(
    "alert_tellings",
    metadata,
    Column("alert", LargeBinary, primary_key=True),
    Column("route", Integer, primary_key=True, autoincrement=False),
    Column("told", Integer, nullable=False),
    # Failures since it last told of it.
    Column("attempts", Integer, nullable=False),
    # Null once nothing is to be told any more.
    Column("next_ms", BigInteger, nullable=True),
    # Until when a process has it in hand, and which.
    Column("claimed_until_ms", BigInteger, nullable=False),
    Column("claim", LargeBinary, nullable=True),
    Column("told_at", BigInteger, nullable=True),
    Column("last_reason", Text, nullable=True),
    Index("ix_alert_tellings_next_ms", "next_ms"),
)

# Where an officer is told of what is at least as urgent as ``floor``. ``transport`` is named in the
# configuration, which alone has servers, addresses of webhooks, and commands.
alert_routes: Final = Table(
    "alert_routes",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("officer", Text, nullable=False, index=True),
    Column("kind", Text, nullable=False),
    Column("transport", Text, nullable=False),
    Column("address", Text, nullable=False),
    Column("floor", Integer, nullable=False),
    Column("added_at", BigInteger, nullable=False),
)

# ``quiet_from`` and ``quiet_to`` are minutes of the officer's day; both null: never quiet.
alert_settings: Final = Table(
    "alert_settings",
    metadata,
    Column("officer", Text, primary_key=True),
    Column("language", Text, nullable=False),
    Column("zone", Text, nullable=False),
    Column("quiet_from", Integer, nullable=True),
    Column("quiet_to", Integer, nullable=True),
    # Whether an alert may name the other party.
    Column("parties", Boolean, nullable=False),
)

# How far the watcher has read each source; ``channel`` of no bytes: of the whole house.
alert_cursors: Final = Table(
    "alert_cursors",
    metadata,
    Column("source", Text, primary_key=True),
    Column("channel", LargeBinary, primary_key=True),
    Column("position", BigInteger, nullable=False),
    Column("mark", Text, nullable=False),
)

# Who is on duty for an office (of no bytes: for the house), the first in rank first.
duty_shifts: Final = Table(
    "duty_shifts",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("office", LargeBinary, nullable=False),
    Column("officer", Text, nullable=False),
    Column("rank", Integer, nullable=False),
    Column("starts_at", BigInteger, nullable=False),
    Column("ends_at", BigInteger, nullable=False),
    Column("planned_by", Text, nullable=False),
    Index("ix_duty_shifts_ends_at", "ends_at", "starts_at"),
)

# One officer gives duty to another. The note, with what was open then, is sealed like a draft.
handovers: Final = Table(
    "handovers",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("office", LargeBinary, nullable=False),
    Column("leaving", Text, nullable=False),
    Column("taking", Text, nullable=False),
    Column("at", BigInteger, nullable=False),
    Column("segment", BigInteger, nullable=False),
    Column("slot", Integer, nullable=False),
    Column("sealed", LargeBinary, nullable=False),
    Column("taken_at", BigInteger, nullable=True),
    UniqueConstraint("segment", "slot"),
)

# Of a token only SHA-256 is kept. ``subjects``: whether the feed shows what cases are about.
calendar_tokens: Final = Table(
    "calendar_tokens",
    metadata,
    Column("digest", LargeBinary, primary_key=True),
    Column("officer", Text, nullable=False, index=True),
    Column("subjects", Boolean, nullable=False),
    Column("made_at", BigInteger, nullable=False),
    Column("revoked_at", BigInteger, nullable=True),
)
