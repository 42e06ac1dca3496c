"""Evidence as a file: the container of a dossier, with what convicts somebody and nothing else.

A CBOR sequence of byte strings, each the deterministic CBOR of one item (``dossier.format``): a
header, the letters or keys whose signatures are to be checked, what they signed, and an end with
the hash of all bytes before it. Nobody signs the file: what stands in it convicts by the
signatures of whoever is convicted, or does not. ``docs/dossier.md`` says it byte by byte.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from enum import StrEnum
from hashlib import sha256
from typing import Annotated, Final

from msgspec import Meta, Struct

from parley.kernel import cbor, limits
from parley.kernel.errors import ParleyError
from parley.kernel.ids import Bytes32, Bytes64, Count
from parley.kernel.reasons import Reason
from parley.record.dossier import format as fmt

MAGIC: Final = "parley-evidence"
VERSION: Final = 1

HEADER_KIND: Final = fmt.HEADER_KIND
LETTER_KIND: Final = fmt.LETTER_KIND
STATEMENT_KIND: Final = fmt.STATEMENT_KIND
NOTE_KIND: Final = fmt.CHECKPOINT_KIND
PROOF_KIND: Final = fmt.PROOF_KIND
RECEIPT_KIND: Final = fmt.RECEIPT_KIND
END_KIND: Final = fmt.END_KIND
KEYS_KIND: Final = fmt.KEYS_KIND
SIGNER_KIND: Final = 16
"""Beyond the kinds of a dossier: keys without a letter."""

HEADS_KIND: Final = 17

SMALL_ITEM_BYTES: Final = fmt.SMALL_ITEM_BYTES
ITEMS_OF_A_PROOF: Final = 8
"""Greatest number of items between header and end, but for ``rebuilt`` and ``receipt``."""

PATH_HASHES: Final = 128

_START: Final = bytes((0x84, HEADER_KIND, 0x60 | len(MAGIC))) + MAGIC.encode()


class Claim(StrEnum):
    """How the file convicts."""

    STATEMENTS = "statements"
    """Two statements of one author, channel, epoch and sequence number."""
    ROOTS = "roots"
    """Two roots of one log at one size, both signed by the log's key."""
    PLACE = "place"
    """A statement for a place of its author's log, and a checkpoint with another leaf there."""
    HISTORY = "history"
    """Two checkpoints of one log of which the greater is no continuation of the smaller."""
    REBUILT = "rebuilt"
    """A checkpoint, and the statements that its owner acknowledged, which give another root."""
    RECEIPT = "receipt"
    """A statement for a place of its author's log that its author has receipted as another's."""
    KEYS = "keys"
    """Two key statements of one party with one number, both signed by its identity key."""
    HEADS = "heads"
    """What a party signed that it held, and an earlier statement of its that had seen more."""
    COSIGNED = "cosigned"
    """Two roots of one log at one size, both cosigned by one party or witness."""


class Header(Struct, frozen=True, array_like=True, forbid_unknown_fields=True):
    """The first item."""

    kind: Count
    magic: str
    version: Count
    claim: Claim


class SignerItem(Struct, frozen=True, array_like=True, forbid_unknown_fields=True):
    """The log key (Ed25519, ML-DSA-44) that signs notes under ``name``, where no letter is at hand.

    ``name`` is a log's origin, or the name of a cosigner.
    """

    kind: Count
    name: Annotated[str, Meta(min_length=1, max_length=255)]
    ed25519: Bytes32
    mldsa44: Annotated[bytes, Meta(max_length=1312)]


class KeysItem(Struct, frozen=True, array_like=True, forbid_unknown_fields=True):
    """A key statement of the party whose letter stands before, the next one of its chain."""

    kind: Count
    data: Annotated[bytes, Meta(max_length=limits.KEY_STATEMENT_BYTES)]


class StatementItem(Struct, frozen=True, array_like=True, forbid_unknown_fields=True):
    """A statement's exact bytes. Its body is not there: the signature covers its digest."""

    kind: Count
    data: Annotated[bytes, Meta(max_length=limits.STATEMENT_BYTES)]


class NoteItem(Struct, frozen=True, array_like=True, forbid_unknown_fields=True):
    """A checkpoint with its signature lines (C2SP signed note)."""

    kind: Count
    note: Annotated[str, Meta(max_length=limits.NOTE_BYTES)]


class ProofItem(Struct, frozen=True, array_like=True, forbid_unknown_fields=True):
    """A path of the Merkle tree.

    Claim ``place``: the leaf ``node`` stands at index ``number`` of the checkpoint's tree. Claim
    ``history``: the greater checkpoint's tree has the root ``node`` at size ``number``.
    """

    kind: Count
    number: Count
    node: Bytes32
    path: Annotated[tuple[Bytes32, ...], Meta(max_length=PATH_HASHES)]


class ReceiptItem(Struct, frozen=True, array_like=True, forbid_unknown_fields=True):
    """A receipt's protected header and its signature over the root that the statements give."""

    kind: Count
    protected: Annotated[bytes, Meta(max_length=1024)]
    signature: Bytes64


class HeadsItem(Struct, frozen=True, array_like=True, forbid_unknown_fields=True):
    """What a desk signed about heads, and its word for it (``record.heads``); exact bytes."""

    kind: Count
    heads: Annotated[bytes, Meta(max_length=limits.NOTE_BYTES)]
    word: Annotated[bytes, Meta(max_length=1024)]


class EndItem(Struct, frozen=True, array_like=True, forbid_unknown_fields=True):
    """Number of items before, and SHA-256 over all bytes before."""

    kind: Count
    items: Count
    digest: Bytes32


def recognised(start: bytes) -> bool:
    """Whether a file that begins with ``start`` (64 bytes are enough) says that it is evidence."""
    # The header is shorter than 64 bytes: a byte string of one or two bytes of head.
    return start[1:].startswith(_START) or start[2:].startswith(_START)


def kind_of(item: bytes) -> int:
    """The kind of an item.

    :raises ParleyError: ``evidence-malformed``.
    """
    if len(item) < 2 or not 0x80 < item[0] < 0x98 or item[1] > HEADS_KIND:
        raise malformed("kind")
    return item[1]


def assembled(claim: Claim, items: Iterable[Struct]) -> Iterator[bytes]:
    """The bytes of an evidence file, piece by piece."""
    digest = sha256()
    count = 0

    def framed(item: Struct) -> bytes:
        nonlocal count
        data = fmt.frame(cbor.encode_model(item))
        digest.update(data)
        count += 1
        return data

    yield framed(Header(HEADER_KIND, MAGIC, VERSION, claim))
    for item in items:
        yield framed(item)
    yield fmt.frame(cbor.encode_model(EndItem(END_KIND, count, digest.digest())))


def malformed(fact: str) -> ParleyError:
    """The error for a file that is not in the form of evidence."""
    return ParleyError(Reason.EVIDENCE_MALFORMED, fact=fact)
