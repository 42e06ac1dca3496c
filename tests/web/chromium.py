"""Where Chromium is on this machine: Debian's, or one that is named."""

from __future__ import annotations

import os
import shutil

VARIABLE = "PARLEY_TEST_CHROMIUM"
PROGRAMS = ("chromium", "chromium-browser", "google-chrome")
WANTED = f"Chromium: apt-get install chromium, or name one with {VARIABLE}=/path"


def find() -> str | None:
    """The path of a Chromium, if there is one."""
    named = os.environ.get(VARIABLE)
    return named or next(filter(None, map(shutil.which, PROGRAMS)), None)
