"""What the courier has to do: which peers are to be contacted, and when."""

from __future__ import annotations

from typing import NamedTuple

from sqlalchemy import Connection

from parley.application.desk import Desk
from parley.crypto.checkpoint import ML_DSA_44_COSIGNATURE
from parley.kernel import limits
from parley.kernel.reasons import Reason
from parley.record.channel import Channel
from parley.store import channels, log, outbox, proofs
from parley.store.channels import ChannelRow
from parley.store.outbox import OutboxRow

LOOK_IN_SECONDS = 30
"""How often a desk without an address of its own asks its peers whether they have something."""


class Work(NamedTuple):
    """What there is to do for the courier in one channel, and when (milliseconds)."""

    channel: bytes
    due_ms: int
    endpoints: tuple[str, ...]


def pending(desk: Desk) -> list[Work]:
    """The channels whose peer is to be contacted, with the time of the next attempt.

    Each desk asks for what it lacks itself: receipts for its statements, a cosignature of its log
    as it stands, within a minute one with ML-DSA-44. So nothing is owed for good because a reply
    was lost. A desk that nobody can call looks in from time to time.
    """
    with desk.database.read() as connection:
        every = [
            _work(desk, connection, channel, row) for channel, row in desk.channels(connection)
        ]
    return [item for item in every if item is not None]


def is_due(desk: Desk, channel_id: bytes, now_ms: int) -> bool:
    """Whether the channel's peer is to be contacted by now."""
    with desk.database.read() as connection:
        row = channels.one(connection, channel_id)
        if row is None:
            return False
        item = _work(desk, connection, desk.channel(connection, channel_id), row)
    return item is not None and item.due_ms <= now_ms


def _work(desk: Desk, connection: Connection, channel: Channel, row: ChannelRow) -> Work | None:
    own, peer = channel.own.text.endpoints, channel.peer.text.endpoints
    if row.state == "halted" or row.reason == Reason.RESTORE_UNACCEPTED:
        return None
    if not (own or peer):
        # Where neither can call the other, there is the pouch.
        return None
    box = outbox.one(connection, channel.id)
    if peer and not (row.state == "open" and desk.contacts.confirmed(channel.id)):
        # Nothing new is sent before the peer has said that our record is whole.
        return Work(channel.id, box.next_attempt_ms, peer)
    since = _wanting_since(desk, connection, channel, box)
    if since is None:
        return None
    due_ms = max(box.next_attempt_ms, since * 1000)
    return Work(channel.id, due_ms, peer)


def _wanting_since(
    desk: Desk, connection: Connection, channel: Channel, box: OutboxRow
) -> int | None:
    """From when on our desk wants something of the peer (0: already), or that it does not."""
    own, keys = channel.own_index, channel.own_keys
    chain = log.chains(connection, channel.id)[own]
    if chain.count > box.receipted or chain.epoch != keys.current.number:
        return 0
    if box.keys_held < keys.number:
        return 0
    tree = log.tree(connection, channel.id, own)
    size = tree.size if tree else 0
    cosigned = proofs.greatest_cosigned(connection, channel.id, own)
    if size > (cosigned.size if cosigned else 0):
        return 0
    quantum = proofs.greatest_cosigned(connection, channel.id, own, ML_DSA_44_COSIGNATURE)
    if size > (quantum.size if quantum else 0):
        # The time is the peer's word: a clock of the future must not put this off for ever.
        believed = quantum is not None and quantum.timestamp <= desk.clock()
        last = quantum.timestamp if quantum is not None and believed else 0
        return last + limits.POST_QUANTUM_INTERVAL_SECONDS
    if not desk.letter.text.endpoints and channel.peer.text.endpoints:
        return (box.last_contact_at or 0) + LOOK_IN_SECONDS
    return None
