"""The courier: brings what is pending to the peers, collects receipts, tries again.

Each channel is served in order and by one attempt at a time. Failures are retried with
exponential backoff and full jitter for as long as the peer stays away, be it days.
"""

from __future__ import annotations

import logging
import random
import threading
from collections.abc import Callable
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import Final, Protocol

import httpx2

from parley.application import exchange, nondelivery, work
from parley.application.desk import Desk
from parley.kernel.errors import ParleyError
from parley.kernel.reasons import Reason
from parley.store.database import Watch
from parley.wire import post
from parley.wire.dialling import Timeouts
from parley.wire.frame import PATH
from parley.wire.posting import Poster

_log = logging.getLogger(__name__)

_AFTER_FAULT_SECONDS: Final = 1.0
_CHANNELS_AT_ONCE: Final = 8
_LOOK_AGAIN_MS: Final = 10_000
_LOOK_AFTER_OTHERS_MS: Final = 500


@dataclass(frozen=True)
class Backoff:
    """Waits before the next attempt, in milliseconds: full jitter up to base * 2**attempts."""

    base_ms: int = 250
    most_ms: int = 300_000

    def wait_ms(self, attempts: int, fraction: float) -> int:
        """The wait after ``attempts`` failures; ``fraction`` from 0 to 1 is the jitter."""
        ceiling = min(self.most_ms, self.base_ms * 2 ** min(attempts, 20))
        return max(self.base_ms // 2, int(ceiling * fraction))


class Meter(Protocol):
    """Counts what the courier did; the node shows it as metrics."""

    def attempt(self, outcome: str) -> None:
        """One attempt to reach a peer: ``settled``, or a reason code."""


class Courier:
    """Serves all channels of one desk. ``clock_ms`` gives milliseconds since the epoch."""

    def __init__(
        self,
        desk: Desk,
        meter: Meter,
        clock_ms: Callable[[], int],
        backoff: Backoff | None = None,
        transport: httpx2.BaseTransport | None = None,
        timeouts: Timeouts | None = None,
    ) -> None:
        self._desk = desk
        self._meter = meter
        self._clock_ms = clock_ms
        self._backoff = backoff or Backoff()
        self._poster = Poster(transport, timeouts)
        self._jitter = random.Random()  # noqa: S311 - spreads load, keeps no secret

    def close(self) -> None:
        """Give the connections back."""
        self._poster.close()

    def deliver(self, channel: bytes, endpoints: tuple[str, ...], *, urgent: bool = False) -> bool:
        """One exchange with the peer of ``channel``. True where it brought something new.

        Every failure is booked with its reason, and the next attempt set. ``urgent`` asks the
        peer for a post-quantum cosignature; the first contact after a start shows it nothing new to
        cosign, and is followed by another.
        """
        first = not self._desk.contacts.confirmed(channel)
        try:
            outgoing = exchange.compose(self._desk, channel, post_quantum=urgent)
            data, digest = post.request(self._desk, outgoing)
            reply = self._poster.bring(PATH, data, endpoints)
            settled = post.settle(self._desk, outgoing, digest, reply)
        except ParleyError as error:
            self._meter.attempt(error.reason.value)
            _log.info("delivery failed", extra={"reason": error.reason.value})
            self._postpone(channel, exchange.failed(self._desk, channel, error.reason))
            return False
        self._meter.attempt("settled")
        if not settled.progress:
            attempts = exchange.attempts(self._desk, channel)
            self._postpone(channel, attempts)
        if urgent and first and self._desk.contacts.confirmed(channel):
            return self.deliver(channel, endpoints, urgent=True)
        return settled.progress

    def _postpone(self, channel: bytes, attempts: int) -> None:
        wait = self._backoff.wait_ms(attempts, self._jitter.random())
        exchange.postpone(self._desk, channel, self._clock_ms() + wait)

    def run(self, stop: threading.Event, idle_seconds: float = 0.05) -> None:
        """Deliver until ``stop`` is set. Looks for work whenever the database has changed.

        Channels are served side by side, so that a peer that hangs delays no other.
        """
        busy: dict[bytes, Future[None]] = {}
        with (
            self._desk.database.watch() as watch,
            ThreadPoolExecutor(_CHANNELS_AT_ONCE, thread_name_prefix="courier") as pool,
        ):
            next_due_ms = 0
            while not stop.is_set():
                try:
                    finished = [channel for channel, future in busy.items() if future.done()]
                    for channel in finished:
                        watch.release(channel)
                        busy.pop(channel).result()
                    if finished or watch.changed() or next_due_ms <= self._clock_ms():
                        next_due_ms = self._start_due(pool, busy, watch)
                        continue
                except Exception:  # noqa: BLE001 - while the desk is served, so are its channels
                    _log.exception("fault of the courier")
                    stop.wait(_AFTER_FAULT_SECONDS)
                stop.wait(idle_seconds)

    def _start_due(self, pool: Executor, busy: dict[bytes, Future[None]], watch: Watch) -> int:
        """Start what is due and nobody else has claimed; returns when to look again (ms)."""
        now = self._clock_ms()
        look_again = now + _LOOK_AGAIN_MS
        nondelivery.state_overdue(self._desk)
        found = work.pending(self._desk)
        for item in found:
            if item.channel in busy:
                continue
            if item.due_ms <= now:
                if watch.claim(item.channel):
                    busy[item.channel] = pool.submit(self._guarded, item)
                else:
                    # Another process delivers. Should it be killed, nothing else would tell us.
                    look_again = min(look_again, now + _LOOK_AFTER_OTHERS_MS)
            else:
                look_again = min(look_again, item.due_ms)
        return look_again

    def _guarded(self, item: work.Work) -> None:
        """One delivery; a fault of our own costs this attempt and nothing else."""
        try:
            # Another process may have delivered between our look and our claim.
            if work.is_due(self._desk, item.channel, self._clock_ms()):
                self.deliver(item.channel, item.endpoints)
        except Exception:  # noqa: BLE001 - one channel's fault must not stop the others
            _log.exception("fault while delivering")
            self._meter.attempt(Reason.INTERNAL.value)
            self._postpone(item.channel, exchange.failed(self._desk, item.channel, Reason.INTERNAL))
