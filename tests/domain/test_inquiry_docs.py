"""``docs/inquiry.md`` says what the code does."""

from __future__ import annotations

import re

import pytest

from parley.domain.delivery import DeliveryState
from parley.domain.kinds.inquiry_state import Status
from tests.domain.tables import PAGE, TABLES, filled


def test_the_page_has_every_table_once() -> None:
    assert sorted(re.findall(r"<!-- table (\w+) -->", PAGE.read_text("utf-8"))) == sorted(TABLES)


@pytest.mark.parametrize("name", TABLES)
def test_a_table_of_the_page_is_the_one_of_the_code(name: str) -> None:
    page = PAGE.read_text("utf-8")
    found = re.search(rf"<!-- table {name} -->\n\n(.*?)\n<!-- end -->", page, re.DOTALL)
    assert found is not None
    assert found[1] == TABLES[name](), "run `python -m tests.domain.tables`"


def test_a_table_that_is_out_of_date_would_be_noticed() -> None:
    page = PAGE.read_text("utf-8")
    changed = page.replace("acceptance-lapses", "acceptance-binds")
    assert changed != page
    assert filled(changed) == page


def test_the_page_explains_every_status() -> None:
    page = PAGE.read_text("utf-8")
    assert re.findall(
        r"^\| `([a-z-]+)` \|[^|]*\| (?:asker|replier|nobody)", page, re.MULTILINE
    ) == [
        *(status for status in Status if status not in LATER),
        *LATER,
        "void",
    ]
    for state in DeliveryState:
        assert state.value in page


# In the page, what ends a case stands last.
LATER = (Status.WITHDRAWN, Status.CLOSED)
