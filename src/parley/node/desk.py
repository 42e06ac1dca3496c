"""Opening a desk: the one place where its parts are put together."""

from __future__ import annotations

import gc
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from parley.application import erasing, house, recovery
from parley.application.aside import Aside
from parley.application.desk import Desk
from parley.crypto.house_texts import HouseTexts
from parley.kernel.errors import ParleyError
from parley.kernel.reasons import Reason
from parley.node import config as configs
from parley.node import folder as folders
from parley.node.keyholder import KeyFile
from parley.record import letter as letters
from parley.record.ahead import Lane
from parley.record.beside import processors
from parley.record.keyring import Keyring
from parley.record.signatures import Signatures
from parley.store import channels
from parley.store import keys as key_statements
from parley.store.anchor import Anchors
from parley.store.contacts import Contacts
from parley.store.files import sweep
from parley.store.vault import Vault


def calm_collector() -> None:
    """Have Python's garbage collector look around less often, in a process that serves.

    Statements come by the thousand, in values without cycles that are freed by counting. Walking
    over all modules and over a whole batch again and again would find nothing, and costs a tenth of
    what taking it in costs.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)


def now() -> int:
    """Seconds since the epoch, UTC."""
    return int(time.time())


@contextmanager
def opened(
    folder: Path,
    passphrase: bytes,
    *,
    clock: Callable[[], int] = now,
    serving: bool = False,
    workers: int = 1,
    newer_keys: bool = False,
) -> Iterator[Desk]:
    """Open the desk in ``folder`` for as long as the block runs.

    Its record is compared with its anchors; a channel that is behind is read-only from then on, a
    house record that is behind says so from then on.
    ``serving``: this process answers and delivers; ``workers`` of them in all share the processors.
    ``newer_keys``: the desk may have keys that its database does not know, because that is older:
    its key statements are about to be installed.

    :raises ParleyError: ``desk-missing``, ``config-invalid``, ``passphrase-wrong``,
        ``keystore-damaged``, ``database-missing``, ``database-version``, ``keys-not-of-letter``.
    """
    config = configs.load(folder)
    for place in folders.written_places(folder, config):
        sweep(place)
    keyholder = KeyFile(folder, passphrase)
    database = folders.open_database(folder, config)
    anchor_folder = folders.anchor_folder(folder, config)
    anchors = Anchors(anchor_folder)
    contacts = Contacts(anchor_folder / folders.CONTACTS_FILE, serving=serving)
    try:
        database.check_version()
        with database.read() as connection:
            own = channels.own_letters(connection)
            if not own:
                raise ParleyError(Reason.DATABASE_MISSING)
            letter = letters.parse(own[-1])
            keyring = Keyring.of(letter, key_statements.of_party(connection, letter.party))
        _settle(keyholder, keyring, clock(), newer_keys=newer_keys)
        share = max(1, processors() // workers)
        with (
            closing(Signatures(share)) as signatures,
            closing(Lane()) as lane,
            closing(Aside()) as aside,
        ):
            desk = Desk(
                database=database,
                vault=Vault(folder / folders.VAULT_FOLDER, keyholder.vault_master),
                keyholder=keyholder,
                letter=letter,
                clock=clock,
                anchors=anchors,
                contacts=contacts,
                index_keys=folders.index_keys(folder, keyholder.vault_master),
                chunks=folders.open_chunks(folder, config),
                house_texts=HouseTexts(keyholder.vault_master),
                signatures=signatures,
                # With one processor there is nothing to be done at the same time.
                lane=lane if share > 1 else None,
                aside=aside,
                witnesses=tuple(one.watcher() for one in config.witness),
                policy=config.policy(),
            )
            recovery.compare(desk)
            house.compare(desk)
            erasing.finish(desk)
            yield desk
    finally:
        contacts.close()
        anchors.close()
        database.close()


def _settle(keyholder: KeyFile, keyring: Keyring, now: int, *, newer_keys: bool) -> None:
    """Finish a change of keys that was interrupted, and destroy keys that are over.

    A desk that has only keys of an earlier epoch (its disk was lost) opens: it can be read, and
    revoke what it lost. Nothing is signed with them.

    :raises ParleyError: ``keys-not-of-letter`` for keys that were never this desk's.
    """
    try:
        keyholder.settle(keyring, now)
    except ParleyError as error:
        ours = {epoch.statement for epoch in keyring.epochs}
        if error.reason is not Reason.KEYS_NOT_OF_LETTER:
            raise
        if not newer_keys and keyholder.keys.statement.public not in ours:
            raise
