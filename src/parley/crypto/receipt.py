"""COSE receipts (RFC 9942) over the tree of RFC 9162.

A receipt says that a leaf stands in a log: a COSE_Sign1 whose payload, the tree's root, is
detached and follows from the leaf and the inclusion path in the unprotected header. One signature
over a root therefore serves every leaf under it, and signing (:func:`sign_root`) and assembling
(:func:`assemble`) are apart.

RFC 9942 gives an inclusion path at least one element, so a log of one leaf gives no receipt: the
first leaf is a genesis statement, which the second statement's receipts cover.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any, Final

import msgspec

from parley.crypto import cose, merkle
from parley.crypto.keys import LogKey, LogPublic
from parley.kernel import cbor
from parley.kernel.errors import ParleyError
from parley.kernel.ids import Count
from parley.kernel.reasons import Reason

RECEIPT_BYTES: Final = 4096
"""Greatest length of a receipt that is read."""

_PROTECTED_BYTES: Final = 1024
_RFC9162_SHA256: Final = 1
_INCLUSION: Final = -1
_KEYS: Final = frozenset({cose.ALG, cose.KID, cose.CWT_CLAIMS, cose.VDS})
_CLAIM_KEYS: Final = frozenset({cose.ISS, cose.SUB, cose.IAT})
_UNPROTECTED_KEYS: Final = frozenset({cose.VDP})
_PROOF_KEYS: Final = frozenset({_INCLUSION})
_SHAPE: Final = "receipt"


class Header(msgspec.Struct, frozen=True):
    """What a receipt's signature says beside the root.

    ``kid`` names the log's key (32 bytes), ``iss`` the log, ``sub`` the channel, ``iat`` the time
    of receipt (seconds since the epoch, UTC).
    """

    kid: bytes
    iss: str
    sub: str
    iat: Count


class Receipt(msgspec.Struct, frozen=True):
    """A receipt, taken apart: leaf ``index`` of ``size`` leaves, and its inclusion ``path``."""

    header: Header
    protected: bytes
    signature: bytes
    size: int
    index: int
    path: tuple[bytes, ...]


class _Inclusion(msgspec.Struct, frozen=True, array_like=True, forbid_unknown_fields=True):
    """An inclusion proof as RFC 9942 writes it."""

    size: int
    index: int
    path: tuple[bytes, ...]


@lru_cache(maxsize=256)
def protected(kid: bytes, iss: str, sub: str, iat: int) -> bytes:
    """Encode a receipt's protected header: {1: -8, 4: kid, 15: {1: iss, 2: sub, 6: iat}, 395: 1}.

    All receipts of one second in a channel have the same.

    :param iat: time of receipt, seconds since the epoch, UTC.
    """
    return cbor.encode(
        {
            cose.ALG: cose.EDDSA,
            cose.KID: kid,
            cose.CWT_CLAIMS: {cose.ISS: iss, cose.SUB: sub, cose.IAT: iat},
            cose.VDS: _RFC9162_SHA256,
        }
    )


def sign_root(protected_header: bytes, root: bytes, key: LogKey) -> bytes:
    """Sign a root (32 bytes) under a header from :func:`protected`; 64 bytes, Ed25519."""
    return key.sign(cose.to_be_signed(protected_header, root))


def verify_root(
    protected_header: bytes, signature: bytes, root: bytes, public: LogPublic
) -> Header:
    """Check what :func:`sign_root` made, and return the header that it covers.

    :raises ParleyError: as :func:`parse_protected`; ``key-mismatch`` if the header names another
        key; ``signature-invalid``.
    """
    header = parse_protected(protected_header)
    _check_signature(header, protected_header, signature, root, public)
    return header


def parse_protected(protected_header: bytes) -> Header:
    """Read a receipt's protected header.

    :raises ParleyError: ``too-large``, ``cbor-malformed``, ``cbor-not-canonical``,
        ``shape-invalid``, ``algorithm-unsupported``, ``header-critical``.
    """
    fields = cose.decode_protected(protected_header, limit=_PROTECTED_BYTES)
    cbor.expect_map(fields, _KEYS, _SHAPE)
    claims = cbor.expect_map(fields[cose.CWT_CLAIMS], _CLAIM_KEYS, _SHAPE)
    if type(fields[cose.VDS]) is not int or fields[cose.VDS] != _RFC9162_SHA256:
        raise _shape("$[0]")
    return cbor.convert(
        {
            "kid": fields[cose.KID],
            "iss": claims[cose.ISS],
            "sub": claims[cose.SUB],
            "iat": claims[cose.IAT],
        },
        Header,
    )


def assemble(
    protected_header: bytes, signature: bytes, size: int, index: int, path: Sequence[bytes]
) -> bytes:
    """Encode the receipt of leaf ``index`` under a signed root of ``size`` leaves.

    The same input gives the same bytes, so a receipt can be rebuilt instead of stored.

    :raises ParleyError: ``proof-invalid`` for a path that does not fit ``index`` and ``size``, or
        for a tree of one leaf (see above).
    """
    _check_path(size, index, path)
    proof = cbor.encode([size, index, list(path)])
    return cose.assemble(protected_header, None, signature, {cose.VDP: {_INCLUSION: [proof]}})


def parse(data: bytes) -> Receipt:
    """Take a receipt apart, without verifying it.

    Accepted is exactly what :func:`assemble` writes: one inclusion proof and a detached payload.

    :raises ParleyError: ``too-large``, ``cbor-malformed``, ``cbor-not-canonical``,
        ``shape-invalid``, ``algorithm-unsupported``, ``header-critical``, ``proof-invalid``.
    """
    message = cose.parse_sign1(data, limit=RECEIPT_BYTES, unprotected=True)
    if message.payload is not None:
        raise _shape("$[2]")
    proof = _inclusion_proof(message.unprotected)
    _check_path(proof.size, proof.index, proof.path)
    return Receipt(
        header=parse_protected(message.protected),
        protected=message.protected,
        signature=message.signature,
        size=proof.size,
        index=proof.index,
        path=proof.path,
    )


def verify(data: bytes, leaf: bytes, public: LogPublic) -> Receipt:
    """Check that the log of ``public`` signed for the leaf hash ``leaf``.

    :raises ParleyError: as :func:`parse`; ``key-mismatch``; ``signature-invalid``, which is also
        what another leaf, index, size or path gives, as the root follows from them.
    """
    receipt = parse(data)
    root = merkle.root_from_inclusion(leaf, receipt.index, receipt.size, receipt.path)
    _check_signature(receipt.header, receipt.protected, receipt.signature, root, public)
    return receipt


def _check_signature(
    header: Header, protected_header: bytes, signature: bytes, root: bytes, public: LogPublic
) -> None:
    if header.kid != public.kid:
        raise ParleyError(Reason.KEY_MISMATCH)
    public.ed25519.verify(signature, cose.to_be_signed(protected_header, root))


def _inclusion_proof(unprotected: Mapping[Any, Any]) -> _Inclusion:
    outer = cbor.expect_map(unprotected, _UNPROTECTED_KEYS, _SHAPE)
    proofs = cbor.expect_map(outer[cose.VDP], _PROOF_KEYS, _SHAPE)
    inclusion = proofs[_INCLUSION]
    if not isinstance(inclusion, list | tuple) or len(inclusion) != 1:
        raise _shape("$[1]")
    if not isinstance(inclusion[0], bytes):
        raise _shape("$[1]")
    return cbor.decode_as(inclusion[0], _Inclusion, limit=RECEIPT_BYTES)


def _check_path(size: int, index: int, path: Sequence[bytes]) -> None:
    if not path:
        raise ParleyError(Reason.PROOF_INVALID, fact="path-length")
    # Gives no root worth having, but refuses all that no tree can have.
    merkle.root_from_inclusion(merkle.EMPTY_ROOT, index, size, path)


def _shape(place: str) -> ParleyError:
    return ParleyError(Reason.SHAPE_INVALID, shape=_SHAPE, place=place)
