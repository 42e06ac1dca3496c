"""``parley channel``: how one channel stands, and opening it again after it was halted."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

from cyclopts import App, Parameter

from parley.cli import access, examples, options
from parley.cli.options import Acting, Opening
from parley.cli.terminal import Terminal
from parley.presentation import views

if TYPE_CHECKING:
    from parley.application.channels import Standing
    from parley.store.channels import ReopeningRow

app = App(name="channel", help="One channel: how it stands, and going on after a fork.")

_CHANNEL = Parameter(name="CHANNEL", help="label, the other's code, or identifier")


@app.command(help_epilogue=examples.of("channel show"))
def show(
    channel: Annotated[str | None, _CHANNEL] = None,
    /,
    *,
    opening: Opening = options.OPENING,
) -> None:
    """Show how a channel stands, and who decided what after it was halted."""
    from parley.application import channels, reopening
    from parley.cli import status

    output = Terminal(opening)
    with access.opened(opening, output) as desk:
        found = channels.find(desk, channel)
        standing = next(one for one in channels.standings(desk) if one.channel.id == found.id)
        words = reopening.history(desk, found)
    value = {**views.standing(standing), "decisions": [_plain(word) for word in words]}

    def render() -> None:
        status.render(output, [standing])
        _render_words(output, standing, words)

    output.emit(value, render)


@app.command(help_epilogue=examples.of("channel reopen"))
def reopen(
    channel: Annotated[str, _CHANNEL],
    /,
    *,
    reason: Annotated[str, Parameter(help="why, one line, for the house's own record")],
    acting: Acting = options.ACTING,
) -> None:
    """Ask that a halted channel be opened again; it is when two officers have.

    One must be an authoriser and the other a legal reviewer. What goes on is what
    our record holds: what contradicts it stays refused, and the evidence is kept.
    """
    from parley.application import channels, reopening

    output = Terminal(acting)
    officer = options.officer_of(acting)
    with access.opened(acting, output) as desk:
        found = channels.find(desk, channel)
        decision = reopening.reopen(desk, officer, found, reason)
    value = {"channel": views.channel(found), "open": decision.effective, **_plain(decision.row)}

    def render() -> None:
        code = found.peer.text.code
        if decision.effective:
            output.say(output.text("The channel with {code} is open again.", code=code))
            output.say(
                output.text(
                    "What contradicts our record stays refused, and the evidence stays kept."
                )
            )
        else:
            output.say(
                output.text(
                    "Kept. The channel with {code} stays halted until a second officer agrees: "
                    "an authoriser and a legal reviewer have to.",
                    code=code,
                )
            )

    output.emit(value, render)


def _plain(word: ReopeningRow) -> dict[str, Any]:
    return {
        "officer": word.officer,
        "roles": word.roles.split(),
        "halted": word.halted,
        "reason": word.reason,
        "at": word.at,
        "effective": word.effective,
    }


def _render_words(output: Terminal, standing: Standing, words: list[ReopeningRow]) -> None:
    for word in words:
        facts = {"at": output.time(word.at), "officer": word.officer, "why": word.reason}
        output.say(
            output.text("{at}: {officer} opened the channel again: {why}", **facts)
            if word.effective
            else output.text(
                "{at}: {officer} asked that the channel be opened again: {why}", **facts
            )
        )
    if standing.state == "halted" and not any(word.effective for word in words[-1:]) and words:
        output.say(output.text("A second officer has to agree before anything is sent again."))
