"""Which peers have answered since this desk was started: shared by its processes, and kept nowhere.

A database can be set back together with its anchors, as whole disks are. Only the peer knows then.
So after each start a desk first asks, and sends nothing new before the answer. The processes that
serve one desk hold a lock on one file as long as they run; what one of them has learnt counts for
all of them, and for commands beside them, and for nobody once the last of them has ended.
"""

from __future__ import annotations

import fcntl
import os
import threading
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

_ID_BYTES: Final = 32
_FRAMES: Final = 16
_MOST_BYTES: Final = 1 << 20


class Contacts:
    """What is known of the peers' answers since the start.

    ``file`` is where the processes that serve meet; ``serving``: this is one of them.
    """

    def __init__(self, file: Path, *, serving: bool = False) -> None:
        self._file = file
        self._lock = threading.Lock()
        self._confirmed: set[bytes] = set()
        self._made: dict[bytes, deque[bytes]] = {}
        self._serving = _joined(file) if serving else None

    def confirmed(self, channel: bytes) -> bool:
        """Whether the peer of ``channel`` has said, since the start, that our record is whole."""
        with self._lock:
            if channel not in self._confirmed:
                self._confirmed |= self._of_others()
            return channel in self._confirmed

    def confirm(self, channel: bytes) -> None:
        """Note that it has."""
        with self._lock:
            if channel in self._confirmed:
                return
            self._confirmed.add(channel)
            if self._serving is not None:
                os.write(self._serving, channel)

    def made(self, channel: bytes, digest: bytes) -> None:
        """Remember a frame of ours, by its SHA-256: whoever answers it does so after the start."""
        with self._lock:
            self._made.setdefault(channel, deque(maxlen=_FRAMES)).append(digest)

    def answered(self, channel: bytes, digest: bytes | None) -> bool:
        """Whether ``digest`` is of a frame that we have made since the start."""
        with self._lock:
            return digest is not None and digest in self._made.get(channel, ())

    def close(self) -> None:
        """Leave the processes that serve."""
        if self._serving is not None:
            os.close(self._serving)
            self._serving = None

    def _of_others(self) -> set[bytes]:
        """What the processes that serve have written, if there are any."""
        try:
            descriptor = os.open(self._file, os.O_RDONLY | os.O_CLOEXEC)
        except FileNotFoundError:
            return set()
        try:
            with _mutex(self._file):
                if self._serving is None and _nobody(descriptor):
                    return set()
            data = os.read(descriptor, _MOST_BYTES)
        finally:
            os.close(descriptor)
        return {data[at : at + _ID_BYTES] for at in range(0, len(data) - _ID_BYTES + 1, _ID_BYTES)}


def is_served(file: Path) -> bool:
    """Whether any process serves the desk whose processes meet at ``file``."""
    try:
        descriptor = os.open(file, os.O_RDONLY | os.O_CLOEXEC)
    except FileNotFoundError:
        return False
    try:
        with _mutex(file):
            return not _nobody(descriptor)
    finally:
        os.close(descriptor)


def _joined(file: Path) -> int:
    """Join the processes that serve; the first of them begins with nothing."""
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    flags = os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC
    descriptor = os.open(file, flags, 0o600)
    with _mutex(file):
        if _nobody(descriptor):
            os.ftruncate(descriptor, 0)
        fcntl.flock(descriptor, fcntl.LOCK_SH)
    return descriptor


@contextmanager
def _mutex(file: Path) -> Iterator[None]:
    """One process at a time looks whether any serves: a look must not be taken for a server."""
    descriptor = os.open(file.with_suffix(".lock"), os.O_WRONLY | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def _nobody(descriptor: int) -> bool:
    """Whether no process serves."""
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
