"""The log of a channel: statements in order, the chains of their authors, their sealed bodies."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final, NamedTuple

from sqlalchemy import Connection, Select, bindparam, func, insert, select, update

from parley.store import dialect, tables
from parley.store.statements import Prepared, given
from parley.store.vault import Slot

_S = tables.statements.c


class Chain(NamedTuple):
    """How far one author's statements go in our log. ``seen`` never falls."""

    author: int
    epoch: int
    count: int  # type: ignore[assignment]  # hides tuple.count, which nobody needs here
    leaf: bytes | None
    iat: int
    seen: int


class Tree(NamedTuple):
    """A log's tree as far as we hold it: compact range of its first ``size`` leaves.

    ``own`` of them are the owner's own statements.
    """

    size: int
    own: int
    frontier: bytes


class Entry(NamedTuple):
    """One statement in our log. ``author_index`` is its index in its author's own log."""

    channel: bytes
    position: int
    author: int
    epoch: int
    seq: int
    leaf: bytes
    case_id: bytes
    case_seq: int
    author_index: int
    iat: int
    recorded_at: int
    verdict: str | None
    data: bytes


class SealedBody(NamedTuple):
    """A body at rest, sealed under the key in ``slot``."""

    slot: Slot
    sealed: bytes


_C = tables.chains.c
_CHAINS: Final = Prepared(
    select(_C.author, _C.epoch, _C.count, _C.leaf, _C.iat, _C.seen).where(given(_C.channel))
)
_SAVE_CHAIN: Final = Prepared(
    update(tables.chains).where(given(_C.channel), given(_C.author)), Chain._fields[1:]
)

_T = tables.trees.c
_TREE: Final = Prepared(
    select(_T.size, _T.own, _T.frontier).where(given(_T.channel), given(_T.owner))
)
_SAVE_TREE: Final = Prepared(
    update(tables.trees).where(given(_T.channel), given(_T.owner)), Tree._fields
)

_BY_AUTHOR: Final = (
    select(tables.statements)
    .where(given(_S.channel), given(_S.author), _S.seq >= bindparam("first"))
    .order_by(_S.epoch, _S.seq)
    .limit(bindparam("limit"))
)
_LEAVES_BY_AUTHOR: Final = Prepared(
    select(_S.seq, _S.author_index, _S.leaf)
    .where(given(_S.channel), given(_S.author), _S.seq >= bindparam("first"))
    .order_by(_S.seq)
    .limit(bindparam("limit"))
)
_LEAF_AT: Final = Prepared(
    select(_S.leaf).where(given(_S.channel), given(_S.author), given(_S.seq))
)
_INDEX_AT: Final = Prepared(
    select(_S.author_index).where(given(_S.channel), given(_S.author), given(_S.seq))
)
_CASE_HEAD: Final = Prepared(
    select(_S.case_seq, _S.leaf)
    .where(given(_S.channel), given(_S.case_id), given(_S.author))
    .order_by(_S.position.desc())
    .limit(1)
)
_BY_LEAF: Final = Prepared(select(tables.statements).where(given(_S.channel), given(_S.leaf)))
_FIRST_IN_CASE: Final = Prepared(
    select(tables.statements)
    .where(given(_S.channel), given(_S.case_id))
    .order_by(_S.position)
    .limit(1)
)

_FIRST_LEAVES: Final = 16
_MORE_LEAVES: Final = 2000
_FEW: Final = 4
"""So many cases are asked for one by one."""

_PART: Final = 500
"""So many values stand in one list of a query: engines bound their number."""

_LAST_IN_CASE: Final = (
    select(_S.case_id, func.max(_S.position).label("position"))
    .where(given(_S.channel), given(_S.author), _S.case_id.in_(bindparam("cases", expanding=True)))
    .group_by(_S.case_id)
    .subquery()
)
_CASE_HEADS: Final = select(_S.case_id, _S.case_seq, _S.leaf).join(
    _LAST_IN_CASE, given(_S.channel) & (_S.position == _LAST_IN_CASE.c.position)
)

_B = tables.bodies.c
_BODIES: Final = select(_B.position, _B.segment, _B.slot, _B.sealed).where(
    given(_B.channel), _B.position.in_(bindparam("positions", expanding=True))
)
_BODY: Final = Prepared(
    select(_B.segment, _B.slot, _B.sealed).where(given(_B.channel), given(_B.position))
)
_BODY_SIZES: Final = select(_B.position, func.length(_B.sealed)).where(
    given(_B.channel), _B.position.in_(bindparam("positions", expanding=True))
)


def chains(connection: Connection, channel: bytes) -> dict[int, Chain]:
    """The chain of each author."""
    rows = _CHAINS.rows(connection, {"channel_": channel})
    return {chain.author: chain for chain in map(Chain._make, rows)}


def add_chain(connection: Connection, channel: bytes, chain: Chain) -> None:
    """Begin an author's chain."""
    connection.execute(insert(tables.chains).values(channel=channel, **chain._asdict()))


def save_chain(connection: Connection, channel: bytes, chain: Chain) -> None:
    """Move an author's chain on."""
    given_ = {"channel_": channel, "author_": chain.author}
    _SAVE_CHAIN.run(connection, {**given_, **chain._asdict()})


def tree(connection: Connection, channel: bytes, owner: int) -> Tree | None:
    """The tree of ``owner``'s log as far as we have built it."""
    row = _TREE.row(connection, {"channel_": channel, "owner_": owner})
    return Tree(*row) if row else None


def add_tree(connection: Connection, channel: bytes, owner: int, state: Tree) -> None:
    """Begin a tree."""
    connection.execute(insert(tables.trees).values(channel=channel, owner=owner, **state._asdict()))


def save_tree(connection: Connection, channel: bytes, owner: int, state: Tree) -> None:
    """Move a tree on."""
    _SAVE_TREE.run(connection, {"channel_": channel, "owner_": owner, **state._asdict()})


def append(
    connection: Connection,
    entries: Sequence[Entry],
    bodies: Sequence[SealedBody],
) -> None:
    """Append statements with their bodies; positions are the caller's, without gaps."""
    dialect.insert_rows(connection, tables.statements, entries)
    dialect.insert_rows(
        connection,
        tables.bodies,
        [
            (entry.channel, entry.position, body.slot.segment, body.slot.slot, body.sealed)
            for entry, body in zip(entries, bodies, strict=True)
        ],
    )


def sizes(connection: Connection) -> dict[bytes, int]:
    """How many statements the chains of each channel have, which are those that our log holds."""
    query = select(_C.channel, func.sum(_C.count)).group_by(_C.channel)
    return {row[0]: int(row[1]) for row in connection.execute(query)}


def size(connection: Connection, channel: bytes) -> int:
    """How many statements our log holds."""
    query = select(func.count()).select_from(tables.statements).where(_S.channel == channel)
    return int(connection.execute(query).scalar_one())


def _entries(
    connection: Connection, query: Select[Any], values: Mapping[str, Any] | None = None
) -> list[Entry]:
    return [Entry(*row) for row in connection.execute(query, values)]


def in_order(
    connection: Connection, channel: bytes, first: int = 0, last: int | None = None
) -> Iterator[Entry]:
    """Statements by position, from ``first`` up to and without ``last``; streamed."""
    query = select(tables.statements).where(_S.channel == channel, _S.position >= first)
    if last is not None:
        query = query.where(_S.position < last)
    query = query.order_by(_S.position)
    with connection.execute(query, execution_options={"yield_per": 500}) as rows:
        for row in rows:
            yield Entry(*row)


def at(connection: Connection, channel: bytes, positions: Sequence[int]) -> list[Entry]:
    """The statements at ``positions``, as far as there are any, in order."""
    pairs = [(channel, position) for position in positions]
    rows = dialect.joined_rows(connection, tables.statements, ("channel", "position"), pairs)
    return sorted(map(Entry._make, rows), key=lambda entry: entry.position)


def by_author(
    connection: Connection, channel: bytes, author: int, first: int, limit: int
) -> list[Entry]:
    """At most ``limit`` statements of one author, from sequence number ``first`` on."""
    values = {"channel_": channel, "author_": author, "first": first, "limit": limit}
    return _entries(connection, _BY_AUTHOR, values)


def leaves_by_author(
    connection: Connection, channel: bytes, author: int, first: int
) -> Iterator[tuple[int, int, bytes]]:
    """Sequence number, index in the author's log, and leaf of one author's statements.

    From sequence number ``first`` on; a part of them is in memory at a time.
    """
    limit = _FIRST_LEAVES
    while True:
        values = {"channel_": channel, "author_": author, "first": first, "limit": limit}
        rows = _LEAVES_BY_AUTHOR.rows(connection, values)
        yield from rows
        if len(rows) < limit:
            return
        first, limit = rows[-1][0] + 1, _MORE_LEAVES


def leaves(connection: Connection, channel: bytes, last: int, first: int = 0) -> list[bytes]:
    """The leaves of our own log from position ``first`` on, below ``last``."""
    query = select(_S.leaf).where(_S.channel == channel, _S.position < last, _S.position >= first)
    return list(connection.execute(query.order_by(_S.position)).scalars())


def leaf_at(connection: Connection, channel: bytes, author: int, seq: int) -> bytes | None:
    """The leaf of one author's statement ``seq``."""
    values = {"channel_": channel, "author_": author, "seq_": seq}
    row = _LEAF_AT.row(connection, values)
    return row[0] if row else None


def epoch_at(connection: Connection, channel: bytes, author: int, seq: int) -> int:
    """The epoch of one author's statement ``seq``, which stands in our log."""
    query = select(_S.epoch).where(_S.channel == channel, _S.author == author, _S.seq == seq)
    return int(connection.execute(query).scalar_one())


def by_leaf(connection: Connection, channel: bytes, leaf: bytes) -> Entry | None:
    """The statement with this leaf hash."""
    row = _BY_LEAF.row(connection, {"channel_": channel, "leaf_": leaf})
    return Entry(*row) if row else None


def first_in_case(connection: Connection, channel: bytes, case: bytes) -> Entry | None:
    """The first statement of a case in our log."""
    row = _FIRST_IN_CASE.row(connection, {"channel_": channel, "case_id_": case})
    return Entry(*row) if row else None


def in_case(
    connection: Connection, channel: bytes, case: bytes, after: int = -1, limit: int | None = None
) -> list[Entry]:
    """A case's statements at positions greater than ``after``, in the order of our log.

    At most ``limit`` of them, where it is given.
    """
    query = select(tables.statements).where(
        _S.channel == channel, _S.case_id == case, _S.position > after
    )
    return _entries(connection, query.order_by(_S.position).limit(limit))


def case_heads(
    connection: Connection, channel: bytes, cases: Iterable[bytes], author: int
) -> dict[bytes, tuple[int, bytes]]:
    """For each of ``cases``: how many statements ``author`` has in it, and the last one's leaf."""
    heads: dict[bytes, tuple[int, bytes]] = {}
    wanted = list(set(cases))
    if len(wanted) <= _FEW:
        for case in wanted:
            values = {"channel_": channel, "case_id_": case, "author_": author}
            row = _CASE_HEAD.row(connection, values)
            if row is not None:
                heads[case] = (row[0] + 1, row[1])
        return heads
    for start in range(0, len(wanted), _PART):
        values = {
            "channel_": channel,
            "author_": author,
            "cases": wanted[start : start + _PART],
        }
        for row in connection.execute(_CASE_HEADS, values):
            heads[row.case_id] = (row.case_seq + 1, row.leaf)
    return heads


def case_ids(connection: Connection, channel: bytes) -> list[bytes]:
    """Every case that has a statement, in order of its first one."""
    query = (
        select(_S.case_id)
        .where(_S.channel == channel)
        .group_by(_S.case_id)
        .order_by(func.min(_S.position))
    )
    return list(connection.execute(query).scalars())


def body(connection: Connection, channel: bytes, position: int) -> SealedBody | None:
    """The sealed body of the statement at ``position``; none where it was erased."""
    row = _BODY.row(connection, {"channel_": channel, "position_": position})
    return SealedBody(Slot(row[0], row[1]), row[2]) if row else None


def bodies(
    connection: Connection, channel: bytes, positions: Sequence[int]
) -> dict[int, SealedBody]:
    """The sealed bodies of several statements, by position."""
    found: dict[int, SealedBody] = {}
    for start in range(0, len(positions), _PART):
        values = {"channel_": channel, "positions": positions[start : start + _PART]}
        for row in connection.execute(_BODIES, values):
            found[row.position] = SealedBody(Slot(row.segment, row.slot), row.sealed)
    return found


def body_sizes(connection: Connection, channel: bytes, positions: Sequence[int]) -> dict[int, int]:
    """The sealed size in bytes of several bodies, by position."""
    sizes: dict[int, int] = {}
    for start in range(0, len(positions), _PART):
        values = {"channel_": channel, "positions": positions[start : start + _PART]}
        sizes.update((row[0], row[1]) for row in connection.execute(_BODY_SIZES, values))
    return sizes


def peers_before(connection: Connection, entry: Entry) -> int:
    """How many statements of the other author stand before ``entry`` in that author's log."""
    index = _Indices(connection, entry.channel, 1 - entry.author)
    # Before each of its own stand as many of ours as its index is greater than its number.
    return bisect_right(range(index.count), entry.seq, key=lambda seq: index.at(seq) - seq)


class _Indices:
    """Where the statements of one author's chain stand in its log, in their order."""

    def __init__(self, connection: Connection, channel: bytes, author: int) -> None:
        self._connection = connection
        self._given = {"channel_": channel, "author_": author}
        chain = chains(connection, channel).get(author)
        self.count = chain.count if chain else 0

    def at(self, seq: int) -> int:
        """The index of the statement with this number."""
        return int(_INDEX_AT.row(self._connection, {**self._given, "seq_": seq})[0])


def authors_below(connection: Connection, channel: bytes, owner: int, size: int) -> dict[int, int]:
    """How many statements of each author stand below ``size`` of ``owner``'s log (of two)."""
    index = _Indices(connection, channel, owner)
    # A chain's statements stand in its author's log in their order.
    own = bisect_left(range(index.count), size, key=index.at)
    return {owner: own, 1 - owner: size - own}


def with_leaf_prefix(connection: Connection, channel: bytes, prefix: bytes) -> list[Entry]:
    """Statements whose leaf starts with ``prefix`` (at least 3 bytes); at most 100."""
    above = prefix + b"\xff" * (33 - len(prefix))
    query = select(tables.statements).where(
        _S.channel == channel, _S.leaf >= prefix, _S.leaf <= above
    )
    return _entries(connection, query.order_by(_S.leaf).limit(100))
