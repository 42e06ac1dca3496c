"""Older backups do not open what was erased, and a desk that was set back erases it again."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from parley.application import audit, channels, erasing, officers
from parley.application.desk import Desk
from parley.kernel.errors import ParleyError
from parley.kernel.reasons import Reason
from parley.node import backup as backups
from parley.record import body as bodies
from parley.store import erasures, log
from parley.store.database import Database
from parley.store.erasures import ErasedRow
from parley.store.log import SealedBody
from parley.store.vault import Vault
from tests.erasure.house import WORD, Houses, found_in
from tests.support.setback import SetBack, set_back


@pytest.fixture
def house(tmp_path: Path) -> Iterator[SetBack]:
    with set_back(tmp_path) as made:
        for desk in (made.pair.left, made.pair.right):
            officers.add(desk, "anton", ["authoriser"])
        yield made


def sealed(database: Database, channel: bytes, leaf: bytes) -> SealedBody:
    with database.read() as connection:
        entry = log.by_leaf(connection, channel, leaf)
        assert entry is not None
        kept = log.body(connection, channel, entry.position)
        assert kept is not None
        return kept


def test_no_backup_from_before_opens_it_with_whatever_is_still_there(house: SetBack) -> None:
    """Database, vault, keys and passphrase of the day before; the wrapping keys of today."""
    houses, folder = Houses(house.pair), house.folder
    pair, left = house.pair, house.pair.left
    said, other = houses.ask(left), houses.ask(left, "a-text-that-stays-8")
    aside = folder / "left.vaultkey"
    safe = folder / "safe"
    backups.back_up(folder / "left", safe, now=pair.clock(), vault=True, keys=True, vault_key=aside)
    with pytest.raises(ParleyError) as inside:
        backups.back_up(folder / "left", folder / "x", now=1, vault_key=folder / "x" / "k")
    assert inside.value.reason is Reason.VAULT_KEY_INSIDE
    old_keys = aside.read_bytes()
    old_database = Database.at(safe / "desk.db")
    master = left.keyholder.vault_master  # type: ignore[attr-defined]
    kept = sealed(old_database, pair.channel_id, said.leaf)
    # The backup alone, whoever has its keys: it has no wrapping key.
    with pytest.raises(ParleyError) as alone:
        Vault(safe / "vault", master).open(kept.slot, kept.sealed, said.leaf)
    assert alone.value.reason is Reason.VAULT_KEY_MISSING
    # With the file apart it would open: so much for the test.
    opened = shutil.copytree(safe / "vault", folder / "opened")
    backups.wrapping.scatter(backups.wrapping.parse(old_keys), opened)
    before = Vault(opened, master).open(kept.slot, kept.sealed, said.leaf)
    assert WORD in str(bodies.parse(before).values)
    houses.agree([said.leaf])
    houses.carry_out()
    # The file apart is written over: what was there stands nowhere any more.
    backups.back_up(folder / "left", folder / "new", now=pair.clock(), vault=True, vault_key=aside)
    for vault, wraps in ((safe / "vault", aside), (left_vault := folder / "left" / "vault", None)):
        tried = shutil.copytree(vault, folder / f"tried-{vault == left_vault}")
        if wraps is not None:
            backups.wrapping.scatter(backups.wrapping.parse(wraps.read_bytes()), tried)
        with pytest.raises(ParleyError) as closed:
            Vault(tried, master).open(kept.slot, kept.sealed, said.leaf)
        assert closed.value.reason in {Reason.VAULT_KEY_MISSING, Reason.BODY_UNREADABLE}
    with pytest.raises(ParleyError):
        left.vault.open(kept.slot, kept.sealed, said.leaf)
    # What was not erased opens with the new file apart and today's segment.
    stays = sealed(old_database, pair.channel_id, other.leaf)
    fresh = shutil.copytree(folder / "new" / "vault", folder / "fresh")
    backups.wrapping.scatter(backups.wrapping.parse(aside.read_bytes()), fresh)
    assert Vault(fresh, master).open(stays.slot, stays.sealed, other.leaf)
    old_database.close()


@pytest.mark.parametrize("copied", ["before the text", "with the text"])
def test_a_desk_that_was_set_back_has_it_erased_again(house: SetBack, copied: str) -> None:
    houses, pair = Houses(house.pair), house.pair
    old = house.copy("left")
    said = houses.ask(pair.right)
    if copied == "with the text":
        old = house.copy("left")
    answered = houses.ask(pair.left, "a-text-that-stays-9")
    case = houses.agree([said.leaf])
    houses.carry_out()
    assert houses.status(pair.left, case) == "erased"
    before = houses.state(pair.left, said.act.case)
    left = house.back("left", old)
    pair.settle()
    (standing,) = channels.standings(left)
    assert standing.state == "open"
    erasing.advance(left)
    assert houses.state(left, said.act.case) == before
    assert houses.body(left, said.leaf) is None
    assert houses.body(left, answered.leaf)
    assert not audit.fsck(left).faults
    assert not found_in(house.folder / "left", [WORD.encode()])
    # And the other way: what is left of the text is enough for the next one.
    right = house.back("right", house.copy("right"))
    pair.settle()
    assert not audit.fsck(right).faults


def test_a_peer_that_returns_a_statement_without_its_text_is_not_believed(
    house: SetBack,
) -> None:
    """Nobody has agreed to erase it: the desk stays read-only."""
    houses, pair = Houses(house.pair), house.pair
    old = house.copy("left")
    said = houses.ask(pair.right)
    _keep_back(pair.right, pair.channel_id, said.leaf)
    left = house.back("left", old)
    for _ in range(3):
        pair.deliver(left)
    (standing,) = channels.standings(left)
    assert (standing.state, standing.reason) == ("recovering", "return-wrong")


def _keep_back(desk: Desk, channel: bytes, leaf: bytes) -> None:
    """Replace a body by what an erasure would leave of it, with no erasure."""
    with desk.database.write(channel) as connection:
        entry = log.by_leaf(connection, channel, leaf)
        assert entry is not None
        kept = log.body(connection, channel, entry.position)
        assert kept is not None
        body = bodies.read(desk.vault.open(kept.slot, kept.sealed, leaf))
        rest = body.without(body.values).encode()
        erasures.take(connection, ErasedRow(channel, entry.position, leaf, None, rest, 1, None))
