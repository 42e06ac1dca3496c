"""What peers did wrong, as a desk keeps it: proofs of forks, and what was refused."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from parley.application import house
from parley.application.desk import Desk
from parley.application.house import Acting
from parley.domain import access
from parley.domain.access import Place
from parley.domain.housekeeping import HouseAct
from parley.domain.roles import Duty
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


def every(desk: Desk, officer: str, channel: Channel | None = None) -> list[Kept]:
    """The proofs of one channel, or of all, that the officer may see, the oldest first.

    They are of the record as a whole: whoever is recused from anything sees none.

    :raises ParleyError: ``officer-unknown``, ``role-forbids``.
    """
    found: list[Kept] = []
    with _reading(desk, officer) as acting:
        connection = acting.connection
        for row in proofs.every_evidence(connection, channel.id if channel else None):
            if not _shown(acting, row.channel):
                continue
            its = desk.channel(connection, row.channel)
            try:
                claim = exports.claim_of(connection, its, row)
            except ParleyError as error:
                if error.reason is not Reason.EVIDENCE_PROVES_NOTHING:
                    raise
                claim = None
            found.append(Kept(its, row, claim))
    return found


@contextmanager
def _reading(desk: Desk, officer: str) -> Iterator[Acting]:
    with house.reading(desk, officer) as acting:
        access.require_somewhere(acting.officer, Duty.READ_LOG)
        yield acting


def _shown(acting: Acting, channel: bytes) -> bool:
    return access.may(acting.officer, Duty.READ_LOG, Place(channel))


def find(desk: Desk, officer: str, prefix: str) -> Kept:
    """The proof whose identifier starts with ``prefix``.

    :raises ParleyError: ``evidence-unknown``, ``evidence-ambiguous``.
    """
    matching = [kept for kept in every(desk, officer) if _fits(kept.row.digest, prefix)]
    if not matching:
        raise ParleyError(Reason.EVIDENCE_UNKNOWN)
    if len(matching) > 1:
        raise ParleyError(Reason.EVIDENCE_AMBIGUOUS, count=len(matching))
    return matching[0]


def export(desk: Desk, officer: str, kept: Kept, target: Path) -> Written:
    """Write a proof to ``target`` for anybody to verify; the house record keeps who did.

    :raises ParleyError: ``evidence-proves-nothing``, ``officer-unknown``.
    """
    with house.acting(desk, officer) as acting:
        made = exports.make(acting.connection, kept.channel, kept.row)
        written = exports.write(made, target)
        acting.at(Place(kept.channel.id))
        acting.note(HouseAct.EVIDENCE_EXPORTED, digest=kept.row.digest)
        return written


def as_bytes(desk: Desk, kept: Kept) -> bytes:
    """The file that :func:`export` writes.

    :raises ParleyError: ``evidence-proves-nothing``.
    """
    with desk.database.read() as connection:
        made = exports.make(connection, kept.channel, kept.row)
        return b"".join(fmt.assembled(made.claim, made.items))


def quarantined(
    desk: Desk, officer: str, channel: Channel | None = None
) -> list[tuple[Channel, QuarantineRow]]:
    """What was refused, in one channel or in all, as :func:`every`, the oldest first.

    :raises ParleyError: ``officer-unknown``, ``role-forbids``.
    """
    with _reading(desk, officer) as acting:
        rows = proofs.every_quarantined(acting.connection, channel.id if channel else None)
        seen = [row for row in rows if _shown(acting, row.channel)]
        return [(desk.channel(acting.connection, row.channel), row) for row in seen]


def find_quarantined(desk: Desk, officer: str, prefix: str) -> tuple[Channel, QuarantineRow]:
    """The refused item whose identifier starts with ``prefix``.

    :raises ParleyError: ``quarantine-unknown``, ``evidence-ambiguous``.
    """
    matching = [found for found in quarantined(desk, officer) if _fits(found[1].digest, prefix)]
    if not matching:
        raise ParleyError(Reason.QUARANTINE_UNKNOWN)
    if len(matching) > 1:
        raise ParleyError(Reason.EVIDENCE_AMBIGUOUS, count=len(matching))
    return matching[0]


def _fits(digest: bytes, prefix: str) -> bool:
    return len(prefix) >= DIGITS and digest.hex().startswith(prefix.lower())
