"""The officers of a house, and which roles they hold: everywhere, or in one channel or case.

While no administrator is in service, whoever holds the desk's passphrase gives roles; from then on
an administrator does, and never to themselves. Either way the house record says who.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import NamedTuple

from parley.application import house
from parley.application.desk import Desk
from parley.application.house import Acting
from parley.domain import access
from parley.domain.access import Place
from parley.domain.housekeeping import HouseAct
from parley.domain.roles import Duty, Role
from parley.kernel.errors import ParleyError
from parley.kernel.reasons import Reason
from parley.store import house as rows
from parley.store import sign_in
from parley.store.house import GrantRow, OfficerRow

_NAME = re.compile(r"[a-z0-9][a-z0-9._-]{0,39}", re.ASCII)


class Granted(NamedTuple):
    """A role held in one channel, or in one ``case`` of it alone."""

    role: Role
    channel: bytes
    case: bytes | None


class Officer(NamedTuple):
    """A person at the desk, by sign-in name; ``roles`` are held in the whole house."""

    name: str
    roles: frozenset[Role]
    active: bool
    granted: tuple[Granted, ...] = ()


def add(desk: Desk, name: str, roles: Collection[str], *, by: str | None = None) -> Officer:
    """Add an officer, or give one other roles in the whole house.

    :raises ParleyError: ``officer-name-invalid``, ``role-unknown``; ``officer-not-named`` where
        there is an administrator and ``by`` names none; ``role-forbids``, ``own-roles``.
    """
    if not is_name(name):
        raise ParleyError(Reason.OFFICER_NAME_INVALID)
    held = parse_roles(roles)
    with house.acting(desk, by) as acting:
        administer(acting, name)
        known = rows.officer(acting.connection, name)
        added_at = known.added_at if known else desk.clock()
        text = " ".join(sorted(held))
        rows.save_officer(acting.connection, OfficerRow(name, text, True, added_at))
        acting.note(HouseAct.OFFICER_ADDED, about=name, facts=tuple(sorted(held)))
        return _officer(acting, name)


def retire(desk: Desk, name: str, *, by: str | None = None) -> None:
    """Take all rights from an officer; what was done stays on record.

    :raises ParleyError: ``officer-unknown``; as :func:`add`.
    """
    with house.acting(desk, by) as acting:
        administer(acting, name)
        row = rows.officer(acting.connection, name)
        if row is None:
            raise ParleyError(Reason.OFFICER_UNKNOWN)
        rows.save_officer(acting.connection, row._replace(active=False))
        # Whoever is taken into service again begins anew.
        sign_in.forget(acting.connection, name)
        acting.note(HouseAct.OFFICER_RETIRED, about=name)


def grant(desk: Desk, name: str, role: str, place: Place, *, by: str | None = None) -> Officer:
    """Give an officer a role in one channel, or in one case.

    :raises ParleyError: ``officer-unknown``, ``role-unknown``; as :func:`add`.
    """
    (wanted,) = parse_roles([role])
    with house.acting(desk, by) as acting:
        acting.at(place)
        administer(acting, name)
        house.standing(acting.connection, name)
        rows.add_grant(acting.connection, _row(name, wanted, place, desk.clock()))
        acting.note(HouseAct.ROLE_GRANTED, about=name, facts=(wanted.value,))
        return _officer(acting, name)


def withdraw(desk: Desk, name: str, role: str, place: Place, *, by: str | None = None) -> Officer:
    """Take a role away that an officer was given in one channel or case.

    :raises ParleyError: ``officer-unknown``, ``role-unknown``, ``grant-unknown``; as :func:`add`.
    """
    (wanted,) = parse_roles([role])
    with house.acting(desk, by) as acting:
        acting.at(place)
        administer(acting, name)
        if not rows.remove_grant(acting.connection, _row(name, wanted, place, 0)):
            raise ParleyError(Reason.GRANT_UNKNOWN)
        acting.note(HouseAct.ROLE_WITHDRAWN, about=name, facts=(wanted.value,))
        return _officer(acting, name)


def every(desk: Desk) -> list[Officer]:
    """All officers, by name."""
    with desk.database.read() as connection:
        granted = rows.grants(connection)
        return [_of(row, granted) for row in rows.officers(connection)]


def is_name(text: str) -> bool:
    """Whether a text can be the name of an officer."""
    return _NAME.fullmatch(text) is not None


def parse_roles(roles: Collection[str]) -> frozenset[Role]:
    """Roles by their names.

    :raises ParleyError: ``role-unknown``.
    """
    try:
        return frozenset(Role(role) for role in roles)
    except ValueError as error:
        raise ParleyError(Reason.ROLE_UNKNOWN) from error


def administer(acting: Acting, name: str | None = None) -> None:
    """Refuse whoever may not settle the house's affairs, or what ``name`` may do.

    :raises ParleyError: ``officer-not-named`` where there is an administrator and none acts;
        ``role-forbids``, ``own-roles``.
    """
    if acting.standing is None:
        every_one = rows.officers(acting.connection)
        if any(row.active and Role.ADMINISTRATOR in row.roles.split() for row in every_one):
            raise ParleyError(Reason.OFFICER_NOT_NAMED)
        return
    # Whoever is recused gives no orders to the delegate, by way of roles neither.
    delegates = {recusal.delegate for recusal in acting.standing.recusals}
    if name in delegates or access.recused(acting.standing, acting.place):
        raise ParleyError(Reason.ROLE_FORBIDS, duty=Duty.ADMINISTER.value)
    access.require(acting.standing, Duty.ADMINISTER)
    if name == acting.standing.name:
        raise ParleyError(Reason.OWN_ROLES)


def _row(name: str, role: Role, place: Place, at: int) -> GrantRow:
    if place.channel is None:
        raise ParleyError(Reason.INTERNAL, fact="a role given nowhere")
    return GrantRow(name, role.value, place.channel, place.case or b"", at)


def _officer(acting: Acting, name: str) -> Officer:
    row = rows.officer(acting.connection, name)
    if row is None:
        raise ParleyError(Reason.OFFICER_UNKNOWN)
    return _of(row, rows.grants(acting.connection, name))


def _of(row: OfficerRow, granted: Collection[GrantRow]) -> Officer:
    return Officer(
        row.name,
        parse_roles(row.roles.split()),
        row.active,
        tuple(
            Granted(Role(one.role), one.channel, one.case_id or None)
            for one in granted
            if one.officer == row.name
        ),
    )
