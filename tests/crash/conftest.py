"""Stages for crash tests, in memory where the machine has such a folder: a kill knows no disk."""

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.crash.table import Benches

MEMORY = Path("/dev/shm")  # noqa: S108 - a folder of our own is made there


@pytest.fixture(scope="session")
def memory() -> Iterator[Path]:
    """A folder for short-lived desks."""
    folder = Path(tempfile.mkdtemp(prefix="parley-crash-", dir=MEMORY if MEMORY.is_dir() else None))
    yield folder
    shutil.rmtree(folder)


@pytest.fixture(scope="session")
def benches(memory: Path) -> Benches:
    """Makes operations ready."""
    return Benches(memory)
