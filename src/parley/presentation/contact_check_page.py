"""Communication checks as a person reads them, and as a program does."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from parley.application import contact_checks
from parley.presentation.kinds.common import Plain, left

if TYPE_CHECKING:
    from parley.application.contact_checks import Checked, Scheduled, Statistics
    from parley.presentation.output import Output


def plain_checks(found: Sequence[Checked], now: int) -> Plain:
    """Checks and their statistics for programs; times are seconds since the epoch."""
    return {
        "checks": [
            {
                "statement": one.check.id.hex(),
                "scenario": one.check.scenario,
                "office": one.check.office or None,
                "sent_at": one.sent_at,
                "received_at": one.received_at,
                "due_at": one.due_at,
                "answered_at": one.answered_at,
                "outcome": one.outcome.value,
            }
            for one in found
        ],
        "statistics": {
            "all": _plain_statistics(contact_checks.statistics(found)),
            "last_year": _plain_statistics(
                contact_checks.statistics(found, now - contact_checks.YEAR)
            ),
        },
    }


def _plain_statistics(counted: Statistics) -> Plain:
    return dict(counted._asdict())


def render_checks(output: Output, found: Sequence[Checked], now: int) -> None:
    """Print checks, the newest last, and how they are counted."""
    if not found:
        output.say(output.text("There was no communication check yet."))
        return
    output.table(
        [
            output.text("Sent"),
            output.text("Scenario"),
            output.text("Office"),
            output.text("Received"),
            output.text("Answered"),
            output.text("Result"),
        ],
        [
            [
                output.time(one.sent_at),
                output.name(one.check.scenario),
                str(one.check.office or "\u2014"),
                output.time(one.received_at),
                output.time(one.answered_at),
                _outcome(output, one, now),
            ]
            for one in found
        ],
    )
    output.say()
    output.table(
        [
            output.text("Statistics"),
            output.text("Checks"),
            output.text("Answered"),
            output.text("Late"),
            output.text("Failed"),
            output.text("Waiting"),
            output.text("Median time"),
        ],
        [
            _row(output, output.text("Last 365 days"), found, now - contact_checks.YEAR),
            _row(output, output.text("Ever"), found, 0),
        ],
    )


def _outcome(output: Output, one: Checked, now: int) -> str:
    word = output.name(one.outcome.value)
    if one.outcome != contact_checks.Outcome.WAITING:
        return word
    return output.text("{what}, {left}", what=word, left=left(output, one.due_at, now))


def _row(output: Output, title: str, found: Sequence[Checked], since: int) -> list[str]:
    counted = contact_checks.statistics(found, since)
    seconds = counted.median_seconds
    return [
        title,
        str(counted.checks),
        str(counted.answered),
        str(counted.late),
        str(counted.failed),
        str(counted.waiting),
        "\u2014" if seconds is None else output.translator.duration(seconds),
    ]


def plain_schedule(rows: Sequence[Scheduled]) -> Plain:
    """What is due by schedule, for programs."""
    return {
        "directories": [
            {
                "channel": one.directory.channel.id.hex(),
                "peer": one.directory.channel.peer.text.code,
                "due_at": one.next_at,
                "sent": one.sent.hex() if one.sent else None,
            }
            for one in rows
        ]
    }


def render_schedule(output: Output, rows: Sequence[Scheduled], now: int) -> None:
    """Print what is due by schedule, and what was sent."""
    if not rows:
        output.say(output.text("No other side has a directory yet."))
        return
    output.table(
        [output.text("With"), output.text("Due"), output.text("Check")],
        [
            [
                one.directory.channel.peer.text.code,
                "\u2014"
                if one.next_at is None
                else f"{output.time(one.next_at)}\n{left(output, one.next_at, now)}",
                output.text("sent now") if one.sent else output.text("not due"),
            ]
            for one in rows
        ],
    )
