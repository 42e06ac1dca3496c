"""Giving and taking over a channel: what to send, and what to do with what came.

Both directions are one: a request and a reply carry the same kind of message, over the wire or as
a file. Whatever is lost, repeated or reordered on the way, a statement takes effect once.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Sequence
from typing import NamedTuple, TypeVar

from sqlalchemy import Connection

from parley.application.desk import Desk
from parley.application.intake import Intake
from parley.application.message import (
    MESSAGE_VERSION,
    WISH_POST_QUANTUM,
    Held,
    Message,
    Refusal,
    Sent,
    SentCosignature,
    SentReceipt,
)
from parley.crypto.checkpoint import ED25519_COSIGNATURE, ML_DSA_44_COSIGNATURE
from parley.domain.delivery import DeliveryEvent
from parley.kernel import limits
from parley.kernel.errors import ParleyError
from parley.kernel.reasons import Reason
from parley.record import body as bodies
from parley.record import incoming
from parley.record.channel import Channel
from parley.record.incoming import Checked, ForgedError
from parley.record.ledger import Ledger
from parley.store import channels, log, outbox, proofs
from parley.store.log import Entry
from parley.store.outbox import DeliveryRow, OutboxRow
from parley.store.proofs import ReceiptRow

FRAME_ROOM = limits.FRAME_BYTES // 2
"""Bytes of statements and bodies in one frame: proofs and sealing need room beside them."""

_LEAST_ROOM = 64 * limits.KIB
"""A line that does not carry this much at once carries nothing worth the trouble."""

_Result = TypeVar("_Result")

_KINDS = (ED25519_COSIGNATURE, ML_DSA_44_COSIGNATURE)
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
    ``rest`` is where the next message has to go on, as far as this one did not have room for all.
    """

    message: Message
    upto: int
    receipt_size: int
    counter: int
    rest: Place | None = None


class Settled(NamedTuple):
    """What a reply brought: what the peer refused, and whether anything moved on."""

    refusals: tuple[Refusal, ...]
    progress: bool


def compose(
    desk: Desk,
    channel_id: bytes,
    *,
    post_quantum: bool = False,
    start: Place | None = None,
    refusals: tuple[Refusal, ...] = (),
    room: int | None = None,
) -> Outgoing:
    """Make the next message to a peer.

    It begins with what the peer is not known to have; ``start``: where an earlier message ended,
    whether that one has arrived or not. ``post_quantum`` asks the peer to cosign with ML-DSA-44 now
    (before an export). ``refusals`` say what was kept out of what the peer sent. ``room`` is how
    many bytes of statements and bodies it may have; none: half as much after each failure, as a bad
    line may carry what is small.

    :raises ParleyError: ``channel-unknown``, ``channel-halted``.
    """
    with desk.database.write(channel_id) as connection:
        channel = open_channel(desk, connection, channel_id)
        return _compose(
            desk,
            connection,
            desk.ledger(connection, channel),
            outbox.one(connection, channel.id),
            answers=None,
            repeated=None,
            refusals=refusals,
            wishes=WISH_POST_QUANTUM if post_quantum else 0,
            start=start,
            room=room,
        )


def handle(desk: Desk, message: Message, request: bytes) -> Outgoing:
    """Take a peer's request in and make the reply, in one transaction.

    ``request`` is SHA-256 of the request's header. The reply leaves after the commit.

    :raises ParleyError: ``channel-unknown``, ``channel-halted``.
    """

    def take(connection: Connection, checked: Checked) -> Outgoing:
        channel = open_channel(desk, connection, message.channel)
        intake = Intake(desk, connection, channel)
        repeated = intake.take(message, checked)
        if intake.halted:
            return _refusal(connection, intake, request)
        return _compose(
            desk,
            connection,
            intake.ledger,
            intake.box,
            answers=request,
            repeated=repeated,
            refusals=intake.refusals,
            wishes=0,
        )

    return taken(desk, message, take)


def taken(desk: Desk, message: Message, take: Callable[[Connection, Checked], _Result]) -> _Result:
    """Take a message in by ``take``, in a transaction that ends when all signatures are checked.

    Where one turns out to be forged, nothing of it has happened, and ``take`` gets what is before.
    """
    checked = _check(desk, message)
    while True:
        try:
            with desk.database.write(message.channel) as connection:
                result = take(connection, checked)
                checked.confirm()
            return result
        except ForgedError as error:
            checked = checked.before(error.place)


def _refusal(connection: Connection, intake: Intake, request: bytes) -> Outgoing:
    """The reply of a desk that has just halted the channel: why, and nothing that it signs."""
    peer = intake.ledger.peer
    counter = intake.box.counter + 1
    outbox.save(connection, intake.box._replace(counter=counter))
    message = Message(
        version=MESSAGE_VERSION,
        channel=intake.ledger.channel.id,
        nonce=secrets.token_bytes(_NONCE_BYTES),
        answers=request,
        held=Held(peer.epoch, peer.count, peer.leaf),
        statements=(),
        checkpoint=None,
        receipts=(),
        cosignatures=(),
        refusals=intake.refusals[:_REFUSALS],
        wishes=0,
    )
    return Outgoing(message, 0, 0, counter)


def settle(desk: Desk, sent: Outgoing, reply: Message) -> Settled:
    """Take the reply to ``sent`` in, and book what the peer has now.

    :raises ParleyError: ``channel-halted``; ``wrong-audience`` for a reply of another channel.
    """
    if reply.channel != sent.message.channel:
        raise ParleyError(Reason.WRONG_AUDIENCE)

    def take(connection: Connection, checked: Checked) -> bool:
        channel = open_channel(desk, connection, reply.channel)
        intake = Intake(desk, connection, channel)
        before = standing(connection, intake)
        intake.box = transmitted(connection, intake.box, sent.upto, desk.clock())
        intake.take(reply, checked)
        box = intake.box
        refused = reply.refusals[0].reason if reply.refusals else None
        if refused is not None:
            note_failure(
                connection, channel, box, DeliveryEvent.RELAY_REJECTION, refused, desk.clock()
            )
        progress = refused is None and standing(connection, intake) != before
        outbox.save(
            connection,
            box._replace(
                receipt_size_delivered=max(box.receipt_size_delivered, sent.receipt_size),
                attempts=0 if progress else box.attempts + 1,
                next_attempt_ms=0 if progress else box.next_attempt_ms,
                last_reason=refused,
                last_contact_at=desk.clock(),
            ),
        )
        return progress

    return Settled(reply.refusals, taken(desk, reply, take))


def standing(connection: Connection, intake: Intake) -> tuple[int, ...]:
    """Own statements receipted, own log cosigned (by each kind), the peer's statements held."""
    channel = intake.ledger.channel
    own = channel.own_index
    cosigned = [proofs.greatest_cosigned(connection, channel.id, own, kind) for kind in _KINDS]
    return (
        intake.box.receipted,
        *(row.size if row else 0 for row in cosigned),
        intake.ledger.peer.count,
    )


def failed(desk: Desk, channel_id: bytes, reason: Reason) -> int:
    """Book that an attempt to reach the peer failed; returns how many have failed in a row."""
    with desk.database.write(channel_id) as connection:
        channel = desk.channel(connection, channel_id)
        box = outbox.one(connection, channel_id)
        note_failure(
            connection, channel, box, DeliveryEvent.RELAY_FAILURE, reason.value, desk.clock()
        )
        attempts = box.attempts + 1
        outbox.save(connection, box._replace(attempts=attempts, last_reason=reason.value))
    return attempts


def attempts(desk: Desk, channel_id: bytes) -> int:
    """How many attempts in a row have brought nothing."""
    with desk.database.read() as connection:
        return outbox.one(connection, channel_id).attempts


def postpone(desk: Desk, channel_id: bytes, until_ms: int) -> None:
    """Set the time of the next attempt (milliseconds since the epoch)."""
    with desk.database.write(channel_id) as connection:
        box = outbox.one(connection, channel_id)
        outbox.save(connection, box._replace(next_attempt_ms=until_ms))


def note_failure(
    connection: Connection,
    channel: Channel,
    box: OutboxRow,
    event: DeliveryEvent,
    reason: str,
    now: int,
) -> None:
    """One event for a run of equal failures: an outage of days is one line, not thousands."""
    own = log.chains(connection, channel.id)[channel.own_index]
    if own.count == box.receipted:
        return
    row = DeliveryRow(box.receipted, own.count - 1, event.value, reason, now)
    last = outbox.last_event(connection, channel.id)
    if last is None or last._replace(at=now) != row:
        outbox.add_event(connection, channel.id, row)


def open_channel(desk: Desk, connection: Connection, channel_id: bytes) -> Channel:
    """A channel in which the desk still speaks.

    :raises ParleyError: ``channel-unknown``, ``channel-halted``.
    """
    channel = desk.channel(connection, channel_id)
    row = channels.one(connection, channel_id)
    if row is None or row.state != "open":
        raise ParleyError(Reason.CHANNEL_HALTED, why=row.reason if row else None)
    return channel


def _check(desk: Desk, message: Message) -> Checked:
    """Check what needs no look at the record, or begin to."""
    channel = desk.known_channel(message.channel)
    return incoming.check_all(
        channel,
        channel.peer_index,
        [(sent.data, sent.body) for sent in message.statements],
        desk.signatures,
    )


def _compose(
    desk: Desk,
    connection: Connection,
    ledger: Ledger,
    box: OutboxRow,
    *,
    answers: bytes | None,
    repeated: tuple[int, int] | None,
    refusals: tuple[Refusal, ...],
    wishes: int,
    start: Place | None = None,
    room: int | None = None,
) -> Outgoing:
    now = desk.clock()
    channel = ledger.channel
    seq, receipt_size = start or Place(box.receipted, box.receipt_size_delivered)
    room = room or max(_LEAST_ROOM, FRAME_ROOM >> min(box.attempts, 16))
    entries, complete = _pending(connection, ledger, seq, room)
    upto = entries[-1].seq + 1 if entries else ledger.own.count
    # Where the batch ends early, the peer cannot rebuild our tree beyond its end.
    horizon = ledger.size if complete else entries[-1].author_index + 1
    receipts = _receipts(connection, channel, receipt_size, repeated, horizon)
    cosignatures = proofs.newest_cosignatures(connection, channel.id, channel.peer_index)
    checkpoint = ledger.checkpoint() if complete and ledger.size else None
    message = Message(
        version=MESSAGE_VERSION,
        channel=channel.id,
        nonce=secrets.token_bytes(_NONCE_BYTES),
        answers=answers,
        held=Held(ledger.peer.epoch, ledger.peer.count, ledger.peer.leaf),
        statements=_with_bodies(desk, connection, channel, entries),
        checkpoint=checkpoint.note if checkpoint else None,
        receipts=tuple(SentReceipt(row.size, row.protected, row.signature) for row in receipts),
        cosignatures=tuple(SentCosignature(row.size, row.line) for row in cosignatures),
        refusals=refusals[:_REFUSALS],
        wishes=wishes,
    )
    counter = box.counter + 1
    greatest = max((row.size for row in receipts), default=0)
    rest = None if complete else Place(upto, max(receipt_size, greatest))
    outgoing = Outgoing(message, upto, greatest, counter, rest)
    box = box._replace(counter=counter)
    outbox.save(
        connection,
        box if answers is None else _booked_reply(box, outgoing, now),
    )
    return outgoing


def _booked_reply(box: OutboxRow, sent: Outgoing, now: int) -> OutboxRow:
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


def transmitted(connection: Connection, box: OutboxRow, upto: int, now: int) -> OutboxRow:
    """Book that the peer's endpoint took our statements below ``upto``."""
    if upto <= box.transmitted:
        return box
    event = DeliveryEvent.RELAY_ACCEPTANCE.value
    row = DeliveryRow(box.transmitted, upto - 1, event, None, now)
    outbox.add_event(connection, box.channel, row)
    return box._replace(transmitted=upto)


def _pending(
    connection: Connection, ledger: Ledger, first: int, room: int
) -> tuple[list[Entry], bool]:
    """Own statements from ``first`` on that fit into ``room`` bytes, and whether that is all."""
    channel = ledger.channel
    if first >= ledger.own.count:
        return [], True
    entries = log.by_author(
        connection, channel.id, channel.own_index, first, limits.STATEMENTS_IN_FRAME
    )
    sizes = log.body_sizes(connection, channel.id, [entry.position for entry in entries])
    total = 0
    for count, entry in enumerate(entries):
        total += len(entry.data) + sizes.get(entry.position, 0)
        if total > room and count:
            return entries[:count], False
    return entries, entries[-1].seq + 1 == ledger.own.count


def _with_bodies(
    desk: Desk, connection: Connection, channel: Channel, entries: Sequence[Entry]
) -> tuple[Sent, ...]:
    sealed = log.bodies(connection, channel.id, [entry.position for entry in entries])
    sent: list[Sent] = []
    for entry in entries:
        kept = sealed.get(entry.position)
        body = bodies.parse(desk.vault.open(kept.slot, kept.sealed, entry.leaf)) if kept else None
        sent.append(Sent(entry.data, body))
    return tuple(sent)


def _receipts(
    connection: Connection,
    channel: Channel,
    after_size: int,
    repeated: tuple[int, int] | None,
    horizon: int,
) -> list[ReceiptRow]:
    """Our receipts that the peer may lack: new ones, and again those for what it repeats.

    Where there are too many, the newest: the greatest covers what all before it do.
    """
    own = channel.own_index
    rows = {
        row.size: row for row in proofs.receipts(connection, channel.id, own, after_size=after_size)
    }
    if repeated is not None:
        for row in proofs.receipts_covering(connection, channel.id, own, *repeated):
            rows[row.size] = row
    fitting = [row for size, row in sorted(rows.items()) if size <= horizon]
    return fitting[-limits.STATEMENTS_IN_FRAME :]
