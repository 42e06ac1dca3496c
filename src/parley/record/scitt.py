"""A channel as SCITT transparent statements (RFC 9943): each with the other side's receipt in it.

A statement is a signed statement already, and the receipt an RFC 9942 one; here the receipt goes
into the statement's unprotected header (label 394). Who wants to check it takes it out again: the
leaf is the hash of the statement with an empty unprotected header.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path
from typing import Final, NamedTuple

import msgspec
from sqlalchemy import Connection

from parley.crypto import cose, receipt
from parley.kernel import limits
from parley.record.channel import Channel
from parley.record.dossier.paths import Paths
from parley.record.dossier.proofs import Merge, in_log_order
from parley.store import log
from parley.store.files import written
from parley.store.log import Entry
from parley.store.proofs import ReceiptRow

RECEIPTS: Final = 394
"""Header parameter 'receipts' (RFC 9942, section 6.1)."""

SUFFIX: Final = ".scitt"
KEYS_FILE: Final = "keys.json"
_BLOCK: Final = 50_000
"""Statements for which paths are in memory at once: each block costs one pass over the logs."""

_IN_FOLDER: Final = 1000

Progress = Callable[[int], None]
"""Called with the number of statements looked at so far."""


class Exported(NamedTuple):
    """How many statements a folder holds, how many of them are new, how many lack a receipt."""

    statements: int
    written: int
    without_receipt: int


class _Found(NamedTuple):
    entry: Entry
    place: int
    row: ReceiptRow


def transparent(data: bytes, receipts: list[bytes]) -> bytes:
    """A signed statement with receipts in its unprotected header.

    :raises ParleyError: as :func:`parley.crypto.cose.parse_sign1`.
    """
    parsed = cose.parse_sign1(data, limit=limits.STATEMENT_BYTES)
    header = {RECEIPTS: receipts}
    return cose.assemble(parsed.protected, parsed.payload, parsed.signature, header)


def export(connection: Connection, channel: Channel, folder: Path, progress: Progress) -> Exported:
    """Write every statement of the channel that has a receipt into ``folder``.

    What is there already stays: a statement's first receipt is its receipt.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with written(folder / KEYS_FILE) as file:
        file.write(msgspec.json.format(msgspec.json.encode(_keys(channel)), indent=2) + b"\n")
    merges = [Merge(connection, channel, author) for author in range(2)]
    entries = log.in_order(connection, channel.id)
    looked = fresh = found = 0
    while block := list(islice(entries, _BLOCK)):
        looked += len(block)
        receipted = list(_receipted(block, merges))
        found += len(receipted)
        fresh += _write(connection, channel, folder, receipted)
        progress(looked)
    return Exported(found, fresh, looked - found)


def _receipted(block: list[Entry], merges: list[Merge]) -> Iterator[_Found]:
    for entry in block:
        merge = merges[entry.author]
        index = merge.index_in_other(entry.seq)
        row = merge.receipt(entry.seq)
        if row is not None:
            yield _Found(entry, index, row)


def _write(connection: Connection, channel: Channel, folder: Path, receipted: list[_Found]) -> int:
    missing = [(one, _target(folder, one.entry)) for one in receipted]
    missing = [(one, target) for one, target in missing if not target.exists()]
    paths = (Paths(), Paths())
    for one, _target_path in missing:
        paths[one.row.issuer].want(one.place, one.row.size)
    for issuer, wanted in enumerate(paths):
        wanted.build(in_log_order(connection, channel, issuer, wanted.size))
    for (entry, index, row), target in missing:
        path = paths[row.issuer].path(index, row.size)
        proof = receipt.assemble(row.protected, row.signature, row.size, index, path)
        target.parent.mkdir(exist_ok=True)
        # Not synced one by one: an export that a crash cuts short is made again.
        part = target.with_suffix(".part")
        part.write_bytes(transparent(entry.data, [proof]))
        part.replace(target)
    return len(missing)


def _target(folder: Path, entry: Entry) -> Path:
    group = f"{entry.position // _IN_FOLDER:06d}"
    return folder / group / f"{entry.position:09d}-{entry.leaf.hex()[:12]}{SUFFIX}"


def _keys(channel: Channel) -> dict[str, object]:
    """The keys with which foreign tools verify: raw Ed25519, in hexadecimal."""
    return {
        "channel": channel.id.hex(),
        "parties": [
            {
                "party": letter.party.hex(),
                "code": letter.text.code,
                "statement_key": letter.statement_key.raw.hex(),
                "receipt_key": letter.log_key.ed25519.raw.hex(),
            }
            for letter in channel.letters
        ],
    }
