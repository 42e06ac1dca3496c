"""Forgetting attachments with the body that refers to them: their keys, then their files."""

from __future__ import annotations

from sqlalchemy import Connection

from parley.application import blobs
from parley.application.desk import Desk
from parley.record import attachment
from parley.record.body import Body
from parley.store import attachments as rows
from parley.store import log
from parley.store.attachments import ERASED
from parley.store.log import Entry
from parley.store.vault import Slot


def forget(desk: Desk, connection: Connection, entry: Entry, body: Body | None) -> list[Slot]:
    """Forget the attachments of a statement while its body is being erased, in its transaction.

    Returns the keys to destroy. Bytes to which another statement refers that still has its body
    stay for that one. Root, size and salt stood under the same keys; a row stays that says that
    there was something. ``body`` is null where it cannot be opened any more. :func:`remove` removes
    the files, before the keys are destroyed or after.
    """
    channel = entry.channel
    tags = {one.tag for one in rows.attached(connection, channel, position=entry.position)}
    if body is not None:
        said = attachment.in_body(body.values).values()
        tags |= {blobs.tag_of(desk, one.root) for one in said}
    slots: list[Slot] = []
    for tag in tags:
        row = rows.blob(connection, channel, tag)
        if row is None or row.state == ERASED or _is_needed(connection, entry, tag):
            continue
        slots.append(row.key)
        rows.change_blob(
            connection,
            row.id,
            state=ERASED,
            told=ERASED,
            sealed=b"",
            content=None,
            map=b"",
            held=0,
            reason=None,
            peer_held=None,
            peer_reason=None,
            peer_missing=None,
            draft=None,
        )
    return slots


def _is_needed(connection: Connection, entry: Entry, tag: bytes) -> bool:
    """Whether a statement with a body, other than this one, refers to the bytes."""
    return any(
        log.body(connection, entry.channel, one.position) is not None
        for one in rows.attached(connection, entry.channel, tag=tag)
        if one.position != entry.position
    )


def remove(desk: Desk) -> None:
    """Remove the files of all that was forgotten, what arrived in part included. May be repeated.

    :raises ParleyError: ``attachment-unwritable``.
    """
    with desk.database.read() as connection:
        gone = [row.id for row in rows.blobs(connection) if row.state == ERASED]
    for identifier in gone:
        desk.chunks.remove(identifier)
