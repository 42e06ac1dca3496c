"""A witness over HTTP: C2SP tlog-witness, and the newest checkpoint of a log for whoever asks.

``POST /add-checkpoint`` as the specification says; ``GET /checkpoint/<SHA-256 of the origin>`` is
ours: the newest note with its cosignatures, so that whoever was told of a conflict can see it.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Final

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route

from parley.crypto import witnessing
from parley.kernel import limits
from parley.kernel.errors import ParleyError
from parley.kernel.reasons import Reason
from parley.wire.rates import Buckets, Rate
from parley.witness.witness import Witness

_log = logging.getLogger(__name__)

SIZE_TYPE: Final = "text/x.tlog.size"

_STATUS: Final = {
    Reason.LOG_UNKNOWN: 404,
    Reason.SIGNATURE_MISSING: 403,
    Reason.SIGNATURE_INVALID: 403,
    Reason.EPOCH_CLOSED: 403,
    Reason.KEY_UNKNOWN: 404,
    Reason.SUBMISSION_STALE: 409,
    Reason.LOG_FORKED: 409,
    Reason.PROOF_INVALID: 422,
    Reason.TOO_LARGE: 413,
    Reason.RATE_LIMITED: 429,
    Reason.DESK_BUSY: 503,
    Reason.TIME_LIMIT: 408,
    Reason.WITNESS_STATE_DAMAGED: 500,
    Reason.INTERNAL: 500,
}


@dataclass(frozen=True)
class Bounds:
    """What one sender, and all together, may take."""

    rate: Rate = field(default_factory=lambda: Rate(burst=100, per_second=10))
    addresses: int = 4096
    waiting: int = 64
    body_seconds: float = 10.0


class Endpoint:
    """Answers for one witness. ``clock`` is monotonic, in seconds."""

    def __init__(
        self, witness: Witness, clock: Callable[[], float], bounds: Bounds | None = None
    ) -> None:
        self._witness = witness
        self._bounds = bounds or Bounds()
        self._buckets: Buckets[str] = Buckets(self._bounds.rate, self._bounds.addresses, clock)
        self._waiting = 0

    def app(self) -> Starlette:
        """The ASGI application."""
        app = Starlette(
            routes=[
                Route("/add-checkpoint", self._add, methods=["POST"]),
                Route("/checkpoint/{name}", self._latest, methods=["GET"]),
                Route("/keys/{name}", self._keys, methods=["POST"]),
            ],
            exception_handlers={405: _not_found, 404: _not_found},
        )
        app.router.redirect_slashes = False
        return app

    async def _add(self, request: Request) -> Response:
        async def work() -> Response:
            async with asyncio.timeout(self._bounds.body_seconds):
                data = await _read(request, witnessing.REQUEST_BYTES)
            lines = await run_in_threadpool(self._witness.add_checkpoint, data)
            return Response(lines, media_type="text/plain; charset=utf-8")

        return await self._bounded(request, work)

    async def _keys(self, request: Request) -> Response:
        async def work() -> Response:
            async with asyncio.timeout(self._bounds.body_seconds):
                data = await _read(request, limits.KEY_STATEMENT_BYTES)
            name = request.path_params["name"]
            await run_in_threadpool(self._witness.add_keys, name, data)
            return Response()

        return await self._bounded(request, work)

    async def _latest(self, request: Request) -> Response:
        async def work() -> Response:
            note = await run_in_threadpool(self._witness.latest, request.path_params["name"])
            return Response(note, media_type="text/plain; charset=utf-8")

        return await self._bounded(request, work)

    async def _bounded(self, request: Request, work: Callable[[], Awaitable[Response]]) -> Response:
        """Answer within the bounds; every refusal has its status, and says no more."""
        address = request.client.host if request.client else ""
        if not self._buckets.take(address):
            return _refused(ParleyError(Reason.RATE_LIMITED))
        if self._waiting >= self._bounds.waiting:
            return _refused(ParleyError(Reason.DESK_BUSY))
        self._waiting += 1
        try:
            return await work()
        except TimeoutError:
            return _refused(ParleyError(Reason.TIME_LIMIT))
        except ClientDisconnect:
            return Response(status_code=400)
        except ParleyError as error:
            return _refused(error)
        except Exception as error:  # noqa: BLE001 - a fault of ours is answered and logged
            _log.exception("fault of the witness")
            return _refused(ParleyError(Reason.INTERNAL, fact=type(error).__name__))
        finally:
            self._waiting -= 1


def _refused(error: ParleyError) -> Response:
    _log.info("submission refused", extra={"reason": error.reason.value})
    if error.reason in (Reason.SUBMISSION_STALE, Reason.LOG_FORKED):
        body = f"{error.details['size']}\n"
        return Response(body, status_code=409, headers={"content-type": SIZE_TYPE})
    body = f"{error.reason.value}\n"
    return Response(body, status_code=_STATUS.get(error.reason, 400), media_type="text/plain")


async def _not_found(_request: Request, _error: Exception) -> Response:
    return Response(status_code=404)


async def _read(request: Request, limit: int) -> bytes:
    parts: list[bytes] = []
    size = 0
    async for part in request.stream():
        size += len(part)
        if size > limit:
            raise ParleyError(Reason.TOO_LARGE, size=size, limit=limit)
        parts.append(part)
    return b"".join(parts)
