"""A fault at one write: an error or the end of the process, before the write or after it."""

from __future__ import annotations

import errno
import io
import os
import pickle
import signal
import sys
import traceback
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from enum import Enum
from typing import Any, NamedTuple

from tests.crash import seams, sqlite_io
from tests.crash.seams import Write


class Mode(Enum):
    """What happens at the chosen write."""

    ERROR = "error"
    """It fails, and nothing of it is there."""
    ERROR_AFTER = "error after"
    """It is there, and still an error is reported."""
    HALF = "half, then error"
    """The first half of the bytes is there. A write that has no halves fails."""
    FULL = "full from here"
    """This write and all that follow fail, as on a full disk."""
    KILL = "kill -9"
    KILL_AFTER = "kill -9 after"
    KILL_HALF = "half, then kill -9"


KILLS = frozenset({Mode.KILL, Mode.KILL_AFTER, Mode.KILL_HALF})


class Fault:
    """Counts the writes of some layers, and has the one with number ``at`` (from 1) go wrong.

    Without a number it only counts; ``writes`` has all that passed.
    """

    def __init__(
        self, layers: frozenset[str], at: int | None = None, mode: Mode = Mode.ERROR
    ) -> None:
        self._layers = layers
        self._at = at
        self._mode = mode
        self.writes: list[Write] = []
        self.hit: Write | None = None

    def __call__(self, write: Write, do: Callable[[], Any]) -> Any:
        """See :data:`tests.crash.seams.Observer`."""
        if write.layer not in self._layers:
            return do()
        self.writes.append(write)
        number = len(self.writes)
        stays = self._mode is Mode.FULL and self._at is not None and number > self._at
        if number != self._at and not stays:
            return do()
        self.hit = self.hit or write
        return self._go_wrong(write, do)

    def _go_wrong(self, write: Write, do: Callable[[], Any]) -> Any:
        match self._mode:
            case Mode.ERROR_AFTER:
                _close(do())
            case Mode.KILL_AFTER:
                # Some writes fail by themselves, and are borne: a folder that is there already.
                with suppress(OSError):
                    do()
            case Mode.HALF | Mode.KILL_HALF:
                _half(write)
        if self._mode in KILLS:
            os.kill(os.getpid(), signal.SIGKILL)
        raise _error(write, full=self._mode in {Mode.FULL, Mode.HALF})


def _close(done: Any) -> None:
    """Close a file that was opened, and that nobody is given."""
    if isinstance(done, io.IOBase):
        done.close()


def _half(write: Write) -> None:
    """Carry out the first half of a write of bytes."""
    if write.kind == "write" and write.layer in {"file", "disk"}:
        with seams.unwatched():
            descriptor = os.open(write.place, os.O_WRONLY)
            os.pwrite(descriptor, write.data[: len(write.data) // 2], write.offset)
            os.close(descriptor)


def _error(write: Write, *, full: bool) -> Exception:
    """What a system really says where this write fails."""
    if write.layer == "disk":
        code = sqlite_io.IO_ERRORS[write.kind.partition("-")[0]]
        return sqlite_io.DiskError(sqlite_io.FULL if full and write.kind == "write" else code)
    if write.layer == "file":
        number = errno.ENOSPC if full else errno.EIO
        return OSError(number, os.strerror(number), write.place)
    return write.failure("database or disk is full" if full else "disk I/O error")


# --- in a process of its own ---------------------------------------------------------------------


class Ended(NamedTuple):
    """How a child ended: what it had said before, and whether it was killed."""

    said: list[Any]
    killed: bool


class ChildError(AssertionError):
    """The child ended otherwise than it should; the text is its trace."""


Say = Callable[[Any], None]
Child = tuple[int, Callable[[], Ended]]


@contextmanager
def child(work: Callable[[Say], None]) -> Iterator[Child]:
    """Run ``work`` in a fork of this process. Yields its pid, and what waits for its end.

    ``work`` gets a function that says something to us (anything that pickles); what was said has
    left the process and outlives a kill. A fork costs milliseconds: all is imported, and no desk
    may be open here.
    """
    reading, writing = os.pipe()
    sys.stdout.flush()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # of threads: none is ours
        pid = os.fork()
    if pid == 0:
        code = 1
        try:
            os.close(reading)
            work(lambda what: _say(writing, what))
            code = 0
        except BaseException:  # noqa: BLE001 - nothing of the parent may go on here
            _say(writing, ChildError(traceback.format_exc()))
        finally:
            os._exit(code)
    os.close(writing)
    ended = False

    def wait() -> Ended:
        nonlocal ended
        said = _heard(reading)
        _pid, status = os.waitpid(pid, 0)
        ended = True
        for what in said:
            if isinstance(what, ChildError):
                raise what
        killed = os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL
        if not killed and status != 0:
            raise ChildError(f"status {status}")
        return Ended(said, killed)

    try:
        yield pid, wait
    finally:
        os.close(reading)
        if not ended:
            os.kill(pid, signal.SIGKILL)
            os.waitpid(pid, 0)


_write = os.write


def _say(descriptor: int, what: Any) -> None:
    data = pickle.dumps(what)
    data = len(data).to_bytes(4, "big") + data
    while data:
        data = data[_write(descriptor, data) :]


def _heard(descriptor: int) -> list[Any]:
    """Everything that was said in full."""
    parts: list[bytes] = []
    while part := os.read(descriptor, 1 << 20):
        parts.append(part)
    data, said = b"".join(parts), []
    while len(data) >= 4 and len(data) >= 4 + (size := int.from_bytes(data[:4], "big")):
        said.append(pickle.loads(data[4 : 4 + size]))  # noqa: S301 - our own child said it
        data = data[4 + size :]
    return said
