"""The letter of credence: who a party is, its offices, addresses, keys and suites.

A letter is a COSE_Sign (RFC 9052) over deterministic CBOR, signed with both halves of the party's
identity key (Ed25519 and ML-DSA-44). It vouches for itself: whoever accepts it compares the
fingerprint with the other party by telephone.
"""

from __future__ import annotations

from functools import cached_property
from hashlib import sha256
from typing import Annotated, Final
from urllib.parse import urlsplit

import msgspec
from msgspec import Meta

from parley.crypto import hybrid
from parley.crypto.keys import (
    IdentityKey,
    IdentityPublic,
    LogPublic,
    SealingPublic,
    StatementPublic,
)
from parley.kernel import cbor, limits, text
from parley.kernel.errors import ParleyError
from parley.kernel.ids import DESK_OFFICE, Bytes8, Bytes32, Count
from parley.kernel.reasons import Reason

LETTER_VERSION: Final = 1
PROTOCOL: Final = 1
SUITE: Final = 1
TYP: Final = "application/vnd.parley.letter+cbor"

Language = Annotated[str, Meta(pattern=r"\A[a-z]{2,3}\Z")]
Names = Annotated[dict[Language, str], Meta(min_length=1, max_length=16)]


class Identity(msgspec.Struct, frozen=True, array_like=True, forbid_unknown_fields=True):
    """The identity key: suite, Ed25519 public key, ML-DSA-44 public key."""

    suite: Count
    ed25519: Bytes32
    mldsa44: Annotated[bytes, Meta(min_length=1312, max_length=1312)]

    @property
    def fingerprint(self) -> bytes:
        """SHA-256 over the CBOR of this: the party's identifier."""
        return sha256(cbor.encode_model(self)).digest()


class WorkingKeys(msgspec.Struct, frozen=True, array_like=True, forbid_unknown_fields=True):
    """The keys that the identity vouches for (suite 1)."""

    statement: Bytes32
    log_ed25519: Bytes32
    log_mldsa44: Annotated[bytes, Meta(min_length=1312, max_length=1312)]
    sealing: Annotated[bytes, Meta(min_length=1216, max_length=1216)]


class Office(msgspec.Struct, frozen=True, array_like=True, forbid_unknown_fields=True):
    """An addressable post: its random id and its name in one or more languages."""

    id: Bytes8
    names: Names


class LetterText(msgspec.Struct, frozen=True, array_like=True, forbid_unknown_fields=True):
    """What the identity key signs."""

    version: Annotated[int, Meta(ge=LETTER_VERSION, le=LETTER_VERSION)]
    protocols: Annotated[tuple[Count, ...], Meta(min_length=1, max_length=16)]
    suites: Annotated[tuple[Count, ...], Meta(min_length=1, max_length=16)]
    identity: Identity
    keys: WorkingKeys
    code: Annotated[str, Meta(pattern=r"\A[A-Za-z0-9][A-Za-z0-9-]{0,15}\Z")]
    names: Names
    offices: Annotated[tuple[Office, ...], Meta(min_length=1, max_length=limits.OFFICES_IN_LETTER)]
    endpoints: Annotated[tuple[str, ...], Meta(max_length=8)]
    demonstration: bool
    serial: Count
    issued_at: Count
    expires_at: Count | None


class Letter:
    """A verified letter: the exact bytes and what they say."""

    def __init__(self, data: bytes, content: LetterText) -> None:
        self.data = data
        self.text = content

    @cached_property
    def digest(self) -> bytes:
        """SHA-256 over the exact bytes."""
        return sha256(self.data).digest()

    @cached_property
    def party(self) -> bytes:
        """The party's identifier: its fingerprint."""
        return self.text.identity.fingerprint

    @cached_property
    def statement_key(self) -> StatementPublic:
        """The key that signs statements and frames."""
        return StatementPublic(self.text.keys.statement)

    @cached_property
    def log_key(self) -> LogPublic:
        """The key that signs receipts, checkpoints and cosignatures."""
        return LogPublic.from_parts(self.text.keys.log_ed25519, self.text.keys.log_mldsa44)

    @cached_property
    def sealing_key(self) -> SealingPublic:
        """The key that frames for this party are sealed to."""
        return SealingPublic(self.text.keys.sealing)

    def name(self, language: str) -> str:
        """The party's name in ``language``, else in English, else in its first language."""
        return _in_language(self.text.names, language)

    def office_name(self, office: bytes, language: str) -> str:
        """An office's name; its id in hexadecimal where the letter does not list it."""
        for listed in self.text.offices:
            if listed.id == office:
                return _in_language(listed.names, language)
        return office.hex()

    def expired(self, now: int) -> bool:
        """Whether ``now`` is past the letter's last second."""
        return self.text.expires_at is not None and now > self.text.expires_at


def _in_language(names: dict[str, str], language: str) -> str:
    return names.get(language) or names.get("en") or next(iter(names.values()))


def sign(content: LetterText, identity: IdentityKey) -> Letter:
    """Sign a letter with the identity key (which may be kept offline afterwards).

    :raises ParleyError: as :func:`parse`, so that nothing is signed that a peer would refuse.
    """
    data = hybrid.sign_hybrid(cbor.encode_model(content), identity, typ=TYP)
    return parse(data)


def parse(data: bytes) -> Letter:
    """Read and verify a letter; whether it is the right party's, the fingerprint tells.

    :raises ParleyError: ``signature-invalid``, ``key-invalid``, ``letter-malformed``, the errors
        of the encoding and of the rules of text.
    """
    payload = hybrid.payload_of(data, typ=TYP, limit=limits.LETTER_BYTES)
    content = parse_text(payload)
    identity = IdentityPublic.from_parts(content.identity.ed25519, content.identity.mldsa44)
    hybrid.verify_hybrid(data, identity, typ=TYP, limit=limits.LETTER_BYTES)
    letter = Letter(data, content)
    _ = letter.statement_key, letter.log_key, letter.sealing_key  # malformed keys are refused here
    return letter


def parse_text(payload: bytes) -> LetterText:
    """Read what a letter says, as far as it needs no signature.

    :raises ParleyError: ``letter-malformed``, ``endpoint-invalid``, the errors of the encoding and
        of the rules of text.
    """
    content = cbor.decode_as(payload, LetterText, limit=limits.LETTER_BYTES)
    _check(content)
    return content


def _check(content: LetterText) -> None:
    names = [*content.names.values()]
    for office in content.offices:
        names.extend(office.names.values())
    for name in names:
        text.check(name, limits.LINE_CHARACTERS, line=True)
    offices = {office.id for office in content.offices}
    if len(offices) != len(content.offices) or DESK_OFFICE in offices:
        raise ParleyError(Reason.LETTER_MALFORMED)
    if content.identity.suite not in content.suites:
        raise ParleyError(Reason.LETTER_MALFORMED)
    for endpoint in content.endpoints:
        check_endpoint(endpoint)


def check_endpoint(endpoint: str) -> None:
    """Refuse an address that is no plain http or https URL.

    :raises ParleyError: ``endpoint-invalid``.
    """
    if len(endpoint) > limits.LINE_CHARACTERS or not endpoint.isascii():
        raise ParleyError(Reason.ENDPOINT_INVALID)
    try:
        parts = urlsplit(endpoint)
        port_is_fine = parts.port is None or parts.port > 0
    except ValueError as error:
        raise ParleyError(Reason.ENDPOINT_INVALID) from error
    plain = parts.scheme in ("http", "https") and parts.hostname and not parts.fragment
    if not plain or not port_is_fine or parts.username or parts.password or parts.query:
        raise ParleyError(Reason.ENDPOINT_INVALID)
    if any(c <= " " or c == "\x7f" for c in endpoint):
        raise ParleyError(Reason.ENDPOINT_INVALID)
