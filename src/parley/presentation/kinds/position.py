"""The page of a position: whose claim it is, and what each side has said last."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

from parley.domain.act import ActType
from parley.domain.kinds.position import Attribution, Position, Word
from parley.domain.types.position import NAMED, SENDER
from parley.language.marks import N_
from parley.presentation.kinds import texts
from parley.presentation.kinds.common import Plain, member, numbered, side

if TYPE_CHECKING:
    from parley.application.acts import ActView
    from parley.application.cases import CaseView, Summary
    from parley.presentation.output import Output
    from parley.record.channel import Channel

STATUSES: Final[Mapping[str, str]] = {
    "asserted": N_("asserted by one side; the other has said nothing"),
    "maintained": N_("maintained by the side that asserted it"),
    "denied": N_("denied"),
    "no-comment": N_("no comment"),
    "admitted": N_("admitted"),
    "denial-withdrawn": N_("denial withdrawn"),
    "denied-and-admitted": N_("denied by one side, admitted by the other"),
    "withdrawn": N_("attribution withdrawn"),
}

OUTCOMES: Final[Mapping[str, str]] = {
    "words-unread": N_("each spoke without having read the other; both stand as said"),
    "maintained-unread": N_("the attribution was maintained without having read the reply"),
    "withdrawn-unread": N_("the attribution was withdrawn without having read the reply"),
}


def plain(summary: Summary, substance: Position) -> Plain:
    """A position for programs, beside what every case has."""
    channel, attribution = summary.channel, substance.attribution
    return {
        "attribution": None if attribution is None else _plain_attribution(attribution),
        "words": [
            {
                "by": side(channel, index),
                "type": None if word is None else word.type,
                "statement": None if word is None else word.id.hex(),
                "times": 0 if word is None else word.times,
            }
            for index, word in enumerate(substance.words)
        ],
    }


def _plain_attribution(attribution: Attribution) -> dict[str, Any]:
    return {
        "statement": attribution.id.hex(),
        "said_by": attribution.said_by,
        "confidence": attribution.confidence,
        "publicity": attribution.publicity,
    }


def head(output: Output, summary: Summary, substance: Position) -> list[tuple[str, str]]:
    """Who opened the case, and how sure it says that it is."""
    opener = member(output, summary.channel, summary.state.opener)
    attribution = substance.attribution
    if attribution is None:
        return [(output.text("Denied by"), opener)]
    return [
        (output.text("Attributed by"), opener),
        (output.text("Confidence"), output.name(attribution.confidence)),
        (output.text("Publicity"), output.name(attribution.publicity)),
    ]


def render(output: Output, view: CaseView, substance: Position) -> None:
    """Print whose claim it is, and the last word of each side beside the other."""
    channel = view.summary.channel
    if substance.attribution is not None:
        output.say()
        output.facts(_sources(output, view, substance.attribution), indent=4)
    numbers = numbered(view)
    output.say()
    output.title(output.text("What each side has said"))
    output.table(
        [output.text("Side"), output.text("Last word"), output.text("By statement")],
        [
            [
                member(output, channel, index),
                _said(output, word),
                "\u2014" if word is None else str(numbers.get(word.id, "?")),
            ]
            for index, word in enumerate(substance.words)
        ],
    )
    output.say(output.text("Parley resolves nothing: each word stands as its side's own."))


def claim(output: Output, view: CaseView, substance: Position) -> list[tuple[str, str]]:
    """Who opened the case; of an attribution also whose claim it is, how sure, on what law."""
    rows = head(output, view.summary, substance)
    if substance.attribution is not None:
        rows += _sources(output, view, substance.attribution)
    return rows


def _sources(output: Output, view: CaseView, attribution: Attribution) -> list[tuple[str, str]]:
    made = texts.latest(view, (ActType.ATTRIBUTION,))
    return [
        (
            output.text("Claimant"),
            _claimant(output, view.summary.channel, view, attribution, made),
        ),
        (output.text("Law invoked"), _law(output, made)),
    ]


def _said(output: Output, word: Word | None) -> str:
    if word is None:
        return output.text("no statement")
    if word.times == 1:
        return output.name(word.type)
    return output.plural(
        "{what:name}, {n} time", "{what:name}, {n} times", word.times, what=word.type
    )


def _claimant(
    output: Output,
    channel: Channel,
    view: CaseView,
    attribution: Attribution,
    made: ActView | None,
) -> str:
    """Whose claim it is; never more certain than what its author says."""
    if attribution.said_by == SENDER:
        return member(output, channel, view.summary.state.opener)
    if attribution.said_by != NAMED:
        return output.text("not named in the source")
    if made is None or made.body is None:
        return "\u2014"
    values = made.body.values
    names = [
        texts.text(values, f"claimants/{number}/name", output.language) or "\u2014"
        for number in texts.numbers(values, "claimants")
    ]
    return output.foreign("; ".join(names)) if names else "\u2014"


def _law(output: Output, made: ActView | None) -> str:
    if made is None or made.body is None:
        return "\u2014"
    law = texts.text(made.body.values, "law", output.language)
    return output.text("none invoked") if law is None else output.foreign(law)
