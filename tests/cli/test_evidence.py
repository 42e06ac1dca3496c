"""A fork, from the commands of those who have found it."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from tests.cli.conftest import Houses
from tests.support.hostile import Hostile


@pytest.fixture
def forked(houses: Houses) -> Houses:
    """The right desk has signed two statements with one number, and the left one has both."""
    with houses.pair() as both:
        both.deliver(both.left)  # after a start each desk hears first how far the other is
        both.deliver(both.right)
        hostile = Hostile(both)
        first, second = hostile.sign(), hostile.sign()
        for sent in (first, second):
            hostile.refused(hostile.message(statements=(sent,), checkpoint=None))
    return houses


def test_a_fork_is_shown_exported_and_verified_by_anybody(forked: Houses, tmp_path: Path) -> None:
    (listed,) = forked.json("evidence", "list", "RIGHT", desk="left")["evidence"]
    assert (listed["kind"], listed["claim"]) == ("fork-statement", "statements")
    shown = forked.json("evidence", "show", listed["id"][:8], desk="left")
    assert shown["report"]["convicted"]["code"] == "RIGHT"
    exported = forked.run("evidence", "export", listed["id"], "-o", "fork.evidence", desk="left")
    assert exported.code == 0
    assert "parley dossier verify fork.evidence" in exported.out
    fingerprint = forked.letters["right"].party.hex()
    told = forked.run("dossier", "verify", "fork.evidence", "--pin", fingerprint)
    assert told.code == 0
    assert "CSIRT Right has signed two statements with one number" in told.out
    assert "as you named it with --pin" in told.out
    assert "nobody who had stolen its key" in told.out
    report = forked.json("dossier", "verify", "fork.evidence")
    assert report["mode"] == "evidence"
    assert [one["seq"] for one in report["statements"]] == [1, 1]
    assert "identity" in report["not_proved"]
    assert "Facts for tests." not in told.out
    data = (tmp_path / "fork.evidence").read_bytes()
    (tmp_path / "changed").write_bytes(data.replace(b"inquiry", b"enquiry", 1))
    assert forked.run("dossier", "verify", "changed").code == 3
    assert forked.run("evidence", "show", "ffffff", desk="left").code == 1


def test_what_was_refused_is_listed_and_handed_out(houses: Houses, tmp_path: Path) -> None:
    with houses.pair() as both:
        both.deliver(both.left)  # after a start each desk hears first how far the other is
        both.deliver(both.right)
        hostile = Hostile(both)
        refused = hostile.sign(lambda envelope: msgspec.structs.replace(envelope, prev=bytes(32)))
        hostile.refused(hostile.message(statements=(refused,), checkpoint=None))
    (kept,) = houses.json("quarantine", "list", desk="left")["quarantine"]
    assert (kept["reason"], kept["bytes"]) == ("chain-broken", len(refused.data))
    command = ("quarantine", "export", kept["id"][:8], "-o", "refused")
    assert houses.run(*command, desk="left").code == 0
    assert (tmp_path / "refused").read_bytes() == refused.data
    assert "chain-broken" in houses.run("quarantine", "list", "RIGHT", desk="left").out
    assert houses.run("evidence", "list", desk="left").out == "No proof of misconduct is kept.\n"


def test_two_officers_open_the_channel_again(forked: Houses) -> None:
    status = forked.run("status", desk="left").out
    assert "halted" in status
    why = ("--reason", "their disk was set back")
    first = forked.run("channel", "reopen", "RIGHT", *why, desk="left", officer="ada")
    assert first.code == 0
    assert "stays halted until a second officer agrees" in first.out
    assert forked.run("channel", "reopen", "RIGHT", *why, desk="left", officer="ada").code == 1
    assert "asked that the channel be opened" in forked.run("channel", "show", desk="left").out
    second = forked.json("channel", "reopen", "RIGHT", *why, desk="left", officer="lena")
    assert second["open"]
    shown = forked.json("channel", "show", "RIGHT", desk="left")
    assert (shown["state"], shown["evidence"]) == ("open", 1)
    assert [word["officer"] for word in shown["decisions"]] == ["ada", "lena"]
    assert "our officers opened it again" in forked.run("status", desk="left").out


def test_a_dossier_of_a_halted_channel_says_so(forked: Houses) -> None:
    assert forked.run("dossier", "export", "RIGHT", "-o", "it", desk="left").code == 0
    assert forked.json("dossier", "verify", "it")["halted"] == "fork-statement"
    assert "has halted the channel" in forked.run("dossier", "verify", "it").out
