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

MOST_MS: Final = 200.0
CLOSED: Final = frozenset({"/house/record", "/officers"})
"""Pages of one role that all are told of: whose they are stands beside the link."""

_TRIES: Final = 3
_SAMPLE_SECONDS: Final = 0.02
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
        self.headings = 0
        self._in_title = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "a" and "href" in given:
            self.links.append(given["href"])
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
    text: str = ""
    anchors: frozenset[str] = frozenset()


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


def sort_of(path: str) -> str:
    """A path with whatever names one thing left out."""
    return _ID.sub("…", urlsplit(path).path)


def fetch(origin: str, path: str, cookie: str, language: str = "en") -> tuple[Seen, str, str]:
    """One page; beside it, its location where it leads elsewhere, and its text."""
    parts = urlsplit(origin)
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
    text = data.decode() if kind == "text/html" else ""
    return seen, answer.headers.get("location", ""), text


def _crowd() -> float:
    """How many times longer work takes now than it would on a machine of one's own."""
    began, worked = time.perf_counter(), time.process_time()
    while time.process_time() - worked < _SAMPLE_SECONDS:
        pass
    return max(1.0, (time.perf_counter() - began) / _SAMPLE_SECONDS)


@dataclass
class Crawler:
    """Follows every link of one officer; at most ``of_a_sort`` pages of each sort.

    Amiss are links that lead nowhere or out of the desk, anchors that there are not, pages without
    a title or one first heading, and pages over which the server thinks longer than ``most_ms``.
    ``check`` is told the path and the text of each.
    """

    origin: str
    cookie: str
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
        found = fetch(self.origin, path, self.cookie)
        for _ in range(_TRIES):
            page = found[0].kind == "text/html" and not _PAPER.search(path)
            if not page or (found[0].spent_ms or 0) <= self.most_ms * _crowd():
                break
            found = fetch(self.origin, path, self.cookie)
        else:
            self._amiss(f"{path} took {found[0].spent_ms:.0f} ms")
        return found

    def _read(self, seen: Seen, text: str) -> None:
        reader = _Reader()
        reader.feed(text)
        seen.anchors = frozenset(reader.anchors)
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
