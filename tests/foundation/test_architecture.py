"""The contracts on imports hold, and each of them fails on a planted fault."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


def lint_imports(folder: Path) -> subprocess.CompletedProcess[str]:
    """Run import-linter on the package ``parley`` in ``folder``."""
    code = "import sys; from importlinter.cli import lint_imports_command as run; run()"
    return subprocess.run(
        [sys.executable, "-c", code, "--no-cache", "--config", str(ROOT / "pyproject.toml")],
        cwd=folder,
        env={"PYTHONPATH": str(folder), "COLUMNS": "200", "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """A copy of the source to plant faults in; returns its folder."""
    ignored = shutil.ignore_patterns("__pycache__", "locale")
    shutil.copytree(ROOT / "src", tmp_path / "src", ignore=ignored)
    return tmp_path / "src"


def test_the_contracts_hold() -> None:
    result = lint_imports(ROOT / "src")
    assert result.returncode == 0, result.stdout
    assert " 0 broken" in result.stdout


@pytest.mark.parametrize(
    ("module", "line", "contract"),
    [
        pytest.param("kernel/planted.py", "import parley.store", "layers", id="kernel-to-store"),
        pytest.param("wire/planted.py", "import parley.cli", "layers", id="wire-to-cli"),
        pytest.param("crypto/planted.py", "import parley.story", "layers", id="between-siblings"),
        pytest.param("rogue/__init__.py", '"""New."""', "layers", id="package-without-a-place"),
        pytest.param("domain/planted.py", "import sqlalchemy", "pure", id="domain-to-sqlalchemy"),
        pytest.param("domain/planted.py", "import time", "pure", id="domain-to-clock"),
        pytest.param("crypto/planted.py", "from os import urandom", "pure", id="crypto-to-os"),
        pytest.param("kernel/planted.py", "import logging", "pure", id="kernel-to-logging"),
        pytest.param("cli/planted.py", "import sqlite3", "sql", id="sql-outside-the-store"),
    ],
)
def test_a_planted_fault_breaks_its_contract(
    copy: Path, module: str, line: str, contract: str
) -> None:
    target = copy / "parley" / module
    target.parent.mkdir(exist_ok=True)
    target.write_text(line + "\n", "utf-8")
    result = lint_imports(copy)
    assert result.returncode == 1
    assert f"{NAMES[contract]} BROKEN" in result.stdout


def test_a_planted_cycle_inside_a_package_breaks_its_contract(copy: Path) -> None:
    package = copy / "parley" / "kernel"
    (package / "one.py").write_text("import parley.kernel.two\n", "utf-8")
    (package / "two.py").write_text("import parley.kernel.one\n", "utf-8")
    result = lint_imports(copy)
    assert result.returncode == 1
    assert f"{NAMES['acyclic']} BROKEN" in result.stdout


@pytest.mark.parametrize("package", ["application", "record"])
def test_what_passes_a_transaction_on_knows_no_more_of_sql_than_its_type(package: str) -> None:
    sql = re.compile(r"^ *(?:from|import) (?:sqlalchemy|alembic|sqlite3)\b.*", re.MULTILINE)
    for file in (ROOT / "src" / "parley" / package).rglob("*.py"):
        imports = {line.strip() for line in sql.findall(file.read_text("utf-8"))}
        assert imports <= {"from sqlalchemy import Connection"}, file


NAMES = {
    "layers": "Imports point inward",
    "acyclic": "No cycles, neither between packages nor inside them",
    "pure": "The core is pure",
    "sql": "Only the store speaks SQL",
}
