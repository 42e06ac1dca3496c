"""How an officer wants to read: language, time zone, digits, light or dark."""

from __future__ import annotations

from contextlib import suppress
from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from parley.application import house
from parley.domain import access
from parley.domain.housekeeping import HouseAct
from parley.domain.roles import Duty
from parley.kernel.errors import ParleyError
from parley.kernel.reasons import Reason
from parley.language import catalogue
from parley.store import sessions as rows
from parley.store.sessions import PreferencesRow

if TYPE_CHECKING:
    from parley.application.desk import Desk


class Digits(StrEnum):
    """The digits of numbers and times in Arabic: 0123 or ٠١٢٣."""

    LATIN = "latin"
    ARABIC = "arabic"


class Theme(StrEnum):
    """Light or dark, or as the browser says."""

    SYSTEM = "system"
    LIGHT = "light"
    DARK = "dark"


class Preferences(NamedTuple):
    """How an officer wants to read. No language, no zone: none was chosen."""

    language: str | None = None
    zone: str | None = None
    digits: Digits = Digits.LATIN
    theme: Theme = Theme.SYSTEM

    @classmethod
    def of(cls, row: PreferencesRow) -> Preferences:
        """What stands in the database."""
        return cls(
            row.language or None,
            row.zone or None,
            Digits(row.digits or Digits.LATIN),
            Theme(row.theme or Theme.SYSTEM),
        )


def of_officer(desk: Desk, officer: str) -> Preferences:
    """How an officer wants to read.

    :raises ParleyError: ``officer-unknown``.
    """
    with house.reading(desk, officer) as acting:
        return Preferences.of(rows.preferences(acting.connection, officer))


def choose(desk: Desk, officer: str, wanted: Preferences) -> Preferences:
    """Have an officer read as the officer wants.

    :raises ParleyError: ``language-unknown``, ``zone-unknown``, ``officer-unknown``,
        ``role-forbids``.
    """
    if wanted.language is not None and wanted.language not in catalogue.LANGUAGES:
        known = ", ".join(catalogue.LANGUAGES)
        raise ParleyError(Reason.LANGUAGE_UNKNOWN, language=wanted.language, known=known)
    if wanted.zone is not None:
        check_zone(wanted.zone)
    row = PreferencesRow(
        officer,
        wanted.language or "",
        wanted.zone or "",
        wanted.digits.value,
        wanted.theme.value,
    )
    with house.acting(desk, officer) as acting:
        access.require_somewhere(acting.officer, Duty.SIGN_IN)
        if rows.preferences(acting.connection, officer) != row:
            rows.save_preferences(acting.connection, row)
            acting.note(HouseAct.PREFERENCES_CHANGED)
    return wanted


def digits(text: str) -> Digits:
    """Digits by their name.

    :raises ParleyError: ``preference-invalid``.
    """
    with suppress(ValueError):
        return Digits(text)
    raise ParleyError(Reason.PREFERENCE_INVALID)


def theme(text: str) -> Theme:
    """Light or dark by its name.

    :raises ParleyError: ``preference-invalid``.
    """
    with suppress(ValueError):
        return Theme(text)
    raise ParleyError(Reason.PREFERENCE_INVALID)


def check_zone(zone: str) -> None:
    """Refuse what is no time zone.

    :raises ParleyError: ``zone-unknown``.
    """
    with suppress(ZoneInfoNotFoundError, ValueError, OSError):
        ZoneInfo(zone)
        return
    raise ParleyError(Reason.ZONE_UNKNOWN, zone=zone)
