"""What one frame says, before it is sealed: everything that a desk has for the other right now."""

from __future__ import annotations

from typing import Annotated, Final

import msgspec
from msgspec import Meta

from parley.kernel import limits
from parley.kernel.ids import Bytes16, Bytes32, Bytes64, Count, Token
from parley.record.heads import Head, Held, Word

MESSAGE_VERSION: Final = 1
WISH_POST_QUANTUM: Final = 1
"""Wish: please cosign this checkpoint with ML-DSA-44 now."""
WISH_RETURN: Final = 2
"""Wish: my record was set back; please return my own statements after ``own``, and yours."""


class Sent(msgspec.Struct, frozen=True, array_like=True, forbid_unknown_fields=True):
    """A statement's exact bytes, and its body as CBOR (null: not to be had any more).

    Bodies are taken apart one by one, after the statements that they belong to: what a peer sends
    is never built as a whole.
    """

    data: Annotated[bytes, Meta(max_length=limits.STATEMENT_BYTES)]
    body: Annotated[bytes, Meta(max_length=limits.BODY_BYTES)] | None


class SentReceipt(msgspec.Struct, frozen=True, array_like=True, forbid_unknown_fields=True):
    """A signature over the sender's root at ``size``: a receipt for what the recipient has below.

    The recipient rebuilds the path to each of its statements, and has an RFC 9942 receipt of it.
    """

    size: Count
    protected: Annotated[bytes, Meta(max_length=1024)]
    signature: Bytes64


class SentCosignature(msgspec.Struct, frozen=True, array_like=True, forbid_unknown_fields=True):
    """A cosignature line over the recipient's checkpoint of ``size``."""

    size: Count
    line: Annotated[str, Meta(max_length=limits.NOTE_BYTES)]


class Refusal(msgspec.Struct, frozen=True, array_like=True, forbid_unknown_fields=True):
    """Why something was kept out; ``leaf`` names the statement where there was one."""

    reason: Token
    leaf: Bytes32 | None


class Message(msgspec.Struct, frozen=True, array_like=True, forbid_unknown_fields=True):
    """The content of a frame.

    ``statements`` are the sender's own, in order of their sequence numbers. They include every own
    statement below ``checkpoint`` and below the size of each receipt that the recipient may lack.
    ``keys_held`` is the number of the recipient's newest key statement that the sender holds;
    ``receipts_held`` of how many of its own statements the sender holds the recipient's receipts.
    ``answers`` is the signed digest of the frame that this one replies to; in a request, of the
    recipient's last reply that the sender took in.

    ``own`` is the sender's own head. To a recipient that was set back, ``returned`` brings its own
    statements and ``returned_receipts`` its own receipts. ``word`` is the sender's signature over
    ``held``, ``own`` and ``answers`` (:class:`parley.record.heads.Heads`).
    """

    version: Annotated[int, Meta(ge=MESSAGE_VERSION, le=MESSAGE_VERSION)]
    channel: Bytes32
    nonce: Bytes16
    answers: Bytes32 | None
    held: Held
    statements: Annotated[tuple[Sent, ...], Meta(max_length=limits.STATEMENTS_IN_FRAME)]
    checkpoint: Annotated[str, Meta(max_length=limits.NOTE_BYTES)] | None
    receipts: Annotated[tuple[SentReceipt, ...], Meta(max_length=limits.STATEMENTS_IN_FRAME)]
    cosignatures: Annotated[tuple[SentCosignature, ...], Meta(max_length=8)]
    refusals: Annotated[tuple[Refusal, ...], Meta(max_length=8)]
    wishes: Count
    keys_held: Count
    receipts_held: Count
    own: Head
    returned: Annotated[tuple[Sent, ...], Meta(max_length=limits.STATEMENTS_IN_FRAME)]
    returned_receipts: Annotated[
        tuple[SentReceipt, ...], Meta(max_length=limits.STATEMENTS_IN_FRAME)
    ]
    word: Word
