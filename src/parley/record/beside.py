"""A program of ours that works for this process: requests on its input, answers on its output.

It is a plain program, started anew: nothing is inherited from the process that it works for, which
may have threads and open databases, and nothing of it is loaded but what its module needs. A
message is its length (4 bytes, big-endian) and that many bytes; answers come in the order of the
requests.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from typing import IO, Final

_LENGTH_BYTES: Final = 4


def processors() -> int:
    """How many processors this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


class ProgramEndedError(Exception):
    """The other process is gone."""


class Program:
    """The other process, as the one that started it sees it. ``module`` is what it runs.

    One thread may send while another receives.
    """

    def __init__(self, module: str) -> None:
        # The same modules as here, and none from the folder that happens to be the current one.
        path = os.pathsep.join(filter(None, sys.path))
        self._process = subprocess.Popen(  # noqa: S603 - this very program
            [sys.executable, "-P", "-m", module],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env={**os.environ, "PYTHONPATH": path},
        )

    def send(self, message: bytes) -> None:
        """Hand over a request.

        :raises ProgramEndedError: the process has ended.
        """
        if self._process.stdin is None:
            raise ProgramEndedError
        try:
            _write(self._process.stdin, message)
        except (OSError, ValueError) as error:
            raise ProgramEndedError from error

    def receive(self) -> bytes:
        """Wait for the answer to the oldest request that has none.

        :raises ProgramEndedError: the process has ended.
        """
        answer = None
        if self._process.stdout is not None:
            answer = _read(self._process.stdout)
        if answer is None:
            raise ProgramEndedError
        return answer

    def kill(self) -> None:
        """End the process, whatever it does; a thread that waits for an answer gets an error."""
        self._process.kill()

    def close(self) -> None:
        """See the process end, and give back what it took. No thread uses it any more."""
        self.kill()
        self._process.communicate()


def work(begin: Callable[[bytes], Callable[[bytes], bytes]]) -> None:
    """The other side: answer requests until there are no more.

    ``begin`` takes the first message, whose answer is empty, and gives what answers all others.
    """
    requests, answers = sys.stdin.buffer, sys.stdout.buffer
    try:
        message = _read(requests)
        if message is None:
            return
        answer = begin(message)
        _write(answers, b"")
        while (message := _read(requests)) is not None:
            _write(answers, answer(message))
    except KeyboardInterrupt:
        # The one that it works for says so.
        sys.exit(130)


def _write(stream: IO[bytes], message: bytes) -> None:
    stream.write(len(message).to_bytes(_LENGTH_BYTES, "big") + message)
    stream.flush()


def _read(stream: IO[bytes]) -> bytes | None:
    """The next message; none at the end."""
    head = stream.read(_LENGTH_BYTES)
    length = int.from_bytes(head, "big")
    message = stream.read(length)
    return message if len(head) == _LENGTH_BYTES and len(message) == length else None
