"""Proposals: the text unit by unit with its brackets, and what differs between two texts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from starlette.responses import Response

from parley.application import cases, offers, texts
from parley.domain.kinds import proposal_state as states
from parley.domain.kinds.proposal_state import Proposal
from parley.domain.shape import Scope
from parley.kernel.errors import ParleyError
from parley.kernel.reasons import Reason
from parley.presentation import case_page, comparison_page, proposal_page
from parley.presentation.kinds import proposal as page
from parley.presentation.kinds.common import member, side
from parley.web import wording
from parley.web.page import Page
from parley.web.pages import groups
from parley.web.visit import Visit
from parley.web.wording import Wording

if TYPE_CHECKING:
    from parley.application.cases import CaseView, Summary
    from parley.application.texts import Comment, UnitText
    from parley.domain.kinds.proposal_state import Unit
    from parley.presentation.comparison_page import Comparison
    from parley.record.channel import Channel

_OTHERS: Final = 50
"""So many other proposals are offered to compare with, the newest."""


class Words(NamedTuple):
    """One party's words of a unit. ``by`` is its side, ``behind`` who else wants them."""

    by: str
    who: str
    number: groups.Act | None
    omitted: bool
    erased: bool
    text: Wording | None
    why: Wording | None
    behind: Sequence[str]


class Said(NamedTuple):
    """A comment, and the statement in which it was made, by its number."""

    by: str
    who: str
    number: groups.Act | None
    text: Wording | None


class Shown(NamedTuple):
    """A unit as the page shows it."""

    number: int
    heading: Wording | None
    state: str
    bracketed: bool
    words: Sequence[Words]
    comments: Sequence[Said]


class Agreed(NamedTuple):
    """How a party has agreed; ``manner`` is none where it has not."""

    by: str
    who: str
    manner: str | None
    holds: bool
    number: groups.Act | None


class Version(NamedTuple):
    """A version of the opener's own text."""

    number: int
    statement: groups.Act | None
    when: str


def text(visit: Visit) -> Response:
    """The text as it stands, or the opener's own as it was at a version."""
    found = _read(visit)
    if found is None:
        return visit.go(f"/cases/{visit.part('case')}")
    view, proposal = found
    worth = texts.languages(view, proposal)
    shown = worth.chosen(visit.asked("in") or visit.words.language)
    reader = _Reader(visit, view, proposal, shown)
    version = _number(visit, "version")
    return visit.page(
        "proposal.html",
        **_head(visit, view),
        facts=page.tabling(visit.words, view.summary, proposal),
        ended_by=None if proposal.ended is None else proposal.ended.by,
        worth=worth,
        shown=shown,
        value=_value(visit, worth, shown),
        units=reader.at(version) if version is not None else reader.units(),
        whole=[] if version is not None else reader.comments(0),
        agreements=reader.agreements(),
        version=version,
        versions=reader.versions(),
        text=_digest(proposal),
    )


def compare(visit: Visit) -> Response:
    """Two texts beside each other, unit by unit: the two sides', two versions, two proposals."""
    found = _read(visit)
    if found is None:
        return visit.go(f"/cases/{visit.part('case')}")
    view, proposal = found
    problem, made = None, None
    language = visit.asked("in")
    try:
        made = _compared(visit, view, proposal, language)
    except ParleyError as error:
        problem = visit.translator.reason(error)
    worth = texts.languages(view, proposal)
    return visit.page(
        "proposal-compare.html",
        **_head(visit, view),
        problem=problem,
        made=made,
        languages=worth.all,
        chosen=language,
        versions=[one.number for one in proposal.versions],
        old=_number(visit, "old"),
        new=_number(visit, "new"),
        others=_others(visit, view),
        beside=visit.asked("with"),
        spacing=made is not None
        and any(piece.change == "spacing" for row in made.rows for piece in row.pieces),
    )


def languages(visit: Visit) -> Response:
    """The languages of the text beside each other, aligned by unit and by who wrote it."""
    found = _read(visit)
    if found is None:
        return visit.go(f"/cases/{visit.part('case')}")
    view, proposal = found
    channel = view.summary.channel
    worth = texts.languages(view, proposal)
    words = texts.variants(view, proposal)
    return visit.page(
        "proposal-languages.html",
        **_head(visit, view),
        worth=worth,
        values={one: _value(visit, worth, one) for one in worth.all},
        units=[
            (unit, side(channel, unit.author), member(visit.words, channel, unit.author))
            for _key, unit in sorted(
                words.items(), key=lambda one: (one[0][0], one[0][1] != channel.own_index)
            )
            if not unit.omitted
        ],
    )


# --- reading -------------------------------------------------------------------------------------


def _read(visit: Visit) -> tuple[CaseView, Proposal] | None:
    """The proposal that the address names; none where that case is something else."""
    channel, case = cases.find(visit.desk, visit.officer, visit.part("case"))
    view = cases.show(visit.desk, channel, case, visit.officer)
    substance = view.summary.state.substance
    return (view, substance) if isinstance(substance, Proposal) else None


def _head(visit: Visit, view: CaseView) -> dict[str, Any]:
    """What every page of a proposal has at its head."""
    words, summary = visit.words, view.summary
    case = summary.row.case_id
    return {
        "case": case.hex(),
        "subject": wording.chosen(summary.subject, words.language),
        "stands": case_page.status(words, summary.state),
        "movers": case_page.movers(words, summary),
        "peer": summary.channel.peer.text.code,
        "writes": offers.in_case(visit.desk, visit.officer, summary.channel, case),
    }


def _number(visit: Visit, name: str) -> int | None:
    """A number that the query asks for; none where it says nothing."""
    asked = visit.asked(name)
    if asked is None:
        return None
    if not (asked.isascii() and asked.isdigit() and len(asked) <= len("9999")):
        raise ParleyError(Reason.FORM_INVALID, name=name)
    return int(asked)


def _digest(proposal: Proposal) -> bytes | None:
    agreed = states.hash_of(proposal)
    return None if agreed is None else bytes.fromhex(agreed)


def _value(visit: Visit, worth: texts.Languages, language: str) -> Sequence[str]:
    """In sentences, what the text in a language is worth."""
    sheet = visit.sheet()
    proposal_page.render_worth(sheet, worth, language, visit.translator.language_name)
    return [getattr(block, "text", "") for block in sheet.blocks]


def _compared(visit: Visit, view: CaseView, proposal: Proposal, language: str | None) -> Comparison:
    words = visit.words
    beside = visit.asked("with")
    if beside is not None:
        channel, case = cases.find(visit.desk, visit.officer, beside)
        other = cases.show(visit.desk, channel, case, visit.officer)
        others = other.summary.state.substance
        if not isinstance(others, Proposal):
            raise ParleyError(Reason.CASE_OF_ANOTHER_KIND, kind=Scope.PROPOSAL.value)
        return comparison_page.between_proposals(words, view, proposal, other, others, language)
    old, new = _number(visit, "old"), _number(visit, "new")
    if old is not None or new is not None:
        return comparison_page.between_versions(words, view, proposal, old, new, language)
    return comparison_page.between_sides(words, view, proposal, language)


def _others(visit: Visit, view: CaseView) -> Sequence[tuple[Summary, Wording | None]]:
    """Other proposals of the channel, to compare with, the newest first."""
    found, _more = cases.page(
        visit.desk,
        visit.officer,
        view.summary.channel,
        kind=Scope.PROPOSAL.value,
        count=_OTHERS,
    )
    return [
        (one, wording.chosen(one.subject, visit.words.language))
        for one in reversed(found)
        if one.row.case_id != view.summary.row.case_id and one.state.substance is not None
    ]


class _Reader:
    """Reads a proposal for the page, in one language where it is there."""

    def __init__(self, visit: Visit, view: CaseView, proposal: Proposal, language: str) -> None:
        self._output, self._view, self._proposal = visit.words, view, proposal
        self._language = language
        self._at = groups.acts_of(view).get
        self._said: dict[int, list[Comment]] = {}
        for comment in texts.comments(view):
            self._said.setdefault(comment.unit, []).append(comment)

    @property
    def _channel(self) -> Channel:
        return self._view.summary.channel

    def units(self) -> list[Shown]:
        """Every unit as it stands, with all words that are in brackets."""
        owned = texts.variants(self._view, self._proposal)
        return [self._unit(unit, owned) for unit in states.units(self._proposal)]

    def at(self, version: int) -> list[Shown]:
        """The opener's own text at a version.

        :raises ParleyError: ``version-unknown``.
        """
        tabled = texts.version(self._view, self._proposal, version)
        return [
            Shown(
                number,
                wording.chosen(unit.heading, self._language),
                "",
                False,
                [self._words(unit, ())],
                (),
            )
            for number, unit in sorted(tabled.items())
        ]

    def comments(self, unit: int) -> list[Said]:
        """What was said of a unit; of the whole where that is 0."""
        return [
            Said(
                side(self._channel, one.author) or "",
                member(self._output, self._channel, one.author),
                self._at(one.act),
                wording.chosen(one.text, self._language),
            )
            for one in self._said.get(unit, ())
        ]

    def agreements(self) -> list[Agreed]:
        """Who has agreed, and whether that is to the text as it stands."""
        found: list[Agreed] = []
        for index, given in enumerate(self._proposal.agreements):
            manner = None
            if given is not None:
                manner = self._output.text("for good" if given.final else "ad referendum")
            found.append(
                Agreed(
                    side(self._channel, index) or "",
                    member(self._output, self._channel, index),
                    manner,
                    states.agreement_of(self._proposal, index) is not None,
                    None if given is None else self._at(given.act),
                )
            )
        return found

    def versions(self) -> list[Version]:
        """The versions of the opener's own text, the first first."""
        signed = {act.entry.leaf: act.entry.iat for act in self._view.acts}
        return [
            Version(one.number, self._at(one.act), self._output.time(signed.get(one.act)))
            for one in self._proposal.versions
        ]

    def _unit(self, unit: Unit, owned: texts.Owned) -> Shown:
        headings = [owned[unit.number, one.owner].heading for one in unit.variants]
        merged = {language: text for one in headings for language, text in one.items()}
        own = self._channel.own_index
        standing = unit.variants if unit.bracketed else [unit.chosen] if unit.chosen else []
        return Shown(
            unit.number,
            wording.chosen(merged, self._language),
            page.stands(self._output, self._channel, unit),
            unit.bracketed,
            [
                self._words(
                    owned[unit.number, variant.owner],
                    [
                        member(self._output, self._channel, index)
                        for index, word in enumerate(unit.words)
                        if word == variant.digest and index != variant.owner
                    ],
                )
                # Ours first: the order of the members says nothing.
                for variant in sorted(standing, key=lambda one: one.owner != own)
            ],
            self.comments(unit.number),
        )

    def _words(self, unit: UnitText, behind: Sequence[str]) -> Words:
        return Words(
            side(self._channel, unit.author) or "",
            member(self._output, self._channel, unit.author),
            self._at(unit.act),
            unit.omitted,
            unit.erased,
            wording.chosen(unit.text, self._language),
            wording.chosen(unit.rationale, self._language),
            behind,
        )


PAGES: Final = (
    Page("/proposals/{case}", text),
    Page("/proposals/{case}/compare", compare),
    Page("/proposals/{case}/languages", languages),
)
