"""Recusals inside the house: declared or recorded, with a delegate; nobody lifts one.

What a recusal closes is the matter of :mod:`parley.domain.access`. Here it begins, grows and, where
the house allows it, ends by the recused officer's own word. Whoever tries to lift one changes
nothing, and stands in the house record.
"""

from __future__ import annotations

from typing import NamedTuple

from sqlalchemy import Connection

from parley.application import house
from parley.application.desk import Desk
from parley.application.house import Acting
from parley.application.places import Places
from parley.domain import access
from parley.domain.access import Place
from parley.domain.housekeeping import HouseAct
from parley.domain.recusal_grounds import Ground
from parley.domain.roles import Duty
from parley.domain.shape import Scope
from parley.kernel.errors import ParleyError
from parley.kernel.reasons import Reason
from parley.record import replay
from parley.record.channel import Channel
from parley.store import house_log, recusals, views
from parley.store.recusals import RecusalRow


class Matter(NamedTuple):
    """What an officer keeps out of: cases (``linked``: and all about them), or a whole channel."""

    channel: Channel | None
    cases: tuple[tuple[Channel, bytes], ...] = ()
    linked: bool = False


class Recused(NamedTuple):
    """A recusal as an officer may see it. ``cases`` is null for the recused one.

    ``challenges`` counts the attempts to lift it, which changed nothing; ``disclosed`` are the
    cases in which the other side was told of it.
    """

    row: RecusalRow
    cases: tuple[bytes, ...] | None
    challenges: int
    disclosed: tuple[bytes, ...] = ()


def declare(
    desk: Desk, officer: str, matter: Matter, delegate: str, ground: Ground = Ground.OTHER
) -> int:
    """Keep out of a matter from now on; ``delegate`` acts instead. Returns the recusal's number.

    :raises ParleyError: ``officer-unknown``, ``case-unknown``, ``recusal-of-nothing``,
        ``delegate-unfit``.
    """
    _check(matter)
    with house.acting(desk, officer) as acting:
        return _add(desk, acting, officer, matter, delegate, ground)


def record(
    desk: Desk,
    officer: str,
    recused: str,
    matter: Matter,
    delegate: str,
    ground: Ground = Ground.OTHER,
) -> int:
    """Record that ``recused`` keeps out of a matter; as :func:`declare`.

    :raises ParleyError: as :func:`declare`; ``role-forbids``.
    """
    _check(matter)
    with house.acting(desk, officer) as acting:
        for place in _places(acting, matter):
            access.require(acting.officer, Duty.RECORD_RECUSAL, place)
        house.standing(acting.connection, recused)
        return _add(desk, acting, recused, matter, delegate, ground)


def extend(desk: Desk, officer: str, number: int, case: tuple[Channel, bytes]) -> None:
    """Add a case to a matter that an officer keeps out of. A matter only grows.

    :raises ParleyError: ``recusal-unknown``, ``recusal-of-nothing`` for a whole channel,
        ``case-unknown``, ``role-forbids``.
    """
    matter = Matter(None, (case,))
    with house.acting(desk, officer) as acting:
        (place,) = _places(acting, matter)
        access.require(acting.officer, Duty.RECORD_RECUSAL, place)
        row = _standing(acting, number)
        if row.channel is not None:
            raise ParleyError(Reason.RECUSAL_OF_NOTHING)
        acting.at(place)
        recusals.add_cases(acting.connection, number, [case[1]])
        acting.note(
            HouseAct.RECUSAL_RECORDED, about=row.officer, number=number, facts=(row.ground,)
        )


def name_delegate(desk: Desk, officer: str, number: int, delegate: str) -> None:
    """Name another delegate; the recused officer cannot.

    :raises ParleyError: ``recusal-unknown``, ``role-forbids``, ``delegate-unfit``.
    """
    with house.acting(desk, officer) as acting:
        access.require(acting.officer, Duty.RECORD_RECUSAL)
        row = _standing(acting, number)
        if acting.officer.name == row.officer or _shares(acting, row):
            raise ParleyError(Reason.ROLE_FORBIDS, duty=Duty.RECORD_RECUSAL.value)
        cases = recusals.cases(acting.connection).get(number, frozenset())
        _fit(acting.connection, row.officer, delegate, row.channel, cases)
        recusals.name_delegate(acting.connection, number, delegate)
        acting.note(HouseAct.DELEGATE_NAMED, about=delegate, number=number)


def challenge(desk: Desk, officer: str, number: int) -> int:
    """Try to lift a recusal, or reproach an officer with it. Nothing changes.

    That it was tried stands in the house record; returns the entry's place there.

    :raises ParleyError: ``recusal-unknown``; also to whoever may not know of it, whose attempt
        stands in the record all the same.
    """
    with house.acting(desk, officer) as acting:
        row = _standing(acting, number)
        is_known = _is_shown(desk, acting, row)
        place = acting.note(HouseAct.RECUSAL_CHALLENGED, about=row.officer, number=number)
    if not is_known:
        raise ParleyError(Reason.RECUSAL_UNKNOWN)
    return place


def end(desk: Desk, officer: str, number: int) -> None:
    """End one's own recusal, where the house allows that.

    :raises ParleyError: ``recusal-unknown``, ``recusal-stands``.
    """
    with house.acting(desk, officer) as acting:
        row = _standing(acting, number)
        if not _is_shown(desk, acting, row):
            raise ParleyError(Reason.RECUSAL_UNKNOWN)
        if row.officer != acting.officer.name or not desk.policy.recusals_may_end:
            raise ParleyError(Reason.RECUSAL_STANDS)
        recusals.end(acting.connection, number, desk.clock())
        acting.note(HouseAct.RECUSAL_ENDED, about=officer, number=number)


def note_disclosure(desk: Desk, officer: str, number: int, case: tuple[Channel, bytes]) -> None:
    """Note in which case of ours the other side is told of a recusal.

    The statement names no officer and no number; which recusal it is about, the house keeps.

    :raises ParleyError: ``recusal-unknown``, ``case-unknown``, ``role-forbids``;
        ``recusal-not-disclosed`` where the case is not a disclosure of ours.
    """
    with house.acting(desk, officer) as acting:
        access.require(acting.officer, Duty.RECORD_RECUSAL)
        row = recusals.one(acting.connection, number)
        if row is None or row.officer == acting.officer.name or _shares(acting, row):
            raise ParleyError(Reason.RECUSAL_UNKNOWN)
        channel, case_id = case
        (place,) = _places(acting, Matter(None, (case,)))
        acting.at(place)
        told = views.case(acting.connection, channel.id, case_id)
        ours = told is not None and replay.case_of(told).opener == channel.own_index
        if not ours or place.kind != Scope.RECUSAL:
            raise ParleyError(Reason.RECUSAL_NOT_DISCLOSED)
        acting.note(HouseAct.RECUSAL_DISCLOSED, about=row.officer, number=number)


def every(desk: Desk, officer: str) -> list[Recused]:
    """The recusals that the officer may know of, the oldest first.

    Whoever may record recusals or reads the house record sees all, but for those from a matter that
    they keep out of themselves. Of their own they see that there is one, and who acts instead, if
    the house shows them that; never of which cases.

    :raises ParleyError: ``officer-unknown``.
    """
    with house.reading(desk, officer) as acting:
        rows = recusals.every(acting.connection)
        cases = recusals.cases(acting.connection)
        tried = house_log.challenges(acting.connection)
        told = _disclosures(acting)
        found: list[Recused] = []
        for row in rows:
            if not _is_shown(desk, acting, row):
                continue
            if row.officer == officer and row.ended_at is None:
                found.append(Recused(row, None, 0))
                continue
            of = tuple(sorted(cases.get(row.number, ())))
            disclosed = tuple(told.get(row.number, ()))
            found.append(Recused(row, of, tried.get(row.number, 0), disclosed))
        return found


def _is_shown(desk: Desk, acting: Acting, row: RecusalRow) -> bool:
    """Whether the officer may know of a recusal."""
    who = acting.officer
    if row.officer == who.name:
        return desk.policy.recusals_shown or row.ended_at is not None
    knows = any(access.may(who, duty) for duty in (Duty.RECORD_RECUSAL, Duty.READ_HOUSE))
    return knows and not _shares(acting, row)


def _disclosures(acting: Acting) -> dict[int, list[bytes]]:
    """The cases that disclose each recusal, but for those that the officer keeps out of."""
    places = Places(acting.connection, acting.officer)
    found: dict[int, list[bytes]] = {}
    for number, channel, case in house_log.disclosures(acting.connection):
        known = found.setdefault(number, [])
        place = places.at(channel, case, Scope.RECUSAL.value, None)
        if case not in known and not access.recused(acting.officer, place):
            known.append(case)
    return found


def _check(matter: Matter) -> None:
    if (matter.channel is None) is not bool(matter.cases):
        raise ParleyError(Reason.RECUSAL_OF_NOTHING)


def _places(acting: Acting, matter: Matter) -> list[Place]:
    """The places of a matter that the officer sees.

    :raises ParleyError: ``case-unknown``.
    """
    if matter.channel is not None:
        return [Place(matter.channel.id)]
    places = Places(acting.connection, acting.officer)
    found: list[Place] = []
    for channel, case in matter.cases:
        row = views.case(acting.connection, channel.id, case)
        acting.at(places.at(channel.id, case, row.kind if row else None, None))
        if row is None or not places.sees(row):
            raise ParleyError(Reason.CASE_UNKNOWN)
        found.append(places.of_case(row))
    return found


def _add(
    desk: Desk, acting: Acting, recused: str, matter: Matter, delegate: str, ground: Ground
) -> int:
    connection, by = acting.connection, acting.officer.name
    places = _places(acting, matter)
    channel = matter.channel.id if matter.channel is not None else None
    cases = frozenset(case for _channel, case in matter.cases)
    _fit(connection, recused, delegate, channel, cases)
    number = recusals.next_number(connection)
    now = desk.clock()
    row = RecusalRow(number, recused, delegate, channel, matter.linked, ground.value, by, now, None)
    recusals.add(connection, row, cases)
    act = HouseAct.RECUSAL_DECLARED if by == recused else HouseAct.RECUSAL_RECORDED
    for place in places:
        acting.at(place)
        acting.note(act, about=recused, number=number, facts=(ground.value,))
    acting.note(HouseAct.DELEGATE_NAMED, about=delegate, number=number)
    return number


def _fit(
    connection: Connection,
    recused: str,
    delegate: str,
    channel: bytes | None,
    cases: frozenset[bytes],
) -> None:
    """Refuse a delegate who is not in service, is the same person, or keeps out as well.

    :raises ParleyError: ``delegate-unfit``.
    """
    try:
        standing = house.standing(connection, delegate)
    except ParleyError as error:
        raise ParleyError(Reason.DELEGATE_UNFIT) from error
    out = any(
        (channel is not None and one.channel == channel) or one.cases & cases
        for one in standing.recusals
    )
    if delegate == recused or out:
        raise ParleyError(Reason.DELEGATE_UNFIT)


def _standing(acting: Acting, number: int) -> RecusalRow:
    row = recusals.one(acting.connection, number)
    if row is None or row.ended_at is not None:
        raise ParleyError(Reason.RECUSAL_UNKNOWN)
    return row


def _shares(acting: Acting, row: RecusalRow) -> bool:
    """Whether the officer keeps out of what this recusal is from, or of a part of it."""
    cases = recusals.cases(acting.connection).get(row.number, frozenset())
    return any(
        (row.channel is not None and one.channel == row.channel) or not cases.isdisjoint(one.cases)
        for one in acting.officer.recusals
    )
