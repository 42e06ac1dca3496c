"""An inquiry from its opening to its end: what each side may do, and what follows."""

from __future__ import annotations

from collections.abc import Mapping

from parley.domain.act import Act, ActType, Code
from parley.domain.clocks import NO_OVERRIDES, Obligation, Overrides
from parley.domain.crossing import Crossing
from parley.domain.frame import Entry
from parley.domain.kind import Held, Kind
from parley.domain.kinds import (
    inquiry_crossing,
    inquiry_facts,
    inquiry_reading,
    inquiry_rules,
)
from parley.domain.kinds.inquiry_state import Inquiry, Status
from parley.domain.shape import Scope, TypeSpec
from parley.kernel import limits
from parley.kernel.errors import ParleyError
from parley.kernel.reasons import Reason


class InquiryKind(Kind[Inquiry]):
    """One side asks, the other answers."""

    scope = Scope.INQUIRY
    settled = frozenset({Status.WITHDRAWN, Status.CLOSED})

    def judge_opening(self, members: int, act: Act) -> None:
        inquiry_rules.judge_opening(members, act)

    def judge_sender(self, case: Held, substance: Inquiry, act: Act, spec: TypeSpec) -> None:
        inquiry_rules.judge_sender(substance, act, spec)

    def ended(self, case: Held, substance: Inquiry) -> Reason | None:
        if substance.ended is None:
            return None
        withdrawn = substance.ended.type == ActType.WITHDRAWAL
        return Reason.CASE_WITHDRAWN if withdrawn else Reason.CASE_CLOSED

    def judge(self, case: Held, substance: Inquiry, act: Act) -> None:
        inquiry_rules.judge(substance, act)

    def check_command(self, case: Held, substance: Inquiry | None, act: Act, now: int) -> None:
        next_step = act.codes.get("next-step")
        if isinstance(next_step, int) and next_step <= now:
            raise ParleyError(Reason.NEXT_STEP_PAST, type=act.type)
        received = act.codes.get("received-at")
        if isinstance(received, int) and received > now + limits.CLOCK_SKEW_SECONDS:
            raise ParleyError(Reason.TIME_IN_FUTURE, code="received-at")

    def begin(self, members: int, act: Act) -> Inquiry:
        return inquiry_facts.begin(members, act)

    def write(self, case: Held, substance: Inquiry, act: Act) -> Inquiry:
        return inquiry_facts.write(substance, act)

    def crossing(self, first: Entry, second: Entry) -> Crossing:
        return inquiry_crossing.crossing(first.type, second.type)

    def status(self, case: Held, substance: Inquiry) -> str:
        return inquiry_reading.status(case, substance).value

    def next_actors(self, case: Held, substance: Inquiry) -> tuple[int, ...]:
        return inquiry_reading.next_actors(substance)

    def obligations(
        self, case: Held, substance: Inquiry, overrides: Overrides = NO_OVERRIDES
    ) -> tuple[Obligation, ...]:
        return inquiry_reading.obligations(case, substance, overrides)

    def fill(self, case: Held, substance: Inquiry, type_: str) -> Mapping[str, Code]:
        if type_ == ActType.SUPPLEMENT:
            return {"first": len(substance.questions) + 1}
        if type_ == ActType.CONDITIONS_ACCEPTED and substance.offer is not None:
            return {"conditions": substance.offer.conditions}
        return {}
