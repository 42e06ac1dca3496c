"""A case as a person reads it, and as a program does: its state, what is due, what was said."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

from parley.cli import acts, fields
from parley.language.marks import N_

if TYPE_CHECKING:
    from parley.application.cases import CaseView, DueView, Summary
    from parley.cli.output import Output
    from parley.domain.inquiry import Inquiry
    from parley.record.channel import Channel

Plain = dict[str, Any]

STATUSES: Final[Mapping[str, str]] = {
    "void": N_("void"),
    "asked": N_("asked"),
    "acknowledged": N_("receipt acknowledged"),
    "preliminary-answered": N_("preliminary answer given"),
    "conditions-set": N_("conditions set"),
    "conditions-accepted": N_("conditions accepted"),
    "reopened": N_("new questions open"),
    "answered": N_("all questions answered"),
    "refused": N_("refused"),
    "withdrawn": N_("withdrawn"),
    "closed": N_("closed"),
}

LEVELS: Final[Mapping[str, str]] = {
    "none": "\u2014",
    "preliminary": N_("preliminary"),
    "final": N_("final"),
}

OUTCOMES: Final[Mapping[str, str]] = {
    "both-stand": N_("both stand as said"),
    "new-questions-open": N_(
        "the answer stands for what its author had seen; new questions are open"
    ),
    "binds-all-the-same": N_("the acceptance binds all the same"),
    "earlier-terms-bind": N_("the earlier terms bind"),
    "acceptance-lapses": N_("the acceptance has lapsed"),
    "ended-reply-crossed": N_("the case has ended; the reply stands as said, nothing follows"),
    "ended-offer-lapses": N_("the case has ended; the offer has lapsed"),
    "no-reply-unseen": N_("what one has not seen one has not answered"),
    "opened-twice": N_("two parties opened the case; nothing in it counts"),
}


def is_open(summary: Summary) -> bool:
    """Whether something can still happen in a case."""
    return summary.state.ended is None and summary.state.void_reason is None


def status(output: Output, state: Inquiry) -> str:
    """Where a case stands in substance."""
    return output.text(STATUSES[state.status])


def member(output: Output, channel: Channel, index: int | None) -> str:
    """A member of the channel, as we see it."""
    if index is None:
        return output.text("nobody")
    code = channel.letter(index).text.code
    if index == channel.own_index:
        return output.text("us ({code})", code=code)
    return output.foreign(code)


def subject(output: Output, summary: Summary) -> str:
    """What a case is about, in the reader's language if it was said in it."""
    versions = summary.subject
    text = versions.get(output.language) or versions.get("en") or next(iter(versions.values()), "")
    return output.foreign(text) if text else "\u2014"


def next_due(output: Output, summary: Summary, now: int) -> str:
    """The first thing due, by the clock that ends first."""
    for due in summary.dues:
        times = [at for at in due.due if at is not None]
        if times:
            return output.text(
                "{what:name} by {whom}: {when}",
                what=due.obligation.kind.value,
                whom=member(output, summary.channel, due.obligation.owner),
                when=left(output, min(times), now),
            )
    return "\u2014"


def left(output: Output, at: int, now: int) -> str:
    """What is left until ``at``, or how long it has passed."""
    length = output.translator.duration(at - now)
    if at >= now:
        return output.text("{length} left", length=length)
    return output.text("overdue by {length}", length=length)


# --- for programs --------------------------------------------------------------------------------


def plain_summary(summary: Summary) -> Plain:
    """A case in a list."""
    channel, state = summary.channel, summary.state
    return {
        "case": summary.row.case_id.hex(),
        "channel": channel.id.hex(),
        "label": channel.label,
        "peer": channel.peer.text.code,
        "demonstration": channel.demonstration,
        "kind": summary.row.kind,
        "subject": summary.subject,
        "status": state.status.value,
        "void": state.void_reason,
        "provisional": state.provisional,
        "asker": side(channel, state.asker),
        "replier": side(channel, state.replier),
        "next": [side(channel, index) for index in state.next_actors],
        "opened_at": summary.row.opened_at,
        "severity": state.severity,
        "statements": state.size,
        "questions": [
            {
                "number": question.number,
                "status": question.status,
                "level": question.level.value,
                "by": question.by.hex() if question.by else None,
            }
            for question in state.questions
        ],
        "conditions": [
            {
                "offer": bound.offer.hex(),
                "acceptance": bound.acceptance.hex(),
                "count": bound.conditions,
                "joint": bound.joint,
            }
            for bound in state.bound
        ],
        "crossings": [
            {
                "first": pair.first.hex(),
                "second": pair.second.hex(),
                "outcome": pair.outcome,
                "provisional": pair.provisional,
            }
            for pair in state.crossings()
        ],
        "due": [_plain_due(due, channel) for due in summary.dues],
    }


def side(channel: Channel, index: int | None) -> str | None:
    """``own`` or ``peer``."""
    if index is None:
        return None
    return "own" if index == channel.own_index else "peer"


def _plain_due(due: DueView, channel: Channel) -> Plain:
    return {
        "kind": due.obligation.kind.value,
        "from": side(channel, due.obligation.owner),
        "statement": due.obligation.since.hex(),
        "since_receipt": due.due.since_receipt,
        "since_transmission": due.due.since_transmission,
        "receipt_time_doubted": due.flagged,
    }


# --- for people ----------------------------------------------------------------------------------


def render(output: Output, view: CaseView, now: int, *, proofs: bool, every_language: bool) -> None:
    """Print a case: its head, its questions, what is due, what crossed, and every act."""
    summary = view.summary
    channel, state = summary.channel, summary.state
    output.title(
        output.text(
            "Case {case}: {subject}",
            case=acts.short(summary.row.case_id),
            subject=subject(output, summary),
        )
    )
    if channel.demonstration:
        output.say(output.demonstration(), style="bold")
    output.facts(_head_rows(output, summary), indent=4)
    if state.questions:
        output.say()
        output.title(output.text("Questions"))
        _render_questions(output, view)
    if summary.dues:
        output.say()
        output.title(output.text("Due"))
        _render_dues(output, summary, now)
    _render_crossings(output, view)
    numbers = {act.entry.leaf: number for number, act in enumerate(view.acts, 1)}
    for act in view.acts:
        acts.render(
            output, act, channel, numbers=numbers, proofs=proofs, every_language=every_language
        )


def _head_rows(output: Output, summary: Summary) -> list[tuple[str, str]]:
    channel, state = summary.channel, summary.state
    rows = [
        (output.text("Channel"), output.foreign(channel.label)),
        (output.text("Status"), status(output, state)),
    ]
    if state.void_reason is not None:
        rows.append((output.text("Why void"), acts.said(output, state.void_reason)))
    rows.append((output.text("Asked by"), member(output, channel, state.asker)))
    rows.append((output.text("Asked of"), member(output, channel, state.replier)))
    if state.severity is not None:
        rows.append((output.text("Severity"), output.name(state.severity)))
    if is_open(summary):
        movers = [member(output, channel, index) for index in state.next_actors]
        if movers:
            rows.append((output.text("Next to act"), output.translator.join(movers)))
    return rows


def _render_questions(output: Output, view: CaseView) -> None:
    texts = fields.questions(view.acts, output.language)
    numbers = {act.entry.leaf: number for number, act in enumerate(view.acts, 1)}
    output.table(
        [
            output.text("No."),
            output.text("Question"),
            output.text("Answer"),
            output.text("Level"),
            output.text("By statement"),
        ],
        [
            [
                str(question.number),
                output.foreign(texts.get(question.number, "\u2014")),
                output.text("none yet") if question.by is None else output.name(question.status),
                output.text(LEVELS[question.level.value]),
                str(numbers.get(question.by, "?")) if question.by else "\u2014",
            ]
            for question in view.summary.state.questions
        ],
    )


def _render_dues(output: Output, summary: Summary, now: int) -> None:
    """Both clocks side by side; they are never merged into one."""

    def clock(at: int | None) -> str:
        return "\u2014" if at is None else f"{output.time(at)}\n{left(output, at, now)}"

    output.table(
        [
            output.text("What"),
            output.text("From"),
            output.text("Since receipt"),
            output.text("Since transmission"),
        ],
        [
            [
                output.name(due.obligation.kind.value),
                member(output, summary.channel, due.obligation.owner),
                clock(due.due.since_receipt),
                clock(due.due.since_transmission),
            ]
            for due in summary.dues
        ],
    )
    if any(due.flagged for due in summary.dues):
        output.say(
            output.text(
                "The time in a receipt is not believed: it lies before the statement or after "
                "the receipt's own arrival, which counts instead."
            )
        )


def _render_crossings(output: Output, view: CaseView) -> None:
    numbers = {act.entry.leaf: number for number, act in enumerate(view.acts, 1)}
    for pair in view.summary.state.crossings():
        sentence = output.text(
            "Statements {first} and {second} crossed: {outcome}.",
            first=numbers.get(pair.first, 0),
            second=numbers.get(pair.second, 0),
            outcome=output.text(OUTCOMES[pair.outcome]),
        )
        if pair.provisional:
            sentence = output.text(
                "{sentence} Provisional, until each side is known to have seen both.",
                sentence=sentence,
            )
        output.say()
        output.say(sentence)
