"""The peer endpoint: two paths take frames by POST, everything else is 404.

No security rests on TLS, a proxy or a session: a frame is sealed and signed by itself. What a
request may cost rises with what it has shown. The first bytes of a body name a channel: whoever
names none of ours is refused before the rest is read, at no cost but theirs. Who names one has
its signature checked, once. Only what the peer has signed is opened, and waits for its turn.
"""

from __future__ import annotations

import asyncio
import logging
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Hashable, MutableMapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from typing import Any, Final, Generic, Protocol, TypeVar

import msgspec
from starlette.concurrency import run_in_threadpool

from parley.application.desk import Desk
from parley.kernel import limits
from parley.kernel.errors import ParleyError
from parley.kernel.reasons import Reason
from parley.record.channel import Channel
from parley.wire import frame as frames
from parley.wire import parcels, post
from parley.wire.bodies import Body, Disconnected, Readers, Receive
from parley.wire.door import READING_BYTES_PER_SECOND, Client, Door, origin
from parley.wire.frame import MEDIA_TYPE, PARCEL_PATH, PATH
from parley.wire.rates import Buckets, Rate
from parley.wire.shares import Shares

_log = logging.getLogger(__name__)

Scope = MutableMapping[str, Any]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]

_STATUS: Final = {
    Reason.TOO_LARGE: 413,
    Reason.RATE_LIMITED: 429,
    Reason.DESK_BUSY: 503,
    Reason.DATABASE_BUSY: 503,
    Reason.DATABASE_UNREADABLE: 503,
    Reason.DATABASE_UNREACHABLE: 503,
    Reason.TIME_LIMIT: 408,
    Reason.FRAME_NOT_ACCEPTED: 403,
    Reason.FRAME_REPEATED: 409,
    Reason.CHANNEL_HALTED: 409,
    Reason.STORAGE_FULL: 503,
    Reason.ATTACHMENT_UNWRITABLE: 503,
    Reason.INTERNAL: 500,
}

# Who is not the peer of a channel learns nothing from the answer, not even which channels exist.
_STRANGERS: Final = frozenset(
    {
        Reason.CHANNEL_UNKNOWN,
        Reason.KEY_UNKNOWN,
        Reason.WRONG_AUDIENCE,
        Reason.SIGNATURE_INVALID,
        Reason.UNSEALING_FAILED,
    }
)

_PATHS: Final = frozenset({PATH, PARCEL_PATH})

_LOG_SECONDS: Final = 60.0

_INLINE_BYTES: Final = 64 * limits.KIB
"""A signature over so little is checked sooner than a thread is woken."""


class Meter(Protocol):
    """Counts what the endpoint did; the node shows it as metrics."""

    def frame(self, outcome: str) -> None:
        """One request was answered: ``accepted``, ``not-found``, or refused (a reason code)."""


@dataclass(frozen=True)
class Bounds:
    """What one sender, and all together, may take.

    ``rate`` counts frames of one peer; ``forged`` signature checks that failed of one address, a
    token for each 64 KiB that were hashed; ``unknown`` looks into the database for channels that
    nobody knows. ``waiting`` and ``working`` are frames of one channel, ``concurrent`` of all;
    ``carrying`` are those of all with attachments, which have turns of their own.
    """

    rate: Rate = field(default_factory=lambda: Rate(burst=500, per_second=50))
    forged: Rate = field(default_factory=lambda: Rate(burst=500, per_second=500))
    unknown: Rate = field(default_factory=lambda: Rate(burst=20, per_second=2))
    remembered: int = 4096
    concurrent: int = 8
    carrying: int = 4
    working: int = 2
    waiting: int = 8
    reading: int = 8
    reading_bytes: int = 4 * limits.FRAME_BYTES
    head_seconds: float = 10.0
    body_seconds: float = 10.0


_Item = TypeVar("_Item", bound=Hashable)


class _Remembered(Generic[_Item]):
    """The last ``most`` items; the longest unused is forgotten first."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._items: OrderedDict[_Item, None] = OrderedDict()

    def add(self, item: _Item) -> None:
        self._items[item] = None
        self._items.move_to_end(item)
        if len(self._items) > self._most:
            self._items.popitem(last=False)

    def __contains__(self, item: _Item) -> bool:
        return item in self._items


class _Refusals:
    """Log lines of refusals: the first of a reason at once, then one a minute with their number."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._counts: dict[Reason, tuple[float, int]] = {}

    def note(self, reason: Reason) -> None:
        now = self._clock()
        since, count = self._counts.get(reason, (now - _LOG_SECONDS, 0))
        if now - since >= _LOG_SECONDS:
            _log.info("frames refused", extra={"reason": reason.value, "count": count + 1})
            since, count = now, -1
        self._counts[reason] = (since, count + 1)


class _NotFound(Exception):  # noqa: N818 - an answer, not a fault
    """Nothing stands at this path, or not for this method."""


class Endpoint:
    """An ASGI application that answers frames for one desk.

    ``clock`` is monotonic, in seconds; ``door`` is where the connections come in.
    """

    def __init__(
        self,
        desk: Desk,
        meter: Meter,
        clock: Callable[[], float],
        bounds: Bounds | None = None,
        door: Door | None = None,
    ) -> None:
        self._desk = desk
        self._meter = meter
        self._bounds = bounds = bounds or Bounds()
        self._door = door
        self._rates = Buckets[bytes](bounds.rate, bounds.remembered, clock)
        self._forged = Buckets[str](bounds.forged, bounds.remembered, clock)
        self._unknown = Buckets[None](bounds.unknown, 1, clock)
        self._readers = Readers(
            of_group=bounds.reading,
            large=bounds.reading_bytes,
            seconds=bounds.body_seconds,
            bytes_per_second=READING_BYTES_PER_SECOND,
        )
        self._shares = {
            PATH: Shares(bounds.concurrent, bounds.working, bounds.waiting),
            # A gigabyte never takes a statement's turn.
            PARCEL_PATH: Shares(bounds.carrying, bounds.working, bounds.waiting),
        }
        # From where a channel's peer has spoken of late, and which of its frames we have had.
        self._proven = _Remembered[tuple[str, bytes]](bounds.remembered)
        self._had = _Remembered[bytes](bounds.remembered)
        self._refusals = _Refusals(clock)
        with desk.database.read() as connection:
            desk.channels(connection)  # which it remembers

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request (ASGI)."""
        try:
            reply = await self._answer(scope, receive)
        except ParleyError as error:
            self._meter.frame(error.reason.value)
            self._refusals.note(error.reason)
            await _refuse(send, error.reason)
        except _NotFound:
            self._meter.frame("not-found")
            await _send(send, 404, b"", None)
        except Disconnected:
            self._meter.frame("disconnected")
            # Nobody reads this; uvicorn wants an answer to every request.
            await _send(send, 400, b"", None)
        else:
            self._meter.frame("accepted")
            await _send(send, 200, reply, MEDIA_TYPE, close=False)

    async def _answer(self, scope: Scope, receive: Receive) -> bytes:
        body = Body(receive, _declared_size(scope))
        try:
            async with asyncio.timeout(self._bounds.head_seconds):
                start = await body.read_to(frames.HEAD_BYTES)
        except TimeoutError as error:
            raise ParleyError(Reason.TIME_LIMIT) from error
        header = frames.head(start)
        channel = await self._known(header.channel)
        frames.check_audience(header, channel)
        client: Client | None = scope.get("client")
        address = origin(client[0]) if client else ""
        with self._at_work(client):
            if self._forged.empty(address) and (address, channel.id) not in self._proven:
                raise ParleyError(Reason.RATE_LIMITED)
            data = await self._readers.read(channel.id, body)
            verified = await self._verified(data, address)
            self._proven.add((address, channel.id))
            if verified.frame.signature in self._had:
                raise ParleyError(Reason.FRAME_REPEATED)
            if not self._rates.take(channel.id):
                raise ParleyError(Reason.RATE_LIMITED)
            async with self._shares[scope["path"]].turn(channel.id, len(data)):
                self._had.add(verified.frame.signature)
                return await run_in_threadpool(self._guarded, verified, scope["path"])

    async def _known(self, channel_id: bytes) -> Channel:
        """A channel of ours; one that was opened since we looked is found, but not at any rate.

        :raises ParleyError: ``channel-unknown``.
        """
        channel = self._desk.remembered_channel(channel_id)
        if channel is not None:
            return channel
        if not self._unknown.take(None):
            raise ParleyError(Reason.CHANNEL_UNKNOWN)
        return await run_in_threadpool(self._desk.known_channel, channel_id)

    async def _verified(self, data: bytes, address: str) -> post.Verified:
        """One signature check, and who fails it pays."""
        try:
            if len(data) <= _INLINE_BYTES:
                return post.verified(self._desk, data)
            return await run_in_threadpool(post.verified, self._desk, data)
        except ParleyError:
            self._forged.charge(address, 1 + len(data) / _INLINE_BYTES)
            raise

    def _at_work(self, client: Client | None) -> AbstractContextManager[None]:
        return self._door.at_work(client) if self._door is not None else nullcontext()

    def _guarded(self, verified: post.Verified, path: str) -> bytes:
        """Answer; a fault of our own becomes a reason code here, its trace goes to our log."""
        try:
            respond = parcels.respond if path == PARCEL_PATH else post.respond
            return respond(self._desk, verified)
        except ParleyError:
            raise
        except Exception as error:
            _log.exception("fault while answering a frame")
            raise ParleyError(Reason.INTERNAL, fact=type(error).__name__) from error


def _declared_size(scope: Scope) -> int:
    """The length that a request for this endpoint declares for its body.

    :raises ParleyError: ``shape-invalid``, ``too-large``.
    """
    if scope["type"] != "http" or scope["path"] not in _PATHS or scope["method"] != "POST":
        raise _NotFound
    fields = {b"content-type": b"", b"content-length": b"", b"content-encoding": b""}
    for name, value in scope["headers"]:
        if name in fields:
            fields[name] = value
    if fields[b"content-type"] != MEDIA_TYPE.encode() or fields[b"content-encoding"]:
        raise ParleyError(Reason.SHAPE_INVALID, shape="HTTP", place="content-type")
    declared = fields[b"content-length"]
    if not declared.isdigit():
        raise ParleyError(Reason.SHAPE_INVALID, shape="HTTP", place="content-length")
    size = int(declared[:20])
    if size > limits.FRAME_BYTES:
        raise ParleyError(Reason.TOO_LARGE, size=size, limit=limits.FRAME_BYTES)
    return size


async def _refuse(send: Send, reason: Reason) -> None:
    shown = Reason.FRAME_NOT_ACCEPTED if reason in _STRANGERS else reason
    content = msgspec.json.encode({"reason": shown.value})
    await _send(send, _STATUS.get(shown, 400), content, "application/json")


async def _send(
    send: Send, status: int, content: bytes, media_type: str | None, *, close: bool = True
) -> None:
    """An answer. After a refusal the connection ends, and with it what else was to come."""
    headers = [(b"content-length", b"%d" % len(content))]
    if media_type is not None:
        headers.append((b"content-type", media_type.encode()))
    if close:
        headers.append((b"connection", b"close"))
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": content})
