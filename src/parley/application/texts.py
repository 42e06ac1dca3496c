"""The texts of a proposal, unit by unit, from the statements in which they stand.

The state of a case knows digests only; here the bodies that this desk still has give the words.
Everything is read through :class:`~parley.application.cases.CaseView`, so that whoever may not
read a case reads no text of it either.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Final, NamedTuple

from parley.application.acts import ActView
from parley.application.cases import CaseView
from parley.domain.act import ActType
from parley.domain.codes import named, tokens
from parley.domain.comparison import Piece, compare
from parley.domain.kinds.proposal_state import Proposal, Unit
from parley.domain.kinds.proposal_text import written
from parley.domain.types.proposal import OMITTED, TEXTS
from parley.kernel.errors import ParleyError
from parley.kernel.reasons import Reason

_FIELD: Final = re.compile(
    r"(?:units|omitted)/([1-9][0-9]*)/(heading|text|rationale)@([^/]+)", re.ASCII
)
_COMMENT: Final = re.compile(r"(?:comments/([1-9][0-9]*)/text|remarks)@([^/]+)", re.ASCII)
_TRANSLATOR: Final = re.compile(r"translated-by@([^/]+)", re.ASCII)

Versions = Mapping[str, str]
"""A text by language."""


class UnitText(NamedTuple):
    """A unit in one author's words; ``digest`` as in the header."""

    number: int
    author: int
    act: bytes
    digest: str
    heading: Versions
    text: Versions
    rationale: Versions

    @property
    def omitted(self) -> bool:
        """Whether the author wants the unit left out."""
        return self.digest == OMITTED

    @property
    def erased(self) -> bool:
        """Whether the words are gone from this desk, or were withheld from it."""
        return not self.omitted and not self.text

    def whole(self, language: str) -> str:
        """Heading and text in a language; empty where there is none."""
        parts = (self.heading.get(language), self.text.get(language))
        return "\n".join(part for part in parts if part)


Owned = Mapping[tuple[int, int], UnitText]
"""Variants by unit and owner."""


class Languages(NamedTuple):
    """What each language of a text is worth.

    ``authentic`` are equally so where there are several; ``translations`` say which they are and,
    in ``by``, who made them; ``machine`` has those that a machine made.
    """

    authentic: tuple[str, ...]
    prevailing: str | None
    translations: Mapping[str, str]
    machine: frozenset[str]
    by: Mapping[str, str]

    @property
    def all(self) -> tuple[str, ...]:
        """Every language, the authentic ones first."""
        return (*self.authentic, *sorted(self.translations))

    def chosen(self, wanted: str) -> str:
        """The language to show a text in to somebody who reads ``wanted``."""
        if wanted in self.all:
            return wanted
        return self.prevailing or self.authentic[0]


class Comment(NamedTuple):
    """A comment on a unit, by language; ``unit`` is 0 where it is on the whole."""

    unit: int
    author: int
    act: bytes
    text: Versions


class Row(NamedTuple):
    """A unit in one language on either side, and what turns the left into the right.

    None on a side that does not have the unit, or not in this language.
    """

    unit: int
    language: str
    left: str | None
    right: str | None
    pieces: tuple[Piece, ...]


def of_act(view: ActView) -> dict[int, UnitText]:
    """What an act says of units, by number."""
    parts: dict[int, dict[str, dict[str, str]]] = {}
    values = view.body.values if view.body is not None else {}
    for path, value in values.items():
        found = _FIELD.fullmatch(path)
        if found is not None and isinstance(value, str):
            parts.setdefault(int(found[1]), {}).setdefault(found[2], {})[found[3]] = value
    return {
        number: UnitText(
            number,
            view.entry.author,
            view.entry.leaf,
            digest,
            *(parts.get(number, {}).get(name, {}) for name in ("heading", "text", "rationale")),
        )
        for number, digest in written(view.statement.act).items()
    }


def variants(view: CaseView, proposal: Proposal) -> dict[tuple[int, int], UnitText]:
    """Each variant that stands, by unit and owner."""
    said = {act.entry.leaf: of_act(act) for act in view.acts if act.void is None}
    return {
        (variant.unit, variant.owner): said[variant.act][variant.unit]
        for variant in proposal.variants
        if variant.digest
    }


def version(view: CaseView, proposal: Proposal, number: int) -> dict[int, UnitText]:
    """The opener's own text as it was at a version, by unit; what was left out is not in it.

    :raises ParleyError: ``version-unknown``.
    """
    latest = proposal.versions[-1].number
    if not 1 <= number <= latest:
        raise ParleyError(Reason.VERSION_UNKNOWN, version=number, latest=latest)
    tabled = {one.act for one in proposal.versions if one.number <= number}
    found: dict[int, UnitText] = {}
    for act in view.acts:
        if act.entry.leaf in tabled:
            found |= of_act(act)
    return {number: unit for number, unit in found.items() if not unit.omitted}


def own(texts: Owned, owner: int) -> dict[int, UnitText]:
    """One party's variants, by unit; what it wants left out is not among them."""
    return {
        unit: text for (unit, author), text in texts.items() if author == owner and not text.omitted
    }


def heading(unit: Unit, texts: Owned, language: str) -> str:
    """What a unit is called, in ``language`` if anybody said so; empty where nobody did."""
    versions = [texts[unit.number, variant.owner].heading for variant in unit.variants]
    for one in versions:
        if language in one:
            return one[language]
    return next((text for one in versions for text in one.values()), "")


def languages(view: CaseView, proposal: Proposal) -> Languages:
    """What the languages of a proposal are worth, by the latest word on each."""
    worth: dict[str, str] = {}
    machine: set[str] = set()
    by: dict[str, str] = {}
    for act in view.acts:
        header = act.statement.act
        if act.void is not None or header.type not in TEXTS:
            continue
        given = {language: str(status) for language, status in named(header, "translations")}
        worth |= given
        machine = (machine - set(given)) | set(tokens(header, "machine"))
        for path, value in (act.body.values if act.body is not None else {}).items():
            found = _TRANSLATOR.fullmatch(path)
            if found is not None and isinstance(value, str):
                by[found[1]] = value
    return Languages(proposal.authentic, proposal.prevailing, worth, frozenset(machine), by)


def comments(view: CaseView) -> list[Comment]:
    """All comments, in the order of the acts."""
    found: list[Comment] = []
    for act in view.acts:
        if act.void is not None or act.statement.act.type != ActType.PROPOSAL_COMMENT:
            continue
        said: dict[int, dict[str, str]] = {}
        for path, value in (act.body.values if act.body is not None else {}).items():
            place = _COMMENT.fullmatch(path)
            if place is not None and isinstance(value, str):
                said.setdefault(int(place[1] or 0), {})[place[2]] = value
        found += [
            Comment(unit, act.entry.author, act.entry.leaf, text)
            for unit, text in sorted(said.items())
        ]
    return found


def beside(
    left: Mapping[int, UnitText], right: Mapping[int, UnitText], languages: Iterable[str]
) -> list[Row]:
    """Two texts unit by unit, in each of ``languages`` in which either has the unit."""
    rows: list[Row] = []
    wanted = tuple(languages)
    for unit in sorted({*left, *right}):
        for language in wanted:
            old = left[unit].whole(language) if unit in left else ""
            new = right[unit].whole(language) if unit in right else ""
            if old or new:
                rows.append(Row(unit, language, old or None, new or None, compare(old, new)))
    return rows
