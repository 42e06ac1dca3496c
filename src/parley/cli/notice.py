"""``parley notice``: laws and measures, as a party gives notice of them, and what is in force."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any, Final

from cyclopts import App, Parameter

from parley.cli import access, drafting, examples, options
from parley.cli.drafting import WORDING, Wording
from parley.cli.in_case import OPENED, CaseArgument, Many, Opened
from parley.cli.options import Acting
from parley.cli.terminal import Terminal
from parley.domain.act import ActType
from parley.domain.types.notice import IN_FORCE, NATURES, NOT_YET
from parley.kernel.errors import ParleyError
from parley.kernel.reasons import Reason
from parley.presentation import acts, case_page, times
from parley.presentation.kinds import notice as page
from parley.presentation.kinds.common import member, side

if TYPE_CHECKING:
    from parley.application.notices import Found


@Parameter(name="*")
@dataclass(frozen=True)
class Measure:
    """What a notice says of a law or a measure."""

    subject: str | None = None
    title: Annotated[str | None, Parameter(help="what the law or measure is called")] = None
    citation: Annotated[str | None, Parameter(help="where it is published")] = None
    nature: Annotated[str | None, Parameter(help=", ".join(NATURES))] = None
    effect: Annotated[str | None, Parameter(help="what it does")] = None
    concerns: Annotated[str | None, Parameter(help="whom it concerns")] = None
    in_force_from: Annotated[
        str | None, Parameter(help="day, month or year: 2017-08-02, 2016-12")
    ] = None
    not_yet_in_force: Annotated[bool, Parameter(negative="", show_default=False)] = False
    until: Annotated[str | None, Parameter(help="last day, if it is known")] = None
    sector: Annotated[tuple[str, ...], Many, Parameter(help="such as defence, banking")] = ()
    remarks: str | None = None

    def entries(self) -> dict[str, Any]:
        """As entries of a manuscript.

        :raises ParleyError: ``argument-repeated`` for a day of what is not yet in force.
        """
        if self.in_force_from is not None and self.not_yet_in_force:
            name = "--in-force-from / --not-yet-in-force"
            raise ParleyError(Reason.ARGUMENT_REPEATED, name=name)
        force = IN_FORCE if self.in_force_from is not None else None
        return {
            "subject": self.subject,
            "title": self.title,
            "citation": self.citation,
            "nature": self.nature,
            "effect": self.effect,
            "concerns": self.concerns,
            "force": NOT_YET if self.not_yet_in_force else force,
            "since": self.in_force_from,
            "until": self.until,
            "sectors": list(self.sector),
            "remarks": self.remarks,
        }


MEASURE: Final = Measure()

app = App(name="notice", help="Give notice of a law or a measure; see what was in force when.")


@app.command(help_epilogue=examples.of("notice give"))
def give(
    case: Annotated[
        str | None,
        Parameter(name="CASE", help="our notice whose place it takes; none opens a case"),
    ] = None,
    /,
    *,
    measure: Measure = MEASURE,
    opened: Opened = OPENED,
    wording: Wording = WORDING,
    acting: Acting = options.ACTING,
) -> None:
    """Draft a notice of a law or a measure.

    With the case of an earlier notice it takes its place, from its own first day on.
    """
    given = {**measure.entries(), "about": opened.about}
    drafting.opening(acting, ActType.NOTICE, wording, given, channel=opened.channel, case=case)


@app.command(help_epilogue=examples.of("notice correct"))
def correct(
    case: CaseArgument = None,
    /,
    *,
    measure: Measure = MEASURE,
    wording: Wording = WORDING,
    acting: Acting = options.ACTING,
) -> None:
    """Draft what our notice should have said from the first."""
    drafting.in_case(acting, ActType.NOTICE_CORRECTION, wording, measure.entries(), case)


@app.command(help_epilogue=examples.of("notice end"))
def end(
    case: CaseArgument = None,
    /,
    *,
    until: Annotated[str | None, Parameter(help="last day in force: 2018-01-31")] = None,
    remarks: str | None = None,
    wording: Wording = WORDING,
    acting: Acting = options.ACTING,
) -> None:
    """Draft the last day on which a measure of ours is in force."""
    given = {"until": until, "remarks": remarks}
    drafting.in_case(acting, ActType.NOTICE_END, wording, given, case)


@app.command(name="in-force", help_epilogue=examples.of("notice in-force"))
def in_force(
    day: Annotated[
        str | None, Parameter(name="DAY", help="such as 2017-08-02; today if absent")
    ] = None,
    /,
    *,
    channel: Annotated[str | None, Parameter(help="label, the other's code, or identifier")] = None,
    acting: Acting = options.ACTING,
) -> None:
    """List the notices of all sides that were in force on a day, as their authors say today.

    Where a date is known only to the month or the year, it is said to be perhaps so.
    """
    from parley.application import channels, notices

    output = Terminal(acting)
    officer = options.officer_of(acting)
    with access.opened(acting, output) as desk:
        on = times.day(day, desk.clock())
        where = None if channel is None else channels.find(desk, channel)
        found = notices.in_force(desk, officer, on, where)
    output.emit(
        {"day": on, "notices": [_plain(one) for one in found]},
        lambda: _render(output, on, found),
    )


def _plain(found: Found) -> dict[str, Any]:
    summary = found.summary
    return {
        "case": summary.row.case_id.hex(),
        "channel": summary.channel.id.hex(),
        "by": side(summary.channel, summary.state.opener),
        "subject": summary.subject,
        "surely": found.in_force.surely,
        **page.plain_version(found.in_force.version),
    }


def _render(output: Terminal, day: str, found: list[Found]) -> None:
    output.title(output.text("In force on {day}", day=day))
    if not found:
        output.say(output.text("No notice that this desk holds."))
        return
    output.table(
        [
            output.text("Case"),
            output.text("Notice of"),
            output.text("Subject"),
            output.text("In force"),
            output.text("Sectors"),
            output.text("How sure"),
        ],
        [
            [
                acts.short(one.summary.row.case_id),
                member(output, one.summary.channel, one.summary.state.opener),
                case_page.subject(output, one.summary),
                page.days(output, one.in_force.version),
                page.sectors(output, one.in_force.version),
                output.text("surely") if one.in_force.surely else output.text("perhaps"),
            ]
            for one in found
        ],
    )
