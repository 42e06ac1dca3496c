"""Verifying evidence: needs the file and nothing else, and convicts or raises.

What is checked is whether one key signed two things that no honest holder of it signs. Whoever made
the file is not believed in anything: it is not signed, and nothing in it rests on its maker's word.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import BinaryIO

from parley.kernel import cbor
from parley.kernel.errors import ParleyError
from parley.kernel.reasons import Reason
from parley.record.dossier.format import Reader, is_headed
from parley.record.evidence import claims
from parley.record.evidence import format as fmt
from parley.record.evidence import signers as signing
from parley.record.evidence.claims import Finding, Rest
from parley.record.evidence.format import Claim, EndItem, Header
from parley.record.evidence.report import Convicted, EvidenceReport, NotProved
from parley.record.evidence.signers import Signers


def recognise(stream: BinaryIO) -> bool:
    """Whether what begins where the stream stands says that it is evidence."""
    return fmt.recognised(stream.read(64))


def whole_pins(stream: BinaryIO, named: Sequence[bytes]) -> list[bytes]:
    """The fingerprints that were named, whole: ten words stand for their first 160 bits.

    The rest comes from the letter in the file that they fit; :func:`verify` verifies that. The
    stream is read from where it stands.

    :raises ParleyError: ``dossier-pin`` where one fits no letter; what reading the file raises.
    """
    if not named:
        return []
    items = iter(Reader(stream))
    _header(next(items))
    parties = signing.read(items)[0].parties
    found = [[party for party in parties if party.startswith(value)] for value in named]
    if not all(found):
        raise ParleyError(Reason.DOSSIER_PIN)
    return [fitting[0] for fitting in found]


def verify(source: Path | BinaryIO, *, pins: Sequence[bytes] = ()) -> EvidenceReport:
    """Check evidence from the first byte to the last.

    :param pins: fingerprints (32 bytes) that must be among those of the letters.
    :raises ParleyError: the first fault, with ``item`` (its number from 0);
        ``evidence-proves-nothing`` where all signatures hold and contradict nothing.
    """
    if isinstance(source, Path):
        with source.open("rb") as stream:
            return verify(stream, pins=pins)
    reader = Reader(source)
    try:
        return _verify(reader, pins)
    except ParleyError as error:
        raise ParleyError(
            error.reason, **{"item": max(reader.number, 0), **error.details}
        ) from error


def _verify(reader: Reader, pins: Sequence[bytes]) -> EvidenceReport:
    items = iter(reader)
    claim = _header(next(items))
    signers, first = signing.read(items)
    rest = Rest(first, items)
    finding = claims.prove(claim, signers, rest)
    end = cbor.decode_as(rest.end(), EndItem, limit=fmt.SMALL_ITEM_BYTES)
    digest = reader.digest()
    if end.items != reader.number or end.digest != digest:
        raise ParleyError(Reason.EVIDENCE_DAMAGED)
    reader.expect_end()
    if any(pin not in signers.parties for pin in pins):
        raise ParleyError(Reason.DOSSIER_PIN)
    return _report(claim, finding, signers, pins, (reader.number + 1, reader.offset, digest))


def _header(item: bytes) -> Claim:
    if fmt.kind_of(item) != fmt.HEADER_KIND:
        raise fmt.malformed("header")
    header = cbor.decode_as(item, Header, limit=fmt.SMALL_ITEM_BYTES)
    if not is_headed((header.magic, header.version), (fmt.MAGIC, fmt.VERSION)):
        raise fmt.malformed("header")
    return header.claim


def _report(
    claim: Claim,
    finding: Finding,
    signers: Signers,
    pins: Sequence[bytes],
    file: tuple[int, int, bytes],
) -> EvidenceReport:
    ring = signers.ring(finding.party) if finding.party else None
    letter = ring.letter if ring else None
    revoked = ring is not None and any(
        finding.key in (epoch.statement.kid, epoch.log.kid) and ring.revoked(epoch.number)
        for epoch in ring.epochs
    )
    pinned = letter is not None and letter.party in pins
    items, size, digest = file
    open_points = {
        NotProved.IDENTITY: letter is not None and not pinned,
        NotProved.SIGNER: letter is None,
        NotProved.REVOKED: revoked,
        NotProved.CUSTODY: True,
        NotProved.INTENT: True,
        NotProved.BRANCH: True,
        NotProved.TIME: True,
        NotProved.PRESENTER: True,
    }
    return EvidenceReport(
        claim=claim,
        convicted=Convicted(
            fingerprint=finding.party.hex() if finding.party else None,
            name=finding.name,
            code=letter.text.code if letter else None,
            names=letter.text.names if letter else {},
            key=finding.key.hex(),
            pinned=pinned,
        ),
        channel=finding.channel.hex() if finding.channel else None,
        epoch=finding.epoch,
        statements=finding.statements,
        roots=finding.roots,
        statements_shown=finding.shown,
        items=items,
        size=size,
        digest=digest.hex(),
        not_proved=tuple(point for point, is_open in open_points.items() if is_open),
    )
