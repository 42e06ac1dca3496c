"""``parley erasure``: texts that both sides agree to erase, and what each claims to have done."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

from cyclopts import App, Parameter

from parley.cli import access, drafting, examples, options
from parley.cli.drafting import WORDING, Wording
from parley.cli.in_case import CaseArgument
from parley.cli.options import Acting
from parley.cli.terminal import Terminal
from parley.domain.act import ActType
from parley.domain.types.erasure import ERASURE_GROUNDS, REFUSAL_GROUNDS, RETENTION_EXPIRED
from parley.kernel.errors import ParleyError
from parley.kernel.reasons import Reason
from parley.presentation import acts, case_page, draft_page, erasure_page

if TYPE_CHECKING:
    from parley.application.desk import Desk
    from parley.application.draft_keeping import DraftView
    from parley.application.erasures import Named

app = App(name="erasure", help="Erase texts on both sides, by agreement.")


@app.command(help_epilogue=examples.of("erasure propose"))
def propose(
    *statements: Annotated[
        str, Parameter(name="STATEMENT", help="whose body is to go: start of its hash")
    ],
    case: Annotated[
        str | None, Parameter(help="all bodies of this case that are still here")
    ] = None,
    expired: Annotated[
        bool,
        Parameter(
            negative="",
            show_default=False,
            help="one draft for each case whose retention has expired",
        ),
    ] = False,
    ground: Annotated[str | None, Parameter(help=", ".join(ERASURE_GROUNDS))] = None,
    wording: Wording = WORDING,
    acting: Acting = options.ACTING,
) -> None:
    """Draft a proposal that both sides erase the bodies of statements.

    Two authorisers let it go. What a legal hold, evidence or a request to
    preserve data covers is refused. The statements themselves stay, and what they
    did in their cases.
    """
    from parley.application import erasures, retention

    output = Terminal(acting)
    officer = options.officer_of(acting)
    if expired:
        if statements or case is not None or ground not in (None, RETENTION_EXPIRED):
            raise ParleyError(Reason.ARGUMENT_REPEATED, name="--expired")
        with access.opened(acting, output) as desk:
            due = retention.due(desk, officer)
            if not due:
                raise ParleyError(Reason.RETENTION_NOTHING)
            drafts = [
                _draft(
                    desk,
                    officer,
                    erasures.named(desk, officer, (), one.row.case_id.hex()),
                    RETENTION_EXPIRED,
                    wording,
                    output,
                )
                for one in due
            ]
        _show(output, drafts)
        return
    if ground is None:
        raise ParleyError(Reason.ARGUMENT_MISSING, name="--ground", help="parley erasure propose")
    with access.opened(acting, output) as desk:
        named = erasures.named(desk, officer, statements, case)
        view = _draft(desk, officer, named, ground, wording, output)
    drafting.show(output, view)


@app.command(help_epilogue=examples.of("erasure consent"))
def consent(
    case: CaseArgument = None,
    /,
    *,
    wording: Wording = WORDING,
    acting: Acting = options.ACTING,
) -> None:
    """Draft our consent to exactly what was proposed. Two authorisers let it go."""
    drafting.in_case(acting, ActType.ERASURE_CONSENT, wording, {}, case)


@app.command(help_epilogue=examples.of("erasure refuse"))
def refuse(
    case: CaseArgument = None,
    /,
    *,
    ground: Annotated[str | None, Parameter(help=", ".join(REFUSAL_GROUNDS))] = None,
    wording: Wording = WORDING,
    acting: Acting = options.ACTING,
) -> None:
    """Draft our refusal, with its ground. Nothing is erased then."""
    drafting.in_case(acting, ActType.ERASURE_REFUSAL, wording, {"ground": ground}, case)


@app.command(help_epilogue=examples.of("erasure withdraw"))
def withdraw(
    case: CaseArgument = None,
    /,
    *,
    wording: Wording = WORDING,
    acting: Acting = options.ACTING,
) -> None:
    """Draft that we take our proposal back; a consent that has been seen stands."""
    drafting.in_case(acting, ActType.ERASURE_WITHDRAWAL, wording, {}, case)


@app.command(help_epilogue=examples.of("erasure claim"))
def claim(*, opening: options.Opening = options.OPENING) -> None:
    """Carry out now what both sides agreed to erase, and claim it.

    A desk that is served does this by itself, and so do parley pouch pack and
    parley pouch open. Needed where it is not to wait for them: after a legal
    hold was lifted, say.
    """
    from parley.application import erasing

    output = Terminal(opening)
    with access.opened(opening, output) as desk:
        steps = erasing.advance(desk)
    output.emit(
        {"steps": steps},
        lambda: output.say(
            output.plural("{n} step was made.", "{n} steps were made.", steps)
            if steps
            else output.text("Nothing is to be carried out now.")
        ),
    )


@app.command(name="list", help_epilogue=examples.of("erasure list"))
def list_(*, acting: Acting = options.ACTING) -> None:
    """List erasures: how far each has come, and who is next to act."""
    from parley.application import erasures

    output = Terminal(acting)
    officer = options.officer_of(acting)
    with access.opened(acting, output) as desk:
        found = erasures.every(desk, officer)
    output.emit(
        [case_page.plain_summary(one) for one in found],
        lambda: erasure_page.render_list(output, found),
    )


@app.command(help_epilogue=examples.of("erasure show"))
def show(
    case: Annotated[str, Parameter(name="CASE", help="start of its number")],
    /,
    *,
    acting: Acting = options.ACTING,
) -> None:
    """Show an erasure: what stands where, who claims what, and what it cannot reach."""
    from parley.application import cases, erasures

    output = Terminal(acting)
    officer = options.officer_of(acting)
    with access.opened(acting, output) as desk:
        channel, identifier = cases.find(desk, officer, case)
        view = erasures.show(desk, officer, channel, identifier)
    output.emit(erasure_page.plain(view), lambda: erasure_page.render(output, view))


def _draft(
    desk: Desk,
    officer: str,
    named: Named,
    ground: str,
    wording: Wording,
    output: Terminal,
) -> DraftView:
    from parley.application import drafts
    from parley.presentation import composing

    entries = {**wording.entries(), **erasure_page.entries(named, ground)}
    asking = composing.Asking(
        officer, named.channel, None, ActType.ERASURE_PROPOSAL, output.language
    )
    writing = composing.compose(desk, asking, entries, digest_of=wording.digest_of)
    view = drafts.write(desk, officer, named.channel, writing)
    return drafting.submit(desk, output, officer, view) if wording.submit else view


def _show(output: Terminal, drafts: list[DraftView]) -> None:
    def render() -> None:
        output.table(
            [output.text("Draft"), output.text("Case"), output.text("Bodies")],
            [
                [
                    view.id.hex(),
                    acts.short(bytes.fromhex(str(view.writing.codes.get("about", "")))),
                    str(len(_bodies(view))),
                ]
                for view in drafts
            ],
        )

    output.emit([draft_page.plain(view) for view in drafts], render)


def _bodies(view: DraftView) -> tuple[Any, ...]:
    bodies = view.writing.codes.get("bodies", ())
    return bodies if isinstance(bodies, tuple) else ()
