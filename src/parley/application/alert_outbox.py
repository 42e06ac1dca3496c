"""Bringing alerts to officers: what is due, whose hand it is in, what came of it, who is next.

A telling is claimed in one transaction, brought, and settled in another. Whoever is killed in
between leaves its claim behind; when that has run out another process brings the same telling
again, under the same name (:attr:`Telling.name`): so none is lost, and whether one that was being
brought had arrived is for the receiver to tell by its name.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from typing import Final, NamedTuple

from sqlalchemy import Connection

from parley.application.alert_recipients import fallback, next_on_duty
from parley.application.alerting import (
    FORBIDDEN,
    Learners,
    Occasion,
    may_still_learn,
    quiet_of,
)
from parley.application.desk import Desk
from parley.domain import alerts as rules
from parley.domain.act import Precedence
from parley.domain.alerts import AlertKind, Repetition
from parley.kernel.reasons import Reason
from parley.store import alerts as rows
from parley.store.alerts import AlertRow, RouteRow, SettingsRow, TellingRow

CLAIM_MS: Final = 180_000
"""So long a claim holds: longer than any route may take."""

_PART: Final = 200

Repetitions = Mapping[Precedence, Repetition]


class Telling(NamedTuple):
    """One alert to bring by one route; it is in our hand under ``claim``.

    ``round`` counts from 1. ``party`` is the other side's name where the officer wants it said.
    """

    alert: AlertRow
    route: RouteRow
    row: TellingRow
    claim: bytes
    settings: SettingsRow
    party: str | None

    @property
    def round(self) -> int:
        """Which telling of the alert this is by its route, from 1."""
        return self.row.told + 1

    @property
    def name(self) -> str:
        """Names this telling for ever, however often it is tried."""
        return f"{self.alert.id.hex()}.{self.route.number}.{self.round}"


def settings_of(connection: Connection, officer: str) -> SettingsRow:
    """How an officer is alerted; English, UTC and no quiet hours where nothing was said."""
    found = rows.settings(connection, officer)
    return found or SettingsRow(officer, "en", "UTC", None, None, parties=False)


def claim(desk: Desk, limit: int) -> list[Telling]:
    """Take what is due in hand, the most urgent first.

    The access rule is asked again: an alert of which its officer may no longer learn ends here.
    """
    now_ms = desk.clock() * 1000
    with desk.database.read() as connection:
        due = rows.due(connection, now_ms, limit)
    if not due:
        return []
    found: list[Telling] = []
    with desk.database.write() as unit:
        for row in due:
            told = _claim(desk, unit, row, now_ms)
            if told is not None:
                found.append(told)
    return found


def _claim(desk: Desk, unit: Connection, row: TellingRow, now_ms: int) -> Telling | None:
    alert, route = rows.one(unit, row.alert), rows.route(unit, row.route)
    if alert is None or alert.ended_at is not None or route is None:
        return None
    now = now_ms // 1000
    if not may_still_learn(unit, alert):
        rows.end(unit, alert.key, now, FORBIDDEN, officer=alert.officer)
        # Whoever is told instead must not have to wait for that.
        _pass_on(unit, Learners(unit), alert, now)
        return None
    settings = settings_of(unit, alert.officer)
    mark = secrets.token_bytes(8)
    if not rows.claim(unit, row, mark, now_ms, now_ms + CLAIM_MS):
        return None
    wakes_at = rules.wakes_at(now, alert.precedence, *quiet_of(settings))
    if wakes_at > now:
        rows.settle(unit, row._replace(next_ms=wakes_at * 1000), mark)
        return None
    party = None
    if settings.parties and alert.channel is not None:
        names = desk.channel(unit, alert.channel).peer.text
        party = names.names.get(settings.language) or names.code
    return Telling(alert, route, row, mark, settings, party)


def settle(
    desk: Desk, telling: Telling, reason: Reason | None, chance: float, repetitions: Repetitions
) -> bool:
    """Keep what came of a telling: that it was told, or for which ``reason`` it was not.

    ``chance`` from 0 to 1 spreads further attempts. False where the claim had run out, and somebody
    else has it.
    """
    now, row, alert = desk.clock(), telling.row, telling.alert
    if reason is None:
        repetition = repetitions[Precedence(alert.precedence)]
        told, next_ms = row.told + 1, None
        if told < repetition.most:
            quiet = quiet_of(telling.settings)
            next_ms = rules.wakes_at(now + repetition.every, alert.precedence, *quiet) * 1000
        done = row._replace(told=told, attempts=0, next_ms=next_ms, told_at=now, last_reason=None)
    else:
        attempts = row.attempts + 1
        wait = rules.backoff_ms(attempts, alert.precedence, chance)
        done = row._replace(attempts=attempts, next_ms=now * 1000 + wait, last_reason=reason.value)
    with desk.database.write() as unit:
        return rows.settle(unit, done, telling.claim)


def pass_on(desk: Desk, repetitions: Repetitions) -> int:
    """Give what nobody has acknowledged to the next on duty; returns how many alerts are new."""
    now = desk.clock()
    with desk.database.read() as connection:
        unheeded = _unheeded(connection, repetitions, now)
    if not unheeded:
        return 0
    with desk.database.write() as unit:
        learners = Learners(unit)
        return sum(_pass_on(unit, learners, row, now) for row in _unheeded(unit, repetitions, now))


def _unheeded(connection: Connection, repetitions: Repetitions, now: int) -> list[AlertRow]:
    return [
        row
        for precedence, repetition in repetitions.items()
        for row in rows.unheeded(connection, precedence, now - repetition.passes_on, _PART)
    ]


def _pass_on(unit: Connection, learners: Learners, row: AlertRow, now: int) -> int:
    rows.passed(unit, [row.id], now)
    kind = AlertKind(row.occasion)
    told = {one.officer for one in rows.of_key(unit, row.key)}
    where = row.channel, row.case_id
    following = next_on_duty(unit, learners, kind, *where, now, told)
    if following is not None:
        chosen: tuple[str, ...] = (following,)
    else:
        chosen = tuple(name for name in fallback(learners, kind, *where) if name not in told)
    occasion = Occasion(row.key, kind, *where, row.precedence, chosen, now, row.deadline)
    return len(learners.raise_alert(occasion))
