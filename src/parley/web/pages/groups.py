"""Working groups and proposals: which there are, where each stands, and one group whole."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final, NamedTuple

from starlette.responses import Response

from parley.application import cases, offers
from parley.domain.kinds.working_group import WorkingGroup
from parley.domain.shape import Scope
from parley.presentation import acts, case_page
from parley.presentation.kinds import working_group as page
from parley.presentation.kinds.common import member, numbered, side
from parley.web import wording
from parley.web.page import Page
from parley.web.visit import Visit
from parley.web.wording import Wording

if TYPE_CHECKING:
    from parley.application.cases import CaseView, Summary

_SHOWN: Final = 25

_PLACES: Final = {
    Scope.PROPOSAL.value: "/proposals",
    Scope.WORKING_GROUP.value: "/groups",
    Scope.UNDERSTANDING.value: "/understandings",
    Scope.MEETING.value: "/meetings",
}


class Act(NamedTuple):
    """A statement by its number in its case, and by the anchor that it has on the case's page."""

    number: int
    anchor: str


class Row(NamedTuple):
    """A case in a list. ``path`` is that of its page."""

    summary: Summary
    path: str
    subject: Wording | None
    kind: str
    status: str
    movers: str
    due: str


class Listed(NamedTuple):
    """Cases of one kind, the newest first; ``older`` is where the list goes on.

    ``sees``: whether any role of the officer's sees cases at all.
    """

    rows: Sequence[Row]
    older: str | None
    begins: bool
    sees: bool = True


class Member(NamedTuple):
    """A party and its place in a working group."""

    by: str
    who: str
    stands: str
    mandate: str | None
    number: Act | None
    delegates: int | None


def groups(visit: Visit) -> Response:
    """Both lists."""
    return visit.page(
        "groups.html",
        groups=listed(visit, Scope.WORKING_GROUP, "/groups", "before-group"),
        proposals=listed(visit, Scope.PROPOSAL, "/groups", "before"),
    )


def listed(visit: Visit, kind: Scope, path: str, before: str) -> Listed:
    """The cases of a kind that the officer may see, from where the query says.

    :raises ParleyError: ``case-unknown``.
    """
    last = visit.asked(before)
    if not cases.are_seen(visit.desk, visit.officer):
        return Listed([], None, begins=True, sees=False)
    found, more = cases.page(
        visit.desk,
        visit.officer,
        before=None if last is None else cases.find(visit.desk, visit.officer, last)[1],
        kind=kind.value,
        count=_SHOWN,
    )
    older = f"{path}?{before}={found[0].row.case_id.hex()}#{kind.value}" if more else None
    return Listed([row(visit, one) for one in reversed(found)], older, last is None)


def row(visit: Visit, summary: Summary) -> Row:
    """A case as a list shows it."""
    words = visit.words
    return Row(
        summary,
        path_of(summary.state.kind, summary.row.case_id),
        wording.chosen(summary.subject, words.language),
        case_page.kind(words, summary.state),
        case_page.status(words, summary.state),
        case_page.movers(words, summary),
        case_page.next_due(words, summary, visit.now),
    )


def acts_of(view: CaseView) -> dict[bytes, Act]:
    """The statements of a case by their identifiers."""
    return {leaf: Act(number, acts.short(leaf)) for leaf, number in numbered(view).items()}


def path_of(kind: str | None, case: bytes) -> str:
    """The page on which a case is best read."""
    return f"{_PLACES.get(kind or '', '/cases')}/{case.hex()}"


def group(visit: Visit) -> Response:
    """A working group: its mandate, who is in it, its proposals and its meetings."""
    channel, case = cases.find(visit.desk, visit.officer, visit.part("case"))
    view = cases.show(visit.desk, channel, case, visit.officer)
    substance = view.summary.state.substance
    if not isinstance(substance, WorkingGroup):
        return visit.go(f"/cases/{case.hex()}")
    words, sheet = visit.words, visit.sheet()
    page.render(sheet, view, substance)
    return visit.page(
        "group.html",
        case=case.hex(),
        subject=wording.chosen(view.summary.subject, words.language),
        stands=case_page.status(words, view.summary.state),
        movers=case_page.movers(words, view.summary),
        peer=channel.peer.text.code,
        writes=offers.in_case(visit.desk, visit.officer, channel, case),
        facts=page.head(words, view.summary, substance)[: -len(substance.mandates)],
        members=_members(visit, view, substance),
        mandate=substance.mandate,
        sheet=sheet,
        linked=_linked(visit, view, substance),
    )


def _members(visit: Visit, view: CaseView, substance: WorkingGroup) -> list[Member]:
    channel, words, numbers = view.summary.channel, visit.words, acts_of(view)
    found: list[Member] = []
    for index, signed in enumerate(substance.mandates):
        left, delegation = substance.left[index], substance.delegations[index]
        by = signed.act if signed is not None else left
        if signed is not None:
            stands = words.text("a member")
        else:
            stands = words.text("not joined" if left is None else "has left")
        found.append(
            Member(
                side(channel, index) or "",
                member(words, channel, index),
                stands,
                None if signed is None else signed.text,
                None if by is None else numbers.get(by),
                None if delegation is None else delegation.count,
            )
        )
    return found


def _linked(visit: Visit, view: CaseView, substance: WorkingGroup) -> list[Row]:
    """What was agreed for the group, what it meets in, and all that is about it, each once."""
    named = [one.proposal for one in substance.mandates if one is not None]
    named += [one.meeting for one in substance.sessions]
    related = [one.row.case_id for one in (view.about, *view.related) if one is not None]
    wanted = [*(bytes.fromhex(one) for one in named if one is not None), *related]
    channel = view.summary.channel.id
    keys = [(channel, case) for case in dict.fromkeys(wanted)]
    return [row(visit, one) for one in cases.some(visit.desk, visit.officer, keys)]


PAGES: Final = (Page("/groups", groups), Page("/groups/{case}", group))
