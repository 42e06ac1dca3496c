"""What a witness keeps, in files: one folder a log, and nothing of what the log says.

====================  =====================================================================
``log``               which log: its origin, the letter of the party that signs it, and its key
                      statements since
``latest``            the newest checkpoint that was cosigned, with our cosignatures
``history``           checkpoints cosigned before, to know a second root when it is shown
``forks/``            evidence, one file each, ready for ``parley dossier verify``
``of``                alone in its folder: which log this is under newer keys, as another origin
====================  =====================================================================

A file is replaced whole and synced before anything that it says leaves the machine.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from hashlib import sha256
from pathlib import Path
from typing import Annotated, Final, TypeVar

import msgspec
from msgspec import Meta

from parley.crypto import checkpoint, merkle
from parley.crypto.checkpoint import Checkpoint
from parley.kernel import cbor, limits
from parley.kernel.errors import ParleyError
from parley.kernel.ids import Count
from parley.kernel.reasons import Reason
from parley.record import letter as letters
from parley.record.evidence import format as fmt
from parley.record.evidence.export import vouched
from parley.record.evidence.format import Claim, NoteItem, ProofItem
from parley.record.keyring import Keyring
from parley.record.letter import Letter
from parley.store.files import write_durably

HISTORY_NOTES: Final = 1024
"""So many earlier checkpoints of a log are kept at least."""

FORKS: Final = 100
"""So many proofs are kept for a log: one convicts as well as many."""

KEY_STATEMENTS: Final = 64
"""So many key statements of the party are kept for a log."""

_T = TypeVar("_T", bound=msgspec.Struct)

_VERSION: Final = 1
_NAME_BYTES: Final = 64
_NAME: Final = re.compile(rb"[0-9a-f]{64}")
_FILE_BYTES: Final = 1 * limits.MIB
_HISTORY_BYTES: Final = 2 * HISTORY_NOTES * 1024


class _Log(msgspec.Struct, frozen=True, array_like=True, forbid_unknown_fields=True):
    version: Annotated[int, Meta(ge=_VERSION, le=_VERSION)]
    origin: Annotated[str, Meta(max_length=255)]
    letter: Annotated[bytes, Meta(max_length=limits.LETTER_BYTES)]
    added_at: Count
    keys: Annotated[tuple[bytes, ...], Meta(max_length=KEY_STATEMENTS)] = ()


class Latest(msgspec.Struct, frozen=True, array_like=True, forbid_unknown_fields=True):
    """The newest checkpoint that was cosigned: the log's own note, our lines, and when."""

    version: Annotated[int, Meta(ge=_VERSION, le=_VERSION)]
    note: Annotated[str, Meta(max_length=limits.NOTE_BYTES)]
    lines: Annotated[str, Meta(max_length=limits.NOTE_BYTES)]
    at: Count

    @property
    def signed(self) -> Checkpoint:
        """The checkpoint."""
        return checkpoint.parse_note(self.note.encode())[0]


def log_id(origin: str) -> str:
    """The name under which a log is kept and asked for: SHA-256 of its origin, in hexadecimal."""
    return sha256(origin.encode()).hexdigest()


def alias_of(folder: Path) -> str | None:
    """The name of the log of which ``folder`` is another name; None where it is none.

    :raises ParleyError: ``witness-state-damaged``.
    """
    data = _read(folder / "of", _NAME_BYTES)
    if data is None:
        return None
    if not _NAME.fullmatch(data):
        raise ParleyError(Reason.WITNESS_STATE_DAMAGED)
    return data.decode()


class WatchedLog:
    """One log. Whoever uses it sees to it that nobody else does at the same time."""

    def __init__(self, folder: Path, kept: _Log) -> None:
        self._folder = folder
        self.origin = kept.origin
        self.ring = Keyring.of(letters.parse(kept.letter), kept.keys)
        self.added_at = kept.added_at
        self._latest: Latest | None = None

    @classmethod
    def add(cls, folder: Path, origin: str, letter: Letter, now: int) -> WatchedLog:
        """Begin to watch a log, in a new folder.

        :raises ParleyError: ``log-known``.
        """
        if folder.exists():
            raise ParleyError(Reason.LOG_KNOWN)
        kept = _Log(_VERSION, origin, letter.data, now)
        write_durably(folder / "log", cbor.encode_model(kept))
        return cls(folder, kept)

    @property
    def letter(self) -> Letter:
        """The letter of the party whose log it is."""
        return self.ring.letter

    def extend(self, ring: Keyring) -> None:
        """Keep newer keys of the party: the same log goes on under them, by another origin.

        :raises ParleyError: ``too-large`` where there is no room for them.
        """
        keys = tuple(one.data for one in ring.statements)
        data = cbor.encode_model(_Log(_VERSION, self.origin, self.letter.data, self.added_at, keys))
        if len(keys) > KEY_STATEMENTS or len(data) > _FILE_BYTES:
            raise ParleyError(Reason.TOO_LARGE, size=len(data), limit=_FILE_BYTES)
        write_durably(self._folder / "log", data)
        self.ring = ring

    def alias(self, origin: str) -> None:
        """Have the log found by another origin of its own."""
        path = self._folder.parent / log_id(origin) / "of"
        if not path.exists():
            write_durably(path, self._folder.name.encode())

    @classmethod
    def open(cls, folder: Path) -> WatchedLog:
        """A log that is watched.

        :raises ParleyError: ``log-unknown``, ``witness-state-damaged``.
        """
        data = _read(folder / "log")
        if data is None:
            raise ParleyError(Reason.LOG_UNKNOWN)
        return cls(folder, _decoded(data, _Log))

    @property
    def latest(self) -> Latest | None:
        """The newest checkpoint that was cosigned; none where there is none yet.

        :raises ParleyError: ``witness-state-damaged``: a witness that has forgotten what it signed
            signs nothing more.
        """
        if self._latest is None:
            data = _read(self._folder / "latest")
            self._latest = None if data is None else _decoded(data, Latest)
        return self._latest

    def head(self) -> tuple[int, bytes]:
        """Size and root that were cosigned last; those of the empty tree where nothing was."""
        if self.latest is None:
            return 0, merkle.EMPTY_ROOT
        signed = self.latest.signed
        return signed.size, signed.root

    def advance(self, latest: Latest) -> None:
        """Keep a new head durably. Its cosignatures may leave afterwards, and not before."""
        before = self.latest
        if before is not None and _place(before) != _place(latest):
            self._append(before.note)
        write_durably(self._folder / "latest", cbor.encode_model(latest))
        self._latest = latest

    def note_at(self, origin: str, size: int) -> str | None:
        """The note of this origin and size that was cosigned, as far as it is kept."""
        wanted = [origin, str(size)]
        if self.latest is not None and self.latest.note.split("\n", 2)[:2] == wanted:
            return self.latest.note
        return next((note for note in self._history() if note.split("\n", 2)[:2] == wanted), None)

    def forks(self) -> list[Path]:
        """The proofs that are kept, by name."""
        return sorted((self._folder / "forks").glob("*.evidence"))

    def keep_roots(self, first: str, second: str) -> None:
        """Keep two notes of one size with different roots."""
        notes = [NoteItem(fmt.NOTE_KIND, note) for note in (first, second)]
        self._keep(Claim.ROOTS, notes)

    def keep_history(self, first: str, second: str, proof: ProofItem) -> None:
        """Keep two notes of which the second does not continue the first, as ``proof`` shows."""
        notes = [NoteItem(fmt.NOTE_KIND, note) for note in (first, second)]
        self._keep(Claim.HISTORY, [*notes, proof])

    def _keep(self, claim: Claim, items: Sequence[msgspec.Struct]) -> None:
        data = b"".join(fmt.assembled(claim, [*vouched(self.ring), *items]))
        path = self._folder / "forks" / f"{sha256(data).hexdigest()}.evidence"
        if not path.exists() and len(self.forks()) < FORKS:
            write_durably(path, data)

    def _history(self) -> Iterator[str]:
        data = _read(self._folder / "history", _HISTORY_BYTES + _FILE_BYTES) or b""
        # A note ends with a line feed of its own; what a crash cut short has no NUL behind it.
        for part in data.split(b"\x00")[:-1]:
            yield part.decode()

    def _append(self, note: str) -> None:
        path = self._folder / "history"
        if path.exists() and path.stat().st_size > _HISTORY_BYTES:
            kept = list(self._history())[-HISTORY_NOTES:]
            write_durably(path, b"".join(one.encode() + b"\x00" for one in kept))
        with path.open("ab") as file:
            file.write(note.encode() + b"\x00")


def _place(latest: Latest) -> tuple[str, int]:
    return latest.signed.origin, latest.signed.size


def _read(path: Path, limit: int = _FILE_BYTES) -> bytes | None:
    try:
        with path.open("rb") as file:
            data = file.read(limit + 1)
    except FileNotFoundError:
        return None
    if len(data) > limit:
        raise ParleyError(Reason.WITNESS_STATE_DAMAGED)
    return data


def _decoded(data: bytes, shape: type[_T]) -> _T:
    try:
        return cbor.decode_as(data, shape, limit=_FILE_BYTES)
    except ParleyError as error:
        raise ParleyError(Reason.WITNESS_STATE_DAMAGED) from error
