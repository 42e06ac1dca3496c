"""``parley roster``: who is on duty, and handing duty over with a note."""

from __future__ import annotations

from typing import Annotated

from cyclopts import App, Parameter

from parley.cli import access, examples, options
from parley.cli.options import Acting
from parley.cli.terminal import Terminal
from parley.presentation import roster_page, times
from parley.presentation.views import office_of

app = App(name="roster", help="Who is on duty, and handing duty over.")

_Number = Annotated[int, Parameter(help="its number: parley roster handovers")]


@app.command(help_epilogue=examples.of("roster plan"))
def plan(
    name: Annotated[str, Parameter(help="a duty officer")],
    /,
    *,
    until: Annotated[str, Parameter(name="--until", help="time, day, or length such as 8h")],
    start: Annotated[
        str | None, Parameter(name="--from", help="time, day, or length from now; now")
    ] = None,
    rank: Annotated[int, Parameter(name="--rank", help="1 is told first, then 2")] = 1,
    office: Annotated[
        str | None, Parameter(name="--office", help="number or name in our letter; the house")
    ] = None,
    acting: Acting = options.ACTING,
) -> None:
    """Put an officer on duty for a time. Authorisers and administrators do."""
    from parley.application import roster

    output = Terminal(acting)
    by = options.officer_of(acting)
    with access.opened(acting, output) as desk:
        now = desk.clock()
        starts_at = now if start is None else times.moment(start, now)
        where = b"" if office is None else office_of(desk.letter, office, output.language)
        ends_at = times.moment(until, now)
        row = roster.plan(desk, by, name, starts_at, ends_at, rank=rank, office=where)
    output.emit(
        roster_page.plain_shift(row),
        lambda: output.say(
            output.text(
                "Shift {number}: {officer} is on duty from {start} to {end}.",
                number=row.number,
                officer=row.officer,
                start=output.time(row.starts_at),
                end=output.time(row.ends_at),
            )
        ),
    )


@app.command(help_epilogue=examples.of("roster remove"))
def remove(
    number: Annotated[int, Parameter(help="its number: parley roster list")],
    /,
    *,
    acting: Acting = options.ACTING,
) -> None:
    """Take a shift off the roster."""
    from parley.application import roster

    output = Terminal(acting)
    by = options.officer_of(acting)
    with access.opened(acting, output) as desk:
        roster.remove(desk, by, number)
    output.emit(
        {"shift": number, "removed": True},
        lambda: output.say(output.text("Shift {number} is off the roster.", number=number)),
    )


@app.command(name="list", help_epilogue=examples.of("roster list"))
def list_(
    *,
    at: Annotated[
        str | None, Parameter(name="--at", help="only who is on duty then: time, day, or length")
    ] = None,
    acting: Acting = options.ACTING,
) -> None:
    """List who is on duty now and later, the first to be told first."""
    from parley.application import roster

    output = Terminal(acting)
    officer = options.officer_of(acting)
    with access.opened(acting, output) as desk:
        now = desk.clock()
        if at is None:
            found = roster.shifts(desk, officer, now)
        else:
            moment = times.moment(at, now)
            found = roster.shifts(desk, officer, moment, moment + 1)
        names = {one.id: one.names for one in desk.letter.text.offices}
    output.emit(
        [roster_page.plain_shift(row) for row in found],
        lambda: roster_page.render_shifts(output, found, names),
    )


@app.command(name="hand-over", help_epilogue=examples.of("roster hand-over"))
def hand_over(
    name: Annotated[str, Parameter(help="the duty officer who is to take it")],
    /,
    *,
    note: Annotated[str, Parameter(name="--note", help="what the other has to know")],
    acting: Acting = options.ACTING,
) -> None:
    """Offer one's duty to another, with a note and with what is open.

    What is due, which alerts nobody has acknowledged and which drafts are open
    goes with it. One stays on duty until the other takes it.
    """
    from parley.application import roster

    output = Terminal(acting)
    officer = options.officer_of(acting)
    with access.opened(acting, output) as desk:
        row = roster.hand_over(desk, officer, name, note)
    output.emit(
        roster_page.plain_handover(row),
        lambda: output.say(
            output.text(
                "Handover {number} waits for {officer}, who is told of it.",
                number=row.number,
                officer=row.taking,
            )
        ),
    )


@app.command(help_epilogue=examples.of("roster take"))
def take(number: _Number, /, *, acting: Acting = options.ACTING) -> None:
    """Take the duty that another has offered, and read the note."""
    from parley.application import roster

    output = Terminal(acting)
    officer = options.officer_of(acting)
    with access.opened(acting, output) as desk:
        found = roster.take_over(desk, officer, number)

    def render() -> None:
        output.say(output.text("You are on duty."))
        roster_page.render_handover(output, found)

    output.emit(roster_page.plain_whole(found), render)


@app.command(help_epilogue=examples.of("roster note"))
def note(number: _Number, /, *, acting: Acting = options.ACTING) -> None:
    """Read the note of a handover that one left or took."""
    from parley.application import roster

    output = Terminal(acting)
    officer = options.officer_of(acting)
    with access.opened(acting, output) as desk:
        found = roster.read(desk, officer, number)
    output.emit(roster_page.plain_whole(found), lambda: roster_page.render_handover(output, found))


@app.command(help_epilogue=examples.of("roster handovers"))
def handovers(*, acting: Acting = options.ACTING) -> None:
    """List the handovers that one left or takes, the newest first."""
    from parley.application import roster

    output = Terminal(acting)
    officer = options.officer_of(acting)
    with access.opened(acting, output) as desk:
        found = roster.handovers(desk, officer)
    output.emit(
        [roster_page.plain_handover(row) for row in found],
        lambda: roster_page.render_handovers(output, found),
    )
