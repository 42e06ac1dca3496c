"""The house's offices: when each works, who holds it, and how its deadlines are watched.

While no administrator is in service, whoever holds the desk's passphrase settles this; from then on
an administrator does. Either way the house record says who.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from hashlib import sha256
from typing import Final, NamedTuple
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import msgspec
from sqlalchemy import Connection

from parley.application import house, officers
from parley.application.desk import Desk
from parley.application.house import Acting
from parley.domain import calendar as calendars
from parley.domain import escalation
from parley.domain.act import Precedence
from parley.domain.calendar import ALWAYS, Calendar, SpecialDay, Timetable
from parley.domain.escalation import DEFAULTS, Plan
from parley.domain.housekeeping import HouseAct
from parley.domain.posts import NOBODY, Office, Post
from parley.kernel.errors import ParleyError
from parley.kernel.reasons import Reason
from parley.store import deadlines
from parley.store import offices as rows
from parley.store.offices import OfficeRow, PostRow

LATEST: Final = 253_370_764_800
"""The beginning of the year 9999: from then on the wall clock is not moved any more."""

KEPT_DAYS: Final = 400
"""For so many days back a special day is still of use: older ones go with the next that come."""


class Settled(NamedTuple):
    """An office of ours, its names by language, and what the house has settled of it."""

    id: bytes
    names: Mapping[str, str]
    timetable: Timetable
    posts: Office


class Watching(NamedTuple):
    """All that the watch asks a house for, as one transaction reads it."""

    calendars: Mapping[bytes, Calendar]
    offices: Mapping[bytes, Office]
    plans: Mapping[Precedence, Plan]

    def calendar(self, office: bytes) -> Calendar:
        """When an office works: always, where nothing else is settled."""
        return self.calendars.get(office) or calendars.calendar(ALWAYS, lambda _at: 0)

    def office(self, office: bytes | None) -> Office:
        """Who holds an office."""
        return NOBODY if office is None else self.offices.get(office, NOBODY)


# --- reading -------------------------------------------------------------------------------------


def every(desk: Desk) -> list[Settled]:
    """All offices of our letter, in its order."""
    with desk.database.read() as connection:
        found, held = rows.every(connection), _held(connection)
    return [
        Settled(
            office.id,
            office.names,
            _timetable(found.get(office.id)),
            held.get(office.id, NOBODY),
        )
        for office in desk.letter.text.offices
    ]


def watching(connection: Connection) -> Watching:
    """How the house watches its deadlines."""
    found = rows.every(connection)
    tables = {office: _timetable(row) for office, row in found.items()}
    return Watching(
        {
            office: calendars.calendar(table, offset_in(table.zone))
            for office, table in tables.items()
        },
        _held(connection),
        _plans(connection),
    )


def named_days(connection: Connection) -> dict[bytes, dict[int, str]]:
    """What the special days of each office are called, by their number."""
    return {
        office: {one.day: one.name for one in _timetable(row).special}
        for office, row in rows.every(connection).items()
    }


def plans(desk: Desk) -> Mapping[Precedence, Plan]:
    """The plan of each precedence: the house's own, or the default."""
    with desk.database.read() as connection:
        return _plans(connection)


def offset_in(zone: str) -> Callable[[int], int]:
    """How many seconds the clocks of an IANA time zone are ahead of UTC at a moment.

    :raises ParleyError: ``zone-unknown``.
    """
    try:
        place = ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise ParleyError(Reason.ZONE_UNKNOWN, zone=zone) from error

    def offset(at: int) -> int:
        # What others announce may lie where calendars of programs have long ended.
        ahead = dt.datetime.fromtimestamp(min(max(at, 0), LATEST), place).utcoffset()
        return 0 if ahead is None else int(ahead.total_seconds())

    return offset


def _timetable(row: OfficeRow | None) -> Timetable:
    if row is None or row.timetable is None:
        return ALWAYS
    return msgspec.json.decode(row.timetable, type=Timetable)


def _held(connection: Connection) -> dict[bytes, Office]:
    following = {row.office: row.following for row in rows.every(connection).values()}
    found: dict[bytes, dict[Post, tuple[str, ...]]] = {office: {} for office in following}
    for row in rows.posts(connection):
        posts = found.setdefault(row.office, {})
        posts[Post(row.post)] = (*posts.get(Post(row.post), ()), row.officer)
    return {office: Office(posts, following.get(office)) for office, posts in found.items()}


def _plans(connection: Connection) -> dict[Precedence, Plan]:
    own = rows.plans(connection)
    return {
        precedence: msgspec.json.decode(own[precedence], type=Plan)
        if precedence in own
        else DEFAULTS[precedence]
        for precedence in Precedence
    }


# --- settling ------------------------------------------------------------------------------------


def set_timetable(desk: Desk, office: bytes, timetable: Timetable, *, by: str | None) -> None:
    """Settle when an office works. What is watched is looked at again by the new hours.

    :raises ParleyError: ``calendar-invalid``, ``zone-unknown``; ``officer-not-named`` where there
        is an administrator and ``by`` names none; ``role-forbids``.
    """
    calendars.check(timetable)
    offset_in(timetable.zone)
    with house.acting(desk, by) as acting:
        officers.administer(acting)
        _keep(acting, office, timetable)


def add_days(desk: Desk, office: bytes, days: Sequence[SpecialDay], *, by: str | None) -> Timetable:
    """Add holidays and other special days; one that is there already is as given now.

    Days that have long passed are left out.

    :raises ParleyError: as :func:`set_timetable`.
    """
    with house.acting(desk, by) as acting:
        officers.administer(acting)
        timetable = _timetable(rows.one(acting.connection, office))
        known = {one.day: one for one in timetable.special} | {one.day: one for one in days}
        first = desk.clock() // calendars.DAY - KEPT_DAYS
        kept = tuple(one for day, one in sorted(known.items()) if day >= first)
        if len(kept) > calendars.SPECIAL_DAYS:
            raise ParleyError(Reason.CALENDAR_INVALID)
        timetable = msgspec.structs.replace(timetable, special=kept)
        calendars.check(timetable)
        _keep(acting, office, timetable)
    return timetable


def remove_days(desk: Desk, office: bytes, first: int, last: int, *, by: str | None) -> Timetable:
    """Take the special days from ``first`` to ``last`` out: they are like any other again.

    :raises ParleyError: as :func:`set_timetable`.
    """
    with house.acting(desk, by) as acting:
        officers.administer(acting)
        timetable = _timetable(rows.one(acting.connection, office))
        kept = tuple(one for one in timetable.special if not first <= one.day <= last)
        timetable = msgspec.structs.replace(timetable, special=kept)
        _keep(acting, office, timetable)
    return timetable


def _keep(acting: Acting, office: bytes, timetable: Timetable) -> None:
    data = msgspec.json.encode(timetable)
    row = rows.one(acting.connection, office)
    rows.save(acting.connection, row._replace(timetable=data.decode()))
    deadlines.wake_all(acting.connection, office)
    acting.note(HouseAct.CALENDAR_SET, digest=sha256(data).digest(), about=office.hex())


def put(desk: Desk, office: bytes, post: Post, officer: str, *, by: str | None) -> None:
    """Put an officer into a post of an office.

    :raises ParleyError: ``officer-unknown``, ``own-roles``; as :func:`set_timetable`.
    """
    with house.acting(desk, by) as acting:
        officers.administer(acting, officer)
        house.standing(acting.connection, officer)
        row = PostRow(office, post.value, officer, desk.clock())
        rows.add_post(acting.connection, row)
        acting.note(HouseAct.POST_GIVEN, about=officer, facts=(f"post-{post.value}", office.hex()))


def leave(desk: Desk, office: bytes, post: Post, officer: str, *, by: str | None) -> None:
    """Take an officer out of a post of an office.

    :raises ParleyError: ``post-not-held``, ``own-roles``; as :func:`set_timetable`.
    """
    with house.acting(desk, by) as acting:
        officers.administer(acting, officer)
        if not rows.remove_post(acting.connection, office, post.value, officer):
            raise ParleyError(Reason.POST_NOT_HELD)
        acting.note(HouseAct.POST_TAKEN, about=officer, facts=(f"post-{post.value}", office.hex()))


def set_following(desk: Desk, office: bytes, following: bytes | None, *, by: str | None) -> None:
    """Name the office that is told when an office lets a deadline pass to the last; null: none.

    An office that follows itself has none after it.

    :raises ParleyError: as :func:`set_timetable`.
    """
    if following == office:
        following = None
    with house.acting(desk, by) as acting:
        officers.administer(acting)
        row = rows.one(acting.connection, office)
        rows.save(acting.connection, row._replace(following=following))
        named = () if following is None else (following.hex(),)
        acting.note(HouseAct.OFFICE_FOLLOWED, about=office.hex(), facts=named)


def set_plan(desk: Desk, precedence: Precedence, plan: Plan | None, *, by: str | None) -> None:
    """Set how deadlines of a precedence are watched; null: the default again.

    :raises ParleyError: ``plan-invalid``; as :func:`set_timetable`.
    """
    if plan is not None:
        escalation.check(plan)
    data = None if plan is None else msgspec.json.encode(plan)
    with house.acting(desk, by) as acting:
        officers.administer(acting)
        rows.save_plan(acting.connection, precedence, None if data is None else data.decode())
        deadlines.wake_all(acting.connection)
        acting.note(
            HouseAct.PLAN_SET,
            number=int(precedence),
            digest=None if data is None else sha256(data).digest(),
        )
