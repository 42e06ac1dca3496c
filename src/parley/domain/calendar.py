"""Working time: which hours of which days an office works, by its own wall clock.

An office that works from nine is open when the clocks of its place show nine, in summer and in
winter, whatever the offset from UTC is that day: with quarters of an hour, or by a rule that was
changed this year. A calendar never moves a deadline; it says when people can be reminded.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Mapping
from typing import Annotated, Final, NamedTuple

import msgspec
from msgspec import Meta

from parley.kernel import text
from parley.kernel.errors import ParleyError
from parley.kernel.reasons import Reason

DAY: Final = 86_400
MINUTES: Final = 24 * 60
REACH: Final = 400 * DAY
"""So far ahead an opening is looked for: an office that stays closed longer has no hours."""

_STEP: Final = DAY // 2
"""No place changes its clocks twice within half a day."""
_EPOCH: Final = dt.date(1970, 1, 1).toordinal()
_THURSDAY: Final = 3
SPECIAL_DAYS: Final = 4000
SPANS: Final = 8
NAME_CHARACTERS: Final = 200

Minute = Annotated[int, Meta(ge=0, le=MINUTES)]
Span = tuple[Minute, Minute]
"""Working hours of one day: from the first minute to before the last, 0 to 1440."""
Spans = Annotated[tuple[Span, ...], Meta(max_length=SPANS)]
Day = Annotated[int, Meta(ge=-_EPOCH + 1, le=dt.date.max.toordinal() - _EPOCH)]

WHOLE_DAY: Final[Spans] = ((0, MINUTES),)


class SpecialDay(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A day that is not like its weekday: a holiday has no hours, a working Saturday has some.

    ``day`` counts from 1 January 1970.
    """

    day: Day
    hours: Spans = ()
    name: Annotated[str, Meta(max_length=NAME_CHARACTERS)] = ""


class Timetable(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """When an office works: its IANA time zone, the hours of a week from Monday, special days."""

    zone: Annotated[str, Meta(max_length=64)] = "UTC"
    week: Annotated[tuple[Spans, ...], Meta(min_length=7, max_length=7)] = (WHOLE_DAY,) * 7
    special: Annotated[tuple[SpecialDay, ...], Meta(max_length=SPECIAL_DAYS)] = ()


ALWAYS: Final = Timetable()
"""At work at every hour: the timetable of an office that has none of its own."""


class Stretch(NamedTuple):
    """Working time without a break, from ``opens`` to before ``closes``, in seconds, UTC."""

    opens: int
    closes: int


class Calendar(NamedTuple):
    """A timetable where its zone's clocks are known.

    ``offset`` gives how many seconds the wall clock is ahead of UTC at a moment. ``special`` has
    the hours of special days by their number.
    """

    week: tuple[Spans, ...]
    special: Mapping[int, Spans]
    offset: Callable[[int], int]


def calendar(timetable: Timetable, offset: Callable[[int], int]) -> Calendar:
    """The calendar of a timetable whose zone's clocks are ``offset`` ahead of UTC."""
    return Calendar(timetable.week, {one.day: one.hours for one in timetable.special}, offset)


def check(timetable: Timetable) -> None:
    """Refuse hours that are out of order and days that stand twice.

    :raises ParleyError: ``calendar-invalid``; the rules of text, for the name of a day.
    """
    for spans in (*timetable.week, *(one.hours for one in timetable.special)):
        at = 0
        for first, last in spans:
            if not at <= first < last <= MINUTES:
                raise ParleyError(Reason.CALENDAR_INVALID)
            at = last
    for name in filter(None, (one.name for one in timetable.special)):
        text.check(name, NAME_CHARACTERS, line=True)
    days = [one.day for one in timetable.special]
    if len(set(days)) != len(days):
        raise ParleyError(Reason.CALENDAR_INVALID)


def number(day: dt.date) -> int:
    """The number of a day, from 1 January 1970."""
    return day.toordinal() - _EPOCH


def day_of(number_: int) -> dt.date:
    """The day with a number."""
    return dt.date.fromordinal(number_ + _EPOCH)


def is_open(calendar: Calendar, at: int) -> bool:
    """Whether the office works at a moment."""
    day, second = divmod(at + calendar.offset(at), DAY)
    return any(first * 60 <= second < last * 60 for first, last in _hours(calendar, day))


def local_day(calendar: Calendar, at: int) -> int:
    """The number of the day that it is in the office at a moment."""
    return (at + calendar.offset(at)) // DAY


def next_open(calendar: Calendar, at: int) -> int | None:
    """The first moment from ``at`` on at which the office works; None where there is none soon."""
    if is_open(calendar, at):
        return at
    first = next(_hours_between(calendar, at, at + REACH), None)
    return None if first is None else first.opens


def after(calendar: Calendar, at: int, seconds: int) -> int | None:
    """When so many seconds of working time have passed since ``at``; None as :func:`next_open`."""
    left = seconds
    for opens, closes in _hours_between(calendar, at, at + REACH + seconds):
        if left <= closes - opens:
            return opens + left
        left -= closes - opens
    return None


def last_open(calendar: Calendar, at: int) -> Stretch | None:
    """The last working time that begins before ``at``, up to ``at``; None where there is none."""
    reach = 4 * DAY
    while reach <= REACH:
        found = list(stretches(calendar, at - reach, at))
        if found:
            return found[-1]
        reach *= 4
    return None


def stretches(calendar: Calendar, start: int, end: int) -> Iterator[Stretch]:
    """The working time from ``start`` to before ``end``, in order, each as long as it lasts."""
    held: Stretch | None = None
    for fresh in _hours_between(calendar, start, end):
        if held is not None and held.closes == fresh.opens:
            held = Stretch(held.opens, fresh.closes)
            continue
        if held is not None:
            yield held
        held = fresh
    if held is not None:
        yield held


def _hours_between(calendar: Calendar, start: int, end: int) -> Iterator[Stretch]:
    """The same, in the pieces in which it is found; whoever needs only the first waits for it."""
    for piece, until, offset in _pieces(calendar.offset, start, end):
        for opens, closes in _within(calendar, piece + offset, until + offset):
            yield Stretch(opens - offset, closes - offset)


def _hours(calendar: Calendar, day: int) -> Spans:
    special = calendar.special.get(day)
    return calendar.week[(day + _THURSDAY) % 7] if special is None else special


def _within(calendar: Calendar, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Working hours between two readings of the wall clock, which is not moved between them."""
    for day in range(start // DAY, (end - 1) // DAY + 1):
        for first, last in _hours(calendar, day):
            opens, closes = max(start, day * DAY + first * 60), min(end, day * DAY + last * 60)
            if opens < closes:
                yield opens, closes


def _pieces(offset: Callable[[int], int], start: int, end: int) -> Iterator[tuple[int, int, int]]:
    """The time from ``start`` to ``end`` in pieces in which the wall clock is not moved."""
    at = start
    while at < end:
        until = min(at + _STEP, end)
        here, there = offset(at), offset(until)
        turn = until if here == there else _turn(offset, at, until)
        yield at, turn, here
        if turn < until:
            yield turn, until, there
        at = until


def _turn(offset: Callable[[int], int], low: int, high: int) -> int:
    """The first moment after ``low`` at which the wall clock runs as it does at ``high``."""
    after_ = offset(high)
    while high - low > 1:
        middle = (low + high) // 2
        if offset(middle) == after_:
            high = middle
        else:
            low = middle
    return high
