"""Times on a page: the reader's zone, UTC beside it, and what a program may count down from."""

from __future__ import annotations

from typing import NamedTuple

from parley.domain.shape import ClockKind
from parley.presentation.kinds.common import left
from parley.presentation.output import Output


class Shown(NamedTuple):
    """A deadline: ``at`` in seconds since the epoch, ``when`` in words, and what is left."""

    at: int
    when: str
    left: str
    over: bool


def of(output: Output, at: int, kind: ClockKind | None = None, *, now: int) -> Shown:
    """How a deadline is shown."""
    return Shown(at, output.time(at), left(output, at, now, kind), at < now)
