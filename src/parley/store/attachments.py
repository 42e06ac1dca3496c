"""Which attachments there are: the bytes of a channel, and the statements that refer to them."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any, Final, NamedTuple

from sqlalchemy import Connection, delete, func, insert, select, tuple_, update

from parley.store import dialect, tables
from parley.store.vault import Slot

OPEN: Final = "open"
WHOLE: Final = "whole"
ERASED: Final = "erased"


class BlobRow(NamedTuple):
    """The bytes of one root in one channel; see ``store.attachment_tables``."""

    id: bytes
    channel: bytes
    tag: bytes
    content: bytes | None
    segment: int
    slot: int
    sealed: bytes
    held: int
    map: bytes
    state: str
    reason: str | None
    peer_held: int | None
    peer_reason: str | None
    peer_missing: bytes | None
    told: str | None
    draft: bytes | None
    added_at: int

    @property
    def key(self) -> Slot:
        """Where the key lies."""
        return Slot(self.segment, self.slot)

    @property
    def peer_has_all(self) -> bool:
        """Whether the other side says that it lacks nothing of what is whole here, or is erased."""
        return self.state == ERASED or (
            self.state == WHOLE and self.peer_held is not None and self.peer_held >= self.held
        )


class AttachedRow(NamedTuple):
    """Attachment ``number`` of the statement at ``position`` of our log of a channel."""

    channel: bytes
    position: int
    number: int
    case_id: bytes
    author: int
    tag: bytes


_B = tables.blobs.c
_A = tables.attached.c


def add_blob(connection: Connection, row: BlobRow) -> None:
    """Add bytes that are to come, or are there."""
    connection.execute(insert(tables.blobs).values(**row._asdict()))


def change_blob(connection: Connection, identifier: bytes, **values: Any) -> None:
    """Change some columns of one row."""
    connection.execute(update(tables.blobs).where(_B.id == identifier).values(**values))


def drop_blob(connection: Connection, identifier: bytes) -> None:
    """Forget bytes that nothing refers to."""
    connection.execute(delete(tables.blobs).where(_B.id == identifier))


def blob(connection: Connection, channel: bytes, tag: bytes) -> BlobRow | None:
    """The bytes with this tag in a channel."""
    query = select(tables.blobs).where(_B.channel == channel, _B.tag == tag)
    row = connection.execute(query).one_or_none()
    return BlobRow(*row) if row else None


def blob_by_id(connection: Connection, identifier: bytes) -> BlobRow | None:
    """The bytes in the file of this name."""
    row = connection.execute(select(tables.blobs).where(_B.id == identifier)).one_or_none()
    return BlobRow(*row) if row else None


def same_content(connection: Connection, channel: bytes, content: bytes) -> BlobRow | None:
    """Bytes of a channel with this content that are whole."""
    query = select(tables.blobs).where(
        _B.channel == channel, _B.content == content, _B.state == WHOLE
    )
    row = connection.execute(query.order_by(_B.added_at).limit(1)).one_or_none()
    return BlobRow(*row) if row else None


def blobs(
    connection: Connection, channel: bytes | None = None, *, draft: bytes | None = None
) -> list[BlobRow]:
    """The bytes of one channel, or of all, the oldest first; ``draft``: that came for this one."""
    query = select(tables.blobs).order_by(_B.added_at, _B.id)
    if channel is not None:
        query = query.where(_B.channel == channel)
    if draft is not None:
        query = query.where(_B.draft == draft)
    return [BlobRow(*row) for row in connection.execute(query)]


def some_blobs(connection: Connection, channel: bytes, tags: Collection[bytes]) -> list[BlobRow]:
    """The bytes of a channel with these tags."""
    pairs = [(channel, tag) for tag in tags]
    found = dialect.joined_rows(connection, tables.blobs, ("channel", "tag"), pairs)
    return [BlobRow(*row) for row in found]


def names(connection: Connection) -> list[bytes]:
    """The names of all files."""
    return list(connection.execute(select(_B.id)).scalars())


def stirring(connection: Connection) -> set[bytes]:
    """Channels with bytes of which something is still to come or to be said."""
    query = select(_B.channel).where(_B.state == OPEN).distinct()
    found = set(connection.execute(query).scalars())
    untold = select(_B.channel).where(_B.told.is_(None) | (_B.told != _B.state)).distinct()
    return found | set(connection.execute(untold).scalars())


def to_bring(connection: Connection, channel: bytes, author: int) -> bool:
    """Whether the other side may still want bytes that ``author`` attached and that are whole."""
    lacking = _B.peer_held.is_(None) | (_B.peer_held < _B.held)
    query = (
        select(_B.id)
        .join(tables.attached, (_A.channel == _B.channel) & (_A.tag == _B.tag))
        .where(_B.channel == channel, _A.author == author, _B.state == WHOLE)
        .where(_B.peer_reason.is_(None), lacking)
        .limit(1)
    )
    return connection.execute(query).first() is not None


def add_attached(connection: Connection, rows: Collection[AttachedRow]) -> None:
    """Note what statements refer to; what is noted already stays."""
    dialect.insert_rows(connection, tables.attached, list(rows), keep=True)


def attached(
    connection: Connection,
    channel: bytes | None = None,
    *,
    case: bytes | None = None,
    tag: bytes | None = None,
    position: int | None = None,
) -> list[AttachedRow]:
    """References, in the order of our log."""
    query = select(tables.attached).order_by(_A.channel, _A.position, _A.number)
    wanted = ((_A.channel, channel), (_A.case_id, case), (_A.tag, tag), (_A.position, position))
    for column, value in wanted:
        if value is not None:
            query = query.where(column == value)
    return [AttachedRow(*row) for row in connection.execute(query)]


def newest_attached(
    connection: Connection,
    channel: bytes,
    limit: int,
    *,
    case: bytes | None = None,
    before: AttachedRow | None = None,
) -> list[AttachedRow]:
    """At most so many references of a channel, or of a case, the newest first, before one."""
    query = select(tables.attached).where(_A.channel == channel)
    if case is not None:
        query = query.where(_A.case_id == case)
    if before is not None:
        query = query.where(tuple_(_A.position, _A.number) < tuple_(before.position, before.number))
    query = query.order_by(_A.position.desc(), _A.number.desc()).limit(limit)
    return [AttachedRow(*row) for row in connection.execute(query)]


def drop_attached(connection: Connection, channel: bytes, position: int) -> None:
    """Forget what one statement refers to."""
    connection.execute(
        delete(tables.attached).where(_A.channel == channel, _A.position == position)
    )


def behind(connection: Connection) -> list[bytes]:
    """Channels with statements that nobody has looked at for attachments."""
    t, u = tables.trees.c, tables.attached_upto.c
    sizes = select(t.channel, func.max(t.size).label("size")).group_by(t.channel).subquery()
    query = (
        select(sizes.c.channel)
        .outerjoin(tables.attached_upto, u.channel == sizes.c.channel)
        .where(sizes.c.size > func.coalesce(u.size, 0))
    )
    return list(connection.execute(query).scalars())


def upto(connection: Connection, channel: bytes) -> int:
    """Up to where the statements of a channel were looked at."""
    u = tables.attached_upto.c
    return connection.execute(select(u.size).where(u.channel == channel)).scalar() or 0


def look_up_to(connection: Connection, channel: bytes, size: int) -> None:
    """Note up to where the statements of a channel were looked at."""
    dialect.insert_rows(connection, tables.attached_upto, [(channel, size)], replace=True)


def add_pouched(
    connection: Connection, channel: bytes, counter: int, tags: Collection[bytes]
) -> None:
    """Note whose bytes lie in a packed pouch."""
    rows = [(channel, counter, tag) for tag in tags]
    dialect.insert_rows(connection, tables.pouched, rows, keep=True)


def in_pouch(connection: Connection, channel: bytes, counter: int) -> list[bytes]:
    """The tags of the bytes in one packed pouch."""
    c = tables.pouched.c
    query = select(c.tag).where(c.channel == channel, c.counter == counter)
    return list(connection.execute(query).scalars())
