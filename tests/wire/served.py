"""The endpoint behind its port, in this process; and a client that may do anything on a line."""

from __future__ import annotations

import contextlib
import socket
import threading
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

from parley.application.desk import Desk
from parley.node.serve import peer_server
from parley.wire.door import Door
from parley.wire.endpoint import Bounds, Endpoint
from parley.wire.frame import MEDIA_TYPE, PATH


@dataclass
class Meter:
    """Counts outcomes."""

    outcomes: Counter[str] = field(default_factory=Counter)
    closings: Counter[str] = field(default_factory=Counter)

    def frame(self, outcome: str) -> None:
        self.outcomes[outcome] += 1

    def closed(self, why: str) -> None:
        self.closings[why] += 1


@dataclass
class Served:
    """A desk's peer port."""

    port: int
    meter: Meter
    door: Door

    def line(self, source: str = "127.0.0.1") -> socket.socket:
        """A connection from ``source``."""
        return socket.create_connection(("127.0.0.1", self.port), 10, (source, 0))

    def say(self, *parts: bytes, pause: float = 0.0, source: str = "127.0.0.1") -> bytes:
        """Send parts over a connection of its own; all that is answered until it is closed."""
        with self.line(source) as line:
            try:
                for part in parts:
                    line.sendall(part)
                    time.sleep(pause)
            except OSError:
                pass  # it was closed before all was said
            return until_closed(line)

    def closed(self, why: str) -> None:
        """Wait until a connection was closed for this."""
        deadline = time.monotonic() + 10
        while not self.meter.closings[why]:
            assert time.monotonic() < deadline, self.meter
            time.sleep(0.01)


def until_closed(line: socket.socket) -> bytes:
    """All that comes until the other side closes, in whatever way."""
    parts = []
    with contextlib.suppress(ConnectionError):
        while part := line.recv(65536):
            parts.append(part)
    return b"".join(parts)


def request(body: bytes, *fields: str, length: int | None = None) -> bytes:
    """A request as the courier makes it; it asks for the connection to be closed."""
    head = [
        f"POST {PATH} HTTP/1.1",
        "host: desk",
        f"content-type: {MEDIA_TYPE}",
        f"content-length: {len(body) if length is None else length}",
        "connection: close",
        *fields,
    ]
    return "\r\n".join([*head, "", ""]).encode() + body


@contextlib.contextmanager
def served(
    desk: Desk, bounds: Bounds | None = None, *, most: int = 64, most_of_one: int = 32,
    head_seconds: float = 5.0,
) -> Iterator[Served]:  # fmt: skip
    """Serve ``desk`` for as long as the block runs."""
    meter = Meter()
    door = Door(meter, most=most, most_of_one=most_of_one, head_seconds=head_seconds)
    endpoint = Endpoint(desk, meter, time.monotonic, bounds, door)
    listener = socket.create_server(("127.0.0.1", 0))
    started = threading.Event()
    server = peer_server(endpoint, door, started.set)
    thread = threading.Thread(target=server.run, args=([listener],))
    thread.start()
    try:
        assert started.wait(20)
        yield Served(listener.getsockname()[1], meter, door)
    finally:
        server.should_exit = True
        thread.join(20)
