"""Days as people state them: to the year, the month or the day (ISO 8601 calendar dates).

A date that is no more exact than a month stands for the whole month: nothing makes it more exact
than whoever stated it.
"""

from __future__ import annotations

import datetime as dt
import re
from functools import lru_cache
from typing import Final

_DATE: Final = re.compile(r"([0-9]{4})(?:-([0-9]{2})(?:-([0-9]{2}))?)?", re.ASCII)
_EPOCH: Final = dt.date(1970, 1, 1).toordinal()
_DAY: Final = 86_400
_KNOWN: Final = 4096


def is_date(value: str) -> bool:
    """Whether ``value`` is a year, a month or a day of the calendar, as ISO 8601 writes them."""
    found = _DATE.fullmatch(value)
    if not found:
        return False
    year, month, day = (int(part) if part else 1 for part in found.groups())
    try:
        dt.date(year, month, day)
    except ValueError:
        return False
    return True


@lru_cache(_KNOWN)
def start(value: str) -> int:
    """The first second of a date that :func:`is_date`, in seconds since the epoch, UTC."""
    year, month, day = (int(part) if part else 1 for part in _parts(value))
    return (dt.date(year, month, day).toordinal() - _EPOCH) * _DAY


@lru_cache(_KNOWN)
def end(value: str) -> int:
    """The first second after a date that :func:`is_date`, in seconds since the epoch, UTC."""
    year, month, day = _parts(value)
    if day is not None:
        return start(value) + _DAY
    if month is None or month == "12":
        return (dt.date(int(year or 1), 12, 31).toordinal() + 1 - _EPOCH) * _DAY
    return start(f"{year}-{int(month) + 1:02}")


def meet(a: str, b: str) -> bool:
    """Whether two dates have a day in common."""
    return start(a) < end(b) and start(b) < end(a)


def _parts(value: str) -> tuple[str | None, str | None, str | None]:
    found = _DATE.fullmatch(value)
    return (None, None, None) if found is None else (found[1], found[2], found[3])
