"""``docs/contacts.md`` says what the code does."""

from __future__ import annotations

import re

import pytest

from tests.domain.contacts_tables import PAGE, TABLES, filled


@pytest.mark.parametrize("name", TABLES)
def test_each_table_is_as_the_code_has_it(name: str) -> None:
    page = PAGE.read_text("utf-8")
    found = re.search(rf"<!-- table {name} -->\n\n([^!]*)\n<!-- end -->", page)
    assert found is not None
    assert found[1] == TABLES[name](), "run `python -m tests.domain.contacts_tables`"


def test_a_table_that_is_wrong_is_noticed() -> None:
    page = PAGE.read_text("utf-8")
    assert filled(page.replace("contact-revocation", "contact-expulsion")) == page
