"""The register of meetings: which each side has declared, for which day, and when it said so.

It is read from the cases alone. What a side has not declared is shown as no statement, and what it
denies stands beside the declaration; nothing here weighs one against the other.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from parley.cli import case_page
from parley.cli.acts import short
from parley.cli.kinds.common import Plain, member, side
from parley.domain import dates
from parley.domain.act import ActType
from parley.domain.kinds.meeting_state import Declaration, Meeting
from parley.domain.shape import Scope
from parley.kernel.errors import ParleyError
from parley.kernel.reasons import Reason

if TYPE_CHECKING:
    from collections.abc import Sequence

    from parley.application.cases import ActView, CaseView, Summary
    from parley.application.desk import Desk
    from parley.cli.output import Output

FIRST: Final = "0001"
LAST: Final = "9999"


class Period(NamedTuple):
    """The days from the first to the last, both as exact as they were asked for."""

    first: str
    last: str

    def holds(self, day: str) -> bool:
        """Whether a declared day, month or year has a day in the period."""
        return dates.start(day) < dates.end(self.last) and dates.start(self.first) < dates.end(day)


class Denial(NamedTuple):
    """A denial about a meeting, from a case of its own."""

    case: bytes
    act: ActView


class Line(NamedTuple):
    """A meeting that a side or both have declared, with what is denied about it.

    ``declared`` has the declarations of each member, by index; ``said`` when each was signed.
    """

    view: CaseView
    meeting: Meeting
    declared: tuple[tuple[Declaration, ...], ...]
    said: dict[bytes, int]
    denials: tuple[Denial, ...]


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


def read(desk: Desk, officer: str, wanted: Period, channel: str | None) -> list[Line]:
    """The meetings of a period, by the first day that a side declared."""
    from parley.application import cases, channels

    where = channels.find(desk, channel) if channel is not None else None
    summaries = cases.summaries(desk, officer, where)
    positions: dict[tuple[bytes, bytes], list[Summary]] = {}
    for summary in summaries:
        if summary.state.kind == Scope.POSITION and summary.state.about is not None:
            key = (summary.channel.id, summary.state.about)
            positions.setdefault(key, []).append(summary)
    found: list[Line] = []
    for summary in summaries:
        meeting = summary.state.substance
        if not isinstance(meeting, Meeting):
            continue
        declared = tuple(words.declarations for words in meeting.sides)
        if not any(wanted.holds(one.held) for words in declared for one in words):
            continue
        view = cases.glance(desk, officer, summary.channel, summary.row.case_id)
        denials = [
            Denial(about.row.case_id, act)
            for about in positions.get((summary.channel.id, summary.row.case_id), ())
            for act in cases.glance(desk, officer, about.channel, about.row.case_id).acts
            if act.statement.act.type == ActType.DENIAL and act.void is None
        ]
        said = {act.entry.leaf: act.entry.iat for act in view.acts}
        found.append(Line(view, meeting, declared, said, tuple(denials)))
    return sorted(found, key=lambda line: (_first(line), line.view.summary.row.case_id))


def _first(line: Line) -> int:
    return min(dates.start(one.held) for words in line.declared for one in words)


# --- for programs --------------------------------------------------------------------------------


def plain(line: Line) -> Plain:
    """A meeting of the register for programs."""
    summary = line.view.summary
    channel = summary.channel
    return {
        "case": summary.row.case_id.hex(),
        "channel": channel.id.hex(),
        "label": channel.label,
        "peer": channel.peer.text.code,
        "demonstration": channel.demonstration,
        "subject": summary.subject,
        "form": line.meeting.form,
        "level": line.meeting.level,
        "declared": {
            str(side(channel, index)): [
                {
                    "held": one.held,
                    "statement": one.id.hex(),
                    "signed_at": line.said[one.id],
                }
                for one in words
            ]
            for index, words in enumerate(line.declared)
        },
        "denials": [
            {
                "by": side(channel, denial.act.entry.author),
                "case": denial.case.hex(),
                "statement": denial.act.entry.leaf.hex(),
                "signed_at": denial.act.entry.iat,
            }
            for denial in line.denials
        ],
    }


# --- for people ----------------------------------------------------------------------------------


def render(output: Output, found: Sequence[Line]) -> None:
    """Print the register: a line for each meeting, each side's word in a column of its own."""
    if not found:
        output.say(output.text("No side has declared a meeting in this period."))
        return
    if any(line.view.summary.channel.demonstration for line in found):
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
        [_row(output, line) for line in found],
    )
    output.say(
        output.text(
            "The days are as each side gave them. No statement means that a side has said "
            "nothing here, neither that it took place nor that it did not."
        )
    )


def _row(output: Output, line: Line) -> list[str]:
    summary = line.view.summary
    channel = summary.channel
    own, peer = channel.own_index, channel.peer_index
    subject = case_page.subject(output, summary)
    return [
        short(summary.row.case_id),
        channel.peer.text.code,
        f"{subject}\n{output.name(line.meeting.form)}",
        _declared(output, line, own),
        _declared(output, line, peer),
        "\n".join(_denied(output, line, denial) for denial in line.denials) or "\u2014",
    ]


def _declared(output: Output, line: Line, index: int) -> str:
    """Every declaration of a side, the latest first: the latest counts, the others stay."""
    words = [
        output.text("{day}, said {time}", day=one.held, time=output.time(line.said[one.id]))
        for one in reversed(line.declared[index])
    ]
    return "\n".join(words) or output.text("no statement")


def _denied(output: Output, line: Line, denial: Denial) -> str:
    return output.text(
        "by {party}, case {case}, said {time}",
        party=member(output, line.view.summary.channel, denial.act.entry.author),
        case=short(denial.case),
        time=output.time(denial.act.entry.iat),
    )
