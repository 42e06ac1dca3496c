"""What is kept until when, what may not be erased, and what both sides erase by agreement."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from starlette.responses import Response

from parley.application import cases, drafts, erasures, holds, offers, retention
from parley.application.holds import GROUNDS
from parley.domain.act import ActType
from parley.domain.roles import Duty
from parley.domain.shape import Scope
from parley.domain.types.erasure import ERASURE_GROUNDS, RETENTION_EXPIRED
from parley.kernel.errors import ParleyError
from parley.kernel.reasons import Reason
from parley.presentation import case_page, composing, erasure_page, retention_page
from parley.presentation.kinds import erasure as kind_page
from parley.web.page import Page, posted
from parley.web.visit import Visit

if TYPE_CHECKING:
    from parley.application.draft_keeping import DraftView
    from parley.application.erasures import Named

_DAY: Final = 86_400
_DAYS: Final = 30
_DAYS_MOST: Final = 36_525
_SHOWN: Final = 100
_TYPED: Final = ("case", "ground", "statements", "reason")
_NOT_OF_A_FIELD: Final = frozenset({Reason.OFFICER_UNKNOWN, Reason.ROLE_FORBIDS})


def every(visit: Visit) -> Response:
    """What is due by which rule, legal holds, and the erasures so far."""
    return _page(visit)


def _page(visit: Visit, error: ParleyError | None = None, field: str = "") -> Response:
    desk, officer, words = visit.desk, visit.officer, visit.words
    days = min(visit.number("days") or _DAYS, _DAYS_MOST)
    typed = {name: visit.form.value(name) for name in _TYPED}
    typed["case"] = typed["case"] or visit.asked("case") or ""
    facts: dict[str, Any] = {
        "error": None if error is None else visit.translator.reason(error),
        "field": field,
        "typed": typed,
        "days": days,
        "rules": [
            (words.name(kind), words.plural("{n} day", "{n} days", seconds // _DAY))
            for kind, seconds in sorted(desk.policy.retention.items())
        ],
    }
    status = 200 if error is None else 422
    try:
        due = retention.every(desk, officer, within=days * _DAY)
        found, more = cases.page(desk, officer, kind=Scope.ERASURE.value, count=_SHOWN)
    except ParleyError as fault:
        if fault.reason is not Reason.ROLE_FORBIDS:
            raise
        return visit.page("retention.html", sees=False, **facts)
    return visit.page(
        "retention.html",
        status=status,
        sees=True,
        due=[
            (
                one,
                retention_page.until(words, one, visit.now),
                retention_page.rule(words, one),
                retention_page.remark(words, one),
            )
            for one in due
        ],
        nothing=retention_page.nothing(words),
        ready=sum(retention_page.is_due(one, visit.now) for one in due),
        holds=holds.every(desk, officer)[::-1],
        erasures=[
            (one, case_page.status(words, one.state), case_page.movers(words, one))
            for one in reversed(found)
        ],
        more=more,
        may_hold=offers.may(desk, officer, Duty.HOLD_CASE),
        may_propose=ActType.ERASURE_PROPOSAL in offers.opening(desk, officer, Scope.ERASURE),
        hold_grounds=GROUNDS,
        grounds=ERASURE_GROUNDS,
        **facts,
    )


def hold(visit: Visit) -> Response:
    """Put a case under a legal hold."""
    form, desk = visit.form, visit.desk
    try:
        channel, case = cases.find(desk, visit.officer, form.value("case").strip())
        holds.place(desk, visit.officer, channel, case, form.value("ground"))
    except ParleyError as error:
        return _again(visit, error, "hold-case")
    return visit.go("/retention#holds")


def lift(visit: Visit) -> Response:
    """Lift a legal hold of somebody else's."""
    try:
        holds.lift(visit.desk, visit.officer, visit.ordinal())
    except ParleyError as error:
        return _again(visit, error, "holds")
    return visit.go("/retention#holds")


def propose(visit: Visit) -> Response:
    """Draft a proposal to erase a case's bodies or some statements'; two authorisers let it go."""
    form, desk, officer = visit.form, visit.desk, visit.officer
    try:
        named = erasures.named(desk, officer, form.value("statements").split(), form.line("case"))
        view = _drafted(visit, named, form.value("reason"))
    except ParleyError as error:
        return _again(visit, error, "erase-case")
    return visit.go(f"/drafts/{view.id.hex()}")


def propose_due(visit: Visit) -> Response:
    """Draft a proposal for each case whose retention has expired."""
    desk, officer = visit.desk, visit.officer
    due = retention.due(desk, officer)
    if not due:
        return _page(visit, ParleyError(Reason.RETENTION_NOTHING), "due")
    try:
        for one in due:
            named = erasures.named(desk, officer, (), one.row.case_id.hex())
            _drafted(visit, named, RETENTION_EXPIRED)
    except ParleyError as error:
        return _again(visit, error, "due")
    return visit.go("/drafts")


def _drafted(visit: Visit, named: Named, ground: str) -> DraftView:
    asking = composing.Asking(
        visit.officer, named.channel, None, ActType.ERASURE_PROPOSAL, visit.words.language
    )
    writing = composing.compose(visit.desk, asking, erasure_page.entries(named, ground))
    return drafts.write(visit.desk, visit.officer, named.channel, writing)


def _again(visit: Visit, error: ParleyError, field: str) -> Response:
    """The page with what was typed.

    :raises ParleyError: where nothing that was typed is at fault.
    """
    if error.reason in _NOT_OF_A_FIELD:
        raise error
    return _page(visit, error, field)


def erasure(visit: Visit) -> Response:
    """One erasure: what stands where, who claims what, what it cannot reach, what stays proved."""
    channel, case = cases.find(visit.desk, visit.officer, visit.part("case"))
    try:
        view = erasures.show(visit.desk, visit.officer, channel, case)
    except ParleyError as error:
        if error.reason is not Reason.ACT_OUT_OF_PLACE:
            raise
        return visit.go(f"/cases/{case.hex()}")
    words, sheet = visit.words, visit.sheet()
    summary = view.case.summary
    erasure_page.render_way(sheet, view)
    return visit.page(
        "erasure.html",
        case=case,
        status_text=case_page.status(words, summary.state),
        movers=case_page.movers(words, summary),
        head=kind_page.head(words, summary, view.erasure),
        bodies=[(one, erasure_page.state(words, one)) for one in view.bodies],
        way=sheet.blocks,
        writes=offers.in_case(visit.desk, visit.officer, channel, case),
    )


PAGES: Final = (
    Page("/retention", every),
    posted("/retention/holds", hold),
    posted("/retention/holds/{number:ordinal}/lift", lift),
    posted("/retention/propose", propose),
    posted("/retention/propose-due", propose_due),
    Page("/erasures/{case}", erasure),
)
