"""A notice: which was in force on a day, and no day more exact than it was given."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from parley.domain import case as cases
from parley.domain import dates
from parley.domain.act import ActType
from parley.domain.kinds.notice import Notice, Version, in_force
from tests.domain.words_play import OPENER, OTHER, Words

NOTICE, CORRECTION, END = ActType.NOTICE, ActType.NOTICE_CORRECTION, ActType.NOTICE_END


def told(play: Words, day: str) -> list[tuple[str | None, bool]]:
    return [(one.version.since, one.surely) for one in in_force(play.substance(), day)]


def test_a_bill_is_not_in_force_and_the_law_is_from_its_day_on() -> None:
    play = Words()
    play.tells(OPENER, NOTICE, nature="bill", force="not-yet-in-force", since=None)
    assert play.status == "not-yet-in-force"
    assert told(play, "2017-08-02") == []
    play.tells(OPENER, NOTICE, sectors=("defence", "mining"))
    assert play.status == "in-force-from"
    assert told(play, "2017-08-01") == []
    assert told(play, "2017-08-02") == [("2017-08-02", True)]
    assert told(play, "2030-01-01") == [("2017-08-02", True)]
    assert play.substance().versions[1].sectors == ("defence", "mining")


@pytest.mark.parametrize(
    ("force", "since"), [("not-yet-in-force", "2017-08-02"), ("in-force-from", None)]
)
def test_a_day_is_given_where_one_is_announced_and_only_there(
    force: str, since: str | None
) -> None:
    play = Words()
    assert play.refused(play.act(OPENER, NOTICE, force=force, since=since)) == "code-invalid"


def test_a_month_is_no_day() -> None:
    play = Words()
    play.tells(OPENER, NOTICE, nature="sanctions", since="2016-12")
    assert told(play, "2016-11-30") == []
    assert told(play, "2016-12-01") == [("2016-12", False)]
    assert told(play, "2016-12-30") == [("2016-12", False)]
    assert told(play, "2016-12-31") == [("2016-12", True)]


def test_a_later_notice_takes_the_place_of_the_earlier_one_from_its_day_on() -> None:
    play = Words()
    play.tells(OPENER, NOTICE, since="2016-12")
    play.tells(OPENER, NOTICE, since="2017-08")
    assert told(play, "2017-07-31") == [("2016-12", True)]
    assert told(play, "2017-08-10") == [("2016-12", False), ("2017-08", False)]
    assert told(play, "2017-08-31") == [("2017-08", True)]


def test_a_correction_says_what_a_notice_should_have_said_from_the_first() -> None:
    play = Words()
    first = play.tells(OPENER, NOTICE, since="2017-08-01")
    play.tells(OPENER, NOTICE, since="2018-01-01")
    fixed = play.tells(
        OPENER, CORRECTION, first.id, nature="law", force="in-force-from", since="2017-08-02"
    )
    assert told(play, "2017-08-01") == []
    assert told(play, "2017-08-02") == [("2017-08-02", True)]
    assert told(play, "2018-01-01") == [("2018-01-01", True)]
    assert [version.corrected for version in play.substance().versions] == [True, False]
    again = play.act(OPENER, CORRECTION, first.id)
    assert play.refused(again) == "notice-corrected"
    assert play.refused(play.act(OPENER, END, fixed.id)) is None


def test_a_notice_ends_on_the_last_day_that_its_author_gives() -> None:
    play = Words()
    play.tells(OPENER, NOTICE)
    play.tells(OPENER, END, until="2018-03")
    assert play.status == "in-force-until"
    assert told(play, "2018-03-01") == [("2017-08-02", True)]
    assert told(play, "2018-03-02") == [("2017-08-02", False)]
    assert told(play, "2018-04-01") == []
    early = play.act(OPENER, END, until="2017-08-01")
    assert play.refused(early) == "notice-dates-wrong"


@pytest.mark.parametrize("type_", [NOTICE, CORRECTION, END])
def test_nobody_but_its_author_touches_a_notice(type_: str) -> None:
    play = Words()
    play.tells(OPENER, NOTICE)
    assert play.refused(play.act(OTHER, type_)) == "not-the-opener"


def test_an_end_before_the_beginning_and_a_day_that_is_missing_are_refused() -> None:
    play = Words()
    assert play.refused(play.act(OPENER, NOTICE, until="2017-08-01")) == "notice-dates-wrong"
    assert play.refused(play.act(OPENER, NOTICE, until="2017")) is None
    assert play.refused(play.act(OPENER, NOTICE, since="2017-02-30")) == "code-invalid"
    assert not cases.is_open(play.whole())


# --- against days counted one by one -------------------------------------------------------------

DATES = st.sampled_from(
    ["2017", "2017-01", "2017-02", "2017-03", "2017-02-10", "2017-02-28", "2017-03-01", "2018"]
)
VERSIONS = st.lists(st.tuples(st.none() | DATES, st.none() | DATES), min_size=1, max_size=3)


def days_of(date: str) -> list[dt.date]:
    """All days that a date may mean, one by one."""
    first = dt.datetime.fromtimestamp(dates.start(date), dt.UTC).date()
    count = (dates.end(date) - dates.start(date)) // 86_400
    return [first + dt.timedelta(days=n) for n in range(count)]


@given(VERSIONS, st.integers(0, 800))
@settings(max_examples=100, deadline=None)
def test_sure_and_perhaps_are_what_all_and_some_readings_of_the_dates_say(
    given_: list[tuple[str | None, str | None]], offset: int
) -> None:
    """A date means one of its days; sure is what holds whichever it is."""
    day = dt.date(2016, 12, 25) + dt.timedelta(days=offset)
    versions = tuple(
        Version(bytes([at]) * 32, at, "law", since, until, ())
        for at, (since, until) in enumerate(given_)
    )
    found = {one.version.seq: one.surely for one in in_force(Notice(versions), day.isoformat())}
    for at, (since, until) in enumerate(given_):
        later = [other for other, _ in given_[at + 1 :] if other is not None]
        starts = [] if since is None else days_of(since)
        ends = [dt.date.max] if until is None else days_of(until)
        readings = {
            begin <= day <= end and gone
            for begin in (starts[:1] + starts[-1:])
            for end in (ends[:1] + ends[-1:])
            for gone in _gone(later, day)
        }
        assert (at in found) == (True in readings)
        assert found.get(at, False) == (readings == {True})


def _gone(later: list[str], day: dt.date) -> set[bool]:
    """Whether no later notice has begun by ``day``, in the earliest and the latest reading."""
    return {
        all(day < days_of(other)[0] for other in later),
        all(day < days_of(other)[-1] for other in later),
    }
