"""What peers did wrong, as a desk keeps it: proofs of forks, and what was refused."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from parley.application.desk import Desk
from parley.kernel.errors import ParleyError
from parley.kernel.reasons import Reason
from parley.record.channel import Channel
from parley.record.evidence import export as exports
from parley.record.evidence import format as fmt
from parley.record.evidence.export import Written
from parley.record.evidence.format import Claim
from parley.store import proofs
from parley.store.proofs import EvidenceRow, QuarantineRow

DIGITS = 6
"""So many digits of an identifier are enough to look for it."""


class Kept(NamedTuple):
    """A proof with its channel. ``claim``: how it convicts in others' eyes; null where it does not.

    The proof of a root that the peer's statements do not give can be ``claim`` null today and
    convict later: once the peer has acknowledged our statements below it.
    """

    channel: Channel
    row: EvidenceRow
    claim: Claim | None


def every(desk: Desk, channel: Channel | None = None) -> list[Kept]:
    """The proofs of one channel, or of all, the oldest first."""
    found: list[Kept] = []
    with desk.database.read() as connection:
        for row in proofs.every_evidence(connection, channel.id if channel else None):
            its = desk.channel(connection, row.channel)
            try:
                claim = exports.claim_of(connection, its, row)
            except ParleyError as error:
                if error.reason is not Reason.EVIDENCE_PROVES_NOTHING:
                    raise
                claim = None
            found.append(Kept(its, row, claim))
    return found


def find(desk: Desk, prefix: str) -> Kept:
    """The proof whose identifier starts with ``prefix``.

    :raises ParleyError: ``evidence-unknown``, ``evidence-ambiguous``.
    """
    matching = [kept for kept in every(desk) if _fits(kept.row.digest, prefix)]
    if not matching:
        raise ParleyError(Reason.EVIDENCE_UNKNOWN)
    if len(matching) > 1:
        raise ParleyError(Reason.EVIDENCE_AMBIGUOUS, count=len(matching))
    return matching[0]


def export(desk: Desk, kept: Kept, target: Path) -> Written:
    """Write a proof to ``target`` for anybody to verify.

    :raises ParleyError: ``evidence-proves-nothing``.
    """
    with desk.database.read() as connection:
        return exports.write(exports.make(connection, kept.channel, kept.row), target)


def as_bytes(desk: Desk, kept: Kept) -> bytes:
    """The file that :func:`export` writes.

    :raises ParleyError: ``evidence-proves-nothing``.
    """
    with desk.database.read() as connection:
        made = exports.make(connection, kept.channel, kept.row)
        return b"".join(fmt.assembled(made.claim, made.items))


def quarantined(desk: Desk, channel: Channel | None = None) -> list[tuple[Channel, QuarantineRow]]:
    """What was refused, in one channel or in all, the oldest first."""
    with desk.database.read() as connection:
        rows = proofs.every_quarantined(connection, channel.id if channel else None)
        return [(desk.channel(connection, row.channel), row) for row in rows]


def find_quarantined(desk: Desk, prefix: str) -> tuple[Channel, QuarantineRow]:
    """The refused item whose identifier starts with ``prefix``.

    :raises ParleyError: ``quarantine-unknown``, ``evidence-ambiguous``.
    """
    matching = [found for found in quarantined(desk) if _fits(found[1].digest, prefix)]
    if not matching:
        raise ParleyError(Reason.QUARANTINE_UNKNOWN)
    if len(matching) > 1:
        raise ParleyError(Reason.EVIDENCE_AMBIGUOUS, count=len(matching))
    return matching[0]


def _fits(digest: bytes, prefix: str) -> bool:
    return len(prefix) >= DIGITS and digest.hex().startswith(prefix.lower())
