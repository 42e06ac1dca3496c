"""Texts of the house's own at rest: sealed, and found again by a keyed hash."""

from __future__ import annotations

import secrets
from hashlib import blake2b
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from parley.kernel.errors import ParleyError
from parley.kernel.reasons import Reason

TAG_BYTES: Final = 16
_KEY_BYTES: Final = 32
_NONCE: Final = 12


class HouseTexts:
    """Seals and finds texts. ``master``: 32 bytes that follow from the desk's keys."""

    def __init__(self, master: bytes) -> None:
        both = blake2b(b"parley/house-texts/1", key=master, digest_size=2 * _KEY_BYTES).digest()
        self._tags = both[:_KEY_BYTES]
        self._texts = AESGCM(both[_KEY_BYTES:])

    def tag(self, text: str) -> bytes:
        """The keyed hash of a text, 16 bytes (BLAKE2b, RFC 7693)."""
        return blake2b(text.encode(), key=self._tags, digest_size=TAG_BYTES).digest()

    def seal(self, text: bytes, bound_to: bytes) -> bytes:
        """Seal a text; it opens only with the same ``bound_to``."""
        nonce = secrets.token_bytes(_NONCE)
        return nonce + self._texts.encrypt(nonce, text, bound_to)

    def open(self, sealed: bytes, bound_to: bytes) -> bytes:
        """Open what :meth:`seal` made.

        :raises ParleyError: ``register-unreadable``.
        """
        try:
            return self._texts.decrypt(sealed[:_NONCE], sealed[_NONCE:], bound_to)
        except (InvalidTag, ValueError) as error:
            raise ParleyError(Reason.REGISTER_UNREADABLE) from error
