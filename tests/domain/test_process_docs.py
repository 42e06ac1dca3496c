"""``docs/process.md`` says what the code does, of every kind of act."""

from __future__ import annotations

import re

import pytest

from parley.domain.catalogue import CATALOGUE
from parley.domain.kinds import KINDS
from parley.domain.roles import Role
from parley.domain.shape import ClockKind
from parley.language.names import NAMES
from tests.domain.process_tables import PAGE, TABLES, filled


def test_the_page_has_every_table_once() -> None:
    assert sorted(re.findall(r"<!-- table (\w+) -->", PAGE.read_text("utf-8"))) == sorted(TABLES)


@pytest.mark.parametrize("name", TABLES)
def test_a_table_of_the_page_is_the_one_of_the_code(name: str) -> None:
    page = PAGE.read_text("utf-8")
    found = re.search(rf"<!-- table {name} -->\n\n(.*?)\n<!-- end -->", page, re.DOTALL)
    assert found is not None
    assert found[1] == TABLES[name](), "run `python -m tests.domain.process_tables`"


def test_a_table_that_is_out_of_date_would_be_noticed() -> None:
    page = PAGE.read_text("utf-8")
    changed = page.replace("reviewer, two authorisers |", "reviewer, authoriser |")
    assert changed != page
    assert filled(changed) == page


def test_every_kind_every_act_every_clock_and_every_role_is_on_the_page() -> None:
    page = PAGE.read_text("utf-8")
    for token in (*CATALOGUE, *KINDS, *ClockKind):
        assert f"`{token}`" in page, token
    for role in Role:
        assert NAMES[role] in page


def test_the_acts_of_a_kind_stand_under_its_heading() -> None:
    page = PAGE.read_text("utf-8")
    for scope in KINDS:
        section = re.search(
            rf"^## [^\n]*\(`{scope}`\)\n(.*?)(?=^## |\Z)", page, re.MULTILINE | re.DOTALL
        )
        assert section is not None, scope
        for spec in CATALOGUE.values():
            if spec.scope == scope:
                assert f"| `{spec.type}` |" in section[1]
