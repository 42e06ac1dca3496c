"""The dossier as a file: a CBOR sequence of byte strings, each the deterministic CBOR of one item.

The byte strings make boundaries cost nothing, so a reader can hand items to other processes without
looking inside; and an item is an array whose first element is its kind. ``docs/dossier.md`` says
the format byte by byte.
"""

from __future__ import annotations

from collections.abc import Iterator
from hashlib import sha256
from typing import Annotated, BinaryIO, Final

from msgspec import Meta, Struct

from parley.crypto import cose
from parley.crypto.receipt import RECEIPT_BYTES
from parley.kernel import cbor, limits
from parley.kernel.errors import ParleyError
from parley.kernel.ids import Bytes16, Bytes32, Bytes64, Count, Token
from parley.kernel.reasons import Reason

MAGIC: Final = "parley-dossier"
VERSION: Final = 1
END_CONTEXT: Final = b"parley/dossier/1\n"
"""What stands before the hash in the exporter's signature."""

CHANNEL: Final = "channel"
CASE: Final = "case"

HEADER_KIND: Final = 0
LETTER_KIND: Final = 1
STATEMENT_KIND: Final = 2
RECEIPT_KIND: Final = 3
CHECKPOINT_KIND: Final = 4
PROOF_KIND: Final = 5
FULL_RECEIPT_KIND: Final = 6
END_KIND: Final = 7
MARK_KIND: Final = 8
KEYS_KIND: Final = 9
NOT_US_KIND: Final = 10
WITNESS_KIND: Final = 11
LAST_KIND: Final = WITNESS_KIND

WITNESS_LINES: Final = 16
"""So many cosignatures of witnesses are written behind one checkpoint."""

KEY_STATEMENTS: Final = 1 << 12
"""So many key statements of one member may stand in a dossier: three centuries of monthly ones."""

NOT_US_STATEMENTS: Final = 1 << 10

ITEM_BYTES: Final = limits.BODY_BYTES + limits.STATEMENT_BYTES + 64
"""Greatest length of an item: a statement with its body."""

SMALL_ITEM_BYTES: Final = 2 * limits.LETTER_BYTES
"""Greatest length of every item but statements."""

BACKLOG_STATEMENTS: Final = 1 << 20
"""So many statements of one member may stand in a dossier before the other is known to have any of
them: their leaves wait in the verifier's memory (40 bytes each)."""

CASES: Final = 1 << 20
"""So many chains (of an author in a case) a verifier follows (some 250 bytes each)."""

END_MARK: Final = bytes((END_KIND,))
"""The second byte of the last item, and of no other."""

_BLOCK: Final = 1 << 20
_ERASED: Final = b"\xf6"
_STATEMENT_HEAD: Final = b"\x84\x02"

_Kind = Annotated[int, Meta(ge=0, le=LAST_KIND)]
_Member = Annotated[int, Meta(ge=0, lt=limits.MEMBERS)]
_KeyCount = Annotated[int, Meta(ge=0, le=KEY_STATEMENTS)]
_Protected = Annotated[bytes, Meta(max_length=1024)]


class Header(Struct, frozen=True, array_like=True, forbid_unknown_fields=True):
    """What the dossier is about. ``case`` is null for a whole channel.

    ``exporter`` is a party's fingerprint; ``created_at`` its clock. ``keys`` counts the key
    statements of each member, and ``not_us`` the statements by which members disown others, that
    stand behind the letters. ``halted`` is the reason code for which the exporter has halted
    the channel; null where it has not.
    """

    kind: _Kind
    magic: str
    version: Count
    mode: str
    channel: Bytes32
    case: Bytes16 | None
    label: Annotated[str, Meta(max_length=limits.LINE_CHARACTERS)]
    exporter: Bytes32
    created_at: Count
    demonstration: bool
    keys: tuple[_KeyCount, _KeyCount]
    not_us: Annotated[int, Meta(ge=0, le=NOT_US_STATEMENTS)]
    halted: Token | None


class LetterItem(Struct, frozen=True, array_like=True, forbid_unknown_fields=True):
    """A member's letter of credence, its exact bytes."""

    kind: _Kind
    data: Annotated[bytes, Meta(max_length=limits.LETTER_BYTES)]


class KeysItem(Struct, frozen=True, array_like=True, forbid_unknown_fields=True):
    """A key statement of ``member``, its exact bytes."""

    kind: _Kind
    member: _Member
    data: Annotated[bytes, Meta(max_length=limits.KEY_STATEMENT_BYTES)]


class NotUsItem(Struct, frozen=True, array_like=True, forbid_unknown_fields=True):
    """A statement of ``author`` that disowns others; a dossier of one case shows it as well."""

    kind: _Kind
    author: _Member
    data: Annotated[bytes, Meta(max_length=limits.STATEMENT_BYTES)]


class ReceiptItem(Struct, frozen=True, array_like=True, forbid_unknown_fields=True):
    """A receipt of ``issuer`` over its root at ``size``, of which ``own`` are its own statements.

    It receipts the other member's statements below ``size - own``. Channel mode only.
    """

    kind: _Kind
    issuer: _Member
    size: Count
    own: Count
    protected: _Protected
    signature: Bytes64


class CheckpointItem(Struct, frozen=True, array_like=True, forbid_unknown_fields=True):
    """A checkpoint of ``owner``'s log: the C2SP note with all signature lines.

    ``own`` counts the owner's own statements below its size; null in case mode.
    """

    kind: _Kind
    owner: _Member
    own: Count | None
    note: Annotated[str, Meta(max_length=limits.NOTE_BYTES)]


class ProofItem(Struct, frozen=True, array_like=True, forbid_unknown_fields=True):
    """Inclusion of the statement before in ``owner``'s log, under its checkpoint of ``size``.

    Case mode only.
    """

    kind: _Kind
    owner: _Member
    size: Count
    index: Count
    path: Annotated[tuple[Bytes32, ...], Meta(max_length=64)]


class FullReceiptItem(Struct, frozen=True, array_like=True, forbid_unknown_fields=True):
    """``issuer``'s receipt for the statement before, as RFC 9942 writes it. Case mode only."""

    kind: _Kind
    issuer: _Member
    data: Annotated[bytes, Meta(max_length=RECEIPT_BYTES)]


class WitnessItem(Struct, frozen=True, array_like=True, forbid_unknown_fields=True):
    """A witness' cosignature over the checkpoint before: of ``owner``'s log of ``epoch``.

    ``type`` is the C2SP signature type, 4 (Ed25519) or 6 (ML-DSA-44), ``key`` the raw key of the
    witness, for which no letter vouches.
    """

    kind: _Kind
    owner: _Member
    epoch: Count
    size: Count
    root: Bytes32
    name: Annotated[str, Meta(min_length=1, max_length=255)]
    type: Annotated[int, Meta(ge=4, le=6)]
    key: Annotated[bytes, Meta(max_length=1312)]
    line: Annotated[str, Meta(max_length=limits.NOTE_BYTES)]


class EndItem(Struct, frozen=True, array_like=True, forbid_unknown_fields=True):
    """Number of items before, SHA-256 over all bytes before, and the exporter's signature."""

    kind: _Kind
    items: Count
    digest: Bytes32
    kid: Bytes32
    signature: Bytes64


class MarkItem(Struct, frozen=True, array_like=True, forbid_unknown_fields=True):
    """``owner``'s log has ``size`` leaves here, ``own`` of them its own statements.

    Later statements may claim to have verified a checkpoint of this size; a reader notes the root
    as it passes. Channel mode only.
    """

    kind: _Kind
    owner: _Member
    size: Count
    own: Count


def is_headed(found: tuple[str, int], expected: tuple[str, int]) -> bool:
    """Whether a file of this container is of the kind that is expected: magic word and version.

    :raises ParleyError: ``version-unsupported`` where it is, in another version.
    """
    if found[0] == expected[0] and found != expected:
        raise ParleyError(Reason.VERSION_UNSUPPORTED, version=found[1])
    return found == expected


def frame(item: bytes) -> bytes:
    """An item as it stands in the file."""
    return cose.bstr(item)


def statement_item(author: int, data: bytes, body: bytes | None) -> bytes:
    """[2, author, data, body]; ``body`` is its deterministic CBOR, null where it was erased."""
    return b"".join(
        (_STATEMENT_HEAD, bytes((author,)), cose.bstr(data), _ERASED if body is None else body)
    )


def read_statement(item: bytes) -> tuple[int, bytes, bytes | None]:
    """Author, exact bytes and body of a statement item; neither of the two is looked into.

    :raises ParleyError: ``dossier-malformed``.
    """
    try:
        author = item[2]
        data, at = cose.read_bstr(item, 3)
    except (IndexError, ValueError):
        raise malformed("statement") from None
    if item[:2] != _STATEMENT_HEAD or author >= limits.MEMBERS:
        raise malformed("statement")
    body = item[at:]
    return author, data, None if body == _ERASED else body


def kind_of(item: bytes) -> int:
    """The kind of an item.

    :raises ParleyError: ``dossier-malformed`` if it is no array that begins with a kind.
    """
    if len(item) < 2 or not 0x80 < item[0] < 0x98 or item[1] > LAST_KIND:
        raise malformed("kind")
    return item[1]


def encode(item: Struct) -> bytes:
    """The deterministic CBOR of an item."""
    return cbor.encode_model(item)


class Reader:
    """Reads items one after the other, and hashes what it has read.

    ``number`` is the place of the item that was read last, from 0; ``offset`` counts the bytes up
    to its end.
    """

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self._buffer = b""
        self._at = 0
        self._hashed = 0
        self._hash = sha256()
        self._base = 0
        self.number = -1

    @property
    def offset(self) -> int:
        """How many bytes of the file have been read as items."""
        return self._base + self._at

    def __iter__(self) -> Iterator[bytes]:
        """Items up to and with the end; whoever stops early loses nothing.

        :raises ParleyError: ``dossier-malformed``, ``dossier-truncated``, ``too-large``; with the
            number of the item.
        """
        while True:
            item = self._next()
            self.number += 1
            yield item
            if item[1:2] == END_MARK:
                return

    def digest(self) -> bytes:
        """SHA-256 over all bytes before the item that was read last."""
        self._hash.update(self._buffer[self._hashed : self._start])
        self._hashed = self._start
        return self._hash.digest()

    def expect_end(self) -> None:
        """Check that nothing follows.

        :raises ParleyError: ``dossier-trailing``.
        """
        if self._at < len(self._buffer) or self._stream.read(1):
            raise ParleyError(Reason.DOSSIER_TRAILING)

    def _next(self) -> bytes:
        at, buffer = self._at, self._buffer
        if len(buffer) - at < 5:
            buffer = self._fill(5)
            at = self._at
        try:
            start, end = _bounds(buffer, at)
        except IndexError:
            raise self._error(Reason.DOSSIER_TRUNCATED) from None
        except ValueError:
            raise self._error(Reason.DOSSIER_MALFORMED, fact="boundary") from None
        if end - start > ITEM_BYTES:
            raise self._error(Reason.TOO_LARGE, size=end - start, limit=ITEM_BYTES)
        if end > len(buffer):
            shift = at
            buffer = self._fill(end - at)
            start, end, at = start - shift, end - shift, 0
            if end > len(buffer):
                raise self._error(Reason.DOSSIER_TRUNCATED)
        self._start, self._at = at, end
        return buffer[start:end]

    def _fill(self, needed: int) -> bytes:
        """Have ``needed`` bytes from the present place on in the buffer, if the file has them."""
        rest = self._buffer[self._at :]
        self._hash.update(self._buffer[self._hashed : self._at])
        parts = [rest]
        have = len(rest)
        while have < needed:
            block = self._stream.read(max(_BLOCK, needed - have))
            if not block:
                break
            parts.append(block)
            have += len(block)
        self._base += self._at
        self._at = self._hashed = 0
        self._buffer = b"".join(parts)
        return self._buffer

    def _error(self, reason: Reason, **facts: str | int) -> ParleyError:
        return ParleyError(reason, item=self.number + 1, **facts)


def _bounds(buffer: bytes, at: int) -> tuple[int, int]:
    """Where the content of the byte string at ``at`` starts and ends.

    :raises IndexError: the buffer ends before that can be told.
    :raises ValueError: no byte string, or its length is not the shortest.
    """
    head = buffer[at]
    if 0x40 <= head < 0x58:
        start, length, least = at + 1, head - 0x40, 0
    elif head == 0x58:
        start, length, least = at + 2, buffer[at + 1], 24
    elif head == 0x59:
        start, length, least = at + 3, buffer[at + 1] << 8 | buffer[at + 2], 0x100
    elif head == 0x5A:
        _ = buffer[at + 4]
        start, length, least = at + 5, int.from_bytes(buffer[at + 1 : at + 5], "big"), 0x10000
    else:
        raise ValueError
    if length < least:
        raise ValueError
    return start, start + length


def malformed(fact: str) -> ParleyError:
    """The error for an item that is not in the form of a dossier."""
    return ParleyError(Reason.DOSSIER_MALFORMED, fact=fact)
