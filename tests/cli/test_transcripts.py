"""Each file in ``transcripts`` is a test: see :mod:`tests.cli.transcript`."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.conftest import SIDES, Houses
from tests.cli.transcript import Transcript
from tests.support.engines import ENGINE, SQLITE

FILES = sorted((Path(__file__).parent / "transcripts").glob("*.txt"))


IN_FILES = {"backup"}
"""What is shown by desks whose database is a file: a server's database is never replaced."""


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_transcript(file: Path, empty: Houses) -> None:
    with ENGINE.using(SQLITE if file.stem in IN_FILES else ENGINE.chosen):
        play(file, empty)


def play(file: Path, empty: Houses) -> None:
    if not file.stem.endswith(".empty"):
        for side in SIDES:
            empty.found(side)
        empty.connect()
    Transcript(empty).play(file)
