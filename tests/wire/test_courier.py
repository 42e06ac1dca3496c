"""The courier: what fails is tried again and booked; what arrives takes effect once."""

from __future__ import annotations

import contextlib
import socket
import threading
import time
from collections.abc import Callable

import httpx2
import pytest

from parley.application import cases, channels, exchange, work
from parley.application.desk import Desk
from parley.kernel import ids, limits
from parley.store import outbox
from parley.wire import post
from parley.wire.courier import Backoff, Courier
from parley.wire.dialling import Timeouts
from tests.support.pair import Pair, inquiry

pytestmark = pytest.mark.engines

Handler = Callable[[httpx2.Request], httpx2.Response]
ADDRESS = ("http://peer",)


class Meter:
    """Counts outcomes."""

    def __init__(self) -> None:
        self.outcomes: list[str] = []

    def attempt(self, outcome: str) -> None:
        self.outcomes.append(outcome)


def courier(desk: Desk, handler: Handler, meter: Meter) -> Courier:
    return Courier(
        desk, meter, lambda: desk.clock() * 1000, transport=httpx2.MockTransport(handler)
    )


def answering(desk: Desk) -> Handler:
    """The peer's endpoint without its HTTP."""
    return lambda request: streamed(200, post.answer(desk, request.content))


def streamed(status: int, content: bytes = b"", **headers: str) -> httpx2.Response:
    """A response whose content has still to come, as over a network."""
    return httpx2.Response(status, stream=httpx2.ByteStream(content), headers=headers)


def unreachable(request: httpx2.Request) -> httpx2.Response:
    raise httpx2.ConnectError("no route", request=request)


def ask(desks: Pair) -> bytes:
    case = ids.new_case_id()
    desks.append(desks.left, inquiry(desks.channel(desks.left), case))
    return case


def events(desks: Pair, seq: int) -> list[tuple[str, str | None]]:
    with desks.left.database.read() as connection:
        rows = outbox.events(connection, desks.channel_id, seq, seq)
    return [(row.event, row.reason) for row in rows]


def test_a_delivery_brings_the_receipt(desks: Pair) -> None:
    case, meter = ask(desks), Meter()
    assert courier(desks.left, answering(desks.right), meter).deliver(desks.channel_id, ADDRESS)
    assert meter.outcomes == ["settled"]
    (view,) = cases.show(desks.left, desks.channel(desks.left), case, "otto").acts
    assert view.receipt is not None
    assert [e.event for e in view.deliveries] == ["RelayAcceptance", "ContentConsignment"]


def test_a_peer_that_is_away_for_days_costs_one_event_and_rising_waits(desks: Pair) -> None:
    ask(desks)
    meter = Meter()
    away = courier(desks.left, unreachable, meter)
    waits = []
    for _ in range(12):
        assert not away.deliver(desks.channel_id, ADDRESS)
        (item,) = work.pending(desks.left)
        waits.append(item.due_ms - desks.clock() * 1000)
        desks.clock.now += 3600
    assert meter.outcomes == ["peer-unreachable"] * 12
    assert all(0 < wait <= 300_000 for wait in waits)
    assert max(waits[6:]) > max(waits[:2])
    assert events(desks, 1) == [("RelayFailure", "peer-unreachable")]
    (standing,) = channels.standings(desks.left)
    assert (standing.attempts, standing.last_reason) == (12, "peer-unreachable")
    assert courier(desks.left, answering(desks.right), meter).deliver(desks.channel_id, ADDRESS)
    (standing,) = channels.standings(desks.left)
    assert (standing.attempts, standing.last_reason, standing.receipted) == (0, None, 2)


def replying(status: int, content: bytes = b"", **headers: str) -> Handler:
    return lambda _request: streamed(status, content, **headers)


@pytest.mark.parametrize(
    ("handler", "reason"),
    [
        (replying(503), "peer-refused"),
        (replying(403, b'{"reason": "signature-invalid"}'), "peer-refused"),
        (replying(302, location="http://else/"), "peer-refused"),
        (replying(200, b"garbage"), "shape-invalid"),
        (replying(200, bytes(limits.FRAME_BYTES + 1)), "reply-too-large"),
        (replying(502, bytes(100_000)), "peer-refused"),
        (unreachable, "peer-unreachable"),
    ],
)
def test_what_does_not_answer_in_frames_is_booked(
    desks: Pair, handler: Handler, reason: str
) -> None:
    ask(desks)
    meter = Meter()
    assert not courier(desks.left, handler, meter).deliver(desks.channel_id, ADDRESS)
    assert meter.outcomes == [reason]
    assert events(desks, 1) == [("RelayFailure", reason)]


def test_a_reply_to_another_frame_is_not_taken_in(desks: Pair) -> None:
    ask(desks)
    outgoing = exchange.compose(desks.left, desks.channel_id)
    stale = post.answer(desks.right, post.request(desks.left, outgoing)[0])
    meter = Meter()
    handler = replying(200, stale)
    assert not courier(desks.left, handler, meter).deliver(desks.channel_id, ADDRESS)
    assert meter.outcomes == ["reply-mismatch"]


def test_without_an_address_nothing_is_tried(desks: Pair) -> None:
    meter = Meter()
    assert not courier(desks.left, unreachable, meter).deliver(desks.channel_id, ())
    assert meter.outcomes == ["endpoint-none"]


def test_the_second_address_serves_where_the_first_does_not(desks: Pair) -> None:
    ask(desks)

    def handler(request: httpx2.Request) -> httpx2.Response:
        if request.url.host == "first":
            return unreachable(request)
        return answering(desks.right)(request)

    addresses = ("http://first", "http://second/behind/a/path/")
    assert courier(desks.left, handler, Meter()).deliver(desks.channel_id, addresses)


def test_a_line_that_carries_little_at_once_carries_a_backlog(desks: Pair) -> None:
    """A connection that breaks after so many bytes: with frames of one size nothing would pass."""
    channel = desks.channel(desks.left)
    for _ in range(40):
        content = inquiry(channel, ids.new_case_id(), questions=1)
        values = {**content.values, "facts@en": "x" * 20_000}
        desks.append(desks.left, content._replace(values=values))
    sizes: list[int] = []

    def handler(request: httpx2.Request) -> httpx2.Response:
        sizes.append(len(request.content))
        if sizes[-1] > 150_000:
            raise httpx2.WriteError("broken", request=request)
        return answering(desks.right)(request)

    courier_ = courier(desks.left, handler, Meter())
    for _ in range(40):
        courier_.deliver(desks.channel_id, ADDRESS)
        if channels.standings(desks.left)[0].receipted == 41:
            break
    assert channels.standings(desks.left)[0].receipted == 41
    assert max(sizes) > 500_000


def dripping(stop: threading.Event, head: bytes, body: int) -> tuple[socket.socket, str]:
    """A server whose answer comes a byte at a time: ``head``, then ``body`` bytes."""
    listener = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        with contextlib.suppress(OSError), listener.accept()[0] as connection:
            for byte in [*head, *bytes(body)]:
                connection.sendall(bytes((byte,)))
                if stop.wait(0.02):
                    return

    threading.Thread(target=serve, daemon=True).start()
    return listener, f"http://127.0.0.1:{listener.getsockname()[1]}"


@pytest.mark.parametrize(
    ("head", "body"),
    [
        (b"HTTP/1.1 200 OK\r\n" + b"x-a: b\r\n" * 1000, 0),
        (b"HTTP/1.1 200 OK\r\ncontent-length: 10000\r\n\r\n", 10_000),
    ],
)
def test_who_sends_a_byte_now_and_then_is_given_up(desks: Pair, head: bytes, body: int) -> None:
    stop = threading.Event()
    listener, address = dripping(stop, head, body)
    timeouts = Timeouts(connect=1.0, idle=1.0, total=0.4)
    meter = Meter()
    patient = Courier(desks.left, meter, lambda: desks.clock() * 1000, timeouts=timeouts)
    began = time.monotonic()
    try:
        assert not patient.deliver(desks.channel_id, (address,))
        assert time.monotonic() - began < 5
        assert meter.outcomes == ["peer-unreachable"]
    finally:
        stop.set()
        patient.close()
        listener.close()


def test_it_runs_by_itself_until_it_is_stopped(desks: Pair) -> None:
    """Both desks' couriers at once: what one side writes reaches the other's record."""
    desks.clock.now = int(time.time())  # the couriers below run by the real clock
    stop = threading.Event()
    runners = [
        threading.Thread(
            target=Courier(
                desk,
                Meter(),
                lambda: time.time_ns() // 1_000_000,
                transport=httpx2.MockTransport(answering(desks.peer_of(desk))),
            ).run,
            args=(stop, 0.01),
        )
        for desk in (desks.left, desks.right)
    ]
    for runner in runners:
        runner.start()
    try:
        ask(desks)
        deadline = time.monotonic() + 20
        while desks.work(desks.left) or desks.work(desks.right):
            assert time.monotonic() < deadline, "the couriers do not come to rest"
            time.sleep(0.02)
    finally:
        stop.set()
        for runner in runners:
            runner.join(timeout=20)
    assert not any(runner.is_alive() for runner in runners)
    (standing,) = channels.standings(desks.right)
    assert (standing.agreed_own, standing.agreed_peer) == (standing.own, standing.peer) == (1, 2)


def test_backoff_is_bounded() -> None:
    backoff = Backoff(base_ms=100, most_ms=10_000)
    assert backoff.wait_ms(0, 0.0) == 50
    assert backoff.wait_ms(3, 1.0) == 800
    assert backoff.wait_ms(10_000, 1.0) == 10_000
