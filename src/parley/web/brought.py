"""A small file that somebody brings with a form, such as a letter: read whole, stored nowhere."""

from __future__ import annotations

from base64 import b64decode, b64encode
from typing import TYPE_CHECKING, Final

from parley.kernel.errors import ParleyError
from parley.kernel.reasons import Reason
from parley.web import multipart
from parley.web.form import Form, bounded
from parley.web.multipart import Began

if TYPE_CHECKING:
    from starlette.requests import Request

    from parley.web.page import Reader

_ABOUT: Final = 16 * 1024
"""What the other fields, and the boundaries, take beside the file."""


def reader(limit: int) -> Reader:
    """Reads forms with one file of ``limit`` bytes at most; it comes as a field in base64."""

    async def received(request: Request) -> Form:
        data = await bounded(request, limit + _ABOUT)
        return parse(data, request.headers.get("content-type", ""), limit)

    return received


def parse(data: bytes, content_type: str, limit: int) -> Form:
    """A form as browsers send one with a file.

    :raises ParleyError: ``form-invalid``, ``too-large``.
    """
    parser = multipart.Parser(multipart.boundary(content_type))
    fields: dict[str, bytearray] = {}
    files: set[str] = set()
    name = ""
    for event in parser.feed(data):
        if isinstance(event, Began):
            name = event.name
            fields[name] = bytearray()
            files |= {name} if event.is_file else set()
        else:
            fields[name] += event
    parser.close()
    return Form([(name, _text(name, bytes(value), files, limit)) for name, value in fields.items()])


def file_in(form: Form, name: str) -> bytes:
    """The bytes of a file that came with a form, or that an earlier page of ours had carried on.

    :raises ParleyError: ``form-invalid``.
    """
    try:
        return b64decode(form.value(name), validate=True)
    except ValueError as error:
        raise ParleyError(Reason.FORM_INVALID, name=name) from error


def _text(name: str, value: bytes, files: set[str], limit: int) -> str:
    if name in files:
        if len(value) > limit:
            raise ParleyError(Reason.TOO_LARGE, size=len(value), limit=limit)
        return b64encode(value).decode()
    try:
        return value.decode()
    except UnicodeDecodeError as error:
        raise ParleyError(Reason.FORM_INVALID, name=name) from error
