"""HTTP to a peer, with one deadline for a whole exchange.

A timeout of each single read lets a peer, or whatever stands in its place, hold a connection for
as long as it likes by sending a byte now and then. Here every wait on the socket, from connecting
to the last byte of the reply, takes from the same time.
"""

from __future__ import annotations

import ssl
import threading
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any, Final, NamedTuple

import httpcore2
import httpx2

_WRITE_BYTES: Final = 65_536
_IDLE_CONNECTIONS: Final = 20
_NOT_REUSED_AFTER_SECONDS: Final = 5.0
"""Less than a desk keeps an idle connection, so that none is taken up that is just being closed."""


class Timeouts(NamedTuple):
    """Seconds: until a connection stands, between two signs of life, and for a whole exchange."""

    connect: float = 5.0
    idle: float = 30.0
    total: float = 300.0


class Dialler(httpx2.BaseTransport):
    """Brings requests to peers and keeps connections for the next ones. Threads may share it."""

    def __init__(self, timeouts: Timeouts) -> None:
        self._timeouts = timeouts
        self._deadline = _Deadline()
        self._pool = httpcore2.ConnectionPool(
            ssl_context=httpx2.create_ssl_context(trust_env=False),
            max_connections=None,
            max_keepalive_connections=_IDLE_CONNECTIONS,
            keepalive_expiry=_NOT_REUSED_AFTER_SECONDS,
            network_backend=_Backend(self._deadline),
        )

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        """Send one request; the time for it runs until its response is read or closed.

        :raises httpx2.TransportError: named after what went wrong, such as ``ReadTimeout``.
        """
        connect, idle, total = self._timeouts
        self._deadline.at = time.monotonic() + total
        with _renamed():
            response = self._pool.handle_request(
                httpcore2.Request(
                    method=request.method,
                    url=str(request.url),
                    headers=request.headers.raw,
                    content=request.stream,
                    extensions={
                        "timeout": {"connect": connect, "read": idle, "write": idle, "pool": idle}
                    },
                )
            )
        return httpx2.Response(
            response.status, headers=response.headers, stream=_Content(response.stream)
        )

    def close(self) -> None:
        """Close all connections."""
        self._pool.close()


class _Deadline(threading.local):
    """When the exchange of this thread has to be over, by the monotonic clock."""

    at: float = float("inf")

    def left(self, timeout: float | None) -> float:
        """Seconds that one more wait may take; not above 0 where the time is up."""
        left = self.at - time.monotonic()
        return left if timeout is None else min(timeout, left)


class _Content(httpx2.SyncByteStream):
    """The body of a response as it comes."""

    def __init__(self, stream: Any) -> None:
        self._stream = stream

    def __iter__(self) -> Iterator[bytes]:
        with _renamed():
            yield from self._stream

    def close(self) -> None:
        self._stream.close()


class _Backend(httpcore2.NetworkBackend):
    """Connects as usual, and binds what is connected to the deadline."""

    def __init__(self, deadline: _Deadline) -> None:
        self._deadline = deadline
        self._backend = httpcore2.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore2.NetworkStream:
        left = self._deadline.left(timeout)
        if left <= 0:
            raise httpcore2.ConnectTimeout
        stream = self._backend.connect_tcp(host, port, left, local_address, socket_options)
        return _Stream(stream, self._deadline)


class _Stream(httpcore2.NetworkStream):
    """A connection of which no wait goes beyond the deadline."""

    def __init__(self, stream: httpcore2.NetworkStream, deadline: _Deadline) -> None:
        self._stream = stream
        self._deadline = deadline

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        left = self._deadline.left(timeout)
        if left <= 0:
            raise httpcore2.ReadTimeout
        return self._stream.read(max_bytes, left)

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        # In pieces: each waits for the peer to have read some of what was sent before.
        for start in range(0, len(buffer), _WRITE_BYTES):
            left = self._deadline.left(timeout)
            if left <= 0:
                raise httpcore2.WriteTimeout
            self._stream.write(buffer[start : start + _WRITE_BYTES], left)

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,
    ) -> httpcore2.NetworkStream:
        left = self._deadline.left(timeout)
        if left <= 0:
            raise httpcore2.ConnectTimeout
        return _Stream(self._stream.start_tls(ssl_context, server_hostname, left), self._deadline)

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)


@contextmanager
def _renamed() -> Iterator[None]:
    """What the pool raises, by the name that it has for the client."""
    try:
        yield
    except (
        httpcore2.TimeoutException,
        httpcore2.NetworkError,
        httpcore2.ProtocolError,
        httpcore2.UnsupportedProtocol,
    ) as error:
        kind = getattr(httpx2, type(error).__name__, httpx2.TransportError)
        raise kind(str(error)) from error
