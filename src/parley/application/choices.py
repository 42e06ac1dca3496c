"""What an officer may write: in a case as it stands now, or to open one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Final, NamedTuple

from sqlalchemy import Connection

from parley.application import house, preparing
from parley.application.desk import Desk
from parley.application.places import Places
from parley.domain import access
from parley.domain import case as folds
from parley.domain.act import Act, ActType, Code
from parley.domain.case import Case
from parley.domain.catalogue import CATALOGUE
from parley.domain.roles import Role
from parley.domain.shape import Opens, Scope, TypeSpec
from parley.kernel import ids
from parley.kernel.errors import ParleyError
from parley.kernel.reasons import Reason
from parley.record import replay
from parley.record.channel import Channel
from parley.store import log, views

BY_ITSELF: Final = frozenset({ActType.COMMUNICATION_CHECK, ActType.COMMUNICATION_ANSWER})
"""Types of which a use case of its own makes every word: nobody writes them."""


class Choice(NamedTuple):
    """A type that the officer's roles may write. ``refused``: why the case does not allow it now.

    ``alone``: one officer makes it without another; it is signed at once.
    """

    type: str
    refused: ParleyError | None

    @property
    def alone(self) -> bool:
        """Whether no second officer is asked for."""
        return CATALOGUE[self.type].authorisers == 0


def in_case(desk: Desk, officer: str, channel: Channel, case: bytes) -> Sequence[Choice]:
    """What the officer may write in a case, in the order of the catalogue.

    :raises ParleyError: ``officer-unknown``, ``case-unknown``.
    """
    with house.reading(desk, officer) as acting:
        connection = acting.connection
        row = views.case(connection, channel.id, case)
        places = Places(connection, acting.officer)
        if row is None or not places.sees(row):
            raise ParleyError(Reason.CASE_UNKNOWN)
        roles = access.roles_at(acting.officer, places.of_case(row))
        state = folds.shown(replay.case_of(row), partial(places.shows, channel.id))
        return of_case(connection, channel, state, roles, desk.clock())


def of_case(
    connection: Connection, channel: Channel, state: Case, roles: frozenset[Role], now: int
) -> Sequence[Choice]:
    """What one who holds ``roles`` at a case may write in it, inside the caller's transaction."""
    chains = log.chains(connection, channel.id)
    counts = (chains[0].count, chains[1].count)
    return [
        Choice(spec.type, _refused(state, spec, channel.own_index, counts, now))
        for spec in _written_by(roles)
        if spec.scope.value == state.kind and spec.opens != Opens.ALWAYS
    ]


def to_open(desk: Desk, officer: str, channel: Channel) -> Sequence[Choice]:
    """What the officer may write in a channel to open a case.

    :raises ParleyError: ``officer-unknown``.
    """
    with house.reading(desk, officer) as acting:
        places = Places(acting.connection, acting.officer)
        new = ids.new_case_id()
        return [
            Choice(spec.type, None)
            for spec in _written_by(frozenset(Role))
            if spec.opens != Opens.NEVER
            and spec.drafted_by
            & access.roles_at(acting.officer, places.at(channel.id, new, spec.scope.value, None))
        ]


def _written_by(roles: frozenset[Role]) -> list[TypeSpec]:
    return [
        spec
        for spec in CATALOGUE.values()
        if spec.scope != Scope.CHANNEL and spec.type not in BY_ITSELF and spec.drafted_by & roles
    ]


def _made(spec: TypeSpec, now: int) -> Mapping[str, Code]:
    """Codes that the desk itself puts in: they never make an act void."""
    if spec.type != ActType.ACKNOWLEDGEMENT:
        return {}
    return {"received-at": now, "handling-office": "00"}


def _refused(
    state: Case, spec: TypeSpec, own: int, counts: tuple[int, int], now: int
) -> ParleyError | None:
    act = Act(
        id=bytes(32),
        author=own,
        seq=counts[own],
        seen=counts,
        type=spec.type,
        from_office=bytes(8),
        to_offices=(),
        reference=preparing.reference_in(spec, state, own),
        basis=(),
        precedence=0,
        reply_wanted=None,
        codes={**folds.fill(state, spec.type), **_made(spec, now)},
        iat=now,
    )
    try:
        folds.foresee(state, act)
    except ParleyError as error:
        return error
    return None
