"""Every procedure of ``docs/keys.md``: its commands are taken from the page and run, in order."""

from __future__ import annotations

import re
import shlex
import shutil
import time
from pathlib import Path
from typing import Any

import pytest

from parley.application import channels, exchange
from parley.crypto import words
from parley.node import desk as desks
from parley.node import folder as folders
from parley.node.config import Config
from parley.node.folder import Founding
from parley.wire import post
from tests.cli.conftest import Houses
from tests.support.pair import COSTS, NOWHERE, OFFICERS, PASSPHRASE, Clock, inquiry
from tests.support.pair import Pair as Desks

PAGE = Path(__file__).resolve().parents[2] / "docs" / "keys.md"
_BLOCK = re.compile(r"<!-- rehearsed: ([a-z-]+) -->\n\n((?:    .*\n)+)")


def procedures() -> dict[str, list[list[str]]]:
    """The commands of each rehearsed block of the page."""
    return {
        name: [shlex.split(line) for line in block.splitlines()]
        for name, block in _BLOCK.findall(PAGE.read_text("utf-8"))
    }


class Rehearsal:
    """Two desks, north and south, and the stick."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.houses = Houses(folder, ("north", "south"))
        self.procedures = procedures()
        for side in self.houses.sides:
            self.houses.letters[side] = folders.found(
                folder / side,
                Founding(side.upper(), {"en": f"CSIRT {side}"}, ({"en": "Desk"},), (NOWHERE,)),
                PASSPHRASE,
                config=Config(),
                officers=OFFICERS,
                now=int(time.time()),
                costs=COSTS,
            )
        for side, other in (self.houses.sides, self.houses.sides[::-1]):
            letter = self.houses.letters[other]
            with desks.opened(folder / side, PASSPHRASE) as desk:
                channels.accept(desk, letter.data, words.words(letter.party))
        (folder / "stick").mkdir()
        (folder / "stick.secret").write_text("another passphrase\n")
        self.clock = Clock(int(time.time()))

    def play(self, name: str, **given: str) -> list[Any]:
        """Run the commands of one block, and let the desks exchange what follows from them."""
        printed = []
        for command in self.procedures.pop(name):
            tokens = [given.get(token, token) for token in command]
            assert tokens.pop(0) == "parley"
            result = self.houses.run(*tokens)
            assert result.code == 0, (command, result.err)
            printed.append(result.out)
        return printed

    def settle(self) -> None:
        with self.both() as pair:
            pair.settle()

    def both(self) -> Any:
        return self.houses.pair()

    def say(self) -> None:
        """Both desks speak, and everything is receipted."""
        with self.both() as pair:
            for desk in (pair.left, pair.right):
                pair.append(desk, inquiry(pair.channel(desk), bytes([len(printed_cases)]) * 16))
                printed_cases.append(1)
            pair.settle()
            for desk in (pair.left, pair.right):
                (standing,) = channels.standings(desk)
                assert standing.own == standing.receipted

    def own(self, side: str) -> Any:
        return self.houses.json("key", "show", desk=side)[0]


printed_cases: list[int] = []


def test_every_procedure_of_the_page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rehearsal = Rehearsal(tmp_path)
    printed_cases.clear()
    rehearsal.settle()
    rehearsal.play("offline")
    assert not (tmp_path / "north" / folders.IDENTITY_FILE).exists()
    rehearsal.play("sealing")
    rehearsal.say()
    before = rehearsal.own("north")
    rehearsal.play("rotation")
    rehearsal.say()
    after = rehearsal.own("north")
    assert (before["epoch"], after["epoch"]) == (0, 1)
    assert before["statement_key"] != after["statement_key"]
    backup = tmp_path / "backup"
    shutil.copytree(tmp_path / "north", backup)
    leaf = stolen(rehearsal)
    rehearsal.play("stolen")
    rehearsal.settle()
    rehearsal.play("not-us", STATEMENT=leaf.hex())
    rehearsal.say()
    lost(rehearsal, backup)
    rehearsal.play("file")
    rehearsal.settle()
    rehearsal.say()
    monkeypatch.setenv("PARLEY_PASSPHRASE", PASSPHRASE.decode())
    rehearsal.play("identity")
    assert rehearsal.procedures == {}, "a block of the page that nobody rehearses"
    kinds = [one["kind"] for one in rehearsal.own("north")["statements"]]
    assert kinds == ["sealing", "rotation", "revocation", "revocation"]
    assert rehearsal.houses.run("fsck", "--desk", "north").code == 0
    assert rehearsal.houses.run("fsck", "--desk", "south").code == 0


def stolen(rehearsal: Rehearsal) -> bytes:
    """A thief speaks in North's name; its statement, which South takes in."""
    folder = rehearsal.folder
    shutil.copytree(folder / "north", folder / "thief")
    with (
        desks.opened(folder / "thief", PASSPHRASE) as thief,
        desks.opened(folder / "south", PASSPHRASE) as south,
    ):
        pair = Desks(thief, south, channels.find(thief, None).id, rehearsal.clock, ())
        leaf = pair.append(thief, inquiry(pair.channel(thief), b"t" * 16)).leaf
        for _ in range(2):
            outgoing = exchange.compose(thief, pair.channel_id)
            data, digest = post.request(thief, outgoing)
            post.settle(thief, outgoing, digest, post.answer(south, data))
    return leaf


def lost(rehearsal: Rehearsal, backup: Path) -> None:
    """North's folder is lost; what is put back is older than its newest keys."""
    folder = rehearsal.folder
    shutil.rmtree(folder / "north")
    shutil.copytree(backup, folder / "north")
    with pytest.raises(Exception, match="key-retired"):
        rehearsal.settle()
    rehearsal.play("lost")


def test_the_identity_key_of_another_party_signs_nothing(tmp_path: Path) -> None:
    rehearsal = Rehearsal(tmp_path)
    rehearsal.houses.json("key", "request", "rotation", "north.request", desk="north")
    refused = rehearsal.houses.run(
        *("key", "sign", "north.request", "made.keys", "--json"),
        *("--identity", "south/identity.keys"),
        *("--identity-passphrase-file", "same.secret"),
    )
    assert refused.error["reason"] == "file-missing"
    (tmp_path / "same.secret").write_bytes(PASSPHRASE)
    refused = rehearsal.houses.run(
        *("key", "sign", "north.request", "made.keys", "--json"),
        *("--identity", "south/identity.keys"),
        *("--identity-passphrase-file", "same.secret"),
    )
    assert refused.error["reason"] == "identity-wrong"
    assert not (tmp_path / "made.keys").exists()
