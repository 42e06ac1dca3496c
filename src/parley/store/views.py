"""Views over the record: cases and what our desk owes. They can be dropped and rebuilt."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Final, NamedTuple

from sqlalchemy import Connection, bindparam, delete, select

from parley.store import dialect, tables
from parley.store.statements import Prepared, given


class CaseRow(NamedTuple):
    """What a set of statements amounts to; ``state`` is the fold, as CBOR of codes and ids."""

    channel: bytes
    case_id: bytes
    kind: str
    opened_by: int
    opened_at: int
    status: str
    acts: int
    last_position: int
    state: bytes


_PART: Final = 500
"""So many values stand in one list of a query: engines bound their number."""

_FEW: Final = 4
"""So many are asked for one by one."""

_C = tables.cases.c
_ONE: Final = Prepared(select(tables.cases).where(given(_C.channel), given(_C.case_id)))
_SOME_CASES: Final = select(tables.cases).where(
    given(_C.channel), _C.case_id.in_(bindparam("cases", expanding=True))
)


def save_cases(connection: Connection, rows: Sequence[CaseRow]) -> None:
    """Put cases' rows in place of those there were."""
    dialect.insert_rows(connection, tables.cases, rows, replace=True)


def some_cases(
    connection: Connection, channel: bytes, case_ids: Collection[bytes]
) -> dict[bytes, CaseRow]:
    """Those of ``case_ids`` that there are, by id."""
    wanted = list(case_ids)
    found: dict[bytes, CaseRow] = {}
    if len(wanted) <= _FEW:
        one = (case(connection, channel, case_id) for case_id in wanted)
        return {row.case_id: row for row in one if row is not None}
    for start in range(0, len(wanted), _PART):
        values = {"channel_": channel, "cases": wanted[start : start + _PART]}
        rows = connection.execute(_SOME_CASES, values)
        found.update((row.case_id, CaseRow(*row)) for row in rows)
    return found


def case(connection: Connection, channel: bytes, case_id: bytes) -> CaseRow | None:
    """One case."""
    row = _ONE.row(connection, {"channel_": channel, "case_id_": case_id})
    return CaseRow(*row) if row else None


def cases(connection: Connection, channel: bytes | None = None) -> list[CaseRow]:
    """All cases, of one channel or of all, the oldest first."""
    c = tables.cases.c
    query = select(tables.cases).order_by(c.opened_at, c.case_id)
    if channel is not None:
        query = query.where(c.channel == channel)
    return [CaseRow(*row) for row in connection.execute(query)]


def drop(connection: Connection, channel: bytes) -> None:
    """Drop a channel's views."""
    connection.execute(delete(tables.cases).where(tables.cases.c.channel == channel))


def opened(connection: Connection, channel: bytes, position: int, officer: str, now: int) -> None:
    """Note that an officer has opened a statement; only the first opening counts."""
    connection.execute(
        dialect.insert_ignore(connection, tables.openings).values(
            channel=channel, position=position, officer=officer, at=now
        )
    )


def openings(connection: Connection, channel: bytes) -> dict[int, tuple[str, int]]:
    """Who first opened which statement, and when, by position."""
    c = tables.openings.c
    query = select(c.position, c.officer, c.at).where(c.channel == channel)
    return {row.position: (row.officer, row.at) for row in connection.execute(query)}
