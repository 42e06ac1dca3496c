"""What the server spends on each page that lists something, with many of what it lists."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from statistics import median
from typing import Final, NamedTuple

from parley.application import (
    alert_watch,
    attachments,
    blobs,
    channels,
    deadlines,
    draft_doing,
    indexing,
)
from parley.application.draft_doing import Which
from parley.bench import desks, lists, many, web
from parley.bench.desks import Pair
from parley.domain.roles import Role
from parley.kernel import ids

COUNT: Final = 10_000
"""So many there are of each: cases of each kind, attachments, drafts."""
CONTACTS: Final = 9_000

_OFFICER: Final = "olga"
_ROLES: Final = (Role.DUTY_OFFICER, Role.DRAFTER, Role.LEGAL_REVIEWER, Role.AUTHORISER)
_PAGES: Final = (
    "/",
    "/cases",
    "/cases?precedence=flash",
    "/cases?label=nobody+has+it",
    "/cases?level=1",
    "/cases?words=nobody+said+it",
    "/cases?open=1&precedence=flash",
    "/cases?due=1",
    "/cases?due=1&precedence=flash",
    "/cases?due=1&label=nobody+has+it",
    "/meetings",
    "/meetings?page=150",
    "/meetings?from=2020&to=2020",
    "/understandings",
    "/groups",
    "/notices",
    "/positions",
    "/shares",
    "/recusals",
    "/contacts",
    "/drafts",
    "/attachments",
    "/pictures",
    "/search?q=scans",
    "/alerts",
    "/roster",
    "/house",
    "/record",
    "/keys",
    "/evidence",
)


class PagesResult(NamedTuple):
    """Median seconds on the server by page, with so many of ``each``, nobody else asking."""

    each: int
    seconds: dict[str, float]

    @property
    def slow(self) -> list[str]:
        """What takes longer than it may."""
        return [page for page, spent in self.seconds.items() if spent > web.MOST_ON_SERVER]


def run(
    folder: Path, rounds: int, making: Callable[[int], None], count: int = COUNT
) -> PagesResult:
    """Make the desk, serve it, and ask for each page.

    ``making`` is told how many statements are being made.

    :raises RuntimeError: a page was refused, or the desk does not answer.
    """
    making(count * (len(many.KINDS) + 1))
    with desks.opened(folder) as pair:
        left = pair.left
        origin = web.to_be_served(folder / desks.CODES[0])
        cookie = web.signed_in(left, origin, _OFFICER, _ROLES)
        directory = _fill(pair, count)
        record = channels.find(left, None).id.hex()
        draft = draft_doing.under_way(left, _OFFICER, Which.MINE, count=1).views[0].id.hex()
        attached = attachments.page(left, _OFFICER, count=1).views[0].leaf.hex()
    paths = {path: path for path in _PAGES} | {
        "/record/…": f"/record/{record}",
        "/drafts/…": f"/drafts/{draft}",
        "/attachments/…": f"/attachments/{attached}/1",
        "/contacts/…": f"/contacts/{directory}",
        "/contacts/…?q=": f"/contacts/{directory}?q=contact+8",
        "/contacts/…?language=": f"/contacts/{directory}?language=ru",
        "/contacts/…/…": f"/contacts/{directory}/{min(CONTACTS, count) // 2}",
    }
    with web.served(folder / desks.CODES[0], origin):
        browser = web.Browser(origin, cookie)
        browser.get("/")
        found = {name: _median(browser, path, rounds) for name, path in paths.items()}
        browser.close()
    return PagesResult(count, found)


def _fill(pair: Pair, count: int) -> str:
    """Make everything, as a desk has it that was served meanwhile; the directory's number."""
    for made in many.KINDS:
        many.open_cases(pair, made, count)
    desks.grow(pair, count * (len(many.KINDS) + 1))
    many.attach(pair, count)
    directory = ids.new_case_id()
    for named in range(0, min(CONTACTS, count), lists.AT_ONCE):
        lists.nominate(pair, directory, named)
    many.write_drafts(pair, _OFFICER, count)
    indexing.catch_up(pair.left)
    deadlines.catch_up(pair.left)
    alert_watch.watch(pair.left)
    blobs.catch_up(pair.left)
    return directory.hex()


def _median(browser: web.Browser, path: str, rounds: int) -> float:
    spent: list[float] = []
    for _ in range(max(rounds, 3)):
        got = browser.get(path)
        if got.status != 200:
            raise RuntimeError(f"{got.status} for {path}")
        spent.append(got.server)
    return median(spent)
