"""Forged copies of a dossier, for demonstrations and tests: each must be refused with a reason.

Where items are moved, the last one is made to fit again as far as that can be done without the
exporter's key, so that what refuses the copy is the record and not a checksum.
"""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import sha256
from io import BytesIO

from parley.crypto.keys import LogKey
from parley.kernel import cbor
from parley.record.dossier import format as fmt
from parley.record.dossier.format import EndItem, Reader


def flip_byte(data: bytes, at: int | None = None) -> bytes:
    """The dossier with all bits of one byte turned over: that at ``at``, or the middle one."""
    place = len(data) // 2 if at is None else at
    return data[:place] + bytes((data[place] ^ 0xFF,)) + data[place + 1 :]


def drop_statement(data: bytes, number: int) -> bytes:
    """The dossier without its statement ``number`` (from 0)."""
    items = items_of(data)
    del items[_statements(items)[number]]
    return joined(items)


def swap_statements(data: bytes, first: int, second: int) -> bytes:
    """The dossier with two of its statements (numbers from 0) in each other's place."""
    items = items_of(data)
    places = _statements(items)
    a, b = places[first], places[second]
    items[a], items[b] = items[b], items[a]
    return joined(items)


def items_of(data: bytes) -> list[bytes]:
    """The items of a dossier that is whole."""
    return list(Reader(BytesIO(data)))


def joined(items: Sequence[bytes], key: LogKey | None = None) -> bytes:
    """A file of ``items``; the last one gets the right number and hash, and a signature by ``key``.

    Without a key it keeps the signature that it had.
    """
    body = b"".join(fmt.frame(item) for item in items[:-1])
    end = cbor.decode_as(items[-1], EndItem, limit=fmt.SMALL_ITEM_BYTES)
    digest = sha256(body).digest()
    signature = end.signature if key is None else key.sign(fmt.END_CONTEXT + digest)
    kid = end.kid if key is None else key.public.kid
    last = EndItem(fmt.END_KIND, len(items) - 1, digest, kid, signature)
    return body + fmt.frame(fmt.encode(last))


def _statements(items: Sequence[bytes]) -> list[int]:
    """Where the statements are among ``items``."""
    return [at for at, item in enumerate(items) if fmt.kind_of(item) == fmt.STATEMENT_KIND]
