"""What comes first of what was found: BM25 (Robertson and Zaragoza, 2009, section 3).

Only what the reader may see is counted, so that no order tells of what is hidden.
"""

from __future__ import annotations

from math import log
from typing import Final

K1: Final = 1.2
B: Final = 0.75


def rarity(documents: int, having: int) -> float:
    """What it says of a document that it has something which ``having`` of ``documents`` have."""
    return log(1 + (documents - having + 0.5) / (having + 0.5))


def weight(times: int, length: int, usual: float) -> float:
    """What occurring ``times`` is worth in a document of ``length``; ``usual`` is the mean."""
    return times * (K1 + 1) / (times + K1 * (1 - B + B * length / usual))
