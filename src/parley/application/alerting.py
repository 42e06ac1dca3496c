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
from parley.domain import alerts as rules
from parley.domain.access import HOUSE, Place, Standing
from parley.domain.alerts import AlertKind, Quiet
from parley.kernel.errors import ParleyError
from parley.kernel.reasons import Reason
from parley.store import alerts as rows
from parley.store import house, views
from parley.store.alerts import AlertRow, SettingsRow

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
    return tuple(name for name in occasion.officers if _raise(unit, occasion, name))


def lower_alert(unit: Connection, key: str, at: int) -> int:
    """End the alerts of an occasion that is over; returns how many were open."""
    return rows.end(unit, key, at, OVER)


def may_still_learn(unit: Connection, row: AlertRow) -> bool:
    """Whether the officer of an alert may still be told of it: the access rule as it is now."""
    return standing_for(unit, row.officer, AlertKind(row.occasion), row.channel, row.case_id)


def standing_for(
    unit: Connection, officer: str, kind: AlertKind, channel: bytes | None, case: bytes | None
) -> bool:
    """Whether an officer in service may be told of such an occasion there."""
    try:
        who = houses.standing(unit, officer)
    except ParleyError as error:
        if error.reason is not Reason.OFFICER_UNKNOWN:
            raise
        return False
    return rules.may_learn(who, kind, place_of(unit, who, channel, case))


def place_of(unit: Connection, who: Standing, channel: bytes | None, case: bytes | None) -> Place:
    """The place of an occasion, as the access rule knows it."""
    if channel is None:
        return HOUSE
    if case is None:
        return Place(channel)
    places = Places(unit, who)
    row = views.case(unit, channel, case)
    if row is not None:
        return places.of_case(row)
    # A case that a draft is to open: what it is to be about counts for the rule as well.
    draft = house.draft_of_case(unit, channel, case)
    return places.at(channel, case, None, None) if draft is None else places.of_draft(draft)


def allowed(
    unit: Connection,
    kind: AlertKind,
    channel: bytes | None,
    case: bytes | None,
    without: Collection[str] = (),
) -> tuple[str, ...]:
    """All officers in service who may be told of such an occasion there, by name."""
    return tuple(
        row.name
        for row in house.officers(unit)
        if row.active
        and row.name not in without
        and standing_for(unit, row.name, kind, channel, case)
    )


def _raise(unit: Connection, occasion: Occasion, officer: str) -> bool:
    if not standing_for(unit, officer, occasion.occasion, occasion.channel, occasion.case):
        return False
    wakes_at = rules.wakes_at(
        occasion.at, occasion.precedence, *quiet_of(rows.settings(unit, officer))
    )
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
    if not rows.add(unit, row):
        return False
    for route in rows.routes(unit, officer):
        if route.floor <= occasion.precedence:
            rows.add_telling(unit, row.id, route.number, wakes_at * 1000)
    return True


def quiet_of(settings: SettingsRow | None) -> tuple[Quiet | None, ZoneInfo]:
    """An officer's quiet hours, and the zone in which they are meant."""
    if settings is None or settings.quiet_from is None or settings.quiet_to is None:
        return None, ZoneInfo("UTC")
    return Quiet(settings.quiet_from, settings.quiet_to), ZoneInfo(settings.zone)
