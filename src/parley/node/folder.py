"""A desk's folder: what lies where, and how a desk comes into being.

=====================  ====================================================================
``parley.toml``        configuration
``identity.keys``      the identity key, under the passphrase; may be kept elsewhere, offline
``desk.keys``          the working keys and the vault's master key, under the passphrase
``desk.db``            the database
``vault/``             the keys of bodies, under the vault's master key
``anchor/``            how far each channel had come when something of it last left
``index/``             the keys of the search index, which is built anew where they are missing
``attachments/``       the bytes of attachments, each sealed under a key in the vault
=====================  ====================================================================

Everything is readable by its owner alone.
"""

from __future__ import annotations

import secrets
import shutil
from collections.abc import Mapping
from contextlib import closing
from hashlib import blake2b
from pathlib import Path
from typing import Final, NamedTuple

from parley.crypto import keystore
from parley.crypto.keys import IdentityKey, LogKey, SealingKey, StatementKey
from parley.crypto.keystore import Costs
from parley.kernel import ids
from parley.kernel.errors import ParleyError
from parley.kernel.reasons import Reason
from parley.node import config as configs
from parley.node.config import Config
from parley.record import letter as letters
from parley.record.house.founding import HouseFounding
from parley.record.ledger import Keys, Staged
from parley.record.letter import Identity, Letter, LetterText, Office, WorkingKeys
from parley.store import founding as store_founding
from parley.store.anchor import Anchors
from parley.store.chunks import Chunks
from parley.store.database import Database
from parley.store.files import remove_durably, sweep, sync_folder, write_durably
from parley.store.house import OfficerRow
from parley.store.index_keys import IndexKeys

IDENTITY_FILE: Final = "identity.keys"
KEYS_FILE: Final = "desk.keys"
VAULT_FOLDER: Final = "vault"
ANCHOR_FOLDER: Final = "anchor"
INDEX_FOLDER: Final = "index"
CONTACTS_FILE: Final = "contacts"
MASTER_BYTES: Final = 32

_SEALING: Final = "sealing/"
_NEXT: Final = "next/"
_FOUNDING_MAKES: Final = (
    configs.FOUNDING_FILE,
    configs.FILE_NAME,
    IDENTITY_FILE,
    KEYS_FILE,
    VAULT_FOLDER,
    ANCHOR_FOLDER,
    "*.db",
    "*.db-*",
    "*.db.*",
)


class Founding(NamedTuple):
    """What a new desk says of itself in its letter. Names are by language code."""

    code: str
    names: Mapping[str, str]
    offices: tuple[Mapping[str, str], ...]
    endpoints: tuple[str, ...]
    demonstration: bool = False


class Secrets(NamedTuple):
    """What ``desk.keys`` holds. ``staged``: new keys that no key statement names yet."""

    keys: Keys
    staged: Staged | None
    vault_master: bytes


def found(
    folder: Path,
    founding: Founding,
    passphrase: bytes,
    *,
    config: Config,
    officers: Mapping[str, str],
    now: int,
    costs: Costs = keystore.DEFAULT_COSTS,
) -> Letter:
    """Make a new desk in ``folder``: keys, letter, database.

    ``officers`` are names with their roles, separated by spaces. The letter is checked before
    anything is written; a folder that is not empty is left alone, except for what a founding left
    behind that was cut short.

    :raises ParleyError: ``folder-not-empty``, ``passphrase-empty``, the errors of a letter and of a
        database; ``database-taken`` where another desk's record is in it.
    """
    check_vacant(folder)
    identity, keys = IdentityKey.generate(), _working_keys()
    letter = letters.sign(_letter_text(founding, identity, keys, now), identity)
    master = secrets.token_bytes(MASTER_BYTES)
    cut_short = begin(folder, letter.data)
    (folder / VAULT_FOLDER).mkdir(mode=0o700)
    anchor_folder(folder, config).mkdir(mode=0o700, parents=True, exist_ok=True)
    write_durably(
        folder / IDENTITY_FILE, keystore.lock({"identity": identity.seed}, passphrase, costs)
    )
    write_keys(folder, Secrets(keys, None, master), passphrase, costs)
    begun = HouseFounding(letter, keys.log, officers, now)
    with (
        closing(open_database(folder, config)) as database,
        closing(Anchors(anchor_folder(folder, config))) as anchors,
    ):
        anchors.begin(begun.id)
        store_founding.found(
            database,
            digest=letter.digest,
            party=letter.party,
            letter=letter.data,
            officers=[OfficerRow(name, roles, True, now) for name, roles in officers.items()],
            now=now,
            cut_short=cut_short,
            begin=begun.write,
        )
        anchors.advance(begun.id, begun.head)
    for file in folder.glob("*.db*"):
        file.chmod(0o600)
    write_durably(folder / configs.FILE_NAME, configs.render(config).encode())
    finish(folder)
    return letter


def is_desk(folder: Path) -> bool:
    """Whether a desk lies in ``folder``, whole."""
    return (folder / configs.FILE_NAME).exists() and not (folder / configs.FOUNDING_FILE).exists()


def begin(folder: Path, mark: bytes) -> bytes | None:
    """Begin a desk in ``folder``: until :func:`finish` there is none, whatever lies there.

    Returns the mark of an earlier beginning that was cut short; what it left is removed.

    :raises ParleyError: ``folder-not-empty``.
    """
    check_vacant(folder)
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    folder.chmod(0o700)
    cut_short = _cut_short(folder)
    _clear(folder)
    write_durably(folder / configs.FOUNDING_FILE, mark)
    sync_folder(folder.parent)
    return cut_short


def finish(folder: Path) -> None:
    """Take the mark away: from here on it is a desk."""
    remove_durably(folder / configs.FOUNDING_FILE)


def check_vacant(folder: Path) -> None:
    """Refuse a folder in which no desk may be founded.

    :raises ParleyError: ``folder-not-empty``.
    """
    if not folder.exists():
        return
    sweep(folder)
    unfinished = (folder / configs.FOUNDING_FILE).exists()
    if any(not (unfinished and _of_founding(path)) for path in folder.iterdir()):
        raise ParleyError(Reason.FOLDER_NOT_EMPTY, folder=str(folder))


def _cut_short(folder: Path) -> bytes | None:
    """The mark of a desk whose beginning in ``folder`` was cut short."""
    try:
        return (folder / configs.FOUNDING_FILE).read_bytes()
    except FileNotFoundError:
        return None


def _of_founding(path: Path) -> bool:
    """Whether a founding makes a file of this name."""
    return any(path.match(pattern) for pattern in _FOUNDING_MAKES)


def _clear(folder: Path) -> None:
    """Remove what a founding left behind that was cut short; its mark goes last."""
    for path in sorted(folder.iterdir(), key=lambda path: path.name == configs.FOUNDING_FILE):
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink()


def _working_keys() -> Keys:
    sealing = SealingKey.generate()
    return Keys(StatementKey.generate(), LogKey.generate(), {sealing.public.kid: sealing})


def _letter_text(founding: Founding, identity: IdentityKey, keys: Keys, now: int) -> LetterText:
    public = identity.public
    (sealing,) = keys.sealing.values()
    return LetterText(
        version=letters.LETTER_VERSION,
        protocols=(letters.PROTOCOL,),
        suites=(letters.SUITE,),
        identity=Identity(letters.SUITE, public.ed25519.raw, public.mldsa44.raw),
        keys=WorkingKeys(
            statement=keys.statement.public.raw,
            log_ed25519=keys.log.public.ed25519.raw,
            log_mldsa44=keys.log.public.mldsa44.raw,
            sealing=sealing.public.raw,
        ),
        code=founding.code,
        names=dict(founding.names),
        offices=tuple(Office(ids.new_office_id(), dict(names)) for names in founding.offices),
        endpoints=founding.endpoints,
        demonstration=founding.demonstration,
        serial=0,
        issued_at=now,
        expires_at=None,
    )


def locked_keys(folder: Path) -> bytes:
    """``desk.keys`` as it stands now.

    :raises ParleyError: ``desk-missing``.
    """
    return _read(folder / KEYS_FILE, folder)


def unlock(data: bytes, passphrase: bytes) -> Secrets:
    """Open what :func:`locked_keys` read.

    :raises ParleyError: ``passphrase-wrong``, ``keystore-damaged``.
    """
    opened = keystore.unlock(data, passphrase)
    try:
        keys = Keys(
            StatementKey.from_seed(opened["statement"]),
            LogKey.from_seed(opened["log"]),
            _sealing(opened, _SEALING),
        )
        signing = None
        if f"{_NEXT}statement" in opened:
            signing = (
                StatementKey.from_seed(opened[f"{_NEXT}statement"]),
                LogKey.from_seed(opened[f"{_NEXT}log"]),
            )
        staged = Staged(signing, _sealing(opened, _NEXT + _SEALING))
        vault = opened["vault"]
    except KeyError as error:
        raise ParleyError(Reason.KEYSTORE_DAMAGED) from error
    return Secrets(keys, staged if signing or staged.sealing else None, vault)


def _sealing(opened: Mapping[str, bytes], prefix: str) -> dict[bytes, SealingKey]:
    keys = [SealingKey.from_seed(seed) for name, seed in opened.items() if name.startswith(prefix)]
    return {key.public.kid: key for key in keys}


def write_keys(
    folder: Path, secrets_: Secrets, passphrase: bytes, costs: Costs = keystore.DEFAULT_COSTS
) -> None:
    """Put ``desk.keys`` in place, whole or not at all. What it no longer has is destroyed.

    So far as a file can be: what the disk keeps of overwritten blocks is under the passphrase.
    """
    keys, staged = secrets_.keys, secrets_.staged
    named = {"statement": keys.statement.seed, "log": keys.log.seed, "vault": secrets_.vault_master}
    named |= {f"{_SEALING}{kid.hex()}": key.seed for kid, key in keys.sealing.items()}
    if staged is not None:
        if staged.signing is not None:
            named[f"{_NEXT}statement"] = staged.signing[0].seed
            named[f"{_NEXT}log"] = staged.signing[1].seed
        named |= {f"{_NEXT}{_SEALING}{k.hex()}": v.seed for k, v in staged.sealing.items()}
    write_durably(folder / KEYS_FILE, keystore.lock(named, passphrase, costs))


def unlock_identity(data: bytes, passphrase: bytes) -> IdentityKey:
    """Open an ``identity.keys``, wherever it came from.

    :raises ParleyError: ``passphrase-wrong``, ``keystore-damaged``.
    """
    try:
        return IdentityKey.from_seed(keystore.unlock(data, passphrase)["identity"])
    except KeyError as error:
        raise ParleyError(Reason.KEYSTORE_DAMAGED) from error


def move_identity(folder: Path, passphrase: bytes, target: Path, new: bytes) -> None:
    """Put the identity key into the file ``target``, under a passphrase of its own, and only there.

    :raises ParleyError: ``desk-missing`` where it is not in the folder; ``passphrase-wrong``.
    """
    data = _read(folder / IDENTITY_FILE, folder)
    identity = unlock_identity(data, passphrase)
    sealed = keystore.lock({"identity": identity.seed}, new, keystore.costs_of(data))
    write_durably(target, sealed)
    # Read back: what cannot be opened there must not be removed here.
    unlock_identity(target.read_bytes(), new)
    remove_durably(folder / IDENTITY_FILE)


def _read(path: Path, folder: Path) -> bytes:
    try:
        return path.read_bytes()
    except FileNotFoundError as error:
        raise ParleyError(Reason.DESK_MISSING, folder=str(folder)) from error


def anchor_folder(folder: Path, config: Config) -> Path:
    """Where the anchors lie: below the desk's folder, or where the configuration says."""
    return folder / config.desk.anchor


def written_places(folder: Path, config: Config) -> list[Path]:
    """Where files are written whole; what a process that was ended had begun may lie there."""
    own = [folder, folder / VAULT_FOLDER, anchor_folder(folder, config)]
    return own + [place for place in (folder / INDEX_FOLDER).glob("*") if place.is_dir()]


def index_keys(folder: Path, vault_master: bytes) -> IndexKeys:
    """The keys of the search index, under a key that follows from the vault's master key."""
    master = blake2b(b"parley/index/1", key=vault_master, digest_size=MASTER_BYTES).digest()
    return IndexKeys(folder / INDEX_FOLDER, master)


def open_database(folder: Path, config: Config) -> Database:
    """The desk's database: a file in its folder, or what the URL names."""
    name = config.desk.database
    if "://" in name:
        return Database.by_url(name)
    return Database.at(folder / name)


def open_chunks(folder: Path, config: Config) -> Chunks:
    """The bytes of attachments: in the desk's folder, or where the configuration says."""
    section = config.attachments
    return Chunks(folder / section.folder, section.keep_free)
