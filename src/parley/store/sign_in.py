"""Rows of signing in: passwords, one-time links, failures; and the end of all of an officer's."""

from __future__ import annotations

from typing import Final, NamedTuple

from sqlalchemy import Connection, delete, select

from parley.store import dialect, tables

_P = tables.passwords.c
_L = tables.sign_in_links.c
_F = tables.sign_in_failures.c

LOCK: Final = b"sign-in\0"
"""In the place of a channel: whoever counts failures, or takes a challenge, holds this lock."""

PASSING: Final = (
    tables.sessions,
    tables.sign_in_links,
    tables.passkey_challenges,
    tables.sign_in_failures,
)
"""Tables of what is over soon: no backup has it, and what was set back ends it."""


class PasswordRow(NamedTuple):
    """An officer's password, as Argon2id in the PHC string format."""

    officer: str
    hash: str
    set_at: int


class LinkRow(NamedTuple):
    """A one-time link, by SHA-256 of its token."""

    digest: bytes
    officer: str
    purpose: str
    made_at: int
    expires_at: int


class FailureRow(NamedTuple):
    """Failures in a row of whoever has ``key``, and when the last one was."""

    key: bytes
    tries: int
    last_at: int


def password(connection: Connection, officer: str) -> PasswordRow | None:
    """An officer's password."""
    query = select(tables.passwords).where(_P.officer == officer)
    row = connection.execute(query).one_or_none()
    return PasswordRow(*row) if row else None


def save_password(connection: Connection, row: PasswordRow) -> None:
    """Write an officer's password."""
    dialect.insert_rows(connection, tables.passwords, [row], replace=True)


def add_link(connection: Connection, row: LinkRow) -> None:
    """Add a link; an earlier one of the same officer, and all that are over, go."""
    gone = (_L.officer == row.officer) | (_L.expires_at <= row.made_at)
    connection.execute(delete(tables.sign_in_links).where(gone))
    dialect.insert_rows(connection, tables.sign_in_links, [row])


def link(connection: Connection, digest: bytes) -> LinkRow | None:
    """A link by SHA-256 of its token."""
    query = select(tables.sign_in_links).where(_L.digest == digest)
    row = connection.execute(query).one_or_none()
    return LinkRow(*row) if row else None


def links(connection: Connection) -> list[LinkRow]:
    """All links that are not used, by officer."""
    rows = connection.execute(select(tables.sign_in_links).order_by(_L.officer))
    return [LinkRow(*row) for row in rows]


def remove_link(connection: Connection, digest: bytes) -> bool:
    """Take a link away; false where it is gone."""
    return connection.execute(delete(tables.sign_in_links).where(_L.digest == digest)).rowcount == 1


def failures(connection: Connection, key: bytes) -> FailureRow | None:
    """The failures of whoever has ``key``."""
    query = select(tables.sign_in_failures).where(_F.key == key)
    row = connection.execute(query).one_or_none()
    return FailureRow(*row) if row else None


def save_failures(connection: Connection, row: FailureRow, *, most: int) -> None:
    """Write failures; where there are more than ``most`` rows, those longest ago are forgotten."""
    dialect.insert_rows(connection, tables.sign_in_failures, [row], replace=True)
    kept = tables.sign_in_failures.alias("kept")
    newest = select(kept.c.key).order_by(kept.c.last_at.desc(), kept.c.key)
    oldest = newest.offset(most).limit(most)
    connection.execute(delete(tables.sign_in_failures).where(_F.key.in_(oldest)))


def forgive(connection: Connection, key: bytes) -> None:
    """Forget failures."""
    connection.execute(delete(tables.sign_in_failures).where(_F.key == key))


def forget(connection: Connection, officer: str) -> None:
    """Leave an officer no way in, and no session."""
    for table in (
        tables.passwords,
        tables.passkeys,
        tables.sign_in_links,
        tables.sessions,
        tables.preferences,
    ):
        connection.execute(delete(table).where(table.c.officer == officer))


def end_everything(connection: Connection) -> None:
    """End all sessions, links and challenges of everybody; failures are forgotten."""
    for table in PASSING:
        connection.execute(delete(table))
