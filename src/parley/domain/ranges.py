"""Numbers by the thousand, kept as ranges: what is said of neighbours alike stands there once.

A range is ``(first, last)``, both within it. A span is ``(first, last, mark)``: what holds of each
number of a range. Ranges and spans are in ascending order and disjoint.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

Range = tuple[int, int]
Ranges = tuple[Range, ...]
Span = tuple[int, int, int]
Spans = tuple[Span, ...]

NOTHING: Final[Spans] = ()
HIGHEST: Final = 1_000_000
"""No number that anybody writes is greater."""
_WRITTEN: Final = re.compile(r"([0-9]{1,7})(?:\s*-\s*([0-9]{1,7}))?", re.ASCII)
LAST: Final = 1 << 40
"""Greater than any number."""


def ordered(ranges: Sequence[Range]) -> bool:
    """Whether ``ranges`` are ranges of numbers from 1, ascending and disjoint."""
    last = 0
    for first, end in ranges:
        if not last < first <= end:
            return False
        last = end
    return True


def size(ranges: Iterable[Range]) -> int:
    """How many numbers ``ranges`` have."""
    return sum(last - first + 1 for first, last in ranges)


def numbers(ranges: Iterable[Range]) -> Iterator[int]:
    """Each number of ``ranges``."""
    for first, last in ranges:
        yield from range(first, last + 1)


def joined(pieces: Iterable[Range]) -> Ranges:
    """``pieces``, which are ascending and disjoint, with neighbours made one."""
    found: list[Range] = []
    for first, last in pieces:
        if found and found[-1][1] + 1 == first:
            found[-1] = (found[-1][0], last)
        else:
            found.append((first, last))
    return tuple(found)


def of_numbers(given: Iterable[int]) -> Ranges:
    """The ranges of ``given`` numbers, in whatever order they come, and however often."""
    return joined((number, number) for number in sorted(set(given)))


def within(ranges: Ranges, first: int, last: int) -> Ranges:
    """The part of ``ranges`` from ``first`` to ``last``."""
    return tuple(
        (max(start, first), min(end, last))
        for start, end in ranges
        if start <= last and end >= first
    )


def common(a: Ranges, b: Ranges) -> Ranges:
    """The numbers that stand in both."""
    found = [piece for first, last in a for piece in within(b, first, last)]
    return joined(found)


def part(ranges: Ranges, start: int, count: int) -> Ranges:
    """``count`` numbers of ``ranges``, after the first ``start``."""
    found: list[Range] = []
    for first, last in ranges:
        skipped = min(start, last - first + 1)
        taken = min(count, last - first + 1 - skipped)
        if taken > 0:
            found.append((first + skipped, first + skipped + taken - 1))
        start, count = start - skipped, count - max(taken, 0)
    return tuple(found)


def parse(text: str) -> Ranges:
    """The ranges in ``1-755,760``, in whatever order; none where it is something else."""
    found: set[int] = set()
    for piece in text.split(","):
        match = _WRITTEN.fullmatch(piece.strip())
        first, last = (int(match[1]), int(match[2] or match[1])) if match else (0, 0)
        if not 0 < first <= last <= HIGHEST:
            return ()
        found.update(range(first, last + 1))
    return of_numbers(found)


def written(ranges: Ranges) -> str:
    """``ranges`` as :func:`parse` reads them."""
    return ",".join(f"{a}" if a == b else f"{a}-{b}" for a, b in ranges)


def overlay(spans: Spans, ranges: Ranges, mark: int) -> Spans:
    """``spans`` where ``ranges`` have ``mark``, whatever they had before."""
    return _merged(sorted((*erase(spans, ranges), *((a, b, mark) for a, b in ranges))))


def erase(spans: Spans, ranges: Ranges) -> Spans:
    """``spans`` where ``ranges`` have no mark."""
    found: list[Span] = []
    at = 0
    for first, last, mark in spans:
        while at < len(ranges) and ranges[at][1] < first:
            at += 1
        start, hole = first, at
        while hole < len(ranges) and ranges[hole][0] <= last:
            if start < ranges[hole][0]:
                found.append((start, ranges[hole][0] - 1, mark))
            start = ranges[hole][1] + 1
            hole += 1
        if start <= last:
            found.append((start, last, mark))
    return tuple(found)


def _merged(spans: Iterable[Span]) -> Spans:
    found: list[Span] = []
    for span in spans:
        if found and found[-1][1] + 1 == span[0] and found[-1][2] == span[2]:
            found[-1] = (found[-1][0], span[1], span[2])
        else:
            found.append(span)
    return tuple(found)


def pieces(ranges: Ranges, *maps: Spans) -> Iterator[tuple[int, int, tuple[int | None, ...]]]:
    """``ranges`` in as few pieces as each of ``maps`` says one thing of: its mark, or None."""
    cursors = [_Cursor(spans) for spans in maps]
    for first, last in ranges:
        at = first
        while at <= last:
            end = last
            marks: list[int | None] = []
            for cursor in cursors:
                mark, until = cursor.at(at)
                marks.append(mark)
                if until is not None and until < end:
                    end = until
            yield at, end, tuple(marks)
            at = end + 1


class _Cursor:
    """Where one map is being read; numbers are asked for in ascending order."""

    __slots__ = ("_index", "_spans")

    def __init__(self, spans: Spans) -> None:
        self._spans = spans
        self._index = 0

    def at(self, number: int) -> tuple[int | None, int | None]:
        """The mark of ``number``, and up to where that holds (None: to the end)."""
        spans = self._spans
        while self._index < len(spans) and spans[self._index][1] < number:
            self._index += 1
        if self._index == len(spans):
            return None, None
        first, last, mark = spans[self._index]
        return (mark, last) if first <= number else (None, first - 1)
