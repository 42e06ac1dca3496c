"""The auditor's side of the house record: reading it, and proofs from it for anybody."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from sqlalchemy import Connection

from parley.application import house
from parley.application.desk import Desk
from parley.domain import access
from parley.domain.housekeeping import HouseAct
from parley.domain.roles import Duty
from parley.kernel.errors import ParleyError
from parley.kernel.reasons import Reason
from parley.record.fsck import Fault
from parley.record.house import check, export
from parley.record.house import format as fmt
from parley.record.house.export import Written
from parley.record.house.format import HouseEntry
from parley.store import house_log
from parley.store.house_log import LogRow, Sought

DIGITS = 6
"""So many digits of an entry's identifier are enough to look for it."""


class Kept(NamedTuple):
    """An entry in its place; ``leaf`` identifies it."""

    position: int
    leaf: bytes
    entry: HouseEntry


class Extent(NamedTuple):
    """How many entries there are, and how often entries were lost."""

    size: int
    generation: int


class Page(NamedTuple):
    """Some entries, the oldest first.

    ``size`` is that of the whole log, ``generation`` how often it was set back.
    """

    size: int
    generation: int
    entries: tuple[Kept, ...]


def read(desk: Desk, officer: str, sought: Sought, last: int) -> Page:
    """The newest ``last`` of the entries that are looked for; 0: all of them.

    That they were read stands in the house record as well.

    :raises ParleyError: ``officer-unknown``, ``role-forbids``.
    """
    with house.acting(desk, officer) as acting:
        access.require(acting.officer, Duty.READ_HOUSE)
        connection = acting.connection
        if last:
            found = house_log.newest(connection, sought, last)
        else:
            found = list(house_log.in_order(connection, sought))
        head = house_log.head(connection)
        acting.note(HouseAct.HOUSE_READ, number=len(found))
    size, generation = (head.size, head.generation) if head else (0, 0)
    return Page(size, generation, tuple(_kept(row) for row in found))


def extent(desk: Desk) -> Extent:
    """How long the log is, and how often it was set back: it tells nothing of what is in it."""
    with desk.database.read() as connection:
        head = house_log.head(connection)
    return Extent(head.size, head.generation) if head else Extent(0, 0)


def prove(desk: Desk, officer: str, target: Path, named: Sequence[str] = ()) -> Written:
    """Write the entries that are ``named``, or the whole log, to the new file ``target``.

    An entry is named by its place, or by six digits or more of its identifier.

    :raises ParleyError: ``officer-unknown``, ``role-forbids``, ``house-entry-unknown``,
        ``house-entry-ambiguous``, ``keys-not-of-letter``.
    """
    with house.acting(desk, officer) as acting:
        access.require(acting.officer, Duty.READ_HOUSE)
        acting.note(HouseAct.HOUSE_READ, number=len(named) or None, facts=("proved",))
    with desk.database.read() as connection:
        ring = desk.own_keyring(connection)
        key = desk.keys_for(ring).log
        places = [_find(connection, name) for name in named]
        return export.write(connection, ring, key, target, desk.clock(), places or None)


def faults(desk: Desk) -> list[Fault]:
    """What is wrong with our house record; the desk itself looks."""
    # Before the snapshot: what was appended since then must not look like a loss.
    anchor = desk.anchors.look(house.house_of(desk))
    with desk.database.read() as connection:
        return check.check(connection, desk.own_keyring(connection), anchor)


def _find(connection: Connection, name: str) -> int:
    wanted = name.lower()
    if wanted.isdigit() and len(wanted) < DIGITS:
        head = house_log.head(connection)
        if head is None or int(wanted) >= head.size:
            raise ParleyError(Reason.HOUSE_ENTRY_UNKNOWN)
        return int(wanted)
    found: list[LogRow] = []
    if len(wanted) >= DIGITS and all(digit in "0123456789abcdef" for digit in wanted):
        low = bytes.fromhex(wanted[: len(wanted) // 2 * 2])
        rows = house_log.with_leaf_prefix(connection, low)
        found = [row for row in rows if row.leaf.hex().startswith(wanted)]
    if not found:
        raise ParleyError(Reason.HOUSE_ENTRY_UNKNOWN)
    if len(found) > 1:
        raise ParleyError(Reason.HOUSE_ENTRY_AMBIGUOUS, count=len(found))
    return found[0].position


def _kept(row: LogRow) -> Kept:
    return Kept(row.position, row.leaf, fmt.read(row.data))
