"""Two sides at work on a text, played in memory."""

from __future__ import annotations

from typing import Any

from parley.domain import folding
from parley.domain.act import Act, ActType, Code
from parley.domain.case import Case
from parley.domain.causality import Horizon
from parley.domain.kinds import proposal_state as state
from parley.domain.kinds.proposal_state import Proposal, Unit
from tests.domain.play import Codes, Play, make

OPENER, OTHER = 0, 1
AUTHENTIC: tuple[Code, ...] = ("en", "ru")


def digest(mark: int) -> str:
    """A digest that is like no other."""
    return f"{mark:064x}"


class Work(Play):
    """A play of one proposal. Every text that anybody writes has a digest of its own."""

    def __init__(self, between: int = 1) -> None:
        super().__init__(between)
        self.written = 0

    def text(self, *numbers: int) -> Codes:
        """Codes of new texts of some units."""
        units = []
        for number in numbers:
            self.written += 1
            units.append((number, digest(self.written)))
        return {"units": tuple(units), "authentic": AUTHENTIC}

    def left_out(self, number: int) -> Codes:
        """Codes by which a unit is left out."""
        return {"omitted": (number,), "authentic": AUTHENTIC}

    def case(self, member: int) -> Case:
        """The case as ``member`` knows it."""
        return folding.fold(self.known(member))

    def proposal(self, member: int) -> Proposal:
        found = self.case(member).substance
        assert isinstance(found, Proposal)
        return found

    def draft(self, member: int, type_: str, codes: Codes | None = None, **fields: Any) -> Act:
        if type_ != ActType.PROPOSAL and "reference" not in fields:
            fields["reference"] = self.said[OPENER][0].id
        seq, seen = self.count[member], self.vector(member)
        return make(member, seq, seen, type_, codes or {}, **fields)

    def table(self, *numbers: int) -> Act:
        """The opener tables a text, and the other has it."""
        return self.exchange(OPENER, ActType.PROPOSAL, self.text(*numbers))

    def bracket(self, *numbers: int, member: int = OTHER) -> Act:
        return self.say(member, ActType.PROPOSAL_BRACKET, self.text(*numbers))

    def revise(self, *numbers: int) -> Act:
        version = self.proposal(OPENER).versions[-1].number + 1
        codes = self.text(*numbers) | {"version": version}
        return self.say(OPENER, ActType.PROPOSAL_REVISION, codes)

    def own_text(self, member: int, *numbers: int) -> Act:
        """A member's own text of some units, by the type that is its."""
        return self.revise(*numbers) if member == OPENER else self.bracket(*numbers)

    def consent(self, member: int, *wanted: tuple[int, str]) -> Act:
        return self.say(member, ActType.PROPOSAL_CONSENT, {"variants": wanted})

    def agree(self, member: int, *, final: bool = True) -> Act:
        """Agreement to the text as ``member`` knows it."""
        agreed = state.hash_of(self.proposal(member))
        type_ = ActType.PROPOSAL_AGREEMENT if final else ActType.PROPOSAL_AD_REFERENDUM
        return self.say(member, type_, {"text": agreed or digest(0)})

    def settled(self, horizon: Horizon | None = None) -> Case:
        """What everything that was said amounts to."""
        return folding.fold(self.acts(), horizon=horizon)

    def now(self) -> Proposal:
        found = self.settled().substance
        assert isinstance(found, Proposal)
        return found

    def unit(self, number: int) -> Unit:
        return next(unit for unit in state.units(self.now()) if unit.number == number)

    def variant(self, number: int, owner: int) -> str:
        found = self.now().variant(number, owner)
        assert found is not None
        return found.digest

    def void(self) -> dict[str, str | None]:
        """Why acts are void, by type."""
        return {entry.type: entry.void for entry in self.settled().void_acts}


def tabled(*numbers: int) -> Work:
    work = Work()
    work.table(*(numbers or (1, 2, 3)))
    return work
