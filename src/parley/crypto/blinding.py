"""Names and contents of an index that says nothing to whoever does not have its key.

A row of the index has a name, a keyed hash (BLAKE2b, RFC 7693) of what it is about, and contents
sealed by AES-256-GCM. Both keys follow from the key of a range and the salt of a block, so the same
word has another name in every block. Nothing is sealed twice under one name: the nonce follows from
it. Contents are padded to a power of two, so that their length tells little.
"""

from __future__ import annotations

from hashlib import blake2b
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from parley.kernel.errors import ParleyError
from parley.kernel.reasons import Reason

KEY_BYTES: Final = 32
SALT_BYTES: Final = 16
NAME_BYTES: Final = 12

_NONCE: Final = 12
_LEAST: Final = 16
_PERSON: Final = b"parley-index-1"


class Blinding:
    """The keys of one block. ``key`` is its range's (32 bytes), ``salt`` its own (16 bytes)."""

    def __init__(self, key: bytes, salt: bytes) -> None:
        both = blake2b(salt, key=key, digest_size=2 * KEY_BYTES, person=_PERSON).digest()
        self._names = both[:KEY_BYTES]
        self._contents = AESGCM(both[KEY_BYTES:])

    def name(self, of: str) -> bytes:
        """The name of the row about ``of``, 12 bytes."""
        return self._hash(of)[:NAME_BYTES]

    def seal(self, of: str, contents: bytes) -> tuple[bytes, bytes]:
        """The name of the row about ``of``, and its sealed contents."""
        hashed = self._hash(of)
        size = max(_LEAST, 1 << len(contents).bit_length())
        padded = contents + b"\x80" + bytes(size - len(contents) - 1)
        nonce = hashed[NAME_BYTES:]
        return hashed[:NAME_BYTES], self._contents.encrypt(nonce, padded, None)

    def open(self, of: str, sealed: bytes) -> bytes:
        """The contents of the row about ``of``.

        :raises ParleyError: ``body-unreadable`` where they were sealed under another key or name.
        """
        try:
            padded = self._contents.decrypt(self._hash(of)[NAME_BYTES:], sealed, None)
        except (InvalidTag, ValueError) as error:
            raise ParleyError(Reason.BODY_UNREADABLE) from error
        return padded[: padded.rindex(b"\x80")]

    def _hash(self, of: str) -> bytes:
        return blake2b(
            of.encode("utf-8", "surrogatepass"), key=self._names, digest_size=NAME_BYTES + _NONCE
        ).digest()
