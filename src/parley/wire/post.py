"""What a frame brings about: open it, take it in, answer it.

The endpoint and the courier both come here, and whatever else will carry frames.
"""

from __future__ import annotations

from typing import NamedTuple

from parley.application import carriage, exchange
from parley.application.carriage import Taken
from parley.application.composing import Outgoing
from parley.application.desk import Desk
from parley.application.exchange import Settled
from parley.kernel.errors import ParleyError
from parley.kernel.reasons import Reason
from parley.record.channel import Channel
from parley.wire import frame as frames
from parley.wire.frame import Frame, Header


class Verified(NamedTuple):
    """A frame that the peer of ``channel`` has signed for us; not yet opened."""

    frame: Frame
    header: Header
    channel: Channel


def answer(desk: Desk, data: bytes) -> bytes:
    """Take a request frame in and make the reply frame.

    :raises ParleyError: with the reason for which nothing was taken in.
    """
    return respond(desk, verified(desk, data))


def verified(desk: Desk, data: bytes) -> Verified:
    """Check who made a request frame. The work rises with what has been proved.

    First its shape, then that the channel is known, then one signature.

    :raises ParleyError: with the reason for which the frame is not the peer's.
    """
    frame = frames.parse(data)
    header = frame.header()
    channel = _channel(desk, header.channel)
    frames.verify(frame, header, channel)
    return Verified(frame, header, channel)


def respond(desk: Desk, request: Verified) -> bytes:
    """Open a verified frame, take it in and make the reply frame.

    :raises ParleyError: with the reason for which nothing was taken in.
    """
    frame, header, channel = request
    message = frames.open_message(frame, header, desk.keys.sealing)
    outgoing = exchange.handle(desk, message, frame.signed_digest)
    reply, digest = frames.seal(outgoing.message, channel, desk.keys.statement, outgoing.counter)
    exchange.replied(desk, channel.id, digest)
    return reply


def request(desk: Desk, outgoing: Outgoing) -> tuple[bytes, bytes]:
    """Seal a message that the courier is to bring. Returns the frame and its signed digest."""
    channel = _channel(desk, outgoing.message.channel)
    return frames.seal(outgoing.message, channel, desk.keys.statement, outgoing.counter)


def settle(desk: Desk, outgoing: Outgoing, digest: bytes, data: bytes) -> Settled:
    """Take in the reply to a frame of ours with the signed digest ``digest``.

    :raises ParleyError: with the reason for which the reply was not taken in; ``reply-mismatch``
        where it answers another frame.
    """
    frame = frames.parse(data)
    header = frame.header()
    channel = _channel(desk, outgoing.message.channel)
    frames.verify(frame, header, channel)
    message = frames.open_message(frame, header, desk.keys.sealing)
    if message.answers != digest:
        raise ParleyError(Reason.REPLY_MISMATCH)
    return exchange.settle(desk, outgoing, message, frame.signed_digest)


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
    channel = _channel(desk, header.channel)
    frames.verify(frame, header, channel)
    if header.sealing_kid != desk.keys.sealing.public.kid:
        raise ParleyError(Reason.POUCH_LATE)
    message = frames.open_message(frame, header, desk.keys.sealing)
    return carriage.take(desk, message, frame.signed_digest)


def _channel(desk: Desk, channel_id: bytes) -> Channel:
    return desk.known_channel(channel_id)
