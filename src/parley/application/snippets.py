"""What of a statement is shown where it was found: a few words around what was searched for."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, NamedTuple

from parley.domain.query import Unit
from parley.kernel import tokens
from parley.record.body import Body

FIELDS: Final = 2
"""So many fields of a statement are shown."""

_BEFORE: Final = 8
_AFTER: Final = 16
"""So many words stand around the first that was found."""

_Chunks = list[tuple[int, tokens.Chunk]]


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
    forms: tuple[str, ...]


def snippets(body: Body, units: tuple[Unit, ...]) -> tuple[Snippet, ...]:
    """The fields that have most of ``units``, those first that come first in the statement."""
    found: list[tuple[int, int, Snippet]] = []
    whole = 0
    for number, field in enumerate(body.fields):
        text = field.value.hex() if isinstance(field.value, bytes) else field.value
        if not isinstance(text, str):
            continue
        chunks = list(tokens.chunks(text))
        places = list(_places(chunks))
        marked, having = _marked(chunks, places, units)
        if marked:
            found.append((-having, number, _cut(field.path, text, places, marked)))
            if having == len(units):
                whole += 1
        if whole == FIELDS:
            break
    best = sorted(found, key=lambda one: one[:2])[:FIELDS]
    return tuple(snippet for _, _, snippet in sorted(best, key=lambda one: one[1]))


def _places(chunks: _Chunks) -> Iterator[_Place]:
    for at, chunk in chunks:
        for part in chunk.parts:
            yield _Place(at + part.start, at + part.end, part.forms)


def _marked(
    chunks: _Chunks, places: list[_Place], units: tuple[Unit, ...]
) -> tuple[list[int], int]:
    """Which words of a text are searched for, and how many units it has."""
    forms = [place.forms for place in places]
    where: dict[str, list[int]] = {}
    for number, several in enumerate(forms):
        for form in several:
            where.setdefault(form, []).append(number)
    marked: set[int] = set()
    having = 0
    for unit in units:
        first = unit.words[0]
        if first.begins:
            fitting = {form for form in where if form.startswith(first.forms)}
            starts = sorted({at for form in fitting for at in where[form]})
        else:
            starts = [at for form in first.forms for at in where.get(form, ())]
        found = {
            at + offset
            for at in starts
            if len(unit.words) == 1 or unit.fits(forms, at)
            for offset in range(len(unit.words))
        }
        if first.begins and len(unit.words) == 1:
            found |= _begun(chunks, unit)
        having += bool(found)
        marked |= found
    return sorted(marked), having


def _begun(chunks: _Chunks, unit: Unit) -> set[int]:
    """The words of what, as one word, begins as is searched for."""
    found: set[int] = set()
    number = 0
    for _at, chunk in chunks:
        if chunk.whole is not None and unit.words[0].fits((chunk.whole,)):
            found.update(range(number, number + len(chunk.parts)))
        number += len(chunk.parts)
    return found


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
