"""Two houses for commands: desks with cheap keys, in a folder that is the working folder."""

from __future__ import annotations

import contextlib
import functools
import io
import json
import os
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from parley.application import channels
from parley.cli import main as command
from parley.cli.main import main
from parley.crypto import words
from parley.node import desk as desks
from parley.node import folder as folders
from parley.node.config import Config, Listen
from parley.node.folder import Founding
from parley.record.letter import Letter
from tests.support.engines import ENGINE
from tests.support.pair import COSTS, OFFICERS, PASSPHRASE, Clock, Pair

_READING = {"case", "record", "dossier", "paper", "evidence", "quarantine"}
_REGISTERS = {("meeting", "register"), ("notice", "in-force")}
"""Commands that an officer gives; whoever is on duty, where a test names nobody."""

SIDES = {"left": "CSIRT Left", "right": "CSIRT Right"}

_built = functools.cache(command.build)


@dataclass(frozen=True)
class Result:
    """How a command ended, and what it printed."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """Standard output as JSON."""
        return json.loads(self.out)

    @property
    def error(self) -> dict[str, Any]:
        """The error on standard error as JSON."""
        error = json.loads(self.err)["error"]
        assert isinstance(error, dict)
        return error


class Houses:
    """Two desks below ``folder``, ``left`` and ``right`` if nothing else, and commands for them."""

    def __init__(self, folder: Path, sides: tuple[str, str] = ("left", "right")) -> None:
        self.folder = folder
        self.sides = sides
        self.letters: dict[str, Letter] = {}

    def found(self, side: str) -> Letter:
        """Make a desk, with the clock of this machine."""
        self.letters[side] = folders.found(
            self.folder / side,
            Founding(
                side.upper(),
                {"en": SIDES[side], "ru": f"Группа {side}", "ar": f"فريق {side}"},
                ({"en": "Duty desk", "ru": "Дежурная служба", "ar": "مكتب المناوبة"},),
                ("http://127.0.0.1:1",),
                demonstration=False,
            ),
            PASSPHRASE,
            config=Config(
                desk=ENGINE.section_of_test(),
                peer=Listen("127.0.0.1", 0),
                operations=Listen("127.0.0.1", 0),
            ),
            officers=OFFICERS,
            now=int(time.time()),
            costs=COSTS,
        )
        return self.letters[side]

    def connect(self) -> None:
        """Open the channel from both sides, and let both geneses arrive."""
        for side, other in (("left", "right"), ("right", "left")):
            letter = self.letters[other]
            with desks.opened(self.folder / side, PASSPHRASE) as desk:
                channels.accept(desk, letter.data, words.words(letter.party))
        self.settle()

    @contextlib.contextmanager
    def pair(self) -> Iterator[Pair]:
        """Both desks, open."""
        first, second = (self.folder / side for side in self.sides)
        with (
            desks.opened(first, PASSPHRASE) as left,
            desks.opened(second, PASSPHRASE) as right,
        ):
            yield Pair(left, right, channels.find(left, None).id, Clock(), (first, second))

    def settle(self) -> None:
        """Deliver until both desks are at rest."""
        with self.pair() as both:
            both.settle()

    def run(self, *arguments: str, desk: str | None = None, officer: str | None = None) -> Result:
        """Run ``parley`` in this process."""
        tokens = list(arguments)
        if desk is not None:
            tokens += ["--desk", desk]
        reads = tokens[0] in _READING or tuple(tokens[:2]) in _REGISTERS
        if officer is None and desk is not None and reads:
            officer = "otto"
        if officer is not None:
            tokens += ["--officer", officer]
        out, err = io.StringIO(), io.StringIO()
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            code = main(tokens)
        return Result(code, out.getvalue(), err.getvalue())

    def json(self, *arguments: str, desk: str | None = None, officer: str | None = None) -> Any:
        """What a command that must succeed prints with ``--json``."""
        result = self.run(*arguments, "--json", desk=desk, officer=officer)
        assert result.code == 0, result.err
        assert result.err == ""
        return result.json

    def release(self, desk: str, *arguments: str) -> dict[str, Any]:
        """Draft with ``arguments``, and take the draft through all hands."""
        draft = self.json(*arguments, "--submit", desk=desk, officer="dora")
        approved = (draft["draft"], "--sha256", draft["sha256"])
        self.json("draft", "clear", *approved, desk=desk, officer="lena")
        released = self.json("draft", "authorise", *approved, desk=desk, officer="ada")
        assert isinstance(released, dict)
        self.settle()
        return released

    def ask(self, desk: str = "left") -> str:
        """Send an inquiry of two questions; the number of its case."""
        return str(self.release(desk, *ASK)["case"])


ASK = (
    *("inquiry", "ask", "--subject", "Unusual traffic", "--incident", "Incident 7"),
    *("--facts", "What was seen.", "--severity", "high", "--reply-wanted", "60d"),
    *("--question", "Is the host yours?", "--question", "Who looks after it?"),
)


@pytest.fixture(autouse=True)
def _surroundings(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[None]:
    """No settings from outside; the passphrase given; what a command sets is set back."""
    for name in list(os.environ):
        if name.startswith("PARLEY_") and name != "PARLEY_REQUIRE_ALL":
            monkeypatch.delenv(name)
    for name in ("LC_ALL", "LC_MESSAGES", "LANG", "COLUMNS"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("PARLEY_PASSPHRASE", PASSPHRASE.decode())
    monkeypatch.setenv("TZ", "UTC")
    time.tzset()
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(command, "build", _built)  # it takes longer than most commands
    mask = os.umask(0o022)
    yield
    os.umask(mask)
    monkeypatch.undo()
    time.tzset()


@pytest.fixture
def empty(tmp_path: Path) -> Houses:
    """No desk yet."""
    return Houses(tmp_path)


@pytest.fixture
def houses(tmp_path: Path) -> Houses:
    """Two desks with an open channel, at rest."""
    made = Houses(tmp_path)
    for side in SIDES:
        made.found(side)
    made.connect()
    return made
