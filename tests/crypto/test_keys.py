"""Keys: seeds, thumbprints, and which keys and signatures are refused."""

from __future__ import annotations

import hashlib
import pickle

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from hypothesis import given
from hypothesis import strategies as st

from parley.crypto import curve, keys
from parley.kernel.errors import ParleyError
from parley.kernel.reasons import Reason
from tests.crypto.helpers import (
    IDENTITY_KEY,
    LOG_KEY,
    SEALING_KEY,
    STATEMENT_KEY,
    flipped,
    load,
    refused,
)

EDGES = load("ed25519-edges.json")
KINDS = [keys.StatementKey, keys.LogKey, keys.IdentityKey, keys.SealingKey]


@pytest.mark.parametrize("kind", KINDS)
def test_a_seed_gives_its_key_again(kind: type) -> None:
    key = kind.generate()
    assert kind.from_seed(key.seed).public == key.public
    assert kind.generate().public != key.public


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("length", [0, 31, 33, 63, 65, 96])
def test_a_seed_of_the_wrong_length_is_refused(kind: type, length: int) -> None:
    with refused(Reason.KEY_INVALID):
        kind.from_seed(bytes(length))


@pytest.mark.parametrize("kind", KINDS)
def test_a_secret_key_shows_and_pickles_nothing(kind: type) -> None:
    key = kind.generate()
    assert repr(key) == f"<{kind.__name__}>"
    with pytest.raises(TypeError):
        pickle.dumps(key)


def test_ed25519_is_that_of_rfc_8032() -> None:
    # Section 7.1, test 2
    seed = bytes.fromhex("4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb")
    key = keys.StatementKey.from_seed(seed)
    assert key.public.raw.hex() == (
        "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c"
    )
    assert key.sign(b"\x72").hex() == (
        "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
        "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00"
    )


def test_the_thumbprints_are_hashes_of_the_required_parameters() -> None:
    # RFC 9679, section 3; the bytes are written out so that no encoder of ours takes part.
    raw = STATEMENT_KEY.public.raw
    expected = hashlib.sha256(b"\xa3\x01\x01\x20\x06\x21\x58\x20" + raw).digest()
    assert STATEMENT_KEY.public.kid == keys.thumbprint(raw) == expected
    large = LOG_KEY.public.mldsa44.raw
    expected = hashlib.sha256(b"\xa3\x01\x07\x03\x38\x2f\x20\x59\x05\x20" + large).digest()
    assert LOG_KEY.public.mldsa44.kid == keys.thumbprint_mldsa44(large) == expected


def test_a_fingerprint_covers_suite_and_both_keys() -> None:
    public = IDENTITY_KEY.public
    encoded = b"\x83\x01\x58\x20" + public.ed25519.raw + b"\x59\x05\x20" + public.mldsa44.raw
    assert public.fingerprint == hashlib.sha256(encoded).digest()


@pytest.mark.parametrize("key", [LOG_KEY, IDENTITY_KEY])
def test_both_halves_sign_and_refuse(key: keys.LogKey | keys.IdentityKey) -> None:
    for public, sign, length in (
        (key.public.ed25519, key.sign, 64),
        (key.public.mldsa44, key.sign_mldsa44, 2420),
    ):
        signature = sign(b"data")
        assert len(signature) == length
        public.verify(signature, b"data")
        for bad in (flipped(signature, 5), signature[:-1], signature + b"\x00", b""):
            with refused(Reason.SIGNATURE_INVALID):
                public.verify(bad, b"data")
        with refused(Reason.SIGNATURE_INVALID):
            public.verify(signature, b"date")


@given(st.binary(max_size=200), st.integers(0, 511))
def test_any_changed_bit_of_a_signature_is_noticed(data: bytes, bit: int) -> None:
    signature = STATEMENT_KEY.sign(data)
    STATEMENT_KEY.public.verify(signature, data)
    with refused(Reason.SIGNATURE_INVALID):
        STATEMENT_KEY.public.verify(flipped(signature, bit), data)


def test_public_keys_compare_hash_and_pickle_by_value() -> None:
    for public in (STATEMENT_KEY.public, LOG_KEY.public, SEALING_KEY.public):
        again = pickle.loads(pickle.dumps(public))  # noqa: S301 - our own bytes
        assert again == public
        assert hash(again) == hash(public)
    assert keys.LogPublic.from_bytes(LOG_KEY.public.to_bytes()) == LOG_KEY.public
    # The same keys for another purpose are not the same.
    assert keys.IdentityPublic.from_bytes(LOG_KEY.public.to_bytes()) != LOG_KEY.public


@pytest.mark.parametrize("length", [0, 31, 32, 33, 1311, 1312, 1343, 1345])
def test_hybrid_public_keys_of_the_wrong_length_are_refused(length: int) -> None:
    raw = (LOG_KEY.public.to_bytes() + b"\x00")[:length]
    with refused(Reason.KEY_INVALID):
        keys.LogPublic.from_bytes(raw)


# --- Points that make signatures worthless -----------------------------------------------------


@pytest.mark.parametrize("encoding", EDGES["low_order"])
def test_small_orders_in_every_encoding_are_refused(encoding: str) -> None:
    with refused(Reason.KEY_INVALID):
        keys.Ed25519Public(bytes.fromhex(encoding))


@pytest.mark.parametrize("vector", EDGES["vectors"], ids=lambda vector: str(vector["number"]))
def test_the_edge_cases_on_which_verifiers_disagree_are_refused(vector: dict) -> None:
    """Some of them the library accepts: the key is what refuses them."""
    with refused(Reason.KEY_INVALID):
        keys.Ed25519Public(bytes.fromhex(vector["key"]))
    library = Ed25519PublicKey.from_public_bytes(bytes.fromhex(vector["key"]))
    library_accepts = {"low_order_residue", "non_canonical_R"}.isdisjoint(vector["flags"])
    if library_accepts:
        library.verify(bytes.fromhex(vector["sig"]), vector["msg"].encode())


@pytest.mark.parametrize(
    "raw",
    [b"", bytes(31), bytes(33), b"\xff" * 32, (2).to_bytes(32, "little")],
    ids=["empty", "short", "long", "beyond-p", "off-the-curve"],
)
def test_what_is_no_point_is_refused(raw: bytes) -> None:
    with refused(Reason.KEY_INVALID):
        keys.Ed25519Public(raw)


@given(st.binary(min_size=32, max_size=32))
def test_every_generated_key_is_a_point_of_prime_order(seed: bytes) -> None:
    curve.check_point(keys.StatementKey.from_seed(seed).public.raw)


def test_a_signature_with_the_neutral_point_is_refused() -> None:
    """The library takes it; strict verifiers do not; no honest signer makes one."""
    message = b"with a nonce of zero"
    digest = bytearray(hashlib.sha512(STATEMENT_KEY.seed).digest()[:32])
    digest[0] &= 248
    digest[31] = digest[31] & 127 | 64
    public = STATEMENT_KEY.public.raw
    challenge = hashlib.sha512(curve.IDENTITY + public + message).digest()
    scalar = int.from_bytes(challenge, "little") * int.from_bytes(digest, "little") % curve._L
    signature = curve.IDENTITY + scalar.to_bytes(32, "little")
    Ed25519PublicKey.from_public_bytes(public).verify(signature, message)
    with refused(Reason.SIGNATURE_INVALID):
        STATEMENT_KEY.public.verify(signature, message)


def test_a_second_encoding_of_the_scalar_is_refused() -> None:
    signature = STATEMENT_KEY.sign(b"data")
    scalar = int.from_bytes(signature[32:], "little") + curve._L
    with refused(Reason.SIGNATURE_INVALID):
        STATEMENT_KEY.public.verify(signature[:32] + scalar.to_bytes(32, "little"), b"data")


# --- Sealing keys ------------------------------------------------------------------------------


def test_a_sealing_key_is_stretched_as_x_wing_does() -> None:
    # draft-connolly-cfrg-xwing-kem-08, appendix C: the first seed, and how its public key starts
    seed = hashlib.shake_128().digest(32)
    assert (
        keys.SealingKey.from_seed(seed)
        .public.raw.hex()
        .startswith("e2236b35a8c24b39b10aa1323a96a919a2ced88400633a7b07131713fc14b2b5b19cfc3d")
    )


@pytest.mark.parametrize("length", [0, 1184, 1215, 1217])
def test_sealing_keys_of_the_wrong_length_are_refused(length: int) -> None:
    with refused(Reason.KEY_INVALID):
        keys.SealingPublic((SEALING_KEY.public.raw + b"\x00")[:length])


def test_a_sealing_key_with_coefficients_beyond_q_is_refused() -> None:
    with refused(Reason.KEY_INVALID):
        keys.SealingPublic(b"\xff" * 1184 + SEALING_KEY.public.raw[1184:])


@pytest.mark.parametrize("point", [bytes(32), b"\x01" + bytes(31)])
def test_a_sealing_key_with_a_small_order_is_refused(point: bytes) -> None:
    with refused(Reason.KEY_INVALID):
        keys.SealingPublic(SEALING_KEY.public.raw[:1184] + point)


def test_an_error_about_a_key_does_not_show_it() -> None:
    with pytest.raises(ParleyError) as caught:
        keys.StatementKey.from_seed(b"secret seed")
    assert "secret" not in str(caught.value)
