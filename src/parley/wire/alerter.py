"""The alerter: watches for occasions, brings what is due by its routes, tries again, passes on."""

from __future__ import annotations

import logging
import random
import threading
import time
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Final, NamedTuple, Protocol

from parley.application import alert_outbox, alert_watch
from parley.application.alert_outbox import Repetitions, Telling
from parley.application.desk import Desk
from parley.domain.alerts import REPETITIONS
from parley.kernel.errors import ParleyError
from parley.kernel.reasons import Reason
from parley.wire import alert_text
from parley.wire.alert_text import Message

_log = logging.getLogger(__name__)

_AT_ONCE: Final = 8
_LOOK_SECONDS: Final = 1.0
_TIME_SECONDS: Final = 60
_WATCH_SECONDS: Final = 0.2
_AFTER_FAULT_SECONDS: Final = 5.0


class Teller(Protocol):
    """A way to tell an officer: by mail, to a webhook, by a command."""

    def tell(self, message: Message, now: int) -> None:
        """Tell; returns once it has been taken.

        :raises ParleyError: why it was not.
        """


class Meter(Protocol):
    """Counts what became of tellings; the node shows it as metrics."""

    def told(self, outcome: str) -> None:
        """One attempt: ``told``, or a reason code."""


class Routes(NamedTuple):
    """All ways that the house has configured, by (kind, name), and how often alerts repeat."""

    tellers: Mapping[tuple[str, str], Teller]
    repetitions: Repetitions = REPETITIONS


class Alerter:
    """Alerts the officers of one desk. Several processes may each have one."""

    def __init__(self, desk: Desk, routes: Routes, meter: Meter) -> None:
        self._desk = desk
        self._routes = routes
        self._meter = meter
        self._jitter = random.Random()  # noqa: S311 - spreads load, keeps no secret
        self._looked_at = 0
        self._behind = True

    def run(self, stop: threading.Event) -> None:
        """Alert until ``stop`` is set."""
        with self._desk.database.watch() as watch:
            while not stop.is_set():
                try:
                    self.work(changed=watch.changed())
                except Exception:  # noqa: BLE001 - a fault here must not end the thread
                    _log.exception("fault of the alerter")
                    stop.wait(_AFTER_FAULT_SECONDS)
                stop.wait(_LOOK_SECONDS)

    def work(self, *, changed: bool = True) -> int:
        """Look for occasions, pass on, and bring what is due; returns how much was tried."""
        now = self._desk.clock()
        if changed or self._behind:
            self._watch()
        if not 0 <= now - self._looked_at < _TIME_SECONDS:
            alert_watch.watch_time(self._desk)
            self._looked_at = now
        alert_outbox.pass_on(self._desk, self._routes.repetitions)
        tried = 0
        while tellings := alert_outbox.claim(self._desk, _AT_ONCE):
            with ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="alerts") as pool:
                list(pool.map(self._bring, tellings))
            tried += len(tellings)
        return tried

    def _watch(self) -> None:
        """Look for occasions, but not for long at a time: the desk has other work."""
        ends = time.monotonic() + _WATCH_SECONDS
        self._behind = True
        while time.monotonic() < ends:
            if not alert_watch.step(self._desk):
                self._behind = False
                return

    def _bring(self, telling: Telling) -> None:
        """One attempt, and what came of it."""
        reason = self._told(telling)
        self._meter.told("told" if reason is None else reason.value)
        if reason is not None:
            _log.info("an alert was not told", extra={"reason": reason.value})
        kept = alert_outbox.settle(
            self._desk, telling, reason, self._jitter.random(), self._routes.repetitions
        )
        if not kept:
            _log.warning("an alert took longer than its claim")

    def _told(self, telling: Telling) -> Reason | None:
        teller = self._routes.tellers.get((telling.route.kind, telling.route.transport))
        if teller is None:
            return Reason.ALERT_TRANSPORT_UNKNOWN
        try:
            teller.tell(alert_text.compose(telling), self._desk.clock())
        except ParleyError as error:
            return error.reason
        except Exception:  # noqa: BLE001 - one route's fault must not stop the others
            _log.exception("fault of a route")
            return Reason.INTERNAL
        return None
