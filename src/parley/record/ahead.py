"""The few signatures of a small message, checked by another process while this one reads on.

A message with one statement has three: the statement's, and its author's over its own checkpoint
and over ours. Each is handed over as soon as it is known what it should be over, and waited for
before the transaction ends: where one does not hold, nothing of it has happened. Whoever asks names
key, signature and data once more, so that nothing can pass for checked that was not; what was not
handed over is checked there and then.

Writing to a pipe costs a few microseconds. A thread of this process would want the interpreter's
turn at the wrong moments, and take longer than it saves.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Final

import msgspec

from parley.crypto.keys import Claim, StatementPublic
from parley.kernel.errors import ParleyError
from parley.kernel.reasons import Reason
from parley.record import signatures
from parley.record.beside import Program, ProgramEndedError
from parley.record.signatures import (
    WORTH,
    Pending,
    Question,
    Signatures,
    Signed,
    first_forged,
)

_log = logging.getLogger(__name__)

SOON: Final = 8
"""The other process is started for this message: a command that takes in one or two needs none."""

LATE_SECONDS: Final = 0.001
"""Nobody waits longer for an answer: to check a few signatures here takes less."""

_MOST_BYTES: Final = 32 * 1024
"""A pipe takes so much without waiting for whoever reads it."""


class UnconfirmedError(Exception):
    """A signature that :meth:`Ahead.verify` let pass does not hold; asked again, it says so."""


class Ahead:
    """The signatures of one message, some of which are being checked. One thread uses it.

    ``signatures`` checks those of large batches, ``program`` those of small ones; without it they
    are checked here.
    """

    def __init__(self, signatures: Signatures, program: Program | None = None) -> None:
        self._signatures = signatures
        self._program = program
        self._collected: list[Claim] = []
        self._asked: dict[bytes, tuple[Claim, int]] = {}
        self._sent = 0
        self._under_way: list[int] = []
        self._late = False
        self._answers: list[int | None] = []
        self._unsure: list[tuple[Claim, int]] = []

    @property
    def at_work(self) -> bool:
        """Whether the other process is there, and has not let us down."""
        return self._program is not None

    def collect(self, claim: Claim) -> None:
        """Have a signature checked that :meth:`verify` will be asked for, from :meth:`begin` on."""
        self._collected.append(claim)

    def begin(self, *more: Question) -> int | None:
        """Hand over what was collected, and ``more``; the place of the first of those.

        None where nothing is handed over. All at once: to wake the other process takes longer than
        to write.
        """
        claims, self._collected = self._collected, []
        if self._program is None or not (claims or more):
            return None
        questions = [Question(key.raw, (Signed(*signed),)) for key, *signed in claims]
        request = signatures.request(*questions, *more)
        if len(request) > _MOST_BYTES:
            return None
        try:
            self._program.send(request)
        except ProgramEndedError:
            self._program = None
            return None
        for place, claim in enumerate(claims, self._sent):
            self._asked[claim.signature] = claim, place
        self._under_way.append(len(claims) + len(more))
        self._sent += len(claims) + len(more)
        return self._sent - len(more)

    def verify(self, claim: Claim) -> None:
        """Check one signature; one whose verdict is still to come passes until :meth:`confirm`.

        :raises ParleyError: ``signature-invalid``.
        """
        asked, place = self._asked.get(claim.signature, (None, -1))
        if asked != claim:
            claim.verify()
        elif place < len(self._answers):
            if self._answers[place] is not None:
                raise ParleyError(Reason.SIGNATURE_INVALID)
        elif self._program is None or self._late:
            claim.verify()
        else:
            self._unsure.append((claim, place))

    def confirm(self) -> None:
        """Wait for the verdicts that were still to come. Until then nothing may last.

        :raises UnconfirmedError: for one of them :meth:`verify` raises from now on.
        """
        unsure, self._unsure = self._unsure, []
        for claim, place in unsure:
            self._wait(place)
            try:
                self.verify(claim)
            except ParleyError as error:
                raise UnconfirmedError from error

    def check(self, key: StatementPublic, signed: Sequence[Signed], *, of: int) -> Pending:
        """As :meth:`Signatures.check`: begin to check the signatures of a batch ``of`` so many."""
        if of >= WORTH or self._program is None:
            return self._signatures.check(key, signed, of=of)
        place = self.begin(Question(key.raw, signed))

        def wait() -> int | None:
            if place is not None and self._wait(place):
                return self._answers[place]
            return first_forged(key, signed)

        return wait

    @property
    def owed(self) -> int:
        """How many answers are still to come."""
        return len(self._under_way)

    def _wait(self, place: int) -> bool:
        """Wait a moment for the answer at ``place``; false where it does not come."""
        while len(self._answers) <= place and self._program is not None and not self._late:
            try:
                data = self._program.receive(LATE_SECONDS)
                self._answers += signatures.answered(data, self._under_way.pop(0))
            except TimeoutError:
                self._late = True
            except (ProgramEndedError, msgspec.DecodeError):
                self._program = None
        return len(self._answers) > place


class Lane:
    """The other process, for one message at a time: whoever comes meanwhile checks for itself.

    So does everybody as long as it owes an answer: on a machine that is busy, or where it hangs, it
    is of no use. Threads may share it.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._messages = 0
        self._program: Program | None = None
        self._ready = False
        self._owed = 0

    @contextmanager
    def ahead(self, others: Signatures) -> Iterator[Ahead]:
        """For one message; ``others`` checks what is too much for it."""
        if not self._lock.acquire(blocking=False):
            yield Ahead(others)
            return
        try:
            if not self._at_hand():
                yield Ahead(others)
                return
            ahead = Ahead(others, self._program)
            try:
                yield ahead
            finally:
                self._owed = ahead.owed
                if not ahead.at_work:
                    self._end()
        finally:
            self._lock.release()

    def close(self) -> None:
        """End the other process. No thread is at work any more."""
        self._messages = SOON
        self._end()

    def _at_hand(self) -> bool:
        """Whether the other process is there. It is started once, and nobody waits for that."""
        if self._ready and not self._owed:
            return True
        self._messages += 1
        if self._messages == SOON:
            self._start()
        try:
            while self._program is not None and self._owed and self._program.answers:
                self._program.receive(LATE_SECONDS)
                self._owed -= 1
                self._ready = True
        except TimeoutError:
            pass
        except ProgramEndedError:
            self._end()
        return self._ready and not self._owed

    def _start(self) -> None:
        try:
            self._program = Program(signatures.__name__)
            self._program.send(b"")
            self._owed = 1
        except (OSError, ProgramEndedError):
            _log.warning("no other process can be started to check signatures")
            self._end()

    def _end(self) -> None:
        program, self._program, self._ready = self._program, None, False
        if program is not None:
            program.close()
