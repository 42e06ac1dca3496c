"""Appending with a receipt, beside the same signatures, verifications and commits alone."""

from __future__ import annotations

import os
import sqlite3
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, ThreadPoolExecutor
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any, Final, NamedTuple

from parley.application import exchange
from parley.application.message import Message
from parley.bench import desks, measure
from parley.bench.desks import Pair
from parley.bench.measure import Ratio
from parley.crypto import sealing
from parley.crypto.keys import SealingKey, StatementKey
from parley.kernel import ids
from parley.wire import post

BATCHES: Final = {1: 100, 100: 10, 1000: 3}
"""Statements in a batch, and how many batches make a round."""

_SMALL_ROUNDS: Final = 3
"""Times as many rounds with batches of one: whatever else a machine does weighs most on them."""

THREADS: Final = os.cpu_count() or 1
"""Threads that verify, of the desk and of the bare loop."""

_RECORD: Final = ("statements", "bodies", "receipts", "checkpoints", "cosignatures")
_WARM_UP: Final = 3
_INFO: Final = bytes(32)


class AppendResult(NamedTuple):
    """One size of batch. Times are seconds for one batch.

    ``record`` is what the record costs (verify, append, receipt, cosign, one commit), ``frame`` the
    whole way of a sealed frame in and its reply out. ``frame_bytes`` is the length of the request.
    """

    batch: int
    record: Ratio
    frame: Ratio
    frame_bytes: int


class _Round(NamedTuple):
    record: float
    bare_record: float
    frame: float
    bare_frame: float
    frame_bytes: int


def run(folder: Path, rounds: int) -> list[AppendResult]:
    """Measure all sizes of batch below ``folder``."""
    results: list[AppendResult] = []
    right = folder / desks.CODES[1] / "desk.db"
    with desks.opened(folder) as pair, _bare(right, folder / "bare.db") as bare:
        for batch, count in BATCHES.items():
            for _ in range(_WARM_UP):
                _one(pair, bare, batch)
            measured = [
                _mean([_one(pair, bare, batch) for _ in range(count)])
                for _ in range(rounds * (_SMALL_ROUNDS if batch == 1 else 1))
            ]
            results.append(
                AppendResult(
                    batch,
                    measure.compared([(one.record, one.bare_record) for one in measured]),
                    measure.compared([(one.frame, one.bare_frame) for one in measured]),
                    measured[-1].frame_bytes,
                )
            )
    return results


def _mean(batches: list[_Round]) -> _Round:
    count = len(batches)
    return _Round(
        sum(one.record for one in batches) / count,
        sum(one.bare_record for one in batches) / count,
        sum(one.frame for one in batches) / count,
        sum(one.bare_frame for one in batches) / count,
        batches[-1].frame_bytes,
    )


def _one(pair: Pair, bare: _Bare, batch: int) -> _Round:
    """Two batches of the left desk, which the right one takes in: as a message, and as a frame."""
    _append(pair, batch)
    outgoing = exchange.compose(pair.left, pair.channel_id)
    start = time.perf_counter()
    reply = exchange.handle(pair.right, outgoing.message, bytes(32), epoch=0)
    record = time.perf_counter() - start
    exchange.settle(pair.left, outgoing, reply.message, epoch=0)
    bare_record = measure.timed(bare.like(outgoing.message, None))

    _append(pair, batch)
    outgoing = exchange.compose(pair.left, pair.channel_id)
    frame, digest = post.request(pair.left, outgoing)
    start = time.perf_counter()
    answer = post.answer(pair.right, frame)
    framed = time.perf_counter() - start
    post.settle(pair.left, outgoing, digest, answer)
    bare_frame = measure.timed(bare.like(outgoing.message, len(answer)))
    return _Round(record, bare_record, framed, bare_frame, len(frame))


def _append(pair: Pair, batch: int) -> None:
    channel = pair.channel(pair.left)
    contents = [desks.inquiry(channel, ids.new_case_id()) for _ in range(batch)]
    desks.append(pair, pair.left, contents)


class _Bare:
    """The same signatures, verifications and one FULL commit of the same rows, and nothing else.

    Its database began as a copy of the right desk's, and gets the rows of each batch as that desk
    wrote them into its record, by one ``executemany`` a table.
    """

    def __init__(self, theirs: sqlite3.Connection, own: sqlite3.Connection, pool: Executor) -> None:
        self._theirs = theirs
        self._own = own
        self._pool = pool
        self._key = StatementKey.generate()
        self._sealing = SealingKey.generate()
        self._taken = dict.fromkeys(_RECORD, 0)
        self._rows()

    def _rows(self) -> list[tuple[str, list[tuple[Any, ...]]]]:
        """What the desk has added to its record since the last call: SQL, and the rows."""
        found: list[tuple[str, list[tuple[Any, ...]]]] = []
        for table, after in self._taken.items():
            query = f"SELECT rowid, * FROM {table} WHERE rowid > ? ORDER BY rowid"  # noqa: S608
            rows = self._theirs.execute(query, (after,)).fetchall()
            if rows:
                self._taken[table] = rows[-1][0]
                marks = ", ".join("?" * (len(rows[0]) - 1))
                insert = f"INSERT INTO {table} VALUES ({marks})"  # noqa: S608 - names of ours
                found.append((insert, [row[1:] for row in rows]))
        return found

    def like(self, message: Message, answer_bytes: int | None) -> Callable[[], None]:
        """What cannot be left out of taking ``message`` in, as the desk just has.

        With ``answer_bytes`` also for the frame around it: its signature and seal, and those of an
        answer of that length. A test counts that the desk verifies and signs as often.
        """
        rows = self._rows()
        data = [sent.data for sent in message.statements]
        signed = [(self._key.sign(one), one) for one in data]
        shares = [signed[number::THREADS] for number in range(THREADS)]
        frame = sealing.seal(b"".join(data), _INFO, self._sealing.public)
        frame_signature = self._key.sign(frame)
        verify, sign = self._key.public.verify, self._key.sign

        def verify_share(share: list[tuple[bytes, bytes]]) -> None:
            for signature, one in share:
                verify(signature, one)

        def work() -> None:
            if answer_bytes is not None:
                verify(frame_signature, frame)
                sealing.open(frame, _INFO, self._sealing)
            if len(data) > THREADS:
                list(self._pool.map(verify_share, shares))
            else:
                verify_share(signed)
            # Beside the statements: the checkpoint, and the cosignature and receipts that are new.
            for _ in range(2 + len(message.receipts)):
                verify(*signed[0])
            for _ in range(4):  # the receipt, our checkpoint, our cosignature, our word on heads
                sign(data[0])
            self._own.execute("BEGIN IMMEDIATE")
            for insert, values in rows:
                self._own.executemany(insert, values)
            self._own.execute("COMMIT")
            if answer_bytes is not None:
                sign(sealing.seal(bytes(answer_bytes), _INFO, self._sealing.public))

        return work


@contextmanager
def _bare(desk: Path, path: Path) -> Iterator[_Bare]:
    with (
        closing(sqlite3.connect(desk, isolation_level=None)) as theirs,
        closing(sqlite3.connect(path, isolation_level=None)) as own,
        ThreadPoolExecutor(THREADS) as pool,
    ):
        theirs.backup(own)
        own.execute("PRAGMA journal_mode=WAL")
        own.execute("PRAGMA synchronous=FULL")
        yield _Bare(theirs, own, pool)


def syncs_per_second(path: Path) -> float:
    """How often a second the disk takes a block and syncs it."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT, 0o600)
    try:
        start, count = time.perf_counter(), 0
        while (passed := time.perf_counter() - start) < 1:
            os.pwrite(descriptor, bytes(4096), count * 4096)
            os.fsync(descriptor)
            count += 1
    finally:
        os.close(descriptor)
    return count / passed
