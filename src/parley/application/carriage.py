"""Giving and taking by pouch: messages that somebody carries to a desk, and the answers back.

A message from a pouch answers nothing that we remember. What it says is taken for what it proves
by itself: statements by their chain, receipts, checkpoints and cosignatures by the roots that they
sign. Nothing is booked because a message came, as a reply on the wire books that the request was
taken; so it makes no difference how late, how often and in which order messages come.
"""

from __future__ import annotations

from typing import NamedTuple

from sqlalchemy import Connection

from parley.application import exchange, recovery
from parley.application.composing import Outgoing
from parley.application.desk import Desk
from parley.application.intake import Intake
from parley.application.message import Message, Refusal
from parley.domain.delivery import DeliveryEvent
from parley.kernel.errors import ParleyError
from parley.kernel.reasons import Reason
from parley.record import statement
from parley.record.channel import Channel
from parley.record.incoming import Checked
from parley.store import attachments, channels, deadlines, log, outbox, pouches, proofs
from parley.store.outbox import DeliveryRow, OutboxRow
from parley.store.pouches import PouchRow


class Taken(NamedTuple):
    """What a message brought.

    ``fresh`` new statements of the peer; ``receipted`` of our own by which the receipts went on;
    ``progress``: whether anything is known that was not before. ``refusals`` is what we kept out,
    to be told to the peer; ``refused`` what the peer has kept out. ``halted``: the channel was
    halted because of it. ``chunks`` of attachments were written.
    """

    channel: Channel
    fresh: int
    receipted: int
    progress: bool
    refusals: tuple[Refusal, ...]
    refused: tuple[Refusal, ...]
    halted: bool
    chunks: int = 0


class Packed(NamedTuple):
    """A file that was packed. ``arrived``: its statements have all been receipted since."""

    row: PouchRow
    channel: Channel
    arrived: bool


def take(desk: Desk, message: Message, epoch: int, digest: bytes) -> Taken:
    """Take in a message that was carried here, in one transaction.

    ``epoch`` is that of the peer whose key signed its frame. ``digest`` is the frame's signed
    digest: our next message answers it.

    :raises ParleyError: ``pouch-early`` where statements before its own are still to come, and
        nothing of it was taken; ``channel-unknown``, ``channel-halted``.
    """
    _check_place(desk, message)

    def taken(connection: Connection, intake: Intake, checked: Checked) -> Taken:
        before = exchange.standing(connection, intake)
        peer, receipted = intake.ledger.peer.count, intake.box.receipted
        intake.box = intake.box._replace(last_reply=digest)
        if recovery.meet(desk, connection, intake, message, checked, fresh=False, carried=True):
            intake.take(message, checked)
        progress = exchange.standing(connection, intake) != before
        outbox.save(
            connection,
            intake.box if intake.halted else _booked(desk, connection, intake, message, progress),
        )
        return Taken(
            channel=intake.channel,
            fresh=intake.ledger.peer.count - peer,
            receipted=intake.box.receipted - receipted,
            progress=progress,
            refusals=intake.refusals,
            refused=message.refusals,
            halted=intake.halted,
        )

    return exchange.taken(desk, message, epoch, taken)


def check_confirmed(desk: Desk, channel_id: bytes) -> None:
    """Refuse to show anything new before the peer has answered since the start.

    A desk that was set back together with its anchors would sign a fork. One that knows of it shows
    nothing new in any case.

    :raises ParleyError: ``head-unconfirmed``.
    """
    with desk.database.read() as connection:
        row = channels.one(connection, channel_id)
    if row is not None and row.state == "open" and not desk.contacts.confirmed(channel_id):
        raise ParleyError(Reason.HEAD_UNCONFIRMED)


def held(desk: Desk, channel_id: bytes) -> int:
    """How many of the peer's statements stand in our record."""
    channel = desk.known_channel(channel_id)
    with desk.database.read() as connection:
        return log.chains(connection, channel.id)[channel.peer_index].count


def noted(desk: Desk, outgoing: Outgoing, path: str, digest: bytes) -> PouchRow:
    """Note, before it is written, that ``outgoing`` will lie at ``path``; returns what was noted.

    A file that nobody knows of would be a copy of bodies that no erasure finds.
    """
    message = outgoing.message
    row = PouchRow(
        channel=message.channel,
        counter=outgoing.counter,
        first_seq=outgoing.upto - len(message.statements),
        upto=outgoing.upto,
        path=path,
        digest=digest,
        packed_at=desk.clock(),
    )
    with desk.database.write(message.channel) as connection:
        pouches.add(connection, row)
    return row


def handed_over(desk: Desk, row: PouchRow) -> None:
    """Book that the file stands: its statements are with whoever carries it."""
    with desk.database.write(row.channel) as connection:
        _book(connection, row, DeliveryEvent.RELAY_TO_NON_ERDS, None, desk.clock())
        deadlines.packed(connection, row.channel, row.first_seq)


def failed(desk: Desk, row: PouchRow) -> None:
    """Book that the file could not be written, and forget it."""
    with desk.database.write(row.channel) as connection:
        pouches.drop(connection, row)
        reason = Reason.FILE_UNWRITABLE.value
        _book(connection, row, DeliveryEvent.RELAY_TO_NON_ERDS_FAILURE, reason, desk.clock())


def packed(desk: Desk) -> list[Packed]:
    """What was packed and not cleared, the oldest first."""
    with desk.database.read() as connection:
        return [
            Packed(row, desk.channel(connection, row.channel), _arrived(connection, row))
            for row in pouches.every(connection)
        ]


def forget(desk: Desk, rows: list[PouchRow]) -> None:
    """Forget files that are no longer there."""
    with desk.database.write(*{row.channel for row in rows}) as connection:
        for row in rows:
            pouches.drop(connection, row)


def _check_place(desk: Desk, message: Message) -> None:
    """Refuse a message whose statements cannot be next, before it costs anything.

    :raises ParleyError: ``pouch-early``.
    """
    first = _first(message)
    if message.returned or message.held.receipted > held(desk, message.channel):
        # We have receipted more than we hold: it is not early, we were set back.
        return
    if first is not None and first > (count := held(desk, message.channel)):
        raise ParleyError(Reason.POUCH_EARLY, expected=count, found=first)


def _first(message: Message) -> int | None:
    """The sequence number of the first statement; none where there is none that can be read.

    Whatever is wrong with it, taking it in will say so and keep it as evidence.
    """
    if not message.statements:
        return None
    try:
        return statement.parse(message.statements[0].data).envelope.seq
    except ParleyError:
        return None


def _booked(
    desk: Desk, connection: Connection, intake: Intake, message: Message, progress: bool
) -> OutboxRow:
    """The outbox after a message: what the peer has shown to hold, and what it lacks."""
    channel, now = intake.ledger.channel, desk.clock()
    box = exchange.transmitted(connection, intake.box, message.held.count, now)
    reason = _still_refused(connection, channel, box, message.refusals)
    if reason is not None:
        exchange.note_failure(connection, channel, box, DeliveryEvent.RELAY_REJECTION, reason, now)
    return box._replace(
        receipt_size_delivered=_receipts_held(connection, channel, message),
        attempts=0 if progress else box.attempts,
        next_attempt_ms=0 if progress else box.next_attempt_ms,
        last_reason=reason or (None if progress else box.last_reason),
        last_contact_at=now if progress else box.last_contact_at,
    )


def _still_refused(
    connection: Connection, channel: Channel, box: OutboxRow, refusals: tuple[Refusal, ...]
) -> str | None:
    """Why the peer keeps out a statement that still waits for its receipt.

    A refusal may have been overtaken while it was carried.
    """
    for refusal in refusals:
        entry = log.by_leaf(connection, channel.id, refusal.leaf) if refusal.leaf else None
        if entry and entry.author == channel.own_index and entry.seq >= box.receipted:
            return refusal.reason
    return None


def _receipts_held(connection: Connection, channel: Channel, message: Message) -> int:
    """Up to which size the peer has our receipts, by its own word, even if we gave it more once.

    An answer may be lost; an old word makes us give again what the peer has, and no more. ``held``
    counts what a checkpoint of ours shows as well: a receipt may be lost where that one arrived.
    """
    last = message.receipts_held - 1
    covering = proofs.receipts_covering(connection, channel.id, channel.own_index, last, last)
    return max((row.size for row in covering if row.last_seq <= last), default=0)


def _arrived(connection: Connection, row: PouchRow) -> bool:
    tags = attachments.in_pouch(connection, row.channel, row.counter)
    if tags:
        # No receipt is given for bytes: it is the other side's word that it has all of them.
        found = [attachments.blob(connection, row.channel, tag) for tag in tags]
        return all(one is None or one.peer_has_all for one in found)
    return row.first_seq < row.upto <= outbox.one(connection, row.channel).receipted


def _book(
    connection: Connection, row: PouchRow, event: DeliveryEvent, reason: str | None, now: int
) -> None:
    if row.first_seq < row.upto:
        delivery = DeliveryRow(row.first_seq, row.upto - 1, event.value, reason, now)
        outbox.add_event(connection, row.channel, delivery)
