"""Commands at a terminal: what they ask, what they show, and what they never show."""

from __future__ import annotations

import io
import os
import pty
import select
import subprocess
import sys
import time
from pathlib import Path

import pytest

from parley.crypto import words
from tests.cli.conftest import ASK, Houses
from tests.support.pair import PASSPHRASE

SECONDS = 60
BECOME = (
    "import fcntl, os, sys, termios;"
    "fcntl.ioctl(0, termios.TIOCSCTTY, 0);"
    "os.execv(sys.executable, [sys.executable, '-m', 'parley', *sys.argv[1:]])"
)


class Terminal:
    """``parley`` on a terminal of its own."""

    def __init__(self, *arguments: str, **settings: str) -> None:
        master, slave = pty.openpty()
        environment = {**os.environ, "TERM": "xterm", "COLUMNS": "100", **settings}
        self._process = subprocess.Popen(
            [sys.executable, "-c", BECOME, *arguments],
            stdin=slave,
            stdout=slave,
            stderr=slave,
            env={name: value for name, value in environment.items() if value},
            start_new_session=True,
        )
        os.close(slave)
        self._master = master
        self.shown = ""

    def until(self, text: str) -> None:
        """Wait until ``text`` stands on the screen."""
        deadline = time.monotonic() + SECONDS
        while text not in self.shown:
            assert time.monotonic() < deadline, self.shown
            assert self._read(), f"ended without {text!r}: {self.shown}"

    def type(self, line: str) -> None:
        """Type a line."""
        os.write(self._master, f"{line}\n".encode())

    def interrupt(self) -> int:
        """Press Ctrl-C until it ends, as people do; the exit code.

        A signal that comes just before a system call begins to wait does not end the wait.
        """
        for _ in range(SECONDS):
            os.write(self._master, b"\x03")
            while select.select([self._master], [], [], 1)[0]:
                if not self._read():
                    return self.end()
        raise AssertionError(self.shown)

    def end(self) -> int:
        """Wait for the end; the exit code."""
        while self._read():
            pass
        os.close(self._master)
        return self._process.wait(SECONDS)

    def _read(self) -> bool:
        ready, _, _ = select.select([self._master], [], [], SECONDS)
        assert ready, self.shown
        try:
            data = os.read(self._master, 65536)
        except OSError:
            return False
        self.shown += data.decode()
        return bool(data)


def test_a_letter_is_accepted_word_by_word(houses: Houses) -> None:
    third = houses.json("init", "third", "--party", "Third")["letter"]
    houses.json("letter", "export", "third.letter", desk="third")
    spoken = third["fingerprint"]["words"].split("-")

    terminal = Terminal("letter", "accept", "third.letter", "--desk", "left")
    terminal.until("> ")
    assert third["fingerprint"]["words"] in terminal.shown
    assert "a number that you know already" in " ".join(terminal.shown.split())
    terminal.type("lusab babad gutih")
    assert terminal.end() == 1
    assert "fingerprint-mismatch" in terminal.shown

    terminal = Terminal("letter", "accept", "third.letter", "--desk", "left")
    terminal.until("> ")
    terminal.type(f"{spoken[0].upper()}-{spoken[1]}  {spoken[-1]}")
    assert terminal.end() == 0
    assert "is open" in terminal.shown
    assert len(houses.json("status", desk="left")["channels"]) == 2


def test_the_passphrase_is_asked_for_and_never_shown(houses: Houses) -> None:
    terminal = Terminal("status", "--desk", "left", PARLEY_PASSPHRASE="")
    terminal.until("Passphrase of the desk: ")
    terminal.type(PASSPHRASE.decode())
    assert terminal.end() == 0
    assert PASSPHRASE.decode() not in terminal.shown
    assert "CSIRT Right" in terminal.shown

    terminal = Terminal("status", "--desk", "left", "--language", "ru", PARLEY_PASSPHRASE="")
    terminal.until("Парольная фраза узла: ")
    terminal.type("wrong")
    assert terminal.end() == 1
    assert "passphrase-wrong" in terminal.shown


def test_a_new_passphrase_is_asked_for_twice(empty: Houses, tmp_path: Path) -> None:
    terminal = Terminal("init", "north", "--party", "North", PARLEY_PASSPHRASE="")
    terminal.until("random words): ")
    terminal.type("one")
    terminal.until("once more: ")
    terminal.type("another")
    assert terminal.end() == 1
    assert "passphrases-differ" in terminal.shown
    assert not (tmp_path / "north").exists()

    terminal = Terminal("init", "north", "--party", "North", PARLEY_PASSPHRASE="")
    terminal.until("random words): ")
    terminal.type("one")
    terminal.until("once more: ")
    terminal.type("one")
    assert terminal.end() == 0
    assert (tmp_path / "north" / "parley.toml").exists()


def test_whoever_approves_reads_the_text_and_types_a_word_of_its_hash(houses: Houses) -> None:
    draft = houses.json(*ASK, "--submit", desk="left", officer="dora")
    word = words.words(bytes.fromhex(draft["sha256"])).split("-")[0]
    command = (draft["draft"][:8], "--desk", "left", "--officer")

    terminal = Terminal("draft", "clear", *command, "lena")
    terminal.until("> ")
    assert "What was seen." in terminal.shown
    terminal.type("bagus")
    assert terminal.end() == 1
    assert "draft-hash-mismatch" in terminal.shown

    for step, officer in (("clear", "lena"), ("authorise", "ada")):
        terminal = Terminal("draft", step, *command, officer)
        terminal.until("> ")
        terminal.type(f" {word.upper()} ")
        assert terminal.end() == 0
    assert "Signed and queued for RIGHT" in terminal.shown


def test_bytes_never_go_to_a_terminal(houses: Houses) -> None:
    terminal = Terminal("letter", "export", "-", "--desk", "left")
    assert terminal.end() == 2
    assert "terminal-not-for-bytes" in terminal.shown


def test_interrupted_at_a_prompt() -> None:
    terminal = Terminal("init", "north", "--party", "North", PARLEY_PASSPHRASE="")
    terminal.until("random words): ")
    assert terminal.interrupt() == 130
    assert "Interrupted." in terminal.shown
    assert "Traceback" not in terminal.shown


# --- where the passphrase comes from -------------------------------------------------------------


@pytest.fixture
def silent(houses: Houses, monkeypatch: pytest.MonkeyPatch) -> Houses:
    """Two desks, and no passphrase from anywhere."""
    monkeypatch.delenv("PARLEY_PASSPHRASE")
    monkeypatch.setattr("sys.stdin", io.StringIO())
    return houses


def test_the_passphrase_from_a_file(silent: Houses, tmp_path: Path) -> None:
    (tmp_path / "secret").write_bytes(b"\xef\xbb\xbf" + PASSPHRASE + b"\r\nnotes\n")
    assert silent.run("status", "--passphrase-file", "secret", desk="left").code == 0


def test_the_passphrase_from_the_environment(
    silent: Houses, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "secret").write_bytes(PASSPHRASE)
    (tmp_path / "wrong").write_bytes(b"wrong")
    monkeypatch.setenv("PARLEY_PASSPHRASE", "wrong")
    assert silent.run("status", "--json", desk="left").error["reason"] == "passphrase-wrong"
    monkeypatch.setenv("PARLEY_PASSPHRASE_FILE", "secret")
    assert silent.run("status", desk="left").code == 0
    result = silent.run("status", "--passphrase-file", "wrong", "--json", desk="left")
    assert (result.code, result.error["reason"]) == (1, "passphrase-wrong")


def test_a_passphrase_means_the_same_however_it_was_composed(
    empty: Houses, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PARLEY_PASSPHRASE", "cafe\u0301")
    empty.json("init", "north", "--party", "North")
    monkeypatch.setenv("PARLEY_PASSPHRASE", "caf\u00e9")
    assert empty.run("status", desk="north").code == 0


@pytest.mark.parametrize("language", ["en", "ru", "ar"])
def test_no_passphrase_at_all(silent: Houses, language: str) -> None:
    result = silent.run("status", "--language", language, desk="left")
    assert result.code == 2
    assert "[passphrase-not-given]" in result.err
    assert "PARLEY_PASSPHRASE_FILE" in result.err


def test_passphrases_that_cannot_be(
    silent: Houses, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "bytes").write_bytes(b"\xff\xfe")
    (tmp_path / "huge").write_bytes(b"x" * 10_000)

    def reason(name: str) -> object:
        result = silent.run("status", "--json", "--passphrase-file", name, desk="left")
        return result.error["reason"]

    assert reason("bytes") == "text-not-utf8"
    assert reason("huge") == "too-large"
    assert reason("missing") == "file-missing"
    assert reason(".") == "file-unreadable"
    monkeypatch.setenv("PARLEY_PASSPHRASE", "")
    assert silent.run("init", "new", "--party", "New", "--json").error["reason"] == (
        "passphrase-empty"
    )


def test_the_wrong_folder_is_noticed_before_a_passphrase_is_asked_for(silent: Houses) -> None:
    assert silent.run("status", "--json", desk="nowhere").error["reason"] == "desk-missing"
    result = silent.run("init", "left", "--party", "Left", "--json")
    assert result.error["reason"] == "folder-not-empty"


def test_the_desk_from_the_environment_or_the_folder(
    houses: Houses, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert houses.run("status").code == 2
    monkeypatch.setenv("PARLEY_DESK", "left")
    assert houses.run("status").code == 0
    monkeypatch.delenv("PARLEY_DESK")
    monkeypatch.chdir("right")
    shown = houses.run("status")
    assert (shown.code, "CSIRT Left" in shown.out) == (0, True)


def test_the_officer_from_the_environment(houses: Houses, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PARLEY_OFFICER", "otto")
    assert houses.run("inbox", desk="left").code == 0
    assert houses.run("inbox", desk="left", officer="audit").code == 1
