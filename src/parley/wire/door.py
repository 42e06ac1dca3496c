"""The door to the peer endpoint: who may stay connected, and how long a request's head may take.

uvicorn answers HTTP; it bounds neither how long a sender takes over a head, nor how many
connections one address holds, and once it has as many as it may, it turns everybody away. Here
connections are cheap to lose: where there are too many, one that has shown nothing goes, whoever
waits longest first, so that idle and slow ones never keep a peer out.
"""

from __future__ import annotations

import asyncio
import ipaddress
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, ClassVar, Final, Protocol

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

HEAD_BYTES: Final = 8 * 1024
"""A request's line and header fields, and the piece in which they are taken apart."""

READING_BYTES_PER_SECOND: Final = 64 * 1024
"""At least so fast a peer must send a body and read a reply."""

Client = tuple[str, int]

_IPV6_NETWORK: Final = 64


def origin(host: str) -> str:
    """Whom an address counts for: itself, or in IPv6 the network that one sender has as a rule."""
    if ":" not in host:
        return host
    try:
        return str(ipaddress.IPv6Network((host.partition("%")[0], _IPV6_NETWORK), strict=False))
    except ValueError:
        return host


class Meter(Protocol):
    """Counts who was put out; the node shows it as metrics."""

    def closed(self, why: str) -> None:
        """A connection was closed: ``crowded``, ``slow`` or ``malformed``."""


class _Connection(Protocol):
    def put_out(self) -> None:
        """Close at once."""


class Door:
    """All connections to one port: at most ``most``, at most ``most_of_one`` of one address.

    ``head_seconds`` is the time for a request's head, and for being idle between two.
    """

    def __init__(
        self, meter: Meter, *, most: int = 256, most_of_one: int = 128, head_seconds: float = 10.0
    ) -> None:
        self.meter = meter
        self.head_seconds = head_seconds
        self._most = most
        self._most_of_one = most_of_one
        # In the order of arrival; those whose request is at work stand in `_at_work` alone.
        self._idle: dict[str, dict[Client, _Connection]] = {}
        self._at_work: dict[Client, _Connection] = {}
        self._held: dict[str, int] = {}
        self._count = 0

    def enter(self, client: Client, connection: _Connection) -> bool:
        """Let a connection in, if need be in another's place. False where there is none."""
        host = origin(client[0])
        if self._held.get(host, 0) >= self._most_of_one:
            crowd = self._idle.get(host)
        elif self._count >= self._most:
            crowd = max(self._idle.values(), key=len, default=None)
        else:
            crowd = None
            self._add(host, client, connection)
            return True
        self.meter.closed("crowded")
        if not crowd:
            return False
        oldest, other = next(iter(crowd.items()))
        self.leave(oldest)
        other.put_out()
        self._add(host, client, connection)
        return True

    def _add(self, host: str, client: Client, connection: _Connection) -> None:
        self._idle.setdefault(host, {})[client] = connection
        self._held[host] = self._held.get(host, 0) + 1
        self._count += 1

    def leave(self, client: Client) -> None:
        """A connection is gone; to say so twice does no harm."""
        if self._at_work.pop(client, None) is None and not self._drop_idle(client):
            return
        host = origin(client[0])
        self._count -= 1
        self._held[host] -= 1
        if not self._held[host]:
            del self._held[host]

    def _drop_idle(self, client: Client) -> _Connection | None:
        host = origin(client[0])
        crowd = self._idle.get(host)
        found = crowd.pop(client, None) if crowd else None
        if crowd is not None and not crowd:
            del self._idle[host]
        return found

    @contextmanager
    def at_work(self, client: Client | None) -> Iterator[None]:
        """Whoever has named a channel of ours is not put out for others while it is served."""
        connection = self._drop_idle(client) if client is not None else None
        if client is None or connection is None:
            yield
            return
        self._at_work[client] = connection
        try:
            yield
        finally:
            if self._at_work.pop(client, None) is not None:
                self._idle.setdefault(origin(client[0]), {})[client] = connection

    @property
    def connections(self) -> int:
        """How many are connected."""
        return self._count


class _Strict(h11.Connection):
    """HTTP/1.1 as desks speak it: a body has a length that stands in the head.

    Chunks of a byte each would cost a thousand times what they weigh. A proxy that must pass a
    request on in chunks can hold it until it is complete.
    """

    def next_event(self) -> Any:
        """The next event; a request in chunks is none.

        :raises h11.RemoteProtocolError: what came is not HTTP, or in chunks.
        """
        event = super().next_event()
        if type(event) is h11.Request and any(
            name == b"transfer-encoding" for name, _value in event.headers
        ):
            raise h11.RemoteProtocolError("a body in chunks", error_status_hint=411)
        return event


def strict_http() -> h11.Connection:
    """The server's side of a connection, which takes requests apart."""
    return _Strict(h11.SERVER, HEAD_BYTES)


class _Guarded(H11Protocol):
    """One connection: a deadline for each head, and for the reply to be read."""

    door: ClassVar[Door]

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        self.conn = strict_http()
        self._deadline: asyncio.TimerHandle | None = None
        super().connection_made(transport)
        if self.client is None or not self.door.enter(self.client, self):
            self.put_out()
            return
        self._expect_head(self.door.head_seconds)

    def connection_lost(self, exc: Exception | None) -> None:
        self._stop_clock()
        if self.client is not None:
            self.door.leave(self.client)
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        while data and not self.transport.is_closing():
            # h11 bounds what is incomplete; a long head that comes at once would be taken.
            piece = data if self._deadline is None else data[:HEAD_BYTES]
            data = data[len(piece) :]
            before = self.cycle
            super().data_received(piece)
            if self.cycle is not before:
                # The head is there. What follows is the endpoint's to bound.
                self._stop_clock()

    def send_400_response(self, msg: str) -> None:
        self.door.meter.closed("malformed")
        super().send_400_response(msg)

    def on_response_complete(self) -> None:
        waiting = self.transport.get_write_buffer_size()
        before = self.cycle
        super().on_response_complete()
        self._unset_keepalive_if_required()
        if self.cycle is before:
            self._expect_head(self.door.head_seconds + waiting / READING_BYTES_PER_SECOND)

    def put_out(self) -> None:
        """Close at once, whatever waits to be sent."""
        self._stop_clock()
        self.transport.abort()

    def _expect_head(self, seconds: float) -> None:
        self._stop_clock()
        self._deadline = self.loop.call_later(seconds, self._too_slow)

    def _too_slow(self) -> None:
        self.door.meter.closed("slow")
        self.put_out()

    def _stop_clock(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None


def protocol(door: Door) -> type[asyncio.Protocol]:
    """The protocol that uvicorn is to run on the port that ``door`` guards."""
    return type("Guarded", (_Guarded,), {"door": door})
