"""``parley case`` and ``parley inbox``: what the record amounts to, for whoever works on it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

from cyclopts import App, Parameter

from parley.cli import access, examples, filtering, options, registry
from parley.cli.filtering import ASKED, Asked
from parley.cli.options import Acting
from parley.cli.terminal import Terminal
from parley.presentation import acts, attachment_page, case_page, times

if TYPE_CHECKING:
    from parley.application.cases import Summary

CaseArgument = Annotated[
    str, Parameter(name="CASE", help="start of its number: 4 digits or more; or the house's")
]

app = App(name="case", help="Cases: a list, and one with all its acts.")
registry.add_to(app)


@app.command(name="list", help_epilogue=examples.of("case list"))
def list_(
    *,
    asked: Asked = ASKED,
    saved: Annotated[
        str | None, Parameter(name="--filter", help="as this filter says, and the other options")
    ] = None,
    before: Annotated[
        str | None,
        Parameter(
            help="the page of cases older than this one; with --due: due before this day or time"
        ),
    ] = None,
    acting: Acting = options.ACTING,
) -> None:
    """List the newest cases: what they are about, where they stand, what is due next.

    With --due, those in which something is due, the first deadline first.
    """
    from parley.application import cases, channels, filters, today

    output = Terminal(acting)
    officer = options.officer_of(acting)
    with access.opened(acting, output) as desk:
        wanted = filtering.made(desk, asked)
        if saved is not None:
            wanted = filters.named(desk, officer, saved).narrowed(wanted)
        channel = channels.find(desk, wanted.party) if wanted.party is not None else None
        chosen = filters.chosen(desk, officer, wanted)
        now = desk.clock()
        by_deadline = wanted.due or wanted.overdue
        if by_deadline:
            until = None if before is None else times.moment(before, now)
            if wanted.overdue:
                until = now if until is None else min(now, until)
            found, more = today.by_deadline(
                desk,
                officer,
                channel,
                before=until,
                kind=wanted.kind,
                status=wanted.status,
                wanted=chosen.wanted,
                among=chosen.among,
            )
        else:
            older_than = cases.find(desk, officer, before)[1] if before is not None else None
            found, more = cases.page(
                desk,
                officer,
                channel,
                before=older_than,
                still_open=wanted.still_open,
                kind=wanted.kind,
                status=wanted.status,
                wanted=chosen.wanted,
                among=chosen.among,
            )
    output.emit(
        [case_page.plain_summary(one) for one in found],
        lambda: _render(output, found, now, more=more, by_deadline=by_deadline),
    )


@app.command(help_epilogue=examples.of("case show"))
def show(
    case: CaseArgument,
    /,
    *,
    proofs: Annotated[
        bool, Parameter(negative="", show_default=False, help="with hashes and receipts")
    ] = False,
    all_languages: Annotated[
        bool,
        Parameter(negative="", show_default=False, help="every language version of each text"),
    ] = False,
    whole: Annotated[
        bool, Parameter(negative="", show_default=False, help="with texts of any length")
    ] = False,
    acting: Acting = options.ACTING,
) -> None:
    """Show a case with all its acts, both sides', in causal order.

    The officer who looks is noted as the one who opened the other side's
    statements. A statement that crossed another, or is void, says so. Very long
    texts, such as directories of contacts, are shown with --whole.
    """
    from parley.application import attachments, cases

    output = Terminal(acting)
    officer = options.officer_of(acting)
    with access.opened(acting, output) as desk:
        channel, identifier = cases.find(desk, officer, case)
        view = cases.show(desk, channel, identifier, officer, whole=whole)
        attached = attachments.every(desk, officer, channel, identifier)
        now = desk.clock()
    plain = {
        **case_page.plain_summary(view.summary),
        **case_page.plain_related(view),
        "substance": case_page.plain_substance(view.summary.state),
        "acts": [acts.plain(act, channel) for act in view.acts],
        "attachments": [attachment_page.plain(one) for one in attached],
    }

    def render() -> None:
        case_page.render(output, view, now, proofs=proofs, every_language=all_languages)
        if attached:
            output.say()
            output.title(output.text("Attachments"))
            attachment_page.table(output, attached)

    output.emit(plain, render)


def inbox(
    *,
    after: Annotated[
        str | None, Parameter(help="the page of statements that came after this one")
    ] = None,
    acting: Acting = options.ACTING,
) -> None:
    """Show the other side's statements that nobody of ours has opened, the oldest first.

    Showing the list opens none of them; parley case show does.
    """
    from parley.application import audit, inbox

    output = Terminal(acting)
    officer = options.officer_of(acting)
    with access.opened(acting, output) as desk:
        start = None if after is None else audit.find(desk, officer, after)[1].leaf
        page = inbox.unopened(desk, officer, after=start)
    found = page.waiting
    plain: list[dict[str, Any]] = [
        {"channel": channel.id.hex(), "label": channel.label, **acts.plain(view, channel)}
        for channel, view in found
    ]

    def render() -> None:
        if not found:
            output.say(output.text("Nothing new has come."))
            return
        output.table(
            [
                output.text("Case"),
                output.text("From"),
                output.text("Statement"),
                output.text("Precedence"),
                output.text("In our record since"),
            ],
            [
                [
                    acts.short(view.entry.case_id),
                    channel.peer.text.code,
                    output.name(view.statement.act.type),
                    output.name(acts.precedence(view.statement.act.precedence)),
                    output.time(view.entry.recorded_at),
                ]
                for channel, view in found
            ],
        )
        steps = [f"parley case show {acts.short(found[0].view.entry.case_id)}"]
        if page.more:
            output.say(output.text("More has come after these."))
            steps.append(f"parley inbox --after {acts.short(found[-1].view.entry.leaf)}")
        output.next_steps(*steps)

    output.emit(plain, render)


def _render(
    output: Terminal, found: list[Summary], now: int, *, more: bool, by_deadline: bool
) -> None:
    if not found and by_deadline:
        output.say(output.text("Nothing waits."))
        return
    if not found:
        output.say(output.text("There is no case yet."))
        output.next_steps("parley inquiry ask --template > inquiry.toml")
        return
    numbers = [one.registered.number for one in found]
    numbered = any(one is not None for one in numbers)
    output.table(
        [
            output.text("Case"),
            *([output.text("Our number")] if numbered else []),
            output.text("With"),
            output.text("Kind"),
            output.text("Subject"),
            output.text("Status"),
            output.text("Next to act"),
            output.text("Due next"),
        ],
        [
            [
                acts.short(one.row.case_id),
                *([output.foreign(one.registered.number or "\u2014")] if numbered else []),
                one.channel.peer.text.code,
                case_page.kind(output, one.state),
                case_page.subject(output, one),
                case_page.status(output, one.state),
                case_page.movers(output, one),
                case_page.next_due(output, one, now),
            ]
            for one in found
        ],
    )
    if more and by_deadline:
        output.say(output.text("There is more that ends later."))
    elif more:
        output.say(output.text("There are older cases."))
        output.next_steps(f"parley case list --before {acts.short(found[0].row.case_id)}")
