"""What a line may do to the endpoint: slow, many, large, malformed."""

from __future__ import annotations

import contextlib
import json
import time
from collections.abc import Iterator

import pytest

from parley.application import exchange
from parley.kernel import cbor, limits
from parley.wire import post
from parley.wire.door import Door
from parley.wire.endpoint import Bounds
from parley.wire.frame import PATH
from parley.wire.rates import Rate
from tests.support.pair import Pair, pair
from tests.wire.served import Meter, Served, request, served, until_closed


@pytest.fixture(scope="module")
def desks(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pair]:
    """One pair for all tests here: a line leaves nothing behind in the record."""
    with pair(tmp_path_factory.mktemp("door")) as made:
        made.settle()
        yield made


def frame(desks: Pair) -> bytes:
    """A valid request of the left desk."""
    return post.request(desks.left, exchange.compose(desks.left, desks.channel_id))[0]


def forged(good: bytes, size: int = 0) -> bytes:
    """A frame with the same header, and a signature that is none."""
    header, keys, sealed, signature = cbor.decode(good, limit=limits.FRAME_BYTES)
    return cbor.encode([header, keys, bytes(size) or sealed, bytes(len(signature))])


def answer(data: bytes) -> tuple[int, str | None]:
    """Status and reason of a reply."""
    head, _, content = data.partition(b"\r\n\r\n")
    reason = json.loads(content)["reason"] if b"json" in head else None
    return int(head.split()[1]), reason


def is_served(desks: Pair, at: Served, source: str = "127.0.0.1") -> bool:
    """Whether the honest peer gets an answer to its frame."""
    return answer(at.say(request(frame(desks)), source=source))[0] == 200


# --- heads ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "data",
    [
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + bytes(100) + b"\r\n\r\n",
        b"POST " + PATH.encode() + b" HTTP/1.1\r\nhost: a\r\n\r\nGET / HTTP/1.1\r\n\r\n",
        request(b"\x83", "transfer-encoding: chunked"),
        request(b"\x83", "content-length: 2"),
        request(b"\x83", "content-encoding: gzip"),
        request(b"\x83").replace(b"content-length: 1", b"content-length: +1"),
        request(b"\x83").replace(b"content-length: 1", b"content-length: 0x1"),
        request(b"\x83").replace(b"content-length: 1", b"content-length: " + b"9" * 5000),
        request(b"\x83").replace(b"content-length: 1", b"transfer-encoding: chunked"),
        request(b"\x83").replace(b"host: desk", b"host : desk"),
        request(b"\x83").replace(b"host: desk", b" host: desk"),
        request(b"\x83").replace(b"host: desk", b"host: desk\0"),
        request(b"\x83").replace(b"HTTP/1.1", b"HTTP/2.0"),
        request(b"\x83").replace(PATH.encode(), b"http://desk" + PATH.encode()),
        request(b"\x83").replace(PATH.encode(), PATH.encode() + b"?a=b#c"),
        request(b"\x83").replace(b"POST", b"PUT"),
        request(b"\x83").replace(b"POST", b"HEAD"),
        request(b"\x83").replace(b"POST", b"CONNECT"),
        request(b"\x83", "upgrade: websocket"),
        request(b"", length=0),
    ],
)
def test_what_is_no_plain_request_is_refused_and_the_line_closed(desks: Pair, data: bytes) -> None:
    with served(desks.right) as at:
        reply = at.say(data)
        assert reply == b"" or 400 <= answer(reply)[0] < 500
        assert reply.count(b"HTTP/1.1") <= 1, "one answer, whatever followed"
        assert is_served(desks, at)


def test_a_head_has_a_bound_however_it_comes(desks: Pair) -> None:
    with served(desks.right) as at:
        many = [f"x{number}: y" for number in range(40_000)]
        started = time.monotonic()
        assert answer(at.say(request(b"\x83", *many)))[0] == 400
        assert answer(at.say(request(b"\x83", "x: " + "y" * 40_000)))[0] == 400
        assert time.monotonic() - started < 5
        assert is_served(desks, at)


def test_a_frame_in_many_pieces_is_one_frame(desks: Pair) -> None:
    with served(desks.right) as at:
        data = request(frame(desks))
        pieces = [data[place : place + 97] for place in range(0, len(data), 97)]
        assert answer(at.say(*pieces, pause=0.001))[0] == 200


def test_who_asks_whether_to_go_on_is_told_to(desks: Pair) -> None:
    with served(desks.right) as at, at.line() as line:
        data = request(frame(desks), "expect: 100-continue")
        head, _, body = data.partition(b"\r\n\r\n")
        line.sendall(head + b"\r\n\r\n")
        assert line.recv(1000).startswith(b"HTTP/1.1 100 ")
        line.sendall(body)
        assert answer(until_closed(line))[0] == 200


def test_one_line_serves_frame_after_frame(desks: Pair) -> None:
    with served(desks.right) as at, at.line() as line:
        for _ in range(3):
            line.sendall(request(frame(desks)).replace(b"connection: close\r\n", b""))
            reply = b""
            while not reply.endswith(b"\r\n\r\n"):
                reply += line.recv(1)
            assert reply.startswith(b"HTTP/1.1 200 ")
            left = int(reply.partition(b"content-length: ")[2].partition(b"\r\n")[0])
            while left:
                left -= len(line.recv(left))


# --- slow ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("data", [b"", b"POST", b"POST / HTTP/1.1\r\nhost: a"])
def test_who_is_slow_with_a_head_is_put_out(desks: Pair, data: bytes) -> None:
    with served(desks.right, head_seconds=0.2) as at:
        assert at.say(*(data[place : place + 1] for place in range(len(data))), pause=0.02) == b""
        at.closed("slow")


def test_who_sits_idle_after_a_reply_is_put_out(desks: Pair) -> None:
    with served(desks.right, head_seconds=0.2) as at, at.line() as line:
        line.sendall(request(frame(desks)).replace(b"connection: close\r\n", b""))
        assert until_closed(line).startswith(b"HTTP/1.1 200 ")
        at.closed("slow")


def test_who_is_slow_with_a_body_is_cut_off(desks: Pair) -> None:
    data = request(frame(desks))
    with served(desks.right, Bounds(head_seconds=0.2, body_seconds=0.2)) as at:
        assert answer(at.say(data[:-1])) == (408, "time-limit")
        head = data.partition(b"\r\n\r\n")[0] + b"\r\n\r\n"
        assert answer(at.say(head + b"\x83")) == (408, "time-limit")


# --- many ----------------------------------------------------------------------------------------


def test_idle_lines_give_way_to_a_peer(desks: Pair) -> None:
    """From one address or from many, silent or in the middle of a head."""
    with served(desks.right, most=20, most_of_one=8) as at, contextlib.ExitStack() as held:
        for number in range(60):
            line = held.enter_context(at.line(f"127.0.0.{2 + number % 9}"))
            with contextlib.suppress(OSError):
                line.sendall(b"POST / HTTP" if number % 2 else b"")
        for source in ("127.0.0.1", "127.0.0.2"):
            assert is_served(desks, at, source)
        assert at.meter.closings["crowded"] >= 40
        assert at.door.connections <= 20


def test_slow_bodies_of_a_channel_give_way_to_a_fast_one(desks: Pair) -> None:
    good = frame(desks)
    with served(desks.right, Bounds(reading=3)) as at, contextlib.ExitStack() as held:
        for _ in range(5):
            held.enter_context(at.line()).sendall(request(good)[:-1])
        assert is_served(desks, at)
        assert at.meter.outcomes["time-limit"] >= 2


def test_large_bodies_are_promised_no_more_memory_than_there_is(desks: Pair) -> None:
    large = forged(frame(desks), limits.FRAME_BYTES - 1000)
    bounds = Bounds(reading_bytes=2 * limits.FRAME_BYTES)
    with served(desks.right, bounds) as at, contextlib.ExitStack() as held:
        for _ in range(4):
            held.enter_context(at.line()).sendall(request(large)[:100_000])
        deadline = time.monotonic() + 10
        while at.meter.outcomes["time-limit"] < 2:
            assert time.monotonic() < deadline
            time.sleep(0.01)
        assert is_served(desks, at)
        assert answer(at.say(request(large))) == (403, "frame-not-accepted")


def test_a_door_keeps_count() -> None:
    class Line:
        out = False

        def put_out(self) -> None:
            self.out = True

    door = Door(Meter(), most=3, most_of_one=2)
    lines = [Line() for _ in range(5)]
    places = [("a", 1), ("a", 2), ("b", 1), ("a", 3), ("2001:db8::1", 1)]
    for place, line in zip(places[:3], lines, strict=False):
        assert door.enter(place, line)
    with door.at_work(places[0]):
        assert door.enter(places[3], lines[3]), "in place of the other line of this address"
        assert [line.out for line in lines] == [False, True, False, False, False]
        with door.at_work(places[2]), door.at_work(places[3]):
            assert not door.enter(places[4], lines[4]), "nobody is idle"
    for place in (*places[:4], *places[:4]):
        door.leave(place)
    assert door.connections == 0
    assert door.enter(("2001:db8::1", 1), lines[4])
    assert door.enter(("2001:db8::2", 1), lines[3])
    assert door.enter(("2001:db8:0:0:ffff::3", 1), lines[2])
    assert lines[4].out, "one network of IPv6 counts as one"


# --- floods and replays --------------------------------------------------------------------------


def test_a_frame_that_is_sent_again_is_not_worked_on_again(desks: Pair) -> None:
    data = request(frame(desks))
    with served(desks.right) as at:
        assert answer(at.say(data))[0] == 200
        assert answer(at.say(data)) == (409, "frame-repeated")
        assert is_served(desks, at)


def test_a_peer_has_a_rate(desks: Pair) -> None:
    with served(desks.right, Bounds(rate=Rate(2, 0.001))) as at:
        assert [is_served(desks, at) for _ in "123"] == [True, True, False]
        assert at.meter.outcomes["rate-limited"] == 1


def test_who_forges_pays_and_who_has_proven_itself_does_not(desks: Pair) -> None:
    bad = request(forged(frame(desks)))
    with served(desks.right, Bounds(forged=Rate(3, 0.001))) as at:
        assert is_served(desks, at)
        answers = [answer(at.say(bad, source="127.0.0.2"))[0] for _ in range(4)]
        assert answers == [403, 403, 429, 429], "a check costs a token and what it weighs"
        assert not is_served(desks, at, "127.0.0.2")
        assert [answer(at.say(bad))[0] for _ in range(5)] == [403] * 5
        assert is_served(desks, at)


def test_a_channel_that_was_opened_meanwhile_is_found_without_asking_for_each_stranger(
    desks: Pair,
) -> None:
    good = frame(desks)
    header, keys, sealed, signature = cbor.decode(good, limit=limits.FRAME_BYTES)
    fields = cbor.decode(header, limit=1000)
    header = cbor.encode([*fields[:2], bytes(32), *fields[3:]])
    stranger = request(cbor.encode([header, keys, sealed, signature]))
    with served(desks.right, Bounds(unknown=Rate(3, 0.001))) as at:
        desks.right._channels.clear()
        assert is_served(desks, at)
        for _ in range(5):
            assert answer(at.say(stranger)) == (403, "frame-not-accepted")
        desks.right._channels.clear()
        assert not is_served(desks, at)
