"""What comes first of what was found: BM25 (Robertson and Zaragoza, 2009, section 3).

Only what the reader may see is counted, so that no order tells of what is hidden.
"""

from __future__ import annotations

from collections.abc import Iterable
from math import log
from typing import Final

K1: Final = 1.2
B: Final = 0.75


def rarity(documents: int, having: int) -> float:
    """What it says of a document that it has something which ``having`` of ``documents`` have."""
    return log(1 + (documents - having + 0.5) / (having + 0.5))


def damping(lengths: Iterable[int], usual: float) -> list[float]:
    """What to add to a count, for each document of a length, where ``usual`` is the mean length."""
    least, more = K1 * (1 - B), K1 * B / usual
    return [least + more * length for length in lengths]


def added(
    weights: Iterable[float], times: Iterable[int], damped: Iterable[float], rarity: float
) -> list[float]:
    """``weights`` with what occurring so many times adds to each; 0 times add nothing."""
    most = rarity * (K1 + 1)
    return [
        weight + most * n / (n + damping)
        for weight, n, damping in zip(weights, times, damped, strict=True)
    ]
