"""A test that lacks something says so loudly, and fails where nothing may be lacking."""

from __future__ import annotations

import pytest

from tests.conftest import Require


@pytest.fixture(params=["1", "0"])
def outcome(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> type:
    """What a test that lacks something ends with."""
    monkeypatch.setenv("PARLEY_REQUIRE_ALL", request.param)
    return pytest.fail.Exception if request.param == "1" else pytest.skip.Exception


def test_what_is_lacking_is_named(outcome: type[BaseException]) -> None:
    with pytest.raises(outcome, match="needs the module no_such_module"):
        Require().module("no_such_module")
    with pytest.raises(outcome, match="needs the program no-such-program"):
        Require().program("no-such-program")


def test_what_is_there_is_given(require: Require) -> None:
    assert require.module("json").dumps([]) == "[]"
    assert require.program("sh").endswith("sh")


@pytest.mark.usefixtures("outcome")
def test_a_module_for_a_later_python_is_no_fault() -> None:
    with pytest.raises(pytest.skip.Exception, match=r"needs Python 9\.0"):
        Require().module("no_such_module", python=(9, 0))
