"""Recusals: who keeps out of what, and who acts instead; nobody lifts one.

Whoever keeps out of a matter is shown that, and never of which cases.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from starlette.responses import Response

from parley.application import cases, channels, offers, officers, recusals
from parley.application.recusals import Matter
from parley.domain.recusal_grounds import Ground
from parley.domain.roles import Duty
from parley.domain.shape import Scope
from parley.kernel.errors import ParleyError
from parley.kernel.reasons import Reason
from parley.presentation import case_page
from parley.presentation.kinds.common import member
from parley.web import listing, wording
from parley.web.page import Page, posted

if TYPE_CHECKING:
    from parley.record.channel import Channel
    from parley.web.visit import Visit

_ENTRIES: Final = ("officer", "channel", "cases", "linked", "delegate", "ground")


def every(visit: Visit) -> Response:
    """The recusals that the officer may know of, those that were disclosed, and a new one."""
    return _page(visit)


def _page(
    visit: Visit, error: tuple[str, str] | None = None, *, done: str | None = None
) -> Response:
    words, desk = visit.words, visit.desk
    told = listing.of(visit, Scope.RECUSAL)
    given = {name: visit.form.value(name) for name in _ENTRIES}
    given["officer"] = given["officer"] or visit.officer
    given["cases"] = given["cases"] or visit.asked("case") or ""
    return visit.page(
        "recusals.html",
        status=200 if error is None else 422,
        error=error,
        done=done,
        given=given,
        found=recusals.every(desk, visit.officer),
        records=offers.may(desk, visit.officer, Duty.RECORD_RECUSAL),
        may_end=desk.policy.recusals_may_end,
        channels=channels.every(desk),
        officers=[one.name for one in officers.every(desk) if one.active],
        grounds=[one.value for one in Ground],
        told=[
            (
                view.summary.row.case_id,
                view.summary.channel,
                wording.chosen(view.summary.subject, words.language),
                member(words, view.summary.channel, view.summary.state.opener),
                case_page.status(words, view.summary.state),
            )
            for view in told.views
        ],
        older=told.older,
        sees=told.sees,
        write=offers.opening(desk, visit.officer, Scope.RECUSAL),
    )


def begin(visit: Visit) -> Response:
    """Declare one's own, or record another officer's."""
    form, desk = visit.form, visit.desk
    try:
        matter = _matter(visit)
        ground = _ground(form.value("ground"))
        who, delegate = form.line("officer") or visit.officer, form.value("delegate")
        if who == visit.officer:
            recusals.declare(desk, visit.officer, matter, delegate, ground)
        else:
            recusals.record(desk, visit.officer, who, matter, delegate, ground)
    except ParleyError as error:
        return _page(visit, visit.translator.reason(error))
    return visit.go("/recusals")


def _matter(visit: Visit) -> Matter:
    """What the form names: cases by their numbers, or a whole channel.

    :raises ParleyError: ``case-unknown``, ``channel-unknown``.
    """
    named = visit.form.line("channel")
    whole = None if named is None else channels.find(visit.desk, named)
    found: list[tuple[Channel, bytes]] = [
        cases.find(visit.desk, visit.officer, text) for text in visit.form.value("cases").split()
    ]
    return Matter(whole, tuple(found), "linked" in visit.form)


def _ground(text: str) -> Ground:
    try:
        return Ground(text)
    except ValueError as error:
        raise ParleyError(Reason.FORM_INVALID, name="ground") from error


def extend(visit: Visit) -> Response:
    """Add a case to the matter."""
    found = cases.find(visit.desk, visit.officer, visit.form.value("case").strip())
    recusals.extend(visit.desk, visit.officer, visit.ordinal(), found)
    return visit.go("/recusals")


def name_delegate(visit: Visit) -> Response:
    """Name another delegate."""
    delegate = visit.form.value("delegate")
    recusals.name_delegate(visit.desk, visit.officer, visit.ordinal(), delegate)
    return visit.go("/recusals")


def disclosed(visit: Visit) -> Response:
    """Note in which case the other side is told of it."""
    found = cases.find(visit.desk, visit.officer, visit.form.value("case").strip())
    recusals.note_disclosure(visit.desk, visit.officer, visit.ordinal(), found)
    return visit.go("/recusals")


def challenge(visit: Visit) -> Response:
    """Reproach an officer with a recusal: it stands, and so does that somebody tried."""
    number = visit.ordinal()
    entry = recusals.challenge(visit.desk, visit.officer, number)
    said = visit.words.text(
        "Recusal {number} stands. That {officer} challenged it is entry {entry} of the "
        "house record.",
        number=number,
        officer=visit.officer,
        entry=entry,
    )
    return _page(visit, done=said)


def end(visit: Visit) -> Response:
    """Take part again, where the house allows that."""
    recusals.end(visit.desk, visit.officer, visit.ordinal())
    return visit.go("/recusals")


PAGES: Final = (
    Page("/recusals", every),
    posted("/recusals", begin),
    posted("/recusals/{number:ordinal}/case", extend),
    posted("/recusals/{number:ordinal}/delegate", name_delegate),
    posted("/recusals/{number:ordinal}/disclosed", disclosed),
    posted("/recusals/{number:ordinal}/challenge", challenge),
    posted("/recusals/{number:ordinal}/end", end),
)
