"""The officers of a house and their roles."""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import NamedTuple

from sqlalchemy import Connection

from parley.application.desk import Desk
from parley.domain.roles import Role
from parley.kernel.errors import ParleyError
from parley.kernel.reasons import Reason
from parley.store import house
from parley.store.house import OfficerRow

_NAME = re.compile(r"[a-z0-9][a-z0-9._-]{0,39}", re.ASCII)


class Officer(NamedTuple):
    """A person at the desk, by sign-in name."""

    name: str
    roles: frozenset[Role]
    active: bool


def add(desk: Desk, name: str, roles: Collection[str]) -> Officer:
    """Add an officer, or give one other roles.

    :raises ParleyError: ``officer-name-invalid``, ``role-unknown``.
    """
    if not _NAME.fullmatch(name):
        raise ParleyError(Reason.OFFICER_NAME_INVALID)
    held = parse_roles(roles)
    with desk.database.write() as connection:
        known = house.officer(connection, name)
        added_at = known.added_at if known else desk.clock()
        text = " ".join(sorted(held))
        house.save_officer(connection, OfficerRow(name, text, True, added_at))
    return Officer(name, held, True)


def retire(desk: Desk, name: str) -> None:
    """Take all rights from an officer; what was done stays on record.

    :raises ParleyError: ``officer-unknown``.
    """
    with desk.database.write() as connection:
        row = house.officer(connection, name)
        if row is None:
            raise ParleyError(Reason.OFFICER_UNKNOWN)
        house.save_officer(connection, row._replace(active=False))


def every(desk: Desk) -> list[Officer]:
    """All officers, by name."""
    with desk.database.read() as connection:
        return [_officer(row) for row in house.officers(connection)]


def require(connection: Connection, name: str) -> Officer:
    """The officer who acts.

    :raises ParleyError: ``officer-unknown`` (also where the officer has been retired).
    """
    row = house.officer(connection, name)
    if row is None or not row.active:
        raise ParleyError(Reason.OFFICER_UNKNOWN)
    return _officer(row)


def parse_roles(roles: Collection[str]) -> frozenset[Role]:
    """Roles by their names.

    :raises ParleyError: ``role-unknown``.
    """
    try:
        return frozenset(Role(role) for role in roles)
    except ValueError as error:
        raise ParleyError(Reason.ROLE_UNKNOWN) from error


def _officer(row: OfficerRow) -> Officer:
    return Officer(row.name, parse_roles(row.roles.split()), row.active)
