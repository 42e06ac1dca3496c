"""What verified evidence proves, against whom, and what it does not prove."""

from __future__ import annotations

from enum import StrEnum

import msgspec

from parley.record.evidence.format import Claim


class NotProved(StrEnum):
    """What evidence leaves open. ``parley.presentation.evidence_page`` has the sentences."""

    IDENTITY = "identity"
    SIGNER = "signer"
    REVOKED = "revoked"
    CUSTODY = "custody"
    INTENT = "intent"
    BRANCH = "branch"
    TIME = "time"
    PRESENTER = "presenter"


class Convicted(msgspec.Struct, frozen=True):
    """Who signed what contradicts itself.

    ``fingerprint`` is a party's, in hexadecimal; null for a witness. ``name`` is the name under
    which the notes are signed, where notes convict. ``names`` and ``code`` are those of the
    party's letter, if it is there. ``key`` identifies the key that signed. ``pinned``: the reader
    named this fingerprint, and the letter in the file is that party's.
    """

    fingerprint: str | None
    name: str | None
    code: str | None
    names: dict[str, str]
    key: str
    pinned: bool


class SignedStatement(msgspec.Struct, frozen=True):
    """One of the statements that contradict: what its signed header says."""

    id: str
    case: str
    type: str
    seq: int
    index: int
    signed_at: int
    body_digest: str


class SignedRoot(msgspec.Struct, frozen=True):
    """One of the signed tree heads. ``cosigned_at``: the cosigner's clock, for claim ``cosigned``.

    ``root`` is that of the note; ``given`` the one that statements or a proof give at this size,
    where it is another.
    """

    size: int
    root: str
    given: str | None = None
    cosigned_at: int | None = None


class EvidenceReport(msgspec.Struct, frozen=True):
    """Evidence that holds: ``convicted`` has signed what cannot both be honest.

    ``channel`` and ``epoch`` say where. ``statements_shown`` counts the statements that were
    rebuilt for claim ``rebuilt``. ``digest`` is SHA-256 over the file without its last item.
    """

    claim: Claim
    convicted: Convicted
    channel: str | None
    epoch: int | None
    statements: tuple[SignedStatement, ...]
    roots: tuple[SignedRoot, ...]
    statements_shown: int
    items: int
    size: int
    digest: str
    not_proved: tuple[NotProved, ...]
