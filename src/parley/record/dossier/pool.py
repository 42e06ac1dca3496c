"""Where checks run: in this process, or in others beside it."""

from __future__ import annotations

import multiprocessing
import os
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from typing import Final, Protocol, TypeVar

from parley.record.channel import Channel
from parley.record.dossier import check
from parley.record.dossier.check import Checked, Checker, Fault, Signed

R = TypeVar("R")

Pending = Callable[[], R]
"""Gives the result of a check, once it is there."""

_THIS_MODULE: Final = __name__
_START_METHOD: Final = (
    "forkserver" if "forkserver" in multiprocessing.get_all_start_methods() else "spawn"
)


class Workshop(Protocol):
    """Runs checks; results come in the order in which their callables are called."""

    ahead: int
    """How many batches may be under way at once."""

    def batch(self, items: Sequence[bytes]) -> Pending[Checked]:
        """Check items."""
        ...

    def roots(self, signed: Sequence[Signed]) -> Pending[Fault | None]:
        """Check the signatures of receipts."""
        ...

    def close(self) -> None:
        """Give up what is still under way."""
        ...


class Here:
    """Checks in this process, at once."""

    ahead = 0

    def __init__(self, checker: Checker) -> None:
        self._checker = checker

    def batch(self, items: Sequence[bytes]) -> Pending[Checked]:
        """Check items."""
        checked = self._checker.batch(items)
        return lambda: checked

    def roots(self, signed: Sequence[Signed]) -> Pending[Fault | None]:
        """Check the signatures of receipts."""
        fault = self._checker.roots(signed)
        return lambda: fault

    def close(self) -> None:
        """Nothing is under way."""


class Beside:
    """Checks in ``workers`` other processes, and here as long as they are starting.

    Processes are never forked from this one, which may have threads and open databases.
    """

    def __init__(self, checker: Checker, channel: Channel, workers: int) -> None:
        self.ahead = 2 * workers + 2
        self._here = Here(checker)
        context = multiprocessing.get_context(_START_METHOD)
        if _START_METHOD == "forkserver":
            context.set_forkserver_preload([_THIS_MODULE])
        first, second = (letter.data for letter in channel.letters)
        self._pool = ProcessPoolExecutor(
            workers, context, initializer=_start, initargs=(channel.label, first, second)
        )
        # The first answer says that the processes have started.
        self._ready: list[Future[bool]] = [self._pool.submit(_ready) for _ in range(workers)]

    def batch(self, items: Sequence[bytes]) -> Pending[Checked]:
        """Check items."""
        if not self._started():
            return self._here.batch(items)
        future = self._pool.submit(_batch, items)
        return lambda: check.decode(future.result())

    def roots(self, signed: Sequence[Signed]) -> Pending[Fault | None]:
        """Check the signatures of receipts."""
        if not self._started():
            return self._here.roots(signed)
        return self._pool.submit(_roots, signed).result

    def close(self) -> None:
        """Give up what is still under way."""
        self._pool.shutdown(wait=True, cancel_futures=True)

    def _started(self) -> bool:
        return any(future.done() for future in self._ready)


def processors() -> int:
    """How many processors this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


_CHECKERS: Final[list[Checker]] = []
"""In a worker process: its one checker."""


def _start(label: str, first: bytes, second: bytes) -> None:
    _CHECKERS.append(Checker.of(label, first, second))


def _ready() -> bool:
    return bool(_CHECKERS)


def _batch(items: Sequence[bytes]) -> bytes:
    return check.encode(_CHECKERS[0].batch(items))


def _roots(signed: Sequence[Signed]) -> Fault | None:
    return _CHECKERS[0].roots(signed)
