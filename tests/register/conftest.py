"""A pair of desks for each test."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.pair import Pair, pair


@pytest.fixture
def desks(tmp_path: Path, engine: str) -> Iterator[Pair]:
    """Two desks with an open channel, at rest; on either engine."""
    with pair(tmp_path) as made:
        made.settle()
        yield made
