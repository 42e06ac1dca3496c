"""Bodies of requests while they arrive: how many at once, how large together, how slow.

Memory is promised to a body when its head is there, by the length that it declares. Where too
much is promised, the slowest sender is cut off: whoever sends a frame at once never notices.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from typing import Any, Final

from parley.kernel import limits
from parley.kernel.errors import ParleyError
from parley.kernel.reasons import Reason

Receive = Callable[[], Awaitable[Any]]

_SMALL_BYTES: Final = 64 * limits.KIB
"""A body up to this is counted by number alone."""


class Disconnected(Exception):  # noqa: N818 - an event on the line, no fault of ours
    """The sender went before its request was complete."""


class Body:
    """One body on its way; ``size`` is the length that its head declares."""

    def __init__(self, receive: Receive, size: int) -> None:
        self._receive = receive
        self._complete = False
        self.size = size
        self.data = bytearray()

    async def read_to(self, length: int, came: Callable[[], None] = lambda: None) -> bytes:
        """Read until ``length`` bytes are there, or all. ``came`` is called for each part.

        :raises ParleyError: ``too-large`` (more than was declared).
        :raises Disconnected: the sender went.
        """
        while len(self.data) < length and not self._complete:
            event = await self._receive()
            if event["type"] != "http.request":
                raise Disconnected
            self.data += event.get("body", b"")
            self._complete = not event.get("more_body", False)
            if len(self.data) > self.size:
                raise ParleyError(Reason.TOO_LARGE, size=len(self.data), limit=self.size)
            came()
        return bytes(self.data[:length])


class _Reader:
    def __init__(self, group: bytes, body: Body, started: float, timeout: asyncio.Timeout) -> None:
        self.group = group
        self.body = body
        self.started = started
        self.timeout = timeout

    def speed(self, now: float) -> float:
        """Bytes a second; who has just begun counts as fast as its body is large."""
        return len(self.body.data) / (now - self.started + 0.01)


class Readers:
    """All bodies that are being read, grouped by channel.

    ``of_group`` bodies of one channel at once, ``large`` bytes of large ones in all. A sender has
    ``seconds``, and one more for each ``bytes_per_second`` that came.
    """

    def __init__(
        self, *, of_group: int, large: int, seconds: float, bytes_per_second: float
    ) -> None:
        self._of_group = of_group
        self._large = large
        self._seconds = seconds
        self._bytes_per_second = bytes_per_second
        self._readers: list[_Reader] = []

    async def read(self, group: bytes, body: Body) -> bytes:
        """The whole body.

        :raises ParleyError: ``time-limit`` (too slow, or the slowest where there was no room),
            ``desk-busy``, ``too-large``.
        :raises Disconnected: the sender went.
        """
        loop = asyncio.get_running_loop()
        now = loop.time()
        try:
            async with asyncio.timeout_at(now + self._seconds) as timeout:
                reader = _Reader(group, body, now, timeout)

                def came() -> None:
                    if reader in self._readers:
                        allowed = self._seconds + len(body.data) / self._bytes_per_second
                        timeout.reschedule(now + allowed)

                with self._room_for(reader, now):
                    return await body.read_to(body.size + 1, came)
        except TimeoutError as error:
            raise ParleyError(Reason.TIME_LIMIT) from error

    @contextmanager
    def _room_for(self, reader: _Reader, now: float) -> Iterator[None]:
        self._make_room([one for one in self._readers if one.group == reader.group], now)
        if reader.body.size > _SMALL_BYTES:
            large = [one for one in self._readers if one.body.size > _SMALL_BYTES]
            promised = sum(one.body.size for one in large)
            while large and promised + reader.body.size > self._large:
                promised -= self._cut_slowest(large, now).body.size
        self._readers.append(reader)
        try:
            yield
        finally:
            if reader in self._readers:
                self._readers.remove(reader)

    def _make_room(self, group: list[_Reader], now: float) -> None:
        while len(group) >= self._of_group:
            self._cut_slowest(group, now)

    def _cut_slowest(self, among: list[_Reader], now: float) -> _Reader:
        slowest = min(among, key=lambda one: one.speed(now))
        among.remove(slowest)
        self._readers.remove(slowest)
        slowest.timeout.reschedule(now)
        return slowest
