"""A flood: requests at a fixed rate from a process of its own, whatever becomes of them.

``python load.py PORT RATE SECONDS SOURCE FILE``: sends the requests in FILE (JSON: a list of
base64) in turn, each over a connection of its own from the address SOURCE, and prints as JSON how
many were sent and how they were answered. Requests marked as slow are sent but for their end, and
their connection is held as long as it is let.
"""

from __future__ import annotations

import base64
import json
import selectors
import socket
import sys
import time
from collections import Counter
from pathlib import Path
from typing import Any

OUTSTANDING = 900


class Flood:
    """Sends ``requests`` (bytes, whether to hold the connection) in turn."""

    def __init__(self, port: int, source: str, requests: list[tuple[bytes, bool]]) -> None:
        self._port = port
        self._source = source
        self._requests = requests
        self._selector = selectors.DefaultSelector()
        self._open: dict[socket.socket, bytes] = {}
        self._held: list[socket.socket] = []
        self.counts: Counter[str] = Counter()

    def run(self, rate: float, seconds: float) -> None:
        """Send for ``seconds``, then wait a moment for answers."""
        started = time.monotonic()
        due = 0
        while (elapsed := time.monotonic() - started) < seconds:
            while due < elapsed * rate:
                self._send(*self._requests[due % len(self._requests)])
                due += 1
            self._look(0.002)
        deadline = time.monotonic() + 1
        while self._open and time.monotonic() < deadline:
            self._look(0.05)
        self.counts["unanswered"] += len(self._open)
        for sock in (*self._open, *self._held):
            sock.close()

    def _send(self, request: bytes, hold: bool) -> None:
        if len(self._open) >= OUTSTANDING:
            self.counts["not offered"] += 1
            return
        sock = socket.socket()
        sock.setblocking(False)
        try:
            sock.bind((self._source, 0))
            sock.connect_ex(("127.0.0.1", self._port))
        except OSError:
            self.counts["no port"] += 1
            sock.close()
            return
        self.counts["offered"] += 1
        self._open[sock] = request
        self._selector.register(sock, selectors.EVENT_WRITE, hold)

    def _look(self, seconds: float) -> None:
        for key, _mask in self._selector.select(seconds):
            sock: Any = key.fileobj
            try:
                self._move(sock, hold=key.data)
            except OSError:
                self._end(sock, "reset")

    def _move(self, sock: socket.socket, *, hold: bool) -> None:
        waiting = self._open[sock]
        if waiting:
            self._open[sock] = waiting[sock.send(waiting) :]
            if not self._open[sock]:
                if hold:
                    self._selector.unregister(sock)
                    del self._open[sock]
                    self._hold(sock)
                else:
                    self._selector.modify(sock, selectors.EVENT_READ, hold)
            return
        answer = sock.recv(4096)
        self._end(sock, answer[9:12].decode() if answer else "closed")

    def _hold(self, sock: socket.socket) -> None:
        self.counts["held"] += 1
        self._held.append(sock)
        if len(self._held) > OUTSTANDING // 2:
            self._held.pop(0).close()

    def _end(self, sock: socket.socket, outcome: str) -> None:
        self.counts[outcome] += 1
        self._selector.unregister(sock)
        self._open.pop(sock, None)
        sock.close()


def main() -> None:
    port, rate, seconds, source, file = sys.argv[1:]
    requests = [(base64.b64decode(data), hold) for data, hold in json.loads(Path(file).read_text())]
    flood = Flood(int(port), source, requests)
    flood.run(float(rate), float(seconds))
    print(json.dumps(flood.counts))  # noqa: T201 - read by the test


if __name__ == "__main__":
    main()
