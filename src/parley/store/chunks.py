"""The bytes of attachments: one file each, chunk by chunk, sealed, outside the database.

Chunk ``i`` of a file lies at its place, sealed under a key that only the vault's slot gives, with
its number as the nonce: one number is only ever used for one text, because every chunk is checked
against the root before, and the key is drawn from the root's salt as well. So a chunk may be
written twice, by two processes at once or after a crash, and the bytes are the same. Behind the
chunks stand their leaf hashes, sealed alike, from which the paths are made for whoever asks.

The files are never anything but sealed: no program could open or run what is in them.
"""

from __future__ import annotations

import errno
import os
import time
from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final, NamedTuple

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from parley.kernel.errors import ParleyError
from parley.kernel.reasons import Reason
from parley.store.files import sync_folder

SUFFIX: Final = ".sealed"
_TAG: Final = 16
_LEAF: Final = 32
_NONCE: Final = 12
_LEAVES: Final = 1 << 88
"""Nonces of leaf hashes begin here, far above any chunk's."""

_STRAY_SECONDS: Final = 86_400


class Sealed(NamedTuple):
    """One file of chunks: its name, its key, the size of a chunk, and how many there are."""

    id: bytes
    cipher: AESGCM
    chunk: int
    count: int  # type: ignore[assignment]  # hides tuple.count, which nobody needs here
    size: int

    def length(self, index: int) -> int:
        """The bytes of chunk ``index``, before they are sealed."""
        return min(self.chunk, self.size - index * self.chunk)

    def place(self, index: int) -> int:
        """Where chunk ``index`` begins in the file."""
        return index * (self.chunk + _TAG)

    def leaf_place(self, index: int) -> int:
        """Where the leaf hash of chunk ``index`` begins in the file."""
        return self.size + self.count * _TAG + index * (_LEAF + _TAG)

    @property
    def bytes(self) -> int:
        """What the whole file has."""
        return self.leaf_place(self.count)


class Chunks:
    """The files in ``folder``, which several machines may share. ``keep_free``: bytes that stay."""

    def __init__(self, folder: Path, keep_free: int = 0) -> None:
        self.folder = folder
        self._keep_free = keep_free

    def path(self, identifier: bytes) -> Path:
        """Where a file lies."""
        return self.folder / (identifier.hex() + SUFFIX)

    def check_room(self, size: int) -> None:
        """Refuse to write ``size`` bytes more where too little of the disk would be left.

        :raises ParleyError: ``storage-full``.
        """
        with _failing_plainly():
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            found = os.statvfs(self.folder)
        if found.f_bavail * found.f_frsize < size + self._keep_free:
            raise ParleyError(Reason.STORAGE_FULL)

    def write(self, file: Sealed, index: int, leaf: bytes, data: bytes) -> None:
        """Put a checked chunk in its place; :meth:`sync` makes it last.

        :raises ParleyError: ``storage-full``, ``attachment-unwritable``.
        """
        bound = _bound(file, index)
        sealed = file.cipher.encrypt(_nonce(index), data, bound)
        sealed_leaf = file.cipher.encrypt(_nonce(_LEAVES + index), leaf, bound)
        with _failing_plainly(), self._opened(file, os.O_RDWR | os.O_CREAT) as descriptor:
            _put(descriptor, sealed, file.place(index))
            _put(descriptor, sealed_leaf, file.leaf_place(index))

    def write_leaves(self, file: Sealed, leaves: Iterable[bytes]) -> None:
        """Put all leaf hashes in their places, before any chunk has come.

        :raises ParleyError: ``storage-full``, ``attachment-unwritable``.
        """
        sealed = b"".join(
            file.cipher.encrypt(_nonce(_LEAVES + index), leaf, _bound(file, index))
            for index, leaf in enumerate(leaves)
        )
        with _failing_plainly(), self._opened(file, os.O_RDWR | os.O_CREAT) as descriptor:
            _put(descriptor, sealed, file.leaf_place(0))

    def leaf(self, file: Sealed, index: int) -> bytes:
        """The leaf hash of a chunk.

        :raises ParleyError: ``attachment-damaged``.
        """
        sealed = self._read(file, _LEAF + _TAG, file.leaf_place(index))
        return _unsealed(file, _LEAVES + index, index, sealed)

    def sync(self, identifier: bytes) -> None:
        """Have what was written to a file on disk, and its name.

        :raises ParleyError: ``storage-full``, ``attachment-unwritable``.
        """
        with _failing_plainly():
            descriptor = os.open(self.path(identifier), os.O_RDWR)
            try:
                os.fsync(descriptor)
            finally:
                os.close(descriptor)
            sync_folder(self.folder)

    def read(self, file: Sealed, index: int) -> bytes:
        """A chunk.

        :raises ParleyError: ``attachment-damaged``.
        """
        sealed = self._read(file, file.length(index) + _TAG, file.place(index))
        return _unsealed(file, index, index, sealed)

    def leaves(self, file: Sealed) -> list[bytes]:
        """The leaf hashes of a file that is whole.

        :raises ParleyError: ``attachment-damaged``.
        """
        width = _LEAF + _TAG
        sealed = self._read(file, width * file.count, file.leaf_place(0))
        return [
            _unsealed(file, _LEAVES + i, i, sealed[i * width : (i + 1) * width])
            for i in range(file.count)
        ]

    def _read(self, file: Sealed, length: int, place: int) -> bytes:
        try:
            with self._opened(file, os.O_RDONLY) as descriptor:
                return os.pread(descriptor, length, place)
        except OSError as error:
            raise ParleyError(Reason.ATTACHMENT_DAMAGED) from error

    @contextmanager
    def _opened(self, file: Sealed, flags: int) -> Iterator[int]:
        descriptor = os.open(self.path(file.id), flags | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
        try:
            yield descriptor
        finally:
            os.close(descriptor)

    def is_there(self, identifier: bytes) -> bool:
        """Whether there is a file of this name."""
        return self.path(identifier).is_file()

    def remove(self, identifier: bytes) -> None:
        """Remove a file and have it gone; one that is not there is gone already.

        :raises ParleyError: ``attachment-unwritable``.
        """
        with _failing_plainly():
            self.path(identifier).unlink(missing_ok=True)
            if self.folder.is_dir():
                sync_folder(self.folder)

    def strays(self, known: Collection[bytes]) -> list[bytes]:
        """Files that belong to nothing ``known`` and that nobody has touched for a day."""
        if not self.folder.is_dir():
            return []
        names = {identifier.hex() for identifier in known}
        before = time.time() - _STRAY_SECONDS
        return [
            bytes.fromhex(path.stem)
            for path in self.folder.glob(f"*{SUFFIX}")
            if path.stem not in names and path.stat().st_mtime < before
        ]


def _unsealed(file: Sealed, number: int, index: int, sealed: bytes) -> bytes:
    try:
        return file.cipher.decrypt(_nonce(number), sealed, _bound(file, index))
    except (InvalidTag, ValueError) as error:
        raise ParleyError(Reason.ATTACHMENT_DAMAGED) from error


def _put(descriptor: int, data: bytes, place: int) -> None:
    view = memoryview(data)
    while view:
        written = os.pwrite(descriptor, view, place)
        view, place = view[written:], place + written


def _nonce(number: int) -> bytes:
    return number.to_bytes(_NONCE, "big")


def _bound(file: Sealed, index: int) -> bytes:
    return file.id + index.to_bytes(8, "big")


@contextmanager
def _failing_plainly() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        if error.errno in {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}:
            raise ParleyError(Reason.STORAGE_FULL) from error
        fact = errno.errorcode.get(error.errno or 0, type(error).__name__)
        raise ParleyError(Reason.ATTACHMENT_UNWRITABLE, fact=fact) from error
