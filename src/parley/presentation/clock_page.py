"""Deadlines, their steps and how they are watched: as tables and as plain values."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from parley.domain.act import Precedence
from parley.domain.escalation import Plan
from parley.domain.shape import ClockKind
from parley.language.marks import N_
from parley.presentation import acts, case_page, times
from parley.presentation.kinds.common import left
from parley.store.deadlines import NEVER

if TYPE_CHECKING:
    from parley.application.today import Page, Waiting
    from parley.application.watch import Ticked
    from parley.presentation.output import Output

CLOCKS: Mapping[str, str] = {
    "receipt": N_("since receipt"),
    "transmission": N_("since transmission, not receipted"),
    "date": N_("the date that was announced"),
    "": N_("no clock runs yet"),
}


def plain(one: Waiting) -> dict[str, Any]:
    """A deadline as a plain value."""
    row = one.row
    return {
        "case": row.case_id.hex(),
        "channel": row.channel.hex(),
        "peer": one.channel.peer.text.code,
        "case_kind": row.case_kind,
        "subject": dict(one.subject),
        "kind": row.kind,
        "from": "own" if row.ours else "peer",
        "statement": row.since.hex(),
        "precedence": acts.precedence(row.precedence),
        "office": row.office.hex(),
        "clock": row.clock or None,
        "due": None if row.due_at == NEVER else row.due_at,
        "since_receipt": row.since_receipt,
        "since_transmission": row.since_transmission,
        "receipt_time_doubted": bool(row.flagged),
        "outside_hours": one.closed is not None,
        "special_day": one.closed.day if one.closed else None,
        "opens_at": one.closed.opens_at if one.closed else None,
        "last_step": None
        if one.last is None
        else {
            "step": one.last.token,
            "at": one.last.at,
            "officers": one.last.officers.split(),
            "passed": one.last.passed,
        },
        "next_contact": None
        if one.means is None
        else {"directory": one.means.directory.hex(), "number": one.means.number},
    }


def render(output: Output, page: Page, now: int) -> None:
    """Print a page of deadlines: what waits for us, and what waits for the others."""
    if not page.waiting:
        output.say(output.text("Nothing waits."))
        return
    for ours, title in (
        (True, output.text("What waits for us")),
        (False, output.text("What waits for the other side")),
    ):
        part = [one for one in page.waiting if bool(one.row.ours) is ours]
        if part:
            if not ours and len(part) < len(page.waiting):
                output.say()
            output.title(title)
            _table(output, part, now)
    if page.more:
        output.say(output.text("There is more that ends later: ask for it with --count."))
    for one in page.waiting:
        if one.means is not None:
            output.say(
                output.text(
                    "Case {case}: the other side is silent. Its next contact: {number:number}.",
                    case=acts.short(one.row.case_id),
                    number=one.means.number,
                )
            )


def _table(output: Output, part: list[Waiting], now: int) -> None:
    output.table(
        [
            output.text("Case"),
            output.text("With"),
            output.text("Subject"),
            output.text("What is due"),
            output.text("Precedence"),
            output.text("Until"),
            output.text("Left"),
            output.text("By which clock"),
            output.text("Until, by transmission"),
            output.text("Last step"),
        ],
        [
            [
                acts.short(one.row.case_id),
                one.channel.peer.text.code,
                case_page.in_language(output, one.subject),
                output.name(one.row.kind),
                output.name(acts.precedence(one.row.precedence)),
                _until(output, one),
                "\u2014"
                if one.row.due_at == NEVER
                else left(output, one.row.due_at, now, ClockKind(one.row.kind)),
                _clock(output, one),
                output.time(one.row.since_transmission),
                "\u2014" if one.last is None else step(output, one.last.token),
            ]
            for one in part
        ],
    )


def _until(output: Output, one: Waiting) -> str:
    if one.row.due_at == NEVER:
        return "\u2014"
    at = output.time(one.row.due_at)
    if one.closed is None:
        return at
    if one.closed.day:
        return output.text(
            "{time}; the office does not work then ({day})",
            time=at,
            day=output.foreign(one.closed.day),
        )
    return output.text("{time}; the office does not work then", time=at)


def _clock(output: Output, one: Waiting) -> str:
    said = output.text(CLOCKS[one.row.clock])
    if not one.row.flagged:
        return said
    return output.text("{clock}, time of the receipt doubted", clock=said)


def step(output: Output, token: str) -> str:
    """What a step is called."""
    name, _, lead = token.rpartition("-")
    if lead.isdecimal():
        return output.text(
            "{step:name}, {length} before",
            step=name,
            length=output.translator.duration(int(lead)),
        )
    return output.name(token)


# --- ticks ---------------------------------------------------------------------------------------


def plain_ticked(ticked: Ticked) -> dict[str, Any]:
    """What one look raised, as a plain value: no case is named to who has no name."""
    return {
        "raised": [
            {"step": row.token, "at": row.at, "due": row.due_at, "passed": row.passed}
            for row in ticked.raised
        ],
        "next_at": ticked.next_at,
    }


def render_ticked(output: Output, ticked: Ticked) -> None:
    """Print how many steps were raised, and when the next is."""
    output.say(
        output.plural(
            "{n} step of a deadline was raised.",
            "{n} steps of deadlines were raised.",
            len(ticked.raised),
        )
    )
    if ticked.next_at is not None:
        output.say(output.text("The next is raised at {time}.", time=output.time(ticked.next_at)))


# --- plans ---------------------------------------------------------------------------------------


def plain_plan(precedence: Precedence, plan: Plan) -> dict[str, Any]:
    """A plan as a plain value."""
    return {
        "precedence": acts.precedence(precedence),
        "before": list(plan.before),
        "deputy": plan.deputy,
        "head": plan.head,
        "next_channel": plan.next_channel,
        "any_hour": plan.any_hour,
    }


def render_plans(output: Output, plans: Mapping[Precedence, Plan]) -> None:
    """Print plans, one a line."""

    def length(seconds: int | None) -> str:
        # In hours, however many: a day of work is not a day.
        if seconds is None:
            return output.text("never")
        hours, rest = divmod(seconds, 3600)
        return times.compact(seconds) if rest else f"{hours}h"

    output.table(
        [
            output.text("Precedence"),
            output.text("Reminders before"),
            output.text("Deputy after"),
            output.text("Head after"),
            output.text("Next channel after"),
            output.text("When"),
        ],
        [
            [
                output.name(acts.precedence(precedence)),
                ", ".join(times.compact(lead) for lead in plan.before) or "\u2014",
                length(plan.deputy),
                length(plan.head),
                length(plan.next_channel),
                output.text("at any hour") if plan.any_hour else output.text("in working hours"),
            ]
            for precedence, plan in plans.items()
        ],
    )
