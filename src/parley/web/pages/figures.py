"""Pictures of what the desk has done: responses, cases month by month, deliveries."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, Final, NamedTuple

from starlette.responses import Response

from parley.application import cases, figures
from parley.domain.types.common import DAY
from parley.kernel.errors import ParleyError
from parley.kernel.reasons import Reason
from parley.web import charts
from parley.web.page import Page
from parley.web.visit import Visit

if TYPE_CHECKING:
    from parley.web.pictures import Picture

_MONTHS: Final = 12
_WEEK: Final = 7 * DAY
_MONTH: Final = re.compile(r"([0-9]{4})-(0[1-9]|1[0-2])", re.ASCII)
_YEARS: Final = (1971, 9990)


class Period(NamedTuple):
    """Twelve months: where each begins and the last ends, and the addresses around it."""

    edges: Sequence[int]
    earlier: str | None
    later: str | None


def pictures(visit: Visit) -> Response:
    """The pictures of a period: the twelve months up to the one that is asked for."""
    period = _period(visit)
    upto = min(period.edges[-1], max(visit.now, period.edges[0] + 1))
    return visit.page(
        "pictures.html",
        period=period,
        first=visit.words.translator.date(period.edges[0]),
        last=visit.words.translator.date(period.edges[-1] - 1),
        volume=_volume(visit, period.edges),
        responses=_responses(visit, period.edges[0], upto),
        health=_health(visit, period.edges),
    )


def _period(visit: Visit) -> Period:
    """The period that the address asks for; else the one up to this month.

    :raises ParleyError: ``form-invalid``.
    """
    today = dt.datetime.fromtimestamp(visit.now, dt.UTC)
    asked = visit.asked("until")
    year, month = today.year, today.month
    if asked is not None:
        found = _MONTH.fullmatch(asked)
        if found is None or not _YEARS[0] < int(found[1]) < _YEARS[1]:
            raise ParleyError(Reason.FORM_INVALID, name="until")
        year, month = int(found[1]), int(found[2])
    is_last = (year, month) >= (today.year, today.month)
    edges = charts.months(year, month, _MONTHS)
    is_first = year - 1 <= _YEARS[0] or edges[0] <= figures.since(visit.desk)
    return Period(
        edges,
        None if is_first else f"/pictures?until={year - 1:04}-{month:02}",
        None if is_last else f"/pictures?until={year + 1:04}-{month:02}",
    )


def _volume(visit: Visit, edges: Sequence[int]) -> list[Picture] | None:
    """None for whoever sees no case."""
    try:
        found = figures.volume(visit.desk, visit.officer, edges)
    except ParleyError as error:
        if error.reason is not Reason.ROLE_FORBIDS:
            raise
        return None
    if not found:
        return []
    return [charts.kinds(visit.words, edges, found), charts.precedences(visit.words, found)]


def _responses(visit: Visit, since: int, until: int) -> tuple[Picture | None, str | None] | None:
    """The picture, none where nothing was due; and where older cases are found."""
    asked = visit.asked("before")
    try:
        before = None if asked is None else cases.find(visit.desk, visit.officer, asked)[1]
        found = figures.responses(visit.desk, visit.officer, since, until, before)
    except ParleyError as error:
        if error.reason is not Reason.ROLE_FORBIDS:
            raise
        return None
    month = visit.asked("until")
    older = None
    if found.before is not None:
        kept = f"until={month}&" if month else ""
        older = f"/pictures?{kept}before={found.before.hex()}#responses-head"
    if not found.found:
        return None, older
    return charts.responses(visit.words, found.found, found.since, until), older


def _health(visit: Visit, edges: Sequence[int]) -> list[Picture]:
    weeks = [*range(edges[0], edges[-1], _WEEK), edges[-1]]
    return [
        charts.health(visit.words, one, weeks, f"channel-{number}")
        for number, one in enumerate(figures.health(visit.desk, visit.officer, weeks), 1)
    ]


PAGES: Final = (Page("/pictures", pictures),)
