"""What was in force on a day, of all notices that an officer may read."""

from __future__ import annotations

from typing import Final, NamedTuple

from parley.application import cases
from parley.application.cases import Summary
from parley.application.desk import Desk
from parley.domain import dates
from parley.domain.case import Case
from parley.domain.kinds import notice
from parley.domain.kinds.notice import InForce, Notice
from parley.domain.shape import Scope
from parley.record.channel import Channel
from parley.store.case_lists import Dated

_AT_ONCE: Final = 500


class Found(NamedTuple):
    """A notice that was in force, and the case in which it stands."""

    summary: Summary
    in_force: InForce


class Page(NamedTuple):
    """Some of them, and the place where the list goes on; none where it does not."""

    found: list[Found]
    following: int | None


def in_force(desk: Desk, officer: str, day: str, channel: Channel | None = None) -> list[Found]:
    """The notices in force on ``day`` (an ISO 8601 day), as their authors say today.

    They come in the order of the days from which they are in force.

    :raises ParleyError: ``officer-unknown``, ``role-forbids``.
    """
    found: list[Found] = []
    start: int | None = 0
    while start is not None:
        read, start = page(desk, officer, day, channel, start=start, count=_AT_ONCE)
        found += read
    return sorted(found, key=lambda one: one.in_force.version.since or "")


def page(
    desk: Desk,
    officer: str,
    day: str,
    channel: Channel | None = None,
    *,
    start: int = 0,
    count: int,
) -> Page:
    """Some cases with notices in force on ``day``, by the first day of any notice in the case.

    ``start`` is a place in that order, from 0; so many cases are looked at, of which a later notice
    may have made some count no more on that day.

    :raises ParleyError: as :func:`in_force`.
    """
    dated = Dated(
        Scope.NOTICE.value,
        dates.start(day),
        dates.end(day),
        channel.id if channel is not None else None,
    )
    keys, more = cases.dated(desk, officer, dated, start, count)
    found = [
        Found(summary, one)
        for summary in cases.some(desk, officer, keys)
        for one in _in_force(summary.state, day)
    ]
    return Page(found, start + count if more else None)


def _in_force(state: Case, day: str) -> list[InForce]:
    substance = state.substance
    return list(notice.in_force(substance, day)) if isinstance(substance, Notice) else []
