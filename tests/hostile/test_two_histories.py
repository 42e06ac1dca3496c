"""Who signs two histories: found by whoever is shown both, and proved to anybody."""

from __future__ import annotations

import msgspec
import pytest

from parley.application import convicting, evidence, exchange, reopening
from parley.crypto import checkpoint, merkle
from parley.kernel import ids
from parley.kernel.errors import ParleyError
from parley.record import statement
from parley.record.evidence.format import Claim
from parley.record.mirror import Mirror
from parley.record.statement import Envelope
from parley.store import log
from tests.support.hostile import Hostile, false_receipt, seen

replace = msgspec.structs.replace


def test_two_statements_with_one_number(hostile: Hostile) -> None:
    first, second = hostile.sign(), hostile.sign()
    assert hostile.show(first) == []
    assert hostile.show(second)[0] == "fork-statement"
    hostile.unharmed(peer=2, state="halted")
    assert hostile.standing.reason == "fork-statement"
    assert hostile.convicted() is Claim.STATEMENTS


def test_two_statements_with_one_number_in_one_frame(hostile: Hostile) -> None:
    assert hostile.show(hostile.sign(), hostile.sign())[0] == "fork-statement"
    hostile.unharmed(state="halted")
    assert hostile.convicted() is Claim.STATEMENTS


def test_the_second_statement_has_no_body(hostile: Hostile) -> None:
    first, second = hostile.sign(), hostile.sign()
    assert hostile.show(first) == []
    assert hostile.show(replace(second, body=None))[0] == "fork-statement"
    assert hostile.convicted() is Claim.STATEMENTS


def test_the_other_one_was_shown_out_of_turn(hostile: Hostile) -> None:
    """Nobody held its number then: the first one that fits is taken, the other one is kept."""
    first = hostile.sign()
    held = statement.parse(first.data)

    def after(envelope: Envelope) -> Envelope:
        return replace(envelope, seq=held.envelope.seq + 1, prev=held.leaf)

    early, late = hostile.sign(after), hostile.sign(after)
    assert hostile.show(early) == ["chain-gap"]
    assert hostile.show(first, late) == []
    hostile.unharmed(peer=3)
    assert hostile.quarantine() == ["chain-gap"]
    assert hostile.show(early)[0] == "fork-statement", "shown again, it convicts"
    assert hostile.convicted() is Claim.STATEMENTS


def test_a_statement_in_a_place_that_its_checkpoint_had_filled(hostile: Hostile) -> None:
    late = hostile.sign(lambda envelope: seen(envelope, count=0, leaf=None))
    assert hostile.show(late)[0] == "fork-checkpoint"
    hostile.unharmed(state="halted")
    assert hostile.convicted() is Claim.PLACE


def test_a_statement_in_a_place_that_its_receipt_had_filled(hostile: Hostile) -> None:
    desks = hostile.desks
    before = hostile.sign()
    ours = hostile.speak(desks.left)
    with desks.left.database.read() as connection:
        channel = desks.channel(desks.left)
        theirs = Mirror(connection, channel, 0).leaves(channel.peer_index, 2)
    word = false_receipt(hostile, 3, merkle.root([*theirs, ours.leaf]))
    assert hostile.refused(hostile.message(receipts=(word,), statements=(), checkpoint=None)) == []
    assert hostile.standing.receipted == 2
    assert hostile.show(before)[0] == "fork-receipt"
    hostile.unharmed(own=2, state="halted")
    assert hostile.convicted() is Claim.RECEIPT


def test_two_roots_of_one_size(hostile: Hostile) -> None:
    lie = hostile.note(hostile.size, merkle.leaf_hash(b"another history"))
    assert hostile.refused(hostile.message(checkpoint=lie))[0] == "fork-root"
    hostile.unharmed(state="halted")
    assert hostile.convicted() is Claim.ROOTS


def test_a_root_of_a_size_that_was_passed_over(hostile: Hostile) -> None:
    """A checkpoint of last month, at a size at which we were never shown one."""
    old = hostile.note(1, merkle.leaf_hash(b"another beginning"))
    assert hostile.refused(hostile.message(checkpoint=old))[0] == "fork-root"
    hostile.unharmed(state="halted")
    assert hostile.convicted() is Claim.HISTORY


def test_a_root_that_its_own_statements_do_not_give(hostile: Hostile) -> None:
    sent = hostile.sign()
    size = statement.parse(sent.data).envelope.index + 1
    lie = hostile.note(size, merkle.leaf_hash(b"another end"))
    assert hostile.refused(hostile.message(statements=(sent,), checkpoint=lie))[0] == "fork-root"
    hostile.unharmed(peer=2, state="halted")
    assert hostile.convicted() is Claim.REBUILT


def test_a_false_root_at_the_end_of_which_only_we_have_spoken(hostile: Hostile) -> None:
    """We know that it is false; others would have to believe what we say of our own statements."""
    hostile.speak(hostile.desks.left)
    lie = hostile.note(3, merkle.leaf_hash(b"another end"))
    assert hostile.refused(hostile.message(statements=(), checkpoint=lie)) == [
        "fork-root",
        "fork-root",
    ]
    hostile.unharmed(own=2, state="halted")
    (kept,) = evidence.every(hostile.desks.left, "audit")
    assert kept.claim is None
    with pytest.raises(ParleyError, match="evidence-proves-nothing"):
        evidence.as_bytes(hostile.desks.left, kept)


def test_a_log_that_has_become_shorter(hostile: Hostile) -> None:
    """A set-back peer's old checkpoint is true, and takes nothing back."""
    hostile.speak(hostile.desks.right)
    before = hostile.message().checkpoint
    hostile.desks.settle()
    hostile.speak(hostile.desks.right)
    hostile.desks.settle()
    assert before is not None
    size = checkpoint.parse_note(before.encode())[0].size
    assert hostile.size > size
    assert hostile.refused(hostile.message(statements=(), checkpoint=before)) == []
    hostile.unharmed(peer=3)
    found = hostile.standing
    assert (found.agreed_own, found.agreed_peer) == (1, 3)


def reopened(hostile: Hostile) -> None:
    channel = hostile.desks.channel(hostile.desks.left)
    for officer in ("ada", "lena"):
        reopening.reopen(hostile.desks.left, officer, channel, "agreed by telephone")
    assert hostile.standing.state == "open"


def test_the_other_branch_goes_on_after_the_channel_was_opened_again(hostile: Hostile) -> None:
    first, second = hostile.sign(), hostile.sign()
    hostile.show(first)
    hostile.show(second)
    reopened(hostile)
    branch = statement.parse(second.data)

    def after(envelope: Envelope) -> Envelope:
        return replace(envelope, seq=branch.envelope.seq + 1, prev=branch.leaf)

    assert hostile.show(second) == ["fork-statement"]
    assert hostile.show(hostile.sign(after)) == ["chain-broken"]
    hostile.unharmed(peer=2)
    assert hostile.convicted() is Claim.STATEMENTS


def test_a_decided_dispute_is_used_to_crowd_out_the_proof_of_a_new_one(
    hostile: Hostile, monkeypatch: pytest.MonkeyPatch
) -> None:
    """So many proofs of the old fork that there is no room for one of the next."""
    monkeypatch.setattr(convicting, "EVIDENCE_ITEMS", 3)
    first = hostile.sign()
    hostile.show(first)
    hostile.show(hostile.sign())
    reopened(hostile)
    for _ in range(4):
        hostile.show(hostile.sign())
    assert (hostile.standing.state, hostile.standing.evidence) == ("open", 3)
    held = statement.parse(first.data)

    def after(envelope: Envelope) -> Envelope:
        return replace(envelope, seq=held.envelope.seq + 1, prev=held.leaf)

    one, other = hostile.sign(after), hostile.sign(after)
    assert hostile.show(one) == []
    assert hostile.show(other)[0] == "fork-statement"
    hostile.unharmed(peer=3, state="halted")
    assert hostile.standing.evidence == 4
    newest = evidence.every(hostile.desks.left, "audit")[-1]
    data = evidence.as_bytes(hostile.desks.left, newest)
    assert one.data in data
    assert other.data in data


def test_a_halted_peer_goes_on_speaking(hostile: Hostile) -> None:
    hostile.show(hostile.sign(), hostile.sign())
    with pytest.raises(ParleyError, match="channel-halted"):
        hostile.show(hostile.sign())
    with pytest.raises(ParleyError, match="channel-halted"):
        exchange.compose(hostile.desks.left, hostile.desks.channel_id)
    hostile.unharmed(state="halted")
    assert hostile.standing.evidence == 1


def test_we_have_not_seen_what_it_says_elsewhere(hostile: Hostile) -> None:
    """A second history that is shown to others alone leaves nothing here: hence the witness."""
    shown, hidden = hostile.sign(), hostile.sign(case=ids.new_case_id())
    assert hostile.show(shown) == []
    assert statement.parse(hidden.data).envelope.seq == statement.parse(shown.data).envelope.seq
    with hostile.desks.left.database.read() as connection:
        leaf = merkle.leaf_hash(hidden.data)
        assert log.by_leaf(connection, hostile.desks.channel_id, leaf) is None
    hostile.unharmed(peer=2)
