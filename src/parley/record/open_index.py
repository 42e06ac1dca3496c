"""A block of the search index that is open: its keys, and what is known of its statements."""

from __future__ import annotations

from array import array
from typing import NamedTuple

from parley.crypto.blinding import Blinding
from parley.record import index
from parley.record.index import Header


class Block(NamedTuple):
    """An open block: its keys, and what is known of its statements.

    ``cases`` are the cases, ``case_of`` points into them for each statement; ``counts`` and
    ``totals`` say how many statements and words each case has. ``whole``: every case is listed.
    """

    id: int
    channel: bytes
    first: int
    blinding: Blinding
    header: Header
    cases: tuple[bytes, ...]
    case_of: array[int]
    counts: array[int]
    totals: array[int]
    lengths: array[int]
    times: array[int]
    whole: bool

    def case(self, number: int) -> bytes:
        """The case of a statement, by its number in the block."""
        return self.cases[self.case_of[number]]

    def type(self, number: int) -> str:
        """The type of a statement."""
        (at,) = index.unpacked("H", self.header.type_of[2 * number : 2 * number + 2])
        return self.header.types[at]


def of(block: int, channel: bytes, first: int, blinding: Blinding, header: Header) -> Block:
    """A block with this identifier, of this channel, from this position on."""
    size = index.CASE_BYTES
    cases = tuple(header.cases[at : at + size] for at in range(0, len(header.cases), size))
    return Block(
        block,
        channel,
        first,
        blinding,
        header,
        cases,
        index.unpacked("H", header.case_of),
        index.unpacked("I", header.counts),
        index.unpacked("I", header.totals),
        index.unpacked("I", header.lengths),
        index.unpacked("Q", header.times),
        all(header.listed),
    )
