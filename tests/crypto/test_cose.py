"""COSE_Sign1 and COSE_Sign: one encoding, and a foreign library that agrees."""

from __future__ import annotations

import cbor2
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from parley.crypto import cose, hybrid
from parley.crypto.keys import IdentityKey
from parley.kernel import cbor
from parley.kernel.errors import ParleyError
from parley.kernel.reasons import Reason
from tests.conftest import Require
from tests.crypto.helpers import (
    IDENTITY_KEY,
    STATEMENT_KEY,
    flipped,
    private_pem,
    public_pem,
    refused,
)

LIMIT = 100_000
PROTECTED = cbor.encode({cose.ALG: cose.EDDSA, cose.KID: STATEMENT_KEY.public.kid})
PAYLOAD = b"p" * 32
MESSAGE = cose.sign1(PROTECTED, PAYLOAD, STATEMENT_KEY.sign)
TYP = "application/vnd.parley.letter+cose"
LETTER = hybrid.sign_hybrid(b"a letter", IDENTITY_KEY, typ=TYP)

lengths = st.sampled_from([0, 1, 23, 24, 255, 256, 65_535, 65_536])
byte_strings = st.one_of(st.binary(max_size=60), lengths.map(bytes))


def verify(message: bytes) -> None:
    """What a reader of statements does."""
    parsed = cose.parse_sign1(message, limit=LIMIT)
    STATEMENT_KEY.public.verify(
        parsed.signature, cose.to_be_signed(parsed.protected, parsed.payload or b"")
    )


# --- COSE_Sign1 --------------------------------------------------------------------------------


@given(byte_strings, byte_strings, st.booleans())
def test_what_is_written_is_read_and_is_deterministic_cbor(
    protected: bytes, payload: bytes, detached: bool
) -> None:
    message = cose.sign1(protected, payload, STATEMENT_KEY.sign, detached=detached)
    parsed = cose.parse_sign1(message, limit=200_000)
    assert (parsed.protected, parsed.unprotected) == (protected, {})
    assert parsed.payload == (None if detached else payload)
    STATEMENT_KEY.public.verify(parsed.signature, cose.to_be_signed(protected, payload))
    outer = cbor2.loads(message)
    assert outer.tag == 18
    assert cbor2.dumps(outer, canonical=True) == message
    structure = cbor2.loads(cose.to_be_signed(protected, payload))
    assert list(structure) == ["Signature1", protected, b"", payload]


def test_an_unprotected_header_needs_leave() -> None:
    message = cose.sign1(PROTECTED, PAYLOAD, STATEMENT_KEY.sign, unprotected={396: {-1: [b"x"]}})
    with refused(Reason.SHAPE_INVALID):
        cose.parse_sign1(message, limit=LIMIT)
    parsed = cose.parse_sign1(message, limit=LIMIT, unprotected=True)
    assert list(parsed.unprotected) == [396]
    assert list(parsed.unprotected[396][-1]) == [b"x"]


def test_reading_by_hand_and_by_decoder_agree() -> None:
    assert cose.parse_sign1(MESSAGE, limit=LIMIT) == cose._parse_sign1_slowly(
        MESSAGE, LIMIT, unprotected=False
    )


SIGNATURE = MESSAGE[-64:]


@pytest.mark.parametrize(
    ("message", "reason"),
    [
        (b"", Reason.CBOR_MALFORMED),
        (b"\xd2", Reason.CBOR_MALFORMED),
        (b"\xd2\x84", Reason.CBOR_MALFORMED),
        (MESSAGE[:-1], Reason.CBOR_MALFORMED),
        (MESSAGE[:3], Reason.CBOR_MALFORMED),
        # Bytes after the end
        (MESSAGE + b"\x00", Reason.CBOR_NOT_CANONICAL),
        (MESSAGE + MESSAGE, Reason.CBOR_NOT_CANONICAL),
        # Longer than need be: the tag, the array, a byte string
        (b"\xd8\x12" + MESSAGE[1:], Reason.CBOR_NOT_CANONICAL),
        (b"\xd2\x98\x04" + MESSAGE[2:], Reason.CBOR_NOT_CANONICAL),
        (b"\xd2\x84\x58\x01\xa0\xa0\x40\x58\x40" + SIGNATURE, Reason.CBOR_NOT_CANONICAL),
        (b"\xd2\x84\x41\xa0\xa0\x59\x00\x01\x00\x58\x40" + SIGNATURE, Reason.CBOR_NOT_CANONICAL),
        (b"\xd2\x84\x40\xa0\x40\x59\x00\x40" + SIGNATURE, Reason.CBOR_NOT_CANONICAL),
        (b"\xd2\x84\x40\xa0\x5a\x00\x00\x00\x01\x00\x58\x40" + SIGNATURE,
         Reason.CBOR_NOT_CANONICAL),
        # Indefinite lengths
        (b"\xd2\x9f\x40\xa0\x40\x58\x40" + SIGNATURE + b"\xff", Reason.CBOR_MALFORMED),
        (b"\xd2\x84\x40\xbf\xff\x40\x58\x40" + SIGNATURE, Reason.CBOR_MALFORMED),
        (b"\xd2\x84\x5f\x40\xff\xa0\x40\x58\x40" + SIGNATURE, Reason.CBOR_MALFORMED),
        # Other shapes
        (b"\x84\x40\xa0\x40\x58\x40" + SIGNATURE, Reason.SHAPE_INVALID),
        (b"\xd1\x84\x40\xa0\x40\x58\x40" + SIGNATURE, Reason.SHAPE_INVALID),
        (b"\xd2\x83\x40\xa0\x40", Reason.SHAPE_INVALID),
        (b"\xd2\xa0", Reason.SHAPE_INVALID),
        (b"\xd2\x84\xa0\xa0\x40\x58\x40" + SIGNATURE, Reason.SHAPE_INVALID),
        (b"\xd2\x84\x40\x40\x40\x58\x40" + SIGNATURE, Reason.SHAPE_INVALID),
        (b"\xd2\x84\x40\xa0\x60\x58\x40" + SIGNATURE, Reason.SHAPE_INVALID),
        (b"\xd2\x84\x40\xa0\x40\x58\x3f" + SIGNATURE[1:], Reason.SHAPE_INVALID),
        (b"\xd2\x84\x40\xa0\x40\xf6", Reason.SHAPE_INVALID),
    ],
)  # fmt: skip
def test_other_encodings_and_shapes_are_refused(message: bytes, reason: Reason) -> None:
    with refused(reason):
        cose.parse_sign1(message, limit=LIMIT)


@given(st.binary(max_size=200))
@example(b"\xd2\x84\x5a\xff\xff\xff\xff")
@example(b"\xd2\x84\x5b" + b"\xff" * 8)
def test_arbitrary_bytes_are_refused_with_a_reason(data: bytes) -> None:
    for start in (b"", b"\xd2\x84", b"\xd2\x84\x40\xa0"):
        with refused(Reason.CBOR_MALFORMED, Reason.CBOR_NOT_CANONICAL, Reason.SHAPE_INVALID):
            cose.parse_sign1(start + data, limit=LIMIT)


@given(st.integers(0, len(MESSAGE) * 8 - 1))
def test_any_changed_bit_of_a_message_is_noticed(bit: int) -> None:
    with pytest.raises(ParleyError):
        verify(flipped(MESSAGE, bit))


def test_the_limit_comes_first() -> None:
    with refused(Reason.TOO_LARGE):
        cose.parse_sign1(MESSAGE, limit=len(MESSAGE) - 1)
    cose.parse_sign1(MESSAGE, limit=len(MESSAGE))


# --- Protected headers -------------------------------------------------------------------------


@pytest.mark.parametrize("algorithm", [cose.EDDSA, cose.ED25519])
def test_both_names_of_ed25519_are_accepted(algorithm: int) -> None:
    header = {cose.ALG: algorithm, cose.TYP: "x/y"}
    assert cose.decode_protected(cbor.encode(header), limit=100) == header


@pytest.mark.parametrize(
    ("header", "reason"),
    [
        (b"", Reason.CBOR_MALFORMED),
        (b"\xa0", Reason.ALGORITHM_UNSUPPORTED),
        (b"\x80", Reason.SHAPE_INVALID),
        (cbor.encode({1: -7}), Reason.ALGORITHM_UNSUPPORTED),
        (cbor.encode({1: -48}), Reason.ALGORITHM_UNSUPPORTED),
        (cbor.encode({1: "EdDSA"}), Reason.ALGORITHM_UNSUPPORTED),
        (cbor.encode({1: True}), Reason.ALGORITHM_UNSUPPORTED),
        (cbor.encode({1: -8, 2: [4], 4: b""}), Reason.HEADER_CRITICAL),
        (cbor.encode({1: -8, 2: []}), Reason.HEADER_CRITICAL),
        (cbor.encode({1: -8, "x": 1}), Reason.SHAPE_INVALID),
        (b"\xa2\x01\x27\xf4\x00", Reason.SHAPE_INVALID),
        # Keys out of order, a key twice
        (b"\xa2\x04\x40\x01\x27", Reason.CBOR_NOT_CANONICAL),
        (b"\xa2\x01\x27\x01\x27", Reason.CBOR_MALFORMED),
        (cbor.encode({1: -8, 4: bytes(200)}), Reason.TOO_LARGE),
    ],
)
def test_other_headers_are_refused(header: bytes, reason: Reason) -> None:
    with refused(reason):
        cose.decode_protected(header, limit=100)


# --- Beside another implementation -------------------------------------------------------------


def test_scitt_cose_verifies_ours_and_refuses_changed_ones(require: Require) -> None:
    scitt_cose = require.module("scitt_cose")
    pem = public_pem(STATEMENT_KEY.public.raw)
    accepted = scitt_cose.verify_sign1(MESSAGE, public_key_pem=pem)
    assert (accepted.payload, accepted.protected[4]) == (PAYLOAD, STATEMENT_KEY.public.kid)
    for bit in range(0, len(MESSAGE) * 8, 7):
        with pytest.raises(scitt_cose.CoseError):
            scitt_cose.verify_sign1(flipped(MESSAGE, bit), public_key_pem=pem)


@pytest.mark.parametrize("detached", [False, True])
def test_ours_verifies_what_scitt_cose_signs(require: Require, detached: bool) -> None:
    scitt_cose = require.module("scitt_cose")
    message = scitt_cose.sign_sign1(
        PAYLOAD,
        alg="EdDSA",
        private_key_pem=private_pem(STATEMENT_KEY.seed),
        protected={1: -8, 4: b"kid"},
        detached=detached,
    )
    parsed = cose.parse_sign1(message, limit=LIMIT)
    assert cose.decode_protected(parsed.protected, limit=LIMIT) == {1: -8, 4: b"kid"}
    STATEMENT_KEY.public.verify(parsed.signature, cose.to_be_signed(parsed.protected, PAYLOAD))


# --- COSE_Sign with two signers ----------------------------------------------------------------


def test_a_letter_is_verified_under_both_keys() -> None:
    assert hybrid.verify_hybrid(LETTER, IDENTITY_KEY.public, typ=TYP, limit=LIMIT) == b"a letter"
    assert hybrid.payload_of(LETTER, typ=TYP, limit=LIMIT) == b"a letter"


def test_a_letter_is_what_rfc_9052_says() -> None:
    outer = cbor2.loads(LETTER)
    body, unprotected, payload, signers = outer.value
    assert (outer.tag, unprotected, payload) == (98, {}, b"a letter")
    public = IDENTITY_KEY.public
    for signer, algorithm, key in zip(
        signers, (-8, -48), (public.ed25519, public.mldsa44), strict=True
    ):
        protected, extra, signature = signer
        assert extra == {}
        assert cbor2.loads(protected) == {1: algorithm, 4: key.kid}
        key.verify(signature, cbor2.dumps(["Signature", body, protected, b"", payload]))


def test_a_letter_of_another_identity_or_kind_is_refused() -> None:
    other = IdentityKey.from_seed(b"\x07" * 64).public
    with refused(Reason.KEY_MISMATCH):
        hybrid.verify_hybrid(LETTER, other, typ=TYP, limit=LIMIT)
    with refused(Reason.SHAPE_INVALID):
        hybrid.verify_hybrid(LETTER, IDENTITY_KEY.public, typ="x/y", limit=LIMIT)
    with refused(Reason.TOO_LARGE):
        hybrid.verify_hybrid(LETTER, IDENTITY_KEY.public, typ=TYP, limit=len(LETTER) - 1)


@pytest.mark.parametrize("spoilt", [0, 1])
def test_one_good_signature_of_two_is_not_enough(spoilt: int) -> None:
    body, extra, payload, signers = cbor2.loads(LETTER).value
    changed = [list(signer) for signer in signers]
    changed[spoilt][2] = flipped(changed[spoilt][2], 99)
    message = cbor.encode(cbor2.CBORTag(98, [body, dict(extra), payload, changed]))
    with refused(Reason.SIGNATURE_INVALID):
        hybrid.verify_hybrid(message, IDENTITY_KEY.public, typ=TYP, limit=LIMIT)


def altered_letters() -> dict[str, tuple[object, Reason]]:
    body, _, payload, signers = cbor2.loads(LETTER).value
    first, second = (list(signer) for signer in signers)
    es256 = [cbor.encode({1: -7, 4: b"k" * 32}), {}, first[2]]
    critical = [cbor.encode({1: -8, 2: [1], 4: b"k" * 32}), {}, first[2]]
    shape = Reason.SHAPE_INVALID
    return {
        "not tagged": ([body, {}, payload, [first, second]], shape),
        "COSE_Sign1": (cbor2.CBORTag(18, [body, {}, payload, [first, second]]), shape),
        "one signer": (cbor2.CBORTag(98, [body, {}, payload, [first]]), shape),
        "three signers": (cbor2.CBORTag(98, [body, {}, payload, [first, second, second]]), shape),
        "signer twice": (cbor2.CBORTag(98, [body, {}, payload, [first, first]]), shape),
        "swapped": (cbor2.CBORTag(98, [body, {}, payload, [second, first]]), shape),
        "detached": (cbor2.CBORTag(98, [body, {}, None, [first, second]]), shape),
        "unprotected": (cbor2.CBORTag(98, [body, {1: 1}, payload, [first, second]]), shape),
        "no header": (cbor2.CBORTag(98, [b"\xa0", {}, payload, [first, second]]), shape),
        "signer of two": (cbor2.CBORTag(98, [body, {}, payload, [first[:2], second]]), shape),
        "signature is text": (
            cbor2.CBORTag(98, [body, {}, payload, [[*first[:2], "x"], second]]), shape,
        ),
        "ES256": (
            cbor2.CBORTag(98, [body, {}, payload, [es256, second]]), Reason.ALGORITHM_UNSUPPORTED,
        ),
        "crit": (
            cbor2.CBORTag(98, [body, {}, payload, [critical, second]]), Reason.HEADER_CRITICAL,
        ),
    }  # fmt: skip


@pytest.mark.parametrize("name", altered_letters())
def test_letters_of_other_shapes_are_refused(name: str) -> None:
    value, reason = altered_letters()[name]
    with refused(reason):
        hybrid.payload_of(cbor.encode(value), typ=TYP, limit=LIMIT)


@given(st.integers(0, len(LETTER) * 8 - 1))
def test_any_changed_bit_of_a_letter_is_noticed(bit: int) -> None:
    with pytest.raises(ParleyError):
        hybrid.verify_hybrid(flipped(LETTER, bit), IDENTITY_KEY.public, typ=TYP, limit=LIMIT)
