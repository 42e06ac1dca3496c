"""A directory of contacts between two sides, played in memory, and what its words come to by hand.

The model judges each contact by itself, from the acts and from who had seen what: no ranges, no
marks. What the domain keeps as ranges must say the same of every number.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from parley.domain import case as cases
from parley.domain import causality, folding
from parley.domain.act import Act, ActType, Code
from parley.domain.case import Case, Stands
from parley.domain.codes import integer, links, ranges, spread
from parley.domain.kinds.contacts_state import Contacts, ContactStatus, Stretch, stretches
from parley.kernel.errors import ParleyError
from tests.domain.play import NOW, Play, make

OWNER, OTHER = 0, 1
EITHER = (ActType.CONTACT_SUSPENSION, ActType.CONTACT_RESUMPTION, ActType.CONTACT_REVOCATION)
OF_OWNER = (
    ActType.CONTACT_NOMINATION,
    ActType.CONTACT_CHANGE,
    ActType.CONTACT_RECONFIRMATION,
    ActType.COMMUNICATION_ANSWER,
    *EITHER,
)
OF_OTHER = (ActType.CONTACT_ACCEPTANCE, ActType.COMMUNICATION_CHECK, *EITHER)

Codes = dict[str, Code]


class Directory(Play):
    """A play in which member 0 has opened a directory, which need not have arrived yet."""

    def __init__(self, contacts: int = 4, between: int = 1) -> None:
        super().__init__(between)
        self.nominate(contacts, offices=((1, "technical"), (2, "diplomatic")), deputies=((1, 2),))

    def view(self, member: int) -> Case:
        return folding.fold(self.known(member))

    def substance(self, member: int) -> Contacts:
        return substance(self.view(member))

    def act(self, member: int, type_: str, codes: Codes, reference: bytes | None = None) -> Act:
        """An act that refers to what it most plainly may refer to."""
        if reference is None:
            wanted = {
                ActType.CONTACT_RESUMPTION: ActType.CONTACT_SUSPENSION,
                ActType.COMMUNICATION_ANSWER: ActType.COMMUNICATION_CHECK,
            }.get(ActType(type_), ActType.CONTACT_NOMINATION)
            found = [
                entry for entry in self.view(member).acts if entry.type == wanted and not entry.void
            ]
            reference = found[-1].id if found else None
        return make(
            member,
            self.count[member],
            self.vector(member),
            type_,
            codes,
            reference=reference,
        )

    def tell(self, member: int, type_: str, *named: tuple[int, int], **codes: Code) -> Act:
        """Say something of the contacts in these ranges."""
        given: Codes = {name.replace("_", "-"): code for name, code in codes.items()}
        if named:
            given["contacts"] = named
        return self.release(self.act(member, type_, given))

    def nominate(self, contacts: int, **codes: Code) -> Act:
        """The owner names so many new contacts, all at its first office."""
        opened = bool(self.said[OWNER])
        first = self.substance(OWNER).count + 1 if opened else 1
        given: Codes = {"first": first, "contacts": contacts, **codes}
        if contacts:
            given.setdefault("at", ((first, 1),))
        return self.release(self.act(OWNER, ActType.CONTACT_NOMINATION, given))

    def may_say(self, act: Act) -> bool:
        """Whether a desk would let its officers say this now."""
        try:
            return cases.decide(self.view(act.author), act, NOW) == (Stands(act),)
        except ParleyError:
            return False


def substance(case: Case) -> Contacts:
    """The directory that a case is."""
    assert isinstance(case.substance, Contacts)
    return case.substance


def each(case: Case) -> dict[int, Stretch]:
    """How every contact of a directory stands, by number."""
    return {
        number: stretch
        for stretch in stretches(case, substance(case))
        for number in range(stretch.first, stretch.last + 1)
    }


def statuses(case: Case) -> dict[int, str]:
    """The status of every contact, by number."""
    return {number: stretch.status.value for number, stretch in each(case).items()}


def reason(play: Directory, act: Act) -> str | None:
    """Why an act is void where it stands in the case; None where it is not."""
    play.release(act)
    play.sync()
    entry = play.view(OWNER).find(act.id)
    assert entry is not None
    return entry.void


# --- the model -----------------------------------------------------------------------------------


class Modelled(NamedTuple):
    """What the model says of one contact; ``active`` stands for accepted too."""

    status: str
    office: int
    revoked_by: tuple[int, ...]
    suspended_by: tuple[int, ...]


def model(case: Case, acts: list[Act]) -> dict[int, Modelled]:
    """Every contact, judged by hand from the acts that are not void."""
    void = {entry.id for entry in case.acts if entry.void is not None}
    standing = causality.linear_extension(act for act in acts if act.id not in void)
    last = max(
        (integer(act, "first") + integer(act, "contacts") - 1 for act in standing), default=0
    )
    return {number: _one(number, standing) for number in range(1, last + 1)}


def _names(act: Act) -> set[int]:
    if act.type == ActType.CONTACT_NOMINATION:
        first = integer(act, "first")
        new = range(first, first + integer(act, "contacts"))
        return {*new, *spread(ranges(act, "again"))}
    return set(spread(ranges(act, "contacts"))) if "contacts" in act.codes else set()


def _one(number: int, acts: list[Act]) -> Modelled:
    about = [act for act in acts if number in _names(act)]
    term = [act for act in about if act.type == ActType.CONTACT_NOMINATION][-1]
    after = [act for act in about if not causality.precedes(act, term) and act is not term]
    revoked = {act.author for act in after if act.type == ActType.CONTACT_REVOCATION}
    accepted = any(
        act.type == ActType.CONTACT_ACCEPTANCE and causality.precedes(term, act) for act in after
    )
    suspended = {
        member
        for member in (OWNER, OTHER)
        if [
            act.type
            for act in after
            if act.author == member
            and act.type in (ActType.CONTACT_SUSPENSION, ActType.CONTACT_RESUMPTION)
        ][-1:]
        == [ActType.CONTACT_SUSPENSION]
    }
    status = ContactStatus.ACTIVE
    if revoked:
        status = ContactStatus.REVOKED
    elif not accepted:
        status = ContactStatus.NOMINATED
    elif suspended:
        status = ContactStatus.SUSPENDED
    return Modelled(status, _office(number, about), _sorted(revoked), _sorted(suspended))


def _office(number: int, about: list[Act]) -> int:
    office = 0
    for act in about:
        for start, place in links(act, "at"):
            # A nomination places its new contacts only.
            again = act.type == ActType.CONTACT_NOMINATION and number < integer(act, "first")
            if start <= number and not again:
                office = place
    return office


def _sorted(members: set[int]) -> tuple[int, ...]:
    return tuple(sorted(members))


def modelled(case: Case) -> dict[int, Any]:
    """What the domain says, in the terms of the model."""
    return {
        number: Modelled(
            ContactStatus.ACTIVE if stretch.status == ContactStatus.ACCEPTED else stretch.status,
            stretch.office,
            stretch.revoked_by,
            stretch.suspended_by,
        )
        for number, stretch in each(case).items()
    }
