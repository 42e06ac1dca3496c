"""Keeping the search index: a view over bodies that is brought up to date afterwards.

What a channel's log has and no block covers is read, put in order and added, a block at a time, in
a transaction of its own; small blocks become one as they grow, up to a whole range. Any process may
do it, at any time: two that do the same find out when they commit, and one of them begins again.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Collection, Sequence
from typing import Final, NamedTuple

from sqlalchemy import Connection

from parley.application.desk import Desk
from parley.crypto.blinding import SALT_BYTES, Blinding
from parley.kernel import limits
from parley.kernel.errors import ParleyError
from parley.kernel.reasons import Reason
from parley.record import body as bodies
from parley.record import index, statement
from parley.record.fsck import Fault
from parley.record.index import Document, Header
from parley.store import log, search, views
from parley.store.database import is_locked
from parley.store.index_keys import RANGE
from parley.store.search import BlockRow, Span

BLOCK_BYTES: Final = 4 * limits.MIB
"""So many bytes of bodies go into one block, or one body."""

_ID_BITS: Final = 62


class Piece(NamedTuple):
    """What is to be one block: ``first`` to ``upto``, in place of the blocks ``absorbed``."""

    first: int
    upto: int
    absorbed: tuple[Span, ...]


def catch_up(desk: Desk, progress: Callable[[int], None] = lambda _: None) -> int:
    """Take everything into the index that is not in it; returns how many statements were.

    ``progress`` is told after each block how many statements it took in.

    :raises ParleyError: ``database-busy``, ``storage-full``, ``vault-unwritable``.
    """
    added = 0
    with desk.database.read() as connection:
        every = [channel.id for channel, _row in desk.channels(connection)]
        behind = [one for one in every if _next(connection, one)[1] is not None]
    for channel in behind:
        while True:
            with desk.database.read() as connection:
                stale, piece = _next(connection, channel)
            if stale:
                _drop(desk, channel, stale)
            elif piece is None:
                break
            else:
                new = _add(desk, channel, piece)
                added += new
                progress(new)
    return added


def waiting(desk: Desk) -> int:
    """How many statements are not in the index yet."""
    count = 0
    with desk.database.read() as connection:
        for channel, _row in desk.channels(connection):
            covered = sum(one.upto - one.first for one in search.spans(connection, channel.id))
            count += max(0, search.size(connection, channel.id) - covered)
    return count


def rebuild(desk: Desk, progress: Callable[[int], None] = lambda _: None) -> int:
    """Drop the index and build it anew; returns how many statements are in it."""
    with desk.database.read() as connection:
        every = [channel.id for channel, _row in desk.channels(connection)]
    for channel in every:
        with desk.database.write(channel) as connection:
            search.drop(connection, [one.id for one in search.spans(connection, channel)])
    with desk.database.write(*every) as connection:
        search.drop_strays(connection)
    return catch_up(desk, progress)


def forget(desk: Desk, connection: Connection, channel: bytes, positions: Collection[int]) -> None:
    """Take statements' words out of the index, for good, in the transaction that erases the bodies.

    The keys of their ranges are destroyed, so no copy of the database says any more what stood
    there; what else was in the ranges is taken in again by the next :func:`catch_up`. Where the
    transaction is not committed after all, all of it is. The transaction has the channel's lock.

    :raises ParleyError: ``storage-full``, ``vault-unwritable``.
    """
    if not is_locked(connection, channel):
        raise ParleyError(Reason.INTERNAL, fact="words are forgotten under the channel's lock")
    spans = search.spans(connection, channel)
    for number in sorted({position // RANGE for position in positions}):
        desk.index_keys.replace(channel, number)
        gone = [one.id for one in _of_range(spans, number)]
        search.drop(connection, gone)
        for block in gone:
            desk.index_blocks.pop(block, None)


def mend(desk: Desk, channel: bytes) -> None:
    """Drop the blocks of a channel that cannot be opened; :func:`catch_up` makes them anew."""
    with desk.database.write(channel) as connection:
        closed = [row.id for row in search.blocks(connection, channel) if opened(desk, row) is None]
        search.drop(connection, closed)


def opened(desk: Desk, row: BlockRow) -> tuple[Blinding, Header] | None:
    """The keys and the header of a block; none where its key was destroyed or lost."""
    for again in (False, True):
        key = desk.index_keys.look(row.channel, row.first // RANGE, again=again)
        if key is None:
            return None
        blinding = Blinding(key, row.salt)
        try:
            return blinding, index.open_header(blinding, row.header)
        except ParleyError as error:
            if error.reason is not Reason.BODY_UNREADABLE:
                raise
    return None


def faults(desk: Desk, connection: Connection, channel: bytes) -> list[Fault]:
    """Compare every block of a channel with what is made from the record now, byte for byte."""
    found: list[Fault] = []
    reached = 0
    for row in search.blocks(connection, channel):
        place = f"search_blocks[{row.first}]"
        keys = opened(desk, row)
        right = row.first >= reached and search.leaf_at(connection, channel, row.upto - 1)
        if right != row.leaf or keys is None:
            found.append(Fault(channel, place, Reason.VIEW_DIFFERS))
            continue
        reached = row.upto
        documents = _documents(desk, connection, channel, row.first, row.upto)
        header, rows = index.build(row.first, documents, keys[0])
        if header != row.header or rows != search.every_row(connection, row.id):
            found.append(Fault(channel, place, Reason.VIEW_DIFFERS))
    return found


def planned(spans: Sequence[Span], size: int) -> Piece | None:
    """The next block to make of a log of ``size`` statements that ``spans`` cover in part.

    It takes in blocks before it that are not longer than it becomes by that: so each statement is
    read anew a few times only, and there are few blocks. The last one of a range takes in all.
    """
    at, end = 0, size
    before: list[Span] = []
    for one in spans:
        if one.first > at:
            end = one.first
            break
        before.append(one)
        at = one.upto
    if at >= end:
        return None
    number = at // RANGE
    upto = min(end, (number + 1) * RANGE)
    first, absorbed = at, []
    for one in reversed(_of_range(before, number)):
        if upto % RANGE and one.upto - one.first > upto - first:
            break
        first = one.first
        absorbed.append(one)
    return Piece(first, upto, tuple(reversed(absorbed)))


def _of_range(spans: Sequence[Span], number: int) -> list[Span]:
    return [one for one in spans if one.first // RANGE == number]


def _next(connection: Connection, channel: bytes) -> tuple[list[Span], Piece | None]:
    """Blocks about statements that are not there any more, and what is to be made next."""
    spans = search.spans(connection, channel)
    stale: list[Span] = []
    while spans and search.leaf_at(connection, channel, spans[-1].upto - 1) != spans[-1].leaf:
        stale.append(spans.pop())
    piece = planned(spans, search.size(connection, channel))
    return stale, piece


def _drop(desk: Desk, channel: bytes, stale: Sequence[Span]) -> None:
    with desk.database.write(channel) as connection:
        search.drop(connection, [one.id for one in stale])


def _add(desk: Desk, channel: bytes, piece: Piece) -> int:
    """Make one block; returns how many statements it has that no block had.

    None where others were quicker, or something was forgotten in between.
    """
    number = piece.first // RANGE
    # Before the record is read: what is erased after that has another key, and is noticed below.
    key = desk.index_keys.ensure(channel, number)
    salt = secrets.token_bytes(SALT_BYTES)
    with desk.database.read() as connection:
        piece = _fitting(connection, channel, piece)
        documents = _documents(desk, connection, channel, piece.first, piece.upto)
        leaf = search.leaf_at(connection, channel, piece.upto - 1)
    if leaf is None or len(documents) != piece.upto - piece.first:
        return 0
    header, rows = index.build(piece.first, documents, Blinding(key, salt))
    block = BlockRow(
        secrets.randbits(_ID_BITS), channel, piece.first, piece.upto, leaf, salt, header
    )
    gone = {one.id for one in piece.absorbed}
    with desk.database.write(channel) as connection:
        spans = search.spans(connection, channel)
        stays = [one for one in spans if one.id not in gone]
        overlaps = any(one.first < piece.upto and piece.first < one.upto for one in stays)
        if (
            overlaps
            or len(spans) - len(stays) != len(gone)
            or desk.index_keys.look(channel, number, again=True) != key
            or search.leaf_at(connection, channel, piece.upto - 1) != leaf
        ):
            return 0
        search.drop(connection, sorted(gone))
        search.add(connection, block, rows.items())
    return piece.upto - piece.first - sum(one.upto - one.first for one in piece.absorbed)


def _fitting(connection: Connection, channel: bytes, piece: Piece) -> Piece:
    """As much of a piece as goes into one block: nothing absorbed, and fewer, where it is much."""

    def bytes_of(first: int) -> dict[int, int]:
        return log.body_sizes(connection, channel, range(first, piece.upto))

    if piece.absorbed and sum(bytes_of(piece.first).values()) > BLOCK_BYTES:
        piece = Piece(piece.absorbed[-1].upto, piece.upto, ())
    total = 0
    sizes = bytes_of(piece.first)
    for position in range(piece.first, piece.upto):
        total += sizes.get(position, 0)
        if total > BLOCK_BYTES and position > piece.first:
            return Piece(piece.first, position, ())
    return piece


def _documents(
    desk: Desk, connection: Connection, channel: bytes, first: int, upto: int
) -> list[Document]:
    sealed = log.bodies(connection, channel, range(first, upto))
    found: list[Document] = []
    entries = list(log.in_order(connection, channel, first, upto))
    known = views.some_cases(connection, channel, {entry.case_id for entry in entries})
    for entry in entries:
        kept = sealed.get(entry.position)
        texts: tuple[str, ...] = ()
        if kept is not None:
            try:
                opened_ = desk.vault.open(kept.slot, kept.sealed, entry.leaf)
                texts = index.texts_of(bodies.read(opened_))
            except ParleyError:
                # A body that cannot be read has no words; fsck names it.
                texts = ()
        type_ = statement.parse(entry.data).act.type
        listed = entry.case_id in known
        found.append(Document(entry.case_id, listed, type_, entry.author, entry.iat, texts))
    return found
