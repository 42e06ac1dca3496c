"""Sealing: opens for the right key and context, and for nothing else."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parley.crypto import sealing
from parley.crypto.keys import SealingKey
from parley.kernel.reasons import Reason
from tests.crypto.helpers import SEALING_KEY, flipped, refused

SEALED = sealing.seal(b"a frame", b"context", SEALING_KEY.public)


@given(st.binary(max_size=3000), st.binary(max_size=100))
def test_what_is_sealed_opens(plaintext: bytes, info: bytes) -> None:
    sealed = sealing.seal(plaintext, info, SEALING_KEY.public)
    assert len(sealed) == len(plaintext) + sealing.OVERHEAD_BYTES
    assert sealing.open(sealed, info, SEALING_KEY) == plaintext


def test_the_same_text_is_never_sealed_the_same() -> None:
    assert sealing.seal(b"a frame", b"context", SEALING_KEY.public) != SEALED


@given(st.integers(0, len(SEALED) * 8 - 1))
def test_any_changed_bit_is_noticed(bit: int) -> None:
    with refused(Reason.UNSEALING_FAILED):
        sealing.open(flipped(SEALED, bit), b"context", SEALING_KEY)


def test_another_key_or_context_does_not_open() -> None:
    with refused(Reason.UNSEALING_FAILED):
        sealing.open(SEALED, b"context", SealingKey.from_seed(b"\x05" * 32))
    with refused(Reason.UNSEALING_FAILED):
        sealing.open(SEALED, b"", SEALING_KEY)


@pytest.mark.parametrize("length", [0, 1, 1119, 1120, 1135, len(SEALED) - 1])
def test_what_is_cut_short_does_not_open(length: int) -> None:
    with refused(Reason.UNSEALING_FAILED):
        sealing.open(SEALED[:length], b"context", SEALING_KEY)


@pytest.mark.parametrize("enc", [bytes(1120), b"\xff" * 1120, SEALED[:1088] + bytes(32)])
def test_a_hostile_encapsulation_does_not_open(enc: bytes) -> None:
    with refused(Reason.UNSEALING_FAILED):
        sealing.open(enc + SEALED[1120:], b"context", SEALING_KEY)
