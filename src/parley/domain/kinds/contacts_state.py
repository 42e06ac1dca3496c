"""What a directory of contacts amounts to: facts that each side wrote, and what follows of them.

A directory belongs to the side that opened it: its offices, and contacts by the number, which are
people or posts at these offices. Thousands of contacts stand in it as ranges (``domain.ranges``);
the mark of a span is the number (``seq``) of the statement that said so. Each map has one writer,
so acts that crossed may come in either order; what they come to together is computed here, by one
rule: a word of the other side holds until its author, or whoever answers it, had seen better.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from enum import StrEnum
from typing import NamedTuple

import msgspec

from parley.domain import ranges
from parley.domain.kind import Held
from parley.domain.ranges import NOTHING, Ranges, Spans


class ContactStatus(StrEnum):
    """Where a contact stands. Whether its record is still valid by its date is another matter."""

    NOMINATED = "nominated"
    ACCEPTED = "accepted"
    """Accepted, and the owner is not yet known to have seen that."""
    ACTIVE = "active"
    SUSPENDED = "suspended"
    REVOKED = "revoked"


class Office(msgspec.Struct, frozen=True, array_like=True, forbid_unknown_fields=True, gc=False):
    """An office of the directory: its level, the office that stands in for it (0: none).

    ``written``: the owner's statement whose body has its name.
    """

    number: int
    level: str
    deputy: int
    written: int


class Check(msgspec.Struct, frozen=True, array_like=True, forbid_unknown_fields=True, gc=False):
    """A communication check, by its author's number; ``office`` is 0 where it names none."""

    author: int
    seq: int
    id: bytes
    nonce: str
    scenario: str
    office: int


class Answer(msgspec.Struct, frozen=True, array_like=True, forbid_unknown_fields=True, gc=False):
    """The owner's answer to the check with the id ``check``."""

    check: bytes
    id: bytes
    seq: int


class Change(msgspec.Struct, frozen=True, array_like=True, forbid_unknown_fields=True, gc=False):
    """A change of records: the owner's statement, and when it says that they changed."""

    id: bytes
    seq: int
    changed_at: int


class Contacts(
    msgspec.Struct,
    frozen=True,
    array_like=True,
    forbid_unknown_fields=True,
    gc=False,
    tag="contacts",
):
    """A directory. ``count`` is how many numbers were given, from 1.

    The owner's maps: ``terms`` (the nomination that last named a contact), ``written`` (the
    statement whose body has its record), ``confirmed`` (the nomination, change or reconfirmation
    that last vouched for it), ``placed`` (its office). By member: ``accepted``, ``suspended``
    (as long as it was not lifted) and ``revoked``, each that member's latest word.
    """

    owner: int
    count: int
    accepted: tuple[Spans, ...]
    suspended: tuple[Spans, ...]
    revoked: tuple[Spans, ...]
    terms: Spans = NOTHING
    written: Spans = NOTHING
    confirmed: Spans = NOTHING
    placed: Spans = NOTHING
    offices: tuple[Office, ...] = ()
    changes: tuple[Change, ...] = ()
    checks: tuple[Check, ...] = ()
    answers: tuple[Answer, ...] = ()

    @property
    def all(self) -> Ranges:
        """Every number given."""
        return ((1, self.count),) if self.count else ()

    def office(self, number: int) -> Office | None:
        """The office with this number."""
        return next((office for office in self.offices if office.number == number), None)

    def answered(self) -> Mapping[bytes, Answer]:
        """The answers by the checks that they answer."""
        return {answer.check: answer for answer in self.answers}


class Stretch(NamedTuple):
    """Contacts of consecutive numbers that stand alike.

    ``revoked_by`` and ``suspended_by`` are members; ``nominated``, ``written`` and ``confirmed``
    are numbers of the owner's statements.
    """

    first: int
    last: int
    status: ContactStatus
    office: int
    nominated: int
    written: int
    confirmed: int
    revoked_by: tuple[int, ...]
    suspended_by: tuple[int, ...]
    accepted_by: tuple[int, ...]

    @property
    def range(self) -> tuple[int, int]:
        """The numbers."""
        return self.first, self.last


def stretches(case: Held, contacts: Contacts, within: Ranges | None = None) -> Iterator[Stretch]:
    """How the contacts ``within`` these ranges stand (all where none are given), in order."""
    members = case.members
    wanted = contacts.all if within is None else within
    reader = _Reader(case, contacts.owner)
    for first, last, marks in ranges.pieces(
        wanted,
        contacts.terms,
        contacts.placed,
        contacts.written,
        contacts.confirmed,
        *contacts.accepted,
        *contacts.suspended,
        *contacts.revoked,
    ):
        term, office, written, confirmed = (mark or 0 for mark in marks[:4])
        words = [marks[4 + at * members : 4 + (at + 1) * members] for at in range(3)]
        seen = reader.seen(contacts.owner, term)
        accepted = tuple(
            member
            for member, seq in enumerate(words[0])
            if seq is not None and reader.seen(member, seq)[contacts.owner] > term
        )
        suspended, revoked = (
            tuple(m for m, seq in enumerate(word) if seq is not None and seq >= seen[m])
            for word in words[1:]
        )
        yield Stretch(
            first,
            last,
            _status(reader, members, accepted, words[0], suspended, revoked),
            office,
            term,
            written,
            confirmed,
            revoked,
            suspended,
            accepted,
        )


def _status(
    reader: _Reader,
    members: int,
    accepted: tuple[int, ...],
    acceptances: tuple[int | None, ...],
    suspended: tuple[int, ...],
    revoked: tuple[int, ...],
) -> ContactStatus:
    if revoked:
        return ContactStatus.REVOKED
    if len(accepted) < members - 1:
        return ContactStatus.NOMINATED
    if suspended:
        return ContactStatus.SUSPENDED
    if all(reader.covered(member, acceptances[member] or 0) for member in accepted):
        return ContactStatus.ACTIVE
    return ContactStatus.ACCEPTED


class _Reader:
    """What the case says of the statements that marks name, looked up once each."""

    def __init__(self, case: Held, owner: int) -> None:
        self._case = case
        self._seen: dict[tuple[int, int], tuple[int, ...]] = {}

    def seen(self, member: int, seq: int) -> tuple[int, ...]:
        """What the author of a statement of the case had seen of each member."""
        found = self._seen.get((member, seq))
        if found is None:
            entry = self._case.entry(member, seq)
            # A mark is only ever set by an act of the case.
            found = entry.seen if entry is not None else (seq,) * self._case.members
            self._seen[member, seq] = found
        return found

    def covered(self, member: int, seq: int) -> bool:
        """Whether every member is known to have seen a statement."""
        return all(row[member] > seq for row in self._case.horizon)


def where(case: Held, contacts: Contacts, *statuses: ContactStatus) -> Ranges:
    """The contacts that stand so."""
    return ranges.joined(
        stretch.range for stretch in stretches(case, contacts) if stretch.status in statuses
    )


def counts(case: Held, contacts: Contacts) -> dict[ContactStatus, int]:
    """How many contacts stand how."""
    found = dict.fromkeys(ContactStatus, 0)
    for stretch in stretches(case, contacts):
        found[stretch.status] += stretch.last - stretch.first + 1
    return found


class Manned(NamedTuple):
    """How an office stands: its contacts by status, and who answers for it.

    ``answers`` is the office itself where it has somebody, else the first of its deputies in turn
    that has; None where none has. The office survives all the same.
    """

    office: Office
    counts: Mapping[ContactStatus, int]
    answers: int | None


def manning(case: Held, contacts: Contacts) -> tuple[Manned, ...]:
    """Every office, and who answers for it."""
    found: dict[int, dict[ContactStatus, int]] = {
        office.number: dict.fromkeys(ContactStatus, 0) for office in contacts.offices
    }
    for stretch in stretches(case, contacts):
        found[stretch.office][stretch.status] += stretch.last - stretch.first + 1
    by_number = {office.number: office for office in contacts.offices}
    return tuple(
        Manned(office, found[office.number], _answering(office.number, by_number, found))
        for office in contacts.offices
    )


def _answering(
    number: int,
    offices: Mapping[int, Office],
    found: Mapping[int, Mapping[ContactStatus, int]],
) -> int | None:
    passed: set[int] = set()
    while number and number not in passed:
        counts_ = found[number]
        if counts_[ContactStatus.ACTIVE] or counts_[ContactStatus.ACCEPTED]:
            return number
        passed.add(number)
        number = offices[number].deputy
    return None
