"""The bytes of attachments looked after: what is gone, what belongs to nothing, what is damaged."""

from __future__ import annotations

from parley.application import blobs
from parley.application.blobs import Blob
from parley.application.desk import Desk
from parley.crypto import merkle
from parley.crypto.merkle import Frontier
from parley.domain.draft import Stage
from parley.kernel.errors import ParleyError
from parley.kernel.reasons import Reason
from parley.record import attachment
from parley.record.fsck import Fault
from parley.store import attachments as rows
from parley.store import house as drafts
from parley.store.attachments import ERASED, WHOLE, BlobRow


def look_after(desk: Desk) -> None:
    """At a start: see which files are gone, and remove those that belong to nothing."""
    # A statement may have left that nobody has looked at: what it refers to is in use.
    blobs.catch_up(desk)
    with desk.database.read() as connection:
        every = rows.blobs(connection)
        channels = {channel.id for channel, _row in desk.channels(connection)}
    for row in every:
        if row.state == ERASED:
            desk.chunks.remove(row.id)
        elif row.held and row.channel in channels and not desk.chunks.is_there(row.id):
            blobs.mislaid(desk, blobs.opened(desk, row))
    for row in every:
        if row.draft is not None and _given_up(desk, row):
            desk.chunks.remove(row.id)
    for identifier in desk.chunks.strays([row.id for row in every]):
        desk.chunks.remove(identifier)


def _given_up(desk: Desk, row: BlobRow) -> bool:
    """Whether the draft for which bytes were taken in has ended without them; then forget them."""
    with desk.database.write(row.channel) as connection:
        draft = drafts.draft(connection, row.draft or b"")
        if draft is not None and draft.stage not in {Stage.ABANDONED, Stage.RELEASED}:
            return False
        if rows.attached(connection, row.channel, tag=row.tag):
            return False
        rows.drop_blob(connection, row.id)
    return True


def faults(desk: Desk) -> list[Fault]:
    """Read every byte of every attachment that is held, and compare it with its root."""
    found: list[Fault] = []
    with desk.database.read() as connection:
        every = rows.blobs(connection)
    for row in every:
        if row.state == ERASED or not row.held:
            continue
        try:
            _check(desk, blobs.opened(desk, row))
        except ParleyError as error:
            found.append(Fault(row.channel, f"blobs[{row.id.hex()}]", error.reason))
    return found


def _check(desk: Desk, blob: Blob) -> None:
    """Check the chunks that are held against their leaves, and those of whole bytes with the root.

    :raises ParleyError: ``attachment-damaged``.
    """
    file, holding, shape, meta = blobs.file_of(desk, blob), blob.holding(), blob.shape, blob.known
    if holding is None or shape is None or meta.salt is None:
        raise ParleyError(Reason.ATTACHMENT_DAMAGED)
    tree = Frontier()
    for index in range(shape.chunks):
        if index in holding:
            tree.append(merkle.leaf_hash(desk.chunks.read(file, index)))
    whole = blob.row.state == WHOLE
    if whole and attachment.root_of(meta.salt, shape, tree.root()) != meta.root:
        raise ParleyError(Reason.ATTACHMENT_DAMAGED)
