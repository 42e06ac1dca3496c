"""Counts of what happened, shared by all processes that serve one desk.

The counts lie in memory that the processes share, a row for each, so that none waits for another
and any of them can tell the sums. A process that is started anew goes on with the row of the one
whose place it takes, so no count ever falls.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator, MutableSequence
from multiprocessing import get_context
from typing import Final

from parley.kernel.reasons import Reason

FRAMES: Final = "frames"
CLOSED: Final = "closed"
WEB_CLOSED: Final = "web-closed"
ATTEMPTS: Final = "attempts"
RESTARTS: Final = "restarts"
TOLD: Final = "told"

_OTHER: Final = "other"
_REASONS: Final = tuple(reason.value for reason in Reason)
_CLOSINGS: Final = ("crowded", "slow", "malformed", _OTHER)
_OUTCOMES: Final = {
    FRAMES: ("accepted", "not-found", "disconnected", *_REASONS, _OTHER),
    CLOSED: _CLOSINGS,
    WEB_CLOSED: _CLOSINGS,
    ATTEMPTS: ("settled", *_REASONS, _OTHER),
    RESTARTS: ("worker",),
    TOLD: ("told", *_REASONS, _OTHER),
}
_PLACES: Final = {
    place: index
    for index, place in enumerate(
        (what, outcome) for what, outcomes in _OUTCOMES.items() for outcome in outcomes
    )
}


class Tally:
    """Counts by what happened and with which outcome; ``row`` is this process's own.

    Threads may share it.
    """

    def __init__(self, rows: int = 1) -> None:
        self._cells: MutableSequence[int] = get_context("spawn").RawArray("Q", rows * len(_PLACES))
        self._rows = rows
        self._row = 0
        self._lock = threading.Lock()

    def of_row(self, row: int) -> Tally:
        """The same counts, for the process to which ``row`` belongs."""
        other = Tally.__new__(Tally)
        other.__setstate__((self._cells, self._rows, row))
        return other

    def __getstate__(self) -> tuple[MutableSequence[int], int, int]:
        return self._cells, self._rows, self._row

    def __setstate__(self, state: tuple[MutableSequence[int], int, int]) -> None:
        self._cells, self._rows, self._row = state
        self._lock = threading.Lock()

    def count(self, what: str, outcome: str) -> None:
        """Count one more."""
        place = _PLACES.get((what, outcome), _PLACES.get((what, _OTHER), 0))
        with self._lock:
            self._cells[self._row * len(_PLACES) + place] += 1

    def sums(self, what: str) -> Iterator[tuple[str, int]]:
        """Each outcome of ``what`` that has happened in any process, and how often."""
        for outcome in _OUTCOMES[what]:
            place = _PLACES[what, outcome]
            total = sum(self._cells[row * len(_PLACES) + place] for row in range(self._rows))
            if total:
                yield outcome, total
