"""A program of ours that works for this process: requests on its input, answers on its output.

It is a plain program, started anew: nothing is inherited from the process that it works for, which
may have threads and open databases, and nothing of it is loaded but what its module needs. A
message is its length (4 bytes, big-endian) and that many bytes; answers come in the order of the
requests.
"""

from __future__ import annotations

import os
import select
import subprocess
import sys
from collections.abc import Callable
from typing import IO, Final

_LENGTH_BYTES: Final = 4
_PIECE: Final = 1 << 16


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
        self._received = b""
        self._poll = select.poll()
        if self._process.stdout is not None:
            self._poll.register(self._process.stdout, select.POLLIN)

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

    @property
    def answers(self) -> bool:
        """Whether an answer, or the end, is there to be received."""
        return bool(self._received or self._poll.poll(0))

    def receive(self, patience: float | None = None) -> bytes:
        """Wait for the answer to the oldest request that has none.

        :param patience: for how many seconds at most; for as long as it takes, if absent.
        :raises ProgramEndedError: the process has ended.
        :raises TimeoutError: it has not answered by then.
        """
        while (answer := self._answer()) is None:
            if self._process.stdout is None:
                raise ProgramEndedError
            if patience is not None and not self._poll.poll(patience * 1000):
                raise TimeoutError
            piece = os.read(self._process.stdout.fileno(), _PIECE)
            if not piece:
                raise ProgramEndedError
            self._received += piece
        return answer

    def _answer(self) -> bytes | None:
        """The oldest answer that has come as a whole, if there is one."""
        received = self._received
        end = _LENGTH_BYTES + int.from_bytes(received[:_LENGTH_BYTES], "big")
        if len(received) < end:
            return None
        self._received = received[end:]
        return received[_LENGTH_BYTES:end]

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
    except BrokenPipeError:
        # Nobody is left to answer: the one that it works for was killed. What is buffered still
        # would be written at the end, and complain.
        os.dup2(os.open(os.devnull, os.O_WRONLY), answers.fileno())
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
