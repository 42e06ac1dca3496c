"""Forgetting attachments with the body that refers to them: keys, files, packed pouches."""

from __future__ import annotations

from typing import NamedTuple

from sqlalchemy import Connection

from parley.application import blobs
from parley.application.desk import Desk
from parley.store import attachments as rows
from parley.store import log
from parley.store.attachments import ERASED
from parley.store.vault import Slot


class Forgotten(NamedTuple):
    """What is to be done once the transaction that erased a body has committed.

    ``slots`` are keys in the vault to destroy, ``files`` sealed bytes to remove, ``pouches`` packed
    files with chunks in them, by counter.
    """

    slots: tuple[Slot, ...]
    files: tuple[bytes, ...]
    pouches: tuple[int, ...]


def forget(desk: Desk, connection: Connection, channel_id: bytes, leaf: bytes) -> Forgotten:
    """Forget the attachments of a statement whose body is being erased, in its transaction.

    Bytes to which another statement refers as well stay for that one. What has no key any more is
    nothing: root, size and salt were sealed under it, and the row keeps that it was there. The
    caller destroys the keys, calls :func:`remove` and deletes the pouches. The bodies of the other
    statements must still be readable, or be erased already.

    :raises ParleyError: ``attachment-unwritable``.
    """
    entry = log.by_leaf(connection, channel_id, leaf)
    if entry is None:
        return Forgotten((), (), ())
    tags = {one.tag for one in rows.attached(connection, channel_id, position=entry.position)}
    tags |= {
        blobs.tag_of(desk, one.root) for one in blobs.commitments(desk, connection, entry).values()
    }
    slots: list[Slot] = []
    files: list[bytes] = []
    pouches: set[int] = set()
    for tag in tags:
        row = rows.blob(connection, channel_id, tag)
        if row is None or row.state == ERASED:
            continue
        others = [
            one
            for one in rows.attached(connection, channel_id, tag=tag)
            if one.position != entry.position
            and log.body(connection, channel_id, one.position) is not None
        ]
        if others:
            continue
        slots.append(row.key)
        files.append(row.id)
        pouches.update(rows.pouched(connection, channel_id, tag))
        rows.change_blob(
            connection,
            row.id,
            state=ERASED,
            told=ERASED,
            sealed=b"",
            content=None,
            map=b"",
            held=0,
            peer_missing=None,
            reason=None,
        )
    return Forgotten(tuple(slots), tuple(files), tuple(sorted(pouches)))


def remove(desk: Desk, forgotten: Forgotten) -> None:
    """Remove the sealed bytes of what was forgotten; what a crash leaves, the next start removes.

    :raises ParleyError: ``attachment-unwritable``.
    """
    for identifier in forgotten.files:
        desk.chunks.remove(identifier)
