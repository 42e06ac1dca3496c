"""The directory of contacts that one side keeps for the other, from nomination to revocation."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from parley.domain import clocks, crossing
from parley.domain.act import Act, ActType, Code, Precedence
from parley.domain.clocks import NO_OVERRIDES, Obligation, Overrides
from parley.domain.codes import integer
from parley.domain.crossing import Crossing
from parley.domain.frame import Entry
from parley.domain.kind import Held, Kind
from parley.domain.kinds import contacts_facts, contacts_rules, contacts_state
from parley.domain.kinds.contacts_crossing import CROSSINGS
from parley.domain.kinds.contacts_state import Contacts, ContactStatus
from parley.domain.shape import ClockKind, Scope
from parley.kernel import limits
from parley.kernel.errors import ParleyError
from parley.kernel.reasons import Reason


class DirectoryStatus(StrEnum):
    """Where a directory stands as a whole."""

    NOMINATED = "nominated"
    """Somebody waits for acceptance."""
    ACTIVE = "active"
    VACANT = "vacant"
    """No contact can be reached: all are revoked or suspended, or there is none yet."""


class ContactsKind(Kind[Contacts]):
    """One side names its contacts, the other accepts them; either revokes."""

    scope = Scope.CONTACTS

    def judge_opening(self, members: int, act: Act) -> None:
        contacts_rules.judge_opening(act)

    def judge(self, case: Held, substance: Contacts, act: Act) -> None:
        contacts_rules.judge(case, substance, act)

    def check_command(self, case: Held, substance: Contacts | None, act: Act, now: int) -> None:
        if integer(act, "changed-at") > now + limits.CLOCK_SKEW_SECONDS:
            raise ParleyError(Reason.TIME_IN_FUTURE, code="changed-at")

    def begin(self, members: int, act: Act) -> Contacts:
        return contacts_facts.begin(members, act)

    def write(self, case: Held, substance: Contacts, act: Act) -> Contacts:
        return contacts_facts.write(substance, act)

    def crossing(self, first: Entry, second: Entry) -> Crossing:
        return crossing.look_up(CROSSINGS, first.type, second.type, crossing.BOTH_STAND)

    def status(self, case: Held, substance: Contacts) -> str:
        found = {stretch.status for stretch in contacts_state.stretches(case, substance)}
        if ContactStatus.NOMINATED in found:
            return DirectoryStatus.NOMINATED.value
        reached = found & {ContactStatus.ACTIVE, ContactStatus.ACCEPTED}
        return (DirectoryStatus.ACTIVE if reached else DirectoryStatus.VACANT).value

    def next_actors(self, case: Held, substance: Contacts) -> tuple[int, ...]:
        actors = set()
        for stretch in contacts_state.stretches(case, substance):
            if stretch.status == ContactStatus.NOMINATED:
                actors |= set(range(case.members)) - {substance.owner, *stretch.accepted_by}
        if any(check.id not in substance.answered() for check in _newest(substance)):
            actors.add(substance.owner)
        return tuple(sorted(actors))

    def obligations(
        self, case: Held, substance: Contacts, overrides: Overrides = NO_OVERRIDES
    ) -> tuple[Obligation, ...]:
        return (
            *_answers(substance, overrides),
            *_checks(case, substance, overrides),
            *_reconfirmation(case, substance, overrides),
        )

    def fill(self, case: Held, substance: Contacts, type_: str) -> Mapping[str, Code]:
        if type_ == ActType.CONTACT_NOMINATION:
            return {"first": substance.count + 1}
        if type_ == ActType.CONTACT_ACCEPTANCE:
            return {"contacts": contacts_state.where(case, substance, ContactStatus.NOMINATED)}
        if type_ == ActType.COMMUNICATION_ANSWER and substance.checks:
            return {"nonce": substance.checks[-1].nonce}
        return {}


def _newest(contacts: Contacts) -> tuple[contacts_state.Check, ...]:
    """The newest check of each member that has made one: an older one without answer has failed."""
    return tuple({check.author: check for check in contacts.checks}.values())


def _answers(contacts: Contacts, overrides: Overrides) -> list[Obligation]:
    """The answer to the newest check."""
    answered = contacts.answered()
    seconds = _seconds(ActType.COMMUNICATION_CHECK, ClockKind.ANSWER_CHECK, overrides)
    return [
        Obligation(ClockKind.ANSWER_CHECK, contacts.owner, check.id, seconds)
        for check in _newest(contacts)
        if check.id not in answered
    ]


def _checks(case: Held, contacts: Contacts, overrides: Overrides) -> list[Obligation]:
    """The next check by each member that has contacts here, from its last or first acceptance."""
    last = {check.author: check.id for check in _newest(contacts)}
    found: list[Obligation] = []
    for member, accepted in enumerate(contacts.accepted):
        since, type_ = last.get(member), ActType.COMMUNICATION_CHECK
        if since is None and accepted:
            first = case.entry(member, min(seq for _, _, seq in accepted))
            since, type_ = (None if first is None else first.id), ActType.CONTACT_ACCEPTANCE
        if since is not None:
            seconds = _seconds(type_, ClockKind.CHECK, overrides)
            found.append(Obligation(ClockKind.CHECK, member, since, seconds))
    return found


def _reconfirmation(case: Held, contacts: Contacts, overrides: Overrides) -> list[Obligation]:
    """The yearly word of the owner for what nobody has revoked, from the oldest there is."""
    oldest = min(
        (
            stretch.confirmed
            for stretch in contacts_state.stretches(case, contacts)
            if stretch.status != ContactStatus.REVOKED
        ),
        default=None,
    )
    entry = None if oldest is None else case.entry(contacts.owner, oldest)
    if entry is None:
        return []
    seconds = _seconds(entry.type, ClockKind.RECONFIRM, overrides)
    return [Obligation(ClockKind.RECONFIRM, contacts.owner, entry.id, seconds)]


def _seconds(type_: str, kind: ClockKind, overrides: Overrides) -> int | None:
    return clocks.duration(type_, kind, Precedence.ROUTINE, None, overrides)
