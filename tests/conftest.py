"""What all tests share: Hypothesis without deadlines, and a word for what a machine lacks."""

from __future__ import annotations

import importlib
import os
import shutil
import signal
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import hypothesis
import pytest

from tests.support import postgres, schema
from tests.support.engines import ENGINE, ENGINES, POSTGRESQL, SQLITE

# Times say little on a busy machine; pytest-timeout bounds every test.
hypothesis.settings.register_profile("parley", deadline=None, print_blob=True)
hypothesis.settings.load_profile("parley")


def lacking(what: str) -> None:
    """Skip the test for want of ``what``; fail where PARLEY_REQUIRE_ALL says that all is there."""
    if os.environ.get("PARLEY_REQUIRE_ALL") == "1":
        pytest.fail(f"needs {what}, and PARLEY_REQUIRE_ALL=1 forbids skipping", pytrace=False)
    pytest.skip(f"needs {what}")


class Require:
    """Names what a test needs beyond the run-time dependencies."""

    def module(self, name: str, *, python: tuple[int, int] = (3, 11)) -> ModuleType:
        """Import ``name``, a development dependency that exists from ``python`` on."""
        if sys.version_info < python:
            pytest.skip(f"{name} needs Python {python[0]}.{python[1]}")
        try:
            return importlib.import_module(name)
        except ImportError:
            lacking(f"the module {name}")
            raise

    def program(self, name: str) -> str:
        """The path of the program ``name``."""
        path = shutil.which(name)
        if path is None:
            lacking(f"the program {name}")
            raise AssertionError
        return path


_MEMORY = Path("/dev/shm")  # noqa: S108 - pytest makes a folder of its own there
_ROOM = 2 << 30


def pytest_configure() -> None:
    """Have what tests start end at Ctrl-C, and keep files in memory where there is room.

    Thousands of desks sync every commit.
    """
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        # So shells have it for what they run behind; whoever is started by it would inherit that.
        signal.signal(signal.SIGINT, signal.default_int_handler)
    if _MEMORY.is_dir() and shutil.disk_usage(_MEMORY).free > _ROOM:
        os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", str(_MEMORY))
        os.environ.setdefault("TMPDIR", str(_MEMORY))
        tempfile.tempdir = None  # looked up anew


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Files with slow tests come first: at the end no process waits long for another."""
    slow = {item.path for item in items if item.get_closest_marker("slow")}
    items.sort(key=lambda item: item.path not in slow)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--engine",
        choices=ENGINES,
        help="the engine of all desks' databases; without it SQLite, and both where tests say so",
    )


@pytest.fixture(scope="session", autouse=True)
def _engine(request: pytest.FixtureRequest) -> Iterator[None]:
    """The engine that the command line names, or SQLite; the server ends with the run."""
    with ENGINE.using(request.config.getoption("--engine") or SQLITE), schema.kept():
        if ENGINE.chosen == POSTGRESQL and not postgres.is_there():
            pytest.exit(f"--engine={POSTGRESQL} needs {postgres.WANTED}", 2)
        yield
    ENGINE.close()


@pytest.fixture(autouse=True)
def _databases() -> Iterator[None]:
    yield
    ENGINE.end_test()


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Tests with ``engine`` run on the one that the command line names, or on SQLite.

    Those marked ``engines`` run on each, unless the command line names one; some name theirs.
    """
    named = any(
        "engine" in mark.args[0] for mark in metafunc.definition.iter_markers("parametrize")
    )
    if "engine" in metafunc.fixturenames and not named:
        chosen = metafunc.config.getoption("--engine")
        each = ENGINES if metafunc.definition.get_closest_marker("engines") else [SQLITE]
        metafunc.parametrize("engine", [chosen] if chosen else each, indirect=True)


@pytest.fixture
def engine(request: pytest.FixtureRequest) -> Iterator[str]:
    """The engine on which this test's desks stand."""
    if request.param == POSTGRESQL and not postgres.is_there():
        lacking(postgres.WANTED)
    with ENGINE.using(request.param):
        yield request.param


@pytest.fixture
def server() -> postgres.Server:
    """A PostgreSQL server to make databases in."""
    if not postgres.is_there():
        lacking(postgres.WANTED)
    return ENGINE.server()


@pytest.fixture(scope="session")
def require() -> Require:
    """``require.module("scitt_cose")``, ``require.program("psql")``."""
    return Require()
