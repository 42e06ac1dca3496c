"""What watches over the tests of pages sees what it is there for."""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from playwright.sync_api import Browser, Page

from tests.web import looking
from tests.web.crawling import MOST_MS, Crawler, fetch
from tests.web.untranslated import untranslated
from tests.web.watching import Watch

POLICY = "default-src 'self'; base-uri 'none'"
HEAD = '<!doctype html><html lang="{}"><meta name="viewport" content="width=device-width"><title>'
BAD = "".join(
    f'<a href="{link}">a</a>'
    for link in ("/gone", "/good#there", "http://other.localhost/", "/slow", "/headless")
)
PAGES = {
    "/calm": ("en", "A page</title><main><h1>A page</h1><p>Words.</p></main>", 200),
    "/inline": ("en", "A page</title><script>document.title = 1</script>", 200),
    "/missing-part": ("en", 'A page</title><img alt="" src="/nothing">', 200),
    "/elsewhere": ("en", 'A page</title><img alt="" src="http://other.localhost:1/x">', 200),
    "/fault": ("en", "A page</title>", 500),
    "/absent": ("en", "Not here</title>", 404),
    "/mute": ("en", 'A page</title><main><h1>A page</h1><img src="/calm"></main>', 200),
    "/wide": ("en", "A page</title><pre>" + 200 * "x" + "</pre>", 200),
    "/msgid": ("ru", "Страница</title><main><h1>Страница</h1><p>Precedence</p></main>", 200),
    "/phrase": ("ar", "صفحة</title><main><h1>صفحة</h1><p>two words</p></main>", 200),
    "/label": ("ru", 'Страница</title><button aria-label="Close the page">x</button>', 200),
    "/folded": ("ru", "Страница</title><details><summary>x</summary>two words</details>", 200),
    "/told-by-a-script": ("ru", 'Страница</title><p data-waits="Please wait">x</p>', 200),
    "/button": ("ar", 'صفحة</title><input type="submit" value="Send it">', 200),
    "/good": ("en", 'Good</title><h1>Good</h1><a href="#here">a</a><p id="here">', 200),
    "/bad": ("en", "Bad</title><h1>Bad</h1>" + BAD, 200),
    "/slow": ("en", "Slow</title><h1>Slow</h1>", 200),
    "/headless": ("en", "</title><p>Words</p>", 200),
    "/foreign": (
        "ru",
        'Страница</title><p>По-английски: <q lang="en">two words</q>, <code>parley serve</code>',
        200,
    ),
}


def _work(seconds: float) -> None:
    """Be busy, by this thread's own clock: also a machine that is, is no excuse for that."""
    began = time.thread_time()
    while time.thread_time() - began < seconds:
        pass


class _Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        language, text, status = PAGES.get(self.path, ("en", "Nothing</title>", 404))
        if self.path == "/slow":
            _work(2 * MOST_MS / 1000)
        data = (HEAD.format(language) + text).encode()
        self.send_response(status)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Security-Policy", POLICY)
        spent = 60_000 if self.path == "/slow" else 2
        self.send_header("Server-Timing", f"app;dur={spent}")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture(scope="module")
def site() -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), _Handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://us.localhost:{server.server_port}"
        server.shutdown()
        thread.join()


def seen(browser: Browser, site: str, path: str) -> list[str]:
    with browser.new_context() as context:
        watch = Watch(context, frozenset({site}))
        context.new_page().goto(site + path, wait_until="networkidle")
        return watch.faults


@pytest.fixture
def small(browser: Browser) -> Iterator[Page]:
    with browser.new_context(viewport={"width": looking.SMALL, "height": 640}) as context:
        yield context.new_page()


@pytest.mark.parametrize("path", ["/inline", "/missing-part", "/elsewhere", "/fault"])
def test_what_is_amiss_is_seen(browser: Browser, site: str, path: str) -> None:
    assert seen(browser, site, path)


@pytest.mark.parametrize("path", ["/calm", "/absent"])
def test_a_calm_page_and_one_that_is_not_there_are_not_amiss(
    browser: Browser, site: str, path: str
) -> None:
    assert seen(browser, site, path) == []


def test_a_text_that_runs_is_seen(browser: Browser, site: str) -> None:
    with browser.new_context() as context:
        watch = Watch(context, frozenset({site}))
        page = context.new_page()
        page.goto(f"{site}/calm")
        page.evaluate("window.canary()")
        assert watch.faults == ["console: canary: a foreign text ran as a script"]


def test_axe_finds_a_picture_without_words(small: Page, site: str) -> None:
    small.goto(f"{site}/calm")
    looking.axe(small)
    small.goto(f"{site}/mute")
    with pytest.raises(AssertionError, match="image-alt"):
        looking.axe(small)


def test_a_page_that_is_too_wide_is_seen(small: Page, site: str) -> None:
    small.goto(f"{site}/calm")
    looking.no_sideways(small)
    small.goto(f"{site}/wide")
    with pytest.raises(AssertionError, match="too wide"):
        looking.no_sideways(small)


@pytest.mark.parametrize(
    "path", ["/msgid", "/phrase", "/label", "/folded", "/told-by-a-script", "/button"]
)
def test_english_is_seen(site: str, path: str) -> None:
    assert untranslated(fetch(site, path, "")[2])


def test_a_crawl_finds_nothing_amiss_where_nothing_is(site: str) -> None:
    assert Crawler(site, "").run(["/good"]).faults == []


def test_a_crawl_finds_what_is_amiss(site: str) -> None:
    faults = Crawler(site, "").run(["/bad"]).faults
    told = sorted(re.sub(r", [0-9]+ ms of .*", "", fault.split(site)[-1]) for fault in faults)
    assert told == [
        "/bad leads out: http://other.localhost/",
        "/bad leads to /gone: 404",
        "/bad: /good has no place #there",
        "/headless: title '', 0 first headings",
        "/slow took 60000 ms",
    ]


def test_what_others_wrote_may_be_english(site: str) -> None:
    assert untranslated(fetch(site, "/foreign", "")[2]) == []


def test_a_page_in_another_language_than_was_asked_for_is_seen(site: str) -> None:
    (fault,) = Crawler(site, "", "ar").run(["/calm"]).faults
    assert fault == "/calm is in 'en', not in 'ar'"
