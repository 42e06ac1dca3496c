"""Calendars as a file (RFC 5545): events in, bytes out. Texts of others are escaped.

Without a METHOD ``DTSTAMP`` is when an event was last revised (section 3.8.7.2), and ``SEQUENCE``
never falls (3.8.7.4). Lines are folded at 75 octets, never inside a character (3.1).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from enum import StrEnum
from typing import Final, NamedTuple

_LINE_OCTETS: Final = 75
_EPOCH: Final = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
_LATEST: Final = 253_402_300_799
"""The last second of the year 9999."""

_PRODUCT: Final = "-//Parley//Desk//EN"


class Status(StrEnum):
    """Whether an event takes place (section 3.8.1.11)."""

    TENTATIVE = "TENTATIVE"
    CONFIRMED = "CONFIRMED"
    CANCELLED = "CANCELLED"


class Event(NamedTuple):
    """An event; times are seconds since the epoch, UTC.

    ``whole_days``: from the day of ``start`` up to, and without, that of ``end``; else it is the
    moment ``start``, and ``end`` is the same. ``revised_at`` is when it was last changed, and
    ``sequence`` how often.
    """

    uid: str
    revised_at: int
    sequence: int
    summary: str
    start: int
    end: int
    whole_days: bool
    status: Status


def render(name: str, events: Iterable[Event]) -> bytes:
    """A calendar called ``name``."""
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        f"PRODID:{_PRODUCT}",
        "CALSCALE:GREGORIAN",
        # RFC 7986, sections 5.1 and 5.7.
        f"NAME:{escape(name)}",
        "REFRESH-INTERVAL;VALUE=DURATION:PT1H",
    ]
    for event in events:
        lines += _lines(event)
    lines.append("END:VCALENDAR")
    return b"".join(fold(line) for line in lines)


def _lines(event: Event) -> list[str]:
    if event.whole_days:
        times = [f"DTSTART;VALUE=DATE:{_day(event.start)}", f"DTEND;VALUE=DATE:{_day(event.end)}"]
    else:
        times = [f"DTSTART:{_moment(event.start)}"]
    return [
        "BEGIN:VEVENT",
        f"UID:{escape(event.uid)}",
        f"DTSTAMP:{_moment(event.revised_at)}",
        f"LAST-MODIFIED:{_moment(event.revised_at)}",
        f"SEQUENCE:{event.sequence}",
        *times,
        f"SUMMARY:{escape(event.summary)}",
        f"STATUS:{event.status.value}",
        # It takes no time of anybody: whoever is asked for an hour is still free.
        "TRANSP:TRANSPARENT",
        "CLASS:CONFIDENTIAL",
        "END:VEVENT",
    ]


def escape(text: str) -> str:
    """A text as a property's value (section 3.3.11); other control characters are left out."""
    joined = text.replace("\r\n", "\n").replace("\r", "\n")
    escaped = joined.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,")
    kept = (c for c in escaped.replace("\n", "\\n") if not _is_control(c))
    return "".join(kept)


def fold(line: str) -> bytes:
    """A content line, folded, with its end: no part has more than 75 octets."""
    parts: list[bytes] = []
    part = b""
    for character in line:
        octets = character.encode("utf-8", "replace")
        # A part that goes on begins with a space, which counts.
        if len(part) + len(octets) > _LINE_OCTETS:
            parts.append(part)
            part = b" "
        part += octets
    parts.append(part)
    return b"\r\n".join(parts) + b"\r\n"


def _is_control(character: str) -> bool:
    return character < " " or "\x7f" <= character <= "\x9f" or character in "\u2028\u2029"


def _at(seconds: int) -> dt.datetime:
    return _EPOCH + dt.timedelta(seconds=max(0, min(seconds, _LATEST)))


def _moment(seconds: int) -> str:
    return _at(seconds).strftime("%Y%m%dT%H%M%SZ")


def _day(seconds: int) -> str:
    return _at(seconds).strftime("%Y%m%d")
