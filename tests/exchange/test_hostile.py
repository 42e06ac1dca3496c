"""A peer with its own software: what is kept out, what stands beside it, what becomes of it.

`tests/hostile` has an act and its test each.
"""

from __future__ import annotations

from collections.abc import Callable

import msgspec
import pytest

from parley.application import audit, cases
from parley.application.message import Sent
from parley.kernel import ids
from parley.record import statement
from parley.record.statement import Envelope
from parley.store import log, proofs
from tests.support.hostile import Hostile, seen
from tests.support.pair import Pair, inquiry

replace = msgspec.structs.replace


@pytest.fixture
def hostile(desks: Pair) -> Hostile:
    return Hostile(desks)


def test_an_honest_statement_passes_this_harness(hostile: Hostile) -> None:
    """The tests below refuse for what they change, not for how they are made."""
    assert hostile.refused(hostile.message(statements=(hostile.sign(),), checkpoint=None)) == []
    assert hostile.standing.peer == 2


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (lambda e: replace(e, seq=e.seq + 1), "chain-gap"),
        (lambda e: replace(e, epoch=1), "key-unknown"),
        (lambda e: replace(e, prev=bytes(32)), "chain-broken"),
        (lambda e: replace(e, prev=None), "chain-broken"),
        (lambda e: replace(e, case_seq=1), "chain-broken"),
        (lambda e: replace(e, case_prev=bytes(32)), "chain-broken"),
        (lambda e: seen(e, count=99), "seen-ahead"),
        (lambda e: seen(e, leaf=bytes(32)), "seen-wrong"),
        (lambda e: seen(e, root=bytes(32)), "seen-wrong"),
        (lambda e: seen(e, size=77), "seen-wrong"),
        (lambda e: replace(e, seen=(e.seen[0], e.seen[0])), "seen-wrong"),
    ],
)
def test_an_envelope_that_is_not_true_is_kept_out(
    hostile: Hostile, change: Callable[[Envelope], Envelope], reason: str
) -> None:
    sent = hostile.sign(change)
    refused = hostile.refused(hostile.message(statements=(sent,), checkpoint=None))
    assert refused[0] == reason
    assert hostile.standing.peer == 1, "nothing entered the log"
    assert hostile.standing.quarantined == 1
    with hostile.desks.left.database.read() as connection:
        (kept,) = proofs.every_quarantined(connection, hostile.desks.channel_id)
    assert (kept.reason, kept.data) == (reason, sent.data)


def test_what_stands_before_a_bad_statement_is_taken_and_receipted(hostile: Hostile) -> None:
    good = hostile.sign()
    reply = hostile.say(hostile.message(statements=(good, Sent(b"\x00", None)), checkpoint=None))
    assert [refusal.reason for refusal in reply.refusals] == ["shape-invalid"]
    assert hostile.standing.peer == 2
    assert len(reply.receipts) == 1


def test_an_epoch_that_is_not_known_convicts_nobody(hostile: Hostile) -> None:
    """No key of that epoch is known, so nobody is known to have signed this."""
    other = hostile.sign(lambda e: replace(e, epoch=1, seq=0, prev=None))
    refused = hostile.refused(hostile.message(statements=(other,), checkpoint=None))
    assert refused == ["key-unknown"]
    assert (hostile.standing.state, hostile.standing.evidence) == ("open", 0)


def test_a_void_act_is_recorded_receipted_and_answered_once(hostile: Hostile) -> None:
    desks = hostile.desks
    case = ids.new_case_id()
    desks.append(desks.right, inquiry(desks.channel(desks.right), case))
    void = desks.append(desks.right, inquiry(desks.channel(desks.right), case))
    desks.settle()
    desks.settle()
    (_, view) = cases.show(desks.left, desks.channel(desks.left), case, "otto").acts
    assert view.void == "case-already-open"
    assert view.receipt is not None
    for desk in (desks.left, desks.right):
        with desk.database.read() as connection:
            channel = desks.channel(desk)
            standing = [
                statement.parse(entry.data).act
                for entry in log.in_case(connection, channel.id, channel.standing_case)
            ]
        notices = [act for act in standing if act.type == "void-notice"]
        assert [(act.reference, act.codes) for act in notices] == [
            (void.leaf, {"reason": "case-already-open"})
        ]
        assert audit.fsck(desk).faults == ()
