"""Sealing to one recipient: HPKE (RFC 9180) in base mode, one message a time.

KEM MLKEM768_X25519, KDF HKDF-SHA256, AEAD AES-256-GCM. Whoever opens it learns nothing about who
sealed it; frames are signed for that.
"""

from __future__ import annotations

from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, Suite

from parley.crypto.keys import SealingKey, SealingPublic
from parley.kernel.errors import ParleyError
from parley.kernel.reasons import Reason

_SUITE: Final = Suite(KEM.MLKEM768_X25519, KDF.HKDF_SHA256, AEAD.AES_256_GCM)

ENC_BYTES: Final = 1120
"""Length of the encapsulated key that stands in front of the ciphertext."""

OVERHEAD_BYTES: Final = ENC_BYTES + 16
"""What sealing adds: the encapsulated key and the tag of AES-GCM."""


def seal(plaintext: bytes, info: bytes, recipient: SealingPublic) -> bytes:
    """Seal ``plaintext`` to ``recipient``, bound to ``info``.

    :param info: what both sides must agree on, such as the hash of a frame's header; not sent.
    :returns: the encapsulated key (1,120 bytes), then the ciphertext and its tag.
    """
    return _SUITE.encrypt(plaintext, recipient.hpke_key(), info)


def open(sealed: bytes, info: bytes, key: SealingKey) -> bytes:  # noqa: A001 - HPKE's own name
    """Open what :func:`seal` made for this key and this ``info``.

    :raises ParleyError: ``unsealing-failed``; the cause (key, info, alteration) cannot be told.
    """
    try:
        return _SUITE.decrypt(sealed, key.hpke_key(), info)
    except (InvalidTag, ValueError):
        raise ParleyError(Reason.UNSEALING_FAILED) from None
