"""What a frame says of attachments: chunks, what is wished for, and how far each side has come.

Parcels go beside messages, over a path of their own and in turns of their own, or in a pouch. None
of them proves anything or is kept: what binds the bytes is the root in the signed statement.
"""

from __future__ import annotations

from typing import Annotated, Final, Literal

import msgspec
from msgspec import Meta

from parley.kernel import limits
from parley.kernel.ids import Bytes16, Bytes32, Count, Token

KIND: Final = "attachments"
"""The first part of a parcel; that of a message is a number."""

CHUNKS: Final = 256
WISHES: Final = 64
RANGES: Final = 64
_PATH: Final = 24


class Chunk(msgspec.Struct, frozen=True, array_like=True, forbid_unknown_fields=True):
    """One chunk, with all that leads from it to the root (``parley.record.attachment``)."""

    root: Bytes32
    salt: Bytes32
    size: Count
    bits: Annotated[int, Meta(ge=limits.CHUNK_BITS_LEAST, le=limits.CHUNK_BITS_MOST)]
    index: Count
    path: Annotated[tuple[Bytes32, ...], Meta(max_length=_PATH)]
    data: Annotated[bytes, Meta(min_length=1, max_length=1 << limits.CHUNK_BITS_MOST)]


class Standing(msgspec.Struct, frozen=True, array_like=True, forbid_unknown_fields=True):
    """How far the sender has come with an attachment of the recipient.

    ``held`` chunks are there; ``missing`` are ranges of those that are not, as many as there is
    room for, none where it knows nothing of them yet. ``reason`` says why it wants none.
    """

    root: Bytes32
    held: Count
    missing: Annotated[tuple[tuple[Count, Count], ...], Meta(max_length=RANGES)]
    reason: Token | None


class Wish(msgspec.Struct, frozen=True, array_like=True, forbid_unknown_fields=True):
    """Chunks ``first`` to ``last`` of an attachment, please."""

    root: Bytes32
    first: Count
    last: Count


class Refused(msgspec.Struct, frozen=True, array_like=True, forbid_unknown_fields=True):
    """Why a chunk, or a wish, came to nothing."""

    root: Bytes32
    index: Count
    reason: Token


class Parcel(msgspec.Struct, frozen=True, array_like=True, forbid_unknown_fields=True):
    """The content of a frame about attachments.

    ``answers`` is the signed digest of the frame that this one replies to; null in a request and in
    a pouch.
    """

    kind: Literal["attachments"]
    version: Annotated[int, Meta(ge=1, le=1)]
    channel: Bytes32
    nonce: Bytes16
    answers: Bytes32 | None
    standings: Annotated[tuple[Standing, ...], Meta(max_length=WISHES)]
    wishes: Annotated[tuple[Wish, ...], Meta(max_length=WISHES)]
    chunks: Annotated[tuple[Chunk, ...], Meta(max_length=CHUNKS)]
    refused: Annotated[tuple[Refused, ...], Meta(max_length=WISHES)]
