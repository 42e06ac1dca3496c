"""Files that are whole or not there, and that stay once their writing has returned."""

from __future__ import annotations

import errno
import fcntl
import glob
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO, Final

_UNFINISHED: Final = ".unfinished-"
_NO_LINKS: Final = frozenset({errno.EPERM, errno.EOPNOTSUPP, errno.ENOSYS, errno.EMLINK})


@contextmanager
def written(path: Path, *, new: bool = False, buffering: int = -1) -> Iterator[BinaryIO]:
    """A file to write to, that stands at ``path`` once the block has ended without an error.

    Readable by its owner alone, synced to disk, and so is its name. ``new``: never in place of one
    that is there.

    :raises FileExistsError: with ``new`` where there is one already.
    """
    sweep(path.parent, path.name)
    temporary = path.with_name(f".{path.name}{_UNFINISHED}{secrets.token_hex(4)}")
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "wb", buffering) as file:
            # Tells sweep that somebody is at it. Where there are no locks, sweep removes nothing.
            with suppress(OSError):
                fcntl.flock(file, fcntl.LOCK_EX)
            yield file
            file.flush()
            os.fsync(file.fileno())
            if new:
                _put_new(temporary, path)
            else:
                temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)
    sync_folder(path.parent)


def _put_new(temporary: Path, path: Path) -> None:
    """Give a file a name that nothing has."""
    try:
        path.hardlink_to(temporary)
    except FileExistsError:
        raise
    except OSError as error:
        if error.errno not in _NO_LINKS:
            raise
        # A stick: its file system knows one name for a file.
        if os.path.lexists(path):
            raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), str(path)) from error
        temporary.replace(path)


def write_durably(path: Path, data: bytes, *, new: bool = False) -> None:
    """Put ``data`` in place as :func:`written` does; folders above are made where they lack."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with written(path, new=new) as file:
        file.write(data)


def remove_durably(path: Path) -> None:
    """Remove a file, and have it gone from the disk."""
    path.unlink()
    sync_folder(path.parent)


def shred(path: Path) -> None:
    """Overwrite a small file where it lies, and remove it.

    What a disk keeps beside is beyond this: docs/erasure.md says so.
    """
    try:
        with path.open("r+b") as file:
            file.write(secrets.token_bytes(path.stat().st_size))
            file.flush()
            os.fsync(file.fileno())
        path.unlink()
    except FileNotFoundError:
        return


def sync_folder(folder: Path) -> None:
    """Have the names in a folder on disk."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    except OSError as error:
        # Some file systems have no such thing for folders: they do it by themselves.
        if error.errno != errno.EINVAL:
            raise
    finally:
        os.close(descriptor)


def sweep(folder: Path, name: str = "*") -> None:
    """Remove from ``folder`` what :func:`written` had begun when its process was ended.

    What a living process is writing is locked, and stays. ``name``: only what was to stand there.
    """
    pattern = name if name == "*" else glob.escape(name)
    for path in folder.glob(f".{pattern}{_UNFINISHED}*"):
        with suppress(OSError), path.open("rb") as file:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            path.unlink()
