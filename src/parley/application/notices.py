"""What was in force on a day, of all notices that an officer may read."""

from __future__ import annotations

from typing import NamedTuple

from parley.application import cases
from parley.application.cases import Summary
from parley.application.desk import Desk
from parley.domain.kinds import notice
from parley.domain.kinds.notice import InForce, Notice
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
    found: list[Found] = []
    for summary in cases.summaries(desk, officer, channel):
        substance = summary.state.substance
        if isinstance(substance, Notice):
            found += [Found(summary, one) for one in notice.in_force(substance, day)]
    return sorted(found, key=lambda one: one.in_force.version.since or "")
