"""Strict CBOR: one value has one encoding, and every other is refused, soon and with its reason.

The generator here writes heads itself, so that it can write them wrong; cbor2 is not asked.
"""

from __future__ import annotations

import time
import tracemalloc
from collections.abc import Callable
from typing import Any

import msgspec
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from parley.kernel import cbor, limits
from parley.kernel.errors import ParleyError
from parley.kernel.reasons import Reason

LIMIT = 1 << 20
MALFORMED, NOT_CANONICAL = Reason.CBOR_MALFORMED, Reason.CBOR_NOT_CANONICAL

integers = st.integers(-(1 << 64), (1 << 64) - 1)
scalars = st.one_of(
    integers, st.booleans(), st.none(), st.binary(max_size=300), st.text(max_size=100)
)
keys = st.one_of(st.integers(-70_000, 70_000), st.text(max_size=20))
values = st.recursive(
    scalars,
    lambda inner: st.one_of(st.lists(inner, max_size=5), st.dictionaries(keys, inner, max_size=5)),
    max_leaves=20,
)


def head(major: int, number: int, width: int | None = None) -> bytes:
    """A head: the shortest, or one whose argument has ``width`` bytes."""
    if width is None:
        width = next(w for w, top in ((0, 24), (1, 1 << 8), (2, 1 << 16), (4, 1 << 32), (8, 1 << 64)) if number < top)  # noqa: E501 # fmt: skip
    if width == 0:
        return bytes((major << 5 | number,))
    return bytes((major << 5 | 24 + width.bit_length() - 1,)) + number.to_bytes(width, "big")


Head = Callable[[int, int], bytes]


def written(value: Any, head: Head = head) -> bytes:
    """The canonical encoding of ``value``, with heads as ``head`` makes them."""
    match value:
        case bool() | None:
            return {False: b"\xf4", True: b"\xf5", None: b"\xf6"}[value]
        case int():
            return head(0, value) if value >= 0 else head(1, -1 - value)
        case bytes():
            return head(2, len(value)) + value
        case str():
            return head(3, len(value.encode())) + value.encode()
        case list():
            return head(4, len(value)) + b"".join(written(item, head) for item in value)
        case dict():
            pairs = sorted((written(key), written(key, head), item) for key, item in value.items())
            return head(5, len(pairs)) + b"".join(k + written(item, head) for _, k, item in pairs)
    raise AssertionError(value)


def refused(data: bytes, *reasons: Reason) -> None:
    with pytest.raises(ParleyError) as caught:
        cbor.decode(data, limit=LIMIT)
    assert caught.value.reason in (reasons or (MALFORMED, NOT_CANONICAL)), data.hex()


def orders_agree(value: Any) -> bool:
    """Whether 'bytewise' and 'shorter first' sort the keys alike, as they do in the protocol."""
    match value:
        case list():
            return all(map(orders_agree, value))
        case dict():
            encoded = [written(key) for key in value]
            return sorted(encoded) == sorted(encoded, key=lambda k: (len(k), k)) and all(
                map(orders_agree, value.values())
            )
    return True


@given(values)
def test_the_one_encoding_is_taken(value: Any) -> None:
    assume(orders_agree(value))
    data = written(value)
    assert cbor.encode(value) == data
    decoded = cbor.decode(data, limit=LIMIT)
    assert (decoded, repr(decoded)) == (value, repr(value)) or isinstance(value, dict | list)
    assert cbor.encode(decoded) == data


@given(values, st.data())
def test_a_head_that_is_longer_than_need_be_is_refused(value: Any, data: st.DataObject) -> None:
    heads = 0

    def count(major: int, number: int) -> bytes:
        nonlocal heads
        heads += 1
        return head(major, number)

    canonical = written(value, count)
    assume(heads)
    chosen = data.draw(st.integers(0, heads - 1))

    def longer(major: int, number: int) -> bytes:
        nonlocal heads
        heads -= 1
        shortest = head(major, number)
        wider = [w for w in (1, 2, 4, 8) if w > len(shortest) - 1]
        return (
            head(major, number, data.draw(st.sampled_from(wider)))
            if (heads == chosen and wider)
            else shortest
        )

    changed = written(value, longer)
    assume(changed != canonical)
    refused(changed)


@given(values, st.binary(min_size=1, max_size=20))
def test_what_follows_the_end_is_refused(value: Any, more: bytes) -> None:
    refused(written(value) + more)


@given(values)
def test_what_is_cut_short_is_refused(value: Any) -> None:
    data = written(value)
    for end in range(len(data)):
        refused(data[:end], MALFORMED)


@given(st.lists(st.tuples(keys, scalars), min_size=2, max_size=6, unique_by=lambda pair: pair[0]))
def test_keys_out_of_order_or_twice_are_refused(pairs: list[tuple[Any, Any]]) -> None:
    ordered = sorted(pairs, key=lambda pair: (len(written(pair[0])), written(pair[0])))

    def joined(some: list[tuple[Any, Any]]) -> bytes:
        return head(5, len(some)) + b"".join(written(k) + written(v) for k, v in some)

    refused(joined([*ordered[1:], ordered[0]]), NOT_CANONICAL)
    refused(joined([*ordered, ordered[0]]), MALFORMED)
    refused(head(4, 1) + joined([ordered[0], *ordered]), MALFORMED)


containers = st.sampled_from(
    [
        b"\x5f\x41a\xff",
        b"\x7f\x61a\xff",
        b"\x9f\x01\xff",
        b"\xbf\x01\x02\xff",
        b"\x5f\xff",
        b"\x9f\xff",
        b"\xff",
    ]
)
kinds = st.one_of(
    containers,  # indefinite lengths
    st.sampled_from([b"\xf9\x3c\x00", b"\xfa\x3f\x80\x00\x00", b"\xfb" + bytes(8), b"\xf7"]),
    st.integers(0, 19).map(lambda n: bytes((0xE0 + n,))),  # simple values
    st.integers(0, 255).map(lambda n: bytes((0xF8, n))),
    st.integers(0, 3).map(lambda n: bytes((0x1C + n,))),  # reserved heads
    st.sampled_from([b"\x61\xff", b"\x62\xc3\x28", b"\x63\xed\xa0\x80", b"\x64\xf5\x80\x80\x80"]),
    st.sampled_from([b"\xc2\x49" + b"\x01" * 9, b"\xc3\x41\x00", b"\xc0\x60", b"\xd9\xd9\xf7\x00"]),
    st.sampled_from([0, 1, 4, 5, 25, 28, 29, 30, 35, 36, 37, 256, 258, 260, 261, 1004]).map(
        lambda tag: head(6, tag) + b"\x00"
    ),
)


@given(kinds, st.lists(st.sampled_from([b"\x81", b"\xa1\x00"]), max_size=6))
def test_what_does_not_belong_is_refused_wherever_it_stands(
    item: bytes, around: list[bytes]
) -> None:
    with pytest.raises(ParleyError):
        cbor.convert(cbor.decode(b"".join(around) + item, limit=LIMIT), Plain)


class Plain(msgspec.Struct, frozen=True, array_like=True):
    """A shape as all of ours: no float, no tag fits it."""

    value: int | None


@given(st.integers(0, 22), st.sampled_from([b"\x81", b"\xa1\x00"]))
def test_depth_has_a_bound(depth: int, around: bytes) -> None:
    data = around * depth + b"\x00"
    if depth <= limits.CBOR_DEPTH:
        cbor.decode(data, limit=LIMIT)
    else:
        refused(data, MALFORMED)


BOMBS = {
    "arrays in arrays": b"\x81" * LIMIT,
    "maps in maps": b"\xa1\x00" * (LIMIT // 2),
    "tags in tags": b"\xc6" * LIMIT,
    "empty arrays": b"\x9a\x00\x0f\xff\xfb" + b"\x80" * (LIMIT - 5),
    "empty maps": b"\x9a\x00\x0f\xff\xfb" + b"\xa0" * (LIMIT - 5),
    "maps of one": b"\x9a\x00\x05\x55\x53" + b"\xa1\x00\x00" * 0x55553,
    "tagged": b"\x9a\x00\x05\x55\x53" + b"\xd8\x50\x00" * 0x55553,
    "integers": b"\x9a\x00\x0f\xff\xfb" + b"\x17" * (LIMIT - 5),
    "no end of bytes": b"\x5b" + b"\xff" * 8 + bytes(100),
    "no end of text": b"\x7b\x7f" + b"\xff" * 7 + b"a" * 100,
    "no end of items": b"\x9b\x7f" + b"\xff" * 7 + bytes(100),
    "no end of pairs": b"\xbb\x7f" + b"\xff" * 7 + bytes(100),
    "many promised, many times": b"\x9a\x7f\xff\xff\xff" * 12 + bytes(100),
    "lengths that overflow": (b"\x5b" + b"\xff" * 8) * (LIMIT // 9),
    "unordered keys": b"\xba\x00\x02\x00\x00"
    + b"".join(b"\x1a" + n.to_bytes(4, "big") + b"\x00" for n in range(0x1000000, 0x1020000)),
}  # fmt: skip


@pytest.mark.parametrize("name", BOMBS)
def test_what_is_made_to_grow_is_refused_small_and_soon(name: str) -> None:
    data = BOMBS[name]
    tracemalloc.start()
    try:
        started = time.monotonic()
        refused(data, MALFORMED)
        assert time.monotonic() - started < 5
        assert tracemalloc.get_traced_memory()[1] < 4 * LIMIT
    finally:
        tracemalloc.stop()


def test_size_comes_first() -> None:
    with pytest.raises(ParleyError) as caught:
        cbor.decode(bytes(101), limit=100)
    assert caught.value.reason is Reason.TOO_LARGE


def test_as_many_items_as_there_may_be() -> None:
    most = limits.CBOR_ITEMS
    data = head(4, most - 1) + b"\x80" * (most - 1)
    assert len(cbor.decode(data, limit=LIMIT)) == most - 1
    refused(head(4, most) + b"\x80" * most, MALFORMED)
    within = head(4, 1) + head(2, 1 << 19) + b"\x80" * (1 << 19)
    assert cbor.decode(within, limit=LIMIT) == [b"\x80" * (1 << 19)]
