"""``parley denial``: what an officer drafts to deny, to go on denying, or to take it back."""

from __future__ import annotations

from typing import Annotated

from cyclopts import App, Parameter

from parley.cli import drafting, examples, options
from parley.cli.attribution import WORDS, Words
from parley.cli.drafting import WORDING, Wording
from parley.cli.meeting import OPENED, CaseArgument, Opened
from parley.cli.options import Acting
from parley.domain.act import ActType

app = App(name="denial", help="Deny an attribution, or a report from outside the channel.")


@app.command(help_epilogue=examples.of("denial make"))
def make(
    case: Annotated[
        str | None, Parameter(name="CASE", help="the position that it answers; none opens a case")
    ] = None,
    /,
    *,
    subject: str | None = None,
    object_: Annotated[str | None, Parameter(name="--object", help="what is denied")] = None,
    words: Words = WORDS,
    opened: Opened = OPENED,
    wording: Wording = WORDING,
    acting: Acting = options.ACTING,
) -> None:
    """Draft a denial. It stands beside what it denies; nothing resolves either.

    With a case it answers the attribution there; without one it opens a case, about
    something that is no statement of the channel.
    """
    given = {
        "subject": subject,
        "object": object_,
        "about": opened.about,
        **words.entries(),
    }
    drafting.opening(acting, ActType.DENIAL, wording, given, channel=opened.channel, case=case)


@app.command(help_epilogue=examples.of("denial maintain"))
def maintain(
    case: CaseArgument = None,
    /,
    *,
    words: Words = WORDS,
    wording: Wording = WORDING,
    acting: Acting = options.ACTING,
) -> None:
    """Draft that our denial is maintained."""
    drafting.in_case(acting, ActType.DENIAL_MAINTAINED, wording, words.entries(), case)


@app.command(help_epilogue=examples.of("denial withdraw"))
def withdraw(
    case: CaseArgument = None,
    /,
    *,
    words: Words = WORDS,
    wording: Wording = WORDING,
    acting: Acting = options.ACTING,
) -> None:
    """Draft the withdrawal of our denial; that it was made stays on record."""
    drafting.in_case(acting, ActType.DENIAL_WITHDRAWN, wording, words.entries(), case)
