"""Desks as operating-system processes of their own: started, watched, started again, ended.

A desk that ends without having been told to is started again, as a service manager would do it.
Nothing of this outlives the block that a :class:`Supervisor` is entered for.
"""

from __future__ import annotations

import http.client
import os
import random
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from parley.kernel.errors import ParleyError
from parley.kernel.reasons import Reason

LOOPBACK: Final = "127.0.0.1"

_LOWEST_PORT: Final = 20_000
_HIGHEST_PORT: Final = 32_000
"""Below the range from which systems take the ports of clients: while a desk is down, nobody's
connection can be given its port."""

_START_SECONDS: Final = 30.0
_END_SECONDS: Final = 10.0
_LOOK_SECONDS: Final = 0.05
_RESTARTS: Final = 3
_LAST_WORDS: Final = 300


@dataclass(frozen=True)
class Place:
    """Where a desk lies, and where it answers. ``log`` takes what its process says."""

    code: str
    folder: Path
    passphrase_file: Path
    log: Path
    peer_port: int
    operations_port: int
    web_port: int

    @property
    def endpoint(self) -> str:
        """The address that peers post frames to."""
        return f"http://{LOOPBACK}:{self.peer_port}"

    @property
    def origin(self) -> str:
        """Where its officers reach it: by name, since passkeys refuse bare addresses (WebAuthn)."""
        return f"http://{self.code.lower()}.localhost:{self.web_port}"


def free_ports(count: int) -> list[int]:
    """Ports of this machine that nobody listens on, all different."""
    found: list[int] = []
    candidates = list(range(_LOWEST_PORT, _HIGHEST_PORT))
    random.shuffle(candidates)
    for port in candidates:
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((LOOPBACK, port))
            except OSError:
                continue
        found.append(port)
        if len(found) == count:
            return found
    raise ParleyError(Reason.PORT_TAKEN, host=LOOPBACK, port=_LOWEST_PORT)


def program(*arguments: str) -> list[str]:
    """The command line of this very Parley, run by this very Python.

    ``-P``: what lies in the working folder is never imported.
    """
    return [sys.executable, "-P", "-m", "parley", *arguments]


def environment(kept: Collection[str] | None = None) -> dict[str, str]:
    """The environment for a process of ours, without settings of Parley.

    ``kept`` names all that is handed on; without it, everything is.
    """
    return {
        name: value
        for name, value in os.environ.items()
        if not name.startswith("PARLEY_") and (kept is None or name in kept)
    }


class Supervisor:
    """Runs the desks of ``places`` for as long as the block runs.

    ``restarts`` is how often one desk may end by itself before that counts as a failure. One
    thread starts and ends all processes: a signal interrupts the main thread only, so none is
    forgotten between being started and being noted.
    """

    def __init__(self, places: Sequence[Place], *, restarts: int = _RESTARTS) -> None:
        self._places: Mapping[str, Place] = {place.code: place for place in places}
        self._allowed = restarts
        self._lock = threading.Lock()
        self._running: dict[str, subprocess.Popen[bytes]] = {}
        self._restarts = dict.fromkeys(self._places, 0)
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="supervisor")

    def __enter__(self) -> Self:
        self._thread.start()
        try:
            for code in self._places:
                self.wait_until_healthy(code)
        except BaseException:
            self._end()
            raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._end()

    def pid(self, code: str) -> int:
        """The process that runs the desk now."""
        with self._lock:
            return self._running[code].pid

    def restarts(self, code: str) -> int:
        """How often the desk was started again."""
        with self._lock:
            return self._restarts[code]

    def kill(self, code: str) -> bool:
        """End the desk's process at once, as ``kill -9`` does; it is started again.

        False where there is none at this moment.
        """
        with self._lock:
            process = self._running[code]
            if process.poll() is not None:
                return False
            process.kill()
            process.wait()
            return True

    def check(self) -> None:
        """See that every desk is running, or is being started again.

        :raises ParleyError: ``demo-desk-ended`` where one keeps ending.
        """
        for code, place in self._places.items():
            if self.restarts(code) > self._allowed or not self._thread.is_alive():
                raise ParleyError(Reason.DEMO_DESK_ENDED, desk=code, fact=_last_words(place.log))

    def wait_until_healthy(self, code: str, seconds: float = _START_SECONDS) -> None:
        """Wait until the desk answers.

        :raises ParleyError: ``demo-desk-ended``, ``demo-stalled``.
        """
        deadline = time.monotonic() + seconds
        while not is_healthy(self._places[code].operations_port):
            self.check()
            if time.monotonic() > deadline:
                raise ParleyError(Reason.DEMO_STALLED, step=f"serve {code}", seconds=int(seconds))
            time.sleep(_LOOK_SECONDS)

    def _run(self) -> None:
        for place in self._places.values():
            self._start(place)
        while not self._stopping.wait(_LOOK_SECONDS):
            for code, place in self._places.items():
                if self._running[code].poll() is None or self._restarts[code] > self._allowed:
                    continue
                with self._lock:
                    self._restarts[code] += 1
                    given_up = self._restarts[code] > self._allowed
                if not given_up:
                    self._start(place)
        _end_all(self._running.values())

    def _start(self, place: Place) -> None:
        with place.log.open("ab") as log:
            process = subprocess.Popen(  # noqa: S603 - our own program, no shell
                program(
                    "serve",
                    "--desk",
                    str(place.folder),
                    "--passphrase-file",
                    str(place.passphrase_file),
                ),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env=environment(),
                # Ctrl-C at the terminal reaches us alone; we end the desks in order.
                start_new_session=True,
            )
        with self._lock:
            self._running[place.code] = process

    def _end(self) -> None:
        self._stopping.set()
        self._thread.join()


def _last_words(log: Path) -> str:
    """The end of what a desk's process said: structured lines, which hold no secrets."""
    try:
        said = log.read_text("utf-8", errors="replace").rstrip()
    except OSError:
        return "-"
    return said[said.rfind("\n") + 1 :][-_LAST_WORDS:] or "-"


def _end_all(processes: Collection[subprocess.Popen[bytes]]) -> None:
    """Ask all to end, and end those that do not."""
    deadline = time.monotonic() + _END_SECONDS
    for process in processes:
        process.terminate()
    for process in processes:
        try:
            process.wait(max(0.1, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def is_healthy(port: int) -> bool:
    """Whether the desk whose operations port this is answers, and finds itself well."""
    connection = http.client.HTTPConnection(LOOPBACK, port, timeout=1)
    try:
        connection.request("GET", "/healthz")
        return connection.getresponse().status == http.client.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()
