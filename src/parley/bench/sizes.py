"""What a statement takes on the wire and on disk."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from parley.bench.desks import Pair
from parley.store import log


class SizeResult(NamedTuple):
    """Bytes a statement, on average over a made record.

    ``signed`` the statement itself, ``body`` its sealed body, ``disk`` all that the desk's folder
    grew by: database, indexes, proofs, views, keys of bodies.
    """

    statements: int
    signed: float
    body: float
    disk: float


def run(pair: Pair, folder: Path, before: int) -> SizeResult:
    """Measure the left desk, whose ``folder`` had ``before`` bytes when its record was empty."""
    signed = body = count = 0
    with pair.left.database.read() as connection:
        for entry in log.in_order(connection, pair.channel_id):
            signed += len(entry.data)
            count += 1
        for start in range(0, count, 500):
            positions = range(start, min(start + 500, count))
            body += sum(log.body_sizes(connection, pair.channel_id, positions).values())
    return SizeResult(count, signed / count, body / count, (disk(folder) - before) / count)


def disk(folder: Path) -> int:
    """Bytes of all files in a folder."""
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
