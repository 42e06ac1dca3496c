"""What of a statement is shown where it was found: a few words around what was searched for."""

from __future__ import annotations

from typing import Final, NamedTuple

from parley.domain.query import Unit
from parley.kernel import tokens
from parley.record.body import Body

FIELDS: Final = 2
"""So many fields of a statement are shown."""

_BEFORE: Final = 8
_AFTER: Final = 16
"""So many words stand around the first that was found."""


class Mark(NamedTuple):
    """A piece of a text; ``found``: it is what was searched for."""

    text: str
    found: bool


class Snippet(NamedTuple):
    """Some words of the field at ``path``. ``cut_before``, ``cut_after``: there are more."""

    path: str
    marks: tuple[Mark, ...]
    cut_before: bool
    cut_after: bool


class _Place(NamedTuple):
    start: int
    end: int


class Finder:
    """Finds one question's ``units`` in texts, which are read no further than is needed."""

    def __init__(self, units: tuple[Unit, ...]) -> None:
        self._units = units
        self._longest = max(len(unit.words) for unit in units)
        self._heads: dict[str, list[Unit]] = {}
        self._begun: list[Unit] = []
        for unit in units:
            head = unit.words[0]
            if head.begins:
                self._begun.append(unit)
            else:
                for form in head.forms:
                    self._heads.setdefault(form, []).append(unit)
        self._beginnings = tuple(form for unit in self._begun for form in unit.words[0].forms)

    def snippets(self, body: Body) -> tuple[Snippet, ...]:
        """The fields that have most of the units, those first that come first in the statement."""
        found: list[tuple[int, int, Snippet]] = []
        whole = 0
        for number, field in enumerate(body.fields):
            text = field.value.hex() if isinstance(field.value, bytes) else field.value
            if not isinstance(text, str):
                continue
            places, marked, having = self._read(text)
            if marked:
                found.append((-having, number, _cut(field.path, text, places, marked)))
                if having == len(self._units):
                    whole += 1
            if whole == FIELDS:
                break
        best = sorted(found, key=lambda one: one[:2])[:FIELDS]
        return tuple(snippet for _, _, snippet in sorted(best, key=lambda one: one[1]))

    def _read(self, text: str) -> tuple[list[_Place], list[int], int]:
        """The words of a text, those that are searched for, and how many units it has.

        Where it has all units, of what stands behind the first only as much as is shown.
        """
        places: list[_Place] = []
        forms: list[tuple[str, ...]] = []
        marked: set[int] = set()
        missing = set(self._units)
        begun: list[tuple[int, Unit]] = []
        for at, chunk in tokens.chunks(text):
            first = len(places)
            for part in chunk.parts:
                begun += [(len(places), unit) for unit in self._begins(part.forms)]
                places.append(_Place(at + part.start, at + part.end))
                forms.append(part.forms)
            if chunk.whole is not None and chunk.whole.startswith(self._beginnings):
                # What, as one word, begins as is searched for.
                for unit in self._begun:
                    if len(unit.words) == 1 and unit.words[0].fits((chunk.whole,)):
                        marked.update(range(first, len(places)))
                        missing.discard(unit)
            if begun:
                begun = self._ended(begun, forms, marked, missing)
            if not missing and len(places) > min(marked) + _AFTER + self._longest:
                break
        self._ended(begun, forms, marked, missing)
        return places, sorted(marked), len(self._units) - len(missing)

    def _begins(self, forms: tuple[str, ...]) -> list[Unit]:
        """The units whose first word this is."""
        found = [unit for form in forms for unit in self._heads.get(form, ())]
        if self._beginnings and any(form.startswith(self._beginnings) for form in forms):
            found += [unit for unit in self._begun if unit.words[0].fits(forms)]
        return found

    def _ended(
        self,
        begun: list[tuple[int, Unit]],
        forms: list[tuple[str, ...]],
        marked: set[int],
        missing: set[Unit],
    ) -> list[tuple[int, Unit]]:
        """Mark the units that are there; returns those whose end has not been read yet."""
        left: list[tuple[int, Unit]] = []
        for at, unit in begun:
            if at + len(unit.words) > len(forms):
                left.append((at, unit))
            elif len(unit.words) == 1 or unit.fits(forms, at):
                marked.update(range(at, at + len(unit.words)))
                missing.discard(unit)
        return left


def _cut(path: str, text: str, places: list[_Place], marked: list[int]) -> Snippet:
    first = max(0, marked[0] - _BEFORE)
    last = min(len(places) - 1, marked[0] + _AFTER)
    start = places[first].start if first else 0
    end = places[last].end if last < len(places) - 1 else len(text)
    marks: list[Mark] = []
    at = start
    for number in marked:
        place = places[number]
        if place.end > end:
            break
        between = text[at : place.start]
        if marks and marks[-1].found and not any(map(str.isspace, between)):
            # Parts of one number or name are one mark.
            marks[-1] = Mark(marks[-1].text + text[at : place.end], True)
        else:
            if between:
                marks.append(Mark(between, False))
            marks.append(Mark(text[place.start : place.end], True))
        at = place.end
    if at < end:
        marks.append(Mark(text[at:end], False))
    return Snippet(path, tuple(marks), start > 0, end < len(text))
