"""How a channel stands at our desk: what every message has to look at, read in one question."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, NamedTuple

from sqlalchemy import Connection, ScalarSelect, bindparam, func, select

from parley.store import tables
from parley.store.channels import ChannelRow
from parley.store.log import Chain, Tree
from parley.store.outbox import OutboxRow
from parley.store.statements import Prepared, given


class Position(NamedTuple):
    """How a channel stands: its row, its outbox, its members' chains and trees, by member.

    ``newest`` is the number of the newest key statement of each party, 0 where it has none.
    """

    row: ChannelRow
    box: OutboxRow
    chains: dict[int, Chain]
    trees: dict[int, Tree]
    newest: Mapping[bytes, int]


def _newest(party: str) -> ScalarSelect[int]:
    c = tables.key_statements.c
    number = func.coalesce(func.max(c.number), 0)
    return select(number).where(c.party == bindparam(party)).scalar_subquery()


_H, _O, _C, _T = tables.channels.c, tables.outbox.c, tables.chains.c, tables.trees.c

# One row for each member; what belongs to the channel as a whole stands in both.
_READ: Final = Prepared(
    select(
        *(_H[name] for name in ChannelRow._fields),
        *(_O[name] for name in OutboxRow._fields),
        *(_C[name] for name in Chain._fields),
        *(_T[name] for name in Tree._fields),
        _newest("first"),
        _newest("second"),
    ).where(
        given(_H.id),
        _O.channel == _H.id,
        _C.channel == _H.id,
        _T.channel == _H.id,
        _T.owner == _C.author,
    )
)
_BOX_AT: Final = len(ChannelRow._fields)
_CHAIN_AT: Final = _BOX_AT + len(OutboxRow._fields)
_TREE_AT: Final = _CHAIN_AT + len(Chain._fields)
_NEWEST_AT: Final = _TREE_AT + len(Tree._fields)


def read(connection: Connection, channel: bytes, first: bytes, second: bytes) -> Position | None:
    """How a channel of the parties ``first`` and ``second`` stands; none where there is none."""
    rows = _READ.rows(connection, {"id_": channel, "first": first, "second": second})
    if not rows:
        return None
    chains: dict[int, Chain] = {}
    trees: dict[int, Tree] = {}
    for row in rows:
        chain = Chain(*row[_CHAIN_AT:_TREE_AT])
        chains[chain.author] = chain
        trees[chain.author] = Tree(*row[_TREE_AT:_NEWEST_AT])
    whole = rows[0]
    return Position(
        ChannelRow(*whole[:_BOX_AT]),
        OutboxRow(*whole[_BOX_AT:_CHAIN_AT]),
        chains,
        trees,
        dict(zip((first, second), whole[_NEWEST_AT:], strict=True)),
    )
