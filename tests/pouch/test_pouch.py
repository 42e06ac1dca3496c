"""Pouches: what is carried in any order arrives once; what is not ours or not whole stays out."""

from __future__ import annotations

import dataclasses
import os
import stat
from pathlib import Path

import msgspec
import pytest

from parley.application import carriage, cases, channels, exchange, nondelivery
from parley.application.desk import Desk
from parley.crypto import words
from parley.kernel import cbor, ids, limits
from parley.kernel.errors import ParleyError
from parley.kernel.reasons import Reason
from parley.record.dossier import tamper
from parley.record.keyring import KeyKind
from parley.store import log, outbox, proofs
from parley.store.contacts import Contacts
from parley.wire import post, pouch
from tests.support.keys import changed
from tests.support.pair import Pair, copied, inquiry, pair
from tests.support.pouches import carry, check_agreement, open_, pack, reason, small_frames


def ask(desks: Pair, desk: Desk) -> bytes:
    case = ids.new_case_id()
    desks.append(desk, inquiry(desks.channel(desk), case, questions=1))
    return case


def events(desks: Pair, desk: Desk, seq: int) -> list[str]:
    with desk.database.read() as connection:
        return [e.event for e in outbox.events(connection, desks.channel_id, seq, seq)]


def test_by_pouch_alone_two_desks_agree(desks: Pair, tmp_path: Path) -> None:
    case = ask(desks, desks.left)
    ask(desks, desks.right)
    carry(desks, tmp_path)
    check_agreement(desks)
    (view,) = cases.show(desks.left, desks.channel(desks.left), case, "otto").acts
    assert view.receipt is not None
    assert [e.event for e in view.deliveries] == [
        "RelayToNonERDS",
        "RelayAcceptance",
        "ContentConsignment",
    ]
    (standing,) = channels.standings(desks.left)
    assert standing.post_quantum_size == standing.own + standing.peer


def test_a_file_is_its_owner_s_and_its_name_says_no_more_than_its_header(
    desks: Pair, tmp_path: Path
) -> None:
    ask(desks, desks.left)
    os.umask(0)
    (path,) = pack(desks, desks.left, tmp_path / "stick")
    os.umask(0o022)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert path.name == f"RIGHT-{desks.channel_id.hex()[:8]}-000001.pouch"
    assert [each.name for each in path.parent.iterdir()] == [path.name]
    assert b"Question" not in path.read_bytes()


@pytest.fixture
def frames_of_three(monkeypatch: pytest.MonkeyPatch) -> None:
    """A frame takes three statements."""
    small_frames(monkeypatch, 3)


@pytest.mark.usefixtures("frames_of_three")
@pytest.mark.parametrize("order", ["as packed", "backwards", "one by one, backwards"])
def test_a_backlog_is_several_files_in_any_order(desks: Pair, tmp_path: Path, order: str) -> None:
    for _ in range(7):
        ask(desks, desks.left)
    files = pack(desks, desks.left, tmp_path / "stick")
    assert len(files) == 3
    if order == "one by one, backwards":
        for path in (files[2], files[1]):
            (found,) = open_(desks.right, path)
            assert found.error is not None
            assert found.error.reason is Reason.POUCH_EARLY
            assert found.error.details["expected"] == 0
        open_(desks.right, files[0])
        first_again = open_(desks.right, *files)
        assert all(one.taken is not None for one in first_again)
    else:
        found_all = open_(desks.right, *(files if order == "as packed" else reversed(files)))
        fresh = sorted(one.taken.fresh for one in found_all if one.taken)
        assert fresh == [2, 3, 3]
    (standing,) = channels.standings(desks.right)
    assert (standing.peer, standing.quarantined) == (8, 0)
    carry(desks, tmp_path)
    check_agreement(desks)


@pytest.mark.usefixtures("frames_of_three")
def test_a_missing_part_is_named_and_what_was_before_it_is_taken(
    desks: Pair, tmp_path: Path
) -> None:
    for _ in range(7):
        ask(desks, desks.left)
    first, second, third = pack(desks, desks.left, tmp_path / "stick")
    kept = second.read_bytes()
    second.unlink()
    found = {one.path: one for one in open_(desks.right, tmp_path / "stick")}
    assert found[first].taken is not None
    error = found[third].error
    assert error is not None
    assert (error.reason, error.details) == (Reason.POUCH_EARLY, {"expected": 3, "found": 6})
    second.write_bytes(kept)
    assert all(one.taken for one in open_(desks.right, tmp_path / "stick"))
    carry(desks, tmp_path)
    check_agreement(desks)


def test_a_reply_that_was_lost_is_given_again(desks: Pair, tmp_path: Path) -> None:
    ask(desks, desks.left)
    (sent,) = pack(desks, desks.left, tmp_path / "there")
    open_(desks.right, sent)
    (lost,) = pack(desks, desks.right, tmp_path / "back")
    lost.unlink()
    (again,) = open_(desks.right, sent)
    assert again.taken is not None
    assert (again.taken.fresh, again.taken.progress) == (0, False)
    found = open_(desks.left, *pack(desks, desks.right, tmp_path / "back"))
    assert [one.taken.receipted for one in found if one.taken] == [2]


def test_a_receipt_given_in_a_reply_that_the_network_lost_comes_by_pouch(
    desks: Pair, tmp_path: Path
) -> None:
    ask(desks, desks.left)
    outgoing = exchange.compose(desks.left, desks.channel_id)
    post.answer(desks.right, post.request(desks.left, outgoing)[0])
    open_(desks.right, *pack(desks, desks.left, tmp_path / "there"))
    open_(desks.left, *pack(desks, desks.right, tmp_path / "back"))
    (standing,) = channels.standings(desks.left)
    assert standing.receipted == 2


def test_a_checkpoint_that_arrives_does_not_stand_for_the_receipt_that_was_lost(
    desks: Pair, tmp_path: Path
) -> None:
    """What shows that the peer has our statements makes it believe that we have its receipts."""
    outgoing = exchange.compose(desks.right, desks.channel_id)
    post.answer(desks.left, post.request(desks.right, outgoing)[0])
    open_(desks.right, *pack(desks, desks.left, tmp_path / "1"))
    (standing,) = channels.standings(desks.right)
    assert (standing.agreed_own, standing.receipted) == (1, 0)
    open_(desks.left, *pack(desks, desks.right, tmp_path / "2"))
    open_(desks.right, *pack(desks, desks.left, tmp_path / "3"))
    (standing,) = channels.standings(desks.right)
    assert standing.receipted == 1


def test_wire_and_pouch_at_once_take_effect_once(desks: Pair, tmp_path: Path) -> None:
    ask(desks, desks.left)
    (early,) = pack(desks, desks.left, tmp_path / "there")
    desks.settle()
    (found,) = open_(desks.right, early)
    assert found.taken is not None
    assert (found.taken.fresh, found.taken.progress) == (0, False)
    assert "RelayToNonERDS" in events(desks, desks.left, 1)
    ask(desks, desks.left)
    carry(desks, tmp_path)
    ask(desks, desks.right)
    desks.settle()
    check_agreement(desks)


def test_months_later_it_is_taken_all_the_same(desks: Pair, tmp_path: Path) -> None:
    case = ask(desks, desks.left)
    files = pack(desks, desks.left, tmp_path / "there")
    desks.clock.now += 200 * 86400
    open_(desks.right, *files)
    desks.clock.now += 100 * 86400
    carry(desks, tmp_path)
    check_agreement(desks)
    assert len(cases.show(desks.left, desks.channel(desks.left), case, "otto").acts) == 1


def test_what_no_pouch_brought_in_time_is_stated(desks: Pair, tmp_path: Path) -> None:
    ask(desks, desks.left)
    pack(desks, desks.left, tmp_path / "lost")
    desks.clock.now += 72 * 3600
    assert nondelivery.state_overdue(desks.left) == 0
    desks.clock.now += 1
    pack(desks, desks.left, tmp_path / "again")
    assert events(desks, desks.left, 1)[-2:] == ["ContentConsignmentFailure", "RelayToNonERDS"]
    open_(desks.right, tmp_path / "again")
    with desks.right.database.read() as connection:
        chain = log.chains(connection, desks.channel_id)[desks.channel(desks.right).peer_index]
    assert chain.count == 3


def test_nothing_new_is_packed_before_the_peer_has_answered(desks: Pair, tmp_path: Path) -> None:
    """Unless somebody vouches for the record: a desk that was set back would sign a fork."""
    ask(desks, desks.left)
    channel, path = desks.channel(desks.left), tmp_path / "a.pouch"
    started = dataclasses.replace(desks.left, contacts=Contacts(tmp_path / "nobody-serves"))
    with pytest.raises(ParleyError) as caught:
        pouch.pack(started, channel, path)
    assert caught.value.reason is Reason.HEAD_UNCONFIRMED
    assert not path.exists()
    (vouched,) = pouch.pack(started, channel, tmp_path / "b.pouch", unconfirmed=True)
    assert vouched.row.upto == 2
    started.contacts.confirm(channel.id)
    assert pouch.pack(started, channel, path)


# --- what is not taken in ------------------------------------------------------------------------


def rejected(desk: Desk, path: Path) -> str | None:
    """The reason for which a file is refused; nothing of it may stay behind."""
    with desk.database.read() as connection:
        before = outbox.one(connection, channels.find(desk, None).id)
    (found,) = open_(desk, path)
    with desk.database.read() as connection:
        assert outbox.one(connection, before.channel) == before
        assert proofs.count_quarantined(connection, before.channel) == 0
    return reason(found)


def test_our_own_and_others_files_are_told_apart(
    desks: Pair, tmp_path: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    (own,) = pack(desks, desks.left, tmp_path / "own")
    assert rejected(desks.left, own) == "pouch-own"
    with pair(tmp_path_factory.mktemp("others")) as others:
        (stranger,) = pack(others, others.left, tmp_path / "strangers")
        assert rejected(desks.right, stranger) == "wrong-audience"
        # A channel that we do not have, but made for us: its sender's letter was never accepted.
        channels.accept(others.left, desks.right.letter.data, words.words(desks.right.letter.party))
        channel = next(
            one.channel
            for one in channels.standings(others.left)
            if one.channel.peer.party == desks.right.letter.party
        )
        (path,) = (
            one.path
            for one in pouch.pack(others.left, channel, tmp_path / "strangers", unconfirmed=True)
        )
        assert rejected(desks.right, path) == "channel-unknown"


def test_a_frame_of_another_channel_of_ours_goes_to_that_one(desks: Pair, tmp_path: Path) -> None:
    """The header decides, and it is signed: nothing lands in a channel it was not made for."""
    for desk in (desks.left, desks.right):
        peer = desks.peer_of(desk).letter
        channels.accept(desk, peer.data, words.words(peer.party), label="second")
    second = channels.find(desks.left, "second")
    (written,) = pouch.pack(desks.left, second, tmp_path, unconfirmed=True)
    (found,) = open_(desks.right, written.path)
    assert found.taken is not None
    assert found.taken.channel.id == second.id
    held = {one.channel.id: one.peer for one in channels.standings(desks.right)}
    assert held == {desks.channel_id: 0, second.id: 1}
    header_bytes, keys, sealed, signature = cbor.decode(
        written.path.read_bytes(), limit=limits.FRAME_BYTES
    )
    header = cbor.decode(header_bytes, limit=1000)
    moved = [cbor.encode([*header[:2], desks.channel_id, *header[3:]]), keys, sealed, signature]
    written.path.write_bytes(cbor.encode(moved))
    (found,) = open_(desks.right, written.path)
    assert reason(found) == "signature-invalid"


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (lambda data: data[:0], "shape-invalid"),
        (lambda data: data[: len(data) // 2], "shape-invalid"),
        (lambda data: data + b"\x00", "shape-invalid"),
        (tamper.flip_byte, "signature-invalid"),
        (lambda data: data[:-1] + bytes([data[-1] ^ 1]), "signature-invalid"),
        (lambda data: data + bytes(limits.FRAME_BYTES), "too-large"),
    ],
)
def test_what_was_tampered_with_is_refused(
    desks: Pair, tmp_path: Path, change: object, expected: str
) -> None:
    ask(desks, desks.left)
    (path,) = pack(desks, desks.left, tmp_path / "there")
    good = path.read_bytes()
    path.write_bytes(change(good))  # type: ignore[operator]
    assert rejected(desks.right, path) == expected
    path.write_bytes(good)
    assert reason(open_(desks.right, path)[0]) is None


@pytest.mark.parametrize("new_signer", [False, True])
def test_what_is_sealed_to_a_key_that_was_destroyed_has_to_be_packed_again(
    desks: Pair, tmp_path: Path, new_signer: bool
) -> None:
    ask(desks, desks.left)
    if new_signer:
        changed(desks, desks.left, KeyKind.ROTATION, months=12)
    (late,) = pack(desks, desks.left, tmp_path / "under way")
    changed(desks, desks.right, KeyKind.SEALING, months=12)
    (soon,) = open_(desks.right, late)
    assert soon.taken is not None, "what is under way still arrives"
    ask(desks, desks.left)
    (late,) = pack(desks, desks.left, tmp_path / "for too long")
    desks.clock.now += limits.POUCH_SECONDS + 60 * 86_400
    with desks.right.database.read() as connection:
        ring = desks.right.own_keyring(connection)
    desks.right.keyholder.settle(ring, desks.clock())
    assert rejected(desks.right, late) == "pouch-late"
    forged = tmp_path / "forged.pouch"
    forged.write_bytes(late.read_bytes()[:-1] + b"x")
    assert rejected(desks.right, forged) == "signature-invalid"
    carry(desks, tmp_path, first=desks.right)
    check_agreement(desks)


def test_what_a_stale_pouch_says_was_refused_is_forgotten(desks: Pair, tmp_path: Path) -> None:
    """A refusal that the receipt has overtaken must not show a statement as refused again."""
    ask(desks, desks.left)
    channel = desks.channel(desks.left)
    with desks.left.database.read() as connection:
        leaf = log.leaf_at(connection, channel.id, channel.own_index, 1)
    told = (exchange.Refusal("body-wrong", leaf),)
    (refusing,) = pouch.pack(
        desks.right, desks.channel(desks.right), tmp_path, refusals=told, unconfirmed=True
    )
    open_(desks.left, refusing.path)
    assert events(desks, desks.left, 1) == ["RelayRejection"]
    desks.settle()
    open_(desks.left, refusing.path)
    assert events(desks, desks.left, 1)[-1] == "ContentConsignment"
    assert channels.standings(desks.left)[0].last_reason is None


def test_a_fork_that_was_carried_here_is_kept_as_evidence(
    desks: Pair, template: Path, tmp_path: Path
) -> None:
    with copied(template, tmp_path / "twins") as twins:
        for number, desk in enumerate((desks.left, twins.left)):
            desks.append(desk, inquiry(desks.channel(desks.left), ids.new_case_id(), questions=1))
            pack(desks, desk, tmp_path / f"{number}")
    first, second = open_(desks.right, tmp_path / "0"), open_(desks.right, tmp_path / "1")
    assert [one.taken.halted for one in first + second if one.taken] == [False, True]
    (standing,) = channels.standings(desks.right)
    assert (standing.state, standing.reason, standing.evidence) == ("halted", "fork-statement", 1)
    assert reason(open_(desks.right, tmp_path / "0")[0]) == "channel-halted"
    with pytest.raises(ParleyError) as caught:
        pack(desks, desks.right, tmp_path / "back")
    assert caught.value.reason is Reason.CHANNEL_HALTED


def test_what_has_to_be_kept_out_is_told_with_the_answer(desks: Pair, tmp_path: Path) -> None:
    """Without its body a statement is not delivered; whoever sent it hears why."""
    ask(desks, desks.left)
    outgoing = exchange.compose(desks.left, desks.channel_id)
    genesis, asked = outgoing.message.statements
    bare = msgspec.structs.replace(
        outgoing.message, statements=(genesis, msgspec.structs.replace(asked, body=None))
    )
    path = tmp_path / "bare.pouch"
    path.write_bytes(post.request(desks.left, outgoing._replace(message=bare))[0])
    (found,) = open_(desks.right, path)
    assert found.taken is not None
    assert [refusal.reason for refusal in found.taken.refusals] == ["body-missing"]
    told = found.taken.refusals
    (back,) = pouch.pack(
        desks.right, desks.channel(desks.right), tmp_path, refusals=told, unconfirmed=True
    )
    (answer,) = open_(desks.left, back.path)
    assert answer.taken is not None
    assert [refusal.reason for refusal in answer.taken.refused] == ["body-missing"]
    assert events(desks, desks.left, 1)[-1] == "RelayRejection"
    carry(desks, tmp_path)
    assert [standing.receipted for standing in channels.standings(desks.left)] == [2]


# --- files that are packed, and cleared ----------------------------------------------------------


def test_files_are_noted_until_they_are_cleared(desks: Pair, tmp_path: Path) -> None:
    ask(desks, desks.left)
    (path,) = pack(desks, desks.left, tmp_path / "stick")
    (noted,) = carriage.packed(desks.left)
    assert (noted.row.path, noted.arrived, pouch.is_there(noted.row)) == (str(path), False, True)
    gone, left = pouch.clear(desks.left)
    assert (gone, left) == ([], [noted])
    open_(desks.right, path)
    open_(desks.left, *pack(desks, desks.right, tmp_path / "back"))
    (noted,) = carriage.packed(desks.left)
    assert noted.arrived
    assert pouch.clear(desks.left) == ([noted], [])
    assert not path.exists()
    assert carriage.packed(desks.left) == []


def test_another_file_in_its_place_is_not_deleted(desks: Pair, tmp_path: Path) -> None:
    (path,) = pack(desks, desks.left, tmp_path / "stick")
    path.write_bytes(b"somebody else's")
    gone, _left = pouch.clear(desks.left, every=True)
    assert len(gone) == 1
    assert path.read_bytes() == b"somebody else's"
    assert carriage.packed(desks.left) == []


@pytest.mark.usefixtures("frames_of_three")
def test_one_file_takes_what_fits_into_one(desks: Pair, tmp_path: Path) -> None:
    channel = desks.channel(desks.left)
    (written,) = pouch.pack(desks.left, channel, tmp_path / "one.pouch", unconfirmed=True)
    assert written.path == tmp_path / "one.pouch"
    with pytest.raises(ParleyError) as caught:
        pouch.pack(desks.left, channel, tmp_path / "one.pouch", unconfirmed=True)
    assert caught.value.reason is Reason.FILE_EXISTS
    for _ in range(3):
        ask(desks, desks.left)
    with pytest.raises(ParleyError) as caught:
        pouch.pack(desks.left, channel, tmp_path / "two.pouch", unconfirmed=True)
    assert caught.value.reason is Reason.POUCH_TOO_LARGE
    assert not (tmp_path / "two.pouch").exists()


def test_what_cannot_be_written_is_booked_and_forgotten(desks: Pair, tmp_path: Path) -> None:
    ask(desks, desks.left)
    with pytest.raises(ParleyError) as caught:
        pouch.pack(
            desks.left, desks.channel(desks.left), tmp_path / "no" / "such.pouch", unconfirmed=True
        )
    assert caught.value.reason is Reason.FILE_UNWRITABLE
    assert events(desks, desks.left, 1) == ["RelayToNonERDSFailure"]
    assert carriage.packed(desks.left) == []


def test_a_folder_is_searched_for_pouches_alone(desks: Pair, tmp_path: Path) -> None:
    (path,) = pack(desks, desks.left, tmp_path / "stick")
    (tmp_path / "stick" / "holiday.jpg").write_bytes(b"x")
    (tmp_path / "stick" / "folder.pouch").mkdir()
    os.mkfifo(tmp_path / "stick" / "pipe.pouch")
    assert pouch.files([tmp_path / "stick"]) == [path]
    with pytest.raises(ParleyError) as caught:
        pouch.files([tmp_path / "nowhere"])
    assert caught.value.reason is Reason.FILE_MISSING


def test_more_files_than_the_bound_are_refused(
    desks: Pair, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pouch, "FILES", 2)
    for number in range(3):
        (tmp_path / f"{number}.pouch").write_bytes(b"")
    with pytest.raises(ParleyError) as caught:
        pouch.files([tmp_path])
    assert caught.value.reason is Reason.POUCHES_TOO_MANY


def test_many_receipts_the_newest_go(
    desks: Pair, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where more receipts are owed than a message takes, the newest cover what the others do."""
    for number in range(5):
        ask(desks, desks.left)
        open_(desks.right, *pack(desks, desks.left, tmp_path / f"{number}"))
    small_frames(monkeypatch, 2)
    (back,) = pouch.pack(desks.right, desks.channel(desks.right), tmp_path, unconfirmed=True)
    assert back.receipts == 2
    (found,) = open_(desks.left, back.path)
    assert found.taken is not None
    assert found.taken.receipted == 6
