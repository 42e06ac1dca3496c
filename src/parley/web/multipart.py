"""What a form with a file in it sends (RFC 7578), read as it comes: strict, bounded, in pieces."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final, NamedTuple

from parley.kernel.errors import ParleyError
from parley.kernel.reasons import Reason

PARTS: Final = 32
HEAD_BYTES: Final = 2_048
TEXT_BYTES: Final = 4_096
"""A field that is no file; longer texts come by forms of the other kind."""

_TYPE: Final = "multipart/form-data"
_BOUNDARY: Final = re.compile(r'boundary="?([A-Za-z0-9\'()+_,./:=?-]{1,70})"?', re.ASCII)
_DISPOSITION: Final = re.compile(
    rb'form-data; *name="([A-Za-z0-9_-]{1,64})"(; *filename="([^"\r\n]{0,1024})")?', re.IGNORECASE
)
_HEADERS: Final = frozenset({b"content-disposition", b"content-type"})
_END_OF_HEAD: Final = b"\r\n\r\n"


class Began(NamedTuple):
    """A part begins: the field of the form that it is for, and whether it is a file.

    ``file_name`` is what the browser calls the file: anything.
    """

    name: str
    is_file: bool
    file_name: str = ""


Event = Began | bytes
"""A part begins, or a piece of the part that began last."""


def boundary(content_type: str) -> bytes:
    """The boundary between the parts, from the header Content-Type of the request.

    :raises ParleyError: ``form-invalid`` where the body is of another kind.
    """
    kind, _, rest = content_type.partition(";")
    found = _BOUNDARY.fullmatch(rest.strip())
    if kind.strip().lower() != _TYPE or found is None:
        raise _invalid()
    return found[1].encode()


class Parser:
    """Takes a body apart. It holds no more of it than what may be the start of a boundary."""

    def __init__(self, boundary: bytes) -> None:
        self._delimiter = b"\r\n--" + boundary
        # The first boundary has no line before it.
        self._data = b"\r\n"
        self._step = self._find_first
        self._parts = 0
        self._ended = False

    def feed(self, data: bytes) -> Iterator[Event]:
        """What the next piece of the body brings.

        :raises ParleyError: ``form-invalid``.
        """
        self._data += data
        while (events := self._step()) is not None:
            yield from events

    def close(self) -> None:
        """The body is over.

        :raises ParleyError: ``form-invalid`` where it breaks off.
        """
        if not self._ended:
            raise _invalid()

    def _find_first(self) -> list[Event] | None:
        if len(self._data) < len(self._delimiter):
            return None
        if not self._data.startswith(self._delimiter):
            raise _invalid()
        self._data = self._data[len(self._delimiter) :]
        self._step = self._after_boundary
        return []

    def _after_boundary(self) -> list[Event] | None:
        """Another part follows a boundary, or the end."""
        if len(self._data) < 2:
            return None
        mark, self._data = self._data[:2], self._data[2:]
        if mark == b"\r\n":
            self._parts += 1
            if self._parts > PARTS:
                raise _invalid()
            self._step = self._head
        elif mark == b"--":
            self._ended = True
            self._step = self._rest
        else:
            raise _invalid()
        return []

    def _head(self) -> list[Event] | None:
        end = self._data.find(_END_OF_HEAD)
        if end < 0 or end > HEAD_BYTES:
            if len(self._data) > HEAD_BYTES + len(_END_OF_HEAD):
                raise _invalid()
            return None
        head, self._data = self._data[:end], self._data[end + len(_END_OF_HEAD) :]
        self._step = self._content
        return [_began(head)]

    def _content(self) -> list[Event] | None:
        end = self._data.find(self._delimiter)
        if end >= 0:
            piece, self._data = self._data[:end], self._data[end + len(self._delimiter) :]
            self._step = self._after_boundary
            return [piece]
        keep = len(self._delimiter) - 1
        if len(self._data) <= keep:
            return None
        piece, self._data = self._data[:-keep], self._data[-keep:]
        return [piece]

    def _rest(self) -> list[Event] | None:
        """Nothing comes after the end but the end of its line."""
        if self._data not in (b"", b"\r", b"\r\n"):
            raise _invalid()
        return None


class Fields:
    """Keeps the texts of a form, and hands on what belongs to its files."""

    def __init__(self, content_type: str) -> None:
        self._parser = Parser(boundary(content_type))
        self._texts: list[tuple[str, bytearray]] = []
        self._part = Began("", False)

    def feed(self, data: bytes) -> Iterator[Event]:
        """What the next piece of the body brings of files.

        :raises ParleyError: ``form-invalid``, ``too-large`` for a text.
        """
        for event in self._parser.feed(data):
            if isinstance(event, Began):
                self._part = event
                if not event.is_file:
                    self._texts.append((event.name, bytearray()))
            if self._part.is_file:
                yield event
            elif isinstance(event, bytes):
                text = self._texts[-1][1]
                text += event
                bound(len(text), TEXT_BYTES)

    def close(self) -> None:
        """The body is over.

        :raises ParleyError: ``form-invalid`` where it breaks off, or a text is none.
        """
        self._parser.close()
        try:
            for _name, text in self._texts:
                text.decode()
        except UnicodeDecodeError as error:
            raise _invalid() from error

    @property
    def texts(self) -> list[tuple[str, str]]:
        """Names and texts of the other fields, in order, as far as they have come."""
        return [(name, text.decode(errors="replace")) for name, text in self._texts]


def bound(size: int, limit: int) -> None:
    """Hold a size to its limit.

    :raises ParleyError: ``too-large``.
    """
    if size > limit:
        raise ParleyError(Reason.TOO_LARGE, size=size, limit=limit)


def _began(head: bytes) -> Began:
    found: dict[bytes, bytes] = {}
    for line in head.split(b"\r\n"):
        name, colon, value = line.partition(b":")
        key = name.lower()
        if not colon or key not in _HEADERS or key in found:
            raise _invalid()
        found[key] = value.strip(b" \t")
    said = _DISPOSITION.fullmatch(found.get(b"content-disposition", b""))
    if said is None:
        raise _invalid()
    file_name = (said[3] or b"").decode(errors="replace")
    return Began(said[1].decode("ascii"), said[2] is not None, file_name)


def _invalid() -> ParleyError:
    return ParleyError(Reason.FORM_INVALID, name="")
