"""A case as a person reads it, and as a program does: its state, what is due, what was said.

What is peculiar to a kind of case stands in ``parley.presentation.kinds``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, Final

from msgspec import Struct

from parley.domain import case as cases
from parley.language.marks import N_
from parley.presentation import acts, registered
from parley.presentation.kinds import page_of
from parley.presentation.kinds.common import Plain, left, member, numbered, side

if TYPE_CHECKING:
    from parley.application.cases import CaseView, Related, Summary
    from parley.application.dues import DueView
    from parley.domain.case import Case
    from parley.domain.shape import ClockKind
    from parley.presentation.output import Output
    from parley.record.channel import Channel

VOID: Final = N_("void")

OUTCOMES: Final[Mapping[str, str]] = {
    "both-stand": N_("both stand as said"),
    "opened-twice": N_("two parties opened the case; nothing in it counts"),
}


def is_open(summary: Summary) -> bool:
    """Whether something is still expected to happen in a case."""
    return cases.is_open(summary.state)


def status(output: Output, case: Case) -> str:
    """Where a case stands in substance."""
    page = page_of(case.kind)
    if page is None or case.substance is None:
        return output.text(VOID)
    return output.text(page.STATUSES[cases.status(case)])


def kind(output: Output, case: Case) -> str:
    """What kind of case it is."""
    return "\u2014" if case.kind is None else output.name(case.kind)


def subject(output: Output, summary: Summary) -> str:
    """What a case is about, in the reader's language if it was said in it."""
    return in_language(output, summary.subject)


def in_language(output: Output, versions: Mapping[str, str]) -> str:
    """A text in the reader's language if it was said in it; a dash for none."""
    text = versions.get(output.language) or versions.get("en") or next(iter(versions.values()), "")
    return output.foreign(text) if text else "\u2014"


def movers(output: Output, summary: Summary) -> str:
    """Whose move it is."""
    channel, actors = summary.channel, cases.next_actors(summary.state)
    named = [member(output, channel, index) for index in actors]
    return output.translator.join(named) if named else "\u2014"


def next_due(output: Output, summary: Summary, now: int) -> str:
    """The first thing due, by the clock that ends first."""
    for due in summary.dues:
        times = [at for at in due.due if at is not None]
        if times:
            return output.text(
                "{what:name} by {whom}: {when}",
                what=due.obligation.kind.value,
                whom=member(output, summary.channel, due.obligation.owner),
                when=left(output, min(times), now, due.obligation.kind),
            )
    return "\u2014"


# --- for programs --------------------------------------------------------------------------------


def plain_summary(summary: Summary) -> Plain:
    """A case in a list."""
    channel, state = summary.channel, summary.state
    page = page_of(state.kind)
    particular = {}
    if page is not None and state.substance is not None:
        particular = page.plain(summary, state.substance)
    return {
        "case": summary.row.case_id.hex(),
        "channel": channel.id.hex(),
        "label": channel.label,
        "peer": channel.peer.text.code,
        "demonstration": channel.demonstration,
        "kind": state.kind,
        "subject": summary.subject,
        "status": cases.status(state),
        "open": cases.is_open(state),
        "void": state.void_reason,
        "provisional": cases.is_provisional(state),
        "opened_by": side(channel, state.opener),
        "next": [side(channel, index) for index in cases.next_actors(state)],
        "opened_at": summary.row.opened_at,
        "statements": state.size,
        "register": registered.plain(summary.registered),
        **particular,
        "crossings": [
            {
                "first": pair.first.hex(),
                "second": pair.second.hex(),
                "outcome": pair.outcome,
                "provisional": pair.provisional,
            }
            for pair in cases.crossings(state)
        ],
        "due": [_plain_due(due, channel) for due in summary.dues],
    }


def plain_related(view: CaseView) -> Plain:
    """What a case is about, and what is about it."""
    channel = view.summary.channel

    def plain(related: Related) -> Plain:
        return {
            "case": related.row.case_id.hex(),
            "kind": related.state.kind,
            "type": related.type,
            "opened_by": side(channel, related.state.opener),
            "subject": related.subject,
            "status": cases.status(related.state),
        }

    return {
        "about": plain(view.about) if view.about is not None else None,
        "related": [plain(one) for one in view.related],
    }


def plain_substance(case: Case) -> Any:
    """The substance of a case of any kind, by the names of its fields."""
    return _named(case.substance)


def _named(value: object) -> Any:
    if isinstance(value, Struct):
        return {name: _named(getattr(value, name)) for name in value.__struct_fields__}
    if isinstance(value, tuple):
        return [_named(item) for item in value]
    if isinstance(value, Mapping):
        return {str(key): _named(item) for key, item in value.items()}
    return value.hex() if isinstance(value, bytes) else value


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
    """Print a case: its head, its substance, what is due, what crossed, and every act."""
    summary = view.summary
    channel = summary.channel
    output.title(
        output.text(
            "Case {case}: {subject}",
            case=acts.short(summary.row.case_id),
            subject=subject(output, summary),
        )
    )
    if channel.demonstration:
        output.say(output.demonstration(), style="bold")
    render_state(output, view, now)
    numbers = numbered(view)
    for act in view.acts:
        acts.render(
            output,
            act,
            channel,
            numbers=numbers,
            proofs=proofs,
            every_language=every_language,
            marking=summary.registered.marking,
        )


def render_state(output: Output, view: CaseView, now: int | None) -> None:
    """Print what the acts of a case amount to; without ``now``, not how long anything still has."""
    summary = view.summary
    state = summary.state
    output.facts(head_rows(output, summary), indent=4)
    page = page_of(state.kind)
    if page is not None and state.substance is not None:
        page.render(output, view, state.substance)
    if summary.dues:
        output.say()
        output.title(output.text("Due"))
        _render_dues(output, summary, now)
    _render_related(output, view)
    _render_crossings(output, view)


def head_rows(output: Output, summary: Summary) -> list[tuple[str, str]]:
    """What a case is, where it stands, and whose move it is."""
    channel, state = summary.channel, summary.state
    rows = [
        *registered.rows(output, summary.registered),
        (output.text("Channel"), output.foreign(channel.label)),
        (output.text("Kind"), kind(output, state)),
        (output.text("Status"), status(output, state)),
    ]
    if state.void_reason is not None:
        rows.append((output.text("Why void"), acts.said(output, state.void_reason)))
    page = page_of(state.kind)
    if page is not None and state.substance is not None:
        rows += page.head(output, summary, state.substance)
    if cases.next_actors(state):
        rows.append((output.text("Next to act"), movers(output, summary)))
    return rows


def _render_dues(output: Output, summary: Summary, now: int | None) -> None:
    """Both clocks side by side; they are never merged into one."""

    def clock(at: int | None, kind: ClockKind) -> str:
        if at is None:
            return "\u2014"
        return output.time(at) + ("" if now is None else f"\n{left(output, at, now, kind)}")

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
                clock(due.due.since_receipt, due.obligation.kind),
                clock(due.due.since_transmission, due.obligation.kind),
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


def _render_related(output: Output, view: CaseView) -> None:
    """What the case is about, and what was opened about it: a denial stands here for good."""
    channel = view.summary.channel
    pairs = [] if view.about is None else [(output.text("this case is about it"), view.about)]
    pairs += [(output.text("it is about this case"), one) for one in view.related]
    if not pairs:
        return
    output.say()
    output.title(output.text("Related cases"))
    output.table(
        [
            output.text("Case"),
            output.text("How"),
            output.text("Begins with"),
            output.text("Opened by"),
            output.text("Subject"),
            output.text("Status"),
        ],
        [
            [
                acts.short(one.row.case_id),
                how,
                output.name(one.type),
                member(output, channel, one.state.opener),
                in_language(output, one.subject),
                status(output, one.state),
            ]
            for how, one in pairs
        ],
    )


def _render_crossings(output: Output, view: CaseView) -> None:
    for sentence in crossed(output, view):
        output.say()
        output.say(sentence)


def crossed(output: Output, view: CaseView) -> Iterator[str]:
    """Which acts of a case crossed, and what holds where they did."""
    state = view.summary.state
    numbers = numbered(view)
    page = page_of(state.kind)
    outcomes = {**OUTCOMES, **(page.OUTCOMES if page is not None else {})}
    for pair in cases.crossings(state):
        sentence = output.text(
            "Statements {first} and {second} crossed: {outcome}.",
            first=numbers.get(pair.first, 0),
            second=numbers.get(pair.second, 0),
            outcome=output.text(outcomes[pair.outcome]),
        )
        if pair.provisional:
            sentence = output.text(
                "{sentence} Provisional, until each side is known to have seen both.",
                sentence=sentence,
            )
        yield sentence
