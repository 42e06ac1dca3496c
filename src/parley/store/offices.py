"""Rows of the house's offices: when each works, who holds it, and how deadlines are watched."""

from __future__ import annotations

from typing import NamedTuple

from sqlalchemy import Connection, delete, select

from parley.store import dialect, tables

_P = tables.office_posts.c


class OfficeRow(NamedTuple):
    """An office: its timetable as JSON (null: always at work), and the office after it."""

    office: bytes
    timetable: str | None
    following: bytes | None


class PostRow(NamedTuple):
    """An officer in a post of an office."""

    office: bytes
    post: str
    officer: str
    at: int


def every(connection: Connection) -> dict[bytes, OfficeRow]:
    """All offices that the house has settled something of."""
    rows = (OfficeRow(*row) for row in connection.execute(select(tables.offices)))
    return {row.office: row for row in rows}


def one(connection: Connection, office: bytes) -> OfficeRow:
    """One office."""
    query = select(tables.offices).where(tables.offices.c.office == office)
    row = connection.execute(query).one_or_none()
    return OfficeRow(*row) if row else OfficeRow(office, None, None)


def save(connection: Connection, row: OfficeRow) -> None:
    """Settle an office's hours, and the office after it."""
    dialect.insert_rows(connection, tables.offices, [row], replace=True)


def posts(connection: Connection) -> list[PostRow]:
    """Who is in which post, by office, post and name."""
    query = select(tables.office_posts).order_by(_P.office, _P.post, _P.officer)
    return [PostRow(*row) for row in connection.execute(query)]


def add_post(connection: Connection, row: PostRow) -> None:
    """Put an officer into a post; one who is in it already stays."""
    dialect.insert_rows(connection, tables.office_posts, [row], keep=True)


def remove_post(connection: Connection, office: bytes, post: str, officer: str) -> bool:
    """Take an officer out of a post; false where they were not in it."""
    same = (_P.office == office, _P.post == post, _P.officer == officer)
    return connection.execute(delete(tables.office_posts).where(*same)).rowcount == 1


def plans(connection: Connection) -> dict[int, str]:
    """The plans that the house has set, as JSON, by precedence."""
    found = connection.execute(select(tables.escalation_plans))
    return {row.precedence: row.plan for row in found}


def save_plan(connection: Connection, precedence: int, plan: str | None) -> None:
    """Set the plan of a precedence, or go back to the default."""
    c = tables.escalation_plans.c
    connection.execute(delete(tables.escalation_plans).where(c.precedence == precedence))
    if plan is not None:
        dialect.insert_rows(connection, tables.escalation_plans, [(precedence, plan)])
