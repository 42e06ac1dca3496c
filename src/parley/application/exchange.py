"""Giving and taking over a channel: what to send, and what to do with what came.

Both directions are one: a request and a reply carry the same kind of message, over the wire or as
a file. Whatever is lost, repeated or reordered on the way, a statement takes effect once.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext, suppress
from hashlib import sha256
from typing import NamedTuple, TypeVar

from sqlalchemy import Connection

from parley.application import composing, epochs, recovery
from parley.application.aside import Later
from parley.application.composing import Asked, Composed, Outgoing, Place
from parley.application.desk import Desk
from parley.application.intake import QUARANTINE_ITEMS, Intake
from parley.application.message import WISH_POST_QUANTUM, Message, Refusal
from parley.crypto.checkpoint import COSIGNATURES
from parley.domain.delivery import DeliveryEvent
from parley.kernel.errors import ParleyError
from parley.kernel.reasons import Reason
from parley.record import incoming, mirror
from parley.record.ahead import Ahead, UnconfirmedError
from parley.record.channel import Channel
from parley.record.incoming import Checked, ForgedError
from parley.record.signatures import Signatures
from parley.store import log, outbox, proofs
from parley.store.outbox import DeliveryRow, OutboxRow

_Result = TypeVar("_Result")
_Finished = TypeVar("_Finished")


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
    unconfirmed: bool = False,
) -> Outgoing:
    """Make the next message to a peer.

    It begins with what the peer is not known to have; ``start``: where an earlier message ended,
    whether that one has arrived or not. ``post_quantum`` asks the peer to cosign with ML-DSA-44 now
    (before an export). ``refusals`` say what was kept out of what the peer sent. ``room`` is how
    many bytes of statements and bodies it may have; none: half as much after each failure, as a bad
    line may carry what is small.

    As long as the peer has not answered since the start, the message shows nothing that is new;
    with ``unconfirmed`` it does all the same, on the word of whoever asks for it: if the whole desk
    was set back, with its anchors, what it signs then is a fork.

    :raises ParleyError: ``channel-unknown``, ``channel-halted``; ``anchor-missing``,
        ``anchor-damaged``: then nothing may leave.
    """
    with desk.database.write(channel_id) as connection:
        channel, position = desk.position(connection, channel_id)
        ledger, box = desk.ledger_at(connection, channel, position), position.box
        recovering = position.row.state != "open"
        known = unconfirmed or desk.contacts.confirmed(channel_id)
        waits = epochs.waits_for_peer(ledger)
        if not (recovering or waits or ledger.is_open):
            ledger.open_epoch()
        if recovering or waits or not known:
            composed = composing.bare(desk, connection, ledger, box, recovering=recovering)
        else:
            composed = composing.full(
                desk,
                connection,
                ledger,
                box,
                asked=None,
                refusals=refusals,
                wishes=WISH_POST_QUANTUM if post_quantum else 0,
                start=start,
                room=room,
            )
    _anchor(desk, composed)
    return composed.signed()


def _anchor(desk: Desk, composed: Composed) -> None:
    """Have on disk how far our record had come, before the message shows it to anybody."""
    if composed.head is not None:
        desk.anchors.advance(composed.said.channel, composed.head)


def handle(desk: Desk, message: Message, request: bytes, epoch: int) -> Outgoing:
    """:func:`answer` with the reply as it is."""
    return answer(desk, message, request, epoch, lambda reply: reply)


def answer(
    desk: Desk,
    message: Message,
    request: bytes,
    epoch: int,
    finish: Callable[[Outgoing], _Finished],
) -> _Finished:
    """Take a peer's request in and make the reply, in one transaction.

    ``request`` is the signed digest of the request's frame, ``epoch`` that of the peer whose key
    signed it. ``finish`` makes of the reply what is to leave, meanwhile; it leaves after the
    commit, and when the anchor is on disk.

    :raises ParleyError: ``channel-unknown``, ``channel-halted``; ``anchor-missing``,
        ``anchor-damaged``: then nothing may leave.
    """

    def take(connection: Connection, intake: Intake, checked: Checked) -> Composed:
        fresh = desk.contacts.answered(message.channel, message.answers)
        usual = recovery.meet(desk, connection, intake, message, checked, fresh=fresh)
        repeated = intake.take(message, checked) if usual else None
        if intake.halted or not usual:
            return composing.bare(
                desk,
                connection,
                intake.ledger,
                intake.box,
                answers=request,
                refusals=intake.refusals,
                recovering=not intake.halted and intake.state != "open",
            )
        return composing.full(
            desk,
            connection,
            intake.ledger,
            intake.box,
            # Who asks and has nothing new lacks something, or has lost it.
            asked=Asked(request, repeated, again=not intake.news or bool(message.wishes)),
            refusals=intake.refusals,
        )

    finished: list[Later[_Finished]] = []

    def begin(composed: Composed) -> None:
        finished.append(Later(lambda: finish(composed.signed())))
        if desk.aside is not None:
            desk.aside.begin(finished[-1])

    _anchor(desk, taken(desk, message, epoch, take, begin))
    return finished[-1].result() if desk.aside is None else desk.aside.result(finished[-1])


def replied(desk: Desk, channel_id: bytes, digest: bytes) -> None:
    """Note the signed digest of a reply's frame: the peer's next request answers it."""
    if not desk.contacts.confirmed(channel_id):
        desk.contacts.made(channel_id, digest)


def taken(
    desk: Desk,
    message: Message,
    epoch: int,
    take: Callable[[Connection, Intake, Checked], _Result],
    committing: Callable[[_Result], None] = lambda _: None,
) -> _Result:
    """Take a message in by ``take``, in a transaction that ends when all signatures are checked.

    Where one turns out to be forged, nothing of it has happened, and ``take`` is called again: with
    what is before that statement, or with ``checked.ahead`` knowing what does not hold.
    ``committing`` gets the result when nothing but the commit is left to do. What is known of the
    peer beside the record is noted after it: a peer cannot have half of its message count.
    """
    with _ahead(desk) as ahead:
        checked = _check(desk, message, ahead)
        while True:
            try:
                with desk.database.write(message.channel) as connection:
                    intake = Intake(desk, connection, message.channel, epoch)
                    result = take(connection, intake, checked)
                    checked.confirm()
                    committing(result)
                if intake.confirmed:
                    desk.contacts.confirm(message.channel)
                return result
            except ForgedError as error:
                checked = checked.before(error.place)
            except UnconfirmedError:
                continue


def _ahead(desk: Desk) -> AbstractContextManager[Ahead]:
    others = desk.signatures or Signatures(0)
    return desk.lane.ahead(others) if desk.lane else nullcontext(Ahead(others))


def refuse_retired(desk: Desk, channel: Channel, message: Message) -> None:
    """Keep what somebody sent with a key of the peer that is no longer in use.

    It may be a frame that was long on its way; after a theft it shows what the thief tried.
    """
    now = desk.clock()
    with desk.database.read() as connection:
        if proofs.count_quarantined(connection, channel.id) >= QUARANTINE_ITEMS:
            return
    with desk.database.write(channel.id) as connection:
        for sent in message.statements:
            proofs.quarantine(
                connection,
                channel=channel.id,
                digest=sha256(sent.data).digest(),
                reason=Reason.KEY_RETIRED.value,
                data=sent.data,
                now=now,
                at_most=QUARANTINE_ITEMS,
            )


def settle(
    desk: Desk, sent: Outgoing, reply: Message, epoch: int, digest: bytes | None = None
) -> Settled:
    """Take the reply to ``sent`` in, and book what the peer has now.

    The caller has seen that it answers the very frame of ``sent``. ``epoch`` is that of the peer
    whose key signed the reply. ``digest`` is the signed digest of its frame, where there was one.

    :raises ParleyError: ``channel-halted``; ``wrong-audience`` for a reply of another channel.
    """
    if reply.channel != sent.message.channel:
        raise ParleyError(Reason.WRONG_AUDIENCE)

    def take(connection: Connection, intake: Intake, checked: Checked) -> bool:
        before = standing(connection, intake)
        intake.box = transmitted(connection, intake.box, sent.upto, desk.clock())
        intake.box = intake.box._replace(last_reply=digest)
        if recovery.meet(desk, connection, intake, reply, checked, fresh=True):
            intake.take(reply, checked)
        box = intake.box
        refused = reply.refusals[0].reason if reply.refusals else None
        if refused is not None:
            note_failure(
                connection,
                intake.channel,
                box,
                DeliveryEvent.RELAY_REJECTION,
                refused,
                desk.clock(),
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

    return Settled(reply.refusals, taken(desk, reply, epoch, take))


def standing(connection: Connection, intake: Intake) -> tuple[int | str, ...]:
    """Own statements receipted, own log cosigned (by each kind), both sides' statements held.

    And whether the channel is recovering, and has been confirmed since the start.
    """
    channel = intake.ledger.channel
    own = channel.own_index
    cosigned = [
        proofs.greatest_cosigned(connection, channel.id, own, kind) for kind in COSIGNATURES
    ]
    return (
        intake.box.receipted,
        *(row.size if row else 0 for row in cosigned),
        intake.ledger.peer.count,
        intake.ledger.own.count,
        intake.ledger.own.epoch,
        intake.box.keys_held,
        intake.state,
        intake.confirmed,
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


def _check(desk: Desk, message: Message, ahead: Ahead) -> Checked:
    """Check what needs no look at the record, or begin to."""
    channel = desk.known_channel(message.channel)
    if ahead.at_work:
        # Whatever is wrong with it is said where it is taken in.
        with suppress(ParleyError):
            _collect(desk, channel, message, ahead)
    checked = incoming.check_all(
        channel,
        channel.peer_index,
        [(sent.data, sent.body) for sent in message.statements],
        ahead,
    )
    ahead.begin()
    return checked


def _collect(desk: Desk, channel: Channel, message: Message, ahead: Ahead) -> None:
    """What will have to be verified of a small message, beside its statements."""
    if message.checkpoint is not None:
        ahead.collect(mirror.checkpoint_claim(channel, message.checkpoint.encode())[1])
    own = desk.last_signed.get(channel.id)
    for sent in message.cosignatures:
        if own is not None and sent.size == own.size:
            ahead.collect(mirror.cosignature_claim(channel, own, sent.line))


def transmitted(connection: Connection, box: OutboxRow, upto: int, now: int) -> OutboxRow:
    """Book that the peer's endpoint took our statements below ``upto``."""
    if upto <= box.transmitted:
        return box
    event = DeliveryEvent.RELAY_ACCEPTANCE.value
    row = DeliveryRow(box.transmitted, upto - 1, event, None, now)
    outbox.add_event(connection, box.channel, row)
    return box._replace(transmitted=upto)
