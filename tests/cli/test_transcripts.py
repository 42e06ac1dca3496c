"""Each file in ``transcripts`` is a test: see :mod:`tests.cli.transcript`."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.conftest import SIDES, Houses
from tests.cli.transcript import Transcript

FILES = sorted((Path(__file__).parent / "transcripts").glob("*.txt"))


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_transcript(file: Path, empty: Houses) -> None:
    if not file.stem.endswith(".empty"):
        for side in SIDES:
            empty.found(side)
        empty.connect()
    Transcript(empty).play(file)
