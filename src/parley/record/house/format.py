"""An entry of the house record, and the file that proves entries to anybody.

The house record is a log of one member: a Merkle tree as that of a channel (RFC 9162), whose leaf
data are the exact bytes of its entries, and whose checkpoints (C2SP notes) the desk's log key
signs. It names officers, identifiers and hashes; never a text, neither of a body nor of a draft.

The file is a CBOR sequence of byte strings as a dossier is: a header, our letter, our key
statements, a checkpoint, entries each with its path, and an end with the hash of all before it.
Nobody signs the file: what it proves rests on the checkpoint. ``docs/officers.md`` says it byte by
byte.
"""

from __future__ import annotations

import secrets
from hashlib import sha256
from typing import Annotated, Final

from msgspec import Meta, Struct

from parley.crypto import checkpoint, merkle
from parley.kernel import cbor, limits
from parley.kernel.errors import ParleyError
from parley.kernel.ids import Bytes8, Bytes16, Bytes32, Count, Token
from parley.kernel.reasons import Reason
from parley.record.dossier import format as fmt

MAGIC: Final = "parley-house"
VERSION: Final = 1
ENTRY_BYTES: Final = 2 * limits.KIB
NAME: Final = r"\A[a-z0-9][a-z0-9._-]{0,39}\Z"

HEADER_KIND: Final = fmt.HEADER_KIND
LETTER_KIND: Final = fmt.LETTER_KIND
NOTE_KIND: Final = fmt.CHECKPOINT_KIND
END_KIND: Final = fmt.END_KIND
KEYS_KIND: Final = fmt.KEYS_KIND
ENTRY_KIND: Final = 18
"""Beyond the kinds of a dossier and of evidence."""

_SALT_BYTES: Final = 16
_CONTEXT: Final = "parley/house/1"
_START: Final = bytes((0x84, HEADER_KIND, 0x60 | len(MAGIC))) + MAGIC.encode()

Name = Annotated[str, Meta(pattern=NAME)]
Tokens = Annotated[tuple[Token, ...], Meta(max_length=16)]
Path = Annotated[tuple[Bytes32, ...], Meta(max_length=63)]


class HouseEntry(Struct, frozen=True, array_like=True, forbid_unknown_fields=True):
    """What one officer did: who, in which roles, what, when (our clock), and what it was about.

    ``salt`` keeps an entry that is not shown from being guessed from the hashes beside one that is.
    ``officer`` is null for the desk itself: whoever holds its passphrase. ``roles`` are those held
    there and then. ``digest`` is a SHA-256: of a frozen act, a statement (its leaf hash), a file.
    ``about`` is another officer concerned. ``number`` counts what the act counts. ``facts`` are
    tokens: roles given, reason codes, results.
    """

    version: Annotated[int, Meta(ge=VERSION, le=VERSION)]
    salt: Bytes16
    at: Count
    officer: Name | None
    roles: Tokens
    act: Token
    channel: Bytes32 | None
    case: Bytes16 | None
    draft: Bytes8 | None
    digest: Bytes32 | None
    about: Name | None
    number: Count | None
    facts: Tokens


class Header(Struct, frozen=True, array_like=True, forbid_unknown_fields=True):
    """The first item. ``whole``: the file has every entry of the log, in order, without paths."""

    kind: Count
    magic: str
    version: Count
    whole: bool


class NoteItem(Struct, frozen=True, array_like=True, forbid_unknown_fields=True):
    """The checkpoint under which all entries of the file stand, with the desk's signatures.

    ``generation`` is how often the log had been set back before; its origin follows from it.
    """

    kind: Count
    generation: Count
    note: Annotated[str, Meta(max_length=limits.NOTE_BYTES)]


class EntryItem(Struct, frozen=True, array_like=True, forbid_unknown_fields=True):
    """An entry's exact bytes, its place in the log, and its inclusion path."""

    kind: Count
    index: Count
    data: Annotated[bytes, Meta(max_length=ENTRY_BYTES)]
    path: Path


def house_id(party: bytes, generation: int) -> bytes:
    """What stands in the place of a channel in the origin of a party's house record, 32 bytes.

    A log that was set back goes on under a new name: what was signed under the old one is neither
    contradicted nor forgotten.
    """
    return sha256(cbor.encode([_CONTEXT, party, generation])).digest()


def origin(party: bytes, generation: int, epoch: int) -> str:
    """The C2SP origin of a party's house record under the log key of ``epoch``."""
    return checkpoint.origin(party, house_id(party, generation), epoch)


def salt() -> bytes:
    """The random bytes of a new entry."""
    return secrets.token_bytes(_SALT_BYTES)


def leaf_of(data: bytes) -> bytes:
    """The leaf hash of an entry's exact bytes: its identifier."""
    return merkle.leaf_hash(data)


def read(data: bytes) -> HouseEntry:
    """An entry from its exact bytes.

    :raises ParleyError: ``too-large``, the errors of the encoding, ``shape-invalid``.
    """
    return cbor.decode_as(data, HouseEntry, limit=ENTRY_BYTES)


def recognised(start: bytes) -> bool:
    """Whether a file that begins with ``start`` (64 bytes are enough) is one of these."""
    return start[1:].startswith(_START)


def kind_of(item: bytes) -> int:
    """The kind of an item.

    :raises ParleyError: ``house-proof-malformed``.
    """
    if len(item) < 2 or not 0x80 < item[0] < 0x98 or item[1] > ENTRY_KIND:
        raise malformed("kind")
    return item[1]


def malformed(fact: str) -> ParleyError:
    """The error for a file that is not in this form."""
    return ParleyError(Reason.HOUSE_PROOF_MALFORMED, fact=fact)
