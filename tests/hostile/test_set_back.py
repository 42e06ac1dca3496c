"""Who has an old copy of our disk, and holds back what we had sent."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from parley.application import audit, channels, evidence, exchange, recovery
from parley.application.desk import Desk
from parley.kernel import ids
from parley.kernel.errors import ParleyError
from parley.record.evidence.format import Claim
from parley.record.statement import Statement
from parley.wire import post
from tests.support.pair import inquiry
from tests.support.setback import SetBack, set_back


@pytest.fixture
def house(tmp_path: Path) -> Iterator[SetBack]:
    with set_back(tmp_path) as made:
        yield made


def say(house: SetBack, desk: Desk) -> Statement:
    return house.pair.append(desk, inquiry(house.pair.channel(desk), ids.new_case_id()))


def standing(desk: Desk) -> channels.Standing:
    (found,) = channels.standings(desk)
    return found


def held_back(house: SetBack) -> bytes:
    """A frame with a statement of the left desk, which somebody on the line keeps."""
    pair = house.pair
    say(house, pair.left)
    return post.request(pair.left, exchange.compose(pair.left, pair.channel_id))[0]


def test_a_frame_is_held_back_and_our_database_set_back(house: SetBack) -> None:
    """The anchor knows of it, and the desk signs nothing; the frame itself makes it whole again."""
    pair = house.pair
    old = house.copy("left")
    frame = held_back(house)
    left = house.back("left", old)
    pair.deliver(left)
    assert (standing(left).state, standing(left).reason) == ("recovering", "return-short")
    with pytest.raises(ParleyError):
        say(house, left)
    post.answer(pair.right, frame)
    pair.settle()
    for desk in (left, pair.right):
        assert (standing(desk).state, standing(desk).evidence) == ("open", 0)
        assert audit.fsck(desk).faults == ()
    assert standing(left).own == 2


def test_a_frame_is_held_back_and_our_whole_disk_set_back(house: SetBack) -> None:
    """The anchor is gone with the disk: we sign anew, and the old frame then convicts us."""
    pair = house.pair
    old = house.copy("left")
    frame = held_back(house)
    left = house.back("left", old, anchors="back")
    pair.deliver(left)
    say(house, left)
    pair.settle()
    assert standing(pair.right).peer == 2
    post.answer(pair.right, frame)
    assert (standing(pair.right).state, standing(pair.right).reason) == (
        "halted",
        "fork-statement",
    )
    (kept,) = evidence.every(pair.right, "audit")
    assert kept.claim is Claim.STATEMENTS
    for desk in (left, pair.right):
        assert audit.fsck(desk).faults == ()


def test_a_loss_is_given_up_too_early(house: SetBack) -> None:
    """An officer takes for lost what only lay on the way: the same fork, by our own word."""
    pair = house.pair
    old = house.copy("left")
    frame = held_back(house)
    left = house.back("left", old)
    pair.deliver(left)
    recovery.accept(left, pair.channel(left))
    say(house, left)
    pair.settle()
    post.answer(pair.right, frame)
    assert standing(pair.right).reason == "fork-statement"
