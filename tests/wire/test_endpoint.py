"""The peer endpoint: what it takes, and what each refusal costs the sender."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import httpx2
import pytest

from parley.application import exchange
from parley.kernel import cbor, limits
from parley.wire import post
from parley.wire.endpoint import Bounds, Endpoint
from parley.wire.frame import MEDIA_TYPE, PATH
from parley.wire.rates import Buckets, Rate
from tests.support.pair import Pair

HEADERS = {"content-type": MEDIA_TYPE}


class Meter:
    """Counts outcomes."""

    def __init__(self) -> None:
        self.outcomes: list[str] = []

    def frame(self, outcome: str) -> None:
        self.outcomes.append(outcome)


class Still:
    """A clock that stands."""

    def __call__(self) -> float:
        return 0.0


def talk(
    desks: Pair,
    say: Callable[[httpx2.AsyncClient], Awaitable[Any]],
    bounds: Bounds | None = None,
    meter: Meter | None = None,
) -> Any:
    """Run ``say`` against the right desk's endpoint."""

    async def run() -> Any:
        endpoint = Endpoint(desks.right, meter or Meter(), Still(), bounds)
        transport = httpx2.ASGITransport(app=endpoint)
        async with httpx2.AsyncClient(transport=transport, base_url="http://desk") as client:
            return await say(client)

    return asyncio.run(run())


def frame(desks: Pair) -> bytes:
    """A valid request of the left desk."""
    return post.request(desks.left, exchange.compose(desks.left, desks.channel_id))[0]


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/"),
        ("GET", PATH),
        ("PUT", PATH),
        ("DELETE", PATH),
        ("OPTIONS", PATH),
        ("POST", "/"),
        ("POST", PATH + "/"),
        ("GET", "/healthz"),
        ("GET", "/metrics"),
    ],
)
def test_everything_but_a_post_of_frames_is_not_found(desks: Pair, method: str, path: str) -> None:
    response = talk(desks, lambda client: client.request(method, path))
    assert (response.status_code, response.content) == (404, b"")


def test_a_frame_is_answered_by_a_frame_that_settles(desks: Pair) -> None:
    outgoing = exchange.compose(desks.left, desks.channel_id)
    data, digest = post.request(desks.left, outgoing)
    response = talk(desks, lambda client: client.post(PATH, content=data, headers=HEADERS))
    assert response.status_code == 200
    assert response.headers["content-type"] == MEDIA_TYPE
    assert post.settle(desks.left, outgoing, digest, response.content).refusals == ()


def mutated(data: bytes, place: int) -> bytes:
    return data[:place] + bytes((data[place] ^ 1,)) + data[place + 1 :]


def test_refusals_have_a_status_and_a_reason_and_no_more(desks: Pair) -> None:
    good = frame(desks)
    header_bytes, keys, sealed, signature = cbor.decode(good, limit=limits.FRAME_BYTES)
    header = cbor.decode(header_bytes, limit=1000)
    rest = [keys, sealed, signature]
    elsewhere = cbor.encode([cbor.encode([*header[:2], bytes(32), *header[3:]]), *rest])
    version = cbor.encode([cbor.encode([9, *header[1:]]), *rest])
    cases = [
        (b"", 400, "shape-invalid", "shape-invalid"),
        (b"\x00", 400, "shape-invalid", "shape-invalid"),
        (good + b"\x00", 400, "shape-invalid", "shape-invalid"),
        (good[:-1], 400, "shape-invalid", "shape-invalid"),
        (elsewhere, 403, "frame-not-accepted", "channel-unknown"),
        (version, 400, "version-unsupported", "version-unsupported"),
        (mutated(good, len(good) - 1), 403, "frame-not-accepted", "signature-invalid"),
        (mutated(good, len(good) // 2), 403, "frame-not-accepted", "signature-invalid"),
    ]
    meter = Meter()

    async def say(client: httpx2.AsyncClient) -> list[httpx2.Response]:
        return [await client.post(PATH, content=case[0], headers=HEADERS) for case in cases]

    responses = talk(desks, say, meter=meter)
    for (_, status, reason, _), response in zip(cases, responses, strict=True):
        assert (response.status_code, response.json()) == (status, {"reason": reason})
    assert meter.outcomes == [counted for _, _, _, counted in cases]


def test_a_frame_of_our_own_is_refused(desks: Pair) -> None:
    """A reflected frame is signed by us and sealed to the peer: nothing in it is for us."""
    outgoing = exchange.compose(desks.right, desks.channel_id)
    data, _ = post.request(desks.right, outgoing)
    response = talk(desks, lambda client: client.post(PATH, content=data, headers=HEADERS))
    assert (response.status_code, response.json()) == (403, {"reason": "frame-not-accepted"})


def test_another_media_type_is_refused(desks: Pair) -> None:
    response = talk(desks, lambda client: client.post(PATH, content=frame(desks)))
    assert response.status_code == 400


def test_what_is_too_large_is_refused_before_it_has_come(desks: Pair) -> None:
    sent = 0

    async def flood() -> AsyncIterator[bytes]:
        nonlocal sent
        yield frame(desks)
        for _ in range(64):
            sent += limits.MIB
            yield bytes(limits.MIB)

    declared = {**HEADERS, "content-length": str(limits.FRAME_BYTES + 1)}
    less = {**HEADERS, "content-length": str(limits.MIB)}
    for headers in (declared, less):
        response = talk(desks, lambda c, h=headers: c.post(PATH, content=flood(), headers=h))
        assert (response.status_code, response.json()) == (413, {"reason": "too-large"})
    assert sent < 20 * limits.MIB


def test_a_body_has_a_length_and_no_encoding(desks: Pair) -> None:
    async def drip() -> AsyncIterator[bytes]:
        yield frame(desks)

    good = frame(desks)
    packed = {**HEADERS, "content-encoding": "gzip"}
    without = talk(desks, lambda client: client.post(PATH, content=drip(), headers=HEADERS))
    with_one = talk(desks, lambda client: client.post(PATH, content=good, headers=packed))
    assert [without.status_code, with_one.status_code] == [400, 400]


def test_a_fault_of_our_own_tells_the_peer_nothing(
    desks: Pair, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(*_args: object) -> bytes:
        raise ZeroDivisionError("secret of ours")

    monkeypatch.setattr(post, "respond", fail)
    response = talk(desks, lambda c: c.post(PATH, content=frame(desks), headers=HEADERS))
    assert (response.status_code, response.json()) == (500, {"reason": "internal"})
    assert "fault while answering" in caplog.text


def test_buckets_refill_and_forget() -> None:
    now = 0.0
    buckets = Buckets(Rate(burst=2, per_second=1), keys=2, clock=lambda: now)
    assert [buckets.take("a") for _ in range(3)] == [True, True, False]
    now = 1.0
    assert [buckets.take("a") for _ in range(2)] == [True, False]
    assert buckets.take("b")
    assert buckets.take("c")
    assert buckets.take("a"), "the longest unused key was forgotten"
