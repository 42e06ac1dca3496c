"""What was packed into files: which statements, and where the files lie."""

from __future__ import annotations

from collections.abc import Iterable
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple

from sqlalchemy import Connection, delete, insert, select

from parley.store import tables
from parley.store.files import shred


class PouchRow(NamedTuple):
    """A frame of ours in the file at ``path`` whose SHA-256 is ``digest``.

    Our statements from ``first_seq`` up to, not including, ``upto`` are in it. ``counter`` is that
    of its header.
    """

    channel: bytes
    counter: int
    first_seq: int
    upto: int
    path: str
    digest: bytes
    packed_at: int


def add(connection: Connection, row: PouchRow) -> None:
    """Note a frame that is about to be written to a file."""
    connection.execute(insert(tables.pouches).values(**row._asdict()))


def every(connection: Connection) -> list[PouchRow]:
    """All that is noted, the oldest first."""
    c = tables.pouches.c
    query = select(tables.pouches).order_by(c.packed_at, c.channel, c.counter)
    return [PouchRow(*row) for row in connection.execute(query)]


def of_channels(connection: Connection, channels: Iterable[bytes]) -> list[PouchRow]:
    """What is noted of some channels."""
    wanted = set(channels)
    return [row for row in every(connection) if row.channel in wanted]


def shred_file(row: PouchRow) -> None:
    """Overwrite and remove a packed file that still lies where it was written.

    A file that was carried away, or that another one has replaced, is not ours to touch.
    """
    path = Path(row.path)
    try:
        if sha256(path.read_bytes()).digest() == row.digest:
            shred(path)
    except (FileNotFoundError, NotADirectoryError):
        return


def drop(connection: Connection, row: PouchRow) -> None:
    """Forget a file that is no longer there."""
    c = tables.pouches.c
    connection.execute(
        delete(tables.pouches).where(c.channel == row.channel, c.counter == row.counter)
    )
    p = tables.pouched.c
    connection.execute(
        delete(tables.pouched).where(p.channel == row.channel, p.counter == row.counter)
    )
