"""The minutes of a meeting as each side gives them, item by item, and where two versions differ.

Read through :class:`~parley.application.cases.CaseView`: whoever may not read a case reads no
minutes. A version whose text is not at this desk any more is there, and says so.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final, NamedTuple

from parley.application.cases import CaseView
from parley.domain.comparison import Piece, compare
from parley.domain.kinds import meeting_reading as reading
from parley.domain.kinds.meeting_state import Meeting

Versions = Mapping[str, str]
"""A text by language."""

_FIELD: Final = re.compile(
    r"(items|statements|corrections|reservations)/([1-9][0-9]*)/text@([^/]+)", re.ASCII
)


class Text(NamedTuple):
    """What one act says for the minutes: numbered texts by group, each by language.

    ``erased``: the act is there, its text is not.
    """

    act: bytes
    author: int
    items: Mapping[int, Versions]
    statements: Mapping[int, Versions]
    corrections: Mapping[int, Versions]
    reservations: Mapping[int, Versions]
    erased: bool

    @property
    def languages(self) -> tuple[str, ...]:
        """Every language in which something is said, in the order of its first text."""
        groups = (self.items, self.statements, self.corrections, self.reservations)
        return tuple(
            dict.fromkeys(tag for group in groups for one in group.values() for tag in one)
        )


class Row(NamedTuple):
    """An item of two versions beside each other; None where a side has none in this language."""

    number: int
    left: str | None
    right: str | None
    pieces: tuple[Piece, ...]


def of_act(view: CaseView, act: bytes) -> Text | None:
    """What an act of the case says for the minutes; None where there is no such act."""
    found = next((one for one in view.acts if one.entry.leaf == act), None)
    if found is None:
        return None
    groups: dict[str, dict[int, dict[str, str]]] = {}
    for path, value in (found.body.values if found.body is not None else {}).items():
        match = _FIELD.fullmatch(path)
        if match is not None and isinstance(value, str):
            groups.setdefault(match[1], {}).setdefault(int(match[2]), {})[match[3]] = value
    return Text(
        act,
        found.entry.author,
        items=groups.get("items", {}),
        statements=groups.get("statements", {}),
        corrections=groups.get("corrections", {}),
        reservations=groups.get("reservations", {}),
        erased=found.body is None,
    )


def versions(view: CaseView, meeting: Meeting) -> dict[int, Text]:
    """Each member's own version of the minutes, as far as it has put one forward."""
    found: dict[int, Text] = {}
    for member in range(view.summary.state.members):
        act = reading.version(view.summary.state, meeting, member)
        text = None if act is None else of_act(view, act)
        if text is not None:
            found[member] = text
    return found


def replies(view: CaseView, meeting: Meeting, draft: bytes) -> list[tuple[str, Text]]:
    """What was said to minutes, by the type of the act, in the order of the case."""
    said = {
        reply.id: reply.type
        for side in meeting.sides
        for reply in side.replies
        if reply.draft == draft
    }
    found: list[tuple[str, Text]] = []
    for act in view.acts:
        text = of_act(view, act.entry.leaf) if act.entry.leaf in said else None
        if text is not None:
            found.append((said[act.entry.leaf], text))
    return found


def beside(left: Mapping[int, Versions], right: Mapping[int, Versions], language: str) -> list[Row]:
    """Two versions item by item in one language, each with what turns the left into the right."""
    rows: list[Row] = []
    for number in sorted({*left, *right}):
        one = left.get(number, {}).get(language)
        other = right.get(number, {}).get(language)
        if one is None and other is None:
            continue
        pieces = () if one is None or other is None else compare(one, other)
        rows.append(Row(number, one, other, pieces))
    return rows
