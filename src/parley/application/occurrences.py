"""Where what is searched for occurs: rows of the index, fetched and opened for one question."""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from itertools import chain
from typing import Final

from sqlalchemy import Connection

from parley.domain.query import Unit, Word
from parley.record import index
from parley.record.index import Listing, Postings
from parley.record.open_index import Block
from parley.store import search

_FEW: Final = 16
"""From so many times as many places on, few are looked for one by one."""

_Rows = dict[int, dict[str, bytes]]
"""Sealed rows, by block and what they are about."""


class Occurrences:
    """Where the words of ``units`` occur in ``blocks``.

    ``reads``: which cases of each block the officer reads; null where it is all of them. What of
    the index is asked for depends on nothing else that is there.
    """

    def __init__(
        self,
        connection: Connection,
        blocks: Sequence[Block],
        units: Sequence[Unit],
        reads: Sequence[list[bool] | None],
    ) -> None:
        self._connection = connection
        self._blocks = blocks
        every = [*units, *(unit.exact for unit in units if unit.exact is not None)]
        words = {word for unit in every for word in unit.words}
        about = {form for word in words if not word.begins for form in word.forms}
        about |= {index.listing(form) for word in words if word.begins for form in word.forms}
        about |= {of for unit in units for of in _pairs(unit)}
        rows = self._fetched({block.id: about for block in blocks})
        self._rows = rows
        self._opened = {block.id: _opened(block, words, rows[block.id]) for block in blocks}
        self._endings: dict[tuple[int, Unit], list[Postings]] = {}
        for unit in units:
            if len(unit.words) > 1 and unit.words[-1].begins:
                self._spell(unit, reads)

    def having(self, block: Block, unit: Unit) -> dict[int, int]:
        """Which statements of a block have a unit, and how often."""
        opened = self._opened[block.id]
        if len(unit.words) == 1:
            (word,) = unit.words
            return _begun(opened[word]) if word.begins else _either(opened[word])
        if len(unit.words) == 2 and all(
            one.frequent for word in unit.words for one in opened[word]
        ):
            return self._pair(block, unit)
        every = [[one.places for one in opened[word]] for word in unit.words]
        if unit.words[-1].begins:
            every[-1] = [one.places for one in self._endings[block.id, unit]]
        return Counter(map(index.PLACE_BITS.__rrshift__, _side_by_side(every)))

    def _pair(self, block: Block, unit: Unit) -> dict[int, int]:
        """Which statements have two frequent words side by side, and how often."""
        rows = self._rows[block.id]
        found = [
            index.open_postings(block.blinding, of, rows[of]) for of in _pairs(unit) if of in rows
        ]
        if len(found) == 1:
            return _either(found)
        places = set(chain.from_iterable(one.places for one in found))
        return Counter(map(index.PLACE_BITS.__rrshift__, places))

    def _spell(self, unit: Unit, reads: Sequence[list[bool] | None]) -> None:
        """Fetch the places of what begins as the last word of a phrase.

        Only of words in statements that have the rest of it, and are there for the officer: so
        there is one question more, whatever is hidden.
        """
        last = unit.words[-1]
        spelt: dict[int, set[str]] = {}
        for block, cases in zip(self._blocks, reads, strict=True):
            opened = self._opened[block.id]
            # A beginning itself as well: there is always something to ask for.
            of_block = spelt[block.id] = set(last.forms)
            documents = set.intersection(
                *(set().union(*(one.documents for one in opened[word])) for word in unit.words[:-1])
            )
            if cases is not None:
                documents = {one for one in documents if cases[block.case_of[one]]}
            if documents:
                for form, listing in _listings(block, last, self._rows[block.id]):
                    of_block.update(listing.within(listing.beginning(form), documents))
        fetched = self._fetched(spelt)
        for block in self._blocks:
            self._endings[block.id, unit] = [
                index.open_postings(block.blinding, term, sealed)
                for term, sealed in fetched[block.id].items()
            ]

    def _fetched(self, wanted: Mapping[int, Collection[str]]) -> _Rows:
        """The rows of the index about what is ``wanted`` of each block."""
        names: dict[tuple[int, bytes], str] = {}
        for block in self._blocks:
            name = block.blinding.name
            names.update(((block.id, name(of)), of) for of in wanted[block.id])
        found: _Rows = {block.id: {} for block in self._blocks}
        for block_id, name_, sealed in search.rows(self._connection, list(names)):
            found[block_id][names[block_id, name_]] = sealed
        return found


def _pairs(unit: Unit) -> list[str]:
    """What the rows are about that may answer for a phrase of two words."""
    if len(unit.words) != 2 or unit.words[1].begins:
        return []
    first, second = unit.words
    return [index.pair(one, other) for one in first.forms for other in second.forms]


def _opened(
    block: Block, words: Iterable[Word], rows: Mapping[str, bytes]
) -> dict[Word, list[Postings]]:
    """Where each word of a block occurs: a row for each of its forms."""
    found: dict[Word, list[Postings]] = {}
    for word in words:
        if word.begins:
            found[word] = [
                listing.postings(listing.beginning(form))
                for form, listing in _listings(block, word, rows)
            ]
        else:
            found[word] = [
                index.open_postings(block.blinding, form, rows[form])
                for form in word.forms
                if form in rows
            ]
    return found


def _listings(block: Block, word: Word, rows: Mapping[str, bytes]) -> list[tuple[str, Listing]]:
    """The lists with what begins as a word's forms; none of these begins as another does."""
    forms = [
        form
        for form in word.forms
        if not any(form != other and form.startswith(other) for other in word.forms)
    ]
    return [
        (form, index.open_listing(block.blinding, form, rows[index.listing(form)]))
        for form in forms
        if index.listing(form) in rows
    ]


def _either(forms: Sequence[Postings]) -> dict[int, int]:
    """How often a word stands in each statement: its forms stand at the same places."""
    having: dict[int, int] = {}
    for one in forms:
        if not having:
            having = dict(zip(one.documents, one.counts, strict=True))
            continue
        for number, times in zip(one.documents, one.counts, strict=True):
            having[number] = max(having.get(number, 0), times)
    return having


def _begun(words: Sequence[Postings]) -> dict[int, int]:
    """How often words stand in each statement, all together."""
    having: dict[int, int] = {}
    for one in words:
        for number, times in zip(one.documents, one.counts, strict=True):
            having[number] = having.get(number, 0) + times
    return having


def _side_by_side(every: Sequence[Sequence[array[int]]]) -> Collection[int]:
    """Where the words of a phrase follow one another: the places of one of them.

    ``every`` has the places of each word, form by form, in order. Begins with the rarest.
    """
    order = sorted(range(len(every)), key=lambda at: sum(map(len, every[at])))
    at = order[0]
    found: Collection[int] = list(chain.from_iterable(every[at]))
    for following in order[1:]:
        moved = set(map((following - at).__add__, found))
        forms = [_among(moved, places) for places in every[following]]
        # Forms of one word stand at the same places.
        found = forms[0] if len(forms) == 1 else set(chain.from_iterable(forms))
        at = following
    return found


def _among(some: set[int], places: array[int]) -> list[int]:
    """Which of ``some`` are among ``places``."""
    if len(some) * _FEW > len(places):
        return list(filter(some.__contains__, places))
    end = len(places)
    return [one for one in some if (at := bisect_left(places, one)) < end and places[at] == one]
