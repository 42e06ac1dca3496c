"""When the courier goes: at once where it can bring something, later where the peer will come."""

from __future__ import annotations

from parley.application import exchange
from parley.application.desk import Desk
from parley.kernel import ids
from parley.store import outbox
from tests.support.pair import Pair, inquiry


def ask(desks: Pair, desk: Desk) -> None:
    desks.append(desk, inquiry(desks.channel(desk), ids.new_case_id()))


def due_in_ms(desks: Pair, desk: Desk) -> int:
    (work,) = exchange.work(desk)
    return work.due_ms - desks.clock() * 1000


def test_nothing_is_to_be_done_at_rest(desks: Pair) -> None:
    assert exchange.work(desks.left) == exchange.work(desks.right) == []


def test_what_went_out_in_a_reply_waits_a_moment_for_the_peer_to_come(desks: Pair) -> None:
    ask(desks, desks.left)
    ask(desks, desks.right)
    assert due_in_ms(desks, desks.right) <= 0
    desks.deliver(desks.left)
    assert 0 < due_in_ms(desks, desks.right) <= 2_000


def test_the_wait_ends_when_the_peer_has_come(desks: Pair) -> None:
    """What is written next must not wait for what was sent before."""
    ask(desks, desks.left)
    ask(desks, desks.right)
    desks.deliver(desks.left)
    desks.deliver(desks.left)
    ask(desks, desks.right)
    assert due_in_ms(desks, desks.right) <= 0


def test_both_come_to_rest_in_few_frames(desks: Pair) -> None:
    before = len(desks.frames)
    ask(desks, desks.left)
    desks.settle()
    assert len(desks.frames) - before <= 4, "a statement costs two exchanges at most"


def test_a_reply_that_is_lost_costs_nothing_but_time(desks: Pair) -> None:
    """The receipt is given again, byte for byte, when the statement comes again."""
    ask(desks, desks.left)
    first = exchange.compose(desks.left, desks.channel_id).message
    answers = [exchange.handle(desks.right, first, bytes(32)).message for _ in range(3)]
    assert answers[0].receipts
    assert answers[0].receipts == answers[1].receipts == answers[2].receipts
    desks.settle()
    with desks.left.database.read() as connection:
        assert outbox.one(connection, desks.channel_id).receipted == 2
