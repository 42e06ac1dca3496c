"""Files that leave the desk: as attachments, never shown by a browser."""

from __future__ import annotations

import re
import tempfile
import zipfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import IO, Final

from starlette.responses import Response, StreamingResponse

_BLOCK: Final = 1 << 16
_NAME_CHARACTERS: Final = 80
_OTHER: Final = re.compile(r"[^A-Za-z0-9._-]+", re.ASCII)
_SAFE: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}", re.ASCII)


def headers(name: str) -> dict[str, str]:
    """What an answer says that is a file called ``name`` (RFC 6266), of plain characters."""
    if not _SAFE.fullmatch(name):
        raise ValueError(name)
    return {
        "content-disposition": f'attachment; filename="{name}"',
        "content-security-policy": "sandbox; default-src 'none'",
    }


def attachment(data: bytes, name: str, kind: str = "application/octet-stream") -> Response:
    """``data`` as a file called ``name``."""
    return Response(data, media_type=kind, headers=headers(name))


def streamed(
    file: IO[bytes], size: int, name: str, kind: str = "application/octet-stream"
) -> Response:
    """What an open file holds, ``size`` bytes, as a file called ``name``; it is closed then."""
    said = {**headers(name), "content-length": str(size)}
    return StreamingResponse(_blocks(file), media_type=kind, headers=said)


def archive(files: Iterable[tuple[Path, str]], name: str) -> Response:
    """Files, each under a name of its own, as one archive called ``name``; none of it stays."""
    file = tempfile.TemporaryFile()  # noqa: SIM115 - closed when it has been sent
    with zipfile.ZipFile(file, "w", zipfile.ZIP_STORED) as made:
        for path, inside in files:
            made.write(path, inside)
    size = file.tell()
    file.seek(0)
    return streamed(file, size, name, "application/zip")


def named(*parts: object) -> str:
    """A name for a file, of plain characters, whatever stands in its parts."""
    text = _OTHER.sub("-", "-".join(map(str, parts)))
    return text.strip("-._")[:_NAME_CHARACTERS] or "parley"


def _blocks(file: IO[bytes]) -> Iterator[bytes]:
    with file:
        while block := file.read(_BLOCK):
            yield block
