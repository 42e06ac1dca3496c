"""A statement: the act that officers authorise, in the envelope that the desk adds, signed.

Both stand in the protected header of one COSE_Sign1 (RFC 9052), a SCITT signed statement
(RFC 9943) whose payload is the digest of the body (hash envelope, RFC 9995). The exact bytes are
the leaf of the log; nothing here is ever encoded again to be verified.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import Annotated, Any, Final

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

CodeText = Annotated[str, Meta(pattern=r"\A[a-z0-9][a-z0-9-]{0,63}\Z")]
CodeItem = int | CodeText
Code = CodeItem | tuple[CodeItem | tuple[CodeItem, ...], ...]
Codes = Annotated[dict[Token, Code], Meta(max_length=32)]


class Handling(msgspec.Struct, frozen=True, array_like=True, forbid_unknown_fields=True):
    """How the statement may be used: a TLP 2.0 label and, where wished, a PAP colour."""

    tlp: Token
    pap: Token | None


class ActHeader(msgspec.Struct, frozen=True, array_like=True, forbid_unknown_fields=True):
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


class Seen(msgspec.Struct, frozen=True, array_like=True, forbid_unknown_fields=True):
    """What of one other member already stood in the author's log, and that member's checkpoint.

    ``count`` statements, the last with the leaf hash ``leaf``; the last checkpoint of that
    member's log that the author had verified: ``size`` and ``root`` (0 and null: none yet).
    """

    count: Count
    leaf: Bytes32 | None
    size: Count
    root: Bytes32 | None


class Envelope(msgspec.Struct, frozen=True, array_like=True, forbid_unknown_fields=True):
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
        return self.seq + sum(seen.count for seen in self.seen)


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

    def __init__(self, data: bytes, sign1: cose.Sign1, header: Mapping[int, Any]) -> None:
        claims = cbor.expect_map(header[cose.CWT_CLAIMS], _CLAIM_KEYS, "Statement")
        kid, act_bytes, iat = header[cose.KID], claims[CLAIM_ACT], claims[cose.IAT]
        if not isinstance(kid, bytes) or not isinstance(act_bytes, bytes):
            raise ParleyError(Reason.SHAPE_INVALID, shape="Statement", place="$")
        if type(iat) is not int or not 0 <= iat < 2**53:
            raise ParleyError(Reason.SHAPE_INVALID, shape="Statement", place="iat")
        self.data = data
        self.kid = kid
        self.iat = iat
        self.act_bytes = act_bytes
        self.act = parse_act(act_bytes)
        self.envelope = cbor.convert(claims[CLAIM_ENVELOPE], Envelope)
        self.issuer: object = claims[cose.ISS]
        self._sign1 = sign1
        if claims[cose.SUB] != ids.case_uri(self.act.case) or sign1.payload != self.act.digest:
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
        if self.issuer != ids.party_uri(party) or self.kid != key.kid:
            raise ParleyError(Reason.STATEMENT_INCONSISTENT)
        signed = cose.to_be_signed(self._sign1.protected, self.act.digest)
        key.verify(self._sign1.signature, signed)


def parse(data: bytes) -> Statement:
    """Take a statement's bytes apart, strictly; the signature is not looked at.

    :raises ParleyError: ``too-large``, ``cbor-malformed``, ``cbor-not-canonical``,
        ``shape-invalid``, ``statement-inconsistent``.
    """
    sign1 = cose.parse_sign1(data, limit=limits.STATEMENT_BYTES)
    header = cbor.expect_map(
        cose.decode_protected(sign1.protected, limit=limits.STATEMENT_BYTES),
        _PROTECTED_KEYS,
        "Statement",
    )
    constant = tuple(
        header[key] for key in (cose.TYP, cose.PAYLOAD_HASH_ALG, cose.PREIMAGE_CONTENT_TYPE)
    )
    if constant != _CONSTANT:
        raise ParleyError(Reason.SHAPE_INVALID, shape="Statement", place="$[0]")
    return Statement(data, sign1, header)


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
