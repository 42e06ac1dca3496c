"""Stages: the folders of two desks, made once for each kind, and copies of them.

Copies lie in memory where the machine has such a folder: a kill knows no disk.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any, Final

import msgspec

from parley.application import channels
from parley.crypto import words
from parley.node import config as configs
from tests.crash.operations import Facts, opened
from tests.support.engines import ENGINE
from tests.support.pair import START, Pair, founded

_MEMORY: Final = Path("/dev/shm")  # noqa: S108 - a folder of our own is made there


@contextmanager
def memory() -> Iterator[Path]:
    """A folder for short-lived desks."""
    where = _MEMORY if _MEMORY.is_dir() else None
    folder = Path(tempfile.mkdtemp(prefix="parley-crash-", dir=where))
    try:
        yield folder
    finally:
        shutil.rmtree(folder)


class Stages:
    """Makes stages below ``folder``, on the engine that is chosen, as long as ``stack`` lasts."""

    def __init__(self, folder: Path, stack: ExitStack) -> None:
        self._folder = folder
        self._stack = stack
        self._facts: dict[str, Facts] = {}

    def of(self, kind: str) -> tuple[Path, Facts]:
        """The stage of a kind, and its facts.

        ``channel``: two desks with a channel at rest. ``letters``: two, of which only the right one
        has accepted the other's letter. ``alone``: the right one.
        """
        folder = self._folder / kind
        if kind not in self._facts:
            facts: Facts = {"now": START}
            letters = self._stack.enter_context(founded(folder))
            if kind == "alone":
                shutil.rmtree(folder / "left")
            else:
                _open(folder, facts, letters, both=kind == "channel")
            self._facts[kind] = facts
        return folder, dict(self._facts[kind])


def _open(folder: Path, facts: Facts, letters: tuple[Any, Any], *, both: bool) -> None:
    """Open the channel, from both sides or from the right one alone."""
    with opened(folder, facts) as stage:
        desks = [(stage.right, letters[0])] + ([(stage.left, letters[1])] if both else [])
        for desk, letter in desks:
            channel = channels.accept(desk, letter.data, words.words(letter.party))
            facts["channel"] = channel.id
        if both:
            paths = (folder / "left", folder / "right")
            made = Pair(stage.left, stage.right, facts["channel"], stage.clock, paths)
            made.settle()


@contextmanager
def copied(template: Path, facts: Facts, folder: Path) -> Iterator[Facts]:
    """A copy of a stage in ``folder`` for as long as the block lasts; its facts.

    It is left there where the block fails. Where the left desk is still to be founded, the facts
    say with which database.
    """
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(template, folder)
    given = dict(facts)
    with ExitStack() as databases:
        for side in ("left", "right"):
            if not (folder / side).exists():
                given["section"] = databases.enter_context(ENGINE.section())
                continue
            config = configs.load(folder / side)
            section = databases.enter_context(ENGINE.copy(config.desk))
            if section != config.desk:
                changed = msgspec.structs.replace(config, desk=section)
                (folder / side / configs.FILE_NAME).write_text(configs.render(changed), "utf-8")
        yield given
    shutil.rmtree(folder)
