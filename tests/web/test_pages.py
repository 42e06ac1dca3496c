"""What holds on every page, for every role, in every language."""

from __future__ import annotations

import pytest

from parley.cli.demo.stage import AUDITOR, AUTHORISER, CUSTODIAN, DRAFTER, DUTY, HEAD, LEGAL
from tests.web.crawling import Crawler, sort_of
from tests.web.desks import Desks, People
from tests.web.looking import SMALL, axe, no_sideways
from tests.web.untranslated import untranslated

ROLES = (DRAFTER, LEGAL, AUTHORISER, DUTY, CUSTODIAN, AUDITOR, HEAD)
LANGUAGES = ("en", "ru", "ar")
NOT_SIGNED_IN = ("/sign-in", "/verify")
FIRST_BYTES = 150_000


def one_of_each_sort(library: Desks, officer: str) -> list[str]:
    """A page of each sort that an officer finds at the first desk."""
    return Crawler(library.us.origin, library.us.cookie(officer), of_a_sort=2).run().sorts()


@pytest.mark.parametrize("officer", ROLES)
def test_every_link_leads_to_a_page_that_is_there_and_quick(library: Desks, officer: str) -> None:
    crawler = Crawler(library.us.origin, library.us.cookie(officer), of_a_sort=3)
    found = crawler.run()
    assert not found.faults, "\n".join(found.faults)


@pytest.mark.slow
@pytest.mark.timeout(400)
@pytest.mark.parametrize("language", LANGUAGES)
def test_pages_can_be_read_by_everybody(library: Desks, people: People, language: str) -> None:
    page = people.sit(library.us, DUTY, language)
    for path in one_of_each_sort(library, DUTY):
        page.set_viewport_size({"width": 1280, "height": 900})
        page.goto(path)
        axe(page)
        if language != "en":
            untranslated(page)
        page.set_viewport_size({"width": SMALL, "height": 640})
        no_sideways(page)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("path", NOT_SIGNED_IN)
def test_pages_before_signing_in_can_be_read_by_everybody(
    library: Desks, people: People, path: str, language: str
) -> None:
    page = people.sit(library.us, None, language, width=SMALL)
    page.goto(path)
    axe(page)
    no_sideways(page)
    if language != "en":
        untranslated(page)


@pytest.mark.timeout(400)
def test_pages_can_be_read_in_the_dark(library: Desks, people: People) -> None:
    page = people.sit(library.us, DUTY, dark=True)
    for path in one_of_each_sort(library, DUTY):
        page.goto(path)
        axe(page)


def test_the_first_page_is_light(library: Desks, people: People) -> None:
    page = people.sit(library.us, DUTY)
    sizes: list[int] = []
    page.on("requestfinished", lambda one: sizes.append(one.sizes()["responseBodySize"]))
    page.goto("/", wait_until="networkidle")
    assert 1000 < sum(sizes) < FIRST_BYTES


def test_pages_are_read_without_scripts(library: Desks, people: People) -> None:
    with_scripts = people.sit(library.us, DUTY)
    without = people.sit(library.us, DUTY, scripts=False)
    for path in one_of_each_sort(library, DUTY):
        if sort_of(path).count("…") > 1:
            continue
        with_scripts.goto(path)
        without.goto(path)
        heading = without.locator("h1").first.inner_text()
        assert heading == with_scripts.locator("h1").first.inner_text()
        # What a script alone could fill or open is never all that a page has.
        assert len(without.locator("main").inner_text()) > len(heading)
