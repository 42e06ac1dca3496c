"""Whom to tell of what a desk finds by itself: who is on duty, and who comes next."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import Connection

from parley.application.alerting import Learners
from parley.domain import alerts as rules
from parley.domain.alerts import AlertKind
from parley.store import roster


def recipients(
    unit: Connection,
    learners: Learners,
    kind: AlertKind,
    channel: bytes | None,
    case: bytes | None,
    at: int,
    offices: Collection[bytes] = (),
) -> tuple[str, ...]:
    """The officers to tell of an occasion first, all of whom may learn of it.

    What is for duty goes to the first on duty, for one of ``offices`` before the house.
    """
    if kind in rules.FOR_DUTY:
        first = next_on_duty(unit, learners, kind, channel, case, at, (), offices)
        if first is not None:
            return (first,)
    return fallback(learners, kind, channel, case)


def next_on_duty(
    unit: Connection,
    learners: Learners,
    kind: AlertKind,
    channel: bytes | None,
    case: bytes | None,
    at: int,
    told: Collection[str],
    offices: Collection[bytes] = (),
) -> str | None:
    """The next on duty who may learn of an occasion and is not among those ``told``."""
    for row in roster.on_duty(unit, offices, at):
        if row.officer not in told and learners.may(row.officer, kind, channel, case):
            return row.officer
    return None


def fallback(
    learners: Learners, kind: AlertKind, channel: bytes | None, case: bytes | None
) -> tuple[str, ...]:
    """All whose business it is as long as nobody is on duty; if it is nobody's, all who may."""
    every = learners.every(kind, channel, case)
    duties = rules.TOLD.get(kind)
    if duties is None:
        return every
    return tuple(name for name in every if learners.has(name, duties, channel, case)) or every
