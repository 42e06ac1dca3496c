"""``parley inquiry``: what an officer drafts in an inquiry, from asking to closing."""

from __future__ import annotations

import re
from typing import Annotated, Any, Final

from cyclopts import App, Parameter

from parley.cli import access, drafting, examples, in_case, options
from parley.cli.drafting import EVIDENCE, WORDING, Evidence, Wording
from parley.cli.in_case import CaseArgument, Many
from parley.cli.options import Acting
from parley.cli.terminal import Terminal
from parley.domain.act import ActType
from parley.domain.types.inquiry import ANSWER_STATUSES, GROUNDS, RESULTS, SEVERITIES
from parley.kernel.errors import ParleyError
from parley.kernel.reasons import Reason
from parley.presentation import draft_page

_ANSWER: Final = re.compile(r"\s*([1-9][0-9]{0,3})\s+([a-z]+)\s*:\s*(.+)", re.ASCII | re.DOTALL)


app = App(name="inquiry", help="Ask, answer, refuse, close.")


@app.command(help_epilogue=examples.of("inquiry ask"))
def ask(
    *,
    channel: Annotated[
        str | None, Parameter(help="label, the other's code, or identifier; if several")
    ] = None,
    subject: str | None = None,
    incident: Annotated[str | None, Parameter(help="what happened, in one line")] = None,
    facts: Annotated[str | None, Parameter(help="what is known")] = None,
    question: Annotated[tuple[str, ...], Many] = (),
    severity: Annotated[str | None, Parameter(help=", ".join(SEVERITIES))] = None,
    reply_wanted: Annotated[str | None, Parameter(help="such as 60d")] = None,
    evidence: Evidence = EVIDENCE,
    wording: Wording = WORDING,
    acting: Acting = options.ACTING,
) -> None:
    """Draft an inquiry, which opens a case.

    The draft leaves the house once its drafter has frozen it, a legal reviewer
    has cleared it, and another officer has authorised exactly those bytes.
    """
    given = {
        "subject": subject,
        "incident": incident,
        "facts": facts,
        "questions": list(question),
        "evidence": evidence.entries(),
        "severity": severity,
        "reply-wanted": reply_wanted,
    }
    drafting.opening(acting, ActType.INQUIRY, wording, given, channel=channel)


@app.command(help_epilogue=examples.of("inquiry supplement"))
def supplement(
    case: CaseArgument = None,
    /,
    *,
    subject: str | None = None,
    facts: Annotated[str | None, Parameter(help="what is known")] = None,
    question: Annotated[tuple[str, ...], Many] = (),
    reply_wanted: Annotated[str | None, Parameter(help="such as 60d")] = None,
    evidence: Evidence = EVIDENCE,
    wording: Wording = WORDING,
    acting: Acting = options.ACTING,
) -> None:
    """Draft a supplement: more questions or evidence. Numbers go on from the last."""
    given = {
        "subject": subject,
        "facts": facts,
        "questions": list(question),
        "evidence": evidence.entries(),
        "reply-wanted": reply_wanted,
    }
    drafting.in_case(acting, ActType.SUPPLEMENT, wording, given, case)


@app.command(help_epilogue=examples.of("inquiry acknowledge"))
def acknowledge(
    case: Annotated[str, Parameter(name="CASE", help="start of its number: 4 digits or more")],
    /,
    *,
    registry_own: Annotated[str | None, Parameter(help="number in our register")] = None,
    registry_peer: Annotated[str | None, Parameter(help="number in their register")] = None,
    acting: Acting = options.ACTING,
) -> None:
    """Acknowledge the other side's newest asking; the duty officer does it alone.

    It says when the asking arrived and who handles it, and nothing of substance.
    It is signed and sent at once.
    """
    from parley.application import cases, drafts

    output = Terminal(acting)
    officer = options.officer_of(acting)
    numbers = {"registry/own": registry_own, "registry/peer": registry_peer}
    values = {path: number for path, number in numbers.items() if number is not None}
    with access.opened(acting, output) as desk:
        channel, identifier = cases.find(desk, officer, case)
        statement = drafts.acknowledge(desk, officer, channel, identifier, values)
    output.emit(
        draft_page.plain_released(statement),
        lambda: draft_page.render_released(output, statement, channel.peer.text.code),
    )


@app.command(help_epilogue=examples.of("inquiry answer"))
def answer(
    case: CaseArgument = None,
    /,
    *,
    preliminary: Annotated[bool, Parameter(negative="", show_default=False, help="first word")] = (
        False
    ),
    holding: Annotated[bool, Parameter(negative="", show_default=False, help="it takes longer")] = (
        False
    ),
    detailed: Annotated[
        bool, Parameter(negative="", show_default=False, help="every open question, for good")
    ] = False,
    answer_: Annotated[
        tuple[str, ...],
        Many,
        Parameter(name="--answer", help=f"'1 STATUS: text'; {', '.join(ANSWER_STATUSES)}"),
    ] = (),
    next_step: Annotated[
        str | None, Parameter(help="when you write again: 14d, 2027-03-31, or a time in UTC")
    ] = None,
    remarks: str | None = None,
    evidence: Evidence = EVIDENCE,
    wording: Wording = WORDING,
    acting: Acting = options.ACTING,
) -> None:
    """Draft an answer, question by question.

    A detailed answer gives every open question a status. --template with a case
    prints a file with its questions in it, one place for each answer.
    """
    from parley.application import cases
    from parley.presentation import composing

    type_ = _kind_of_answer(preliminary=preliminary, holding=holding, detailed=detailed)
    given = {
        "answers": [_answer(text) for text in answer_],
        "next-step-at": next_step,
        "remarks": remarks,
        "evidence": evidence.entries(),
    }
    if wording.template and case is not None:
        output = Terminal(acting)
        officer = options.officer_of(acting)
        with access.opened(acting, output) as desk:
            channel, identifier = cases.find(desk, officer, case)
            asked = composing.asked(desk, officer, channel, identifier, output.language)
        drafting.show_template(output, type_, wording, asked)
        return
    drafting.in_case(acting, type_, wording, given, case)


@app.command(help_epilogue=examples.of("inquiry refuse"))
def refuse(
    case: CaseArgument = None,
    /,
    *,
    ground: Annotated[str | None, Parameter(help=", ".join(GROUNDS))] = None,
    text: Annotated[str | None, Parameter(help="the ground in words")] = None,
    remarks: str | None = None,
    wording: Wording = WORDING,
    acting: Acting = options.ACTING,
) -> None:
    """Draft a refusal of every question that has no detailed answer, on a ground."""
    given = {"ground": ground, "ground-text": text, "remarks": remarks}
    drafting.in_case(acting, ActType.REFUSAL, wording, given, case)


@app.command(help_epilogue=examples.of("inquiry conditions"))
def conditions(
    case: CaseArgument = None,
    /,
    *,
    condition: Annotated[tuple[str, ...], Many] = (),
    ground: Annotated[str | None, Parameter(help=", ".join(GROUNDS))] = None,
    text: Annotated[str | None, Parameter(help="the ground in words")] = None,
    remarks: str | None = None,
    wording: Wording = WORDING,
    acting: Acting = options.ACTING,
) -> None:
    """Draft conditions under which the answer would be given."""
    given = {
        "conditions": list(condition),
        "ground": ground,
        "ground-text": text,
        "remarks": remarks,
    }
    drafting.in_case(acting, ActType.CONDITIONAL_ANSWER, wording, given, case)


in_case.remarked(
    app,
    ActType.CONDITIONS_ACCEPTED,
    "accept-conditions",
    "Draft the acceptance of all conditions; once sent, they bind.",
)


in_case.remarked(
    app,
    ActType.WITHDRAWAL,
    "withdraw",
    "Draft the withdrawal of our inquiry; nothing more is owed then.",
)


@app.command(help_epilogue=examples.of("inquiry close"))
def close(
    case: CaseArgument = None,
    /,
    *,
    result: Annotated[str | None, Parameter(help=", ".join(RESULTS))] = None,
    remarks: str | None = None,
    wording: Wording = WORDING,
    acting: Acting = options.ACTING,
) -> None:
    """Draft the closing of our inquiry, after at least one answer."""
    given = {"result": result, "remarks": remarks}
    drafting.in_case(acting, ActType.CLOSING, wording, given, case)


def _kind_of_answer(*, preliminary: bool, holding: bool, detailed: bool) -> str:
    """Which answer is meant.

    :raises ParleyError: ``argument-missing`` where none is named, ``argument-repeated``.
    """
    kinds = {
        ActType.PRELIMINARY_ANSWER: preliminary,
        ActType.HOLDING_ANSWER: holding,
        ActType.DETAILED_ANSWER: detailed,
    }
    chosen = [kind for kind, is_meant in kinds.items() if is_meant]
    names = "--preliminary / --holding / --detailed"
    if not chosen:
        raise ParleyError(Reason.ARGUMENT_MISSING, name=names, help="parley inquiry answer --help")
    if len(chosen) > 1:
        raise ParleyError(Reason.ARGUMENT_REPEATED, name=names)
    return chosen[0]


def _answer(given: str) -> dict[str, Any]:
    """An answer from ``1 answered: text``.

    :raises ParleyError: ``argument-invalid``.
    """
    found = _ANSWER.fullmatch(given)
    if found is None or found[2] not in ANSWER_STATUSES:
        choices = ", ".join(f"'1 {status}: ...'" for status in ANSWER_STATUSES)
        raise ParleyError(Reason.ARGUMENT_INVALID, value=given, name="--answer", choices=choices)
    return {"question": int(found[1]), "status": found[2], "text": found[3]}
