"""A process that checks items for another one: requests on standard input, answers on output.

It is a plain program, started anew: nothing is inherited from the process that it works for, which
may have threads and open databases, and nothing of it is loaded but what checks need. A message is
its length (4 bytes, big-endian) and MessagePack.
"""

from __future__ import annotations

import os
import subprocess
import sys
from typing import IO, Final

import msgspec

from parley.record.channel import Channel
from parley.record.dossier.check import Checked, Checker, Fault, Signed

_LENGTH_BYTES: Final = 4


class Setting(msgspec.Struct, frozen=True, array_like=True):
    """The first message: the channel whose dossier is read, and its letters' exact bytes."""

    label: str
    first: bytes
    second: bytes


class Request(msgspec.Struct, frozen=True, array_like=True):
    """Items to be checked, or receipts whose signatures are."""

    items: list[bytes]
    signed: list[Signed]


class Answer(msgspec.Struct, frozen=True, array_like=True):
    """What the items came to, and the first signature that does not hold."""

    checked: Checked
    fault: Fault | None


_ENCODER: Final = msgspec.msgpack.Encoder()
_REQUESTS: Final = msgspec.msgpack.Decoder(Request)
_ANSWERS: Final = msgspec.msgpack.Decoder(Answer)


class WorkerEndedError(Exception):
    """The other process is gone."""


class Worker:
    """The other process, as the one that started it sees it. One request at a time."""

    def __init__(self, channel: Channel) -> None:
        # The same modules as here, and none from the folder that happens to be the current one.
        path = os.pathsep.join(filter(None, sys.path))
        self._process = subprocess.Popen(  # noqa: S603 - this very program
            [sys.executable, "-P", "-m", __name__],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env={**os.environ, "PYTHONPATH": path},
        )
        first, second = (letter.data for letter in channel.letters)
        self._ask(_ENCODER.encode(Setting(channel.label, first, second)))

    def ask(self, request: Request) -> Answer:
        """Have a request done.

        :raises WorkerEndedError: the process has ended.
        """
        return _ANSWERS.decode(self._ask(_ENCODER.encode(request)))

    def kill(self) -> None:
        """End the process, whatever it does; a thread that waits for an answer gets an error."""
        self._process.kill()

    def close(self) -> None:
        """See the process end, and give back what it took. No thread waits for it any more."""
        self.kill()
        self._process.communicate()

    def _ask(self, message: bytes) -> bytes:
        if self._process.stdin is None or self._process.stdout is None:
            raise WorkerEndedError
        try:
            _write(self._process.stdin, message)
        except OSError as error:
            raise WorkerEndedError from error
        answer = _read(self._process.stdout)
        if answer is None:
            raise WorkerEndedError
        return answer


def _write(stream: IO[bytes], message: bytes) -> None:
    stream.write(len(message).to_bytes(_LENGTH_BYTES, "big") + message)
    stream.flush()


def _read(stream: IO[bytes]) -> bytes | None:
    """The next message; none at the end."""
    head = stream.read(_LENGTH_BYTES)
    length = int.from_bytes(head, "big")
    message = stream.read(length)
    return message if len(head) == _LENGTH_BYTES and len(message) == length else None


def main() -> None:
    """Answer requests until there are no more."""
    requests, answers = sys.stdin.buffer, sys.stdout.buffer
    message = _read(requests)
    if message is None:
        return
    setting = msgspec.msgpack.decode(message, type=Setting)
    checker = Checker.of(setting.label, setting.first, setting.second)
    _write(answers, b"")
    while (message := _read(requests)) is not None:
        request = _REQUESTS.decode(message)
        answer = Answer(checker.batch(request.items), checker.roots(request.signed))
        _write(answers, _ENCODER.encode(answer))


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        # The one that it works for says so.
        sys.exit(130)
