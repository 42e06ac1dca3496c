"""A network between two desks that does what networks do: a TCP proxy with a seed and a will.

It stands in front of one desk's endpoint, reads each HTTP request of the other desk's courier, and
lets a fault of its choice happen to the request, the connection or the reply. ``heal`` ends that.
"""

from __future__ import annotations

import random
import socket
import struct
import threading
import time
from collections import Counter
from collections.abc import Callable
from typing import NamedTuple

PIECE = 65_536
FAULTY = 0.85
KEPT = 30
"""Requests and replies that the network remembers, to bring them again."""


class Pace(NamedTuple):
    """Seconds: the longest delay, and how long a connection hangs that never goes on."""

    delay: float
    hang: float


class UnlinkedError(Exception):
    """One end has gone."""


class Proxy:
    """Listens at ``address`` for the desk whose endpoint is at ``upstream``."""

    def __init__(self, seed: int, pace: Pace) -> None:
        self._random = random.Random(seed)
        self._lock = threading.Lock()
        self._pace = pace
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._upstream = ("127.0.0.1", 0)
        self._stop = threading.Event()
        self._healed = threading.Event()
        self._threads: list[threading.Thread] = []
        self._requests: list[bytes] = []
        self._replies: list[bytes] = []
        self._held: list[bytes] = []
        self._deck: list[str] = []
        self.faults: Counter[str] = Counter()
        self.passed = 0
        self.surprises: list[BaseException] = []
        self._kinds: dict[str, Callable[[socket.socket, bytes], bool]] = {
            "request lost": self._request_lost,
            "reply lost": self._reply_lost,
            "delayed": self._delayed,
            "duplicated at once": self._duplicated,
            "replayed later": self._replayed,
            "reordered": self._reordered,
            "old reply": self._old_reply,
            "reflected": self._reflected,
            "request truncated": self._request_truncated,
            "reply truncated": self._reply_truncated,
            "garbage to the desk": self._garbage_up,
            "garbage to the courier": self._garbage_down,
            "garbage in HTTP": self._garbage_body,
            "request corrupted": self._request_corrupted,
            "reply corrupted": self._reply_corrupted,
            "reset": self._reset,
            "half-open, never answered": self._silent,
            "half-open, request never ends": self._request_stalls,
            "half-open, reply never ends": self._reply_stalls,
            "a byte now and then": self._drips,
            "refused by what stands between": self._gateway,
        }

    @property
    def kinds(self) -> tuple[str, ...]:
        """All faults that there are."""
        return tuple(self._kinds)

    @property
    def address(self) -> str:
        """The URL that a letter names."""
        host, port = self._listener.getsockname()[:2]
        return f"http://{host}:{port}"

    def start(self, upstream: tuple[str, int]) -> None:
        """Begin to carry, to the endpoint at ``upstream``."""
        self._upstream = upstream
        self._run(self._accept)

    def heal(self) -> None:
        """Carry everything from now on."""
        self._healed.set()

    def stop(self) -> None:
        """End all connections."""
        self._stop.set()
        self._healed.set()
        # Closing alone does not wake up who waits for a connection.
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        while self._threads:
            self._threads.pop().join(timeout=10)

    # --- connections ---------------------------------------------------------------------------

    def _run(self, target: Callable[..., None], *arguments: object) -> None:
        thread = threading.Thread(target=target, args=arguments, daemon=True)
        self._threads = [each for each in self._threads if each.is_alive()] + [thread]
        thread.start()

    def _accept(self) -> None:
        while not self._stop.is_set():
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            self._run(self._serve, client)

    def _serve(self, client: socket.socket) -> None:
        """Requests of one connection, until it ends."""
        with client:
            client.settimeout(self._pace.hang * 4)
            try:
                while not self._stop.is_set():
                    request = read_message(client)
                    if not self._carry(client, request):
                        return
            except (OSError, UnlinkedError):
                return
            except BaseException as error:
                self.surprises.append(error)
                raise

    def _carry(self, client: socket.socket, request: bytes) -> bool:
        """Let something happen to a request; true where the connection goes on."""
        with self._lock:
            self._requests = [*self._requests, request][-KEPT:]
            kind = None
            if not self._healed.is_set() and self._random.random() < FAULTY:
                kind = self._dealt()
                self.faults[kind] += 1
        if kind is None:
            self.passed += 1
            client.sendall(self._forward(request))
            self._release_held()
            return True
        return self._kinds[kind](client, request)

    def _dealt(self) -> str:
        """The next fault: chance says in which order, and each comes round."""
        if not self._deck:
            self._deck = self._random.sample(self.kinds, len(self.kinds))
        return self._deck.pop()

    def _forward(self, request: bytes) -> bytes:
        """Bring a request to the desk; its reply."""
        with socket.create_connection(self._upstream, timeout=10) as desk:
            desk.sendall(request)
            reply = read_message(desk)
        with self._lock:
            self._replies = [*self._replies, reply][-KEPT:]
        return reply

    def _bring(self, request: bytes) -> None:
        """Bring a request of which nobody awaits the reply."""
        try:
            self._forward(request)
        except (OSError, UnlinkedError):
            return

    def _release_held(self) -> None:
        with self._lock:
            held, self._held = self._held, []
            self._random.shuffle(held)
        for request in held:
            self._bring(request)

    def _fraction(self) -> float:
        with self._lock:
            return self._random.random()

    def _place(self, data: bytes) -> int:
        """Somewhere in the body of an HTTP message, where it has one."""
        start = data.index(b"\r\n\r\n") + 4
        start = start if start < len(data) else 0
        return start + int(self._fraction() * (len(data) - start))

    # --- faults --------------------------------------------------------------------------------

    def _request_lost(self, client: socket.socket, request: bytes) -> bool:
        return False

    def _reply_lost(self, client: socket.socket, request: bytes) -> bool:
        self._forward(request)
        return False

    def _delayed(self, client: socket.socket, request: bytes) -> bool:
        self._stop.wait(self._fraction() * self._pace.delay)
        client.sendall(self._forward(request))
        return True

    def _duplicated(self, client: socket.socket, request: bytes) -> bool:
        self._run(self._bring, request)
        client.sendall(self._forward(request))
        return True

    def _replayed(self, client: socket.socket, request: bytes) -> bool:
        """An old request once more before this one; this one once more later."""
        with self._lock:
            old = self._random.choice(self._requests)
        self._bring(old)
        client.sendall(self._forward(request))
        self._run(self._later, request)
        return True

    def _later(self, request: bytes) -> None:
        self._stop.wait(self._fraction() * self._pace.delay * 4)
        self._bring(request)

    def _reordered(self, client: socket.socket, request: bytes) -> bool:
        """It is brought after the next one; the courier hears nothing."""
        with self._lock:
            self._held.append(request)
        return False

    def _old_reply(self, client: socket.socket, request: bytes) -> bool:
        with self._lock:
            old = self._random.choice(self._replies) if self._replies else None
        client.sendall(old or self._forward(request))
        return True

    def _reflected(self, client: socket.socket, request: bytes) -> bool:
        """The courier gets its own frame for an answer."""
        body = request[request.index(b"\r\n\r\n") + 4 :]
        client.sendall(response(body))
        return True

    def _request_truncated(self, client: socket.socket, request: bytes) -> bool:
        with socket.create_connection(self._upstream, timeout=10) as desk:
            desk.sendall(request[: int(self._fraction() * len(request))])
        return False

    def _reply_truncated(self, client: socket.socket, request: bytes) -> bool:
        reply = self._forward(request)
        client.sendall(reply[: int(self._fraction() * len(reply))])
        return False

    def _garbage_up(self, client: socket.socket, request: bytes) -> bool:
        with socket.create_connection(self._upstream, timeout=10) as desk:
            desk.sendall(self._noise())
        return False

    def _garbage_down(self, client: socket.socket, request: bytes) -> bool:
        client.sendall(self._noise())
        return False

    def _garbage_body(self, client: socket.socket, request: bytes) -> bool:
        noise = self._noise()
        head, _, _ = request.partition(b"\r\n\r\n")
        lines = [line for line in head.split(b"\r\n") if not line.lower().startswith(b"content-l")]
        length = b"content-length: %d" % len(noise)
        self._bring(b"\r\n".join([*lines, length, b"", noise]))
        client.sendall(response(noise))
        return True

    def _noise(self) -> bytes:
        with self._lock:
            return self._random.randbytes(self._random.randrange(1, 4096))

    def _request_corrupted(self, client: socket.socket, request: bytes) -> bool:
        client.sendall(self._forward(self._corrupted(request)))
        return True

    def _reply_corrupted(self, client: socket.socket, request: bytes) -> bool:
        client.sendall(self._corrupted(self._forward(request)))
        return True

    def _corrupted(self, data: bytes) -> bytes:
        at = self._place(data)
        bit = 1 << int(self._fraction() * 8)
        return data[:at] + bytes((data[at] ^ bit,)) + data[at + 1 :]

    def _reset(self, client: socket.socket, request: bytes) -> bool:
        """Sometimes before the desk has heard of it, sometimes in the middle of its answer."""
        if self._fraction() < 0.5:
            reply = self._forward(request)
            client.sendall(reply[: int(self._fraction() * len(reply))])
        # Closing sends what TCP calls a reset.
        client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        return False

    def _silent(self, client: socket.socket, request: bytes) -> bool:
        self._stop.wait(self._pace.hang)
        return False

    def _request_stalls(self, client: socket.socket, request: bytes) -> bool:
        """The desk gets a part, and then neither more nor an end."""
        with socket.create_connection(self._upstream, timeout=10) as desk:
            desk.sendall(request[: int(self._fraction() * len(request))])
            self._stop.wait(self._pace.hang)
        return False

    def _reply_stalls(self, client: socket.socket, request: bytes) -> bool:
        reply = self._forward(request)
        client.sendall(reply[: int(self._fraction() * len(reply))])
        self._stop.wait(self._pace.hang)
        return False

    def _drips(self, client: socket.socket, request: bytes) -> bool:
        """Each byte comes before anybody loses patience over it."""
        reply = self._forward(request)
        ends = time.monotonic() + self._pace.hang * 4
        for at in range(len(reply)):
            client.sendall(reply[at : at + 1])
            if self._stop.wait(self._pace.hang / 20) or time.monotonic() > ends:
                break
        return False

    def _gateway(self, client: socket.socket, request: bytes) -> bool:
        """A proxy on the way answers for a desk that it does not reach."""
        client.sendall(
            b"HTTP/1.1 502 Bad Gateway\r\ncontent-length: 3\r\ncontent-type: text/html\r\n\r\nno\n"
        )
        return True


def response(body: bytes) -> bytes:
    """A reply in HTTP that looks fine from outside."""
    head = "HTTP/1.1 200 OK\r\ncontent-type: application/vnd.parley.frame+cbor\r\n"
    return f"{head}content-length: {len(body)}\r\n\r\n".encode() + body


def read_message(connection: socket.socket) -> bytes:
    """One HTTP message with its body, as it came.

    :raises UnlinkedError: where the connection ends before it.
    """
    data = b""
    while b"\r\n\r\n" not in data:
        data += _piece(connection)
    head, _, body = data.partition(b"\r\n\r\n")
    length = 0
    for line in head.split(b"\r\n"):
        name, _, value = line.partition(b":")
        if name.strip().lower() == b"content-length":
            length = int(value)
    while len(body) < length:
        body += _piece(connection)
    return head + b"\r\n\r\n" + body


def _piece(connection: socket.socket) -> bytes:
    piece = connection.recv(PIECE)
    if not piece:
        raise UnlinkedError
    return piece
