"""Searching one's own cases: what has all the words, the best first, inside the access rule.

Every question reads the same rows of the index whoever asks; what the officer may not read is left
out before anything is counted, weighed or opened. Bodies are decrypted for what is shown alone.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from heapq import nsmallest
from itertools import repeat
from typing import Final, NamedTuple, TypeVar

from sqlalchemy import Connection

from parley.application import house, index_blocks, indexing, register
from parley.application.desk import Desk
from parley.application.occurrences import Occurrences
from parley.application.register import Registered
from parley.application.sight import Sight
from parley.application.snippets import Finder, Snippet
from parley.domain import access, query, ranking
from parley.domain.access import Standing
from parley.domain.housekeeping import HouseAct
from parley.domain.query import Unit
from parley.domain.roles import Duty
from parley.kernel import limits
from parley.kernel.errors import ParleyError
from parley.kernel.reasons import Reason
from parley.record import body as bodies
from parley.record.channel import Channel
from parley.record.open_index import Block
from parley.store import log, views
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
    channel and case. Of what is found the best ``limit`` are opened, behind the first ``skip``.
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
    skip: int = 0


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
        self._most = sought.skip + sought.limit
        narrowing = (sought.kind, sought.type, sought.since, sought.until, sought.cases)
        self._narrowed = any(one is not None for one in narrowing)
        self._sight = Sight(connection, standing, kinds=sought.kind is not None)
        where = sought.channel.id if sought.channel is not None else None
        self._blocks, self.closed = index_blocks.every(desk, connection, where)
        self.statements = 0
        self._named: dict[bytes, set[bytes]] = {}
        self._least = 0.0

    @property
    def cases(self) -> set[tuple[bytes, bytes]]:
        """The cases of what was found, by channel and case."""
        return {(channel, case) for channel, every in self._named.items() for case in every}

    def answer(self, units: tuple[Unit, ...]) -> Found:
        """Everything that has all of ``units``, the best of it opened."""
        best = nsmallest(self._most, self.weigh(units))[self._sought.skip :]
        numbered = register.numbered(self._desk, self._connection, self._sought.text)
        return Found(
            tuple(self._hits(best, units)),
            self.statements,
            sum(map(len, self._named.values())),
            tuple(
                (self._desk.channel(self._connection, row.channel), row.case_id)
                for row in numbered
                if self._sight.reads(row.channel, row.case_id)
            ),
        )

    def weigh(self, units: tuple[Unit, ...]) -> list[_Candidate]:
        """The best of every block, at least, of what has all of ``units``; all is counted."""
        seen = [self._seen(block) for block in self._blocks]
        reads = [cases for cases, _, _ in seen]
        occurrences = Occurrences(self._connection, self._blocks, units, reads)
        documents = sum(count for _, count, _ in seen)
        length = sum(total for _, _, total in seen)
        usual = length / documents if documents and length else 1.0
        matches = [
            self._matches(block, cases, units, occurrences)
            for block, cases in zip(self._blocks, reads, strict=True)
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

    def _matches(
        self,
        block: Block,
        cases: list[bool] | None,
        units: tuple[Unit, ...],
        occurrences: Occurrences,
    ) -> _Matches:
        """What of a block has each unit, as far as the officer reads it, and what is asked for."""
        case_of = block.case_of
        every: list[dict[int, int]] = []
        for unit in units:
            for one in (unit, unit.exact):
                found = occurrences.having(block, one) if one is not None else {}
                if cases is not None:
                    found = {number: n for number, n in found.items() if cases[case_of[number]]}
                every.append(found)
        common = list(set(every[0]).intersection(*every[2::2]) if units[1:] else every[0])
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
        terms = [
            (map(having.get, common, repeat(0)), rarity)
            for having, rarity in zip(match.every, rarities, strict=True)
            if having
        ]
        weights = ranking.weights(terms, map(block.lengths.__getitem__, common), usual)
        better = [(one, n) for one, n in zip(weights, common, strict=True) if one >= self._least]
        if len(better) >= self._most:
            self._least = sorted(weight for weight, _ in better)[-self._most]
        found.extend(
            (-weight, -block.times[number], block.channel, -block.first - number)
            for weight, number in better
            if weight >= self._least
        )
        self.statements += len(common)
        named = set(map(block.case_of.__getitem__, common))
        self._named.setdefault(block.channel, set()).update(map(block.cases.__getitem__, named))

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
        kept = register.of_all(
            self._desk,
            self._connection,
            {(channel, entry.case_id) for (channel, _), entry in entries.items()},
        )
        finder = Finder(units)
        hits: list[Hit] = []
        for less, _, channel, depth in best:
            at = (channel, -depth)
            entry = entries[at]
            hits.append(
                Hit(
                    channels[channel],
                    entry,
                    self._type(channel, -depth),
                    rows[entry.case_id],
                    -less,
                    finder.snippets(texts[at]) if at in texts else None,
                    kept[channel, entry.case_id],
                )
            )
        return hits

    def _type(self, channel: bytes, position: int) -> str:
        """The type of a statement that was found."""
        for block in self._blocks:
            number = position - block.first
            if block.channel == channel and 0 <= number < len(block.times):
                return block.type(number)
        raise ParleyError(Reason.INTERNAL, fact="a statement that was found in no block")

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
