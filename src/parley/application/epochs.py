"""Opening the epoch of our newest keys in a channel."""

from __future__ import annotations

from parley.record.ledger import Ledger


def waits_for_peer(ledger: Ledger) -> bool:
    """Whether our epoch can be opened only when the peer has said what it holds.

    So it is after a revocation: a thief may have sent statements in our name that we do not have.
    """
    ring = ledger.channel.own_keys
    closed = range(ledger.own.epoch, ring.current.number)
    return any(ring.revoked(number) for number in closed)
