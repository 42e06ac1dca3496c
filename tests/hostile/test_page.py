"""docs/hostile.md has a row for each act that is tested here, and tests of each row exist."""

from __future__ import annotations

import ast
import re
from pathlib import Path
from typing import NamedTuple

from parley.kernel.reasons import Reason

ROOT = Path(__file__).resolve().parents[2]
HERE = "tests/hostile/"
AT_LEAST = 40
COLUMNS = 5


class Row(NamedTuple):
    """One act: the five cells of its row."""

    act: str
    sees: str
    evidence: str
    remains: str
    test: str


def rows() -> list[Row]:
    page = (ROOT / "docs/hostile.md").read_text("utf-8")
    cells = [
        [cell.strip() for cell in line.strip()[1:-1].split("|")]
        for line in page.splitlines()
        if line.startswith("| ") and "::" in line
    ]
    assert all(len(row) == COLUMNS for row in cells), cells
    return [Row(*row) for row in cells]


def named_in(row: Row) -> list[str]:
    return re.findall(r"`([\w/]+\.py::\w+)`", row.test)


def defined(path: Path) -> set[str]:
    tree = ast.parse(path.read_text("utf-8"))
    return {
        node.name
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test_")
    }


def test_every_row_has_a_test_that_exists() -> None:
    found = rows()
    assert len(found) >= AT_LEAST
    for row in found:
        assert named_in(row), row
        for name in named_in(row):
            path, function = name.split("::")
            assert function in defined(ROOT / "tests" / path), name


def test_every_test_here_has_a_row() -> None:
    told = [name for row in rows() for name in named_in(row)]
    here = {
        f"hostile/{path.name}::{name}"
        for path in (ROOT / HERE).glob("test_*.py")
        if path.name != "test_page.py"
        for name in defined(path)
    }
    assert here <= set(told), here - set(told)
    assert len({row.act for row in rows()}) == len(rows()), "an act stands there twice"


def test_the_codes_of_the_page_exist() -> None:
    known = {reason.value for reason in Reason}
    for row in rows():
        for code in re.findall(r"`([a-z]+(?:-[a-z]+)+)`", row.sees):
            assert code in known, code
