"""Turns at the work that a verified frame brings about: fair between channels, bounded for each."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

from parley.kernel import limits
from parley.kernel.errors import ParleyError
from parley.kernel.reasons import Reason

_LARGE_BYTES: Final = 1 * limits.MIB


class _Share:
    def __init__(self, working: int) -> None:
        self.turns = asyncio.Semaphore(working)
        self.present = 0


class Shares:
    """At most ``concurrent`` frames are worked on at once, of one channel ``working``.

    Behind these wait at most ``waiting`` of one channel. Large frames, which take many times their
    size while they are taken apart, come one after the other.
    """

    def __init__(self, concurrent: int, working: int, waiting: int) -> None:
        self._all = asyncio.Semaphore(concurrent)
        self._large = asyncio.Semaphore(1)
        self._working = working
        self._most = working + waiting
        self._shares: dict[bytes, _Share] = {}

    @asynccontextmanager
    async def turn(self, channel: bytes, size: int) -> AsyncIterator[None]:
        """Wait for a turn, and have it.

        :raises ParleyError: ``desk-busy``: as many as may do so wait already.
        """
        share = self._shares.setdefault(channel, _Share(self._working))
        if share.present >= self._most:
            raise ParleyError(Reason.DESK_BUSY)
        share.present += 1
        try:
            async with share.turns:
                if size > _LARGE_BYTES:
                    async with self._large, self._all:
                        yield
                else:
                    async with self._all:
                        yield
        finally:
            share.present -= 1
            if not share.present:
                self._shares.pop(channel, None)
