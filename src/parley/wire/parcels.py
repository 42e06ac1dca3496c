"""Frames about attachments: sealed and signed as all frames are, beside those with messages."""

from __future__ import annotations

from parley.application import parcels
from parley.application.desk import Desk
from parley.application.parcel import Parcel
from parley.kernel.errors import ParleyError
from parley.kernel.reasons import Reason
from parley.wire import frame as frames
from parley.wire import post
from parley.wire.post import Verified


def seal(desk: Desk, parcel: Parcel, counter: int = 0) -> tuple[bytes, bytes]:
    """Seal a parcel. Returns the frame and its signed digest.

    Only what goes into a pouch has a ``counter``.

    :raises ParleyError: ``sealing-key-expired``, ``channel-unknown``.
    """
    channel = desk.known_channel(parcel.channel)
    return frames.seal(
        parcel, channel, desk.keys_for(channel.own_keys).statement, counter, now=desk.clock()
    )


def respond(desk: Desk, incoming: Verified) -> bytes:
    """Open a verified frame about attachments, take it in and make the reply frame.

    :raises ParleyError: with the reason for which nothing was taken in.
    """
    keys = post.learned(desk, incoming)
    parcel = frames.open_parcel(incoming.frame, incoming.header, keys)
    reply = parcels.answer(desk, parcel, incoming.frame.signed_digest)
    return seal(desk, reply)[0]


def answer(desk: Desk, data: bytes) -> bytes:
    """:func:`respond` to a frame as it came.

    :raises ParleyError: with the reason for which nothing was taken in.
    """
    return respond(desk, post.verified(desk, data))


def opened(desk: Desk, channel_id: bytes, digest: bytes, data: bytes) -> Parcel:
    """What the reply says to a frame of ours with the signed digest ``digest``.

    :raises ParleyError: with the reason for which it is not the peer's; ``reply-mismatch`` where it
        answers another frame.
    """
    incoming = post.verified_reply(desk, channel_id, data)
    keys = post.learned(desk, incoming)
    parcel = frames.open_parcel(incoming.frame, incoming.header, keys)
    if parcel.answers != digest:
        raise ParleyError(Reason.REPLY_MISMATCH)
    return parcel
