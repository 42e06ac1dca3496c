"""A statement: the act that officers authorise, in the envelope that the desk adds, signed.

Both stand in the protected header of one COSE_Sign1 (RFC 9052), a SCITT signed statement
(RFC 9943) whose payload is the digest of the body (hash envelope, RFC 9995). The exact bytes are
the leaf of the log; nothing here is ever encoded again to be verified.
"""

from __future__ import annotations

from functools import cached_property
from typing import Annotated, Final

import msgspec
from msgspec import Meta

from parley.crypto import cose, merkle
from parley.crypto.keys import StatementKey, StatementPublic
from parley.kernel import cbor, ids, limits
from parley.kernel.errors import ParleyError
from parley.kernel.ids import Bytes8, Bytes16, Bytes32, Count, Token
from parley.kernel.reasons import Reason

ACT_VERSION: Final = 1
TYP: Final = "application/vnd.parley.statement+cbor"
BODY_TYPE: Final = "application/vnd.parley.body+cbor"
CLAIM_ACT: Final = -70001
CLAIM_ENVELOPE: Final = -70002

_PROTECTED_KEYS: Final = frozenset(
    {
        cose.ALG,
        cose.KID,
        cose.CWT_CLAIMS,
        cose.TYP,
        cose.PAYLOAD_HASH_ALG,
        cose.PREIMAGE_CONTENT_TYPE,
    }
)
_CLAIM_KEYS: Final = frozenset({cose.ISS, cose.SUB, cose.IAT, CLAIM_ACT, CLAIM_ENVELOPE})
_CONSTANT: Final = (TYP, cose.SHA_256, BODY_TYPE)

# Where things stand in a protected header with the usual key, time and claims (CBOR, canonical).
_KID_AT: Final = 6
_ISS_AT: Final = 43
_ISS_BYTES: Final = 77
_SUB_AT: Final = 123
_SUB_BYTES: Final = 44
_IAT_AT: Final = 169
_ACT_AT: Final = 178
_ENVELOPE_KEY: Final = cbor.encode(CLAIM_ENVELOPE)
_FIXED: Final = (
    (0, b"\xa6\x01\x27\x04\x58\x20"),  # {1: -8, 4: 32 bytes
    (38, b"\x0f\xa5\x01\x78\x4d"),  # 15: {1: text of 77 bytes
    (120, b"\x02\x78\x2c"),  # 2: text of 44 bytes
    (167, b"\x06\x1a"),  # 6: four bytes
    (173, cbor.encode(CLAIM_ACT)),
)
_TAIL: Final = cbor.encode(
    {
        cose.TYP: TYP,
        cose.PAYLOAD_HASH_ALG: cose.SHA_256,
        cose.PREIMAGE_CONTENT_TYPE: BODY_TYPE,
    }
)[1:]

CodeText = Annotated[str, Meta(pattern=r"\A[a-z0-9][a-z0-9-]{0,63}\Z")]
CodeItem = int | CodeText
Code = CodeItem | tuple[CodeItem | tuple[CodeItem, ...], ...]
Codes = Annotated[dict[Token, Code], Meta(max_length=32)]


class Handling(msgspec.Struct, frozen=True, array_like=True, forbid_unknown_fields=True, gc=False):
    """How the statement may be used: a TLP 2.0 label and, where wished, a PAP colour."""

    tlp: Token
    pap: Token | None


class ActHeader(msgspec.Struct, frozen=True, array_like=True, forbid_unknown_fields=True, gc=False):
    """The act: what officers authorise, as codes and random ids. Its text is the body."""

    version: Annotated[int, Meta(ge=ACT_VERSION, le=ACT_VERSION)]
    channel: Bytes32
    case: Bytes16
    type: Token
    from_office: Bytes8
    to_offices: Annotated[tuple[Bytes8, ...], Meta(max_length=limits.OFFICES_ADDRESSED)]
    reference: Bytes32 | None
    basis: Annotated[tuple[Bytes32, ...], Meta(max_length=limits.BASIS_STATEMENTS)]
    legal_basis: Token | None
    precedence: Annotated[int, Meta(ge=0, le=3)]
    handling: Handling
    reply_wanted: Count | None
    codes: Codes
    digest: Bytes32


class Seen(msgspec.Struct, frozen=True, array_like=True, forbid_unknown_fields=True, gc=False):
    """What of one other member already stood in the author's log, and that member's checkpoint.

    ``count`` statements, the last with the leaf hash ``leaf``; the last checkpoint of that
    member's log that the author had verified: ``size`` and ``root`` (0 and null: none yet).
    """

    count: Count
    leaf: Bytes32 | None
    size: Count
    root: Bytes32 | None


class Envelope(msgspec.Struct, frozen=True, array_like=True, forbid_unknown_fields=True, gc=False):
    """What the desk adds at release: place in its chains and what it has seen of the others."""

    epoch: Count
    seq: Count
    prev: Bytes32 | None
    seen: Annotated[tuple[Seen, ...], Meta(min_length=1, max_length=limits.MEMBERS - 1)]
    case_seq: Count
    case_prev: Bytes32 | None

    @property
    def index(self) -> int:
        """The statement's index in its author's own log."""
        index = self.seq
        for seen in self.seen:
            index += seen.count
        return index


class _Header(msgspec.Struct, frozen=True, gc=False):
    """What a statement's protected header says."""

    kid: bytes
    issuer: str
    subject: str
    iat: Count
    act_bytes: bytes
    envelope: Envelope


class Statement:
    """A statement taken apart. Holding one says nothing about its signature.

    ``data`` are the exact bytes, ``leaf`` their RFC 9162 leaf hash, ``act_bytes`` the exact bytes
    of the act. ``iat`` is the author's clock.
    """

    __slots__ = (
        "__dict__",
        "_sign1",
        "act",
        "act_bytes",
        "data",
        "envelope",
        "iat",
        "issuer",
        "kid",
    )

    def __init__(self, data: bytes, sign1: cose.Sign1, header: _Header) -> None:
        self.data = data
        self.kid = header.kid
        self.iat = header.iat
        self.act_bytes = header.act_bytes
        self.act = parse_act(header.act_bytes)
        self.envelope = header.envelope
        self.issuer = header.issuer
        self._sign1 = sign1
        if header.subject != ids.case_uri(self.act.case) or sign1.payload != self.act.digest:
            raise ParleyError(Reason.STATEMENT_INCONSISTENT)

    @cached_property
    def leaf(self) -> bytes:
        """RFC 9162 leaf hash of the exact bytes: the statement's identifier."""
        return merkle.leaf_hash(self.data)

    def verify(self, party: bytes, key: StatementPublic) -> None:
        """Check that ``party`` signed this with ``key``.

        :raises ParleyError: ``signature-invalid``, or ``statement-inconsistent`` where it names
            another issuer or another key.
        """
        key.verify(*self.claimed(party, key))

    def claimed(self, party: bytes, key: StatementPublic) -> tuple[bytes, bytes]:
        """The signature, and what it has to be over, where this claims to be by ``party``.

        :raises ParleyError: ``statement-inconsistent`` where it names another issuer or another
            key.
        """
        if self.issuer != ids.party_uri(party) or self.kid != key.kid:
            raise ParleyError(Reason.STATEMENT_INCONSISTENT)
        signed = cose.to_be_signed(self._sign1.protected, self.act.digest)
        return self._sign1.signature, signed


def parse(data: bytes) -> Statement:
    """Take a statement's bytes apart, strictly; the signature is not looked at.

    :raises ParleyError: ``too-large``, ``cbor-malformed``, ``cbor-not-canonical``,
        ``shape-invalid``, ``statement-inconsistent``.
    """
    sign1 = cose.parse_sign1(data, limit=limits.STATEMENT_BYTES)
    header = _usual_header(sign1.protected) or _header(sign1.protected)
    return Statement(data, sign1, header)


def _usual_header(protected: bytes) -> _Header | None:
    """Read a protected header by its fixed bytes; null where a decoder has to look at it.

    All but the time, the act and the envelope has a fixed length and place in what :func:`sign`
    writes. To compare bytes is as strict as to decode and encode again, at a fraction of the cost.
    """
    for place, fixed in _FIXED:
        if protected[place : place + len(fixed)] != fixed:
            return None
    try:
        iat = int.from_bytes(protected[_IAT_AT : _IAT_AT + 4], "big")
        act_bytes, at = cose.read_bstr(protected, _ACT_AT)
        behind = at + len(_ENVELOPE_KEY)
        if iat <= 0xFFFF or protected[at:behind] != _ENVELOPE_KEY:
            return None
        end = len(protected) - len(_TAIL)
        if end < behind or protected[end:] != _TAIL:
            return None
        return _Header(
            kid=protected[_KID_AT : _KID_AT + 32],
            issuer=protected[_ISS_AT : _ISS_AT + _ISS_BYTES].decode("ascii"),
            subject=protected[_SUB_AT : _SUB_AT + _SUB_BYTES].decode("ascii"),
            iat=iat,
            act_bytes=act_bytes,
            envelope=cbor.decode_as(protected[behind:end], Envelope, limit=limits.STATEMENT_BYTES),
        )
    except (IndexError, ValueError, ParleyError):
        return None


def _header(protected: bytes) -> _Header:
    """The same by way of a decoder: for any other header, and to name the fault."""
    header = cbor.expect_map(
        cose.decode_protected(protected, limit=limits.STATEMENT_BYTES), _PROTECTED_KEYS, "Statement"
    )
    constant = tuple(
        header[key] for key in (cose.TYP, cose.PAYLOAD_HASH_ALG, cose.PREIMAGE_CONTENT_TYPE)
    )
    # -16.0 equals -16 in Python, and names no hash.
    if constant != _CONSTANT or type(header[cose.PAYLOAD_HASH_ALG]) is not int:
        raise ParleyError(Reason.SHAPE_INVALID, shape="Statement", place="$[0]")
    claims = cbor.expect_map(header[cose.CWT_CLAIMS], _CLAIM_KEYS, "Statement")
    return cbor.convert(
        {
            "kid": header[cose.KID],
            "issuer": claims[cose.ISS],
            "subject": claims[cose.SUB],
            "iat": claims[cose.IAT],
            "act_bytes": claims[CLAIM_ACT],
            "envelope": claims[CLAIM_ENVELOPE],
        },
        _Header,
    )


def parse_act(data: bytes) -> ActHeader:
    """Take an act's bytes apart, strictly.

    :raises ParleyError: as :func:`parley.kernel.cbor.decode_as`.
    """
    return cbor.decode_as(data, ActHeader, limit=limits.STATEMENT_BYTES)


def sign(
    act_bytes: bytes, envelope: Envelope, *, party: bytes, key: StatementKey, iat: int
) -> bytes:
    """Put an authorised act into its envelope and sign both; the result is the leaf."""
    act = parse_act(act_bytes)
    protected = cbor.encode(
        {
            cose.ALG: cose.EDDSA,
            cose.KID: key.public.kid,
            cose.CWT_CLAIMS: {
                cose.ISS: ids.party_uri(party),
                cose.SUB: ids.case_uri(act.case),
                cose.IAT: iat,
                CLAIM_ACT: act_bytes,
                CLAIM_ENVELOPE: cbor.plain(envelope),
            },
            cose.TYP: TYP,
            cose.PAYLOAD_HASH_ALG: cose.SHA_256,
            cose.PREIMAGE_CONTENT_TYPE: BODY_TYPE,
        }
    )
    return cose.sign1(protected, act.digest, key.sign)
