"""The page of a case: what it is, what is due, and the time line of both sides' acts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from starlette.responses import Response

from parley.application import (
    attachments,
    cases,
    choices,
    drafts,
    escalating,
    moves,
    register,
)
from parley.domain.act import ActType
from parley.domain.shape import Scope
from parley.kernel.errors import ParleyError
from parley.kernel.reasons import Reason
from parley.language.marks import N_
from parley.presentation import acts, case_page
from parley.presentation.kinds import page_of
from parley.presentation.kinds.common import member, numbered
from parley.web import clock, pictures, questions, timeline
from parley.web.page import Page, posted
from parley.web.pages.cases import subject
from parley.web.visit import Visit

if TYPE_CHECKING:
    from collections.abc import Callable

    from parley.application.cases import CaseView, Related
    from parley.application.dues import DueView
    from parley.paper.model import Block
    from parley.record.channel import Channel


_OWN_PAGES: Final = {
    Scope.PROPOSAL: ("proposals", N_("The text, unit by unit")),
    Scope.WORKING_GROUP: ("groups", N_("The working group")),
    Scope.UNDERSTANDING: ("understandings", N_("Both versions, beside each other")),
    Scope.MEETING: ("meetings", N_("Both declarations and the minutes")),
    Scope.CONTACTS: ("contacts", N_("The directory: who answers now")),
    Scope.ERASURE: ("erasures", N_("What is erased, and what stays")),
    Scope.POSITION: ("positions", N_("The position, with what was said against it")),
}
"""Kinds that have a page of their own beside the time line, and what stands there."""


class Due(NamedTuple):
    """Something due by both clocks, and the number of the act from which they run."""

    view: DueView
    what: str
    by: str
    since_receipt: clock.Shown | None
    since_transmission: clock.Shown | None
    number: int | None


class Link(NamedTuple):
    """Another case that this one is about, or that is about this one."""

    related: Related
    how: str
    subject: tuple[str, str] | None
    opened_by: str
    status: str


def show(visit: Visit) -> Response:
    """The case, whole."""
    channel, identifier = cases.find(visit.desk, visit.officer, visit.part("case"))
    return _page(visit, channel, identifier)


def acknowledge(visit: Visit) -> Response:
    """Say to the other side when its newest asking arrived."""

    def change(channel: Channel, case: bytes) -> None:
        drafts.acknowledge(visit.desk, visit.officer, channel, case)

    return _changed(visit, change)


def escalate(visit: Visit) -> Response:
    """Have deputy, head or next channel told of the case at once, at any hour."""
    channel, case = cases.find(visit.desk, visit.officer, visit.part("case"))
    words = visit.words
    rung = next((one for one in escalating.RUNGS if one.value == visit.form.value("to")), None)
    if rung is None:
        return _page(visit, channel, case, ParleyError(Reason.FORM_INVALID, name="to"))
    try:
        told = escalating.escalate(visit.desk, visit.officer, channel, case, rung)
    except ParleyError as error:
        if error.reason in {Reason.CASE_UNKNOWN, Reason.ROLE_FORBIDS}:
            raise
        return _page(visit, channel, case, error)
    said = words.text(
        "Told of the case {case}: {officers}.",
        case=acts.short(case),
        officers=words.translator.join(told),
    )
    return _page(visit, channel, case, done=said)


def number(visit: Visit) -> Response:
    """Give the case the house's own number, or take it away."""

    def change(channel: Channel, case: bytes) -> None:
        register.number(visit.desk, visit.officer, channel, case, visit.form.line("number"))

    return _changed(visit, change)


def label(visit: Visit) -> Response:
    """Give the case a label, or take some away."""
    added = visit.form.line("add")

    def change(channel: Channel, case: bytes) -> None:
        register.label(
            visit.desk,
            visit.officer,
            channel,
            case,
            add=() if added is None else (added,),
            remove=visit.form.every("remove"),
        )

    return _changed(visit, change)


def classify(visit: Visit) -> Response:
    """Mark the case by the house's own scheme, or take the marking away."""

    def change(channel: Channel, case: bytes) -> None:
        register.classify(visit.desk, visit.officer, channel, case, visit.form.line("marking"))

    return _changed(visit, change)


def _changed(visit: Visit, change: Callable[[Channel, bytes], None]) -> Response:
    """Do it, and show the case again; where it fails, with what was typed."""
    channel, identifier = cases.find(visit.desk, visit.officer, visit.part("case"))
    try:
        change(channel, identifier)
    except ParleyError as error:
        if error.reason in {Reason.CASE_UNKNOWN, Reason.ROLE_FORBIDS}:
            raise
        return _page(visit, channel, identifier, error)
    return visit.go(f"/cases/{identifier.hex()}")


def _page(
    visit: Visit,
    channel: Channel,
    case: bytes,
    error: ParleyError | None = None,
    *,
    done: str | None = None,
) -> Response:
    desk, officer, words = visit.desk, visit.officer, visit.words
    whole = visit.asked("whole") is not None
    view = cases.show(desk, channel, case, officer, whole=whole)
    attached = attachments.every(desk, officer, channel, case)
    everything = whole or visit.asked("all") is not None
    line = timeline.part(visit, view, attached, everything=everything, at=visit.asked("at"))
    state = view.summary.state
    table = questions.table(words, view)
    offered = choices.in_case(desk, officer, channel, case)
    free = [one.type for one in offered if one.refused is None]
    # A case in which nothing counts has no page but this one.
    kind = None if state.substance is None else state.kind
    own_page = None if kind is None else _OWN_PAGES.get(Scope(kind))
    return visit.page(
        "case.html",
        status=200 if error is None else 422,
        problem=None if error is None else visit.translator.reason(error),
        done=done,
        rungs=escalating.RUNGS,
        view=view,
        summary=view.summary,
        title=subject(visit, view.summary.subject),
        short=acts.short(case),
        kind=case_page.kind(words, state),
        status_text=case_page.status(words, state),
        movers=case_page.movers(words, view.summary),
        head=case_page.head_rows(words, view.summary),
        substance=() if table is not None else _substance(visit, view),
        questions=table,
        dues=_dues(visit, view),
        links=_links(visit, view),
        crossed=list(case_page.crossed(words, view)),
        drawn=pictures.case_timeline(
            words,
            view,
            "?at={0}#act-{0}".format if line.before or line.after else "#act-{}".format,
        ),
        line=line,
        own_page=None if own_page is None else (own_page[0], words.text(own_page[1])),
        moves=moves.of(desk, officer, channel, case),
        acknowledges=ActType.ACKNOWLEDGEMENT in free,
        writes=[one for one in free if one != ActType.ACKNOWLEDGEMENT],
        markings=desk.policy.classifications,
        typed=visit.form,
    )


def _substance(visit: Visit, view: CaseView) -> list[Block]:
    """What a case of this kind says beside its head."""
    sheet, state = visit.sheet(), view.summary.state
    page = page_of(state.kind)
    if page is not None and state.substance is not None:
        page.render(sheet, view, state.substance)
    return sheet.blocks


def _dues(visit: Visit, view: CaseView) -> list[Due]:
    words, numbers = visit.words, numbered(view)

    def shown(due: DueView, at: int | None) -> clock.Shown | None:
        return None if at is None else clock.of(words, at, due.obligation.kind, now=visit.now)

    return [
        Due(
            due,
            words.name(due.obligation.kind.value),
            member(words, view.summary.channel, due.obligation.owner),
            shown(due, due.due.since_receipt),
            shown(due, due.due.since_transmission),
            numbers.get(due.obligation.since),
        )
        for due in view.summary.dues
    ]


def _links(visit: Visit, view: CaseView) -> list[Link]:
    words, channel = visit.words, view.summary.channel
    pairs = [] if view.about is None else [(words.text("this case is about it"), view.about)]
    pairs += [(words.text("it is about this case"), one) for one in view.related]
    return [
        Link(
            one,
            how,
            subject(visit, one.subject),
            member(words, channel, one.state.opener),
            case_page.status(words, one.state),
        )
        for how, one in pairs
    ]


PAGES: Final = (
    Page("/cases/{case}", show),
    posted("/cases/{case}/acknowledge", acknowledge),
    posted("/cases/{case}/escalate", escalate),
    posted("/cases/{case}/number", number),
    posted("/cases/{case}/label", label),
    posted("/cases/{case}/classify", classify),
)
