"""Two desks that agree to erase, and what is looked for in their files afterwards."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from parley.application import officers
from tests.erasure.house import Houses
from tests.support.pair import copied, founded, reopened


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Two desks with an open channel."""
    folder = tmp_path_factory.mktemp("erasure")
    with founded(folder) as letters:
        with reopened(folder, letters) as made:
            for desk in (made.left, made.right):
                officers.add(desk, "anton", ["authoriser"])
            made.settle()
        yield folder


@pytest.fixture
def houses(template: Path, tmp_path: Path) -> Iterator[Houses]:
    with copied(template, tmp_path / "pair") as pair:
        yield Houses(pair)
