"""A peer's texts are shown on every page, and are never more than texts."""

from __future__ import annotations

from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

import pytest
from playwright.sync_api import Page

from parley.application import cases
from parley.cli.demo.stage import AUDITOR, AUTHORISER, CUSTODIAN, DRAFTER, DUTY, LEGAL
from tests.web.crawling import Crawler, fetch
from tests.web.desks import Desks, People, served
from tests.web.hostile import DIRECTIONS, MARK, texts
from tests.web.looking import SMALL, no_sideways

ROLES = (DRAFTER, LEGAL, AUTHORISER, CUSTODIAN, AUDITOR)
_FORBIDDEN = {"base", "iframe", "object", "embed", "frame"}
_LEADS = ("javascript:", "data:", "vbscript:")


class _Elements(HTMLParser):
    """Elements and attributes that no page of ours has, and all that is said on it."""

    def __init__(self) -> None:
        super().__init__()
        self.amiss: list[str] = []
        self.said: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        bad = tag in _FORBIDDEN or MARK in given.get("class", "")
        bad |= tag == "script" and not given.get("src", "").startswith("/static/")
        bad |= any(name.startswith("on") or name == "style" for name in given)
        for name in ("href", "src", "action", "formaction"):
            value = given.get(name, "").strip().lower()
            bad |= value.startswith(_LEADS) or "elsewhere.localhost" in value
        if bad:
            self.amiss.append(self.get_starttag_text() or tag)
        self.said += given.values()

    def handle_data(self, data: str) -> None:
        self.said.append(data)


@pytest.fixture(scope="module")
def siege(besieged: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desks]:
    with served(besieged, tmp_path_factory.mktemp("siege") / "desks") as made:
        yield made


def read(siege: Desks, officer: str, of_a_sort: int) -> list[str]:
    """A page of each sort that an officer finds; none has an element that it should not have."""

    def check(path: str, text: str) -> None:
        elements = _Elements()
        elements.feed(text)
        assert not elements.amiss, f"{path}: {elements.amiss}"

    crawler = Crawler(siege.us.origin, siege.us.cookie(officer), of_a_sort=of_a_sort, check=check)
    found = crawler.run()
    assert not found.faults, "\n".join(found.faults)
    return found.sorts()


@pytest.mark.parametrize(
    "of_a_sort", [2, pytest.param(10_000, marks=pytest.mark.campaign)], ids=["sample", "all"]
)
@pytest.mark.parametrize("officer", ROLES)
def test_no_text_of_a_peer_becomes_an_element(siege: Desks, officer: str, of_a_sort: int) -> None:
    read(siege, officer, of_a_sort)


def test_every_text_of_a_peer_is_shown_as_it_is(siege: Desks) -> None:
    us, said = siege.us, list[str]()
    cookie = us.cookie(DUTY)
    for one in cases.summaries(us.desk, DUTY):
        elements = _Elements()
        elements.feed(fetch(us.origin, f"/cases/{one.row.case_id.hex()}", cookie)[2])
        said.append("\n".join(elements.said))
    missing = [text for text in texts() if not any(text in page for page in said)]
    assert not missing


@pytest.mark.slow
@pytest.mark.timeout(400)
@pytest.mark.parametrize(
    "each", [4, pytest.param(1, marks=pytest.mark.campaign)], ids=["sample", "all"]
)
def test_no_text_of_a_peer_acts_in_a_browser(siege: Desks, people: People, each: int) -> None:
    sorts = read(siege, DUTY, of_a_sort=2)
    # In the sample a page is in one of the two directions, the next one in the other, and two are
    # left to the whole.
    for at, language in enumerate(("en", "ar")):
        page = people.sit(siege.us, DUTY, language, width=SMALL)
        for path in sorts[at % each :: each]:
            page.goto(path)
            _looked_at(page)
            no_sideways(page)
            assert _not_alone(page) == [], path


def _looked_at(page: Page) -> None:
    """Go where scripts of others would run: over and into whatever can be touched."""
    assert page.locator(f".{MARK}").count() == 0
    page.evaluate(
        """() => {
            for (const one of document.querySelectorAll('main *')) {
                one.dispatchEvent(new Event('mouseover'));
                one.focus();
            }
            for (const one of document.querySelectorAll('details')) one.open = true;
        }"""
    )


def _not_alone(page: Page) -> list[str]:
    """Texts with marks of direction that stand beside ours and are not kept apart from it."""
    found: list[str] = page.evaluate(
        """(texts) => {
            const apart = (one) => /isolate|plaintext/.test(getComputedStyle(one).unicodeBidi);
            const inline = (one) => getComputedStyle(one).display.startsWith('inline');
            const found = [];
            const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
            while (walker.nextNode()) {
                const text = walker.currentNode.data.trim();
                const part = texts.find((one) => text.includes(one));
                if (!part || text.includes('\\u2068' + part)) continue;
                let holder = walker.currentNode.parentElement;
                if (['SCRIPT', 'TEXTAREA', 'OPTION', 'TITLE'].includes(holder.tagName)) continue;
                while (inline(holder) && !apart(holder)) holder = holder.parentElement;
                if (apart(holder) && inline(holder)) continue;
                if (holder.textContent.trim() !== text) found.push(holder.outerHTML.slice(0, 300));
            }
            return found;
        }""",
        list(DIRECTIONS),
    )
    return found
