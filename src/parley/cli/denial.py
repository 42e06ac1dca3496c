"""``parley denial``: what an officer drafts to deny, to go on denying, or to take it back."""

from __future__ import annotations

from typing import Annotated

from cyclopts import App, Parameter

from parley.cli import drafting, examples, options
from parley.cli.attribution import WORDS, Words, said
from parley.cli.drafting import WORDING, Wording
from parley.cli.in_case import OPENED, Opened
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


said(app, ActType.DENIAL_MAINTAINED, "maintain", "Draft that our denial is maintained.")


said(
    app,
    ActType.DENIAL_WITHDRAWN,
    "withdraw",
    "Draft the withdrawal of our denial; that it was made stays on record.",
)
