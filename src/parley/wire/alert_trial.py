"""A trial of an officer's routes: one alert that says that it is one, and is not repeated."""

from __future__ import annotations

import secrets
from typing import NamedTuple

from parley.application import alerts
from parley.application.alert_outbox import Telling
from parley.application.desk import Desk
from parley.domain import alerts as rules
from parley.domain.alerts import AlertKind
from parley.kernel.errors import ParleyError
from parley.kernel.reasons import Reason
from parley.store.alerts import AlertRow, RouteRow, TellingRow
from parley.wire import alert_text
from parley.wire.alerter import Routes


class Tried(NamedTuple):
    """What came of one route: nothing wrong, or why it did not tell."""

    route: RouteRow
    wrong: ParleyError | None


def attempt(desk: Desk, routes: Routes, officer: str) -> list[Tried]:
    """Tell an officer something by each of the officer's routes, now, whatever the hour.

    :raises ParleyError: ``officer-unknown``, ``role-forbids``.
    """
    settings = alerts.settings(desk, officer)
    now = desk.clock()
    found: list[Tried] = []
    for route in alerts.routes(desk, officer):
        row = AlertRow(
            id=secrets.token_bytes(8),
            key="",
            officer=officer,
            occasion=AlertKind.TRIAL.value,
            channel=None,
            case_id=None,
            precedence=int(rules.URGENCY[AlertKind.TRIAL]),
            at=now,
            deadline=None,
            wakes_at=now,
            passed_at=None,
            ended_at=None,
            ended=None,
            ended_by=None,
        )
        told = TellingRow(row.id, route.number, 0, 0, None, 0, None, None, None)
        telling = Telling(row, route, told, b"", settings, None)
        found.append(Tried(route, _tell(desk, routes, telling)))
    return found


def _tell(desk: Desk, routes: Routes, telling: Telling) -> ParleyError | None:
    teller = routes.tellers.get((telling.route.kind, telling.route.transport))
    if teller is None:
        return ParleyError(Reason.ALERT_TRANSPORT_UNKNOWN)
    try:
        teller.tell(alert_text.compose(telling), desk.clock())
    except ParleyError as error:
        return error
    return None
