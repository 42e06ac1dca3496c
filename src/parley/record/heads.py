"""How far two desks say that they have come: each signs what it holds, over the other's frame.

The signature of a frame covers sealed bytes, which nobody but its recipient can read. So what a
desk says of heads is signed once more, in the open, as a few bytes that convict it before anybody:
who says today that they hold three statements of ours, and has signed before that they saw five,
has withheld two.
"""

from __future__ import annotations

from typing import Annotated, Final

import msgspec
from msgspec import Meta

from parley.crypto.keys import StatementKey, StatementPublic
from parley.kernel import cbor, limits
from parley.kernel.ids import Bytes32, Bytes64, Count
from parley.record.statement import Statement

HEADS_VERSION: Final = 1
_CONTEXT: Final = b"parley/heads/1\n"


class Head(msgspec.Struct, frozen=True, array_like=True, forbid_unknown_fields=True):
    """How far the sender's own chain goes in its own record."""

    epoch: Count
    count: Count
    leaf: Bytes32 | None


class Held(msgspec.Struct, frozen=True, array_like=True, forbid_unknown_fields=True):
    """The greatest head of the recipient's chain that the sender holds.

    ``receipted``: how many of the sender's own statements stand in the recipient's log by receipts
    and checkpoints of the recipient.
    """

    epoch: Count
    count: Count
    leaf: Bytes32 | None
    receipted: Count


class Heads(msgspec.Struct, frozen=True, array_like=True, forbid_unknown_fields=True):
    """What a desk signs about heads.

    ``author`` is the party that says it, to ``recipient``. ``answers`` is the signed digest of the
    frame of the recipient's that this answers, which nobody could know before. ``lost``: the author
    knows that its record was set back, and asks for what it lacks.
    """

    version: Annotated[int, Meta(ge=HEADS_VERSION, le=HEADS_VERSION)]
    channel: Bytes32
    author: Bytes32
    recipient: Bytes32
    held: Held
    own: Head
    lost: bool
    answers: Bytes32 | None


class Word(msgspec.Struct, frozen=True, array_like=True, forbid_unknown_fields=True):
    """A signature over :class:`Heads`, and the identifier of the statement key that made it."""

    kid: Bytes32
    signature: Bytes64


def sign(heads: Heads, key: StatementKey) -> Word:
    """Sign what we say of heads."""
    return Word(key.public.kid, key.sign(_CONTEXT + cbor.encode_model(heads)))


def verify(heads: Heads, word: Word, key: StatementPublic) -> None:
    """Check that the holder of ``key`` signed ``heads``.

    :raises ParleyError: ``signature-invalid``.
    """
    key.verify(word.signature, _CONTEXT + cbor.encode_model(heads))


def evidence(heads: Heads, word: Word) -> tuple[bytes, bytes]:
    """What is kept to convict: the signed bytes, and the word about them."""
    return cbor.encode_model(heads), cbor.encode_model(word)


def read(data: bytes, word: bytes) -> tuple[Heads, Word]:
    """Take kept evidence apart; :func:`verify` is still to follow.

    :raises ParleyError: the errors of the encoding.
    """
    return (
        cbor.decode_as(data, Heads, limit=limits.NOTE_BYTES),
        cbor.decode_as(word, Word, limit=limits.NOTE_BYTES),
    )


def withheld(heads: Heads, statement: Statement) -> bool:
    """Whether a statement of the same author shows that it held more than it said.

    It was signed before: its number is below the author's own count. It had seen more of the
    recipient's statements than the author then said to hold.
    """
    envelope = statement.envelope
    return (
        not heads.lost
        and envelope.seq < heads.own.count
        and any(seen.count > heads.held.count for seen in envelope.seen)
    )
