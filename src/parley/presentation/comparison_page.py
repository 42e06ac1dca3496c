"""Two texts of proposals side by side, as a person reads them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

from parley.application import texts
from parley.application.texts import Row
from parley.domain.comparison import Change
from parley.domain.kinds import proposal_state as states
from parley.domain.kinds.proposal_state import Proposal
from parley.presentation.kinds.common import member, side
from parley.presentation.proposal_page import Plain

if TYPE_CHECKING:
    from parley.application.cases import CaseView
    from parley.presentation.output import Output


class Comparison(NamedTuple):
    """Two texts beside each other: what each is, as a sentence and for programs, and the rows."""

    left: tuple[str, Plain]
    right: tuple[str, Plain]
    rows: Sequence[Row]


def between_sides(
    output: Output, view: CaseView, proposal: Proposal, language: str | None
) -> Comparison:
    """The opener's units beside the variants of the others, where there are any."""
    channel = view.summary.channel
    words = texts.variants(view, proposal)
    tabled = texts.own(words, proposal.opener)
    other = next(one for one in range(proposal.members) if one != proposal.opener)
    theirs = texts.own(words, other)
    touched = {unit.number for unit in states.units(proposal) if unit.words[other] is not None}
    languages = _languages(proposal, language)
    return Comparison(
        (member(output, channel, proposal.opener), {"by": side(channel, proposal.opener)}),
        (member(output, channel, other), {"by": side(channel, other)}),
        texts.beside(
            {number: unit for number, unit in tabled.items() if number in touched},
            theirs,
            languages,
        ),
    )


def between_versions(
    output: Output,
    view: CaseView,
    proposal: Proposal,
    old: int | None,
    new: int | None,
    language: str | None,
) -> Comparison:
    """Two versions of the opener's own text: by default the latest and the one before."""
    later = proposal.versions[-1].number if new is None else new
    earlier = max(later - 1, 1) if old is None else old
    return Comparison(
        (output.text("Version {number}", number=earlier), {"version": earlier}),
        (output.text("Version {number}", number=later), {"version": later}),
        texts.beside(
            texts.version(view, proposal, earlier),
            texts.version(view, proposal, later),
            _languages(proposal, language),
        ),
    )


def between_proposals(
    output: Output,
    view: CaseView,
    proposal: Proposal,
    other: CaseView,
    others: Proposal,
    language: str | None,
) -> Comparison:
    """The openers' own texts of two proposals, unit by unit."""
    languages = dict.fromkeys((*_languages(proposal, language), *_languages(others, language)))
    sides = [
        (
            output.text(
                "Proposal {case} of {party}",
                case=one.summary.row.case_id.hex()[:12],
                party=member(output, one.summary.channel, substance.opener),
            ),
            {
                "case": one.summary.row.case_id.hex(),
                "by": side(one.summary.channel, substance.opener),
            },
        )
        for one, substance in ((view, proposal), (other, others))
    ]
    return Comparison(
        sides[0],
        sides[1],
        texts.beside(
            texts.own(texts.variants(view, proposal), proposal.opener),
            texts.own(texts.variants(other, others), others.opener),
            languages,
        ),
    )


def _languages(proposal: Proposal, language: str | None) -> tuple[str, ...]:
    """The languages to compare in: the one that was named, else the authentic ones."""
    return proposal.authentic if language is None else (language,)


def plain(made: Comparison) -> Plain:
    """A comparison for programs."""
    return {
        "left": made.left[1],
        "right": made.right[1],
        "units": [
            {
                "unit": row.unit,
                "language": row.language,
                "left": row.left,
                "right": row.right,
                "pieces": [
                    {"change": piece.change.value, "old": piece.old, "new": piece.new}
                    for piece in row.pieces
                ],
            }
            for row in made.rows
        ],
    }


def render(output: Output, made: Comparison) -> None:
    """Print two texts side by side, each with what it has and the other has not."""
    if not made.rows:
        output.say(output.text("There is nothing to compare."))
        return
    output.table(
        [output.text("Unit"), made.left[0], made.right[0]],
        [
            [
                output.text("{number} [{language}]", number=row.unit, language=row.language),
                _marked(output, row, old=True),
                _marked(output, row, old=False),
            ]
            for row in made.rows
        ],
    )
    if any(piece.change == Change.SPACING for row in made.rows for piece in row.pieces):
        output.say(output.text("Some words differ in nothing but the space behind them."))


def _marked(output: Output, row: Row, *, old: bool) -> str:
    """One side of a row, its own words marked."""
    text = row.left if old else row.right
    if text is None:
        return "\u2014"
    if row.left is None or row.right is None:
        return output.paragraphs(text)
    start, end = ("[-", "-]") if old else ("{+", "+}")
    parts: list[str] = []
    for piece in row.pieces:
        part = piece.old if old else piece.new
        if not part or piece.change in (Change.SAME, Change.SPACING):
            parts.append(part)
            continue
        words = part.rstrip()
        parts.append(f"{start}{words}{end}{part[len(words) :]}")
    return output.paragraphs("".join(parts))
