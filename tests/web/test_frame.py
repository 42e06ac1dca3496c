"""What all pages have alike: who may see them, what their answers say, how they fail."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from parley.application import preferences
from parley.application.desk import Desk
from parley.application.preferences import Digits, Preferences, Theme
from parley.kernel.errors import ParleyError
from parley.kernel.ids import new_case_id
from parley.kernel.reasons import Reason
from parley.web import app as web
from parley.web import render
from parley.web.page import Page, posted
from parley.web.site import Site
from tests.support.pair import Pair, inquiry, reopened
from tests.web.readers import ORIGIN, reader


@pytest.fixture(scope="module")
def pair(lived: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pair]:
    folder = tmp_path_factory.mktemp("frame") / "desks"
    shutil.copytree(lived, folder)
    with reopened(folder) as found:
        yield found


@pytest.fixture
def desk(pair: Pair) -> Desk:
    return pair.left


def test_nobody_reads_without_a_session(desk: Desk) -> None:
    with reader(desk) as client:
        answer = client.get("/?kind=inquiry")
        first = client.get("/")
    assert (answer.status_code, answer.headers["location"]) == (
        303,
        "/sign-in?next=%2F%3Fkind%3Dinquiry",
    )
    assert first.headers["location"] == "/sign-in"
    assert answer.text == ""


@pytest.mark.parametrize("token", ["", "x", "é" * 10, "A" * 43])
def test_a_token_that_is_none_opens_nothing(desk: Desk, token: str) -> None:
    site = Site.of(desk, ORIGIN)
    with reader(desk) as client:
        answer = client.get("/", headers=[(b"cookie", f"{site.cookie}={token}".encode("latin-1"))])
    assert answer.status_code == 303


def test_every_answer_says_what_a_browser_may_do(desk: Desk) -> None:
    with reader(desk, "duty") as client:
        page, missing = client.get("/"), client.get("/nowhere")
        refused = client.post("/", headers={"sec-fetch-site": "cross-site"})
        style = client.get(render.static("desk.css"))
    assert [page.status_code, missing.status_code, refused.status_code, style.status_code] == [
        200,
        404,
        403,
        200,
    ]
    for answer in (page, missing, refused, style):
        policy = answer.headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        assert answer.headers["x-frame-options"] == "DENY"
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["server-timing"].startswith("app;dur=")
    assert page.headers["cache-control"] == "no-store"
    assert "immutable" in style.headers["cache-control"]


def test_a_page_holds_no_script_and_no_style_of_its_own(desk: Desk) -> None:
    with reader(desk, "duty") as client:
        text = client.get("/").text
    assert not re.search(r"<style|\sstyle=|\son[a-z]+=|javascript:", text)
    assert all(' src="/static/' in tag for tag in re.findall(r"<script[^>]*>", text))
    assert not re.search(r"(?:src|href)=\"(?:https?:)?//", text)


def test_a_demonstration_says_on_every_page_that_it_is_one(desk: Desk) -> None:
    said = {"en": "no state took part", "ru": "ни одно государство", "ar": "لم تشارك"}
    for language, words in said.items():
        with reader(desk, "duty", language=language) as client:
            assert words in client.get("/").text
            assert words in client.get("/nowhere").text


def test_arabic_is_mirrored(desk: Desk) -> None:
    with reader(desk, "duty", language="ar") as client:
        assert '<html lang="ar" dir="rtl"' in client.get("/").text


def test_files_of_ours_are_found_under_their_hash_alone(desk: Desk) -> None:
    with reader(desk) as client:
        old = client.get("/static/000000000000/desk.css")
        none = client.get("/static/000000000000/app.py")
        outside = client.get("/static/000000000000/..%2fapp.py")
    assert (old.status_code, old.headers["location"]) == (307, render.static("desk.css"))
    assert none.status_code == 404
    assert outside.status_code == 404


def test_today_has_both_sides_and_the_channel(desk: Desk) -> None:
    with reader(desk, "duty") as client:
        text = client.get("/").text
    assert text.index("What waits for us") < text.index("What waits for the other side")
    assert "Both records agree to" in text


def test_what_nobody_has_opened_stands_first(desk: Desk, pair: Pair) -> None:
    channel = pair.channel(pair.right)
    case = new_case_id()
    content = inquiry(channel, case)
    pair.append(pair.right, content._replace(precedence=3))
    pair.settle()
    with reader(desk, "duty") as client:
        text = client.get("/").text
    assert text.index("Not opened yet") < text.index(f"/cases/{case.hex()}")
    assert "<strong>flash</strong>" in text
    with reader(desk, "auditor") as client:
        assert "Not opened yet" not in client.get("/").text


def test_whoever_sees_no_case_sees_none_of_what_waits(desk: Desk) -> None:
    with reader(desk, "auditor") as client:
        text = client.get("/").text
    assert text.count("Your roles see no cases.") == 2
    assert "/cases/" not in text


@pytest.fixture
def failing(desk: Desk) -> Iterator[TestClient]:
    """A web desk with pages that fail."""

    def fail(_visit: object) -> None:
        raise ParleyError(Reason.DRAFT_CHANGED)

    def crash(_visit: object) -> None:
        raise ZeroDivisionError("a secret of the machine")

    pages = (posted("/fail", fail, is_open=True), Page("/crash", crash, is_open=True))
    app = web.app(desk, Site.of(desk, ORIGIN), pages)
    with TestClient(app, base_url=ORIGIN, headers={"sec-fetch-site": "same-origin"}) as client:
        yield client


def test_what_was_typed_stands_on_the_page_of_the_fault(failing: TestClient) -> None:
    typed = '<script>alert("x")</script>\nline two'
    answer = failing.post("/fail", data={"text": typed, "password": "hunter2hunter2"})
    assert answer.status_code == 409
    assert "draft-changed" in answer.text
    assert "<script>alert" not in answer.text
    assert "&lt;script&gt;alert" in answer.text
    assert "hunter2" not in answer.text


def test_a_fault_of_ours_tells_nothing_of_itself(
    failing: TestClient, caplog: pytest.LogCaptureFixture
) -> None:
    answer = failing.get("/crash")
    assert answer.status_code == 500
    assert "secret of the machine" not in answer.text
    assert "ZeroDivisionError" in caplog.text


def test_a_form_without_bound_is_not_read(failing: TestClient) -> None:
    answer = failing.post(
        "/fail",
        content=b"a=" + b"x" * (5 << 20),
        headers={"content-type": "application/x-www-form-urlencoded"},
    )
    assert answer.status_code == 413


def test_numbers_stand_in_the_digits_that_the_officer_chose(desk: Desk) -> None:
    chosen = Preferences("ar", "Asia/Riyadh", Digits.ARABIC, Theme.DARK)
    with reader(desk, "drafter") as client:
        preferences.choose(desk, "drafter", chosen)
        text = client.get("/").text
        preferences.choose(desk, "drafter", Preferences())
    assert '<html lang="ar" dir="rtl" data-theme="dark"' in text
    assert "UTC+٠٣:٠٠" in text
    assert "٢٠٢٦" in text
