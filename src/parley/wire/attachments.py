"""Fetching the bytes of attachments in the background, beside the courier.

Whoever lacks something asks for it, in parts of some megabytes, several of them on their way at a
time; whoever cannot be asked brings what the other wishes for. What has come is noted on disk every
few parts, so that whatever ends a process costs no more than these. Channels are served side by
side, and within one that comes first of which the least is missing.
"""

from __future__ import annotations

import logging
import random
import threading
import time
from collections.abc import Callable
from concurrent.futures import FIRST_EXCEPTION, Executor, Future, ThreadPoolExecutor, wait
from hashlib import sha256
from itertools import islice
from typing import Final

import httpx2

from parley.application import blob_care, blobs, parcels
from parley.application.blobs import Blob
from parley.application.desk import Desk
from parley.application.parcel import Parcel, Standing, Wish
from parley.application.parcels import Plan
from parley.kernel import limits
from parley.kernel.errors import ParleyError
from parley.kernel.reasons import Reason
from parley.store.database import Watch
from parley.wire import parcels as frames
from parley.wire.courier import Backoff
from parley.wire.dialling import Timeouts
from parley.wire.frame import PARCEL_PATH
from parley.wire.posting import Poster

_log = logging.getLogger(__name__)

_CHANNELS_AT_ONCE: Final = 4
_PARTS_AT_ONCE: Final = 2
_LOOK_SECONDS: Final = 0.25
_LOOK_AGAIN_SECONDS: Final = 30.0
_LEAST_ROOM: Final = 64 * limits.KIB


class Fetcher:
    """Fetches and brings the bytes of attachments of one desk. ``clock`` is monotonic, seconds."""

    def __init__(
        self,
        desk: Desk,
        clock: Callable[[], float] = time.monotonic,
        transport: httpx2.BaseTransport | None = None,
        timeouts: Timeouts | None = None,
        backoff: Backoff | None = None,
    ) -> None:
        self._desk = desk
        self._clock = clock
        self._backoff = backoff or Backoff()
        self._poster = Poster(transport, timeouts)
        self._jitter = random.Random()  # noqa: S311 - spreads load, keeps no secret
        self._failures: dict[bytes, int] = {}
        self._not_before: dict[bytes, float] = {}
        self._parts = ThreadPoolExecutor(
            _CHANNELS_AT_ONCE * _PARTS_AT_ONCE, thread_name_prefix="parts"
        )

    def close(self) -> None:
        """Give the connections back."""
        self._parts.shutdown()
        self._poster.close()

    # --- one channel -----------------------------------------------------------------------------

    def serve(self, channel_id: bytes) -> bool:
        """Some parts of what there is to do in a channel. True where there may be more at once."""
        now = parcels.plan(self._desk, channel_id)
        channel = self._desk.known_channel(channel_id)
        endpoints = channel.peer.text.endpoints
        if not endpoints:
            return False
        room = max(_LEAST_ROOM, parcels.ROOM >> min(self._failures.get(channel_id, 0), 16))
        if now.wanted:
            return self._fetch(channel_id, endpoints, now, room)
        if now.given and not channel.own.text.endpoints:
            return self._bring(channel_id, endpoints, now, room)
        if now.untold:
            self._tell(channel_id, endpoints, now)
        return False

    def _fetch(self, channel_id: bytes, endpoints: tuple[str, ...], now: Plan, room: int) -> bool:
        blob = now.wanted[0]
        wishes = list(islice(parcels.wishes(blob, room), parcels.AHEAD))
        self._tell(channel_id, endpoints, now)
        futures = [self._parts.submit(self._part, blob, endpoints, wish) for wish in wishes]
        written: dict[bytes, list[int]] = {}
        failure: ParleyError | None = None
        for future in wait(futures, return_when=FIRST_EXCEPTION).not_done:
            future.cancel()
        for future in futures:
            if future.cancelled():
                continue
            try:
                for identifier, indices in future.result().items():
                    written.setdefault(identifier, []).extend(indices)
            except ParleyError as error:
                failure = failure or error
        blobs.keep(self._desk, channel_id, written)
        if failure is not None:
            raise failure
        return bool(written)

    def _part(self, blob: Blob, endpoints: tuple[str, ...], wish: Wish) -> dict[bytes, list[int]]:
        """Fetch one part and write it; what was written, by file.

        :raises ParleyError: with the reason for which nothing came of it.
        """
        channel_id = blob.row.channel
        reply = self._exchange(parcels.parcel(channel_id, asked=(wish,)), endpoints)
        taken = parcels.take(self._desk, channel_id, reply.chunks)
        wrong = (*taken.refused, *reply.refused)
        if wrong and not taken.written:
            parcels.note(self._desk, channel_id, wish.root, wrong[0].reason)
            raise ParleyError(Reason.ATTACHMENT_REFUSED, why=wrong[0].reason)
        return taken.written

    def _tell(self, channel_id: bytes, endpoints: tuple[str, ...], now: Plan) -> None:
        """Say how far we have come with what the other side attached."""
        standings = [*parcels.standings_of(now.untold), *parcels.standings_of(now.coming)]
        self._exchange(parcels.parcel(channel_id, standings=standings), endpoints)
        parcels.told(self._desk, channel_id, now.untold)

    def _bring(self, channel_id: bytes, endpoints: tuple[str, ...], now: Plan, room: int) -> bool:
        """Bring what the other side, which cannot ask us, wishes for."""
        standings: list[Standing] = parcels.standings_of(now.untold)
        reply = self._exchange(parcels.parcel(channel_id, standings=standings), endpoints)
        parcels.book(self._desk, channel_id, reply.standings)
        parcels.told(self._desk, channel_id, now.untold)
        moved = False
        for _ in range(parcels.AHEAD):
            chunks, _unknown = parcels.chunks_for(self._desk, channel_id, reply.wishes, room)
            if not chunks:
                break
            reply = self._exchange(parcels.parcel(channel_id, chunks=chunks), endpoints)
            parcels.book(self._desk, channel_id, reply.standings)
            if reply.refused:
                raise ParleyError(Reason.ATTACHMENT_REFUSED, why=reply.refused[0].reason)
            moved = True
        return moved

    def _exchange(self, parcel: Parcel, endpoints: tuple[str, ...]) -> Parcel:
        data, digest = frames.seal(self._desk, parcel)
        reply = self._poster.bring(PARCEL_PATH, data, endpoints)
        return frames.opened(self._desk, parcel.channel, digest, reply)

    # --- all channels ----------------------------------------------------------------------------

    def run(self, stop: threading.Event) -> None:
        """Serve all channels until ``stop`` is set; looks for work when the database changed."""
        busy: dict[bytes, Future[None]] = {}
        with (
            self._desk.database.watch() as watch,
            ThreadPoolExecutor(_CHANNELS_AT_ONCE, thread_name_prefix="attachments") as pool,
        ):
            look_at = 0.0
            self._guarded(lambda: blob_care.look_after(self._desk))
            while not stop.is_set():
                try:
                    finished = [channel for channel, future in busy.items() if future.done()]
                    for channel in finished:
                        watch.release(_claim(channel))
                        busy.pop(channel).result()
                    if finished or watch.changed() or look_at <= self._clock():
                        look_at = self._start(pool, busy, watch, stop)
                except Exception:  # noqa: BLE001 - while the desk is served, so are its channels
                    _log.exception("fault of the fetcher")
                stop.wait(_LOOK_SECONDS)

    def _start(
        self,
        pool: Executor,
        busy: dict[bytes, Future[None]],
        watch: Watch,
        stop: threading.Event,
    ) -> float:
        """Start what is due and nobody else has claimed; returns when to look again."""
        now = self._clock()
        look_again = now + _LOOK_AGAIN_SECONDS
        for channel in parcels.stirring(self._desk):
            due = self._not_before.get(channel, now)
            if channel in busy:
                continue
            if due <= now and watch.claim(_claim(channel)):
                busy[channel] = pool.submit(self._go_on, channel, stop)
            else:
                look_again = min(look_again, max(due, now + 2 * _LOOK_SECONDS))
        return look_again

    def _go_on(self, channel_id: bytes, stop: threading.Event) -> None:
        """Serve a channel for as long as something moves; put it off where nothing does."""
        try:
            while not stop.is_set() and self.serve(channel_id):
                self._failures.pop(channel_id, None)
            self._failures.pop(channel_id, None)
        except ParleyError as error:
            _log.info("attachments", extra={"reason": error.reason.value})
            self._failures[channel_id] = self._failures.get(channel_id, 0) + 1
        except Exception:  # noqa: BLE001 - one channel's fault must not stop the others
            _log.exception("fault while fetching attachments")
            self._failures[channel_id] = self._failures.get(channel_id, 0) + 1
        attempts = self._failures.get(channel_id, 0) + 1
        pause = self._backoff.wait_ms(attempts, self._jitter.random()) / 1000
        self._not_before[channel_id] = self._clock() + pause

    def _guarded(self, work: Callable[[], None]) -> None:
        try:
            work()
        except Exception:  # noqa: BLE001 - the rest goes on
            _log.exception("fault while looking after attachments")


def _claim(channel: bytes) -> bytes:
    """By what a channel's attachments are claimed, beside its deliveries."""
    return sha256(b"attachments" + channel).digest()
