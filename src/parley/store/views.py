"""Views over the record: cases and what our desk owes. They can be dropped and rebuilt."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from typing import Final, NamedTuple

from sqlalchemy import (
    ColumnElement,
    Connection,
    and_,
    bindparam,
    delete,
    false,
    func,
    or_,
    select,
    true,
    tuple_,
)
from sqlalchemy import case as case_of

from parley.domain.access import Area
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

_BRIEF: Final = (_C.channel, _C.case_id, _C.kind, _C.opened_at, _C.status)
_ENDLESS: Final = _C.last_day.is_(None)
_L = tables.labels.c
_R = tables.register.c

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


class Brief(NamedTuple):
    """A case in a list before it is read: what tells whether it is to be shown."""

    channel: bytes
    case_id: bytes
    kind: str
    opened_at: int
    status: str

    @classmethod
    def of(cls, row: CaseRow) -> Brief:
        """The same of a whole row."""
        return cls(row.channel, row.case_id, row.kind, row.opened_at, row.status)


class Hidden(NamedTuple):
    """Whole channels, and cases, that a list leaves out; ``only``: all that is not in these."""

    channels: Sequence[bytes] = ()
    cases: Sequence[bytes] = ()
    only: Collection[Area] | None = None


class Wanted(NamedTuple):
    """What a list of cases is to have; null, or nothing, asks for nothing.

    ``without``: none of these kinds and statuses. ``precedence`` is the least of what stands first
    in the case, ``marking`` the least of the house's; ``label`` is the keyed hash of one that the
    house gave.
    """

    channel: bytes | None = None
    kind: str | None = None
    status: str | None = None
    without: Collection[tuple[str, str]] = ()
    precedence: int | None = None
    label: bytes | None = None
    marking: int | None = None

    def conditions(self) -> Iterator[ColumnElement[bool]]:
        """The same for a query that reads ``cases``."""
        for column, value in ((_C.channel, self.channel), (_C.kind, self.kind)):
            if value is not None:
                yield column == value
        if self.status is not None:
            yield _C.status == self.status
        if self.without:
            yield tuple_(_C.kind, _C.status).not_in(list(self.without))
        if self.precedence is not None:
            yield _C.precedence >= self.precedence
        if self.label is not None:
            yield tuple_(_C.channel, _C.case_id).in_(
                select(_L.channel, _L.case_id).where(_L.tag == self.label)
            )
        if self.marking is not None:
            yield tuple_(_C.channel, _C.case_id).in_(
                select(_R.channel, _R.case_id).where(_R.marking >= self.marking)
            )


ANY: Final = Wanted()


def shown(hidden: Hidden) -> Iterator[ColumnElement[bool]]:
    """What is not hidden, for a query that reads ``cases``."""
    if hidden.channels:
        yield _C.channel.not_in(hidden.channels)
    if hidden.cases:
        yield _C.case_id.not_in(hidden.cases)
    if hidden.only is not None:
        yield or_(false(), *(and_(true(), *_within(area)) for area in hidden.only))


def _within(area: Area) -> Iterator[ColumnElement[bool]]:
    if area.channel is not None:
        yield _C.channel == area.channel
    if area.case is not None:
        yield _C.case_id == area.case
    if area.kinds is not None:
        yield _C.kind.in_(sorted(area.kinds))


def briefs(
    connection: Connection,
    before: Brief | None,
    limit: int,
    wanted: Wanted = ANY,
    *,
    hidden: Hidden,
) -> list[Brief]:
    """At most ``limit`` cases, the newest first, that were opened before ``before``."""
    query = select(*_BRIEF).where(*wanted.conditions(), *shown(hidden))
    if before is not None:
        query = query.where(
            tuple_(_C.opened_at, _C.case_id) < tuple_(before.opened_at, before.case_id)
        )
    query = query.order_by(_C.opened_at.desc(), _C.case_id.desc()).limit(limit)
    return [Brief(*row) for row in connection.execute(query)]


class Dated(NamedTuple):
    """The cases of a kind that are about days between two times (``since`` up to ``until``).

    Cases whose days begin before and end behind all of it may be about none between: they are
    ``around``.
    """

    kind: str
    since: int
    until: int
    channel: bytes | None = None

    @property
    def around(self) -> Sequence[ColumnElement[bool]]:
        """Those of which their days alone do not tell it."""
        return (*self.all, _C.first_day < self.since, or_(_ENDLESS, _C.last_day > self.until))

    @property
    def all(self) -> Sequence[ColumnElement[bool]]:
        """Those that may be."""
        return (
            _C.kind == self.kind,
            _C.first_day < self.until,
            or_(_ENDLESS, _C.last_day > self.since),
            *(() if self.channel is None else (_C.channel == self.channel,)),
        )


def dated_around(connection: Connection, dated: Dated, hidden: Hidden) -> list[CaseRow]:
    """The cases around the time that is asked for, whole."""
    query = select(tables.cases).where(*dated.around, *shown(hidden))
    return [CaseRow(*row) for row in connection.execute(query)]


def dated_count(
    connection: Connection, dated: Dated, hidden: Hidden, among: Collection[bytes] | None = None
) -> int:
    """How many cases may be about days of that time; ``among``: of these alone."""
    query = select(func.count()).select_from(tables.cases).where(*dated.all, *shown(hidden))
    if among is not None:
        query = query.where(_C.case_id.in_(among))
    return connection.execute(query).scalar_one()


def dated_page(
    connection: Connection, dated: Dated, hidden: Hidden, skip: int, limit: int
) -> list[CaseRow]:
    """Some of these cases, by the first of their days."""
    query = select(_C.channel, _C.case_id).where(*dated.all, *shown(hidden))
    query = query.order_by(_C.first_day, _C.case_id).offset(skip).limit(limit)
    return some_of(connection, [(row.channel, row.case_id) for row in connection.execute(query)])


class Opened(NamedTuple):
    """So many cases of a kind and a precedence were opened in a part of a time."""

    kind: str
    precedence: int
    part: int
    number: int


def opened(
    connection: Connection,
    edges: Sequence[int],
    hidden: Hidden,
    among: Collection[bytes] | None = None,
) -> list[Opened]:
    """How many cases were opened, by what :class:`Opened` says, in each part between ``edges``.

    Parts are counted from 0; those without a case are left out. ``among``: of these cases alone.
    """
    part = case_of(*((_C.opened_at < edge, at) for at, edge in enumerate(edges[1:]))).label("part")
    query = (
        select(_C.kind, _C.precedence, part, func.count())
        .where(_C.opened_at >= edges[0], _C.opened_at < edges[-1], *shown(hidden))
        .group_by(_C.kind, _C.precedence, part)
        .order_by(_C.kind, _C.precedence, part)
    )
    if among is not None:
        query = query.where(_C.case_id.in_(among))
    return [Opened(*row) for row in connection.execute(query)]


def some_of(connection: Connection, wanted: Sequence[tuple[bytes, bytes]]) -> list[CaseRow]:
    """The cases with these channels and identifiers, in that order, as far as there are any."""
    rows = (case(connection, channel, case_id) for channel, case_id in wanted)
    return [row for row in rows if row is not None]


def brief(connection: Connection, case_id: bytes) -> Brief | None:
    """A case of any channel."""
    row = connection.execute(select(*_BRIEF).where(_C.case_id == case_id).limit(1)).first()
    return Brief(*row) if row else None


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
