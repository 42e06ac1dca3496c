"""The keys of the search index, in files outside the database and its backups.

One key for each range of a channel's log, in a file of its own under the desk's master key. Once
the key of a range has been replaced, nobody reads what any copy of the database has of the range.
No backup has these files; the index is built anew where they are missing.
"""

from __future__ import annotations

import errno
import os
import secrets
from pathlib import Path
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from parley.crypto.blinding import KEY_BYTES
from parley.kernel.errors import ParleyError
from parley.kernel.reasons import Reason
from parley.store.files import sync_folder, write_durably

RANGE: Final = 1024
"""So many statements of a channel's log share a key."""

_MAGIC: Final = b"parley-index-1\n"
_NONCE: Final = 12


class IndexKeys:
    """The keys in ``folder``. ``master`` (32 bytes) seals the files."""

    def __init__(self, folder: Path, master: bytes) -> None:
        self._folder = folder
        self._master = AESGCM(master)
        self._known: dict[tuple[bytes, int], bytes] = {}

    def look(self, channel: bytes, number: int, *, again: bool = False) -> bytes | None:
        """The key of range ``number``, if there is one that can be read.

        ``again``: as the file is now; another process may have replaced it.
        """
        key = None if again else self._known.get((channel, number))
        if key is None:
            key = self._read(channel, number)
            if key is not None:
                self._known[channel, number] = key
        return key

    def ensure(self, channel: bytes, number: int) -> bytes:
        """The key of range ``number`` as it is now; one is drawn where there is none.

        :raises ParleyError: ``storage-full``, ``vault-unwritable``.
        """
        key = self.look(channel, number, again=True)
        if key is not None:
            return key
        path = self._path(channel, number)
        if path.exists():
            # What cannot be read is of no use to anybody.
            return self.replace(channel, number)
        try:
            self._write(channel, number, new=True)
        except FileExistsError:
            # Another process was quicker.
            sync_folder(path.parent)
        found = self.look(channel, number, again=True)
        return found if found is not None else self.replace(channel, number)

    def replace(self, channel: bytes, number: int) -> bytes:
        """Destroy the key of range ``number`` and draw another, durably.

        As far as a file can be destroyed: it is overwritten first, where it lies.

        :raises ParleyError: ``storage-full``, ``vault-unwritable``.
        """
        self._known.pop((channel, number), None)
        path = self._path(channel, number)
        try:
            with path.open("r+b") as file:
                file.write(bytes(path.stat().st_size))
                file.flush()
                os.fsync(file.fileno())
        except FileNotFoundError:
            pass
        except OSError as error:
            raise _unwritable(error) from error
        return self._write(channel, number, new=False)

    def _path(self, channel: bytes, number: int) -> Path:
        return self._folder / channel.hex() / f"{number:08d}.key"

    def _read(self, channel: bytes, number: int) -> bytes | None:
        try:
            data = self._path(channel, number).read_bytes()
        except FileNotFoundError:
            return None
        start = len(_MAGIC)
        if data[:start] != _MAGIC:
            return None
        nonce, sealed = data[start : start + _NONCE], data[start + _NONCE :]
        try:
            return self._master.decrypt(nonce, sealed, _aad(channel, number))
        except (InvalidTag, ValueError):
            return None

    def _write(self, channel: bytes, number: int, *, new: bool) -> bytes:
        key, nonce = secrets.token_bytes(KEY_BYTES), secrets.token_bytes(_NONCE)
        data = _MAGIC + nonce + self._master.encrypt(nonce, key, _aad(channel, number))
        try:
            write_durably(self._path(channel, number), data, new=new)
        except FileExistsError:
            raise
        except OSError as error:
            raise _unwritable(error) from error
        return key


def _unwritable(error: OSError) -> ParleyError:
    if error.errno in {errno.ENOSPC, errno.EDQUOT}:
        return ParleyError(Reason.STORAGE_FULL)
    fact = errno.errorcode.get(error.errno or 0, type(error).__name__)
    return ParleyError(Reason.VAULT_UNWRITABLE, fact=fact)


def _aad(channel: bytes, number: int) -> bytes:
    return _MAGIC + channel + number.to_bytes(8, "big")
