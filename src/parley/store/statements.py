"""Statements of SQL are built once, when a module is loaded.

Building one costs several times what running it does. What differs from run to run is given under
the column's name with an underscore behind it: a plain column's name means its new value.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, bindparam


def given(column: ColumnElement[Any]) -> ColumnElement[bool]:
    """Whether the column has the value that is given as ``<column>_``."""
    return column == bindparam(f"{column.key}_")
