"""Holidays from a file: a simple list, or an iCalendar of whole days (RFC 5545), strictly.

A list has a line for each: ``2027-01-07 Christmas``, ``2027-01-01..2027-01-08 New Year``, or
``2027-02-20 09:00-16:00 Working Saturday`` for a day with hours of its own; ``#`` begins a comment.
Of an iCalendar each VEVENT of whole days counts: DTSTART, DTEND or DURATION in days, SUMMARY, and
RRULE where it means the same day of each year. Nothing is guessed: what does not mean whole days is
refused with its line.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from typing import Final, NamedTuple

from parley.domain import calendar as calendars
from parley.domain.calendar import MINUTES, NAME_CHARACTERS, SPANS, SPECIAL_DAYS, Spans, SpecialDay
from parley.kernel import limits, text
from parley.kernel.errors import ParleyError
from parley.kernel.reasons import Reason

FILE_BYTES: Final = limits.MIB
LONGEST: Final = 366
"""So many days one holiday lasts at most."""

YEARS_AHEAD: Final = 10
"""So many years ahead a day of each year is entered."""

_LINE: Final = re.compile(
    r"(?P<first>[0-9]{4}-[0-9]{2}-[0-9]{2})(?:\.\.(?P<last>[0-9]{4}-[0-9]{2}-[0-9]{2}))?"
    r"(?:[ \t]+(?P<hours>[0-9]{2}:[0-9]{2}-[0-9:,-]*))?"
    r"(?:[ \t]+(?P<name>.*))?",
    re.ASCII,
)
_SPAN: Final = re.compile(r"([0-9]{2}):([0-9]{2})-([0-9]{2}):([0-9]{2})", re.ASCII)
_PROPERTY: Final = re.compile(
    r'(?P<name>[A-Za-z0-9-]+)(?P<params>(?:;[A-Za-z0-9-]+=(?:"[^"]*"|[^";:,]*))*):(?P<value>.*)',
    re.ASCII | re.DOTALL,
)
_DATE: Final = re.compile(r"([0-9]{4})([0-9]{2})([0-9]{2})", re.ASCII)
_DAYS: Final = re.compile(r"P([0-9]{1,3})([DW])", re.ASCII)
_COUNT: Final = re.compile(r"[1-9][0-9]{0,3}", re.ASCII)
_ESCAPED: Final = re.compile(r"\\(.)", re.DOTALL)


class _Property(NamedTuple):
    line: int
    name: str
    params: str
    value: str


def read(data: bytes, now: int) -> tuple[SpecialDay, ...]:
    """The days of a file, each once, in order. ``now``: days of each year end ten years after.

    :raises ParleyError: ``too-large``, ``text-not-utf8``; ``holidays-malformed`` with its line.
    """
    if len(data) > FILE_BYTES:
        raise ParleyError(Reason.TOO_LARGE, limit=FILE_BYTES)
    content = text.decode(data.removeprefix(b"\xef\xbb\xbf"))
    if content.lstrip()[:15].upper() == "BEGIN:VCALENDAR":
        this_year = dt.datetime.fromtimestamp(now, dt.UTC).year
        found = _of_calendar(content, range(this_year - 1, this_year + YEARS_AHEAD + 1))
    else:
        found = _of_list(content)
    days: dict[int, SpecialDay] = {}
    for count, (line, day) in enumerate(found, 1):
        days.setdefault(day.day, day)
        if len(days) > SPECIAL_DAYS or count > 4 * SPECIAL_DAYS:
            raise _malformed(line)
    return tuple(days[number] for number in sorted(days))


def hours(given: str, line: int = 0) -> Spans:
    """Working hours as ``09:00-13:00,14:00-18:00``; none for an empty text.

    :raises ParleyError: ``holidays-malformed``.
    """
    spans: list[tuple[int, int]] = []
    at = 0
    for part in given.split(",") if given else ():
        found = _SPAN.fullmatch(part)
        if found is None:
            raise _malformed(line)
        first, last = (int(found[n]) * 60 + int(found[n + 1]) for n in (1, 3))
        minutes_wrong = int(found[2]) > 59 or int(found[4]) > 59
        if minutes_wrong or not at <= first < last <= MINUTES or len(spans) == SPANS:
            raise _malformed(line)
        spans.append((first, last))
        at = last
    return tuple(spans)


# --- a simple list -------------------------------------------------------------------------------


def _of_list(content: str) -> Iterator[tuple[int, SpecialDay]]:
    for number, raw in enumerate(content.splitlines(), 1):
        line = raw.partition("#")[0].strip()
        if not line:
            continue
        found = _LINE.fullmatch(line)
        if found is None:
            raise _malformed(number)
        first = _iso(found["first"], number)
        last = first if found["last"] is None else _iso(found["last"], number)
        spans = hours(found["hours"] or "", number)
        for day in _days(first, last, number):
            yield number, SpecialDay(day, spans, _name(found["name"] or "", number))


def _iso(value: str, line: int) -> dt.date:
    try:
        return dt.date.fromisoformat(value)
    except ValueError as error:
        raise _malformed(line) from error


# --- iCalendar -----------------------------------------------------------------------------------


def _of_calendar(content: str, years: range) -> Iterator[tuple[int, SpecialDay]]:
    for event in _events(content):
        start = event.get("DTSTART")
        if start is None or event.keys() & {"RDATE", "EXDATE", "RECURRENCE-ID"}:
            raise _malformed(min(one.line for one in event.values()))
        if "STATUS" in event and event["STATUS"].value.upper() == "CANCELLED":
            continue
        first = _date(start)
        length = _length(event, first)
        name = _ESCAPED.sub(_unescaped, event["SUMMARY"].value) if "SUMMARY" in event else ""
        for begins in _each_year(event.get("RRULE"), first, years):
            for number in range(length):
                day = SpecialDay(calendars.number(begins) + number, (), _name(name, start.line))
                yield start.line, day


def _events(content: str) -> Iterator[dict[str, _Property]]:
    """The properties of each VEVENT, by name; alarms and time zones beside them say nothing."""
    stack: list[str] = []
    event: dict[str, _Property] = {}
    number = 0
    for number, line in _unfolded(content):
        found = _PROPERTY.fullmatch(line)
        if found is None:
            raise _malformed(number)
        one = _Property(number, found["name"].upper(), found["params"].upper(), found["value"])
        if one.name == "BEGIN":
            stack.append(one.value.upper())
            event = {"BEGIN": one} if stack == ["VCALENDAR", "VEVENT"] else event
        elif one.name == "END":
            if not stack or stack.pop() != one.value.upper():
                raise _malformed(number)
            if [*stack, one.value.upper()] == ["VCALENDAR", "VEVENT"]:
                yield event
        elif stack == ["VCALENDAR", "VEVENT"]:
            # A property that may stand once and stands twice says two things.
            if one.name in event and one.name in _ONCE:
                raise _malformed(number)
            event[one.name] = one
    if stack:
        raise _malformed(number)


_ONCE: Final = frozenset({"DTSTART", "DTEND", "DURATION", "RRULE", "SUMMARY", "STATUS"})


def _unfolded(content: str) -> Iterator[tuple[int, str]]:
    """Lines as they were before they were folded (RFC 5545, section 3.1), with their numbers."""
    held: tuple[int, str] | None = None
    for number, line in enumerate(re.split("\r\n|\n|\r", content), 1):
        if line[:1] in (" ", "\t") and held is not None:
            held = (held[0], held[1] + line[1:])
            continue
        if held is not None:
            yield held
        held = (number, line) if line else None
    if held is not None:
        yield held


def _date(one: _Property) -> dt.date:
    found = _DATE.fullmatch(one.value)
    if found is None or ("VALUE=" in one.params and "VALUE=DATE" not in one.params.split(";")):
        raise _malformed(one.line)
    return _iso("-".join(found.groups()), one.line)


def _length(event: dict[str, _Property], first: dt.date) -> int:
    """How many days an event lasts: DTEND is the day after the last (RFC 5545, 3.6.1)."""
    if "DTEND" in event:
        length = (_date(event["DTEND"]) - first).days
    elif "DURATION" in event:
        found = _DAYS.fullmatch(event["DURATION"].value)
        length = 0 if found is None else int(found[1]) * (7 if found[2] == "W" else 1)
    else:
        length = 1
    last = first.toordinal() + length - 1
    if not 1 <= length <= LONGEST or last > dt.date.max.toordinal():
        raise _malformed(event["DTSTART"].line)
    return length


def _each_year(rule: _Property | None, first: dt.date, years: range) -> Iterator[dt.date]:
    """The first day of an event, or those of ``years`` that its rule repeats on that day."""
    if rule is None:
        yield first
        return
    parts = dict(part.partition("=")[::2] for part in rule.value.upper().split(";"))
    same = {"BYMONTH": str(first.month), "BYMONTHDAY": str(first.day), "INTERVAL": "1"}
    plain = all(parts[name] == same[name] for name in parts.keys() & same.keys())
    known = {"FREQ", "COUNT", "UNTIL", "WKST", *same}
    if parts.get("FREQ") != "YEARLY" or not plain or parts.keys() - known:
        raise _malformed(rule.line)
    count = dt.MAXYEAR
    if "COUNT" in parts:
        if _COUNT.fullmatch(parts["COUNT"]) is None:
            raise _malformed(rule.line)
        count = int(parts["COUNT"])
    until = dt.date.max
    if "UNTIL" in parts:
        until = _date(_Property(rule.line, "UNTIL", "", parts["UNTIL"].partition("T")[0]))
    found = 0
    for year in range(first.year, years.stop):
        try:
            day = first.replace(year=year)
        except ValueError:
            # 29 February: years without it have no such day.
            continue
        if day > until or found == count:
            return
        found += 1
        if year in years:
            yield day


def _unescaped(found: re.Match[str]) -> str:
    return "\n" if found[1] in "nN" else found[1]


# --- both ----------------------------------------------------------------------------------------


def _days(first: dt.date, last: dt.date, line: int) -> range:
    if not 0 <= (last - first).days < LONGEST:
        raise _malformed(line)
    return range(calendars.number(first), calendars.number(last) + 1)


def _name(given: str, line: int) -> str:
    """The name of a day, on one line and not too long; control characters are no part of one."""
    name = " ".join(given.split())[:NAME_CHARACTERS]
    try:
        return text.clean_entry(name, line=True) if name else ""
    except ParleyError as error:
        raise _malformed(line) from error


def _malformed(line: int) -> ParleyError:
    return ParleyError(Reason.HOLIDAYS_MALFORMED, line=line)
