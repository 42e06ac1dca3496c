"""What follows in our record of a peer when it opens an epoch after a revocation.

Until we knew of the revocation a thief may have signed receipts, checkpoints and cosignatures in
the peer's name, and so have ordered its log. Its own statements say how its log really goes on;
what contradicts them is taken away from the proofs and kept in quarantine.
"""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import sha256

from sqlalchemy import Connection

from parley.kernel.reasons import Reason
from parley.record.channel import Channel
from parley.record.incoming import Incoming
from parley.store import keys, log, proofs


def opened_after_revocation(
    connection: Connection, channel: Channel, fresh: Sequence[Incoming]
) -> Incoming | None:
    """The last of ``fresh`` that opens an epoch of the peer with a revocation before it."""
    ring = channel.peer_keys
    if not any(ring.revoked(epoch.number) for epoch in ring.epochs):
        return None
    before = -1
    first = fresh[0].statement.envelope
    if first.seq:
        before = log.epoch_at(connection, channel.id, channel.peer_index, first.seq - 1)
    found: Incoming | None = None
    for item in fresh:
        epoch = item.statement.envelope.epoch
        if before >= 0 and any(ring.revoked(number) for number in range(before, epoch)):
            found = item
        before = epoch
    return found


def withdraw_contradicted(
    connection: Connection, channel: Channel, opening: Incoming, *, now: int, at_most: int
) -> int:
    """Take away what a revoked key of the peer signed and its next epoch contradicts.

    Up to the first statement that came after we had learned of the revocation, the peer's log is
    what it always was; beyond, a revoked key's word on it counts for nothing. Nor does its word
    that it holds more of our statements than the opening says. Returns how many of our statements
    the peer has receipted by what stands.
    """
    member, envelope = channel.peer_index, opening.statement.envelope
    seqs = [
        keys.held_when_opened(connection, channel.id, member, epoch)
        for epoch in range(1, envelope.epoch + 1)
        if channel.peer_keys.revoked(epoch - 1)
    ]
    first = min((seq for seq in seqs if seq is not None), default=envelope.seq)
    row = log.by_author(connection, channel.id, member, first, 1)
    size = row[0].author_index if row else envelope.index
    dropped = proofs.drop_after(connection, channel.id, member, size)
    unseen = log.by_author(connection, channel.id, channel.own_index, envelope.seen[0].count, 1)
    if unseen:
        at = unseen[0].author_index
        dropped += proofs.drop_cosignatures(connection, channel.id, member, at)
    for data in dropped:
        proofs.quarantine(
            connection,
            channel=channel.id,
            digest=sha256(data).digest(),
            reason=Reason.EPOCH_CLOSED.value,
            data=data,
            now=now,
            at_most=at_most,
        )
    kept = proofs.receipts(connection, channel.id, member)
    return max((receipt.last_seq + 1 for receipt in kept), default=0)
