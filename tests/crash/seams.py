"""Where a desk writes: every durable write passes an observer, which may let it fail or end us.

The product has no hook for this. What it writes goes through a few doors of others, and these are
watched from outside: the file functions of Python, the connections of the database's driver, and
the files of SQLite (:mod:`tests.crash.sqlite_io`). An audit hook of Python tells of any file that
was opened for writing past these doors.
"""

from __future__ import annotations

import builtins
import io
import os
import sqlite3
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any, Final, NamedTuple
from unittest import mock

import psycopg
from sqlalchemy import Engine, event

from parley.store import anchor

_WRITES: Final = ("INSERT", "UPDATE", "DELETE", "CREATE", "ALTER", "DROP", "BEGIN IMMEDIATE")
"""Statements of SQL that change something, or take the lock for it."""


class Write(NamedTuple):
    """One write. ``layer``: ``sql`` (statements, commits), ``file`` (Python), ``disk`` (SQLite).

    ``kind`` names the call, ``place`` the file, the table or the first words of the statement.
    ``target`` is the other name of a renaming. ``offset`` and ``data`` are what is written where.
    ``failure`` is what a driver raises where a statement fails.
    """

    layer: str
    kind: str
    place: str
    target: str = ""
    offset: int = 0
    data: bytes = b""
    failure: type[Exception] = OSError


Observer = Callable[[Write, Callable[[], Any]], Any]
"""Called for each write with what carries it out; it returns or raises in its place."""


class _Watch:
    """Who watches now: one process, one thread, one operation."""

    observer: Observer | None = None
    opened: set[str] | None = None


def through(write: Write, do: Callable[[], Any]) -> Any:
    """Have the observer see a write, where somebody watches."""
    observer = _Watch.observer
    return do() if observer is None else observer(write, do)


def watched() -> bool:
    """Whether somebody watches."""
    return _Watch.observer is not None


@contextmanager
def unwatched() -> Iterator[None]:
    """For an observer's own writes."""
    observer, _Watch.observer = _Watch.observer, None
    try:
        yield
    finally:
        _Watch.observer = observer


@contextmanager
def watching(observer: Observer) -> Iterator[None]:
    """Have ``observer`` see every write for as long as the block lasts."""
    assert _Watch.observer is None
    doors: list[tuple[Any, str, Any]] = [
        (os, "open", _open),
        (os, "fdopen", _fdopen),
        (os, "write", _write),
        (os, "pwrite", _pwrite),
        *((os, name, _fsync) for name in ("fsync", "fdatasync")),
        (anchor, "_sync", _fsync),
        (os, "ftruncate", _ftruncate),
        *((os, name, _moved(name, getattr(os, name))) for name in ("replace", "rename", "link")),
        *(
            (os, name, _named(name, getattr(os, name)))
            for name in ("unlink", "remove", "mkdir", "rmdir", "chmod", "truncate")
        ),
        (io, "open", _io_open),
        (builtins, "open", _io_open),
    ]
    with contextmanager(_patched)(doors):
        _Watch.observer = observer
        try:
            yield
        finally:
            _Watch.observer = None


def _patched(doors: list[tuple[Any, str, Any]]) -> Iterator[None]:
    patches = [mock.patch.object(where, name, door) for where, name, door in doors]
    for patch in patches:
        patch.start()
    try:
        yield
    finally:
        for patch in reversed(patches):
            patch.stop()


@contextmanager
def opened_for_writing() -> Iterator[set[str]]:
    """The paths of all files that Python opens for writing in the block, by whatever door."""
    if not _hooked:
        sys.addaudithook(_audit)
        _hooked.append(True)
    _Watch.opened = found = set()
    try:
        yield found
    finally:
        _Watch.opened = None


_hooked: list[bool] = []
_WRITING: Final = os.O_WRONLY | os.O_RDWR


def _audit(name: str, given: tuple[Any, ...]) -> None:
    if _Watch.opened is not None and name == "open" and isinstance(given[2], int):
        path, _mode, flags = given
        if flags & _WRITING and isinstance(path, str | bytes | os.PathLike):
            _Watch.opened.add(os.fsdecode(path))


# --- files of Python -----------------------------------------------------------------------------

_os_open, _os_fdopen, _os_write, _os_fsync = os.open, os.fdopen, os.write, os.fsync
_os_pwrite, _os_ftruncate = os.pwrite, os.ftruncate
_original_open = io.open

_paths: dict[int, str] = {}
"""Which file a descriptor was opened for."""


def _open(path: Any, flags: int, *rest: Any, **named: Any) -> int:
    def do() -> int:
        descriptor = _os_open(path, flags, *rest, **named)
        _paths[descriptor] = os.fsdecode(path)
        return descriptor

    if not flags & _WRITING:
        return do()
    return through(Write("file", "open", os.fsdecode(path)), do)


class _Raw(io.FileIO):
    """A file whose writes are seen one by one."""

    path = ""

    def write(self, data: Any) -> int:
        content = bytes(data)
        here = self.tell()
        write = Write("file", "write", self.path, offset=here, data=content)
        return int(through(write, lambda: super(_Raw, self).write(content)))

    def truncate(self, size: int | None = None) -> int:
        write = Write("file", "truncate", self.path, offset=self.tell() if size is None else size)
        return int(through(write, lambda: super(_Raw, self).truncate(size)))


def _fdopen(descriptor: int, mode: str = "r", buffering: int = -1, *rest: Any, **named: Any) -> Any:
    if mode.strip("bt") == "r":
        return _os_fdopen(descriptor, mode, buffering, *rest, **named)
    raw = _Raw(descriptor, mode.replace("b", "").replace("t", ""), **named)
    raw.path = _paths.get(descriptor, "?")
    return _buffered(raw, mode, buffering)


def _io_open(
    file: Any, mode: str = "r", buffering: int = -1, encoding: str | None = None, *rest: Any,
    **named: Any,
) -> Any:  # fmt: skip
    if mode.strip("bt") == "r" or not watched() or isinstance(file, int):
        return _original_open(file, mode, buffering, encoding, *rest, **named)
    path = os.fsdecode(file)

    def do() -> _Raw:
        raw = _Raw(path, mode.replace("b", "").replace("t", ""))
        raw.path = path
        _paths[raw.fileno()] = path
        return raw

    raw = through(Write("file", "open", path), do)
    return _buffered(raw, mode, buffering, encoding)


def _buffered(raw: _Raw, mode: str, buffering: int, encoding: str | None = None) -> Any:
    if buffering == 0:
        return raw
    size = io.DEFAULT_BUFFER_SIZE if buffering < 2 else buffering
    file = io.BufferedRandom(raw, size) if "+" in mode else io.BufferedWriter(raw, size)
    return file if "b" in mode else io.TextIOWrapper(file, encoding or "utf-8")


def _write(descriptor: int, data: Any) -> int:
    write = Write("file", "write", _path(descriptor), data=bytes(data))
    return int(through(write, lambda: _os_write(descriptor, data)))


def _pwrite(descriptor: int, data: Any, offset: int) -> int:
    write = Write("file", "write", _path(descriptor), offset=offset, data=bytes(data))
    return int(through(write, lambda: _os_pwrite(descriptor, data, offset)))


def _ftruncate(descriptor: int, size: int) -> None:
    write = Write("file", "truncate", _path(descriptor), offset=size)
    through(write, lambda: _os_ftruncate(descriptor, size))


def _path(descriptor: int) -> str:
    """Which file a descriptor was opened for, also where nobody watched then."""
    here = Path(f"/proc/self/fd/{descriptor}")
    return str(here.readlink()) if here.exists() else _paths.get(descriptor, "?")


def _fsync(descriptor: Any) -> None:
    number = descriptor if isinstance(descriptor, int) else descriptor.fileno()
    path = _path(number)
    through(Write("file", "fsync", path), lambda: _os_fsync(number))


def _moved(name: str, original: Callable[..., Any]) -> Callable[..., Any]:
    def moved(source: Any, target: Any, **named: Any) -> Any:
        write = Write("file", name, os.fsdecode(source), os.fsdecode(target))
        return through(write, lambda: original(source, target, **named))

    return moved


def _named(name: str, original: Callable[..., Any]) -> Callable[..., Any]:
    def named_(path: Any, *rest: Any, **named: Any) -> Any:
        write = Write("file", name, os.fsdecode(path))
        return through(write, lambda: original(path, *rest, **named))

    return named_


# --- SQL -----------------------------------------------------------------------------------------


class _Cursor(sqlite3.Cursor):
    """A cursor of SQLite whose statements are seen."""

    def execute(self, sql: str, *given: Any) -> _Cursor:
        do = partial(super().execute, sql, *given)
        return _executed(sql, sqlite3.OperationalError, do)

    def executemany(self, sql: str, rows: Any) -> _Cursor:
        do = partial(super().executemany, sql, rows)
        return _executed(sql, sqlite3.OperationalError, do)


class _Connection(sqlite3.Connection):
    """A connection to SQLite whose commits are seen."""

    def cursor(self, factory: Any = _Cursor) -> Any:
        return super().cursor(factory)

    def commit(self) -> None:
        _committed(sqlite3.OperationalError, super().commit)


class _ServerCursor(psycopg.Cursor[Any]):
    """A cursor of PostgreSQL whose statements are seen."""

    def execute(self, query: Any, *given: Any, **named: Any) -> Any:
        do = partial(super().execute, query, *given, **named)
        return _executed(query, psycopg.OperationalError, do)

    def executemany(self, query: Any, *given: Any, **named: Any) -> Any:
        do = partial(super().executemany, query, *given, **named)
        return _executed(query, psycopg.OperationalError, do)


class _ServerConnection(psycopg.Connection[Any]):
    """A connection to PostgreSQL whose commits are seen."""

    def __init__(self, *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        self.cursor_factory = _ServerCursor

    def commit(self) -> None:
        _committed(psycopg.OperationalError, super().commit)


@contextmanager
def connections() -> Iterator[None]:
    """Connections that SQLAlchemy opens in the block show what passes through them."""
    event.listen(Engine, "do_connect", _connect)
    try:
        yield
    finally:
        event.remove(Engine, "do_connect", _connect)


def _connect(dialect: Any, _record: Any, given: Any, named: dict[str, Any]) -> Any:
    if dialect.name == "sqlite":
        return dialect.connect(*given, **named, factory=_Connection)
    return _ServerConnection.connect(*given, **named)


def _executed(sql: Any, failure: type[Exception], do: Callable[[], Any]) -> Any:
    words = " ".join(str(sql).split()[:3])
    if not words.startswith(_WRITES):
        return do()
    return through(Write("sql", "execute", words, failure=failure), do)


def _committed(failure: type[Exception], do: Callable[[], Any]) -> None:
    through(Write("sql", "commit", "", failure=failure), do)
