"""``parley retention``: until when texts are kept, and which cases are under a legal hold."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

from cyclopts import App, Parameter

from parley.application.holds import GROUNDS
from parley.application.retention import AGREED
from parley.cli import access, examples, options
from parley.cli.options import Acting
from parley.cli.terminal import Terminal
from parley.presentation import acts
from parley.presentation.kinds.common import left

if TYPE_CHECKING:
    from parley.application.retention import Expiry
    from parley.record.channel import Channel
    from parley.store.erasures import HoldRow

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
        [_plain(one, now) for one in found],
        lambda: _render(output, found, now),
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
        _plain_hold(channel, made),
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

    def render() -> None:
        if not found:
            output.say(output.text("No case is under a legal hold."))
            return
        output.table(
            [
                output.text("Hold"),
                output.text("Case"),
                output.text("Ground"),
                output.text("Placed"),
                output.text("Lifted"),
            ],
            [
                [
                    str(one.number),
                    acts.short(one.case_id),
                    output.name(one.ground),
                    f"{output.time(one.placed_at)} {one.placed_by}",
                    f"{output.time(one.lifted_at)} {one.lifted_by}" if one.lifted_at else "\u2014",
                ]
                for _channel, one in found
            ],
        )

    output.emit([_plain_hold(channel, one) for channel, one in found], render)


def _plain_hold(channel: Channel, one: HoldRow) -> dict[str, Any]:
    return {
        "hold": one.number,
        "channel": channel.id.hex(),
        "case": one.case_id.hex(),
        "ground": one.ground,
        "placed_by": one.placed_by,
        "placed_at": one.placed_at,
        "lifted_by": one.lifted_by,
        "lifted_at": one.lifted_at,
    }


def _plain(one: Expiry, now: int) -> dict[str, Any]:
    return {
        "case": one.row.case_id.hex(),
        "channel": one.channel.id.hex(),
        "kind": one.row.kind,
        "expires_at": one.at,
        "expired": one.is_expired(now),
        "rests_on": one.rests_on,
        "bodies": one.bodies,
        "held": one.held,
        "proposed": one.proposed,
    }


def _render(output: Terminal, found: list[Expiry], now: int) -> None:
    if not found:
        output.say(output.text("No retention has expired, or will soon."))
        return
    output.table(
        [
            output.text("Case"),
            output.text("Kind"),
            output.text("Retention"),
            output.text("Rests on"),
            output.text("Bodies"),
            output.text("Remark"),
        ],
        [
            [
                acts.short(one.row.case_id),
                output.name(one.row.kind),
                output.time(one.at) if one.is_expired(now) else left(output, one.at, now),
                output.text("what was agreed")
                if one.rests_on == AGREED
                else output.text("the rule of the house"),
                str(one.bodies),
                _remark(output, one),
            ]
            for one in found
        ],
    )
    if any(one.is_expired(now) and not (one.held or one.proposed) for one in found):
        output.next_steps("parley erasure propose --expired")


def _remark(output: Terminal, one: Expiry) -> str:
    if one.held:
        return output.text("legal hold")
    return output.text("erasure under way") if one.proposed else "\u2014"
