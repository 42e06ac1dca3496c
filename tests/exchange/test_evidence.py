"""A fork found: what is exported convicts by itself, what happens to the channel, who decides."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest

from parley.application import evidence, exchange, officers, reopening
from parley.application.evidence import Kept
from parley.application.message import Sent
from parley.crypto import checkpoint, merkle
from parley.crypto.checkpoint import Checkpoint
from parley.domain import reopening as decisions
from parley.domain.roles import Role
from parley.kernel import cbor
from parley.kernel.errors import ParleyError
from parley.record import heads, statement
from parley.record.dossier.format import LetterItem
from parley.record.evidence import export as exports
from parley.record.evidence import format as fmt
from parley.record.evidence import verify as verifier
from parley.record.evidence.format import (
    Claim,
    HeadsItem,
    NoteItem,
    ProofItem,
    SignerItem,
    StatementItem,
)
from parley.record.evidence.report import EvidenceReport, NotProved
from parley.record.mirror import Mirror
from parley.store import log
from parley.store.proofs import EvidenceRow
from tests.support.hostile import Hostile, false_receipt, seen
from tests.support.pair import Pair, inquiry

replace = msgspec.structs.replace


@pytest.fixture
def hostile(desks: Pair) -> Hostile:
    return Hostile(desks)


def kept(hostile: Hostile) -> Kept:
    """The one proof that the left desk keeps."""
    (found,) = evidence.every(hostile.desks.left, "audit")
    return found


def exported(hostile: Hostile) -> bytes:
    return evidence.as_bytes(hostile.desks.left, kept(hostile))


def verified(data: bytes, *pins: bytes) -> EvidenceReport:
    return verifier.verify(io.BytesIO(data), pins=pins)


def refusal(data: bytes) -> str:
    with pytest.raises(ParleyError) as caught:
        verified(data)
    return caught.value.reason.value


def fork_statement(hostile: Hostile) -> tuple[Sent, Sent]:
    """Two statements with one number; the left desk holds the first."""
    first, second = hostile.sign(), hostile.sign()
    hostile.refused(hostile.message(statements=(first,), checkpoint=None))
    hostile.refused(hostile.message(statements=(second,), checkpoint=None))
    return first, second


def fork_checkpoint(hostile: Hostile) -> None:
    late = hostile.sign(lambda e: seen(e, count=0, leaf=None))
    hostile.refused(hostile.message(statements=(late,), checkpoint=None))


def note(hostile: Hostile, size: int, root: bytes) -> str:
    """A checkpoint of the right desk's log, as its key signs whatever it is given."""
    right = hostile.desks.right
    channel = hostile.desks.channel(right)
    origin = channel.origin(channel.own_index, 0)
    return checkpoint.sign_note(Checkpoint(origin, size, root), right.keys.log)


def fork_roots(hostile: Hostile) -> None:
    """A second root at a size that has one."""
    honest = hostile.message().checkpoint
    assert honest is not None
    size = checkpoint.parse_note(honest.encode())[0].size
    hostile.refused(hostile.message(checkpoint=note(hostile, size, bytes(32))))


def fork_history(hostile: Hostile) -> None:
    """A root at a size that was passed over, where a later one is known."""
    hostile.refused(hostile.message(checkpoint=note(hostile, 1, bytes(32))))


def fork_rebuilt(hostile: Hostile) -> None:
    """A new greatest root that the statements do not give; the last one has seen all of ours."""
    sent = hostile.sign()
    size = statement.parse(sent.data).envelope.index + 1
    hostile.refused(
        hostile.message(statements=(sent,), checkpoint=note(hostile, size, b"\x01" * 32))
    )


def fork_receipt(hostile: Hostile) -> None:
    """A statement for a place in which its author has receipted one of ours."""
    desks = hostile.desks
    before = hostile.sign()
    desks.append(desks.left, inquiry(desks.channel(desks.left), bytes(16)))
    with desks.left.database.read() as connection:
        channel = desks.channel(desks.left)
        leaves = log.leaves(connection, channel.id, 3)
        theirs = Mirror(connection, channel, 0).leaves(channel.peer_index, 2)
    word = false_receipt(hostile, 3, merkle.root([*theirs, leaves[-1]]))
    hostile.refused(hostile.message(receipts=(word,), statements=(), checkpoint=None))
    hostile.refused(hostile.message(statements=(before,), checkpoint=None))


FORKS: list[tuple[Callable[[Hostile], object], str, Claim]] = [
    (fork_statement, "fork-statement", Claim.STATEMENTS),
    (fork_checkpoint, "fork-checkpoint", Claim.PLACE),
    (fork_receipt, "fork-receipt", Claim.RECEIPT),
    (fork_roots, "fork-root", Claim.ROOTS),
    (fork_history, "fork-root", Claim.HISTORY),
    (fork_rebuilt, "fork-root", Claim.REBUILT),
]


@pytest.mark.parametrize(("fork", "kind", "claim"), FORKS, ids=[claim for *_, claim in FORKS])
def test_every_fork_exports_a_proof_that_convicts_its_signer_alone(
    hostile: Hostile, tmp_path: Path, fork: Callable[[Hostile], object], kind: str, claim: Claim
) -> None:
    fork(hostile)
    assert (hostile.standing.state, hostile.standing.reason) == ("halted", kind)
    path = tmp_path / "fork.evidence"
    assert evidence.export(hostile.desks.left, "audit", kept(hostile), path).claim is claim
    with path.open("rb") as stream:
        assert verifier.recognise(stream)
    party = hostile.desks.right.letter.party
    report = verifier.verify(path, pins=[party])
    assert (report.claim, report.convicted.fingerprint) == (claim, party.hex())
    assert report.convicted.pinned
    assert report.channel == hostile.desks.channel_id.hex()
    assert NotProved.CUSTODY in report.not_proved
    assert NotProved.IDENTITY not in report.not_proved
    assert NotProved.IDENTITY in verified(path.read_bytes()).not_proved
    assert path.read_bytes() == exported(hostile), "the same proof each time"


@pytest.mark.parametrize(("fork", "kind", "claim"), FORKS, ids=[claim for *_, claim in FORKS])
def test_evidence_that_was_changed_anywhere_is_refused(
    hostile: Hostile, fork: Callable[[Hostile], object], kind: str, claim: Claim
) -> None:
    fork(hostile)
    data = exported(hostile)
    step = max(1, len(data) // 150)
    for at in range(0, len(data), step):
        refusal(data[:at] + bytes((data[at] ^ 0x01,)) + data[at + 1 :])
    for end in range(0, len(data), max(1, len(data) // 40)):
        refusal(data[:end])
    refusal(data + b"\x00")
    assert verified(data).claim is claim


def made(claim: Claim, *items: msgspec.Struct) -> bytes:
    return b"".join(fmt.assembled(claim, items))


def letter(hostile: Hostile) -> LetterItem:
    return LetterItem(fmt.LETTER_KIND, hostile.desks.right.letter.data)


def test_what_does_not_contradict_itself_convicts_nobody(hostile: Hostile) -> None:
    """Signed by the right keys, in the right form, and yet no fork."""
    first = hostile.sign()
    hostile.refused(hostile.message(statements=(first,), checkpoint=None))
    second = hostile.sign(lambda e: replace(e, seq=e.seq + 1))
    said = [StatementItem(fmt.STATEMENT_KIND, sent.data) for sent in (first, second)]
    other_epoch = hostile.sign(lambda e: replace(e, epoch=1))
    vouched = letter(hostile)
    honest = hostile.message().checkpoint
    assert honest is not None
    size = checkpoint.parse_note(honest.encode())[0].size
    notes = [NoteItem(fmt.NOTE_KIND, text) for text in (honest, note(hostile, size + 1, bytes(32)))]
    for data in (
        made(Claim.STATEMENTS, vouched, *said),
        made(Claim.STATEMENTS, vouched, said[0], said[0]),
        made(Claim.ROOTS, vouched, *notes),
        made(Claim.ROOTS, vouched, notes[0], notes[0]),
    ):
        assert refusal(data) == "evidence-proves-nothing"
    later = StatementItem(fmt.STATEMENT_KIND, other_epoch.data)
    assert refusal(made(Claim.STATEMENTS, vouched, said[0], later)) == "key-unknown"


def test_a_proof_needs_the_letter_of_the_one_whom_it_convicts(hostile: Hostile) -> None:
    first, second = fork_statement(hostile)
    said = [StatementItem(fmt.STATEMENT_KIND, sent.data) for sent in (first, second)]
    ours = LetterItem(fmt.LETTER_KIND, hostile.desks.left.letter.data)
    assert refusal(made(Claim.STATEMENTS, *said)) == "key-unknown"
    assert refusal(made(Claim.STATEMENTS, ours, *said)) == "key-unknown"
    assert refusal(made(Claim.STATEMENTS, letter(hostile), letter(hostile), *said)) == (
        "evidence-malformed"
    )
    with pytest.raises(ParleyError, match="dossier-pin"):
        verified(exported(hostile), hostile.desks.left.letter.party)


def test_a_place_that_is_rightly_filled_convicts_nobody(hostile: Hostile) -> None:
    """The leaf that the checkpoint holds is the statement itself: nothing contradicts."""
    sent = hostile.sign()
    index = statement.parse(sent.data).envelope.index
    hostile.desks.settle()
    honest = note(hostile, 1, merkle.leaf_hash(sent.data))
    data = made(
        Claim.PLACE,
        letter(hostile),
        NoteItem(fmt.NOTE_KIND, honest),
        StatementItem(fmt.STATEMENT_KIND, sent.data),
        ProofItem(fmt.PROOF_KIND, index, merkle.leaf_hash(sent.data), ()),
    )
    assert refusal(data) == "evidence-proves-nothing"


def test_a_root_that_only_our_own_word_contradicts_convicts_nobody(hostile: Hostile) -> None:
    """The last leaves are statements of ours: we might have made up others afterwards."""
    desks = hostile.desks
    desks.append(desks.left, inquiry(desks.channel(desks.left), bytes(16)))
    with desks.left.database.read() as connection:
        size = log.size(connection, desks.channel_id)
    hostile.refused(hostile.message(statements=(), checkpoint=note(hostile, size, bytes(32))))
    assert hostile.standing.reason == "fork-root"
    assert kept(hostile).claim is None
    with pytest.raises(ParleyError, match="evidence-proves-nothing"):
        exported(hostile)


def test_a_statement_that_was_put_aside_cannot_frame_an_honest_log(hostile: Hostile) -> None:
    """Own statements of the owner that claim a place below the size must stand there."""
    desks = hostile.desks
    with desks.left.database.read() as connection:
        channel = desks.channel(desks.left)
        peer, own = channel.peer_index, channel.own_index
        theirs = log.by_author(connection, channel.id, peer, 0, 9)
        ours = log.by_author(connection, channel.id, own, 0, 9)
    sent = hostile.sign()  # number 1, has seen our number 0: index 2
    size = statement.parse(sent.data).envelope.index + 1
    honest = note(
        hostile, size, merkle.root([theirs[0].leaf, ours[0].leaf, merkle.leaf_hash(sent.data)])
    )
    fake = made(
        Claim.REBUILT,
        letter(hostile),
        LetterItem(fmt.LETTER_KIND, desks.left.letter.data),
        NoteItem(fmt.NOTE_KIND, honest),
        StatementItem(fmt.STATEMENT_KIND, theirs[0].data),
        StatementItem(fmt.STATEMENT_KIND, ours[0].data),
    )
    assert refusal(fake) == "dossier-statement-missing"


def test_a_head_that_was_withheld_convicts_whoever_had_seen_more(hostile: Hostile) -> None:
    right, left = hostile.desks.right, hostile.desks.left
    channel = hostile.desks.channel(right)
    seen_ours = hostile.sign()  # number 1: it had seen our genesis

    def said(count: int, *, lost: bool = False, own: int = 2) -> HeadsItem:
        held = heads.Held(0, count, bytes(32) if count else None, 0)
        content = heads.Heads(
            1,
            channel.id,
            right.letter.party,
            left.letter.party,
            held,
            heads.Head(0, own, bytes(32)),
            lost,
            None,
        )
        word = heads.sign(content, right.keys.statement)
        return HeadsItem(fmt.HEADS_KIND, *heads.evidence(content, word))

    signed = StatementItem(fmt.STATEMENT_KIND, seen_ours.data)
    report = verified(made(Claim.HEADS, letter(hostile), said(0), signed))
    assert report.convicted.code == "RIGHT"
    for honest in (said(1), said(0, lost=True), said(0, own=1)):
        data = made(Claim.HEADS, letter(hostile), honest, signed)
        assert refusal(data) == "evidence-proves-nothing"
    row = EvidenceRow(
        channel.id,
        bytes(32),
        "head-withheld",
        0,
        cbor.encode([said(0).heads, said(0).word, seen_ours.data]),
    )
    with left.database.read() as connection:
        kept_so = exports.make(connection, hostile.desks.channel(left), row)
    assert verified(made(kept_so.claim, *kept_so.items)).claim is Claim.HEADS


def test_a_receipts_path_can_be_read_for_another_place_and_so_convicts_nobody() -> None:
    """Index 8 of 10 and index 2 of 4 are one path: why claim ``receipt`` needs every leaf."""
    leaves = [bytes((number,)) * 32 for number in range(10)]
    path = merkle.inclusion_path(leaves, 8)
    root = merkle.root(leaves)
    assert merkle.root_from_inclusion(leaves[8], 8, 10, path) == root
    assert merkle.root_from_inclusion(leaves[8], 2, 4, path) == root


# --- cosigners, and logs without a letter ---------------------------------------------------------


def test_a_cosigner_of_two_roots_is_convicted_whoever_signed_the_log(hostile: Hostile) -> None:
    right = hostile.desks.right
    channel = hostile.desks.channel(right)
    origin = channel.origin(channel.own_index, 0)
    key = right.keys.log.public
    lines = []
    for root, at in ((bytes(32), 10), (b"\x01" * 32, 20)):
        signed = Checkpoint(origin, 4, root)
        line = checkpoint.cosign(signed, "witness.example", right.keys.log, at, False)
        lines.append(NoteItem(fmt.NOTE_KIND, f"{signed.body()}\n{line}"))
    signer = SignerItem(fmt.SIGNER_KIND, "witness.example", key.ed25519.raw, key.mldsa44.raw)
    report = verified(made(Claim.COSIGNED, signer, *lines))
    assert (report.convicted.name, report.convicted.fingerprint) == ("witness.example", None)
    assert [root.cosigned_at for root in report.roots] == [10, 20]
    assert NotProved.SIGNER in report.not_proved
    assert refusal(made(Claim.COSIGNED, signer, lines[0], lines[0])) == "evidence-proves-nothing"
    other = replace(signer, name="another.example")
    assert refusal(made(Claim.COSIGNED, other, *lines)) == "key-unknown"


# --- the channel afterwards -----------------------------------------------------------------------


def reopened(hostile: Hostile) -> None:
    left = hostile.desks.left
    channel = hostile.desks.channel(left)
    assert not reopening.reopen(left, "ada", channel, "their disk was set back").effective
    assert hostile.standing.state == "halted", "one officer decides nothing"
    assert reopening.reopen(left, "lena", channel, "agreed by telephone").effective


def test_a_halted_channel_takes_and_sends_nothing(hostile: Hostile) -> None:
    fork_statement(hostile)
    with pytest.raises(ParleyError, match="channel-halted"):
        hostile.say(hostile.message(statements=(), checkpoint=None))
    with pytest.raises(ParleyError, match="channel-halted"):
        exchange.compose(hostile.desks.left, hostile.desks.channel_id)


def test_two_officers_open_it_again_and_the_branch_that_we_hold_goes_on(hostile: Hostile) -> None:
    _first, second = fork_statement(hostile)
    reopened(hostile)
    standing = hostile.standing
    assert (standing.state, standing.reason, standing.evidence) == ("open", None, 1)
    assert standing.reopened_at == hostile.desks.clock()
    # The other branch stays refused; the same evidence is kept once; nothing is halted anew.
    assert hostile.refused(hostile.message(statements=(second,), checkpoint=None)) == [
        "fork-statement"
    ]
    assert (hostile.standing.state, hostile.standing.evidence) == ("open", 1)
    third = hostile.sign()
    assert hostile.refused(hostile.message(statements=(third,), checkpoint=None)) == [
        "fork-statement"
    ], "another proof of the same dispute"
    assert (hostile.standing.state, hostile.standing.evidence) == ("open", 2)
    history = reopening.history(hostile.desks.left, hostile.desks.channel(hostile.desks.left))
    assert [(row.officer, row.effective) for row in history] == [("ada", False), ("lena", True)]


def test_a_new_fork_after_the_decision_halts_again(hostile: Hostile) -> None:
    first, _second = fork_statement(hostile)
    reopened(hostile)
    held = statement.parse(first.data)

    def follow(envelope: statement.Envelope) -> statement.Envelope:
        return replace(envelope, seq=held.envelope.seq + 1, prev=held.leaf)

    one, other = hostile.sign(follow), hostile.sign(follow)
    assert hostile.refused(hostile.message(statements=(one,), checkpoint=None)) == []
    assert hostile.refused(hostile.message(statements=(other,), checkpoint=None))[0] == (
        "fork-statement"
    )
    assert hostile.standing.state == "halted"
    assert hostile.standing.evidence == 2


def test_who_may_decide(hostile: Hostile) -> None:
    left = hostile.desks.left
    channel = hostile.desks.channel(left)
    with pytest.raises(ParleyError, match="channel-not-halted"):
        reopening.reopen(left, "ada", channel, "because")
    fork_statement(hostile)
    for officer in ("dora", "otto", "audit"):
        with pytest.raises(ParleyError, match="role-forbids"):
            reopening.reopen(left, officer, channel, "because")
    officers.add(left, "both", ["authoriser", "legal-reviewer"])
    officers.add(left, "anna", ["authoriser"])
    assert not reopening.reopen(left, "both", channel, "because").effective
    with pytest.raises(ParleyError, match="reopening-separation"):
        reopening.reopen(left, "both", channel, "because")
    officers.retire(left, "both")
    assert not reopening.reopen(left, "anna", channel, "because").effective, "a word that is gone"
    assert not reopening.reopen(left, "ada", channel, "because").effective, "two authorisers"
    assert reopening.reopen(left, "lena", channel, "because").effective


@pytest.mark.parametrize("halted", ["set-back", "genesis-mismatch", "downgrade-refused"])
def test_what_a_decision_cannot_mend_is_not_opened_by_one(halted: str) -> None:
    with pytest.raises(ParleyError, match="reopening-forbidden"):
        decisions.decide(halted, [], "ada", [Role.AUTHORISER])
