"""Anchors: how far each channel had come when something of it last left this desk.

They lie in files outside the database and outside its backups. A database that holds less than its
anchor says is an old copy, whose next signature would contradict one that was given before.

One file a channel, 1,024 bytes, for ever: two slots that are written in turn, in place, each with a
number and a checksum. A write that the power cut short leaves the other slot, and nothing had left
the desk by then.
"""

from __future__ import annotations

import fcntl
import os
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path
from typing import Final, NamedTuple

from parley.kernel.errors import ParleyError
from parley.kernel.reasons import Reason
from parley.store.files import write_durably
from parley.store.log import Chain

SLOT_BYTES: Final = 512
SUFFIX: Final = ".anchor"

_MAGIC: Final = b"parley-anchor-1\n"
_FORM: Final = struct.Struct(">16s32sQQQ32sQ32sQ32s")
_OPEN_FILES: Final = 256
_NO_LEAF: Final = bytes(32)

# A file whose length does not change needs no more than its data on disk.
_sync: Final = getattr(os, "fdatasync", os.fsync)


class Head(NamedTuple):
    """How far a channel has come at our desk: our chain, our log, and the peer's chain in it.

    ``root`` is the root of our log at ``size``.
    """

    epoch: int
    count: int  # type: ignore[assignment]  # hides tuple.count, which nobody needs here
    leaf: bytes | None
    size: int
    root: bytes
    peer_count: int
    peer_leaf: bytes | None

    @classmethod
    def of(cls, own: Chain, peer: Chain, root: bytes) -> Head:
        """What an anchor keeps of a channel with these chains and this root of our log."""
        size = own.count + peer.count
        return cls(own.epoch, own.count, own.leaf, size, root, peer.count, peer.leaf)

    @property
    def order(self) -> tuple[int, int]:
        """A log only grows; an epoch begins anew where the peer had acknowledged."""
        return (self.epoch, self.size)


NOTHING: Final = Head(0, 0, None, 0, sha256().digest(), 0, None)
"""Before anything has left the desk."""


class Anchors:
    """The anchors of one desk, in ``folder``. Threads and processes may share them."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._lock = threading.Lock()
        self._files: dict[bytes, int] = {}
        self._known: dict[bytes, tuple[bytes, tuple[int, Head]]] = {}
        self._unsynced: set[bytes] = set()

    def begin(self, channel: bytes) -> None:
        """Give a new channel its anchor, before anything of it is signed. One that is there stays.

        :raises OSError: where the folder cannot be written.
        """
        if not self._path(channel).exists():
            write_durably(self._path(channel), _slot(channel, 0, NOTHING) + bytes(SLOT_BYTES))

    def read(self, channel: bytes) -> Head:
        """What had left the desk at the least.

        :raises ParleyError: ``anchor-missing``, ``anchor-damaged``.
        """
        with self._lock:
            try:
                descriptor = self._file(channel)
            except FileNotFoundError as error:
                raise ParleyError(Reason.ANCHOR_MISSING) from error
            newest = _newest(channel, os.pread(descriptor, 2 * SLOT_BYTES, 0))
        if newest is None:
            raise ParleyError(Reason.ANCHOR_DAMAGED)
        return newest[1]

    def look(self, channel: bytes) -> Head | Reason:
        """What had left at the least, or the reason why that is not known."""
        try:
            return self.read(channel)
        except ParleyError as error:
            return error.reason

    def advance(self, channel: bytes, head: Head) -> None:
        """Have ``head`` on disk before what shows it leaves; one that is no news costs nothing.

        Whoever comes late, with an older head, leaves the newer one as it is.

        :raises ParleyError: ``anchor-missing``, ``anchor-damaged``: then nothing may leave.
        """
        with self._lock, self._alone(channel) as descriptor:
            data = os.pread(descriptor, 2 * SLOT_BYTES, 0)
            # Most often it holds what this process last wrote there.
            known = self._known.get(channel)
            newest = known[1] if known and known[0] == data else _newest(channel, data)
            if newest is None:
                raise ParleyError(Reason.ANCHOR_DAMAGED)
            number, stored = newest
            if stored.order < head.order:
                place = (number + 1) % 2 * SLOT_BYTES
                slot = _slot(channel, number + 1, head)
                self._unsynced.add(channel)
                os.pwrite(descriptor, slot, place)
                _sync(descriptor)
                self._unsynced.discard(channel)
                data = data[:place] + slot + data[place + SLOT_BYTES :]
                self._known[channel] = data, (number + 1, head)
            elif channel in self._unsynced:
                # It stands in the file since a sync failed, or since a process ended before its.
                _sync(descriptor)
                self._unsynced.discard(channel)

    def replace(self, channel: bytes, head: Head) -> None:
        """Put a new anchor in the place of one that is lost, damaged, or was given up."""
        if not self._path(channel).exists():
            write_durably(self._path(channel), _slot(channel, 0, NOTHING) + bytes(SLOT_BYTES))
        with self._lock, self._alone(channel) as descriptor:
            # In place: other processes have this very file open.
            newest = _newest(channel, os.pread(descriptor, 2 * SLOT_BYTES, 0))
            number = newest[0] + 1 if newest else 0
            os.ftruncate(descriptor, 2 * SLOT_BYTES)
            place = number % 2 * SLOT_BYTES
            os.pwrite(descriptor, _slot(channel, number, head), place)
            os.fsync(descriptor)
            os.pwrite(descriptor, bytes(SLOT_BYTES), SLOT_BYTES - place)
            os.fsync(descriptor)

    def channels(self) -> list[bytes]:
        """The channels that have an anchor, in order of their identifiers."""
        names = sorted(path.stem for path in self._folder.glob(f"*{SUFFIX}"))
        return [bytes.fromhex(name) for name in names if _is_channel(name)]

    def close(self) -> None:
        """Give all files back."""
        with self._lock:
            for channel in list(self._files):
                self._forget(channel)

    def _path(self, channel: bytes) -> Path:
        return self._folder / f"{channel.hex()}{SUFFIX}"

    def _file(self, channel: bytes) -> int:
        descriptor = self._files.get(channel)
        if descriptor is None:
            if len(self._files) >= _OPEN_FILES:
                self._forget(next(iter(self._files)))
            descriptor = os.open(self._path(channel), os.O_RDWR | os.O_CLOEXEC)
            self._files[channel] = descriptor
            self._unsynced.add(channel)
        return descriptor

    def _forget(self, channel: bytes) -> None:
        self._known.pop(channel, None)
        descriptor = self._files.pop(channel, None)
        if descriptor is not None:
            os.close(descriptor)

    @contextmanager
    def _alone(self, channel: bytes) -> Iterator[int]:
        """The file of a channel, with no other process writing to it."""
        try:
            descriptor = self._file(channel)
        except FileNotFoundError as error:
            raise ParleyError(Reason.ANCHOR_MISSING) from error
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        try:
            yield descriptor
        finally:
            fcntl.flock(descriptor, fcntl.LOCK_UN)


def _is_channel(name: str) -> bool:
    return len(name) == 64 and all(character in "0123456789abcdef" for character in name)


def _slot(channel: bytes, number: int, head: Head) -> bytes:
    packed = _FORM.pack(
        _MAGIC,
        channel,
        number,
        head.epoch,
        head.count,
        head.leaf or _NO_LEAF,
        head.size,
        head.root,
        head.peer_count,
        head.peer_leaf or _NO_LEAF,
    )
    return (packed + sha256(packed).digest()).ljust(SLOT_BYTES, b"\x00")


def _newest(channel: bytes, data: bytes) -> tuple[int, Head] | None:
    """The slot that was written last, with its number; null where neither is whole."""
    found = [_parsed(channel, data[start : start + SLOT_BYTES]) for start in (0, SLOT_BYTES)]
    whole = [slot for slot in found if slot is not None]
    return max(whole, key=lambda slot: slot[0]) if whole else None


def _parsed(channel: bytes, slot: bytes) -> tuple[int, Head] | None:
    packed = slot[: _FORM.size]
    if len(slot) != SLOT_BYTES or sha256(packed).digest() != slot[_FORM.size : _FORM.size + 32]:
        return None
    magic, of, number, epoch, count, leaf, size, root, peers, peer_leaf = _FORM.unpack(packed)
    if (magic, of) != (_MAGIC, channel):
        return None
    return number, Head(
        epoch, count, leaf if count else None, size, root, peers, peer_leaf if peers else None
    )
