"""Stages for crash tests, made once for each engine."""

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.crash.stages import Stages, memory


@pytest.fixture(scope="session")
def place() -> Iterator[Path]:
    """A folder for short-lived desks."""
    with memory() as folder:
        yield folder


@pytest.fixture(scope="session")
def _every() -> dict[str, Stages]:
    return {}


@pytest.fixture
def stages(engine: str, place: Path, _every: dict[str, Stages], _stack: ExitStack) -> Stages:
    """The stages on the engine of this test."""
    if engine not in _every:
        _every[engine] = Stages(place / engine, _stack)
    return _every[engine]


@pytest.fixture(scope="session")
def _stack() -> Iterator[ExitStack]:
    with ExitStack() as stack:
        yield stack
