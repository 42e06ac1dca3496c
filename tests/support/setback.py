"""Two desks of which either can be stopped, set back to an older copy of its database, and started.

The anchors can go back with it, as they do when a whole disk does, or be lost.
"""

from __future__ import annotations

import pickle
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import AbstractContextManager, closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from parley.application.desk import Desk
from parley.node import config as configs
from parley.node import desk as desks
from tests.support import postgres
from tests.support.pair import PASSPHRASE, Pair, founded, reopened

SIDES = ("left", "right")


@dataclass
class SetBack:
    """A pair, and copies of either side's database and anchors."""

    pair: Pair
    folder: Path
    opened: dict[str, AbstractContextManager[Desk]] = field(default_factory=dict)
    copies: int = 0

    def desk(self, side: str) -> Desk:
        """The desk of one side, as it runs now."""
        return self.pair.left if side == "left" else self.pair.right

    def copy(self, side: str) -> Path:
        """Copy database and anchors as they stand; the desk may run."""
        self.copies += 1
        target = self.folder / f"copy-{self.copies}"
        target.mkdir()
        database = configs.load(self.folder / side).desk.database
        if "://" in database:
            (target / "rows").write_bytes(pickle.dumps(postgres.rows(database)))
        else:
            with (
                closing(sqlite3.connect(self.folder / side / database)) as source,
                closing(sqlite3.connect(target / database)) as copied,
            ):
                source.backup(copied)
        shutil.copytree(self.folder / side / "anchor", target / "anchor")
        return target

    def stop(self, side: str) -> None:
        """End a desk."""
        self.opened.pop(side).__exit__(None, None, None)

    def start(self, side: str) -> Desk:
        """Start a desk on what lies in its folder."""
        context = desks.opened(self.folder / side, PASSPHRASE, clock=self.pair.clock)
        desk = context.__enter__()
        self.opened[side] = context
        setattr(self.pair, side, desk)
        return desk

    def back(self, side: str, copy: Path, *, anchors: str = "kept") -> Desk:
        """Set a desk back to ``copy`` and start it.

        ``anchors``: ``kept`` as they are, ``back`` with the database, or ``lost``.
        """
        self.stop(side)
        folder = self.folder / side
        if (copy / "rows").exists():
            rows = pickle.loads((copy / "rows").read_bytes())  # noqa: S301 - ours
            postgres.put_back(configs.load(folder).desk.database, rows)
        else:
            for name in ("desk.db", "desk.db-wal", "desk.db-shm"):
                (folder / name).unlink(missing_ok=True)
            shutil.copy(copy / "desk.db", folder / "desk.db")
        if anchors != "kept":
            shutil.rmtree(folder / "anchor")
            (folder / "anchor").mkdir()
        if anchors == "back":
            shutil.copytree(copy / "anchor", folder / "anchor", dirs_exist_ok=True)
        return self.start(side)


@contextmanager
def set_back(folder: Path) -> Iterator[SetBack]:
    """Two desks at rest, each in a context of its own."""
    with founded(folder) as letters:
        with reopened(folder, letters) as made:
            made.settle()
            clock, channel_id, folders = made.clock, made.channel_id, made.folders
        again = SetBack(Pair(made.left, made.right, channel_id, clock, folders), folder)
        for side in SIDES:
            again.start(side)
        try:
            again.pair.settle()
            yield again
        finally:
            for side in list(again.opened):
                again.stop(side)
