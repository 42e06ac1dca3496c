"""The page of a disclosed recusal: whose it is; the text says who and from what."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

from parley.domain.act import ActType
from parley.domain.kinds.recusal import Recusal
from parley.language.marks import N_
from parley.presentation.kinds import texts
from parley.presentation.kinds.common import Plain, member

if TYPE_CHECKING:
    from parley.application.cases import CaseView, Summary
    from parley.presentation.output import Output

STATUSES: Final[Mapping[str, str]] = {
    "recused": N_("recused"),
    "recusal-ended": N_("recusal ended by its author"),
}

OUTCOMES: Final[Mapping[str, str]] = {}


def plain(_summary: Summary, substance: Recusal) -> Plain:
    """A recusal for programs, beside what every case has."""
    return {
        "disclosed": substance.disclosed.hex(),
        "ended": substance.ended.hex() if substance.ended else None,
    }


def head(output: Output, summary: Summary, _substance: Recusal) -> list[tuple[str, str]]:
    """Which side discloses it."""
    return [(output.text("Disclosed by"), member(output, summary.channel, summary.state.opener))]


def render(output: Output, view: CaseView, _substance: Recusal) -> None:
    """Print which office stays out, and which acts instead."""
    made = texts.latest(view, (ActType.RECUSAL,))
    if made is None or made.body is None:
        return
    office = texts.text(made.body.values, "office", output.language)
    delegate = texts.text(made.body.values, "delegate", output.language)
    output.say()
    output.facts(
        [
            (output.text("Office that stays out"), output.foreign(office or "\u2014")),
            (
                output.text("Office that acts instead"),
                output.foreign(delegate) if delegate else output.text("not named"),
            ),
        ],
        indent=4,
    )
