"""``parley proposal``: a text, from its tabling to the hash that both sides have signed."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Annotated, Any, Final

from cyclopts import App, Parameter

from parley.cli import drafting, examples, in_case, options, proposal_reading
from parley.cli.drafting import WORDING, Wording
from parley.cli.in_case import CaseArgument
from parley.cli.options import Acting
from parley.cli.proposal_reading import proposal_of
from parley.cli.terminal import Terminal
from parley.domain.act import ActType
from parley.domain.kinds import proposal_state as states
from parley.domain.kinds.proposal_state import Proposal
from parley.kernel.errors import ParleyError
from parley.kernel.reasons import Reason

if TYPE_CHECKING:
    from parley.application.desk import Desk
    from parley.record.channel import Channel

_UNIT: Final = re.compile(r"\s*([1-9][0-9]{0,3})\s*:\s*(.+)", re.ASCII | re.DOTALL)

UnitTexts = Annotated[
    tuple[str, ...], Parameter(name="--unit", negative="", show_default=False, help="'3: text'")
]
UnitNumbers = Annotated[
    tuple[int, ...], Parameter(name="--unit", negative="", show_default=False, help="its number")
]
Omitted = Annotated[
    tuple[int, ...],
    Parameter(name="--omit", negative="", show_default=False, help="unit to be left out"),
]
Rationale = Annotated[str | None, Parameter(help="why, for every unit given")]

app = App(name="proposal", help="Table a text, study it, settle its brackets, agree to it.")


@app.command(help_epilogue=examples.of("proposal table"))
def table(
    *,
    channel: Annotated[
        str | None, Parameter(help="label, the other's code, or identifier; if several")
    ] = None,
    about: Annotated[str | None, Parameter(help="case that it is about")] = None,
    subject: str | None = None,
    unit: Annotated[
        tuple[str, ...], Parameter(negative="", show_default=False, help="text; in their order")
    ] = (),
    prevailing: Annotated[str | None, Parameter(help="language that prevails")] = None,
    remarks: str | None = None,
    wording: Wording = WORDING,
    acting: Acting = options.ACTING,
) -> None:
    """Draft a proposal, which opens a case: a text in numbered units.

    With --from a file gives headings, several languages and what each is worth.
    """
    given = {
        "subject": subject,
        "units": [{"text": one} for one in unit],
        "prevailing": prevailing,
        "remarks": remarks,
        "about": about,
    }
    if wording.template:
        drafting.show_template(Terminal(acting), ActType.PROPOSAL, wording)
        return
    drafting.write(acting, ActType.PROPOSAL, wording, given, channel=channel)


@app.command(help_epilogue=examples.of("proposal revise"))
def revise(
    case: CaseArgument = None,
    /,
    *,
    unit: UnitTexts = (),
    omit: Omitted = (),
    rationale: Rationale = None,
    remarks: str | None = None,
    wording: Wording = WORDING,
    acting: Acting = options.ACTING,
) -> None:
    """Draft a new version of our own proposal: the units that change."""
    given = {**_own_text(unit, omit, rationale), "remarks": remarks}
    drafting.in_case(acting, ActType.PROPOSAL_REVISION, wording, given, case)


@app.command(help_epilogue=examples.of("proposal bracket"))
def bracket(
    case: CaseArgument = None,
    /,
    *,
    unit: UnitTexts = (),
    omit: Omitted = (),
    rationale: Rationale = None,
    remarks: str | None = None,
    wording: Wording = WORDING,
    acting: Acting = options.ACTING,
) -> None:
    """Draft brackets: our own variant of units of the other side's proposal.

    A number above the last adds a unit. Brackets go only by the consent of all.
    """
    given = {**_own_text(unit, omit, rationale), "remarks": remarks}
    drafting.in_case(acting, ActType.PROPOSAL_BRACKET, wording, given, case)


@app.command(help_epilogue=examples.of("proposal study"))
def study(
    case: CaseArgument = None,
    /,
    *,
    next_step: Annotated[
        str | None, Parameter(help="when you are heard: 14d, 2027-03-31, or a time in UTC")
    ] = None,
    remarks: str | None = None,
    wording: Wording = WORDING,
    acting: Acting = options.ACTING,
) -> None:
    """Draft the word that the text is under study, and until when."""
    given = {"next-step-at": next_step, "remarks": remarks}
    drafting.in_case(acting, ActType.PROPOSAL_STUDY, wording, given, case)


@app.command(help_epilogue=examples.of("proposal comment"))
def comment(
    case: CaseArgument = None,
    /,
    *,
    unit: UnitTexts = (),
    remarks: Annotated[str | None, Parameter(help="on the whole")] = None,
    wording: Wording = WORDING,
    acting: Acting = options.ACTING,
) -> None:
    """Draft comments, unit by unit; they change no text."""
    given = {"comments": _numbered(unit), "remarks": remarks}
    drafting.in_case(acting, ActType.PROPOSAL_COMMENT, wording, given, case)


@app.command(name="withdraw-variant", help_epilogue=examples.of("proposal withdraw-variant"))
def withdraw_variant(
    case: CaseArgument = None,
    /,
    *,
    unit: UnitNumbers = (),
    remarks: str | None = None,
    wording: Wording = WORDING,
    acting: Acting = options.ACTING,
) -> None:
    """Draft the withdrawal of our own variants; it is no consent to others."""
    given = {"withdrawn": list(unit), "remarks": remarks}
    drafting.in_case(acting, ActType.PROPOSAL_VARIANT_WITHDRAWAL, wording, given, case)


@app.command(help_epilogue=examples.of("proposal consent"))
def consent(
    case: CaseArgument = None,
    /,
    *,
    unit: UnitNumbers = (),
    remarks: str | None = None,
    wording: Wording = WORDING,
    acting: Acting = options.ACTING,
) -> None:
    """Draft our consent to the other side's variant of units in brackets.

    It counts for exactly the text that you read: not for one that comes later.
    """

    def variants(desk: Desk, channel: Channel, identifier: bytes) -> dict[str, Any]:
        from parley.application import cases

        view = cases.show(desk, channel, identifier, options.officer_of(acting))
        return {"variants": consents(proposal_of(view), channel.own_index, unit)} if unit else {}

    given = {"remarks": remarks}
    drafting.in_case(acting, ActType.PROPOSAL_CONSENT, wording, given, case, more=variants)


@app.command(help_epilogue=examples.of("proposal agree"))
def agree(
    case: CaseArgument = None,
    /,
    *,
    ad_referendum: Annotated[
        bool,
        Parameter(negative="", show_default=False, help="subject to confirmation at home"),
    ] = False,
    remarks: str | None = None,
    wording: Wording = WORDING,
    acting: Acting = options.ACTING,
) -> None:
    """Draft our agreement to the text without brackets, by its hash.

    It is agreed once all have agreed for good to one hash. If a word on the text
    crosses it, it binds nobody.
    """
    type_ = ActType.PROPOSAL_AD_REFERENDUM if ad_referendum else ActType.PROPOSAL_AGREEMENT
    drafting.in_case(acting, type_, wording, {"remarks": remarks}, case)


in_case.remarked(
    app,
    ActType.PROPOSAL_WITHDRAWAL,
    "withdraw",
    "Draft the withdrawal of our own proposal, as long as it is not agreed.",
)


@app.command(help_epilogue=examples.of("proposal supersede"))
def supersede(
    case: CaseArgument = None,
    /,
    *,
    by: Annotated[str | None, Parameter(help="case that takes its place")] = None,
    remarks: str | None = None,
    wording: Wording = WORDING,
    acting: Acting = options.ACTING,
) -> None:
    """Draft the giving up of our own proposal for another one, ours or theirs."""
    given = {"by": by, "remarks": remarks}
    drafting.in_case(acting, ActType.PROPOSAL_SUPERSESSION, wording, given, case)


def consents(proposal: Proposal, member: int, numbers: tuple[int, ...]) -> list[list[Any]]:
    """Of each unit the variant to which ``member`` would consent: the one that is not its word.

    :raises ParleyError: ``unit-unknown``, ``unit-not-bracketed``, ``variant-unknown`` where there
        is none, or more than one: a file then names the digest.
    """
    known = {unit.number: unit for unit in states.units(proposal)}
    found: list[list[Any]] = []
    for number in numbers:
        if number not in known:
            raise ParleyError(Reason.UNIT_UNKNOWN, unit=number)
        unit = known[number]
        if not unit.bracketed:
            raise ParleyError(Reason.UNIT_NOT_BRACKETED, unit=number)
        others = {v.digest for v in unit.variants if v.digest != unit.words[member]}
        if len(others) != 1:
            raise ParleyError(Reason.VARIANT_UNKNOWN, unit=number)
        found.append([number, others.pop()])
    return found


def _own_text(
    unit: tuple[str, ...], omit: tuple[int, ...], rationale: str | None
) -> dict[str, Any]:
    """Entries of units of our own text."""
    why = {} if rationale is None else {"rationale": rationale}
    return {
        "units": [{**one, **why} for one in _numbered(unit)],
        "omitted": [{"number": number, **why} for number in omit],
    }


def _numbered(given: tuple[str, ...]) -> list[dict[str, Any]]:
    """Items from ``3: text``.

    :raises ParleyError: ``argument-invalid``.
    """
    items: list[dict[str, Any]] = []
    for one in given:
        found = _UNIT.fullmatch(one)
        if found is None:
            raise ParleyError(Reason.ARGUMENT_INVALID, value=one, name="--unit", choices="'3: ...'")
        items.append({"number": int(found[1]), "text": found[2]})
    return items


app.command(proposal_reading.text, help_epilogue=examples.of("proposal text"))
app.command(proposal_reading.compare, help_epilogue=examples.of("proposal compare"))
app.command(proposal_reading.verify, help_epilogue=examples.of("proposal verify"))
