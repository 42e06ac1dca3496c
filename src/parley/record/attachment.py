r"""An attachment: bytes that travel beside a statement, bound to it by root and size.

A file is cut into chunks of one size, a power of two; the last one may be shorter. Their leaf
hashes make a tree as in RFC 9162, section 2.1. What stands in the statement's body is::

    root = SHA-256("parley/attachment/1\n" || salt (32) || size (8) || bits (1) || tree root (32))
    value = root || size (8)

with ``bits`` the binary logarithm of a chunk's size; numbers are big-endian. The salt is random and
no part of the statement: it comes with the chunks. So the root alone says nothing of the content,
and each chunk is checked by itself, in any order, against what the author signed: its salt, size,
place and path lead to the root, or it is refused.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from hashlib import sha256
from typing import BinaryIO, Final, NamedTuple

from parley.crypto import merkle
from parley.kernel import limits
from parley.kernel.errors import ParleyError
from parley.kernel.reasons import Reason
from parley.record.body import Value

SALT_BYTES: Final = 32
ROOT_BYTES: Final = 32
DEFAULT_BITS: Final = limits.CHUNK_BITS_MOST

GROUP: Final = "attachments"
"""The header code that counts attachments, and the group of their fields in a body."""

_CONTENT: Final = "content"
_CONTEXT: Final = b"parley/attachment/1\n"
_SIZE_BYTES: Final = 8


class Commitment(NamedTuple):
    """What a statement says of an attachment: salted root, and size in bytes."""

    root: bytes
    size: int

    @property
    def value(self) -> bytes:
        """The value of the field in the body, 40 bytes."""
        return self.root + self.size.to_bytes(_SIZE_BYTES, "big")

    @classmethod
    def of(cls, value: bytes) -> Commitment:
        """From a checked value of a body."""
        return cls(value[:ROOT_BYTES], int.from_bytes(value[ROOT_BYTES:], "big"))


class Shape(NamedTuple):
    """How a file of ``size`` bytes is cut into chunks of ``1 << bits``."""

    size: int
    bits: int

    @property
    def chunks(self) -> int:
        """How many there are."""
        return -(-self.size >> self.bits)

    def length(self, index: int) -> int:
        """The bytes of chunk ``index``."""
        return min(1 << self.bits, self.size - (index << self.bits))


def check_shape(shape: Shape) -> None:
    """Refuse what cannot be: chunks of another size than there are, or too many of them.

    :raises ParleyError: ``chunk-wrong``.
    """
    if not limits.CHUNK_BITS_LEAST <= shape.bits <= limits.CHUNK_BITS_MOST:
        raise ParleyError(Reason.CHUNK_WRONG, fact="bits")
    if not 0 < shape.chunks <= limits.CHUNKS_IN_ATTACHMENT:
        raise ParleyError(Reason.CHUNK_WRONG, fact="chunks")


def fitting_bits(size: int, wished: int = DEFAULT_BITS) -> int:
    """The wished chunk size, or the least above it with which there are not too many chunks."""
    bits = wished
    while bits < limits.CHUNK_BITS_MOST and Shape(size, bits).chunks > limits.CHUNKS_IN_ATTACHMENT:
        bits += 1
    return bits


def root_of(salt: bytes, shape: Shape, tree_root: bytes) -> bytes:
    """The salted root of a file whose chunks have the tree root ``tree_root``."""
    size = shape.size.to_bytes(_SIZE_BYTES, "big")
    return sha256(_CONTEXT + salt + size + bytes((shape.bits,)) + tree_root).digest()


def check_chunk(
    commitment: Commitment,
    salt: bytes,
    shape: Shape,
    index: int,
    path: Sequence[bytes],
    data: bytes,
) -> bytes:
    """Check that ``data`` is chunk ``index`` of what a statement committed to; returns its leaf.

    :raises ParleyError: ``chunk-wrong``.
    """
    check_shape(shape)
    if shape.size != commitment.size:
        raise ParleyError(Reason.CHUNK_WRONG, fact="size")
    if not 0 <= index < shape.chunks or len(data) != shape.length(index):
        raise ParleyError(Reason.CHUNK_WRONG, fact="length")
    leaf = merkle.leaf_hash(data)
    try:
        tree_root = merkle.root_from_inclusion(leaf, index, shape.chunks, path)
    except ParleyError as error:
        raise ParleyError(Reason.CHUNK_WRONG, fact="path") from error
    if root_of(salt, shape, tree_root) != commitment.root:
        raise ParleyError(Reason.CHUNK_WRONG, fact="root")
    return leaf


def chunks_of(file: BinaryIO, shape: Shape) -> Iterator[bytes]:
    """The chunks of a file, one at a time.

    :raises ParleyError: ``attachment-changed`` where it has not the size that it was to have.
    """
    for index in range(shape.chunks):
        data = file.read(shape.length(index))
        if len(data) != shape.length(index):
            raise ParleyError(Reason.ATTACHMENT_CHANGED)
        yield data
    if file.read(1):
        raise ParleyError(Reason.ATTACHMENT_CHANGED)


def in_body(values: Mapping[str, object]) -> dict[int, Commitment]:
    """The attachments in the values of a checked body, by number."""
    found: dict[int, Commitment] = {}
    for path, value in values.items():
        group, _, rest = path.partition("/")
        number, _, name = rest.partition("/")
        if group == GROUP and name == _CONTENT and isinstance(value, bytes):
            found[int(number)] = Commitment.of(value)
    return found


def without(values: Mapping[str, Value], number: int) -> dict[str, Value]:
    """The values of a body without its attachment ``number``; those after it move up by one."""
    kept: dict[str, Value] = {}
    for path, value in values.items():
        group, _, rest = path.partition("/")
        place, _, name = rest.partition("/")
        if group != GROUP:
            kept[path] = value
        elif (at := int(place)) != number:
            kept[f"{GROUP}/{at - 1 if at > number else at}/{name}"] = value
    return kept
