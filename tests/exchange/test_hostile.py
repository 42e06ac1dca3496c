"""A peer with its own keys and other software: what is kept out, recorded, proved, and shown."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import msgspec
import pytest

from parley.application import audit, cases, channels, exchange
from parley.application.message import WISH_RETURN, Message, Sent, SentReceipt
from parley.crypto import checkpoint, merkle, receipt
from parley.kernel import cbor, ids, limits
from parley.record import body as bodies
from parley.record import heads, statement
from parley.record.body import Body
from parley.record.freeze import freeze
from parley.record.heads import Heads, Held
from parley.record.mirror import Mirror
from parley.record.statement import Envelope, Seen
from parley.store import log, proofs
from parley.wire import frame as frames
from parley.wire import post
from tests.support.pair import Pair, inquiry

replace = msgspec.structs.replace


@dataclass
class Hostile:
    """Speaks for the right desk with its real keys, and says what it likes to the left."""

    desks: Pair

    def message(self, **changes: object) -> Message:
        """What the right desk would honestly say now, with changes."""
        outgoing = exchange.compose(self.desks.right, self.desks.channel_id)
        return replace(outgoing.message, **changes)

    def say(self, message: Message) -> Message:
        """Send a message; the left desk's answer, opened."""
        desks = self.desks
        channel = desks.channel(desks.right)
        key = desks.right.keys.statement
        said = Heads(
            version=1,
            channel=channel.id,
            author=channel.own.party,
            recipient=channel.peer.party,
            held=message.held,
            own=message.own,
            lost=bool(message.wishes & WISH_RETURN),
            answers=message.answers,
        )
        data, _ = frames.seal(
            replace(message, word=heads.sign(said, key)), channel, key, 99, now=desks.clock()
        )
        reply = frames.parse(post.answer(desks.left, data))
        return frames.open_message(reply, reply.header(), desks.right.keys)

    def refused(self, message: Message) -> list[str]:
        return [refusal.reason for refusal in self.say(message).refusals]

    def envelope(self, case: bytes) -> Envelope:
        """The envelope that the right desk's next statement in ``case`` must have."""
        channel = self.desks.channel(self.desks.right)
        with self.desks.right.database.read() as connection:
            chains = log.chains(connection, channel.id)
            own, peer = chains[channel.own_index], chains[channel.peer_index]
            heads = log.case_heads(connection, channel.id, [case], channel.own_index)
            known = proofs.checkpoint(connection, channel.id, channel.peer_index)
        assert known is not None
        case_seq, case_prev = heads.get(case, (0, None))
        seen = Seen(peer.count, peer.leaf, known.size, known.root)
        return Envelope(0, own.count, own.leaf, (seen,), case_seq, case_prev)

    def sign(
        self,
        change: Callable[[Envelope], Envelope] = lambda envelope: envelope,
        *,
        case: bytes | None = None,
        iat: int | None = None,
    ) -> Sent:
        """An inquiry in an envelope of one's choice."""
        case = case or ids.new_case_id()
        right = self.desks.right
        channel = self.desks.channel(right)
        frozen = freeze(channel, inquiry(channel, case))
        data = statement.sign(
            frozen.act_bytes,
            change(self.envelope(case)),
            party=channel.own.party,
            key=right.keys.statement,
            iat=right.clock() if iat is None else iat,
        )
        return Sent(data, frozen.body.encode())

    @property
    def standing(self) -> channels.Standing:
        """How the left desk sees the channel."""
        (standing,) = channels.standings(self.desks.left)
        return standing


@pytest.fixture
def hostile(desks: Pair) -> Hostile:
    return Hostile(desks)


def test_an_honest_statement_passes_this_harness(hostile: Hostile) -> None:
    """The tests below refuse for what they change, not for how they are made."""
    assert hostile.refused(hostile.message(statements=(hostile.sign(),), checkpoint=None)) == []
    assert hostile.standing.peer == 2


def seen(envelope: Envelope, **changes: object) -> Envelope:
    return replace(envelope, seen=(replace(envelope.seen[0], **changes),))


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
        ((kept_reason, _, data),) = proofs.quarantined(connection, hostile.desks.channel_id)
    assert (kept_reason, data) == (reason, sent.data)


def changed(sent: Sent, change: Callable[[Body], Body]) -> Sent:
    assert sent.body is not None
    return replace(sent, body=change(bodies.parse(sent.body)).encode())


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (lambda sent: replace(sent, body=None), "body-missing"),
        (lambda sent: changed(sent, lambda body: bodies.salted(body.values)), "body-wrong"),
        (lambda sent: changed(sent, lambda body: body.without(["subject@en"])), "body-missing"),
        (lambda sent: replace(sent, body=sent.body[:-1]), "cbor-malformed"),
        (lambda sent: replace(sent, body=b"\x80"), "shape-invalid"),
        (lambda sent: replace(sent, body=sent.body + b"\x00"), "cbor-not-canonical"),
        (
            lambda sent: replace(sent, body=b"\x9a\x00\x0f\x00\x00" + b"\x80" * 0xF0000),
            "cbor-malformed",
        ),
        (lambda sent: replace(sent, data=sent.data[:-1] + b"\xff"), "signature-invalid"),
        (lambda sent: replace(sent, data=b"\x00"), "shape-invalid"),
    ],
)
def test_a_statement_that_does_not_hold_is_kept_out(
    hostile: Hostile, change: Callable[[Sent], Sent], reason: str
) -> None:
    sent = change(hostile.sign())
    assert hostile.refused(hostile.message(statements=(sent,), checkpoint=None))[0] == reason
    assert hostile.standing.peer == 1


def test_what_stands_before_a_bad_statement_is_taken_and_receipted(hostile: Hostile) -> None:
    good = hostile.sign()
    reply = hostile.say(hostile.message(statements=(good, Sent(b"\x00", None)), checkpoint=None))
    assert [refusal.reason for refusal in reply.refusals] == ["shape-invalid"]
    assert hostile.standing.peer == 2
    assert len(reply.receipts) == 1


def test_two_statements_of_one_number_are_kept_as_proof_and_halt_the_channel(
    hostile: Hostile,
) -> None:
    first, second = hostile.sign(), hostile.sign()
    assert hostile.refused(hostile.message(statements=(first,), checkpoint=None)) == []
    refused = hostile.refused(hostile.message(statements=(second,), checkpoint=None))
    assert refused[0] == "fork-statement"
    assert (hostile.standing.state, hostile.standing.reason) == ("halted", "fork-statement")
    with hostile.desks.left.database.read() as connection:
        ((kind, _, data),) = proofs.evidence(connection, hostile.desks.channel_id)
    assert kind == "fork-statement"
    assert cbor.decode(data, limit=limits.MIB) == [first.data, second.data]
    party = hostile.desks.right.letter.party
    for signed in (first.data, second.data):
        statement.parse(signed).verify(party, hostile.desks.right.letter.statement_key)


def test_a_fork_is_proved_by_signatures_alone_whatever_the_body_is(hostile: Hostile) -> None:
    first, second = hostile.sign(), hostile.sign()
    assert hostile.refused(hostile.message(statements=(first,), checkpoint=None)) == []
    bare = replace(second, body=None)
    refused = hostile.refused(hostile.message(statements=(bare,), checkpoint=None))
    assert refused[0] == "fork-statement"
    assert hostile.standing.evidence == 1


def test_a_statement_below_its_authors_checkpoint_is_a_fork(hostile: Hostile) -> None:
    late = hostile.sign(lambda e: seen(e, count=0, leaf=None))
    refused = hostile.refused(hostile.message(statements=(late,), checkpoint=None))
    assert refused[0] == "fork-checkpoint"
    assert (hostile.standing.peer, hostile.standing.evidence) == (1, 1)


def test_an_epoch_that_is_not_known_convicts_nobody(hostile: Hostile) -> None:
    """No key of that epoch is known, so nobody is known to have signed this."""
    other = hostile.sign(lambda e: replace(e, epoch=1, seq=0, prev=None))
    refused = hostile.refused(hostile.message(statements=(other,), checkpoint=None))
    assert refused == ["key-unknown"]
    assert (hostile.standing.state, hostile.standing.evidence) == ("open", 0)


def test_nothing_proved_rests_on_a_message_of_which_a_part_was_kept_out(hostile: Hostile) -> None:
    """Our own newer statement must not be taken for the one that was refused."""
    desks = hostile.desks
    desks.append(desks.right, inquiry(desks.channel(desks.right), ids.new_case_id()))
    honest = hostile.message()
    desks.append(desks.left, inquiry(desks.channel(desks.left), ids.new_case_id()))
    cut = replace(honest.statements[-1], body=None)
    refused = hostile.refused(replace(honest, statements=(*honest.statements[:-1], cut)))
    assert refused == ["body-missing"]
    assert (hostile.standing.state, hostile.standing.evidence) == ("open", 0)


def test_a_note_with_more_lines_than_its_own_is_not_kept(hostile: Hostile) -> None:
    desks = hostile.desks
    desks.append(desks.right, inquiry(desks.channel(desks.right), ids.new_case_id()))
    honest = hostile.message()
    assert honest.checkpoint is not None
    line = honest.checkpoint.splitlines(keepends=True)[-1].replace(
        "\N{EM DASH} parley", "\N{EM DASH} x"
    )
    refused = hostile.refused(replace(honest, checkpoint=honest.checkpoint + line))
    assert refused == ["checkpoint-malformed"]


def test_a_fork_inside_one_frame_is_found_too(hostile: Hostile) -> None:
    both = (hostile.sign(), hostile.sign())
    assert hostile.refused(hostile.message(statements=both, checkpoint=None))[0] == "fork-statement"


def test_two_roots_of_one_size_are_kept_as_proof(hostile: Hostile) -> None:
    right = hostile.desks.right
    channel = hostile.desks.channel(right)
    origin = channel.origin(channel.own_index, 0)
    lie = checkpoint.Checkpoint(origin, 2, merkle.leaf_hash(b"another history"))
    note = checkpoint.sign_note(lie, right.keys.log)
    assert hostile.refused(hostile.message(checkpoint=note))[0] == "fork-root"
    with hostile.desks.left.database.read() as connection:
        ((kind, _, data),) = proofs.evidence(connection, hostile.desks.channel_id)
    notes = cbor.decode(data, limit=limits.MIB)
    assert kind == "fork-root"
    assert notes[1] == note.encode()
    sizes = {checkpoint.verify_note(n, origin, right.letter.log_key).size for n in notes}
    assert sizes == {2}


def test_a_checkpoint_beyond_what_it_sent_is_not_cosigned(hostile: Hostile) -> None:
    right = hostile.desks.right
    channel = hostile.desks.channel(right)
    ahead = checkpoint.Checkpoint(channel.origin(channel.own_index, 0), 9, bytes(32))
    note = checkpoint.sign_note(ahead, right.keys.log)
    assert hostile.refused(hostile.message(checkpoint=note)) == ["mirror-incomplete"]
    assert hostile.standing.state == "open"


def test_a_receipt_over_another_root_proves_nothing(hostile: Hostile) -> None:
    desks = hostile.desks
    case = ids.new_case_id()
    desks.append(desks.left, inquiry(desks.channel(desks.left), case))
    right = desks.right
    channel = desks.channel(right)
    protected = receipt.protected(
        right.keys.log.public.kid,
        ids.party_uri(right.letter.party),
        ids.channel_uri(channel.id),
        right.clock(),
    )
    false = SentReceipt(3, protected, receipt.sign_root(protected, bytes(32), right.keys.log))
    assert hostile.refused(hostile.message(receipts=(false,))) == ["signature-invalid"]
    assert hostile.standing.receipted == 1
    (view,) = cases.show(desks.left, desks.channel(desks.left), case).acts
    assert view.receipt is None


def test_more_than_we_ever_said_means_that_we_were_set_back(hostile: Hostile) -> None:
    """From then on nothing is taken in and nothing signed: it would contradict what was lost."""
    before = hostile.standing
    sent = hostile.sign()
    reply = hostile.say(hostile.message(held=Held(0, 99, bytes(32), 1), statements=(sent,)))
    assert reply.wishes == WISH_RETURN
    assert (reply.statements, reply.checkpoint, reply.receipts) == ((), None, ())
    assert (hostile.standing.state, hostile.standing.reason) == ("recovering", "set-back")
    assert (hostile.standing.own, hostile.standing.peer) == (before.own, before.peer)


def test_a_void_act_is_recorded_receipted_and_answered_once(hostile: Hostile) -> None:
    desks = hostile.desks
    case = ids.new_case_id()
    desks.append(desks.right, inquiry(desks.channel(desks.right), case))
    void = desks.append(desks.right, inquiry(desks.channel(desks.right), case))
    desks.settle()
    desks.settle()
    (_, view) = cases.show(desks.left, desks.channel(desks.left), case).acts
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


def test_a_text_that_tricks_the_reader_makes_the_act_void(hostile: Hostile) -> None:
    desks = hostile.desks
    channel = desks.channel(desks.right)
    content = inquiry(channel, ids.new_case_id())
    values = {**content.values, "subject@en": "harmless \u202e sselmrah"}
    desks.append(desks.right, content._replace(values=values))
    desks.settle()
    (view,) = cases.show(desks.left, desks.channel(desks.left), content.case).acts
    assert view.void == "text-direction-override"


def false_receipt(hostile: Hostile, size: int, root: bytes = bytes(32)) -> SentReceipt:
    """A receipt of the right desk over ``root`` at ``size``."""
    right = hostile.desks.right
    protected = receipt.protected(
        right.keys.log.public.kid,
        ids.party_uri(right.letter.party),
        ids.channel_uri(hostile.desks.channel_id),
        right.clock(),
    )
    return SentReceipt(size, protected, receipt.sign_root(protected, root, right.keys.log))


def test_a_receipt_that_was_refused_leaves_no_trace(hostile: Hostile) -> None:
    """What the peer says later of the same places is judged by its statements alone."""
    desks = hostile.desks
    desks.append(desks.right, inquiry(desks.channel(desks.right), ids.new_case_id()))
    honest = hostile.message()
    desks.append(desks.left, inquiry(desks.channel(desks.left), ids.new_case_id()))
    false = hostile.message(receipts=(false_receipt(hostile, 3),), statements=(), checkpoint=None)
    assert hostile.refused(false) == ["signature-invalid"]
    assert hostile.refused(honest) == []
    assert (hostile.standing.state, hostile.standing.evidence) == ("open", 0)


def test_a_statement_below_its_authors_receipt_is_a_fork(hostile: Hostile) -> None:
    """A receipt is the issuer's word on its log as much as a checkpoint is."""
    desks = hostile.desks
    before = hostile.sign()
    ours = desks.append(desks.left, inquiry(desks.channel(desks.left), ids.new_case_id()))
    with desks.left.database.read() as connection:
        channel = desks.channel(desks.left)
        leaves = log.leaves(connection, channel.id, 3)
        theirs = Mirror(connection, channel, 0).leaves(channel.peer_index, 2)
    word = false_receipt(hostile, 3, merkle.root([*theirs, leaves[-1]]))
    assert hostile.refused(hostile.message(receipts=(word,), statements=(), checkpoint=None)) == []
    assert hostile.standing.receipted == 2
    refused = hostile.refused(hostile.message(statements=(before,), checkpoint=None))
    assert refused[0] == "fork-receipt"
    assert (hostile.standing.state, hostile.standing.peer) == ("halted", 1)
    with desks.left.database.read() as connection:
        ((kind, _, data),) = proofs.evidence(connection, desks.channel_id)
    assert kind == "fork-receipt"
    proof, receipted, signed = cbor.decode(data, limit=limits.MIB)
    taken = receipt.verify(proof, ours.leaf, desks.right.letter.log_key)
    assert receipted == ours.data
    parsed = statement.parse(signed)
    parsed.verify(desks.right.letter.party, desks.right.letter.statement_key)
    assert parsed.envelope.index == taken.index < taken.size, "one place, two leaves"
    assert parsed.leaf != ours.leaf
