"""Rows of passkeys, and of the challenges that they are to sign."""

from __future__ import annotations

from typing import NamedTuple

from sqlalchemy import Connection, delete, func, insert, select, update

from parley.store import tables

_P = tables.passkeys.c
_C = tables.passkey_challenges.c


class PasskeyRow(NamedTuple):
    """One passkey. ``public_key`` is a COSE_Key, ``transports`` are separated by spaces."""

    id: bytes
    officer: str
    name: str
    public_key: bytes
    sign_count: int
    synced: bool
    transports: str
    made_at: int
    used_at: int | None


class ChallengeRow(NamedTuple):
    """What a passkey is to sign, by its SHA-256; ``bound`` to what only who asked has."""

    digest: bytes
    purpose: str
    bound: bytes
    client: bytes
    made_at: int


def one(connection: Connection, credential: bytes) -> PasskeyRow | None:
    """A passkey by the identifier of its credential."""
    query = select(tables.passkeys).where(_P.id == credential)
    row = connection.execute(query).one_or_none()
    return PasskeyRow(*row) if row else None


def of_officer(connection: Connection, officer: str) -> list[PasskeyRow]:
    """An officer's passkeys, the oldest first."""
    query = select(tables.passkeys).where(_P.officer == officer)
    return [PasskeyRow(*row) for row in connection.execute(query.order_by(_P.made_at, _P.id))]


def add(connection: Connection, row: PasskeyRow) -> None:
    """Add a passkey."""
    connection.execute(insert(tables.passkeys).values(**row._asdict()))


def used(connection: Connection, row: PasskeyRow, count: int, now: int) -> bool:
    """Note the use of a passkey that is still as in ``row``; false where it is not."""
    query = update(tables.passkeys).where(_P.id == row.id, _P.sign_count == row.sign_count)
    return connection.execute(query.values(sign_count=count, used_at=now)).rowcount == 1


def remove(connection: Connection, credential: bytes) -> None:
    """Remove a passkey."""
    connection.execute(delete(tables.passkeys).where(_P.id == credential))


def ask(connection: Connection, row: ChallengeRow, *, expired: int, of_one: int, most: int) -> None:
    """Keep a challenge; those made before ``expired`` go, and the oldest where there are too many.

    ``of_one`` challenges of one address are kept at most, and ``most`` in all.
    """
    connection.execute(delete(tables.passkey_challenges).where(_C.made_at < expired))
    kept = tables.passkey_challenges.alias("kept")
    every = select(kept.c.digest).order_by(kept.c.made_at.desc(), kept.c.digest).limit(most)
    mine = every.where(kept.c.client == row.client)
    for surplus in (mine.offset(of_one - 1), every.offset(most - 1)):
        connection.execute(delete(tables.passkey_challenges).where(_C.digest.in_(surplus)))
    connection.execute(insert(tables.passkey_challenges).values(**row._asdict()))


def take(connection: Connection, digest: bytes) -> ChallengeRow | None:
    """Take a challenge away, to be used this once."""
    query = select(tables.passkey_challenges).where(_C.digest == digest)
    row = connection.execute(query).one_or_none()
    gone = connection.execute(delete(tables.passkey_challenges).where(_C.digest == digest))
    return ChallengeRow(*row) if row and gone.rowcount == 1 else None


def waiting(connection: Connection) -> int:
    """How many challenges are kept."""
    query = select(func.count()).select_from(tables.passkey_challenges)
    return int(connection.execute(query).scalar_one())
