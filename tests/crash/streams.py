"""What two desks do while they wait to be killed: officers and couriers at work, by chance.

Whatever a step acknowledges is said aloud at once, over a pipe that outlives its process: the
parent holds the desks to it.
"""

from __future__ import annotations

import itertools
import random
import socket
from collections.abc import Callable
from pathlib import Path
from typing import Final, NamedTuple

from parley.application import audit, cases, dossiers, drafts, exchange, nondelivery, officers
from parley.application.desk import Desk
from parley.kernel.errors import ParleyError
from parley.kernel.reasons import Reason
from parley.record.channel import Channel
from parley.store import outbox
from parley.wire import post
from tests.crash.faults import Fault, Say
from tests.crash.operations import INQUIRY

_NOTHING_TO_ACKNOWLEDGE: Final = frozenset(
    {Reason.NOTHING_ASKED, Reason.ALREADY_ACKNOWLEDGED, Reason.NOT_THE_REPLIER}
)

Steps = dict[str, tuple[int, Callable[[str, Desk], None]]]
"""Each step's name, its weight, and what carries it out for a desk."""
Bring = Callable[[str, bytes], bytes]
"""Brings a frame of the desk with this name to its peer; the reply. Raises :class:`GoneError`."""


class GoneError(Exception):
    """The peer's process has ended."""


class Begun(NamedTuple):
    """A step begins."""

    step: str


class Ended(NamedTuple):
    """A step has come to its end."""

    step: str


class Failed(NamedTuple):
    """A step was broken off by an error."""

    step: str


class Stands(NamedTuple):
    """Desk ``desk`` has shown that this statement stands in its record."""

    desk: str
    data: bytes


class Counted(NamedTuple):
    """Desk ``desk`` has used frame number ``counter``, and knows ``receipted`` of its own."""

    desk: str
    counter: int
    receipted: int


class Stream:
    """Steps of the desks in ``desks``, by name."""

    def __init__(
        self,
        chance: random.Random,
        say: Say,
        desks: dict[str, Desk],
        channel: bytes,
        bring: Bring,
        folder: Path,
    ) -> None:
        self._chance = chance
        self._say = say
        self._desks = desks
        self._channel_id = channel
        self._bring = bring
        self._folder = folder
        self._steps: Steps = {
            "draft to release": (6, self._sign),
            "acknowledge": (2, self._acknowledge),
            "contact": (8, self._contact),
            "export a dossier": (1, self._export),
            "note a failed delivery": (1, self._fail),
            "state non-delivery": (1, self._overdue),
            "rebuild the views": (1, self._rebuild),
            "add an officer": (1, self._officer),
        }

    def run(self, steps: int | None = None, *, fault: Fault | None = None) -> None:
        """So many steps, or steps until the end of the process; each is said before and after.

        What ``fault`` makes fail is borne: the desks go on with the next step.
        """
        self._run(dict(self._steps), steps, fault)

    def each(self) -> None:
        """Each step once on either desk."""
        for step in self._steps.values():
            for side, desk in self._desks.items():
                step[1](side, desk)

    def alone(self, steps: int | None) -> None:
        """Steps of the house, without any contact."""
        house = {name: step for name, step in self._steps.items() if name != "contact"}
        self._run(house, steps, None)

    def _run(self, chosen: Steps, steps: int | None, fault: Fault | None) -> None:
        weights = [weight for weight, _step in chosen.values()]
        for _ in itertools.count() if steps is None else range(steps):
            (name,) = self._chance.choices(list(chosen), weights)
            side = self._chance.choice(sorted(self._desks))
            self._say(Begun(name))
            try:
                chosen[name][1](side, self._desks[side])
            except (ParleyError, OSError):
                if fault is None or fault.hit is None:
                    raise
                self._say(Failed(name))
            self._say(Ended(name))

    def _channel(self, desk: Desk) -> Channel:
        with desk.database.read() as connection:
            return desk.channel(connection, self._channel_id)

    def _sign(self, side: str, desk: Desk) -> None:
        draft = drafts.write(desk, "dora", self._channel(desk), INQUIRY)
        draft = drafts.submit(desk, "dora", draft.id, draft.revision)
        digest = draft.sha256
        assert digest is not None
        drafts.clear(desk, "lena", draft.id, digest)
        signed = drafts.authorise(desk, "ada", draft.id, digest, stands_regardless=True)
        assert signed is not None
        self._say(Stands(side, signed.data))

    def _acknowledge(self, side: str, desk: Desk) -> None:
        channel = self._channel(desk)
        known = [summary.row.case_id for summary in cases.summaries(desk, "otto", channel)]
        if not known:
            return
        try:
            signed = drafts.acknowledge(desk, "otto", channel, self._chance.choice(known))
        except ParleyError as error:
            if error.reason not in _NOTHING_TO_ACKNOWLEDGE:
                raise
        else:
            self._say(Stands(side, signed.data))

    def _contact(self, side: str, desk: Desk) -> None:
        outgoing = exchange.compose(desk, self._channel_id)
        data, digest = post.request(desk, outgoing)
        self._say(Counted(side, outgoing.counter, 0))
        try:
            reply = self._bring(side, data)
        except GoneError:
            exchange.failed(desk, self._channel_id, Reason.PEER_UNREACHABLE)
            return
        other = "right" if side == "left" else "left"
        for sent in outgoing.message.statements:
            self._say(Stands(other, sent.data))
        post.settle(desk, outgoing, digest, reply)
        with desk.database.read() as connection:
            receipted = outbox.one(connection, self._channel_id).receipted
        self._say(Counted(side, outgoing.counter, receipted))

    def _export(self, side: str, desk: Desk) -> None:
        dossiers.export(desk, "otto", self._channel(desk), self._folder / f"{side}.dossier")

    def _fail(self, _side: str, desk: Desk) -> None:
        exchange.failed(desk, self._channel_id, Reason.PEER_UNREACHABLE)

    @staticmethod
    def _overdue(_side: str, desk: Desk) -> None:
        nondelivery.state_overdue(desk)

    @staticmethod
    def _rebuild(_side: str, desk: Desk) -> None:
        audit.rebuild(desk)

    @staticmethod
    def _officer(_side: str, desk: Desk) -> None:
        officers.add(desk, "nora", ["drafter"])


def directly(desks: dict[str, Desk]) -> Bring:
    """Both desks live in one process."""
    return lambda side, data: post.answer(desks["right" if side == "left" else "left"], data)


class Line:
    """Frames between two processes, one desk each."""

    def __init__(self, end: socket.socket) -> None:
        self._end = end

    def begin(self) -> None:
        """The other process may begin."""
        self._send(b"begin")

    def wait(self) -> None:
        """Wait until it may. Raises :class:`GoneError`."""
        if not self._receive():
            raise GoneError

    def bring(self, _side: str, data: bytes) -> bytes:
        """Send a frame and wait for the reply."""
        self._send(data)
        reply = self._receive()
        if not reply:
            raise GoneError
        return reply

    def serve(self, desk: Desk) -> None:
        """Answer frames until the other process ends."""
        while data := self._receive():
            try:
                self._send(post.answer(desk, data))
            except GoneError:
                return

    def _send(self, data: bytes) -> None:
        try:
            self._end.sendall(len(data).to_bytes(4, "big") + data)
        except OSError as error:
            raise GoneError from error

    def _receive(self) -> bytes:
        size = self._exactly(4)
        return self._exactly(int.from_bytes(size, "big")) if size else b""

    def _exactly(self, size: int) -> bytes:
        parts = b""
        while len(parts) < size:
            try:
                part = self._end.recv(size - len(parts))
            except OSError:
                return b""
            if not part:
                return b""
            parts += part
        return parts
