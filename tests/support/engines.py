"""On which database engine the desks of a test stand.

Each desk of a test gets a database of its own: a file in its folder, or an empty database of the
test run's server. ``pytest --engine=postgresql`` has every test's desks on the server; without it
they are on SQLite, and those of tests marked ``engines`` on both, one after the other.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from parley.node.config import DeskSection
from tests.support import postgres

SQLITE, POSTGRESQL = "sqlite", "postgresql"
ENGINES = (SQLITE, POSTGRESQL)


class Engines:
    """The engine that is chosen, and the server, started when a test first needs it."""

    def __init__(self) -> None:
        self.chosen = SQLITE
        self._server: postgres.Server | None = None
        self._stack = ExitStack()
        self._test = ExitStack()

    def server(self) -> postgres.Server:
        """The test run's server."""
        if self._server is None:
            self._server = self._stack.enter_context(postgres.server())
        return self._server

    @contextmanager
    def using(self, engine: str) -> Iterator[None]:
        """Have desks made on ``engine`` while the block runs."""
        before, self.chosen = self.chosen, engine
        try:
            yield
        finally:
            self.chosen = before

    @contextmanager
    def section(self) -> Iterator[DeskSection]:
        """The configuration of one new desk's database, which lasts as long as the block."""
        if self.chosen == SQLITE:
            yield DeskSection()
        else:
            with self.server().database() as url:
                yield DeskSection(database=url)

    def section_of_test(self) -> DeskSection:
        """:meth:`section`, until the present test ends."""
        return self._test.enter_context(self.section())

    def end_test(self) -> None:
        """Take back what was lent to the present test."""
        self._test.close()

    @contextmanager
    def copy(self, section: DeskSection) -> Iterator[DeskSection]:
        """The configuration for a copy of a desk whose folder was copied; it lasts as long."""
        if "://" not in section.database:
            yield section
        else:
            with self.server().copy(section.database) as url:
                yield DeskSection(database=url)

    def close(self) -> None:
        """Stop the server."""
        self._server = None
        self._stack.close()


ENGINE = Engines()
