"""Where bytes are read or written by hand for speed, the result is that of the decoder."""

from __future__ import annotations

from hashlib import sha256

import cbor2
import pytest
from hypothesis import given
from hypothesis import strategies as st

from parley.crypto import cose
from parley.crypto.keys import StatementKey
from parley.kernel import cbor, ids, limits
from parley.kernel.errors import ParleyError
from parley.kernel.reasons import Reason
from parley.record import body as bodies
from parley.record import statement
from parley.record.body import Body, Field
from parley.record.statement import ActHeader, Envelope, Handling, Seen

KEY = StatementKey.from_seed(b"\x01" * 32)
PARTY = b"\x02" * 32

hashes = st.binary(min_size=32, max_size=32)
values = st.one_of(st.text(max_size=300), st.integers(-(2**63), 2**63), st.booleans(), st.binary())
fields = st.lists(
    st.builds(
        Field, st.binary(min_size=16, max_size=16), st.text(min_size=1, max_size=120), values
    ),
    max_size=30,
    unique_by=lambda field: field.path,
).map(tuple)


@given(st.one_of(st.text(), st.text(min_size=250, max_size=300), st.just("x" * 70_000)))
def test_a_text(value: str) -> None:
    assert cbor.text(value) == cbor.encode(value)


long = st.sampled_from([0, 23, 24, 255, 256, 65_535, 65_536]).map(bytes)


scalars = st.one_of(values, st.none(), long)


@given(st.recursive(scalars, lambda inner: st.lists(inner, max_size=5), max_leaves=8))
def test_arrays_with_long_byte_strings(value: object) -> None:
    assert cbor.encode_bulk(value) == cbor.encode(value)


@given(st.lists(st.integers(0, 2**64 - 1), max_size=300))
def test_an_array(items: list[int]) -> None:
    assert cbor.array([cbor.encode(item) for item in items]) == cbor.encode(items)


plain = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**64), 2**64 - 1)
    | st.binary(max_size=300)
    | st.text(max_size=300)
    | st.floats(),
    lambda inner: (
        st.lists(inner, max_size=30)
        | st.dictionaries(
            st.text(max_size=30) | st.integers(-(2**64), 2**64 - 1) | st.binary(max_size=5), inner
        )
    ),
    max_leaves=40,
)


@given(plain, st.data())
def test_what_is_canonical(value: object, data: st.DataObject) -> None:
    encoded = cbor.encode(value)
    assert cbor.encode(cbor.decode(encoded, limit=1 << 20)) == encoded
    # Another order of keys, a longer head, bytes behind: whatever decodes must encode to itself.
    for other in (
        cbor2.dumps(value),
        encoded + b"\x00",
        _longer(encoded, data.draw(st.integers(0, len(encoded) - 1))),
    ):
        try:
            decoded = cbor.decode(other, limit=1 << 20)
        except ParleyError:
            continue
        assert cbor2.dumps(decoded, canonical=True) == other


def _longer(encoded: bytes, at: int) -> bytes:
    """The encoding with one byte given as the head of one byte more, where that is possible."""
    head = encoded[at]
    return encoded[:at] + bytes((head & 0xE0 | 24, head & 0x1F)) + encoded[at + 1 :]


@pytest.mark.parametrize(
    ("data", "canonical"),
    [
        (b"\xa2\x01\x00\x02\x00", True),
        (b"\xa2\x02\x00\x01\x00", False),
        (b"\xa2\x01\x00\x20\x00", True),
        (b"\xa2\x20\x00\x01\x00", False),
        (b"\xa2\x61b\x00\x62aa\x00", True),
        (b"\xa2\x62aa\x00\x61b\x00", False),
        (b"\xa2\x62\xc3\xa9\x00\x62zz\x00", False),
        (b"\xa2\x62zz\x00\x62\xc3\xa9\x00", True),
        (b"\x18\x17", False),
        (b"\x18\x18", True),
        (b"\x1b" + b"\xff" * 8, True),
        (b"\x1b\x00\x00\x00\x00\xff\xff\xff\xff", False),
        (b"\x3b" + b"\xff" * 8, True),
        (b"\x58\x17" + bytes(23), False),
        (b"\x82\xf5\xf4", True),
        (b"\xf8\x15", False),
    ],
)
def test_one_form(data: bytes, canonical: bool) -> None:
    if canonical:
        cbor.decode(data, limit=100)
    else:
        with pytest.raises(ParleyError) as caught:
            cbor.decode(data, limit=100)
        assert caught.value.reason in (Reason.CBOR_NOT_CANONICAL, Reason.CBOR_MALFORMED)


@given(st.lists(hashes, max_size=30, unique=True).map(sorted).map(tuple), fields)
def test_a_body_and_its_digest(absent: tuple[bytes, ...], present: tuple[Field, ...]) -> None:
    body = Body(absent, present)
    digest, encoded = body.sealed()
    assert encoded == body.encode() == cbor.encode_model(body)
    triples = [
        sha256(cbor.encode([field.salt, field.path, field.value])).digest() for field in present
    ]
    assert digest == body.digest() == sha256(cbor.encode(sorted([*triples, *absent]))).digest()
    assert bodies.opened(encoded) == (body, digest)


@pytest.mark.parametrize(
    "data",
    [
        b"\x82\x80\x80\x00",
        b"\x82\x98\x00\x80",
        b"\x82\x80\x81\x83\x50" + bytes(16) + b"\x61p\x78\x01v",
        b"\x82\x80\x81\x83\x58\x10" + bytes(16) + b"\x61p\x61v",
    ],
)
def test_a_body_has_one_encoding(data: bytes) -> None:
    with pytest.raises(ParleyError) as caught:
        bodies.parse(data)
    assert caught.value.reason is Reason.CBOR_NOT_CANONICAL


def test_a_body_has_a_greatest_length() -> None:
    body = bodies.salted({f"facts@{n}": "x" * 65_536 for n in range(17)})
    with pytest.raises(ParleyError) as caught:
        body.digest()
    assert caught.value.reason is Reason.TOO_LARGE


def signed(iat: int, envelope: Envelope) -> bytes:
    act = ActHeader(
        version=1,
        channel=bytes(32),
        case=bytes(16),
        type="closing",
        from_office=bytes(8),
        to_offices=(),
        reference=None,
        basis=(),
        legal_basis=None,
        precedence=0,
        handling=Handling("amber", None),
        reply_wanted=None,
        codes={"result": "satisfied"},
        digest=bytes(32),
    )
    return statement.sign(cbor.encode_model(act), envelope, party=PARTY, key=KEY, iat=iat)


counts = st.integers(0, 2**53 - 1)
seen = st.builds(Seen, counts, st.none() | hashes, counts, st.none() | hashes)
envelopes = st.builds(
    Envelope,
    counts,
    counts,
    st.none() | hashes,
    st.lists(seen, min_size=1, max_size=3).map(tuple),
    counts,
    st.none() | hashes,
)


@given(st.integers(0, 2**53 - 1), envelopes)
def test_a_header(iat: int, envelope: Envelope) -> None:
    protected = cose.parse_sign1(signed(iat, envelope), limit=limits.STATEMENT_BYTES).protected
    slow = statement._header(protected)
    assert slow.iat == iat
    assert slow.envelope == envelope
    assert slow.issuer == ids.party_uri(PARTY)
    assert (statement._usual_header(protected) is not None) == (0xFFFF < iat <= 0xFFFF_FFFF)
    assert statement._usual_header(protected) in (None, slow)


@given(st.integers(0, 700), st.integers(1, 255))
def test_a_changed_header_is_what_the_decoder_says(at: int, bits: int) -> None:
    envelope = Envelope(0, 3, bytes(32), (Seen(2, bytes(32), 4, bytes(32)),), 1, bytes(32))
    data = bytearray(cose.parse_sign1(signed(1_800_000_000, envelope), limit=4096).protected)
    data[at % len(data)] ^= bits
    usual = statement._usual_header(bytes(data))
    if usual is not None:
        assert usual == statement._header(bytes(data))
