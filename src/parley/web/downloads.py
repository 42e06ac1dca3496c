"""Files that a browser keeps: as attachments, never shown, under names that are harmless."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import IO, Final

from starlette.responses import Response, StreamingResponse

_BLOCK: Final = 1 << 16
_NAME_CHARACTERS: Final = 80
_OTHER: Final = re.compile(r"[^A-Za-z0-9._-]+", re.ASCII)


def safe(name: str) -> str:
    """``name`` in ASCII, without anything that a file system or a header would stumble over."""
    return _OTHER.sub("-", name).strip("-.")[:_NAME_CHARACTERS] or "parley"


def of_bytes(data: bytes, name: str, kind: str) -> Response:
    """``data`` as a file of the media type ``kind``."""
    return Response(data, media_type=kind, headers=_headers(name))


def of_file(file: IO[bytes], size: int, name: str, kind: str) -> Response:
    """What an open file holds from its start on; it is closed when that has gone out."""
    headers = {**_headers(name), "content-length": str(size)}
    return StreamingResponse(_blocks(file), media_type=kind, headers=headers)


def _headers(name: str) -> dict[str, str]:
    return {"content-disposition": f'attachment; filename="{safe(name)}"'}


def _blocks(file: IO[bytes]) -> Iterator[bytes]:
    with file:
        while block := file.read(_BLOCK):
            yield block
