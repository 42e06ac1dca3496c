"""A thief with the old keys, before and after they are revoked; and forged key statements.

The thief is a copy of the desk: its keys, its database. It colludes with nobody.
"""

from __future__ import annotations

import io
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec
import pytest

from parley.application import audit, cases, channels, evidence, exchange, keys
from parley.application.desk import Desk
from parley.application.message import SentReceipt
from parley.crypto import checkpoint, merkle, receipt
from parley.crypto.keys import IdentityKey
from parley.domain import channel as acts
from parley.kernel import ids
from parley.kernel.errors import ParleyError
from parley.kernel.reasons import Reason
from parley.node import desk as opening
from parley.record import keyring as keyrings
from parley.record import standing
from parley.record.dossier import export as exports
from parley.record.dossier.export import Source
from parley.record.dossier.format import LetterItem
from parley.record.dossier.verify import verify
from parley.record.evidence import format as fmt
from parley.record.evidence.format import Claim, KeysItem
from parley.record.evidence.verify import verify as verify_evidence
from parley.record.keyring import KeyKind
from parley.record.mirror import Mirror
from parley.store import log, proofs
from parley.wire import frame as frames
from parley.wire import post
from tests.keys.test_epochs import at_rest, say
from tests.support.keys import changed, drawn, identity, next_text
from tests.support.pair import PASSPHRASE, Pair, inquiry

replace = msgspec.structs.replace


@contextmanager
def thief_of(desks: Pair, desk: Desk) -> Iterator[Desk]:
    """A copy of everything that ``desk`` has now."""
    own = desks.folders[0 if desk is desks.left else 1]
    stolen = own.with_name("stolen")
    shutil.copytree(own, stolen)
    with opening.opened(stolen, PASSPHRASE, clock=desks.clock) as thief:
        yield thief


@pytest.fixture
def desks(tmp_path: Path, sqlite_pair: Pair) -> Pair:
    """Two desks at rest, on SQLite: a copy of the folder is a copy of the desk."""
    return sqlite_pair


def speak(desks: Pair, thief: Desk) -> bytes:
    """The thief makes a statement in the right desk's name; its leaf."""
    return desks.append(thief, inquiry(desks.channel(thief), ids.new_case_id())).leaf


def bring(desks: Pair, thief: Desk) -> None:
    """The thief posts to the left desk, as often as it takes."""
    for _ in range(2):
        outgoing = exchange.compose(thief, desks.channel_id)
        data, digest = post.request(thief, outgoing)
        post.settle(thief, outgoing, digest, post.answer(desks.left, data))


def test_before_the_revocation_the_thief_is_believed_and_then_disowned(desks: Pair) -> None:
    left, right = desks.left, desks.right
    with thief_of(desks, right) as thief:
        leaf = speak(desks, thief)
        bring(desks, thief)
        assert channels.standings(left)[0].peer == 2
        changed(desks, right, KeyKind.REVOCATION)
        at_rest(desks)
        # What the left desk held when it learned of the revocation stands, on both sides.
        made = keys.disown(right, desks.channel(right), [leaf])
        at_rest(desks)
        # And now nothing more.
        speak(desks, thief)
        for _ in range(2):
            with pytest.raises(ParleyError) as caught:
                bring(desks, thief)
            assert caught.value.reason is Reason.KEY_RETIRED
    assert channels.standings(left)[0].quarantined >= 1
    for desk in (left, right):
        channel = desks.channel(desk)
        with desk.database.read() as connection:
            entry = log.by_leaf(connection, channel.id, leaf)
            assert entry is not None
            assert standing.disowned(connection, channel) == {leaf}
            (row,) = [
                one for one in cases.summaries(desk, "otto") if one.row.case_id == entry.case_id
            ]
        (act,) = cases.show(desk, row.channel, entry.case_id, "otto").acts
        assert act.disowned
        assert act.void is None, "it changes no fold"
    assert made.act.type == "not-us"


def test_a_dossier_shows_the_key_history_and_what_is_disowned(desks: Pair, tmp_path: Path) -> None:
    with thief_of(desks, desks.right) as thief:
        leaf = speak(desks, thief)
        bring(desks, thief)
    changed(desks, desks.right, KeyKind.REVOCATION)
    at_rest(desks)
    keys.disown(desks.right, desks.channel(desks.right), [leaf])
    changed(desks, desks.left, KeyKind.ROTATION)
    at_rest(desks)
    for desk in (desks.left, desks.right):
        channel = desks.channel(desk)
        with desk.database.read() as connection:
            entry = log.by_leaf(connection, channel.id, leaf)
            assert entry is not None
            for case in (None, entry.case_id):
                target = tmp_path / f"{desk.letter.text.code}-{case is None}.dossier"
                log_key = desk.keys_for(channel.own_keys).log
                source = Source(connection, channel, desk.vault, log_key, desk.clock())
                exports.export(source, target, case=case)
                report = verify(target)
                right = desks.right.letter.party.hex()
                (party,) = [one for one in report.parties if one.fingerprint == right]
                (author,) = [one for one in report.authors if one.fingerprint == right]
                kinds = [change.kind for change in party.key_history]
                assert kinds == [None, "revocation"]
                assert [change.revoked for change in party.key_history] == [True, False]
                assert author.disowned == 1
                assert "revoked-keys" in report.not_proved


def test_a_thief_who_orders_the_log_binds_nobody(desks: Pair) -> None:
    """It signs receipts and a checkpoint over an order that the true desk's log does not have."""
    left, right = desks.left, desks.right
    with thief_of(desks, right) as thief:
        # The true desk has spoken, and the frame is lost.
        say(desks, right)
        post.request(right, exchange.compose(right, desks.channel_id))
        said = [say(desks, left) for _ in range(3)]
        channel = desks.channel(thief)
        with left.database.read() as connection:
            mirror = Mirror(connection, desks.channel(left), 0)
            size = mirror.size + len(said)
            leaves = mirror.leaves(desks.channel(left).peer_index, size)
        root = merkle.root(leaves)
        party, key = channel.own.party, thief.keys.log
        origin = channel.origin(channel.own_index, 0)
        note = checkpoint.sign_note(checkpoint.Checkpoint(origin, size, root), key)
        protected = receipt.protected(
            key.public.kid, ids.party_uri(party), ids.channel_uri(channel.id), desks.clock()
        )
        sent = SentReceipt(size, protected, receipt.sign_root(protected, root, key))
        outgoing = exchange.compose(thief, desks.channel_id)
        forged = replace(outgoing.message, checkpoint=note, receipts=(sent,))
        data, _ = post.request(thief, outgoing._replace(message=forged))
        post.answer(left, data)
    with left.database.read() as connection:
        kept = proofs.checkpoint(connection, desks.channel_id, desks.channel(left).peer_index)
    assert kept is not None
    assert kept.size == size, "the left desk has taken the thief's word"
    assert channels.standings(left)[0].receipted == channels.standings(left)[0].own
    changed(desks, right, KeyKind.REVOCATION)
    at_rest(desks)
    (shown,) = channels.standings(left)
    assert shown.evidence == 0
    assert shown.quarantined >= 2, "the receipt and the note are kept, and prove nothing"
    assert audit.fsck(left).faults == ()
    say(desks, left)
    say(desks, right)
    at_rest(desks)


def test_a_forged_key_statement_is_refused(desks: Pair) -> None:
    ring = desks.channel(desks.left).peer_keys
    good = drawn(desks, desks.right, KeyKind.REVOCATION)
    stranger = IdentityKey.generate()
    forged = keyrings.sign(good.text, stranger)
    with pytest.raises(ParleyError) as caught:
        ring.extended(forged)
    assert caught.value.reason is Reason.KEY_MISMATCH
    for changes, reason in (
        ({"party": desks.left.letter.party}, Reason.WRONG_AUDIENCE),
        ({"number": 2}, Reason.KEYS_GAP),
        ({"previous": bytes(32)}, Reason.KEYS_BROKEN),
        ({"kind": KeyKind.SEALING}, Reason.KEYS_MALFORMED),
    ):
        text = replace(good.text, **changes)
        with pytest.raises(ParleyError) as caught:
            ring.extended(keyrings.sign(text, identity(desks, desks.right)))
        assert caught.value.reason is reason
    for place in range(0, len(good.data), 97):
        data = bytearray(good.data)
        data[place] ^= 1
        with pytest.raises(ParleyError):
            ring.extended(keyrings.read(bytes(data)))
    used = ring.extended(good)
    again = replace(next_text(used, KeyKind.ROTATION), keys=desks_first(ring))
    with pytest.raises(ParleyError) as caught:
        used.extended(keyrings.sign(again, identity(desks, desks.right)))
    assert caught.value.reason is Reason.KEYS_MALFORMED, "a key that was given up comes back"


def desks_first(ring: keyrings.Keyring) -> keyrings.SigningKeys:
    first = ring.epochs[0]
    return keyrings.SigningKeys(first.statement.raw, first.log.ed25519.raw, first.log.mldsa44.raw)


def test_a_frame_with_forged_keys_is_refused_by_one_signature(desks: Pair) -> None:
    """A stranger who knows the channel, the parties and the sealing key has no identity key."""
    forged = keyrings.sign(drawn(desks, desks.right, KeyKind.ROTATION).text, IdentityKey.generate())
    outgoing = exchange.compose(desks.right, desks.channel_id)
    channel = desks.channel(desks.right)
    staged = desks.right.keyholder.staged()
    assert staged is not None
    assert staged.signing is not None
    data, _ = frames.seal(
        outgoing.message, channel, staged.signing[0], 9, now=desks.clock(), keys=(forged.data,)
    )
    with pytest.raises(ParleyError) as caught:
        post.answer(desks.left, data)
    assert caught.value.reason is Reason.KEY_MISMATCH
    assert desks.channel(desks.left).peer_keys.number == 0


def test_two_key_statements_with_one_number_halt_the_channel(desks: Pair) -> None:
    """Whoever signs two has the identity key: no key of that party can be trusted any more."""
    other = drawn(desks, desks.right, KeyKind.REVOCATION)
    changed(desks, desks.right, KeyKind.ROTATION)
    at_rest(desks)
    with pytest.raises(ParleyError) as caught:
        keys.accept(desks.left, [other.data])
    assert caught.value.reason is Reason.FORK_KEYS
    (shown,) = channels.standings(desks.left)
    assert (shown.state, shown.reason, shown.evidence) == ("halted", "fork-keys", 1)
    with pytest.raises(ParleyError) as caught:
        keys.install(desks.right, other.data)
    assert caught.value.reason is Reason.FORK_KEYS


def test_two_key_statements_with_one_number_convict_in_others_eyes(desks: Pair) -> None:
    """The proof needs the letter and the two statements: the identity key has signed both."""
    changed(desks, desks.right, KeyKind.ROTATION)
    at_rest(desks)
    first = drawn(desks, desks.right, KeyKind.ROTATION)
    second = drawn(desks, desks.right, KeyKind.REVOCATION)
    keys.accept(desks.left, [first.data])
    with pytest.raises(ParleyError):
        keys.accept(desks.left, [second.data])
    (kept,) = evidence.every(desks.left, "audit")
    data = evidence.as_bytes(desks.left, kept)
    party = desks.right.letter.party
    report = verify_evidence(io.BytesIO(data), pins=[party])
    assert report.claim is Claim.KEYS
    assert report.convicted.fingerprint == party.hex()
    identity_key = keyrings.identity_of(desks.right.letter).ed25519
    assert report.convicted.key == identity_key.kid.hex()
    letter = LetterItem(fmt.LETTER_KIND, desks.right.letter.data)
    for other in (first, changed_number(desks, first)):
        pair = [KeysItem(fmt.STATEMENT_KIND, one.data) for one in (first, other)]
        with pytest.raises(ParleyError) as innocent:
            verify_evidence(io.BytesIO(b"".join(fmt.assembled(Claim.KEYS, [letter, *pair]))))
        assert innocent.value.reason is Reason.EVIDENCE_PROVES_NOTHING
    forged = [KeysItem(fmt.STATEMENT_KIND, one) for one in (first.data, flipped(second.data))]
    with pytest.raises(ParleyError) as refused:
        verify_evidence(io.BytesIO(b"".join(fmt.assembled(Claim.KEYS, [letter, *forged]))))
    assert refused.value.reason is not Reason.EVIDENCE_PROVES_NOTHING


def changed_number(desks: Pair, first: keyrings.KeyStatement) -> keyrings.KeyStatement:
    """What honestly follows on a key statement: the next number."""
    with desks.left.database.read() as connection:
        ring = desks.left.channel(connection, desks.channel_id).peer_keys
    assert ring.number == first.text.number
    return keyrings.sign(next_text(ring, KeyKind.ROTATION), identity(desks, desks.right))


def flipped(data: bytes) -> bytes:
    """The same with one bit of its last byte, in the signature, changed."""
    return data[:-1] + bytes([data[-1] ^ 1])


def test_only_what_a_revoked_key_signed_is_disowned(desks: Pair) -> None:
    said = say(desks, desks.right)
    changed(desks, desks.right, KeyKind.ROTATION)
    at_rest(desks)
    with pytest.raises(ParleyError) as caught:
        keys.disown(desks.right, desks.channel(desks.right), [said.leaf])
    assert caught.value.reason is Reason.NOTHING_DISOWNED
    with pytest.raises(ParleyError) as caught:
        keys.disown(desks.right, desks.channel(desks.right), [bytes(32)])
    assert caught.value.reason is Reason.STATEMENT_UNKNOWN


def test_a_lower_suite_is_refused(desks: Pair) -> None:
    outgoing = exchange.compose(desks.right, desks.channel_id)
    data, _ = post.request(desks.right, outgoing)
    frame = frames.parse(data)
    header = replace(frame.header(), suite=0)
    lower = replace(frame, header_bytes=frames.cbor.encode_model(header))
    signed = replace(lower, signature=desks.right.keys.statement.sign(lower.signed))
    with pytest.raises(ParleyError) as caught:
        post.answer(desks.left, frames.cbor.encode_model(signed))
    assert caught.value.reason is Reason.DOWNGRADE_REFUSED


def test_a_genesis_of_a_lower_version_is_refused() -> None:
    best = acts.Terms(2, 1, ("aa", "bb"), ("cc", "dd"), 3600)
    for changes in ({"version": 1}, {"suite": 0}):
        with pytest.raises(ParleyError) as caught:
            acts.check_terms(replace(best, **changes), best)
        assert caught.value.reason is Reason.DOWNGRADE_REFUSED
