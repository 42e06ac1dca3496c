"""What holds on every page, for every role, in every language: a sample of each.

All of it, on each page: :mod:`tests.web.test_every_page`.
"""

from __future__ import annotations

import pytest
from playwright.sync_api import Page

from parley.cli.demo.stage import AUDITOR, AUTHORISER, CUSTODIAN, DRAFTER, DUTY, HEAD, LEGAL
from tests.web.crawling import Crawler
from tests.web.desks import Desks, People, Served
from tests.web.looking import LOOKS, SMALL, Look, axe, no_sideways
from tests.web.untranslated import untranslated

LANGUAGES = ("en", "ru", "ar")
ROLES = (DRAFTER, LEGAL, AUTHORISER, DUTY, CUSTODIAN, AUDITOR, HEAD)
NOT_SIGNED_IN = ("/sign-in", "/verify")
FIRST_BYTES = 150_000


@pytest.fixture(scope="module")
def sorts(library: Desks) -> list[str]:
    """A page of each sort that an officer finds at the first desk."""
    return Crawler(library.us.origin, library.us.cookie(DUTY), of_a_sort=2).run().sorts()


@pytest.mark.parametrize(
    ("officer", "language"), [(one, LANGUAGES[at % 3]) for at, one in enumerate(ROLES)]
)
def test_every_link_leads_to_a_page_that_is_there_and_quick(
    library: Desks, officer: str, language: str
) -> None:
    cookie = library.us.cookie(officer)
    found = Crawler(library.us.origin, cookie, language, of_a_sort=3).run()
    assert not found.faults, "\n".join(found.faults)


def looked_at(page: Page, path: str, look: Look) -> None:
    """A page as it looks so: nothing is in anybody's way, or in another language than chosen."""
    look.put_on(page)
    page.goto(path)
    axe(page)
    no_sideways(page)
    if look.language != "en":
        assert not untranslated(page.content()), path


@pytest.mark.slow
@pytest.mark.parametrize("language", LANGUAGES)
def test_pages_can_be_read_by_everybody(
    library: Desks, people: People, sorts: list[str], language: str
) -> None:
    """Each page in one of its twelve looks: the next page in the next one."""
    page = people.sit(library.us, DUTY, language)
    for at, path in enumerate(sorts):
        look = LOOKS[at % len(LOOKS)]
        if look.language == language:
            looked_at(page, path, look)


def test_no_page_is_wider_than_a_telephone(
    library: Desks, people: People, sorts: list[str]
) -> None:
    page = people.sit(library.us, DUTY, "ru", width=SMALL)
    for path in sorts:
        page.goto(path)
        no_sideways(page)


@pytest.mark.parametrize("at", range(0, len(LOOKS), 2))
def test_pages_before_signing_in_can_be_read_by_everybody(
    library: Desks, people: People, at: int
) -> None:
    path, look = NOT_SIGNED_IN[at // 2 % 2], LOOKS[at]
    looked_at(people.sit(library.us, None, look.language), path, look)


def test_the_first_page_is_light(library: Desks, people: People) -> None:
    page = people.sit(library.us, DUTY)
    sizes: list[int] = []
    page.on("requestfinished", lambda one: sizes.append(one.sizes()["responseBodySize"]))
    page.goto("/", wait_until="networkidle")
    assert 1000 < sum(sizes) < FIRST_BYTES


def test_pages_are_read_without_scripts(library: Desks, people: People, sorts: list[str]) -> None:
    without_scripts(library.us, people, sorts[::3], DUTY)


def without_scripts(at: Served, people: People, paths: list[str], officer: str) -> None:
    """Pages say without scripts what they say with them."""
    with_scripts, without = people.sit(at, officer), people.sit(at, officer, scripts=False)
    for path in paths:
        with_scripts.goto(path)
        without.goto(path)
        heading = without.locator("h1").first.inner_text()
        assert heading == with_scripts.locator("h1").first.inner_text()
        # What a script alone could fill or open is never all that a page has.
        assert len(without.locator("main").inner_text()) > len(heading)
