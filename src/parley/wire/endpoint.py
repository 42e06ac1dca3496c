"""The peer endpoint: one path takes frames by POST, everything else is 404.

No security rests on TLS, a proxy or a session: a frame is sealed and signed by itself. Before
anything expensive is done, the size, the rate and the time that a sender takes are bounded.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final, Protocol

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from parley.application.desk import Desk
from parley.kernel import limits
from parley.kernel.errors import ParleyError
from parley.kernel.reasons import Reason
from parley.wire import post
from parley.wire.frame import MEDIA_TYPE, PATH
from parley.wire.rates import Buckets, Rate

_log = logging.getLogger(__name__)

_STATUS: Final = {
    Reason.TOO_LARGE: 413,
    Reason.RATE_LIMITED: 429,
    Reason.DESK_BUSY: 503,
    Reason.DATABASE_BUSY: 503,
    Reason.DATABASE_UNREADABLE: 503,
    Reason.TIME_LIMIT: 408,
    Reason.FRAME_NOT_ACCEPTED: 403,
    Reason.CHANNEL_HALTED: 409,
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


class Meter(Protocol):
    """Counts what the endpoint did; the node shows it as metrics."""

    def frame(self, outcome: str) -> None:
        """One frame was answered (``accepted``) or refused (a reason code)."""


@dataclass(frozen=True)
class Bounds:
    """What one sender, and all together, may take."""

    rate: Rate = field(default_factory=lambda: Rate(burst=1000, per_second=200))
    addresses: int = 4096
    concurrent: int = 8
    waiting: int = 64
    body_seconds: float = 30.0


class Endpoint:
    """Answers frames for one desk. ``clock`` is monotonic, in seconds."""

    def __init__(
        self, desk: Desk, meter: Meter, clock: Callable[[], float], bounds: Bounds | None = None
    ) -> None:
        self._desk = desk
        self._meter = meter
        self._bounds = bounds or Bounds()
        self._buckets = Buckets(self._bounds.rate, self._bounds.addresses, clock)
        self._slots = asyncio.Semaphore(self._bounds.concurrent)
        self._waiting = 0

    def app(self) -> Starlette:
        """The ASGI application."""
        app = Starlette(
            routes=[Route(PATH, self._frames, methods=["POST"])],
            # Another method on the path says no more than another path does.
            exception_handlers={405: _not_found, 404: _not_found},
        )
        app.router.redirect_slashes = False
        return app

    async def _frames(self, request: Request) -> Response:
        try:
            reply = await self._answer(request)
        except ParleyError as error:
            self._meter.frame(error.reason.value)
            _log.info("frame refused", extra={"reason": error.reason.value})
            shown = Reason.FRAME_NOT_ACCEPTED if error.reason in _STRANGERS else error.reason
            status = _STATUS.get(shown, 400)
            return JSONResponse({"reason": shown.value}, status_code=status)
        except ClientDisconnect:
            self._meter.frame("disconnected")
            return Response(status_code=400)
        self._meter.frame("accepted")
        return Response(reply, media_type=MEDIA_TYPE)

    async def _answer(self, request: Request) -> bytes:
        address = request.client.host if request.client else ""
        if not self._buckets.take(address):
            raise ParleyError(Reason.RATE_LIMITED)
        if request.headers.get("content-type") != MEDIA_TYPE:
            raise ParleyError(Reason.SHAPE_INVALID, shape="HTTP", place="content-type")
        if self._waiting >= self._bounds.waiting:
            raise ParleyError(Reason.DESK_BUSY)
        self._waiting += 1
        try:
            try:
                async with asyncio.timeout(self._bounds.body_seconds):
                    data = await _read(request, limits.FRAME_BYTES)
            except TimeoutError as error:
                raise ParleyError(Reason.TIME_LIMIT) from error
            async with self._slots:
                return await run_in_threadpool(self._guarded, data)
        finally:
            self._waiting -= 1

    def _guarded(self, data: bytes) -> bytes:
        """Answer; a fault of our own becomes a reason code here, its trace goes to our log."""
        try:
            return post.answer(self._desk, data)
        except ParleyError:
            raise
        except Exception as error:
            _log.exception("fault while answering a frame")
            raise ParleyError(Reason.INTERNAL, fact=type(error).__name__) from error


async def _not_found(_request: Request, _error: Exception) -> Response:
    return Response(status_code=404)


async def _read(request: Request, limit: int) -> bytes:
    """The request's body, refused as soon as it is known to be too large."""
    declared = request.headers.get("content-length", "")
    if declared.isascii() and declared.isdigit() and int(declared[:20]) > limit:
        raise ParleyError(Reason.TOO_LARGE, size=int(declared[:20]), limit=limit)
    parts: list[bytes] = []
    size = 0
    async for part in request.stream():
        size += len(part)
        if size > limit:
            raise ParleyError(Reason.TOO_LARGE, size=size, limit=limit)
        parts.append(part)
    return b"".join(parts)
