"""ARCHITECTURE.md is a map of the code as it is."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SOURCE = ROOT / "src" / "parley"
PAGE = (ROOT / "ARCHITECTURE.md").read_text("utf-8")


def packages(source: Path) -> set[str]:
    """The packages below ``source``, by their names; ``source`` is ``parley`` itself."""
    return {
        ".".join((source.name, *file.parent.relative_to(source).parts))
        for file in source.rglob("*.py")
        if file.parent != source
    }


def named(page: str) -> set[str]:
    """The packages in the table of layers."""
    rows = re.findall(r"^\| (`parley\.[^|]+) \|", page, re.MULTILINE)
    return {name for row in rows for name in re.findall(r"`([a-z_.]+)`", row)}


def unnamed(page: str, source: Path = SOURCE) -> set[str]:
    """Packages that ``page`` does not name."""
    return packages(source) - named(page)


def test_every_package_is_named() -> None:
    assert unnamed(PAGE) == set()


def test_a_package_that_is_not_named_is_noticed(tmp_path: Path) -> None:
    source = tmp_path / "parley"
    (source / "rogue").mkdir(parents=True)
    (source / "rogue" / "__init__.py").write_text("", "utf-8")
    assert unnamed(PAGE, source) == {"parley.rogue"}


def test_every_package_that_is_named_exists() -> None:
    assert named(PAGE) <= packages(SOURCE)


@pytest.mark.parametrize("module", sorted(set(re.findall(r"`([a-z_]+/[a-z_/]+\.py)`", PAGE))))
def test_every_module_that_is_named_exists(module: str) -> None:
    places = (SOURCE / module, ROOT / module)
    assert any(place.is_file() for place in places)


@pytest.mark.parametrize("page", ["ARCHITECTURE.md", "SECURITY.md", "docs/protocol.md",
                                  "docs/operating.md", "docs/decisions/README.md"])  # fmt: skip
def test_links_lead_somewhere(page: str) -> None:
    file = ROOT / page
    for target in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", file.read_text("utf-8")):
        assert (file.parent / target).exists(), target
