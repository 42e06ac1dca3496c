"""Inputs near valid ones: bytes changed anywhere, or one node of their CBOR by another."""

from __future__ import annotations

from random import Random
from typing import Any

import cbor2

from parley.kernel import cbor, limits
from parley.kernel.errors import ParleyError

ODD: tuple[Any, ...] = (
    0, 1, -1, 23, 24, 255, 256, 65_535, 65_536, 2**31, 2**32, 2**53, 2**63, 2**64 - 1, -(2**63),
    -(2**64), True, False, None, b"", b"\0", b"\xff" * 32, bytes(31), bytes(33), "", "a", "\0",
    "\u202e", "\u2066", "\ud7ff", "\U0010ffff", "e\u0301", "a" * 400, [], [[]],
    [None] * 30, {}, {1: 1}, {"a": []}, {True: 1}, 1.0, float("nan"),
    cbor2.CBORTag(18, []), cbor2.CBORTag(98, b""),
    [[[[[[[[[[[[[[]]]]]]]]]]]]]],
)  # fmt: skip
"""Values that parsers meet at their edges."""

PIECES = (
    b"\x00", b"\x7f", b"\x80", b"\x9f", b"\xa0", b"\xbf", b"\xff", b"\xf6", b"\xd2\x84",
    b"\xd8\x62",
    b"\x5b" + b"\xff" * 8, b"\x9b" + b"\x7f" * 8, b"\xc2\x41\x01", b"\r\n", b"\n\n",
    b"\xe2\x80\x94 ",
    b"[" * 50, b"{" * 50, b'"', b"\\", b"=", b"9" * 30, b"\xef\xbb\xbf", b"\xed\xa0\x80",
)  # fmt: skip


def mutated(data: bytes, samples: list[bytes], random: Random) -> bytes:
    """``data`` changed in one to four ways."""
    for _ in range(random.choice((1, 1, 1, 2, 4))):
        changed = _another_node(data, random) if random.random() < 0.5 else None
        data = _other_bytes(data, samples, random) if changed is None else changed
    return data


def _other_bytes(data: bytes, samples: list[bytes], random: Random) -> bytes:
    start = random.randrange(len(data) + 1)
    end = min(len(data), start + random.choice((0, 1, 1, 2, 8, 40)))
    match random.randrange(6):
        case 0:
            new = bytes((random.randrange(256),))
        case 1:
            new = random.choice(PIECES)
        case 2:
            new = b""
        case 3:
            new = data[start:end] * random.choice((2, 3, 200))
        case 4:
            other = random.choice(samples)
            place = random.randrange(len(other) + 1)
            return data[:start] + other[place:]
        case _:
            new = bytes(byte ^ 1 << random.randrange(8) for byte in data[start:end])
    return data[:start] + new + data[end:]


def _another_node(data: bytes, random: Random) -> bytes | None:
    """One item of the CBOR in ``data`` changed, the rest encoded as it was; None if it is none."""
    value = _decoded(data)
    if value is _NOTHING:
        return None
    try:
        return cbor2.dumps(_changed(value, random), canonical=True)
    except (ValueError, TypeError, OverflowError, RecursionError, cbor2.CBOREncodeError):
        return None


_NOTHING = object()


def _decoded(data: bytes) -> Any:
    # Not by cbor2 alone: what is referred to again and again is encoded as often.
    try:
        return cbor.decode_any(data, limit=limits.MIB)
    except ParleyError:
        return _NOTHING


def _changed(value: Any, random: Random) -> Any:
    """``value`` with one node changed: itself, or one inside."""
    if random.random() < 0.15:
        return random.choice(ODD)
    match value:
        case list() if value and random.random() < 0.85:
            place = random.randrange(len(value))
            value = [*value[:place], _changed(value[place], random), *value[place + 1 :]]
        case list():
            value = _reordered(value, random)
        case dict() if value:
            value = _changed_map(value, random)
        case cbor2.CBORTag():
            value = cbor2.CBORTag(value.tag, _changed(value.value, random))
        case bytes() | str() if value:
            value = _changed_string(value, random)
        case int() if type(value) is int:
            value += random.choice((-1, 1, -value, value, 2**32))
        case _:
            value = random.choice(ODD)
    return value


def _changed_map(value: dict[Any, Any], random: Random) -> dict[Any, Any]:
    key = random.choice(list(value))
    if random.random() < 0.2:
        return {**{k: v for k, v in value.items() if k != key}, random.choice((0, 5, "x")): 1}
    return {**value, key: _changed(value[key], random)}


def _changed_string(value: Any, random: Random) -> Any:
    """A string with characters gone; one that holds CBOR with a node in it changed."""
    inner = _decoded(value) if type(value) is bytes else _NOTHING
    if isinstance(inner, list | dict):
        return cbor2.dumps(_changed(inner, random), canonical=True)
    place = random.randrange(len(value))
    return value[:place] + value[place + random.randrange(3) :]


def _reordered(value: list[Any], random: Random) -> list[Any]:
    some = list(value)
    match random.randrange(4):
        case 0:
            some.append(random.choice(ODD))
        case 1 if some:
            some.append(random.choice(some))
        case 2 if some:
            some.pop(random.randrange(len(some)))
        case _:
            random.shuffle(some)
    return some
