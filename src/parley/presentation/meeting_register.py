"""The register of meetings on a screen and for programs; a silent side is shown as silent."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from parley.application.meetings import PAGE, Declared, Denied, Line, Page, Period
from parley.domain import dates
from parley.kernel.errors import ParleyError
from parley.kernel.reasons import Reason
from parley.presentation import case_page
from parley.presentation.acts import short
from parley.presentation.kinds.common import Plain, member, side

if TYPE_CHECKING:
    from collections.abc import Sequence

    from parley.presentation.output import Output

FIRST: Final = "0001"
LAST: Final = "9999"


def period(first: str | None, last: str | None) -> Period:
    """The period between two days, months or years; without them, all time.

    :raises ParleyError: ``argument-invalid``, ``dates-disordered``.
    """
    found = Period(first or FIRST, last or LAST)
    for name, day in (("--from", found.first), ("--to", found.last)):
        if not dates.is_date(day):
            choices = "2017-07-07, 2017-07, 2017"
            raise ParleyError(Reason.ARGUMENT_INVALID, value=day, name=name, choices=choices)
    if dates.end(found.last) <= dates.start(found.first):
        raise ParleyError(Reason.DATES_DISORDERED)
    return found


# --- for programs --------------------------------------------------------------------------------


def plain(line: Line) -> Plain:
    """A meeting of the register for programs."""
    channel = line.channel
    return {
        "case": line.case.hex(),
        "channel": channel.id.hex(),
        "label": channel.label,
        "peer": channel.peer.text.code,
        "demonstration": channel.demonstration,
        "subject": line.subject,
        "form": line.meeting.form,
        "level": line.meeting.level,
        "declared": {
            str(side(channel, index)): [_plain_declared(one) for one in words]
            for index, words in enumerate(line.declared)
        },
        "denials": [
            {
                "by": side(channel, denial.author),
                "case": denial.case.hex(),
                "statement": denial.statement.hex(),
                "signed_at": denial.signed_at,
            }
            for denial in line.denials
        ],
    }


def _plain_declared(one: Declared) -> Plain:
    return {"held": one.held, "statement": one.statement.hex(), "signed_at": one.signed_at}


# --- for people ----------------------------------------------------------------------------------


def render(output: Output, found: Page, page: int) -> None:
    """Print the register: a line for each meeting, each side's word in a column of its own."""
    if not found.total:
        output.say(output.text("No side has declared a meeting in this period."))
        return
    if any(line.channel.demonstration for line in found.lines):
        output.say(output.demonstration(), style="bold")
    output.table(
        [
            output.text("Case"),
            output.text("With"),
            output.text("Meeting"),
            output.text("Declared by us"),
            output.text("Declared by the other side"),
            output.text("Denied"),
        ],
        [_row(output, line) for line in found.lines],
    )
    if found.total > len(found.lines):
        first = (max(page, 1) - 1) * PAGE
        output.say(
            output.text(
                "Meetings {first:number} to {last:number} of {total:number}; others: --page.",
                first=min(first + 1, found.total),
                last=min(first + PAGE, found.total),
                total=found.total,
            )
        )
    output.say(
        output.text(
            "The days are as each side gave them. No statement means that a side has said "
            "nothing here, neither that it took place nor that it did not."
        )
    )


def _row(output: Output, line: Line) -> list[str]:
    channel = line.channel
    return [
        short(line.case),
        channel.peer.text.code,
        f"{case_page.in_language(output, line.subject)}\n{output.name(line.meeting.form)}",
        _declared(output, line.declared[channel.own_index]),
        _declared(output, line.declared[channel.peer_index]),
        "\n".join(_denied(output, line, denial) for denial in line.denials) or "\u2014",
    ]


def _declared(output: Output, words: Sequence[Declared]) -> str:
    """Every declaration of a side, the latest first: the latest counts, the others stay."""
    lines = [
        output.text("{day}, said {time}", day=one.held, time=output.time(one.signed_at))
        for one in reversed(words)
    ]
    return "\n".join(lines) or output.text("no statement")


def _denied(output: Output, line: Line, denial: Denied) -> str:
    return output.text(
        "by {party}, case {case}, said {time}",
        party=member(output, line.channel, denial.author),
        case=short(denial.case),
        time=output.time(denial.signed_at),
    )
