"""Our private working keys: read from ``desk.keys``, kept in step with the database, destroyed."""

from __future__ import annotations

import fcntl
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from parley.crypto import keystore
from parley.crypto.keystore import Costs
from parley.kernel import limits
from parley.kernel.errors import ParleyError
from parley.kernel.reasons import Reason
from parley.node import folder as folders
from parley.node.folder import Secrets
from parley.record.keyring import Keyring
from parley.record.ledger import Keys, Staged


class KeyFile:
    """The keys of one desk. Threads share it; other processes may change the file at any time.

    The file is written before the database says so, and cleared after it has: so at every moment it
    holds the keys of the epoch that the database names, whatever was interrupted.
    """

    def __init__(self, folder: Path, passphrase: bytes) -> None:
        self._folder = folder
        self._passphrase = passphrase
        self._lock = threading.RLock()
        self._file = folders.locked_keys(folder)
        self._held = folders.unlock(self._file, passphrase)
        self._secrets = self._held

    @property
    def keys(self) -> Keys:
        """The keys as this process last saw them."""
        return self._secrets.keys

    @property
    def vault_master(self) -> bytes:
        """The key under which those of bodies lie."""
        return self._secrets.vault_master

    def fitting(self, keyring: Keyring) -> Keys:
        """The private keys of the newest epoch of ``keyring``.

        :raises ParleyError: ``keys-not-of-letter`` where the file does not have them.
        """
        keys = _in_use(self._secrets, keyring)
        if keys is not None and _sealing_known(keys, keyring):
            return keys
        with self._lock:
            fresh = self._read()
            keys = _in_use(fresh, keyring)
            if keys is None:
                raise ParleyError(Reason.KEYS_NOT_OF_LETTER)
            self._secrets = fresh._replace(keys=keys)
        return keys

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """The file to ourselves: what was read is still so when it is written."""
        with self._lock:
            folder = os.open(self._folder, os.O_RDONLY)
            try:
                fcntl.flock(folder, fcntl.LOCK_EX)
                yield
            finally:
                os.close(folder)

    def stage(self, secrets: Staged) -> None:
        """Keep new keys beside those in use, durably; what was staged before is destroyed."""
        with self._alone():
            self._write(self._read()._replace(staged=secrets))

    def staged(self) -> Staged | None:
        """The new keys that wait, as they stand in the file now."""
        with self._lock:
            return self._read().staged

    def settle(self, keyring: Keyring, now: int) -> Keys:
        """Bring the file in step with our ``keyring``, and destroy all keys that are over.

        Staged keys that it names come into use, and the signing keys before them are gone. A
        sealing key is over when the longest time that a pouch may take has passed since it was
        last to be used.

        :raises ParleyError: ``keys-not-of-letter``.
        """
        with self._alone():
            held = self._read()
            keys = _in_use(held, keyring)
            if keys is None:
                raise ParleyError(Reason.KEYS_NOT_OF_LETTER)
            until = keyring.sealing_until()
            sealing = {
                kid: key
                for kid, key in keys.sealing.items()
                if until.get(kid, now) + limits.POUCH_SECONDS >= now
            }
            staged = None if _named(held.staged, keyring) else held.staged
            settled = Secrets(keys._replace(sealing=sealing), staged, held.vault_master)
            if _kids(settled) != _kids(held):
                self._write(settled)
            self._secrets = settled
        return settled.keys

    def _read(self) -> Secrets:
        """What the file holds now; a passphrase costs much, so only where its bytes are others."""
        file = folders.locked_keys(self._folder)
        if file != self._file:
            self._held = folders.unlock(file, self._passphrase)
            self._file = file
        return self._held

    def _write(self, secrets: Secrets) -> None:
        folders.write_keys(self._folder, secrets, self._passphrase, self._costs())
        # Keys that are over are not kept here either.
        self._file, self._held = folders.locked_keys(self._folder), secrets

    def _costs(self) -> Costs:
        return keystore.costs_of((self._folder / folders.KEYS_FILE).read_bytes())


def _in_use(held: Secrets, keyring: Keyring) -> Keys | None:
    """The keys of the file that the keyring names; null where they are not there."""
    current, staged = keyring.current, held.staged
    keys = held.keys
    if _named(staged, keyring) and staged is not None:
        sealing = {**keys.sealing, **staged.sealing}
        statement, log = staged.signing or (keys.statement, keys.log)
        keys = Keys(statement, log, sealing)
    fits = (keys.statement.public, keys.log.public) == (current.statement, current.log)
    return keys if fits else None


def _named(staged: Staged | None, keyring: Keyring) -> bool:
    """Whether the keyring names what was staged."""
    if staged is None:
        return False
    if staged.signing is not None:
        kids = {epoch.statement.kid for epoch in keyring.epochs}
        return staged.signing[0].public.kid in kids
    return bool(staged.sealing.keys() & keyring.sealing_until().keys())


def _sealing_known(keys: Keys, keyring: Keyring) -> bool:
    """Whether the keys of the newest statement to seal to are all there (or over)."""
    if not keyring.statements:
        return True
    newest = keyring.statements[-1].text.sealing
    return any(window.kid in keys.sealing for window in newest)


def _kids(held: Secrets) -> tuple[set[bytes], set[bytes]]:
    signing = {held.keys.statement.public.kid, held.keys.log.public.kid}
    staged: set[bytes] = set()
    if held.staged is not None:
        staged = set(held.staged.sealing)
        if held.staged.signing is not None:
            staged.add(held.staged.signing[0].public.kid)
    return signing | set(held.keys.sealing), staged
