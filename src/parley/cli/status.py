"""``parley status``: how every channel stands, and what is wrong where something is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from parley.cli import access, options
from parley.cli.options import Opening
from parley.cli.terminal import Terminal
from parley.presentation import channel_page, views

if TYPE_CHECKING:
    from parley.application.channels import Standing


def status(*, opening: Opening = options.OPENING) -> None:
    """Show how every channel stands.

    Ours and theirs count statements; receipted are those of ours whose receipt
    we hold. Both records agree to (p, q) where either side has cosigned that it
    holds p of our statements and q of theirs.
    """
    from parley.application import channels, house_record
    from parley.presentation import house_page

    output = Terminal(opening)
    with access.opened(opening, output) as desk:
        standings = channels.standings(desk)
        letter = desk.letter
        house = house_record.extent(desk)

    def show() -> None:
        _render(output, letter.name(output.language), standings)
        if house.generation:
            output.say(house_page.set_back(output, house.generation), style="bold red")

    plain = {
        "party": views.letter(letter),
        "channels": [views.standing(one) for one in standings],
        "house": house._asdict(),
    }
    output.emit(plain, show)


def _render(output: Terminal, own: str, standings: list[Standing]) -> None:
    if not standings:
        output.say(output.text("{party} has no channel yet.", party=own))
        output.next_steps("parley letter export", "parley letter accept THEIR.letter")
        return
    render(output, standings)


def render(output: Terminal, standings: list[Standing]) -> None:
    """Print channels as a table, and below it what is wrong with each."""
    if any(one.channel.demonstration for one in standings):
        output.say(output.demonstration(), style="bold")
    output.table(
        [
            output.text("Channel"),
            output.text("With"),
            output.text("State"),
            output.text("Ours"),
            output.text("Theirs"),
            output.text("Receipted"),
            output.text("Both agree to"),
            output.text("Under way"),
            output.text("Last contact"),
        ],
        [_row(output, one) for one in standings],
    )
    for one in standings:
        channel_page.render_trouble(output, one)


def _row(output: Terminal, one: Standing) -> list[str]:
    peer = one.channel.peer
    return [
        output.foreign(one.channel.label),
        output.foreign(f"{peer.name(output.language)} ({peer.text.code})"),
        channel_page.state(output, one.state),
        str(one.own),
        str(one.peer),
        str(one.receipted),
        f"({one.agreed_own}, {one.agreed_peer})",
        str(one.own - one.receipted),
        output.time(one.last_contact_at),
    ]
