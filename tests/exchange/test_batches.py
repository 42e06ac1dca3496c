"""Large batches: taken in while their signatures are checked; nothing where one is forged."""

from __future__ import annotations

import time

import msgspec
import pytest

from parley.application import audit, exchange
from parley.application.message import Message, Sent
from parley.kernel import ids
from parley.kernel.reasons import Reason
from parley.record import body as bodies
from parley.record.freeze import freeze
from parley.record.signatures import WORTH
from parley.store import log, proofs
from tests.support.pair import Pair, inquiry

BATCH = 3 * WORTH


def batch(desks: Pair, count: int = BATCH) -> Message:
    """What the left desk sends after it has released so many acts."""
    channel = desks.channel(desks.left)
    frozen = [freeze(channel, inquiry(channel, ids.new_case_id(), 1)) for _ in range(count)]
    with desks.left.database.write(channel.id) as connection:
        desks.left.ledger(connection, channel).append_all(
            [(one.act_bytes, one.body) for one in frozen]
        )
    return exchange.compose(desks.left, desks.channel_id).message


def forged(message: Message, place: int) -> Message:
    """The message with one signature changed."""
    statements = list(message.statements)
    data = statements[place].data
    statements[place] = Sent(data[:-1] + bytes((data[-1] ^ 1,)), statements[place].body)
    return msgspec.structs.replace(message, statements=tuple(statements))


def wait_for_processes(desks: Pair) -> None:
    checks = desks.right.signatures
    assert checks is not None
    deadline = time.monotonic() + 30
    while checks._idlest() is None:
        assert time.monotonic() < deadline
        time.sleep(0.01)


def standing(desks: Pair) -> tuple[object, ...]:
    """Everything that a batch could change at the right desk."""
    channel = desks.channel(desks.right)
    with desks.right.database.read() as connection:
        return (
            log.size(connection, channel.id),
            log.chains(connection, channel.id),
            proofs.receipts(connection, channel.id, channel.own_index),
            proofs.checkpoints(connection, channel.id, channel.own_index),
        )


@pytest.mark.parametrize("place", [0, 1, BATCH // 2, BATCH - 1])
def test_nothing_from_a_forged_statement_on_is_taken_in(desks: Pair, place: int) -> None:
    wait_for_processes(desks)
    before = standing(desks)
    message = batch(desks)
    reply = exchange.handle(desks.right, forged(message, place), bytes(32), epoch=0).message
    assert [refusal.reason for refusal in reply.refusals] == [Reason.SIGNATURE_INVALID.value]
    channel = desks.channel(desks.right)
    with desks.right.database.read() as connection:
        chain = log.chains(connection, channel.id)[channel.peer_index]
        receipts = proofs.receipts(connection, channel.id, channel.own_index)
        size = log.size(connection, channel.id)
    assert size == before[0] + place
    assert chain.count == 1 + place
    assert max(row.last_seq for row in receipts) == place
    assert reply.held.count == 1 + place
    assert audit.fsck(desks.right).faults == ()
    exchange.handle(desks.right, message, bytes(32), epoch=0)
    desks.settle()
    with desks.right.database.read() as connection:
        assert log.chains(connection, channel.id)[channel.peer_index].count == 1 + BATCH


def test_a_forged_statement_convicts_nobody(desks: Pair) -> None:
    """Behind a body that is wrong stands a number that we hold: only a signature makes it proof."""
    wait_for_processes(desks)
    message = batch(desks)
    exchange.handle(desks.right, message, bytes(32), epoch=0)
    statements = list(forged(message, BATCH - 1).statements)
    statements[-1] = Sent(statements[-1].data, bodies.salted({"subject@en": "another"}).encode())
    again = msgspec.structs.replace(message, statements=tuple(statements))
    reply = exchange.handle(desks.right, again, bytes(32), epoch=0).message
    assert [refusal.reason for refusal in reply.refusals] == [Reason.SIGNATURE_INVALID.value]
    with desks.right.database.read() as connection:
        assert proofs.evidence(connection, desks.channel_id) == []


def test_a_batch_is_taken_in_before_the_processes_have_started(desks: Pair) -> None:
    exchange.handle(desks.right, batch(desks), bytes(32), epoch=0)
    desks.settle()
    assert audit.fsck(desks.right).faults == ()
