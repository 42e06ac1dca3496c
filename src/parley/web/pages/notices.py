"""Notices: what was in force on a day, whom a measure names, and who was revoked on what ground."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from starlette.responses import Response

from parley.application import cases, expulsions, notices, offers
from parley.domain import dates
from parley.domain.kinds.notice import Notice, Version
from parley.domain.shape import Scope
from parley.kernel.errors import ParleyError
from parley.kernel.reasons import Reason
from parley.presentation import contact_page
from parley.presentation.kinds import notice as kind_page
from parley.presentation.kinds.common import member
from parley.web import listing, wording
from parley.web.page import Page

if TYPE_CHECKING:
    from parley.application.cases import CaseView
    from parley.record.channel import Channel
    from parley.web.visit import Visit
    from parley.web.wording import Wording

_DAY: Final = len("2017-07-07")
_SHOWN: Final = 10
_FARTHEST: Final = 1_000_000
_TEXTS: Final = ("title", "citation", "effect", "concerns")


class Row(NamedTuple):
    """A notice as it now reads. ``surely``: its dates leave nothing open; None if not asked."""

    case: bytes
    channel: Channel
    by: str
    own: bool
    subject: Wording | None
    version: Version
    days: str
    sectors: list[str]
    texts: dict[str, Wording]
    surely: bool | None


def every(visit: Visit) -> Response:
    """What is in force on a day, all notices, and revocations of contacts."""
    today = contact_page.day(visit.now)
    day = visit.asked("day") or today
    problem = None
    if len(day) != _DAY or not dates.is_date(day):
        fault = ParleyError(Reason.ARGUMENT_INVALID, value=day, name="day", choices="2017-08-02")
        problem, day = visit.translator.reason(fault), today
    listed = listing.of(visit, Scope.NOTICE)
    in_force = notices.Page([], None)
    if listed.sees:
        start = min(visit.number("from") or 0, _FARTHEST)
        in_force = notices.page(visit.desk, visit.officer, day, start=start, count=_SHOWN)
    return visit.page(
        "notices.html",
        status=200 if problem is None else 422,
        error=problem,
        day=visit.asked("day") or today,
        sees=listed.sees,
        in_force=[
            _row(visit, view, one.in_force.version, one.in_force.surely)
            for one in in_force.found
            for view in [_glance(visit, one.summary.channel, one.summary.row.case_id)]
        ],
        further=(
            None
            if in_force.following is None
            else f"/notices?day={day}&from={in_force.following}#in-force"
        ),
        rows=[
            _row(visit, view, version, None)
            for view in listed.views
            if isinstance(view.summary.state.substance, Notice)
            for version in reversed(view.summary.state.substance.versions)
        ],
        older=listed.older,
        expulsions=_expulsions(visit),
        write=offers.opening(visit.desk, visit.officer, Scope.NOTICE),
    )


def _glance(visit: Visit, channel: Channel, case: bytes) -> CaseView:
    return cases.glance(visit.desk, visit.officer, channel, case, whole=False)


def _row(visit: Visit, view: CaseView, version: Version, surely: bool | None) -> Row:
    words, summary = visit.words, view.summary
    act = next((one for one in view.acts if one.entry.leaf == version.id), None)
    values = act.body.values if act is not None and act.body is not None else {}
    found = {name: wording.field(values, name, words.language) for name in _TEXTS}
    return Row(
        summary.row.case_id,
        summary.channel,
        member(words, summary.channel, summary.state.opener),
        summary.state.opener == summary.channel.own_index,
        wording.chosen(summary.subject, words.language),
        version,
        kind_page.days(words, version),
        [words.name(one) for one in version.sectors],
        {name: text for name, text in found.items() if text is not None},
        surely,
    )


def _expulsions(visit: Visit) -> list[tuple[expulsions.Revoked, str]] | None:
    """Revocations, each with who made it; None for whoever reads no directory."""
    try:
        found = expulsions.every(visit.desk, visit.officer)
    except ParleyError as error:
        if error.reason is not Reason.ROLE_FORBIDS:
            raise
        return None
    return [(one, member(visit.words, one.directory.channel, one.author)) for one in found]


PAGES: Final = (Page("/notices", every),)
