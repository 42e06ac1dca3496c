"""Deadlines of open cases, in the order in which they end; a view written behind the record.

Beside it stands what was raised of them, which is never rebuilt.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Final, NamedTuple

from sqlalchemy import ColumnElement, Connection, bindparam, delete, func, select, tuple_, update

from parley.store import dialect, tables
from parley.store.statements import Prepared, given

_D = tables.deadlines.c
_U = tables.unsettled_cases.c
_S = tables.statements.c
_C = tables.cases.c
_R = tables.raised_steps.c

NEVER: Final = 1 << 62
"""The deadline of what no clock runs for: it has not been transmitted, or not been receipted."""

_PART: Final = 500


class DeadlineRow(NamedTuple):
    """Something due from member ``owner``, by both clocks, in seconds since the epoch.

    ``kind``, ``since`` and ``owner`` are those of the obligation. ``clock`` is the one by which it
    runs: ``receipt``, ``transmission``, ``date`` (one that the owner announced), or of no letters
    where none does as yet; ``began_at`` and ``due_at`` are by that one. ``office`` is ours that is
    concerned.
    """

    channel: bytes
    case_id: bytes
    kind: str
    since: bytes
    owner: int
    case_kind: str
    ours: bool
    precedence: int
    office: bytes
    clock: str
    began_at: int
    due_at: int
    since_receipt: int | None
    since_transmission: int | None
    flagged: bool
    wake_at: int | None
    urgency: int

    @property
    def term(self) -> str:
        """The key of the deadline: of its obligation, by the clock that runs."""
        owed = f"{self.kind}/{self.owner}/{self.since.hex()}"
        return f"{self.case_id.hex()}/{owed}/{self.clock}"


class Unsettled(NamedTuple):
    """From which act of ``author`` on not all members are known to have seen a case."""

    channel: bytes
    case_id: bytes
    author: int
    seq: int


class Cursor(NamedTuple):
    """How far the view of a channel has come; see the table."""

    channel: bytes
    position: int
    receipted: int
    transmitted: int
    packed: int | None


class RaisedRow(NamedTuple):
    """A step of a deadline that was raised, and to whom it was told, separated by spaces."""

    key: str
    channel: bytes
    case_id: bytes
    term: str
    token: str
    at: int
    due_at: int
    passed: int
    officers: str


class Place(NamedTuple):
    """Where a list goes on: behind the deadline with these values."""

    due_at: int
    urgency: int
    case_id: bytes
    kind: str
    owner: int
    since: bytes


# --- the view ------------------------------------------------------------------------------------


def tops(connection: Connection) -> dict[bytes, Cursor]:
    """How far the view can come, channel by channel."""
    trees, outbox = tables.trees.c, tables.outbox.c
    # Our own log has all that the other's as we have rebuilt it has, and more.
    sizes = select(trees.channel, func.max(trees.size).label("size")).group_by(trees.channel)
    known = sizes.subquery()
    query = select(outbox.channel, known.c.size, outbox.receipted, outbox.transmitted).join(
        known, known.c.channel == outbox.channel
    )
    return {row[0]: Cursor(*row, None) for row in connection.execute(query)}


def cursors(connection: Connection) -> dict[bytes, Cursor]:
    """How far the view has come, channel by channel; none where it has not begun."""
    rows = connection.execute(select(tables.clock_cursors))
    return {row.channel: Cursor(*row) for row in rows}


def save_cursor(connection: Connection, cursor: Cursor) -> None:
    """Note how far the view has come."""
    dialect.insert_rows(connection, tables.clock_cursors, [cursor], replace=True)


def packed(connection: Connection, channel: bytes, first_seq: int) -> None:
    """Have seen again what of ours was handed over in a pouch, from ``first_seq`` on."""
    c = tables.clock_cursors.c
    lower = (c.packed.is_(None)) | (c.packed > first_seq)
    connection.execute(
        update(tables.clock_cursors).where(c.channel == channel, lower).values(packed=first_seq)
    )


def cases_between(connection: Connection, channel: bytes, first: int, upto: int) -> list[bytes]:
    """The cases of the statements in our log from ``first`` to before ``upto``."""
    query = select(_S.case_id).where(
        _S.channel == channel, _S.position >= first, _S.position < upto
    )
    return list(connection.execute(query.distinct()).scalars())


def cases_of(
    connection: Connection, channel: bytes, author: int, first: int, upto: int
) -> list[bytes]:
    """The cases of an author's statements from ``first`` to before ``upto``."""
    query = select(_S.case_id).where(
        _S.channel == channel, _S.author == author, _S.seq >= first, _S.seq < upto
    )
    return list(connection.execute(query.distinct()).scalars())


def settled(
    connection: Connection, channel: bytes, author: int, below: int, most: int
) -> set[bytes]:
    """At most so many unsettled cases whose acts of ``author`` below ``below`` all have seen."""
    query = select(_U.case_id).where(_U.channel == channel, _U.author == author, _U.seq < below)
    return set(connection.execute(query.limit(most)).scalars())


def replace(
    connection: Connection,
    channel: bytes,
    cases: Collection[bytes],
    rows: Sequence[DeadlineRow],
    unsettled: Sequence[Unsettled],
) -> None:
    """Put these in place of all that there was of ``cases``."""
    wanted = list(cases)
    for start in range(0, len(wanted), _PART):
        part = wanted[start : start + _PART]
        for c, table in ((_D, tables.deadlines), (_U, tables.unsettled_cases)):
            connection.execute(delete(table).where(c.channel == channel, c.case_id.in_(part)))
    dialect.insert_rows(connection, tables.deadlines, rows)
    dialect.insert_rows(connection, tables.unsettled_cases, unsettled)


def drop(connection: Connection, channel: bytes) -> None:
    """Drop the view of a channel: it begins anew."""
    for table in (tables.deadlines, tables.unsettled_cases, tables.clock_cursors):
        connection.execute(delete(table).where(table.c.channel == channel))


def of_channel(connection: Connection, channel: bytes) -> list[DeadlineRow]:
    """All deadlines of a channel."""
    query = select(tables.deadlines).where(_D.channel == channel)
    return [DeadlineRow(*row) for row in connection.execute(query)]


# --- reading -------------------------------------------------------------------------------------


def listed(
    connection: Connection,
    most: int,
    *,
    after: Place | None = None,
    before: int | None = None,
    ours: bool | None = None,
    channel: bytes | None = None,
    offices: Collection[bytes] = (),
    conditions: Collection[ColumnElement[bool]] = (),
) -> list[DeadlineRow]:
    """At most so many deadlines, the one that ends first first, the more urgent before the less.

    ``before``: that end before this; ``ours``: due from us, or from the others; ``offices``: that
    concern one of these; ``conditions``: what their cases are to have, for ``cases``.
    """
    order = (_D.due_at, _D.urgency, _D.case_id, _D.kind, _D.owner, _D.since)
    query = select(tables.deadlines).order_by(*order).limit(most)
    if after is not None:
        query = query.where(tuple_(*order) > tuple_(*after))
    if before is not None:
        query = query.where(_D.due_at < before)
    if ours is not None:
        query = query.where(_D.ours.is_(ours))
    if channel is not None:
        query = query.where(_D.channel == channel)
    if offices:
        query = query.where(_D.office.in_(list(offices)))
    if conditions:
        same = (_C.channel == _D.channel) & (_C.case_id == _D.case_id)
        query = query.join(tables.cases, same).where(*conditions)
    return [DeadlineRow(*row) for row in connection.execute(query)]


def place_of(row: DeadlineRow) -> Place:
    """Where a list goes on behind a deadline."""
    return Place(row.due_at, row.urgency, row.case_id, row.kind, row.owner, row.since)


# --- waking --------------------------------------------------------------------------------------

_WAKING: Final = Prepared(
    select(tables.deadlines)
    .where(given(_D.channel), _D.wake_at <= bindparam("now"))
    .order_by(_D.wake_at)
    .limit(_PART)
)


def to_wake(connection: Connection, now: int) -> list[bytes]:
    """The channels in which a deadline is to be looked at by ``now``."""
    query = select(_D.channel).where(_D.wake_at <= now).distinct()
    return sorted(connection.execute(query).scalars())


def waking(connection: Connection, channel: bytes, now: int) -> list[DeadlineRow]:
    """Deadlines of a channel that are to be looked at by ``now``: some of them, if many."""
    rows = _WAKING.rows(connection, {"channel_": channel, "now": now})
    # A driver gives a truth value as a number where the engine has none.
    return [DeadlineRow(*row) for row in rows]


def next_wake(connection: Connection) -> int | None:
    """When a deadline is to be looked at next."""
    return connection.execute(select(func.min(_D.wake_at))).scalar()


def wake_all(connection: Connection, office: bytes | None = None) -> None:
    """Have all deadlines looked at again for which a clock runs, or those of one office."""
    query = update(tables.deadlines).where(_D.due_at < NEVER).values(wake_at=0)
    if office is not None:
        query = query.where(_D.office == office)
    connection.execute(query)


def sleep(connection: Connection, rows: Sequence[DeadlineRow]) -> None:
    """Note when each of ``rows`` is to be looked at next."""
    dialect.insert_rows(connection, tables.deadlines, rows, replace=True)


def add_raised(connection: Connection, rows: Sequence[RaisedRow]) -> None:
    """Keep that these steps were raised; the engine refuses one that was raised already."""
    dialect.insert_rows(connection, tables.raised_steps, rows)


def raised(
    connection: Connection, channel: bytes, cases: Collection[bytes]
) -> dict[str, list[RaisedRow]]:
    """What was raised in ``cases``, by the deadline's key, the oldest first."""
    wanted = list(cases)
    found: dict[str, list[RaisedRow]] = {}
    for start in range(0, len(wanted), _PART):
        part = wanted[start : start + _PART]
        query = select(tables.raised_steps).where(_R.channel == channel, _R.case_id.in_(part))
        for row in connection.execute(query.order_by(_R.at, _R.key)):
            found.setdefault(row.term, []).append(RaisedRow(*row))
    return found
