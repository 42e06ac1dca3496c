"""A table of what the search did, at the end of a campaign."""

from __future__ import annotations

from typing import Any


def pytest_terminal_summary(terminalreporter: Any) -> None:
    rows = [
        value
        for report in terminalreporter.getreports("passed")
        for name, value in report.user_properties
        if name == "search"
    ]
    if rows:
        terminalreporter.section("search for bad inputs")
        for row in sorted(rows):
            terminalreporter.write_line(row)
