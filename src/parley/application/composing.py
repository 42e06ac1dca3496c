"""Putting a message together: what our desk has for the peer, and what it says of heads."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy import Connection

from parley.application.desk import Desk
from parley.application.message import (
    MESSAGE_VERSION,
    WISH_RETURN,
    Message,
    Refusal,
    Sent,
    SentCosignature,
    SentReceipt,
)
from parley.crypto.keys import StatementKey
from parley.kernel import limits
from parley.record import heads
from parley.record.channel import Channel
from parley.record.heads import HEADS_VERSION, Head, Heads, Held
from parley.record.ledger import Ledger
from parley.store import anchor as anchors
from parley.store import erasures, log, outbox, proofs
from parley.store.log import Entry
from parley.store.outbox import OutboxRow
from parley.store.proofs import ReceiptRow

FRAME_ROOM = limits.FRAME_BYTES // 2
"""Bytes of statements and bodies in one frame: proofs and sealing need room beside them."""

_LEAST_ROOM = 64 * limits.KIB
"""A line that does not carry this much at once carries nothing worth the trouble."""

_NONCE_BYTES = 16
_REFUSALS = 8
_REPLY_PAUSE_MS = 2_000
"""A statement that went out in a reply is not sent again by the courier before this."""


class Place(NamedTuple):
    """Where a message takes our record up.

    It has our statements from ``seq`` on, and our receipts at sizes above ``receipt_size``.
    """

    seq: int
    receipt_size: int


class Outgoing(NamedTuple):
    """A message to send, and how to book that the peer has it once an answer came.

    ``upto`` is the sequence number after the last own statement that the peer has with it;
    ``receipt_size`` is the greatest of our receipts in it; ``counter`` numbers the frame.
    ``keys`` are our key statements that go before it, because the peer may lack them.
    ``head`` is how far our record had come, where the message shows any of it. ``rest`` is where
    the next message has to go on, as far as this one did not have room for all.
    """

    message: Message
    upto: int
    receipt_size: int
    counter: int
    head: anchors.Head | None = None
    rest: Place | None = None
    keys: tuple[bytes, ...] = ()


class _Parts(NamedTuple):
    """What a message has beside heads and its word on them."""

    keys_held: int
    receipts_held: int
    statements: tuple[Sent, ...] = ()
    checkpoint: str | None = None
    receipts: tuple[SentReceipt, ...] = ()
    cosignatures: tuple[SentCosignature, ...] = ()
    refusals: tuple[Refusal, ...] = ()
    wishes: int = 0
    returned: tuple[Sent, ...] = ()
    returned_receipts: tuple[SentReceipt, ...] = ()


class Asked(NamedTuple):
    """What a reply has to look at, of the request that it replies to.

    ``digest`` is the signed digest of its frame. ``repeated`` are statements that came again: they
    lack their receipts. ``again``: see :meth:`Mirror.given`.
    """

    digest: bytes
    repeated: tuple[int, int] | None
    again: bool


class Composed(NamedTuple):
    """What a message is to say, as a transaction has read it; see :class:`Outgoing` for the rest.

    ``said`` is what it says of heads, which ``key`` has still to sign.
    """

    said: Heads
    parts: _Parts
    key: StatementKey
    upto: int
    receipt_size: int
    counter: int
    head: anchors.Head | None
    rest: Place | None
    keys: tuple[bytes, ...]

    def signed(self) -> Outgoing:
        """The message, with the word on heads signed. Reads nothing, so that any thread may."""
        said = self.said
        message = Message(
            version=MESSAGE_VERSION,
            channel=said.channel,
            nonce=secrets.token_bytes(_NONCE_BYTES),
            answers=said.answers,
            held=said.held,
            own=said.own,
            word=heads.sign(said, self.key),
            **self.parts._asdict(),
        )
        return Outgoing(
            message, self.upto, self.receipt_size, self.counter, self.head, self.rest, self.keys
        )


def full(
    desk: Desk,
    connection: Connection,
    ledger: Ledger,
    box: OutboxRow,
    *,
    asked: Asked | None,
    refusals: tuple[Refusal, ...],
    wishes: int = 0,
    start: Place | None = None,
    room: int | None = None,
) -> Composed:
    """Everything that we have for the peer right now, and book that a reply carries it.

    ``asked`` is what it replies to; none: it is a request of our own. ``start``: where to take our
    record up, in place of what the peer is not known to have.
    """
    channel = ledger.channel
    repeated = asked.repeated if asked else None
    first, receipt_size = start or Place(box.receipted, box.receipt_size_delivered)
    room = room or _room(box)
    if box.lost_from is not None and box.lost_held is not None:
        # Who was set back needs our statements again, and our receipts for what it gets back.
        room //= 2
        first = first if start else min(first, box.lost_held)
        if box.lost_from < ledger.peer.count:
            repeated = (box.lost_from, ledger.peer.count - 1)
    entries, complete = _pending(connection, ledger, first, room)
    upto = entries[-1].seq + 1 if entries else ledger.own.count
    # Where the batch ends early, the peer cannot rebuild our tree beyond its end.
    horizon = ledger.size if complete else entries[-1].author_index + 1
    receipts = _receipts(connection, ledger, receipt_size, repeated, horizon)
    cosignatures = ledger.mirror.given(again=asked.again if asked else bool(wishes))
    checkpoint = ledger.checkpoint() if complete and ledger.size else None
    if checkpoint is not None:
        desk.last_signed[channel.id] = checkpoint
    returned, returned_receipts = _returned(desk, connection, ledger, box)
    parts = _Parts(
        keys_held=channel.peer_keys.number,
        receipts_held=box.receipted,
        statements=_with_bodies(desk, connection, channel, entries),
        checkpoint=checkpoint.note if checkpoint else None,
        receipts=tuple(SentReceipt(row.size, row.protected, row.signature) for row in receipts),
        cosignatures=tuple(SentCosignature(row.size, row.line) for row in cosignatures),
        refusals=refusals[:_REFUSALS],
        wishes=wishes,
        returned=returned,
        returned_receipts=returned_receipts,
    )
    counter = box.counter + 1
    root = checkpoint.root if checkpoint else ledger.root()
    greatest = max((row.size for row in receipts), default=0)
    composed = Composed(
        _heads(ledger, box, asked.digest if asked else None, wishes),
        parts,
        ledger.keys.statement,
        upto,
        greatest,
        counter,
        anchors.Head.of(ledger.own, ledger.peer, root),
        None if complete else Place(upto, max(receipt_size, greatest)),
        _keys_lacked(channel, box),
    )
    box = box._replace(counter=counter)
    outbox.save(connection, _booked_reply(box, composed, desk.clock()) if asked else box)
    return composed


def bare(
    desk: Desk,
    connection: Connection,
    ledger: Ledger,
    box: OutboxRow,
    *,
    answers: bytes | None = None,
    refusals: tuple[Refusal, ...] = (),
    recovering: bool,
) -> Composed:
    """A message that shows nothing new of ours: what both hold, and what the peer itself lacks.

    That of a desk that has halted the channel, whose peer has not answered since the start, that
    was set back and asks for what it lacks, or whose keys were revoked and whose peer may not know.
    """
    entries: list[Entry] = []
    if box.lost_held is not None and not recovering and ledger.is_open:
        sent = desk.anchors.look(ledger.channel.id)
        most = sent.count if isinstance(sent, anchors.Head) else 0
        entries, _complete = _pending(connection, ledger, box.lost_held, _room(box) // 2)
        entries = [entry for entry in entries if entry.seq < most]
    counter = box.counter + 1
    outbox.save(connection, box._replace(counter=counter))
    channel, wishes = ledger.channel, WISH_RETURN if recovering else 0
    returned, returned_receipts = _returned(desk, connection, ledger, box)
    parts = _Parts(
        keys_held=channel.peer_keys.number,
        receipts_held=box.receipted,
        statements=_with_bodies(desk, connection, channel, entries),
        refusals=refusals[:_REFUSALS],
        wishes=wishes,
        returned=returned,
        returned_receipts=returned_receipts,
    )
    said, key = _heads(ledger, box, answers, wishes), ledger.keys.statement
    return Composed(said, parts, key, 0, 0, counter, None, None, _keys_lacked(channel, box))


def _keys_lacked(channel: Channel, box: OutboxRow) -> tuple[bytes, ...]:
    """Our key statements from the first one on that the peer may lack, as many as fit."""
    found: list[bytes] = []
    size = 0
    for statement in channel.own_keys.statements[box.keys_held :]:
        size += len(statement.data)
        if size > limits.KEY_STATEMENTS_BYTES // 2 or len(found) == limits.KEY_STATEMENTS_IN_FRAME:
            break
        found.append(statement.data)
    return tuple(found)


def _room(box: OutboxRow) -> int:
    """Bytes of statements and bodies in the next frame: less over a line that fails."""
    return max(_LEAST_ROOM, FRAME_ROOM >> min(box.attempts, 16))


def _heads(ledger: Ledger, box: OutboxRow, answers: bytes | None, wishes: int) -> Heads:
    """What a message says of heads.

    A request answers the last reply, so that the peer knows it to be made after that.
    """
    channel, own, peer = ledger.channel, ledger.own, ledger.peer
    # A checkpoint may have come where the receipt was lost. A peer that was set back with its
    # anchors finds out by this number alone that it has signed something over what it lost.
    acknowledged = max(box.receipted, ledger.mirror.ours)
    return Heads(
        version=HEADS_VERSION,
        channel=channel.id,
        author=channel.own.party,
        recipient=channel.peer.party,
        held=Held(peer.epoch, peer.count, peer.leaf, acknowledged),
        own=Head(own.epoch, own.count, own.leaf),
        lost=bool(wishes & WISH_RETURN),
        answers=answers if answers is not None else box.last_reply,
    )


def _returned(
    desk: Desk, connection: Connection, ledger: Ledger, box: OutboxRow
) -> tuple[tuple[Sent, ...], tuple[SentReceipt, ...]]:
    """What a peer that was set back has lost of its own: statements, and receipts for ours."""
    channel = ledger.channel
    if box.lost_from is None or box.lost_held is None:
        return (), ()
    entries = log.by_author(
        connection, channel.id, channel.peer_index, box.lost_from, limits.STATEMENTS_IN_FRAME
    )
    entries = _fitting(connection, channel, entries, _room(box) // 2)
    rows = proofs.receipts(
        connection, channel.id, channel.peer_index, after_size=box.lost_from + box.lost_held
    )
    receipts = [SentReceipt(row.size, row.protected, row.signature) for row in rows]
    return (
        _with_bodies(desk, connection, channel, entries),
        tuple(receipts[: limits.STATEMENTS_IN_FRAME]),
    )


def _booked_reply(box: OutboxRow, sent: Composed, now: int) -> OutboxRow:
    """What a reply carries counts as delivered: a peer that lacks it asks again.

    It is given a moment to do so, once for each statement: whoever replays old frames cannot keep
    the courier waiting.
    """
    news = sent.upto > box.receipted and sent.upto > box.offered
    pause = now * 1000 + _REPLY_PAUSE_MS if news else 0
    return box._replace(
        offered=max(box.offered, sent.upto),
        receipt_size_delivered=max(box.receipt_size_delivered, sent.receipt_size),
        next_attempt_ms=max(box.next_attempt_ms, pause),
    )


def _pending(
    connection: Connection, ledger: Ledger, first: int, room: int
) -> tuple[list[Entry], bool]:
    """Own statements from ``first`` on that fit into one frame, and whether that is all."""
    channel = ledger.channel
    if first >= ledger.own.count:
        return [], True
    entries = log.by_author(
        connection, channel.id, channel.own_index, first, limits.STATEMENTS_IN_FRAME
    )
    fitting = _fitting(connection, channel, entries, room)
    return fitting, fitting[-1].seq + 1 == ledger.own.count


def _fitting(
    connection: Connection, channel: Channel, entries: list[Entry], room: int
) -> list[Entry]:
    """The first of ``entries`` that fit into ``room`` bytes with their bodies; one at least."""
    sizes = log.body_sizes(connection, channel.id, [entry.position for entry in entries])
    total = 0
    for count, entry in enumerate(entries):
        total += len(entry.data) + sizes.get(entry.position, 0)
        if total > room and count:
            return entries[:count]
    return entries


def _with_bodies(
    desk: Desk, connection: Connection, channel: Channel, entries: Sequence[Entry]
) -> tuple[Sent, ...]:
    positions = [entry.position for entry in entries]
    sealed = log.bodies(connection, channel.id, positions)
    lacking = [position for position in positions if position not in sealed]
    rests = erasures.rests(connection, channel.id, lacking) if lacking else {}
    sent: list[Sent] = []
    for entry in entries:
        kept = sealed.get(entry.position)
        # Of an erased body the digests are left, which show that nothing else is missing.
        body = rests.get(entry.position)
        if kept is not None:
            body = desk.vault.open(kept.slot, kept.sealed, entry.leaf)
        sent.append(Sent(entry.data, body))
    return tuple(sent)


def _receipts(
    connection: Connection,
    ledger: Ledger,
    after_size: int,
    repeated: tuple[int, int] | None,
    horizon: int,
) -> list[ReceiptRow]:
    """Our receipts that the peer may lack: new ones, and again those for what it repeats.

    Where there are too many, the newest: the greatest covers what all before it do.
    """
    rows = {row.size: row for row in ledger.receipts(after_size)}
    if repeated is not None:
        channel = ledger.channel
        for row in proofs.receipts_covering(connection, channel.id, channel.own_index, *repeated):
            rows[row.size] = row
    fitting = [row for size, row in sorted(rows.items()) if size <= horizon]
    return fitting[-limits.STATEMENTS_IN_FRAME :]
