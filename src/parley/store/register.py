"""Rows of the house's register of cases, their labels, and saved filters."""

from __future__ import annotations

from collections.abc import Collection
from typing import Final, NamedTuple

from sqlalchemy import Connection, delete, select

from parley.store import dialect, tables
from parley.store.statements import Prepared, given
from parley.store.views import CaseRow

_R = tables.register.c
_C = tables.cases.c
_L = tables.labels.c
_F = tables.filters.c

_ONE: Final = Prepared(select(tables.register).where(given(_R.channel), given(_R.case_id)))
_NUMBERED: Final = Prepared(
    select(tables.cases)
    .join(tables.register, (_R.channel == _C.channel) & (_R.case_id == _C.case_id))
    .where(given(_R.number_tag))
    .order_by(_C.opened_at, _C.case_id)
)
_LABELS: Final = Prepared(
    select(_L.tag, _L.label).where(given(_L.channel), given(_L.case_id)).order_by(_L.tag)
)


class RegisterRow(NamedTuple):
    """What the house has of a case: its number, sealed and as a keyed hash, and its marking."""

    channel: bytes
    case_id: bytes
    number_tag: bytes | None
    number: bytes | None
    marking: int | None


def entry(connection: Connection, channel: bytes, case: bytes) -> RegisterRow:
    """What the house has of a case; nothing is nulls."""
    row = _ONE.row(connection, {"channel_": channel, "case_id_": case})
    return RegisterRow(*row) if row else RegisterRow(channel, case, None, None, None)


def entries(
    connection: Connection, cases: Collection[tuple[bytes, bytes]]
) -> dict[tuple[bytes, bytes], RegisterRow]:
    """What the house has of some cases, by channel and case, as far as it has anything."""
    found = dialect.joined_rows(connection, tables.register, ("channel", "case_id"), list(cases))
    return {(row[0], row[1]): RegisterRow(*row) for row in found}


def save(connection: Connection, row: RegisterRow) -> None:
    """Put a case's row in place of the one that there was."""
    dialect.insert_rows(connection, tables.register, [row], replace=True)


def numbered(connection: Connection, tag: bytes) -> list[CaseRow]:
    """The cases whose number has this keyed hash, the oldest first."""
    return [CaseRow(*row) for row in _NUMBERED.rows(connection, {"number_tag_": tag})]


def labels(connection: Connection, channel: bytes, case: bytes) -> dict[bytes, bytes]:
    """The labels of a case, sealed, by their keyed hashes."""
    rows = _LABELS.rows(connection, {"channel_": channel, "case_id_": case})
    return {row[0]: row[1] for row in rows}


def all_labels(
    connection: Connection, cases: Collection[tuple[bytes, bytes]]
) -> dict[tuple[bytes, bytes], list[bytes]]:
    """The labels of some cases, sealed, by channel and case."""
    found: dict[tuple[bytes, bytes], list[bytes]] = {}
    rows = dialect.joined_rows(connection, tables.labels, ("channel", "case_id"), list(cases))
    for channel, case, _tag, label in rows:
        found.setdefault((channel, case), []).append(label)
    return found


def labelled(connection: Connection, tag: bytes) -> set[tuple[bytes, bytes]]:
    """The cases with a label, by channel and case."""
    query = select(_L.channel, _L.case_id).where(_L.tag == tag)
    return {(row.channel, row.case_id) for row in connection.execute(query)}


def add_label(
    connection: Connection, channel: bytes, case: bytes, tag: bytes, label: bytes
) -> None:
    """Give a case a label; one that it has stays."""
    row = (channel, case, tag, label)
    dialect.insert_rows(connection, tables.labels, [row], keep=True)


def drop_label(connection: Connection, channel: bytes, case: bytes, tag: bytes) -> None:
    """Take a label away, if the case has it."""
    connection.execute(
        delete(tables.labels).where(_L.channel == channel, _L.case_id == case, _L.tag == tag)
    )


def filters(connection: Connection, officer: str) -> dict[bytes, bytes]:
    """The filters of an officer, sealed, by the keyed hashes of their names."""
    query = select(_F.tag, _F.data).where(_F.officer == officer)
    return {row.tag: row.data for row in connection.execute(query)}


def save_filter(connection: Connection, officer: str, tag: bytes, data: bytes) -> None:
    """Keep a filter in place of the one of this name."""
    dialect.insert_rows(connection, tables.filters, [(officer, tag, data)], replace=True)


def drop_filter(connection: Connection, officer: str, tag: bytes) -> None:
    """Drop a filter, if there is one of this name."""
    connection.execute(delete(tables.filters).where(_F.officer == officer, _F.tag == tag))
