"""The command as a whole: what it costs to start, its help, its exit codes, its options."""

from __future__ import annotations

import os
import re
import resource
import shlex
import stat
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from cyclopts import App

from parley import __version__
from parley.cli import errors, examples, options
from parley.cli.main import build, main
from parley.kernel.errors import ParleyError
from parley.kernel.reasons import Reason
from tests.cli.conftest import Houses

DOCS = Path(__file__).parents[2] / "docs" / "commands.md"
START_SECONDS = 0.35
SLOW_MODULES = ("sqlalchemy", "cryptography", "uvicorn", "starlette", "alembic", "babel")


def commands(app: App, chain: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], App]]:
    """Every command that does something, with the words that call it."""
    for name in app:
        if name.startswith("-"):
            continue
        command = app[name]
        deeper = list(commands(command, (*chain, name)))
        if not deeper or command.default_command is not None:
            yield (*chain, name), command
        yield from deeper


COMMANDS = dict(commands(build()))


def python(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *arguments],
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


def quickest(*arguments: str) -> float:
    """Seconds that a processor works for the quickest of three runs, whatever else it does."""
    times = []
    for _ in range(3):
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        assert python(*arguments).returncode == 0
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        times.append(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
    return min(times)


def test_all_commands_are_there() -> None:
    assert {" ".join(chain) for chain in COMMANDS} >= {
        *("quickstart", "demo", "init", "serve", "status", "inbox", "fsck", "bench"),
        *("backup", "upgrade", "restore from", "restore accept"),
        *("letter export", "letter show", "letter accept"),
        *("officer add", "officer list", "officer retire"),
        *("case list", "case show"),
        *("inquiry ask", "inquiry supplement", "inquiry acknowledge", "inquiry answer"),
        *("inquiry refuse", "inquiry conditions", "inquiry accept-conditions"),
        *("inquiry withdraw", "inquiry close"),
        *("draft list", "draft show", "draft revise", "draft submit", "draft clear"),
        *("attachment list", "attachment add", "attachment get", "attachment unpack"),
        *("attachment verify",),
        *("draft authorise", "draft return", "draft abandon"),
        *("pouch pack", "pouch open", "pouch list", "pouch clear"),
        *("key show", "key rotate", "key revoke", "key sealing", "key request", "key sign"),
        *("key install", "key accept", "key export", "key not-us", "key offline"),
        *("record show", "record prove", "record export", "dossier export", "dossier verify"),
        *("channel show", "channel reopen", "quarantine list", "quarantine export"),
        *("evidence list", "evidence show", "evidence export"),
        *("backup", "restore from", "restore accept", "upgrade"),
        *(
            "witness init",
            "witness add-log",
            "witness serve",
            "witness status",
            "witness export",
            "witness compare",
        ),
    }


@pytest.mark.parametrize("chain", COMMANDS, ids=" ".join)
def test_every_command_has_help_with_examples_and_json(
    chain: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([*chain, "--help"]) == 0
    shown = capsys.readouterr().out
    assert "Examples:" in shown
    assert "--json" in shown
    assert "--language" in shown
    # Wide lines break on the usual terminal, and are then hard to read.
    assert max(map(len, shown.splitlines())) <= 82


@pytest.mark.parametrize("command", examples.EXAMPLES)
def test_every_example_is_a_command_line(command: str) -> None:
    app = build()
    for example in examples.EXAMPLES[command]:
        line = re.split(r" 2?>>? ", example.replace("\\\n", " "))[0]
        program, *tokens = shlex.split(line)
        assert program == "parley"
        found, bound, *_ = app.parse_args(
            options.arrange(tokens), exit_on_error=False, print_error=False
        )
        assert tokens[: len(command.split())] == command.split()
        assert callable(found)
        assert bound is not None


def test_every_command_has_examples() -> None:
    assert {" ".join(chain) for chain in COMMANDS} == set(examples.EXAMPLES)


def test_every_command_and_exit_code_is_documented() -> None:
    text = DOCS.read_text("utf-8")
    for chain in COMMANDS:
        assert f"parley {' '.join(chain)}" in text, chain
    for code in (errors.DONE, errors.REFUSED, errors.USAGE, errors.UNVERIFIED, errors.INTERRUPTED):
        assert re.search(rf"\| {code} \|", text), code


@pytest.mark.parametrize("arguments", [["--version"], ["--help"], []], ids=str)
def test_it_starts_fast_and_loads_little(arguments: list[str]) -> None:
    # On a slow machine the libraries alone may take longer than that.
    alone = quickest("-c", "import cyclopts, rich.console, rich.table")
    assert quickest("-m", "parley", *arguments) < max(START_SECONDS, 2 * alone)
    code = f"import sys; from parley.cli.main import main; main({arguments!r}); print(*sys.modules)"
    loaded = set(python("-c", code).stdout.split())
    assert loaded.isdisjoint(SLOW_MODULES)


def test_the_version(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--version"]) == 0
    assert capsys.readouterr().out == f"parley {__version__}\n"


def test_without_a_command_it_shows_help(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([]) == 0
    shown = capsys.readouterr().out
    assert "Usage: parley COMMAND" in shown
    assert main(["--language", "ru"]) == 0
    assert main(["letter"]) == 0


@pytest.mark.parametrize(
    ("tokens", "arranged"),
    [
        (["status"], ["status"]),
        (["--json", "status"], ["status", "--json"]),
        (["--desk", "x", "--zone=UTC", "status"], ["status", "--desk", "x", "--zone=UTC"]),
        (["--json", "letter", "show", "--", "-x"], ["letter", "show", "--json", "--", "-x"]),
        (["--desk"], ["--desk"]),
        (["--json"], []),
        (["case", "show", "--json", "1"], ["case", "show", "--json", "1"]),
    ],
)
def test_shared_options_may_stand_first(tokens: list[str], arranged: list[str]) -> None:
    assert options.arrange(tokens) == arranged


@pytest.mark.parametrize(
    ("tokens", "language", "as_json"),
    [
        ([], None, False),
        (["x", "--language", "ru"], "ru", False),
        (["x", "--language=ar", "--json"], "ar", True),
        (["x", "--language"], None, False),
        (["x", "--", "--json"], None, False),
    ],
)
def test_errors_know_their_reader(tokens: list[str], language: str | None, as_json: bool) -> None:
    reader = options.glance(tokens)
    assert (reader.language, reader.json) == (language, as_json)


def test_the_language_comes_from_option_environment_and_locale(
    empty: Houses, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LANG", "ar_EG.UTF-8")
    assert "لا يوجد أمر" in empty.run("foo").err
    monkeypatch.setenv("PARLEY_LANGUAGE", "ru")
    assert "Команды" in empty.run("foo").err
    assert "There is no command" in empty.run("foo", "--language", "en").err


def test_times_are_shown_in_utc_and_in_the_readers_zone(
    houses: Houses, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert re.search(r"\d\d:\d\d:\d\d UTC\n", houses.run("status", desk="left").out)
    shown = houses.run("status", "--zone", "Asia/Riyadh", desk="left").out
    assert re.search(r"\d\d:\d\d:\d\d UTC\+03:00 \([^)]*\d\d:\d\d:\d\d UTC\)", shown)
    monkeypatch.setenv("TZ", "Asia/Riyadh")
    time.tzset()
    assert houses.run("status", desk="left").out == shown


def test_errors_for_programs(empty: Houses) -> None:
    result = empty.run("status", "--desk", "nowhere", "--json")
    assert (result.code, result.out) == (1, "")
    assert result.error["reason"] == "desk-missing"
    assert result.error["details"] == {"folder": "nowhere"}
    assert result.error["what"]
    assert result.error["todo"]
    result = empty.run("letter", "show", "--json")
    assert result.code == 2
    assert result.error["reason"] == "argument-missing"
    result = empty.run("letter", "show", "x", "--json", "--language", "xx")
    assert (result.code, result.error["reason"]) == (2, "language-unknown")


def test_no_traceback_unless_asked_for(empty: Houses, monkeypatch: pytest.MonkeyPatch) -> None:
    def fault(*_arguments: object, **_options: object) -> None:
        raise RuntimeError("a secret that stands in an exception")

    monkeypatch.setattr("parley.node.folder.found", fault)
    result = empty.run("init", "north", "--party", "North", "--json")
    assert result.code == 1
    assert result.error["reason"] == "internal"
    assert result.error["details"] == {"fact": "RuntimeError"}
    assert "secret" not in result.err
    monkeypatch.setenv("PARLEY_DEBUG", "1")
    assert "Traceback" in empty.run("init", "north", "--party", "North").err


def test_what_the_system_refuses_has_a_reason(
    empty: Houses, monkeypatch: pytest.MonkeyPatch
) -> None:
    for code, reason in ((13, "file-unreadable"), (28, "file-unwritable"), (2, "file-missing")):

        def refuse(*_arguments: object, code: int = code, **_options: object) -> None:
            raise OSError(code, "prose", "/somewhere")

        monkeypatch.setattr("parley.node.folder.found", refuse)
        result = empty.run("init", "north", "--party", "North", "--json")
        assert (result.code, result.error["reason"]) == (1, reason)
        assert result.error["details"]["path"] == "/somewhere"


def test_interrupted(empty: Houses, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(*_arguments: object, **_options: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("parley.node.folder.found", interrupt)
    result = empty.run("init", "north", "--party", "North", "--language", "ru")
    assert (result.code, result.err) == (130, "Прервано.\n")
    assert empty.run("init", "north", "--party", "North", "--json").code == 130


def test_what_is_written_is_for_its_owner_alone(empty: Houses, tmp_path: Path) -> None:
    empty.json("init", "north", "--party", "North")
    empty.json("letter", "export", "n.letter", desk="north")
    for path in [tmp_path / "north", *(tmp_path / "north").rglob("*"), tmp_path / "n.letter"]:
        assert stat.S_IMODE(path.stat().st_mode) & 0o077 == 0, path


def test_a_reader_that_goes_away_is_no_fault(tmp_path: Path) -> None:
    command = f"{shlex.quote(sys.executable)} -m parley inquiry ask --template | head -1; "
    done = subprocess.run(
        ["bash", "-c", f"set -o pipefail; {command}"],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
        cwd=tmp_path,
    )
    assert done.stderr == ""
    assert done.stdout.startswith("# inquiry")


def test_an_ascii_terminal_is_served_too() -> None:
    done = python(
        "-m", "parley", "foo", "--language", "ru", PYTHONIOENCODING="ascii", PYTHONUTF8="0"
    )
    assert done.returncode == 2
    assert "\\u041a" in done.stderr
    assert "Traceback" not in done.stderr


def test_exit_codes() -> None:
    assert errors.exit_code(ParleyError(Reason.ROLE_FORBIDS)) == 1
    assert errors.exit_code(ParleyError(Reason.OPTION_UNKNOWN)) == 2
