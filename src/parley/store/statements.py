"""Statements of SQL, built once when a module is loaded and compiled once for each engine.

Building one costs several times what running it does, and SQLAlchemy's execution of a small one
several times what the engine's own does. A :class:`Prepared` statement is compiled by SQLAlchemy
and run by the driver, inside the connection's transaction. What differs from run to run is given
under the column's name with an underscore behind it: a plain column's name means its new value.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from operator import itemgetter
from typing import Any, cast

from sqlalchemy import ColumnElement, Connection, bindparam
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.expression import ClauseElement

from parley.store import dialect


def given(column: ColumnElement[Any]) -> ColumnElement[bool]:
    """Whether the column has the value that is given as ``<column>_``."""
    return column == bindparam(f"{column.key}_")


class Prepared:
    """A statement whose values are integers, texts and bytes, which every driver takes as they are.

    ``statement`` is one of SQLAlchemy's, or makes it for an engine's name where engines differ.
    ``columns`` names those that an insert or update writes, where it is not all of the table.
    """

    def __init__(
        self,
        statement: ClauseElement | Callable[[str], ClauseElement],
        columns: Sequence[str] | None = None,
    ) -> None:
        self._statement = statement
        self._columns = list(columns) if columns is not None else None
        self._compiled: dict[str, _Compiled] = {}

    def rows(self, connection: Connection, values: Mapping[str, Any]) -> list[Any]:
        """Run it; all rows of the result."""
        cursor = self._cursor(connection, values)
        try:
            return list(cursor.fetchall())
        finally:
            cursor.close()

    def row(self, connection: Connection, values: Mapping[str, Any]) -> Any:
        """Run it; the first row of the result, or none."""
        cursor = self._cursor(connection, values)
        try:
            return cursor.fetchone()
        finally:
            cursor.close()

    def run(self, connection: Connection, values: Mapping[str, Any]) -> None:
        """Run it, where it has no result."""
        self._cursor(connection, values).close()

    def _cursor(self, connection: Connection, values: Mapping[str, Any]) -> Any:
        compiled = self._compiled.get(connection.dialect.name)
        if compiled is None:
            compiled = self._compile(connection)
        return dialect.run(connection, compiled.sql, compiled.parameters(values))

    def _compile(self, connection: Connection) -> _Compiled:
        engine, statement = connection.dialect.name, self._statement
        made = statement if isinstance(statement, ClauseElement) else statement(engine)
        sql = made.compile(dialect=connection.dialect, column_keys=self._columns)
        compiled = self._compiled[engine] = _Compiled(cast("SQLCompiler", sql))
        return compiled


class _Compiled:
    """The text of a statement for one engine, and how its values are handed over."""

    def __init__(self, compiled: SQLCompiler) -> None:
        self.sql = str(compiled)
        fixed = {name: value for name, value in compiled.params.items() if value is not None}
        order = tuple(compiled.positiontup or ()) if compiled.positional else None
        self.parameters = _handing_over(fixed, order)


def _handing_over(
    fixed: Mapping[str, Any], order: tuple[str, ...] | None
) -> Callable[[Mapping[str, Any]], Any]:
    """Gives the driver's parameters for given values: by name, or in the driver's ``order``."""
    if order is None:
        return lambda values: {**fixed, **values}
    if len(order) < 2:
        return lambda values: tuple([{**fixed, **values}[name] for name in order])
    pick = itemgetter(*order)
    return (lambda values: pick({**fixed, **values})) if fixed else pick
