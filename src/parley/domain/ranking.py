"""What comes first of what was found: BM25 (Robertson and Zaragoza, 2009, section 3).

Only what the reader may see is counted, so that no order tells of what is hidden.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from math import log
from typing import Final

K1: Final = 1.2
B: Final = 0.75


def rarity(documents: int, having: int) -> float:
    """What it says of a document that it has something which ``having`` of ``documents`` have."""
    return log(1 + (documents - having + 0.5) / (having + 0.5))


def weights(
    terms: Sequence[tuple[Iterable[int], float]], lengths: Iterable[int], usual: float
) -> list[float]:
    """What each document weighs, of a length, where ``usual`` is the mean length.

    ``terms``: how often each document has something, and how rare that is. What it has 0 times adds
    nothing.
    """
    least, more = K1 * (1 - B), K1 * B / usual
    damped = [least + more * length for length in lengths]
    made: list[float] = []
    for times, rarity in terms:
        most = rarity * (K1 + 1)
        if made:
            made = [
                weight + most * n / (n + damping)
                for weight, n, damping in zip(made, times, damped, strict=True)
            ]
        else:
            made = [most * n / (n + damping) for n, damping in zip(times, damped, strict=True)]
    return made
