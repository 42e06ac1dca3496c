"""What holds where two acts cross: neither author had seen the other's act.

Each kind of case has a table with one outcome for each pair of types, whichever act was made,
signed or received first: no clock and no hash decides. The outcome is provisional until each side
is known to have seen both acts.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

import msgspec


class Standing(StrEnum):
    """What an act that its author was free to make still does in the case."""

    STANDS = "stands"
    CROSSED = "crossed"
    """It stands in the record, as said; nothing more follows from it in this case."""
    LAPSED = "lapsed"
    """It stands in the record and is without effect: what it was made for had gone."""


RANK: Final[Mapping[str, int]] = {
    Standing.STANDS: 0,
    Standing.CROSSED: 1,
    Standing.LAPSED: 2,
}


def lower(a: Standing, b: Standing) -> Standing:
    """What is left of an act after two crossings, of which each leaves this."""
    return a if RANK[a] >= RANK[b] else b


class Crossing(msgspec.Struct, frozen=True):
    """An entry of a table: the token of its outcome, what becomes of either act, and why."""

    outcome: str
    first: Standing
    second: Standing
    why: str

    @property
    def reverse(self) -> Crossing:
        """The same entry, read from the other side."""
        return Crossing(self.outcome, self.second, self.first, self.why)


Table = Mapping[tuple[str, str], Crossing]
"""(type of one act, type of the other) -> what holds. A pair stands in it once."""


def look_up(table: Table, first: str, second: str, default: Crossing) -> Crossing:
    """What a table says of two types, in whichever order they stand in it."""
    entry = table.get((first, second))
    if entry is not None:
        return entry
    entry = table.get((second, first))
    return default if entry is None else entry.reverse


BOTH_STAND: Final = Crossing(
    "both-stand",
    Standing.STANDS,
    Standing.STANDS,
    "Neither touches what the other does; each stands as said.",
)

OPENED_TWICE: Final = Crossing(
    "opened-twice",
    Standing.LAPSED,
    Standing.LAPSED,
    "Two parties opened a case under one number; neither opened it, and nothing in it counts.",
)
