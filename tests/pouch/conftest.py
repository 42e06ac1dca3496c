"""A pair of desks for each test."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.pair import Pair, copied, founded, reopened


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Two desks with an open channel that have not spoken yet; made once, copied for each test."""
    folder = tmp_path_factory.mktemp("template")
    with founded(folder) as letters:
        with reopened(folder, letters):
            pass
        yield folder


@pytest.fixture
def desks(template: Path, tmp_path: Path) -> Iterator[Pair]:
    """Two desks with an open channel that have not spoken yet."""
    with copied(template, tmp_path / "desks") as made:
        yield made
