"""A peer that lies about attachments: nothing of it is written, and nothing else waits."""

from __future__ import annotations

import errno
import os

import msgspec
import pytest

from parley.application import attachments, blobs, parcels
from parley.application.attachments import State
from parley.application.parcel import Parcel, Standing, Wish
from parley.crypto import merkle
from parley.kernel import cbor, ids
from parley.kernel.errors import ParleyError
from parley.kernel.reasons import Reason
from parley.record import attachment
from parley.record.attachment import Commitment, Shape
from parley.record.freeze import Content
from parley.store import attachments as rows
from parley.wire import frame as frames
from parley.wire import parcels as wire
from parley.wire import post
from tests.attachments.carrying import BITS, CHUNK, Carrying, Label, content, with_policy
from tests.support.pair import inquiry


def announce(both: Carrying, *commitments: Commitment, hazard: str = "none-known") -> bytes:
    """A statement of the left desk that commits to these; returns its leaf."""
    channel = both.pair.channel(both.left)
    plain: Content = inquiry(channel, ids.new_case_id())
    values = dict(plain.values)
    for number, commitment in enumerate(commitments, 1):
        path = f"attachments/{number}"
        values |= {
            f"{path}/content": commitment.value,
            f"{path}/name": "x",
            f"{path}/hazard": hazard,
        }
    codes = {**plain.codes, "attachments": len(commitments)}
    leaf = both.pair.append(both.left, plain._replace(values=values, codes=codes)).leaf
    both.pair.settle()
    blobs.catch_up(both.right)
    return leaf


def untouched(both: Carrying) -> None:
    """Nothing was written at the right desk."""
    assert list(both.right.chunks.folder.glob("*")) == []
    with both.right.database.read() as connection:
        assert all(row.held == 0 for row in rows.blobs(connection))


def test_wrong_chunks_are_refused_one_by_one(both: Carrying) -> None:
    both.send(content(10 * CHUNK + 100))
    chunks = both.chunks(both.only(both.right).root)
    one, other, last = chunks[2], chunks[5], chunks[-1]
    change = msgspec.structs.replace
    wrong = [
        change(one, data=other.data),
        change(one, data=one.data[:-1]),
        change(one, data=one.data + b"\0"),
        change(one, data=one.data[:-1] + bytes([one.data[-1] ^ 1])),
        change(one, index=3),
        change(one, index=1 << 40),
        change(one, path=other.path),
        change(one, path=one.path[:-1]),
        change(one, path=()),
        change(one, salt=bytes(32)),
        change(one, size=one.size + 1),
        change(one, size=1 << 45),
        change(one, size=0),
        change(one, bits=13),
        change(last, data=last.data + bytes(CHUNK - 100)),
    ]
    assert both.take(wrong) == [Reason.CHUNK_WRONG] * len(wrong)
    untouched(both)
    view = both.only(both.right)
    assert (view.state, view.reason) == (State.ANNOUNCED, Reason.CHUNK_WRONG)
    # It spoils nothing: the right ones are taken, and the reason goes.
    assert both.take(chunks) == []
    assert both.only(both.right).reason is None


def test_unannounced_and_other_channels_chunks_are_unknown(both: Carrying) -> None:
    """A root counts in the channel whose statement commits to it, and in no other."""
    both.send(content(5 * CHUNK))
    chunks = both.chunks(both.only(both.right).root)
    stray = [msgspec.structs.replace(one, root=bytes(32)) for one in chunks]
    assert both.take(stray) == [Reason.ATTACHMENT_UNKNOWN] * 5
    untouched(both)
    with both.right.database.read() as connection:
        assert blobs.find(both.right, connection, bytes(32), chunks[0].root) is None
    wish = [Wish(chunks[0].root, 0, 4)]
    given, refused = parcels.chunks_for(both.left, bytes(32), wish)
    assert (given, [one.reason for one in refused]) == ([], [Reason.ATTACHMENT_UNKNOWN])


def test_what_waits_in_a_draft_is_given_to_nobody(both: Carrying) -> None:
    from_draft = both.attach(
        both.draft(), content(3 * CHUNK), Label("a.bin", "none-known")
    ).writing.values["attachments/1/content"]
    assert isinstance(from_draft, bytes)
    root = Commitment.of(from_draft).root
    given, refused = parcels.chunks_for(both.left, both.pair.channel_id, [Wish(root, 0, 2)])
    assert (given, [one.reason for one in refused]) == ([], [Reason.ATTACHMENT_UNKNOWN])


def test_a_size_that_is_a_lie_shows_at_the_first_chunk(both: Carrying) -> None:
    data = content(3 * CHUNK)
    leaves = [merkle.leaf_hash(data[at : at + CHUNK]) for at in range(0, len(data), CHUNK)]
    shape, salt = Shape(len(data), BITS), bytes(range(32))
    root = attachment.root_of(salt, shape, merkle.root(leaves))
    for size in (len(data) - 1, len(data) + 1, len(data) + CHUNK, 1 << 30):
        announce(both, Commitment(root, size))
    chunks = [
        parcels.Chunk(
            root, salt, size, BITS, 0, tuple(merkle.inclusion_path(leaves, 0)), data[:CHUNK]
        )
        for size in (len(data), len(data) - 1, len(data) + CHUNK)
    ]
    assert set(both.take(chunks)) == {Reason.CHUNK_WRONG}
    untouched(both)


def test_a_root_that_matches_nothing_costs_no_room(both: Carrying) -> None:
    announce(both, *(Commitment(bytes([n]) * 32, 1 << 29) for n in range(1, 33)))
    with pytest.raises(ParleyError) as caught:
        both.fetch()
    assert caught.value.reason is Reason.ATTACHMENT_REFUSED
    untouched(both)
    views = both.views(both.right)
    assert {view.state for view in views} == {State.ANNOUNCED}
    assert views[0].reason == Reason.ATTACHMENT_UNKNOWN


def test_what_is_too_large_or_too_much_is_refused_and_said(both: Carrying) -> None:
    both.send(content(10 * CHUNK), "first.bin")
    both.send(content(11 * CHUNK, 2), "large.bin")
    both.send(content(9 * CHUNK, 3), "more.bin")
    both.pair.right = with_policy(both.right, largest=10 * CHUNK, of_channel=15 * CHUNK)
    both.fetch()
    states = [(view.state, view.reason) for view in both.views(both.right)]
    refusals = [
        (State.WHOLE, None),
        (State.REFUSED, Reason.ATTACHMENT_TOO_LARGE),
        (State.REFUSED, Reason.ATTACHMENT_QUOTA),
    ]
    assert states == refusals
    assert [(view.state, view.reason) for view in both.views(both.left)] == refusals
    # Bytes that are brought all the same are not taken.
    chunks = both.chunks(both.views(both.right)[1].root)
    assert set(both.take(chunks)) == {Reason.ATTACHMENT_TOO_LARGE}
    # Raised limits are enough for it to come.
    both.pair.right = with_policy(both.right)
    both.fetch()
    assert {view.state for view in both.views(both.right)} == {State.WHOLE}
    assert {view.state for view in both.views(both.left)} == {State.WHOLE}


def test_a_disk_that_is_nearly_full_takes_no_bytes_and_all_statements(both: Carrying) -> None:
    both.send(content(10 * CHUNK))
    both.right.chunks._keep_free = 1 << 60
    with pytest.raises(ParleyError) as caught:
        both.fetch()
    assert caught.value.reason is Reason.STORAGE_FULL
    untouched(both)
    both.send(b"more", "more.bin")
    assert len(both.views(both.right)) == 2
    both.right.chunks._keep_free = 0
    both.fetch()
    assert {view.state for view in both.views(both.right)} == {State.WHOLE}


def test_a_disk_that_fills_in_the_middle(both: Carrying, monkeypatch: pytest.MonkeyPatch) -> None:
    data = content(40 * CHUNK)
    both.send(data)
    real, left = os.pwrite, [21]

    def full(descriptor: int, view: memoryview, place: int) -> int:
        left[0] -= 1
        if left[0] < 0:
            raise OSError(errno.ENOSPC, "full")
        return real(descriptor, view, place)

    monkeypatch.setattr("parley.store.chunks.os.pwrite", full)
    with pytest.raises(ParleyError) as caught:
        both.fetch()
    assert caught.value.reason is Reason.STORAGE_FULL
    monkeypatch.undo()
    both.fetch()
    assert both.taken_out(both.right) == data


def test_a_parcel_is_no_message_and_a_message_no_parcel(both: Carrying) -> None:
    both.send(content(10))
    made = parcels.parcel(both.pair.channel_id, asked=[Wish(bytes(32), 0, 0)])
    data, digest = wire.seal(both.left, made)
    with pytest.raises(ParleyError) as caught:
        post.answer(both.right, data)
    assert caught.value.reason is Reason.SHAPE_INVALID
    with pytest.raises(ParleyError) as caught:
        wire.answer(both.right, both.pair.frames[-2])
    assert caught.value.reason in {Reason.SHAPE_INVALID, Reason.WRONG_AUDIENCE}
    reply = wire.answer(both.right, data)
    assert wire.opened(both.left, both.pair.channel_id, digest, reply).refused[0].reason == (
        Reason.ATTACHMENT_UNKNOWN
    )
    # A reply answers one request, and no other.
    with pytest.raises(ParleyError) as caught:
        wire.opened(both.left, both.pair.channel_id, bytes(32), reply)
    assert caught.value.reason is Reason.REPLY_MISMATCH


@pytest.mark.parametrize(
    "changed",
    [
        {"standings": [[bytes(32), 1, [[0, 0]] * 65, None]]},
        {"wishes": [[bytes(32), 0, 0]] * 65},
        {"wishes": [[bytes(31), 0, 0]]},
        {"refused": [[bytes(32), 0, "Not a token"]]},
        {"chunks": [[bytes(32), bytes(32), 1, 21, 0, [], b"x"]]},
        {"chunks": [[bytes(32), bytes(32), 1, 12, 0, [bytes(32)] * 25, b"x"]]},
        {"chunks": [[bytes(32), bytes(32), 1, 12, 0, [], b""]]},
        {"kind": "attachment"},
        {"version": 2},
    ],
    ids=str,
)
def test_parcels_are_bounded_and_strict(changed: dict[str, object]) -> None:
    plain = cbor.plain(parcels.parcel(bytes(32)))
    names = Parcel.__struct_fields__
    for name, value in changed.items():
        plain[names.index(name)] = value
    with pytest.raises(ParleyError):
        frames.parse_content(cbor.encode(plain))


def test_lies_about_progress_show_as_the_others_word_and_no_more(both: Carrying) -> None:
    both.send(content(10 * CHUNK))
    root = both.only(both.left).root
    lies = [Standing(root, 1 << 50, (), None), Standing(bytes(32), 1, (), None)]
    parcels.book(both.left, both.pair.channel_id, lies)
    assert both.only(both.left).state == State.WHOLE
    both.fetch()
    assert both.taken_out(both.right) == content(10 * CHUNK)


def test_an_attachment_of_no_form_makes_the_act_void(both: Carrying) -> None:
    channel = both.pair.channel(both.left)
    plain = inquiry(channel, ids.new_case_id())
    bad = {**plain.values, "attachments/1/content": bytes(40), "attachments/1/name": "x"}
    statement = both.pair.append(
        both.left,
        plain._replace(
            values={**bad, "attachments/1/hazard": "malware"},
            codes={**plain.codes, "attachments": 1},
        ),
    )
    both.pair.settle()
    assert attachments.every(both.right, "dora") == []
    with both.right.database.read() as connection:
        entry = parcels.rows.attached(connection, both.pair.channel_id)
    assert entry == []
    assert statement.leaf


def test_the_path_of_attachments_takes_frames_of_the_peer_alone(both: Carrying) -> None:
    with pytest.raises(ParleyError) as caught:
        wire.answer(both.right, b"\x84" + bytes(600))
    assert caught.value.reason is Reason.SHAPE_INVALID
    made = parcels.parcel(both.pair.channel_id)
    data, _digest = wire.seal(both.left, made)
    broken = data[:-1] + bytes([data[-1] ^ 1])
    with pytest.raises(ParleyError) as caught:
        wire.answer(both.right, broken)
    assert caught.value.reason is Reason.SIGNATURE_INVALID
