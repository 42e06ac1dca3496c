"""A desk at which officers sign in, with cheap passwords; on either engine."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from parley.application import officers
from parley.application.desk import Desk
from parley.crypto import passwords
from parley.crypto.keystore import Costs
from tests.support.engines import ENGINE, SQLITE
from tests.support.pair import Pair, copied, pair


@pytest.fixture(autouse=True)
def _cheap(monkeypatch: pytest.MonkeyPatch) -> None:
    cheap = Costs(memory_kib=64, iterations=1, lanes=1)
    for function in (passwords.hashed, passwords.fits):
        monkeypatch.setattr(function, "__defaults__", (cheap,))


def staffed(both: Pair) -> Pair:
    officers.add(both.left, "boss", ["administrator"])
    return both


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of two desks on SQLite, to be copied."""
    folder = tmp_path_factory.mktemp("sign-in") / "pair"
    with ENGINE.using(SQLITE), pair(folder) as both:
        staffed(both)
    return folder


@pytest.fixture
def desks(tmp_path: Path, engine: str, template: Path) -> Iterator[Pair]:
    """Two desks; ``boss`` is an administrator at the left one."""
    with ExitStack() as stack:
        if engine == SQLITE:
            yield stack.enter_context(copied(template, tmp_path / "pair"))
        else:
            yield staffed(stack.enter_context(pair(tmp_path / "pair")))


@pytest.fixture
def desk(desks: Pair) -> Desk:
    return desks.left
