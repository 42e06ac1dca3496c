"""Views over the record: cases and what our desk owes. They can be dropped and rebuilt."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Final, NamedTuple

from sqlalchemy import Connection, bindparam, delete, select

from parley.store import deadlines, dialect, tables
from parley.store.statements import Prepared, given


class CaseRow(NamedTuple):
    """What a set of statements amounts to; ``state`` is the fold, as CBOR of codes and ids.

    ``precedence`` is that of the act that stands first in our log. ``first_day`` and ``last_day``:
    where the days begin and end that the case is about, in seconds since the epoch; null where it
    names none, ``last_day`` also where no end was stated.
    """

    channel: bytes
    case_id: bytes
    kind: str
    opened_by: int
    opened_at: int
    status: str
    acts: int
    last_position: int
    about: bytes | None
    precedence: int
    first_day: int | None
    last_day: int | None
    state: bytes


class StandingRow(NamedTuple):
    """How an act was judged that stands in no case; ``void`` is the reason code."""

    channel: bytes
    author: int
    seq: int
    type: str
    void: str | None
    reference: bytes | None


_PART: Final = 500
"""So many values stand in one list of a query: engines bound their number."""

_FEW: Final = 4
"""So many are asked for one by one."""

_C = tables.cases.c
_ONE: Final = Prepared(select(tables.cases).where(given(_C.channel), given(_C.case_id)))
_SOME_CASES: Final = select(tables.cases).where(
    given(_C.channel), _C.case_id.in_(bindparam("cases", expanding=True))
)


_OF_KIND: Final = Prepared(
    select(tables.cases).where(given(_C.kind)).order_by(_C.opened_at, _C.case_id)
)

_ABOUT: Final = Prepared(
    select(tables.cases)
    .where(given(_C.channel), given(_C.about))
    .order_by(_C.opened_at, _C.case_id)
)

_A = tables.standing_acts.c
_ACTS: Final = select(tables.standing_acts).where(given(_A.channel))
_STANDING_ACT: Final = Prepared(_ACTS.where(given(_A.author), given(_A.seq)))
_STANDING_VOID: Final = Prepared(
    _ACTS.where(given(_A.author), _A.seq >= bindparam("first"), _A.void.is_not(None)).order_by(
        _A.seq
    )
)
_STANDING_TYPE: Final = Prepared(
    _ACTS.where(given(_A.type), _A.void.is_(None)).order_by(_A.author, _A.seq)
)
_STANDING_VOID_TYPE: Final = Prepared(
    _ACTS.where(given(_A.type), _A.void.is_not(None)).order_by(_A.author, _A.seq).limit(1)
)
_STANDING_ABOUT: Final = Prepared(_ACTS.where(given(_A.author), given(_A.reference)))


def links(connection: Connection) -> dict[bytes, bytes]:
    """Which cases say that they are about another, and about which."""
    query = select(_C.case_id, _C.about).where(_C.about.is_not(None))
    return {row.case_id: row.about for row in connection.execute(query)}


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


def with_prefix(connection: Connection, prefix: str) -> list[CaseRow]:
    """The cases of all channels whose identifier starts with ``prefix``, in hexadecimal."""
    low = bytes.fromhex(prefix[: len(prefix) // 2 * 2])
    query = select(tables.cases).where(_C.case_id >= low, _C.case_id <= low.ljust(16, b"\xff"))
    rows = (CaseRow(*row) for row in connection.execute(query.order_by(_C.case_id)))
    return [row for row in rows if row.case_id.hex().startswith(prefix)]


def cases(connection: Connection, channel: bytes | None = None) -> list[CaseRow]:
    """All cases, of one channel or of all, the oldest first."""
    c = tables.cases.c
    query = select(tables.cases).order_by(c.opened_at, c.case_id)
    if channel is not None:
        query = query.where(c.channel == channel)
    return [CaseRow(*row) for row in connection.execute(query)]


def cases_of_kind(connection: Connection, kind: str, channel: bytes | None = None) -> list[CaseRow]:
    """All cases of a kind, of one channel or of all, the oldest first."""
    rows = _OF_KIND.rows(connection, {"kind_": kind})
    found = [CaseRow(*row) for row in rows]
    return [row for row in found if channel in (None, row.channel)]


def cases_about(connection: Connection, channel: bytes, case_id: bytes) -> list[CaseRow]:
    """The cases that say that they are about this one, the oldest first."""
    rows = _ABOUT.rows(connection, {"channel_": channel, "about_": case_id})
    return [CaseRow(*row) for row in rows]


def some_of(connection: Connection, wanted: Sequence[tuple[bytes, bytes]]) -> list[CaseRow]:
    """The cases with these channels and identifiers, in that order, as far as there are any."""
    rows = (case(connection, channel, case_id) for channel, case_id in wanted)
    return [row for row in rows if row is not None]


def save_standing(connection: Connection, rows: Sequence[StandingRow]) -> None:
    """Keep how acts were judged that stand in no case."""
    dialect.insert_rows(connection, tables.standing_acts, rows, replace=True)


def standing_act(
    connection: Connection, channel: bytes, author: int, seq: int
) -> StandingRow | None:
    """How one of these acts was judged."""
    row = _STANDING_ACT.row(connection, {"channel_": channel, "author_": author, "seq_": seq})
    return StandingRow(*row) if row else None


def standing_void(
    connection: Connection, channel: bytes, author: int, first: int
) -> list[StandingRow]:
    """The void ones of one author, from sequence number ``first`` on, in order."""
    values = {"channel_": channel, "author_": author, "first": first}
    return [StandingRow(*row) for row in _STANDING_VOID.rows(connection, values)]


def standing_of_type(connection: Connection, channel: bytes, type_: str) -> list[StandingRow]:
    """Those of one type that are not void, by author and sequence number."""
    rows = _STANDING_TYPE.rows(connection, {"channel_": channel, "type_": type_})
    return [StandingRow(*row) for row in rows]


def first_void_of_type(connection: Connection, channel: bytes, type_: str) -> StandingRow | None:
    """The first void one of a type."""
    row = _STANDING_VOID_TYPE.row(connection, {"channel_": channel, "type_": type_})
    return StandingRow(*row) if row else None


def standing_about(
    connection: Connection, channel: bytes, author: int, reference: bytes
) -> list[StandingRow]:
    """Those of one author that refer to an act."""
    values = {"channel_": channel, "author_": author, "reference_": reference}
    return [StandingRow(*row) for row in _STANDING_ABOUT.rows(connection, values)]


def standing(connection: Connection, channel: bytes) -> list[StandingRow]:
    """All of them, by author and sequence number."""
    query = select(tables.standing_acts).where(_A.channel == channel)
    return [StandingRow(*row) for row in connection.execute(query.order_by(_A.author, _A.seq))]


def drop(connection: Connection, channel: bytes) -> None:
    """Drop a channel's views, and what is written behind them."""
    deadlines.drop(connection, channel)
    connection.execute(delete(tables.standing_acts).where(_A.channel == channel))
    connection.execute(delete(tables.cases).where(tables.cases.c.channel == channel))
