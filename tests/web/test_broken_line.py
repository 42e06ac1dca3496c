"""A file goes up in a browser while the line breaks in the middle, and arrives whole."""

from __future__ import annotations

from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from random import Random
from typing import NamedTuple

import pytest
from playwright.sync_api import Page, Response, expect

from parley.application import blobs, draft_keeping, taking_out
from parley.cli.demo.stage import DRAFTER
from parley.record.attachment import in_body
from tests.support.pair import copied
from tests.support.relay import Relay, relay
from tests.web.acting import fill, write
from tests.web.desks import People, Served, at_loopback
from tests.web.test_days import INQUIRY

CHUNKS = 6
LABEL = {"file-hazard": "none-known", "file-description": "Made up"}


class Line(NamedTuple):
    """A desk, and the line over which its officers reach it."""

    us: Served
    relay: Relay


@pytest.fixture
def line(lived: Path, tmp_path: Path) -> Iterator[Line]:
    with (
        copied(lived, tmp_path / "desks") as pair,
        relay() as between,
        at_loopback(pair.left, "us", between) as us,
    ):
        yield Line(us, between)


class Sending(NamedTuple):
    """A file on its way from a window: which parts of it the desk has confirmed, in order."""

    page: Page
    draft: str
    data: bytes
    chunk: int
    confirmed: list[int]

    def begin(self) -> None:
        """Choose the file and send it."""
        if not self.page.locator('main [id="file"]').is_visible():
            self.page.get_by_text("Attach a file", exact=True).click()
        self.page.locator('main [id="file"]').set_input_files(
            {"name": "capture.bin", "mimeType": "application/octet-stream", "buffer": self.data}
        )
        fill(self.page, LABEL)
        self.page.locator("main").get_by_role("button", name="Attach it", exact=True).click()


def sending(line: Line, people: People) -> Sending:
    """A draft in a window, and a file for it of some parts, the last of them short."""
    page = people.sit(line.us, DRAFTER)
    draft = write(page, INQUIRY, type="inquiry")
    chunk = 1 << line.us.desk.policy.attachments.chunk_bits
    data = Random(11).randbytes(chunk * (CHUNKS - 1) + 77)
    confirmed: list[int] = []

    def heard(answer: Response) -> None:
        if answer.request.method == "PUT" and "/uploads/" in answer.url and answer.ok:
            confirmed.append(int(answer.url.rpartition("offset=")[2]) // chunk)

    page.on("response", heard)
    return Sending(page, draft, data, chunk, confirmed)


def breaks(line: Line, one: Sending, parts: float) -> None:
    """The line breaks once so many parts of the file have gone through, and the page says so."""
    line.relay.break_after(int(one.chunk * parts))
    one.begin()
    waiting = one.page.locator("[data-upload] label")
    expect(waiting).to_have_text("The line is down; it goes on by itself")
    assert line.relay.down.is_set()
    shown = one.page.locator("#upload-progress").evaluate("(bar) => bar.value")
    assert shown == pytest.approx(len(one.confirmed) / CHUNKS)
    assert 0 < len(one.confirmed) < CHUNKS


def arrived(line: Line, one: Sending) -> None:
    """The desk has the file, whole and under its digest."""
    expect(one.page.locator("[data-said]")).to_contain_text("Attached: capture.bin")
    view = draft_keeping.find(line.us.desk, DRAFTER, one.draft.rpartition("/")[2])
    (kept,) = in_body(view.writing.values).values()
    with line.us.desk.database.read() as connection:
        blob = blobs.find(line.us.desk, connection, view.channel.id, kept.root)
    assert blob is not None
    digest = sha256()
    for part in taking_out.chunks_of(line.us.desk, blob, lambda _done, _all: None):
        digest.update(part)
    assert digest.digest() == sha256(one.data).digest()


@pytest.mark.parametrize("believes", [True, False], ids=["online", "offline"])
def test_a_line_that_breaks_is_waited_for_and_the_file_goes_on(
    line: Line, people: People, believes: bool
) -> None:
    """Whatever the browser believes: without a network it takes itself to be offline."""
    one = sending(line, people)
    said = "(on) => Object.defineProperty(navigator, 'onLine', { get: () => on })"
    one.page.evaluate(said, believes)
    before = line.relay.sent
    breaks(line, one, 3.5)
    line.relay.mend()
    arrived(line, one)
    assert one.confirmed == list(range(CHUNKS))
    # Of what the desk had nothing went again: only the part in whose middle the line broke.
    sent = line.relay.sent - before
    assert len(one.data) < sent < len(one.data) + one.chunk + 40 * 1024


def test_who_comes_back_later_sends_only_what_is_missing(line: Line, people: People) -> None:
    one = sending(line, people)
    before = line.relay.sent
    breaks(line, one, 2.5)
    had = len(one.confirmed)
    one.page.goto("about:blank")
    line.relay.mend()
    one.page.goto(one.draft)
    missing = f"{CHUNKS - had} of {CHUNKS} parts are missing"
    expect(one.page.locator("main")).to_contain_text(missing)
    one.begin()
    expect(one.page.locator("main")).to_contain_text("Attached: capture.bin")
    arrived(line, one)
    assert one.confirmed == list(range(CHUNKS))
    assert line.relay.sent - before < len(one.data) + one.chunk + 80 * 1024
