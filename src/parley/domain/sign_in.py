"""Rules of signing in: passwords, how long things last, and how long to wait after failures.

Times are seconds; times of day do not matter here, and ``now`` is always given.
"""

from __future__ import annotations

import unicodedata
from enum import StrEnum
from typing import Final, NamedTuple

from parley.kernel.errors import ParleyError
from parley.kernel.reasons import Reason

LINK_SECONDS: Final = 86_400
"""So long a one-time link opens."""

SESSION_SECONDS: Final = 12 * 3600
"""So long a session lasts at most: a shift (NIST SP 800-63B, section 4.2.3: 12 hours at AAL2)."""

IDLE_SECONDS: Final = 3600
"""So long a session lasts while nothing is asked for."""

CHALLENGE_SECONDS: Final = 300
"""So long a passkey's answer is waited for."""

CONFIRMED_SECONDS: Final = 300
"""So long after a confirmation an officer may authorise without another."""

KEYS_SECONDS: Final = 900
"""So long after signing in or confirming an officer may change a password or passkeys."""

SKEW_SECONDS: Final = 60
"""So far the clocks of the machines that serve one desk may be apart."""

PASSWORD_LEAST: Final = 12
PASSWORD_MOST: Final = 256
PASSKEYS_MOST: Final = 20
PASSKEY_NAME_CHARACTERS: Final = 60

_FORGOTTEN: Final = 3600


class Way(StrEnum):
    """With what somebody signed in."""

    PASSWORD = "password"
    PASSKEY = "passkey"
    LINK = "link"


class Purpose(StrEnum):
    """What a one-time link is for: to set up a password or a passkey, or only to come in."""

    SET_UP = "set-up"
    SIGN_IN = "sign-in"


class Failures(NamedTuple):
    """Failures in a row, and when the last of them was."""

    tries: int
    last_at: int


class Allowance(NamedTuple):
    """``free`` failures cost nothing; each further one doubles the wait, ``first`` to ``most``."""

    free: int
    first: int
    most: int


OF_OFFICER: Final = Allowance(free=5, first=15, most=900)
"""Of one officer, from wherever: at most some hundred tries a day."""

OF_CLIENT: Final = Allowance(free=30, first=15, most=900)
"""Of one address, for whomever: behind it may be a whole house."""


def wait(failures: Failures | None, allowance: Allowance, now: int) -> int:
    """How many seconds are left to wait before another try; 0: none."""
    if failures is None or _is_over(failures, now):
        return 0
    beyond = failures.tries - allowance.free
    if beyond < 0:
        return 0
    seconds = min(allowance.first << min(beyond, 30), allowance.most)
    # A clock that was set back does not make anybody wait for longer than that.
    return max(0, min(failures.last_at, now) + seconds - now)


def failed(failures: Failures | None, now: int) -> Failures:
    """One failure more."""
    if failures is None or _is_over(failures, now):
        return Failures(1, now)
    return Failures(failures.tries + 1, now)


def begins_to_wait(failures: Failures, allowance: Allowance) -> bool:
    """Whether this failure is the first after which there is a wait."""
    return failures.tries == allowance.free


def _is_over(failures: Failures, now: int) -> bool:
    return now - failures.last_at >= _FORGOTTEN


def normal(password: str) -> str:
    """A password as it is compared: however a keyboard composes its letters (NFC, RFC 8265)."""
    return unicodedata.normalize("NFC", password)


def check_password(password: str, officer: str) -> None:
    """Refuse a password that is no good: see NIST SP 800-63B, section 3.1.1.2.

    Nothing is asked of how it is composed.

    :raises ParleyError: ``password-short``, ``password-long``, ``password-plain``.
    """
    length = len(password)
    if length < PASSWORD_LEAST:
        raise ParleyError(Reason.PASSWORD_SHORT, least=PASSWORD_LEAST)
    if length > PASSWORD_MOST:
        raise ParleyError(Reason.PASSWORD_LONG, most=PASSWORD_MOST)
    if len(set(password)) == 1 or not password.casefold().replace(officer.casefold(), ""):
        raise ParleyError(Reason.PASSWORD_PLAIN)


def lives(made_at: int, seen_at: int, now: int) -> bool:
    """Whether a session that was made and last seen at these times still holds."""
    # Made in the future: the clock was set back, and how long it has lasted is not known.
    return made_at - SKEW_SECONDS <= now < min(made_at + SESSION_SECONDS, seen_at + IDLE_SECONDS)


def is_recent(at: int, within: int, now: int) -> bool:
    """Whether something was at most ``within`` seconds ago."""
    return at - SKEW_SECONDS <= now < at + within
