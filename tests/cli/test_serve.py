"""Serving, and the quickstart, as the processes that they are."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack
from http.client import HTTPConnection
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from parley.cli import transcript
from parley.cli.demo.processes import is_healthy
from parley.crypto import words
from parley.record.dossier import verify
from tests.cli.conftest import Houses

SECONDS = 60
LONG_SECONDS = 300


def parley(*arguments: str, **options: Any) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "parley", *arguments],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        **options,
    )


@pytest.fixture
def started() -> Iterator[list[subprocess.Popen[str]]]:
    """Processes that a test has started, ended with it whatever happens."""
    processes: list[subprocess.Popen[str]] = []
    yield processes
    for process in processes:
        if process.poll() is None:
            process.kill()
        process.communicate()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_desk_says_where_it_answers_and_ends_when_told(
    houses: Houses, started: list[subprocess.Popen[str]], number: signal.Signals
) -> None:
    process = parley("serve", "--desk", "left")
    started.append(process)
    assert process.stdout is not None
    line = process.stdout.readline()
    assert line.startswith("The desk in left answers: peers at http://127.0.0.1:")
    operations = line.rstrip(".\n").rsplit(" ", 1)[1]
    assert is_healthy(int(operations.rpartition(":")[2]))
    process.send_signal(number)
    out, err = process.communicate(timeout=SECONDS)
    assert process.returncode == 0
    assert out == ""
    assert "Traceback" not in err
    events = [json.loads(entry)["event"] for entry in err.splitlines()]
    assert events[-1] == "stopped"


def test_a_desk_says_where_it_answers_to_programs(
    houses: Houses, started: list[subprocess.Popen[str]], tmp_path: Path
) -> None:
    with (tmp_path / "left" / "parley.toml").open("a") as config:
        config.write("\n[web]\nport = 0\n")
    with (tmp_path / "out").open("w") as file:
        process = subprocess.Popen(
            [sys.executable, "-m", "parley", "serve", "--desk", "left", "--json"],
            stdout=file,
            stderr=subprocess.PIPE,
            text=True,
        )
    started.append(process)
    deadline = time.monotonic() + SECONDS
    while not (text := (tmp_path / "out").read_text()).endswith("}\n"):
        assert time.monotonic() < deadline
        time.sleep(0.02)
    ready = json.loads(text)
    assert ready.keys() == {"desk", "peer", "operations", "pid", "web"}
    assert ready["pid"] == process.pid
    check_strangers_keep_nobody_out(ready["web"], ready["operations"])


def check_strangers_keep_nobody_out(web: str, operations: str) -> None:
    """More connections than the web desk lets in, none of which ever says what it wants."""
    at = urlsplit(web)
    assert at.port is not None
    with ExitStack() as crowd:
        for number in range(600):
            source = (f"127.0.0.{2 + number % 4}", 0)
            try:
                line = socket.create_connection(("127.0.0.1", at.port), 10, source)
                crowd.enter_context(line).sendall(b"GET / HTTP/1.1\r\nhost: ")
            except ConnectionError:
                pass  # another of them was let in instead
        officer = HTTPConnection("127.0.0.1", at.port, timeout=10)
        officer.request("GET", "/sign-in", headers={"host": at.netloc})
        assert officer.getresponse().status == 200
        officer.close()
    meters = HTTPConnection(urlsplit(operations).netloc, timeout=10)
    meters.request("GET", "/metrics")
    counts = meters.getresponse().read().decode()
    meters.close()
    assert 'parley_web_connections_closed_total{why="' in counts


def test_a_port_that_is_taken(
    houses: Houses, started: list[subprocess.Popen[str]], tmp_path: Path
) -> None:
    first = parley("serve", "--desk", "left")
    started.append(first)
    assert first.stdout is not None
    port = first.stdout.readline().split("http://127.0.0.1:")[1].split(",")[0]
    config = tmp_path / "right" / "parley.toml"
    config.write_text(config.read_text().replace("port = 0", f"port = {port}", 1))
    second = parley("serve", "--desk", "right", "--json", "--language", "ru")
    started.append(second)
    out, err = second.communicate(timeout=SECONDS)
    assert (second.returncode, out) == (1, "")
    error = json.loads(err[err.index('{\n  "error"') :])["error"]
    assert error["reason"] == "port-taken"
    assert str(error["details"]["port"]) == port


# --- quickstart ----------------------------------------------------------------------------------


def children(folder: Path) -> list[str]:
    """Processes that serve a desk below ``folder``."""
    found = []
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            if (entry / "cwd").resolve() == folder.resolve():
                found.append((entry / "cmdline").read_bytes().replace(b"\0", b" ").decode())
        except OSError:
            continue
    return found


@pytest.mark.slow
@pytest.mark.timeout(LONG_SECONDS)
def test_the_quickstart_verifies_both_dossiers_and_leaves_nothing_running(
    started: list[subprocess.Popen[str]], tmp_path: Path
) -> None:
    process = parley("quickstart", "two", "--name-a", "CERT X", "--code-a", "CERT-X", "--json")
    started.append(process)
    out, err = process.communicate(timeout=LONG_SECONDS)
    assert process.returncode == 0, err
    assert err == ""
    result = json.loads(out)
    assert result["verified"] is True
    assert [desk["code"] for desk in result["desks"]] == ["CERT-X", "SOUTH"]
    assert children(tmp_path / "two") == []
    named = [words.parse(desk["fingerprint"]) for desk in result["desks"]]
    for desk in result["desks"]:
        file = tmp_path / "two" / desk["dossier"]
        report = verify.verify(file, pins=transcript.pins(file, named))
        assert report.agreement == report.agreement_post_quantum == (2, 2)
        assert report.demonstration
        assert "identity" not in [one.value for one in report.not_proved]
    lines = result["commands"]
    assert lines[0].startswith(("cd ", "export PATH="))
    assert any(line.startswith("parley init cert-x --party 'CERT X'") for line in lines)
    assert any(line.startswith("parley dossier verify south.dossier") for line in lines)
    (tmp_path / "two" / "passphrase").chmod(0o600)
    again = parley("quickstart", "two", "--json", "--language", "ar")
    started.append(again)
    _, err = again.communicate(timeout=SECONDS)
    assert (again.returncode, json.loads(err)["error"]["reason"]) == (1, "folder-not-empty")


@pytest.mark.slow
@pytest.mark.timeout(LONG_SECONDS)
@pytest.mark.skipif(not Path("/proc/self/cwd").exists(), reason="looks processes up in /proc")
@pytest.mark.parametrize(
    ("number", "command", "serving"),
    [
        (signal.SIGINT, "inquiry ask", 2),
        pytest.param(signal.SIGTERM, "letter export", 0, marks=pytest.mark.campaign),
    ],
)
def test_a_quickstart_that_is_interrupted_leaves_nothing_running(
    started: list[subprocess.Popen[str]],
    tmp_path: Path,
    number: signal.Signals,
    command: str,
    serving: int,
) -> None:
    process = parley("quickstart", "two", "--language", "ru", start_new_session=True)
    started.append(process)
    assert process.stdout is not None
    shown = []
    for line in process.stdout:
        shown.append(line)
        if f"$ parley {command}" in line:
            break
    assert len([c for c in children(tmp_path / "two") if " serve " in c]) == serving
    os.kill(process.pid, number)
    _, err = process.communicate(timeout=SECONDS)
    assert process.returncode == 130
    assert "Прервано." in err
    assert any("# Каждая сторона создаёт узел" in line for line in shown)
    assert "Traceback" not in err
    deadline = time.monotonic() + 10
    while children(tmp_path / "two") and time.monotonic() < deadline:
        time.sleep(0.05)
    assert children(tmp_path / "two") == []
