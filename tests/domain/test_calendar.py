"""Working time by the wall clock of a place, compared with the wall clock minute by minute."""

from __future__ import annotations

import datetime as dt
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from parley.application.offices import offset_in
from parley.domain import calendar
from parley.domain.calendar import DAY, SpecialDay, Stretch, Timetable
from parley.kernel.errors import ParleyError

HOUR = 3600
OFFICE = ((540, 1020),)
WEEK = (OFFICE,) * 5 + ((), ())
ZONES = (
    "UTC",
    "Europe/Vienna",
    "Asia/Kathmandu",
    "Asia/Tehran",
    "Pacific/Chatham",
    "Australia/Lord_Howe",
    "America/St_Johns",
    "Africa/Cairo",
    "Asia/Beirut",
    "Asia/Almaty",
    "Africa/Casablanca",
    "Pacific/Apia",
)


def made(zone: str, week: tuple = WEEK, special: tuple[SpecialDay, ...] = ()) -> calendar.Calendar:
    table = Timetable(zone, week, special)
    calendar.check(table)
    return calendar.calendar(table, offset_in(zone))


def moment(text: str) -> int:
    return int(dt.datetime.fromisoformat(text).timestamp())


def works(zone: str, table: Timetable, at: int) -> bool:
    """The definition: what the clock on the wall shows, on the day that the wall calendar shows."""
    here = dt.datetime.fromtimestamp(at, ZoneInfo(zone))
    special = {one.day: one.hours for one in table.special}
    spans = special.get(calendar.number(here.date()), table.week[here.weekday()])
    return any(first <= here.hour * 60 + here.minute < last for first, last in spans)


def spans() -> st.SearchStrategy[tuple]:
    edges = st.lists(st.integers(0, 96), max_size=4, unique=True).map(sorted)
    return edges.map(
        lambda at: tuple((15 * a, 15 * b) for a, b in zip(at[::2], at[1::2], strict=False))
    )


@given(
    zone=st.sampled_from(ZONES),
    week=st.tuples(*(spans() for _ in range(7))),
    start=st.sampled_from(
        [
            moment("2026-03-28T12:00:00+00:00"),  # summer time begins in Europe
            moment("2026-10-24T12:00:00+00:00"),
            moment("2023-04-27T12:00:00+00:00"),  # Egypt has summer time again
            moment("2023-03-25T12:00:00+00:00"),  # Lebanon, in two minds
            moment("2024-02-29T06:00:00+00:00"),  # Kazakhstan moves to one zone
            moment("2026-04-04T10:00:00+00:00"),  # Lord Howe moves by half an hour
            moment("2011-12-29T22:00:00+00:00"),  # Samoa leaves a day out
            moment("2026-02-14T20:00:00+00:00"),  # Ramadan in Morocco
        ]
    ),
    special=st.dictionaries(st.integers(0, 3), spans(), max_size=2),
)
@example("Europe/Vienna", (((90, 165),),) * 7, moment("2026-10-24T12:00:00+00:00"), {})
def test_working_time_is_what_the_clock_on_the_wall_shows(
    zone: str, week: tuple, start: int, special: dict[int, tuple]
) -> None:
    days = tuple(SpecialDay(start // DAY + n, hours) for n, hours in special.items())
    table = Timetable(zone, week, days)
    place = made(zone, week, days)
    end = start + 2 * DAY
    found = list(calendar.stretches(place, start, end))
    for before, after in pairwise(found):
        assert before.closes < after.opens
    minutes = range(start, end, 60)
    expected = [works(zone, table, at) for at in minutes]
    assert [calendar.is_open(place, at) for at in minutes] == expected
    shown = [any(one.opens <= at < one.closes for one in found) for at in minutes]
    assert shown == expected
    first = next((at for at, is_so in zip(minutes, expected, strict=True) if is_so), None)
    if first is not None:
        assert calendar.next_open(place, start) == first
        total = sum(one.closes - one.opens for one in found)
        assert calendar.after(place, start, total) == found[-1].closes
        assert calendar.after(place, start, 60) == first + 60
        last = calendar.last_open(place, end)
        assert last is not None
        assert last.closes == found[-1].closes


def test_nine_is_nine_in_summer_and_in_winter() -> None:
    vienna = made("Europe/Vienna")
    winter, summer = moment("2026-03-27T20:00:00+00:00"), moment("2026-03-29T20:00:00+00:00")
    assert calendar.next_open(vienna, winter) == moment("2026-03-30T07:00:00+00:00")
    assert calendar.next_open(vienna, winter - DAY) == moment("2026-03-27T08:00:00+00:00")
    assert calendar.next_open(vienna, summer) == moment("2026-03-30T07:00:00+00:00")


@pytest.mark.parametrize(
    ("zone", "opens"),
    [
        ("Asia/Kathmandu", "2026-06-15T03:15:00+00:00"),
        ("Pacific/Chatham", "2026-06-14T20:15:00+00:00"),
        ("Asia/Kolkata", "2026-06-15T03:30:00+00:00"),
        ("Australia/Lord_Howe", "2026-06-14T22:30:00+00:00"),
    ],
)
def test_offsets_of_half_and_quarter_hours(zone: str, opens: str) -> None:
    assert calendar.next_open(made(zone), moment("2026-06-13T20:00:00+00:00")) == moment(opens)


def test_a_night_over_which_the_clock_is_set_back_is_longer() -> None:
    night = (((0, 360),),) * 7
    vienna = made("Europe/Vienna", night)
    start = moment("2026-10-24T22:00:00+00:00")
    assert next(calendar.stretches(vienna, start, start + DAY)) == Stretch(start, start + 7 * HOUR)
    spring = moment("2026-03-28T23:00:00+00:00")
    assert next(calendar.stretches(vienna, spring, spring + DAY)).closes == spring + 5 * HOUR


def test_work_goes_on_over_midnight_and_holidays_close() -> None:
    always = made("UTC", calendar.ALWAYS.week, (SpecialDay(20_000),))
    day = 20_000 * DAY
    assert list(calendar.stretches(always, day - DAY, day + 2 * DAY)) == [
        Stretch(day - DAY, day),
        Stretch(day + DAY, day + 2 * DAY),
    ]
    assert calendar.after(always, day - HOUR, 2 * HOUR) == day + DAY + HOUR


def test_an_office_without_hours_never_opens() -> None:
    never = made("UTC", ((),) * 7)
    assert calendar.next_open(never, 0) is None
    assert calendar.after(never, 0, 1) is None
    assert calendar.last_open(never, 0) is None


@pytest.mark.parametrize(
    "table",
    [
        Timetable("UTC", (((600, 540),),) + ((),) * 6),
        Timetable("UTC", (((0, 600), (540, 700)),) + ((),) * 6),
        Timetable("UTC", (((0, 1441),),) + ((),) * 6),
        Timetable("UTC", WEEK, (SpecialDay(1), SpecialDay(1, OFFICE))),
    ],
)
def test_hours_out_of_order_are_refused(table: Timetable) -> None:
    with pytest.raises(ParleyError) as caught:
        calendar.check(table)
    assert caught.value.reason.value == "calendar-invalid"
