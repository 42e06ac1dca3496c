"""Where bytes are read or written by hand for speed, the result is that of the decoder."""

from __future__ import annotations

from hashlib import sha256

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


@given(st.lists(st.integers(0, 2**64 - 1), max_size=300))
def test_an_array(items: list[int]) -> None:
    assert cbor.array([cbor.encode(item) for item in items]) == cbor.encode(items)


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
