"""Rows of duty: who is on, for which office, and how duty was handed over."""

from __future__ import annotations

from collections.abc import Collection
from typing import NamedTuple

from sqlalchemy import Connection, delete, func, insert, select, update

from parley.store import tables

_S = tables.duty_shifts.c
_H = tables.handovers.c

HOUSE: bytes = b""
"""In the place of an office: the whole house."""


class ShiftRow(NamedTuple):
    """An officer is on duty from ``starts_at`` up to ``ends_at``; rank 1 is told first."""

    number: int
    office: bytes
    officer: str
    rank: int
    starts_at: int
    ends_at: int
    planned_by: str


class HandoverRow(NamedTuple):
    """Duty that one officer gave to another; ``taken_at`` is null until that one has taken it."""

    number: int
    office: bytes
    leaving: str
    taking: str
    at: int
    segment: int
    slot: int
    sealed: bytes
    taken_at: int | None


def next_shift(connection: Connection) -> int:
    """The number of the next shift, from 1."""
    return int(connection.execute(select(func.max(_S.number))).scalar() or 0) + 1


def add_shift(connection: Connection, row: ShiftRow) -> None:
    """Plan a shift."""
    connection.execute(insert(tables.duty_shifts).values(**row._asdict()))


def remove_shift(connection: Connection, number: int) -> None:
    """Take a shift off the roster."""
    connection.execute(delete(tables.duty_shifts).where(_S.number == number))


def end_shift(connection: Connection, number: int, at: int) -> None:
    """Have a shift end earlier."""
    query = update(tables.duty_shifts).where(_S.number == number)
    connection.execute(query.values(ends_at=at))


def shift(connection: Connection, number: int) -> ShiftRow | None:
    """A shift by its number."""
    row = connection.execute(select(tables.duty_shifts).where(_S.number == number)).one_or_none()
    return ShiftRow(*row) if row else None


def shifts(connection: Connection, first: int, last: int) -> list[ShiftRow]:
    """The shifts that touch the time from ``first`` up to ``last``, by their beginning."""
    query = select(tables.duty_shifts).where(_S.ends_at > first, _S.starts_at < last)
    rows = connection.execute(query.order_by(_S.starts_at, _S.office, _S.rank, _S.number))
    return [ShiftRow(*row) for row in rows]


def on_duty(connection: Connection, offices: Collection[bytes], at: int) -> list[ShiftRow]:
    """Who is on duty at a time for one of ``offices`` or for the house, whom to tell first first.

    Those of an office come before those of the house.
    """
    wanted = [*offices, HOUSE]
    query = select(tables.duty_shifts).where(
        _S.ends_at > at, _S.starts_at <= at, _S.office.in_(wanted)
    )
    rows = [ShiftRow(*row) for row in connection.execute(query)]
    return sorted(rows, key=lambda row: (row.office == HOUSE, row.rank, row.number))


def next_handover(connection: Connection) -> int:
    """The number of the next handover, from 1."""
    return int(connection.execute(select(func.max(_H.number))).scalar() or 0) + 1


def add_handover(connection: Connection, row: HandoverRow) -> None:
    """Keep a handover."""
    connection.execute(insert(tables.handovers).values(**row._asdict()))


def take(connection: Connection, number: int, at: int) -> bool:
    """Note that duty was taken over; false where it had been."""
    query = update(tables.handovers).where(_H.number == number, _H.taken_at.is_(None))
    return connection.execute(query.values(taken_at=at)).rowcount == 1


def handover(connection: Connection, number: int) -> HandoverRow | None:
    """A handover by its number."""
    row = connection.execute(select(tables.handovers).where(_H.number == number)).one_or_none()
    return HandoverRow(*row) if row else None


def handovers(
    connection: Connection, officer: str, *, before: int | None = None, limit: int | None = None
) -> list[HandoverRow]:
    """The handovers in which an officer left or took duty, the newest first.

    ``before``: with smaller numbers than this; ``limit``: so many at most.
    """
    query = select(tables.handovers).where((_H.leaving == officer) | (_H.taking == officer))
    if before is not None:
        query = query.where(_H.number < before)
    rows = connection.execute(query.order_by(_H.number.desc()).limit(limit))
    return [HandoverRow(*row) for row in rows]
