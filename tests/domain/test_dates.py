"""Days to the year, the month or the day."""

from __future__ import annotations

import datetime as dt

import hypothesis.strategies as st
import pytest
from hypothesis import given

from parley.domain import dates

DAY = 86_400


@pytest.mark.parametrize("text", ["2017", "2017-07", "2017-07-07", "0001-01-01", "9999-12-31"])
def test_dates_of_every_exactness(text: str) -> None:
    assert dates.is_date(text)
    assert dates.start(text) < dates.end(text)


@pytest.mark.parametrize(
    "text",
    ["", "17", "2017-13", "2017-02-30", "2017-7-7", "0000", "2017-07-07T00", " 2017", "٢٠١٧"],
)
def test_what_is_no_date(text: str) -> None:
    assert not dates.is_date(text)


@given(st.dates())
def test_a_day_lies_in_its_month_and_its_year(day: dt.date) -> None:
    text = day.isoformat()
    assert dates.end(text) - dates.start(text) == DAY
    for less_exact in (text[:7], text[:4]):
        assert dates.start(less_exact) <= dates.start(text)
        assert dates.end(text) <= dates.end(less_exact)
        assert dates.meet(text, less_exact)


@given(st.dates(max_value=dt.date(9999, 12, 30)))
def test_one_day_ends_where_the_next_begins(day: dt.date) -> None:
    after = day + dt.timedelta(days=1)
    assert dates.end(day.isoformat()) == dates.start(after.isoformat())
    assert not dates.meet(day.isoformat(), after.isoformat())
    if after.day == 1:
        assert dates.end(day.isoformat()[:7]) == dates.start(after.isoformat()[:7])


def test_the_epoch_is_its_first_second() -> None:
    assert dates.start("1970") == dates.start("1970-01-01") == 0
    assert dates.end("1970") == 365 * DAY
    assert not dates.meet("2016", "2017-01")
