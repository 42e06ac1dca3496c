"""Which facts of a directory of contacts an act writes; each has one writer (contacts_state)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

import msgspec

from parley.domain import ranges
from parley.domain.act import Act, ActType
from parley.domain.codes import integer, links, pairs
from parley.domain.codes import ranges as named_in
from parley.domain.kinds.contacts_state import Answer, Change, Check, Contacts, Office
from parley.domain.ranges import NOTHING, Ranges, Spans

Facts = dict[str, Any]


def begin(members: int, act: Act) -> Contacts:
    """A directory as the nomination that opens it makes it."""
    nobody = (NOTHING,) * members
    empty = Contacts(act.author, 0, accepted=nobody, suspended=nobody, revoked=nobody)
    return write(empty, act)


def write(contacts: Contacts, act: Act) -> Contacts:
    """The directory with what ``act``, which stands, says."""
    return msgspec.structs.replace(contacts, **_WRITERS[act.type](contacts, act))


def _nominated(contacts: Contacts, act: Act) -> Facts:
    first, count = integer(act, "first"), integer(act, "contacts")
    new: Ranges = ((first, first + count - 1),) if count else ()
    again = named_in(act, "again")
    named = (*again, *new)
    return {
        "count": contacts.count + count,
        "terms": ranges.overlay(contacts.terms, named, act.seq),
        "written": ranges.overlay(contacts.written, new, act.seq),
        "confirmed": ranges.overlay(contacts.confirmed, named, act.seq),
        "placed": _placed(contacts.placed, new, act),
        "offices": _offices(contacts, act),
    }


def _changed(contacts: Contacts, act: Act) -> Facts:
    named = named_in(act, "contacts")
    return {
        "written": ranges.overlay(contacts.written, named, act.seq),
        "confirmed": ranges.overlay(contacts.confirmed, named, act.seq),
        "placed": _placed(contacts.placed, named, act),
        "offices": _offices(contacts, act),
        "changes": (*contacts.changes, Change(act.id, act.seq, integer(act, "changed-at"))),
    }


def _placed(placed: Spans, named: Ranges, act: Act) -> Spans:
    """Where ``named`` are from now on: each from its number on, up to the next."""
    given = links(act, "at")
    bounds = [*(number for number, _office in given[1:]), ranges.LAST + 1]
    for (number, office), bound in zip(given, bounds, strict=True) if given else ():
        placed = ranges.overlay(placed, ranges.within(named, number, bound - 1), office)
    return placed


def _offices(contacts: Contacts, act: Act) -> tuple[Office, ...]:
    offices = {office.number: office for office in contacts.offices}
    for number, level in pairs(act, "offices"):
        deputy = offices[number].deputy if number in offices else 0
        offices[number] = Office(number, level, deputy, act.seq)
    for number, deputy in links(act, "deputies"):
        offices[number] = msgspec.structs.replace(offices[number], deputy=deputy)
    return tuple(offices[number] for number in sorted(offices))


def _confirmed(contacts: Contacts, act: Act) -> Facts:
    return {"confirmed": ranges.overlay(contacts.confirmed, _named(act), act.seq)}


def _accepted(contacts: Contacts, act: Act) -> Facts:
    return {"accepted": _said(contacts.accepted, act)}


def _suspended(contacts: Contacts, act: Act) -> Facts:
    return {"suspended": _said(contacts.suspended, act)}


def _resumed(contacts: Contacts, act: Act) -> Facts:
    suspended = list(contacts.suspended)
    suspended[act.author] = ranges.erase(suspended[act.author], _named(act))
    return {"suspended": tuple(suspended)}


def _revoked(contacts: Contacts, act: Act) -> Facts:
    return {"revoked": _said(contacts.revoked, act)}


def _said(words: tuple[Spans, ...], act: Act) -> tuple[Spans, ...]:
    """The members' words, where that of the act's author on its contacts is this act."""
    changed = list(words)
    changed[act.author] = ranges.overlay(changed[act.author], _named(act), act.seq)
    return tuple(changed)


def _named(act: Act) -> Ranges:
    return named_in(act, "contacts")


def _checked(contacts: Contacts, act: Act) -> Facts:
    check = Check(
        act.author,
        act.seq,
        act.id,
        str(act.codes["nonce"]),
        str(act.codes["scenario"]),
        integer(act, "office"),
    )
    # In a channel of more than two, several may check at once.
    found = sorted((*contacts.checks, check), key=lambda one: (one.author, one.seq))
    return {"checks": tuple(found)}


def _answered(contacts: Contacts, act: Act) -> Facts:
    return {"answers": (*contacts.answers, Answer(act.reference or b"", act.id, act.seq))}


_WRITERS: Final[Mapping[str, Callable[[Contacts, Act], Facts]]] = {
    ActType.CONTACT_NOMINATION: _nominated,
    ActType.CONTACT_CHANGE: _changed,
    ActType.CONTACT_RECONFIRMATION: _confirmed,
    ActType.CONTACT_ACCEPTANCE: _accepted,
    ActType.CONTACT_SUSPENSION: _suspended,
    ActType.CONTACT_RESUMPTION: _resumed,
    ActType.CONTACT_REVOCATION: _revoked,
    ActType.COMMUNICATION_CHECK: _checked,
    ActType.COMMUNICATION_ANSWER: _answered,
}
