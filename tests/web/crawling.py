"""Going through all pages that an officer can reach, as a program that follows every link."""

from __future__ import annotations

import re
import time
from collections import Counter, deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from html.parser import HTMLParser
from http.client import HTTPConnection
from typing import Final
from urllib.parse import urldefrag, urljoin, urlsplit

from parley.web.visit import LANGUAGE_COOKIE
from tests.web.untranslated import untranslated

MOST_MS: Final = 200.0
CLOSED: Final = frozenset({"/house/record", "/officers", "/offices"})
"""Pages of one role that all are told of: whose they are stands beside the link."""

_TRIES: Final = 5
_SAMPLE_SECONDS: Final = 0.02
_QUIET: Final = 1.2
_PAPER: Final = re.compile(r"/print(\?|$)")
"""Papers are typeset, with all that they prove, and are looked at in print."""

_ID: Final = re.compile(r"[0-9a-f]{8,}|\d+")
_SPENT: Final = re.compile(r"app;dur=([\d.]+)")


class _Reader(HTMLParser):
    """The links, the anchors, the title and the texts of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.links: list[str] = []
        self.anchors: set[str] = set()
        self.title = ""
        self.language = ""
        self.shape: set[str] = set()
        self.headings = 0
        self._in_title = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "a" and "href" in given:
            self.links.append(given["href"])
        if tag == "html":
            self.language = given.get("lang", "")
        self.shape.add(" ".join((tag, given.get("class", ""), given.get("role", ""))))
        if "id" in given:
            assert given["id"] not in self.anchors, f"twice: id={given['id']}"
            self.anchors.add(given["id"])
        self._in_title = self._in_title or (tag == "title" and not self.title)
        self.headings += tag == "h1"

    def handle_endtag(self, tag: str) -> None:
        if tag == "title":
            self._in_title = False

    def handle_data(self, data: str) -> None:
        if self._in_title:
            self.title += data


@dataclass
class Seen:
    """A page as it came."""

    url: str
    status: int
    kind: str
    size: int
    spent_ms: float | None
    worked_ms: float = 0.0
    anchors: frozenset[str] = frozenset()
    shape: frozenset[str] = frozenset()


@dataclass
class Crawl:
    """The pages that were seen, by their path and query, and all that is amiss with them."""

    pages: dict[str, Seen] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)

    def sorts(self) -> list[str]:
        """One page of each sort; files are none."""
        found: dict[str, str] = {}
        for path, seen in self.pages.items():
            if seen.kind == "text/html":
                found.setdefault(sort_of(path), path)
        return list(found.values())

    def shapes(self, known: dict[str, set[str]]) -> list[str]:
        """The pages with an element of a class that no page of their sort in ``known`` had.

        They are known from then on.
        """
        found = []
        for path, seen in self.pages.items():
            before = known.setdefault(sort_of(path), set())
            if not seen.shape <= before:
                before |= seen.shape
                found.append(path)
        return found


def sort_of(path: str) -> str:
    """A path with whatever names one thing left out."""
    return _ID.sub("…", urlsplit(path).path)


def fetch(origin: str, path: str, cookie: str, language: str = "en") -> tuple[Seen, str, str]:
    """One page; beside it, its location where it leads elsewhere, and its text."""
    parts, worked = urlsplit(origin), time.process_time()
    cookie = f"{cookie}; {LANGUAGE_COOKIE}={language}"
    # The name of the desk leads to this machine; who asks need not be a browser that knows so.
    connection = HTTPConnection("127.0.0.1", parts.port or 80, timeout=60)
    try:
        headers = {"Host": parts.netloc, "Cookie": cookie, "Accept-Language": language}
        connection.request("GET", path, headers=headers)
        answer = connection.getresponse()
        data = answer.read()
    finally:
        connection.close()
    spent = _SPENT.search(answer.headers.get("server-timing", ""))
    kind = answer.headers.get_content_type()
    seen = Seen(path, answer.status, kind, len(data), float(spent[1]) if spent else None)
    seen.worked_ms = (time.process_time() - worked) * 1000
    text = data.decode() if kind == "text/html" else ""
    return seen, answer.headers.get("location", ""), text


def _crowd() -> float:
    """How many times longer work takes now than it would on a machine of one's own.

    What a page takes by the clock says nothing where that is much more than one.
    """
    began, worked = time.perf_counter(), time.process_time()
    while time.process_time() - worked < _SAMPLE_SECONDS:
        pass
    return max(1.0, (time.perf_counter() - began) / _SAMPLE_SECONDS)


@dataclass
class Crawler:
    """Follows every link of one officer; at most ``of_a_sort`` pages of each sort.

    Amiss are links that lead nowhere or out of the desk, anchors that there are not, pages without
    a title or one first heading, texts that are not in ``language``, and pages over which the
    server, which is of this process, thinks longer than ``most_ms``: by the clock while the machine
    is quiet, else by what it works. ``check`` is told the path and the text of each.
    """

    origin: str
    cookie: str
    language: str = "en"
    of_a_sort: int = 10_000
    most_ms: float = MOST_MS
    check: Callable[[str, str], None] | None = None
    _found: Crawl = field(default_factory=Crawl)
    _queue: deque[str] = field(default_factory=deque)
    _known: dict[str, str] = field(default_factory=dict)
    _sorts: Counter[str] = field(default_factory=Counter)
    _wanted: list[tuple[str, str, str]] = field(default_factory=list)

    def run(self, starts: Iterable[str] = ("/",)) -> Crawl:
        """Go through all that can be reached from ``starts``."""
        for path in starts:
            self._follow(path)
        while self._queue:
            self._look(self._queue.popleft())
        for path, target, anchor in self._wanted:
            page = self._found.pages.get(target)
            if page is not None and page.status == 200 and anchor not in page.anchors:
                self._amiss(f"{path}: {target} has no place #{anchor}")
        return self._found

    def _amiss(self, what: str) -> None:
        self._found.faults.append(what)

    def _follow(self, path: str, source: str = "") -> None:
        sort = sort_of(path)
        if path not in self._known and self._sorts[sort] < self.of_a_sort:
            self._known[path] = source
            self._sorts[sort] += 1
            self._queue.append(path)

    def _look(self, path: str) -> None:
        seen, location, text = self._fetch(path)
        self._found.pages[path] = seen
        if 300 <= seen.status < 400:
            self._follow(urljoin(path, location), path)
            return
        if seen.status == 403 and sort_of(path) in CLOSED:
            del self._found.pages[path]
            return
        if seen.status != 200:
            self._amiss(f"{self._known[path]} leads to {path}: {seen.status}")
            return
        if seen.spent_ms is None:
            self._amiss(f"{path} does not say what it took")
        if seen.kind == "text/html":
            self._read(seen, text)

    def _fetch(self, path: str) -> tuple[Seen, str, str]:
        """One page; one that took long is asked for again, as others may want the machine, too."""
        for _ in range(_TRIES):
            found = fetch(self.origin, path, self.cookie, self.language)
            if found[0].kind != "text/html" or _PAPER.search(path) or not self._is_slow(found[0]):
                return found
        spent, worked = found[0].spent_ms or 0, found[0].worked_ms
        self._amiss(f"{path} took {spent:.0f} ms, {worked:.0f} ms of them at work")
        return found

    def _is_slow(self, seen: Seen) -> bool:
        if (seen.spent_ms or 0) <= self.most_ms:
            return False
        return seen.worked_ms > self.most_ms or _crowd() <= _QUIET

    def _read(self, seen: Seen, text: str) -> None:
        reader = _Reader()
        reader.feed(text)
        seen.anchors, seen.shape = frozenset(reader.anchors), frozenset(reader.shape)
        if reader.language != self.language:
            self._amiss(f"{seen.url} is in {reader.language!r}, not in {self.language!r}")
        elif self.language != "en":
            self._found.faults += [f"{seen.url}: {one}" for one in untranslated(text)]
        if not reader.title.strip() or reader.headings != 1:
            self._amiss(f"{seen.url}: title {reader.title!r}, {reader.headings} first headings")
        if self.check is not None:
            self.check(seen.url, text)
        for link in reader.links:
            target, anchor = urldefrag(urljoin(f"{self.origin}{seen.url}", link))
            if not target.startswith(f"{self.origin}/"):
                self._amiss(f"{seen.url} leads out: {link}")
                continue
            path = target.removeprefix(self.origin)
            if anchor:
                self._wanted.append((seen.url, path, anchor))
            self._follow(path, seen.url)
