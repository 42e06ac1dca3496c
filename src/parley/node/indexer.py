"""Keeping the search index up to date in the background, while a desk is served."""

from __future__ import annotations

import logging
import threading
from typing import Final

from parley.application import indexing
from parley.application.desk import Desk

_log = logging.getLogger(__name__)

_LOOK_SECONDS: Final = 5.0
_TURN: Final = b"search index"
"""One process at a time does it; the others wait for their turn."""


class Indexer:
    """Takes new statements of one desk into the index."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def run(self, stop: threading.Event) -> None:
        """Look every few seconds, where something was committed, until ``stop`` is set."""
        with self._desk.database.watch() as watch:
            while not stop.wait(_LOOK_SECONDS):
                try:
                    if watch.changed() and watch.claim(_TURN):
                        indexing.catch_up(self._desk)
                except Exception:  # noqa: BLE001 - tried again at the next look
                    _log.exception("fault while the index was kept")
