"""Who holds the line between two desks, or sends to one of them what nobody asked for."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest

from parley.application import channels, exchange
from parley.crypto import sealing, words
from parley.crypto.keys import SealingKey, StatementKey
from parley.kernel import cbor, limits
from parley.kernel.errors import ParleyError
from parley.record.mirror import Mirror
from parley.store import log
from parley.wire import frame as frames
from parley.wire import post
from tests.support.hostile import Hostile
from tests.support.pouches import open_, pack, reason

replace = msgspec.structs.replace


def refused(hostile: Hostile, data: bytes, why: str) -> None:
    """The left desk takes nothing of it, and says why."""
    with pytest.raises(ParleyError) as caught:
        post.answer(hostile.desks.left, data)
    assert caught.value.reason.value == why
    hostile.unharmed()


def test_an_old_frame_is_sent_again(hostile: Hostile) -> None:
    """Taken once; the same receipt comes back, byte for byte."""
    desks = hostile.desks
    hostile.speak(desks.right)
    frame = hostile.sealed(hostile.message())

    def answered() -> tuple[object, ...]:
        reply = frames.parse(post.answer(desks.left, frame))
        return frames.open_message(reply, reply.header(), desks.right.keys).receipts

    first = answered()
    assert len(first) == 1
    for _ in range(3):
        assert set(first) <= set(answered())
    hostile.unharmed(peer=2)


def test_frames_come_in_any_order(hostile: Hostile) -> None:
    """Each is true of its time; the newest does not suffer from an older one."""
    desks = hostile.desks
    recorded = []
    for _ in range(3):
        hostile.speak(desks.right)
        recorded.append(hostile.sealed(hostile.message()))
    for frame in reversed(recorded):
        post.answer(desks.left, frame)
    hostile.unharmed(peer=4)
    desks.settle()
    assert hostile.standing.agreed_peer == 4


def test_the_answer_to_an_older_request(hostile: Hostile) -> None:
    desks = hostile.desks
    first = exchange.compose(desks.left, desks.channel_id)
    old = post.answer(desks.right, post.request(desks.left, first)[0])
    second = exchange.compose(desks.left, desks.channel_id)
    _, digest = post.request(desks.left, second)
    with pytest.raises(ParleyError, match="reply-mismatch"):
        post.settle(desks.left, second, digest, old)
    hostile.unharmed()


def test_our_own_frame_comes_back(hostile: Hostile) -> None:
    desks = hostile.desks
    outgoing = exchange.compose(desks.left, desks.channel_id)
    refused(hostile, post.request(desks.left, outgoing)[0], "wrong-audience")


def test_our_own_statement_comes_back_as_theirs(hostile: Hostile) -> None:
    desks = hostile.desks
    hostile.speak(desks.left)
    ours = exchange.compose(desks.left, desks.channel_id).message.statements[-1]
    assert hostile.show(ours) == ["key-unknown"]
    hostile.unharmed(own=2)


def test_a_frame_for_somebody_else(hostile: Hostile) -> None:
    """Sealed and signed by the peer, for a desk that is not ours."""
    desks = hostile.desks
    outgoing = exchange.compose(desks.right, desks.channel_id)
    frame = frames.parse(hostile.sealed(outgoing.message))
    elsewhere = replace(frame.header(), recipient=bytes(32))
    resigned = signed(frame, elsewhere, desks.right.keys.statement)
    refused(hostile, resigned, "wrong-audience")


def signed(frame: frames.Frame, header: frames.Header, key: StatementKey) -> bytes:
    """The frame with another header, signed by ``key``."""
    unsigned = replace(frame, header_bytes=cbor.encode_model(header), signature=bytes(64))
    return cbor.encode_model(replace(unsigned, signature=key.sign(unsigned.signed)))


def second(hostile: Hostile) -> Hostile:
    """Another channel between the two, open as well."""
    desks = hostile.desks
    for desk in (desks.left, desks.right):
        letter = desks.peer_of(desk).letter
        channels.accept(desk, letter.data, words.words(letter.party), label="second")
    found = channels.find(desks.right, "second")
    for desk in (desks.left, desks.right):
        desk.contacts.confirm(found.id)
    other = Hostile(dataclasses.replace(desks, channel_id=found.id))
    other.desks.settle()
    return other


def test_a_statement_of_another_channel(hostile: Hostile) -> None:
    """What was said in one channel is said in no other, between the same parties."""
    other = second(hostile)
    assert hostile.show(other.sign()) == ["wrong-audience"]
    hostile.unharmed()
    other.unharmed()


def test_a_message_of_another_channel_in_a_frame_of_this_one(hostile: Hostile) -> None:
    other = second(hostile)
    desks = hostile.desks
    message = replace(hostile.message(), channel=other.desks.channel_id)
    refused(hostile, Hostile(desks).sealed(message), "wrong-audience")


def test_a_receipt_of_another_channel(hostile: Hostile) -> None:
    """A signature over the root of one log is none over another's."""
    other = second(hostile)
    other.speak(other.desks.left)
    other.desks.settle()
    hostile.speak(hostile.desks.left)
    foreign = exchange.compose(other.desks.right, other.desks.channel_id).message.receipts
    with other.desks.left.database.read() as connection:
        channel = other.desks.channel(other.desks.left)
        assert len(Mirror(connection, channel, 0).leaves(channel.peer_index, 3)) == 3
        assert log.size(connection, channel.id) == 3
    message = hostile.message(receipts=foreign, statements=(), checkpoint=None)
    assert set(hostile.refused(message)) <= {"signature-invalid", "mirror-incomplete"}
    assert hostile.standing.receipted == 1


def test_one_bit_is_changed_on_the_way(hostile: Hostile) -> None:
    frame = hostile.sealed(hostile.message())
    for at in (len(frame) // 2, len(frame) - 1):
        changed = frame[:at] + bytes((frame[at] ^ 1,)) + frame[at + 1 :]
        refused(hostile, changed, "signature-invalid")


def test_a_frame_is_cut_short_or_made_longer(hostile: Hostile) -> None:
    frame = hostile.sealed(hostile.message())
    for data in (frame[:-1], frame[: len(frame) // 2], frame + b"\x00", b"", b"\xff" * 64):
        refused(hostile, data, "shape-invalid")


def test_a_stranger_speaks_for_the_peer(hostile: Hostile) -> None:
    """Somebody who knows channel and parties, with keys of their own."""
    frame = frames.parse(hostile.sealed(hostile.message()))
    key = StatementKey.generate()
    header = replace(frame.header(), statement_kid=key.public.kid)
    refused(hostile, signed(frame, header, key), "key-unknown")


def test_a_stranger_asks_for_a_channel_that_is_not(hostile: Hostile) -> None:
    frame = frames.parse(hostile.sealed(hostile.message()))
    header = replace(frame.header(), channel=bytes(32))
    refused(hostile, signed(frame, header, hostile.desks.right.keys.statement), "channel-unknown")


def test_a_lower_suite_is_named(hostile: Hostile) -> None:
    frame = frames.parse(hostile.sealed(hostile.message()))
    header = replace(frame.header(), suite=0)
    refused(hostile, signed(frame, header, hostile.desks.right.keys.statement), "downgrade-refused")


def test_it_is_sealed_to_another_key(hostile: Hostile) -> None:
    desks = hostile.desks
    frame = frames.parse(hostile.sealed(hostile.message()))
    key = SealingKey.generate().public
    header = replace(frame.header(), sealing_kid=key.kid)
    refused(hostile, signed(frame, header, desks.right.keys.statement), "key-unknown")
    sealed = sealing.seal(b"anything", frame.digest, key)
    honest = frame.header()
    wrong = signed(replace(frame, sealed=sealed), honest, desks.right.keys.statement)
    refused(hostile, wrong, "unsealing-failed")


SEALED: list[tuple[str, Callable[[bytes], bytes], str]] = [
    ("garbage", lambda _: b"\xff" * 100, "cbor-malformed"),
    ("nothing", lambda _: b"", "cbor-malformed"),
    ("trailing", lambda plain: plain + b"\x00", "cbor-not-canonical"),
    ("an indefinite length", lambda plain: b"\x9f" + plain[1:] + b"\xff", "cbor-malformed"),
    ("deep nesting", lambda _: b"\x81" * 5000 + b"\x00", "cbor-malformed"),
    ("another shape", lambda _: cbor.encode([1, 2, 3]), "shape-invalid"),
]


@pytest.mark.parametrize(("name", "change", "why"), SEALED, ids=[name for name, *_ in SEALED])
def test_what_is_sealed_and_signed_is_malformed(
    hostile: Hostile, name: str, change: Callable[[bytes], bytes], why: str
) -> None:
    """The peer itself: all signatures hold, and what they cover is no message."""
    desks = hostile.desks
    message = hostile.message()
    honest = frames.parse(hostile.sealed(message))
    key = desks.channel(desks.right).peer_keys.sealing_key(desks.clock())
    plain = change(cbor.encode_model(message))
    frame = replace(honest, sealed=sealing.seal(plain, honest.digest, key))
    refused(hostile, signed(frame, honest.header(), desks.right.keys.statement), why)


def test_a_frame_is_too_large(hostile: Hostile) -> None:
    refused(hostile, b"\x84" + bytes(limits.FRAME_BYTES), "too-large")


def test_more_statements_than_a_frame_may_have(hostile: Hostile) -> None:
    one = hostile.sign()
    many = hostile.message(statements=(one,) * (limits.STATEMENTS_IN_FRAME + 1), checkpoint=None)
    refused(hostile, hostile.sealed(many), "shape-invalid")


def test_a_pouch_is_opened_again_and_by_the_wrong_desk(hostile: Hostile, tmp_path: Path) -> None:
    desks = hostile.desks
    hostile.speak(desks.right)
    (path,) = pack(desks, desks.right, tmp_path / "stick")
    for _ in range(3):
        (found,) = open_(desks.left, path)
        assert reason(found) is None
    hostile.unharmed(peer=2)
    (found,) = open_(desks.right, path)
    assert reason(found) == "pouch-own"
    data = path.read_bytes()
    path.write_bytes(data[:-1] + bytes((data[-1] ^ 1,)))
    (found,) = open_(desks.left, path)
    assert reason(found) == "signature-invalid"
    hostile.unharmed(peer=2)
