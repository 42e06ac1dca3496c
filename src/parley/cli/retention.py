"""``parley retention``: until when texts are kept, and which cases are under a legal hold."""

from __future__ import annotations

from typing import Annotated

from cyclopts import App, Parameter

from parley.application.holds import GROUNDS
from parley.cli import access, examples, options
from parley.cli.options import Acting
from parley.cli.terminal import Terminal
from parley.presentation import acts, retention_page

_DAY = 86_400

app = App(name="retention", help="What is kept until when, and legal holds.")


@app.command(name="list", help_epilogue=examples.of("retention list"))
def list_(
    *,
    within: Annotated[int, Parameter(help="and what expires within so many days")] = 30,
    acting: Acting = options.ACTING,
) -> None:
    """List cases whose texts have outlived their retention, or soon will.

    By what an accepted share says, and by the house's own rule for each kind of
    case (retention-days in parley.toml). Nothing is erased by itself: parley
    erasure propose --expired drafts the proposals.
    """
    from parley.application import retention

    output = Terminal(acting)
    officer = options.officer_of(acting)
    with access.opened(acting, output) as desk:
        found = retention.every(desk, officer, within=within * _DAY)
        now = desk.clock()
    output.emit(
        [retention_page.plain(one, now) for one in found],
        lambda: retention_page.render(output, found, now),
    )


@app.command(help_epilogue=examples.of("retention hold"))
def hold(
    case: Annotated[str, Parameter(name="CASE", help="start of its number")],
    /,
    *,
    ground: Annotated[str, Parameter(help=", ".join(GROUNDS))],
    acting: Acting = options.ACTING,
) -> None:
    """Put a case under a legal hold: this house erases nothing of it from now on."""
    from parley.application import cases, holds

    output = Terminal(acting)
    officer = options.officer_of(acting)
    with access.opened(acting, output) as desk:
        channel, identifier = cases.find(desk, officer, case)
        made = holds.place(desk, officer, channel, identifier, ground)
    output.emit(
        retention_page.plain_hold(channel, made),
        lambda: output.say(
            output.text(
                "Hold {number} is on the case {case}.",
                number=made.number,
                case=acts.short(made.case_id),
            )
        ),
    )


@app.command(help_epilogue=examples.of("retention lift"))
def lift(
    number: Annotated[int, Parameter(name="HOLD", help="its number: parley retention holds")],
    /,
    *,
    acting: Acting = options.ACTING,
) -> None:
    """Lift a legal hold. Never by whoever placed it."""
    from parley.application import holds

    output = Terminal(acting)
    officer = options.officer_of(acting)
    with access.opened(acting, output) as desk:
        lifted = holds.lift(desk, officer, number)
    output.emit(
        {"hold": lifted.number, "case": lifted.case_id.hex(), "lifted_at": lifted.lifted_at},
        lambda: output.say(output.text("Hold {number} is lifted.", number=number)),
    )


@app.command(help_epilogue=examples.of("retention holds"))
def holds(*, acting: Acting = options.ACTING) -> None:
    """List legal holds, lifted ones too."""
    from parley.application import holds as uses

    output = Terminal(acting)
    officer = options.officer_of(acting)
    with access.opened(acting, output) as desk:
        found = uses.every(desk, officer)

    output.emit(
        [retention_page.plain_hold(channel, one) for channel, one in found],
        lambda: retention_page.render_holds(output, found),
    )
