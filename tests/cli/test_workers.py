"""Several processes serve one desk: they share its work, and one that is killed is replaced."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
import tomllib
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlencode, urlsplit

import psycopg
import pytest

from parley.application import channels
from parley.kernel import ids
from parley.wire.courier import Courier
from tests.cli.conftest import Houses
from tests.support.engines import ENGINE, POSTGRESQL
from tests.support.pair import Pair, inquiry
from tests.support.postgres import Server

SECONDS = 60


@pytest.fixture
def served(server: Server, tmp_path: Path) -> Iterator[Houses]:
    """Two houses on PostgreSQL, connected, each of which knows the other's address."""
    with ENGINE.using(POSTGRESQL):
        made = Houses(tmp_path)
        for side in ("left", "right"):
            made.found(side)
        made.connect()
        yield made


@contextmanager
def start(side: str, workers: int, log: Path) -> Iterator[subprocess.Popen[str]]:
    """Serve a desk; what still runs at the end is killed."""
    command = [sys.executable, "-m", "parley", "serve", "--desk", side, "--json"]
    with (
        log.open("w") as file,
        subprocess.Popen(
            [*command, "--workers", str(workers)], stdout=subprocess.PIPE, stderr=file, text=True
        ) as process,
    ):
        try:
            yield process
        finally:
            process.kill()


def wait_until(holds: Callable[[], bool], what: str) -> None:
    deadline = time.monotonic() + SECONDS
    while not holds():
        assert time.monotonic() < deadline, what
        time.sleep(0.05)


def ready(process: subprocess.Popen[str]) -> dict[str, str]:
    assert process.stdout is not None
    text = ""
    while not text.endswith("}\n"):
        line = process.stdout.readline()
        assert line, "it ended"
        text += line
    return json.loads(text)


def workers_of(process: subprocess.Popen[str]) -> list[int]:
    """The processes that it has started to serve."""
    children = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
    return [
        int(pid)
        for pid in children
        if b"spawn_main" in Path(f"/proc/{pid}/cmdline").read_bytes()
        and b"resource_tracker" not in Path(f"/proc/{pid}/cmdline").read_bytes()
    ]


def metrics(address: str) -> dict[str, float]:
    with urllib.request.urlopen(f"{address}/metrics", timeout=10) as answer:  # noqa: S310 - ours
        lines = answer.read().decode().splitlines()
    return {
        line.rpartition(" ")[0]: float(line.rpartition(" ")[2])
        for line in lines
        if not line.startswith("#")
    }


@pytest.mark.slow
@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="looks processes up in /proc")
def test_workers_share_a_desk_and_one_that_is_killed_is_replaced(
    served: Houses, tmp_path: Path
) -> None:
    log = tmp_path / "log"
    with start("right", 3, log) as process:
        at = ready(process)
        first = workers_of(process)
        assert len(first) == 3
        # The left desk's courier runs here, one delivery after the other.
        with served.pair() as both:
            left, channel = both.left, both.channel(both.left)
            for number in range(6):
                both.append(left, inquiry(channel, ids.new_case_id()))
                if number == 2:
                    os.kill(first[0], signal.SIGKILL)
                deliver(both, at["peer"])
            (standing,) = channels.standings(left)
            assert standing.receipted == standing.own == 7
            wait_until(lambda: len(workers_of(process)) == 3, "it was not started again")
            assert first[0] not in workers_of(process)
        shown = metrics(at["operations"])
        assert shown['parley_restarts_total{what="worker"}'] == 1
        assert shown['parley_frames_total{outcome="accepted"}'] >= 6
        process.send_signal(signal.SIGTERM)
        assert process.wait(SECONDS) == 0
    assert not any(Path(f"/proc/{pid}").exists() for pid in first)
    events = [json.loads(line) for line in log.read_text().splitlines()]
    assert "Traceback" not in log.read_text()
    # This one, and all that served by then.
    assert [e["event"] for e in events].count("stopped") >= 3
    assert served.run("fsck", desk="right").code == 0


@pytest.mark.slow
@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="looks processes up in /proc")
def test_workers_end_with_the_process_that_watches_them(served: Houses, tmp_path: Path) -> None:
    with start("right", 2, tmp_path / "log") as process:
        ready(process)
        workers = workers_of(process)
        assert len(workers) == 2
        process.kill()
    wait_until(
        lambda: not any(Path(f"/proc/{pid}").exists() for pid in workers), "they are still there"
    )


@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
def test_a_desk_in_a_file_takes_one_process(engine: str, houses: Houses) -> None:
    result = houses.run("serve", "--workers", "2", "--json", desk="left")
    assert (result.code, result.error["reason"]) == (1, "workers-need-server")
    assert houses.run("serve", "--workers", "0", "--json", desk="left").code == 2


@contextmanager
def stopped(pid: int, database: psycopg.Connection) -> Iterator[None]:
    """A process that does nothing for now, stopped where nobody has to wait for it.

    It is not stopped when it has been told: until then another of its threads may take a connection
    in. In a transaction, or with a file locked, it would have the others wait.
    """

    def rests() -> bool:
        os.kill(pid, signal.SIGSTOP)
        for _ in range(10):
            time.sleep(0.02)
            if not database.execute(_OPEN).fetchall() and not _locks_files(pid):
                return _is_stopped(pid)
        os.kill(pid, signal.SIGCONT)
        time.sleep(0.05)
        return False

    try:
        wait_until(rests, "it is never at rest")
        yield
    finally:
        os.kill(pid, signal.SIGCONT)


_OPEN = """SELECT pid FROM pg_stat_activity WHERE datname = current_database()
           AND xact_start IS NOT NULL AND pid <> pg_backend_pid()"""


def _locks_files(pid: int) -> bool:
    held = (line.split() for line in Path("/proc/locks").read_text().splitlines())
    return any("WRITE" in words and str(pid) in words for words in held)


def _is_stopped(pid: int) -> bool:
    threads = Path(f"/proc/{pid}/task").iterdir()
    return all((one / "stat").read_text().rpartition(")")[2].split()[0] == "T" for one in threads)


def deliver(both: Pair, address: str) -> None:
    """Deliver from the left desk over HTTP, again where the process that took it was killed."""
    courier = Courier(both.left, Meter(), lambda: time.time_ns() // 1_000_000)
    try:
        wait_until(lambda: courier.deliver(both.channel_id, (address,)), "nothing is delivered")
    finally:
        courier.close()


class Meter:
    """Counts nothing."""

    def attempt(self, outcome: str) -> None:
        pass


class Session:
    """An officer at the web desk, over a new connection for each request."""

    def __init__(self, origin: str) -> None:
        self._at = urlsplit(origin)
        self._cookie = ""

    def ask(self, method: str, path: str, **fields: str) -> tuple[int, str]:
        """Ask for a page; what is answered, and its text."""
        with closing(HTTPConnection("127.0.0.1", self._at.port or 0, timeout=SECONDS)) as line:
            return self._ask(line, method, path, fields)

    def _ask(
        self, line: HTTPConnection, method: str, path: str, fields: dict[str, str]
    ) -> tuple[int, str]:
        heads = {"host": self._at.netloc, "sec-fetch-site": "same-origin", "cookie": self._cookie}
        if method == "POST":
            heads["content-type"] = "application/x-www-form-urlencoded"
        line.request(method, path, urlencode(fields) if fields else None, heads)
        answer = line.getresponse()
        given = answer.headers["set-cookie"]
        if given is not None:
            self._cookie = given.partition(";")[0]
        return answer.status, answer.read().decode()


@pytest.mark.slow
@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="looks processes up in /proc")
def test_an_officer_is_served_by_any_worker(served: Houses, tmp_path: Path) -> None:
    """One session, one draft and one desk, whichever process answers."""
    at = tmp_path / "left" / "parley.toml"
    with at.open("a") as config:
        config.write("\n[web]\nport = 0\n")
    url = tomllib.loads(at.read_text())["desk"]["database"]
    token = served.json("officer", "link", "dora", desk="left")["token"]
    with (
        psycopg.connect(url, autocommit=True) as database,
        start("left", 2, tmp_path / "log") as process,
    ):
        officer = Session(ready(process)["web"])
        first, second = workers_of(process)
        assert officer.ask("POST", "/sign-in/link/use", **{"password-token": token})[0] == 303
        # A link opens once, at whichever of them.
        other = Session(f"http://{officer._at.netloc}")
        shown: list[str] = []
        for pid, language in ((first, "ru"), (second, "ar")):
            with stopped(pid, database):
                assert other.ask("POST", "/sign-in/link/use", **{"password-token": token})[0] != 303
                status, text = officer.ask("GET", "/drafts")
                assert status == 200
                shown.append(text)
                fields = {"language": language, "zone": "UTC", "theme": "light", "digits": "latin"}
                assert officer.ask("POST", "/me/preferences/choose", **fields)[0] == 303
        assert 'lang="ru"' in shown[1]
        assert 'lang="ar"' in officer.ask("GET", "/")[1]
        assert officer.ask("POST", "/sign-out")[0] == 303
        for pid in (first, second):
            with stopped(pid, database):
                assert officer.ask("GET", "/drafts")[0] == 303
        process.send_signal(signal.SIGTERM)
        assert process.wait(SECONDS) == 0
    assert "Traceback" not in (tmp_path / "log").read_text()
