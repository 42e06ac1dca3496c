"""Statements with given words, and what a search finds of them."""

from __future__ import annotations

from typing import Any

from parley.application import search
from parley.application.desk import Desk
from parley.application.search import Found, Sought
from parley.kernel import ids
from parley.record.statement import Statement
from tests.support.pair import Pair, inquiry


def say(desks: Pair, text: str, desk: Desk | None = None, **fields: str) -> Statement:
    """An inquiry with ``text`` as its facts, from the left desk or another."""
    desk = desk or desks.left
    content = inquiry(desks.channel(desk), ids.new_case_id())
    values = {**content.values, "facts@en": text, **fields}
    return desks.append(desk, content._replace(values=values))


def find(desk: Desk, text: str, officer: str = "otto", **sought: Any) -> Found:
    """What an officer finds."""
    return search.find(desk, officer, Sought(text, **sought))


def leaves(found: Found) -> list[bytes]:
    """The statements that were found, in order."""
    return [hit.entry.leaf for hit in found.hits]
