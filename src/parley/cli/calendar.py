"""``parley calendar``: when each office works: its time zone, hours and holidays."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from cyclopts import App, Parameter

from parley.cli import access, examples, files, options
from parley.cli.options import ACTING, OPENING, Acting, Opening
from parley.cli.terminal import Terminal
from parley.domain import calendar as calendars
from parley.domain.calendar import ALWAYS, SpecialDay, Timetable
from parley.presentation.views import office_of

if TYPE_CHECKING:
    from parley.application.desk import Desk
    from parley.application.offices import Settled

OfficeArgument = Annotated[
    str, Parameter(name="OFFICE", help="its number in our letter, its name, or its identifier")
]

app = App(name="calendar", help="When each office works: its time zone, hours, holidays.")


@app.command(help_epilogue=examples.of("calendar show"))
def show(
    office: Annotated[
        str | None, Parameter(name="OFFICE", help="only this one: its number, name or identifier")
    ] = None,
    /,
    *,
    opening: Opening = OPENING,
) -> None:
    """Show when the offices work, and whether they do now."""
    from parley.application import offices

    output = Terminal(opening)
    with access.opened(opening, output) as desk:
        wanted = None if office is None else office_of(desk.letter, office, output.language)
        found = [one for one in offices.every(desk) if wanted in (None, one.id)]
        now = desk.clock()
    output.emit([_plain(one, now) for one in found], lambda: _render(output, found, now))


@app.command(name="set", help_epilogue=examples.of("calendar set"))
def set_(
    office: OfficeArgument,
    /,
    *,
    place: Annotated[
        str | None, Parameter(name="--at", help="its time zone, such as Asia/Kathmandu")
    ] = None,
    hours: Annotated[
        tuple[str, ...],
        Parameter(negative="", show_default=False, help="'mon-fri 09:00-13:00,14:00-18:00'"),
    ] = (),
    always: Annotated[
        bool, Parameter(negative="", show_default=False, help="it works at every hour")
    ] = False,
    acting: Acting = ACTING,
) -> None:
    """Set the time zone and the hours of an office; what is not given stays.

    Days that no --hours names are free. Holidays stay: see parley calendar import.
    Once there is an administrator, an administrator does this.
    """
    from parley.application import offices
    from parley.presentation import office_page

    output = Terminal(acting)
    week = ALWAYS.week if always else office_page.week(hours) if hours else None
    with access.opened(acting, output) as desk:
        identifier = office_of(desk.letter, office, output.language)
        known = _of(desk, identifier).timetable
        changed = Timetable(
            known.zone if place is None else place,
            known.week if week is None else week,
            known.special,
        )
        offices.set_timetable(desk, identifier, changed, by=options.officer_if_named(acting))
        found, now = _of(desk, identifier), desk.clock()
    output.emit(_plain(found, now), lambda: _render(output, [found], now))


@app.command(name="import", help_epilogue=examples.of("calendar import"))
def import_(
    office: OfficeArgument,
    file: Annotated[Path, Parameter(name="FILE", help="a list of days, or an iCalendar file")],
    /,
    *,
    acting: Acting = ACTING,
) -> None:
    """Add the holidays of a file to those of an office.

    A list has a day on each line: 2027-01-07 Christmas, or a stretch of days:
    2027-01-01..2027-01-08 New Year, or a day with hours of its own:
    2027-02-20 09:00-16:00 Working Saturday. Of an iCalendar file, events of whole
    days are taken, also those of the same day of each year, ten years ahead.
    """
    from parley.application import holidays, offices

    output = Terminal(acting)
    data = files.read(file, holidays.FILE_BYTES)
    with access.opened(acting, output) as desk:
        identifier = office_of(desk.letter, office, output.language)
        days = holidays.read(data, desk.clock())
        offices.add_days(desk, identifier, days, by=options.officer_if_named(acting))
        found, now = _of(desk, identifier), desk.clock()
    _show_days(output, found, now, len(days))


@app.command(help_epilogue=examples.of("calendar add"))
def add(
    office: OfficeArgument,
    days: Annotated[str, Parameter(name="DAYS", help="2027-01-07, or 2027-01-01..2027-01-08")],
    /,
    *,
    name: Annotated[str, Parameter(help="what they are called")] = "",
    hours: Annotated[str, Parameter(help="hours of these days; free if absent")] = "",
    acting: Acting = ACTING,
) -> None:
    """Add a holiday to an office, or days with hours of their own."""
    from parley.application import offices
    from parley.presentation import office_page

    output = Terminal(acting)
    first, last = office_page.days(days)
    spans = office_page.hours(hours)
    wanted = [SpecialDay(day, spans, name) for day in range(first, last + 1)]
    with access.opened(acting, output) as desk:
        identifier = office_of(desk.letter, office, output.language)
        offices.add_days(desk, identifier, wanted, by=options.officer_if_named(acting))
        found, now = _of(desk, identifier), desk.clock()
    _show_days(output, found, now, last - first + 1)


@app.command(help_epilogue=examples.of("calendar remove"))
def remove(
    office: OfficeArgument,
    days: Annotated[str, Parameter(name="DAYS", help="2027-01-07, or 2027-01-01..2027-01-08")],
    /,
    *,
    acting: Acting = ACTING,
) -> None:
    """Make special days of an office like any other again."""
    from parley.application import offices
    from parley.presentation import office_page

    output = Terminal(acting)
    first, last = office_page.days(days)
    with access.opened(acting, output) as desk:
        identifier = office_of(desk.letter, office, output.language)
        by = options.officer_if_named(acting)
        offices.remove_days(desk, identifier, first, last, by=by)
        found, now = _of(desk, identifier), desk.clock()
    output.emit(_plain(found, now), lambda: _render(output, [found], now))


def _of(desk: Desk, identifier: bytes) -> Settled:
    from parley.application import offices

    return next(one for one in offices.every(desk) if one.id == identifier)


# --- shown ---------------------------------------------------------------------------------------


def _plain(one: Settled, now: int) -> dict[str, Any]:
    from parley.presentation import office_page

    return {
        "office": one.id.hex(),
        "names": dict(one.names),
        "zone": one.timetable.zone,
        "week": [[office_page.clock(span) for span in spans] for spans in one.timetable.week],
        "special": [
            {
                "day": calendars.day_of(day.day).isoformat(),
                "hours": [office_page.clock(span) for span in day.hours],
                "name": day.name,
            }
            for day in one.timetable.special
        ],
        "open": office_page.is_open(one, now),
    }


def _show_days(output: Terminal, found: Settled, now: int, count: int) -> None:
    def render() -> None:
        output.say(
            output.plural("{n} special day was given.", "{n} special days were given.", count)
        )
        _render(output, [found], now)

    output.emit({**_plain(found, now), "given": count}, render)


def _render(output: Terminal, found: list[Settled], now: int) -> None:
    from parley.presentation import office_page

    for one in found:
        output.title(output.foreign(office_page.name(output, one)))
        identifier = (output.text("Identifier"), one.id.hex())
        output.facts([identifier, *office_page.hours_rows(output, one, now)], indent=4)
