"""A pair of desks for each test: a copy of one that is made once for each engine."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

from tests.support.engines import ENGINE
from tests.support.pair import Pair, copied, founded, reopened


class Templates:
    """Two desks with an open channel, at rest and not open, on each engine."""

    def __init__(self, folder: Path, stack: ExitStack) -> None:
        self._folder = folder
        self._stack = stack
        self._made: dict[str, tuple[Path, int]] = {}

    @contextmanager
    def copy(self, folder: Path) -> Iterator[Pair]:
        """A copy, in ``folder``, on the engine that is chosen, when the two came to rest."""
        template, now = self._template()
        with copied(template, folder) as made:
            made.clock.now = now
            yield made

    def _template(self) -> tuple[Path, int]:
        known = self._made.get(ENGINE.chosen)
        if known is None:
            folder = self._folder / ENGINE.chosen
            letters = self._stack.enter_context(founded(folder))
            with reopened(folder, letters) as made:
                made.settle()
                known = self._made[ENGINE.chosen] = folder, made.clock.now
        return known


@pytest.fixture(scope="session")
def templates(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Templates]:
    """What the desks of these tests are copies of."""
    with ExitStack() as stack:
        yield Templates(tmp_path_factory.mktemp("templates"), stack)


@pytest.fixture
def desks(templates: Templates, tmp_path: Path, engine: str) -> Iterator[Pair]:
    """Two desks with an open channel, at rest; on either engine."""
    with templates.copy(tmp_path / "pair") as made:
        yield made
