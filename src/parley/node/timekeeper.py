"""Looking at the deadlines again and again, in the background of a desk or for itself."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from typing import Final

from parley.application import watch
from parley.application.desk import Desk
from parley.application.watch import Ticked

_log = logging.getLogger(__name__)

LOOK_SECONDS: Final = 20.0
"""So often a desk that is served looks at its deadlines."""


def run(desk: Desk, stop: threading.Event, told: Callable[[Ticked], None] | None = None) -> None:
    """Look until ``stop`` is set; ``told`` hears of each look.

    Any number of processes may do so over one database: each step is raised by one of them.
    """
    while not stop.is_set():
        try:
            ticked = watch.tick(desk, lambda: not stop.is_set())
            if told is not None:
                told(ticked)
        except Exception:  # noqa: BLE001 - a fault here must not end the watch
            _log.exception("fault while deadlines were looked at")
        stop.wait(LOOK_SECONDS)
