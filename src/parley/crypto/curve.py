"""Which 32 bytes are an Ed25519 public key worth having.

Libraries take any 32 bytes as a public key, and then disagree about edge cases: encodings of no
point, second encodings of one point, points with a component of small order. Under a key of small
order one signature fits many messages; under one with such a component some verifiers accept what
others refuse, so that its owner could make a statement that only one side can verify. A key
without these faults leaves no such room. (Chalkias, Garillot and Nikolaenko, 'Taming the many
EdDSAs', 2020; the vectors of C2SP/CCTV ``ed25519``.)

Everything here is public, so nothing needs constant time.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Final

from parley.kernel.errors import ParleyError
from parley.kernel.reasons import Reason

# RFC 8032, section 5.1
_P: Final = 2**255 - 19
_D: Final = -121665 * pow(121666, -1, _P) % _P
_L: Final = 2**252 + 27742317777372353535851937790883648493
_ROOT_OF_MINUS_1: Final = pow(2, (_P - 1) // 4, _P)
_Y_MASK: Final = 2**255 - 1

IDENTITY: Final = b"\x01" + bytes(31)
"""The neutral point as it is encoded; no honest signature starts with it."""

# Extended homogeneous coordinates (X, Y, Z, T), RFC 8032, section 5.1.4
_Point = tuple[int, int, int, int]
_NEUTRAL: Final[_Point] = (0, 1, 1, 0)


@lru_cache(maxsize=1024)  # costs about 1 ms, and desks load the same keys over and over
def check_point(raw: bytes) -> None:
    """Accept the one canonical encoding of a point of prime order.

    :param raw: the encoded point (RFC 8032, section 5.1.2).
    :raises ParleyError: ``key-invalid``, with the fact ``length``, ``encoding`` (no point, or not
        the canonical encoding of one) or ``order`` (small, or with a component of small order).
    """
    if len(raw) != 32:
        raise _invalid("length")
    point = _decode(raw)
    if _same(point, _NEUTRAL) or not _same(_multiply(_L, point), _NEUTRAL):
        raise _invalid("order")


def _decode(raw: bytes) -> _Point:
    """RFC 8032, section 5.1.3."""
    number = int.from_bytes(raw, "little")
    y, sign = number & _Y_MASK, number >> 255
    if y >= _P:
        raise _invalid("encoding")
    u, v = (y * y - 1) % _P, (_D * y * y + 1) % _P
    x = u * pow(v, 3, _P) * pow(u * pow(v, 7, _P), (_P - 5) // 8, _P) % _P
    if v * x * x % _P == -u % _P:
        x = x * _ROOT_OF_MINUS_1 % _P
    if v * x * x % _P != u or (x == 0 and sign):
        raise _invalid("encoding")
    if x & 1 != sign:
        x = _P - x
    return x, y, 1, x * y % _P


def _add(first: _Point, second: _Point) -> _Point:
    x1, y1, z1, t1 = first
    x2, y2, z2, t2 = second
    a = (y1 - x1) * (y2 - x2) % _P
    b = (y1 + x1) * (y2 + x2) % _P
    c = 2 * t1 * t2 * _D % _P
    d = 2 * z1 * z2 % _P
    e, f, g, h = b - a, d - c, d + c, b + a
    return e * f % _P, g * h % _P, f * g % _P, e * h % _P


def _multiply(factor: int, point: _Point) -> _Point:
    result = _NEUTRAL
    while factor:
        if factor & 1:
            result = _add(result, point)
        point = _add(point, point)
        factor >>= 1
    return result


def _same(first: _Point, second: _Point) -> bool:
    x1, y1, z1, _ = first
    x2, y2, z2, _ = second
    return (x1 * z2 - x2 * z1) % _P == 0 and (y1 * z2 - y2 * z1) % _P == 0


def _invalid(fact: str) -> ParleyError:
    return ParleyError(Reason.KEY_INVALID, fact=fact)
