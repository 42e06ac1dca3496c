"""The vault: the keys under which bodies and drafts are sealed at rest.

Every body has a key of its own. Keys lie in segment files outside the database and its backups,
drawn ahead of use, so that storing a statement costs no second write to disk; a segment is sealed
under the desk's master key. The database only says which slot of which segment a body uses. So a
body whose slot is gone cannot be opened by any backup of the database.
"""

from __future__ import annotations

import errno
import secrets
from collections.abc import Iterator
from pathlib import Path
from typing import Final, NamedTuple

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy import Connection, func, select, update

from parley.kernel.errors import ParleyError
from parley.kernel.reasons import Reason
from parley.store import dialect, tables
from parley.store.files import sync_folder, write_durably
from parley.store.statements import Prepared, given

KEY_BYTES: Final = 32
SLOTS: Final = 2048

_MAGIC: Final = b"parley-vault-1\n"
_NONCE: Final = 12


# A segment that another transaction takes slots from is passed over, so that nobody waits: there
# are as many segments in use as there are transactions at one time, and those are the last ones.
_OPEN: Final = Prepared(
    select(tables.vault.c.segment, tables.vault.c.used)
    .where(tables.vault.c.used < SLOTS)
    .order_by(tables.vault.c.segment.desc())
    .limit(1)
    .with_for_update(skip_locked=True)
)
_LAST: Final = Prepared(select(func.max(tables.vault.c.segment)))
_BEGIN: Final = Prepared(dialect.inserting_once(tables.vault))
_USE: Final = Prepared(update(tables.vault).where(given(tables.vault.c.segment)), ("used",))


class Slot(NamedTuple):
    """Where a body's key lies."""

    segment: int
    slot: int


class Vault:
    """Seals and opens bodies. ``master`` (32 bytes) seals the segment files in ``folder``."""

    def __init__(self, folder: Path, master: bytes) -> None:
        self._folder = folder
        self._master = AESGCM(master)
        self._segments: dict[int, bytes] = {}

    def take(self, connection: Connection, count: int) -> Iterator[Slot]:
        """Take ``count`` unused slots; they are spent when the transaction commits.

        The segment files are on disk before the first slot of theirs is handed out.

        :raises ParleyError: ``storage-full``, ``vault-unwritable``.
        """
        taken: list[Slot] = []
        while len(taken) < count:
            segment, used = self._open_segment(connection)
            self._ensure(segment)
            more = min(count - len(taken), SLOTS - used)
            taken.extend(Slot(segment, used + i) for i in range(more))
            _USE.run(connection, {"segment_": segment, "used": used + more})
        return iter(taken)

    def _open_segment(self, connection: Connection) -> tuple[int, int]:
        """A segment with unused slots, this transaction's until it ends; how many are used."""
        while True:
            row = _OPEN.row(connection, {})
            if row is not None:
                return row[0], row[1]
            (last,) = _LAST.row(connection, {})
            # Two that begin the same segment: the second waits for the first, and looks again.
            _BEGIN.run(connection, {"segment": 0 if last is None else last + 1, "used": 0})

    def seal(self, slot: Slot, plaintext: bytes, bound_to: bytes) -> bytes:
        """Seal ``plaintext`` under the slot's key; it opens only with the same ``bound_to``."""
        nonce = secrets.token_bytes(_NONCE)
        return nonce + AESGCM(self._key(slot)).encrypt(nonce, plaintext, bound_to)

    def open(self, slot: Slot, sealed: bytes, bound_to: bytes) -> bytes:
        """Open what :meth:`seal` made.

        :raises ParleyError: ``body-unreadable``.
        """
        try:
            return AESGCM(self._key(slot)).decrypt(sealed[:_NONCE], sealed[_NONCE:], bound_to)
        except (InvalidTag, ValueError) as error:
            raise ParleyError(Reason.BODY_UNREADABLE) from error

    def _key(self, slot: Slot) -> bytes:
        keys = self._segments.get(slot.segment)
        if keys is None:
            keys = self._segments[slot.segment] = self._load(slot.segment)
        return keys[slot.slot * KEY_BYTES : (slot.slot + 1) * KEY_BYTES]

    def _path(self, segment: int) -> Path:
        return self._folder / f"{segment:08d}.keys"

    def _load(self, segment: int) -> bytes:
        try:
            data = self._path(segment).read_bytes()
        except FileNotFoundError as error:
            raise ParleyError(Reason.VAULT_DAMAGED, segment=segment) from error
        start = len(_MAGIC)
        try:
            if data[:start] != _MAGIC:
                raise ParleyError(Reason.VAULT_DAMAGED, segment=segment)
            nonce, sealed = data[start : start + _NONCE], data[start + _NONCE :]
            return self._master.decrypt(nonce, sealed, _aad(segment))
        except (InvalidTag, ValueError) as error:
            raise ParleyError(Reason.VAULT_DAMAGED, segment=segment) from error

    def _ensure(self, segment: int) -> None:
        """Have the segment's file on disk; one that is there is never replaced."""
        if segment in self._segments:
            return
        path = self._path(segment)
        try:
            if path.exists():
                # Whoever put it there may have ended before its name was on disk.
                sync_folder(path.parent)
                return
            keys, nonce = secrets.token_bytes(SLOTS * KEY_BYTES), secrets.token_bytes(_NONCE)
            data = _MAGIC + nonce + self._master.encrypt(nonce, keys, _aad(segment))
            try:
                write_durably(path, data, new=True)
            except FileExistsError:
                # Another process was quicker; anything else in the way is an error.
                if not path.exists():
                    raise
        except OSError as error:
            if error.errno in {errno.ENOSPC, errno.EDQUOT}:
                raise ParleyError(Reason.STORAGE_FULL) from error
            fact = errno.errorcode.get(error.errno or 0, type(error).__name__)
            raise ParleyError(Reason.VAULT_UNWRITABLE, fact=fact) from error


def _aad(segment: int) -> bytes:
    return _MAGIC + segment.to_bytes(8, "big")
