"""``parley understanding``: what an officer drafts about an understanding."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Final

from cyclopts import App, Parameter

from parley.cli import drafting, examples, options
from parley.cli.drafting import EVIDENCE, WORDING, Evidence, Wording
from parley.cli.in_case import OPENED, CaseArgument, Opened
from parley.cli.options import Acting
from parley.domain.act import ActType
from parley.domain.types.meeting import LEVELS
from parley.domain.types.understanding import ASSESSMENTS, LAPSE_GROUNDS, OWNERS, PROGRESS


@Parameter(name="*")
@dataclass(frozen=True)
class Version:
    """A side's version of an understanding, in words."""

    subject: str | None = None
    occasion: Annotated[str | None, Parameter(help="where it was reached, in one line")] = None
    text: Annotated[str | None, Parameter(help="our version of it")] = None


VERSION: Final = Version()

app = App(name="understanding", help="Versions of an understanding, and its fate.")


@app.command(help_epilogue=examples.of("understanding record"))
def record(
    case: Annotated[
        str | None, Parameter(name="CASE", help="to give our version there; none opens a case")
    ] = None,
    /,
    *,
    version: Version = VERSION,
    level: Annotated[str | None, Parameter(help=", ".join(LEVELS))] = None,
    owner: Annotated[str | None, Parameter(help=f"who is to act: {', '.join(OWNERS)}")] = None,
    due: Annotated[str | None, Parameter(help="2018-03-31, 2018-03 or 2018")] = None,
    opened: Opened = OPENED,
    evidence: Evidence = EVIDENCE,
    wording: Wording = WORDING,
    acting: Acting = options.ACTING,
) -> None:
    """Draft our own version of an understanding.

    Whether it is joint, unilateral or disputed nobody states: it follows from what
    each side records, confirms, disputes or steps back from.
    """
    given = {
        "subject": version.subject,
        "occasion": version.occasion,
        "text": version.text,
        "level": level,
        "owner": owner,
        "due": due,
        "about": opened.about,
        "evidence": evidence.entries(),
    }
    type_ = ActType.UNDERSTANDING
    drafting.opening(acting, type_, wording, given, channel=opened.channel, case=case)


@app.command(help_epilogue=examples.of("understanding confirm"))
def confirm(
    case: CaseArgument = None,
    /,
    *,
    remarks: str | None = None,
    wording: Wording = WORDING,
    acting: Acting = options.ACTING,
) -> None:
    """Draft that we confirm the other side's version, word for word."""
    given = {"remarks": remarks}
    drafting.in_case(acting, ActType.UNDERSTANDING_CONFIRMATION, wording, given, case)


@app.command(help_epilogue=examples.of("understanding dispute"))
def dispute(
    case: CaseArgument = None,
    /,
    *,
    reason: str | None = None,
    remarks: str | None = None,
    wording: Wording = WORDING,
    acting: Acting = options.ACTING,
) -> None:
    """Draft that there is no such understanding, or that it is not as the other side has it.

    It gives us no version of our own; parley understanding record does.
    """
    given = {"reason": reason, "remarks": remarks}
    drafting.in_case(acting, ActType.UNDERSTANDING_DISPUTE, wording, given, case)


@app.command(help_epilogue=examples.of("understanding step-back"))
def step_back(
    case: CaseArgument = None,
    /,
    *,
    reason: str | None = None,
    remarks: str | None = None,
    wording: Wording = WORDING,
    acting: Acting = options.ACTING,
) -> None:
    """Draft that we step back from the understanding, and why."""
    given = {"reason": reason, "remarks": remarks}
    drafting.in_case(acting, ActType.UNDERSTANDING_STEP_BACK, wording, given, case)


@app.command(help_epilogue=examples.of("understanding recall"))
def recall(
    case: CaseArgument = None,
    /,
    *,
    meeting: Annotated[
        str | None, Parameter(help="case of the meeting in which it was recalled")
    ] = None,
    account: Annotated[str | None, Parameter(help="what was said")] = None,
    remarks: str | None = None,
    wording: Wording = WORDING,
    acting: Acting = options.ACTING,
) -> None:
    """Draft a reminder of the understanding; it changes nothing in its status."""
    given = {"meeting": meeting, "account": account, "remarks": remarks}
    drafting.in_case(acting, ActType.UNDERSTANDING_RECALL, wording, given, case)


@app.command(help_epilogue=examples.of("understanding progress"))
def progress(
    case: CaseArgument = None,
    /,
    *,
    state: Annotated[str | None, Parameter(help=", ".join(PROGRESS))] = None,
    account: Annotated[str | None, Parameter(help="what we have done")] = None,
    evidence: Evidence = EVIDENCE,
    wording: Wording = WORDING,
    acting: Acting = options.ACTING,
) -> None:
    """Draft a report of what our side has done about the understanding."""
    given = {"progress": state, "account": account, "evidence": evidence.entries()}
    drafting.in_case(acting, ActType.UNDERSTANDING_PROGRESS, wording, given, case)


@app.command(help_epilogue=examples.of("understanding assess"))
def assess(
    case: CaseArgument = None,
    /,
    *,
    word: Annotated[str | None, Parameter(help=", ".join(ASSESSMENTS))] = None,
    reason: str | None = None,
    wording: Wording = WORDING,
    acting: Acting = options.ACTING,
) -> None:
    """Draft our word on the other side's report: accepted or contested."""
    given = {"assessment": word, "reason": reason}
    drafting.in_case(acting, ActType.UNDERSTANDING_ASSESSMENT, wording, given, case)


@app.command(help_epilogue=examples.of("understanding lapse"))
def lapse(
    case: CaseArgument = None,
    /,
    *,
    ground: Annotated[str | None, Parameter(help=", ".join(LAPSE_GROUNDS))] = None,
    reason: str | None = None,
    wording: Wording = WORDING,
    acting: Acting = options.ACTING,
) -> None:
    """Draft that the understanding binds us no longer.

    It has lapsed once all that hold it have said so.
    """
    given = {"ground": ground, "reason": reason}
    drafting.in_case(acting, ActType.UNDERSTANDING_LAPSE, wording, given, case)
