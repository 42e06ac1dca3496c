"""What witnesses have cosigned, and how the last contact with each of them went."""

from __future__ import annotations

from typing import NamedTuple

from sqlalchemy import Connection, delete, func, insert, select

from parley.store import dialect, tables


class WitnessingRow(NamedTuple):
    """A witness' cosignature over ``owner``'s checkpoint of ``size``: its line in the signed note.

    ``kind``: the C2SP signature type, 4 (Ed25519) or 6 (ML-DSA-44). ``timestamp`` is the witness'
    clock. ``key`` is the raw public key by which the line was verified.
    """

    channel: bytes
    owner: int
    size: int
    witness: str
    kind: int
    timestamp: int
    key: bytes
    line: str


class ContactRow(NamedTuple):
    """The last contact with a witness over a channel; ``reason``: what was wrong, if anything."""

    channel: bytes
    witness: str
    at: int
    reason: str | None


_W = tables.witnessings.c


def add(connection: Connection, row: WitnessingRow) -> None:
    """Keep a witness' cosignature; the first of its kind at a size stays."""
    connection.execute(dialect.insert_ignore(connection, tables.witnessings), row._asdict())


def greatest_size(connection: Connection, channel: bytes, owner: int, witness: str) -> int:
    """Up to which size a witness is known to have cosigned ``owner``'s log; 0 for never."""
    query = select(func.max(_W.size)).where(
        _W.channel == channel, _W.owner == owner, _W.witness == witness
    )
    return int(connection.execute(query).scalar_one() or 0)


def at(connection: Connection, channel: bytes, owner: int, size: int) -> list[WitnessingRow]:
    """The witnesses' cosignatures over one checkpoint."""
    query = (
        select(tables.witnessings)
        .where(_W.channel == channel, _W.owner == owner, _W.size == size)
        .order_by(_W.witness, _W.kind)
    )
    return [WitnessingRow(*row) for row in connection.execute(query)]


def newest(connection: Connection, channel: bytes, owner: int) -> list[WitnessingRow]:
    """Of each witness the cosignatures over the greatest checkpoint of ``owner``'s log."""
    sizes = (
        select(_W.witness, func.max(_W.size).label("size"))
        .where(_W.channel == channel, _W.owner == owner)
        .group_by(_W.witness)
        .subquery()
    )
    query = (
        select(tables.witnessings)
        .join(sizes, (sizes.c.witness == _W.witness) & (sizes.c.size == _W.size))
        .where(_W.channel == channel, _W.owner == owner)
        .order_by(_W.witness, _W.kind)
    )
    return [WitnessingRow(*row) for row in connection.execute(query)]


def contacts(connection: Connection, channel: bytes) -> list[ContactRow]:
    """The last contact with each witness over a channel, by name."""
    c = tables.witness_contacts.c
    query = select(tables.witness_contacts).where(c.channel == channel).order_by(c.witness)
    return [ContactRow(*row) for row in connection.execute(query)]


def save_contact(connection: Connection, row: ContactRow) -> None:
    """Keep how the last contact went."""
    c = tables.witness_contacts.c
    connection.execute(
        delete(tables.witness_contacts).where(c.channel == row.channel, c.witness == row.witness)
    )
    connection.execute(insert(tables.witness_contacts).values(**row._asdict()))
