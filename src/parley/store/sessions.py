"""Rows of sessions, and of how officers want to read."""

from __future__ import annotations

from typing import Final, NamedTuple

from sqlalchemy import Connection, delete, insert, select, update

from parley.store import dialect, tables

_S = tables.sessions.c
_P = tables.preferences.c
_O = tables.officers.c


class SessionRow(NamedTuple):
    """One session. ``digest`` is SHA-256 of its token; ``way`` is how the officer came in."""

    digest: bytes
    officer: str
    way: str
    agent: str
    made_at: int
    seen_at: int
    confirmed_at: int


class PreferencesRow(NamedTuple):
    """How an officer wants to read; what is of no letters was never chosen."""

    officer: str
    language: str
    zone: str
    digits: str
    theme: str


def unspoken(officer: str) -> PreferencesRow:
    """The preferences of one who has never said any."""
    return PreferencesRow(officer, "", "", "", "")


_OPEN: Final = (
    select(tables.sessions, *(_P[name] for name in PreferencesRow._fields[1:]))
    .join(tables.officers, _O.name == _S.officer)
    .outerjoin(tables.preferences, _P.officer == _S.officer)
    .where(_O.active)
)
"""A session of an officer in service, and the officer's preferences."""


def one(connection: Connection, digest: bytes) -> tuple[SessionRow, PreferencesRow] | None:
    """A session by SHA-256 of its token; none where its officer is not in service."""
    found = connection.execute(_OPEN.where(_S.digest == digest)).one_or_none()
    if found is None:
        return None
    row = SessionRow(*found[: len(SessionRow._fields)])
    said = (text or "" for text in found[len(SessionRow._fields) :])
    return row, PreferencesRow(row.officer, *said)


def of_officer(connection: Connection, officer: str) -> list[SessionRow]:
    """An officer's sessions, the newest first."""
    query = select(tables.sessions).where(_S.officer == officer)
    rows = connection.execute(query.order_by(_S.made_at.desc(), _S.digest))
    return [SessionRow(*row) for row in rows]


def add(connection: Connection, row: SessionRow) -> None:
    """Add a session."""
    connection.execute(insert(tables.sessions).values(**row._asdict()))


def saw(connection: Connection, digest: bytes, now: int, before: int) -> None:
    """Note that a session was used, where that was not noted since ``before``."""
    query = update(tables.sessions).where(_S.digest == digest, _S.seen_at < before)
    connection.execute(query.values(seen_at=now))


def confirm(connection: Connection, digest: bytes, now: int) -> bool:
    """Note that the officer of a session has shown anew who it is; false where it has ended."""
    query = update(tables.sessions).where(_S.digest == digest)
    return connection.execute(query.values(confirmed_at=now, seen_at=now)).rowcount == 1


def remove(connection: Connection, digest: bytes) -> bool:
    """End a session; false where it had ended."""
    return connection.execute(delete(tables.sessions).where(_S.digest == digest)).rowcount == 1


def remove_all(connection: Connection, officer: str, *, but: bytes | None = None) -> int:
    """End all sessions of an officer, or all ``but`` one; returns how many."""
    query = delete(tables.sessions).where(_S.officer == officer)
    if but is not None:
        query = query.where(_S.digest != but)
    return connection.execute(query).rowcount


def prune(connection: Connection, made: int, seen: int) -> None:
    """Remove sessions that were made, or last seen, at these times or before."""
    over = (_S.made_at <= made) | (_S.seen_at <= seen)
    connection.execute(delete(tables.sessions).where(over))


def preferences(connection: Connection, officer: str) -> PreferencesRow:
    """How an officer wants to read."""
    query = select(tables.preferences).where(_P.officer == officer)
    row = connection.execute(query).one_or_none()
    return PreferencesRow(*row) if row else unspoken(officer)


def save_preferences(connection: Connection, row: PreferencesRow) -> None:
    """Write how an officer wants to read."""
    dialect.insert_rows(connection, tables.preferences, [row], replace=True)
