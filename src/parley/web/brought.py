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
    fields = multipart.Fields(content_type)
    files: list[tuple[str, bytearray]] = []
    for event in fields.feed(data):
        if isinstance(event, Began):
            files.append((event.name, bytearray()))
            continue
        files[-1][1].extend(event)
        multipart.bound(len(files[-1][1]), limit)
    fields.close()
    return Form([(name, b64encode(file).decode()) for name, file in files] + fields.texts)


def file_in(form: Form, name: str) -> bytes:
    """The bytes of a file that came with a form, or that an earlier page of ours had carried on.

    :raises ParleyError: ``form-invalid``.
    """
    try:
        return b64decode(form.value(name), validate=True)
    except ValueError as error:
        raise ParleyError(Reason.FORM_INVALID, name=name) from error
