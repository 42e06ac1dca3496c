"""Two desks for each hostile act: a copy of a pair with an open channel, made once."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.hostile import Hostile
from tests.support.pair import copied, founded, reopened


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Two desks with an open channel, at rest, and closed."""
    folder = tmp_path_factory.mktemp("template")
    with founded(folder) as letters:
        with reopened(folder, letters) as made:
            made.settle()
        yield folder


@pytest.fixture
def hostile(template: Path, tmp_path: Path) -> Iterator[Hostile]:
    """The right desk in the hands of somebody who says what they like to the left."""
    with copied(template, tmp_path / "pair") as made:
        yield Hostile(made)
