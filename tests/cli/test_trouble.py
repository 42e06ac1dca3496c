"""What goes wrong is said in sentences, where an operator looks; what takes long shows itself."""

from __future__ import annotations

import io
from pathlib import Path

import pytest

from parley.cli import access, progress
from parley.cli.options import Opening
from parley.cli.progress import Bar
from parley.cli.terminal import Terminal
from parley.kernel.reasons import Reason
from parley.store import channels, proofs
from tests.cli.conftest import Houses


def test_a_failed_delivery_is_said_with_its_reason(houses: Houses) -> None:
    case = houses.ask()
    assert houses.run("dossier", "export", case, "--refresh", desk="left").code == 0
    for language, said in (
        ("en", "RIGHT: the last attempt to deliver failed."),
        ("ru", "RIGHT: не удалась последняя 1 попытка доставки."),
        ("ar", "أخفقت آخر محاولة تسليم."),
    ):
        shown = houses.run("status", "--language", language, desk="left").out
        assert said in shown
        assert "[peer-unreachable]" in shown
        assert "(?)" not in shown
    (standing,) = houses.json("status", desk="left")["channels"]
    assert (standing["last_failure"], standing["attempts"]) == ("peer-unreachable", 1)


def test_a_halted_channel_its_evidence_and_its_quarantine_are_said(houses: Houses) -> None:
    with houses.pair() as both, both.left.database.write() as connection:
        channel = both.channel_id
        channels.halt(connection, channel, Reason.FORK_STATEMENT.value)
        proofs.add_evidence(
            connection, channel=channel, digest=bytes(32), kind="x", data=b"x", now=1
        )
        for number in range(2):
            proofs.quarantine(
                connection,
                channel=channel,
                digest=bytes([number]) * 32,
                reason="signature-invalid",
                data=b"x",
                now=1,
                at_most=9,
            )
    shown = houses.run("status", desk="left").out
    assert "RIGHT: the channel is halted." in shown
    assert "cannot both be honest" in shown
    assert "RIGHT: 1 proof of misconduct is kept as evidence." in shown
    assert "RIGHT: 2 refused messages are kept in quarantine." in shown
    assert "остановлен" in houses.run("status", "--language", "ru", desk="left").out


def test_a_record_that_does_not_hold_is_said_place_by_place(houses: Houses) -> None:
    case = houses.ask()
    with houses.pair() as both, both.left.database.write() as connection:
        connection.exec_driver_sql("UPDATE cases SET status = 'closed'")
    result = houses.run("fsck", desk="left")
    assert result.code == 3
    assert "1 fault was found:" in result.out
    assert f"cases[{case}]" in result.out
    assert "[view-differs]" in result.out
    faults = houses.run("fsck", "--json", desk="left").json
    assert faults["ok"] is False
    assert faults["faults"][0]["reason"] == "view-differs"
    mended = houses.json("fsck", "--rebuild", desk="left")
    assert (mended["ok"], mended["rebuilt"]) == (True, True)


def test_a_dossier_that_cannot_be_written(houses: Houses) -> None:
    case = houses.ask()
    result = houses.run("dossier", "export", case, "-o", "no/such/file", "--json", desk="left")
    assert (result.code, result.error["reason"]) == (1, "file-unwritable")
    assert result.error["details"] == {"path": "no/such/file", "fact": "ENOENT"}


def test_a_channel_and_a_case_are_told_apart(houses: Houses, tmp_path: Path) -> None:
    case = houses.ask()
    whole = houses.json("dossier", "export", "RIGHT", desk="left")
    assert (whole["case"], whole["file"]) == (None, "standing-RIGHT.dossier")
    part = houses.json("dossier", "export", case[:6], desk="left")
    assert (part["case"], part["file"]) == (case, f"{case[:12]}.dossier")
    assert (tmp_path / part["file"]).is_file()


class Screen(io.StringIO):
    """A terminal of a kind."""

    def isatty(self) -> bool:
        return True


def test_only_what_takes_long_shows_a_bar_and_only_on_a_terminal(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for stream, patience, is_shown in (
        (io.StringIO(), 0.0, False),
        (Screen(), 60.0, False),
        (Screen(), 0.0, True),
    ):
        monkeypatch.setattr("sys.stderr", stream)
        monkeypatch.setattr(progress, "_PATIENCE_SECONDS", patience)
        with Bar("Checking [bold]", 3) as bar:
            bar.step()
            bar.reach(3, 3)
        assert ("Checking [bold]" in stream.getvalue()) == is_shown


def test_a_desk_is_closed_after_a_command(houses: Houses) -> None:
    opening = Opening(desk=houses.folder / "left")
    with access.opened(opening, Terminal(opening)) as desk:
        assert desk.letter.text.code == "LEFT"
    (houses.folder / "left").rename(houses.folder / "elsewhere")
