"""Receipts: one signature for many leaves, and a foreign verifier that agrees."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parley.crypto import cose, merkle, receipt
from parley.kernel import cbor
from parley.kernel.errors import ParleyError
from parley.kernel.reasons import Reason
from tests.conftest import Require
from tests.crypto.helpers import (
    LOG_KEY,
    OTHER_LOG_KEY,
    STATEMENT_KEY,
    flipped,
    private_pem,
    public_pem,
    refused,
)

TIME = 1_480_000_000
HEADER = receipt.protected(LOG_KEY.public.kid, "parley/v1/log", "a channel", TIME)


def entry(number: int) -> bytes:
    """A statement, as it stands in the log."""
    protected = cbor.encode({cose.ALG: cose.EDDSA})
    return cose.sign1(protected, number.to_bytes(32, "big"), STATEMENT_KEY.sign)


ENTRIES = [entry(number) for number in range(40)]
LEAVES = [merkle.leaf_hash(statement) for statement in ENTRIES]


def receipts(size: int) -> list[bytes]:
    """The receipts of all leaves under one signature."""
    leaves = LEAVES[:size]
    signature = receipt.sign_root(HEADER, merkle.root(leaves), LOG_KEY)
    paths = merkle.inclusion_paths(leaves, range(size))
    return [receipt.assemble(HEADER, signature, size, index, paths[index]) for index in range(size)]


RECEIPT = receipts(7)[5]


@pytest.mark.parametrize("size", [2, 3, 7, 8, 40])
def test_one_signature_serves_every_leaf(size: int) -> None:
    for index, data in enumerate(receipts(size)):
        parsed = receipt.verify(data, LEAVES[index], LOG_KEY.public)
        assert (parsed.size, parsed.index) == (size, index)
        assert parsed.header == receipt.Header(
            LOG_KEY.public.kid, "parley/v1/log", "a channel", TIME
        )
        again = receipt.assemble(
            parsed.protected, parsed.signature, parsed.size, parsed.index, parsed.path
        )
        assert again == data


def test_a_root_is_verified_without_a_path() -> None:
    root = merkle.root(LEAVES)
    signature = receipt.sign_root(HEADER, root, LOG_KEY)
    assert receipt.verify_root(HEADER, signature, root, LOG_KEY.public).iat == TIME
    with refused(Reason.SIGNATURE_INVALID):
        receipt.verify_root(HEADER, signature, merkle.root(LEAVES[:-1]), LOG_KEY.public)
    with refused(Reason.KEY_MISMATCH):
        receipt.verify_root(HEADER, signature, root, OTHER_LOG_KEY.public)


def test_a_receipt_is_for_its_leaf_and_log_alone() -> None:
    with refused(Reason.SIGNATURE_INVALID):
        receipt.verify(RECEIPT, LEAVES[4], LOG_KEY.public)
    with refused(Reason.KEY_MISMATCH):
        receipt.verify(RECEIPT, LEAVES[5], OTHER_LOG_KEY.public)
    with refused(Reason.PROOF_INVALID):
        receipt.verify(RECEIPT, LEAVES[5][:31], LOG_KEY.public)


@given(st.integers(0, len(RECEIPT) * 8 - 1))
def test_any_changed_bit_is_noticed(bit: int) -> None:
    with pytest.raises(ParleyError):
        receipt.verify(flipped(RECEIPT, bit), LEAVES[5], LOG_KEY.public)


def test_a_log_of_one_leaf_gives_no_receipt() -> None:
    signature = receipt.sign_root(HEADER, LEAVES[0], LOG_KEY)
    with refused(Reason.PROOF_INVALID):
        receipt.assemble(HEADER, signature, 1, 0, [])
    proof = cbor.encode([1, 0, []])
    data = cose.assemble(HEADER, None, signature, {396: {-1: [proof]}})
    with refused(Reason.PROOF_INVALID):
        receipt.parse(data)


@pytest.mark.parametrize(
    ("size", "index", "path"),
    [(2, 2, [LEAVES[0]]), (2, -1, [LEAVES[0]]), (4, 0, [LEAVES[0]]), (2, 0, [LEAVES[0][:31]]),
     (1 << 63, 0, [LEAVES[0]] * 63)],
)  # fmt: skip
def test_a_path_that_fits_no_tree_is_refused_on_both_sides(
    size: int, index: int, path: list[bytes]
) -> None:
    signature = bytes(64)
    with refused(Reason.PROOF_INVALID):
        receipt.assemble(HEADER, signature, size, index, path)
    proof = cbor.encode([size, index, path])
    with refused(Reason.PROOF_INVALID, Reason.SHAPE_INVALID):
        receipt.parse(cose.assemble(HEADER, None, signature, {396: {-1: [proof]}}))


PROOF = cbor.encode([2, 0, [LEAVES[1]]])


@pytest.mark.parametrize(
    "unprotected",
    [
        {},
        {396: {}},
        {396: [PROOF]},
        {396: {-1: []}},
        {396: {-1: [PROOF, PROOF]}},
        {396: {-1: PROOF}},
        {396: {-1: [[2, 0, [LEAVES[1]]]]}},
        {396: {-1: [PROOF], -2: [PROOF]}},
        {396: {-2: [PROOF]}},
        {394: [], 396: {-1: [PROOF]}},
        {396: {-1: [cbor.encode([2, 0])]}},
        {396: {-1: [cbor.encode([2, False, [LEAVES[1]]])]}},
        {396: {-1: [cbor.encode([2, 0, [LEAVES[1]], 0])]}},
    ],
    ids=str,
)
def test_other_unprotected_headers_are_refused(unprotected: dict) -> None:
    with refused(Reason.SHAPE_INVALID):
        receipt.parse(cose.assemble(HEADER, None, bytes(64), unprotected))


@pytest.mark.parametrize("proof", [PROOF + b"\x00", b"\x98\x03" + PROOF[1:], b"", PROOF[:-1]])
def test_a_proof_in_another_encoding_is_refused(proof: bytes) -> None:
    with refused(Reason.CBOR_NOT_CANONICAL, Reason.CBOR_MALFORMED):
        receipt.parse(cose.assemble(HEADER, None, bytes(64), {396: {-1: [proof]}}))


def test_an_attached_root_is_refused() -> None:
    root = merkle.root(LEAVES[:2])
    data = cose.assemble(
        HEADER, root, receipt.sign_root(HEADER, root, LOG_KEY), {396: {-1: [PROOF]}}
    )
    with refused(Reason.SHAPE_INVALID):
        receipt.verify(data, LEAVES[0], LOG_KEY.public)


GOOD = {1: -8, 4: b"k" * 32, 15: {1: "log", 2: "channel", 6: TIME}, 395: 1}


@pytest.mark.parametrize(
    "change",
    [
        {395: 2},
        {395: True},
        {4: "kid"},
        {15: {1: "log", 2: "channel"}},
        {15: {1: "log", 2: "channel", 6: str(TIME)}},
        {15: {1: "log", 2: "channel", 6: True}},
        {15: {1: b"log", 2: "channel", 6: TIME}},
        {15: {1: "log", 2: "channel", 6: TIME, 7: b""}},
        {15: []},
        {-65537: 0},
    ],
    ids=str,
)
def test_other_protected_headers_are_refused(change: dict) -> None:
    receipt.parse_protected(cbor.encode(GOOD))
    with refused(Reason.SHAPE_INVALID):
        receipt.parse_protected(cbor.encode(GOOD | change))


def test_a_receipt_of_another_algorithm_is_refused() -> None:
    with refused(Reason.ALGORITHM_UNSUPPORTED):
        receipt.parse_protected(cbor.encode(GOOD | {1: -7}))


def test_a_receipt_too_large_to_be_one_is_refused() -> None:
    with refused(Reason.TOO_LARGE):
        receipt.parse(bytes(receipt.RECEIPT_BYTES + 1))


# --- Beside another implementation -------------------------------------------------------------


def test_scitt_cose_verifies_ours(require: Require) -> None:
    scitt_cose = require.module("scitt_cose")
    pem = public_pem(LOG_KEY.public.ed25519.raw)
    for size in (2, 3, 8, 40):
        for index, data in enumerate(receipts(size)):
            result = scitt_cose.verify_receipt(
                data, leaf_entry_hex=ENTRIES[index].hex(), log_public_key_pem=pem
            )
            assert result.ok, result.errors
            assert (result.tree_size, result.leaf_index, result.iat) == (size, index, TIME)
            assert (result.issuer, result.subject) == ("parley/v1/log", "a channel")
            assert result.root == merkle.root(LEAVES[:size]).hex()


def test_scitt_cose_refuses_changed_ones(require: Require) -> None:
    scitt_cose = require.module("scitt_cose")
    pem = public_pem(LOG_KEY.public.ed25519.raw)

    def accepts(data: bytes, statement: bytes) -> bool:
        return scitt_cose.verify_receipt(
            data, leaf_entry_hex=statement.hex(), log_public_key_pem=pem
        ).ok

    assert accepts(RECEIPT, ENTRIES[5])
    assert not accepts(RECEIPT, ENTRIES[4])
    for bit in range(0, len(RECEIPT) * 8, 11):
        assert not accepts(flipped(RECEIPT, bit), ENTRIES[5])


def test_ours_verifies_what_scitt_cose_signs(require: Require) -> None:
    """With the headers in the order of deterministic CBOR, which its own builder does not keep."""
    scitt_cose = require.module("scitt_cose")
    entries = [statement.hex() for statement in ENTRIES[:7]]
    path = [bytes.fromhex(node) for node in scitt_cose.inclusion_proof(entries, 5)]
    data = scitt_cose.sign_sign1(
        bytes.fromhex(scitt_cose.merkle_root(entries)),
        alg="EdDSA",
        private_key_pem=private_pem(LOG_KEY.seed[:32]),
        protected=cbor.decode(HEADER, limit=1000),
        unprotected={396: {-1: [cbor.encode([7, 5, path])]}},
        detached=True,
    )
    assert data == RECEIPT
    receipt.verify(data, LEAVES[5], LOG_KEY.public)
    built = scitt_cose.build_receipt(
        leaf_entry_hex=entries[5],
        leaf_index=5,
        tree_entries_hex=entries,
        alg="EdDSA",
        log_private_key_pem=private_pem(LOG_KEY.seed[:32]),
        iss="parley/v1/log",
        sub="a channel",
        kid=LOG_KEY.public.kid,
        iat=TIME,
    )
    with refused(Reason.CBOR_NOT_CANONICAL):
        receipt.verify(built, LEAVES[5], LOG_KEY.public)
