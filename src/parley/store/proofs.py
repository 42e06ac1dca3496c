"""Receipts, checkpoints and cosignatures."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

from sqlalchemy import Connection, bindparam, delete, func, insert, select

from parley.store import dialect, tables
from parley.store.statements import Prepared, given


class ReceiptRow(NamedTuple):
    """One signature over ``issuer``'s root at ``size``.

    Signed with the log key of the issuer's ``epoch``. It receipts the other member's statements
    ``first_seq`` to ``last_seq``. ``arrived_at`` is by
    our clock; ``iat`` by the issuer's.
    """

    channel: bytes
    issuer: int
    size: int
    epoch: int
    first_seq: int
    last_seq: int
    iat: int
    arrived_at: int
    protected: bytes
    signature: bytes


class CheckpointRow(NamedTuple):
    """A signed checkpoint of ``owner``'s log, of its ``epoch``, that we have verified or signed."""

    channel: bytes
    owner: int
    size: int
    epoch: int
    root: bytes
    note: str
    recorded_at: int


class CosignatureRow(NamedTuple):
    """A cosignature over ``owner``'s checkpoint: ``line`` as in the signed note.

    ``kind``: the C2SP signature type, 4 (Ed25519) or 6 (ML-DSA-44). ``epoch``: the cosigner's.
    """

    channel: bytes
    owner: int
    size: int
    cosigner: int
    kind: int
    epoch: int
    timestamp: int
    line: str


_R = tables.receipts.c
_OF_ISSUER: Final = (
    select(tables.receipts).where(given(_R.channel), given(_R.issuer)).order_by(_R.size)
)
_RECEIPTS: Final = Prepared(_OF_ISSUER.where(_R.size > bindparam("after_size")))
_COVERING: Final = Prepared(
    _OF_ISSUER.where(_R.last_seq >= bindparam("first"), _R.first_seq <= bindparam("last"))
)

# Receipts of one issuer follow each other: the first that ends behind a statement is the one.
_FIRST_COVERING: Final = Prepared(
    select(tables.receipts)
    .where(given(_R.channel), given(_R.issuer))
    .where(_R.last_seq >= bindparam("seq"), _R.first_seq <= bindparam("seq"))
    .order_by(_R.last_seq, _R.size)
    .limit(1)
)

_P = tables.checkpoints.c
_OF_OWNER: Final = select(tables.checkpoints).where(given(_P.channel), given(_P.owner))
_GREATEST: Final = Prepared(_OF_OWNER.order_by(_P.size.desc()).limit(1))
_AT_SIZE: Final = Prepared(_OF_OWNER.where(given(_P.size)))

_C = tables.cosignatures.c
_OVER_OWNER: Final = select(tables.cosignatures).where(given(_C.channel), given(_C.owner))
_COSIGNATURES: Final = Prepared(_OVER_OWNER.order_by(_C.size, _C.kind))
_COSIGNATURES_AT: Final = Prepared(_OVER_OWNER.where(given(_C.size)).order_by(_C.size, _C.kind))
_AT_ONCE: Final = 8
_LINES: Final = Prepared(
    select(_C.size, _C.line)
    .where(given(_C.channel), given(_C.owner))
    .where(_C.size.in_([bindparam(f"size_{number}") for number in range(_AT_ONCE)]))
)
_GREATEST_COSIGNED: Final = Prepared(_OVER_OWNER.order_by(_C.size.desc(), _C.kind).limit(1))
_GREATEST_OF_KIND: Final = Prepared(
    _OVER_OWNER.where(given(_C.kind)).order_by(_C.size.desc()).limit(1)
)


def add_receipt(connection: Connection, row: ReceiptRow) -> None:
    """Keep a receipt; the first one at a size stays."""
    dialect.insert_rows(connection, tables.receipts, [row], keep=True)


def receipts(
    connection: Connection, channel: bytes, issuer: int, *, after_size: int = -1
) -> list[ReceiptRow]:
    """Receipts of one issuer whose size is greater than ``after_size``, by size."""
    values = {"channel_": channel, "issuer_": issuer, "after_size": after_size}
    return [ReceiptRow(*row) for row in _RECEIPTS.rows(connection, values)]


def receipts_in_order(connection: Connection, channel: bytes, issuer: int) -> Iterator[ReceiptRow]:
    """All receipts of one issuer, by size; streamed."""
    values = {"channel_": channel, "issuer_": issuer}
    with connection.execute(_OF_ISSUER, values, execution_options={"yield_per": 500}) as rows:
        for row in rows:
            yield ReceiptRow(*row)


def checkpoint_sizes(connection: Connection, channel: bytes, owner: int) -> Iterator[int]:
    """The sizes of all checkpoints of one log that we hold, ascending; streamed."""
    c = tables.checkpoints.c
    query = select(c.size).where(c.channel == channel, c.owner == owner).order_by(c.size)
    with connection.execute(query, execution_options={"yield_per": 2000}) as rows:
        yield from rows.scalars()


def receipts_covering(
    connection: Connection, channel: bytes, issuer: int, first: int, last: int
) -> list[ReceiptRow]:
    """Receipts of one issuer for any of the statements ``first`` to ``last``, by size."""
    values = {"channel_": channel, "issuer_": issuer, "first": first, "last": last}
    return [ReceiptRow(*row) for row in _COVERING.rows(connection, values)]


def first_receipt(
    connection: Connection, channel: bytes, issuer: int, seq: int
) -> ReceiptRow | None:
    """The first receipt of an issuer for statement ``seq`` of the other member."""
    values = {"channel_": channel, "issuer_": issuer, "seq": seq}
    row = _FIRST_COVERING.row(connection, values)
    return ReceiptRow(*row) if row else None


def add_checkpoint(connection: Connection, row: CheckpointRow) -> None:
    """Keep a checkpoint; the first one at a size stays."""
    dialect.insert_rows(connection, tables.checkpoints, [row], keep=True)


def checkpoint(
    connection: Connection, channel: bytes, owner: int, size: int | None = None
) -> CheckpointRow | None:
    """The checkpoint of ``owner``'s log at ``size``, or the greatest that we hold."""
    values = {"channel_": channel, "owner_": owner, "size_": size}
    query = _GREATEST if size is None else _AT_SIZE
    row = query.row(connection, values)
    return CheckpointRow(*row) if row else None


def checkpoints(connection: Connection, channel: bytes, owner: int) -> list[CheckpointRow]:
    """All checkpoints of one log, by size."""
    c = tables.checkpoints.c
    query = select(tables.checkpoints).where(c.channel == channel, c.owner == owner)
    return [CheckpointRow(*row) for row in connection.execute(query.order_by(c.size))]


def add_cosignature(connection: Connection, row: CosignatureRow) -> None:
    """Keep a cosignature; the first of its kind and cosigner at a size stays."""
    dialect.insert_rows(connection, tables.cosignatures, [row], keep=True)


def cosignatures(
    connection: Connection, channel: bytes, owner: int, size: int | None = None
) -> list[CosignatureRow]:
    """Cosignatures over ``owner``'s checkpoints, by size and kind."""
    values = {"channel_": channel, "owner_": owner, "size_": size}
    query = _COSIGNATURES if size is None else _COSIGNATURES_AT
    return [CosignatureRow(*row) for row in query.rows(connection, values)]


def cosignature_lines(
    connection: Connection, channel: bytes, owner: int, sizes: Sequence[int]
) -> set[tuple[int, str]]:
    """Size and line of the cosignatures that are kept over ``owner``'s checkpoints of ``sizes``."""
    found: set[tuple[int, str]] = set()
    for start in range(0, len(sizes), _AT_ONCE):
        part = list(sizes[start : start + _AT_ONCE])
        part += part[:1] * (_AT_ONCE - len(part))
        values: dict[str, object] = {"channel_": channel, "owner_": owner}
        values.update((f"size_{number}", size) for number, size in enumerate(part))
        found.update(_LINES.rows(connection, values))
    return found


def greatest_cosigned(
    connection: Connection, channel: bytes, owner: int, kind: int | None = None
) -> CosignatureRow | None:
    """The cosignature over the largest checkpoint of ``owner``'s log."""
    values = {"channel_": channel, "owner_": owner, "kind_": kind}
    query = _GREATEST_COSIGNED if kind is None else _GREATEST_OF_KIND
    row = query.row(connection, values)
    return CosignatureRow(*row) if row else None


def drop_after(connection: Connection, channel: bytes, issuer: int, size: int) -> list[bytes]:
    """Take away what ``issuer`` signed over its log beyond ``size``; returns the signed bytes.

    For proofs of a revoked epoch that the author's next one contradicts: they are kept elsewhere.
    """
    dropped = [
        row.protected + row.signature
        for row in receipts(connection, channel, issuer, after_size=size)
    ]
    dropped += [
        row.note.encode() for row in checkpoints(connection, channel, issuer) if row.size > size
    ]
    connection.execute(
        delete(tables.receipts).where(_R.channel == channel, _R.issuer == issuer, _R.size > size)
    )
    for table in (tables.checkpoints, tables.cosignatures):
        c = table.c
        connection.execute(
            delete(table).where(c.channel == channel, c.owner == issuer, c.size > size)
        )
    return dropped


def drop_cosignatures(
    connection: Connection, channel: bytes, cosigner: int, size: int
) -> list[bytes]:
    """Take away what ``cosigner`` cosigned of the other's log beyond ``size``; returns lines."""
    rows = [row for row in cosignatures(connection, channel, 1 - cosigner) if row.size > size]
    connection.execute(
        delete(tables.cosignatures).where(
            _C.channel == channel, _C.cosigner == cosigner, _C.size > size
        )
    )
    return [row.line.encode() for row in rows]


def add_evidence(
    connection: Connection, *, channel: bytes, digest: bytes, kind: str, data: bytes, now: int
) -> None:
    """Keep a proof of misbehaviour; the same proof twice is one."""
    connection.execute(
        dialect.insert_ignore(connection, tables.evidence).values(
            channel=channel, digest=digest, kind=kind, found_at=now, data=data
        )
    )


def evidence(connection: Connection, channel: bytes) -> list[tuple[str, int, bytes]]:
    """(kind, found at, data) of all proofs of misbehaviour in a channel."""
    c = tables.evidence.c
    query = select(c.kind, c.found_at, c.data).where(c.channel == channel).order_by(c.id)
    return [(row.kind, row.found_at, row.data) for row in connection.execute(query)]


def evidence_since(connection: Connection, at: int) -> list[tuple[bytes, bytes, int]]:
    """(channel, digest, found at) of all proofs of misbehaviour that were found since a time."""
    c = tables.evidence.c
    query = select(c.channel, c.digest, c.found_at).where(c.found_at >= at).order_by(c.id)
    return [(row.channel, row.digest, row.found_at) for row in connection.execute(query)]


def evidence_count(connection: Connection) -> int:
    """How many proofs of misbehaviour there are, in all channels."""
    return int(connection.execute(select(func.count()).select_from(tables.evidence)).scalar_one())


def add_word(
    connection: Connection,
    channel: bytes,
    heads: bytes,
    word: bytes,
    *,
    now: int,
    at_most: int,
) -> None:
    """Keep what the peer signed about heads; of one channel the newest ``at_most``."""
    c = tables.words.c
    connection.execute(
        insert(tables.words).values(channel=channel, taken_at=now, heads=heads, word=word)
    )
    old = select(c.id).where(c.channel == channel).order_by(c.id.desc()).offset(at_most)
    found = list(connection.execute(old.limit(at_most)).scalars())
    if found:
        connection.execute(delete(tables.words).where(c.id.in_(found)))


def words(connection: Connection, channel: bytes) -> list[tuple[int, bytes, bytes]]:
    """(taken at, heads, word) of what the peer signed about heads, the oldest first."""
    c = tables.words.c
    query = select(c.taken_at, c.heads, c.word).where(c.channel == channel).order_by(c.id)
    return [(row.taken_at, row.heads, row.word) for row in connection.execute(query)]


class EvidenceRow(NamedTuple):
    """A proof of misbehaviour: ``data`` is the CBOR array of what contradicts itself."""

    channel: bytes
    digest: bytes
    kind: str
    found_at: int
    data: bytes


def every_evidence(connection: Connection, channel: bytes | None = None) -> list[EvidenceRow]:
    """All proofs of misbehaviour, of one channel or of all, the oldest first."""
    c = tables.evidence.c
    query = select(c.channel, c.digest, c.kind, c.found_at, c.data).order_by(c.id)
    if channel is not None:
        query = query.where(c.channel == channel)
    return [EvidenceRow(*row) for row in connection.execute(query)]


def has_evidence(connection: Connection, digest: bytes) -> bool:
    """Whether this very proof is kept already."""
    c = tables.evidence.c
    query = select(c.id).where(c.digest == digest)
    return connection.execute(query).scalar_one_or_none() is not None


def count_evidence(connection: Connection, channel: bytes) -> int:
    """How many proofs of misbehaviour are kept for a channel."""
    c = tables.evidence.c
    query = select(func.count()).select_from(tables.evidence).where(c.channel == channel)
    return int(connection.execute(query).scalar_one())


class QuarantineRow(NamedTuple):
    """Something that was refused: its exact bytes, and why."""

    channel: bytes
    digest: bytes
    reason: str
    kept_at: int
    data: bytes


def every_quarantined(connection: Connection, channel: bytes | None = None) -> list[QuarantineRow]:
    """What stands in quarantine, of one channel or of all, the oldest first."""
    c = tables.quarantine.c
    query = select(c.channel, c.digest, c.reason, c.kept_at, c.data).order_by(c.id)
    if channel is not None:
        query = query.where(c.channel == channel)
    return [QuarantineRow(*row) for row in connection.execute(query)]


def quarantine(
    connection: Connection,
    *,
    channel: bytes,
    digest: bytes,
    reason: str,
    data: bytes,
    now: int,
    at_most: int,
) -> None:
    """Keep what was refused, as it may be evidence; at most ``at_most`` items a channel."""
    c = tables.quarantine.c
    held = connection.execute(
        select(func.count()).select_from(tables.quarantine).where(c.channel == channel)
    ).scalar_one()
    if held < at_most:
        connection.execute(
            dialect.insert_ignore(connection, tables.quarantine).values(
                channel=channel, digest=digest, reason=reason, kept_at=now, data=data
            )
        )


def count_quarantined(connection: Connection, channel: bytes) -> int:
    """How many items of a channel stand in quarantine."""
    c = tables.quarantine.c
    query = select(func.count()).select_from(tables.quarantine).where(c.channel == channel)
    return int(connection.execute(query).scalar_one())
