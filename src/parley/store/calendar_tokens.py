"""Rows of calendar feeds: whose, since when, and SHA-256 of the token that opens each."""

from __future__ import annotations

from typing import NamedTuple

from sqlalchemy import Connection, insert, select, update

from parley.store import tables

_T = tables.calendar_tokens.c


class TokenRow(NamedTuple):
    """One feed. ``digest`` is SHA-256 of its token; ``revoked_at`` is null as long as it opens."""

    digest: bytes
    officer: str
    subjects: bool
    made_at: int
    revoked_at: int | None

    @property
    def name(self) -> str:
        """By what an officer names it."""
        return self.digest.hex()[:12]


def add(connection: Connection, row: TokenRow) -> None:
    """Add a feed."""
    connection.execute(insert(tables.calendar_tokens).values(**row._asdict()))


def revoke(connection: Connection, digest: bytes, at: int) -> None:
    """Have a token open nothing from now on."""
    query = update(tables.calendar_tokens).where(_T.digest == digest)
    connection.execute(query.values(revoked_at=at))


def of_officer(connection: Connection, officer: str) -> list[TokenRow]:
    """An officer's feeds, the oldest first."""
    query = select(tables.calendar_tokens).where(_T.officer == officer)
    rows = connection.execute(query.order_by(_T.made_at, _T.digest))
    return [TokenRow(*row) for row in rows]
