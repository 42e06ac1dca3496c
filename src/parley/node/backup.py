"""Backups of a desk: a folder with a copy of its database, made while the desk runs.

==================  ==========================================================================
``backup.json``     what it is of, when it was made, and the SHA-256 of its files
``desk.db``         the database, whatever engine the desk has
``parley.toml``     the configuration
``vault/``          only if asked for: the keys of bodies, under wrapping keys that are not in it
``desk.keys``       only if asked for: the working keys, under the passphrase
==================  ==========================================================================

Anchors are never copied: they say what the desk knows that a backup cannot. Nor are the wrapping
keys of the vault, but into a file apart that is written over each time: an erasure reaches every
older backup because the wrapping key that this one needs is nowhere any more.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from hashlib import sha256
from pathlib import Path
from typing import Final

import msgspec

from parley import __version__
from parley.kernel.errors import ParleyError
from parley.kernel.reasons import Reason
from parley.node import config as configs
from parley.node import folder as folders
from parley.node.config import Config
from parley.record import letter as letters
from parley.store import channels, chunks, contacts, copying, wrapping
from parley.store.database import Database
from parley.store.files import sync_folder, write_durably, written
from parley.store.vault import SEGMENTS, wrap_path

FORMAT: Final = 1
MANIFEST: Final = "backup.json"
DATABASE: Final = "desk.db"

_MANIFEST_BYTES: Final = 8 << 20
_BESIDE: Final = ("-wal", "-shm")
"""What SQLite keeps beside a database, by the end of its name."""

_ATTACHMENTS: Final = "attachments"
_SEALED: Final = f"*{chunks.SUFFIX}"
_PARTY_BYTES: Final = 32
_TRIES: Final = 10
_PART: Final = 1 << 20


class Manifest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What ``backup.json`` says. ``made_at`` is seconds since the epoch; ``files`` by SHA-256."""

    format: int
    release: str
    party: str
    made_at: int
    channels: int
    statements: int
    files: dict[str, str]

    @property
    def has_vault(self) -> bool:
        """Whether the keys of bodies are in it."""
        return any(name.startswith(f"{folders.VAULT_FOLDER}/") for name in self.files)

    @property
    def has_keys(self) -> bool:
        """Whether the working keys are in it."""
        return folders.KEYS_FILE in self.files


def back_up(
    folder: Path,
    target: Path,
    *,
    now: int,
    vault: bool = False,
    keys: bool = False,
    attachments: bool = False,
    vault_key: Path | None = None,
    progress: Callable[[int, int], None] = lambda _done, _total: None,
) -> Manifest:
    """Copy the desk in ``folder`` into the new folder ``target``; the desk may run.

    The copy is read again and checked before it gets its name. ``vault_key`` is the file apart that
    takes the wrapping keys of the vault; what stands there is overwritten.

    :raises ParleyError: ``file-exists``, ``file-unwritable``, the errors of a database;
        ``vault-key-inside`` for a place in the backup itself.
    """
    if vault_key is not None and target.absolute() in vault_key.absolute().parents:
        raise ParleyError(Reason.VAULT_KEY_INSIDE)
    config = configs.load(folder)
    with _new_folder(target) as made:
        with (
            closing(folders.open_database(folder, config)) as database,
            closing(Database.at(made / DATABASE)) as copy,
        ):
            database.check_version()
            copying.copy(database, copy, progress)
        with closing(Database.at(made / DATABASE)) as copy:
            statements = copying.check(copy)
            with copy.read() as connection:
                own = channels.own_letters(connection)
                count = len(channels.every(connection))
        # After the database: what it refers to is there by now.
        _copy(folder / configs.FILE_NAME, made / configs.FILE_NAME)
        if vault:
            _copy_segments(folder, made)
        if vault_key is not None:
            _put_aside(folder, made, vault_key)
        if keys:
            _copy(folder / folders.KEYS_FILE, made / folders.KEYS_FILE)
        if attachments:
            for sealed in sorted(folders.open_chunks(folder, config).folder.glob(_SEALED)):
                _copy(sealed, made / _ATTACHMENTS / sealed.name)
        manifest = Manifest(
            format=FORMAT,
            release=__version__,
            party=letters.parse(own[-1]).party.hex(),
            made_at=now,
            channels=count,
            statements=statements,
            files={name: _digest(made / name) for name in _names(made)},
        )
        text = msgspec.json.format(msgspec.json.encode(manifest), indent=1)
        write_durably(made / MANIFEST, text)
    return manifest


def _copy_segments(folder: Path, made: Path) -> None:
    for segment in sorted((folder / folders.VAULT_FOLDER).glob(SEGMENTS)):
        _copy(segment, made / folders.VAULT_FOLDER / segment.name)


def _put_aside(folder: Path, made: Path, vault_key: Path) -> None:
    """Put the wrapping keys into a file apart: of the segments in the backup, or else of the desk.

    Where a segment was wrapped anew since it was copied, it is copied again.
    """
    own, copied = folder / folders.VAULT_FOLDER, made / folders.VAULT_FOLDER
    for _ in range(_TRIES):
        data, whole = wrapping.gather(own, copied if copied.exists() else own)
        if whole:
            break
        if copied.exists():
            _copy_segments(folder, made)
    else:
        raise ParleyError(Reason.VAULT_KEY_MISSING, path=str(own))
    try:
        wrapping.replace(vault_key, data)
    except OSError as error:
        fact = type(error).__name__
        raise ParleyError(Reason.FILE_UNWRITABLE, path=str(vault_key), fact=fact) from error


def read(source: Path) -> Manifest:
    """Read a backup's manifest, and check every file of it.

    :raises ParleyError: ``backup-missing``, ``backup-damaged``.
    """
    try:
        with (source / MANIFEST).open("rb") as file:
            manifest = parse(file.read(_MANIFEST_BYTES + 1))
    except FileNotFoundError as error:
        raise ParleyError(Reason.BACKUP_MISSING, path=str(source)) from error
    except OSError as error:
        raise ParleyError(Reason.BACKUP_DAMAGED, file=MANIFEST) from error
    if set(manifest.files) != set(_names(source)):
        raise ParleyError(Reason.BACKUP_DAMAGED, file=str(source))
    for name, digest in manifest.files.items():
        if _digest(source / name) != digest:
            raise ParleyError(Reason.BACKUP_DAMAGED, file=name)
    return manifest


def parse(data: bytes) -> Manifest:
    """A backup's manifest; its files are not looked at.

    :raises ParleyError: ``backup-damaged``.
    """
    try:
        manifest = msgspec.json.decode(data[: _MANIFEST_BYTES + 1], type=Manifest)
        party = bytes.fromhex(manifest.party)
    except (ValueError, RecursionError) as error:
        raise ParleyError(Reason.BACKUP_DAMAGED, file=MANIFEST) from error
    if manifest.format != FORMAT or len(party) != _PARTY_BYTES or len(data) > _MANIFEST_BYTES:
        raise ParleyError(Reason.BACKUP_DAMAGED, file=MANIFEST)
    return manifest


def restore(
    source: Path, folder: Path, *, keys: Path | None = None, vault_key: Path | None = None
) -> Manifest:
    """Put a backup in place: into the desk in ``folder``, or into a new one.

    ``keys``: a copy of ``desk.keys``, for a new folder, where the backup has none. ``vault_key``:
    the wrapping keys of the vault, where the folder has them no more; a segment of the backup whose
    wrapping key was destroyed stays out, for nothing opens it. Whatever is replaced is kept beside,
    under another name. The desk is read-only until its peers have returned what they hold beyond
    the backup: its anchors, or that it has none, see to that.

    :raises ParleyError: ``backup-missing``, ``backup-damaged``; ``desk-served`` while a process
        serves it; ``folder-not-empty`` for a folder that is no desk; ``keys-not-given``;
        ``vault-key-not-given``, ``vault-key-damaged``, ``file-missing``;
        ``database-taken`` where the configured server's database is in use.
    """
    manifest = read(source)
    known = folders.is_desk(folder)
    wrappings = _wrappings(manifest, vault_key, known=known)
    config = configs.load(folder if known else source)
    if known and contacts.is_served(folders.anchor_folder(folder, config) / folders.CONTACTS_FILE):
        raise ParleyError(Reason.DESK_SERVED)
    if not known:
        _make_folder(source, folder, manifest, keys)
    if wrappings is not None:
        wrapping.scatter(wrappings, folder / folders.VAULT_FOLDER)
    if manifest.has_vault:
        _put_vault(source, folder)
    (folder / folders.VAULT_FOLDER).mkdir(mode=0o700, exist_ok=True)
    folders.anchor_folder(folder, config).mkdir(mode=0o700, parents=True, exist_ok=True)
    _put_database(source / DATABASE, folder, config)
    _put_attachments(source, folders.open_chunks(folder, config).folder)
    if not known:
        _copy(source / configs.FILE_NAME, folder / configs.FILE_NAME)
        folders.finish(folder)
    return manifest


def _make_folder(source: Path, folder: Path, manifest: Manifest, keys: Path | None) -> None:
    folders.check_vacant(folder)
    kept = keys or (source / folders.KEYS_FILE if manifest.has_keys else None)
    if kept is None:
        raise ParleyError(Reason.KEYS_NOT_GIVEN)
    folders.begin(folder, bytes.fromhex(manifest.party))
    _copy(kept, folder / folders.KEYS_FILE)


def _put_attachments(source: Path, target: Path) -> None:
    """Add the sealed bytes that are missing; those that are there hold at least as much."""
    for sealed in sorted((source / _ATTACHMENTS).glob(_SEALED)):
        if not (target / sealed.name).exists():
            _copy(sealed, target / sealed.name)


def _put_vault(source: Path, folder: Path) -> None:
    """Add the segments that are missing; those that are there are at least as new."""
    vault = folder / folders.VAULT_FOLDER
    for segment in sorted((source / folders.VAULT_FOLDER).glob(SEGMENTS)):
        name = wrapping.named(segment)
        opens = name is not None and wrap_path(vault, int(segment.stem), name).exists()
        if opens and not (vault / segment.name).exists():
            _copy(segment, vault / segment.name)


def _wrappings(
    manifest: Manifest, vault_key: Path | None, *, known: bool
) -> wrapping.Wrappings | None:
    """The wrapping keys that were given; a new folder has none of its own."""
    if vault_key is None:
        if manifest.has_vault and not known:
            raise ParleyError(Reason.VAULT_KEY_NOT_GIVEN)
        return None
    try:
        return wrapping.parse(vault_key.read_bytes())
    except OSError as error:
        raise ParleyError(Reason.FILE_MISSING, path=str(vault_key)) from error


def _put_database(copy: Path, folder: Path, config: Config) -> None:
    name = config.desk.database
    if "://" in name:
        with (
            closing(folders.open_database(folder, config)) as target,
            closing(Database.at(copy)) as source,
        ):
            if target.has_record():
                raise ParleyError(Reason.DATABASE_TAKEN)
            copying.copy(source, target, lambda _done, _total: None)
        return
    path = folder / name
    fresh = path.with_name(f"{path.name}.restoring")
    _copy(copy, fresh)
    _keep_beside(path)
    _put_in_place(fresh, path)


def _keep_beside(path: Path) -> None:
    """Keep a database file, with what belongs to it, under a name that nothing has.

    These are further names of the same files, and the database's own comes last: what has it is
    whole, whenever this process ends. What was kept already is not kept twice.
    """
    if not path.exists():
        return
    number = 1
    while (kept := path.with_name(f"{path.name}.replaced-{number}")).exists():
        if kept.samefile(path):
            break
        number += 1
    for suffix in (*_BESIDE, ""):
        part, name = path.with_name(path.name + suffix), kept.with_name(kept.name + suffix)
        name.unlink(missing_ok=True)
        if part.exists():
            name.hardlink_to(part)
    sync_folder(path.parent)


def _put_in_place(fresh: Path, path: Path) -> None:
    """Give a whole copy the database's name.

    The old one goes first, then what belongs to it: SQLite would take up the log of one database
    for another of its name. In between there is none, and a desk does not start.
    """
    for suffix in ("", *_BESIDE):
        path.with_name(path.name + suffix).unlink(missing_ok=True)
    fresh.replace(path)
    sync_folder(path.parent)


def upgrade(folder: Path, aside: Path, check: Callable[[], bool]) -> bool:
    """Bring the database of a desk to this release; false where it is of this release already.

    It is copied to the new file ``aside`` before; if the upgrade fails, or ``check`` finds the
    result wanting, the copy is put back.

    :raises ParleyError: ``desk-served``, ``upgrade-failed``; ``upgrade-on-server`` where a server
        keeps the database and there is no file to copy.
    """
    config = configs.load(folder)
    if contacts.is_served(folders.anchor_folder(folder, config) / folders.CONTACTS_FILE):
        raise ParleyError(Reason.DESK_SERVED)
    with closing(folders.open_database(folder, config)) as database:
        try:
            database.check_version()
        except ParleyError as error:
            if error.reason is not Reason.DATABASE_VERSION:
                raise
        else:
            return False
        if not database.copy_file(aside):
            raise ParleyError(Reason.UPGRADE_ON_SERVER)
    try:
        with closing(folders.open_database(folder, config)) as database:
            database.create()
        fine = check()
    except Exception as error:
        _put_back(aside, folder / config.desk.database)
        raise ParleyError(Reason.UPGRADE_FAILED, path=str(aside)) from error
    if not fine:
        _put_back(aside, folder / config.desk.database)
        raise ParleyError(Reason.UPGRADE_FAILED, path=str(aside))
    return True


def _put_back(aside: Path, path: Path) -> None:
    fresh = path.with_name(f"{path.name}.restoring")
    _copy(aside, fresh)
    _put_in_place(fresh, path)


@contextmanager
def _new_folder(target: Path) -> Iterator[Path]:
    """A folder that gets its name ``target`` when the block has ended well."""
    if os.path.lexists(target):
        raise ParleyError(Reason.FILE_EXISTS, path=str(target))
    made = target.with_name(f".{target.name}.unfinished")
    try:
        shutil.rmtree(made, ignore_errors=True)
        made.mkdir(mode=0o700, parents=True)
        yield made
        for file in made.glob("*.db-*"):
            file.unlink()
        sync_folder(made)
        made.rename(target)
        sync_folder(target.parent)
    except OSError as error:
        fact = type(error).__name__
        raise ParleyError(Reason.FILE_UNWRITABLE, path=str(target), fact=fact) from error
    finally:
        shutil.rmtree(made, ignore_errors=True)


def _copy(source: Path, target: Path) -> None:
    target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with source.open("rb") as file, written(target) as copy:
        shutil.copyfileobj(file, copy, _PART)


def _names(folder: Path) -> list[str]:
    """The files of a backup, below its folder."""
    every = [path for path in folder.rglob("*") if path.is_file()]
    named = (path.relative_to(folder).as_posix() for path in every)
    return sorted(
        name for name in named if name != MANIFEST and not name.startswith(f"{DATABASE}-")
    )


def _digest(path: Path) -> str:
    digest = sha256()
    try:
        with path.open("rb") as file:
            while part := file.read(_PART):
                digest.update(part)
    except OSError as error:
        raise ParleyError(Reason.BACKUP_DAMAGED, file=path.name) from error
    return digest.hexdigest()
