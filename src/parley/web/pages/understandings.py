"""Understandings: each side's version beside the other's, what both hold, and what follows."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final, NamedTuple

from starlette.responses import Response

from parley.application import cases, offers
from parley.application.texts import Row as Compared
from parley.domain import comparison
from parley.domain.kinds import understanding_reading as reading
from parley.domain.kinds.understanding_reading import Stance
from parley.domain.kinds.understanding_state import Understanding
from parley.domain.shape import Scope
from parley.presentation import case_page
from parley.presentation.kinds.common import member, side
from parley.web import clock, wording
from parley.web.page import Page
from parley.web.pages import groups
from parley.web.visit import Visit
from parley.web.wording import Wording

if TYPE_CHECKING:
    from parley.application.acts import ActView
    from parley.application.cases import CaseView, Summary
    from parley.presentation.output import Output


class Place(NamedTuple):
    """Where a side stands, in a list; nothing is said for one that is silent."""

    by: str
    who: str
    words: str
    silent: bool
    has_version: bool
    due: str | None


class Version(NamedTuple):
    """A version that a side gave."""

    number: groups.Act | None
    when: str
    languages: Sequence[str]
    occasion: Wording | None
    text: Wording | None
    remarks: Wording | None
    to_act: str
    due: str | None
    readable: bool


class Side(NamedTuple):
    """All that one side holds: the version that it now gives, and those before."""

    place: Place
    number: groups.Act | None
    version: Version | None
    earlier: Sequence[Version]
    confirms: str | None


class Step(NamedTuple):
    """Something that came after: a report, what the other side says of it, a reminder."""

    by: str
    who: str
    number: groups.Act | None
    when: str
    what: str
    said: Wording | None
    answer: str | None


def register(visit: Visit) -> Response:
    """All understandings, each side's place in a column of its own."""
    found = groups.listed(visit, Scope.UNDERSTANDING, "/understandings", "before")
    return visit.page(
        "understandings.html",
        listed=found,
        rows=[(one, _places(visit.words, one.summary)) for one in found.rows],
    )


def understanding(visit: Visit) -> Response:
    """One understanding, whole."""
    channel, case = cases.find(visit.desk, visit.officer, visit.part("case"))
    view = cases.show(visit.desk, channel, case, visit.officer)
    substance, state = view.summary.state.substance, view.summary.state
    if not isinstance(substance, Understanding):
        return visit.go(f"/cases/{case.hex()}")
    words = visit.words
    sides = [_side(visit, view, substance, index) for index in _ours_first(view.summary)]
    joint = reading.joint_version(state, substance)
    holder = next((act for act in view.acts if act.entry.leaf == joint), None)
    return visit.page(
        "understanding.html",
        case=case.hex(),
        subject=wording.chosen(view.summary.subject, words.language),
        stands=case_page.status(words, state),
        movers=case_page.movers(words, view.summary),
        peer=channel.peer.text.code,
        level=substance.level,
        writes=offers.in_case(visit.desk, visit.officer, channel, case),
        sides=sides,
        joint=None if holder is None else _version(words, view, holder),
        joint_by=None if holder is None else member(words, channel, holder.entry.author),
        rows=_compared(view, substance) if joint is None else (),
        steps=_steps(words, view, substance),
        dues=[
            (
                one.obligation.kind.value,
                member(words, channel, one.obligation.owner),
                clock.of(words, min(ends), one.obligation.kind, now=visit.now) if ends else None,
            )
            for one in view.summary.dues
            for ends in [[at for at in one.due if at is not None]]
        ],
        linked=[
            groups.row(visit, one)
            for one in cases.some(
                visit.desk,
                visit.officer,
                [
                    (channel.id, one.row.case_id)
                    for one in (view.about, *view.related)
                    if one is not None
                ],
            )
        ],
    )


# --- what each side holds ------------------------------------------------------------------------


def _ours_first(summary: Summary) -> tuple[int, ...]:
    own = summary.channel.own_index
    return (own, *(index for index in range(summary.state.members) if index != own))


def _places(words: Output, summary: Summary) -> list[Place]:
    """Where each side stands, ours first; none in a case that is void."""
    substance = summary.state.substance
    if not isinstance(substance, Understanding):
        return []
    return [_place(words, summary, substance, index) for index in _ours_first(summary)]


def _place(words: Output, summary: Summary, substance: Understanding, index: int) -> Place:
    found = reading.place(summary.state, substance, index)
    version = reading.version_of(summary.state, substance, index)
    return Place(
        side(summary.channel, index) or "",
        member(words, summary.channel, index),
        words.name(found.stance.value),
        found.stance is Stance.SILENT,
        version is not None,
        None if version is None else version.due,
    )


def _side(visit: Visit, view: CaseView, substance: Understanding, index: int) -> Side:
    words, summary = visit.words, view.summary
    said = {act.entry.leaf: act for act in view.acts}
    found = reading.place(summary.state, substance, index)
    current = reading.version_of(summary.state, substance, index)
    made = [
        (version.id, _version(words, view, said[version.id]))
        for version in substance.sides[index].versions
        if version.id in said
    ]
    others = [
        said[one].entry.author
        for one in sorted(found.held)
        if one in said and said[one].entry.author != index
    ]
    return Side(
        _place(words, summary, substance, index),
        None if found.by is None else groups.acts_of(view).get(found.by),
        next((one for id_, one in made if current is not None and id_ == current.id), None),
        [one for id_, one in made if current is None or id_ != current.id],
        member(words, summary.channel, others[0]) if others else None,
    )


def _version(words: Output, view: CaseView, act: ActView) -> Version:
    values = act.body.values if act.body is not None else {}
    codes = act.statement.act.codes
    tags = (path.removeprefix("text@") for path in values if path.startswith("text@"))
    due = codes.get("due")
    return Version(
        groups.acts_of(view).get(act.entry.leaf),
        words.time(act.entry.iat),
        tuple(tags),
        wording.field(values, "occasion", words.language),
        wording.field(values, "text", words.language),
        wording.field(values, "remarks", words.language),
        words.name(str(codes.get("owner", ""))),
        due if isinstance(due, str) else None,
        act.body is not None,
    )


def _compared(view: CaseView, substance: Understanding) -> list[Compared]:
    """Both sides' texts beside each other in each language that both have; ours first."""
    said = {act.entry.leaf: act for act in view.acts}
    texts: list[dict[str, str]] = []
    for index in _ours_first(view.summary):
        version = reading.version_of(view.summary.state, substance, index)
        act = None if version is None else said.get(version.id)
        if act is None or act.body is None:
            return []
        texts.append(
            {
                path.removeprefix("text@"): str(value)
                for path, value in act.body.values.items()
                if path.startswith("text@")
            }
        )
    ours, theirs = texts[0], texts[1]
    return [
        Compared(0, tag, ours[tag], theirs[tag], comparison.compare(ours[tag], theirs[tag]))
        for tag in ours
        if tag in theirs
    ]


# --- what became of it ---------------------------------------------------------------------------


def _steps(words: Output, view: CaseView, substance: Understanding) -> list[Step]:
    """Reports with what the other side says of them, and reminders, in the order of the acts."""
    recalls = {one.id for side_ in substance.sides for one in side_.recalls}
    reports = {one.id: one for side_ in substance.sides for one in side_.reports}
    channel, numbers = view.summary.channel, groups.acts_of(view)
    found: list[Step] = []
    for act in view.acts:
        leaf, values = act.entry.leaf, act.body.values if act.body is not None else {}
        if leaf not in recalls and leaf not in reports:
            continue
        report = reports.get(leaf)
        assessment = reading.assessment_of(substance, leaf)
        what = words.name(act.statement.act.type)
        found.append(
            Step(
                side(channel, act.entry.author) or "",
                member(words, channel, act.entry.author),
                numbers.get(leaf),
                words.time(act.entry.iat),
                what if report is None else f"{what}: {words.name(report.progress)}",
                wording.field(values, "account", words.language),
                words.name(assessment) if assessment is not None else None,
            )
        )
    return found


PAGES: Final = (Page("/understandings", register), Page("/understandings/{case}", understanding))
