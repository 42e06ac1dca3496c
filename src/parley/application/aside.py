"""What needs no database is done by another thread while a transaction goes to disk.

SQLite and the disk let go of the interpreter; meanwhile a reply can be put together, signed and
sealed. It leaves when both are done, and is thrown away where the transaction fails.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from queue import SimpleQueue
from typing import Any, Final, Generic, TypeVar

_Done = TypeVar("_Done")


class Later(Generic[_Done]):
    """Something that is done once: by the other thread, or by whoever asks for it before.

    ``given``: to the other thread. ``waited``: it was not over when somebody asked for it.
    """

    def __init__(self, work: Callable[[], _Done]) -> None:
        self.given = self.waited = False
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
        self.waited = self._over.locked()
        self.run()
        with self._over:
            if self._error is not None:
                raise self._error
            return self._done


RESTS: Final = 32
"""So many things at most are not given to the other thread, after one that was waited for."""


class Aside:
    """The other thread of a desk, which is started when there is first something to do.

    On a machine whose processors are busy it would have the interpreter's turn, and not the
    processor's, when both are wanted here: then it is left alone for a while, twice as long each
    time in a row. A single delay, which any machine has, costs next to nothing.
    """

    def __init__(self) -> None:
        self._resting = 0
        self._rests = 1
        self._work: SimpleQueue[Later[Any] | None] = SimpleQueue()
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None

    def begin(self, later: Later[Any]) -> None:
        """Have ``later`` done; it touches nothing that the caller goes on to use."""
        if self._resting:
            self._resting -= 1
            return
        if self._thread is None:
            self._start()
        later.given = True
        self._work.put(later)

    def result(self, later: Later[_Done]) -> _Done:
        """What came of ``later``, which was begun here or was to be: see :meth:`Later.result`."""
        done = later.result()
        if later.given and later.waited:
            self._resting = self._rests
            self._rests = min(2 * self._rests, RESTS)
        elif later.given:
            self._rests = 1
        return done

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
