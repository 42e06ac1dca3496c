"""Writing the file that proves entries of our house record."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple

from msgspec import Struct
from sqlalchemy import Connection

from parley.crypto import checkpoint, merkle
from parley.crypto.checkpoint import Checkpoint
from parley.crypto.keys import LogKey
from parley.kernel import cbor
from parley.kernel.errors import ParleyError
from parley.kernel.reasons import Reason
from parley.record.dossier.format import LetterItem, frame
from parley.record.evidence.format import EndItem, KeysItem
from parley.record.house import format as fmt
from parley.record.house.format import EntryItem, Header, NoteItem
from parley.record.keyring import Keyring
from parley.store import house_log
from parley.store.files import written
from parley.store.house_log import LogRow


class Written(NamedTuple):
    """What was written: how many entries, of how many, and the length of the file in bytes."""

    entries: int
    size: int
    bytes: int


def write(
    connection: Connection,
    keyring: Keyring,
    key: LogKey,
    target: Path,
    now: int,
    positions: Sequence[int] | None = None,
) -> Written:
    """Write the entries at ``positions``, or the whole log, to the new file ``target``.

    The checkpoint is of the log as it stands, and has an ML-DSA-44 signature of ours as well.

    :raises ParleyError: ``house-empty``.
    :raises FileExistsError: where there is a file already.
    """
    head = house_log.head(connection)
    if head is None:
        raise ParleyError(Reason.HOUSE_EMPTY)
    leaves = house_log.leaves(connection)
    party = keyring.letter.party
    origin = fmt.origin(party, head.generation, keyring.current.number)
    signed = Checkpoint(origin, head.size, merkle.root(leaves))
    note = checkpoint.sign_note(signed, key)
    note += checkpoint.cosign(signed, checkpoint.cosigner(party), key, now, post_quantum=True)
    rows: Iterable[LogRow] = house_log.in_order(connection)
    paths: dict[int, list[bytes]] = {}
    if positions is not None:
        paths = merkle.inclusion_paths(leaves, positions)
        rows = (row for row in house_log.in_order(connection) if row.position in paths)
    items: list[Struct] = [
        LetterItem(fmt.LETTER_KIND, keyring.letter.data),
        *(KeysItem(fmt.KEYS_KIND, statement.data) for statement in keyring.statements),
        NoteItem(fmt.NOTE_KIND, head.generation, note),
    ]
    length = 0
    with written(target, new=True) as file:
        for part in _assembled(items, rows, paths, whole=positions is None):
            file.write(part)
            length += len(part)
    return Written(len(paths) if positions is not None else head.size, head.size, length)


def _assembled(
    items: Iterable[Struct],
    rows: Iterable[LogRow],
    paths: dict[int, list[bytes]],
    *,
    whole: bool,
) -> Iterator[bytes]:
    digest = sha256()
    count = 0

    def framed(item: Struct) -> bytes:
        nonlocal count
        data = frame(cbor.encode_model(item))
        digest.update(data)
        count += 1
        return data

    yield framed(Header(fmt.HEADER_KIND, fmt.MAGIC, fmt.VERSION, whole))
    for item in items:
        yield framed(item)
    for row in rows:
        path = tuple(paths.get(row.position, ()))
        yield framed(EntryItem(fmt.ENTRY_KIND, row.position, row.data, path))
    end = EndItem(fmt.END_KIND, count, digest.digest())
    yield frame(cbor.encode_model(end))
