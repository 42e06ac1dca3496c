"""Files that a command reads and writes: bounded when read, never overwritten when written."""

from __future__ import annotations

import errno
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from parley.kernel.errors import ParleyError
from parley.kernel.reasons import Reason

STREAM: Final = Path("-")
"""Standard input or standard output in place of a file."""


def _check_name(path: Path) -> None:
    """Tell an option that was mistyped from a file, now that ``-`` may stand for one.

    :raises ParleyError: ``option-unknown``.
    """
    if str(path).startswith("-") and path != STREAM:
        raise ParleyError(Reason.OPTION_UNKNOWN, name=str(path), help="parley --help")


def read(path: Path, limit: int) -> bytes:
    """The bytes of a file of at most ``limit`` bytes.

    :raises ParleyError: ``file-missing``, ``file-unreadable``, ``too-large``.
    """
    _check_name(path)
    try:
        if path == STREAM:
            data = sys.stdin.buffer.read(limit + 1)
        else:
            with path.open("rb") as file:
                data = file.read(limit + 1)
    except FileNotFoundError as error:
        raise ParleyError(Reason.FILE_MISSING, path=str(path)) from error
    except OSError as error:
        raise ParleyError(Reason.FILE_UNREADABLE, path=str(path), fact=_fact(error)) from error
    if len(data) > limit:
        size = len(data) if path == STREAM else path.stat().st_size
        raise ParleyError(Reason.TOO_LARGE, size=size, limit=limit)
    return data


def check_new(path: Path) -> None:
    """Refuse to write over a file, before any work is done for it.

    :raises ParleyError: ``file-exists``; ``terminal-not-for-bytes`` for standard output where that
        is a terminal.
    """
    _check_name(path)
    if path == STREAM:
        if sys.stdout.isatty():
            raise ParleyError(Reason.TERMINAL_NOT_FOR_BYTES)
    elif os.path.lexists(path):
        raise ParleyError(Reason.FILE_EXISTS, path=str(path))


def write_new(path: Path, data: bytes) -> None:
    """Write a new file, whole or not at all; ``-`` is standard output.

    :raises ParleyError: ``file-exists``, ``file-unwritable``, ``terminal-not-for-bytes``.
    """
    # Loaded here: `parley --help` answers at once.
    from parley.store.files import written

    check_new(path)
    if path == STREAM:
        sys.stdout.flush()
        sys.stdout.buffer.write(data)
        sys.stdout.buffer.flush()
        return
    with writing(path):
        try:
            with written(path, new=True) as file:
                file.write(data)
        except FileExistsError as error:
            raise ParleyError(Reason.FILE_EXISTS, path=str(path)) from error


@contextmanager
def writing(path: Path) -> Iterator[None]:
    """Within it something writes ``path``.

    :raises ParleyError: ``file-unwritable`` for what the operating system refused.
    """
    try:
        yield
    except OSError as error:
        raise ParleyError(Reason.FILE_UNWRITABLE, path=str(path), fact=_fact(error)) from error


def _fact(error: OSError) -> str:
    return errno.errorcode.get(error.errno or 0, type(error).__name__)
