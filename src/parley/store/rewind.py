"""Taking back the end of our log of a channel, where nothing of that end has ever left the desk.

The record is only appended to. This is the one exception, for a desk that finds itself set back: it
appended to an old copy before it could know, and the peer holds what really stands in that place.
The caller knows from the anchor that none of it was sent.
"""

from __future__ import annotations

from sqlalchemy import Connection, Table, delete, func, select, update

from parley.crypto.merkle import Frontier
from parley.store import log, tables
from parley.store.log import Chain, Tree

_S = tables.statements.c


def truncate(connection: Connection, channel: bytes, own: int, size: int) -> None:
    """Cut our log down to its first ``size`` statements, with everything that rests on the rest.

    ``own`` is our place among the two members. Views are to be rebuilt by the caller.
    """
    dropped = (_S.channel == channel, _S.position >= size)
    in_peers_log = connection.execute(
        select(func.min(_S.author_index)).where(*dropped, _S.author != own)
    ).scalar_one()
    own_count = _count(connection, channel, own, size)
    connection.execute(delete(tables.statements).where(*dropped))
    for table in (tables.attached_upto, tables.waiting_upto):
        c = table.c
        beyond = update(table).where(c.channel == channel, c.size > size)
        connection.execute(beyond.values(size=size))
    for table in (
        tables.bodies,
        tables.erased_bodies,
        tables.openings,
        tables.waiting,
        tables.attached,
    ):
        c = table.c
        connection.execute(delete(table).where(c.channel == channel, c.position >= size))
    _drop_proofs(connection, channel, own, size)
    if in_peers_log is not None:
        # What the peer signed over a log that we cannot rebuild any more comes again.
        _drop_proofs(connection, channel, 1 - own, in_peers_log)
    _reset_chains(connection, channel)
    _reset_trees(connection, channel, own, size, own_count)
    d = tables.deliveries.c
    connection.execute(
        delete(tables.deliveries).where(d.channel == channel, d.last_seq >= own_count)
    )
    _lower_outbox(connection, channel, own, own_count, size)


def _count(connection: Connection, channel: bytes, author: int, size: int) -> int:
    query = select(func.count()).where(
        _S.channel == channel, _S.author == author, _S.position < size
    )
    return int(connection.execute(query).scalar_one())


def _drop_proofs(connection: Connection, channel: bytes, owner: int, size: int) -> None:
    owned: tuple[tuple[Table, str], ...] = (
        (tables.receipts, "issuer"),
        (tables.checkpoints, "owner"),
        (tables.cosignatures, "owner"),
    )
    for table, column in owned:
        c = table.c
        beyond = (c.channel == channel, c[column] == owner, c["size"] > size)
        connection.execute(delete(table).where(*beyond))


def _reset_chains(connection: Connection, channel: bytes) -> None:
    for author in (0, 1):
        query = select(tables.statements).where(_S.channel == channel, _S.author == author)
        last = connection.execute(query.order_by(_S.position.desc()).limit(1)).one_or_none()
        chain = Chain(author, 0, 0, None, 0, 0)
        if last is not None:
            chain = Chain(
                author, last.epoch, last.seq + 1, last.leaf, last.iat, last.author_index - last.seq
            )
        log.save_chain(connection, channel, chain)


def _reset_trees(
    connection: Connection, channel: bytes, own: int, size: int, own_count: int
) -> None:
    frontier = Frontier()
    frontier.extend(log.leaves(connection, channel, size))
    log.save_tree(connection, channel, own, Tree(size, own_count, frontier.to_bytes()))
    log.save_tree(connection, channel, 1 - own, Tree(0, 0, Frontier().to_bytes()))


def _lower_outbox(connection: Connection, channel: bytes, own: int, count: int, size: int) -> None:
    c, r = tables.outbox.c, tables.receipts.c
    last = connection.execute(
        select(func.max(r.last_seq)).where(r.channel == channel, r.issuer == 1 - own)
    ).scalar_one()
    for column, most in (
        (c.receipted, 0 if last is None else last + 1),
        (c.transmitted, count),
        (c.offered, count),
        (c.receipt_size_delivered, size),
    ):
        connection.execute(
            update(tables.outbox)
            .where(c.channel == channel, column > most)
            .values({column.name: most})
        )
