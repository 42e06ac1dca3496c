"""The page of a case share: figures with their claimants, samples, terms, and who is bound."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

from parley.domain.act import ActType
from parley.domain.kinds.share_state import CaseShare, bound, preservations
from parley.language.marks import N_
from parley.presentation.kinds import texts
from parley.presentation.kinds.common import Plain, member, numbered, side
from parley.record.body import Value

if TYPE_CHECKING:
    from parley.application.cases import CaseView, Summary
    from parley.presentation.output import Output

STATUSES: Final[Mapping[str, str]] = {
    "offered": N_("offered"),
    "accepted": N_("accepted; nothing sent yet"),
    "declined": N_("declined"),
    "withdrawn": N_("offer withdrawn"),
    "sent": N_("sent"),
    "used": N_("use reported"),
    "deleted": N_("deletion claimed"),
    "preservation-asked": N_("preservation asked"),
    "preserved": N_("preserved"),
    "preserved-in-part": N_("preserved in part"),
    "not-preserved": N_("not preserved"),
}

OUTCOMES: Final[Mapping[str, str]] = {
    "offered-terms-bind": N_("the terms that were read bind; the new offer waits for an answer"),
    "new-offer-open": N_("the earlier offer is declined; the new one waits for an answer"),
    "offer-withdrawn": N_("the offer is withdrawn; an acceptance of it binds nobody"),
    "claim-covers-earlier": N_("the claim of deletion covers what had been received before"),
    "extension-unanswered": N_("the answer is to the earlier request; the extension has none yet"),
}

FIGURES: Final[Mapping[str, str]] = {
    "exactly": N_("{number:number} {unit}"),
    "about": N_("about {number:number} {unit}"),
    "at-least": N_("at least {number:number} {unit}"),
    "more-than": N_("more than {number:number} {unit}"),
    "at-most": N_("at most {number:number} {unit}"),
    "less-than": N_("less than {number:number} {unit}"),
}


def plain(summary: Summary, substance: CaseShare) -> Plain:
    """A case share for programs, beside what every case has."""
    channel = summary.channel
    return {
        "giver": side(channel, substance.giver),
        "case_status": substance.case_status,
        "offers": [
            {
                "statement": offer.id.hex(),
                "limits": offer.limits,
                "retention": offer.retention,
                "withdrawn": offer.withdrawn,
            }
            for offer in substance.offers
        ],
        "bound": [
            {
                "by": side(channel, one.acceptance.author),
                "offer": one.offer.id.hex(),
                "acceptance": one.acceptance.id.hex(),
                "joint": one.joint,
            }
            for one in bound(summary.state, substance)
        ],
        "sent": [
            {
                "statement": sending.id.hex(),
                "acceptance": sending.acceptance.hex(),
                "to": side(channel, sending.recipient),
                "samples": sending.samples,
                "deletion_claimed": substance.is_deleted(sending),
            }
            for sending in substance.sendings
        ],
        "uses": [
            {"by": side(channel, use.author), "statement": use.id.hex(), "use": use.use}
            for use in substance.uses
        ],
        "preservations": [
            {
                "by": side(channel, one.request.author),
                "request": one.request.id.hex(),
                "seconds": one.seconds,
                "result": one.result,
            }
            for one in preservations(substance)
        ],
    }


def head(output: Output, summary: Summary, substance: CaseShare) -> list[tuple[str, str]]:
    """Whose case it is, and how it stands."""
    rows = [(output.text("Case of"), member(output, summary.channel, substance.giver))]
    if substance.case_status is not None:
        rows.append((output.text("Criminal case"), output.name(substance.case_status)))
    return rows


def render(output: Output, view: CaseView, substance: CaseShare) -> None:
    """Print the figures, the samples, who is bound by what, and what is preserved."""
    stated = texts.latest(view, (ActType.CASE_SHARE, ActType.SHARE_UPDATE))
    if stated is not None and stated.body is not None:
        _render_figures(output, stated.body.values)
    listed = texts.latest(view, (ActType.SHARE_SENT,)) or texts.latest(view, (ActType.CASE_SHARE,))
    if listed is not None and listed.body is not None:
        _render_samples(output, listed.body.values)
    _render_terms(output, view, substance)
    _render_preservations(output, view, substance)


def _render_figures(output: Output, values: Mapping[str, Value]) -> None:
    """Each figure with who claims it; nothing is shown as surer than its claimant says."""
    numbers = texts.numbers(values, "figures")
    if not numbers:
        return
    language = output.language

    def of(number: int, name: str) -> str:
        return texts.text(values, f"figures/{number}/{name}", language) or "\u2014"

    output.say()
    output.title(output.text("Figures, each as its claimant states it"))
    output.table(
        [
            output.text("Figure"),
            output.text("How sure"),
            output.text("Claimed by"),
        ],
        [
            [
                figure(output, of(number, "bound"), of(number, "number"), of(number, "unit")),
                output.name(of(number, "certainty")),
                output.foreign(of(number, "claimant")),
            ]
            for number in numbers
        ],
    )


def figure(output: Output, bound_: str, number: str, unit: str) -> str:
    """A figure as its claimant bounds it: about so many, at least so many."""
    pattern = FIGURES.get(bound_, FIGURES["about"])
    count = int(number) if number.isdecimal() else number
    return output.text(pattern, number=count, unit=unit)


def _render_samples(output: Output, values: Mapping[str, Value]) -> None:
    numbers = texts.numbers(values, "samples")
    if not numbers:
        return
    output.say()
    output.title(output.text("Samples, by hash; what is inside is never opened here"))
    output.table(
        [
            output.text("No."),
            output.text("Description"),
            output.text("SHA-256"),
            output.text("Encapsulation"),
        ],
        [
            [
                str(number),
                output.foreign(
                    texts.text(values, f"samples/{number}/description", output.language) or "\u2014"
                ),
                _hex(values.get(f"samples/{number}/sha256")),
                output.name(str(values.get(f"samples/{number}/encapsulation", "not-stated"))),
            ]
            for number in numbers
        ],
    )


def _hex(value: Value | None) -> str:
    return value.hex() if isinstance(value, bytes) else "\u2014"


def _render_terms(output: Output, view: CaseView, substance: CaseShare) -> None:
    """Who is bound by which offer, and what was claimed to be deleted."""
    channel, numbers = view.summary.channel, numbered(view)
    for one in bound(view.summary.state, substance):
        sentence = output.plural(
            "{who} is bound by the handling and {n} limit of use of statement {number}.",
            "{who} is bound by the handling and {n} limits of use of statement {number}.",
            one.offer.limits,
            who=member(output, channel, one.acceptance.author),
            number=numbers.get(one.offer.id, 0),
        )
        if not one.joint:
            sentence = output.text(
                "{sentence} Provisional, until each side is known to have seen both.",
                sentence=sentence,
            )
        output.say()
        output.say(sentence)
    if substance.deletions:
        output.say()
        output.say(output.text("A claim of deletion is its author's word; it proves nothing more."))


def _render_preservations(output: Output, view: CaseView, substance: CaseShare) -> None:
    found = preservations(substance)
    if not found:
        return
    channel, numbers = view.summary.channel, numbered(view)
    output.say()
    output.title(output.text("Preservation"))
    output.table(
        [
            output.text("By statement"),
            output.text("Asked by"),
            output.text("For"),
            output.text("Answer"),
        ],
        [
            [
                str(numbers.get(one.request.id, "?")),
                member(output, channel, one.request.author),
                output.translator.duration(one.seconds),
                output.text("none yet") if one.result is None else output.name(one.result),
            ]
            for one in found
        ],
    )
