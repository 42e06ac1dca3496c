"""A meeting: prepared by all, declared by each side for itself, with minutes agreed or not.

An informal contact is one that a side declares without any preparation.
"""

from __future__ import annotations

from parley.domain import dates
from parley.domain.act import Act, ActType
from parley.domain.clocks import NO_OVERRIDES, Obligation, Overrides
from parley.domain.codes import token
from parley.domain.crossing import Crossing
from parley.domain.frame import Entry
from parley.domain.kind import NO_DAYS, Days, Held, Kind
from parley.domain.kinds import (
    meeting_crossing,
    meeting_facts,
    meeting_reading,
    meeting_rules,
)
from parley.domain.kinds.meeting_state import Meeting
from parley.domain.shape import Scope
from parley.kernel import limits
from parley.kernel.errors import ParleyError
from parley.kernel.reasons import Reason

_CONSENTS = (ActType.MEETING_ACCEPTANCE, ActType.MINUTES_AGREEMENT)


class MeetingKind(Kind[Meeting]):
    """Meetings and informal contacts."""

    scope = Scope.MEETING
    settled = frozenset(status.value for status in meeting_reading.SETTLED)

    def judge_opening(self, members: int, act: Act) -> None:
        meeting_rules.judge_opening(act)

    def judge(self, case: Held, substance: Meeting, act: Act) -> None:
        meeting_rules.judge(case, substance, act)

    def check_command(self, case: Held, substance: Meeting | None, act: Act, now: int) -> None:
        held = token(act, "held")
        if held and dates.start(held) > now + limits.CLOCK_SKEW_SECONDS:
            raise ParleyError(Reason.TIME_IN_FUTURE, code="held")

    def begin(self, members: int, act: Act) -> Meeting:
        return meeting_facts.begin(members, act)

    def write(self, case: Held, substance: Meeting, act: Act) -> Meeting:
        return meeting_facts.write(substance, act)

    def item(self, act: Act) -> str | int | None:
        """The text that a side consents to: two consents to one text are no contradiction."""
        if act.type not in _CONSENTS or act.reference is None:
            return None
        return act.reference.hex()

    def crossing(self, first: Entry, second: Entry) -> Crossing:
        return meeting_crossing.crossing_of(first, second)

    def status(self, case: Held, substance: Meeting) -> str:
        return meeting_reading.status(case, substance).value

    def days(self, substance: Meeting) -> Days:
        """From the first day on which a side says that it took place to the last."""
        held = [one.held for side in substance.sides for one in side.declarations]
        return (min(map(dates.start, held)), max(map(dates.end, held))) if held else NO_DAYS

    def next_actors(self, case: Held, substance: Meeting) -> tuple[int, ...]:
        return meeting_reading.next_actors(case, substance)

    def obligations(
        self, case: Held, substance: Meeting, overrides: Overrides = NO_OVERRIDES
    ) -> tuple[Obligation, ...]:
        return meeting_reading.obligations(case, substance, overrides)
