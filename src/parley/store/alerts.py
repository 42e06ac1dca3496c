"""Rows of alerts: who is to learn of what, by which routes, and what came of it."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any, Final, NamedTuple

from sqlalchemy import Connection, Select, delete, func, insert, select, tuple_, update

from parley.store import dialect, tables
from parley.store.statements import Prepared

_A = tables.alerts.c
_T = tables.alert_tellings.c
_R = tables.alert_routes.c
_S = tables.alert_settings.c
_C = tables.alert_cursors.c

HOUSE: Final = b""
"""In the place of a channel: the whole house."""


class AlertRow(NamedTuple):
    """One officer's alert. ``ended`` says how it ended, ``ended_by`` by whom; null while open.

    ``wakes_at`` is when the officer is told first; ``passed_at`` when it was given to the next on
    duty.
    """

    id: bytes
    key: str
    officer: str
    occasion: str
    channel: bytes | None
    case_id: bytes | None
    precedence: int
    at: int
    deadline: int | None
    wakes_at: int
    passed_at: int | None
    ended_at: int | None
    ended: str | None
    ended_by: str | None


_ADD: Final = Prepared(
    lambda engine: dialect.inserting_once(tables.alerts)(engine).returning(_A.id),
    AlertRow._fields,
)


class TellingRow(NamedTuple):
    """How often a route has told of an alert; ``next_ms`` null: it has nothing more to tell."""

    alert: bytes
    route: int
    told: int
    attempts: int
    next_ms: int | None
    claimed_until_ms: int
    claim: bytes | None
    told_at: int | None
    last_reason: str | None


class RouteRow(NamedTuple):
    """Where an officer is told of what is at least as urgent as ``floor``."""

    number: int
    officer: str
    kind: str
    transport: str
    address: str
    floor: int
    added_at: int


class SettingsRow(NamedTuple):
    """How an officer is alerted: see ``store/alert_tables.py``."""

    officer: str
    language: str
    zone: str
    quiet_from: int | None
    quiet_to: int | None
    parties: bool


# --- alerts --------------------------------------------------------------------------------------


def add(connection: Connection, row: AlertRow) -> bool:
    """Add an alert; false where the officer has one of this key."""
    values = {**row._asdict(), "precedence": int(row.precedence)}
    return _ADD.row(connection, values) is not None


def end(
    connection: Connection,
    key: str,
    at: int,
    how: str,
    by: str | None = None,
    officer: str | None = None,
) -> int:
    """End all open alerts of a key, or one officer's; returns how many there were."""
    query = update(tables.alerts).where(_A.key == key, _A.ended_at.is_(None))
    if officer is not None:
        query = query.where(_A.officer == officer)
    return connection.execute(query.values(ended_at=at, ended=how, ended_by=by)).rowcount


def of_key(connection: Connection, key: str) -> list[AlertRow]:
    """All officers' alerts of a key."""
    return _alerts(connection, select(tables.alerts).where(_A.key == key))


def open_with_prefix(connection: Connection, prefix: str) -> list[AlertRow]:
    """The open alerts whose key begins so."""
    begins = _A.key.startswith(prefix, autoescape=True)
    query = select(tables.alerts).where(begins, _A.ended_at.is_(None))
    return _alerts(connection, query)


def of_officer(connection: Connection, officer: str, *, every: bool = False) -> list[AlertRow]:
    """An officer's open alerts, or all of them, the oldest first."""
    query = select(tables.alerts).where(_A.officer == officer)
    if not every:
        query = query.where(_A.ended_at.is_(None))
    return _alerts(connection, query)


def newest(
    connection: Connection,
    officer: str,
    limit: int,
    *,
    every: bool = False,
    before: AlertRow | None = None,
) -> list[AlertRow]:
    """At most so many of an officer's open alerts, or of all, the newest first.

    ``before``: those that stand behind this one.
    """
    query = select(tables.alerts).where(_A.officer == officer)
    if not every:
        query = query.where(_A.ended_at.is_(None))
    if before is not None:
        query = query.where(tuple_(_A.at, _A.id) < tuple_(before.at, before.id))
    rows = connection.execute(query.order_by(_A.at.desc(), _A.id.desc()).limit(limit))
    return [AlertRow(*row) for row in rows]


def stands(connection: Connection, case: bytes, occasion: str, precedence: int) -> bool:
    """Whether an open alert tells of such an occasion in a case, at least as urgent."""
    query = select(_A.id).where(
        _A.case_id == case,
        _A.occasion == occasion,
        _A.ended_at.is_(None),
        _A.precedence >= precedence,
    )
    return connection.execute(query.limit(1)).first() is not None


def unheeded(connection: Connection, precedence: int, before: int, limit: int) -> list[AlertRow]:
    """Open alerts told first before a time, and not given to anybody else since."""
    query = select(tables.alerts).where(
        _A.ended_at.is_(None),
        _A.passed_at.is_(None),
        _A.precedence == precedence,
        _A.wakes_at <= before,
    )
    return _alerts(connection, query.limit(limit))


def passed(connection: Connection, ids: Collection[bytes], at: int) -> None:
    """Note that alerts were given to the next on duty, or that there is nobody."""
    for one in ids:
        connection.execute(update(tables.alerts).where(_A.id == one).values(passed_at=at))


def one(connection: Connection, alert: bytes) -> AlertRow | None:
    """An alert by its id."""
    found = connection.execute(select(tables.alerts).where(_A.id == alert)).one_or_none()
    return AlertRow(*found) if found else None


def open_count(connection: Connection) -> dict[int, int]:
    """How many alerts are open, by precedence."""
    query = select(_A.precedence, func.count()).where(_A.ended_at.is_(None))
    return {row[0]: row[1] for row in connection.execute(query.group_by(_A.precedence))}


def _alerts(connection: Connection, query: Select[Any]) -> list[AlertRow]:
    return [AlertRow(*row) for row in connection.execute(query.order_by(_A.at, _A.id))]


# --- tellings ------------------------------------------------------------------------------------


def add_telling(connection: Connection, alert: bytes, route: int, next_ms: int) -> None:
    """Have a route tell of an alert."""
    row = TellingRow(alert, route, 0, 0, next_ms, 0, None, None, None)
    once = dialect.insert_ignore(connection, tables.alert_tellings)
    connection.execute(once.values(**row._asdict()))


def due(connection: Connection, now_ms: int, limit: int) -> list[TellingRow]:
    """Tellings that are due and in nobody's hand, of open alerts, the most urgent first."""
    query = (
        select(tables.alert_tellings)
        .join(tables.alerts, _A.id == _T.alert)
        .where(_T.next_ms <= now_ms, _T.claimed_until_ms <= now_ms, _A.ended_at.is_(None))
        .order_by(_A.precedence.desc(), _T.next_ms)
    )
    return [TellingRow(*row) for row in connection.execute(query.limit(limit))]


def next_due(connection: Connection) -> int | None:
    """When the next telling is due, in milliseconds."""
    query = (
        select(func.min(_T.next_ms))
        .select_from(tables.alert_tellings)
        .join(tables.alerts, _A.id == _T.alert)
        .where(_A.ended_at.is_(None))
    )
    return connection.execute(query).scalar()


def claim(connection: Connection, row: TellingRow, claim: bytes, now_ms: int, until: int) -> bool:
    """Take a telling in hand until a time; false where somebody else has, or it is done."""
    taken = connection.execute(
        update(tables.alert_tellings)
        .where(
            _T.alert == row.alert,
            _T.route == row.route,
            _T.told == row.told,
            _T.next_ms <= now_ms,
            _T.claimed_until_ms <= now_ms,
        )
        .values(claim=claim, claimed_until_ms=until)
    )
    return taken.rowcount == 1


def settle(connection: Connection, row: TellingRow, claim: bytes) -> bool:
    """Write what came of a telling that is still in our hand; it is in nobody's then."""
    values = row._asdict() | {"claim": None, "claimed_until_ms": 0}
    written = connection.execute(
        update(tables.alert_tellings)
        .where(_T.alert == row.alert, _T.route == row.route, _T.claim == claim)
        .values(**values)
    )
    return written.rowcount == 1


def tellings(connection: Connection, alerts: Sequence[bytes]) -> list[TellingRow]:
    """What came of each route for some alerts."""
    found: list[TellingRow] = []
    for start in range(0, len(alerts), 500):
        query = select(tables.alert_tellings).where(_T.alert.in_(alerts[start : start + 500]))
        rows = connection.execute(query.order_by(_T.alert, _T.route))
        found.extend(TellingRow(*row) for row in rows)
    return found


def failing(connection: Connection) -> int:
    """How many tellings of open alerts have failed since they last went through."""
    query = (
        select(func.count())
        .select_from(tables.alert_tellings)
        .join(tables.alerts, _A.id == _T.alert)
        .where(_A.ended_at.is_(None), _T.attempts > 0)
    )
    return int(connection.execute(query).scalar_one())


# --- routes and settings -------------------------------------------------------------------------


def add_route(connection: Connection, row: RouteRow) -> None:
    """Add a route."""
    connection.execute(insert(tables.alert_routes).values(**row._asdict()))


def next_route(connection: Connection) -> int:
    """The number of the next route, from 1. Numbers are not used again."""
    last = connection.execute(select(func.max(_R.number))).scalar()
    told = connection.execute(select(func.max(_T.route))).scalar()
    return max(last or 0, told or 0) + 1


def remove_route(connection: Connection, number: int) -> None:
    """Remove a route; what it was still to tell is not told."""
    connection.execute(delete(tables.alert_routes).where(_R.number == number))
    connection.execute(update(tables.alert_tellings).where(_T.route == number).values(next_ms=None))


def route(connection: Connection, number: int) -> RouteRow | None:
    """A route by its number."""
    found = connection.execute(select(tables.alert_routes).where(_R.number == number))
    row = found.one_or_none()
    return RouteRow(*row) if row else None


def routes(connection: Connection, officer: str | None = None) -> list[RouteRow]:
    """The routes of one officer, or of all, by number."""
    query = select(tables.alert_routes).order_by(_R.number)
    if officer is not None:
        query = query.where(_R.officer == officer)
    return [RouteRow(*row) for row in connection.execute(query)]


def settings(connection: Connection, officer: str) -> SettingsRow | None:
    """How an officer is alerted; null where nothing was said."""
    query = select(tables.alert_settings).where(_S.officer == officer)
    row = connection.execute(query).one_or_none()
    return SettingsRow(*row) if row else None


def save_settings(connection: Connection, row: SettingsRow) -> None:
    """Write how an officer is alerted."""
    dialect.insert_rows(connection, tables.alert_settings, [row], replace=True)


# --- cursors -------------------------------------------------------------------------------------


def cursor(connection: Connection, source: str, channel: bytes = HOUSE) -> tuple[int, str]:
    """How far the watcher has read a source, and what it remembers of it."""
    query = select(_C.position, _C.mark).where(_C.source == source, _C.channel == channel)
    row = connection.execute(query).one_or_none()
    return (row[0], row[1]) if row else (0, "")


def cursors(connection: Connection) -> dict[tuple[str, bytes], tuple[int, str]]:
    """All cursors."""
    rows = connection.execute(select(tables.alert_cursors))
    return {(row.source, row.channel): (row.position, row.mark) for row in rows}


def move(
    connection: Connection, source: str, position: int, channel: bytes = HOUSE, mark: str = ""
) -> None:
    """Move a cursor."""
    rows = [(source, channel, position, mark)]
    dialect.insert_rows(connection, tables.alert_cursors, rows, replace=True)
