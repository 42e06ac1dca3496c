"""A desk that was set back: what it notices, what it refuses, and how it becomes whole again."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from parley.application import audit, channels, exchange, keys, recovery
from parley.application.desk import Desk
from parley.domain.act import ActType
from parley.kernel import ids
from parley.kernel.errors import ParleyError
from parley.kernel.reasons import Reason
from parley.node import desk as desks
from parley.record.keyring import KeyKind
from parley.record.statement import Statement, parse
from parley.store import log
from parley.wire import post, pouch
from tests.support.keys import changed
from tests.support.pair import PASSPHRASE, Pair, inquiry
from tests.support.setback import SetBack, set_back


@pytest.fixture
def house(tmp_path: Path) -> Iterator[SetBack]:
    with set_back(tmp_path) as made:
        yield made


def say(pair: Pair, desk: Desk) -> Statement:
    """An inquiry of ``desk``, signed."""
    return pair.append(desk, inquiry(pair.channel(desk), ids.new_case_id()))


def talk(pair: Pair, times: int = 2) -> None:
    """Both desks speak, and everything is delivered."""
    for _ in range(times):
        say(pair, pair.left)
        pair.settle()
        say(pair, pair.right)
        say(pair, pair.right)
        pair.settle()


def standing(desk: Desk) -> channels.Standing:
    (found,) = channels.standings(desk)
    return found


def record(pair: Pair, desk: Desk) -> list[bytes]:
    """The leaves of a desk's own log, in order."""
    with desk.database.read() as connection:
        return [entry.leaf for entry in log.in_order(connection, pair.channel_id)]


def assert_whole(pair: Pair) -> None:
    """Both desks are open, agree, and their records hold."""
    for desk in (pair.left, pair.right):
        found = standing(desk)
        assert (found.state, found.reason, found.evidence) == ("open", None, 0)
        assert (found.agreed_own, found.agreed_peer) == (found.own, found.peer)
        assert audit.fsck(desk).faults == ()


def test_a_checkpoint_without_its_receipt_shows_the_loss_too(house: SetBack) -> None:
    """What counts is all that we signed over the peer's statements, not the receipt alone."""
    pair = house.pair
    talk(pair)
    old = house.copy("left")
    say(pair, pair.right)
    lost = exchange.compose(pair.right, pair.channel_id)
    post.answer(pair.left, post.request(pair.right, lost)[0])
    # The reply with the receipt is lost; our checkpoint over the same log arrives.
    assert pair.deliver(pair.left)
    assert standing(pair.right).receipted < standing(pair.right).own
    left = house.back("left", old, anchors="back")
    say(pair, left)
    pair.settle()
    assert_whole(pair)


@pytest.mark.parametrize("anchors", ["kept", "back"])
def test_a_day_old_copy_becomes_what_it_was(house: SetBack, anchors: str) -> None:
    pair = house.pair
    talk(pair)
    old = house.copy("left")
    talk(pair)
    before = record(pair, pair.left)
    left = house.back("left", old, anchors=anchors)
    if anchors == "kept":
        assert (standing(left).state, standing(left).reason) == ("recovering", "record-behind")
        with pytest.raises(ParleyError) as refused:
            say(pair, left)
        assert refused.value.reason is Reason.CHANNEL_RECOVERING
    pair.settle()
    assert record(pair, left) == before
    assert_whole(pair)
    talk(pair)
    assert_whole(pair)


def test_what_was_signed_on_the_old_copy_and_never_left_is_given_up(house: SetBack) -> None:
    """The whole disk was set back: nothing tells before the peer does, and nothing has left."""
    pair = house.pair
    old = house.copy("left")
    talk(pair)
    before = record(pair, pair.left)
    left = house.back("left", old, anchors="back")
    assert standing(left).state == "open"
    unsent = say(pair, left)
    pair.settle()
    assert record(pair, left) == before
    assert unsent.leaf not in record(pair, pair.right)
    assert_whole(pair)


def test_the_peer_asks_first(house: SetBack) -> None:
    """A desk that nobody has confirmed takes nothing in and signs no receipt."""
    pair = house.pair
    old = house.copy("left")
    talk(pair)
    before = record(pair, pair.left)
    left = house.back("left", old, anchors="back")
    say(pair, pair.right)
    pair.deliver(pair.right)
    assert standing(pair.right).receipted == standing(pair.right).own - 1
    pair.deliver(pair.right)
    pair.settle()
    assert record(pair, left)[: len(before)] == before
    assert_whole(pair)


def test_a_lost_anchor_needs_somebodys_word_after_the_peers(house: SetBack) -> None:
    pair = house.pair
    old = house.copy("left")
    talk(pair)
    before = record(pair, pair.left)
    left = house.back("left", old, anchors="lost")
    assert (standing(left).state, standing(left).reason) == ("recovering", "anchor-missing")
    channel = pair.channel(left)
    with pytest.raises(ParleyError) as early:
        recovery.accept(left, channel)
    assert early.value.reason is Reason.CHANNEL_RECOVERING
    pair.settle()
    assert record(pair, left) == before
    assert (standing(left).state, standing(left).reason) == ("recovering", "restore-unaccepted")
    with pytest.raises(ParleyError):
        say(pair, left)
    recovery.accept(left, channel)
    pair.settle()
    talk(pair)
    assert_whole(pair)


def test_what_was_new_to_it_is_receipted_once_it_is_accepted(house: SetBack) -> None:
    pair = house.pair
    old = house.copy("left")
    say(pair, pair.right)
    left = house.back("left", old, anchors="lost")
    for _ in range(2):
        pair.deliver(left)
    recovery.accept(left, pair.channel(left))
    pair.settle()
    assert_whole(pair)


def test_both_were_set_back(house: SetBack) -> None:
    pair = house.pair
    old_left = house.copy("left")
    talk(pair)
    old_right = house.copy("right")
    talk(pair)
    house.back("left", old_left, anchors="back")
    house.back("right", old_right, anchors="back")
    pair.settle()
    talk(pair)
    assert_whole(pair)


def test_the_peer_is_away(house: SetBack) -> None:
    """It stays as it is, for however long, and says for whom it waits."""
    pair = house.pair
    old = house.copy("left")
    talk(pair)
    left = house.back("left", old)
    assert [item.channel for item in pair.work(left)] == [pair.channel_id]
    for _ in range(3):
        with pytest.raises(ParleyError):
            say(pair, left)
    assert (standing(left).state, standing(left).reason) == ("recovering", "record-behind")


def test_what_nobody_holds_is_short(house: SetBack) -> None:
    """A statement left in a frame that never arrived: the anchor knows it, the peer does not."""
    pair = house.pair
    old = house.copy("left")
    say(pair, pair.left)
    exchange.compose(pair.left, pair.channel_id)
    left = house.back("left", old)
    for _ in range(3):
        pair.deliver(left)
    assert (standing(left).state, standing(left).reason) == ("recovering", "return-short")
    recovery.accept(left, pair.channel(left))
    pair.settle()
    talk(pair)
    assert_whole(pair)


def test_more_than_one_frame_comes_back(house: SetBack, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("parley.application.composing.FRAME_ROOM", 8_000)
    monkeypatch.setattr("parley.application.composing._LEAST_ROOM", 8_000)
    pair = house.pair
    old = house.copy("left")
    talk(pair, 4)
    before = record(pair, pair.left)
    left = house.back("left", old, anchors="back")
    pair.settle()
    assert record(pair, left) == before
    assert_whole(pair)


def carry(pair: Pair, sender: Desk, taker: Desk, folder: Path) -> None:
    """One pouch from one desk to the other."""
    bag = folder / f"bag-{len(list(folder.glob('bag-*')))}"
    bag.mkdir()
    pouch.pack(sender, pair.channel(sender), bag, unconfirmed=True)
    found = pouch.open_all(taker, pouch.files([bag]))
    assert [one.error for one in found] == [None] * len(found)


def test_what_was_lost_comes_back_by_pouch(house: SetBack, tmp_path: Path) -> None:
    """Desks that never meet on a network: the same recovery, in files."""
    pair = house.pair
    talk(pair)
    old = house.copy("left")
    talk(pair)
    before = record(pair, pair.left)
    left = house.back("left", old)
    assert standing(left).state == "recovering"
    with pytest.raises(ParleyError) as refused:
        say(pair, left)
    assert refused.value.reason is Reason.CHANNEL_RECOVERING
    for _ in range(3):
        carry(pair, left, pair.right, tmp_path)
        carry(pair, pair.right, left, tmp_path)
    assert record(pair, left) == before
    assert standing(left).state == "open"
    said = say(pair, left)
    carry(pair, left, pair.right, tmp_path)
    assert said.leaf in record(pair, pair.right)
    pair.settle()
    assert_whole(pair)


def void_act(pair: Pair) -> None:
    """The right desk withdraws what is not its own."""
    content = inquiry(pair.channel(pair.right), ids.new_case_id())
    bare = content._replace(type=ActType.WITHDRAWAL, codes={}, values={}, reply_wanted=None)
    pair.append(pair.right, bare._replace(precedence=0))


def notices(pair: Pair) -> int:
    """How many notices of void acts stand in the left desk's record."""
    with pair.left.database.read() as connection:
        entries = list(log.in_order(connection, pair.channel_id))
    return sum(parse(entry.data).act.type == ActType.VOID_NOTICE for entry in entries)


def test_what_is_owed_is_made_up_beyond_a_revocation_of_the_peer(house: SetBack) -> None:
    """The peer has revoked since the backup, and speaks while we recover: both are made up."""
    pair = house.pair
    talk(pair)
    old = house.copy("left")
    talk(pair, 1)
    changed(pair, pair.right, KeyKind.REVOCATION)
    pair.settle()
    talk(pair, 1)
    left = house.back("left", old)
    assert standing(left).state == "recovering"
    void_act(pair)
    pair.settle()
    assert notices(pair) == 1
    talk(pair, 1)
    assert_whole(pair)


def test_a_database_older_than_our_own_revocation_is_given_the_statement(house: SetBack) -> None:
    """Keys and anchors are there, the database is from before: the statement alone is missing."""
    pair = house.pair
    talk(pair)
    old = house.copy("left")
    talk(pair, 1)
    statement = changed(pair, pair.left, KeyKind.REVOCATION).statement
    pair.settle()
    talk(pair, 1)
    before = record(pair, pair.left)
    with pytest.raises(ParleyError) as refused:
        house.back("left", old)
    assert refused.value.reason is Reason.KEYS_NOT_OF_LETTER
    folder = house.folder / "left"
    with desks.opened(folder, PASSPHRASE, clock=pair.clock, newer_keys=True) as desk:
        keys.install(desk, statement.data, without_keys=True)
    left = house.start("left")
    assert standing(left).state == "recovering"
    void_act(pair)
    pair.settle()
    assert record(pair, left)[: len(before)] == before
    assert notices(pair) == 1
    talk(pair, 1)
    assert_whole(pair)
