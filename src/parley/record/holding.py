"""Which chunks of an attachment are there: a bit each, and what is missing as ranges."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

Range = tuple[int, int]
"""First and last number."""

_FULL: Final = 0xFF


class Holding:
    """The chunks that are held, of ``count``."""

    def __init__(self, count: int, bits: bytes = b"") -> None:
        self.count = count
        self._bits = bytearray(bits.ljust(-(-count // 8), b"\x00")[: -(-count // 8)])

    def __contains__(self, index: int) -> bool:
        return bool(self._bits[index >> 3] >> (index & 7) & 1)

    def add(self, indices: Iterable[int]) -> None:
        """Hold these too."""
        for index in indices:
            self._bits[index >> 3] |= 1 << (index & 7)

    @property
    def held(self) -> int:
        """How many are held."""
        return int.from_bytes(self._bits, "big").bit_count()

    @property
    def bits(self) -> bytes:
        """A bit for each, from the lowest bit of the first byte on."""
        return bytes(self._bits)

    def missing(self) -> Iterator[Range]:
        """What is missing, in order, as ranges that do not touch."""
        start: int | None = None
        at = 0
        while at < self.count:
            if start is None and not at & 7 and self._bits[at >> 3] == _FULL:
                at += 8
                continue
            if at in self:
                if start is not None:
                    yield start, at - 1
                    start = None
            elif start is None:
                start = at
            at += 1
        if start is not None:
            yield start, self.count - 1
