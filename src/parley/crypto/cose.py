"""COSE_Sign1 and COSE_Sign (RFC 9052), as statements, receipts and letters use them.

Only one encoding of a message is accepted: definite, shortest lengths, sorted keys. The outer
structure of a COSE_Sign1 is so small that it is read and written here by hand, which is strict by
construction and costs a tenth of decoding and encoding it again.

Emitted algorithm for Ed25519: -8 (EdDSA, RFC 9053), which readers in the field know; -19
(Ed25519, RFC 9864) is accepted too. ML-DSA-44 is -48 with an empty context (RFC 9964). A message
with ``crit`` is refused: nothing of ours needs it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

import cbor2
import msgspec

from parley.kernel import cbor
from parley.kernel.errors import ParleyError
from parley.kernel.reasons import Reason

# Header parameters (IANA, COSE Header Parameters)
ALG: Final = 1
CRIT: Final = 2
KID: Final = 4
CWT_CLAIMS: Final = 15
TYP: Final = 16
PAYLOAD_HASH_ALG: Final = 258
PREIMAGE_CONTENT_TYPE: Final = 259
VDS: Final = 395
VDP: Final = 396

# CWT claims (RFC 8392, section 3.1)
ISS: Final = 1
SUB: Final = 2
IAT: Final = 6

# Algorithms (IANA, COSE Algorithms)
EDDSA: Final = -8
ED25519: Final = -19
ML_DSA_44: Final = -48
SHA_256: Final = -16

SIGN1_TAG: Final = 18

_EMPTY_MAP: Final = b"\xa0"
_SIGN1_HEAD: Final = b"\xd2\x84"
_SIG_STRUCTURE_HEAD: Final = b"\x84\x6aSignature1"
_EMPTY_BSTR: Final = b"\x40"
_NIL: Final = 0xF6
_SIGNATURE_HEAD: Final = b"\x58\x40"
_ED25519_SIGNATURE_BYTES: Final = 64
_NOTHING: Final[Mapping[Any, Any]] = {}


class Sign1(msgspec.Struct, frozen=True, gc=False):
    """A COSE_Sign1 message, parsed but not verified.

    ``protected`` are the exact bytes of the protected header (what is inside the byte string),
    ``payload`` is ``None`` where it is detached, ``unprotected`` is empty unless the caller allowed
    otherwise (maps and arrays in it are of whatever immutable types the decoder gives under a tag).
    """

    protected: bytes
    payload: bytes | None
    signature: bytes
    unprotected: Mapping[Any, Any] = _NOTHING


def sign1(
    protected: bytes,
    payload: bytes,
    sign: Callable[[bytes], bytes],
    *,
    detached: bool = False,
    unprotected: Mapping[int, Any] = _NOTHING,
) -> bytes:
    """Sign and encode a tagged COSE_Sign1 (RFC 9052, section 4.2).

    :param protected: the encoded protected header, exactly as it is to be signed.
    :param payload: what is signed; left out of the message if ``detached``.
    :param sign: makes a signature of 64 bytes.
    """
    signature = sign(to_be_signed(protected, payload))
    return assemble(protected, None if detached else payload, signature, unprotected)


def assemble(
    protected: bytes,
    payload: bytes | None,
    signature: bytes,
    unprotected: Mapping[int, Any] = _NOTHING,
) -> bytes:
    """Encode a tagged COSE_Sign1 whose ``signature`` exists; ``payload`` ``None`` is detached."""
    return b"".join(
        (
            _SIGN1_HEAD,
            bstr(protected),
            cbor.encode(dict(unprotected)) if unprotected else _EMPTY_MAP,
            b"\xf6" if payload is None else bstr(payload),
            bstr(signature),
        )
    )


def to_be_signed(protected: bytes, payload: bytes) -> bytes:
    """The bytes that a COSE_Sign1 signature covers: its Sig_structure (RFC 9052, section 4.4).

    External data is empty.
    """
    return b"".join((_SIG_STRUCTURE_HEAD, bstr(protected), _EMPTY_BSTR, bstr(payload)))


def parse_sign1(data: bytes, *, limit: int, unprotected: bool = False) -> Sign1:
    """Read a tagged COSE_Sign1 with an Ed25519 signature, without verifying it.

    What is inside the protected header is left to :func:`decode_protected`.

    :param limit: greatest length of ``data``, bytes.
    :param unprotected: whether the unprotected header may hold something.
    :raises ParleyError: ``too-large``, ``cbor-malformed``, ``cbor-not-canonical``,
        ``shape-invalid``.
    """
    if len(data) > limit:
        raise ParleyError(Reason.TOO_LARGE, size=len(data), limit=limit)
    try:
        if data[:2] == _SIGN1_HEAD:
            protected, at = read_bstr(data, 2)
            if data[at] == 0xA0:
                if data[at + 1] == _NIL:
                    payload, at = None, at + 2
                else:
                    payload, at = read_bstr(data, at + 1)
                if data[at : at + 2] == _SIGNATURE_HEAD:
                    at += 2
                    if len(data) == at + _ED25519_SIGNATURE_BYTES:
                        return Sign1(protected, payload, data[at:])
    except (IndexError, ValueError):
        pass
    return _parse_sign1_slowly(data, limit, unprotected)


def _parse_sign1_slowly(data: bytes, limit: int, unprotected: bool) -> Sign1:
    """The same by way of a decoder: for other unprotected headers, and to name the fault."""
    value = cbor.decode(data, limit=limit)
    if not isinstance(value, cbor2.CBORTag) or value.tag != SIGN1_TAG:
        raise _shape("COSE_Sign1", "$")
    parts = value.value
    if not isinstance(parts, list | tuple) or len(parts) != 4:
        raise _shape("COSE_Sign1", "$")
    protected, header, payload, signature = parts
    if not isinstance(protected, bytes):
        raise _shape("COSE_Sign1", "$[0]")
    if not isinstance(header, Mapping) or (header and not unprotected):
        raise _shape("COSE_Sign1", "$[1]")
    if payload is not None and not isinstance(payload, bytes):
        raise _shape("COSE_Sign1", "$[2]")
    if not isinstance(signature, bytes) or len(signature) != _ED25519_SIGNATURE_BYTES:
        raise _shape("COSE_Sign1", "$[3]")
    return Sign1(protected, payload, signature, header)


def decode_protected(protected: bytes, *, limit: int) -> dict[int, Any]:
    """Decode the protected header of a COSE_Sign1 that is signed with Ed25519.

    :param limit: greatest length of ``protected``, bytes.
    :raises ParleyError: ``too-large``, ``cbor-malformed``, ``cbor-not-canonical``,
        ``shape-invalid`` (not a map with integer keys), ``algorithm-unsupported``,
        ``header-critical``.
    """
    header = decode_header(protected, limit=limit)
    algorithm = header.get(ALG)
    # -8.0 equals -8 in Python, and is no algorithm.
    if type(algorithm) is not int or algorithm not in (EDDSA, ED25519):
        raise unsupported(algorithm)
    return header


def decode_header(protected: bytes, *, limit: int) -> dict[int, Any]:
    """Decode any protected header that marks nothing as critical.

    :raises ParleyError: as :func:`decode_protected`, without ``algorithm-unsupported``.
    """
    header = cbor.decode(protected, limit=limit)
    if not isinstance(header, dict) or not all(type(key) is int for key in header):
        raise _shape("protected header", "$")
    if CRIT in header:
        raise ParleyError(Reason.HEADER_CRITICAL)
    return header


def bstr(data: bytes) -> bytes:
    """``data`` as a CBOR byte string with the shortest length (RFC 8949, section 3)."""
    length = len(data)
    if length < 24:
        return bytes((0x40 + length,)) + data
    if length < 0x100:
        return bytes((0x58, length)) + data
    if length < 0x10000:
        return b"\x59" + length.to_bytes(2, "big") + data
    return b"\x5a" + length.to_bytes(4, "big") + data


def read_bstr(data: bytes, at: int) -> tuple[bytes, int]:
    """Read the byte string that starts at ``data[at]``; return it and where the next item starts.

    :raises ValueError: if none stands there, it ends too late, or its length is not the shortest.
    :raises IndexError: if ``data`` ends before it starts.
    """
    head = data[at]
    at += 1
    if 0x40 <= head < 0x58:
        length = head - 0x40
    elif head == 0x58:
        length = data[at]
        at += 1
        if length < 24:
            raise ValueError
    elif head == 0x59:
        length = data[at] << 8 | data[at + 1]
        at += 2
        if length < 0x100:
            raise ValueError
    elif head == 0x5A:
        length = int.from_bytes(data[at : at + 4], "big")
        at += 4
        if length < 0x10000:
            raise ValueError
    else:
        raise ValueError
    end = at + length
    if end > len(data):
        raise ValueError
    return data[at:end], end


def unsupported(algorithm: object) -> ParleyError:
    """The error for an algorithm that is not accepted here; names it only if it is a number."""
    shown = algorithm if isinstance(algorithm, int) else None
    return ParleyError(Reason.ALGORITHM_UNSUPPORTED, algorithm=shown)


def _shape(shape: str, place: str) -> ParleyError:
    return ParleyError(Reason.SHAPE_INVALID, shape=shape, place=place)
