"""A pair of desks for each test."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.pair import Pair, pair, reopened


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two desks with an open channel that have not spoken yet; made once, copied for each test."""
    folder = tmp_path_factory.mktemp("template")
    with pair(folder):
        pass
    return folder


@pytest.fixture
def desks(template: Path, tmp_path: Path) -> Iterator[Pair]:
    """Two desks with an open channel that have not spoken yet."""
    shutil.copytree(template, tmp_path / "desks")
    with reopened(tmp_path / "desks") as made:
        yield made
