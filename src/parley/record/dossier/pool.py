"""Where checks run: in this process, or in others beside it."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Protocol, TypeVar

from parley.record.channel import Channel
from parley.record.dossier.check import Checked, Checker, Disowned, Fault, Signed
from parley.record.dossier.worker import Answer, Request, Worker

R = TypeVar("R")

Pending = Callable[[], R]
"""Gives the result of a check, once it is there."""


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
    """Checks in other processes, and here as long as they are starting.

    A thread for each of them hands it one request after the other and waits for the answer.
    """

    def __init__(
        self, checker: Checker, channel: Channel, disowned: Disowned, workers: int
    ) -> None:
        self._disowned = disowned
        self.ahead = 2 * workers + 2
        self._here = Here(checker)
        self._channel = channel
        self._workers: list[Worker] = []
        self._own = threading.local()
        self._pool = ThreadPoolExecutor(workers, "check", self._start)
        # As many as there are threads, so that each of them starts its process now.
        self._started: list[Future[Answer]] = [
            self._pool.submit(self._ask, Request([], [])) for _ in range(workers)
        ]

    def batch(self, items: Sequence[bytes]) -> Pending[Checked]:
        """Check items."""
        if not self._ready():
            return self._here.batch(items)
        future = self._pool.submit(self._ask, Request(list(items), []))
        return lambda: future.result().checked

    def roots(self, signed: Sequence[Signed]) -> Pending[Fault | None]:
        """Check the signatures of receipts."""
        if not self._ready():
            return self._here.roots(signed)
        future = self._pool.submit(self._ask, Request([], list(signed)))
        return lambda: future.result().fault

    def close(self) -> None:
        """Give up what is still under way."""
        self._pool.shutdown(wait=False, cancel_futures=True)
        for worker in tuple(self._workers):
            worker.kill()
        self._pool.shutdown(wait=True)
        for worker in self._workers:
            worker.close()

    def _start(self) -> None:
        """In each thread: start its process."""
        self._own.worker = worker = Worker(self._channel, self._disowned)
        self._workers.append(worker)

    def _ask(self, request: Request) -> Answer:
        worker: Worker = self._own.worker
        return worker.ask(request)

    def _ready(self) -> bool:
        return any(future.done() for future in self._started)
