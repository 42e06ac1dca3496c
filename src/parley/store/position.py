"""How a channel stands at our desk: what every message has to look at, read in one question."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, NamedTuple

from sqlalchemy import Connection, ScalarSelect, and_, bindparam, exists, func, select

from parley.crypto.checkpoint import ED25519_COSIGNATURE, ML_DSA_44_COSIGNATURE
from parley.store import tables
from parley.store.channels import ChannelRow
from parley.store.log import Chain, Tree
from parley.store.outbox import OutboxRow
from parley.store.proofs import CheckpointRow
from parley.store.statements import Prepared, given


class Cosigned(NamedTuple):
    """How far a log was cosigned with each kind of key; 0 where it was not.

    ``post_quantum_at`` is the time in the greatest cosignature with ML-DSA-44.
    """

    size: int
    post_quantum_size: int
    post_quantum_at: int


class Logs(NamedTuple):
    """How the logs of a channel's members stand, by member.

    ``checkpoints`` are the greatest of each log that we hold, ``receipts`` the sizes of the
    greatest that each member has signed; none where there are none. ``cosigned`` is how far each
    log was cosigned by the other member.
    """

    chains: dict[int, Chain]
    trees: dict[int, Tree]
    checkpoints: dict[int, CheckpointRow | None]
    receipts: dict[int, int | None]
    cosigned: dict[int, Cosigned]


class Position(NamedTuple):
    """How a channel stands: its row, its outbox, its members' logs.

    ``newest`` is the number of the newest key statement of each party, 0 where it has none.
    ``drafts``: whether any are in the house.
    """

    row: ChannelRow
    box: OutboxRow
    logs: Logs
    newest: Mapping[bytes, int]
    drafts: bool


def _newest(party: str) -> ScalarSelect[int]:
    c = tables.key_statements.c
    number = func.coalesce(func.max(c.number), 0)
    return select(number).where(c.party == bindparam(party)).scalar_subquery()


_H, _O, _C, _T = tables.channels.c, tables.outbox.c, tables.chains.c, tables.trees.c
_P, _R, _S = tables.checkpoints.c, tables.receipts.c, tables.cosignatures.c
_D = tables.drafts.c
_OLDER: Final = tables.checkpoints.alias()
_GREATEST: Final = (
    select(func.max(_OLDER.c.size))
    .where(_OLDER.c.channel == _C.channel, _OLDER.c.owner == _C.author)
    .correlate(tables.chains)
    .scalar_subquery()
)
_RECEIPTED: Final = (
    select(func.max(_R.size))
    .where(_R.channel == _C.channel, _R.issuer == _C.author)
    .correlate(tables.chains)
    .scalar_subquery()
)


def _last_cosigned(kind: int, name: str) -> ScalarSelect[int]:
    """A column of the cosignature of one kind over a member's greatest cosigned checkpoint."""
    return (
        select(_S[name])
        .where(_S.channel == _C.channel, _S.owner == _C.author, _S.kind == kind)
        .order_by(_S.size.desc())
        .limit(1)
        .correlate(tables.chains)
        .scalar_subquery()
    )


_DRAFTS: Final = exists().where(_D.channel == _H.id, _D.released_leaf.is_(None))

# One row for each member; what belongs to the channel as a whole stands in both.
_READ: Final = Prepared(
    select(
        *(_H[name] for name in ChannelRow._fields),
        *(_O[name] for name in OutboxRow._fields),
        *(_C[name] for name in Chain._fields),
        *(_T[name] for name in Tree._fields),
        *(_P[name] for name in CheckpointRow._fields),
        _RECEIPTED,
        _last_cosigned(ED25519_COSIGNATURE, "size"),
        _last_cosigned(ML_DSA_44_COSIGNATURE, "size"),
        _last_cosigned(ML_DSA_44_COSIGNATURE, "timestamp"),
        _newest("first"),
        _newest("second"),
        _DRAFTS,
    )
    .select_from(
        tables.chains.join(tables.channels, _C.channel == _H.id)
        .join(tables.outbox, _O.channel == _H.id)
        .join(tables.trees, and_(_T.channel == _H.id, _T.owner == _C.author))
        .outerjoin(
            tables.checkpoints,
            and_(_P.channel == _C.channel, _P.owner == _C.author, _P.size == _GREATEST),
        )
    )
    .where(
        given(_H.id),
    )
)
_BOX_AT: Final = len(ChannelRow._fields)
_CHAIN_AT: Final = _BOX_AT + len(OutboxRow._fields)
_TREE_AT: Final = _CHAIN_AT + len(Chain._fields)
_CHECKPOINT_AT: Final = _TREE_AT + len(Tree._fields)
_RECEIPT_AT: Final = _CHECKPOINT_AT + len(CheckpointRow._fields)
_COSIGNED_AT: Final = _RECEIPT_AT + 1
_NEWEST_AT: Final = _COSIGNED_AT + len(Cosigned._fields)


def read(connection: Connection, channel: bytes, first: bytes, second: bytes) -> Position | None:
    """How a channel of the parties ``first`` and ``second`` stands; none where there is none."""
    rows = _READ.rows(connection, {"id_": channel, "first": first, "second": second})
    if not rows:
        return None
    chains: dict[int, Chain] = {}
    trees: dict[int, Tree] = {}
    checkpoints: dict[int, CheckpointRow | None] = {}
    receipts: dict[int, int | None] = {}
    cosigned: dict[int, Cosigned] = {}
    for row in rows:
        chain = Chain(*row[_CHAIN_AT:_TREE_AT])
        author = chain.author
        chains[author] = chain
        trees[author] = Tree(*row[_TREE_AT:_CHECKPOINT_AT])
        greatest = row[_CHECKPOINT_AT:_RECEIPT_AT]
        checkpoints[author] = CheckpointRow(*greatest) if greatest[0] is not None else None
        receipts[author] = row[_RECEIPT_AT]
        size, post_quantum_size, at = row[_COSIGNED_AT:_NEWEST_AT]
        cosigned[author] = Cosigned(size or 0, post_quantum_size or 0, at or 0)
    whole = rows[0]
    return Position(
        ChannelRow(*whole[:_BOX_AT]),
        OutboxRow(*whole[_BOX_AT:_CHAIN_AT]),
        Logs(chains, trees, checkpoints, receipts, cosigned),
        dict(zip((first, second), whole[_NEWEST_AT:-1], strict=True)),
        bool(whole[-1]),
    )
