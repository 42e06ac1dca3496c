"""A witness, and exports for other people's tools, from the command line."""

from __future__ import annotations

import tomllib
from pathlib import Path

from parley.crypto import checkpoint, keystore
from parley.crypto.checkpoint import Checkpoint
from parley.crypto.keys import LogKey
from parley.node import config, witness
from parley.node.witness import WitnessConfig
from parley.record.evidence.verify import verify
from tests.cli.conftest import Houses
from tests.support.pair import COSTS, PASSPHRASE


def test_a_witness_is_made_and_watches_both_records(houses: Houses, tmp_path: Path) -> None:
    for side in ("left", "right"):
        (tmp_path / f"{side}.letter").write_bytes(houses.letters[side].data)
    witness.found(tmp_path / "third", WitnessConfig("third.example"), PASSPHRASE, costs=COSTS)
    letters = ("left.letter", "right.letter")
    added = houses.json("witness", "add-log", "third", *letters)["logs"]
    assert {one["code"] for one in added} == {"LEFT", "RIGHT"}
    assert houses.run("witness", "add-log", "third", *letters).code == 1, "they are watched already"
    status = houses.json("witness", "status", "third")
    assert [one["size"] for one in status["logs"]] == [0, 0]
    assert "LEFT" in houses.run("witness", "status", "third").out
    assert houses.run("witness", "export", "third", "abcdef", "-o", "x").code == 1
    assert houses.run("witness", "status", "nowhere").code == 1


def test_two_roots_that_a_witness_cosigned_convict_it(houses: Houses, tmp_path: Path) -> None:
    """It told either side another story about one record: each brings what it was given."""
    third = witness.found(
        tmp_path / "third", WitnessConfig("third.example"), PASSPHRASE, costs=COSTS
    )
    key = LogKey.from_seed(
        keystore.unlock((tmp_path / "third" / witness.KEYS_FILE).read_bytes(), PASSPHRASE)["log"]
    )
    origin = checkpoint.origin(houses.letters["left"].party, bytes(32), 0)
    for name, root in (("ours", bytes(32)), ("theirs", b"\x01" * 32)):
        signed = Checkpoint(origin, 4, root)
        lines = [checkpoint.cosign(signed, third.name, key, 10, pq) for pq in (False, True)]
        (tmp_path / f"{name}.note").write_text(f"{signed.body()}\n{''.join(lines)}")
    keys = [part for vkey in third.vkeys for part in ("--key", vkey)]
    command = ("witness", "compare", "ours.note", "theirs.note", *keys, "-o", "fork.evidence")
    assert houses.json(*command)["claim"] == "cosigned"
    report = verify(tmp_path / "fork.evidence")
    assert report.convicted.name == "third.example"
    assert [root.root for root in report.roots] == ["00" * 32, "01" * 32]
    same = ("witness", "compare", "ours.note", "ours.note", *keys, "-o", "none.evidence")
    assert houses.run(*same, "--json").error["reason"] == "evidence-proves-nothing"
    assert not (tmp_path / "none.evidence").exists()


def test_what_init_prints_goes_into_a_desks_configuration(houses: Houses, tmp_path: Path) -> None:
    made = houses.run("witness", "init", "third", "--name", "third.example")
    assert made.code == 0
    section = made.out[made.out.index("[[witness]]") : made.out.index("\n]\n") + 3]
    (one,) = tomllib.loads(section)["witness"]
    assert one["name"] == "third.example"
    path = tmp_path / "left" / config.FILE_NAME
    path.write_text(path.read_text() + "\n" + section)
    (kept,) = config.load(tmp_path / "left").witness
    assert kept.watcher().keys.name == "third.example"
    assert houses.json("status", desk="left")["channels"][0]["witnesses"] == []
    path.write_text(path.read_text().replace("third.example+", "other.example+"))
    assert houses.run("status", desk="left").code == 1


def test_a_record_is_exported_for_other_tools(houses: Houses, tmp_path: Path) -> None:
    command = ("record", "export", "RIGHT", "--tiles", "tiles", "--scitt", "scitt")
    made = houses.json(*command, desk="left")
    assert (made["tiles"]["size"], made["scitt"]["statements"]) == (2, 2)
    assert (tmp_path / "tiles" / "checkpoint").is_file()
    assert "2 statements as C2SP tiles" in houses.run(*command, desk="left").out
    assert houses.run("record", "export", "RIGHT", desk="left").code == 2
