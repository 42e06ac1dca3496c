"""Keeping what convicts a peer, and whether the channel has to be halted for it."""

from __future__ import annotations

from hashlib import sha256

from sqlalchemy import Connection

from parley.kernel import cbor
from parley.kernel.reasons import Reason
from parley.record.channel import Channel
from parley.store import channels, proofs

EVIDENCE_ITEMS = 100
"""Proofs kept for one channel beside those that halted it: one convicts as well as many."""


def keep(
    connection: Connection,
    channel: Channel,
    reason: Reason,
    data: tuple[bytes, ...],
    now: int,
    *,
    seq: int = -1,
    size: int = -1,
    halts: bool = True,
) -> bool:
    """Keep a proof; true where the channel has to be halted for it.

    A channel that officers have opened again is not halted anew by what belongs to the dispute that
    they decided: the same proof, or one about a place that we held by then.

    :param seq: number of the statement that contradicts; :param size: of the root that does;
        :param halts: the caller halts the channel if this says so.
    """
    encoded = cbor.encode(list(data))
    digest = sha256(encoded).digest()
    decided = channels.last_reopening(connection, channel.id)
    settled = decided is not None and (
        0 <= seq < decided.peer_count
        or 0 <= size <= decided.peer_size
        or proofs.has_evidence(connection, digest)
    )
    # What halts is kept whatever is there: halts are as few as decisions, and proofs of an old
    # dispute must not crowd out the one of a new.
    if (halts and not settled) or proofs.count_evidence(connection, channel.id) < EVIDENCE_ITEMS:
        proofs.add_evidence(
            connection,
            channel=channel.id,
            digest=digest,
            kind=reason.value,
            data=encoded,
            now=now,
        )
    return not settled
