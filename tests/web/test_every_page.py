"""Every page of a desk, as each role, in every language and every look.

Two desks: one that has lived through the whole story, and one with 10,000 cases. What the second
repeats ten thousand times is looked at ``MANY`` times.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page

from parley.application import channels, draft_keeping, recusals
from parley.application.recusals import Matter
from parley.domain import access
from parley.domain.access import HOUSE, Place, Recusal, Standing
from parley.domain.catalogue import spec_of
from parley.domain.roles import Duty, Role
from parley.store import views
from parley.store.views import CaseRow
from tests.web import large
from tests.web.crawling import Crawl, Crawler, fetch, sort_of
from tests.web.desks import People, Served, served
from tests.web.looking import LOOKS, SMALL, Look, amiss, no_sideways
from tests.web.test_pages import LANGUAGES, NOT_SIGNED_IN, looked_at, without_scripts

pytestmark = [pytest.mark.campaign, pytest.mark.timeout(3600)]

MANY = 40
STARTS = ("/search", "/search?q=addresses", "/attachments", "/pictures")
"""Pages that are reached by forms, or by links that not every record has."""

OWN = frozenset({Duty.SIGN_IN})
SEES = frozenset({Duty.SEE_CASE})
ASKS: dict[str, frozenset[Duty]] = {
    "/cases/…": SEES,
    "/cases/…/print": frozenset({Duty.EXPORT}),
    "/cases/…/acts/…/print": frozenset({Duty.EXPORT}),
    "/cases/…/acts/…/proof": SEES | {Duty.READ_LOG},
    "/cases/…/dossier": SEES,
    "/contacts/…": SEES,
    "/contacts/…/…": SEES,
    "/contacts/…/revoke": frozenset({Duty.REVOKE_CONTACT}),
    "/contacts/…/suspend": frozenset({Duty.REVOKE_CONTACT}),
    "/contacts/import": frozenset({Duty.NOMINATE_CONTACT}),
    "/drafts/…": SEES,
    "/evidence": frozenset({Duty.READ_LOG}),
    "/attachments": SEES,
    "/search?…": SEES,
    "/groups/…": SEES,
    "/meetings/…": SEES,
    "/officers": frozenset({Duty.ADMINISTER}),
    "/offices": frozenset({Duty.ADMINISTER}),
    "/positions/…": SEES,
    "/proposals/…": SEES,
    "/proposals/…/compare": SEES,
    "/proposals/…/languages": SEES,
    "/record/…": frozenset({Duty.READ_LOG}),
    "/understandings/…": SEES,
}
"""What one has to be allowed for a page of a sort, any of it; every other page is for everybody."""

_ID = re.compile(r"[0-9a-f]{8,}")
_CASE = re.compile(r"(?<![0-9a-f])[0-9a-f]{32}(?![0-9a-f])")
_DRAFT = re.compile(r"/drafts/([0-9a-f]{16})(?![0-9a-f])")


@dataclass
class House:
    """A desk that is served, its officers, and what each of them finds."""

    at: Served
    officers: dict[str, Standing]
    kinds: dict[str, CaseRow]
    of_a_sort: int
    _crawls: dict[tuple[str, str], Crawl] = field(default_factory=dict)
    _cookies: dict[str, str] = field(default_factory=dict)

    def cookie(self, officer: str) -> str:
        """A session of an officer, the same for all tests."""
        if officer not in self._cookies:
            self._cookies[officer] = self.at.cookie(officer)
        return self._cookies[officer]

    def crawl(self, officer: str, language: str = "en") -> Crawl:
        """All that an officer reaches; of what the officer keeps out of, nothing is said."""
        walled = [case.hex() for one in self.officers[officer].recusals for case in one.cases]

        def check(path: str, text: str) -> None:
            assert not any(case in text for case in walled), path

        key = officer, language
        if key not in self._crawls:
            cookie = self.cookie(officer)
            starts = [one for one in ("/", *STARTS) if self.may(officer, one)]
            crawler = Crawler(self.at.origin, cookie, language, self.of_a_sort, check=check)
            self._crawls[key] = crawler.run(starts)
        return self._crawls[key]

    def looks(self) -> list[tuple[str, str]]:
        """Officers and pages of theirs: all with an element that none of their sort before had."""
        known: dict[str, set[str]] = {}
        return [
            (officer, path)
            for officer in self.officers
            for path in self.crawl(officer).shapes(known)
        ]

    def may(self, officer: str, path: str) -> bool:
        """Whether an officer may see a page, by the rule of access and nothing else."""
        # Whoever may find nothing may look at the form.
        sort = "/search?…" if path.startswith("/search?") else sort_of(path)
        asked = ASKS.get(sort, OWN)
        if _CASE.search(path) and asked is OWN:
            asked = SEES
        return self._is_allowed(officer, path, asked)

    def sees(self, officer: str, path: str) -> bool:
        """Whether what a page is about is there for an officer; channels are, for everybody."""
        return path.startswith("/record/") or self._is_allowed(officer, path, SEES)

    def _is_allowed(self, officer: str, path: str, duties: frozenset[Duty]) -> bool:
        case, draft, place = _CASE.search(path), _DRAFT.match(path), HOUSE
        if case:
            row = self.kinds[case[0]]
            place = Place(row.channel, row.case_id, kind=row.kind)
        elif draft:
            view = draft_keeping.find(self.at.desk, Role.DRAFTER.value, draft[1])
            place = Place(view.channel.id, view.case, kind=spec_of(view.type).scope.value)
        elif path.startswith("/record/"):
            place = Place(bytes.fromhex(urlsplit(path).path.rpartition("/")[2]))
        standing = self.officers[officer]
        if place == HOUSE:
            # Lists leave out what somebody keeps out of, and are there.
            standing = standing._replace(recusals=())
        return any(access.may(standing, duty, place) for duty in duties)

    def answer(self, officer: str, path: str) -> tuple[int, str]:
        """The status and the text of a page, with whatever names one thing left out."""
        seen, _location, text = fetch(self.at.origin, path, self.cookie(officer))
        return seen.status, _ID.sub("…", text)


def house(at: Served, of_a_sort: int) -> House:
    """A served desk with an officer of each role, and one who keeps out of a case of each kind."""
    with at.desk.database.read() as connection:
        rows = views.cases(connection, None)
    walled = list({row.kind: row for row in rows}.values())
    matter = tuple((channels.find(at.desk, row.channel.hex()), row.case_id) for row in walled)
    recusals.declare(at.desk, large.WALLED, Matter(None, matter), Role.DRAFTER.value)
    officers = {role.value: Standing(role.value, frozenset({role})) for role in Role}
    keeps_out = Recusal(1, None, frozenset(row.case_id for row in walled), False, "drafter")
    officers[large.WALLED] = Standing(large.WALLED, frozenset({Role.DRAFTER}), (), (keeps_out,))
    return House(at, officers, {row.case_id.hex(): row for row in rows}, of_a_sort)


@pytest.fixture(scope="module")
def lived_in(lived: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """The desk of the whole story: every page of it."""
    with served(lived, tmp_path_factory.mktemp("every") / "desks") as both:
        large.enrol(both.us.desk)
        yield house(both.us, 10_000)


@pytest.fixture(scope="module")
def grown(large_desk: Path) -> Iterator[House]:
    """The desk with 10,000 cases."""
    with large.served(large_desk) as at:
        yield house(at, MANY)


@pytest.fixture(scope="module", params=["lived_in", "grown"])
def desk(request: pytest.FixtureRequest) -> House:
    found: House = request.getfixturevalue(request.param)
    return found


WHO = (*(role.value for role in Role), large.WALLED)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("officer", WHO)
def test_every_link_leads_to_a_page_that_is_there_quick_and_translated(
    desk: House, officer: str, language: str
) -> None:
    found = desk.crawl(officer, language)
    assert not found.faults, "\n".join(found.faults)


@pytest.mark.parametrize("officer", WHO)
def test_nobody_sees_a_page_that_the_rule_of_access_closes(desk: House, officer: str) -> None:
    paths: dict[str, list[str]] = {}
    for other in desk.officers:
        for path, seen in desk.crawl(other).pages.items():
            if seen.status == 200 and path not in paths.setdefault(sort_of(path), []):
                paths[sort_of(path)].append(path)
    faults = []
    for path in (one for found in paths.values() for one in found[:MANY]):
        status, text = desk.answer(officer, path)
        if (status == 200) is not desk.may(officer, path):
            faults.append(f"{path}: {status}")
        # Who sees the case may be told that this page of it is for others.
        elif status == 200 or desk.sees(officer, path):
            continue
        elif (status, text) != desk.answer(officer, _ID.sub(_zeros, path)):
            faults.append(f"{path}: {status}, and another answer where nothing is")
    assert not faults, "\n".join(faults)


def _zeros(found: re.Match[str]) -> str:
    return "0" * len(found[0])


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_page_is_wider_than_a_telephone(desk: House, people: People, language: str) -> None:
    for officer in desk.officers:
        page = people.sit(desk.at, officer, language, width=SMALL)
        for path in firsts(desk.crawl(officer)):
            page.goto(path)
            no_sideways(page)


def firsts(crawl: Crawl, of_a_sort: int = 3) -> list[str]:
    """Some pages of each sort; papers are looked at as they are printed."""
    counts: Counter[str] = Counter()
    found = []
    for path, seen in crawl.pages.items():
        counts[sort_of(path)] += 1
        if seen.kind == "text/html" and seen.status == 200 and counts[sort_of(path)] <= of_a_sort:
            found.append(path)
    return found


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_page_can_be_read_by_everybody_in_every_look(
    desk: House, people: People, language: str
) -> None:
    looks = [one for one in LOOKS if one.language == language]
    pages: dict[str, Page] = {}
    faults = []
    for officer, path in desk.looks():
        if officer not in pages:
            pages[officer] = people.sit(desk.at, officer, language)
        page = pages[officer]
        page.goto(path)
        for look in looks:
            look.put_on(page)
            faults += amiss(page, look)
    assert not faults, "\n".join(faults)


@pytest.mark.parametrize(
    "look", LOOKS, ids=lambda look: f"{look.language}-{look.width}-{look.scheme}"
)
@pytest.mark.parametrize("path", NOT_SIGNED_IN)
def test_pages_before_signing_in_can_be_read_by_everybody_in_every_look(
    lived_in: House, people: People, path: str, look: Look
) -> None:
    looked_at(people.sit(lived_in.at, None, look.language), path, look)


def test_every_page_is_read_without_scripts(lived_in: House, people: People) -> None:
    duty = Role.DUTY_OFFICER.value
    without_scripts(lived_in.at, people, lived_in.crawl(duty).sorts(), duty)
