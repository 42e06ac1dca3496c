"""Time zones of readers."""

from __future__ import annotations

import datetime as dt
from functools import cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

from parley.kernel.errors import ParleyError
from parley.kernel.reasons import Reason


def of(name: str | None) -> ZoneInfo | None:
    """The time zone called ``name``; none where the system's own is meant.

    :raises ParleyError: ``zone-unknown``.
    """
    if name is None:
        return None
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise ParleyError(Reason.ZONE_UNKNOWN, zone=name) from error


@cache
def names() -> tuple[str, ...]:
    """The names of all time zones, but for those of old that others have replaced."""
    return tuple(sorted(one for one in available_timezones() if "/" in one or one == "UTC"))


def at(timestamp: int, zone: ZoneInfo | None) -> dt.tzinfo:
    """The zone to show ``timestamp`` in: as chosen, else the system's, as it is at that moment."""
    if zone is not None:
        return zone
    try:
        return dt.datetime.fromtimestamp(timestamp, dt.UTC).astimezone().tzinfo or dt.UTC
    except (OverflowError, ValueError, OSError):
        return dt.UTC
