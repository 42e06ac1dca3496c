"""What needs no database is done by another thread while a transaction goes to disk.

SQLite and the disk let go of the interpreter; meanwhile a reply can be put together, signed and
sealed. It leaves when both are done, and is thrown away where the transaction fails.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from queue import SimpleQueue
from typing import Any, Generic, TypeVar

_Done = TypeVar("_Done")


class Later(Generic[_Done]):
    """Something that is done once: by the other thread, or by whoever asks for it before."""

    def __init__(self, work: Callable[[], _Done]) -> None:
        self._work = work
        self._begun = threading.Lock()
        self._over = threading.Lock()
        self._over.acquire()
        self._done: _Done
        self._error: BaseException | None = None

    def run(self) -> None:
        """Do it, unless somebody has begun to."""
        if not self._begun.acquire(blocking=False):
            return
        try:
            self._done = self._work()
        except BaseException as error:  # noqa: BLE001 - raised where it is asked for
            self._error = error
        finally:
            self._over.release()

    def result(self) -> _Done:
        """What came of it; an error is raised here. To be asked for once."""
        self.run()
        with self._over:
            if self._error is not None:
                raise self._error
            return self._done


class Aside:
    """The other thread of a desk, which is started when there is first something to do."""

    def __init__(self) -> None:
        self._work: SimpleQueue[Later[Any] | None] = SimpleQueue()
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None

    def begin(self, later: Later[Any]) -> None:
        """Have ``later`` done; it touches nothing that the caller goes on to use."""
        if self._thread is None:
            self._start()
        self._work.put(later)

    def close(self) -> None:
        """End the thread. Nothing is begun any more."""
        if self._thread is not None:
            self._work.put(None)
            self._thread.join()

    def _start(self) -> None:
        with self._lock:
            if self._thread is None:
                self._thread = threading.Thread(target=self._serve, name="aside", daemon=True)
                self._thread.start()

    def _serve(self) -> None:
        while (later := self._work.get()) is not None:
            later.run()
            del later
