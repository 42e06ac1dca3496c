"""A log as files for other people's tools: the layout of C2SP tlog-tiles.

``checkpoint``, ``tile/<level>/<index>`` with 256 hashes each (the last one of a level has a width
behind it), and ``tile/entries/<index>`` with 256 statements, each behind its length in two bytes. A
statement has at most 16,384 bytes, so that it fits. Bodies are not leaves, and are not there.

What is full never changes, so that a later export adds to the same folder. The checkpoint is
written last: whoever reads the folder meanwhile finds all that it names.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Final, NamedTuple

from parley.crypto import checkpoint
from parley.crypto.merkle import node_hash
from parley.kernel import limits
from parley.kernel.errors import ParleyError
from parley.kernel.reasons import Reason
from parley.store.files import written
from parley.store.log import Entry

WIDTH: Final = 256
_LENGTH_BYTES: Final = 2
_STEP: Final = 1000
_CHECKPOINT: Final = "checkpoint"

Progress = Callable[[int], None]
"""Called with the number of statements written so far."""


class Exported(NamedTuple):
    """What a folder holds now: leaves, and files that were written or were there already."""

    size: int
    written: int
    kept: int


def path(level: str, index: int, width: int = WIDTH) -> str:
    """The path of a tile: ``tile/0/x001/x234/067`` or ``tile/entries/000.p/17``."""
    parts = [f"{index % _STEP:03d}"]
    while index >= _STEP:
        index //= _STEP
        parts.insert(0, f"x{index % _STEP:03d}")
    suffix = "" if width == WIDTH else f".p/{width}"
    return f"tile/{level}/{'/'.join(parts)}{suffix}"


def export(folder: Path, note: str, entries: Iterable[Entry], progress: Progress) -> Exported:
    """Write the log whose checkpoint is ``note`` into ``folder``, or add to what is there.

    :param entries: as many statements as the checkpoint says, in the order of the log.
    :raises ParleyError: ``tiles-differ`` where another log's files are there; ``root-wrong`` where
        the statements do not give the checkpoint's root; nothing is said in its name then.
    """
    signed = checkpoint.parse_note(note.encode(), limit=checkpoint.NOTE_BYTES)[0]
    writer = _Writer(folder, signed.origin)
    for count, entry in enumerate(entries, 1):
        writer.add(entry)
        if count % WIDTH == 0:
            progress(count)
    if (writer.size, writer.finish()) != (signed.size, signed.root):
        raise ParleyError(Reason.ROOT_WRONG, size=signed.size)
    with written(folder / _CHECKPOINT) as file:
        file.write(note.encode())
    progress(writer.size)
    return Exported(writer.size, writer.written, writer.kept)


class _Writer:
    """Cuts a log into tiles. In memory are one tile of each level and one bundle of statements."""

    def __init__(self, folder: Path, origin: str) -> None:
        self._folder = folder
        self._levels: list[list[bytes]] = [[]]
        self._counts = [0]
        self._bundle: list[bytes] = []
        self.size = self.written = self.kept = 0
        before = folder / _CHECKPOINT
        if before.exists():
            known = checkpoint.parse_note(before.read_bytes())[0]
            if known.origin != origin:
                raise ParleyError(Reason.TILES_DIFFER)
        elif folder.exists() and any(folder.iterdir()) and not (folder / "tile").is_dir():
            raise ParleyError(Reason.FOLDER_NOT_EMPTY, folder=str(folder))

    def add(self, entry: Entry) -> None:
        """Take the next statement."""
        if len(entry.data) > limits.STATEMENT_BYTES:
            raise ParleyError(Reason.TOO_LARGE, size=len(entry.data), limit=limits.STATEMENT_BYTES)
        self._bundle.append(len(entry.data).to_bytes(_LENGTH_BYTES, "big") + entry.data)
        if len(self._bundle) == WIDTH:
            self._put(path("entries", self.size // WIDTH), b"".join(self._bundle))
            self._bundle.clear()
        self.size += 1
        self._add(0, entry.leaf)

    def finish(self) -> bytes:
        """Write what is not full, and give the root."""
        if self._bundle:
            name = path("entries", self.size // WIDTH, len(self._bundle))
            self._put(name, b"".join(self._bundle))
        right: bytes | None = None
        for level, hashes in enumerate(self._levels):
            if hashes:
                name = path(str(level), self._counts[level], len(hashes))
                self._put(name, b"".join(hashes))
                # Perfect subtrees stand on the left of what the levels below have.
                for node in reversed(_peaks(hashes)):
                    right = node if right is None else node_hash(node, right)
        return right if right is not None else b""

    def _add(self, level: int, node: bytes) -> None:
        if level == len(self._levels):
            self._levels.append([])
            self._counts.append(0)
        hashes = self._levels[level]
        hashes.append(node)
        if len(hashes) == WIDTH:
            self._put(path(str(level), self._counts[level]), b"".join(hashes))
            self._counts[level] += 1
            top = _peaks(hashes)[0]
            hashes.clear()
            self._add(level + 1, top)

    def _put(self, name: str, data: bytes) -> None:
        """Write a file that never changes, or find it there.

        :raises ParleyError: ``tiles-differ``.
        """
        target = self._folder / name
        if target.exists():
            if target.read_bytes() != data:
                raise ParleyError(Reason.TILES_DIFFER)
            self.kept += 1
            return
        target.parent.mkdir(parents=True, exist_ok=True)
        with written(target) as file:
            file.write(data)
        self.written += 1


def _peaks(hashes: list[bytes]) -> list[bytes]:
    """The roots of the perfect subtrees over ``hashes``, the largest first."""
    peaks: list[tuple[int, bytes]] = []
    for node in hashes:
        height, result = 0, node
        while peaks and peaks[-1][0] == height:
            result = node_hash(peaks.pop()[1], result)
            height += 1
        peaks.append((height, result))
    return [node for _, node in peaks]
