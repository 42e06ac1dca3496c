"""A folded inquiry as the tests of inquiries read it: frame, substance and readings in one."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from parley.domain import case, folding
from parley.domain.act import Act
from parley.domain.case import Case
from parley.domain.causality import Horizon
from parley.domain.kinds import inquiry_reading


class Folded:
    """A case with what its kind makes of it. Two are equal where their cases are."""

    def __init__(self, state: Case) -> None:
        self.case = state

    def __getattr__(self, name: str) -> Any:
        if name in READINGS:
            return READINGS[name](self.case)
        if hasattr(self.case, name):
            return getattr(self.case, name)
        if self.case.substance is None:
            return ABSENT.get(name)
        return getattr(self.case.substance, name)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Folded) and self.case == other.case

    def __hash__(self) -> int:
        return hash(self.case)

    def __repr__(self) -> str:
        return repr(self.case)

    def crossings(self) -> Any:
        return case.crossings(self.case)

    def to_plain(self) -> list[object]:
        return case.to_plain(self.case)


def _bound(state: Case) -> Any:
    return () if state.substance is None else inquiry_reading.bound(state, state.substance)


READINGS: dict[str, Any] = {
    "status": case.status,
    "next_actors": case.next_actors,
    "provisional": case.is_provisional,
    "bound": _bound,
}
ABSENT: dict[str, Any] = dict.fromkeys(("askings", "questions", "offers", "acceptances"), ())


def fold(acts: Iterable[Act], members: int = 2, horizon: Horizon | None = None) -> Folded:
    return Folded(folding.fold(acts, members, horizon))
