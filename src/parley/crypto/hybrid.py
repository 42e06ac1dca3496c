"""COSE_Sign (RFC 9052, section 4.1) with two signers: an identity's Ed25519 and its ML-DSA-44.

Letters and statements about keys are signed so. Both signatures must hold; each covers the type
of the message, so that one kind is never taken for another.
"""

from __future__ import annotations

from typing import Any, Final

import cbor2

from parley.crypto import cose
from parley.crypto.keys import (
    ED25519_SIGNATURE_BYTES,
    MLDSA44_SIGNATURE_BYTES,
    Ed25519Public,
    IdentityKey,
    IdentityPublic,
    MlDsa44Public,
)
from parley.kernel import cbor
from parley.kernel.errors import ParleyError
from parley.kernel.reasons import Reason

SIGN_TAG: Final = 98

_SHAPE: Final = "COSE_Sign"
_HEADER_BYTES: Final = 512
_KIND_KEYS: Final = frozenset({cose.TYP})
_SIGNER_KEYS: Final = frozenset({cose.ALG, cose.KID})
_ALGORITHMS: Final = (cose.EDDSA, cose.ML_DSA_44)
_SIGNATURE_BYTES: Final = (ED25519_SIGNATURE_BYTES, MLDSA44_SIGNATURE_BYTES)


def sign_hybrid(payload: bytes, key: IdentityKey, *, typ: str) -> bytes:
    """Sign ``payload`` with both keys of an identity.

    :param typ: media type of the message, in the signed header 16 (RFC 9596).
    :returns: a tagged COSE_Sign: protected {16: typ}, the payload, and the signers Ed25519 (-8) and
        ML-DSA-44 (-48), each with {1: alg, 4: kid} protected; deterministic CBOR.
    """
    body = cbor.encode({cose.TYP: typ})
    public = key.public
    signers = []
    for algorithm, kid, sign in (
        (cose.EDDSA, public.ed25519.kid, key.sign),
        (cose.ML_DSA_44, public.mldsa44.kid, key.sign_mldsa44),
    ):
        header = cbor.encode({cose.ALG: algorithm, cose.KID: kid})
        signers.append([header, {}, sign(_to_be_signed(body, header, payload))])
    return cbor.encode(cbor2.CBORTag(SIGN_TAG, [body, {}, payload, signers]))


def payload_of(data: bytes, *, typ: str, limit: int) -> bytes:
    """The payload of a message whose signatures have **not** been checked.

    For a letter, whose keys stand in its own payload: read them, then call :func:`verify_hybrid`.

    :raises ParleyError: ``too-large``, ``cbor-malformed``, ``cbor-not-canonical``,
        ``shape-invalid``, ``algorithm-unsupported``, ``header-critical``.
    """
    return _parse(data, typ, limit)[1]


def verify_hybrid(data: bytes, public: IdentityPublic, *, typ: str, limit: int) -> bytes:
    """Check both signatures of a message made by :func:`sign_hybrid`, and return its payload.

    :param limit: greatest length of ``data``, bytes.
    :raises ParleyError: as :func:`payload_of`; ``key-mismatch`` if it names other keys than
        ``public``; ``signature-invalid``.
    """
    body, payload, signers = _parse(data, typ, limit)
    keys: tuple[Ed25519Public | MlDsa44Public, ...] = (public.ed25519, public.mldsa44)
    for key, (header, kid, signature) in zip(keys, signers, strict=True):
        if kid != key.kid:
            raise ParleyError(Reason.KEY_MISMATCH)
        key.verify(signature, _to_be_signed(body, header, payload))
    return payload


def _to_be_signed(body: bytes, signer: bytes, payload: bytes) -> bytes:
    """The Sig_structure of one signer (RFC 9052, section 4.4), without external data."""
    return cbor.encode(["Signature", body, signer, b"", payload])


def _parse(data: bytes, typ: str, limit: int) -> tuple[bytes, bytes, list[tuple[bytes, Any, Any]]]:
    """The protected header, the payload, and for both signers (header, kid, signature)."""
    message = cbor.decode(data, limit=limit)
    if not isinstance(message, cbor2.CBORTag) or message.tag != SIGN_TAG:
        raise _shape("$")
    body, unprotected, payload, signers = _items(message.value, 4, "$")
    if not isinstance(body, bytes) or unprotected != {} or not isinstance(payload, bytes):
        raise _shape("$")
    kind = cose.decode_header(body, limit=_HEADER_BYTES)
    if kind.keys() != _KIND_KEYS or kind[cose.TYP] != typ:
        raise _shape("$[0]")
    parsed = []
    for place, signer in enumerate(_items(signers, 2, "$[3]")):
        header, extra, signature = _items(signer, 3, f"$[3][{place}]")
        if not isinstance(header, bytes) or extra != {} or not isinstance(signature, bytes):
            raise _shape(f"$[3][{place}]")
        named = cose.decode_header(header, limit=_HEADER_BYTES)
        if named.keys() != _SIGNER_KEYS or len(signature) != _SIGNATURE_BYTES[place]:
            raise _shape(f"$[3][{place}]")
        if type(named[cose.ALG]) is not int or named[cose.ALG] != _ALGORITHMS[place]:
            raise cose.unsupported(named[cose.ALG])
        parsed.append((header, named[cose.KID], signature))
    return body, payload, parsed


def _items(value: object, count: int, place: str) -> list[Any]:
    if not isinstance(value, list | tuple) or len(value) != count:
        raise _shape(place)
    return list(value)


def _shape(place: str) -> ParleyError:
    return ParleyError(Reason.SHAPE_INVALID, shape=_SHAPE, place=place)
