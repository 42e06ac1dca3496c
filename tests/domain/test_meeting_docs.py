"""``docs/meetings.md`` says what the code does."""

from __future__ import annotations

import re
from pathlib import Path

from parley.domain.kinds import meeting_crossing, meeting_state, understanding_crossing
from parley.domain.kinds.understanding_state import Status as UnderstandingStatus
from parley.domain.shape import ClockKind
from parley.domain.types.common import DAY
from parley.domain.types.meeting import MEETING_TYPES
from parley.domain.types.understanding import UNDERSTANDING_TYPES

PAGE = Path(__file__).resolve().parents[2] / "docs" / "meetings.md"


def rows_of(page: str, head: str) -> list[list[str]]:
    """The rows of the tables that begin with a heading of this name."""
    found: list[list[str]] = []
    for table in re.findall(rf"^\| {head} \|.*\n\|[-|]+\n((?:\|.*\n)+)", page, re.MULTILINE):
        found += [[cell.strip() for cell in row.split("|")[1:-1]] for row in table.splitlines()]
    return found


def test_the_page_explains_every_status() -> None:
    explained = [row[0].strip("`") for row in rows_of(PAGE.read_text("utf-8"), "status")]
    assert explained == [*meeting_state.Status, *UnderstandingStatus]


def test_the_page_has_every_crossing() -> None:
    tables = (meeting_crossing.CROSSINGS, understanding_crossing.CROSSINGS)
    expected = [
        [f"`{first}`", f"`{second}`", f"`{entry.outcome}`", f"{entry.first}, {entry.second}"]
        for table in tables
        for (first, second), entry in table.items()
    ]
    assert rows_of(PAGE.read_text("utf-8"), "one") == expected


def test_the_page_names_the_clocks() -> None:
    page = PAGE.read_text("utf-8")
    days = {
        clock.kind: clock.seconds // DAY
        for spec in (*MEETING_TYPES, *UNDERSTANDING_TYPES)
        for clock in spec.clocks
    }
    assert f"{days[ClockKind.MEETING_NOTICE]} days before the first" in page
    assert page.count(f"{days[ClockKind.MINUTES]} days after") == 2
    assert f"{days[ClockKind.REVIEW]} days after the version" in page
