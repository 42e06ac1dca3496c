"""Deterministic CBOR (RFC 8949, section 4.2.1), strictly.

One value has one encoding here: whatever is not in that form is refused before anybody looks at
its meaning. Only integers, byte strings, text strings, arrays, maps, true, false and null occur;
the one tag a caller may ask for is named by it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final, NoReturn, TypeVar

import cbor2
import msgspec

from parley.kernel import limits
from parley.kernel.errors import ParleyError
from parley.kernel.reasons import Reason

T = TypeVar("T")


_COUNTED_BYTES: Final = 16 * limits.KIB
"""What is smaller cannot grow large however it is made."""


class _TagError(ValueError):
    """A tag that cbor2 would turn into an object of Python."""


def _refuse_tag(_value: object, _immutable: bool = False) -> NoReturn:
    raise _TagError


# cbor2 decodes these tags into dates, numbers, patterns, shared references ... unless told
# otherwise. All others come back as CBORTag, which no shape of ours accepts by accident.
_SEMANTIC_TAGS: Final = dict.fromkeys(
    [*range(6), 25, 28, 29, 30, 35, 36, 37, 52, 54, 100, 256, 258, 260, 261, 1004, 43000, 55799],
    _refuse_tag,
)


def encode(value: Any) -> bytes:
    """Encode ``value`` deterministically.

    Maps are sorted by the bytes of their encoded keys. (cbor2's canonical order is 'shorter key
    first'; for the keys that the protocol uses both orders are one, see ``docs/protocol.md``.)
    """
    return cbor2.dumps(value, canonical=True)


def encode_bulk(value: Any) -> bytes:
    """:func:`encode` for arrays with long byte strings in them, which are copied once."""
    parts: list[bytes] = []
    _pieces(value, parts)
    return b"".join(parts)


def _pieces(value: Any, parts: list[bytes]) -> None:
    if isinstance(value, list | tuple):
        parts.append(_begun(4, len(value)))
        for item in value:
            _pieces(item, parts)
    elif type(value) is bytes:
        parts += (_begun(2, len(value)), value)
    else:
        parts.append(encode(value))


def _begun(major: int, number: int) -> bytes:
    """The shortest head of a major type with ``number`` (RFC 8949, section 3)."""
    kind = major << 5
    if number < 24:
        return bytes((kind + number,))
    size = _head(number) - 1
    return bytes((kind + 23 + size.bit_length(),)) + number.to_bytes(size, "big")


def decode(data: bytes, *, limit: int) -> Any:
    """Decode exactly one value of at most ``limit`` bytes.

    Maps come back as ``dict``, arrays as ``list``.

    :raises ParleyError: ``too-large``, ``cbor-malformed`` (not CBOR, a duplicate key, an
        indefinite length, too deep, a tag of no use here) or ``cbor-not-canonical`` (longer than
        need be, keys out of order, bytes after the end).
    """
    value = decode_any(data, limit=limit)
    try:
        canonical = _shortest(value) == len(data)
    except _UnusualError:
        canonical = _encoded_again(value) == data
    if not canonical:
        raise ParleyError(Reason.CBOR_NOT_CANONICAL)
    return value


class _UnusualError(ValueError):
    """A value that :func:`_shortest` does not know."""


def _shortest(value: Any) -> int:
    """Length of the shortest encoding of ``value``, where the keys of its maps are in order.

    Encodings of one value differ in the order of keys and in the form of heads; a head that is not
    the shortest makes the whole longer. So a decoded value whose keys came in order stood there in
    its one encoding if it took this many bytes. To tell so takes half as long as to encode it.

    :raises _UnusualError: keys are out of order, or a value is none of those named above.
    """
    kind = type(value)
    if kind is bytes:
        return _head(len(value)) + len(value)
    if kind is str:
        length = len(value) if value.isascii() else len(value.encode())
        return _head(length) + length
    if kind is int:
        return _head(value if value >= 0 else -1 - value)
    if value is None or kind is bool:
        return 1
    if kind is list:
        length = _head(len(value))
        for item in value:
            length += _shortest(item)
        return length
    if kind is dict:
        return _shortest_map(value)
    raise _UnusualError


def _shortest_map(value: dict[Any, Any]) -> int:
    length = _head(len(value))
    before = (0, b"")
    for key, item in value.items():
        if type(key) is str:
            encoded = text(key)
        elif type(key) is int:
            encoded = cbor2.dumps(key)
        else:
            raise _UnusualError
        if (len(encoded), encoded) <= before:
            raise _UnusualError
        before = (len(encoded), encoded)
        length += len(encoded) + _shortest(item)
    return length


def _head(number: int) -> int:
    """Length of the shortest head with ``number`` (RFC 8949, section 3)."""
    if number < 24:
        return 1
    if number < 1 << 8:
        return 2
    if number < 1 << 16:
        return 3
    return 5 if number < 1 << 32 else 9


def _encoded_again(value: Any) -> bytes:
    try:
        return cbor2.dumps(value, canonical=True)
    except (cbor2.CBOREncodeError, ValueError, TypeError, OverflowError, RecursionError) as error:
        raise ParleyError(Reason.CBOR_MALFORMED) from error


def decode_any(data: bytes, *, limit: int, kept: bool = False) -> Any:
    """:func:`decode` without a look at the form: for one who encodes the value again anyway.

    Bytes after the end are not noticed either. ``kept``: the value was checked before this desk
    kept it, so that its items need not be counted again.

    :raises ParleyError: ``too-large``, ``cbor-malformed``.
    """
    if len(data) > limit:
        raise ParleyError(Reason.TOO_LARGE, size=len(data), limit=limit)
    if len(data) > _COUNTED_BYTES and not kept:
        _check_count(data)
    try:
        return cbor2.loads(
            data,
            allow_indefinite=False,
            allow_duplicate_keys=False,
            max_depth=limits.CBOR_DEPTH,
            semantic_decoders=_SEMANTIC_TAGS,
        )
    except (cbor2.CBORDecodeError, ValueError, TypeError, OverflowError, RecursionError) as error:
        raise ParleyError(Reason.CBOR_MALFORMED) from error


def _check_count(data: bytes) -> None:
    """Refuse more items than a value of ours has, before any is built: one of a byte takes 100.

    Heads stand one behind the other whatever they nest, so to count them needs no depth.

    :raises ParleyError: ``cbor-malformed``.
    """
    at = count = 0
    end = len(data)
    while at < end and count <= limits.CBOR_ITEMS:
        count += 1
        head = data[at]
        number = head & 0x1F
        at += 1
        if number >= 24:
            length = 1 << (number - 24)
            if length > 8:
                raise ParleyError(Reason.CBOR_MALFORMED)
            number = int.from_bytes(data[at : at + length], "big")
            at += length
        if 0x40 <= head < 0x80:
            at += number
    if count > limits.CBOR_ITEMS:
        raise ParleyError(Reason.CBOR_MALFORMED)


def text(value: str) -> bytes:
    """The text string ``value``: what :func:`encode` makes of it, at a fraction of the cost."""
    data = value.encode()
    length = len(data)
    if length < 24:
        head = bytes((0x60 + length,))
    elif length < 0x100:
        head = bytes((0x78, length))
    elif length < 0x10000:
        head = b"\x79" + length.to_bytes(2, "big")
    else:
        head = b"\x7a" + length.to_bytes(4, "big")
    return head + data


def array(items: Sequence[bytes]) -> bytes:
    """The array whose elements are encoded already."""
    count = len(items)
    if count < 24:
        head = bytes((0x80 + count,))
    elif count < 0x100:
        head = bytes((0x98, count))
    else:
        head = b"\x99" + count.to_bytes(2, "big")
    return head + b"".join(items)


def convert(value: Any, shape: type[T]) -> T:
    """Check a decoded value against ``shape`` (a frozen ``msgspec.Struct``) and return it as one.

    :raises ParleyError: ``shape-invalid``; the details name the place.
    """
    try:
        return msgspec.convert(value, shape, builtin_types=(bytes,), strict=True)
    except (msgspec.ValidationError, TypeError, ValueError, OverflowError) as error:
        raise ParleyError(
            Reason.SHAPE_INVALID, shape=shape.__name__, place=_place(error)
        ) from error


def decode_as(data: bytes, shape: type[T], *, limit: int) -> T:
    """:func:`decode` and :func:`convert` in one."""
    return convert(decode(data, limit=limit), shape)


def plain(model: msgspec.Struct) -> Any:
    """The arrays and maps that ``model`` stands for, ready to be encoded."""
    return msgspec.to_builtins(model, builtin_types=(bytes,))


def encode_model(model: msgspec.Struct) -> bytes:
    """Encode a ``msgspec.Struct`` deterministically."""
    return encode(plain(model))


def _place(error: Exception) -> str:
    """Where msgspec found the fault, such as ``$[3]``; never the offending value."""
    _, _, place = str(error).partition(" - at `")
    return place.removesuffix("`") or "$"


def expect_map(value: object, keys: frozenset[int], shape: str) -> Mapping[int, Any]:
    """``value`` as a map with exactly the integer ``keys``.

    :raises ParleyError: ``shape-invalid``.
    """
    # 1, 1.0 and true are one key to Python and three to everybody else.
    whole = isinstance(value, Mapping) and all(type(key) is int for key in value)
    if not whole or not isinstance(value, Mapping) or value.keys() != keys:
        raise ParleyError(Reason.SHAPE_INVALID, shape=shape, place="$")
    return value
