"""A browser, and two desks that have lived through the story.

The browser is Debian's Chromium, driven by Playwright; nothing is downloaded for it.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect, sync_playwright

from tests.conftest import lacking
from tests.web import hostile, large, story
from tests.web.chromium import WANTED, find
from tests.web.desks import Desks, People, served

# Names end in loopback or nowhere: no test can reach anything beyond this machine.
_RESOLVER = "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE *.localhost , EXCLUDE 127.0.0.1"

_PATIENCE_MS = 20_000


@pytest.fixture(scope="session")
def chromium() -> str:
    """The path of a Chromium."""
    found = find()
    if found is None:
        lacking(WANTED)
        raise AssertionError
    return found


# Of a module, and not of the session: while Playwright runs, this thread counts as one that runs
# an event loop, and tests of other folders start their own.
@pytest.fixture(scope="module")
def browser(chromium: str) -> Iterator[Browser]:
    """A browser. Each test takes a context of its own."""
    expect.set_options(timeout=_PATIENCE_MS)
    with sync_playwright() as playwright:
        yield playwright.chromium.launch(executable_path=chromium, args=[_RESOLVER])


def _made_once(factory: pytest.TempPathFactory, name: str, make: Callable[[Path], None]) -> Path:
    """A folder that ``make`` fills: once for all processes of the run."""
    base = factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        base = base.parent
    folder = base / name
    with (base / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not folder.exists():
            made = base / f"{name}.made"
            make(made)
            made.rename(folder)
    return folder


@pytest.fixture(scope="session")
def lived(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of two desks after the story."""
    return _made_once(tmp_path_factory, "lived", story.build)


@pytest.fixture(scope="session")
def besieged(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of two desks whose every text is hostile."""
    return _made_once(tmp_path_factory, "besieged", hostile.build)


@pytest.fixture(scope="session")
def large_desk(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a desk with 10,000 cases, and of its peer."""
    return _made_once(tmp_path_factory, "large", large.build)


@pytest.fixture
def desks(lived: Path, tmp_path: Path) -> Iterator[Desks]:
    """Two desks after the story, of the test's own."""
    with served(lived, tmp_path / "desks") as made:
        yield made


@pytest.fixture(scope="module")
def library(lived: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desks]:
    """Two desks after the story, for tests that only read."""
    with served(lived, tmp_path_factory.mktemp("library") / "desks") as made:
        yield made


@pytest.fixture
def people(browser: Browser) -> Iterator[People]:
    """Officers before browsers."""
    found = People(browser)
    yield found
    found.leave()
