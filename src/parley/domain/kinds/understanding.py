"""An understanding: each side's own version of it, or only one, and what becomes of it."""

from __future__ import annotations

from collections.abc import Callable

from msgspec.structs import replace

from parley.domain.act import Act
from parley.domain.clocks import NO_OVERRIDES, Obligation, Overrides
from parley.domain.crossing import Crossing
from parley.domain.frame import Entry
from parley.domain.kind import Held, Kind
from parley.domain.kinds import (
    understanding_crossing,
    understanding_facts,
    understanding_reading,
    understanding_rules,
)
from parley.domain.kinds.understanding_state import Understanding
from parley.domain.shape import Scope


class UnderstandingKind(Kind[Understanding]):
    """Understandings and commitments."""

    scope = Scope.UNDERSTANDING
    settled = frozenset(status.value for status in understanding_reading.SETTLED)

    def judge(self, case: Held, substance: Understanding, act: Act) -> None:
        understanding_rules.judge(case, substance, act)

    def begin(self, members: int, act: Act) -> Understanding:
        return understanding_facts.begin(members, act)

    def write(self, case: Held, substance: Understanding, act: Act) -> Understanding:
        return understanding_facts.write(substance, act)

    def crossing(self, first: Entry, second: Entry) -> Crossing:
        return understanding_crossing.crossing_of(first, second)

    def status(self, case: Held, substance: Understanding) -> str:
        return understanding_reading.status(case, substance).value

    def next_actors(self, case: Held, substance: Understanding) -> tuple[int, ...]:
        return understanding_reading.next_actors(case, substance)

    def obligations(
        self, case: Held, substance: Understanding, overrides: Overrides = NO_OVERRIDES
    ) -> tuple[Obligation, ...]:
        return understanding_reading.obligations(case, substance, overrides)

    def shown(self, substance: Understanding, visible: Callable[[str], bool]) -> Understanding:
        sides = tuple(
            replace(
                side,
                recalls=tuple(
                    replace(one, meeting=None)
                    if one.meeting is not None and not visible(one.meeting.hex())
                    else one
                    for one in side.recalls
                ),
            )
            for side in substance.sides
        )
        return replace(substance, sides=sides)
