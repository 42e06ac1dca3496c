"""A block of the search index: the words of some consecutive statements, sealed row by row.

Each word that occurs has a row: in which statements, how often, and at which places. Another row
lists the words that begin with the same two characters, with their statements, so that one row
answers for a beginning of any length; where two frequent words follow one another, that has a row
too. A header says of each statement what its case, type, author
and time are, and how long it is. All rows are sealed under keys of this block alone
(``parley.crypto.blinding``), and are the same whenever they are made from the same statements under
the same key and salt.
"""

from __future__ import annotations

import sys
from array import array
from collections.abc import Collection, Iterable, Mapping, Sequence
from itertools import accumulate, chain
from typing import Final, NamedTuple

import msgspec

from parley.crypto.blinding import Blinding
from parley.kernel import cbor, limits, tokens
from parley.record.body import Body

BEGINNING: Final = 2
"""So many characters of a word's beginning are needed to search by it."""

HEADER_BYTES: Final = 4 * limits.MIB

_HEADER: Final = "#"
_LISTING: Final = "^"
_NARROW, _WIDE = "H", "I"
CASE_BYTES: Final = 16
PLACE_BITS: Final = 22
"""A body has fewer places than these bits count, and a block no more statements than the rest."""

FREQUENT: Final = 512
"""A word with so many places in a block is frequent in it."""

_GAP: Final = 1
"""Places left free between two fields, so that no phrase goes from one to the other."""

_DIGEST_BYTES: Final = 64


class Document(NamedTuple):
    """One statement: its case, type, author (member of the channel), time, and its texts.

    ``listed``: its case is in the list of cases.
    """

    case: bytes
    listed: bool
    type: str
    author: int
    iat: int
    texts: tuple[str, ...]


class Header(msgspec.Struct, frozen=True, array_like=True, forbid_unknown_fields=True):
    """What is known of the statements of a block without its words.

    Arrays of numbers are bytes, little-endian. ``cases`` (16 bytes each) and ``types`` are what
    ``case_of`` and ``type_of`` (16 bits a statement) point into; ``counts`` and ``totals`` (32 bits
    a case) say how many statements each case has here, and words; ``lengths`` (32), ``times``
    (64) and ``authors`` (8) are of each statement. ``listed`` (8 bits a case): whether it is a case
    that anybody sees; what desks say to each other by themselves stands in none.
    """

    first: int
    cases: bytes
    types: tuple[str, ...]
    listed: bytes
    counts: bytes
    totals: bytes
    case_of: bytes
    type_of: bytes
    lengths: bytes
    times: bytes
    authors: bytes

    def case(self, number: int) -> bytes:
        """The identifier of the case at ``number`` of ``cases``."""
        return self.cases[CASE_BYTES * number : CASE_BYTES * (number + 1)]


class Postings(NamedTuple):
    """Where a word occurs: statements of the block by number, how often, and at which places.

    Of a beginning: one word after the other, so that a statement may stand there several times, and
    without places.

    A place is the number of the statement, shifted by :data:`PLACE_BITS`, and the place in it.
    """

    documents: array[int]
    counts: array[int]
    packed: bytes

    @property
    def places(self) -> array[int]:
        """The places; they are decoded for phrases alone."""
        return unpacked(_WIDE, self.packed)

    @property
    def frequent(self) -> bool:
        """Whether it is a word that is frequent in the block."""
        return len(self.packed) >= 4 * FREQUENT


class Listing(NamedTuple):
    """The words of a block that share their first two characters, and in which statements they are.

    ``words`` are in order, in UTF-8, each between two line feeds. ``ends`` (32 bits a word): where
    its statements end in ``documents`` and ``counts``, which have those of one word after the
    other.
    """

    words: bytes
    ends: array[int]
    documents: array[int]
    counts: array[int]

    def beginning(self, beginning: str) -> range:
        """Which of the words, by number, begin so: they stand side by side."""
        sought = b"\n" + beginning.encode()
        first = self.words.find(sought)
        if first < 0:
            return range(0)
        start = self.words.count(b"\n", 0, first)
        last = self.words.rfind(sought)
        return range(start, start + self.words.count(b"\n", first, last) + 1)

    def postings(self, some: range) -> Postings:
        """Where ``some`` of the words occur."""
        start, end = self._start(some.start), self._start(some.stop)
        return Postings(self.documents[start:end], self.counts[start:end], b"")

    def within(self, some: range, documents: Collection[int]) -> list[str]:
        """Those of ``some`` words that occur in one of the statements."""
        words = self.words.split(b"\n")[1:-1]
        return [
            words[at].decode()
            for at in some
            if any(
                one in documents for one in self.documents[self._start(at) : self._start(at + 1)]
            )
        ]

    def _start(self, word: int) -> int:
        return self.ends[word - 1] if word else 0


def texts_of(body: Body) -> tuple[str, ...]:
    """The texts of a body that can be found, in order; digests in hexadecimal."""
    values = (field.value for field in body.fields)
    return tuple(
        value.hex() if isinstance(value, bytes) else value
        for value in values
        if isinstance(value, str) or (isinstance(value, bytes) and len(value) <= _DIGEST_BYTES)
    )


def build(
    first: int, documents: Sequence[Document], blinding: Blinding
) -> tuple[bytes, dict[bytes, bytes]]:
    """The sealed header of a block of statements from ``first`` on, and its rows by name."""
    found: dict[str, dict[int, list[int]]] = {}
    lengths = [_read(number, one.texts, found) for number, one in enumerate(documents)]
    rows = dict(blinding.seal(word, _encoded(places)) for word, places in found.items())
    rows.update(blinding.seal(of, _encoded(places)) for of, places in _pairs(found).items())
    beginnings: dict[str, list[str]] = {}
    for word in sorted(found):
        beginnings.setdefault(word[:BEGINNING], []).append(word)
    for beginning, words in beginnings.items():
        listed = _listed({word: found[word] for word in words})
        rows.update([blinding.seal(_LISTING + beginning, listed)])
    header = cbor.encode_model(_header(first, documents, lengths))
    return blinding.seal(_HEADER, header)[1], rows


def _read(number: int, texts: Iterable[str], found: dict[str, dict[int, list[int]]]) -> int:
    """Take in one statement's words; returns how many places it has words at."""
    place = length = 0
    for text in texts:
        for _at, chunk in tokens.chunks(text):
            if chunk.whole is not None:
                found.setdefault(chunk.whole, {}).setdefault(number, []).append(place)
            for part in chunk.parts:
                for form in part.forms:
                    found.setdefault(form, {}).setdefault(number, []).append(place)
                place += 1
                length += 1
        place += _GAP
    return length


def _pairs(found: Mapping[str, Mapping[int, Sequence[int]]]) -> dict[str, dict[int, list[int]]]:
    """Where frequent words follow one another: the places of the first."""
    standing: dict[tuple[int, int], list[str]] = {}
    for word, places in found.items():
        if sum(map(len, places.values())) >= FREQUENT:
            for number, of_one in places.items():
                for place in of_one:
                    standing.setdefault((number, place), []).append(word)
    pairs: dict[str, dict[int, list[int]]] = {}
    for number, place in sorted(standing):
        for second in standing.get((number, place + 1), ()):
            for first in standing[number, place]:
                of_pair = pairs.setdefault(pair(first, second), {})
                of_pair.setdefault(number, []).append(place)
    return pairs


def _header(first: int, documents: Sequence[Document], lengths: Sequence[int]) -> Header:
    cases = list(dict.fromkeys(one.case for one in documents))
    types = list(dict.fromkeys(one.type for one in documents))
    case_at = {case: at for at, case in enumerate(cases)}
    type_at = {type_: at for at, type_ in enumerate(types)}
    counts, totals = [0] * len(cases), [0] * len(cases)
    for one, length in zip(documents, lengths, strict=True):
        counts[case_at[one.case]] += 1
        totals[case_at[one.case]] += length
    return Header(
        first=first,
        cases=b"".join(cases),
        types=tuple(types),
        listed=bytes({one.case: one.listed for one in documents}.values()),
        counts=_packed(_WIDE, counts),
        totals=_packed(_WIDE, totals),
        case_of=_packed(_NARROW, (case_at[one.case] for one in documents)),
        type_of=_packed(_NARROW, (type_at[one.type] for one in documents)),
        lengths=_packed(_WIDE, lengths),
        times=_packed("Q", (one.iat for one in documents)),
        authors=bytes(one.author for one in documents),
    )


def _encoded(places: Mapping[int, Sequence[int]]) -> bytes:
    """Bytes of a count, then: how many statements; which; how often; the places."""
    counts = [len(one) for one in places.values()]
    kind = _kind(counts)
    return b"".join(
        (
            bytes((array(kind).itemsize,)),
            _packed(_NARROW, (len(places), *places)),
            _packed(kind, counts),
            _packed(
                _WIDE, (number << PLACE_BITS | at for number, one in places.items() for at in one)
            ),
        )
    )


def _listed(words: Mapping[str, Mapping[int, Sequence[int]]]) -> bytes:
    """Bytes of a count; bytes of all words (32 bits); the words; their ends; which; how often."""
    spelt = b"\n" + b"".join(word.encode() + b"\n" for word in words)
    counts = [len(places) for one in words.values() for places in one.values()]
    kind = _kind(counts)
    return b"".join(
        (
            bytes((array(kind).itemsize,)),
            _packed(_WIDE, (len(spelt),)),
            spelt,
            _packed(_WIDE, accumulate(map(len, words.values()))),
            _packed(_NARROW, chain.from_iterable(words.values())),
            _packed(kind, counts),
        )
    )


def _kind(counts: Iterable[int]) -> str:
    return _NARROW if max(counts) < 1 << 16 else _WIDE


def _packed(kind: str, numbers: Iterable[int]) -> bytes:
    made = array(kind, numbers)
    if sys.byteorder == "big":
        made.byteswap()
    return made.tobytes()


def unpacked(kind: str, data: bytes) -> array[int]:
    """The numbers that stand in ``data``, little-endian, of a type code of :mod:`array`."""
    made: array[int] = array(kind)
    made.frombytes(data)
    if sys.byteorder == "big":
        made.byteswap()
    return made


def listing(beginning: str) -> str:
    """What the row is about that lists the words which begin like ``beginning``."""
    return _LISTING + beginning[:BEGINNING]


def pair(first: str, second: str) -> str:
    """What the row is about that says where a frequent word follows another."""
    return f"{first}\n{second}"


def open_header(blinding: Blinding, sealed: bytes) -> Header:
    """The header of a block.

    :raises ParleyError: ``body-unreadable`` where it was sealed under another key.
    """
    data = blinding.open(_HEADER, sealed)
    return cbor.convert(cbor.decode_any(data, limit=HEADER_BYTES, kept=True), Header)


def open_listing(blinding: Blinding, beginning: str, sealed: bytes) -> Listing:
    """The words of the block that share their first characters with ``beginning``.

    :raises ParleyError: ``body-unreadable``.
    """
    data = blinding.open(listing(beginning), sealed)
    width, size = data[0], int.from_bytes(data[1:5], "little")
    ends = 5 + size
    words = data[5:ends]
    documents = ends + 4 * (words.count(b"\n") - 1)
    counts = documents + 2 * int.from_bytes(data[documents - 4 : documents], "little")
    return Listing(
        words,
        unpacked(_WIDE, data[ends:documents]),
        unpacked(_NARROW, data[documents:counts]),
        unpacked(_NARROW if width == 2 else _WIDE, data[counts:]),
    )


def open_postings(blinding: Blinding, word: str, sealed: bytes) -> Postings:
    """Where ``word``, or a pair, occurs in the block.

    :raises ParleyError: ``body-unreadable``.
    """
    data = blinding.open(word, sealed)
    width, count = data[0], int.from_bytes(data[1:3], "little")
    counts = 3 + 2 * count
    places = counts + width * count
    return Postings(
        unpacked(_NARROW, data[3:counts]),
        unpacked(_NARROW if width == 2 else _WIDE, data[counts:places]),
        data[places:],
    )
