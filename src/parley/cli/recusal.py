"""``parley recusal``: a recusal of our house that it wishes the other side to know of."""

from __future__ import annotations

from typing import Annotated

from cyclopts import App, Parameter

from parley.cli import drafting, examples, options
from parley.cli.drafting import WORDING, Wording
from parley.cli.meeting import OPENED, CaseArgument, Opened
from parley.cli.options import Acting
from parley.domain.act import ActType

app = App(name="recusal", help="Disclose that an office of ours stays out of a matter.")


@app.command(help_epilogue=examples.of("recusal disclose"))
def disclose(
    *,
    subject: str | None = None,
    office: Annotated[str | None, Parameter(help="the office that stays out; no name")] = None,
    matter: Annotated[str | None, Parameter(help="what it stays out of")] = None,
    delegate: Annotated[str | None, Parameter(help="the office that acts instead")] = None,
    remarks: str | None = None,
    opened: Opened = OPENED,
    wording: Wording = WORDING,
    acting: Acting = options.ACTING,
) -> None:
    """Draft the disclosure of a recusal. Nobody has to disclose one."""
    given = {
        "subject": subject,
        "office": office,
        "matter": matter,
        "delegate": delegate,
        "about": opened.about,
        "remarks": remarks,
    }
    drafting.opening(acting, ActType.RECUSAL, wording, given, channel=opened.channel)


@app.command(help_epilogue=examples.of("recusal end"))
def end(
    case: CaseArgument = None,
    /,
    *,
    remarks: str | None = None,
    wording: Wording = WORDING,
    acting: Acting = options.ACTING,
) -> None:
    """Draft that a disclosed recusal has ended. Its party alone can say so."""
    drafting.in_case(acting, ActType.RECUSAL_END, wording, {"remarks": remarks}, case)
