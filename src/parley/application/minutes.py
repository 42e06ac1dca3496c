"""The minutes of a meeting as each side gives them, item by item, and where two versions differ.

Read through :class:`~parley.application.cases.CaseView`: whoever may not read a case reads no
minutes. A version whose text is not at this desk any more is there, and says so.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
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
_REASON: Final = re.compile(r"reason@([^/]+)", re.ASCII)


class Text(NamedTuple):
    """What one act says for the minutes: numbered texts by group, each by language.

    ``reason``: why its author does not agree, by language. ``erased``: the act is there, and its
    text is not.
    """

    act: bytes
    author: int
    items: Mapping[int, Versions]
    statements: Mapping[int, Versions]
    corrections: Mapping[int, Versions]
    reservations: Mapping[int, Versions]
    reason: Versions
    erased: bool

    @property
    def languages(self) -> tuple[str, ...]:
        """Every language in which something is said, in the order of its first text."""
        groups = (self.items, self.statements, self.corrections, self.reservations)
        return tuple(
            dict.fromkeys(tag for group in groups for one in group.values() for tag in one)
        )


class Row(NamedTuple):
    """An item of two versions beside each other; None where a version has no such item.

    Each side is a language and a text: another language where the item is not in the one that was
    asked for. ``pieces`` are what turns the left into the right, where both are in one language.
    """

    number: int
    left: tuple[str, str] | None
    right: tuple[str, str] | None
    pieces: tuple[Piece, ...]


def of_act(view: CaseView, act: bytes) -> Text | None:
    """What an act of the case says for the minutes; None where there is no such act."""
    found = next((one for one in view.acts if one.entry.leaf == act), None)
    if found is None:
        return None
    groups: dict[str, dict[int, dict[str, str]]] = {}
    reason: dict[str, str] = {}
    for path, value in (found.body.values if found.body is not None else {}).items():
        if match := _FIELD.fullmatch(path):
            group = groups.setdefault(match[1], {})
            group.setdefault(int(match[2]), {})[match[3]] = str(value)
        elif match := _REASON.fullmatch(path):
            reason[match[1]] = str(value)
    return Text(
        act,
        found.entry.author,
        items=groups.get("items", {}),
        statements=groups.get("statements", {}),
        corrections=groups.get("corrections", {}),
        reservations=groups.get("reservations", {}),
        reason=reason,
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


def beside(
    left: Mapping[int, Versions], right: Mapping[int, Versions], languages: Sequence[str]
) -> list[Row]:
    """Two versions item by item, each in the first of ``languages`` that both of them have.

    What is there in no such language is in the first that it has: nothing is left out.
    """
    rows: list[Row] = []
    for number in sorted({*left, *right}):
        one, other = left.get(number, {}), right.get(number, {})
        shared = next((tag for tag in languages if tag in one and tag in other), None)
        if shared is not None:
            pieces = compare(one[shared], other[shared])
            rows.append(Row(number, (shared, one[shared]), (shared, other[shared]), pieces))
        else:
            rows.append(Row(number, _first(one, languages), _first(other, languages), ()))
    return rows


def _first(versions: Versions, languages: Sequence[str]) -> tuple[str, str] | None:
    tag = next((tag for tag in (*languages, *versions) if tag in versions), None)
    return None if tag is None else (tag, versions[tag])
