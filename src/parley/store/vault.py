"""The vault: the keys under which bodies and drafts are sealed at rest.

Every body has a key of its own. Keys lie in segment files outside the database, drawn ahead of
use, so that storing a statement costs no second write to disk. A segment is sealed under a random
wrapping key, which lies in a small file of its own, sealed under the desk's master key. The
database only says which slot of which segment a body uses. So a body whose slot is gone cannot be
opened by any backup of the database; and once a segment was wrapped anew and its old wrapping key
destroyed, no copy of the old segment file opens either, whoever has it and whatever else they have.

======================  ====================================================================
``SEGMENT.keys``        the segment: which wrapping key it is under, and the keys
``SEGMENT-ID.wrap``     that wrapping key; never in a backup, destroyed when it is replaced
======================  ====================================================================
"""

from __future__ import annotations

import errno
import hmac
import os
import secrets
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final, NamedTuple

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy import Connection, func, select, update

from parley.kernel.errors import ParleyError
from parley.kernel.reasons import Reason
from parley.store import dialect, tables
from parley.store.files import shred, sync_folder, write_durably
from parley.store.statements import Prepared, given

KEY_BYTES: Final = 32
SLOTS: Final = 2048
SEGMENTS: Final = "*.keys"
"""The names of segment files."""

_MAGIC: Final = b"parley-vault-2\n"
_WRAP_MAGIC: Final = b"parley-wrap-1\n"
_NONCE: Final = 12
_WRAP_ID: Final = 8
_TAGS: Final = b"parley-vault-tags-1"
_DERIVED: Final = b"parley-vault-derived-1\n"


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
    """Seals and opens bodies. ``master`` (32 bytes) seals the wrapping keys in ``folder``."""

    def __init__(self, folder: Path, master: bytes) -> None:
        self._folder = folder
        self._master = AESGCM(master)
        self._tagging = hmac.digest(master, _TAGS, "sha256")
        self._segments: dict[int, bytes] = {}
        self._loaded: dict[int, int] = {}

    def tag(self, context: bytes, *parts: bytes) -> bytes:
        """A keyed hash, 32 bytes: finds again what it was made of, and tells nobody else of it.

        ``parts`` have lengths that ``context`` settles.
        """
        return hmac.digest(self._tagging, context + b"\n" + b"".join(parts), "sha256")

    def cipher(self, slot: Slot, context: bytes) -> AESGCM:
        """A cipher of its own for each ``context`` under the slot's key.

        For what is too large for :meth:`seal`, by a caller who uses no nonce for two texts.
        """
        return AESGCM(hmac.digest(self._key(slot), _DERIVED + context, "sha256"))

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

    # --- destroying ---------------------------------------------------------------------------

    def destroy(self, slots: Iterable[Slot]) -> None:
        """Destroy the keys in ``slots``: nothing that was sealed under them opens any more.

        The other keys of each segment are wrapped under a new random key, and the old one is
        overwritten and removed. What was destroyed before may be destroyed again: whoever was
        interrupted begins anew. One process at a time: the caller holds the lock of the house.

        :raises ParleyError: ``vault-damaged``, ``storage-full``, ``vault-unwritable``.
        """
        of_segment: dict[int, list[int]] = {}
        for slot in slots:
            of_segment.setdefault(slot.segment, []).append(slot.slot)
        for segment, numbers in sorted(of_segment.items()):
            # Another process may have wrapped it anew since this one read it.
            self._segments.pop(segment, None)
            keys = bytearray(self._load(segment))
            for number in numbers:
                # Not zeros: whatever were sealed there by mistake would be under a known key.
                keys[number * KEY_BYTES : (number + 1) * KEY_BYTES] = secrets.token_bytes(KEY_BYTES)
            with _writing():
                self._put(segment, bytes(keys), new=False)
                self._destroy_old(segment)

    def refresh(self) -> None:
        """Forget keys that another process has destroyed since this one read them."""
        for segment, loaded in list(self._loaded.items()):
            try:
                current = self._path(segment).stat().st_mtime_ns
            except OSError:
                current = -1
            if current != loaded:
                self._loaded.pop(segment, None)
                self._segments.pop(segment, None)

    # --- files --------------------------------------------------------------------------------

    def _path(self, segment: int) -> Path:
        return self._folder / f"{segment:08d}.keys"

    def _load(self, segment: int) -> bytes:
        named = None
        while True:
            data, loaded = self._read(segment)
            before, named = named, wrap_of(data)
            if named is None:
                raise ParleyError(Reason.VAULT_DAMAGED, segment=segment)
            try:
                cipher = AESGCM(self._wrap(segment, named))
                start = len(_MAGIC) + _WRAP_ID
                keys = _unsealed(cipher, data[start:], segment, _MAGIC, named)
            except ParleyError:
                # Another process may have wrapped it anew between the two files.
                if before == named:
                    raise
                continue
            if len(keys) != SLOTS * KEY_BYTES:
                raise ParleyError(Reason.VAULT_DAMAGED, segment=segment)
            self._loaded[segment] = loaded
            return keys

    def _read(self, segment: int) -> tuple[bytes, int]:
        """A segment file, and when it was put there (nanoseconds)."""
        try:
            with self._path(segment).open("rb") as file:
                return file.read(), os.fstat(file.fileno()).st_mtime_ns
        except FileNotFoundError as error:
            raise ParleyError(Reason.VAULT_DAMAGED, segment=segment) from error

    def _wrap(self, segment: int, named: bytes) -> bytes:
        path = wrap_path(self._folder, segment, named)
        try:
            data = path.read_bytes()
        except FileNotFoundError as error:
            raise ParleyError(Reason.VAULT_KEY_MISSING, path=str(path)) from error
        if not data.startswith(_WRAP_MAGIC):
            raise ParleyError(Reason.VAULT_DAMAGED, segment=segment)
        key = _unsealed(self._master, data[len(_WRAP_MAGIC) :], segment, _WRAP_MAGIC, named)
        if len(key) != KEY_BYTES:
            raise ParleyError(Reason.VAULT_DAMAGED, segment=segment)
        return key

    def _ensure(self, segment: int) -> None:
        """Have the segment's file on disk; one that is there is never replaced."""
        if segment in self._segments:
            return
        path = self._path(segment)
        with _writing():
            if path.exists():
                # Whoever put it there may have ended before its name was on disk.
                sync_folder(path.parent)
                return
            try:
                self._put(segment, secrets.token_bytes(SLOTS * KEY_BYTES), new=True)
            except FileExistsError:
                # Another process was quicker; anything else in the way is an error.
                if not path.exists():
                    raise

    def _put(self, segment: int, keys: bytes, *, new: bool) -> None:
        """Put a segment in place under a new wrapping key, which is on disk before."""
        named, wrapping = secrets.token_bytes(_WRAP_ID), secrets.token_bytes(KEY_BYTES)
        wrap = _WRAP_MAGIC + _sealed(self._master, wrapping, segment, _WRAP_MAGIC, named)
        path = wrap_path(self._folder, segment, named)
        write_durably(path, wrap, new=True)
        try:
            sealed = _sealed(AESGCM(wrapping), keys, segment, _MAGIC, named)
            write_durably(self._path(segment), _MAGIC + named + sealed, new=new)
        except BaseException:
            # An error may come after the file has its name: then its wrapping key stays.
            if self._named(segment) != named:
                shred(path)
            raise

    def _named(self, segment: int) -> bytes | None:
        """Which wrapping key a segment is under; None where there is no such file."""
        try:
            return wrap_of(self._path(segment).read_bytes())
        except FileNotFoundError:
            return None

    def _destroy_old(self, segment: int) -> None:
        """Destroy every wrapping key of a segment but the one that its file names."""
        named = self._named(segment)
        if named is None:
            raise ParleyError(Reason.VAULT_DAMAGED, segment=segment)
        kept = wrap_path(self._folder, segment, named)
        for path in self._folder.glob(f"{segment:08d}-*.wrap"):
            if path != kept:
                shred(path)
        sync_folder(self._folder)


def wrap_of(segment: bytes) -> bytes | None:
    """Which wrapping key a segment file is under, by its first bytes; None where it is none."""
    end = len(_MAGIC) + _WRAP_ID
    return segment[len(_MAGIC) : end] if segment.startswith(_MAGIC) and len(segment) > end else None


def wrap_path(folder: Path, segment: int, named: bytes) -> Path:
    """Where the wrapping key ``named`` of a segment lies."""
    return folder / f"{segment:08d}-{named.hex()}.wrap"


def _sealed(cipher: AESGCM, plaintext: bytes, segment: int, magic: bytes, named: bytes) -> bytes:
    nonce = secrets.token_bytes(_NONCE)
    return nonce + cipher.encrypt(nonce, plaintext, _aad(segment, magic, named))


def _unsealed(cipher: AESGCM, sealed: bytes, segment: int, magic: bytes, named: bytes) -> bytes:
    try:
        return cipher.decrypt(sealed[:_NONCE], sealed[_NONCE:], _aad(segment, magic, named))
    except (InvalidTag, ValueError) as error:
        raise ParleyError(Reason.VAULT_DAMAGED, segment=segment) from error


def _aad(segment: int, magic: bytes, named: bytes) -> bytes:
    return magic + segment.to_bytes(8, "big") + named


@contextmanager
def _writing() -> Iterator[None]:
    """A disk that cannot be written: reasons."""
    try:
        yield
    except OSError as error:
        if error.errno in {errno.ENOSPC, errno.EDQUOT}:
            raise ParleyError(Reason.STORAGE_FULL) from error
        fact = errno.errorcode.get(error.errno or 0, type(error).__name__)
        raise ParleyError(Reason.VAULT_UNWRITABLE, fact=fact) from error
