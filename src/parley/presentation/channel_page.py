"""How a channel stands, and what is wrong with it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from parley.kernel.reasons import Reason
from parley.presentation import acts

if TYPE_CHECKING:
    from parley.application.channels import Standing
    from parley.presentation.output import Output


def state(output: Output, state: str) -> str:
    """What the state of a channel is called."""
    match state:
        case "open":
            return output.text("open")
        case "recovering":
            return output.text("recovering")
        case _:
            return output.text("halted")


def render_trouble(output: Output, one: Standing) -> None:
    """Print what is wrong with a channel, in sentences; nothing where nothing is."""
    _render_halt(output, one)
    _render_delivery(output, one)
    _render_kept(output, one)


def _render_halt(output: Output, one: Standing) -> None:
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


def _render_delivery(output: Output, one: Standing) -> None:
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


def _render_kept(output: Output, one: Standing) -> None:
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
