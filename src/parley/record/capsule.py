r"""A capsule: an attachment as a file outside the desk, sealed chunk by chunk.

It holds what is needed to check the bytes against the root in the signed statement, without a desk.
The key stands in it: sealing keeps the bytes from being run, opened, rendered or scanned by
mistake, as an archive under a known password does. It keeps nothing secret::

    "parley/capsule/1\n" || length of the header (2) || header || sealed chunks
    header = CBOR [version, root, salt, size, bits, key]

Chunk ``i`` is sealed with AES-256-GCM under the key, its number as the nonce (12 bytes), the root
as associated data; it is followed by the next one.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, BinaryIO, Final

import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from msgspec import Meta

from parley.crypto import merkle
from parley.crypto.merkle import Frontier
from parley.kernel import cbor, limits
from parley.kernel.errors import ParleyError
from parley.kernel.ids import Bytes32, Count
from parley.kernel.reasons import Reason
from parley.record import attachment
from parley.record.attachment import Commitment, Shape

SUFFIX: Final = ".capsule"

_MAGIC: Final = b"parley/capsule/1\n"
_HEADER_BYTES: Final = 256
_LENGTH: Final = 2
_TAG: Final = 16
_NONCE: Final = 12


class Header(msgspec.Struct, frozen=True, array_like=True, forbid_unknown_fields=True):
    """What stands before the chunks."""

    version: Annotated[int, Meta(ge=1, le=1)]
    root: Bytes32
    salt: Bytes32
    size: Count
    bits: Annotated[int, Meta(ge=limits.CHUNK_BITS_LEAST, le=limits.CHUNK_BITS_MOST)]
    key: Bytes32

    @property
    def shape(self) -> Shape:
        """How the bytes are cut."""
        return Shape(self.size, self.bits)

    @property
    def commitment(self) -> Commitment:
        """What a statement must say for these to be its bytes."""
        return Commitment(self.root, self.size)


def write(
    file: BinaryIO, commitment: Commitment, salt: bytes, shape: Shape, chunks: Iterable[bytes]
) -> None:
    """Write a capsule around ``chunks``, which were checked."""
    file.writelines(pieces(commitment, salt, shape, chunks))


def pieces(
    commitment: Commitment, salt: bytes, shape: Shape, chunks: Iterable[bytes]
) -> Iterator[bytes]:
    """A capsule around ``chunks``, piece by piece."""
    header = Header(1, commitment.root, salt, shape.size, shape.bits, secrets.token_bytes(32))
    data = cbor.encode_model(header)
    yield _MAGIC + len(data).to_bytes(_LENGTH, "big") + data
    cipher = AESGCM(header.key)
    for index, chunk in enumerate(chunks):
        yield cipher.encrypt(index.to_bytes(_NONCE, "big"), chunk, header.root)


def read_header(file: BinaryIO) -> Header:
    """The header of a capsule; nothing of it is proved before :func:`opened` has ended.

    :raises ParleyError: ``capsule-malformed``.
    """
    start = file.read(len(_MAGIC) + _LENGTH)
    length = int.from_bytes(start[len(_MAGIC) :], "big")
    if start[: len(_MAGIC)] != _MAGIC or length > _HEADER_BYTES:
        raise ParleyError(Reason.CAPSULE_MALFORMED)
    try:
        header = cbor.decode_as(file.read(length), Header, limit=_HEADER_BYTES)
        attachment.check_shape(header.shape)
    except ParleyError as error:
        raise ParleyError(Reason.CAPSULE_MALFORMED) from error
    return header


def opened(file: BinaryIO, header: Header) -> Iterator[bytes]:
    """The chunks of a capsule. Whoever writes them down trusts none before the last one has come.

    :raises ParleyError: ``capsule-damaged``, after the last chunk also where all of them together
        are not what the root commits to.
    """
    cipher, shape, tree = AESGCM(header.key), header.shape, Frontier()
    for index in range(shape.chunks):
        sealed = file.read(shape.length(index) + _TAG)
        try:
            chunk = cipher.decrypt(index.to_bytes(_NONCE, "big"), sealed, header.root)
        except (InvalidTag, ValueError) as error:
            raise ParleyError(Reason.CAPSULE_DAMAGED) from error
        tree.append(merkle.leaf_hash(chunk))
        yield chunk
    if file.read(1) or attachment.root_of(header.salt, shape, tree.root()) != header.root:
        raise ParleyError(Reason.CAPSULE_DAMAGED)


def verify(file: BinaryIO, progress: Callable[[int], None] = lambda _done: None) -> Header:
    """Check a capsule from its first byte to its last; ``progress`` is told bytes.

    :raises ParleyError: ``capsule-malformed``, ``capsule-damaged``.
    """
    header = read_header(file)
    done = 0
    for chunk in opened(file, header):
        done += len(chunk)
        progress(done)
    return header


@contextmanager
def at(path: Path) -> Iterator[BinaryIO]:
    """A capsule's file to read from.

    :raises ParleyError: ``file-missing``, ``file-unreadable``.
    """
    try:
        with path.open("rb") as file:
            yield file
    except FileNotFoundError as error:
        raise ParleyError(Reason.FILE_MISSING, path=str(path)) from error
    except OSError as error:
        raise ParleyError(
            Reason.FILE_UNREADABLE, path=str(path), fact=type(error).__name__
        ) from error
