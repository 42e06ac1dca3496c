"""A proposal from its tabling to its end: what each side may do, and what follows."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from msgspec.structs import replace

from parley.domain import clocks
from parley.domain.act import Act, ActType, Code
from parley.domain.clocks import NO_OVERRIDES, Obligation, Overrides
from parley.domain.crossing import Crossing
from parley.domain.frame import Entry
from parley.domain.kind import Held, Kind
from parley.domain.kinds import proposal_crossing, proposal_facts, proposal_rules
from parley.domain.kinds.proposal_state import (
    Proposal,
    Status,
    agreement_of,
    hash_of,
    is_agreed,
    status,
    units,
)
from parley.domain.kinds.proposal_text import PENDING
from parley.domain.shape import ClockKind, Scope
from parley.kernel.errors import ParleyError
from parley.kernel.reasons import Reason


class ProposalKind(Kind[Proposal]):
    """One side tables a text, and both work on it until it is one text that both have signed."""

    scope = Scope.PROPOSAL
    settled = frozenset({Status.AGREED, Status.WITHDRAWN, Status.SUPERSEDED})

    def judge_opening(self, members: int, act: Act) -> None:
        proposal_rules.judge_opening(act)

    def ended(self, case: Held, substance: Proposal) -> Reason | None:
        if substance.ended is None:
            return None
        superseded = substance.ended.superseded
        return Reason.PROPOSAL_SUPERSEDED if superseded else Reason.PROPOSAL_WITHDRAWN

    def judge(self, case: Held, substance: Proposal, act: Act) -> None:
        proposal_rules.judge(substance, act)

    def check_command(self, case: Held, substance: Proposal | None, act: Act, now: int) -> None:
        next_step = act.codes.get("next-step")
        if isinstance(next_step, int) and next_step <= now:
            raise ParleyError(Reason.NEXT_STEP_PAST, type=act.type)

    def begin(self, members: int, act: Act) -> Proposal:
        return proposal_facts.begin(members, act)

    def write(self, case: Held, substance: Proposal, act: Act) -> Proposal:
        return proposal_facts.write(substance, act)

    def crossing(self, first: Entry, second: Entry) -> Crossing:
        return proposal_crossing.crossing(first.type, second.type)

    def status(self, case: Held, substance: Proposal) -> str:
        return status(substance).value

    def next_actors(self, case: Held, substance: Proposal) -> tuple[int, ...]:
        """Those who owe study; else all while there are brackets; else who has not agreed."""
        if substance.ended is not None or is_agreed(substance):
            return ()
        owing = {one.owner for one in self.obligations(case, substance)}
        if not owing and not any(unit.bracketed for unit in units(substance)):
            given = {m: agreement_of(substance, m) for m in range(substance.members)}
            owing = {m for m, one in given.items() if one is None or not one.final}
        return tuple(sorted(owing or range(substance.members)))

    def obligations(
        self, case: Held, substance: Proposal, overrides: Overrides = NO_OVERRIDES
    ) -> tuple[Obligation, ...]:
        """Study of each other party's latest text or agreement, and the steps announced."""
        if substance.ended is not None or is_agreed(substance):
            return ()
        found: list[Obligation] = []
        for member in range(substance.members):
            for author, news in enumerate(substance.news):
                if news is None or author == member or news.seq < substance.heard[member][author]:
                    continue
                seconds = clocks.duration(
                    news.type, ClockKind.STUDY, news.precedence, None, overrides
                )
                found.append(Obligation(ClockKind.STUDY, member, news.act, seconds))
            study = substance.studies[member]
            if study is not None and study.next_step is not None:
                found.append(
                    Obligation(ClockKind.NEXT_STEP, member, study.act, None, study.next_step)
                )
        return tuple(found)

    def fill(self, case: Held, substance: Proposal, type_: str) -> Mapping[str, Code]:
        match type_:
            case ActType.PROPOSAL_REVISION:
                version = substance.versions[-1].number + 1
                return {"version": version, "authentic": substance.authentic}
            case ActType.PROPOSAL_BRACKET:
                return {"authentic": substance.authentic}
            case ActType.PROPOSAL_AD_REFERENDUM | ActType.PROPOSAL_AGREEMENT:
                # As long as there are brackets there is no hash, and the judge says why.
                return {"text": hash_of(substance) or PENDING}
            case _:
                return {}

    def shown(self, substance: Proposal, visible: Callable[[str], bool]) -> Proposal:
        ended = substance.ended
        if ended is None or ended.by is None or visible(ended.by):
            return substance
        return replace(substance, ended=replace(ended, by=None))
