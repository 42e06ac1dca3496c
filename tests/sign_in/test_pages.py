"""The pages of signing in, as a browser without scripts sees them, and what the script sends."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx2
import pytest
from starlette.responses import PlainTextResponse, Response
from starlette.testclient import TestClient

from parley.application import channels, sessions, sign_in
from parley.application.desk import Desk
from parley.application.preferences import Digits, Theme
from parley.crypto import words
from parley.domain.sign_in import Purpose
from parley.node import folder as folders
from parley.node.config import Config
from parley.node.folder import Founding
from parley.presentation import browsers
from parley.web import app as web
from parley.web.page import Page, posted
from parley.web.pages import PAGES
from parley.web.site import Site
from parley.web.visit import Visit
from tests.sign_in.test_sign_in import PASSWORD, noted
from tests.support.authenticator import Authenticator
from tests.support.engines import ENGINE
from tests.support.pair import COSTS, PASSPHRASE, START, Pair

ORIGIN = "https://desk.example.org"


def seal(visit: Visit) -> Response:
    """A page of a test, for which somebody has to be sure."""
    assert visit.session is not None
    sessions.require_confirmed(visit.session, visit.now)
    return PlainTextResponse(f"sealed: {visit.form.value('text')}")


EXTRA = (posted("/seal", seal), Page("/sealed", seal))


class Browser:
    """A browser without scripts, and a hand that presses buttons."""

    def __init__(self, client: TestClient) -> None:
        self.client = client
        self.page = ""
        self.status = 0
        self.path = ""

    def see(self, answer: httpx2.Response) -> Browser:
        while answer.is_redirect:
            assert answer.next_request is not None
            answer = self.client.send(answer.next_request)
        self.page, self.status = answer.text, answer.status_code
        self.path = answer.url.path
        return self

    def get(self, path: str) -> Browser:
        return self.see(self.client.get(path))

    def post(self, path: str, **fields: str) -> Browser:
        return self.see(self.client.post(path, data=fields))

    def fill(self, action: str, at: int = 0, **fields: str) -> Browser:
        """Send a form of the page with what is in it and what was typed."""
        forms = re.findall(rf'<form[^>]*action="{action}".*?</form>', self.page, re.DOTALL)
        sent = {}
        for tag in re.findall(r"<(?:input|button)[^>]*name=[^>]*>", forms[at]):
            given = dict(re.findall(r'([a-z-]+)="([^"]*)"', tag))
            box = given.get("type") in {"radio", "checkbox"}
            if (box and " checked" not in tag) or given.get("type") == "file":
                continue
            sent[given["name"]] = html.unescape(given.get("value", ""))
        for name in fields:
            assert name.replace("_", "-") in sent or f'name="{name}"' in forms[at]
        return self.post(action, **{**sent, **{k.replace("_", "-"): v for k, v in fields.items()}})

    def has(self, *texts: str) -> bool:
        return all(text in html.unescape(self.page) for text in texts)


@contextmanager
def browsing(desk: Desk, origin: str = ORIGIN, *proxies: str) -> Iterator[Browser]:
    site = Site.of(desk, origin, frozenset(proxies))
    headers = {"sec-fetch-site": "same-origin", "accept-language": "en"}
    with TestClient(
        web.app(desk, site, (*PAGES, *EXTRA)),
        base_url=origin,
        headers=headers,
        follow_redirects=False,
        client=("127.0.0.1", 50000),
    ) as client:
        yield Browser(client)


@pytest.fixture
def browser(desk: Desk) -> Iterator[Browser]:
    with browsing(desk) as made:
        yield made


def come_in(desk: Desk, browser: Browser, officer: str = "dora") -> Browser:
    made = sign_in.link(desk, officer)
    browser.get("/sign-in/link").fill("/sign-in/link/use", password_token=made.token)
    assert browser.path == "/me/welcome"
    return browser


def test_from_the_first_link_to_a_password_and_back_in(desk: Desk, browser: Browser) -> None:
    come_in(desk, browser)
    assert browser.has("Welcome", "dora", "You have no password yet.")
    browser.get("/me/password").fill("/me/password/set", password="short", password_again="x")
    assert browser.status == 422
    assert browser.has("The two passwords are not the same.")
    browser.fill("/me/password/set", password="short", password_again="short")
    assert browser.has("There is a problem", "too short")
    browser.fill("/me/password/set", password=PASSWORD, password_again=PASSWORD)
    assert (browser.path, browser.status) == ("/me", 200)
    browser.fill("/sign-out")
    assert browser.path == "/sign-in"
    assert browser.get("/me").path == "/sign-in"
    browser.fill("/sign-in/password", name="dora", password="not that one, no")
    assert browser.status == 422
    assert browser.has("do not go together", 'value="dora"')
    assert "not that one" not in browser.page
    browser.fill("/sign-in/password", name="Dora", password=PASSWORD)
    assert (browser.path, browser.status) == ("/me", 200)


def test_whoever_came_by_a_link_is_told_until_when_a_password_can_be_set(
    desks: Pair, desk: Desk, browser: Browser
) -> None:
    come_in(desk, browser)
    assert browser.has("Before you authorise a text", "Until ")
    browser.get("/me")
    assert browser.has("You have neither a passkey", "Set a password", "Until ")
    desks.clock.now += 600
    browser.get("/me")
    assert browser.has("You have neither a passkey", "Ask an administrator for a new link")
    browser.get("/me/password")
    assert browser.status == 403
    assert browser.has("Confirm that it is you", "Ask an administrator for a new link")
    come_in(desk, browser).get("/me/password")
    browser.fill("/me/password/set", password=PASSWORD, password_again=PASSWORD)
    assert not browser.has("You have neither a passkey")


def test_the_cookie_is_of_this_host_alone(desk: Desk, browser: Browser) -> None:
    made = sign_in.link(desk, "dora")
    answer = browser.client.post("/sign-in/link/use", data={"password-token": made.token})
    (cookie,) = answer.headers.get_list("set-cookie")
    assert cookie.startswith("__Host-parley-")
    said = {part.strip().lower() for part in cookie.split(";")[1:]}
    assert said == {"path=/", "httponly", "secure", "samesite=lax"}
    out = browser.client.post("/sign-out")
    assert out.headers["clear-site-data"] == '"cache", "storage"'
    assert "max-age=0" in out.headers["set-cookie"].lower()


def test_a_link_that_is_over_says_so_and_shows_no_token(desk: Desk, browser: Browser) -> None:
    browser.get("/sign-in/link").fill("/sign-in/link/use", password_token="an old token")
    assert browser.status == 422
    assert browser.has("This link opens nothing")
    assert "an old token" not in browser.page
    made = sign_in.link(desk, "dora", Purpose.SIGN_IN)
    browser.fill("/sign-in/link/use", password_token=f" {made.token} ")
    assert (browser.path, browser.status) == ("/", 200)


@pytest.mark.parametrize(
    ("wanted", "path"),
    [
        ("/me/preferences", "/me/preferences"),
        ("https://evil.example/", "/"),
        ("//evil.example/", "/"),
        ("/\\evil.example", "/"),
        ("javascript:alert(1)", "/"),
    ],
)
def test_one_comes_back_to_where_one_was_and_nowhere_else(
    desk: Desk, browser: Browser, wanted: str, path: str
) -> None:
    come_in(desk, browser).get("/me/password")
    browser.fill("/me/password/set", password=PASSWORD, password_again=PASSWORD)
    browser.post("/sign-out")
    answer = browser.client.get("/sign-in", params={"next": wanted})
    browser.see(answer).fill("/sign-in/password", name="dora", password=PASSWORD)
    assert browser.path == path


def test_the_language_is_chosen_before_one_is_known(browser: Browser) -> None:
    browser.get("/sign-in?next=/record")
    browser.post("/language", language="ar", next="/sign-in?next=/record")
    assert browser.has('lang="ar" dir="rtl"', 'name="next" value="/record"')
    browser.post("/language", language="<script>", next="//evil.example")
    assert browser.has('lang="ar"')


def test_by_passkey(desk: Desk, browser: Browser) -> None:
    key = Authenticator(ORIGIN)
    come_in(desk, browser).get("/me/passkeys")
    options = browser.client.post("/me/passkeys/options")
    assert options.headers["content-type"] == "application/json"
    browser.fill("/me/passkeys/add", answer=key.make(options.text).decode(), name="Stick <b>")
    assert browser.path == "/me/passkeys"
    assert "Stick &lt;b&gt;" in browser.page
    browser.post("/sign-out")
    browser.get("/sign-in?next=/me")
    options = browser.client.post("/sign-in/passkey/options")
    assert json.loads(options.text)["rpId"] == "desk.example.org"
    answer = key.sign(options.text).decode()
    # Another browser's answer is none.
    with browsing(desk) as other:
        other.get("/sign-in").fill("/sign-in/passkey", answer=answer)
        assert other.status == 422
        assert other.has("This passkey was not accepted.")
    options = browser.client.post("/sign-in/passkey/options")
    browser.fill("/sign-in/passkey", answer=key.sign(options.text).decode())
    assert (browser.path, browser.status) == ("/me", 200)
    browser.get("/me/passkeys").fill("/me/passkeys/remove")
    assert browser.status == 422
    assert browser.has("This is your only way in.")


def test_garbage_in_the_place_of_an_answer(desk: Desk, browser: Browser) -> None:
    for answer in ("", "{}", "null", "\udc80".encode("utf-8", "surrogatepass").hex(), "x" * 40_000):
        browser.get("/sign-in").fill("/sign-in/passkey", answer=answer)
        assert browser.status == 422
    come_in(desk, browser).get("/me/passkeys").fill("/me/passkeys/add", answer="{", name="x")
    assert browser.status == 422


def test_what_was_typed_goes_on_after_confirming(desks: Pair, desk: Desk) -> None:
    with browsing(desk) as browser:
        come_in(desk, browser).get("/me/password")
        browser.fill("/me/password/set", password=PASSWORD, password_again=PASSWORD)
        assert browser.post("/seal", text="a").page == "sealed: a"
        desks.clock.now += 600
        text = 'Three "lines"\nand <b>more</b>, и ещё'
        browser.post("/seal", text=text)
        assert browser.status == 403
        assert browser.has("Confirm that it is you")
        browser.fill("/confirm", password="wrong")
        assert browser.status == 422
        assert browser.has("This is not your password.")
        browser.fill("/confirm", password=PASSWORD)
        assert (browser.path, browser.page) == ("/seal", f"sealed: {text}")
        # A page that is only looked at comes back as one.
        desks.clock.now += 600
        browser.get("/sealed").fill("/confirm", password=PASSWORD)
        assert (browser.path, browser.page) == ("/sealed", "sealed: ")


def test_confirming_by_passkey(desks: Pair, desk: Desk) -> None:
    key = Authenticator(ORIGIN)
    with browsing(desk) as browser:
        come_in(desk, browser).get("/me/passkeys")
        options = browser.client.post("/me/passkeys/options").text
        browser.fill("/me/passkeys/add", answer=key.make(options).decode(), name="Stick")
        desks.clock.now += 600
        browser.post("/seal", text="typed")
        assert browser.has("Confirm with a passkey")
        assert not browser.has("Confirm with the password")
        options = browser.client.post("/confirm/options").text
        browser.fill("/confirm", confirm_answer=key.sign(options).decode())
        assert browser.page == "sealed: typed"


def test_keys_are_changed_by_who_was_sure_a_moment_ago(desks: Pair, desk: Desk) -> None:
    with browsing(desk) as browser:
        come_in(desk, browser).get("/me/password")
        browser.fill("/me/password/set", password=PASSWORD, password_again=PASSWORD)
        desks.clock.now += 600
        for path in ("/me/password", "/me/passkeys"):
            assert browser.get(path).status == 403
        browser.fill("/confirm", password=PASSWORD)
        assert (browser.path, browser.status) == ("/me/passkeys", 200)


def test_sessions_are_shown_and_ended(desks: Pair, desk: Desk) -> None:
    with browsing(desk) as browser, browsing(desk) as other:
        come_in(desk, browser)
        desks.clock.now += 60
        come_in(desk, other)
        browser.get("/me")
        assert len(re.findall('action="/me/sessions/end"', browser.page)) == 1
        browser.fill("/me/sessions/end")
        assert browser.path == "/me"
        assert other.get("/me").path == "/sign-in"
        come_in(desk, other)
        browser.get("/me").fill("/me/sessions/end-others")
        assert other.get("/me").path == "/sign-in"
        assert browser.get("/me").status == 200


def test_preferences_hold_at_once(desk: Desk, browser: Browser) -> None:
    come_in(desk, browser).get("/me/preferences")
    wanted = {"language": "ar", "zone": "Asia/Riyadh", "digits": "arabic", "theme": "dark"}
    browser.post("/me/preferences/choose", **wanted)
    assert browser.has('lang="ar" dir="rtl" data-theme="dark"')
    (held,) = sessions.every(desk, "dora")
    assert held.preferences == ("ar", "Asia/Riyadh", Digits.ARABIC, Theme.DARK)
    browser.get("/me/preferences")
    for wrong in ({"zone": "Nowhere"}, {"theme": "pink"}, {"language": "xx"}, {"digits": ""}):
        assert browser.post("/me/preferences/choose", **{**wanted, **wrong}).status == 422


@pytest.mark.parametrize(
    ("agent", "said"),
    [
        (
            "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
            "Firefox, Linux",
        ),
        (
            "Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/140.0 Safari/537.36 Edg/140.0",
            "Edge, Windows",
        ),
        (
            "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Version/18.0 Safari/604.1",
            "Safari, iPhone",
        ),
        ("a program/1.0", "a program/1.0"),
        ("", ""),
    ],
)
def test_browsers_are_called_as_people_call_them(agent: str, said: str) -> None:
    assert browsers.short(agent) == said


def test_arabic_is_shown_with_the_digits_that_are_wanted(desk: Desk, browser: Browser) -> None:
    come_in(desk, browser)
    wanted = {"language": "ar", "zone": "Asia/Riyadh", "theme": "light"}
    browser.post("/me/preferences/choose", **wanted, digits="arabic")
    year = "٢٠٢٦"
    assert browser.has(year, "UTC+٠٣:٠٠")
    browser.post("/me/preferences/choose", **wanted, digits="latin")
    assert not browser.has(year)
    assert browser.has("2026", "UTC+03:00")
    # There is but one sort in other languages.
    browser.post("/me/preferences/choose", **{**wanted, "language": "ru"}, digits="arabic")
    assert browser.has("2026")


def test_the_page_of_officers_is_the_administrators(desks: Pair, desk: Desk) -> None:
    with browsing(desk) as browser, browsing(desk) as other:
        come_in(desk, other)
        for path in ("add", "link", "sign-out", "retire"):
            assert other.post(f"/officers/{path}", officer="lena", name="lena").status in {403, 422}
        assert other.get("/officers").status == 403
        come_in(desk, browser, "boss").get("/officers")
        browser.post("/officers/add", name="nina", role="drafter")
        assert browser.has("nina")
        browser.post("/officers/add", name="No Name", role="drafter")
        assert browser.status == 422
        assert browser.has('value="No Name"')
        browser.post("/officers/add", name="nina")
        assert browser.status == 422
        browser.post("/officers/link", officer="nina")
        found = re.search(r'<code class="whole"[^>]*>([^<]+)#([^<]+)<', browser.page)
        assert found is not None
        assert found[1] == f"{ORIGIN}/sign-in/link"
        assert found[2] not in browser.get("/officers").page
        with browsing(desk) as third:
            third.get("/sign-in/link").fill("/sign-in/link/use", password_token=found[2])
            assert third.has("nina")
            browser.post("/officers/sign-out", officer="nina")
            assert third.get("/me").path == "/sign-in"
        browser.post("/officers/retire", officer="dora")
        assert other.get("/me").path == "/sign-in"
        desks.clock.now += 1000
        assert browser.post("/officers/retire", officer="nina").status == 403
        assert browser.has("Confirm that it is you")


def test_without_a_name_there_are_no_passkeys(desk: Desk) -> None:
    with browsing(desk, "http://127.0.0.1:8473") as browser:
        assert not browser.get("/sign-in").has("Sign in with a passkey")
        come_in(desk, browser)
        assert browser.has("Passkeys work only where the desk is reached by a name")
        assert browser.client.post("/me/passkeys/options").status_code == 422


def test_the_address_behind_a_proxy_is_the_proxys_word(desk: Desk) -> None:
    seen = []

    def note(visit: Visit) -> Response:
        seen.append(visit.client)
        return PlainTextResponse("")

    page = Page("/noted", note, is_open=True)
    for proxies in ((), ("127.0.0.1",)):
        site = Site.of(desk, ORIGIN, frozenset(proxies))
        with TestClient(
            web.app(desk, site, (page,)), base_url=ORIGIN, client=("127.0.0.1", 1)
        ) as client:
            client.get("/noted")
            client.get("/noted", headers={"x-forwarded-for": "203.0.113.9, 192.0.2.7"})
    assert seen == ["127.0.0.1", "127.0.0.1", "127.0.0.1", "192.0.2.7"]


@pytest.mark.parametrize(
    "path", ["/sign-in/password", "/sign-in/link/use", "/confirm", "/sign-out"]
)
def test_no_other_site_signs_anybody_in(browser: Browser, path: str) -> None:
    answer = browser.client.post(path, headers={"sec-fetch-site": "cross-site"})
    assert answer.status_code == 403


def bring(browser: Browser, letter: bytes) -> Browser:
    files = {"letter": ("any.letter", letter, "application/octet-stream")}
    return browser.see(browser.client.post("/first-steps/look", files=files))


def test_a_channel_is_opened_by_an_administrator_who_has_compared(
    desks: Pair, desk: Desk, tmp_path: Path
) -> None:
    third = folders.found(
        tmp_path / "third",
        Founding("THIRD", {"en": "Third <b>"}, ({"en": "Desk"},), ()),
        PASSPHRASE,
        config=Config(desk=ENGINE.section_of_test()),
        officers={},
        now=START,
        costs=COSTS,
    )
    spoken = words.words(third.party)
    with browsing(desk) as browser, browsing(desk) as other:
        come_in(desk, browser, "boss").get("/first-steps")
        assert browser.has(words.words(desk.letter.party), "They have not answered yet")
        taken = browser.client.get("/first-steps/letter")
        assert taken.content == desk.letter.data
        assert taken.headers["content-disposition"].startswith("attachment")
        assert bring(browser, b"no letter").status == 422
        assert bring(browser, bytes(100_000)).status == 413
        assert browser.post("/first-steps/look", letter="x").status == 422
        bring(browser, third.data)
        assert browser.has("Third <b>")
        assert "Third <b>" not in browser.page
        assert spoken not in browser.page
        fields = {"fingerprint": spoken, "called": "1", "heard": "1", "read": "1"}
        compare = browser.page
        browser.fill("/first-steps/accept", **{**fields, "fingerprint": spoken[:-1] + "x"})
        assert browser.status == 422
        assert browser.has("Compare by telephone")
        for name in ("called", "heard", "read"):
            browser.page = compare
            ticked = {key: value for key, value in fields.items() if key != name}
            assert browser.fill("/first-steps/accept", **ticked).status == 422
        come_in(desk, other)
        other.page = compare
        assert other.fill("/first-steps/accept", **fields).status == 422
        assert len(channels.standings(desk)) == 1
        browser.page = compare
        browser.fill("/first-steps/accept", **fields)
        assert browser.path == "/first-steps"
        assert browser.has("THIRD")
        opened = {one.channel.peer.text.code for one in channels.standings(desk)}
        assert opened == {"RIGHT", "THIRD"}
        assert ("boss", "letter-accepted", None) in noted(desk)
        browser.page = compare
        assert browser.fill("/first-steps/accept", **fields).status == 422
        desks.clock.now += 1000
        browser.page = compare
        assert browser.fill("/first-steps/accept", **fields).status == 403
        # Whoever can confirm by nothing comes in by another link, and sends it again.
        assert browser.has("Confirm that it is you", spoken, "Send it again")
        page = browser.page
        come_in(desk, browser, "boss").page = page
        browser.fill("/first-steps/accept")
        assert browser.has("Compare by telephone")
