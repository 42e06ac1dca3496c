"""When the courier goes: at once where it can bring something, later where the peer will come."""

from __future__ import annotations

import pytest

from parley.application import audit, channels, exchange, nondelivery, work
from parley.application.desk import Desk
from parley.application.message import Message
from parley.kernel import ids
from parley.kernel.reasons import Reason
from parley.record import freeze
from parley.record.replay import Replay
from parley.store import log, outbox, proofs, views
from tests.support.pair import Pair, inquiry

pytestmark = pytest.mark.engines


def ask(desks: Pair, desk: Desk) -> None:
    desks.append(desk, inquiry(desks.channel(desk), ids.new_case_id()))


def due_in_ms(desks: Pair, desk: Desk) -> int:
    (item,) = desks.work(desk)
    return item.due_ms - desks.clock() * 1000


def test_nothing_is_to_be_done_at_rest(desks: Pair) -> None:
    assert desks.work(desks.left) == desks.work(desks.right) == []


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
    answers = [exchange.handle(desks.right, first, bytes(32), epoch=0).message for _ in range(3)]
    assert answers[0].receipts
    assert answers[0].receipts == answers[1].receipts == answers[2].receipts
    desks.settle()
    with desks.left.database.read() as connection:
        assert outbox.one(connection, desks.channel_id).receipted == 2


def test_what_the_peer_has_seen_is_asked_for_until_there_is_a_receipt(desks: Pair) -> None:
    """Its word in passing shows that it holds the statement; the clock needs the receipt."""
    ask(desks, desks.left)
    lost = exchange.compose(desks.left, desks.channel_id).message
    exchange.handle(desks.right, lost, bytes(32), epoch=0)
    ask(desks, desks.right)
    desks.deliver(desks.right)
    desks.settle()
    with desks.left.database.read() as connection:
        assert outbox.one(connection, desks.channel_id).receipted == 2
        channel = desks.channel(desks.left)
        assert proofs.receipts(connection, channel.id, channel.peer_index)[-1].last_seq == 1


def test_an_old_frame_that_is_replayed_does_not_keep_the_courier_waiting(desks: Pair) -> None:
    old = exchange.compose(desks.left, desks.channel_id).message
    ask(desks, desks.right)
    exchange.handle(desks.right, old, bytes(32), epoch=0)
    assert due_in_ms(desks, desks.right) > 0
    desks.clock.now += 3
    for _ in range(5):
        exchange.handle(desks.right, old, bytes(32), epoch=0)
        assert due_in_ms(desks, desks.right) <= 0


def test_the_last_statements_are_cosigned_post_quantum_within_a_minute(desks: Pair) -> None:
    ask(desks, desks.left)
    desks.settle()
    assert [item.due_ms // 1000 - desks.clock() for item in work.pending(desks.left)] == [60]
    desks.clock.now += 61
    desks.settle()
    for desk in (desks.left, desks.right):
        (standing,) = channels.standings(desk)
        assert standing.post_quantum_size == 3
        assert work.pending(desk) == []


def kinds(message: Message) -> list[bool]:
    """Which of a message's cosignatures are made with ML-DSA-44: their lines are long."""
    return [len(sent.line) > 2_420 for sent in message.cosignatures]


def test_a_post_quantum_cosignature_is_given_once_and_again_to_whoever_asks(desks: Pair) -> None:
    desks.clock.now += 61
    for expected in ([False, True], [False]):
        ask(desks, desks.left)
        request = exchange.compose(desks.left, desks.channel_id)
        reply = exchange.handle(desks.right, request.message, bytes(32), epoch=0)
        assert kinds(reply.message) == expected
        exchange.settle(desks.left, request, reply.message, epoch=0)
    again = exchange.handle(desks.right, request.message, bytes(32), epoch=0)
    assert kinds(again.message) == [False, True]


def test_a_post_quantum_cosignature_that_was_lost_is_had_by_asking(desks: Pair) -> None:
    desks.clock.now += 61
    ask(desks, desks.left)
    lost = exchange.handle(
        desks.right, exchange.compose(desks.left, desks.channel_id).message, bytes(32), epoch=0
    )
    (sent,) = [one for one in lost.message.cosignatures if len(one.line) > 2_420]
    ask(desks, desks.left)
    assert desks.deliver(desks.left)
    (standing,) = channels.standings(desks.left)
    assert standing.post_quantum_size < sent.size
    assert desks.work(desks.left), "it asks at once"
    assert desks.deliver(desks.left)
    (standing,) = channels.standings(desks.left)
    assert standing.post_quantum_size == sent.size
    assert not desks.work(desks.left)


def test_a_clock_that_ran_ahead_does_not_put_that_off(desks: Pair) -> None:
    """The time in a cosignature is its signer's word, and may lie years ahead."""
    years = 10 * 365 * 86_400
    desks.clock.now += years
    ask(desks, desks.right)
    desks.settle()
    desks.clock.now -= years
    ask(desks, desks.right)
    desks.settle()
    desks.clock.now += 61
    desks.settle()
    assert work.pending(desks.left) == work.pending(desks.right) == []
    for desk in (desks.left, desks.right):
        (standing,) = channels.standings(desk)
        assert standing.post_quantum_size == standing.own + standing.peer


def test_non_delivery_is_stated_once_and_only_for_what_the_peer_does_not_hold(
    desks: Pair,
) -> None:
    limit = 72 * 3600
    ask(desks, desks.left)
    assert nondelivery.state_overdue(desks.left) == 0
    exchange.failed(desks.left, desks.channel_id, Reason.PEER_UNREACHABLE)
    desks.clock.now += limit + 1
    assert nondelivery.state_overdue(desks.left) == 1
    desks.clock.now += limit + 1
    assert nondelivery.state_overdue(desks.left) == 0, "a notice is no reason for another"
    desks.settle()
    for desk in (desks.left, desks.right):
        channel = desks.channel(desk)
        with desk.database.read() as connection:
            acts = list(Replay(connection, channel).opening().acts)
        stated = [(act.type, act.void) for act in acts if act.type == "non-delivery"]
        assert stated == [("non-delivery", None)]
        assert audit.fsck(desk).faults == ()


def test_one_more_act_outside_cases_is_judged_without_folding_those_before(
    desks: Pair, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A peer may send any number of them: what one costs must not rise with that."""

    def folded(*_args: object, **_kwargs: object) -> None:
        raise AssertionError("the channel's acts are folded anew")

    monkeypatch.setattr(log, "in_case", folded)
    channel = desks.channel(desks.right)
    for _ in range(3):
        wrong = freeze.by_desk(
            channel, "void-notice", codes={"reason": "text-invalid"}, reference=bytes(32)
        )
        with desks.right.database.write(channel.id) as connection:
            desks.right.ledger(connection, channel).append_own(wrong.act_bytes, wrong.body)
        desks.settle()
    monkeypatch.undo()
    for desk in (desks.left, desks.right):
        with desk.database.read() as connection:
            rows = views.standing(connection, desks.channel_id)
        voids = [row.void for row in rows if row.type == "void-notice"]
        assert voids == ["reference-unknown"] * 3, "and no notice answers a notice"
        assert audit.fsck(desk).faults == ()
