"""Offices as the house has settled them: who holds them, when they work, how deadlines are watched.

What is typed for them has the same words at the command line and in the browser.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from parley.application import holidays, offices
from parley.domain import calendar as calendars
from parley.domain.calendar import Spans, SpecialDay
from parley.domain.escalation import Plan
from parley.kernel.errors import ParleyError
from parley.kernel.reasons import Reason
from parley.language.marks import N_
from parley.presentation import times

if TYPE_CHECKING:
    from parley.application.offices import Settled
    from parley.presentation.output import Output

WEEK: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
DAYS: Final = (
    N_("Monday"),
    N_("Tuesday"),
    N_("Wednesday"),
    N_("Thursday"),
    N_("Friday"),
    N_("Saturday"),
    N_("Sunday"),
)
NEVER: Final = "never"
SHOWN: Final = 40
"""So many special days are shown."""
LONGEST: Final = 366
"""So many days are given at once."""

_HOURS: Final = re.compile(r"([a-z]{3})(?:-([a-z]{3}))?[ \t]+(.+)", re.ASCII)
_RANGE: Final = re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2})(?:\.\.([0-9]{4}-[0-9]{2}-[0-9]{2}))?")


# --- what was typed ------------------------------------------------------------------------------


def week(given: Sequence[str]) -> tuple[Spans, ...]:
    """The hours of a week from ``mon-fri 09:00-18:00`` and the like.

    :raises ParleyError: ``calendar-invalid``.
    """
    found: list[Spans] = [()] * len(WEEK)
    for one in given:
        match = _HOURS.fullmatch(one.strip().lower())
        if match is None or match[1] not in WEEK or (match[2] or match[1]) not in WEEK:
            raise ParleyError(Reason.CALENDAR_INVALID)
        first, last = WEEK.index(match[1]), WEEK.index(match[2] or match[1])
        # From Saturday to Monday a week goes on behind Sunday.
        for day in range(first, (last if first <= last else last + len(WEEK)) + 1):
            found[day % len(WEEK)] = hours(match[3])
    return tuple(found)


def hours(given: str) -> Spans:
    """The hours of a day from ``09:00-13:00,14:00-18:00``; nothing: free.

    :raises ParleyError: ``calendar-invalid``.
    """
    try:
        return holidays.hours(given)
    except ParleyError as error:
        raise ParleyError(Reason.CALENDAR_INVALID) from error


def days(given: str) -> tuple[int, int]:
    """The first and the last day of ``2027-01-01..2027-01-08``, or of one day, by their numbers.

    :raises ParleyError: ``time-invalid``.
    """
    match = _RANGE.fullmatch(given.strip())
    if match is None:
        raise ParleyError(Reason.TIME_INVALID, value=given)
    first, last = (
        calendars.number(dt.date.fromisoformat(times.day(part, 0)))
        for part in (match[1], match[2] or match[1])
    )
    if not 0 <= last - first < LONGEST:
        raise ParleyError(Reason.TIME_INVALID, value=given)
    return first, last


def plan(
    known: Plan,
    *,
    before: str | None = None,
    deputy: str | None = None,
    head: str | None = None,
    next_channel: str | None = None,
    any_hour: bool | None = None,
) -> Plan:
    """A plan that is watched as ``known``, but for what is given: ``7d,1d,4h``, ``8h``, ``never``.

    :raises ParleyError: ``time-invalid``.
    """
    return Plan(
        known.before if before is None else _lengths(before),
        _length(deputy, known.deputy),
        _length(head, known.head),
        _length(next_channel, known.next_channel),
        known.any_hour if any_hour is None else any_hour,
    )


def _lengths(given: str) -> tuple[int, ...]:
    if given.strip() == NEVER:
        return ()
    return tuple(times.duration(part.strip()) for part in given.split(","))


def _length(given: str | None, known: int | None) -> int | None:
    if given is None:
        return known
    return None if given.strip() == NEVER else times.duration(given.strip())


# --- the same, to be typed again -----------------------------------------------------------------


def week_lines(table: Sequence[Spans]) -> str:
    """The hours of a week as :func:`week` reads them, a day a line."""
    return "\n".join(
        f"{day} {','.join(map(clock, spans))}"
        for day, spans in zip(WEEK, table, strict=True)
        if spans
    )


def lengths(leads: Sequence[int]) -> str:
    """Reminders as :func:`plan` reads them."""
    return ",".join(map(times.compact, leads)) or NEVER


def length(seconds: int | None) -> str:
    """A step of a plan as :func:`plan` reads it; in hours: a day of work is not a day."""
    if seconds is None:
        return NEVER
    whole, rest = divmod(seconds, 3600)
    return times.compact(seconds) if rest else f"{whole}h"


# --- shown ---------------------------------------------------------------------------------------


def name(output: Output, one: Settled) -> str:
    """What an office is called, in the reader's language where it has a name there."""
    names = one.names
    return names.get(output.language) or names.get("en") or next(iter(names.values()), "")


def is_open(one: Settled, now: int) -> bool:
    """Whether an office works now."""
    offset = offices.offset_in(one.timetable.zone)
    return calendars.is_open(calendars.calendar(one.timetable, offset), now)


def clock(span: tuple[int, int]) -> str:
    """Hours of a day, as from one time to another."""
    return "-".join(f"{minute // 60:02}:{minute % 60:02}" for minute in span)


def hours_rows(output: Output, one: Settled, now: int) -> list[tuple[str, str]]:
    """When an office works: its zone, whether it does now, its week, the special days to come."""
    table = one.timetable
    rows = [
        (output.text("Time zone"), table.zone),
        (
            output.text("Now"),
            output.text("at work") if is_open(one, now) else output.text("closed"),
        ),
    ]
    rows += [
        (output.text(day), _spans(output, spans))
        for day, spans in zip(DAYS, table.week, strict=True)
    ]
    today = now // calendars.DAY - 1
    coming = [day for day in table.special if day.day >= today]
    rows += [(calendars.day_of(day.day).isoformat(), _day(output, day)) for day in coming[:SHOWN]]
    if len(coming) > SHOWN:
        more = len(coming) - SHOWN
        said = output.plural("{n} more special day", "{n} more special days", more)
        rows.append(("\u2026", said))
    return rows


def _spans(output: Output, spans: Spans) -> str:
    return ", ".join(map(clock, spans)) or output.text("free")


def _day(output: Output, day: SpecialDay) -> str:
    if not day.name:
        return _spans(output, day.hours)
    return output.text(
        "{hours}: {name}", hours=_spans(output, day.hours), name=output.foreign(day.name)
    )
