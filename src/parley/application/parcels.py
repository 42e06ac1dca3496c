"""Giving and taking the bytes of attachments: what to wish for, what to send, what to keep.

The side that lacks something asks for it, chunk by chunk, and says how far it has come. What comes
is checked by itself against the root in the signed statement; nothing else is ever written.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Iterator, Sequence
from typing import Final, NamedTuple

from sqlalchemy import Connection

from parley.application import blobs
from parley.application.blobs import Blob, Referred
from parley.application.desk import Desk
from parley.application.parcel import (
    CHUNKS,
    KIND,
    RANGES,
    WISHES,
    Chunk,
    Parcel,
    Refused,
    Standing,
    Wish,
)
from parley.crypto import merkle
from parley.kernel import cbor, limits
from parley.kernel.errors import ParleyError
from parley.kernel.reasons import Reason
from parley.record import attachment
from parley.record.attachment import Shape
from parley.record.channel import Channel
from parley.store import attachments as rows
from parley.store import channels
from parley.store.attachments import OPEN, WHOLE

ROOM: Final = 4 * limits.MIB
"""Bytes of chunks in one parcel; one chunk at least."""

AHEAD: Final = 8
"""Parcels between two notes on disk of what has come: a crash costs no more than these."""

_NONCE_BYTES: Final = 16


class Plan(NamedTuple):
    """What a channel has to do about attachments.

    ``wanted`` are to come, those with the least to come first; ``untold`` are those of which the
    other side does not know how they stand; ``given``: whether it is known to lack some of ours.
    ``coming`` are those of the other side's that are on their way.
    """

    wanted: tuple[Blob, ...]
    untold: tuple[Referred, ...]
    given: bool
    coming: tuple[Referred, ...] = ()


class Taken(NamedTuple):
    """What came of the chunks in a parcel: which were written, by file, and what was refused."""

    written: dict[bytes, list[int]]
    refused: tuple[Refused, ...]


def stirring(desk: Desk) -> list[bytes]:
    """Channels that may have something to do about attachments."""
    blobs.catch_up(desk)
    with desk.database.read() as connection:
        found = rows.stirring(connection)
        return [
            channel.id
            for channel, _row in desk.channels(connection)
            if channel.id in found or _brings(connection, channel)
        ]


def _brings(connection: Connection, channel: Channel) -> bool:
    """Whether we, whom the other side cannot ask, may have something for it."""
    return not channel.own.text.endpoints and rows.to_bring(
        connection, channel.id, channel.own_index
    )


def plan(desk: Desk, channel_id: bytes) -> Plan:
    """What there is to do in a channel; nothing in one that is halted."""
    with desk.database.read() as connection:
        row = channels.one(connection, channel_id)
        if row is None or row.state == "halted":
            return Plan((), (), False)
        every = blobs.of_channel(desk, connection, desk.channel(connection, channel_id))
    wanted = sorted((one.blob for one in every if one.wanted), key=_remaining)
    coming = (one for one in every if one.theirs and one.wanted)
    untold = (one for one in every if one.theirs and _untold(one))
    given = any(_is_given(one) for one in every)
    return Plan(tuple(wanted), tuple(untold), given, tuple(coming))


def _untold(one: Referred) -> bool:
    return one.standing not in {OPEN, one.blob.row.told}


def _is_given(one: Referred) -> bool:
    """Whether the other side may still want some of these bytes of ours."""
    row, shape = one.blob.row, one.blob.shape
    if one.theirs or row.state != WHOLE or shape is None or row.peer_reason is not None:
        return False
    return row.peer_held is None or row.peer_held < shape.chunks


def _remaining(blob: Blob) -> int:
    meta, shape = blob.known, blob.shape
    return meta.size if shape is None else (shape.chunks - blob.row.held) << shape.bits


def wishes(blob: Blob, room: int = ROOM) -> Iterator[Wish]:
    """The missing chunks of an attachment, in parts that fit into a parcel each."""
    root = blob.known.root
    shape, holding = blob.shape, blob.holding()
    if shape is None or holding is None:
        # How it is cut, its first chunk says.
        yield Wish(root, 0, 0)
        return
    most = max(1, min(room >> shape.bits, CHUNKS))
    for first, last in holding.missing():
        for start in range(first, last + 1, most):
            yield Wish(root, start, min(start + most - 1, last))


# --- making parcels ------------------------------------------------------------------------------


def parcel(
    channel_id: bytes,
    *,
    answers: bytes | None = None,
    standings: Iterable[Standing] = (),
    asked: Iterable[Wish] = (),
    chunks: Iterable[Chunk] = (),
    refused: Iterable[Refused] = (),
) -> Parcel:
    """A parcel of these parts, as many of each as there may be."""
    return Parcel(
        kind=KIND,
        version=1,
        channel=channel_id,
        nonce=secrets.token_bytes(_NONCE_BYTES),
        answers=answers,
        standings=tuple(standings)[:WISHES],
        wishes=tuple(asked)[:WISHES],
        chunks=tuple(chunks)[:CHUNKS],
        refused=tuple(refused)[:WISHES],
    )


def standings_of(every: Iterable[Referred]) -> list[Standing]:
    """What the other side is told of these."""
    return [_standing(one) for one in every if one.blob.meta is not None][:WISHES]


def _standing(one: Referred) -> Standing:
    holding = one.blob.holding()
    missing: list[tuple[int, int]] = []
    if holding is not None and one.refused is None:
        for found in holding.missing():
            missing.append(found)
            if len(missing) == RANGES:
                break
    reason = one.refused.value if one.refused else None
    return Standing(
        one.blob.known.root, 0 if holding is None else holding.held, tuple(missing), reason
    )


def chunks_for(
    desk: Desk, channel_id: bytes, asked: Sequence[Wish], room: int = ROOM
) -> tuple[list[Chunk], list[Refused]]:
    """The chunks that are wished for, as many as there is room for, and what is not to be had.

    Only bytes that a statement of this channel refers to are given, and only whole ones.
    """
    found: list[Chunk] = []
    refused: list[Refused] = []
    for wish in asked:
        blob = _referred(desk, channel_id, wish.root)
        if blob is None or blob.row.state != WHOLE:
            refused.append(Refused(wish.root, wish.first, Reason.ATTACHMENT_UNKNOWN.value))
            continue
        try:
            for chunk in _read(desk, blob, wish):
                if (found and len(chunk.data) > room) or len(found) == CHUNKS:
                    return found, refused
                room -= len(chunk.data)
                found.append(chunk)
        except ParleyError as error:
            if error.reason is not Reason.ATTACHMENT_DAMAGED:
                raise
            blobs.mislaid(desk, blob)
            refused.append(Refused(wish.root, wish.first, error.reason.value))
    return found, refused


def _referred(desk: Desk, channel_id: bytes, root: bytes) -> Blob | None:
    """The bytes of a root that a statement of the channel refers to."""
    with desk.database.read() as connection:
        blob = blobs.find(desk, connection, channel_id, root)
        if blob is None or not rows.attached(connection, channel_id, tag=blob.row.tag):
            return None
        return blob if blob.meta is not None else None


def _read(desk: Desk, blob: Blob, wish: Wish) -> Iterator[Chunk]:
    meta, shape = blob.known, blob.shape
    if shape is None or meta.salt is None or wish.first >= shape.chunks:
        return
    file = blobs.file_of(desk, blob)
    last = min(wish.last, shape.chunks - 1, wish.first + CHUNKS - 1)
    indices = range(wish.first, last + 1)
    paths = merkle.inclusion_paths(desk.chunks.leaves(file), indices)
    for index in indices:
        yield Chunk(
            root=meta.root,
            salt=meta.salt,
            size=shape.size,
            bits=shape.bits,
            index=index,
            path=tuple(paths[index]),
            data=desk.chunks.read(file, index),
        )


# --- taking parcels in ---------------------------------------------------------------------------


def take(desk: Desk, channel_id: bytes, chunks: Sequence[Chunk]) -> Taken:
    """Check chunks and write those that are wanted; nothing is kept before :func:`blobs.keep`.

    :raises ParleyError: ``storage-full``, ``attachment-unwritable``.
    """
    written: dict[bytes, list[int]] = {}
    refused: list[Refused] = []
    known: dict[bytes, Referred] = {}
    if chunks:
        with desk.database.read() as connection:
            channel = desk.channel(connection, channel_id)
            every = blobs.of_channel(desk, connection, channel)
        known = {one.blob.known.root: one for one in every if one.blob.meta is not None}
    for chunk in chunks:
        one = known.get(chunk.root)
        try:
            blob = _write(desk, _wanted(one), chunk)
        except ParleyError as error:
            if error.reason in _OURS:
                raise
            refused.append(Refused(chunk.root, chunk.index, error.reason.value))
            continue
        if blob is not None and one is not None:
            known[chunk.root] = one._replace(blob=blob)
            written.setdefault(blob.row.id, []).append(chunk.index)
    for reason, root in {(one.reason, one.root) for one in refused}:
        note(desk, channel_id, root, reason)
    return Taken(written, tuple(refused))


_OURS: Final = frozenset({Reason.STORAGE_FULL, Reason.ATTACHMENT_UNWRITABLE, Reason.VAULT_DAMAGED})


def _wanted(one: Referred | None) -> Blob:
    """The bytes to which a chunk belongs.

    :raises ParleyError: ``attachment-unknown``, and why they are not wanted.
    """
    if one is None:
        raise ParleyError(Reason.ATTACHMENT_UNKNOWN)
    if one.refused is not None:
        raise ParleyError(one.refused)
    return one.blob


def _write(desk: Desk, blob: Blob, chunk: Chunk) -> Blob | None:
    """Write a chunk where it is wanted; none where it came before.

    :raises ParleyError: ``chunk-wrong``; ``storage-full``, ``attachment-unwritable``.
    """
    holding = blob.holding()
    if blob.row.state != OPEN or (
        holding is not None and chunk.index < holding.count and chunk.index in holding
    ):
        return None
    shape = Shape(chunk.size, chunk.bits)
    leaf = attachment.check_chunk(
        blob.commitment, chunk.salt, shape, chunk.index, chunk.path, chunk.data
    )
    if blob.shape is None:
        desk.chunks.check_room(blob.known.size)
        with desk.database.write(blob.row.channel) as connection:
            blob = blobs.learn(desk, connection, blob, chunk.salt, shape)
    desk.chunks.check_room(len(chunk.data))
    desk.chunks.write(blobs.file_of(desk, blob), chunk.index, leaf, chunk.data)
    return blob


def note(desk: Desk, channel_id: bytes, root: bytes, reason: str) -> None:
    """Note the last thing that was wrong with what came of an attachment."""
    blob = _referred(desk, channel_id, root)
    if blob is not None and blob.row.state == OPEN and blob.row.reason != reason:
        with desk.database.write(channel_id) as connection:
            rows.change_blob(connection, blob.row.id, reason=reason)


def book(desk: Desk, channel_id: bytes, standings: Sequence[Standing]) -> None:
    """Keep the other side's word on how far it has come with bytes of ours."""
    for word in standings:
        blob = _referred(desk, channel_id, word.root)
        if blob is None:
            continue
        missing = cbor.encode([list(one) for one in word.missing])
        told = (word.held, word.reason, missing)
        if told != (blob.row.peer_held, blob.row.peer_reason, blob.row.peer_missing):
            with desk.database.write(channel_id) as connection:
                rows.change_blob(
                    connection,
                    blob.row.id,
                    peer_held=word.held,
                    peer_reason=word.reason,
                    peer_missing=missing,
                )


def told(desk: Desk, channel_id: bytes, every: Sequence[Referred]) -> None:
    """Note that the other side knows how these stand."""
    with desk.database.write(channel_id) as connection:
        for one in every:
            rows.change_blob(connection, one.blob.row.id, told=one.standing)


def answer(desk: Desk, request: Parcel, digest: bytes) -> Parcel:
    """Take a request about attachments in and make the reply.

    :raises ParleyError: ``channel-halted``, ``storage-full``, ``attachment-unwritable``.
    """
    check_open(desk, request.channel)
    blobs.catch_up(desk)
    taken = take(desk, request.channel, request.chunks)
    blobs.keep(desk, request.channel, taken.written)
    book(desk, request.channel, request.standings)
    chunks, refused = chunks_for(desk, request.channel, request.wishes)
    now = plan(desk, request.channel)
    return parcel(
        request.channel,
        answers=digest,
        standings=standings_of(now.untold),
        # Who cannot be asked is told what to bring.
        asked=next_wishes(now) if not request.wishes else (),
        chunks=chunks,
        refused=(*taken.refused, *refused),
    )


def next_wishes(now: Plan) -> list[Wish]:
    """What to ask for first, as much as a parcel holds."""
    for blob in now.wanted:
        for wish in wishes(blob):
            return [wish]
    return []


def check_open(desk: Desk, channel_id: bytes) -> None:
    """Refuse to give or take anything in a channel that is halted.

    :raises ParleyError: ``channel-halted``, ``channel-unknown``.
    """
    with desk.database.read() as connection:
        row = channels.one(connection, channel_id)
    if row is None:
        raise ParleyError(Reason.CHANNEL_UNKNOWN)
    if row.state == "halted":
        raise ParleyError(Reason.CHANNEL_HALTED, why=row.reason)
