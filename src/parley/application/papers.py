"""Statements and cases on paper: who may have one made, and that it was made.

What a paper looks like is not settled here: whoever calls gives what makes its bytes of what the
officer may read. The house record keeps their SHA-256, and no bytes are returned before it does.
"""

from __future__ import annotations

from collections.abc import Callable
from hashlib import sha256
from typing import NamedTuple

from parley.application import acts, audit, cases, house
from parley.application.acts import ActView
from parley.application.cases import CaseView
from parley.application.desk import Desk
from parley.application.house import Acting
from parley.application.places import Places
from parley.domain import access
from parley.domain.access import Place
from parley.domain.housekeeping import HouseAct
from parley.domain.roles import Duty
from parley.kernel.errors import ParleyError
from parley.kernel.reasons import Reason
from parley.record.channel import Channel
from parley.store import views
from parley.store.log import Entry


class StatementView(NamedTuple):
    """One statement to be printed, with the case that it stands in.

    ``case`` is null for what belongs to none: genesis, notices between desks.
    """

    channel: Channel
    act: ActView
    case: CaseView | None


def statement(
    desk: Desk, officer: str, prefix: str, make: Callable[[StatementView], bytes]
) -> bytes:
    """A paper of the statement whose leaf hash starts with ``prefix``, as ``make`` makes it.

    It counts as opened by the officer, as if it had been read on a screen. What the officer may
    not read is not there.

    :raises ParleyError: ``statement-unknown``, ``statement-ambiguous``, ``officer-unknown``,
        ``role-forbids``; whatever ``make`` raises.
    """
    with house.reading(desk, officer) as acting:
        access.require_somewhere(acting.officer, Duty.READ_CONTENT)
        access.require_somewhere(acting.officer, Duty.EXPORT)
        channel, entry, place = _find(desk, acting, prefix)
    if entry.author == channel.peer_index:
        with house.acting(desk, officer, channel.id) as acting:
            acts.note_opened(acting.connection, channel, [entry], officer, desk.clock())
    if place.kind is None:
        with house.reading(desk, officer) as acting:
            places = Places(acting.connection, acting.officer)
            (act,) = acts.act_views(
                desk, acting.connection, places, channel, [entry], lambda _: None
            )
        view = StatementView(channel, act, None)
    else:
        case = cases.glance(desk, officer, channel, entry.case_id)
        act = next(one for one in case.acts if one.entry.leaf == entry.leaf)
        view = StatementView(channel, act, case)
    return _kept(desk, officer, place, make(view))


def case(
    desk: Desk, officer: str, channel: Channel, case: bytes, make: Callable[[CaseView], bytes]
) -> bytes:
    """A paper of a case with all its statements, which count as opened by the officer.

    :raises ParleyError: ``case-unknown``, ``officer-unknown``, ``role-forbids``; whatever ``make``
        raises.
    """
    with house.reading(desk, officer) as acting:
        access.require_somewhere(acting.officer, Duty.EXPORT)
        row = views.case(acting.connection, channel.id, case)
        kind = row.kind if row else None
        places = Places(acting.connection, acting.officer)
        place = places.at(channel.id, case, kind, None)
        acting.at(place)
        if row is None or not places.sees(row):
            raise ParleyError(Reason.CASE_UNKNOWN)
        access.require(acting.officer, Duty.EXPORT, place)
    view = cases.show(desk, channel, case, officer)
    return _kept(desk, officer, place, make(view))


def _find(desk: Desk, acting: Acting, prefix: str) -> tuple[Channel, Entry, Place]:
    """The statement, if the officer may read it and hand it out.

    What is closed takes the same queries as what is not there: the kind of a case is looked up
    only where there is something to see.
    """
    places = Places(acting.connection, acting.officer)
    seen: list[tuple[Channel, Entry]] = []
    for channel, entry in audit.starting(desk, acting.connection, prefix):
        place = places.at(channel.id, entry.case_id, None, None)
        if _open(places, place):
            seen.append((channel, entry))
        else:
            acting.at(place)
    channel, entry = audit.only(seen)
    row = views.case(acting.connection, channel.id, entry.case_id)
    place = places.at(channel.id, entry.case_id, row.kind if row else None, None)
    acting.at(place)
    if not _open(places, place):
        raise ParleyError(Reason.STATEMENT_UNKNOWN)
    return channel, entry, place


def _open(places: Places, place: Place) -> bool:
    return places.may(Duty.READ_CONTENT, place) and places.may(Duty.EXPORT, place)


def _kept(desk: Desk, officer: str, place: Place, made: bytes) -> bytes:
    """The bytes, once the house record says who had them made."""
    with house.acting(desk, officer) as acting:
        acting.at(place)
        acting.note(HouseAct.PAPER_EXPORTED, digest=sha256(made).digest())
    return made
