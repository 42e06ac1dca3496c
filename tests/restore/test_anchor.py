"""The anchor: written in place, two slots in turn, and whole after any write that was cut short."""

from __future__ import annotations

import shutil
from hashlib import sha256
from pathlib import Path

import pytest

from parley.application import exchange, recovery
from parley.kernel.errors import ParleyError
from parley.kernel.reasons import Reason
from parley.store import log
from parley.store.anchor import NOTHING, SLOT_BYTES, Anchors, Head
from tests.restore.test_recovery import house, say, standing, talk
from tests.support.setback import SetBack

__all__ = ["house"]

CHANNEL = sha256(b"channel").digest()


def head(size: int, epoch: int = 0) -> Head:
    leaf = sha256(bytes([size])).digest()
    return Head(epoch, size, leaf, size, sha256(leaf).digest(), 0, None)


@pytest.fixture
def anchors(tmp_path: Path) -> Anchors:
    made = Anchors(tmp_path)
    made.begin(CHANNEL)
    return made


def test_it_begins_with_nothing_and_keeps_the_greatest(anchors: Anchors, tmp_path: Path) -> None:
    assert anchors.read(CHANNEL) == NOTHING
    for size in (1, 5, 3):
        anchors.advance(CHANNEL, head(size))
    assert anchors.read(CHANNEL) == head(5)
    assert Anchors(tmp_path).read(CHANNEL) == head(5)
    anchors.advance(CHANNEL, head(4, epoch=1))
    assert anchors.read(CHANNEL) == head(4, epoch=1)
    anchors.begin(CHANNEL)
    assert anchors.read(CHANNEL) == head(4, epoch=1)
    assert anchors.channels() == [CHANNEL]


@pytest.mark.parametrize("cut", range(0, SLOT_BYTES, 37))
def test_a_write_that_was_cut_short_leaves_the_one_before(
    anchors: Anchors, tmp_path: Path, cut: int
) -> None:
    (file,) = tmp_path.iterdir()
    for size in (1, 2, 3):
        before, known = file.read_bytes(), anchors.read(CHANNEL)
        anchors.advance(CHANNEL, head(size))
        after = file.read_bytes()
        place = 0 if before[:SLOT_BYTES] != after[:SLOT_BYTES] else SLOT_BYTES
        torn = bytearray(before)
        torn[place : place + cut] = after[place : place + cut]
        file.write_bytes(torn)
        found = Anchors(tmp_path).read(CHANNEL)
        assert found in (known, head(size))
        file.write_bytes(after)
    assert file.stat().st_size == 2 * SLOT_BYTES


def test_what_is_lost_or_damaged_is_said(anchors: Anchors, tmp_path: Path) -> None:
    (file,) = tmp_path.iterdir()
    file.write_bytes(bytes(2 * SLOT_BYTES))
    assert anchors.look(CHANNEL) is Reason.ANCHOR_DAMAGED
    with pytest.raises(ParleyError) as damaged:
        anchors.advance(CHANNEL, head(9))
    assert damaged.value.reason is Reason.ANCHOR_DAMAGED
    anchors.replace(CHANNEL, head(2))
    assert Anchors(tmp_path).read(CHANNEL) == head(2)
    other = sha256(b"other").digest()
    assert anchors.look(other) is Reason.ANCHOR_MISSING
    # The anchor of one channel is none of another.
    shutil.copy(file, tmp_path / f"{other.hex()}.anchor")
    assert anchors.look(other) is Reason.ANCHOR_DAMAGED


def test_nothing_leaves_without_it(house: SetBack) -> None:
    pair = house.pair
    for file in (house.folder / "left" / "anchor").glob("*.anchor"):
        file.write_bytes(b"")
    say(pair, pair.left)
    with pytest.raises(ParleyError) as refused:
        exchange.compose(pair.left, pair.channel_id)
    assert refused.value.reason is Reason.ANCHOR_DAMAGED
    house.stop("left")
    left = house.start("left")
    assert (standing(left).state, standing(left).reason) == ("recovering", "anchor-damaged")
    pair.settle()
    recovery.accept(left, pair.channel(left))
    pair.settle()
    talk(pair, 1)


def test_a_crash_between_commit_and_anchor_is_harmless(
    house: SetBack, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The database is ahead then, and nothing had left: the desk goes on by itself."""
    pair = house.pair

    def killed(*_: object) -> None:
        raise KeyboardInterrupt

    say(pair, pair.left)
    with monkeypatch.context() as broken:
        broken.setattr(Anchors, "advance", killed)
        with pytest.raises(KeyboardInterrupt):
            exchange.compose(pair.left, pair.channel_id)
    house.stop("left")
    left = house.start("left")
    assert standing(left).state == "open"
    pair.settle()
    assert standing(left).receipted == standing(left).own


def test_a_message_that_shows_nothing_new_writes_nothing(house: SetBack) -> None:
    pair = house.pair
    talk(pair, 1)
    file = house.folder / "left" / "anchor" / f"{pair.channel_id.hex()}.anchor"
    before = file.read_bytes()
    for _ in range(3):
        pair.deliver(pair.right)
        pair.deliver(pair.left)
    assert file.read_bytes() == before


def test_a_database_of_another_history_is_read_only(house: SetBack) -> None:
    """Not behind by its numbers: other statements stand in the places of those that left."""
    pair = house.pair
    old = house.copy("left")
    say(pair, pair.left)
    pair.settle()
    left = house.back("left", old, anchors="back")
    other = say(pair, left)
    diverged = house.copy("left")
    pair.settle()
    say(pair, left)
    pair.settle()
    left = house.back("left", diverged)
    assert standing(left).state == "recovering"
    pair.settle()
    assert standing(left).state == "open"
    with left.database.read() as connection:
        assert log.by_leaf(connection, pair.channel_id, other.leaf) is None
