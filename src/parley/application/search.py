"""Searching one's own cases: what has all the words, the best first, inside the access rule.

Every question reads the same rows of the index whoever asks; what the officer may not read is left
out before anything is counted, weighed or opened. Bodies are decrypted for what is shown alone.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from heapq import nsmallest
from typing import Final, NamedTuple

from sqlalchemy import Connection

from parley.application import house, indexing
from parley.application.desk import Desk
from parley.application.places import Places
from parley.application.snippets import Snippet, snippets
from parley.crypto.blinding import Blinding
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
from parley.record.index import Header, Postings
from parley.store import log, search
from parley.store.log import Entry
from parley.store.search import BlockRow

LIMIT: Final = 20
LIMIT_MAX: Final = 1_000
SNIPPET_BYTES: Final = 512 * limits.KIB
"""So many bytes of bodies are decrypted for one answer."""

_TRIES: Final = 5


class Sought(NamedTuple):
    """What is asked for. ``text`` as :func:`parley.domain.query.parse` reads it.

    ``channel``, ``kind`` (of the case), ``type`` (of the statement): only of this one. ``since``,
    ``until``: signed from the one second to before the other. ``cases``: only in these.
    """

    text: str
    phrase: bool = False
    prefix: bool = False
    channel: Channel | None = None
    kind: str | None = None
    type: str | None = None
    since: int | None = None
    until: int | None = None
    cases: Collection[bytes] | None = None
    limit: int = LIMIT


class Hit(NamedTuple):
    """A statement that was found. ``snippets`` are null where its body was too long to be read."""

    channel: Channel
    entry: Entry
    type: str
    kind: str
    score: float
    snippets: tuple[Snippet, ...] | None


class Found(NamedTuple):
    """The best of what was found, and how many statements of how many cases there are in all."""

    hits: tuple[Hit, ...]
    statements: int
    cases: int


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
    for _ in range(_TRIES):
        indexing.catch_up(desk, progress)
        with house.reading(desk, officer) as acting:
            access.require_somewhere(acting.officer, Duty.READ_CONTENT)
            look = _Look(desk, acting.connection, acting.officer, sought)
            if not look.closed:
                found = look.answer(units)
                break
        for channel in look.closed:
            indexing.mend(desk, channel)
    else:
        raise ParleyError(Reason.DATABASE_BUSY)
    if found.hits:
        with house.acting(desk, officer) as acting:
            acting.note(HouseAct.CASES_SEARCHED, number=len(found.hits))
    return found


class _Block(NamedTuple):
    row: BlockRow
    blinding: Blinding
    header: Header


class _Look:
    """One question, in one snapshot. ``closed``: channels with blocks that cannot be opened."""

    def __init__(
        self, desk: Desk, connection: Connection, standing: Standing, sought: Sought
    ) -> None:
        self._desk = desk
        self._connection = connection
        self._sought = sought
        self._sight = _Sight(connection, standing)
        self._blocks: list[_Block] = []
        self._cases: set[tuple[bytes, bytes]] = set()
        self.closed: set[bytes] = set()
        where = sought.channel.id if sought.channel is not None else None
        for row in search.blocks(connection, where):
            keys = indexing.opened(desk, row)
            if keys is None:
                self.closed.add(row.channel)
            else:
                self._blocks.append(_Block(row, *keys))

    def answer(self, units: tuple[Unit, ...]) -> Found:
        """Everything that has all of ``units``, the best of it opened."""
        rows = self._rows(units)
        seen = [self._seen(block) for block in self._blocks]
        documents = sum(count for _, count, _ in seen)
        length = sum(total for _, _, total in seen)
        usual = length / documents if documents and length else 1.0
        matches = [
            self._matches(block, cases, units, rows[block.row.id])
            for block, (cases, _, _) in zip(self._blocks, seen, strict=True)
        ]
        rarities = [
            ranking.rarity(documents, sum(len(one.every[at]) for one in matches))
            for at in range(2 * len(units))
        ]
        found: list[_Candidate] = []
        for block, match in zip(self._blocks, matches, strict=True):
            self._weigh(block, match, rarities, usual, found)
        best = nsmallest(self._sought.limit, found)
        return Found(tuple(self._hits(best, units)), len(found), len(self._cases))

    def _seen(self, block: _Block) -> tuple[list[bool], int, int]:
        """Which cases of a block the officer reads, how many statements they have, how long."""
        header = block.header
        cases = [self._sight.reads(block.row.channel, case) for case in header.cases]
        visible = [sums for sums, reads in zip(header.sums, cases, strict=True) if reads]
        return cases, sum(one[0] for one in visible), sum(one[1] for one in visible)

    def _rows(self, units: tuple[Unit, ...]) -> dict[int, dict[Word, list[Postings]]]:
        """Where the words of all units occur, block by block."""
        words = {word for unit in units for word in unit.words}
        words |= {Word((unit.whole,), False) for unit in units if unit.whole is not None}
        begun = sorted({form for word in words if word.begins for form in word.forms})
        listed = self._fetched({block.row.id: map(index.listing, begun) for block in self._blocks})
        terms: dict[int, dict[str, list[Word]]] = {}
        for block in self._blocks:
            of_block = terms.setdefault(block.row.id, {})
            for word in sorted(words):
                for form in word.forms:
                    # Itself as well: so there is one question more, whatever is listed.
                    spelt = [form]
                    sealed = listed[block.row.id].get(index.listing(form)) if word.begins else None
                    if sealed is not None:
                        spelt += index.open_listing(block.blinding, form, sealed)
                    for term in spelt:
                        of_block.setdefault(term, []).append(word)
        fetched = self._fetched(terms)
        made: dict[int, dict[Word, list[Postings]]] = {}
        for block in self._blocks:
            by_word = made.setdefault(block.row.id, {})
            for term, sealed in sorted(fetched[block.row.id].items()):
                postings = index.open_postings(block.blinding, term, sealed)
                for word in dict.fromkeys(terms[block.row.id][term]):
                    by_word.setdefault(word, []).append(postings)
        return made

    def _fetched(self, wanted: Mapping[int, Iterable[str]]) -> dict[int, dict[str, bytes]]:
        """The rows of the index about what is ``wanted`` of each block."""
        names: dict[tuple[int, bytes], str] = {}
        for block in self._blocks:
            for of in wanted[block.row.id]:
                names[block.row.id, block.blinding.name(of)] = of
        found: dict[int, dict[str, bytes]] = {block.row.id: {} for block in self._blocks}
        for block_id, name, sealed in search.rows(self._connection, list(names)):
            found[block_id][names[block_id, name]] = sealed
        return found

    def _matches(
        self,
        block: _Block,
        cases: list[bool],
        units: tuple[Unit, ...],
        rows: Mapping[Word, list[Postings]],
    ) -> _Matches:
        """What of a block has each unit, as far as the officer reads it, and what is asked for."""
        case_of = index.unpacked("H", block.header.case_of)
        every: list[dict[int, int]] = []
        for unit in units:
            found = _having(unit, rows)
            exact = _having(Unit((Word((unit.whole,), False),)), rows) if unit.whole else {}
            every.append({number: n for number, n in found.items() if cases[case_of[number]]})
            every.append({number: n for number, n in exact.items() if cases[case_of[number]]})
        common = set(every[0]).intersection(*every[2::2])
        return _Matches(every, [number for number in sorted(common) if self._wanted(block, number)])

    def _wanted(self, block: _Block, number: int) -> bool:
        sought, header = self._sought, block.header
        if (sought.kind, sought.type, sought.since, sought.until, sought.cases) == (None,) * 5:
            return True
        case = header.cases[index.unpacked("H", header.case_of[2 * number : 2 * number + 2])[0]]
        type_ = header.types[index.unpacked("H", header.type_of[2 * number : 2 * number + 2])[0]]
        (time,) = index.unpacked("Q", header.times[8 * number : 8 * number + 8])
        return (
            sought.kind in (None, self._sight.kind(block.row.channel, case))
            and sought.type in (None, type_)
            and (sought.since is None or time >= sought.since)
            and (sought.until is None or time < sought.until)
            and (sought.cases is None or case in sought.cases)
        )

    def _weigh(
        self,
        block: _Block,
        match: _Matches,
        rarities: list[float],
        usual: float,
        found: list[_Candidate],
    ) -> None:
        header, row = block.header, block.row
        case_of = index.unpacked("H", header.case_of)
        times = index.unpacked("Q", header.times)
        damped = ranking.damping(index.unpacked("I", header.lengths), usual)
        parts = [
            (having, rarity) for having, rarity in zip(match.every, rarities, strict=True) if having
        ]
        weight = ranking.weight
        for number in match.common:
            less, damping = 0.0, damped[number]
            for having, rarity in parts:
                count = having.get(number)
                if count is not None:
                    less -= rarity * weight(count, damping)
            found.append((less, -times[number], row.channel, -row.first - number))
        named = {case_of[number] for number in match.common}
        self._cases.update((row.channel, header.cases[at]) for at in named)

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
        hits: list[Hit] = []
        for less, _, channel, depth in best:
            at = (channel, -depth)
            entry = entries[at]
            hits.append(
                Hit(
                    self._desk.channel(self._connection, channel),
                    entry,
                    statement.parse(entry.data).act.type,
                    self._sight.kind(channel, entry.case_id) or "",
                    -less,
                    snippets(texts[at], units) if at in texts else None,
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
    if len(unit.words) == 1 and len(rows.get(unit.words[0], ())) == 1:
        (only,) = rows[unit.words[0]]
        return dict(zip(only.documents, only.counts, strict=True))
    places: list[Mapping[int, set[int]]] = []
    for word in unit.words:
        joined: dict[int, set[int]] = {}
        for postings in rows.get(word, ()):
            for number, standing in postings.by_document().items():
                joined.setdefault(number, set()).update(standing)
        places.append(joined)
    return query.runs(unit, places)


class _Sight:
    """Which cases an officer reads. All cases are read at once, whatever is asked then."""

    def __init__(self, connection: Connection, standing: Standing) -> None:
        self._places = Places(connection, standing)
        self._kinds = search.kinds(connection)
        # Without grants and recusals nothing depends on the case itself.
        self._plain = not standing.grants and not standing.recusals
        self._known: dict[tuple[bytes, bytes | str], bool] = {}

    def kind(self, channel: bytes, case: bytes) -> str | None:
        """The kind of a case; none where there is no such case."""
        return self._kinds.get((channel, case))

    def reads(self, channel: bytes, case: bytes) -> bool:
        """Whether the officer reads what is said in a case."""
        kind = self._kinds.get((channel, case))
        if kind is None:
            return False
        key = (channel, kind if self._plain else case)
        known = self._known.get(key)
        if known is None:
            place = self._places.at(channel, case, kind, None)
            known = self._places.may(Duty.READ_CONTENT, place)
            self._known[key] = known
        return known
