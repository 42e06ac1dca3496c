"""Signatures of a batch of statements, checked in other processes while this one reads on.

A signature costs twice as much as all else that a statement needs, and threads of one interpreter
wait for each other's turn more than they gain. So other processes check them, where a batch is
worth it; what cannot be checked there is checked here. Nothing is taken on trust from outside: the
processes run this very module.
"""

from __future__ import annotations

import logging
import threading
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from typing import Final

import msgspec

from parley.crypto.keys import StatementPublic
from parley.kernel.errors import ParleyError
from parley.record.beside import Program, ProgramEndedError, work

_log = logging.getLogger(__name__)

AT_ONCE: Final = 24
"""Signatures that are handed over together: some milliseconds' work."""

PATIENCE_SECONDS: Final = 10.0
"""A process that has not answered by then is given up: a transaction may be waiting."""

WORTH: Final = 32
"""Batches with fewer signatures are checked here."""

_KEYS_AT_HAND: Final = 64

Pending = Callable[[], int | None]
"""Waits for a check, and gives the place of the first signature that does not hold, or none."""


class Signed(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """A signature (64 bytes), and what it should be over."""

    signature: bytes
    data: bytes


class Question(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """Whether these signatures are by the key (32 bytes)."""

    key: bytes
    signed: Sequence[Signed]


_ENCODER: Final = msgspec.msgpack.Encoder()
_REQUESTS: Final = msgspec.msgpack.Decoder(list[Question])
_ANSWERS: Final = msgspec.msgpack.Decoder(list[int | None])


def request(*questions: Question) -> bytes:
    """What the other process is asked at once."""
    return _ENCODER.encode(questions)


def answered(data: bytes, questions: int) -> list[int | None]:
    """What it answers to so many questions: the place of the first signature that does not hold.

    :raises msgspec.DecodeError: it talks nonsense.
    """
    found: list[int | None] = _ANSWERS.decode(data)
    if len(found) != questions:
        raise msgspec.DecodeError
    return found


def first_forged(key: StatementPublic, signed: Sequence[Signed]) -> int | None:
    """The place of the first signature that is not one with ``key``; none where all hold."""
    for place, one in enumerate(signed):
        try:
            key.verify(one.signature, one.data)
        except ParleyError:
            return place
    return None


class Signatures:
    """Checks signatures, in at most ``workers`` other processes. Threads may share it.

    The processes are started by the first batch that is worth it, which does not wait for them.
    """

    def __init__(self, workers: int) -> None:
        self._workers = workers
        self._lock = threading.Lock()
        self._verifiers: list[_Verifier] | None = None

    def check(self, key: StatementPublic, signed: Sequence[Signed], *, of: int) -> Pending:
        """Begin to check signatures, which belong to a batch ``of`` so many."""
        verifier = self._idlest() if of >= WORTH else None
        if verifier is None:
            found = first_forged(key, signed)
            return lambda: found
        answer = verifier.ask(request(Question(key.raw, signed)))

        def wait() -> int | None:
            try:
                return answer.result(PATIENCE_SECONDS)
            except (ProgramEndedError, TimeoutError):
                verifier.give_up()
                return first_forged(key, signed)

        return wait

    def close(self) -> None:
        """End the other processes."""
        with self._lock:
            verifiers, self._verifiers = self._verifiers, []
        for verifier in verifiers or ():
            verifier.close()

    def _idlest(self) -> _Verifier | None:
        """The process with the least to do; none as long as, or because, there is none."""
        with self._lock:
            if self._verifiers is None:
                self._verifiers = _started(self._workers)
            ready = [verifier for verifier in self._verifiers if verifier.ready]
        return min(ready, key=lambda verifier: verifier.waiting, default=None)


def _started(workers: int) -> list[_Verifier]:
    try:
        return [_Verifier() for _ in range(workers)]
    except OSError:
        _log.warning("no other process can be started to check signatures")
        return []


class _Verifier:
    """One other process, with a thread that writes to it and one that reads.

    So the process always has the next request at hand, whoever has the interpreter's turn here.
    """

    def __init__(self) -> None:
        self._program = Program(__name__)
        self._changed = threading.Condition()
        self._outgoing: deque[bytes] = deque([b""])
        self._waiting: deque[Future[int | None]] = deque([Future()])
        self._ended = False
        self.ready = False
        self._threads = [
            threading.Thread(target=run, name="signatures", daemon=True)
            for run in (self._write, self._read)
        ]
        for thread in self._threads:
            thread.start()

    @property
    def waiting(self) -> int:
        """How many requests have no answer yet."""
        return len(self._waiting)

    def ask(self, request: bytes) -> Future[int | None]:
        """Hand over a request; its answer fails with :class:`ProgramEndedError` at the worst."""
        answer: Future[int | None] = Future()
        with self._changed:
            if self._ended:
                answer.set_exception(ProgramEndedError())
            else:
                self._waiting.append(answer)
                self._outgoing.append(request)
                self._changed.notify()
        return answer

    def give_up(self) -> None:
        """End the process; whoever waits is told so, and nobody is sent to it any more."""
        self._program.kill()
        self._end()

    def close(self) -> None:
        """:meth:`give_up`, and see the process end."""
        self.give_up()
        for thread in self._threads:
            thread.join()
        self._program.close()

    def _write(self) -> None:
        while True:
            with self._changed:
                while not self._outgoing and not self._ended:
                    self._changed.wait()
                if self._ended:
                    return
                request = self._outgoing.popleft()
            try:
                self._program.send(request)
            except ProgramEndedError:
                self._end()

    def _read(self) -> None:
        try:
            self._program.receive()
            self._next()
            self.ready = True
            while True:
                (found,) = answered(self._program.receive(), 1)
                self._next().set_result(found)
        except (ProgramEndedError, msgspec.DecodeError):
            self.give_up()

    def _next(self) -> Future[int | None]:
        """The oldest request that has no answer.

        :raises ProgramEndedError: there is none: the process was given up, or says too much.
        """
        with self._changed:
            if not self._waiting:
                raise ProgramEndedError
            return self._waiting.popleft()

    def _end(self) -> None:
        """The process is of no use any more: nobody is sent to it, nobody left waiting."""
        with self._changed:
            self.ready = False
            self._ended = True
            waiting, self._waiting = self._waiting, deque()
            self._outgoing.clear()
            self._changed.notify_all()
        for answer in waiting:
            answer.set_exception(ProgramEndedError())


def _begin(_message: bytes) -> Callable[[bytes], bytes]:
    keys: dict[bytes, StatementPublic] = {}

    def key_of(raw: bytes) -> StatementPublic:
        if raw not in keys:
            if len(keys) == _KEYS_AT_HAND:
                keys.clear()
            keys[raw] = StatementPublic(raw)
        return keys[raw]

    def answer(data: bytes) -> bytes:
        asked = _REQUESTS.decode(data)
        return _ENCODER.encode([first_forged(key_of(one.key), one.signed) for one in asked])

    return answer


if __name__ == "__main__":
    work(_begin)
