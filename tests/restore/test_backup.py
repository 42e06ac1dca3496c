"""Backup of a desk that runs, restore into its folder and into a new one, upgrade."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import text

from parley.application import audit, recovery
from parley.kernel.errors import ParleyError
from parley.kernel.reasons import Reason
from parley.node import backup as backups
from parley.node import config as configs
from parley.node import folder as folders
from parley.store.contacts import Contacts
from tests.restore.test_recovery import record, say, standing, talk
from tests.support.setback import SetBack, set_back


def lose_database(folder: Path) -> None:
    """What the desk in ``folder`` keeps in its database is gone, and what is left is none."""
    name = configs.load(folder).desk.database
    if "://" not in name:
        (folder / name).write_bytes(b"not a database any more")
        return
    with psycopg.connect(name.replace("+psycopg", ""), autocommit=True) as server:
        server.execute("DROP SCHEMA public CASCADE")
        server.execute("CREATE SCHEMA public")


def version(folder: Path, stamp: str | None = None) -> str:
    """Of which release the database says that it is; ``stamp``: what it is to say from now on."""
    with (
        closing(folders.open_database(folder, configs.load(folder))) as database,
        database.write() as connection,
    ):
        if stamp is not None:
            connection.execute(text("UPDATE alembic_version SET version_num = :v"), {"v": stamp})
        return str(connection.execute(text("SELECT version_num FROM alembic_version")).scalar())


@pytest.fixture
def house(tmp_path: Path) -> Iterator[SetBack]:
    with set_back(tmp_path) as made:
        yield made


def test_the_disk_is_lost_and_the_peer_returns_the_day(house: SetBack) -> None:
    """A backup of yesterday, keys and vault kept apart, an honest peer: everything comes back."""
    pair, folder = house.pair, house.folder
    talk(pair, 1)
    safe, steps = folder / "safe", []
    made = backups.back_up(
        folder / "left",
        safe,
        now=pair.clock(),
        vault=True,
        keys=True,
        vault_key=folder / "vault.key",
        progress=lambda done, total: steps.append((done, total)),
    )
    assert (made.channels, made.statements) == (1, len(record(pair, pair.left)))
    assert steps[-1][0] == steps[-1][1] > 0
    assert not (safe / "anchor").exists()
    talk(pair, 1)
    before = record(pair, pair.left)
    house.stop("left")
    lose_database(folder / "left")
    shutil.rmtree(folder / "left")
    with pytest.raises(ParleyError) as refused:
        backups.restore(safe, folder / "left")
    assert refused.value.reason is Reason.VAULT_KEY_NOT_GIVEN
    assert not (folder / "left").exists()
    backups.restore(safe, folder / "left", vault_key=folder / "vault.key")
    left = house.start("left")
    assert (standing(left).state, standing(left).reason) == ("recovering", "anchor-missing")
    pair.settle()
    assert record(pair, left) == before
    recovery.accept(left, pair.channel(left))
    pair.settle()
    talk(pair, 1)
    assert standing(left).state == "open"
    assert audit.fsck(left).faults == ()


def test_the_database_alone_is_lost(house: SetBack) -> None:
    """Anchor, keys and vault are still there: nobody has to stand for anything."""
    pair, folder = house.pair, house.folder
    safe = folder / "safe"
    backups.back_up(folder / "left", safe, now=pair.clock())
    talk(pair, 1)
    before = record(pair, pair.left)
    house.stop("left")
    lose_database(folder / "left")
    backups.restore(safe, folder / "left")
    if not house.pair.left.database.is_server:
        kept = folder / "left" / "desk.db.replaced-1"
        assert kept.read_bytes() == b"not a database any more"
    left = house.start("left")
    assert (standing(left).state, standing(left).reason) == ("recovering", "record-behind")
    pair.settle()
    assert record(pair, left) == before
    assert standing(left).state == "open"
    assert audit.fsck(left).faults == ()


def test_what_is_not_sound_is_not_restored(house: SetBack) -> None:
    folder = house.folder
    safe, new = folder / "safe", folder / "new"
    backups.back_up(folder / "left", safe, now=1)
    for broken, reason in (
        (lambda: backups.restore(safe, new), Reason.KEYS_NOT_GIVEN),
        (lambda: backups.restore(folder, new), Reason.BACKUP_MISSING),
        (lambda: backups.restore(safe, folder), Reason.FOLDER_NOT_EMPTY),
        (lambda: backups.back_up(folder / "left", safe, now=1), Reason.FILE_EXISTS),
    ):
        with pytest.raises(ParleyError) as refused:
            broken()
        assert refused.value.reason is reason
    for change in (b"", b"\x00"):
        with (safe / "desk.db").open("r+b") as file:
            file.truncate(0) if not change else file.write(change)
        with pytest.raises(ParleyError) as damaged:
            backups.restore(safe, new)
        assert damaged.value.reason is Reason.BACKUP_DAMAGED
    assert not new.exists()


def test_a_desk_that_is_served_is_left_alone(house: SetBack) -> None:
    folder = house.folder
    safe = folder / "safe"
    backups.back_up(folder / "left", safe, now=1)
    serving = Contacts(folder / "left" / "anchor" / folders.CONTACTS_FILE, serving=True)
    for attempt in (
        lambda: backups.restore(safe, folder / "left"),
        lambda: backups.upgrade(folder / "left", folder / "aside", lambda: True),
    ):
        with pytest.raises(ParleyError) as refused:
            attempt()
        assert refused.value.reason is Reason.DESK_SERVED
    serving.close()
    house.stop("left")
    lose_database(folder / "left")
    backups.restore(safe, folder / "left")
    house.start("left")


def test_a_database_in_use_is_never_replaced_on_a_server(house: SetBack) -> None:
    """Where it is a file, it is kept beside; on a server there is nowhere to keep it."""
    folder = house.folder
    backups.back_up(folder / "left", folder / "safe", now=1)
    server = house.pair.left.database.is_server
    house.stop("left")
    if not server:
        backups.restore(folder / "safe", folder / "left")
        assert (folder / "left" / "desk.db.replaced-1").exists()
        return
    with pytest.raises(ParleyError) as refused:
        backups.restore(folder / "safe", folder / "left")
    assert refused.value.reason is Reason.DATABASE_TAKEN


def test_an_upgrade_that_does_not_hold_is_undone(house: SetBack) -> None:
    folder = house.folder / "left"
    aside = folder / "aside.db"
    assert not backups.upgrade(folder, aside, lambda: True)
    assert not aside.exists()
    say(house.pair, house.pair.left)
    house.stop("left")

    server = house.pair.left.database.is_server
    version(folder, stamp="0000")
    with pytest.raises(ParleyError) as refused:
        backups.upgrade(folder, aside, lambda: True)
    assert refused.value.reason is (Reason.UPGRADE_ON_SERVER if server else Reason.UPGRADE_FAILED)
    assert version(folder) == "0000"
    version(folder, stamp="0001")
    left = house.start("left")
    assert standing(left).own == 2
    assert audit.fsck(left).faults == ()


def test_a_command_learns_from_the_process_that_serves(tmp_path: Path) -> None:
    channel = bytes(range(32))
    file = tmp_path / "contacts"
    beside = Contacts(file)
    assert not beside.confirmed(channel)
    first, second = Contacts(file, serving=True), Contacts(file, serving=True)
    assert not beside.confirmed(channel)
    first.confirm(channel)
    assert beside.confirmed(channel)
    first.close()
    assert second.confirmed(channel)
    assert Contacts(file).confirmed(channel)
    second.close()
    assert not Contacts(file).confirmed(channel)
    assert not Contacts(file, serving=True).confirmed(channel)
