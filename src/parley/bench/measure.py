"""Times, ratios and memory."""

from __future__ import annotations

import os
import resource
import statistics
import sys
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final, NamedTuple, Self

_PROC: Final = Path("/proc")
_PERIOD: Final = 0.05


class Ratio(NamedTuple):
    """Ours beside the bare loop: seconds for the same work, and medians of several rounds.

    ``ratio`` is the bare loop's time over ours, the median of the rounds' ratios: 1 is as fast.
    """

    ours: float
    bare: float
    ratio: float


def compared(rounds: Sequence[tuple[float, float]]) -> Ratio:
    """From (ours, bare) in seconds, round by round."""
    return Ratio(
        statistics.median(ours for ours, _ in rounds),
        statistics.median(bare for _, bare in rounds),
        statistics.median(bare / ours for ours, bare in rounds),
    )


def timed(work: Callable[[], object]) -> float:
    """Seconds that ``work`` takes."""
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def percentile(values: Sequence[float], share: float) -> float:
    """The value that ``share`` of ``values`` do not exceed."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


class PeakMemory:
    """The greatest resident memory of this process and all below it, in bytes.

    On Linux the sum of the peaks of all processes, as they are now and then; pages that processes
    share count for each of them. Elsewhere this process and the largest of those that have ended.
    """

    def __init__(self) -> None:
        self._peak = 0
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._done.set()
        self._thread.join()

    @property
    def bytes(self) -> int:
        """The peak so far."""
        if self._peak:
            return self._peak
        unit = 1 if sys.platform == "darwin" else 1024
        users = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
        return sum(resource.getrusage(who).ru_maxrss for who in users) * unit

    def _watch(self) -> None:
        while True:
            self._peak = max(self._peak, _peaks(os.getpid()))
            if self._done.wait(_PERIOD):
                return


def _peaks(root: int) -> int:
    """The sum of the peaks of a process and all below it; 0 where that cannot be told."""
    parents: dict[int, int] = {}
    peaks: dict[int, int] = {}
    for folder in _PROC.glob("[0-9]*"):
        try:
            fields = dict(
                line.split(":", 1) for line in (folder / "status").read_text().splitlines()
            )
        except (OSError, ValueError):
            continue
        pid = int(folder.name)
        parents[pid] = int(fields.get("PPid", "0"))
        peaks[pid] = int(fields.get("VmHWM", "0").split()[0]) * 1024
    total = 0
    for pid, peak in peaks.items():
        at = pid
        while at not in (0, root):
            at = parents.get(at, 0)
        total += peak if at == root else 0
    return total
