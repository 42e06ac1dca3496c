"""The page of an understanding: its versions, where each side stands, what became of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

from parley.domain.kinds import understanding_reading as reading
from parley.domain.kinds.understanding_reading import Stance
from parley.domain.kinds.understanding_state import Understanding
from parley.language.marks import N_
from parley.presentation.acts import short
from parley.presentation.kinds.common import Plain, member, numbered, side

if TYPE_CHECKING:
    from parley.application.cases import CaseView, Summary
    from parley.presentation.output import Output

STATUSES: Final[Mapping[str, str]] = {
    "unilateral": N_("unilateral: one side's version"),
    "two-versions": N_("each side has its own version, neither confirmed"),
    "joint": N_("joint"),
    "disputed": N_("disputed"),
    "given-up": N_("given up by all that held it"),
    "lapsed": N_("lapsed"),
}

OUTCOMES: Final[Mapping[str, str]] = {
    "confirmed-as-it-stood": N_(
        "the version is confirmed as it stood; the later one came too late"
    ),
    "not-yet-lapsed": N_("it lapses when the other side says so too"),
}


def plain(summary: Summary, substance: Understanding) -> Plain:
    """An understanding for programs, beside what every case has."""
    channel, case = summary.channel, summary.state
    joint = reading.joint_version(case, substance)
    found: list[Plain] = []
    for index, place in enumerate(reading.places(case, substance)):
        version = reading.version_of(case, substance, index)
        found.append(
            {
                "by": side(channel, index),
                "stance": place.stance.value,
                "statement": place.by.hex() if place.by is not None else None,
                "version": version.id.hex() if version is not None else None,
                "owner": version.owner if version is not None else None,
                "due": version.due if version is not None else None,
            }
        )
    return {
        "level": substance.level,
        "sides": found,
        "joint_version": joint.hex() if joint is not None else None,
        "reports": [
            {
                "by": side(channel, index),
                "statement": report.id.hex(),
                "progress": report.progress,
                "assessment": reading.assessment_of(substance, report.id),
            }
            for index, words in enumerate(substance.sides)
            for report in words.reports
        ],
        "recalls": [
            {
                "by": side(channel, index),
                "statement": recall.id.hex(),
                "meeting": recall.meeting.hex() if recall.meeting is not None else None,
            }
            for index, words in enumerate(substance.sides)
            for recall in words.recalls
        ],
    }


def head(output: Output, summary: Summary, substance: Understanding) -> list[tuple[str, str]]:
    """The lines at the head of the page: where each side stands; a silent one is silent."""
    channel, case = summary.channel, summary.state
    rows = [(output.text("At the level of"), output.name(substance.level))]
    for index, place in enumerate(reading.places(case, substance)):
        words = output.name(place.stance.value)
        gave = reading.version_of(case, substance, index) is not None
        if not gave and place.stance not in (Stance.SILENT, Stance.CONFIRMED):
            words = output.text("{words}; has given no version of its own", words=words)
        rows.append((member(output, channel, index), words))
    return rows


def render(output: Output, view: CaseView, substance: Understanding) -> None:
    """Print the versions, the reports and the recalls."""
    channel, case = view.summary.channel, view.summary.state
    numbers = numbered(view)
    joint = reading.joint_version(case, substance)
    output.say()
    output.title(output.text("Versions"))
    rows: list[list[str]] = []
    for index in range(case.members):
        version = reading.version_of(case, substance, index)
        who = member(output, channel, index)
        if version is None:
            rows.append([who, output.text("absent"), "\u2014", "\u2014", "\u2014"])
            continue
        confirmed = output.text("confirmed by all") if version.id == joint else "\u2014"
        rows.append(
            [
                who,
                str(numbers.get(version.id, "?")),
                output.name(version.owner),
                version.due or "\u2014",
                confirmed,
            ]
        )
    output.table(
        [
            output.text("Version of"),
            output.text("Statement"),
            output.text("To be done by"),
            output.text("Day"),
            output.text("Confirmed"),
        ],
        rows,
    )
    _render_reports(output, view, substance)
    _render_recalls(output, view, substance)


def _render_reports(output: Output, view: CaseView, substance: Understanding) -> None:
    numbers = numbered(view)
    rows = [
        [
            str(numbers.get(report.id, "?")),
            member(output, view.summary.channel, index),
            output.name(report.progress),
            output.name(assessment) if assessment else output.text("no statement"),
        ]
        for index, words in enumerate(substance.sides)
        for report in words.reports
        for assessment in [reading.assessment_of(substance, report.id)]
    ]
    if rows:
        output.say()
        output.title(output.text("Reports"))
        output.table(
            [
                output.text("Statement"),
                output.text("From"),
                output.text("Progress"),
                output.text("The other side"),
            ],
            rows,
        )


def _render_recalls(output: Output, view: CaseView, substance: Understanding) -> None:
    numbers = numbered(view)
    rows = [
        [
            str(numbers.get(recall.id, "?")),
            member(output, view.summary.channel, index),
            short(recall.meeting) if recall.meeting is not None else "\u2014",
        ]
        for index, words in enumerate(substance.sides)
        for recall in words.recalls
    ]
    if rows:
        output.say()
        output.title(output.text("Recalls"))
        output.table(
            [output.text("Statement"), output.text("From"), output.text("In the meeting")], rows
        )
