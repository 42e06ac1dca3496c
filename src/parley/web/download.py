"""Files that leave the desk: as attachments, never shown by a browser."""

from __future__ import annotations

import re
from typing import Final

from starlette.responses import Response

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
