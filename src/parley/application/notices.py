"""What was in force on a day, of all notices that an officer may read."""

from __future__ import annotations

from typing import NamedTuple

from parley.application import cases
from parley.application.cases import Summary
from parley.application.desk import Desk
from parley.domain.case import Case
from parley.domain.kinds import notice
from parley.domain.kinds.notice import InForce, Notice
from parley.domain.shape import Scope
from parley.record.channel import Channel


class Found(NamedTuple):
    """A notice that was in force, and the case in which it stands."""

    summary: Summary
    in_force: InForce


def in_force(desk: Desk, officer: str, day: str, channel: Channel | None = None) -> list[Found]:
    """The notices in force on ``day`` (an ISO 8601 day), as their authors say today.

    They come in the order of the days from which they are in force.

    :raises ParleyError: ``officer-unknown``, ``role-forbids``.
    """

    def stands(state: Case) -> bool:
        return bool(_in_force(state, day))

    found = [
        Found(summary, one)
        for summary in cases.of_kind(desk, officer, Scope.NOTICE, stands, channel)
        for one in _in_force(summary.state, day)
    ]
    return sorted(found, key=lambda one: one.in_force.version.since or "")


def _in_force(state: Case, day: str) -> list[InForce]:
    substance = state.substance
    return list(notice.in_force(substance, day)) if isinstance(substance, Notice) else []
