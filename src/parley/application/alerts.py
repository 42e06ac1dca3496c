"""An officer's own alerts: listed, acknowledged; the routes by which they come, and when not."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final, NamedTuple

from parley.application import alert_outbox, house
from parley.application.alerting import ACKNOWLEDGED, Learners
from parley.application.desk import Desk
from parley.application.house import Acting
from parley.application.preferences import check_zone
from parley.domain import access
from parley.domain.access import Place
from parley.domain.act import Precedence
from parley.domain.alerts import MINUTES, AlertKind, Quiet
from parley.domain.housekeeping import HouseAct
from parley.domain.roles import Duty
from parley.kernel.errors import ParleyError
from parley.kernel.reasons import Reason
from parley.language import catalogue
from parley.store import alerts as rows
from parley.store.alerts import AlertRow, RouteRow, SettingsRow, TellingRow

MAIL: Final = "mail"
WEBHOOK: Final = "webhook"
COMMAND: Final = "command"

_ADDRESS: Final = re.compile(r"[!-?A-~]{1,64}@[A-Za-z0-9.:\[\]-]{1,189}", re.ASCII)
_LABEL: Final = re.compile(r"[!-~]{0,254}", re.ASCII)
_HOURS: Final = re.compile(r"([01]\d|2[0-3]):([0-5]\d)-([01]\d|2[0-3]):([0-5]\d)", re.ASCII)


class AlertView(NamedTuple):
    """An alert as its officer sees it, with what came of each of the officer's routes."""

    row: AlertRow
    tellings: tuple[TellingRow, ...]


def every(desk: Desk, officer: str, *, closed: bool = False) -> list[AlertView]:
    """An officer's open alerts, or with ``closed`` all of them, the oldest first.

    :raises ParleyError: ``officer-unknown``, ``role-forbids``.
    """
    with house.reading(desk, officer) as acting:
        access.require_somewhere(acting.officer, Duty.BE_ALERTED)
        return _told(acting, _visible(acting, closed=closed))


class Page(NamedTuple):
    """Some alerts, the newest first, and whether there are older ones."""

    views: list[AlertView]
    more: bool


def page(
    desk: Desk, officer: str, *, closed: bool = False, before: bytes | None = None, count: int
) -> Page:
    """An officer's newest open alerts, or with ``closed`` the newest of all.

    ``before``: those that stand behind this one.

    :raises ParleyError: ``alert-unknown``; as :func:`every`.
    """
    with house.reading(desk, officer) as acting:
        access.require_somewhere(acting.officer, Duty.BE_ALERTED)
        connection, learners = acting.connection, Learners(acting.connection)
        last = None if before is None else rows.one(connection, before)
        if before is not None and (last is None or last.officer != officer):
            raise ParleyError(Reason.ALERT_UNKNOWN)
        found: list[AlertRow] = []
        while len(found) <= count:
            part = rows.newest(connection, officer, count + 1, every=closed, before=last)
            found += [row for row in part if _is_visible(learners, row)]
            if len(part) <= count:
                break
            last = part[-1]
        return Page(_told(acting, found[:count]), len(found) > count)


def _told(acting: Acting, found: Sequence[AlertRow]) -> list[AlertView]:
    told: dict[bytes, list[TellingRow]] = {}
    for one in rows.tellings(acting.connection, [row.id for row in found]):
        told.setdefault(one.alert, []).append(one)
    return [AlertView(row, tuple(told.get(row.id, ()))) for row in found]


def acknowledge(desk: Desk, officer: str, prefixes: Sequence[str]) -> list[AlertRow]:
    """Acknowledge alerts by the beginnings of their identifiers; without any, all open ones.

    It is told no more, neither to this officer nor to any other who was told of the same. One that
    has ended already stays as it is.

    :raises ParleyError: ``officer-unknown``, ``role-forbids``, ``alert-unknown``,
        ``alert-ambiguous``. Nothing is changed then.
    """
    with house.acting(desk, officer) as acting:
        access.require_somewhere(acting.officer, Duty.BE_ALERTED)
        visible = _visible(acting, closed=True)
        wanted = [_one(visible, prefix) for prefix in prefixes]
        if not prefixes:
            wanted = [row for row in visible if row.ended_at is None]
        now = desk.clock()
        for row in wanted:
            if row.ended_at is not None:
                continue
            rows.end(acting.connection, row.key, now, ACKNOWLEDGED, officer)
            acting.at(Place(row.channel, row.case_id))
            acting.note(HouseAct.ALERT_ACKNOWLEDGED, facts=(row.occasion,))
        return wanted


def _visible(acting: Acting, *, closed: bool) -> list[AlertRow]:
    """The officer's alerts, but for those of which the officer may no longer learn."""
    learners = Learners(acting.connection)
    found = rows.of_officer(acting.connection, acting.officer.name, every=closed)
    return [row for row in found if _is_visible(learners, row)]


def _is_visible(learners: Learners, row: AlertRow) -> bool:
    return learners.may(row.officer, AlertKind(row.occasion), row.channel, row.case_id)


def _one(visible: Sequence[AlertRow], prefix: str) -> AlertRow:
    wanted = prefix.lower()
    found = [row for row in visible if wanted and row.id.hex().startswith(wanted)]
    if not found:
        raise ParleyError(Reason.ALERT_UNKNOWN)
    if len(found) > 1:
        raise ParleyError(Reason.ALERT_AMBIGUOUS, count=len(found))
    return found[0]


# --- routes --------------------------------------------------------------------------------------


def add_route(
    desk: Desk,
    officer: str,
    way: tuple[str, str],
    address: str,
    floor: int,
    ways: frozenset[tuple[str, str]],
) -> RouteRow:
    """Have an officer told by ``way`` (kind, name) of what is at least as urgent as ``floor``.

    ``ways`` are those that the house has configured. ``address`` is a mail address; for the other
    kinds a word by which the receiver knows whom to tell, or nothing.

    :raises ParleyError: ``alert-transport-unknown``, ``mail-address-invalid``, ``role-forbids``.
    """
    kind, transport = way
    pattern = _ADDRESS if kind == MAIL else _LABEL
    if not pattern.fullmatch(address):
        raise ParleyError(Reason.MAIL_ADDRESS_INVALID)
    with house.acting(desk, officer) as acting:
        access.require_somewhere(acting.officer, Duty.BE_ALERTED)
        if way not in ways:
            raise ParleyError(Reason.ALERT_TRANSPORT_UNKNOWN)
        number = rows.next_route(acting.connection)
        row = RouteRow(number, officer, kind, transport, address, floor, desk.clock())
        rows.add_route(acting.connection, row)
        facts = (kind, Precedence(floor).name.lower())
        acting.note(HouseAct.ALERT_ROUTE_ADDED, number=number, facts=facts)
        return row


def remove_route(desk: Desk, officer: str, number: int) -> None:
    """Remove one of an officer's own routes.

    :raises ParleyError: ``alert-route-unknown``, ``role-forbids``.
    """
    with house.acting(desk, officer) as acting:
        access.require_somewhere(acting.officer, Duty.BE_ALERTED)
        row = rows.route(acting.connection, number)
        if row is None or row.officer != officer:
            raise ParleyError(Reason.ALERT_ROUTE_UNKNOWN)
        rows.remove_route(acting.connection, number)
        acting.note(HouseAct.ALERT_ROUTE_REMOVED, number=number, facts=(row.kind,))


def routes(desk: Desk, officer: str) -> list[RouteRow]:
    """An officer's own routes.

    :raises ParleyError: ``officer-unknown``, ``role-forbids``.
    """
    with house.reading(desk, officer) as acting:
        access.require_somewhere(acting.officer, Duty.BE_ALERTED)
        return rows.routes(acting.connection, officer)


# --- settings ------------------------------------------------------------------------------------


def settings(desk: Desk, officer: str) -> SettingsRow:
    """How an officer is alerted.

    :raises ParleyError: ``officer-unknown``, ``role-forbids``.
    """
    with house.reading(desk, officer) as acting:
        access.require_somewhere(acting.officer, Duty.BE_ALERTED)
        return alert_outbox.settings_of(acting.connection, officer)


def change_settings(
    desk: Desk,
    officer: str,
    *,
    language: str | None = None,
    zone: str | None = None,
    quiet: str | None = None,
    parties: bool | None = None,
) -> SettingsRow:
    """Change how an officer is alerted; what is null stays.

    ``quiet`` is ``22:00-07:00``, or ``none``; ``parties``: whether alerts may name the other party.

    :raises ParleyError: ``language-unknown``, ``zone-unknown``, ``quiet-hours-invalid``,
        ``role-forbids``.
    """
    if language is not None and language not in catalogue.LANGUAGES:
        known = ", ".join(catalogue.LANGUAGES)
        raise ParleyError(Reason.LANGUAGE_UNKNOWN, language=language, known=known)
    if zone is not None:
        check_zone(zone)
    hours = None if quiet is None else parse_quiet(quiet)
    with house.acting(desk, officer) as acting:
        access.require_somewhere(acting.officer, Duty.BE_ALERTED)
        row = alert_outbox.settings_of(acting.connection, officer)
        row = row._replace(language=language or row.language, zone=zone or row.zone)
        if quiet is not None:
            start, end = (None, None) if hours is None else (hours.start, hours.end)
            row = row._replace(quiet_from=start, quiet_to=end)
        if parties is not None:
            row = row._replace(parties=parties)
        rows.save_settings(acting.connection, row)
        acting.note(HouseAct.ALERT_SETTINGS_CHANGED)
        return row


def parse_quiet(text: str) -> Quiet | None:
    """Quiet hours as ``22:00-07:00``; ``none`` is none.

    :raises ParleyError: ``quiet-hours-invalid``.
    """
    if text == "none":
        return None
    found = _HOURS.fullmatch(text)
    if found is None:
        raise ParleyError(Reason.QUIET_HOURS_INVALID)
    first, second, third, fourth = (int(part) for part in found.groups())
    start, end = first * 60 + second, third * 60 + fourth
    if start == end or end >= MINUTES:
        raise ParleyError(Reason.QUIET_HOURS_INVALID)
    return Quiet(start, end)
