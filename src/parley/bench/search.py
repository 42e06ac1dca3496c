"""Searching, in a small corpus and in a large one: recall, time, order."""

from __future__ import annotations

import random
import re
import sqlite3
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from itertools import islice, pairwise
from pathlib import Path
from statistics import mean
from typing import Any, Final, NamedTuple, TypeVar

from parley.application import indexing, officers, search
from parley.application.desk import Desk
from parley.application.search import Sought
from parley.bench import corpus, desks, sizes
from parley.bench.corpus import Text
from parley.bench.desks import Pair
from parley.bench.measure import percentile
from parley.domain.roles import Role
from parley.kernel import ids
from parley.record.channel import Channel
from parley.record.freeze import Content

SIZES: Final = (3_000, 30_000)
MOST_SECONDS: Final = 0.05
OFFICER: Final = "olga"
BEST: Final = 10

_SEED: Final = 20_260_707
_AT_ONCE: Final = 500
_WORDS: Final = re.compile(r"[\w\u064b-\u0652]+")
_RARE, _FREQUENT = 100, 40
"""Words whose recall is measured: any of the corpus, and such as stand in many texts."""

_CLOSE: Final = 1e-6
_ENGLISH: Final = 40
"""Questions that FTS5 is asked as well."""


class SearchResult(NamedTuple):
    """One corpus. Times in seconds: of half and of 95 % of the questions, and of all of the index.

    ``processor_p95``: the processor time that 95 % of the questions stay within; what others do on
    the machine and the disk's syncs touch it little.
    ``recall`` and ``precision`` of single words beside a plain comparison; ``same_best``: how many
    of the ten best are among FTS5's, where texts are English; ``fts5_p95`` its time over open
    texts. ``index_bytes``: what a statement takes in the index.
    """

    statements: int
    words: int
    questions: int
    recall: float
    precision: float
    p50: float
    p95: float
    processor_p95: float
    fts5_p95: float
    same_best: float
    indexing: float
    index_bytes: float


def faults(results: Sequence[SearchResult]) -> list[str]:
    """What is below its bound: a word that is not found, a slow answer, time that grows as fast."""
    found = [f"search-recall-{one.statements}" for one in results if one.recall < 1]
    found += [f"search-{one.statements}" for one in results if one.p95 > MOST_SECONDS]
    for small, large in pairwise(results):
        if large.p95 / small.p95 >= large.statements / small.statements:
            found.append(f"search-growth-{large.statements}")
    return found


def run(
    folder: Path,
    rounds: int,
    making: Callable[[int], None],
    counts: Sequence[int] = SIZES,
) -> list[SearchResult]:
    """Measure at each size; ``making`` is told how many statements are being made."""
    found: list[SearchResult] = []
    source = corpus.texts(_SEED)
    known: dict[bytes, Text] = {}
    spent = 0.0
    with desks.opened(folder) as pair:
        officers.add(pair.left, OFFICER, [Role.DRAFTER.value])
        left = folder / desks.CODES[0]
        for count in counts:
            making(count)
            while len(known) < count:
                known.update(_add(pair, list(islice(source, min(_AT_ONCE, count - len(known))))))
            before = sizes.disk(left)
            spent += _timed(indexing.catch_up, pair.left)[0]
            grown = (sizes.disk(left) - before) / count
            found.append(_measured(pair.left, known, rounds, spent, grown))
    return found


def _add(pair: Pair, texts: list[Text]) -> Iterator[tuple[bytes, Text]]:
    """Say ``texts`` in cases of some statements each."""
    channel = pair.channel(pair.left)
    contents: list[Content] = []
    for at, text in enumerate(texts):
        number = at % desks.PER_CASE
        if number == 0:
            case = ids.new_case_id()
        contents.append(_content(channel, case, text, number))
    leaves = desks.append(pair, pair.left, contents)
    return zip(leaves, texts, strict=True)


def _content(channel: Channel, case: bytes, text: Text, number: int) -> Content:
    opening = desks.inquiry(channel, case)
    place = f"questions/{number + 1}/text@{text.language}"
    values = {place: text.text}
    if number == 0:
        language = text.language
        # What has to be there has no word of the corpus.
        named = {f"{name}@{language}": "qq" for name in ("subject", "incident", "facts")}
        return opening._replace(values={**named, **values})
    codes = {"first": number + 1, "questions": 1, "evidence": 0}
    return opening._replace(type="supplement", codes=codes, values=values, reply_wanted=None)


def _measured(
    desk: Desk, known: dict[bytes, Text], rounds: int, spent: float, grown: float
) -> SearchResult:
    rng = random.Random(_SEED)  # noqa: S311 - no secret
    having: dict[str, set[bytes]] = {}
    spellings: set[str] = set()
    for leaf, text in known.items():
        for word in _WORDS.findall(text.text):
            spellings.add(word)
            for key in corpus.plain(word):
                having.setdefault(key, set()).add(leaf)
    chosen = rng.sample(sorted(spellings), min(len(spellings), _RARE))
    chosen += [_word(rng, known) for _ in range(_FREQUENT)]
    recalls: list[float] = []
    precisions: list[float] = []
    for word in chosen:
        right = set().union(*(having[key] for key in corpus.plain(word)))
        hits = search.find(desk, OFFICER, Sought(word, limit=len(known))).hits
        got = {hit.entry.leaf for hit in hits}
        recalls.append(len(got & right) / len(right))
        precisions.append(len(got & right) / max(1, len(got)))
    questions = list(_questions(rng, known, 50 * rounds))
    _ = [search.find(desk, OFFICER, one) for one in questions[:20]]
    times: list[float] = []
    busy: list[float] = []
    for one in questions:
        before = time.process_time()
        times.append(_timed(search.find, desk, OFFICER, one)[0])
        busy.append(time.process_time() - before)
    fts5_p95, same = _beside_fts5(desk, known, rng)
    return SearchResult(
        len(known),
        len(having),
        len(questions),
        mean(recalls),
        mean(precisions),
        percentile(times, 0.5),
        percentile(times, 0.95),
        percentile(busy, 0.95),
        fts5_p95,
        same,
        spent,
        grown,
    )


def _word(rng: random.Random, known: dict[bytes, Text]) -> str:
    """A word of a text, the frequent ones more often."""
    words: list[str] = _WORDS.findall(rng.choice(list(known.values())).text)
    return rng.choice(words)


def _questions(rng: random.Random, known: dict[bytes, Text], count: int) -> Iterator[Sought]:
    """Questions as officers ask: one word, two, a phrase, a beginning, an indicator."""
    every = list(known.values())
    for number in range(count):
        text = rng.choice(every).text
        words = _WORDS.findall(text)
        at = rng.randrange(len(words) - 1)
        match number % 5:
            case 0:
                yield Sought(words[at])
            case 1:
                yield Sought(f"{words[at]} {rng.choice(words)}")
            case 2:
                yield Sought(f"{words[at]} {words[at + 1]}", phrase=True)
            case 3:
                bare = max(corpus.plain(words[at]))
                yield Sought(f"{bare[: max(3, len(bare) - 2)]}*" if len(bare) > 1 else words[at])
            case _:
                yield Sought(text.rsplit(" ", 1)[1])


def _beside_fts5(desk: Desk, known: dict[bytes, Text], rng: random.Random) -> tuple[float, float]:
    """The time of FTS5 over the same texts in the clear, and how far its ten best are ours."""
    with closing(sqlite3.connect(":memory:")) as open_texts:
        open_texts.execute("CREATE VIRTUAL TABLE texts USING fts5(leaf UNINDEXED, text)")
        open_texts.executemany(
            "INSERT INTO texts VALUES (?, ?)",
            [(leaf, text.text) for leaf, text in known.items()],
        )
        english = [one.text for one in known.values() if one.language == "en"]
        same: list[float] = []
        times: list[float] = []
        while len(same) < _ENGLISH:
            words = _WORDS.findall(rng.choice(english))
            asked = sorted({words[1], words[2]})
            if not all(word.isascii() and word.isalpha() for word in asked):
                continue
            spent, rows = _timed(_matching, open_texts, " AND ".join(f'"{one}"' for one in asked))
            times.append(spent)
            ours = search.find(desk, OFFICER, Sought(" ".join(asked), limit=BEST)).hits
            # Of texts that weigh the same any may be among the best.
            least = rows[min(BEST, len(rows)) - 1][1] + _CLOSE
            best = {leaf for leaf, weight in rows if weight <= least}
            same.append(sum(hit.entry.leaf in best for hit in ours) / max(1, len(ours)))
    return percentile(times, 0.95), mean(same)


_T = TypeVar("_T")


def _matching(open_texts: sqlite3.Connection, asked: str) -> list[tuple[bytes, float]]:
    query = "SELECT leaf, bm25(texts) FROM texts WHERE texts MATCH ? ORDER BY 2"
    return open_texts.execute(query, (asked,)).fetchall()


def _timed(work: Callable[..., _T], *given: Any) -> tuple[float, _T]:
    """Seconds that ``work`` takes, and what it gives."""
    began = time.perf_counter()
    found = work(*given)
    return time.perf_counter() - began, found
