"""What all tests share: Hypothesis without deadlines, and a word for what a machine lacks."""

from __future__ import annotations

import importlib
import os
import shutil
import sys
from types import ModuleType

import hypothesis
import pytest

# Times say little on a busy machine; pytest-timeout bounds every test.
hypothesis.settings.register_profile("parley", deadline=None, print_blob=True)
hypothesis.settings.load_profile("parley")


def lacking(what: str) -> None:
    """Skip the test for want of ``what``; fail where PARLEY_REQUIRE_ALL says that all is there."""
    if os.environ.get("PARLEY_REQUIRE_ALL") == "1":
        pytest.fail(f"needs {what}, and PARLEY_REQUIRE_ALL=1 forbids skipping", pytrace=False)
    pytest.skip(f"needs {what}")


class Require:
    """Names what a test needs beyond the run-time dependencies."""

    def module(self, name: str, *, python: tuple[int, int] = (3, 11)) -> ModuleType:
        """Import ``name``, a development dependency that exists from ``python`` on."""
        if sys.version_info < python:
            pytest.skip(f"{name} needs Python {python[0]}.{python[1]}")
        try:
            return importlib.import_module(name)
        except ImportError:
            lacking(f"the module {name}")
            raise

    def program(self, name: str) -> str:
        """The path of the program ``name``."""
        path = shutil.which(name)
        if path is None:
            lacking(f"the program {name}")
            raise AssertionError
        return path


@pytest.fixture(scope="session")
def require() -> Require:
    """``require.module("scitt_cose")``, ``require.program("psql")``."""
    return Require()
