"""What a frame brings about: open it, take it in, answer it.

The endpoint and the courier both come here, and whatever else will carry frames.
"""

from __future__ import annotations

from typing import NamedTuple

from parley.application import carriage, exchange, keys, packing
from parley.application.carriage import Taken
from parley.application.composing import Outgoing
from parley.application.desk import Desk
from parley.application.exchange import Settled
from parley.application.message import Message
from parley.application.parcel import Parcel
from parley.kernel.errors import ParleyError
from parley.kernel.reasons import Reason
from parley.record.channel import Channel
from parley.record.keyring import Keyring
from parley.record.ledger import Keys
from parley.wire import frame as frames
from parley.wire.frame import Frame, Header, KeyForkError


class Verified(NamedTuple):
    """A frame that the peer of ``channel`` has signed for us; not yet opened.

    ``known``: the peer's keys, with those that the frame brings and nobody has kept yet.
    """

    frame: Frame
    header: Header
    channel: Channel
    known: Keyring

    @property
    def epoch(self) -> int:
        """The peer's epoch whose key signed the frame."""
        return self.known.current.number


def answer(desk: Desk, data: bytes) -> bytes:
    """Take a request frame in and make the reply frame.

    :raises ParleyError: with the reason for which nothing was taken in.
    """
    return respond(desk, verified(desk, data))


def verified(desk: Desk, data: bytes) -> Verified:
    """Check who made a request frame. The work rises with what has been proved.

    First its shape, then that the channel is known, then one signature. Where the sender's key is
    not known, one small part is opened before, and the identity's signature on it checked.

    :raises ParleyError: with the reason for which the frame is not the peer's.
    """
    frame = frames.parse(data)
    return _verified(desk, frame, frame.header())


def respond(desk: Desk, incoming: Verified) -> bytes:
    """Open a verified frame, take it in and make the reply frame.

    :raises ParleyError: with the reason for which nothing was taken in.
    """
    message = _opened(desk, incoming)
    signed_digest = incoming.frame.signed_digest

    def sealed(outgoing: Outgoing) -> tuple[bytes, bytes]:
        return request(desk, outgoing)

    reply, digest = exchange.answer(desk, message, signed_digest, incoming.epoch, sealed)
    exchange.replied(desk, incoming.channel.id, digest)
    return reply


def request(desk: Desk, outgoing: Outgoing) -> tuple[bytes, bytes]:
    """Seal a message, of the courier or in reply. Returns the frame and its signed digest.

    :raises ParleyError: ``sealing-key-expired``.
    """
    # Its message was composed in a transaction, which has brought the channel up to date.
    channel = desk.known_channel(outgoing.message.channel)
    return frames.seal(
        outgoing.message,
        channel,
        desk.keys_for(channel.own_keys).statement,
        outgoing.counter,
        now=desk.clock(),
        keys=outgoing.keys,
    )


def settle(desk: Desk, outgoing: Outgoing, digest: bytes, data: bytes) -> Settled:
    """Take in the reply to a frame of ours with the signed digest ``digest``.

    :raises ParleyError: with the reason for which the reply was not taken in; ``reply-mismatch``
        where it answers another frame.
    """
    reply = verified_reply(desk, outgoing.message.channel, data)
    message = _opened(desk, reply)
    if message.answers != digest:
        raise ParleyError(Reason.REPLY_MISMATCH)
    return exchange.settle(desk, outgoing, message, reply.epoch, reply.frame.signed_digest)


def take(desk: Desk, data: bytes) -> Taken:
    """Take in a frame that was carried here; nothing is answered.

    :raises ParleyError: with the reason for which nothing was taken in; ``pouch-own`` for a frame
        of ours, ``pouch-early`` and ``pouch-late`` where it comes at the wrong time.
    """
    frame = frames.parse(data)
    header = frame.header()
    if header.sender == desk.letter.party:
        raise ParleyError(Reason.POUCH_OWN)
    if header.recipient != desk.letter.party:
        raise ParleyError(Reason.WRONG_AUDIENCE)
    late = header.sealing_kid not in _current(desk, header)[1].sealing
    try:
        carried = _verified(desk, frame, header)
    except ParleyError as error:
        if late and error.reason is Reason.KEY_UNKNOWN:
            # The keys that sign it are sealed as well.
            raise ParleyError(Reason.POUCH_LATE) from error
        raise
    if late:
        raise ParleyError(Reason.POUCH_LATE)
    content = frames.open_content(frame, header, learned(desk, carried))
    if isinstance(content, Parcel):
        return packing.take(desk, content)
    return carriage.take(desk, content, carried.epoch, frame.signed_digest)


def verified_reply(desk: Desk, channel_id: bytes, data: bytes) -> Verified:
    """Check who made a frame that came in reply to one in this channel.

    :raises ParleyError: with the reason for which it is not the peer's.
    """
    frame = frames.parse(data)
    header = frame.header()
    if header.channel != channel_id:
        raise ParleyError(Reason.WRONG_AUDIENCE)
    return _verified(desk, frame, header)


def learned(desk: Desk, incoming: Verified) -> Keys:
    """Keep the key statements that a verified frame brings; returns our keys to open it with."""
    channel, known = incoming.channel, incoming.known
    if known.number > channel.peer_keys.number:
        keys.learn(desk, known)
    return desk.keys_for(channel.own_keys)


def _verified(desk: Desk, frame: Frame, header: Header) -> Verified:
    channel, opening = _current(desk, header)
    try:
        known = frames.verify(frame, header, channel, opening)
    except KeyForkError as error:
        keys.convict(desk, channel.peer.party, error.held, error.found)
        raise
    except ParleyError as error:
        if error.reason is Reason.KEY_RETIRED:
            refused = frames.open_content(frame, header, opening)
            if isinstance(refused, Message):
                exchange.refuse_retired(desk, channel, refused)
        raise
    return Verified(frame, header, channel, known)


def _current(desk: Desk, header: Header) -> tuple[Channel, Keys]:
    """The channel of a frame and our keys; read again where its keys are none that we remember.

    :raises ParleyError: ``channel-unknown``, ``wrong-audience``.
    """
    channel = desk.known_channel(header.channel)
    frames.check_audience(header, channel)
    keys = desk.keys_for(channel.own_keys)
    familiar = header.statement_kid == channel.peer_keys.current.statement.kid
    if not familiar or header.sealing_kid not in keys.sealing:
        with desk.database.read() as connection:
            channel = desk.channel(connection, header.channel)
        keys = desk.keys_for(channel.own_keys)
    return channel, keys


def _opened(desk: Desk, incoming: Verified) -> Message:
    """The message of a verified frame, after the key statements that it brings were kept."""
    return frames.open_message(incoming.frame, incoming.header, learned(desk, incoming))
