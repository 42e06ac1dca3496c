"""The text of a proposal as a person reads it: with its brackets, and beside another."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

from parley.application import texts
from parley.application.texts import Comment, Languages, UnitText
from parley.domain.kinds import proposal_state as states
from parley.domain.kinds.proposal_state import Proposal, Unit
from parley.language.marks import N_
from parley.presentation.kinds.common import member, side
from parley.presentation.kinds.proposal import STATUSES, stands

if TYPE_CHECKING:
    from parley.application.cases import CaseView
    from parley.presentation.output import Output
    from parley.record.channel import Channel
    from parley.record.dossier.agreed import AgreedText

Plain = dict[str, Any]

WORTH: Final[Mapping[str, str]] = {
    "official-translation": N_("{language}: official translation"),
    "unofficial-translation": N_("{language}: unofficial translation"),
}


# --- the text with its brackets ------------------------------------------------------------------


def plain_text(view: CaseView, proposal: Proposal, version: int | None) -> Plain:
    """The text for programs: as it stands, or the opener's own at a version."""
    channel = view.summary.channel
    worth = texts.languages(view, proposal)
    head: Plain = {
        "case": view.summary.row.case_id.hex(),
        "text": states.hash_of(proposal),
        "authentic": list(worth.authentic),
        "prevailing": worth.prevailing,
        "translations": [
            {
                "language": language,
                "status": status,
                "by": worth.by.get(language),
                "machine": language in worth.machine,
            }
            for language, status in sorted(worth.translations.items())
        ],
    }
    if version is not None:
        tabled = texts.version(view, proposal, version)
        units = [_plain_unit_text(channel, unit) for _, unit in sorted(tabled.items())]
        return head | {"version": version, "units": units}
    words = texts.variants(view, proposal)
    return head | {
        "units": [
            {
                "unit": unit.number,
                "bracketed": unit.bracketed,
                "chosen": unit.chosen.digest if unit.chosen is not None else None,
                "variants": [
                    _plain_unit_text(channel, words[unit.number, variant.owner])
                    for variant in unit.variants
                ],
            }
            for unit in states.units(proposal)
        ],
        "comments": [
            {
                "unit": one.unit or None,
                "by": side(channel, one.author),
                "statement": one.act.hex(),
                "text": dict(one.text),
            }
            for one in texts.comments(view)
        ],
    }


def _plain_unit_text(channel: Channel, unit: UnitText) -> Plain:
    return {
        "unit": unit.number,
        "by": side(channel, unit.author),
        "statement": unit.act.hex(),
        "digest": unit.digest,
        "omitted": unit.omitted,
        "erased": unit.erased,
        "heading": dict(unit.heading),
        "text": dict(unit.text),
        "rationale": dict(unit.rationale),
    }


def render_text(
    output: Output, view: CaseView, proposal: Proposal, language: str | None, version: int | None
) -> None:
    """Print the text unit by unit, in one language."""
    worth = texts.languages(view, proposal)
    shown = worth.chosen(language or output.language)
    render_worth(output, worth, shown)
    if version is not None:
        for _, tabled in sorted(texts.version(view, proposal, version).items()):
            _render_unit_text(output, tabled, shown)
        return
    words = texts.variants(view, proposal)
    said: dict[int, list[Comment]] = {}
    for comment in texts.comments(view):
        said.setdefault(comment.unit, []).append(comment)
    channel = view.summary.channel
    for unit in states.units(proposal):
        _render_unit(output, channel, unit, words, shown)
        _render_comments(output, channel, said.get(unit.number, ()), shown)
    if said.get(0):
        output.say()
        output.title(output.text("On the whole"))
        _render_comments(output, channel, said[0], shown)
    output.say()
    agreed = states.hash_of(proposal)
    if agreed is None:
        output.say(output.text("There is no hash to agree to as long as there are brackets."))
    else:
        output.facts([(output.text("Hash of the text"), agreed)])


def render_worth(
    output: Output, worth: Languages, shown: str, named: Callable[[str], str] = str
) -> None:
    """Say in which language this is, and what it is worth; ``named``: how a tag is called."""
    if shown in worth.translations:
        output.say(output.text(WORTH[worth.translations[shown]], language=named(shown)))
        if shown in worth.machine:
            output.say(output.text("A machine made this translation."))
        if shown in worth.by:
            output.say(output.text("Translated by {who}.", who=output.foreign(worth.by[shown])))
    elif len(worth.authentic) == 1:
        output.say(output.text("{language}: authentic", language=named(shown)))
    else:
        others = output.translator.join(named(one) for one in worth.authentic if one != shown)
        output.say(
            output.text(
                "{language}: equally authentic with {others}", language=named(shown), others=others
            )
        )
    if worth.prevailing is not None:
        output.say(
            output.text(
                "Where versions differ, {language} prevails.", language=named(worth.prevailing)
            )
        )


def _render_unit(
    output: Output,
    channel: Channel,
    unit: Unit,
    words: texts.Owned,
    language: str,
) -> None:
    output.say()
    heading = texts.heading(unit, words, language)
    state = stands(output, channel, unit)
    line = output.text("Unit {number}: {state}", number=unit.number, state=state)
    output.title(line)
    if heading:
        output.say(output.foreign(heading), indent=4)
    if not unit.bracketed:
        if unit.chosen is not None:
            _render_body(output, words[unit.number, unit.chosen.owner], language, 4)
        return
    for variant in unit.variants:
        text = words[unit.number, variant.owner]
        output.say(f"[ {member(output, channel, variant.owner)}", indent=4)
        _render_body(output, text, language, 6)
        why = _in(text.rationale, language)
        if why:
            output.say(output.text("Why: {reason}", reason=output.foreign(why)), indent=6)
        output.say("]", indent=4)


def _render_unit_text(output: Output, unit: UnitText, language: str) -> None:
    output.say()
    output.title(output.text("Unit {number}", number=unit.number))
    heading = _in(unit.heading, language)
    if heading:
        output.say(output.foreign(heading), indent=4)
    _render_body(output, unit, language, 4)


def _render_body(output: Output, text: UnitText, language: str, indent: int) -> None:
    if text.omitted:
        said = output.text("To be left out.")
    elif text.erased:
        said = output.text("The text was erased.")
    else:
        said = output.paragraphs(_in(text.text, language))
    output.say(said, indent=indent)


def _render_comments(
    output: Output, channel: Channel, comments: Sequence[Comment], language: str
) -> None:
    for one in comments:
        said = output.text(
            "Comment by {party}: {text}",
            party=member(output, channel, one.author),
            text=output.foreign(_in(one.text, language)),
        )
        output.say(said, indent=4)


def _in(versions: Mapping[str, str], language: str) -> str:
    """A text in ``language``, or in another with its name; empty where it is not said."""
    if language in versions or not versions:
        return versions.get(language, "")
    other, text = next(iter(versions.items()))
    return f"[{other}] {text}"


def plain_languages(view: CaseView, proposal: Proposal) -> Plain:
    """The languages of the text beside each other for programs, aligned by unit and by owner."""
    worth = texts.languages(view, proposal)
    channel = view.summary.channel
    return {
        "languages": list(worth.all),
        "units": [
            {
                "unit": unit.number,
                "by": side(channel, unit.author),
                "text": {one: unit.whole(one) or None for one in worth.all},
            }
            for unit in _worded(view, proposal)
        ],
    }


def render_languages(output: Output, view: CaseView, proposal: Proposal) -> None:
    """Show the languages of the text beside each other, aligned by unit and by owner."""
    worth = texts.languages(view, proposal)
    channel = view.summary.channel
    output.table(
        [output.text("Unit"), *worth.all],
        [
            [
                output.text(
                    "{number}, {party}",
                    number=unit.number,
                    party=member(output, channel, unit.author),
                ),
                *(output.paragraphs(unit.whole(one)) or "\u2014" for one in worth.all),
            ]
            for unit in _worded(view, proposal)
        ],
    )


def _worded(view: CaseView, proposal: Proposal) -> list[UnitText]:
    words = texts.variants(view, proposal)
    return [unit for _, unit in sorted(words.items()) if not unit.omitted]


# --- what a dossier proves -----------------------------------------------------------------------


def plain_agreed(found: AgreedText, codes: Sequence[str]) -> Plain:
    """A proposal of a dossier for programs; parties are named by their codes."""
    return {
        "case": found.case.hex(),
        "status": found.status,
        "text": found.text,
        "signatures": [
            {
                "by": codes[one.author],
                "statement": one.statement.hex(),
                "final": one.final,
                "text": one.text,
                "holds": one.holds,
            }
            for one in found.signatures
        ],
        "units": [
            {
                "unit": unit.number,
                "by": codes[unit.author],
                "statement": unit.statement.hex(),
                "digest": unit.digest,
                "words": dict(unit.words) or None,
            }
            for unit in found.units
        ],
    }


def render_agreed(output: Output, found: Sequence[AgreedText], codes: Sequence[str]) -> None:
    """Print the texts of a dossier: what was signed, by whom, and the words under it."""
    if not found:
        output.say(output.text("The dossier holds no proposal."))
    for one in found:
        output.title(output.text("Case {case}", case=one.case.hex()))
        rows = [(output.text("Status"), output.text(STATUSES[one.status]))]
        text = one.text if one.text is not None else output.text("none: there are brackets")
        rows.append((output.text("Hash of the text"), text))
        for signed in one.signatures:
            manner = output.text("for good") if signed.final else output.text("ad referendum")
            said = (
                manner
                if signed.holds
                else output.text("to an earlier text; it binds nobody any more")
            )
            label = output.text("Agreed to by {party}", party=output.foreign(codes[signed.author]))
            rows.append((label, f"{said} ({signed.statement.hex()[:12]})"))
        output.facts(rows, indent=4)
        for unit in one.units:
            output.say()
            output.say(output.text("Unit {number}", number=unit.number), indent=4)
            if not unit.words:
                output.say(
                    output.text("The words are not in the dossier; the digest stands signed."),
                    indent=6,
                )
            for language, words in unit.words.items():
                output.say(f"[{language}]", indent=6)
                output.say(output.paragraphs(words), indent=6)
