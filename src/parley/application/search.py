"""Searching one's own cases: what has all the words, the best first, inside the access rule.

Every question reads the same rows of the index whoever asks; what the officer may not read is left
out before anything is counted, weighed or opened. Bodies are decrypted for what is shown alone.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping
from heapq import nsmallest
from itertools import chain, repeat
from typing import Final, NamedTuple, TypeVar

from sqlalchemy import Connection

from parley.application import house, index_blocks, indexing, register
from parley.application.desk import Desk
from parley.application.register import Registered
from parley.application.sight import Sight
from parley.application.snippets import Snippet, snippets
from parley.domain import access, query, ranking
from parley.domain.access import Standing
from parley.domain.housekeeping import HouseAct
from parley.domain.query import Unit, Word
from parley.domain.roles import Duty
from parley.kernel import limits
from parley.kernel.errors import ParleyError
from parley.kernel.reasons import Reason
from parley.record import body as bodies
from parley.record import index, statement
from parley.record.channel import Channel
from parley.record.index import Postings
from parley.record.open_index import Block
from parley.store import log, search, views
from parley.store.log import Entry

LIMIT: Final = 20
LIMIT_MAX: Final = 1_000
SNIPPET_BYTES: Final = 512 * limits.KIB
"""So many bytes of bodies are decrypted for one answer."""

_TRIES: Final = 5
_T = TypeVar("_T")


class Sought(NamedTuple):
    """What is asked for. ``text`` as :func:`parley.domain.query.parse` reads it.

    ``channel``, ``kind`` (of the case), ``type`` (of the statement): only of this one. ``since``,
    ``until``: signed from the one second to before the other. ``cases``: only in these, by
    channel and case.
    """

    text: str
    phrase: bool = False
    prefix: bool = False
    channel: Channel | None = None
    kind: str | None = None
    type: str | None = None
    since: int | None = None
    until: int | None = None
    cases: Collection[tuple[bytes, bytes]] | None = None
    limit: int = LIMIT


class Hit(NamedTuple):
    """A statement that was found. ``snippets`` are null where its body was too long to be read.

    ``registered`` is what the house has of its case.
    """

    channel: Channel
    entry: Entry
    type: str
    kind: str
    score: float
    snippets: tuple[Snippet, ...] | None
    registered: Registered


class Found(NamedTuple):
    """The best of what was found, and how many statements of how many cases there are in all.

    ``numbered``: the cases that have what is asked for as their number in the house's register.
    """

    hits: tuple[Hit, ...]
    statements: int
    cases: int
    numbered: tuple[tuple[Channel, bytes], ...] = ()


_Candidate = tuple[float, int, bytes, int]
"""A statement with all the words: weight, time, channel, position, the numbers with their sign
turned. Sorted by it, the best stand first, then the newest."""


def find(
    desk: Desk, officer: str, sought: Sought, progress: Callable[[int], None] = lambda _: None
) -> Found:
    """Search what the officer may read. The index is brought up to date first.

    That the officer was shown texts stands in the house record; the words do not.

    :raises ParleyError: ``officer-unknown``; ``role-forbids`` where no role of the officer's reads
        cases anywhere; ``search-empty``, ``search-too-long``, ``search-beginning-short``.
    """
    units = query.parse(sought.text, phrase=sought.phrase, prefix=sought.prefix)
    found = _asked(desk, officer, sought, progress, lambda look: look.answer(units))
    if found.hits:
        with house.acting(desk, officer) as acting:
            acting.note(HouseAct.CASES_SEARCHED, number=len(found.hits))
    return found


def cases(desk: Desk, officer: str, sought: Sought) -> set[tuple[bytes, bytes]]:
    """The channel and identifier of every case that has a statement which is found.

    :raises ParleyError: as :func:`find`.
    """
    units = query.parse(sought.text, phrase=sought.phrase, prefix=sought.prefix)

    def every(look: _Look) -> set[tuple[bytes, bytes]]:
        look.weigh(units)
        return look.cases

    return _asked(desk, officer, sought, lambda _: None, every)


def _asked(
    desk: Desk,
    officer: str,
    sought: Sought,
    progress: Callable[[int], None],
    ask: Callable[[_Look], _T],
) -> _T:
    """What is asked of the index when it is up to date and all of it can be opened."""
    for _ in range(_TRIES):
        indexing.catch_up(desk, progress)
        with house.reading(desk, officer) as acting:
            access.require_somewhere(acting.officer, Duty.READ_CONTENT)
            look = _Look(desk, acting.connection, acting.officer, sought)
            if not look.closed:
                return ask(look)
        for channel in look.closed:
            indexing.mend(desk, channel)
    raise ParleyError(Reason.DATABASE_BUSY)


class _Look:
    """One question, in one snapshot. ``closed``: channels with blocks that cannot be opened."""

    def __init__(
        self, desk: Desk, connection: Connection, standing: Standing, sought: Sought
    ) -> None:
        self._desk = desk
        self._connection = connection
        self._sought = sought
        narrowing = (sought.kind, sought.type, sought.since, sought.until, sought.cases)
        self._narrowed = any(one is not None for one in narrowing)
        self._sight = Sight(connection, standing, kinds=sought.kind is not None)
        where = sought.channel.id if sought.channel is not None else None
        self._blocks, self.closed = index_blocks.every(desk, connection, where)
        self.statements = 0
        self.cases: set[tuple[bytes, bytes]] = set()

    def answer(self, units: tuple[Unit, ...]) -> Found:
        """Everything that has all of ``units``, the best of it opened."""
        best = nsmallest(self._sought.limit, self.weigh(units))
        numbered = register.numbered(self._desk, self._connection, self._sought.text)
        return Found(
            tuple(self._hits(best, units)),
            self.statements,
            len(self.cases),
            tuple(
                (self._desk.channel(self._connection, row.channel), row.case_id)
                for row in numbered
                if self._sight.reads(row.channel, row.case_id)
            ),
        )

    def weigh(self, units: tuple[Unit, ...]) -> list[_Candidate]:
        """The best of every block, at least, of what has all of ``units``; all is counted."""
        rows = self._rows(units)
        seen = [self._seen(block) for block in self._blocks]
        documents = sum(count for _, count, _ in seen)
        length = sum(total for _, _, total in seen)
        usual = length / documents if documents and length else 1.0
        matches = [
            self._matches(block, cases, units, rows[block.id])
            for block, (cases, _, _) in zip(self._blocks, seen, strict=True)
        ]
        rarities = [
            ranking.rarity(documents, sum(len(one.every[at]) for one in matches))
            for at in range(2 * len(units))
        ]
        found: list[_Candidate] = []
        for block, match in zip(self._blocks, matches, strict=True):
            self._weigh(block, match, rarities, usual, found)
        return found

    def _seen(self, block: Block) -> tuple[list[bool] | None, int, int]:
        """Which cases of a block the officer reads, how many statements they have, how long."""
        cases = self._sight.of(block)
        if cases is None:
            return None, sum(block.counts), sum(block.totals)
        return (
            cases,
            sum(count for count, reads in zip(block.counts, cases, strict=True) if reads),
            sum(total for total, reads in zip(block.totals, cases, strict=True) if reads),
        )

    def _rows(self, units: tuple[Unit, ...]) -> dict[int, dict[Word, list[Postings]]]:
        """Where the words of all units occur, block by block."""
        words = {word for unit in units for word in unit.words}
        words |= {Word((unit.whole,), False) for unit in units if unit.whole is not None}
        begun = sorted({form for word in words if word.begins for form in word.forms})
        listed = self._fetched({block.id: map(index.listing, begun) for block in self._blocks})
        terms: dict[int, dict[str, list[Word]]] = {}
        for block in self._blocks:
            of_block = terms.setdefault(block.id, {})
            for word in sorted(words):
                for form in word.forms:
                    # Itself as well: so there is one question more, whatever is listed.
                    spelt = [form]
                    sealed = listed[block.id].get(index.listing(form)) if word.begins else None
                    if sealed is not None:
                        spelt += index.open_listing(block.blinding, form, sealed)
                    for term in spelt:
                        of_block.setdefault(term, []).append(word)
        fetched = self._fetched(terms)
        made: dict[int, dict[Word, list[Postings]]] = {}
        for block in self._blocks:
            by_word = made.setdefault(block.id, {})
            for term, sealed in sorted(fetched[block.id].items()):
                postings = index.open_postings(block.blinding, term, sealed)
                for word in dict.fromkeys(terms[block.id][term]):
                    by_word.setdefault(word, []).append(postings)
        return made

    def _fetched(self, wanted: Mapping[int, Iterable[str]]) -> dict[int, dict[str, bytes]]:
        """The rows of the index about what is ``wanted`` of each block."""
        names: dict[tuple[int, bytes], str] = {}
        for block in self._blocks:
            for of in wanted[block.id]:
                names[block.id, block.blinding.name(of)] = of
        found: dict[int, dict[str, bytes]] = {block.id: {} for block in self._blocks}
        for block_id, name, sealed in search.rows(self._connection, list(names)):
            found[block_id][names[block_id, name]] = sealed
        return found

    def _matches(
        self,
        block: Block,
        cases: list[bool] | None,
        units: tuple[Unit, ...],
        rows: Mapping[Word, list[Postings]],
    ) -> _Matches:
        """What of a block has each unit, as far as the officer reads it, and what is asked for."""
        case_of = block.case_of
        every: list[dict[int, int]] = []
        for unit in units:
            exact = Unit((Word((unit.whole,), False),)) if unit.whole is not None else None
            for one in (unit, exact):
                found = _having(one, rows) if one is not None else {}
                if cases is not None:
                    found = {number: n for number, n in found.items() if cases[case_of[number]]}
                every.append(found)
        common = sorted(set(every[0]).intersection(*every[2::2]))
        if self._narrowed:
            common = [number for number in common if self._wanted(block, number)]
        return _Matches(every, common)

    def _wanted(self, block: Block, number: int) -> bool:
        sought, case, time = self._sought, block.case(number), block.times[number]
        return (
            sought.kind in (None, self._sight.kind(block.channel, case))
            and sought.type in (None, block.type(number))
            and (sought.since is None or time >= sought.since)
            and (sought.until is None or time < sought.until)
            and (sought.cases is None or (block.channel, case) in sought.cases)
        )

    def _weigh(
        self,
        block: Block,
        match: _Matches,
        rarities: list[float],
        usual: float,
        found: list[_Candidate],
    ) -> None:
        common = match.common
        if not common:
            return
        damped = ranking.damping(map(block.lengths.__getitem__, common), usual)
        weights = [0.0] * len(common)
        for having, rarity in zip(match.every, rarities, strict=True):
            if having:
                times = map(having.get, common, repeat(0))
                weights = ranking.added(weights, times, damped, rarity)
        limit = self._sought.limit
        least = sorted(weights)[-limit] if len(weights) > limit else 0.0
        found.extend(
            (-weight, -block.times[number], block.channel, -block.first - number)
            for weight, number in zip(weights, common, strict=True)
            if weight >= least
        )
        self.statements += len(common)
        named = set(map(block.case_of.__getitem__, common))
        self.cases.update((block.channel, block.cases[at]) for at in named)

    def _hits(self, best: list[_Candidate], units: tuple[Unit, ...]) -> list[Hit]:
        by_channel: dict[bytes, list[int]] = {}
        for _, _, channel, depth in best:
            by_channel.setdefault(channel, []).append(-depth)
        entries = {
            (channel, entry.position): entry
            for channel, positions in by_channel.items()
            for entry in log.at(self._connection, channel, positions)
        }
        texts = self._texts(best, entries)
        rows = {
            case: row.kind
            for channel in by_channel
            for case, row in views.some_cases(
                self._connection, channel, {one.case_id for one in entries.values()}
            ).items()
        }
        channels = {one: self._desk.channel(self._connection, one) for one in by_channel}
        kept = {
            (channel, case): register.of(self._desk, self._connection, channel, case)
            for channel, case in {(at[0], entry.case_id) for at, entry in entries.items()}
        }
        hits: list[Hit] = []
        for less, _, channel, depth in best:
            at = (channel, -depth)
            entry = entries[at]
            hits.append(
                Hit(
                    channels[channel],
                    entry,
                    statement.parse(entry.data).act.type,
                    rows[entry.case_id],
                    -less,
                    snippets(texts[at], units) if at in texts else None,
                    kept[channel, entry.case_id],
                )
            )
        return hits

    def _texts(
        self, best: list[_Candidate], entries: Mapping[tuple[bytes, int], Entry]
    ) -> dict[tuple[bytes, int], bodies.Body]:
        """As many of the bodies as there is room for, by channel and position."""
        texts: dict[tuple[bytes, int], bodies.Body] = {}
        room = SNIPPET_BYTES
        for channel in dict.fromkeys(one[2] for one in best):
            positions = [-one[3] for one in best if one[2] == channel]
            sizes = log.body_sizes(self._connection, channel, positions)
            read: list[int] = []
            for position in positions:
                if sizes.get(position, room + 1) <= room:
                    room -= sizes[position]
                    read.append(position)
            for position, kept in log.bodies(self._connection, channel, read).items():
                leaf = entries[channel, position].leaf
                opened = self._desk.vault.open(kept.slot, kept.sealed, leaf)
                texts[channel, position] = bodies.read(opened)
        return texts


class _Matches(NamedTuple):
    """How often each statement of a block has each unit and each unit as one word, in turn.

    ``common``: those that have all units, and are asked for.
    """

    every: list[dict[int, int]]
    common: list[int]


def _having(unit: Unit, rows: Mapping[Word, list[Postings]]) -> dict[int, int]:
    """Which statements of a block have a unit, and how often."""
    if len(unit.words) == 1:
        (word,) = unit.words
        having: dict[int, int] = {}
        for one in rows.get(word, ()):
            if not having:
                having = dict(zip(one.documents, one.counts, strict=True))
                continue
            for number, times in zip(one.documents, one.counts, strict=True):
                known = having.get(number, 0)
                # Forms of one word stand at the same places; words with one beginning do not.
                having[number] = known + times if word.begins else max(known, times)
        return having
    starts: set[int] = set()
    for offset, word in enumerate(unit.words):
        places = [one.places for one in rows.get(word, ())]
        if offset == 0:
            starts = set().union(*places)
        else:
            back = (-offset).__add__
            starts.intersection_update(*[map(back, chain.from_iterable(places))])
    return Counter(map(index.PLACE_BITS.__rrshift__, starts))
