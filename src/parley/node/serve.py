"""Serving a desk: the peer endpoint, the courier, and health and metrics on loopback."""

from __future__ import annotations

import asyncio
import logging
import signal
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from functools import partial
from pathlib import Path
from typing import Final, NamedTuple

import uvicorn
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp

from parley.application import audit, erasing
from parley.application.desk import Desk
from parley.kernel.errors import ParleyError
from parley.kernel.reasons import Reason
from parley.node import config as configs
from parley.node import desk as desks
from parley.node import timekeeper
from parley.node.config import Config, Listen
from parley.node.indexer import Indexer
from parley.node.metrics import Metrics
from parley.node.tally import Tally
from parley.node.web_config import Tls
from parley.web import app as web
from parley.web.site import Site
from parley.wire import calendar_feed
from parley.wire.alerter import Alerter, Routes
from parley.wire.attachments import Fetcher
from parley.wire.courier import Courier
from parley.wire.door import Door, Meter, protocol
from parley.wire.endpoint import Endpoint
from parley.wire.witnesses import Submitter

_log = logging.getLogger(__name__)

_ENDING: Final = (signal.SIGINT, signal.SIGTERM)
_KEEP_ALIVE_SECONDS: Final = 10
_SHUTDOWN_SECONDS: Final = 5
_CONNECTIONS: Final = 64
_BROWSERS: Final = 512
"""Connections of browsers to the web desk; a browser has some six."""
_BROWSERS_OF_ONE: Final = 256
"""Those of one address: a house may have its officers behind one."""
_BACKLOG: Final = 1024
"""Connections that wait to be let in: as many as are let in within half a second or so."""
_ACCEPTED_AT_ONCE: Final = 16
"""So many, before those that are in are heard: asyncio takes this number for the backlog too."""
_KEYS_SECONDS: Final = 3600
_ERASING_SECONDS: Final = 10.0
_START_SECONDS: Final = 10


class Serving(NamedTuple):
    """Where a desk is being served."""

    peer: Listen
    operations: Listen
    calendar: Listen | None = None
    web: str | None = None
    """The origin of the web desk."""


class Sockets(NamedTuple):
    """What a desk listens on: ``calendar`` for feeds and ``web`` for officers where wished."""

    peer: socket.socket
    operations: socket.socket
    calendar: socket.socket | None = None
    web: socket.socket | None = None


class Job(NamedTuple):
    """What one process does that serves a desk; it is one of ``workers``.

    ``tally`` has the process's counts.
    """

    folder: Path
    passphrase: bytes
    sockets: Sockets
    tally: Tally
    workers: int


def serve(folder: Path, passphrase: bytes, ready: Callable[[Serving], None]) -> None:
    """Serve the desk in ``folder`` until the process is told to end (SIGINT or SIGTERM).

    ``ready`` is called once both ports answer.

    :raises ParleyError: as :func:`parley.node.desk.opened`; ``port-taken``.
    """
    with listening(configs.load(folder)) as (sockets, serving):
        job = Job(folder, passphrase, sockets, Tally(), 1)
        run(job, lambda: ready(serving))


@contextmanager
def listening(config: Config) -> Iterator[tuple[Sockets, Serving]]:
    """All ports, for as long as the block runs; those for officers only where they are wished.

    :raises ParleyError: ``port-taken``.
    """
    with ExitStack() as every:

        def at(address: Listen) -> socket.socket:
            return every.enter_context(closing(listen(address)))

        peer, operations = at(config.peer), at(config.operations)
        calendar = None if config.calendar_feed is None else at(config.calendar_feed)
        web = None if config.web is None else at(Listen(config.web.host, config.web.port))
        yield (
            Sockets(peer, operations, calendar, web),
            Serving(
                bound(peer),
                bound(operations),
                None if calendar is None else bound(calendar),
                _origin(config, web),
            ),
        )


def _origin(config: Config, web: socket.socket | None) -> str | None:
    """Scheme, host and port of the web desk, as browsers know it."""
    if config.web is None or web is None:
        return None
    return config.web.origin_at(bound(web).port)


def run(job: Job, ready: Callable[[], None]) -> None:
    """Serve as one process does, until it is told to end; ``ready`` is called once it answers.

    :raises ParleyError: as :func:`parley.node.desk.opened`.
    """
    config = configs.load(job.folder)
    limits, routes = config.limits, config.alerts.routes(job.folder)
    desks.calm_collector()
    with desks.opened(job.folder, job.passphrase, serving=True, workers=job.workers) as desk:
        metrics = Metrics(job.tally)
        door = Door(metrics, most=limits.connections, most_of_one=limits.of_one)
        endpoint = Endpoint(desk, metrics, time.monotonic, door=door)
        courier = Courier(desk, metrics, lambda: time.time_ns() // 1_000_000)
        submitter = Submitter(desk)
        fetcher = Fetcher(desk)
        alerter = Alerter(desk, routes, metrics)
        stop = threading.Event()
        behind: dict[str, Callable[[threading.Event], None]] = {
            "courier": courier.run,
            "attachments": fetcher.run,
            "keys": partial(_keep_keys, desk),
            "erasures": partial(_erase, desk),
            "index": Indexer(desk).run,
            "clock": partial(timekeeper.run, desk),
            "alerter": alerter.run,
            "trees": partial(_hash, desk),
        }
        if desk.witnesses:
            behind["witnesses"] = submitter.run
        threads = {
            name: threading.Thread(target=run, args=(stop,), name=name)
            for name, run in behind.items()
        }
        try:
            with ExitStack() as servers:
                operations = _operations(desk, metrics, threads["courier"].is_alive)
                servers.enter_context(
                    _in_background(_server_config(operations), job.sockets.operations)
                )
                if job.sockets.calendar is not None:
                    feeds = calendar_feed.app(desk)
                    servers.enter_context(
                        _in_background(_server_config(feeds), job.sockets.calendar)
                    )
                if job.sockets.web is not None:
                    servers.enter_context(_web(desk, config, job, routes, metrics.web))
                for thread in threads.values():
                    thread.start()
                peer_server(endpoint, door, ready).run(sockets=[job.sockets.peer])
        finally:
            stop.set()
            for thread in threads.values():
                if thread.is_alive():
                    thread.join()
            courier.close()
            fetcher.close()
            submitter.close()
            _log.info("stopped")


def _keep_keys(desk: Desk, stop: threading.Event) -> None:
    """Destroy sealing keys when they are over, for as long as the desk is served."""
    while not stop.wait(_KEYS_SECONDS):
        try:
            with desk.database.read() as connection:
                keyring = desk.own_keyring(connection)
            desk.keyholder.settle(keyring, desk.clock())
        except Exception:  # noqa: BLE001 - tried again an hour later
            _log.exception("fault while keys were looked after")


def _hash(desk: Desk, _stop: threading.Event) -> None:
    """Hash the logs once, so that nobody waits for it who asks for a proof."""
    try:
        audit.prepare(desk)
    except ParleyError as error:
        _log.info("the logs are hashed as they are needed", extra={"reason": error.reason.value})
    except Exception:  # noqa: BLE001 - done again by whoever asks for a proof
        _log.exception("fault while the logs were hashed")


def _erase(desk: Desk, stop: threading.Event) -> None:
    """Carry out what both sides agreed to erase, for as long as the desk is served."""
    while not stop.wait(_ERASING_SECONDS):
        try:
            desk.vault.refresh()
            erasing.advance(desk)
        except Exception:  # noqa: BLE001 - tried again with the next turn
            _log.exception("fault while bodies were erased")


def peer_server(endpoint: Endpoint, door: Door, started: Callable[[], None]) -> uvicorn.Server:
    """The server of the peer port; ``started`` is called once it answers."""
    return _Announcing(_server_config(endpoint, protocol(door), limit=None), started)


class _Announcing(uvicorn.Server):
    """Says once that it answers."""

    def __init__(self, config: uvicorn.Config, announce: Callable[[], None]) -> None:
        super().__init__(config)
        self._announce = announce

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """End on SIGINT and SIGTERM, and then let the caller put everything away.

        uvicorn would raise the signal again, which ends the process in the middle of that.
        """
        if threading.current_thread() is not threading.main_thread():
            yield
            return
        before = {number: signal.signal(number, self.handle_exit) for number in _ENDING}
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        for listener in sockets or []:
            listener.listen(_BACKLOG)
        if self.started:
            self._announce()


def _server_config(
    app: ASGIApp, http: type[asyncio.Protocol] | None = None, limit: int | None = _CONNECTIONS
) -> uvicorn.Config:
    return uvicorn.Config(
        app,
        log_config=None,
        access_log=False,
        server_header=False,
        date_header=False,
        proxy_headers=False,
        lifespan="off",
        ws="none",
        http=http or "h11",
        timeout_keep_alive=_KEEP_ALIVE_SECONDS,
        timeout_graceful_shutdown=_SHUTDOWN_SECONDS,
        limit_concurrency=limit,
        backlog=_ACCEPTED_AT_ONCE,
    )


def run_app(app: Starlette, listener: socket.socket, announce: Callable[[], None]) -> None:
    """Serve ``app`` until SIGINT or SIGTERM; ``announce`` is called once it answers."""
    _Announcing(_server_config(app), announce).run(sockets=[listener])


def listen(address: Listen) -> socket.socket:
    """A socket that listens.

    :raises ParleyError: ``port-taken``.
    """
    family = socket.AF_INET6 if ":" in address.host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((address.host, address.port))
    except OSError as error:
        listener.close()
        raise ParleyError(Reason.PORT_TAKEN, host=address.host, port=address.port) from error
    listener.listen(_BACKLOG)
    return listener


def bound(listener: socket.socket) -> Listen:
    """Where a socket listens."""
    host, port = listener.getsockname()[:2]
    return Listen(host, port)


@contextmanager
def _web(desk: Desk, config: Config, job: Job, routes: Routes, meter: Meter) -> Iterator[None]:
    """Serve the web desk for as long as the block runs."""
    section, listener = config.web, job.sockets.web
    origin = _origin(config, listener)
    if section is None or listener is None or origin is None:
        raise ParleyError(Reason.INTERNAL, fact="a socket of a web desk that nobody wished for")
    proxy = section.behind_proxy
    proxies = frozenset() if proxy is None else frozenset({proxy})
    calendar = _calendar(job.sockets.calendar)
    site = Site.of(desk, origin, proxies)._replace(routes=routes, calendar=calendar)
    app = web.app(desk, site)
    # Behind a proxy all browsers come from one address.
    of_one = _BROWSERS_OF_ONE if proxy is None else _BROWSERS
    door = Door(meter, most=_BROWSERS, most_of_one=of_one)
    settings = _server_config(app, protocol(door), limit=None)
    with _in_background(settings, listener, section.tls(job.folder)):
        yield


def _calendar(listener: socket.socket | None) -> str | None:
    """Where feeds are served, as this machine reaches it."""
    if listener is None:
        return None
    at = bound(listener)
    host = f"[{at.host}]" if ":" in at.host else at.host
    return f"http://{host}:{at.port}{calendar_feed.PATH}"


@contextmanager
def _in_background(
    settings: uvicorn.Config, listener: socket.socket, tls: Tls | None = None
) -> Iterator[None]:
    """Serve an application on a thread of its own for as long as the block runs."""
    if tls is not None:
        settings.ssl_certfile, settings.ssl_keyfile = tls.certificate, tls.key
    started = threading.Event()
    server = _Announcing(settings, started.set)
    thread = threading.Thread(target=server.run, args=([listener],), name="operations")
    thread.start()
    try:
        deadline = time.monotonic() + _START_SECONDS
        while thread.is_alive() and time.monotonic() < deadline and not started.wait(0.1):
            pass
        yield
    finally:
        server.should_exit = True
        thread.join()


def _operations(desk: Desk, metrics: Metrics, courier_runs: Callable[[], bool]) -> Starlette:
    """Health and metrics: for this machine alone, so nothing here is authenticated."""

    async def healthz(_request: Request) -> Response:
        if not courier_runs():
            _log.warning("not healthy", extra={"reason": "the courier does not run"})
            return JSONResponse({"healthy": False}, status_code=503)
        try:
            await run_in_threadpool(desk.database.check_version)
        except ParleyError as error:
            _log.warning("not healthy", extra={"reason": error.reason.value})
            return JSONResponse({"healthy": False}, status_code=503)
        return JSONResponse({"healthy": True})

    async def render(_request: Request) -> Response:
        text = await run_in_threadpool(metrics.render, desk)
        return Response(text, media_type="text/plain; version=0.0.4")

    return Starlette(routes=[Route("/healthz", healthz), Route("/metrics", render)])
