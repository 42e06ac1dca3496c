"""What each side may do in a directory of contacts: the one judge of our acts and of theirs.

An act names contacts by the number, any number of them, and holds for all or for none: one number
that is out of place makes the whole act void.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Final

from parley.domain.act import Act, ActType
from parley.domain.codes import integer, links, pairs, ranges
from parley.domain.kind import Held
from parley.domain.kinds.contacts_state import Contacts, ContactStatus, Stretch, stretches
from parley.domain.ranges import Ranges
from parley.kernel import limits
from parley.kernel.errors import ParleyError
from parley.kernel.reasons import Reason


def judge_opening(act: Act) -> None:
    """Check the nomination that opens a directory.

    :raises ParleyError: with the reason that makes the act void.
    """
    _judge_numbers(act, 0)
    again = ranges(act, "again")
    if again:
        raise ParleyError(Reason.CONTACT_UNKNOWN, number=again[0][0])
    _judge_offices(act, frozenset())
    _judge_places(act, _given(act), frozenset(_declared(act)))


def judge(case: Held, contacts: Contacts, act: Act) -> None:
    """Check an act that the frame has found to be in its place.

    :raises ParleyError: with the reason that makes the act void.
    """
    _JUDGES[act.type](case, contacts, act)


def _judge_nomination(case: Held, contacts: Contacts, act: Act) -> None:
    _judge_numbers(act, contacts.count)
    again = ranges(act, "again")
    for stretch in _stretches(case, contacts, again):
        if stretch.status != ContactStatus.REVOKED:
            raise ParleyError(Reason.CONTACT_NOT_REVOKED, number=stretch.first)
    known = frozenset(office.number for office in contacts.offices)
    _judge_offices(act, known)
    _judge_places(act, _given(act), known | frozenset(_declared(act)))


def _judge_numbers(act: Act, count: int) -> None:
    first, given = integer(act, "first"), integer(act, "contacts")
    if first != count + 1:
        raise ParleyError(Reason.CONTACT_NUMBER_WRONG, expected=count + 1)
    if count + given > limits.CONTACTS_IN_DIRECTORY:
        raise ParleyError(Reason.CONTACTS_TOO_MANY, limit=limits.CONTACTS_IN_DIRECTORY)
    if not given and "again" not in act.codes and not _offices_touched(act):
        raise ParleyError(Reason.NOTHING_NOMINATED)


def _offices_touched(act: Act) -> bool:
    return "offices" in act.codes or "deputies" in act.codes


def _given(act: Act) -> Ranges:
    """The new numbers of a nomination."""
    first, given = integer(act, "first"), integer(act, "contacts")
    return ((first, first + given - 1),) if given else ()


def _declared(act: Act) -> Iterable[int]:
    return (number for number, _level in pairs(act, "offices"))


def _judge_offices(act: Act, known: frozenset[int]) -> None:
    """Offices are numbered without gaps; only what there is can stand in for something there is."""
    last = max(known, default=0)
    for number in _declared(act):
        if number > last + 1:
            raise ParleyError(Reason.OFFICE_NUMBER_WRONG, expected=last + 1)
        last = max(last, number)
    for office, deputy in links(act, "deputies"):
        for number in (office, deputy):
            if number > last:
                raise ParleyError(Reason.CONTACT_OFFICE_UNKNOWN, number=number)
        if office in (0, deputy):
            raise ParleyError(Reason.CODE_INVALID, type=act.type, code="deputies")


def _judge_places(act: Act, named: Ranges, offices: frozenset[int]) -> None:
    """Every new contact is placed at an office that there is."""
    placed = links(act, "at")
    if named and (not placed or placed[0][0] != named[0][0]):
        raise ParleyError(Reason.CODE_INVALID, type=act.type, code="at")
    if placed and (not named or placed[-1][0] > named[-1][1]):
        raise ParleyError(Reason.CODE_INVALID, type=act.type, code="at")
    for _number, office in placed:
        if office not in offices:
            raise ParleyError(Reason.CONTACT_OFFICE_UNKNOWN, number=office)


def _judge_change(case: Held, contacts: Contacts, act: Act) -> None:
    named = ranges(act, "contacts")
    if not named and not _offices_touched(act):
        raise ParleyError(Reason.NO_CONTACT_CHANGED)
    _expect_living(_stretches(case, contacts, named))
    known = frozenset(office.number for office in contacts.offices)
    _judge_offices(act, known)
    if "at" in act.codes:
        _judge_places(act, named, known | frozenset(_declared(act)))


def _judge_acceptance(case: Held, contacts: Contacts, act: Act) -> None:
    for stretch in _named(case, contacts, act):
        _expect_not_revoked(stretch)
        if act.author in stretch.accepted_by:
            raise ParleyError(Reason.CONTACT_NOT_WAITING, number=stretch.first)


def _judge_living(case: Held, contacts: Contacts, act: Act) -> None:
    """A reconfirmation."""
    _expect_living(_named(case, contacts, act))


def _judge_suspension(case: Held, contacts: Contacts, act: Act) -> None:
    for stretch in _named(case, contacts, act):
        _expect_not_revoked(stretch)
        if act.author in stretch.suspended_by:
            raise ParleyError(Reason.CONTACT_SUSPENDED, number=stretch.first)


def _judge_resumption(case: Held, contacts: Contacts, act: Act) -> None:
    for stretch in _named(case, contacts, act):
        _expect_not_revoked(stretch)
        if act.author not in stretch.suspended_by:
            raise ParleyError(Reason.CONTACT_NOT_SUSPENDED, number=stretch.first)


def _judge_check(_case: Held, contacts: Contacts, act: Act) -> None:
    office = integer(act, "office")
    if office and contacts.office(office) is None:
        raise ParleyError(Reason.CONTACT_OFFICE_UNKNOWN, number=office)


def _judge_answer(_case: Held, contacts: Contacts, act: Act) -> None:
    if act.reference in contacts.answered():
        raise ParleyError(Reason.CHECK_ANSWERED)
    # The reference is a check that stands, so it is listed.
    if not any(c.id == act.reference and c.nonce == act.codes["nonce"] for c in contacts.checks):
        raise ParleyError(Reason.CHECK_NONCE_WRONG)


def _named(case: Held, contacts: Contacts, act: Act) -> Iterable[Stretch]:
    return _stretches(case, contacts, ranges(act, "contacts"))


def _stretches(case: Held, contacts: Contacts, named: Ranges) -> Iterable[Stretch]:
    if named and named[-1][1] > contacts.count:
        raise ParleyError(Reason.CONTACT_UNKNOWN, number=named[-1][1])
    return stretches(case, contacts, named)


def _expect_living(found: Iterable[Stretch]) -> None:
    for stretch in found:
        _expect_not_revoked(stretch)


def _expect_not_revoked(stretch: Stretch) -> None:
    if stretch.status == ContactStatus.REVOKED:
        raise ParleyError(Reason.CONTACT_REVOKED, number=stretch.first)


_JUDGES: Final[Mapping[str, Callable[[Held, Contacts, Act], None]]] = {
    ActType.CONTACT_NOMINATION: _judge_nomination,
    ActType.CONTACT_CHANGE: _judge_change,
    ActType.CONTACT_ACCEPTANCE: _judge_acceptance,
    ActType.CONTACT_RECONFIRMATION: _judge_living,
    ActType.CONTACT_SUSPENSION: _judge_suspension,
    ActType.CONTACT_RESUMPTION: _judge_resumption,
    ActType.CONTACT_REVOCATION: _judge_living,
    ActType.COMMUNICATION_CHECK: _judge_check,
    ActType.COMMUNICATION_ANSWER: _judge_answer,
}
