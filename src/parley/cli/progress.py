"""A progress bar on standard error for what takes longer than a second; none without a terminal."""

from __future__ import annotations

import sys
import time
from types import TracebackType
from typing import Final, Self

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

_PATIENCE_SECONDS: Final = 1.0


class Bar:
    """Counts towards ``total`` for as long as the block runs. ``said`` is a translated text."""

    def __init__(self, said: str, total: int | None) -> None:
        self._said = said
        self._total = total
        self._done = 0
        self._begun = time.monotonic()
        self._visible = sys.stderr.isatty()
        self._progress: Progress | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._progress is not None:
            self._progress.stop()

    def step(self) -> None:
        """One more is done."""
        self.reach(self._done + 1)

    def more(self, count: int) -> None:
        """``count`` more are done."""
        self.reach(self._done + count)

    def reach(self, done: int, total: int | None = None) -> None:
        """``done`` are done by now; ``total`` where it has become known."""
        self._done = done
        self._total = total or self._total
        if not self._visible:
            return
        if self._progress is None:
            if time.monotonic() - self._begun < _PATIENCE_SECONDS:
                return
            self._progress = _started(self._said, self._total)
        task = self._progress.tasks[0]
        self._progress.update(task.id, completed=done, total=self._total)


def _started(said: str, total: int | None) -> Progress:
    progress = Progress(
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        TaskProgressColumn(),
        TimeRemainingColumn(),
        console=Console(file=sys.stderr, markup=False, highlight=False, emoji=False),
        transient=True,
    )
    progress.add_task(said, total=total)
    progress.start()
    return progress
