"""What a form of ours sent: bounded, strict, and kept as it was typed."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager
from typing import Final
from urllib.parse import parse_qsl

from starlette.requests import ClientDisconnect, Request

from parley.kernel.errors import ParleyError
from parley.kernel.reasons import Reason

FORM_BYTES: Final = 4 * 1024 * 1024
"""A text at its longest, written out in percent signs."""
UNSIGNED_BYTES: Final = 256 * 1024
"""The same from whoever is not signed in: enough that nothing typed is lost with a session."""
FIELDS: Final = 4096
BODY_SECONDS: Final = 180
"""So long a body may take: a bad line does, and whoever holds a connection for nothing."""
DIGITS: Final = 15
"""So long a number of ours is at most; a database has none that is longer."""
SECRET: Final = "password"
"""The fields whose names begin so are never shown again."""
_ENCODED: Final = "application/x-www-form-urlencoded"


class Form:
    """Names and values in the order in which they were sent; one name may have several."""

    def __init__(self, pairs: Sequence[tuple[str, str]] = ()) -> None:
        self._pairs = tuple(pairs)

    def __iter__(self) -> Iterator[tuple[str, str]]:
        return iter(self._pairs)

    def __contains__(self, name: str) -> bool:
        return any(one == name for one, _value in self._pairs)

    def close(self) -> None:
        """Let go of what came with the form: there is nothing here but its text."""

    def kept(self) -> list[tuple[str, str]]:
        """All that a page may show again: everything but passwords."""
        return [(name, value) for name, value in self._pairs if not name.startswith(SECRET)]

    def value(self, name: str) -> str:
        """The first value of a name; empty for none."""
        return next((value for one, value in self._pairs if one == name), "")

    def line(self, name: str) -> str | None:
        """The first value of a name without the space around it; none where that is nothing."""
        return self.value(name).strip() or None

    def every(self, name: str) -> list[str]:
        """All values of a name."""
        return [value for one, value in self._pairs if one == name]

    def number(self, name: str) -> int:
        """A value that is a number of ours.

        :raises ParleyError: ``form-invalid``.
        """
        text = self.value(name)
        if not text.isascii() or not text.isdigit() or len(text) > DIGITS:
            raise ParleyError(Reason.FORM_INVALID, name=name)
        return int(text)

    def digest(self, name: str) -> bytes:
        """A value that is a hash or an identifier in hexadecimal.

        :raises ParleyError: ``form-invalid``.
        """
        try:
            return bytes.fromhex(self.value(name))
        except ValueError as error:
            raise ParleyError(Reason.FORM_INVALID, name=name) from error


async def received(request: Request, limit: int = FORM_BYTES) -> Form:
    """The form of a request; an empty one where the body is of another kind.

    :raises ParleyError: ``too-large``, ``form-invalid``.
    """
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != _ENCODED:
        return Form()
    return parse(await bounded(request, limit))


async def bounded(request: Request, limit: int) -> bytes:
    """The body of a request, of ``limit`` bytes at most, as long as somebody sends it.

    :raises ParleyError: ``too-large``; as :func:`arriving`.
    """
    data = bytearray()
    async with arriving():
        async for chunk in request.stream():
            data += chunk
            if len(data) > limit:
                raise ParleyError(Reason.TOO_LARGE, size=len(data), limit=limit)
    return bytes(data)


@asynccontextmanager
async def arriving() -> AsyncIterator[None]:
    """Around the reading of a body.

    :raises ParleyError: ``form-invalid`` where it is too slow, or ends too soon.
    """
    try:
        async with asyncio.timeout(BODY_SECONDS):
            yield
    except (TimeoutError, ClientDisconnect) as error:
        raise ParleyError(Reason.FORM_INVALID, name="") from error


def parse(data: bytes) -> Form:
    """A form as browsers send it (URL Standard, application/x-www-form-urlencoded).

    Line ends come as CRLF; texts of ours have LF.

    :raises ParleyError: ``form-invalid``.
    """
    try:
        pairs = parse_qsl(
            data.decode("ascii"),
            keep_blank_values=True,
            strict_parsing=bool(data),
            errors="strict",
            max_num_fields=FIELDS,
        )
    except ValueError as error:
        raise ParleyError(Reason.FORM_INVALID, name="") from error
    return Form([(name, value.replace("\r\n", "\n")) for name, value in pairs])
