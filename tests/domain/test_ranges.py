"""Ranges and spans against the same thing said number by number."""

from __future__ import annotations

import hypothesis.strategies as st
from hypothesis import given

from parley.domain import ranges
from parley.domain.ranges import Ranges, Spans

NUMBERS = st.sets(st.integers(1, 40))


@st.composite
def spans(draw: st.DrawFn) -> Spans:
    made = ranges.NOTHING
    for mark in range(draw(st.integers(0, 4))):
        made = ranges.overlay(made, ranges.of_numbers(draw(NUMBERS)), mark)
    return made


def plain(given_: Spans) -> dict[int, int]:
    return {n: mark for first, last, mark in given_ for n in range(first, last + 1)}


@given(spans(), NUMBERS, st.integers(0, 9))
def test_marks_are_laid_over_and_taken_away_as_number_by_number(
    made: Spans, numbers: set[int], mark: int
) -> None:
    which = ranges.of_numbers(numbers)
    assert ranges.ordered(which)
    assert set(ranges.numbers(which)) == numbers
    assert ranges.size(which) == len(numbers)
    over = ranges.overlay(made, which, mark)
    assert plain(over) == plain(made) | dict.fromkeys(numbers, mark)
    assert plain(ranges.erase(made, which)) == {
        n: m for n, m in plain(made).items() if n not in numbers
    }
    assert ranges.ordered([(first, last) for first, last, _ in over])
    # One thing has one form, however it came about.
    assert over == ranges.overlay(ranges.overlay(made, which, mark), which, mark)


@given(NUMBERS, spans(), spans())
def test_pieces_say_of_each_number_what_each_map_says(
    numbers: set[int], first: Spans, second: Spans
) -> None:
    found = list(ranges.pieces(ranges.of_numbers(numbers), first, second))
    told = {n: marks for start, end, marks in found for n in range(start, end + 1)}
    maps = plain(first), plain(second)
    assert told == {n: tuple(one.get(n) for one in maps) for n in numbers}
    assert sum(end - start + 1 for start, end, _ in found) == len(numbers)


def test_what_is_no_row_of_ranges_is_told() -> None:
    wrong: list[Ranges] = [((0, 1),), ((2, 1),), ((1, 3), (3, 4)), ((5, 6), (1, 2))]
    assert not any(ranges.ordered(one) for one in wrong)
    assert ranges.ordered(())
