"""Bodies that are here no more, keys that are to be destroyed, and holds that forbid both."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Final, NamedTuple

from sqlalchemy import Connection, bindparam, delete, func, insert, select, update

from parley.store import dialect, tables
from parley.store.statements import given
from parley.store.vault import Slot

_E = tables.erased_bodies.c
_PART: Final = 500
_RESTS: Final = select(_E.position, _E.rest).where(
    given(_E.channel), _E.position.in_(bindparam("positions", expanding=True))
)


class ErasedRow(NamedTuple):
    """A body that was erased: see the table."""

    channel: bytes
    position: int
    leaf: bytes
    erasure: bytes | None
    rest: bytes | None
    taken_at: int
    deleted_at: int | None


class HoldRow(NamedTuple):
    """A legal hold on a case."""

    number: int
    channel: bytes
    case_id: bytes
    ground: str
    placed_by: str
    placed_at: int
    lifted_by: str | None
    lifted_at: int | None


def take(connection: Connection, row: ErasedRow) -> Slot | None:
    """Put ``row`` in the place of a body; the slot of the body's key, which is now doomed."""
    b = tables.bodies.c
    at = (b.channel == row.channel, b.position == row.position)
    found = connection.execute(select(b.segment, b.slot).where(*at)).one_or_none()
    connection.execute(delete(tables.bodies).where(*at))
    dialect.insert_rows(connection, tables.erased_bodies, [row], replace=True)
    return None if found is None else Slot(found.segment, found.slot)


def note(connection: Connection, row: ErasedRow) -> None:
    """Note a body that never came, because the peer that returned the statement had erased it."""
    dialect.insert_rows(connection, tables.erased_bodies, [row], replace=True)


def unexplained(connection: Connection, channel: bytes) -> int:
    """How many bodies of a channel never came and are named by no joint erasure."""
    query = select(func.count()).where(_E.channel == channel, _E.erasure.is_(None))
    return int(connection.execute(query).scalar_one())


def doom(connection: Connection, slots: Iterable[Slot]) -> None:
    """Note keys that are to be destroyed: from the commit on there is no way back."""
    rows = [tuple(slot) for slot in slots]
    dialect.insert_rows(connection, tables.doomed_slots, rows, keep=True)


def doomed(connection: Connection) -> list[Slot]:
    """Keys that are to be destroyed."""
    c = tables.doomed_slots.c
    query = select(c.segment, c.slot).order_by(c.segment, c.slot)
    return [Slot(*row) for row in connection.execute(query)]


def destroyed(connection: Connection, slots: Sequence[Slot], now: int) -> None:
    """Note that these keys are gone."""
    c = tables.doomed_slots.c
    for slot in slots:
        connection.execute(
            delete(tables.doomed_slots).where(c.segment == slot.segment, c.slot == slot.slot)
        )
    waiting = _E.deleted_at.is_(None) & _E.erasure.is_not(None)
    connection.execute(update(tables.erased_bodies).where(waiting).values(deleted_at=now))


def going(connection: Connection) -> set[bytes]:
    """The channels of which something is being erased."""
    query = select(_E.channel).where(_E.deleted_at.is_(None), _E.erasure.is_not(None))
    return set(connection.execute(query.distinct()).scalars())


def at(connection: Connection, channel: bytes, position: int) -> ErasedRow | None:
    """What was erased at ``position`` of our log; None where nothing was."""
    query = select(tables.erased_bodies).where(_E.channel == channel, _E.position == position)
    row = connection.execute(query).one_or_none()
    return ErasedRow(*row) if row else None


def of_channel(connection: Connection, channel: bytes) -> list[ErasedRow]:
    """All that was erased in a channel, in the order of our log."""
    query = select(tables.erased_bodies).where(_E.channel == channel).order_by(_E.position)
    return [ErasedRow(*row) for row in connection.execute(query)]


def rests(
    connection: Connection, channel: bytes, positions: Sequence[int]
) -> Mapping[int, bytes | None]:
    """What is left of the bodies among ``positions`` that were erased."""
    found: dict[int, bytes | None] = {}
    for start in range(0, len(positions), _PART):
        values = {"channel_": channel, "positions": positions[start : start + _PART]}
        found.update((row.position, row.rest) for row in connection.execute(_RESTS, values))
    return found


def joined(connection: Connection, channel: bytes, leaf: bytes, erasure: bytes) -> None:
    """Note by which erasure a body went that never came back."""
    mine = (_E.channel == channel, _E.leaf == leaf, _E.erasure.is_(None))
    connection.execute(update(tables.erased_bodies).where(*mine).values(erasure=erasure))


# --- holds ---------------------------------------------------------------------------------------


def holds(connection: Connection) -> list[HoldRow]:
    """All holds, the oldest first; lifted ones too."""
    query = select(tables.holds).order_by(tables.holds.c.number)
    return [HoldRow(*row) for row in connection.execute(query)]


def standing_hold(connection: Connection, channel: bytes, case: bytes) -> HoldRow | None:
    """The hold under which a case is."""
    c = tables.holds.c
    query = select(tables.holds).where(
        c.channel == channel, c.case_id == case, c.lifted_at.is_(None)
    )
    row = connection.execute(query).first()
    return HoldRow(*row) if row else None


def add_hold(connection: Connection, row: HoldRow) -> HoldRow:
    """Keep a hold under the next number."""
    last = connection.execute(select(func.max(tables.holds.c.number))).scalar()
    numbered = row._replace(number=(last or 0) + 1)
    connection.execute(insert(tables.holds).values(**numbered._asdict()))
    return numbered


def lift_hold(connection: Connection, number: int, officer: str, now: int) -> None:
    """Note who lifted a hold, and when."""
    c = tables.holds.c
    connection.execute(
        update(tables.holds).where(c.number == number).values(lifted_by=officer, lifted_at=now)
    )
