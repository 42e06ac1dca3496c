"""The page of a proposal: its units and their brackets, who studies it, who has agreed to what."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

from parley.application import texts
from parley.domain.kinds import proposal_state as states
from parley.domain.kinds.proposal_state import Proposal, Unit
from parley.domain.types.proposal import OMITTED
from parley.language.marks import N_
from parley.presentation.kinds.common import Plain, member, numbered, side

if TYPE_CHECKING:
    from parley.application.cases import CaseView, Summary
    from parley.presentation.output import Output
    from parley.record.channel import Channel

STATUSES: Final[Mapping[str, str]] = {
    "tabled": N_("tabled"),
    "under-study": N_("under study"),
    "commented": N_("commented"),
    "bracketed": N_("in brackets"),
    "agreed-ad-referendum": N_("agreed ad referendum"),
    "agreed": N_("agreed by all"),
    "withdrawn": N_("withdrawn"),
    "superseded": N_("given up for another proposal"),
}

OUTCOMES: Final[Mapping[str, str]] = {
    "both-texts-stand": N_("both texts stand, in brackets where they speak of one unit"),
    "both-texts-gone": N_("each has taken its own text back"),
    "other-text-stands": N_("the one text is gone, the other stands"),
    "consent-to-what-stands": N_("the consent counts where the variant that was read still stands"),
    "consents-crossed": N_("each named a variant; brackets go only where both name one"),
    "agreements-meet": N_("both have agreed, each to the text that it had read"),
    "agreement-stands": N_("the comment changes no text; the agreement stands"),
    "agreement-lapses": N_(
        "the agreement has lapsed: nobody is bound to a text that it had not seen"
    ),
    "proposal-ended": N_("the proposal is off the table; the other act stands as said"),
    "ended-agreement-lapses": N_("the proposal is off the table; the agreement has lapsed"),
}


# --- for programs --------------------------------------------------------------------------------


def plain(summary: Summary, substance: Proposal) -> Plain:
    """A proposal for programs, beside what every case has."""
    channel = summary.channel
    agreed = states.is_agreed(substance)
    return {
        "tabled_by": side(channel, substance.opener),
        "authentic": list(substance.authentic),
        "prevailing": substance.prevailing,
        "versions": [
            {"number": one.number, "statement": one.act.hex()} for one in substance.versions
        ],
        "text": states.hash_of(substance),
        "agreed": agreed,
        "joint": agreed and is_joint(summary, substance),
        "agreements": [
            {
                "by": side(channel, index),
                "statement": given.act.hex(),
                "final": given.final,
                "text": given.text,
                "holds": states.agreement_of(substance, index) is not None,
            }
            for index, given in enumerate(substance.agreements)
            if given is not None
        ],
        "units": [_plain_unit(channel, unit) for unit in states.units(substance)],
        "study": [
            {"by": side(channel, index), "statement": one.act.hex(), "next_step": one.next_step}
            for index, one in enumerate(substance.studies)
            if one is not None
        ],
        "superseded_by": substance.ended.by if substance.ended is not None else None,
    }


def _plain_unit(channel: Channel, unit: Unit) -> Plain:
    return {
        "unit": unit.number,
        "bracketed": unit.bracketed,
        "chosen": unit.chosen.digest if unit.chosen is not None else None,
        "variants": [
            {
                "by": side(channel, variant.owner),
                "digest": variant.digest,
                "statement": variant.act.hex(),
            }
            for variant in unit.variants
        ],
        "words": [
            {"by": side(channel, index), "digest": word or None}
            for index, word in enumerate(unit.words)
            if word is not None
        ],
    }


def is_joint(summary: Summary, substance: Proposal) -> bool:
    """Whether no act that is still on its way can undo an agreement."""
    return all(
        given is not None and summary.state.is_settled(index, given.seq)
        for index, given in enumerate(substance.agreements)
    )


# --- for people ----------------------------------------------------------------------------------


def head(output: Output, summary: Summary, substance: Proposal) -> list[tuple[str, str]]:
    """The lines at the head of the page."""
    channel = summary.channel
    authentic = output.translator.join(substance.authentic)
    if substance.prevailing is not None:
        authentic = output.text(
            "{languages}; {language} prevails", languages=authentic, language=substance.prevailing
        )
    rows = tabling(output, summary, substance)
    rows.insert(2, (output.text("Authentic in"), authentic))
    for index, given in enumerate(substance.agreements):
        if given is not None:
            label = output.text("Agreed to by {party}", party=member(output, channel, index))
            rows.append((label, _agreement(output, substance, index)))
    agreed = states.hash_of(substance)
    text = agreed if agreed is not None else output.text("none: there are brackets")
    rows.append((output.text("Hash of the text"), text))
    if substance.ended is not None and substance.ended.by is not None:
        rows.append((output.text("Given up for case"), substance.ended.by))
    return rows


def tabling(output: Output, summary: Summary, substance: Proposal) -> list[tuple[str, str]]:
    """Who tabled the text, its version, and who studies it until when."""
    channel = summary.channel
    rows = [
        (output.text("Tabled by"), member(output, channel, substance.opener)),
        (output.text("Version"), str(substance.versions[-1].number)),
    ]
    for index, study in enumerate(substance.studies):
        if study is not None:
            label = output.text("Studied by {party}", party=member(output, channel, index))
            rows.append((label, output.text("heard by {when}", when=output.time(study.next_step))))
    return rows


def _agreement(output: Output, substance: Proposal, index: int) -> str:
    """How a member has agreed, and whether that is to the text as it stands."""
    given = states.agreement_of(substance, index)
    if given is None:
        return output.text("to an earlier text; it binds nobody any more")
    return output.text("for good") if given.final else output.text("ad referendum")


def render(output: Output, view: CaseView, substance: Proposal) -> None:
    """Print the units: which are in brackets, and whose variants there are."""
    channel = view.summary.channel
    words = texts.variants(view, substance)
    numbers = numbered(view)
    output.say()
    output.title(output.text("Units of the text"))
    output.table(
        [
            output.text("No."),
            output.text("Heading"),
            output.text("How it stands"),
            output.text("Variants"),
            output.text("By statement"),
        ],
        [
            [
                str(unit.number),
                output.foreign(texts.heading(unit, words, output.language) or "\u2014"),
                stands(output, channel, unit),
                "\n".join(_owner(output, channel, variant) for variant in unit.variants)
                or "\u2014",
                "\n".join(str(numbers.get(variant.act, "?")) for variant in unit.variants)
                or "\u2014",
            ]
            for unit in states.units(substance)
        ],
    )


def stands(output: Output, channel: Channel, unit: Unit) -> str:
    """How a unit stands, in words."""
    if unit.bracketed:
        return output.text("in brackets")
    if unit.chosen is None:
        return output.text("left out")
    if len(unit.variants) == 1 and sum(word is not None for word in unit.words) == 1:
        return output.text("as tabled")
    return output.text("settled: {party}", party=member(output, channel, unit.chosen.owner))


def _owner(output: Output, channel: Channel, variant: states.Variant) -> str:
    owner = member(output, channel, variant.owner)
    if variant.digest == OMITTED:
        return output.text("{party}: to be left out", party=owner)
    return owner
