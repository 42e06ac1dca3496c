"""Bringing checkpoints to witnesses by HTTP, in the background (C2SP tlog-witness)."""

from __future__ import annotations

import logging
import re
import threading
import time
from hashlib import sha256
from typing import Final

import httpx2

from parley.application import witnessing
from parley.application.desk import Desk, Watcher
from parley.application.witnessing import Task
from parley.crypto import witnessing as protocol
from parley.kernel.errors import ParleyError
from parley.kernel.reasons import Reason
from parley.record.channel import Channel

_log = logging.getLogger(__name__)

ADD_CHECKPOINT: Final = "/add-checkpoint"
CHECKPOINT: Final = "/checkpoint/"
"""Behind it SHA-256 of an origin, in hexadecimal: a witness of ours shows its newest note."""

KEYS: Final = "/keys/"
"""Behind it the same of the log's first origin: a witness of ours takes key statements here."""

_TIMEOUT: Final = httpx2.Timeout(10.0, connect=5.0)
_LOOK_SECONDS: Final = 5.0
_STALE: Final = 409
_NOT_CONTINUED: Final = 422
_SIZE: Final = re.compile(rb"(0|[1-9][0-9]{0,15})\n")
_ROUNDS: Final = 3
"""So many answers of one witness about one checkpoint are followed up."""


class Submitter:
    """Brings the checkpoints of one desk to its witnesses."""

    def __init__(self, desk: Desk, transport: httpx2.BaseTransport | None = None) -> None:
        self._desk = desk
        self._client = httpx2.Client(
            timeout=_TIMEOUT, follow_redirects=False, transport=transport, trust_env=False
        )

    def close(self) -> None:
        """Give the connections back."""
        self._client.close()

    def run(self, stop: threading.Event) -> None:
        """Submit what is due until ``stop`` is set."""
        while not stop.is_set():
            try:
                self.submit_due()
            except Exception:  # noqa: BLE001 - a fault here must not end the thread
                _log.exception("fault while contacting witnesses")
            stop.wait(_LOOK_SECONDS)

    def submit_due(self) -> None:
        """One contact with each witness that is due, channel after channel."""
        now = self._desk.clock()
        for due in witnessing.pending(self._desk):
            if due.due <= now:
                self.submit(due.channel, due.watcher)

    def submit(self, channel: Channel, watcher: Watcher) -> Reason | None:
        """One contact with a witness over a channel: nothing wrong, or the first thing that was."""
        wrong: Reason | None = None
        for task in witnessing.tasks(self._desk, channel, watcher):
            try:
                self._bring(task, watcher)
            except ParleyError as error:
                _log.warning("witness", extra={"reason": error.reason.value})
                wrong = wrong or error.reason
            except httpx2.HTTPError:
                wrong = wrong or Reason.WITNESS_UNREACHABLE
        witnessing.contacted(self._desk, channel, watcher, wrong)
        return wrong

    def _bring(self, task: Task, watcher: Watcher) -> None:
        """Submit one checkpoint, from where the witness says that it is.

        :raises ParleyError: ``witness-refused``, ``witness-wrong``, ``witness-ahead``,
            ``own-log-forked``, ``fork-root``.
        """
        old = task.old
        for _ in range(_ROUNDS):
            data = witnessing.submission(self._desk, task, old)
            status, answer = self._exchange("POST", watcher.url + ADD_CHECKPOINT, data)
            if status == httpx2.codes.OK:
                witnessing.accept(self._desk, task, watcher, answer)
                return
            if status == httpx2.codes.NOT_FOUND and self._bring_keys(task, watcher):
                continue
            if status not in (_STALE, _NOT_CONTINUED):
                raise ParleyError(Reason.WITNESS_REFUSED, status=status)
            size = _stated_size(answer) if status == _STALE else old
            if size > task.row.size:
                witnessing.ahead(task, size)
                return
            if size == old:
                self._look(task, watcher)
            old = size
        raise ParleyError(Reason.WITNESS_WRONG)

    def _bring_keys(self, task: Task, watcher: Watcher) -> bool:
        """Show a witness that does not know this name of the log the keys by which it has it."""
        name, statements = witnessing.keys(task)
        for data in statements:
            status, _ = self._exchange("POST", watcher.url + KEYS + name, data)
            if status != httpx2.codes.OK:
                return False
        return bool(statements)

    def _look(self, task: Task, watcher: Watcher) -> None:
        """See what the witness holds instead.

        :raises ParleyError: always: whose fault it is.
        """
        name = sha256(task.signed.origin.encode()).hexdigest()
        status, note = self._exchange("GET", watcher.url + CHECKPOINT + name, None)
        if status != httpx2.codes.OK:
            raise ParleyError(Reason.WITNESS_WRONG)
        witnessing.contradicted(self._desk, task, note)

    def _exchange(self, method: str, url: str, data: bytes | None) -> tuple[int, bytes]:
        headers = {"accept-encoding": "identity"}
        ends = time.monotonic() + 3 * (_TIMEOUT.read or 0.0)
        with self._client.stream(method, url, content=data, headers=headers) as response:
            parts: list[bytes] = []
            size = 0
            # Raw: nothing that a witness sends is ever decompressed.
            for part in response.iter_raw():
                size += len(part)
                if size > protocol.NOTE_BYTES or time.monotonic() > ends:
                    raise ParleyError(Reason.WITNESS_WRONG)
                parts.append(part)
            return response.status_code, b"".join(parts)


def _stated_size(answer: bytes) -> int:
    found = _SIZE.fullmatch(answer)
    if found is None:
        raise ParleyError(Reason.WITNESS_WRONG)
    return int(found[1])
