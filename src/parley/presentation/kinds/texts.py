"""Texts of a case's acts for the pages of its kind: the latest act of a type, one field of it."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import TYPE_CHECKING

from parley.record.body import Value

if TYPE_CHECKING:
    from parley.application.acts import ActView
    from parley.application.cases import CaseView


def latest(view: CaseView, types: Collection[str]) -> ActView | None:
    """The latest act of one of ``types`` that stands and whose text is here."""
    for act in reversed(view.acts):
        if act.void is None and act.body is not None and act.statement.act.type in types:
            return act
    return None


def text(values: Mapping[str, Value], path: str, language: str) -> str | None:
    """A field in ``language``, else in English, else in whichever language it was given."""
    if path in values:
        return str(values[path])
    versions = dict(_versions(values, path))
    if not versions:
        return None
    return versions.get(language) or versions.get("en") or next(iter(versions.values()))


def numbers(values: Mapping[str, Value], group: str) -> list[int]:
    """The numbers of the items of a group, ascending."""
    found: set[int] = set()
    for path in values:
        head, _, rest = path.partition("/")
        number = rest.partition("/")[0]
        if head == group and number.isdecimal():
            found.add(int(number))
    return sorted(found)


def _versions(values: Mapping[str, Value], path: str) -> Iterator[tuple[str, str]]:
    start = f"{path}@"
    for name, value in values.items():
        if name.startswith(start) and not name.endswith("/status"):
            yield name.removeprefix(start), str(value)
