"""Verifying what a party says of its own house, with nothing but the file."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from enum import StrEnum
from pathlib import Path
from typing import BinaryIO, Final, TypeVar

import msgspec

from parley.crypto import checkpoint, merkle
from parley.crypto.checkpoint import Checkpoint
from parley.crypto.merkle import Frontier
from parley.domain.housekeeping import HouseAct
from parley.kernel import cbor, limits
from parley.kernel.errors import ParleyError
from parley.kernel.reasons import Reason
from parley.record import keyring as keyrings
from parley.record import letter as letters
from parley.record.dossier.format import KEY_STATEMENTS, SMALL_ITEM_BYTES, LetterItem, Reader
from parley.record.evidence.format import EndItem, KeysItem
from parley.record.house import format as fmt
from parley.record.house.format import EntryItem, Header, HouseEntry, NoteItem
from parley.record.keyring import Keyring

ENTRIES_MAX: Final = 1 << 20

T = TypeVar("T", bound=msgspec.Struct)


class NotProved(StrEnum):
    """What such a file leaves open. ``parley.presentation.house_page`` has the sentences."""

    IDENTITY = "identity"
    OFFICERS = "officers"
    TIME = "time"
    COMPLETE = "complete"
    OTHER_COPY = "other-copy"
    REVOKED = "revoked"


class Entry(msgspec.Struct, frozen=True):
    """An entry that stands in the log, at ``index``; ``leaf`` identifies it."""

    index: int
    leaf: bytes
    entry: HouseEntry


class HouseReport(msgspec.Struct, frozen=True):
    """What was proved.

    ``party`` is the fingerprint of whose house it is; ``pinned``: the reader named it.
    ``generation`` is how often the log was set back, ``size`` how many entries it has, ``root``
    its root, signed by the log key of ``epoch``. ``whole``: all entries are shown.
    """

    party: bytes
    code: str
    names: dict[str, str]
    pinned: bool
    generation: int
    size: int
    root: bytes
    epoch: int
    whole: bool
    entries: tuple[Entry, ...]
    not_proved: tuple[NotProved, ...]

    @property
    def losses(self) -> tuple[Entry, ...]:
        """The entries that say that the log was set back."""
        return tuple(one for one in self.entries if one.entry.act == HouseAct.LOG_SET_BACK)


def recognise(path: Path) -> bool:
    """Whether the file at ``path`` says that it proves entries of a house record."""
    with path.open("rb") as file:
        return fmt.recognised(file.read(64))


def verify(source: Path | BinaryIO, *, pins: Sequence[bytes] = ()) -> HouseReport:
    """Check the file from its first byte to its last.

    :param pins: fingerprints, or their first 20 bytes; the letter's must be one of them.
    :raises ParleyError: the first fault, with ``item`` (its number from 0).
    """
    if isinstance(source, Path):
        with source.open("rb") as stream:
            return verify(stream, pins=pins)
    reader = Reader(source)
    try:
        return _verify(reader, pins)
    except ParleyError as error:
        facts = {"item": max(reader.number, 0), **error.details}
        raise ParleyError(error.reason, **facts) from error


def _verify(reader: Reader, pins: Sequence[bytes]) -> HouseReport:
    items = iter(reader)
    header = _read(next(items), fmt.HEADER_KIND, Header)
    if header.magic != fmt.MAGIC:
        raise fmt.malformed("header")
    if header.version != fmt.VERSION:
        raise ParleyError(Reason.VERSION_UNSUPPORTED, version=header.version)
    ring, item = _keys(items)
    party = ring.letter.party
    if pins and not any(party.startswith(pin) for pin in pins):
        raise ParleyError(Reason.DOSSIER_PIN)
    note = _read(item, fmt.NOTE_KIND, NoteItem)
    signed, epoch = _signed(note, ring)
    *found, last = _rest(items)
    entries = _whole(found, signed) if header.whole else _some(found, signed)
    end = _read(last, fmt.END_KIND, EndItem)
    if end.items != reader.number or end.digest != reader.digest():
        raise ParleyError(Reason.HOUSE_PROOF_DAMAGED)
    reader.expect_end()
    return HouseReport(
        party=party,
        code=ring.letter.text.code,
        names=dict(ring.letter.text.names),
        pinned=bool(pins),
        generation=note.generation,
        size=signed.size,
        root=signed.root,
        epoch=epoch,
        whole=header.whole,
        entries=tuple(entries),
        not_proved=tuple(
            _open_still(pinned=bool(pins), whole=header.whole, revoked=ring.revoked(epoch))
        ),
    )


def _read(item: bytes, kind: int, shape: type[T]) -> T:
    if fmt.kind_of(item) != kind:
        raise fmt.malformed("items")
    return cbor.decode_as(item, shape, limit=SMALL_ITEM_BYTES)


def _keys(items: Iterator[bytes]) -> tuple[Keyring, bytes]:
    """The party's keys, verified, and the first item behind them."""
    letter = letters.parse(_read(next(items), fmt.LETTER_KIND, LetterItem).data)
    ring = Keyring(letter)
    for item in items:
        if fmt.kind_of(item) != fmt.KEYS_KIND:
            return ring, item
        if ring.number >= KEY_STATEMENTS:
            raise fmt.malformed("keys")
        ring = ring.extended(keyrings.read(_read(item, fmt.KEYS_KIND, KeysItem).data))
    raise fmt.malformed("items")


def _signed(note: NoteItem, ring: Keyring) -> tuple[Checkpoint, int]:
    """The tree head that all entries stand under, and the epoch whose log key signed it.

    The key has signed it twice: with Ed25519 as every checkpoint, and with ML-DSA-44.
    """
    data = note.note.encode()
    signed, lines = checkpoint.parse_note(data, limit=limits.NOTE_BYTES)
    party, _house, number = checkpoint.parse_origin(signed.origin)
    epoch = ring.epoch(number)
    origin = fmt.origin(ring.letter.party, note.generation, number)
    if party != ring.letter.party or len(lines) != 2:
        raise ParleyError(Reason.ORIGIN_MISMATCH)
    checkpoint.verify_note(data, origin, epoch.log, limit=limits.NOTE_BYTES)
    name = checkpoint.cosigner(party)
    kind, key = checkpoint.ML_DSA_44_COSIGNATURE, epoch.log.mldsa44
    checkpoint.verify_cosignature_by(lines[1], signed, name, kind, key)
    return signed, number


def _rest(items: Iterator[bytes]) -> Iterator[bytes]:
    for number, item in enumerate(items):
        if number > ENTRIES_MAX:
            raise ParleyError(Reason.TOO_LARGE, size=number, limit=ENTRIES_MAX)
        yield item


def _whole(items: Sequence[bytes], signed: Checkpoint) -> list[Entry]:
    """All entries of the log: they must give its root.

    :raises ParleyError: ``proof-invalid``, ``house-proof-malformed``.
    """
    frontier = Frontier()
    found: list[Entry] = []
    for item in items:
        read = _read(item, fmt.ENTRY_KIND, EntryItem)
        if read.path or read.index != frontier.size:
            raise fmt.malformed("entry")
        found.append(Entry(read.index, fmt.leaf_of(read.data), fmt.read(read.data)))
        frontier.append(found[-1].leaf)
    if (frontier.size, frontier.root()) != (signed.size, signed.root):
        raise ParleyError(Reason.PROOF_INVALID, fact="root")
    return found


def _some(items: Sequence[bytes], signed: Checkpoint) -> list[Entry]:
    """Single entries, each by its path.

    :raises ParleyError: ``proof-invalid``, ``house-proof-malformed``.
    """
    before = -1
    found: list[Entry] = []
    for item in items:
        read = _read(item, fmt.ENTRY_KIND, EntryItem)
        if read.index <= before:
            raise fmt.malformed("entry")
        before = read.index
        leaf = fmt.leaf_of(read.data)
        root = merkle.root_from_inclusion(leaf, read.index, signed.size, read.path)
        if root != signed.root:
            raise ParleyError(Reason.PROOF_INVALID, fact="root")
        found.append(Entry(read.index, leaf, fmt.read(read.data)))
    return found


def _open_still(*, pinned: bool, whole: bool, revoked: bool) -> Iterator[NotProved]:
    if not pinned:
        yield NotProved.IDENTITY
    yield from (NotProved.OFFICERS, NotProved.TIME, NotProved.OTHER_COPY)
    if not whole:
        yield NotProved.COMPLETE
    if revoked:
        yield NotProved.REVOKED
