"""Fingerprints that people read to each other."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parley.crypto import words
from parley.kernel.reasons import Reason
from tests.crypto.helpers import flipped, refused

fingerprints = st.binary(min_size=32, max_size=32)
WORDS = words.words(bytes(range(32)))
HEX = words.grouped_hex(bytes(range(32)))


def test_words_are_proquints() -> None:
    # 127.0.0.1 and 63.84.220.193 are examples of the proposal (arXiv:0901.4016).
    start = bytes((127, 0, 0, 1, 63, 84, 220, 193))
    assert words.words(start + bytes(24)).startswith("lusab-babad-gutih-tugad-babab")


def test_both_forms_look_as_expected() -> None:
    assert [len(word) for word in WORDS.split("-")] == [5] * 10
    assert HEX.startswith("0001 0203 0405 ")
    assert [len(group) for group in HEX.split(" ")] == [4] * 16


@given(fingerprints, st.sampled_from(["-", " ", "", " - ", "\n", "_", "\u2013", "\u00a0"]))
def test_both_forms_are_read_back_however_they_are_typed(fingerprint: bytes, between: str) -> None:
    spoken = words.words(fingerprint).upper().replace("-", between)
    assert words.parse(f" {spoken}\n") == fingerprint[:20]
    digits = words.grouped_hex(fingerprint).upper().replace(" ", between)
    assert words.parse(digits) == fingerprint
    words.compare(spoken, fingerprint)
    words.compare(digits, fingerprint)


@given(fingerprints, st.integers(0, 159))
def test_any_changed_bit_of_what_was_typed_is_a_mismatch(fingerprint: bytes, bit: int) -> None:
    other = flipped(fingerprint, bit)
    for typed in (words.words(other), words.grouped_hex(other)):
        with refused(Reason.FINGERPRINT_MISMATCH):
            words.compare(typed, fingerprint)


def test_hex_compares_all_bits() -> None:
    with refused(Reason.FINGERPRINT_MISMATCH):
        words.compare(HEX, flipped(bytes(range(32)), 255))


@pytest.mark.parametrize(
    "typed",
    ["", "babab", WORDS[:-1], WORDS + "-babab", WORDS.replace("b", "x"), "e" * 50,
     "aaaaa" * 10, HEX[:-1], HEX + "0", HEX.replace("0", "g"), "0" * 40, "-" * 500,
     "\u0660" * 64, "\uff10" * 64],
)  # fmt: skip
def test_what_is_no_fingerprint_is_refused(typed: str) -> None:
    with refused(Reason.FINGERPRINT_MALFORMED):
        words.parse(typed)


@pytest.mark.parametrize("length", [0, 20, 31, 33])
def test_a_fingerprint_has_32_bytes(length: int) -> None:
    for function in (words.words, words.grouped_hex):
        with refused(Reason.FINGERPRINT_MALFORMED):
            function(bytes(length))
    with refused(Reason.FINGERPRINT_MALFORMED):
        words.compare(WORDS, bytes(length))
