"""The house's own tables: officers, what they were granted, and drafts."""

from __future__ import annotations

from collections.abc import Collection
from typing import Final, NamedTuple

from sqlalchemy import Connection, delete, insert, not_, select, tuple_, update

from parley.store import dialect, tables
from parley.store.statements import Prepared, given


class OfficerRow(NamedTuple):
    """An officer and the roles held, separated by spaces."""

    name: str
    roles: str
    active: bool
    added_at: int


class GrantRow(NamedTuple):
    """A role held in one channel, or in one case of it (``case_id`` of no bytes: all)."""

    officer: str
    role: str
    channel: bytes
    case_id: bytes
    at: int


class DraftRow(NamedTuple):
    """A draft. Text and act are sealed; ``workflow`` is CBOR of the draft's life.

    ``about`` is the case that the case which it is to open is about.
    """

    id: bytes
    channel: bytes
    case_id: bytes
    about: bytes | None
    type: str
    stage: str
    revision: int
    changed_at: int
    workflow: bytes
    segment: int
    slot: int
    sealed: bytes
    released_leaf: bytes | None


class DraftLife(NamedTuple):
    """How far a draft has come: its row without the sealed text."""

    id: bytes
    case_id: bytes
    stage: str
    revision: int
    changed_at: int
    workflow: bytes
    released_leaf: bytes | None


_LIVES: Final = select(*(tables.drafts.c[name] for name in DraftLife._fields))

# Asked with each message that comes: by the partial index, and never a sealed text.
_PENDING_DRAFTS: Final = Prepared(
    _LIVES.where(given(tables.drafts.c.channel), tables.drafts.c.released_leaf.is_(None))
)


_O = tables.officers.c
_G = tables.grants.c
_OFFICER: Final = Prepared(select(_O.name, _O.roles, _O.active, _O.added_at).where(given(_O.name)))
_GRANTS: Final = select(tables.grants).order_by(_G.officer, _G.role, _G.channel, _G.case_id)
_GRANTS_OF: Final = Prepared(_GRANTS.where(given(_G.officer)))


def save_officer(connection: Connection, row: OfficerRow) -> None:
    """Add an officer, or change one."""
    dialect.insert_rows(connection, tables.officers, [row], replace=True)


def officer(connection: Connection, name: str) -> OfficerRow | None:
    """One officer."""
    row = _OFFICER.row(connection, {"name_": name})
    # The driver of SQLite knows no truth values.
    return OfficerRow(row[0], row[1], bool(row[2]), row[3]) if row else None


def officers(connection: Connection) -> list[OfficerRow]:
    """All officers, by name."""
    query = select(tables.officers).order_by(tables.officers.c.name)
    return [OfficerRow(*row) for row in connection.execute(query)]


def add_grant(connection: Connection, row: GrantRow) -> None:
    """Give a role in one place; one that is held there already stays."""
    connection.execute(dialect.insert_ignore(connection, tables.grants).values(**row._asdict()))


def remove_grant(connection: Connection, row: GrantRow) -> bool:
    """Take a role away that was given in one place; false where it was not."""
    c = tables.grants.c
    same = (c.officer == row.officer, c.role == row.role)
    there = (c.channel == row.channel, c.case_id == row.case_id)
    return connection.execute(delete(tables.grants).where(*same, *there)).rowcount == 1


def grants(connection: Connection, officer: str | None = None) -> list[GrantRow]:
    """What one officer was granted, or all of them were."""
    if officer is not None:
        return [GrantRow(*row) for row in _GRANTS_OF.rows(connection, {"officer_": officer})]
    return [GrantRow(*row) for row in connection.execute(_GRANTS)]


def add_draft(connection: Connection, row: DraftRow, officer: str) -> None:
    """Add a draft that an officer has written."""
    connection.execute(insert(tables.drafts).values(**row._asdict()))
    wrote(connection, row.id, officer)


def wrote(connection: Connection, draft_id: bytes, officer: str) -> None:
    """Note that an officer has written in a draft."""
    dialect.insert_rows(connection, tables.draft_writers, [(officer, draft_id)], keep=True)


def save_draft(connection: Connection, row: DraftRow | DraftLife, *, revision: int) -> bool:
    """Write a draft if it still has ``revision``; false where somebody was quicker."""
    c = tables.drafts.c
    changed = connection.execute(
        update(tables.drafts).where(c.id == row.id, c.revision == revision).values(**row._asdict())
    )
    return changed.rowcount == 1


def draft(connection: Connection, draft_id: bytes) -> DraftRow | None:
    """One draft."""
    query = select(tables.drafts).where(tables.drafts.c.id == draft_id)
    row = connection.execute(query).one_or_none()
    return DraftRow(*row) if row else None


def draft_of_case(connection: Connection, channel: bytes, case: bytes) -> DraftRow | None:
    """A draft that belongs to a case, which may not be open yet."""
    c = tables.drafts.c
    query = select(tables.drafts).where(c.channel == channel, c.case_id == case)
    row = connection.execute(query.order_by(c.changed_at).limit(1)).first()
    return DraftRow(*row) if row else None


def drafts_since(connection: Connection, at: int) -> list[DraftRow]:
    """Drafts that changed at a time or later, wherever they are by now."""
    c = tables.drafts.c
    query = select(tables.drafts).where(c.changed_at >= at).order_by(c.changed_at, c.id)
    return [DraftRow(*row) for row in connection.execute(query)]


def drafts(connection: Connection, *, released: bool = False) -> list[DraftRow]:
    """Drafts that have not left the house (or those that have), the oldest first."""
    c = tables.drafts.c
    query = select(tables.drafts).where(
        c.released_leaf.is_not(None) if released else c.released_leaf.is_(None)
    )
    return [DraftRow(*row) for row in connection.execute(query.order_by(c.changed_at, c.id))]


def drafts_with_prefix(connection: Connection, prefix: str) -> list[DraftRow]:
    """The drafts whose identifier starts with ``prefix``, in hexadecimal, the oldest first."""
    c = tables.drafts.c
    low = bytes.fromhex(prefix[: len(prefix) // 2 * 2])
    query = select(tables.drafts).where(c.id >= low, c.id <= low.ljust(8, b"\xff"))
    rows = [DraftRow(*row) for row in connection.execute(query.order_by(c.changed_at, c.id))]
    return [row for row in rows if row.id.hex().startswith(prefix)]


def drafts_under_way(
    connection: Connection,
    limit: int,
    *,
    before: DraftRow | None = None,
    stages: Collection[str],
    officer: str | None = None,
    wrote: bool = True,
) -> list[DraftRow]:
    """At most so many drafts in these stages that have not left the house, the newest first.

    ``before``: those that stand behind this one; ``officer``: that this one ``wrote``, or did not.
    """
    c, w = tables.drafts.c, tables.draft_writers.c
    query = select(tables.drafts).where(c.released_leaf.is_(None), c.stage.in_(sorted(stages)))
    if before is not None:
        query = query.where(tuple_(c.changed_at, c.id) < tuple_(before.changed_at, before.id))
    if officer is not None:
        among = c.id.in_(select(w.draft).where(w.officer == officer))
        query = query.where(among if wrote else not_(among))
    query = query.order_by(c.changed_at.desc(), c.id.desc()).limit(limit)
    return [DraftRow(*row) for row in connection.execute(query)]


def drafts_of_channel(connection: Connection, channel: bytes) -> list[DraftRow]:
    """All drafts of one channel, whether they have left the house or not."""
    query = select(tables.drafts).where(tables.drafts.c.channel == channel)
    return [DraftRow(*row) for row in connection.execute(query)]


def released_drafts(connection: Connection, channel: bytes) -> list[DraftLife]:
    """Drafts of one channel that have left the house."""
    c = tables.drafts.c
    query = _LIVES.where(c.channel == channel, c.released_leaf.is_not(None))
    return [DraftLife(*row) for row in connection.execute(query)]


def pending_drafts(connection: Connection, channel: bytes) -> list[DraftLife]:
    """Drafts of one channel that have not left the house."""
    return [DraftLife(*row) for row in _PENDING_DRAFTS.rows(connection, {"channel_": channel})]
