"""Two desks that attach things in small chunks."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.attachments.carrying import Carrying, small_chunks
from tests.support.pair import pair


@pytest.fixture
def both(tmp_path: Path, engine: str) -> Iterator[Carrying]:
    """Two desks with an open channel, at rest, whose chunks have 4 KiB."""
    with pair(tmp_path) as made:
        made.settle()
        yield Carrying(small_chunks(made), tmp_path)
