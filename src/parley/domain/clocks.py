"""What is due, from whom and when; two clocks, side by side and never merged.

A clock for a reply starts at the recipient's signed receipt. Beside it stands the clock since
transmission, for what was never receipted. Neither changes a case: a case changes when a party
states something.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, NamedTuple

from parley.domain.act import Precedence
from parley.domain.catalogue import CATALOGUE
from parley.domain.shape import Clock, ClockKind

Overrides = Mapping[tuple[str, ClockKind], int]
"""A house's own seconds for (type, kind), in place of the defaults of the catalogue."""

NO_OVERRIDES: Final[Overrides] = {}

ENDING: Final = (ClockKind.PRESERVE,)
"""Clocks at whose end an obligation is over, and nothing is late."""


class Obligation(NamedTuple):
    """Something due from member ``owner``.

    It is due ``seconds`` after the receipt of the act ``since``, or at the time ``at`` (seconds
    since the epoch) that the owner gave in that act; one of the two is given.
    """

    kind: ClockKind
    owner: int
    since: bytes
    seconds: int | None
    at: int | None = None


class Due(NamedTuple):
    """When something is due by each clock (seconds since the epoch), None where it has not begun.

    A date that the owner has announced is the same by both.
    """

    since_receipt: int | None
    since_transmission: int | None


def duration(
    type_: str,
    kind: ClockKind,
    precedence: int,
    reply_wanted: int | None = None,
    overrides: Overrides = NO_OVERRIDES,
) -> int | None:
    """Seconds for what an act of ``type_`` makes due, or None where it makes no such thing due.

    The time for the full answer is what the asker wanted, where it said so.
    """
    if kind == ClockKind.DETAILED and reply_wanted is not None:
        return reply_wanted
    if (type_, kind) in overrides:
        return overrides[type_, kind]
    for clock in CATALOGUE[type_].clocks:
        if clock.kind == kind:
            return _seconds(clock, precedence)
    return None


def _seconds(clock: Clock, precedence: int) -> int:
    urgent = clock.urgent is not None and precedence >= Precedence.IMMEDIATE
    return clock.urgent if urgent and clock.urgent is not None else clock.seconds


def due(obligation: Obligation, received_at: int | None, transmitted_at: int | None) -> Due:
    """Both clocks of an obligation, from when the act that began it was receipted and sent."""
    if obligation.seconds is None:
        return Due(obligation.at, obligation.at)
    return Due(
        None if received_at is None else received_at + obligation.seconds,
        None if transmitted_at is None else transmitted_at + obligation.seconds,
    )


# --- receipts -------------------------------------------------------------------------------------


class ReceiptTime(NamedTuple):
    """When a statement counts as received, and whether the receipt's own time is not believed."""

    at: int
    flagged: bool


def receipt_time(stated_at: int, receipt_at: int, arrived_at: int, skew: int = 0) -> ReceiptTime:
    """The start of the first clock (protocol.md, two clocks); all in seconds since the epoch.

    A receipt dated before the statement that it is for, or after its own arrival, is flagged and
    its arrival is used. ``skew`` is how far the two sides' clocks may differ without that.
    """
    if stated_at - skew <= receipt_at <= arrived_at + skew:
        return ReceiptTime(receipt_at, flagged=False)
    return ReceiptTime(arrived_at, flagged=True)
