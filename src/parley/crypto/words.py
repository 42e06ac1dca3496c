"""A fingerprint that people read to each other: words, or grouped hexadecimal digits.

Words are proquints (Wilkerson, 'A Proposal for Proquints', 2009): 16 bits make five letters that
can be spoken in any language, consonant, vowel, consonant, vowel, consonant. Ten words stand for
the first 160 bits of a fingerprint, hexadecimal digits for all 256.
"""

from __future__ import annotations

import hmac
from typing import Final

from parley.kernel.errors import ParleyError
from parley.kernel.reasons import Reason

WORDS: Final = 10
FINGERPRINT_BYTES: Final = 32

_CONSONANTS: Final = "bdfghjklmnprstvz"
_VOWELS: Final = "aiou"
_WORD_LETTERS: Final = 5
_WORD_BYTES: Final = 2 * WORDS
_HEX_GROUP: Final = 4
_TYPED_MAX: Final = 400
# What a typist or a word processor puts between groups.
_SEPARATORS: Final = str.maketrans("", "", " \t\n\r-_:.,\u00a0\u2010\u2011\u2012\u2013\u2014")


def words(fingerprint: bytes) -> str:
    """The first 160 bits of a fingerprint (32 bytes) as ten words with dashes between.

    :raises ParleyError: ``fingerprint-malformed`` for another length.
    """
    _check_length(fingerprint)
    pairs = zip(fingerprint[:_WORD_BYTES:2], fingerprint[1:_WORD_BYTES:2], strict=True)
    return "-".join(_word(high << 8 | low) for high, low in pairs)


def grouped_hex(fingerprint: bytes) -> str:
    """All 256 bits of a fingerprint as 16 groups of four hexadecimal digits, spaces between.

    :raises ParleyError: ``fingerprint-malformed`` for another length.
    """
    _check_length(fingerprint)
    return fingerprint.hex(" ", 2)


def parse(typed: str) -> bytes:
    """Read either form back: 20 bytes from words, 32 from hexadecimal digits.

    Capitals, spaces, dashes and the like do not matter.

    :raises ParleyError: ``fingerprint-malformed``.
    """
    if len(typed) > _TYPED_MAX:
        raise ParleyError(Reason.FINGERPRINT_MALFORMED)
    text = typed.translate(_SEPARATORS).lower()
    # No word is written with e or c, no word is of digits, and the lengths differ.
    if len(text) == 2 * FINGERPRINT_BYTES:
        try:
            return bytes.fromhex(text)
        except ValueError:
            raise ParleyError(Reason.FINGERPRINT_MALFORMED) from None
    if len(text) == WORDS * _WORD_LETTERS:
        starts = range(0, len(text), _WORD_LETTERS)
        return b"".join(_value(text[at : at + _WORD_LETTERS]) for at in starts)
    raise ParleyError(Reason.FINGERPRINT_MALFORMED)


def compare(typed: str, fingerprint: bytes) -> None:
    """Check that what somebody typed is this fingerprint (32 bytes), in constant time.

    :raises ParleyError: ``fingerprint-malformed``, ``fingerprint-mismatch``.
    """
    _check_length(fingerprint)
    value = parse(typed)
    if not hmac.compare_digest(value, fingerprint[: len(value)]):
        raise ParleyError(Reason.FINGERPRINT_MISMATCH)


def _word(value: int) -> str:
    return (
        _CONSONANTS[value >> 12]
        + _VOWELS[value >> 10 & 3]
        + _CONSONANTS[value >> 6 & 15]
        + _VOWELS[value >> 4 & 3]
        + _CONSONANTS[value & 15]
    )


def _value(word: str) -> bytes:
    value = 0
    for place, letter in enumerate(word):
        alphabet, bits = (_VOWELS, 2) if place & 1 else (_CONSONANTS, 4)
        digit = alphabet.find(letter)
        if digit < 0:
            raise ParleyError(Reason.FINGERPRINT_MALFORMED)
        value = value << bits | digit
    return value.to_bytes(2, "big")


def _check_length(fingerprint: bytes) -> None:
    if len(fingerprint) != FINGERPRINT_BYTES:
        raise ParleyError(Reason.FINGERPRINT_MALFORMED)
