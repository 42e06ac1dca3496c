"""Golden vectors with a bit changed are refused: by ours, by a second reader, by foreign tools."""

from __future__ import annotations

import cbor2
import pytest
from cryptography.exceptions import InvalidSignature

from parley.crypto import checkpoint, receipt
from parley.kernel.errors import ParleyError
from parley.kernel.reasons import Reason
from parley.record import incoming, letter
from parley.record.channel import Channel
from parley.wire import frame as frames
from tests.conftest import Require
from tests.crypto.helpers import flipped, public_pem, refused
from tests.record import second
from tests.record.golden import CHANNEL, GOLDEN, LETTERS, SOUTH_KEYS, index_of, raw

LIBRARY = (
    InvalidSignature,
    cbor2.CBORDecodeError,
    AttributeError,
    IndexError,
    KeyError,
    TypeError,
    ValueError,
)
"""What a reader without any kindness for bad input raises."""

STEP = 13


def bits(data: bytes) -> range:
    return range(0, len(data) * 8, STEP)


def test_a_changed_statement_is_refused_by_all(require: Require) -> None:
    scitt_cose = require.module("scitt_cose")
    data, encoded = raw("statements.inquiry.statement"), raw("statements.inquiry.body")
    author = second.letter(raw("parties.north.letter"))
    pem = public_pem(LETTERS["north"].statement_key.raw)
    for bit in bits(data):
        changed = flipped(data, bit)
        with pytest.raises(ParleyError):
            incoming.check_body(incoming.check_signed(CHANNEL, index_of("north"), changed), encoded)
        with pytest.raises(scitt_cose.CoseError):
            scitt_cose.verify_sign1(changed, public_key_pem=pem)
        with pytest.raises((AssertionError, *LIBRARY)):
            second.statement(changed, author, encoded)


def test_a_changed_body_is_refused_by_all() -> None:
    data, encoded = raw("statements.inquiry.statement"), raw("statements.inquiry.body")
    author = second.letter(raw("parties.north.letter"))
    for bit in bits(encoded):
        changed = flipped(encoded, bit)
        with pytest.raises(ParleyError):
            incoming.check_body(incoming.check_signed(CHANNEL, index_of("north"), data), changed)
        with pytest.raises((AssertionError, *LIBRARY)):
            second.statement(data, author, changed)


def test_a_changed_receipt_is_refused_by_all(require: Require) -> None:
    scitt_cose = require.module("scitt_cose")
    data, leaf = raw("receipts.inquiry.receipt"), raw("statements.inquiry.leaf")
    entry = GOLDEN["statements"]["inquiry"]["statement"]
    pem = public_pem(LETTERS["south"].log_key.ed25519.raw)
    issuer = second.letter(raw("parties.south.letter"))
    for bit in bits(data):
        changed = flipped(data, bit)
        with pytest.raises(ParleyError):
            receipt.verify(changed, leaf, LETTERS["south"].log_key)
        assert not scitt_cose.verify_receipt(
            changed, leaf_entry_hex=entry, log_public_key_pem=pem
        ).ok
        with pytest.raises((AssertionError, *LIBRARY)):
            second.receipt(changed, leaf, issuer, CHANNEL.id)


def test_a_receipt_is_for_its_statement_alone() -> None:
    with refused(Reason.SIGNATURE_INVALID):
        receipt.verify(
            raw("receipts.inquiry.receipt"),
            raw("statements.acknowledgement.leaf"),
            LETTERS["south"].log_key,
        )


def test_a_changed_checkpoint_is_refused_by_all(require: Require) -> None:
    signing = require.module("tlog_scales.signing")
    tlog = require.module("tlog_scales.tlog")
    values = GOLDEN["checkpoints"]["south-3"]
    north, south = LETTERS["north"], LETTERS["south"]
    head = checkpoint.verify_note(values["note"].encode(), values["origin"], south.log_key)
    full = values["note"] + values["cosignature_ed25519"] + values["cosignature_mldsa44"]
    forged = full.replace("\n3\n", "\n4\n", 1)
    vkeys = [
        signing.Vkey.from_string(values[kind])
        for kind in ("log_vkey", "cosigner_vkey_ed25519", "cosigner_vkey_mldsa44")
    ]
    for vkey in vkeys:
        with pytest.raises(InvalidSignature):
            tlog.Checkpoint.from_text(forged).verify(vkey)
    with refused(Reason.SIGNATURE_INVALID):
        checkpoint.verify_note(forged.encode(), values["origin"], south.log_key)
    other = checkpoint.Checkpoint(head.origin, 4, head.root)
    for kind in ("ed25519", "mldsa44"):
        with refused(Reason.SIGNATURE_INVALID):
            checkpoint.verify_cosignature(
                values[f"cosignature_{kind}"], other, values["cosigner"], north.log_key
            )
    encoded = values["note"].encode()
    for bit in bits(encoded):
        with pytest.raises(ParleyError):
            checkpoint.verify_note(flipped(encoded, bit), values["origin"], south.log_key)


def test_a_changed_letter_or_frame_is_refused() -> None:
    data = raw("parties.north.letter")
    for bit in range(0, len(data) * 8, 997):
        with pytest.raises(ParleyError):
            letter.parse(flipped(data, bit))
    south = Channel.between(CHANNEL.label, LETTERS["south"], LETTERS["north"])

    def check(changed: bytes) -> None:
        frame = frames.parse(changed)
        frames.verify(frame, frame.header(), south, SOUTH_KEYS)

    data = raw("frame.frame")
    check(data)
    for bit in range(0, len(data) * 8, 101):
        with pytest.raises(ParleyError):
            check(flipped(data, bit))
