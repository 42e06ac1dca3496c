"""Rows of recusals: who keeps out of what, since when, and who acts instead."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final, NamedTuple

from sqlalchemy import Connection, Select, func, insert, select, update

from parley.store import dialect, tables
from parley.store.statements import Prepared, given

_R = tables.recusals.c
_C = tables.recusal_cases.c
_CASES: Final = Prepared(select(_C.number, _C.case_id))
_STANDING: Final = Prepared(
    select(
        _R.number,
        _R.officer,
        _R.delegate,
        _R.channel,
        _R.linked,
        _R.ground,
        _R.recorded_by,
        _R.at,
        _R.ended_at,
    )
    .where(given(_R.officer), _R.ended_at.is_(None))
    .order_by(_R.number)
)


class RecusalRow(NamedTuple):
    """One recusal; its cases stand apart. ``ended_at`` is null as long as it stands."""

    number: int
    officer: str
    delegate: str
    channel: bytes | None
    linked: bool
    ground: str
    recorded_by: str
    at: int
    ended_at: int | None


def next_number(connection: Connection) -> int:
    """The number of the next recusal, from 1."""
    return int(connection.execute(select(func.max(_R.number))).scalar() or 0) + 1


def add(connection: Connection, row: RecusalRow, cases: Iterable[bytes]) -> None:
    """Add a recusal."""
    connection.execute(insert(tables.recusals).values(**row._asdict()))
    add_cases(connection, row.number, cases)


def add_cases(connection: Connection, number: int, cases: Iterable[bytes]) -> None:
    """Add cases to a recusal; those that it has already stay."""
    for case_id in cases:
        once = dialect.insert_ignore(connection, tables.recusal_cases)
        connection.execute(once.values(number=number, case_id=case_id))


def name_delegate(connection: Connection, number: int, delegate: str) -> None:
    """Name who acts instead."""
    connection.execute(update(tables.recusals).where(_R.number == number).values(delegate=delegate))


def end(connection: Connection, number: int, at: int) -> None:
    """Have a recusal end."""
    connection.execute(update(tables.recusals).where(_R.number == number).values(ended_at=at))


def one(connection: Connection, number: int) -> RecusalRow | None:
    """A recusal by its number."""
    found = connection.execute(select(tables.recusals).where(_R.number == number)).one_or_none()
    return RecusalRow(*found) if found else None


def every(connection: Connection) -> list[RecusalRow]:
    """All recusals, those that have ended too, the oldest first."""
    return _rows(connection, select(tables.recusals))


def standing(connection: Connection, officer: str) -> list[RecusalRow]:
    """The recusals of an officer that stand."""
    rows = [RecusalRow(*row) for row in _STANDING.rows(connection, {"officer_": officer})]
    # The driver of SQLite knows no truth values.
    return [row._replace(linked=bool(row.linked)) for row in rows]


def cases(connection: Connection) -> dict[int, frozenset[bytes]]:
    """The cases of each recusal that is not of a whole channel, by its number."""
    found: dict[int, set[bytes]] = {}
    for number, case_id in _CASES.rows(connection, {}):
        found.setdefault(number, set()).add(case_id)
    return {number: frozenset(ids) for number, ids in found.items()}


def _rows(connection: Connection, query: Select[Any]) -> list[RecusalRow]:
    return [RecusalRow(*row) for row in connection.execute(query.order_by(_R.number))]
