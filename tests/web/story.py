"""Two desks that have lived through the whole story, in one process and in some seconds.

The acts are those of ``parley demo``, through the same officers' hands; frames go from desk to desk
directly. A copy of the folder is a pair of desks of one's own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import cast

from parley.application import channels
from parley.cli.demo import replay
from parley.cli.demo.processes import Place, Supervisor
from parley.cli.demo.stage import OFFICERS, PARTIES, Side, Stage
from parley.node import folder as folders
from parley.node.config import Config
from parley.node.folder import Founding
from parley.record.letter import Letter
from parley.story import events, illustration
from tests.support.pair import COSTS, NOWHERE, PASSPHRASE, SIDES, START, Pair, reopened
from tests.web import under_way


@dataclass(frozen=True)
class _Together(Stage):
    """A stage without processes: whoever waits delivers what is to be delivered."""

    pair: Pair

    def wait(self, step: str, condition: Callable[[], bool], seconds: float = 0) -> None:
        self.pair.settle()
        assert condition(), step


def build(folder: Path) -> None:
    """Make both desks below ``folder``, which is new; play the story, and begin what comes next."""
    folder.mkdir()
    found(folder)
    with stage(folder) as both:
        for _ in replay.play(both):
            both.pair.clock.now += 3600
        under_way.begin(both)


def found(folder: Path, right: Founding | None = None) -> None:
    """Make both desks below ``folder``, and open their channel.

    ``right``: what the right one says of itself, if not what it says in the story.
    """
    said = (founding(PARTIES[0]), right or founding(PARTIES[1]))
    letters = [_found(folder / side, one) for side, one in zip(SIDES, said, strict=True)]
    with reopened(folder, (letters[0], letters[1])) as pair:
        pair.settle()


def founding(code: str) -> Founding:
    """What the desk of a party says of itself in the story."""
    return Founding(
        code=code,
        names=dict(events.load().parties[code].versions()),
        offices=(dict(illustration.load().offices[code].versions()),),
        endpoints=(NOWHERE,),
        demonstration=True,
    )


def _found(folder: Path, said: Founding) -> Letter:
    return folders.found(
        folder, said, PASSPHRASE, config=Config(), officers=OFFICERS, now=START, costs=COSTS
    )


@contextmanager
def stage(folder: Path) -> Iterator[_Together]:
    """The stage of the demonstration over the desks below ``folder``."""
    with reopened(folder) as pair:
        yield staged(folder, pair)


def staged(folder: Path, pair: Pair) -> _Together:
    """The stage of the demonstration over two desks that are open."""
    sides = {}
    for code, path, desk in zip(PARTIES, pair.folders, (pair.left, pair.right), strict=True):
        side = Side(Place(code, path, path, path, 0, 0, 0), desk)
        side._channel = channels.find(desk, None)
        sides[code] = side
    nobody = cast("Supervisor", None)
    return _Together(folder, events.load(), illustration.load(), sides, nobody, pair)
