"""The long search, for `make campaign`: each parser in a process of its own, guided by coverage."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.conftest import Require
from tests.fuzz.parsers import PARSERS

RUNS = int(os.environ.get("FUZZ_RUNS", "2000000"))
FOLDER = Path(__file__).parents[2] / ".fuzz"


@pytest.mark.campaign
@pytest.mark.timeout(6 * 3600)
@pytest.mark.parametrize("name", PARSERS)
def test_a_search_finds_nothing(
    name: str, require: Require, record_property: Callable[[str, object], None]
) -> None:
    require.module("atheris")
    folder = FOLDER / name.replace(" ", "-").replace(",", "")
    started = time.monotonic()
    done = subprocess.run(
        [sys.executable, "-m", "tests.fuzz.search", name, str(RUNS), str(folder)],
        capture_output=True,
        check=False,
    )
    log = (done.stdout + done.stderr).decode(errors="replace")
    folder.joinpath("log").write_text(log)
    assert done.returncode == 0, log[-4000:]
    stats = dict(re.findall(r"stat::(\w+): +(\d+)", log))
    runs, memory = int(stats["number_of_executed_units"]), stats["peak_rss_mb"]
    seconds = time.monotonic() - started
    record_property(
        "search", f"{name:24} {runs:>9,} inputs  {runs / seconds:>7,.0f} a second  {memory} MiB"
    )
    assert runs >= RUNS
