"""``parley clock``: what waits, for whom, until when; reminders, and how deadlines are watched."""

from __future__ import annotations

import signal
import threading
from types import FrameType
from typing import TYPE_CHECKING, Annotated, Literal

from cyclopts import App, Parameter
from cyclopts.validators import Number

from parley.cli import access, examples, options
from parley.cli.options import ACTING, Acting, Opening
from parley.cli.terminal import Terminal
from parley.domain.act import Precedence
from parley.domain.escalation import Rung
from parley.presentation import acts, clock_page, times

if TYPE_CHECKING:
    from parley.application.watch import Ticked

app = App(name="clock", help="What waits, for whom, until when; how deadlines are watched.")

Flag = Parameter(negative="", show_default=False)


@app.command(name="list", help_epilogue=examples.of("clock list"))
def list_(
    *,
    ours: Annotated[bool, Flag, Parameter(help="only what waits for us")] = False,
    theirs: Annotated[bool, Flag, Parameter(help="only what waits for the others")] = False,
    mine: Annotated[
        bool, Flag, Parameter(help="only of offices in which the officer has a post")
    ] = False,
    overdue: Annotated[bool, Flag, Parameter(help="only what is past its deadline")] = False,
    before: Annotated[
        str | None, Parameter(help="only what ends before: a day, a time, or 14d from now")
    ] = None,
    channel: Annotated[
        str | None, Parameter(help="only this channel: label, the other's code, or identifier")
    ] = None,
    count: Annotated[
        int, Parameter(help="so many at most", validator=Number(gte=1, lte=10_000))
    ] = 50,
    acting: Acting = ACTING,
) -> None:
    """List what is due, the first deadline first, the more urgent before the less.

    Both clocks stand beside each other: since receipt, and since transmission for
    what was never receipted. A deadline on a holiday, or at an hour at which the
    office does not work, says so: it does not move.
    """
    from parley.application import channels, today

    output = Terminal(acting)
    officer = options.officer_of(acting)
    with access.opened(acting, output) as desk:
        now = desk.clock()
        until = None if before is None else times.moment(before, now)
        if overdue:
            until = now if until is None else min(now, until)
        page = today.waiting(
            desk,
            officer,
            ours=None if ours == theirs else ours,
            mine=mine,
            before=until,
            channel=channels.find(desk, channel) if channel is not None else None,
            count=count,
        )
    output.emit(
        [clock_page.plain(one) for one in page.waiting],
        lambda: clock_page.render(output, page, now),
    )


@app.command(help_epilogue=examples.of("clock escalate"))
def escalate(
    case: Annotated[str, Parameter(name="CASE", help="start of its number: 4 digits or more")],
    /,
    *,
    to: Annotated[Literal["deputy", "head", "next-channel"], Parameter(help="how far up")] = "head",
    acting: Acting = ACTING,
) -> None:
    """Have deputy, head or next channel told of a case at once, at any hour.

    Whoever is on duty need not wait until a deadline has passed. No deadline moves.
    """
    from parley.application import cases, escalating

    output = Terminal(acting)
    officer = options.officer_of(acting)
    with access.opened(acting, output) as desk:
        channel, found = cases.find(desk, officer, case)
        told = escalating.escalate(desk, officer, channel, found, Rung(to))
    output.emit(
        {"case": found.hex(), "to": to, "told": list(told)},
        lambda: output.say(
            output.text(
                "Told of the case {case}: {officers}.",
                case=acts.short(found),
                officers=output.translator.join(told),
            )
        ),
    )


@app.command(help_epilogue=examples.of("clock tick"))
def tick(*, opening: Opening = options.OPENING) -> None:
    """Raise every reminder and every escalation whose time has come, once.

    A desk that is served does this by itself. What came due while it was off is
    told once for each deadline.
    """
    from parley.application import watch

    output = Terminal(opening)
    with access.opened(opening, output) as desk:
        ticked = watch.tick(desk)
    _show(output, ticked)


@app.command(help_epilogue=examples.of("clock run"))
def run(*, opening: Opening = options.OPENING) -> None:
    """Watch the deadlines until SIGINT (Ctrl-C) or SIGTERM, for a desk that is not served."""
    from parley.node import logs, timekeeper

    output = Terminal(opening)
    stop = threading.Event()

    def end(_number: int, _frame: FrameType | None) -> None:
        stop.set()

    def told(ticked: Ticked) -> None:
        if ticked.raised:
            _show(output, ticked)

    with access.opened(opening, output) as desk:
        logs.set_up()
        before = {number: signal.signal(number, end) for number in (signal.SIGINT, signal.SIGTERM)}
        try:
            timekeeper.run(desk, stop, told)
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)


@app.command(help_epilogue=examples.of("clock plans"))
def plans(*, opening: Opening = options.OPENING) -> None:
    """Show how deadlines of each precedence are watched."""
    from parley.application import offices

    output = Terminal(opening)
    with access.opened(opening, output) as desk:
        found = offices.plans(desk)
    output.emit(
        [clock_page.plain_plan(precedence, plan) for precedence, plan in found.items()],
        lambda: clock_page.render_plans(output, found),
    )


@app.command(help_epilogue=examples.of("clock plan"))
def plan(
    precedence: Literal["routine", "priority", "immediate", "flash"],
    /,
    *,
    before: Annotated[
        str | None, Parameter(help="reminders: how long before the deadline, such as 7d,1d,4h")
    ] = None,
    deputy: Annotated[
        str | None, Parameter(help="how long after it the deputy is told; never: not")
    ] = None,
    head: Annotated[str | None, Parameter(help="the head; never: not")] = None,
    next_channel: Annotated[str | None, Parameter(help="the next channel; never: not")] = None,
    any_hour: Annotated[
        bool | None,
        Parameter(negative="--working-hours", help="wake people at any hour, or at work only"),
    ] = None,
    default: Annotated[bool, Flag, Parameter(help="go back to what Parley proposes")] = False,
    acting: Acting = ACTING,
) -> None:
    """Set how deadlines of one precedence are watched; what is not given stays.

    After the deadline, time counts while the office works; for those who are woken
    at any hour, all time counts. Once there is an administrator, an administrator
    does this.
    """
    from parley.application import offices
    from parley.presentation import office_page

    output = Terminal(acting)
    level = Precedence[precedence.upper()]
    with access.opened(acting, output) as desk:
        by = options.officer_if_named(acting)
        known = offices.plans(desk)[level]
        wanted = office_page.plan(
            known,
            before=before,
            deputy=deputy,
            head=head,
            next_channel=next_channel,
            any_hour=any_hour,
        )
        offices.set_plan(desk, level, None if default else wanted, by=by)
        found = offices.plans(desk)[level]
    output.emit(
        clock_page.plain_plan(level, found),
        lambda: clock_page.render_plans(output, {level: found}),
    )


def _show(output: Terminal, ticked: Ticked) -> None:
    output.emit(clock_page.plain_ticked(ticked), lambda: clock_page.render_ticked(output, ticked))
