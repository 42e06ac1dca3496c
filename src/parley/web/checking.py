"""Files that somebody brings to be verified: to a process of their own, as they come.

Nothing is stored. A file has a bounded size, its check a bounded time, and few run at once, whoever
asks for them.
"""

from __future__ import annotations

import asyncio
import os
import sys
from typing import Final, Self

import msgspec
from starlette.requests import ClientDisconnect, Request

from parley.crypto import words
from parley.kernel.errors import ParleyError
from parley.kernel.reasons import Reason
from parley.record.dossier import place as places
from parley.web import multipart
from parley.web.form import Form
from parley.web.multipart import Began
from parley.web.verifier import FILE_BYTES, LENGTH_BYTES, SECONDS, Outcome, Wish

AT_ONCE: Final = 3
"""So many files are checked at once."""
UPLOAD_SECONDS: Final = 180

_FILE: Final = "file"


class Checked(Form):
    """A form with a file, and what came of it: an ``outcome``, or the ``fault`` that kept it."""

    outcome: Outcome | None = None
    fault: ParleyError | None = None


class _Slots:
    """How many checks run."""

    taken = 0


async def received(request: Request) -> Form:
    """The form of a request; the file in it is verified while it comes in. Never raises."""
    texts: list[tuple[str, str]] = []
    outcome, fault = None, None
    if _Slots.taken >= AT_ONCE:
        fault = ParleyError(Reason.VERIFYING_BUSY)
    else:
        _Slots.taken += 1
        try:
            async with asyncio.timeout(UPLOAD_SECONDS + SECONDS):
                outcome = await _checked(request, texts)
        except TimeoutError:
            fault = ParleyError(Reason.VERIFYING_FAILED)
        except ClientDisconnect:
            fault = ParleyError(Reason.FORM_INVALID, name=_FILE)
        except ParleyError as error:
            fault = error
        finally:
            _Slots.taken -= 1
    form = Checked(texts)
    form.outcome, form.fault = outcome, fault
    return form


async def _checked(request: Request, texts: list[tuple[str, str]]) -> Outcome | None:
    """Have the file of a form verified. ``texts`` takes what else it has, also where this fails.

    :raises ParleyError: ``form-invalid``, ``too-large``, ``time-limit``, ``verifying-failed``.
    """
    fields = multipart.Fields(request.headers.get("content-type", ""))
    part = Began("", False)
    async with _Verifier() as verifier:
        try:
            async with asyncio.timeout(UPLOAD_SECONDS):
                async for chunk in request.stream():
                    for event in fields.feed(chunk):
                        if isinstance(event, Began):
                            part = event
                        elif part.name == _FILE:
                            await verifier.take(event)
        except TimeoutError as error:
            raise ParleyError(Reason.TIME_LIMIT) from error
        finally:
            texts += fields.texts
        fields.close()
        return await verifier.outcome(_wish(texts))


def _wish(texts: list[tuple[str, str]]) -> bytes:
    """What is asked of the file beside that it holds.

    :raises ParleyError: ``fingerprint-malformed``, ``place-malformed``.
    """
    form = Form(texts)
    named = tuple(words.parse(line) for line in form.value("pins").splitlines() if line.strip())
    place = form.line("place")
    if place is not None:
        places.parse(place)
    return msgspec.json.encode(Wish(named, place))


class _Verifier:
    """The process that verifies one file. It is started when there is something to verify."""

    def __init__(self) -> None:
        self._process: asyncio.subprocess.Process | None = None
        self._size = 0

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        process = self._process
        if process is not None and process.returncode is None:
            process.kill()
            await process.wait()

    async def take(self, piece: bytes) -> None:
        """Hand over the next piece of the file.

        :raises ParleyError: ``too-large``, ``verifying-failed``.
        """
        self._size += len(piece)
        if self._size > FILE_BYTES:
            raise ParleyError(Reason.TOO_LARGE, size=self._size, limit=FILE_BYTES)
        if piece:
            await self._give(len(piece).to_bytes(LENGTH_BYTES, "big") + piece)

    async def outcome(self, wish: bytes) -> Outcome | None:
        """What came of the file; none where there was none.

        :raises ParleyError: ``verifying-failed``.
        """
        if self._process is None:
            return None
        await self._give(bytes(LENGTH_BYTES) + wish)
        if self._process.stdin is not None:
            self._process.stdin.close()
        try:
            async with asyncio.timeout(SECONDS):
                said, _ = await self._process.communicate()
            return msgspec.json.decode(said, type=Outcome)
        except (TimeoutError, msgspec.DecodeError) as error:
            raise ParleyError(Reason.VERIFYING_FAILED) from error

    async def _give(self, data: bytes) -> None:
        if self._process is None:
            self._process = await _started()
        source = self._process.stdin
        try:
            if source is not None:
                source.write(data)
                await source.drain()
        except OSError as error:
            raise ParleyError(Reason.VERIFYING_FAILED) from error


async def _started() -> asyncio.subprocess.Process:
    # The same modules as here, and nothing else of what this process knows.
    path = os.pathsep.join(filter(None, sys.path))
    return await asyncio.create_subprocess_exec(
        sys.executable,
        "-P",
        "-m",
        "parley.web.verifier",
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
        env={"PYTHONPATH": path},
    )
