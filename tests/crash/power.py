"""A power cut: what was not synced is gone, wholly or in part.

The folder of the desks is kept twice: as it is, and as a disk would have it that writes nothing
before it must. A file's content is on that disk as of its last sync; a name is there once its
folder was synced. SQLite syncs the folder of a log or journal with that file's first sync (the
directory sync of os_unix.c); so it stands here.
"""

from __future__ import annotations

import os
import random
import shutil
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, NamedTuple

from tests.crash import seams
from tests.crash.seams import Write

_SECTOR: Final = 512
_NOT_KEPT: Final = "-shm"
"""SQLite's index of its log: in memory, whatever its name says."""


class Cut(NamedTuple):
    """What would be left if the power went right after ``write``: content by path.

    ``files`` says which paths are names of one file.
    """

    write: Write
    left: dict[str, bytes]
    files: dict[str, int]


@dataclass
class Disk:
    """What a disk holds below ``folder``, while writes pass by.

    Files have numbers of ours. ``now`` says which stands where, ``names`` which one on the disk;
    ``files`` is their content there. ``unsynced`` are writes since a file's last sync: (offset,
    data), or (size, none) for a truncation. ``fresh`` are files of SQLite without a sync so far.
    """

    folder: Path
    chance: random.Random
    now: dict[str, int] = field(default_factory=dict)
    names: dict[str, int] = field(default_factory=dict)
    files: dict[int, bytes] = field(default_factory=dict)
    unsynced: dict[int, list[tuple[int, bytes | None]]] = field(default_factory=dict)
    fresh: set[str] = field(default_factory=set)
    cuts: list[Cut] = field(default_factory=list)
    _last: int = 0

    def __post_init__(self) -> None:
        for path in self.folder.rglob("*"):
            if path.is_file():
                self.files[self._number(str(path))] = path.read_bytes()
        self.names = dict(self.now)

    def __call__(self, write: Write, do: Callable[[], Any]) -> Any:
        """Carry a write out, note what the disk has after it, and what a cut would leave."""
        if write.layer == "sql" or write.place.endswith(_NOT_KEPT):
            return do()
        result = do()
        with seams.unwatched():
            self._note(write)
        for least in (True, False):
            self.cuts.append(Cut(write, self._left(least=least), dict(self.names)))
        return result

    def _number(self, path: str) -> int:
        if path not in self.now:
            self._last += 1
            self.now[path] = self._last
        return self.now[path]

    def _note(self, write: Write) -> None:
        path, target = write.place, write.target
        match write.kind:
            case "write":
                self.unsynced.setdefault(self._number(path), []).append((write.offset, write.data))
            case "truncate":
                self.unsynced.setdefault(self._number(path), []).append((write.offset, None))
            case "open" | "open-database":
                if path not in self.now and write.kind == "open" and write.layer == "disk":
                    self.fresh.add(path)
                self._number(path)
            case "replace" | "rename":
                self.now[target] = self.now.pop(path)
            case "link":
                self.now[target] = self.now[path]
            case "unlink" | "remove" | "delete":
                self.now.pop(path, None)
            case "sync" | "fsync":
                if os.path.isdir(path):  # noqa: PTH112 - a descriptor's path, as it was given
                    self._sync_folder(path)
                else:
                    self._sync_file(path)

    def _sync_file(self, path: str) -> None:
        number = self._number(path)
        self.files[number] = Path(path).read_bytes()
        self.unsynced.pop(number, None)
        if path in self.fresh:
            self.fresh.discard(path)
            self._sync_folder(os.path.dirname(path))  # noqa: PTH120 - as above

    def _sync_folder(self, folder: str) -> None:
        """The names in a folder are on the disk, and none else."""
        elsewhere = {name: one for name, one in self.names.items() if _parent(name) != folder}
        here = {name: one for name, one in self.now.items() if _parent(name) == folder}
        self.names = {**elsewhere, **here}

    def _left(self, *, least: bool) -> dict[str, bytes]:
        """What is left: nothing that was not synced, or some of it."""
        left: dict[str, bytes] = {}
        for name, number in self.names.items():
            content = bytearray(self.files.get(number, b""))
            for offset, data in () if least else self.unsynced.get(number, ()):
                self._maybe(content, offset, data)
            left[name] = bytes(content)
        return left

    def _maybe(self, content: bytearray, offset: int, data: bytes | None) -> None:
        """A write that was under way has come through, or in part, sector by sector, or not."""
        if data is None:
            if self.chance.random() < 0.5:
                del content[offset:]
            return
        fate = self.chance.random()
        for start in range(0, len(data), _SECTOR):
            if fate < 0.4 or (fate < 0.7 and self.chance.random() < 0.5):
                part = data[start : start + _SECTOR]
                end = offset + start + len(part)
                content.extend(bytes(max(0, end - len(content))))
                content[offset + start : end] = part


def restore(cut: Cut, folder: Path) -> None:
    """Put what a cut has left in place of all that is below ``folder``."""
    shutil.rmtree(folder)
    folder.mkdir()
    first: dict[int, Path] = {}
    for name, content in cut.left.items():
        path = Path(name)
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        known = first.setdefault(cut.files[name], path)
        if known != path:
            path.hardlink_to(known)
            continue
        path.write_bytes(content)
        path.chmod(0o600)


def _parent(path: str) -> str:
    return path.rpartition(os.sep)[0]
