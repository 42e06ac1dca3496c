"""``docs/positions.md`` has the codes and fields that the code has."""

from __future__ import annotations

import re

import pytest

from tests.domain.positions_tables import PAGE, TABLES


def test_the_page_has_every_table_once() -> None:
    assert sorted(re.findall(r"<!-- table (\w+) -->", PAGE.read_text("utf-8"))) == sorted(TABLES)


@pytest.mark.parametrize("name", TABLES)
def test_a_table_of_the_page_is_the_one_of_the_code(name: str) -> None:
    page = PAGE.read_text("utf-8")
    found = re.search(rf"<!-- table {name} -->\n\n(.*?)\n<!-- end -->", page, re.DOTALL)
    assert found is not None
    assert found[1] == TABLES[name](), "run `python -m tests.domain.positions_tables`"
