"""Taking a file in for a draft in parts, in any order, as a browser brings it.

Who brings a file says first how its chunks hash (RFC 9162, 2.1.1). So its root stands before the
first byte has come: each chunk is checked when it comes, sealed and noted like one of the other
side, and what is missing is known after a line broke, or after the browser was started anew.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import NamedTuple

from parley.application import attaching, blobs, drafts, house
from parley.application.attaching import Label
from parley.application.blobs import Blob, Particulars
from parley.application.desk import Desk
from parley.application.draft_keeping import DraftView, readable
from parley.application.places import Places
from parley.crypto import merkle
from parley.domain import access
from parley.domain.housekeeping import HouseAct
from parley.domain.roles import Duty
from parley.kernel.errors import ParleyError
from parley.kernel.reasons import Reason
from parley.record import attachment
from parley.record.attachment import Commitment, Shape
from parley.record.holding import Range
from parley.store import attachments as rows
from parley.store import house as drafts_rows
from parley.store.attachments import OPEN, WHOLE, BlobRow

LEAF_BYTES = 32


class Upload(NamedTuple):
    """A file that comes in parts: ``missing`` are its chunks that have not come, as ranges."""

    id: bytes
    shape: Shape
    missing: tuple[Range, ...]


def shape_of(desk: Desk, size: int) -> Shape:
    """How this desk cuts a file of ``size`` bytes."""
    return Shape(size, attachment.fitting_bits(size, desk.policy.attachments.chunk_bits))


def begin(desk: Desk, officer: str, draft_id: bytes, size: int, leaves: bytes) -> Upload:
    """Say of a file of ``size`` bytes how its chunks hash; go on where an earlier one broke off.

    ``leaves`` are the leaf hashes, one behind the other.

    :raises ParleyError: ``draft-unknown``, ``role-forbids``, ``attachments-not-allowed``,
        ``attachment-empty``, ``attachment-too-large``, ``storage-full``; ``chunk-wrong`` where
        there are not as many hashes as chunks.
    """
    draft = attaching.may_attach(desk, officer, draft_id)
    attaching.next_number(draft)
    attaching.check_size(desk, size)
    shape = shape_of(desk, size)
    if len(leaves) != LEAF_BYTES * shape.chunks:
        raise ParleyError(Reason.CHUNK_WRONG, fact="leaves")
    hashes = [leaves[at : at + LEAF_BYTES] for at in range(0, len(leaves), LEAF_BYTES)]
    tree_root = merkle.root(hashes)
    content = blobs.content_of(desk, draft.channel.id, tree_root, shape)
    with desk.database.read() as connection:
        # Of this draft alone: nobody has bytes attached of which they have the hashes only.
        known = [
            row
            for row in rows.blobs(connection, draft.channel.id)
            if row.draft == draft_id and row.content == content and row.state in (OPEN, WHOLE)
        ]
    if known and desk.chunks.is_there(known[-1].id):
        return _state(blobs.opened(desk, known[-1]))
    return _announced(desk, draft, shape, hashes, tree_root, content)


def _announced(
    desk: Desk,
    draft: DraftView,
    shape: Shape,
    hashes: Sequence[bytes],
    tree_root: bytes,
    content: bytes,
) -> Upload:
    salt, identifier = os.urandom(attachment.SALT_BYTES), blobs.new_id()
    with desk.database.write(draft.channel.id) as connection:
        slot = next(desk.vault.take(connection, 1))
    sealed = blobs.sealed_file(desk, identifier, slot, salt, shape)
    desk.chunks.write_leaves(sealed, hashes)
    desk.chunks.sync(identifier)
    meta = Particulars(attachment.root_of(salt, shape, tree_root), shape.size, salt, shape.bits)
    row = BlobRow(
        id=identifier,
        channel=draft.channel.id,
        tag=blobs.tag_of(desk, meta.root),
        content=content,
        segment=slot.segment,
        slot=slot.slot,
        sealed=blobs.seal_meta(desk, identifier, slot, meta),
        held=0,
        map=b"",
        state=OPEN,
        reason=None,
        peer_held=None,
        peer_reason=None,
        peer_missing=None,
        told=WHOLE,
        draft=draft.id,
        added_at=desk.clock(),
    )
    with desk.database.write(draft.channel.id) as connection:
        rows.add_blob(connection, row)
    return _state(Blob(row, meta))


def take(
    desk: Desk, officer: str, draft_id: bytes, upload: bytes, offset: int, data: bytes
) -> Upload:
    """Take one chunk in, which begins at ``offset``; one that has come already is taken as come.

    :raises ParleyError: ``draft-unknown``, ``role-forbids``, ``attachment-unknown``,
        ``chunk-wrong``, ``storage-full``, ``attachment-unwritable``.
    """
    blob = _of_draft(desk, officer, draft_id, upload)
    holding, shape = blob.holding(), blob.shape
    if holding is None or shape is None:
        raise ParleyError(Reason.ATTACHMENT_UNKNOWN)
    index, rest = divmod(offset, 1 << shape.bits)
    if rest or not 0 <= index < shape.chunks or len(data) != shape.length(index):
        raise ParleyError(Reason.CHUNK_WRONG, fact="length")
    if index not in holding:
        file, leaf = blobs.file_of(desk, blob), merkle.leaf_hash(data)
        if leaf != desk.chunks.leaf(file, index):
            raise ParleyError(Reason.CHUNK_WRONG, fact="path")
        desk.chunks.check_room(len(data))
        desk.chunks.write(file, index, leaf, data)
        blobs.keep(desk, blob.row.channel, {upload: (index,)})
        with desk.database.read() as connection:
            row = rows.blob_by_id(connection, upload)
        if row is not None:
            blob = blobs.opened(desk, row)
    return _state(blob)


def finish(
    desk: Desk, officer: str, draft_id: bytes, upload: bytes, label: Label
) -> tuple[DraftView, int]:
    """Attach a file of which all has come; returns the draft and the attachment's number.

    :raises ParleyError: as :func:`take`; ``attachment-incomplete``, ``attachments-not-allowed``,
        ``attachment-name``, ``draft-stage``, the rules of text.
    """
    label = label._replace(name=attaching.checked_name(label.name))
    blob = _of_draft(desk, officer, draft_id, upload)
    if blob.row.state != WHOLE:
        raise ParleyError(Reason.ATTACHMENT_INCOMPLETE)
    draft = attaching.may_attach(desk, officer, draft_id)
    there = attachment.in_body(draft.writing.values)
    if blob.commitment in there.values():
        # The answer got lost on its way, and it is asked for again.
        return draft, next(number for number, one in there.items() if one == blob.commitment)
    number = attaching.next_number(draft)
    commitment, doubled = _settled(desk, officer, draft, blob, number)
    if doubled:
        desk.chunks.remove(blob.row.id)
    fields = label.fields(commitment)
    return drafts.attach(desk, officer, draft_id, number, fields, draft.revision), number


def _settled(
    desk: Desk, officer: str, draft: DraftView, blob: Blob, number: int
) -> tuple[Commitment, bool]:
    """What the draft is to say; whether the channel has had the same bytes under another root."""
    with house.acting(desk, officer, draft.channel.id) as acting:
        row = drafts_rows.draft(acting.connection, draft.id)
        if row is None:
            raise ParleyError(Reason.DRAFT_UNKNOWN)
        acting.at(Places(acting.connection, acting.officer).of_draft(row), draft.id)
        same = rows.same_content(acting.connection, draft.channel.id, blob.row.content or b"")
        doubled = same is not None and same.id != blob.row.id
        if doubled:
            rows.drop_blob(acting.connection, blob.row.id)
        acting.note(HouseAct.FILE_ATTACHED, number=number)
    kept = blobs.opened(desk, same) if doubled and same is not None else blob
    return kept.commitment, doubled


def unfinished(desk: Desk, draft: DraftView) -> list[Upload]:
    """The files of a draft of which something is missing."""
    with desk.database.read() as connection:
        known = [
            row
            for row in rows.blobs(connection, draft.channel.id, draft=draft.id)
            if row.state == OPEN
        ]
    return [_state(blobs.opened(desk, row)) for row in known]


def _state(blob: Blob) -> Upload:
    holding, shape = blob.holding(), blob.shape
    if holding is None or shape is None:
        raise ParleyError(Reason.ATTACHMENT_UNKNOWN)
    return Upload(blob.row.id, shape, tuple(holding.missing()))


def _of_draft(desk: Desk, officer: str, draft_id: bytes, upload: bytes) -> Blob:
    """A file that comes for a draft to which the officer may attach.

    :raises ParleyError: ``draft-unknown``, ``role-forbids``, ``attachment-unknown``.
    """
    with house.reading(desk, officer) as acting:
        row = drafts_rows.draft(acting.connection, draft_id)
        places = Places(acting.connection, acting.officer)
        if row is None or not readable(desk, places, row):
            raise ParleyError(Reason.DRAFT_UNKNOWN)
        acting.at(places.of_draft(row), draft_id)
        access.require(acting.officer, Duty.PREPARE_SAMPLES, acting.place)
        blob = rows.blob_by_id(acting.connection, upload)
    if blob is None or blob.draft != draft_id:
        raise ParleyError(Reason.ATTACHMENT_UNKNOWN)
    return blobs.opened(desk, blob)
