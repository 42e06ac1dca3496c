"""A process that checks items for another one (see :mod:`parley.record.beside`).

Messages are MessagePack.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import msgspec

from parley.record.beside import Program, work
from parley.record.channel import Channel
from parley.record.dossier.check import (
    NONE_DISOWNED,
    Checked,
    Checker,
    Disowned,
    Fault,
    Signed,
)
from parley.record.keyring import Keyring


class Setting(msgspec.Struct, frozen=True, array_like=True):
    """The first message: the channel whose dossier is read.

    ``first`` and ``second`` are the exact bytes of a member's letter and its key statements.
    """

    label: str
    first: list[bytes]
    second: list[bytes]
    disowned: Disowned


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


class Worker:
    """The other process, as the one that started it sees it. One request at a time."""

    def __init__(self, channel: Channel, disowned: Disowned = NONE_DISOWNED) -> None:
        self._program = Program(__name__)
        first, second = (_documents(channel.keyring(member)) for member in range(2))
        self._program.send(_ENCODER.encode(Setting(channel.label, first, second, disowned)))
        self._program.receive()

    def ask(self, request: Request) -> Answer:
        """Have a request done.

        :raises ProgramEndedError: the process has ended.
        """
        self._program.send(_ENCODER.encode(request))
        return _ANSWERS.decode(self._program.receive())

    def kill(self) -> None:
        """End the process, whatever it does; a thread that waits for an answer gets an error."""
        self._program.kill()

    def close(self) -> None:
        """See the process end, and give back what it took. No thread waits for it any more."""
        self._program.close()


def _documents(keyring: Keyring) -> list[bytes]:
    return [keyring.letter.data, *(statement.data for statement in keyring.statements)]


def _begin(message: bytes) -> Callable[[bytes], bytes]:
    setting = msgspec.msgpack.decode(message, type=Setting)
    checker = Checker.of(setting.label, setting.first, setting.second, setting.disowned)

    def answer(data: bytes) -> bytes:
        request = _REQUESTS.decode(data)
        return _ENCODER.encode(Answer(checker.batch(request.items), checker.roots(request.signed)))

    return answer


if __name__ == "__main__":
    work(_begin)
