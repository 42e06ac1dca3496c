"""What a desk takes in from somebody who is not signed in, or is no longer."""

from __future__ import annotations

import asyncio
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import expect
from starlette.types import Message

from parley.application import house, sessions
from parley.application.desk import Desk
from parley.cli.demo.stage import DRAFTER
from parley.web import app as web
from parley.web import form, multipart
from parley.web.page import Page
from parley.web.pages import PAGES, pouches
from parley.web.site import Site
from tests.support.pair import reopened
from tests.web.acting import write
from tests.web.desks import Desks, People
from tests.web.readers import ORIGIN, reader
from tests.web.test_days import INQUIRY

READING = [page for page in PAGES if page.reader is not None and not page.is_open]


@pytest.fixture(scope="module")
def desk(lived: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    folder = tmp_path_factory.mktemp("strangers") / "desks"
    shutil.copytree(lived, folder)
    with reopened(folder) as found:
        yield found.left


async def status_without_body(desk: Desk, page: Page) -> int:
    """What is answered to somebody who says that a body comes, and never sends it."""
    answered: list[int] = []

    async def receive() -> Message:
        raise AssertionError("the body was asked for")

    async def send(message: Message) -> None:
        answered.extend([message["status"]] if "status" in message else [])

    path = page.path.replace("{", "").replace("}", "")
    heads = {
        "host": ORIGIN.removeprefix("http://"),
        "origin": ORIGIN,
        "content-type": "multipart/form-data; boundary=b",
        "content-length": "1000000",
    }
    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": page.methods[0],
        "scheme": "http",
        "path": path,
        "raw_path": path.encode(),
        "query_string": b"",
        "headers": [(name.encode(), value.encode()) for name, value in heads.items()],
        "client": ("127.0.0.1", 1),
        "server": ("us.localhost", 8473),
    }
    await web.app(desk, Site.of(desk, ORIGIN))(scope, receive, send)
    return answered[0]


@pytest.mark.parametrize("page", READING, ids=lambda page: page.path)
def test_no_file_is_read_from_whoever_is_not_signed_in(desk: Desk, page: Page) -> None:
    assert asyncio.run(status_without_body(desk, page)) == 303


def test_there_are_pages_that_read_files() -> None:
    assert len(READING) >= 5


def test_a_large_form_is_read_from_officers_alone(desk: Desk) -> None:
    data = {"text": "x" * form.UNSIGNED_BYTES}
    with reader(desk) as stranger, reader(desk, "drafter") as officer:
        refused = stranger.post(f"/drafts/{'00' * 16}", data=data)
        assert refused.status_code == 401
        assert data["text"] not in refused.text
        assert stranger.post("/sign-in/password", data=data).status_code == 413
        assert officer.post(f"/drafts/{'00' * 16}", data=data).status_code == 404
        # What was typed before the session ended stands on the page.
        kept = stranger.post(f"/drafts/{'00' * 16}", data={"text": "typed before"})
    assert kept.status_code == 401
    assert "typed before" in kept.text


NUMBERED = [page for page in PAGES if "{number" in page.path]


@pytest.mark.parametrize("page", NUMBERED, ids=lambda page: page.path)
@pytest.mark.parametrize("officer", [None, "duty", "custodian"])
def test_a_number_that_no_desk_gives_names_nothing(
    desk: Desk, page: Page, officer: str | None
) -> None:
    with reader(desk, officer) as client:
        for text in ("9" * 15, "9" * 30, "9" * 5_000, "-1", "١"):
            path = page.path.replace("{number:ordinal}", text).replace("{number}", text)
            for part in ("{case}", "{statement}"):
                path = path.replace(part, "00" * 16)
            status = client.request(page.methods[0], path).status_code
            assert status in ({303, 404} if officer is None else {403, 404, 422})


def test_a_script_is_told_that_the_session_is_over(desk: Desk) -> None:
    for method, path in (("PUT", "/drafts/00/uploads/00"), ("POST", "/drafts/00/uploads")):
        with reader(desk) as stranger:
            answer = stranger.request(method, path, headers={"sec-fetch-dest": "empty"})
        assert answer.status_code == 401
        assert answer.json()["code"] == "session-over"
        assert answer.json()["todo"]


def test_what_was_brought_is_deleted_whatever_becomes_of_the_session(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    monkeypatch.setattr(pouches, "carrying", None)
    with reader(desk, "duty") as client:
        wanted = pouches.FILES_BYTES

        def ended(size: int, limit: int) -> None:
            assert limit <= wanted
            if list(tmp_path.iterdir()):
                with house.acting(desk, "duty") as acting:
                    sessions.end(acting, "duty")

        monkeypatch.setattr(multipart, "bound", ended)
        answer = client.post("/pouches/bring", files={"file": ("a.pouch", b"x" * 100)})
    assert answer.status_code == 303
    assert answer.headers["location"].startswith("/sign-in")
    assert list(tmp_path.iterdir()) == []


def test_what_is_typed_after_the_session_is_saved_once_one_has_signed_in_again(
    people: People, desks: Desks
) -> None:
    us = desks.us
    page = people.sit(us, DRAFTER)
    draft = write(page, INQUIRY, type="inquiry")
    page.goto(draft)
    with house.acting(us.desk, DRAFTER) as acting:
        sessions.end(acting, DRAFTER)
    subject = page.locator('main [id="subject.en"]')
    saved = page.locator("[data-saved]")
    subject.fill("Typed when nobody was signed in any more")
    expect(saved).to_contain_text("no longer signed in")
    cookie = {"name": us.site.cookie, "value": us.token(DRAFTER), "url": us.origin}
    page.context.add_cookies([cookie])  # type: ignore[list-item]
    subject.press("End")
    subject.press("!")
    expect(saved).to_contain_text("Saved")
    page.goto(draft)
    expect(subject).to_have_value("Typed when nobody was signed in any more!")
