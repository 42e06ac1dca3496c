"""The files of SQLite, write by write: its I/O methods with ours in between, by ctypes.

``xOpen`` of the standard VFS is replaced by one that gives every opened file a table of methods in
which ``xWrite``, ``xTruncate`` and ``xSync`` are ours; they tell the observer of
:mod:`tests.crash.seams` and call the originals. So is ``xDelete``. Source: sqlite3.h, where
``sqlite3_vfs`` and ``sqlite3_io_methods`` are part of SQLite's stable interface.
"""

from __future__ import annotations

import _sqlite3
import ctypes
import sqlite3
from ctypes import CFUNCTYPE, POINTER, Structure, c_char_p, c_int, c_int64, c_void_p
from typing import Any, Final

from tests.crash import seams
from tests.crash.seams import Write

FULL: Final = 13
"""SQLITE_FULL: the disk is full."""
IO_ERRORS: Final = {"write": 778, "sync": 1034, "truncate": 1546, "delete": 2570, "open": 14}
"""SQLITE_IOERR_WRITE and its like; SQLITE_CANTOPEN."""

_CREATE, _MAIN_DATABASE, _MAIN_JOURNAL, _WAL = 0x4, 0x100, 0x800, 0x80000

_XOpen = CFUNCTYPE(c_int, c_void_p, c_void_p, c_void_p, c_int, c_void_p)
_XDelete = CFUNCTYPE(c_int, c_void_p, c_char_p, c_int)
_XWrite = CFUNCTYPE(c_int, c_void_p, c_void_p, c_int, c_int64)
_XTruncate = CFUNCTYPE(c_int, c_void_p, c_int64)
_XSync = CFUNCTYPE(c_int, c_void_p, c_int)


class _Vfs(Structure):
    _fields_ = (
        ("iVersion", c_int),
        ("szOsFile", c_int),
        ("mxPathname", c_int),
        ("pNext", c_void_p),
        ("zName", c_char_p),
        ("pAppData", c_void_p),
        ("xOpen", _XOpen),
        ("xDelete", _XDelete),
    )


class _Methods(Structure):
    _fields_ = (
        ("iVersion", c_int),
        ("xClose", c_void_p),
        ("xRead", c_void_p),
        ("xWrite", _XWrite),
        ("xTruncate", _XTruncate),
        ("xSync", _XSync),
        ("rest", c_void_p * 14),
    )


class _File(Structure):
    _fields_ = (("pMethods", c_void_p),)


class DiskError(Exception):
    """A write of SQLite's is to fail with ``code``."""

    def __init__(self, code: int) -> None:
        super().__init__(code)
        self.code = code


class _Shim:
    """Stands between SQLite and the files of this process, from its making to the end."""

    def __init__(self, library: Any) -> None:
        library.sqlite3_vfs_find.restype = POINTER(_Vfs)
        library.sqlite3_vfs_find.argtypes = (c_char_p,)
        vfs = library.sqlite3_vfs_find(None).contents
        self._names: dict[int, str] = {}
        self._tables: dict[int, tuple[_Methods, _Methods]] = {}
        self._ours = (_XWrite(self._write), _XTruncate(self._truncate), _XSync(self._sync))
        # Copies of the pointers: the structure's own are replaced below.
        self._open_before = _XOpen(ctypes.cast(vfs.xOpen, c_void_p).value or 0)
        self._delete_before = _XDelete(ctypes.cast(vfs.xDelete, c_void_p).value or 0)
        self._opener, self._deleter = _XOpen(self._open), _XDelete(self._delete)
        vfs.xOpen, vfs.xDelete = self._opener, self._deleter

    def _open(self, vfs: int, name: int, file: int, flags: int, out: int) -> int:
        path = ctypes.string_at(name).decode() if name else "?"

        def do() -> int:
            result = int(self._open_before(vfs, name, file, flags, out))
            if result == 0:
                self._names[file] = path
                self._watch(file)
            return result

        kinds = _MAIN_DATABASE | _MAIN_JOURNAL | _WAL
        if not (flags & _CREATE and flags & kinds and seams.watched()):
            return do()
        # The directory of a journal or a log is synced with its first sync, never a database's.
        kind = "open-database" if flags & _MAIN_DATABASE else "open"
        return self._through(Write("disk", kind, path), do)

    def _watch(self, file: int) -> None:
        """Give an opened file our methods."""
        handle = _File.from_address(file)
        original = handle.pMethods
        if original is None:
            return
        if original not in self._tables:
            before = _Methods.from_address(original)
            table = _Methods.from_buffer_copy(before)
            table.xWrite, table.xTruncate, table.xSync = self._ours
            self._tables[ctypes.addressof(table)] = self._tables[original] = (before, table)
        handle.pMethods = ctypes.addressof(self._tables[original][1])

    def _before(self, file: int) -> _Methods:
        return self._tables[_File.from_address(file).pMethods or 0][0]

    def _write(self, file: int, data: int, amount: int, offset: int) -> int:
        before = self._before(file)
        if not seams.watched():
            return int(before.xWrite(file, data, amount, offset))
        content = ctypes.string_at(data, amount)
        write = Write("disk", "write", self._names[file], offset=offset, data=content)
        return self._through(write, lambda: int(before.xWrite(file, data, amount, offset)))

    def _truncate(self, file: int, size: int) -> int:
        before = self._before(file)
        write = Write("disk", "truncate", self._names[file], offset=size)
        return self._through(write, lambda: int(before.xTruncate(file, size)))

    def _sync(self, file: int, flags: int) -> int:
        before = self._before(file)
        write = Write("disk", "sync", self._names[file])
        return self._through(write, lambda: int(before.xSync(file, flags)))

    def _delete(self, vfs: int, name: bytes, sync: int) -> int:
        write = Write("disk", "delete", name.decode())
        return self._through(write, lambda: int(self._delete_before(vfs, name, sync)))

    @staticmethod
    def _through(write: Write, do: Any) -> int:
        try:
            return int(seams.through(write, do))
        except DiskError as error:
            return error.code


_shims: list[_Shim | None] = []


def installed() -> bool:
    """Stand between SQLite and its files; false where this Python's SQLite cannot be reached.

    A Python that has SQLite built in (and not as a library) keeps its functions to itself.
    """
    if not _shims:
        library = ctypes.CDLL(getattr(_sqlite3, "__file__", None))
        reachable = hasattr(library, "sqlite3_vfs_find")
        _shims.append(_Shim(library) if reachable else None)
        sqlite3.connect(":memory:").close()
    return _shims[0] is not None
