"""Erasures as officers see them: what may be named, how far each is, what it did not reach."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from sqlalchemy import Connection

from parley.application import audit, cases, erasure_rules, house
from parley.application.cases import CaseView, Summary
from parley.application.desk import Desk
from parley.application.places import Places
from parley.domain import access
from parley.domain.housekeeping import HouseAct
from parley.domain.kinds.erasure_state import Erasure
from parley.domain.roles import Duty
from parley.domain.shape import Scope
from parley.domain.types.erasure import BODIES
from parley.kernel.errors import ParleyError
from parley.kernel.reasons import Reason
from parley.record.channel import Channel
from parley.store import erasures, house_log, log, views
from parley.store.house_log import Sought
from parley.store.log import Entry


class Named(NamedTuple):
    """Bodies that a proposal is to name: leaf hashes, and the case where all are of one."""

    channel: Channel
    bodies: tuple[bytes, ...]
    about: bytes | None


class BodyView(NamedTuple):
    """A body that an erasure names. ``case`` null: it is not for this officer, or not here.

    ``state``: ``here``, ``going`` (its key is about to be destroyed), ``deleted``, or ``unknown``.
    """

    leaf: bytes
    case: bytes | None
    state: str
    deleted_at: int | None


class Left(NamedTuple):
    """A dossier that has left this house with a body in it, or may have.

    ``case`` null: of the whole channel. ``entry`` is what the house record has of it, by leaf hash.
    """

    at: int
    case: bytes | None
    entry: bytes


class ErasureView(NamedTuple):
    """An erasure, whole. ``obstacle``: why this house does not go on, though it could."""

    case: CaseView
    erasure: Erasure
    bodies: tuple[BodyView, ...]
    left: tuple[Left, ...]
    obstacle: Reason | None


def named(desk: Desk, officer: str, statements: Iterable[str], case: str | None = None) -> Named:
    """What an officer names for a proposal: statements, or all bodies of a case that are here.

    :raises ParleyError: ``statement-unknown``, ``statement-ambiguous``, ``case-unknown``,
        ``case-ambiguous``; ``erasure-nothing`` where nothing is named; ``role-forbids`` for a
        case that the officer may not read; ``wrong-audience`` for statements of several channels.
    """
    found = [audit.find(desk, officer, name) for name in statements]
    if case is not None:
        channel, identifier = cases.find(desk, officer, case)
        found += [(channel, entry) for entry in _of_case(desk, officer, channel, identifier)]
    if not found:
        raise ParleyError(Reason.ERASURE_NOTHING)
    channel = found[0][0]
    if any(other.id != channel.id for other, _entry in found):
        raise ParleyError(Reason.WRONG_AUDIENCE)
    entries = list({entry.leaf: entry for _channel, entry in found}.values())
    _require_readable(desk, officer, channel, entries)
    of = {entry.case_id for entry in entries}
    leaves = tuple(entry.leaf for entry in entries)
    return Named(channel, leaves[:BODIES], of.pop() if len(of) == 1 else None)


def every(desk: Desk, officer: str) -> list[Summary]:
    """The erasures that the officer may see, the oldest first.

    :raises ParleyError: ``officer-unknown``, ``role-forbids``.
    """
    found, _more = cases.page(desk, officer, kind=Scope.ERASURE.value, count=1 << 20)
    return found


def show(desk: Desk, officer: str, channel: Channel, case: bytes) -> ErasureView:
    """One erasure.

    :raises ParleyError: as :func:`parley.application.cases.show`; ``act-out-of-place`` for a case
        of another kind.
    """
    view = cases.show(desk, channel, case, officer)
    erasure = view.summary.state.substance
    if not isinstance(erasure, Erasure):
        raise ParleyError(Reason.ACT_OUT_OF_PLACE, type=view.summary.row.kind or "void")
    with house.reading(desk, officer) as acting:
        connection = acting.connection
        places = Places(connection, acting.officer)
        bodies = [_body(connection, places, channel, leaf) for leaf in erasure.bodies]
        left = _left(connection, channel, {body.case for body in bodies if body.case})
        obstacle = None
        waits = erasure.claims[channel.own_index] is None and not erasure.is_refused
        if waits and any(body.state == "here" for body in bodies):
            obstacle = _obstacle(connection, channel, erasure, desk.clock())
    return ErasureView(view, erasure, tuple(bodies), tuple(left), obstacle)


def _of_case(desk: Desk, officer: str, channel: Channel, case: bytes) -> list[Entry]:
    """The statements of a case whose bodies are here, and that say something that could go."""
    with house.reading(desk, officer) as acting:
        entries = log.in_case(acting.connection, channel.id, case)
        sealed = log.bodies(acting.connection, channel.id, [one.position for one in entries])
        return [one for one in entries if one.position in sealed and one.verdict is None]


def _require_readable(desk: Desk, officer: str, channel: Channel, entries: Iterable[Entry]) -> None:
    with house.reading(desk, officer) as acting:
        places = Places(acting.connection, acting.officer)
        rows = views.some_cases(acting.connection, channel.id, {one.case_id for one in entries})
        for row in rows.values():
            acting.at(places.of_case(row))
            if not places.sees(row):
                raise ParleyError(Reason.STATEMENT_UNKNOWN)
            access.require(acting.officer, Duty.READ_CONTENT, acting.place)


def _body(connection: Connection, places: Places, channel: Channel, leaf: bytes) -> BodyView:
    entry = log.by_leaf(connection, channel.id, leaf)
    if entry is None:
        return BodyView(leaf, None, "unknown", None)
    row = views.case(connection, channel.id, entry.case_id)
    case = entry.case_id if row is not None and places.sees(row) else None
    gone = erasures.at(connection, channel.id, entry.position)
    if gone is None:
        return BodyView(leaf, case, "here", None)
    return BodyView(leaf, case, "deleted" if gone.deleted_at else "going", gone.deleted_at)


def _left(connection: Connection, channel: Channel, of: set[bytes]) -> list[Left]:
    """Dossiers of these cases or of the whole channel that were exported."""
    rows = house_log.in_order(connection, Sought(act=HouseAct.DOSSIER_EXPORTED.value))
    return [
        Left(row.at, row.case_id, row.leaf)
        for row in rows
        if row.channel == channel.id and (row.case_id is None or row.case_id in of)
    ]


def _obstacle(
    connection: Connection, channel: Channel, erasure: Erasure, now: int
) -> Reason | None:
    try:
        erasure_rules.check_bodies(connection, channel, erasure.bodies, now)
    except ParleyError as error:
        return error.reason
    return None
