"""The texts of a proposal, unit by unit, from the statements in which they stand.

The state of a case knows digests only; here the bodies that this desk still has give the words.
Everything is read through :class:`~parley.application.cases.CaseView`, so that whoever may not
read a case reads no text of it either.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Final, NamedTuple

from parley.application.cases import ActView, CaseView
from parley.domain.kinds.proposal_state import Proposal
from parley.domain.shape import digests, named, tokens
from parley.domain.types.proposal import OMITTED, TEXTS

_FIELD: Final = re.compile(r"units/([1-9][0-9]*)/(heading|text|rationale)@([^/]+)", re.ASCII)

Versions = Mapping[str, str]
"""A text by language."""


class UnitText(NamedTuple):
    """A unit in one author's words.

    ``digest`` is as in the header. ``erased`` where the body, or the unit's part of it, is gone;
    ``omitted`` where the author wants the unit left out.
    """

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
        """Whether the words are gone."""
        return not self.omitted and not self.text


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


class Comment(NamedTuple):
    """A comment on a unit, by language. ``unit`` 0: on the whole."""

    unit: int
    author: int
    act: bytes
    text: Versions


def of_act(view: ActView) -> dict[int, UnitText]:
    """The units that an act brings, by number."""
    parts: dict[int, dict[str, dict[str, str]]] = {}
    values = view.body.values if view.body is not None else {}
    for path, value in values.items():
        found = _FIELD.fullmatch(path)
        if found is not None and isinstance(value, str):
            parts.setdefault(int(found[1]), {}).setdefault(found[2], {})[found[3]] = value
    units: dict[int, UnitText] = {}
    for number, digest in digests(view.statement.act, "units"):
        part = parts.get(number, {})
        units[number] = UnitText(
            number,
            view.entry.author,
            view.entry.leaf,
            digest,
            part.get("heading", {}),
            part.get("text", {}),
            part.get("rationale", {}),
        )
    return units


def variants(view: CaseView, proposal: Proposal) -> dict[tuple[int, int], UnitText]:
    """Each variant that stands, by unit and owner."""
    brought = {act.entry.leaf: of_act(act) for act in view.acts if act.void is None}
    return {
        (variant.unit, variant.owner): brought[variant.act][variant.unit]
        for variant in proposal.variants
        if variant.digest
    }


def version(view: CaseView, proposal: Proposal, number: int) -> dict[int, UnitText]:
    """The opener's own text as it was at a version, by unit; what was left out is not in it."""
    tabled = {one.act for one in proposal.versions if one.number <= number}
    found: dict[int, UnitText] = {}
    for act in view.acts:
        if act.entry.leaf in tabled:
            found |= of_act(act)
    return {number: unit for number, unit in found.items() if not unit.omitted}


def languages(view: CaseView, proposal: Proposal) -> Languages:
    """What the languages of a proposal are worth, by the latest word on each."""
    worth: dict[str, str] = {}
    machine: set[str] = set()
    by: dict[str, str] = {}
    for act in _with_text(view):
        given = {
            language: str(status) for language, status in named(act.statement.act, "translations")
        }
        worth |= given
        machine = (machine - set(given)) | set(tokens(act.statement.act, "machine"))
        values = act.body.values if act.body is not None else {}
        for path, value in values.items():
            if path.startswith("translated-by@") and isinstance(value, str):
                by[path.removeprefix("translated-by@").removesuffix("/status")] = value
    return Languages(proposal.authentic, proposal.prevailing, worth, frozenset(machine), by)


def comments(view: CaseView) -> list[Comment]:
    """All comments, in the order of the acts."""
    found: list[Comment] = []
    for act in view.acts:
        if act.void is not None or act.body is None or act.statement.act.type != "proposal-comment":
            continue
        texts: dict[int, dict[str, str]] = {}
        for path, value in act.body.values.items():
            place = re.fullmatch(r"(?:comments/([1-9][0-9]*)/text|remarks)@([^/]+)", path)
            if place is not None and isinstance(value, str):
                texts.setdefault(int(place[1] or 0), {})[place[2]] = value
        found += [
            Comment(unit, act.entry.author, act.entry.leaf, text)
            for unit, text in sorted(texts.items())
        ]
    return found


def _with_text(view: CaseView) -> Iterator[ActView]:
    return (act for act in view.acts if act.void is None and act.statement.act.type in TEXTS)
