"""The bytes of attachments as this desk knows them: root and size, key, and what is held.

New statements are looked at afterwards, from where the last look ended: taking them in costs
nothing for this.
"""

from __future__ import annotations

import secrets
from collections.abc import Collection, Iterable, Mapping
from typing import Annotated, Final, NamedTuple

import msgspec
from msgspec import Meta
from sqlalchemy import Connection

from parley.application.desk import Desk
from parley.crypto import merkle
from parley.kernel import cbor, limits
from parley.kernel.errors import ParleyError
from parley.kernel.ids import Bytes32, Count
from parley.kernel.reasons import Reason
from parley.record import attachment, statement
from parley.record import body as bodies
from parley.record.attachment import Commitment, Shape
from parley.record.channel import Channel
from parley.record.holding import Holding
from parley.store import attachments as rows
from parley.store import log
from parley.store.attachments import ERASED, OPEN, WHOLE, AttachedRow, BlobRow
from parley.store.chunks import Sealed
from parley.store.log import Entry
from parley.store.vault import Slot

CODE: Final = attachment.GROUP
_ID_BYTES: Final = 16
_META_NONCE: Final = 12
_PAGE: Final = 500


class Particulars(msgspec.Struct, frozen=True, array_like=True, forbid_unknown_fields=True):
    """What is sealed beside the bytes. Salt and chunk size are null until the first chunk came."""

    root: Bytes32
    size: Count
    salt: Bytes32 | None
    bits: Annotated[int, Meta(ge=limits.CHUNK_BITS_LEAST, le=limits.CHUNK_BITS_MOST)] | None


class Blob(NamedTuple):
    """Bytes of a channel, opened; ``meta`` is null where they were erased."""

    row: BlobRow
    meta: Particulars | None

    @property
    def commitment(self) -> Commitment:
        """What the statements say of them.

        :raises ParleyError: ``attachment-erased``.
        """
        meta = self.known
        return Commitment(meta.root, meta.size)

    @property
    def known(self) -> Particulars:
        """Root, size and the rest.

        :raises ParleyError: ``attachment-erased``.
        """
        if self.meta is None:
            raise ParleyError(Reason.ATTACHMENT_ERASED)
        return self.meta

    @property
    def shape(self) -> Shape | None:
        """How they are cut; none until the first chunk came."""
        meta = self.meta
        return None if meta is None or meta.bits is None else Shape(meta.size, meta.bits)

    def holding(self) -> Holding | None:
        """Which chunks are held; none until the first one came."""
        shape = self.shape
        if shape is None:
            return None
        whole = b"\xff" * -(-shape.chunks // 8) if self.row.state == WHOLE else self.row.map
        return Holding(shape.chunks, whole)


def tag_of(desk: Desk, root: bytes) -> bytes:
    """By what the root of an attachment is found."""
    return desk.vault.tag(b"attachment", root)


def content_of(desk: Desk, channel: bytes, tree_root: bytes, shape: Shape) -> bytes:
    """By what the same content is found again in the same channel, and in no other."""
    size = shape.size.to_bytes(8, "big") + bytes((shape.bits,))
    return desk.vault.tag(b"content", channel, tree_root, size)


def new_id() -> bytes:
    """The name of a new file."""
    return secrets.token_bytes(_ID_BYTES)


def seal_meta(desk: Desk, identifier: bytes, slot: Slot, meta: Particulars) -> bytes:
    """Root, size and salt, sealed under the key of the bytes."""
    nonce = secrets.token_bytes(_META_NONCE)
    cipher = desk.vault.cipher(slot, b"meta" + identifier)
    return nonce + cipher.encrypt(nonce, cbor.encode_model(meta), identifier)


def opened(desk: Desk, row: BlobRow) -> Blob:
    """A row with what is sealed in it.

    :raises ParleyError: ``attachment-damaged`` where it does not open.
    """
    if row.state == ERASED:
        return Blob(row, None)
    cipher = desk.vault.cipher(row.key, b"meta" + row.id)
    try:
        data = cipher.decrypt(row.sealed[:_META_NONCE], row.sealed[_META_NONCE:], row.id)
    except Exception as error:
        raise ParleyError(Reason.ATTACHMENT_DAMAGED) from error
    return Blob(row, cbor.decode_as(data, Particulars, limit=limits.KIB))


def sealed_file(desk: Desk, identifier: bytes, slot: Slot, salt: bytes, shape: Shape) -> Sealed:
    """The file of bytes that are cut so."""
    cipher = desk.vault.cipher(slot, b"chunks" + salt)
    return Sealed(identifier, cipher, 1 << shape.bits, shape.chunks, shape.size)


def file_of(desk: Desk, blob: Blob) -> Sealed:
    """The file of bytes of which a chunk has come.

    :raises ParleyError: ``attachment-erased``, ``attachment-incomplete``.
    """
    meta, shape = blob.known, blob.shape
    if meta.salt is None or shape is None:
        raise ParleyError(Reason.ATTACHMENT_INCOMPLETE)
    return sealed_file(desk, blob.row.id, blob.row.key, meta.salt, shape)


def find(desk: Desk, connection: Connection, channel: bytes, root: bytes) -> Blob | None:
    """The bytes of a root in a channel."""
    row = rows.blob(connection, channel, tag_of(desk, root))
    return opened(desk, row) if row else None


# --- what new statements refer to ----------------------------------------------------------------


def catch_up(desk: Desk) -> None:
    """Look at all statements that nobody has looked at for attachments."""
    with desk.database.read() as connection:
        behind = rows.behind(connection)
    for channel_id in behind:
        while _look(desk, channel_id):
            pass


def _look(desk: Desk, channel_id: bytes) -> bool:
    """Look at some statements of a channel; whether there may be more."""
    with desk.database.write(channel_id) as connection:
        channel = desk.channel(connection, channel_id)
        start = rows.upto(connection, channel_id)
        entries = list(log.in_order(connection, channel_id, start, start + _PAGE))
        for entry in entries:
            found = commitments(desk, connection, entry)
            if found:
                _refer(desk, connection, channel, entry, found)
        rows.look_up_to(connection, channel_id, start + len(entries))
    return len(entries) == _PAGE


def commitments(desk: Desk, connection: Connection, entry: Entry) -> dict[int, Commitment]:
    """The attachments of a statement by number; none where its body breaks the rules or is gone."""
    if entry.verdict is not None or CODE not in statement.parse(entry.data).act.codes:
        return {}
    kept = log.body(connection, entry.channel, entry.position)
    if kept is None:
        return {}
    values = bodies.read(desk.vault.open(kept.slot, kept.sealed, entry.leaf)).values
    return attachment.in_body(values)


def _refer(
    desk: Desk,
    connection: Connection,
    channel: Channel,
    entry: Entry,
    found: Mapping[int, Commitment],
) -> None:
    made: list[AttachedRow] = []
    for number, commitment in found.items():
        tag = tag_of(desk, commitment.root)
        blob = find(desk, connection, channel.id, commitment.root)
        if blob is None:
            _announce(desk, connection, channel, entry, tag, commitment)
        elif blob.row.draft is not None:
            rows.change_blob(connection, blob.row.id, draft=None)
        made.append(
            AttachedRow(channel.id, entry.position, number, entry.case_id, entry.author, tag)
        )
    rows.add_attached(connection, made)


def _announce(
    desk: Desk,
    connection: Connection,
    channel: Channel,
    entry: Entry,
    tag: bytes,
    commitment: Commitment,
) -> None:
    """Note bytes that are to come: the other side's, or ours that this desk has lost."""
    identifier, slot = new_id(), next(desk.vault.take(connection, 1))
    meta = Particulars(commitment.root, commitment.size, None, None)
    rows.add_blob(
        connection,
        BlobRow(
            id=identifier,
            channel=channel.id,
            tag=tag,
            content=None,
            segment=slot.segment,
            slot=slot.slot,
            sealed=seal_meta(desk, identifier, slot, meta),
            held=0,
            map=b"",
            state=OPEN,
            reason=None,
            peer_held=None,
            peer_reason=None,
            peer_missing=None,
            told=WHOLE if entry.author == channel.own_index else None,
            draft=None,
            added_at=desk.clock(),
        ),
    )


# --- how a channel stands ------------------------------------------------------------------------


class Referred(NamedTuple):
    """Bytes that statements of a channel refer to.

    ``theirs``: the other side attached them. ``refused``: why we do not want them.
    """

    blob: Blob
    theirs: bool
    refused: Reason | None

    @property
    def wanted(self) -> bool:
        """Whether chunks of it are to come."""
        return self.blob.row.state == OPEN and self.refused is None

    @property
    def standing(self) -> str:
        """What the other side is to know of it."""
        return f"refused-{self.refused}" if self.refused else self.blob.row.state


def of_channel(desk: Desk, connection: Connection, channel: Channel) -> list[Referred]:
    """All bytes that statements of a channel refer to, in the order in which they were announced.

    What of the other side's is too large, or more than a channel may have, is refused: as the
    limits are now, so that raising them is enough to have it come.
    """
    references = rows.attached(connection, channel.id)
    peers = {row.tag for row in references if row.author == channel.peer_index}
    order = {row.tag: at for at, row in reversed(list(enumerate(references)))}
    known = [row for row in rows.blobs(connection, channel.id) if row.tag in order]
    found: list[Referred] = []
    total = 0
    for row in sorted(known, key=lambda row: order[row.tag]):
        blob = opened(desk, row)
        theirs = row.tag in peers
        refused: Reason | None = None
        if theirs and blob.meta is not None:
            total += blob.meta.size
            refused = None if row.state == WHOLE else _refusal(desk, blob.meta.size, total)
        if refused is not None and blob.meta is not None:
            total -= blob.meta.size
        found.append(Referred(blob, theirs, refused))
    return found


def some(
    desk: Desk, connection: Connection, channel: Channel, references: Collection[AttachedRow]
) -> dict[bytes, Referred]:
    """The bytes that some references mean, by their tags; the same as :func:`of_channel` has.

    All of a channel are opened only where the other side's bytes among them are still to come:
    whether they are wanted depends on how much there is.
    """
    theirs = {row.tag for row in references if row.author == channel.peer_index}
    kept = rows.some_blobs(connection, channel.id, {row.tag for row in references})
    if any(row.state == OPEN and row.tag in theirs for row in kept):
        tags = {row.tag for row in kept}
        every = of_channel(desk, connection, channel)
        return {one.blob.row.tag: one for one in every if one.blob.row.tag in tags}
    return {row.tag: Referred(opened(desk, row), row.tag in theirs, None) for row in kept}


def _refusal(desk: Desk, size: int, total: int) -> Reason | None:
    policy = desk.policy.attachments
    if size > policy.largest:
        return Reason.ATTACHMENT_TOO_LARGE
    return Reason.ATTACHMENT_QUOTA if total > policy.of_channel else None


# --- keeping chunks ------------------------------------------------------------------------------


def learn(desk: Desk, connection: Connection, blob: Blob, salt: bytes, shape: Shape) -> Blob:
    """Keep how bytes are cut, by their first checked chunk."""
    meta = msgspec.structs.replace(blob.known, salt=salt, bits=shape.bits)
    sealed = seal_meta(desk, blob.row.id, blob.row.key, meta)
    rows.change_blob(connection, blob.row.id, sealed=sealed)
    return Blob(blob.row._replace(sealed=sealed), meta)


def keep(desk: Desk, channel_id: bytes, written: Mapping[bytes, Iterable[int]]) -> None:
    """Have chunks that were written stay, by file; whatever is complete by that is whole.

    :raises ParleyError: ``storage-full``, ``attachment-unwritable``.
    """
    for identifier in written:
        desk.chunks.sync(identifier)
    with desk.database.write(channel_id) as connection:
        for identifier, indices in written.items():
            row = rows.blob_by_id(connection, identifier)
            if row is None or row.state != OPEN:
                continue
            blob = opened(desk, row)
            holding = blob.holding()
            if holding is None:
                continue
            holding.add(indices)
            if holding.held < holding.count:
                rows.change_blob(connection, identifier, held=holding.held, map=holding.bits)
            else:
                _complete(desk, connection, blob)


def _complete(desk: Desk, connection: Connection, blob: Blob) -> None:
    """All chunks are there: their leaves give the root, or something here is damaged."""
    file, shape, meta = file_of(desk, blob), blob.shape, blob.known
    if shape is None or meta.salt is None:
        raise ParleyError(Reason.INTERNAL, fact="whole bytes without a shape")
    try:
        tree_root = tree_root_of(desk, blob)
        fine = attachment.root_of(meta.salt, shape, tree_root) == meta.root
    except ParleyError:
        fine = False
    if not fine:
        rows.change_blob(
            connection, file.id, held=0, map=b"", reason=Reason.ATTACHMENT_DAMAGED.value
        )
        return
    rows.change_blob(
        connection,
        file.id,
        held=shape.chunks,
        map=b"",
        state=WHOLE,
        reason=None,
        content=content_of(desk, blob.row.channel, tree_root, shape),
    )


def tree_root_of(desk: Desk, blob: Blob) -> bytes:
    """The root of the tree over the chunks, by the leaf hashes that are kept.

    :raises ParleyError: ``attachment-damaged``.
    """
    return merkle.root(desk.chunks.leaves(file_of(desk, blob)))


def mislaid(desk: Desk, blob: Blob) -> None:
    """Note that bytes are not here any more as they were: they have to come again."""
    with desk.database.write(blob.row.channel) as connection:
        rows.change_blob(
            connection,
            blob.row.id,
            held=0,
            map=b"",
            state=OPEN,
            reason=Reason.ATTACHMENT_DAMAGED.value,
        )
