"""Lengths of time and moments, as officers write them."""

from __future__ import annotations

import datetime as dt
import re
from typing import Final

from parley.domain import dates
from parley.kernel.errors import ParleyError
from parley.kernel.reasons import Reason

_UNITS: Final = {"s": 1, "m": 60, "h": 3600, "d": 86_400, "w": 7 * 86_400}
_DURATION: Final = re.compile(r"([0-9]{1,10}) ?([smhdw])", re.ASCII)
_DAY: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)
_LAST_SECOND: Final = 86_399
_LATEST: Final = 253_402_300_799
"""The last second of the year 9999, where calendars of programs end."""


def duration(text: str) -> int:
    """Seconds in ``24h`` or ``60d``.

    :raises ParleyError: ``duration-invalid``.
    """
    found = _DURATION.fullmatch(text.strip().lower())
    if found is None or int(found[1]) == 0:
        raise ParleyError(Reason.DURATION_INVALID, value=text)
    return int(found[1]) * _UNITS[found[2]]


def moment(text: str, now: int) -> int:
    """Seconds since the epoch for ``2027-03-31T12:00Z``, for a day, or for ``14d`` from ``now``.

    A day means its last second, UTC: what is promised for a day is due when the day is over.

    :raises ParleyError: ``time-invalid``.
    """
    text = text.strip()
    if _DURATION.fullmatch(text.lower()):
        found_at = now + duration(text)
        if found_at > _LATEST:
            raise ParleyError(Reason.TIME_INVALID, value=text)
        return found_at
    try:
        found = dt.datetime.fromisoformat(text)
    except ValueError as error:
        raise ParleyError(Reason.TIME_INVALID, value=text) from error
    if _DAY.fullmatch(text):
        return int(found.replace(tzinfo=dt.UTC).timestamp()) + _LAST_SECOND
    if found.tzinfo is None:
        # Nobody should have to guess whose midnight was meant.
        raise ParleyError(Reason.TIME_INVALID, value=text)
    return int(found.timestamp())


def day(text: str | None, now: int) -> str:
    """A day of the calendar as ``2017-08-02``; today, UTC, where none is given.

    :raises ParleyError: ``time-invalid``.
    """
    if text is None:
        return iso(now).partition("T")[0]
    if _DAY.fullmatch(text.strip()) is None or not dates.is_date(text.strip()):
        raise ParleyError(Reason.TIME_INVALID, value=text)
    return text.strip()


def compact(seconds: int) -> str:
    """``seconds`` in the largest unit that fits without a rest: ``60d``."""
    for unit in ("w", "d", "h", "m"):
        if seconds % _UNITS[unit] == 0 and (unit != "w" or seconds >= 52 * _UNITS["w"]):
            return f"{seconds // _UNITS[unit]}{unit}"
    return f"{seconds}s"


def iso(timestamp: int) -> str:
    """``timestamp`` as :func:`moment` reads it."""
    moment_ = dt.datetime.fromtimestamp(timestamp, dt.UTC)
    return moment_.strftime("%Y-%m-%dT%H:%M:%SZ")
