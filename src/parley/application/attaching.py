"""Attaching a file to a draft: cut, sealed and kept by this desk, before anybody signs."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from typing import BinaryIO, NamedTuple

from parley.application import blobs, draft_keeping, drafts, house
from parley.application.blobs import Particulars
from parley.application.desk import Desk
from parley.application.draft_keeping import DraftView
from parley.application.places import Places
from parley.crypto import merkle
from parley.crypto.merkle import Frontier
from parley.domain import access
from parley.domain.catalogue import spec_of
from parley.domain.housekeeping import HouseAct
from parley.domain.roles import Duty
from parley.kernel import limits, text
from parley.kernel.errors import ParleyError
from parley.kernel.reasons import Reason
from parley.record import attachment
from parley.record.attachment import Commitment, Shape
from parley.record.body import Value
from parley.record.channel import Channel
from parley.store import attachments as rows
from parley.store import house as drafts_rows
from parley.store.attachments import WHOLE, BlobRow

Progress = Callable[[int, int], None]
"""Told bytes done, of how many."""


class Label(NamedTuple):
    """What is said of a file: its name, what may be in it, and by language what it is."""

    name: str
    hazard: str
    description: Mapping[str, str] = {}

    def fields(self, commitment: Commitment) -> dict[str, Value]:
        """What the body says of it, by the end of each path."""
        described = {f"description@{lang}": said for lang, said in self.description.items()}
        return {
            "content": commitment.value,
            "name": self.name,
            "hazard": self.hazard,
            **described,
        }


def attach(
    desk: Desk,
    officer: str,
    draft_id: bytes,
    file: BinaryIO,
    label: Label,
    progress: Progress = lambda _done, _total: None,
) -> tuple[DraftView, int]:
    """Take a file in and attach it to a draft; returns the draft and the attachment's number.

    The bytes are cut, sealed and kept by this desk; the draft has their root and size. The same
    bytes are kept once in a channel, and in no other: what is there already has its old root.

    :raises ParleyError: ``draft-unknown``, ``role-forbids``, ``draft-stage``;
        ``attachments-not-allowed``, ``attachment-name``, ``attachment-empty``,
        ``attachment-too-large``, ``attachment-changed``; ``storage-full``; the rules of text.
    """
    name = checked_name(label.name)
    draft = may_attach(desk, officer, draft_id)
    number = next_number(draft)
    size = file.seek(0, os.SEEK_END)
    file.seek(0)
    check_size(desk, size)
    made = _taken_in(desk, draft.channel, file, size, progress)
    commitment = _kept(desk, officer, draft, made, number)
    return drafts.attach(
        desk,
        officer,
        draft_id,
        number,
        label._replace(name=name).fields(commitment),
        draft.revision,
    ), number


def check_size(desk: Desk, size: int) -> None:
    """Refuse a file that is not to be taken in, or for which there is no room.

    :raises ParleyError: ``attachment-empty``, ``attachment-too-large``, ``storage-full``.
    """
    if size == 0:
        raise ParleyError(Reason.ATTACHMENT_EMPTY)
    if size > desk.policy.attachments.largest:
        raise ParleyError(Reason.ATTACHMENT_TOO_LARGE)
    desk.chunks.check_room(size)


def checked_name(name: str) -> str:
    """A name fit for a line of a body; never a path.

    :raises ParleyError: ``attachment-name``, the rules of text.
    """
    cleaned = text.clean_entry(name, limits.LINE_CHARACTERS, line=True)
    if "/" in cleaned or "\\" in cleaned:
        raise ParleyError(Reason.ATTACHMENT_NAME)
    return cleaned


def may_attach(desk: Desk, officer: str, draft_id: bytes) -> DraftView:
    """The draft, before a large file is taken in for it.

    :raises ParleyError: ``draft-unknown``, ``role-forbids``.
    """
    draft = draft_keeping.find(desk, officer, draft_id.hex())
    with house.reading(desk, officer) as acting:
        row = drafts_rows.draft(acting.connection, draft_id)
        if row is None:
            raise ParleyError(Reason.DRAFT_UNKNOWN)
        acting.at(Places(acting.connection, acting.officer).of_draft(row), draft_id)
        access.require(acting.officer, Duty.PREPARE_SAMPLES, acting.place)
    return draft


def next_number(draft: DraftView) -> int:
    """The number of the next attachment of a draft.

    :raises ParleyError: ``attachments-not-allowed``.
    """
    rule = next((one for one in spec_of(draft.type).codes if one.name == blobs.CODE), None)
    number = len(attachment.in_body(draft.writing.values)) + 1
    if rule is None or number > rule.most:
        raise ParleyError(Reason.ATTACHMENTS_NOT_ALLOWED, type=draft.type)
    return number


def keep(desk: Desk, channel: Channel, file: BinaryIO, size: int) -> Commitment:
    """Take a file in for a channel without a draft: what a statement is to commit to.

    :raises ParleyError: ``attachment-changed``, ``storage-full``, ``attachment-unwritable``.
    """
    desk.chunks.check_room(size)
    made = _taken_in(desk, channel, file, size, lambda _done, _total: None)
    with desk.database.write(channel.id) as connection:
        rows.add_blob(connection, made.row)
    return Commitment(made.meta.root, made.meta.size)


class _Made(NamedTuple):
    """Bytes that were just taken in, of which no row tells yet."""

    row: BlobRow
    meta: Particulars
    content: bytes


def _taken_in(desk: Desk, channel: Channel, file: BinaryIO, size: int, progress: Progress) -> _Made:
    """Cut a file, seal it chunk by chunk and have it on disk; one chunk is in memory at a time."""
    bits = attachment.fitting_bits(size, desk.policy.attachments.chunk_bits)
    shape, salt, identifier = Shape(size, bits), os.urandom(attachment.SALT_BYTES), blobs.new_id()
    with desk.database.write(channel.id) as connection:
        slot = next(desk.vault.take(connection, 1))
    sealed = blobs.sealed_file(desk, identifier, slot, salt, shape)
    tree = Frontier()
    try:
        for index, chunk in enumerate(attachment.chunks_of(file, shape)):
            leaf = merkle.leaf_hash(chunk)
            tree.append(leaf)
            desk.chunks.write(sealed, index, leaf, chunk)
            progress(min(size, (index + 1) << bits), size)
        desk.chunks.sync(identifier)
    except BaseException:
        desk.chunks.remove(identifier)
        raise
    root = attachment.root_of(salt, shape, tree.root())
    meta = Particulars(root, size, salt, bits)
    content = blobs.content_of(desk, channel.id, tree.root(), shape)
    row = BlobRow(
        id=identifier,
        channel=channel.id,
        tag=blobs.tag_of(desk, root),
        content=content,
        segment=slot.segment,
        slot=slot.slot,
        sealed=blobs.seal_meta(desk, identifier, slot, meta),
        held=shape.chunks,
        map=b"",
        state=WHOLE,
        reason=None,
        peer_held=None,
        peer_reason=None,
        peer_missing=None,
        told=WHOLE,
        draft=None,
        added_at=desk.clock(),
    )
    return _Made(row, meta, content)


def _kept(desk: Desk, officer: str, draft: DraftView, made: _Made, number: int) -> Commitment:
    """Note bytes that were taken in, or find that the channel has them; what the draft is to say.

    :raises ParleyError: ``draft-unknown``.
    """
    same: BlobRow | None = None
    with house.acting(desk, officer, draft.channel.id) as acting:
        row = drafts_rows.draft(acting.connection, draft.id)
        if row is None:
            raise ParleyError(Reason.DRAFT_UNKNOWN)
        acting.at(Places(acting.connection, acting.officer).of_draft(row), draft.id)
        same = rows.same_content(acting.connection, draft.channel.id, made.content)
        if same is None:
            rows.add_blob(acting.connection, made.row._replace(draft=draft.id))
        meta = made.meta if same is None else blobs.opened(desk, same).known
        acting.note(HouseAct.FILE_ATTACHED, number=number)
    if same is not None:
        desk.chunks.remove(made.row.id)
    return Commitment(meta.root, meta.size)
