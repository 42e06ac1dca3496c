"""The formats stay what they are: golden vectors, read by ours and by foreign tools."""

from __future__ import annotations

from typing import Any

import pytest

from parley.crypto import checkpoint, cose, hybrid, keystore, merkle, receipt, sealing, words
from parley.crypto.keys import IdentityPublic, LogKey, LogPublic, SealingKey, StatementKey
from tests.conftest import Require
from tests.crypto.helpers import (
    IDENTITY_KEY,
    LOG_KEY,
    SEALING_KEY,
    STATEMENT_KEY,
    load,
    public_pem,
)

GOLDEN = load("crypto-v1.json")
LIMIT = 10_000


def raw(section: str, name: str) -> Any:
    """An entry whose text is hexadecimal."""
    value = GOLDEN[section][name]
    return (
        [bytes.fromhex(item) for item in value] if isinstance(value, list) else bytes.fromhex(value)
    )


def test_keys() -> None:
    assert StatementKey.from_seed(raw("keys", "statement_seed")).public == STATEMENT_KEY.public
    assert STATEMENT_KEY.public.raw == raw("keys", "statement_public")
    assert STATEMENT_KEY.public.kid == raw("keys", "statement_kid")
    assert LogKey.from_seed(raw("keys", "log_seed")).public == LOG_KEY.public
    assert LogPublic.from_bytes(raw("keys", "log_public")) == LOG_KEY.public
    assert LOG_KEY.public.kid == raw("keys", "log_kid")
    assert LOG_KEY.public.mldsa44.kid == raw("keys", "log_mldsa44_kid")
    assert IdentityPublic.from_bytes(raw("keys", "identity_public")) == IDENTITY_KEY.public
    sealing_key = SealingKey.from_seed(raw("keys", "sealing_seed"))
    assert sealing_key.public.raw == SEALING_KEY.public.raw == raw("keys", "sealing_public")


def test_fingerprint() -> None:
    party = IDENTITY_KEY.public.fingerprint
    assert party == raw("fingerprint", "bytes")
    assert words.words(party) == GOLDEN["fingerprint"]["words"]
    assert words.grouped_hex(party) == GOLDEN["fingerprint"]["hex"]


def test_statement() -> None:
    protected, payload = raw("statement", "protected"), raw("statement", "payload")
    message = raw("statement", "message")
    parsed = cose.parse_sign1(message, limit=LIMIT)
    assert (parsed.protected, parsed.payload) == (protected, payload)
    to_be_signed = cose.to_be_signed(protected, payload)
    assert to_be_signed == raw("statement", "to_be_signed")
    STATEMENT_KEY.public.verify(parsed.signature, to_be_signed)
    assert cose.sign1(protected, payload, STATEMENT_KEY.sign) == message
    header = cose.decode_protected(protected, limit=LIMIT)
    assert list(header) == [1, 4, 15, 16, 258, 259]
    assert header[cose.CWT_CLAIMS][cose.IAT] == GOLDEN["time"]


def test_tree() -> None:
    leaves, path = raw("tree", "leaf_hashes"), raw("tree", "path")
    root, index = raw("tree", "root"), GOLDEN["tree"]["index"]
    assert leaves[index] == merkle.leaf_hash(raw("statement", "message"))
    assert merkle.Frontier.from_bytes(raw("tree", "frontier")).root() == merkle.root(leaves) == root
    assert merkle.inclusion_path(leaves, index) == path
    assert merkle.root_from_inclusion(leaves[index], index, len(leaves), path) == root
    consistency = raw("tree", "consistency_from_3")
    assert merkle.consistency_path(leaves, 3) == consistency
    merkle.verify_consistency(3, len(leaves), raw("tree", "root_of_3"), root, consistency)


def test_receipt() -> None:
    index, root = GOLDEN["tree"]["index"], raw("tree", "root")
    leaf, message = raw("tree", "leaf_hashes")[index], raw("receipt", "message")
    parsed = receipt.verify(message, leaf, LOG_KEY.public)
    assert parsed.header.iat == GOLDEN["time"]
    protected = raw("receipt", "protected")
    header = parsed.header
    assert receipt.protected(header.kid, header.iss, header.sub, header.iat) == protected
    signature = receipt.sign_root(protected, root, LOG_KEY)
    assert signature == raw("receipt", "signature")
    assert receipt.assemble(protected, signature, 7, index, raw("tree", "path")) == message


def test_checkpoint() -> None:
    section = GOLDEN["checkpoint"]
    head = checkpoint.verify_note(section["note"].encode(), section["origin"], LOG_KEY.public)
    assert (head.size, head.root) == (7, raw("tree", "root"))
    assert checkpoint.sign_note(head, LOG_KEY) == section["note"]
    assert (
        checkpoint.cosign(head, section["cosigner"], LOG_KEY, GOLDEN["time"], False)
        == (section["cosignature_ed25519"])
    )
    for kind in ("ed25519", "mldsa44"):
        line = section[f"cosignature_{kind}"]
        time = checkpoint.verify_cosignature(line, head, section["cosigner"], LOG_KEY.public)
        assert time == GOLDEN["time"]
        vkey = checkpoint.cosigner_vkey(section["cosigner"], LOG_KEY.public, kind == "mldsa44")
        assert vkey == section[f"cosigner_vkey_{kind}"]
    assert checkpoint.log_vkey(section["origin"], LOG_KEY.public) == section["log_vkey"]


def test_letter() -> None:
    payload = hybrid.verify_hybrid(
        raw("letter", "message"), IDENTITY_KEY.public, typ=GOLDEN["letter"]["typ"], limit=LIMIT
    )
    assert payload == raw("letter", "payload")


def test_sealed() -> None:
    opened = sealing.open(raw("sealed", "message"), raw("sealed", "info"), SEALING_KEY)
    assert opened == raw("sealed", "plaintext")


def test_keystore() -> None:
    secrets = keystore.unlock(raw("keystore", "file"), raw("keystore", "passphrase"))
    expected = GOLDEN["keystore"]["secrets"]
    assert secrets == {name: bytes.fromhex(value) for name, value in expected.items()}


def test_scitt_cose_reads_statement_and_receipt(require: Require) -> None:
    scitt_cose = require.module("scitt_cose")
    statement = raw("statement", "message")
    parsed = scitt_cose.parse_signed_statement(
        statement, public_key_pem=public_pem(raw("keys", "statement_public"))
    )
    assert parsed["signature_verified"] is True
    assert parsed["payload"] == raw("statement", "payload")
    result = scitt_cose.verify_receipt(
        raw("receipt", "message"),
        leaf_entry_hex=statement.hex(),
        log_public_key_pem=public_pem(raw("keys", "log_public")[:32]),
    )
    assert result.ok, result.errors
    assert (result.tree_size, result.leaf_index) == (7, GOLDEN["tree"]["index"])


def test_scitt_cose_finds_both_in_a_transparent_statement(require: Require) -> None:
    scitt_cose = require.module("scitt_cose")
    message = raw("receipt", "message")
    joined = scitt_cose.attach_receipts(raw("statement", "message"), [message])
    assert scitt_cose.extract_receipts(joined) == [message]


def test_tlog_scales_reads_the_checkpoint(require: Require) -> None:
    signing = require.module("tlog_scales.signing")
    tlog = require.module("tlog_scales.tlog")
    section = GOLDEN["checkpoint"]
    note = tlog.Checkpoint.from_text(
        section["note"] + section["cosignature_ed25519"] + section["cosignature_mldsa44"]
    )
    for name in ("log_vkey", "cosigner_vkey_ed25519", "cosigner_vkey_mldsa44"):
        note.verify(signing.Vkey.from_string(section[name]))


@pytest.mark.parametrize("old", [1, 3, 4, 6])
def test_tlog_scales_checks_our_proofs(require: Require, old: int) -> None:
    tlog = require.module("tlog_scales.tlog")
    leaves, root = raw("tree", "leaf_hashes"), raw("tree", "root")
    path = merkle.consistency_path(leaves, old)
    tlog.ConsistencyProof(old, 7, path).check(merkle.root(leaves[:old]), root)
    for index, leaf in enumerate(leaves):
        tlog.InclusionProof(index, 7, merkle.inclusion_path(leaves, index)).check(leaf, root)
