"""A pair of desks for each test."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.engines import ENGINE, SQLITE
from tests.support.pair import Pair, pair


@pytest.fixture
def desks(tmp_path: Path, engine: str) -> Iterator[Pair]:
    """Two desks with an open channel, at rest; on either engine."""
    with pair(tmp_path) as made:
        made.settle()
        yield made


@pytest.fixture
def sqlite_pair(tmp_path: Path) -> Iterator[Pair]:
    """The same, on SQLite alone."""
    with ENGINE.using(SQLITE), pair(tmp_path) as made:
        made.settle()
        yield made
