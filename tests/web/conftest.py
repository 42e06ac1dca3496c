"""A browser, and two desks that have lived through the story.

The browser is Debian's Chromium, driven by Playwright; nothing is downloaded for it.
"""

from __future__ import annotations

import fcntl
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright

from tests.conftest import lacking
from tests.web import story

VARIABLE = "PARLEY_TEST_CHROMIUM"
PROGRAMS = ("chromium", "chromium-browser", "google-chrome")
WANTED = f"Chromium: apt-get install chromium, or name one with {VARIABLE}=/path"

# Names end in loopback or nowhere: no test can reach anything beyond this machine.
_RESOLVER = "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE *.localhost , EXCLUDE 127.0.0.1"


@pytest.fixture(scope="session")
def chromium() -> str:
    """The path of a Chromium."""
    named = os.environ.get(VARIABLE)
    found = named or next(filter(None, map(shutil.which, PROGRAMS)), None)
    if found is None:
        lacking(WANTED)
        raise AssertionError
    return found


# Of a module, and not of the session: while Playwright runs, this thread counts as one that runs
# an event loop, and tests of other folders start their own.
@pytest.fixture(scope="module")
def browser(chromium: str) -> Iterator[Browser]:
    """A browser. Each test takes a context of its own."""
    with sync_playwright() as playwright:
        yield playwright.chromium.launch(executable_path=chromium, args=[_RESOLVER])


@pytest.fixture(scope="session")
def lived(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of two desks after the story: made once for all processes of the run."""
    base = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        base = base.parent
    folder = base / "lived"
    with (base / "lived.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not folder.exists():
            made = base / "lived.made"
            story.build(made)
            made.rename(folder)
    return folder
