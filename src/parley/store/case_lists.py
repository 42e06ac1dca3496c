"""Lists of cases, page by page: what tells which are to be had, which are hidden, and how many.

All of it is read from columns and indexes of the view; no case is folded for a list.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from typing import Final, NamedTuple

from sqlalchemy import (
    ColumnElement,
    Connection,
    and_,
    false,
    func,
    or_,
    select,
    true,
    tuple_,
)
from sqlalchemy import case as case_of

from parley.domain.access import Area
from parley.store import tables, views

FEW: Final = 500
"""So many values stand in one list of a query: engines bound their number."""

_C = tables.cases.c
_BRIEF: Final = (_C.channel, _C.case_id, _C.kind, _C.opened_at, _C.status)
_ENDLESS: Final = _C.last_day.is_(None)
_L = tables.labels.c
_R = tables.register.c


class Brief(NamedTuple):
    """A case in a list before it is read: what tells whether it is to be shown."""

    channel: bytes
    case_id: bytes
    kind: str
    opened_at: int
    status: str


class Hidden(NamedTuple):
    """Whole channels, and cases, that a list leaves out; ``only``: all that is not in these."""

    channels: Sequence[bytes] = ()
    cases: Sequence[bytes] = ()
    only: Collection[Area] | None = None


class Wanted(NamedTuple):
    """What a list of cases is to have; null, or nothing, asks for nothing.

    ``without``: none of these kinds and statuses. ``precedence`` is the least of what stands first
    in the case, ``marking`` the least of the house's; ``label`` is the keyed hash of one that the
    house gave. ``cases``: only these, by their identifiers; not more than :data:`FEW`.
    """

    channel: bytes | None = None
    kind: str | None = None
    status: str | None = None
    without: Collection[tuple[str, str]] = ()
    precedence: int | None = None
    label: bytes | None = None
    marking: int | None = None
    cases: Collection[bytes] | None = None

    def conditions(self) -> Iterator[ColumnElement[bool]]:
        """The same for a query that reads ``cases``."""
        for column, value in ((_C.channel, self.channel), (_C.kind, self.kind)):
            if value is not None:
                yield column == value
        if self.cases is not None:
            yield _C.case_id.in_(self.cases)
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


def dated_around(
    connection: Connection, dated: Dated, hidden: Hidden, limit: int
) -> list[views.CaseRow]:
    """The first ``limit`` cases around the time that is asked for, whole."""
    query = select(tables.cases).where(*dated.around, *shown(hidden))
    query = query.order_by(_C.first_day, _C.case_id).limit(limit)
    return [views.CaseRow(*row) for row in connection.execute(query)]


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
) -> list[tuple[bytes, bytes]]:
    """Channel and identifier of some of these cases, by the first of their days."""
    query = select(_C.channel, _C.case_id).where(*dated.all, *shown(hidden))
    query = query.order_by(_C.first_day, _C.case_id).offset(skip).limit(limit)
    return [(row.channel, row.case_id) for row in connection.execute(query)]


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


def brief(connection: Connection, case_id: bytes) -> Brief | None:
    """A case of any channel."""
    row = connection.execute(select(*_BRIEF).where(_C.case_id == case_id).limit(1)).first()
    return Brief(*row) if row else None
