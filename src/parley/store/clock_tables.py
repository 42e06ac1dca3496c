"""The tables of deadlines: a view of what is due, what was raised, and how a house watches.

``deadlines``, ``unsettled_cases`` and ``clock_cursors`` are a view over the record, written behind
it and rebuilt at will. ``raised_steps`` is kept for good: what stands there is not raised again.
``offices`` .. ``escalation_plans`` are the house's.
"""

from __future__ import annotations

from typing import Final

from sqlalchemy import BigInteger, Boolean, Column, Index, Integer, LargeBinary, Table, Text

from parley.store.metadata import metadata

deadlines: Final = Table(
    "deadlines",
    metadata,
    Column("channel", LargeBinary, primary_key=True),
    Column("case_id", LargeBinary, primary_key=True),
    Column("kind", Text, primary_key=True),
    Column("since", LargeBinary, primary_key=True),
    Column("owner", Integer, primary_key=True),
    Column("case_kind", Text, nullable=False),
    Column("ours", Boolean, nullable=False),
    Column("precedence", Integer, nullable=False),
    # Ours that is concerned.
    Column("office", LargeBinary, nullable=False),
    # By which clock it runs, when that began, and when it ends.
    Column("clock", Text, nullable=False),
    Column("began_at", BigInteger, nullable=False),
    Column("due_at", BigInteger, nullable=False),
    Column("since_receipt", BigInteger, nullable=True),
    Column("since_transmission", BigInteger, nullable=True),
    Column("flagged", Boolean, nullable=False),
    # When to see what is to be raised next; null: nothing follows.
    Column("wake_at", BigInteger, nullable=True),
    # Three less the precedence: the most urgent first, where deadlines are equal.
    Column("urgency", Integer, nullable=False),
    Index("ix_deadlines_due", "due_at", "urgency", "case_id"),
    Index("ix_deadlines_wake_at", "wake_at"),
)

# Open cases with acts that not all members are known to have seen: from which of each member's on.
unsettled_cases: Final = Table(
    "unsettled_cases",
    metadata,
    Column("channel", LargeBinary, primary_key=True),
    Column("case_id", LargeBinary, primary_key=True),
    Column("author", Integer, primary_key=True),
    Column("seq", BigInteger, nullable=False),
    Index("ix_unsettled_cases_seq", "channel", "author", "seq"),
)

# How far the view has come: statements in our log, and of our own those that are receipted and
# those that were transmitted. ``packed``: from which of our own on a pouch was handed over since.
clock_cursors: Final = Table(
    "clock_cursors",
    metadata,
    Column("channel", LargeBinary, primary_key=True),
    Column("position", BigInteger, nullable=False),
    Column("receipted", BigInteger, nullable=False),
    Column("transmitted", BigInteger, nullable=False),
    Column("packed", BigInteger, nullable=True),
)

raised_steps: Final = Table(
    "raised_steps",
    metadata,
    Column("key", Text, primary_key=True),
    Column("channel", LargeBinary, nullable=False),
    Column("case_id", LargeBinary, nullable=False),
    # That of the deadline; ``token`` names the step among its steps.
    Column("term", Text, nullable=False),
    Column("token", Text, nullable=False),
    Column("at", BigInteger, nullable=False),
    Column("due_at", BigInteger, nullable=False),
    # How many steps before it went by unseen, and are told with it.
    Column("passed", Integer, nullable=False),
    # The officers who were told, separated by spaces.
    Column("officers", Text, nullable=False),
    Index("ix_raised_steps_case_id", "channel", "case_id"),
)

offices: Final = Table(
    "offices",
    metadata,
    Column("office", LargeBinary, primary_key=True),
    # When it works, as JSON; null: always.
    Column("timetable", Text, nullable=True),
    # The office after it.
    Column("following", LargeBinary, nullable=True),
)

office_posts: Final = Table(
    "office_posts",
    metadata,
    Column("office", LargeBinary, primary_key=True),
    Column("post", Text, primary_key=True),
    Column("officer", Text, primary_key=True),
    Column("at", BigInteger, nullable=False),
)

escalation_plans: Final = Table(
    "escalation_plans",
    metadata,
    Column("precedence", Integer, primary_key=True, autoincrement=False),
    Column("plan", Text, nullable=False),
)
