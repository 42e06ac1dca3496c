"""What the pages of all kinds of cases say alike: who, how long still."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from parley.domain.clocks import ENDING

if TYPE_CHECKING:
    from parley.application.cases import CaseView
    from parley.domain.shape import ClockKind
    from parley.presentation.output import Output
    from parley.record.channel import Channel

Plain = dict[str, Any]


def member(output: Output, channel: Channel, index: int | None) -> str:
    """A member of the channel, as we see it."""
    if index is None:
        return output.text("nobody")
    code = channel.letter(index).text.code
    if index == channel.own_index and output.at_home:
        return output.text("us ({code})", code=code)
    return output.foreign(code)


def left(output: Output, at: int, now: int, kind: ClockKind | None = None) -> str:
    """What is left until ``at``, or how long it has passed; a clock may end with nothing due."""
    length = output.translator.duration(at - now)
    if at >= now:
        return output.text("{length} left", length=length)
    if kind in ENDING:
        return output.text("ended {length} ago", length=length)
    return output.text("overdue by {length}", length=length)


def side(channel: Channel, index: int | None) -> str | None:
    """``own`` or ``peer``."""
    if index is None:
        return None
    return "own" if index == channel.own_index else "peer"


def numbered(view: CaseView) -> dict[bytes, int]:
    """The number under which a page shows each act, by its identifier."""
    return {act.entry.leaf: number for number, act in enumerate(view.acts, 1)}
