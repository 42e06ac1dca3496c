"""Two desks that never meet on a network do a whole inquiry by pouch, by commands."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import pytest

from parley.application import work
from parley.crypto import words
from parley.node import desk as desks
from parley.node import folder as folders
from parley.node.config import Config
from parley.node.folder import Founding
from parley.record.dossier import tamper
from tests.cli.conftest import ASK, Houses
from tests.support.pair import COSTS, OFFICERS, PASSPHRASE

MONTHS = "180d"


@pytest.fixture
def apart(tmp_path: Path) -> Houses:
    """Two desks without an address; each has accepted the other's letter, and nothing was sent."""
    made = Houses(tmp_path)
    for side in made.sides:
        made.letters[side] = folders.found(
            tmp_path / side,
            Founding(side.upper(), {"en": f"CSIRT {side}"}, ({"en": "Duty desk"},), ()),
            PASSPHRASE,
            config=Config(),
            officers=OFFICERS,
            now=int(time.time()),
            costs=COSTS,
        )
    for side, other in (made.sides, made.sides[::-1]):
        made.json("letter", "export", f"{other}.letter", desk=other)
        spoken = words.words(made.letters[other].party)
        accepted = made.run(
            *("letter", "accept", f"{other}.letter", "--fingerprint", spoken, "--limit", MONTHS),
            desk=side,
        )
        assert f"parley pouch pack {other.upper()} --to DIR" in accepted.out
    (tmp_path / "stick").mkdir()
    return made


def exchange(houses: Houses, *sides: str) -> list[Any]:
    """The stick goes from desk to desk."""
    return [
        houses.json(
            "pouch", "open", "stick", "--remove", "--reply", "stick", "--unconfirmed", desk=side
        )
        for side in sides
    ]


def release(houses: Houses, desk: str, *arguments: str) -> Any:
    draft = houses.json(*arguments, "--submit", desk=desk, officer="dora")
    approved = (draft["draft"], "--sha256", draft["sha256"])
    houses.json("draft", "clear", *approved, desk=desk, officer="lena")
    return houses.json("draft", "authorise", *approved, desk=desk, officer="ada")


def test_a_whole_inquiry_by_pouch(apart: Houses, tmp_path: Path) -> None:
    first = apart.json("pouch", "pack", "RIGHT", "--to", "stick", "--unconfirmed", desk="left")
    assert [one["statements"] for one in first["files"]] == [1]
    exchange(apart, "right", "left", "right")
    case = str(release(apart, "left", *ASK)["case"])
    apart.json("pouch", "pack", "RIGHT", "--to", "stick", "--unconfirmed", desk="left")
    (opened,) = exchange(apart, "right")
    assert sum(one["statements"] for one in opened["files"]) == 1
    apart.json("inquiry", "acknowledge", case, desk="right", officer="otto")
    answers = ("--answer", "1 answered: Yes.", "--answer", "2 answered: We do.")
    release(apart, "right", "inquiry", "answer", case, "--detailed", *answers)
    apart.json("pouch", "pack", "LEFT", "--to", "stick", "--unconfirmed", desk="right")
    exchange(apart, "left")
    shown = apart.run("case", "show", case, desk="left", officer="otto").out
    assert "Received by RIGHT" in shown
    release(apart, "left", "inquiry", "close", case)
    apart.json("pouch", "pack", "RIGHT", "--to", "stick", "--unconfirmed", desk="left")
    waiting = apart.run("case", "show", case, desk="left", officer="otto").out
    assert "Packed into a pouch" in waiting
    exchange(apart, "right", "left", "right", "left")
    for side in apart.sides:
        (channel,) = apart.json("status", desk=side)["channels"]
        assert channel["agreed"] == channel["statements"]
        assert channel["receipted"] == channel["statements"]["own"]
        assert (channel["evidence"], channel["quarantined"]) == (0, 0)
        assert apart.json("fsck", desk=side)["ok"] is True
        (summary,) = apart.json("case", "list", desk=side)
        assert summary["status"] == "closed"
        with desks.opened(tmp_path / side, PASSPHRASE) as desk:
            assert work.pending(desk) == [], "there is nothing for a courier to do"
    listed = apart.json("pouch", "list", desk="left")
    assert [one["arrived"] for one in listed if one["statements"]] == [True] * 3
    assert apart.run("pouch", "clear", desk="left").code == 0
    gone = apart.json("pouch", "clear", "--all", desk="left")
    assert gone["left"] == []
    assert apart.json("pouch", "list", desk="left") == []


def test_what_is_said_of_each_file(apart: Houses, tmp_path: Path) -> None:
    warned = apart.run("pouch", "pack", "RIGHT", "--to", "one.pouch", desk="left")
    assert (warned.code, "[head-unconfirmed]" in warned.err) == (1, True)
    packed = apart.run("pouch", "pack", "RIGHT", "--to", "one.pouch", "--unconfirmed", desk="left")
    assert packed.out.startswith("Packed for RIGHT: 1 statement, and our receipts")
    own = apart.run("pouch", "open", "one.pouch", desk="left")
    assert (own.code, "It is ours" in own.out) == (0, True)
    taken = apart.run(
        "pouch", "open", "one.pouch", "--reply", "two.pouch", "--unconfirmed", desk="right"
    )
    assert taken.code == 0
    assert "1 new statement of LEFT." in taken.out
    assert "Packed for LEFT: 1 statement" in taken.out
    again = apart.run("pouch", "open", "one.pouch", desk="right")
    assert (again.code, "Nothing new from LEFT." in again.out) == (0, True)
    back = apart.run("pouch", "open", "two.pouch", desk="left")
    assert "1 new statement of RIGHT." in back.out
    assert "RIGHT has receipted 1 statement of ours." in back.out
    broken = tamper.flip_byte((tmp_path / "two.pouch").read_bytes())
    (tmp_path / "two.pouch").write_bytes(broken)
    refused = apart.run("pouch", "open", "two.pouch", desk="left")
    assert (refused.code, "[signature-invalid]" in refused.out) == (1, True)
    nothing = apart.run("pouch", "open", "stick", desk="left")
    assert nothing.out == "There is no file *.pouch in it.\n"
    listed = apart.run("pouch", "list", desk="left")
    assert "receipted; the file can go" in listed.out
    cleared = apart.run("pouch", "clear", desk="left")
    assert cleared.out == "1 file was cleared.\n"
    assert not (tmp_path / "one.pouch").exists()
    assert apart.run("pouch", "list", desk="left").out == "No packed file is noted.\n"


def test_a_limit_that_no_channel_has_is_refused(apart: Houses) -> None:
    letter = ("letter", "accept", "right.letter", "--label", "other", "--fingerprint")
    spoken = words.words(apart.letters["right"].party)
    result = apart.run(*letter, spoken, "--limit", "400d", "--json", desk="left")
    assert (result.code, result.error["reason"]) == (1, "code-invalid")
