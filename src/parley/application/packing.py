"""The bytes of attachments in a pouch: what the other side may lack, in files of one parcel each.

They may be carried in any order, any number of times, and lost. What the other side says of its
progress comes back in its own pouch, and is all that makes the next one smaller.
"""

from __future__ import annotations

from collections.abc import Iterator

from parley.application import blobs, parcels
from parley.application.blobs import Referred
from parley.application.carriage import Taken
from parley.application.desk import Desk
from parley.application.parcel import CHUNKS, Parcel, Wish
from parley.kernel import cbor, limits
from parley.kernel.errors import ParleyError
from parley.kernel.reasons import Reason
from parley.record.channel import Channel
from parley.store import attachments as rows
from parley.store import outbox, pouches
from parley.store.attachments import WHOLE
from parley.store.pouches import PouchRow


def to_pack(desk: Desk, channel_id: bytes) -> Iterator[Parcel]:
    """Parcels with all that the other side is not known to have; the first says how far we are."""
    blobs.catch_up(desk)
    with desk.database.read() as connection:
        channel = desk.channel(connection, channel_id)
        every = blobs.of_channel(desk, connection, channel)
    standings = parcels.standings_of(one for one in every if one.theirs)
    for one in every:
        for wish in _lacked(one):
            chunks, _refused = parcels.chunks_for(desk, channel_id, [wish])
            if chunks:
                yield parcels.parcel(channel_id, standings=standings, chunks=chunks)
                standings = []
    if standings:
        yield parcels.parcel(channel_id, standings=standings)


def _lacked(one: Referred) -> Iterator[Wish]:
    """The chunks of bytes of ours that the other side lacks, by its last word, part by part."""
    row, shape = one.blob.row, one.blob.shape
    if one.theirs or row.state != WHOLE or row.peer_reason is not None or shape is None:
        return
    if (row.peer_held or 0) >= shape.chunks:
        return
    missing: list[list[int]] = (
        cbor.decode(row.peer_missing, limit=limits.MIB) if (row.peer_missing) else []
    )
    most = max(1, min(parcels.ROOM >> shape.bits, CHUNKS))
    for first, last in missing or [[0, shape.chunks - 1]]:
        for start in range(first, min(last, shape.chunks - 1) + 1, most):
            yield Wish(one.blob.known.root, start, min(start + most - 1, last))


def counter(desk: Desk, channel_id: bytes) -> int:
    """The number of the next frame for a pouch."""
    with desk.database.write(channel_id) as connection:
        box = outbox.one(connection, channel_id)
        outbox.save(connection, box._replace(counter=box.counter + 1))
    return box.counter + 1


def noted(desk: Desk, parcel: Parcel, number: int, path: str, digest: bytes) -> PouchRow:
    """Note, before it is written, whose bytes will lie at ``path``; returns what was noted."""
    row = PouchRow(parcel.channel, number, 0, 0, path, digest, desk.clock())
    tags = {blobs.tag_of(desk, chunk.root) for chunk in parcel.chunks}
    with desk.database.write(parcel.channel) as connection:
        pouches.add(connection, row)
        rows.add_pouched(connection, parcel.channel, number, tags)
    return row


def take(desk: Desk, parcel: Parcel) -> Taken:
    """Take in a parcel that was carried here.

    :raises ParleyError: ``attachment-unknown`` where nothing in it belongs to a statement that is
        here; ``storage-full``, ``attachment-unwritable``; ``channel-halted``.
    """
    parcels.check_open(desk, parcel.channel)
    blobs.catch_up(desk)
    parcels.book(desk, parcel.channel, parcel.standings)
    taken = parcels.take(desk, parcel.channel, parcel.chunks)
    blobs.keep(desk, parcel.channel, taken.written)
    reasons = {one.reason for one in taken.refused}
    if parcel.chunks and reasons == {Reason.ATTACHMENT_UNKNOWN.value} and not taken.written:
        raise ParleyError(Reason.ATTACHMENT_UNKNOWN)
    channel: Channel = desk.known_channel(parcel.channel)
    return Taken(
        channel=channel,
        fresh=0,
        receipted=0,
        progress=bool(taken.written or parcel.standings),
        refusals=(),
        refused=(),
        halted=False,
        chunks=sum(map(len, taken.written.values())),
    )
