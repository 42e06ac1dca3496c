"""``parley status``: how every channel stands, and what is wrong where something is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from parley.cli import access, options
from parley.cli.options import Opening
from parley.cli.terminal import Terminal
from parley.kernel.reasons import Reason
from parley.presentation import acts, views

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
        _render_trouble(output, one)


def _row(output: Terminal, one: Standing) -> list[str]:
    peer = one.channel.peer
    return [
        output.foreign(one.channel.label),
        output.foreign(f"{peer.name(output.language)} ({peer.text.code})"),
        _state(output, one.state),
        str(one.own),
        str(one.peer),
        str(one.receipted),
        f"({one.agreed_own}, {one.agreed_peer})",
        str(one.own - one.receipted),
        output.time(one.last_contact_at),
    ]


def _state(output: Terminal, state: str) -> str:
    match state:
        case "open":
            return output.text("open")
        case "recovering":
            return output.text("recovering")
        case _:
            return output.text("halted")


def _render_trouble(output: Terminal, one: Standing) -> None:
    """What is wrong with a channel, in sentences; nothing where nothing is."""
    _render_halt(output, one)
    _render_delivery(output, one)
    _render_kept(output, one)


def _render_halt(output: Terminal, one: Standing) -> None:
    """Why the channel stands still, what its witnesses saw, and who opened it again."""
    name = one.channel.peer.text.code
    if one.reason is not None:
        if one.state == "recovering":
            said = output.text(
                "{code}: the channel is read-only, and is being recovered.", code=name
            )
        else:
            said = output.text("{code}: the channel is halted.", code=name)
        output.say(said, style="bold red")
        output.say(acts.said(output, one.reason, advise=True), indent=4)
    for contact in one.witnesses:
        if contact.reason is not None:
            output.say(
                output.text(
                    "{code}: something was wrong with the witness {witness}.",
                    code=name,
                    witness=contact.witness,
                )
            )
            output.say(acts.said(output, contact.reason, advise=True), indent=4)
    if one.reopened_at is not None:
        output.say(
            output.text(
                "{code}: the channel was halted, and our officers opened it again on {at}.",
                code=name,
                at=output.time(one.reopened_at),
            )
        )


def _render_delivery(output: Terminal, one: Standing) -> None:
    """Why nothing of ours arrives, or is not signed."""
    name = one.channel.peer.text.code
    if one.last_reason is not None:
        output.say(
            output.plural(
                "{code}: the last attempt to deliver failed.",
                "{code}: the last {n} attempts to deliver failed.",
                max(1, one.attempts),
                code=name,
            )
        )
        output.say(acts.said(output, one.last_reason, advise=True), indent=4)
    if one.epoch_waiting:
        output.say(
            output.text(
                "{code}: our new keys sign here when the other side has said what it holds.",
                code=name,
            )
        )
    if one.letter_expired:
        output.say(acts.said(output, Reason.LETTER_EXPIRED.value, advise=True), indent=4)


def _render_kept(output: Terminal, one: Standing) -> None:
    """What is kept of what the other side did wrong."""
    name = one.channel.peer.text.code
    if one.evidence:
        output.say(
            output.plural(
                "{code}: {n} proof of misconduct is kept as evidence.",
                "{code}: {n} proofs of misconduct are kept as evidence.",
                one.evidence,
                code=name,
            ),
            style="bold red",
        )
    if one.quarantined:
        output.say(
            output.plural(
                "{code}: {n} refused message is kept in quarantine.",
                "{code}: {n} refused messages are kept in quarantine.",
                one.quarantined,
                code=name,
            )
        )
