"""What ``parley retention`` shows: until when texts are kept, by which rule, and legal holds."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from parley.application.retention import AGREED
from parley.presentation import acts
from parley.presentation.kinds.common import left

if TYPE_CHECKING:
    from parley.application.retention import Expiry
    from parley.presentation.output import Output
    from parley.record.channel import Channel
    from parley.store.erasures import HoldRow


def plain_hold(channel: Channel, one: HoldRow) -> dict[str, Any]:
    """A hold for programs."""
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


def plain(one: Expiry, now: int) -> dict[str, Any]:
    """An end of retention for programs."""
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


def render(output: Output, found: list[Expiry], now: int) -> None:
    """Print what expires when, the earliest first."""
    if not found:
        output.say(nothing(output))
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
                until(output, one, now),
                rule(output, one),
                str(one.bodies),
                remark(output, one),
            ]
            for one in found
        ],
    )
    if any(is_due(one, now) for one in found):
        output.next_steps("parley erasure propose --expired")


def is_due(one: Expiry, now: int) -> bool:
    """Whether an erasure can be proposed of it now."""
    return one.is_expired(now) and not (one.held or one.proposed)


def nothing(output: Output) -> str:
    """That nothing is due."""
    return output.text("No retention has expired, or will soon.")


def until(output: Output, one: Expiry, now: int) -> str:
    """When it expired, or what is left."""
    return output.time(one.at) if one.is_expired(now) else left(output, one.at, now)


def rule(output: Output, one: Expiry) -> str:
    """On what it rests."""
    if one.rests_on == AGREED:
        return output.text("what was agreed")
    return output.text("the rule of the house")


def remark(output: Output, one: Expiry) -> str:
    """What keeps an erasure from being proposed."""
    if one.held:
        return output.text("legal hold")
    return output.text("erasure under way") if one.proposed else "\u2014"


def render_holds(output: Output, found: list[tuple[Channel, HoldRow]]) -> None:
    """Print legal holds."""
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
