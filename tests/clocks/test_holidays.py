"""Files of holidays: what is taken, and what is refused with its line."""

from __future__ import annotations

import datetime as dt

import pytest

from parley.application import holidays
from parley.domain import calendar
from parley.kernel.errors import ParleyError

NOW = int(dt.datetime(2026, 11, 22, tzinfo=dt.UTC).timestamp())

LIST = """\
# holidays of 2027
2027-01-01..2027-01-08  New Year
2027-02-20 09:00-13:00,14:00-16:00  Working Saturday
2027-02-23

2027-03-08 Международный женский день
"""

EVENTS = """\
BEGIN:VCALENDAR
VERSION:2.0
BEGIN:VTIMEZONE
TZID:Europe/Vienna
BEGIN:STANDARD
DTSTART:19701025T030000
END:STANDARD
END:VTIMEZONE
BEGIN:VEVENT
UID:1
DTSTART;VALUE=DATE:20270101
DTEND;VALUE=DATE:20270103
SUMMARY:New
 \\, Year
END:VEVENT
BEGIN:VEVENT
DTSTART;VALUE=DATE:20000229
RRULE:FREQ=YEARLY;BYMONTH=2
SUMMARY:Leap day
BEGIN:VALARM
TRIGGER:-PT15M
END:VALARM
END:VEVENT
BEGIN:VEVENT
DTSTART;VALUE=DATE:20261225
RRULE:FREQ=YEARLY;UNTIL=20281225
END:VEVENT
BEGIN:VEVENT
DTSTART;VALUE=DATE:20270701
DURATION:P1D
STATUS:CANCELLED
END:VEVENT
END:VCALENDAR
"""


def days(found: tuple[calendar.SpecialDay, ...]) -> dict[str, str]:
    return {calendar.day_of(one.day).isoformat(): one.name for one in found}


def test_a_list_has_days_stretches_and_days_with_hours() -> None:
    found = holidays.read(LIST.encode(), NOW)
    assert len(found) == 11
    assert days(found)["2027-01-08"] == "New Year"
    assert days(found)["2027-03-08"] == "Международный женский день"
    (working,) = [one for one in found if one.hours]
    assert working.hours == ((540, 780), (840, 960))
    assert holidays.read(b"\xef\xbb\xbf" + LIST.replace("\n", "\r\n").encode(), NOW) == found


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_a_calendar_has_whole_days_and_those_of_each_year(end: str) -> None:
    found = days(holidays.read(EVENTS.replace("\n", end).encode(), NOW))
    assert found == {
        "2026-12-25": "",
        "2027-01-01": "New, Year",
        "2027-01-02": "New, Year",
        "2027-12-25": "",
        "2028-02-29": "Leap day",
        "2028-12-25": "",
        "2032-02-29": "Leap day",
        "2036-02-29": "Leap day",
    }


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("2027-01-01\n2027-02-30 No day", 2),
        ("2027-01-08..2027-01-01", 1),
        ("1 January", 1),
        ("2027-01-01 9-17 hours", None),
        ("2027-01-01 17:00-09:00 backwards", 1),
        ("2027-01-01 09:00-25:00", 1),
        ("2027-01-01..2029-01-01 too long", 1),
        ("2027-01-01 a\u202eb", 1),
        (EVENTS.replace("20270101", "20270101T090000Z"), 11),
        (EVENTS.replace("VALUE=DATE:20270101", "VALUE=DATE-TIME:20270101"), 11),
        (EVENTS.replace("UNTIL=20281225", "BYDAY=1MO"), 26),
        (EVENTS.replace("FREQ=YEARLY;BYMONTH=2", "FREQ=WEEKLY"), 18),
        (EVENTS.replace("DTEND;VALUE=DATE:20270103", "DTEND;VALUE=DATE:20270101"), 11),
        (EVENTS.replace("END:VCALENDAR\n", ""), 32),
        (EVENTS.replace("SUMMARY:Leap day", "EXDATE:20280229"), None),
        (EVENTS.replace("UID:1", "DTSTART;VALUE=DATE:20280101"), 11),
        (EVENTS.replace("20270701", "99991231").replace("P1D", "P2D").replace("CANCELLED", ""), 29),
        (EVENTS.replace("UNTIL=20281225", "COUNT=0"), 26),
        ("BEGIN:VCALENDAR\nnothing", 2),
    ],
)
def test_what_does_not_mean_whole_days_is_refused_with_its_line(
    text: str, line: int | None
) -> None:
    if text.startswith("2027-01-01 9-17"):
        # Not hours: part of the name.
        assert days(holidays.read(text.encode(), NOW)) == {"2027-01-01": "9-17 hours"}
        return
    with pytest.raises(ParleyError) as caught:
        holidays.read(text.encode(), NOW)
    assert caught.value.reason.value == "holidays-malformed"
    if line is not None:
        assert caught.value.details["line"] == line


def test_a_file_is_bounded() -> None:
    with pytest.raises(ParleyError) as caught:
        holidays.read(b"x" * (holidays.FILE_BYTES + 1), NOW)
    assert caught.value.reason.value == "too-large"
    many = "".join(f"{year}-01-01..{year}-12-31\n" for year in range(2027, 2043))
    with pytest.raises(ParleyError):
        holidays.read(many.encode(), NOW)
    with pytest.raises(ParleyError):
        holidays.read(b"2027-01-01\n" * 17_000, NOW)
    with pytest.raises(ParleyError):
        holidays.read(b"\xff", NOW)
