"""A line between a browser and a desk that breaks where a test wants it to."""

from __future__ import annotations

import socket
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress

_BLOCK = 4096
_AT_ONCE = struct.pack("ii", 1, 0)
"""Whoever closes a connection so sends a reset (SO_LINGER, tcp(7)): nothing is said to the end."""


class Relay:
    """Passes bytes on between whoever connects to ``port`` and the port of a desk.

    ``sent`` counts the bytes that went to the desk.
    """

    def __init__(self) -> None:
        self.sent = 0
        self.down = threading.Event()
        self._left: int | None = None
        self._lock = threading.Lock()
        self._open: set[socket.socket] = set()
        self._target = 0
        self._listener = _listening(0)
        self.port: int = self._listener.getsockname()[1]

    def to(self, target: int) -> None:
        """Begin, towards a port of this machine."""
        self._target = target
        self._accept()

    def break_after(self, count: int) -> None:
        """Break the line once so many bytes more have gone to the desk, wherever that is."""
        self._left = count

    def mend(self) -> None:
        """Let the line, which is down, be there again."""
        self._listener = _listening(self.port)
        self.down.clear()
        self._accept()

    def cut(self) -> None:
        """Break the line: whoever is connected hears a reset, and nobody can connect."""
        with self._lock:
            self.down.set()
            # Whoever waits for the next connection is woken by the first, and not by the second.
            with suppress(OSError):
                self._listener.shutdown(socket.SHUT_RDWR)
            self._listener.close()
            for one in self._open:
                with suppress(OSError):
                    one.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _AT_ONCE)
                    one.shutdown(socket.SHUT_RDWR)
                one.close()
            self._open.clear()

    def _accept(self) -> None:
        threading.Thread(target=self._serve, args=(self._listener,), daemon=True).start()

    def _serve(self, listener: socket.socket) -> None:
        with suppress(OSError):
            while True:
                near, _address = listener.accept()
                far = socket.create_connection(("127.0.0.1", self._target))
                with self._lock:
                    self._open |= {near, far}
                for source, sink, counts in ((near, far, True), (far, near, False)):
                    threading.Thread(
                        target=self._pass_on, args=(source, sink, counts), daemon=True
                    ).start()

    def _pass_on(self, source: socket.socket, sink: socket.socket, counts: bool) -> None:
        with suppress(OSError):
            while data := source.recv(_BLOCK):
                if counts:
                    with self._lock:
                        ends = self._left is not None and len(data) >= self._left
                        data = data[: self._left] if ends else data
                        self.sent += len(data)
                        if self._left is not None:
                            self._left = None if ends else self._left - len(data)
                    sink.sendall(data)
                    if ends:
                        self.cut()
                        return
                else:
                    sink.sendall(data)
            sink.shutdown(socket.SHUT_WR)


def _listening(port: int) -> socket.socket:
    return socket.create_server(("127.0.0.1", port))


@contextmanager
def relay() -> Iterator[Relay]:
    """A line for as long as the block runs; it is broken in the end."""
    made = Relay()
    try:
        yield made
    finally:
        made.cut()
