"""``parley meeting``: what an officer drafts for a meeting, and the register of meetings."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any, Final

from cyclopts import App, Parameter

from parley.cli import access, drafting, examples, in_case, options
from parley.cli.drafting import WORDING, Wording
from parley.cli.in_case import OPENED, CaseArgument, Many, Opened
from parley.cli.options import Acting
from parley.cli.terminal import Terminal
from parley.domain.act import ActType
from parley.domain.types.meeting import FORMAL, INFORMAL, LEVELS
from parley.presentation import meeting_register

Level = Annotated[str | None, Parameter(help=", ".join(LEVELS))]
Items = Annotated[tuple[str, ...], Many]
Day = Annotated[str | None, Parameter(help="2017-07-07, 2017-07 or 2017")]
Numbers = Annotated[str | None, Parameter(help="items by their numbers, such as 1-3,5")]


@Parameter(name="*")
@dataclass(frozen=True)
class Terms:
    """When, where and between whom a meeting is to be."""

    level: Level = None
    first_day: Day = None
    last_day: Day = None
    place: str | None = None

    def entries(self) -> dict[str, Any]:
        """As entries of a manuscript."""
        return {
            "level": self.level,
            "first-day": self.first_day,
            "last-day": self.last_day,
            "place": self.place,
        }


TERMS: Final = Terms()

app = App(name="meeting", help="Propose, prepare, declare a meeting; minutes; the register.")


@app.command(help_epilogue=examples.of("meeting propose"))
def propose(
    *,
    subject: str | None = None,
    terms: Terms = TERMS,
    agenda: Annotated[tuple[str, ...], Many, Parameter(help="item of the agenda")] = (),
    programme: Annotated[tuple[str, ...], Many, Parameter(help="beside the talks")] = (),
    delegate: Annotated[tuple[str, ...], Many, Parameter(help="office in our delegation")] = (),
    opened: Opened = OPENED,
    wording: Wording = WORDING,
    acting: Acting = options.ACTING,
) -> None:
    """Draft the proposal of a meeting, which opens a case.

    Every item of the agenda needs the consent of all; the programme beside the
    talks, such as a visit to a cemetery, needs nobody's.
    """
    given = {
        "form": FORMAL,
        "subject": subject,
        **terms.entries(),
        "agenda": list(agenda),
        "programme": list(programme),
        "delegation": list(delegate),
        "about": opened.about,
    }
    drafting.opening(acting, ActType.MEETING, wording, given, channel=opened.channel)


@app.command(help_epilogue=examples.of("meeting contact"))
def contact(
    *,
    subject: str | None = None,
    level: Level = None,
    held: Day = None,
    place: str | None = None,
    account: Annotated[str | None, Parameter(help="what was spoken of")] = None,
    opened: Opened = OPENED,
    wording: Wording = WORDING,
    acting: Acting = options.ACTING,
) -> None:
    """Draft the declaration of an informal contact, which opens a case.

    The other side may declare the same contact in the case, or say nothing; the
    register then shows no statement of it.
    """
    given = {
        "form": INFORMAL,
        "subject": subject,
        "level": level,
        "held": held,
        "place": place,
        "account": account,
        "about": opened.about,
    }
    drafting.opening(acting, ActType.MEETING, wording, given, channel=opened.channel)


@app.command(help_epilogue=examples.of("meeting declare"))
def declare(
    case: CaseArgument = None,
    /,
    *,
    subject: Annotated[str | None, Parameter(help="only without CASE")] = None,
    level: Level = None,
    held: Day = None,
    place: str | None = None,
    account: Annotated[str | None, Parameter(help="our account of it")] = None,
    opened: Opened = OPENED,
    wording: Wording = WORDING,
    acting: Acting = options.ACTING,
) -> None:
    """Draft our declaration that a meeting took place, and when.

    Each side declares for itself. Without a case it opens one, for a meeting that
    was agreed elsewhere. A later declaration of ours corrects the day.
    """
    given = {
        "subject": subject,
        "level": level,
        "held": held,
        "place": place,
        "account": account,
        "about": opened.about,
    }
    if case is None:
        given["form"] = FORMAL
        drafting.opening(acting, ActType.MEETING, wording, given, channel=opened.channel)
    else:
        drafting.in_case(acting, ActType.MEETING_DECLARATION, wording, given, case)


in_case.remarked(
    app,
    ActType.MEETING_ACCEPTANCE,
    "accept",
    "Draft the acceptance of the other side's days, place and level.",
)


@app.command(help_epilogue=examples.of("meeting postpone"))
def postpone(
    case: CaseArgument = None,
    /,
    *,
    terms: Terms = TERMS,
    reason: str | None = None,
    wording: Wording = WORDING,
    acting: Acting = options.ACTING,
) -> None:
    """Draft a postponement: it takes the days off, and may propose others."""
    given = {**terms.entries(), "reason": reason}
    drafting.in_case(acting, ActType.MEETING_POSTPONEMENT, wording, given, case)


@app.command(help_epilogue=examples.of("meeting cancel"))
def cancel(
    case: CaseArgument = None,
    /,
    *,
    reason: str | None = None,
    wording: Wording = WORDING,
    acting: Acting = options.ACTING,
) -> None:
    """Draft that our side will not meet."""
    drafting.in_case(acting, ActType.MEETING_CANCELLATION, wording, {"reason": reason}, case)


@app.command(help_epilogue=examples.of("meeting delegation"))
def delegation(
    case: CaseArgument = None,
    /,
    *,
    delegate: Annotated[tuple[str, ...], Many, Parameter(help="office in our delegation")] = (),
    wording: Wording = WORDING,
    acting: Acting = options.ACTING,
) -> None:
    """Draft who comes for our side, by offices; the latest list counts."""
    given = {"delegation": list(delegate)}
    drafting.in_case(acting, ActType.MEETING_DELEGATION, wording, given, case)


@app.command(help_epilogue=examples.of("meeting agenda"))
def agenda(
    case: CaseArgument = None,
    /,
    *,
    item: Items = (),
    wording: Wording = WORDING,
    acting: Acting = options.ACTING,
) -> None:
    """Draft items to be added to the agenda; each needs the consent of all."""
    drafting.in_case(acting, ActType.MEETING_AGENDA, wording, {"agenda": list(item)}, case)


@app.command(help_epilogue=examples.of("meeting consent"))
def consent(
    case: CaseArgument = None,
    /,
    *,
    accept: Numbers = None,
    decline: Numbers = None,
    remarks: str | None = None,
    wording: Wording = WORDING,
    acting: Acting = options.ACTING,
) -> None:
    """Draft our consent to items of the agenda, or that we decline them.

    The numbers are those of one statement, the newest that brought items unless
    --reference names another; parley case show lists them.
    """
    given = {"accepted": accept, "declined": decline, "remarks": remarks}
    drafting.in_case(acting, ActType.MEETING_AGENDA_REPLY, wording, given, case)


@app.command(help_epilogue=examples.of("meeting programme"))
def programme(
    case: CaseArgument = None,
    /,
    *,
    item: Items = (),
    wording: Wording = WORDING,
    acting: Acting = options.ACTING,
) -> None:
    """Draft our programme beside the talks; the latest list counts."""
    drafting.in_case(acting, ActType.MEETING_PROGRAMME, wording, {"programme": list(item)}, case)


@app.command(help_epilogue=examples.of("meeting minutes"))
def minutes(
    case: CaseArgument = None,
    /,
    *,
    item: Items = (),
    statement: Annotated[tuple[str, ...], Many, Parameter(help="made for the minutes")] = (),
    wording: Wording = WORDING,
    acting: Acting = options.ACTING,
) -> None:
    """Draft minutes to be put forward; our latest count as our version."""
    given = {"items": list(item), "statements": list(statement)}
    drafting.in_case(acting, ActType.MINUTES_DRAFT, wording, given, case)


@app.command(help_epilogue=examples.of("meeting correct"))
def correct(
    case: CaseArgument = None,
    /,
    *,
    correction: Items = (),
    wording: Wording = WORDING,
    acting: Acting = options.ACTING,
) -> None:
    """Draft corrections that we ask for in the other side's minutes."""
    given = {"corrections": list(correction)}
    drafting.in_case(acting, ActType.MINUTES_CORRECTION, wording, given, case)


@app.command(help_epilogue=examples.of("meeting agree"))
def agree(
    case: CaseArgument = None,
    /,
    *,
    reservation: Items = (),
    remarks: str | None = None,
    wording: Wording = WORDING,
    acting: Acting = options.ACTING,
) -> None:
    """Draft our agreement to the other side's minutes, with reservations or without."""
    given = {"reservations": list(reservation), "remarks": remarks}
    drafting.in_case(acting, ActType.MINUTES_AGREEMENT, wording, given, case)


@app.command(help_epilogue=examples.of("meeting disagree"))
def disagree(
    case: CaseArgument = None,
    /,
    *,
    item: Items = (),
    statement: Annotated[tuple[str, ...], Many, Parameter(help="made for the minutes")] = (),
    reason: str | None = None,
    wording: Wording = WORDING,
    acting: Acting = options.ACTING,
) -> None:
    """Draft that we do not agree to the other side's minutes, with our own version.

    The items may be left out where minutes of our own stand already.
    """
    given = {"items": list(item), "statements": list(statement), "reason": reason}
    drafting.in_case(acting, ActType.MINUTES_NOT_AGREED, wording, given, case)


@app.command(help_epilogue=examples.of("meeting register"))
def register(
    *,
    from_: Annotated[
        str | None, Parameter(name="--from", help="first day: 2017-07-01, 2017-07 or 2017")
    ] = None,
    to: Annotated[str | None, Parameter(help="last day, as exact as you wish")] = None,
    channel: Annotated[
        str | None, Parameter(help="only this channel: label, the other's code, or identifier")
    ] = None,
    page: Annotated[int, Parameter(help="50 meetings each")] = 1,
    acting: Acting = options.ACTING,
) -> None:
    """Show which meetings each side has declared, for which day, and when it said so.

    A side that has declared nothing is shown with no statement. What a side denies
    about a meeting stands beside it.
    """
    from parley.application import channels, meetings

    output = Terminal(acting)
    officer = options.officer_of(acting)
    period = meeting_register.period(from_, to)
    with access.opened(acting, output) as desk:
        where = channels.find(desk, channel) if channel is not None else None
        found = meetings.register(desk, officer, period, where, page)
    output.emit(
        [meeting_register.plain(one) for one in found.lines],
        lambda: meeting_register.render(output, found, page),
    )
