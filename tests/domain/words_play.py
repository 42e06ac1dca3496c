"""Two sides and a case of any kind between them, with the plainest codes for each type of act."""

from __future__ import annotations

from random import Random
from typing import Any

from parley.domain import case as cases
from parley.domain import causality, folding
from parley.domain.act import Act, ActType, Code
from parley.domain.case import Case, Stands
from parley.domain.catalogue import spec_of
from parley.domain.types.erasure import ERASURE_TYPES
from parley.domain.types.notice import NOTICE_TYPES
from parley.domain.types.position import POSITION_TYPES
from parley.domain.types.recusal import RECUSAL_TYPES
from parley.domain.types.share import SHARE_TYPES
from parley.kernel.errors import ParleyError
from tests.domain.games import Style
from tests.domain.play import DAY, NOW, Play, make

OPENER, OTHER = 0, 1

Codes = dict[str, Code]

CODES: dict[str, Codes] = {
    ActType.ATTRIBUTION: {
        "said-by": "sender",
        "claimants": 0,
        "confidence": "high",
        "publicity": "public",
    },
    ActType.NOTICE: {"nature": "law", "force": "in-force-from", "since": "2017-08-02"},
    ActType.NOTICE_CORRECTION: {"nature": "law", "force": "not-yet-in-force"},
    ActType.NOTICE_END: {"until": "2019-01-31"},
    ActType.CASE_SHARE: {
        "case-status": "sentenced",
        "samples": 1,
        "figures": 2,
        "limits": 2,
        "retention": 90 * DAY,
    },
    ActType.SHARE_ACCEPTED: {"limits": 2},
    ActType.SHARE_UPDATE: {"case-status": "on-appeal", "figures": 0},
    ActType.SHARE_SENT: {"samples": 1},
    ActType.SHARE_USED: {"use": "protection"},
    ActType.PRESERVATION_REQUEST: {"period": 60 * DAY},
    ActType.PRESERVATION_EXTENSION: {"period": 30 * DAY},
    ActType.PRESERVATION_ANSWER: {"result": "preserved"},
    ActType.ERASURE_PROPOSAL: {"bodies": ("ab" * 32, "cd" * 32), "ground": "retention-expired"},
    ActType.ERASURE_REFUSAL: {"ground": "legal-hold"},
    ActType.ERASURE_CLAIM: {"deleted-at": NOW},
}


class Words(Play):
    """A play of any kind of case. Acts refer to the newest act that their type may refer to."""

    def view(self, member: int) -> Case:  # type: ignore[override]
        return folding.fold(self.known(member))

    def act(
        self,
        member: int,
        type_: str,
        reference: bytes | None = None,
        precedence: int = 0,
        **codes: Code | None,
    ) -> Act:
        """An act that ``member`` could release now; a code that is None is left out."""
        if reference is None:
            reference = newest(self.view(member), spec_of(type_).reference)
        changed = {name.replace("_", "-"): code for name, code in codes.items()}
        merged = {**CODES.get(type_, {}), **changed}
        given = {name: code for name, code in merged.items() if code is not None}
        return make(
            member,
            self.count[member],
            self.vector(member),
            type_,
            given,
            reference=reference,
            precedence=precedence,
        )

    def tell(self, member: int, type_: str, reference: bytes | None = None, **codes: Any) -> Act:
        """Say something; the other side does not have it yet."""
        return self.release(self.act(member, type_, reference, **codes))

    def tells(self, member: int, type_: str, reference: bytes | None = None, **codes: Any) -> Act:
        """Say something that arrives at once."""
        act = self.tell(member, type_, reference, **codes)
        self.sync()
        return act

    def refused(self, act: Act) -> str | None:
        """Why a desk would not let its officers say this now; None where it would."""
        try:
            events = cases.decide(self.view(act.author), act, NOW)
        except ParleyError as error:
            return error.reason.value
        assert events == (Stands(act),)
        return None

    def whole(self) -> Case:
        """The case of all that was said."""
        return folding.fold(self.acts())

    @property
    def status(self) -> str:
        return cases.status(self.whole())

    def substance(self) -> Any:
        return self.whole().substance


def newest(case: Case, types: tuple[str, ...]) -> bytes | None:
    """The newest act of one of ``types`` that is not void."""
    for entry in reversed(case.acts):
        if entry.void is None and entry.type in types:
            return entry.id
    return None


def naive(acts: list[Act], random: Any) -> Case:
    """The fold as its definition says it, in an order of causes drawn by lot."""
    waiting = list(acts)
    events: list[Any] = []
    while waiting:
        ready = [act for act in waiting if not causality.past(act, waiting)]
        act = random.choice(ready)
        waiting.remove(act)
        view = cases.empty(2)
        for event in events:
            if causality.precedes(event.act, act):
                view = cases.evolve(view, event)
        events.append(cases.observe(view, act))
    state = cases.empty(2)
    for event in events:
        state = cases.evolve(state, event)
    return state


# --- as the machines of real desks play them ------------------------------------------------------


def header(case: Case, _member: int, type_: str, random: Random) -> tuple[Codes, bytes | None]:
    """The plainest codes, about an act that an act of the type may be about, the last as a rule."""
    codes: Codes = dict(CODES.get(type_, {}))
    wanted = spec_of(type_).reference
    known = [entry.id for entry in case.acts if entry.void is None and entry.type in wanted]
    if not known:
        return codes, None
    return codes, known[-1] if random.random() < 0.7 else random.choice(known)


POSITION = Style(POSITION_TYPES, ActType.ATTRIBUTION, header)
UNASKED = Style(POSITION_TYPES, ActType.DENIAL, header)
NOTICE = Style(NOTICE_TYPES, ActType.NOTICE, header)
CASE_SHARE = Style(SHARE_TYPES, ActType.CASE_SHARE, header)
PRESERVATION = Style(SHARE_TYPES, ActType.PRESERVATION_REQUEST, header)
ERASURE = Style(ERASURE_TYPES, ActType.ERASURE_PROPOSAL, header)
RECUSAL = Style(RECUSAL_TYPES, ActType.RECUSAL, header)
