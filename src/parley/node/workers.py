"""Several processes that serve one desk, and the one that watches over them.

They share both listening sockets, so a connection that waits is taken by whichever is free, and is
not lost when one of them ends. They know of each other only through the database: one appends to a
channel at a time, one delivers for a channel at a time. One that ends by itself is started again.
"""

from __future__ import annotations

import logging
import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from multiprocessing import connection as connections
from multiprocessing import get_context
from multiprocessing.connection import Connection
from multiprocessing.context import SpawnProcess
from pathlib import Path
from typing import Any, Final

from parley.kernel.errors import ParleyError
from parley.kernel.reasons import Reason
from parley.node import config as configs
from parley.node import folder as folders
from parley.node import logs
from parley.node import serve as serving
from parley.node.serve import Job, Serving
from parley.node.tally import RESTARTS, Tally

_log = logging.getLogger(__name__)

_READY: Final = "ready"
_ENDING: Final = (signal.SIGINT, signal.SIGTERM)
_END_SECONDS: Final = 30.0
_SETTLED_SECONDS: Final = 10.0
"""Who ends sooner than this after its start waits before it is started again, longer each time."""
_FIRST_WAIT_SECONDS: Final = 0.5
_LONGEST_WAIT_SECONDS: Final = 30.0


def serve(folder: Path, passphrase: bytes, ready: Callable[[Serving], None], workers: int) -> None:
    """Serve the desk in ``folder`` with so many processes until this one is told to end.

    ``ready`` is called once all of them answer. Should this process be killed, they end as well.

    :raises ParleyError: as :func:`parley.node.serve.serve`; ``workers-need-server`` where the
        database is a file, to which one process writes at a time.
    """
    config = configs.load(folder)
    with closing(folders.open_database(folder, config)) as database:
        if not database.is_server:
            raise ParleyError(Reason.WORKERS_NEED_SERVER)
    # A row of counts for each of them, and one for this process.
    tally = Tally(workers + 1)
    own = tally.of_row(workers)
    with serving.listening(config) as (sockets, at), _told_to_end() as told:
        places = [
            _Place(Job(folder, passphrase, sockets, tally.of_row(number), workers))
            for number in range(workers)
        ]
        try:
            _Watch(places, told, own).run(lambda: ready(at))
        finally:
            _end(places)
            _log.info("stopped")


@contextmanager
def _told_to_end() -> Iterator[Connection]:
    """A connection on which there is something to read once the process is told to end."""
    told, telling = get_context("spawn").Pipe(duplex=False)
    before = {number: signal.signal(number, lambda *_: telling.send(None)) for number in _ENDING}
    try:
        yield told
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
        told.close()
        telling.close()


class _Place:
    """Where one process runs, and after it the next."""

    def __init__(self, job: Job) -> None:
        self._job = job
        self.process: SpawnProcess | None = None
        self.line: Connection | None = None
        self.is_ready = False
        self.start_at = 0.0
        self._started_at = 0.0
        self._wait = _FIRST_WAIT_SECONDS

    def start(self) -> None:
        """Start the process; :attr:`line` ends when it does, and it ends when :attr:`line` does."""
        context = get_context("spawn")
        self.line, theirs = context.Pipe()
        self.process = context.Process(target=work, args=(self._job, theirs), name="worker")
        self.process.start()
        theirs.close()
        self._started_at = time.monotonic()
        self.is_ready = False

    def ended(self) -> None:
        """Forget the process that has ended, and say when to start the next."""
        if self.process is not None:
            self.process.join()
        if self.line is not None:
            self.line.close()
        self.process, self.line = None, None
        self.start_at = time.monotonic()
        if self.start_at - self._started_at > _SETTLED_SECONDS:
            self._wait = _FIRST_WAIT_SECONDS
        else:
            self.start_at += self._wait
            self._wait = min(2 * self._wait, _LONGEST_WAIT_SECONDS)


class _Watch:
    """Starts the processes, and those that end again, until this one is told to end."""

    def __init__(self, places: list[_Place], told: Connection, tally: Tally) -> None:
        self._places = places
        self._told = told
        self._tally = tally

    def run(self, ready: Callable[[], None]) -> None:
        """Watch until told to end; ``ready`` is called once all processes answer.

        :raises ParleyError: why one of them could not begin, before all have.
        """
        for place in self._places:
            place.start()
        announced = False
        while True:
            lines = {place.line: place for place in self._places if place.line is not None}
            for found in connections.wait([self._told, *lines], self._patience()):
                if found is self._told:
                    return
                place = lines[found]  # type: ignore[index]  # nothing else was waited for
                self._heard(place, final=not announced)
            if not announced and all(place.is_ready for place in self._places):
                announced = True
                ready()
            for place in self._places:
                if place.line is None and place.start_at <= time.monotonic():
                    place.start()

    def _patience(self) -> float | None:
        """Until when to wait: for ever where all are running."""
        waits = [place.start_at for place in self._places if place.line is None]
        return max(0.0, min(waits) - time.monotonic()) if waits else None

    def _heard(self, place: _Place, *, final: bool) -> None:
        said = _said(place.line)
        if said == _READY:
            place.is_ready = True
        elif said is not None:
            reason, details = said
            _log.warning("a process cannot serve", extra={"reason": reason})
            if final:
                raise ParleyError(Reason(reason), **details)
        else:
            place.ended()
            self._tally.count(RESTARTS, "worker")
            _log.warning("a process ended by itself and is started again")
            if final:
                raise ParleyError(Reason.INTERNAL, fact="a process ended before it served")


def _said(line: Connection | None) -> Any:
    """What a process says; None where it is gone."""
    try:
        return line.recv() if line is not None else None
    except (EOFError, OSError):
        return None


def _end(places: list[_Place]) -> None:
    """End all processes: first they may finish what they are at."""
    running = [place.process for place in places if place.process is not None]
    for process in running:
        process.terminate()
    deadline = time.monotonic() + _END_SECONDS
    for process in running:
        process.join(max(0.0, deadline - time.monotonic()))
        if process.is_alive():
            process.kill()
            process.join()


def work(job: Job, line: Connection) -> None:
    """What each process does: serve until told to end, or until ``line`` ends."""
    # What the terminal sends to all is for the process that watches.
    os.setsid()
    logs.set_up()
    threading.Thread(target=_end_with, args=(line,), daemon=True).start()
    try:
        serving.run(job, lambda: line.send(_READY))
    except ParleyError as error:
        line.send((error.reason.value, error.details))


def _end_with(line: Connection) -> None:
    """End this process as if it had been told to, once the one that watches is gone."""
    _said(line)
    os.kill(os.getpid(), signal.SIGTERM)
