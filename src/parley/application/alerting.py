"""Raising alerts: who is told of an occasion, once for each, inside the caller's transaction.

Whoever knows of an occasion calls :func:`raise_alert`; raising the same again changes nothing. The
access rule is asked here, and once more whenever an alert is told or listed
(:func:`may_still_learn`): whoever was recused meanwhile learns nothing more. How alerts are brought
to officers is the matter of :mod:`parley.application.alert_outbox`.
"""

from __future__ import annotations

import secrets
from collections.abc import Collection
from typing import Final, NamedTuple
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from parley.application import house as houses
from parley.application.places import Places
from parley.domain import access
from parley.domain import alerts as rules
from parley.domain.access import Place, Standing
from parley.domain.alerts import AlertKind, Quiet
from parley.domain.roles import Duty
from parley.kernel.errors import ParleyError
from parley.kernel.reasons import Reason
from parley.store import alerts as rows
from parley.store import house, views
from parley.store.alerts import AlertRow, RouteRow, SettingsRow

_ID_BYTES: Final = 8

ACKNOWLEDGED: Final = "acknowledged"
OVER: Final = "over"
FORBIDDEN: Final = "forbidden"


class Occasion(NamedTuple):
    """Something of which ``officers`` are to be told.

    ``key`` names it for ever: whatever is raised under the same key again is the same occasion.
    ``channel`` and ``case`` are where it is, as far as it is anywhere. ``precedence`` is one of
    :class:`parley.domain.act.Precedence`. ``at`` is when it became known, ``deadline`` until when
    something is to be done, both in seconds since the epoch.
    """

    key: str
    occasion: AlertKind
    channel: bytes | None
    case: bytes | None
    precedence: int
    officers: tuple[str, ...]
    at: int
    deadline: int | None = None


def raise_alert(unit: Connection, occasion: Occasion) -> tuple[str, ...]:
    """Have officers told of an occasion; returns those for whom it is new.

    ``unit`` is the caller's write transaction. An officer who may not learn of it, is retired or is
    not known is passed over in silence.
    """
    return Learners(unit).raise_alert(occasion)


def lower_alert(unit: Connection, key: str, at: int) -> int:
    """End the alerts of an occasion that is over; returns how many were open."""
    return rows.end(unit, key, at, OVER)


class Learners:
    """Who may learn of what, in one transaction; what it asks of each officer it asks once."""

    def __init__(self, unit: Connection) -> None:
        self._unit = unit
        self._places: dict[str, tuple[Standing, Places] | None] = {}
        self._ways: dict[str, tuple[Quiet | None, ZoneInfo, tuple[RouteRow, ...]]] = {}

    def may(self, officer: str, kind: AlertKind, channel: bytes | None, case: bytes | None) -> bool:
        """Whether an officer in service may be told of such an occasion there."""
        known = self._known(officer)
        return known is not None and rules.may_learn(
            known[0], kind, self._place(known[1], channel, case)
        )

    def has(
        self, officer: str, duties: Collection[Duty], channel: bytes | None, case: bytes | None
    ) -> bool:
        """Whether an officer in service may do one of ``duties`` there."""
        known = self._known(officer)
        if known is None:
            return False
        place = self._place(known[1], channel, case)
        return any(access.may(known[0], duty, place) for duty in duties)

    def every(
        self,
        kind: AlertKind,
        channel: bytes | None,
        case: bytes | None,
        without: Collection[str] = (),
    ) -> tuple[str, ...]:
        """All officers in service who may be told of such an occasion there, by name."""
        return tuple(
            row.name
            for row in house.officers(self._unit)
            if row.active and row.name not in without and self.may(row.name, kind, channel, case)
        )

    def raise_alert(self, occasion: Occasion) -> tuple[str, ...]:
        """As :func:`raise_alert`; the transaction is one that writes."""
        return tuple(name for name in occasion.officers if self._raise(occasion, name))

    def _known(self, officer: str) -> tuple[Standing, Places] | None:
        if officer not in self._places:
            try:
                who = houses.standing(self._unit, officer)
                self._places[officer] = who, Places(self._unit, who)
            except ParleyError as error:
                if error.reason is not Reason.OFFICER_UNKNOWN:
                    raise
                self._places[officer] = None
        return self._places[officer]

    def _place(self, places: Places, channel: bytes | None, case: bytes | None) -> Place:
        """The place of an occasion, as the access rule knows it."""
        if channel is None:
            return access.HOUSE
        if case is None:
            return Place(channel)
        row = views.case(self._unit, channel, case)
        if row is not None:
            return places.of_case(row)
        # A case that a draft is to open: what it is to be about counts for the rule as well.
        draft = house.draft_of_case(self._unit, channel, case)
        if draft is not None:
            return places.of_draft(draft)
        return places.at(channel, case, None, None)

    def _raise(self, occasion: Occasion, officer: str) -> bool:
        if not self.may(officer, occasion.occasion, occasion.channel, occasion.case):
            return False
        quiet, zone, routes = self._way(officer)
        wakes_at = rules.wakes_at(occasion.at, occasion.precedence, quiet, zone)
        row = AlertRow(
            id=secrets.token_bytes(_ID_BYTES),
            key=occasion.key,
            officer=officer,
            occasion=occasion.occasion.value,
            channel=occasion.channel,
            case_id=occasion.case,
            precedence=occasion.precedence,
            at=occasion.at,
            deadline=occasion.deadline,
            wakes_at=wakes_at,
            passed_at=None,
            ended_at=None,
            ended=None,
            ended_by=None,
        )
        if not rows.add(self._unit, row):
            return False
        for route in routes:
            if route.floor <= occasion.precedence:
                rows.add_telling(self._unit, row.id, route.number, wakes_at * 1000)
        return True

    def _way(self, officer: str) -> tuple[Quiet | None, ZoneInfo, tuple[RouteRow, ...]]:
        if officer not in self._ways:
            quiet, zone = quiet_of(rows.settings(self._unit, officer))
            self._ways[officer] = quiet, zone, tuple(rows.routes(self._unit, officer))
        return self._ways[officer]


def may_still_learn(unit: Connection, row: AlertRow) -> bool:
    """Whether the officer of an alert may still be told of it: the access rule as it is now."""
    return Learners(unit).may(row.officer, AlertKind(row.occasion), row.channel, row.case_id)


def quiet_of(settings: SettingsRow | None) -> tuple[Quiet | None, ZoneInfo]:
    """An officer's quiet hours, and the zone in which they are meant."""
    if settings is None or settings.quiet_from is None or settings.quiet_to is None:
        return None, ZoneInfo("UTC")
    return Quiet(settings.quiet_from, settings.quiet_to), ZoneInfo(settings.zone)
