"""Who withholds or forges what it owes: receipts, checkpoints, cosignatures, its word on heads."""

from __future__ import annotations

import base64
import time

import msgspec
import pytest

from parley.application import audit, cases, evidence, exchange, nondelivery
from parley.application.message import SentCosignature, SentReceipt
from parley.crypto import checkpoint, merkle, receipt
from parley.crypto.checkpoint import Checkpoint
from parley.domain.delivery import DeliveryEvent
from parley.kernel import cbor, ids, limits
from parley.kernel.errors import ParleyError
from parley.record import ahead as ahead_module
from parley.record import heads
from parley.record.heads import Held
from parley.record.mirror import Mirror
from parley.record.replay import Replay
from parley.store import outbox, proofs
from parley.wire import frame as frames
from parley.wire import post
from tests.support.hostile import Hostile, false_receipt

replace = msgspec.structs.replace
LIMIT = 72 * 3600
YEAR = 365 * 86_400


def unanswered(hostile: Hostile) -> None:
    """The left desk has sent its statement; the right one has it and gives nothing back."""
    desks = hostile.desks
    outgoing = exchange.compose(desks.left, desks.channel_id)
    data, digest = post.request(desks.left, outgoing)
    reply = frames.parse(post.answer(desks.right, data))
    said = frames.open_message(reply, reply.header(), desks.left.keys)
    bare = replace(
        said,
        statements=(),
        checkpoint=None,
        receipts=(),
        cosignatures=(),
        held=Held(0, 1, hostile.our_leaf(0), 1),
    )
    post.settle(desks.left, outgoing, digest, hostile.sealed(bare))


def stated(hostile: Hostile) -> list[str | None]:
    left = hostile.desks.left
    with left.database.read() as connection:
        acts = list(Replay(connection, hostile.desks.channel(left)).opening().acts)
    return [act.void for act in acts if act.type == "non-delivery"]


def test_the_receipt_is_withheld(hostile: Hostile) -> None:
    desks = hostile.desks
    ours = hostile.speak(desks.left)
    unanswered(hostile)
    assert hostile.standing.receipted == 1
    assert nondelivery.state_overdue(desks.left) == 0
    desks.clock.now += LIMIT + 1
    assert nondelivery.state_overdue(desks.left) == 1
    assert stated(hostile) == [None]
    with desks.left.database.read() as connection:
        events = outbox.events(connection, desks.channel_id, ours.envelope.seq, ours.envelope.seq)
    assert events[-1].event == DeliveryEvent.CONTENT_CONSIGNMENT_FAILURE
    hostile.unharmed(own=3)


def test_the_receipt_is_withheld_by_one_who_answers_the_statement(hostile: Hostile) -> None:
    """What it says later has seen ours: that shows as well that it has it."""
    desks = hostile.desks
    hostile.speak(desks.left)
    unanswered(hostile)
    assert hostile.show(hostile.sign()) == []
    desks.clock.now += LIMIT + 1
    assert nondelivery.state_overdue(desks.left) == 0
    assert stated(hostile) == []
    hostile.unharmed(own=2, peer=2)


def test_a_receipt_over_another_root(hostile: Hostile) -> None:
    desks = hostile.desks
    ours = hostile.speak(desks.left)
    false = false_receipt(hostile, 3)
    assert hostile.refused(hostile.message(receipts=(false,))) == ["signature-invalid"]
    (view,) = cases.show(desks.left, desks.channel(desks.left), ours.act.case, "otto").acts
    assert view.receipt is None
    assert hostile.standing.receipted == 1
    hostile.unharmed(own=2)


def test_a_refused_receipt_is_meant_to_spoil_what_follows(hostile: Hostile) -> None:
    """What the peer says later of the same places is judged by its statements alone."""
    desks = hostile.desks
    hostile.speak(desks.right)
    honest = hostile.message()
    hostile.speak(desks.left)
    false = hostile.message(receipts=(false_receipt(hostile, 3),), statements=(), checkpoint=None)
    assert hostile.refused(false) == ["signature-invalid"]
    assert hostile.refused(honest) == []
    hostile.unharmed(own=2, peer=2)


def word(hostile: Hostile, **changes: object) -> list[str]:
    """A receipt over the true root, with changes to what its header says."""
    desks = hostile.desks
    right = desks.right
    ours = hostile.speak(desks.left)
    with desks.left.database.read() as connection:
        channel = desks.channel(desks.left)
        theirs = Mirror(connection, channel, 0).leaves(channel.peer_index, 2)
    given = {
        "kid": right.keys.log.public.kid,
        "iss": ids.party_uri(right.letter.party),
        "sub": ids.channel_uri(desks.channel_id),
        "iat": right.clock(),
        "size": 3,
        **changes,
    }
    protected = receipt.protected(given["kid"], given["iss"], given["sub"], given["iat"])
    root = merkle.root([*theirs, ours.leaf])
    sent = SentReceipt(given["size"], protected, receipt.sign_root(protected, root, right.keys.log))
    return hostile.refused(hostile.message(receipts=(sent,), statements=(), checkpoint=None))


def test_a_receipt_for_another_channel(hostile: Hostile) -> None:
    assert word(hostile, sub=ids.channel_uri(bytes(32))) == ["wrong-audience"]
    assert hostile.standing.receipted == 1
    hostile.unharmed(own=2)


def test_a_receipt_in_anothers_name(hostile: Hostile) -> None:
    assert word(hostile, iss=ids.party_uri(bytes(32))) == ["wrong-audience"]
    assert hostile.standing.receipted == 1


def test_a_receipt_for_more_than_there_is(hostile: Hostile) -> None:
    assert word(hostile, size=9) == ["mirror-incomplete"]
    assert hostile.standing.receipted == 1


def test_a_receipt_for_another_statement(hostile: Hostile) -> None:
    """A true receipt of the one is none of the other: RFC 9942 paths lead to one leaf."""
    desks = hostile.desks
    first, second = hostile.speak(desks.left), hostile.speak(desks.left)
    desks.settle()
    proof = audit.prove(desks.left, *audit.find(desks.left, "audit", first.leaf.hex()))
    assert proof.receipt is not None
    assert receipt.verify(proof.receipt, first.leaf, desks.right.letter.log_key)
    with pytest.raises(ParleyError, match="signature-invalid"):
        receipt.verify(proof.receipt, second.leaf, desks.right.letter.log_key)


def test_a_receipt_is_backdated(hostile: Hostile) -> None:
    """Dated before the statement: flagged, and what is due runs from its arrival."""
    now = hostile.desks.clock()
    assert word(hostile, iat=now - YEAR) == []
    (summary,) = cases.summaries(hostile.desks.left, "otto")
    assert summary.dues[0].flagged
    due = summary.dues[0].due.since_receipt
    assert due is not None
    assert due > now
    hostile.unharmed(own=2)


def test_a_receipt_bears_a_date_to_come(hostile: Hostile) -> None:
    """Or the time to answer would never end."""
    now = hostile.desks.clock()
    assert word(hostile, iat=now + 10 * YEAR) == []
    (summary,) = cases.summaries(hostile.desks.left, "otto")
    assert summary.dues[0].flagged
    due = summary.dues[0].due.since_receipt
    assert due is not None
    assert due < now + YEAR


def test_a_checkpoint_of_more_than_it_has_shown(hostile: Hostile) -> None:
    ahead = hostile.note(9, bytes(32))
    assert hostile.refused(hostile.message(checkpoint=ahead)) == ["mirror-incomplete"]
    channel = hostile.desks.channel(hostile.desks.left)
    with hostile.desks.left.database.read() as connection:
        assert proofs.cosignatures(connection, channel.id, channel.peer_index, 9) == []
    hostile.unharmed()


def test_a_checkpoint_with_a_line_too_many(hostile: Hostile) -> None:
    """It would travel in every dossier of ours."""
    hostile.speak(hostile.desks.right)
    honest = hostile.message()
    assert honest.checkpoint is not None
    line = honest.checkpoint.splitlines(keepends=True)[-1].replace(
        "\N{EM DASH} parley", "\N{EM DASH} x"
    )
    refused = hostile.refused(replace(honest, checkpoint=honest.checkpoint + line))
    assert refused == ["checkpoint-malformed"]
    hostile.unharmed(peer=2)


def test_a_forged_checkpoint_is_no_fork_wherever_its_signature_is_checked(
    hostile: Hostile, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its root is compared while another process still looks at its signature."""
    monkeypatch.setattr(ahead_module, "SOON", 1)
    lane = hostile.desks.left.lane
    if lane is None:
        pytest.skip("one processor: nobody else checks signatures")
    deadline = time.monotonic() + 30
    while not lane._ready:
        hostile.say(hostile.message())
        assert time.monotonic() < deadline, "the other process does not start"
        time.sleep(0.01)
    for number in range(3):
        hostile.speak(hostile.desks.right)
        honest = hostile.message()
        assert honest.checkpoint is not None
        text, line = hostile.note(int(honest.checkpoint.split("\n")[1]), bytes(32)).split("\n\n")
        name, signature = line.rstrip("\n").rsplit(" ", 1)
        forged = bytearray(base64.b64decode(signature))
        forged[20] ^= 1
        note = f"{text}\n\n{name} {base64.b64encode(forged).decode()}\n"
        assert hostile.refused(replace(honest, checkpoint=note)) == ["signature-invalid"]
        assert hostile.standing.state == "open"
        assert hostile.standing.peer == 2 + number, "the statement stands all the same"
    assert hostile.refused(hostile.message()) == []


def test_its_first_word_is_kept_although_what_comes_with_it_is_forged(hostile: Hostile) -> None:
    """Else it could take the word back that convicts it of a head withheld."""
    left = hostile.desks.left
    left.contacts._confirmed.clear()
    left.contacts.made(hostile.desks.channel_id, frame := bytes(range(32)))
    hostile.speak(hostile.desks.right)
    honest = hostile.message()
    (sent,) = honest.statements
    with left.database.read() as connection:
        before = proofs.words(connection, hostile.desks.channel_id)
    forged = replace(sent, data=sent.data[:-1] + bytes([sent.data[-1] ^ 1]))
    said = replace(honest, answers=frame, statements=(forged,))
    assert hostile.refused(said) == ["signature-invalid"]
    assert left.contacts.confirmed(hostile.desks.channel_id)
    with left.database.read() as connection:
        kept = proofs.words(connection, hostile.desks.channel_id)
    assert len(kept) == len(before) + 1


def test_a_cosignature_over_what_we_never_signed(hostile: Hostile) -> None:
    desks = hostile.desks
    right = desks.right
    channel = desks.channel(right)
    origin = channel.origin(channel.peer_index, 0)
    name = checkpoint.cosigner(right.letter.party)
    for size, root, reason in (
        (2, bytes(32), "signature-invalid"),
        (7, bytes(32), "checkpoint-unknown"),
    ):
        line = checkpoint.cosign(
            Checkpoint(origin, size, root), name, right.keys.log, desks.clock(), False
        )
        sent = (SentCosignature(size, line),)
        message = hostile.message(cosignatures=sent, statements=(), checkpoint=None)
        assert hostile.refused(message) == [reason]
    hostile.unharmed()


def test_a_message_rests_on_a_statement_that_was_kept_out(hostile: Hostile) -> None:
    """Our own newer statement must not be taken for the one that was refused."""
    desks = hostile.desks
    hostile.speak(desks.right)
    honest = hostile.message()
    hostile.speak(desks.left)
    cut = replace(honest.statements[-1], body=None)
    refused = hostile.refused(replace(honest, statements=(*honest.statements[:-1], cut)))
    assert refused == ["body-missing"]
    hostile.unharmed(own=2)
    assert hostile.standing.evidence == 0


def test_it_claims_to_hold_more_than_we_ever_said(hostile: Hostile) -> None:
    """It may be true, if we were set back: nothing is signed until it returns them."""
    sent = hostile.sign()
    message = hostile.message(held=Held(0, 99, bytes(32), 1), statements=(sent,))
    reply = hostile.say(message)
    assert (reply.statements, reply.checkpoint, reply.receipts) == ((), None, ())
    assert (hostile.standing.state, hostile.standing.reason) == ("recovering", "set-back")
    hostile.unharmed(state="recovering")
    hostile.desks.settle()
    hostile.unharmed()


def test_it_claims_more_to_undo_what_we_have_just_said(hostile: Hostile) -> None:
    """What has never left is taken back then; whoever released it is told, and releases again."""
    hostile.speak(hostile.desks.left)
    hostile.say(hostile.message(held=Held(0, 99, bytes(32), 1), statements=()))
    hostile.unharmed(own=1, state="recovering")
    hostile.desks.settle()
    hostile.speak(hostile.desks.left)
    hostile.desks.settle()
    hostile.unharmed(own=2)


def test_it_claims_to_hold_another_statement_of_ours(hostile: Hostile) -> None:
    """Its signed word is kept: whoever holds what we never wrote has forged, or has our keys."""
    message = hostile.message(held=Held(0, 1, bytes(32), 1), statements=(), checkpoint=None)
    assert hostile.refused(message)[0] == "held-contradicts"
    hostile.unharmed(state="halted")
    (kept,) = evidence.every(hostile.desks.left, "audit")
    said, signed = heads.read(*cbor.decode(kept.row.data, limit=limits.MIB))
    heads.verify(said, signed, hostile.desks.right.letter.statement_key)
    assert said.held == message.held
    assert kept.claim is None, "our word against theirs: what it holds nobody else has seen"


def test_it_claims_that_we_receipted_what_we_do_not_have(hostile: Hostile) -> None:
    held = Held(0, 1, hostile.our_leaf(0), 50)
    message = hostile.message(held=held, statements=(), checkpoint=None)
    hostile.say(message)
    hostile.unharmed(state="recovering")
    hostile.desks.settle()
    hostile.unharmed()
