"""Files in the browser: up in parts that survive a broken line, and out again, never shown."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from httpx2 import Response
from starlette.requests import Request
from starlette.testclient import TestClient
from starlette.types import Message

from parley.application import blobs, draft_keeping, taking_out, uploading
from parley.application.desk import Desk
from parley.crypto import merkle
from parley.kernel.reasons import Reason
from parley.record.attachment import in_body
from parley.web import form as forms
from parley.web.pages import attachments as pages
from tests.support.pair import Pair, reopened
from tests.web.readers import reader
from tests.web.sent import filled, form
from tests.web.test_writing import WHOLE, begin, said, step

FILE = bytes(range(256)) * 40
CHUNK = 4096


@pytest.fixture(scope="module")
def pair(lived: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pair]:
    folder = tmp_path_factory.mktemp("attaching") / "desks"
    shutil.copytree(lived, folder)
    with reopened(folder) as found:
        found.clock.now += 3 * 86_400
        yield found


@pytest.fixture
def desk(pair: Pair, monkeypatch: pytest.MonkeyPatch) -> Desk:
    found = pair.left
    monkeypatch.setattr(uploading.attachment, "fitting_bits", lambda _size, _wished: 12)
    return found


@pytest.fixture
def drafter(desk: Desk) -> Iterator[TestClient]:
    with reader(desk, "drafter") as client:
        yield client


def parts(data: bytes) -> list[bytes]:
    return [data[at : at + CHUNK] for at in range(0, len(data), CHUNK)]


def announce(client: TestClient, path: str, data: bytes = FILE) -> Response:
    leaves = b"".join(map(merkle.leaf_hash, parts(data)))
    return client.post(f"{path}/uploads?size={len(data)}", content=leaves)


def bring(client: TestClient, path: str, upload: str, index: int, data: bytes) -> Response:
    return client.put(f"{path}/uploads/{upload}?offset={index * CHUNK}", content=data)


LABEL = {"name": "capture.pcap", "hazard": "none-known", "description": "Made up"}


def test_what_broke_off_goes_on_where_it_was(desk: Desk, drafter: TestClient) -> None:
    path = begin(drafter, desk, **WHOLE)
    first = announce(drafter, path).json()
    assert (first["chunk"], first["missing"]) == (CHUNK, [[0, 2]])
    assert bring(drafter, path, first["upload"], 1, parts(FILE)[1]).status_code == 200
    early = drafter.post(f"{path}/uploads/{first['upload']}/finish", data=LABEL)
    assert early.json()["code"] == "attachment-incomplete"
    assert "2 of 3 parts are missing" in drafter.get(path).text
    again = announce(drafter, path).json()
    assert again == {**first, "missing": [[0, 0], [2, 2]]}
    for index in (0, 2, 2):
        answer = bring(drafter, path, first["upload"], index, parts(FILE)[index])
        assert answer.status_code == 200
    assert answer.json()["missing"] == []
    done = drafter.post(f"{path}/uploads/{first['upload']}/finish", data=LABEL)
    assert done.json()["what"] == "Attached: capture.pcap"
    repeated = drafter.post(f"{path}/uploads/{first['upload']}/finish", data=LABEL)
    assert repeated.json()["revision"] == done.json()["revision"]
    view = draft_keeping.find(desk, "drafter", path.rpartition("/")[2])
    (kept,) = in_body(view.writing.values).values()
    with desk.database.read() as connection:
        blob = blobs.find(desk, connection, view.channel.id, kept.root)
    assert blob is not None
    assert b"".join(taking_out.chunks_of(desk, blob, lambda _done, _all: None)) == FILE
    # What is typed then keeps the file.
    assert drafter.post(path, data=filled(said(drafter, path), facts__en="New")).status_code == 303
    assert in_body(draft_keeping.find(desk, "drafter", view.id.hex()).writing.values)


@pytest.mark.parametrize(
    ("index", "data", "code"),
    [
        pytest.param(0, bytes(CHUNK), "chunk-wrong", id="other bytes"),
        pytest.param(0, FILE[: CHUNK - 1], "chunk-wrong", id="too short"),
        pytest.param(1, FILE[CHUNK:][:CHUNK][::-1], "chunk-wrong", id="turned round"),
        pytest.param(9, FILE[:CHUNK], "chunk-wrong", id="behind the end"),
    ],
)
def test_only_the_bytes_that_were_announced_come_in(
    desk: Desk, drafter: TestClient, index: int, data: bytes, code: str
) -> None:
    path = begin(drafter, desk, subject__en="x")
    upload = announce(drafter, path).json()["upload"]
    answer = bring(drafter, path, upload, index, data)
    assert answer.json()["code"] == code
    assert announce(drafter, path).json()["missing"] == [[0, 2]]


def test_who_has_the_hashes_alone_has_nothing(desk: Desk, drafter: TestClient) -> None:
    path, other = begin(drafter, desk, subject__en="x"), begin(drafter, desk, subject__en="y")
    upload = announce(drafter, path).json()["upload"]
    for index, part in enumerate(parts(FILE)):
        bring(drafter, path, upload, index, part)
    assert announce(drafter, other).json()["missing"] == [[0, 2]]
    foreign = drafter.post(f"{other}/uploads/{upload}/finish", data=LABEL)
    assert foreign.json()["code"] == "attachment-unknown"
    with reader(desk, "legal") as legal:
        assert bring(legal, path, upload, 0, parts(FILE)[0]).status_code == 403
        assert announce(legal, path).status_code == 403
    with reader(desk, "auditor") as auditor:
        assert announce(auditor, path).status_code == 404


@pytest.mark.parametrize("size", ["0", "-1", "x", str(1 << 40)])
def test_sizes_that_are_none_are_refused(desk: Desk, drafter: TestClient, size: str) -> None:
    path = begin(drafter, desk, subject__en="x")
    assert drafter.post(f"{path}/uploads?size={size}", content=bytes(32)).status_code == 422


def test_a_file_comes_without_scripts_and_leaves_as_one(desk: Desk, drafter: TestClient) -> None:
    path = begin(drafter, desk, **WHOLE)
    page = drafter.get(path)
    assert 'enctype="multipart/form-data"' in page.text
    sent = dict(form(page.text, f"{path}/attachments")) | LABEL
    answer = drafter.post(
        f"{path}/attachments",
        data={name: value for name, value in sent.items() if name != "file"},
        files={"file": ("<b>.html", b"<script>alert(1)</script>" + FILE, "text/html")},
    )
    assert answer.status_code == 303, answer.text
    assert drafter.post(path, data=filled(said(drafter, path), do="freeze")).status_code == 303
    with reader(desk, "legal") as legal, reader(desk, "authoriser") as authoriser:
        assert "capture.pcap" in legal.get(path).text
        step(legal, path, "clear")
        step(authoriser, path, "authorise")
    view = draft_keeping.find(desk, "drafter", path.rpartition("/")[2])
    assert view.released is not None
    place = f"/attachments/{view.released.hex()}/1"
    assert "capture.pcap" in drafter.get(f"/attachments?case={view.case.hex()}").text
    assert "Take it out" in drafter.get(place).text
    bare = drafter.post(place)
    assert bare.content == b"<script>alert(1)</script>" + FILE
    assert bare.headers["content-type"] == "application/octet-stream"
    assert bare.headers["content-disposition"] == 'attachment; filename="capture.pcap.quarantined"'
    assert bare.headers["x-content-type-options"] == "nosniff"
    assert bare.headers["content-security-policy"].startswith("sandbox")
    assert drafter.post(place, data={"capsule": "1"}).content.startswith(b"parley/capsule/1\n")
    with reader(desk, "auditor") as auditor:
        assert auditor.post(place).status_code in (403, 404)
        assert auditor.get(place).status_code in (403, 404)


def test_a_form_that_is_too_large_is_refused(
    desk: Desk, drafter: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("parley.web.pages.attachments.PLAIN_BYTES", 1000)
    path = begin(drafter, desk, subject__en="x")
    answer = drafter.post(f"{path}/attachments", data=LABEL, files={"file": ("a", bytes(2000))})
    assert answer.status_code == 413
    # What was typed beside it is kept.
    assert all(value in answer.text for value in LABEL.values())
    assert drafter.post(f"{path}/attachments", content=b"x").status_code == 422


def test_a_file_that_does_not_end_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(forms, "BODY_SECONDS", 0.05)
    start = b'--b\r\ncontent-disposition: form-data; name="file"; filename="a"\r\n\r\nab'
    sent: list[Message] = [{"type": "http.request", "body": start, "more_body": True}]

    async def receive() -> Message:
        if sent:
            return sent.pop()
        await asyncio.Event().wait()
        raise AssertionError

    heads = [(b"content-type", b"multipart/form-data; boundary=b")]
    request = Request({"type": "http", "method": "POST", "headers": heads}, receive)
    read = asyncio.run(pages._plain(request))
    assert isinstance(read, pages.Sent)
    assert read.fault is not None
    assert read.fault.reason is Reason.FORM_INVALID


def test_a_file_is_taken_off_a_draft_and_those_after_it_move_up(
    desk: Desk, drafter: TestClient
) -> None:
    path = begin(drafter, desk, **WHOLE)
    for name in ("one.bin", "two <b>.bin", "three.bin"):
        files = {"file": ("x", name.encode(), "text/plain")}
        sent = drafter.post(f"{path}/attachments", data={**LABEL, "name": name}, files=files)
        assert sent.status_code == 303, sent.text
    page = drafter.get(path).text
    assert "two &lt;b&gt;.bin" in page
    found = in_body(draft_keeping.find(desk, "drafter", path[-16:]).writing.values)
    second = {"number": "2", "root": found[2].root.hex(), "back": "read"}
    remove = f"{path}/attachments/remove"
    elsewhere = {"sec-fetch-site": "cross-site"}
    assert drafter.post(remove, data=second, headers=elsewhere).status_code == 403
    with reader(desk, "legal") as legal, reader(desk, "auditor") as auditor:
        assert legal.post(remove, data=second).status_code == 403
        assert auditor.post(remove, data=second).status_code == 404
    gone = drafter.post(remove, data=second)
    assert (gone.status_code, gone.headers["location"]) == (303, f"{path}?view=read")
    # The same press once more takes nothing else off.
    assert drafter.post(remove, data=second).status_code == 422
    view = draft_keeping.find(desk, "drafter", path[-16:])
    left = in_body(view.writing.values)
    assert left == {1: found[1], 2: found[3]}
    assert view.writing.codes["attachments"] == 2
    assert view.writing.values["attachments/2/name"] == "three.bin"
    for root in (found[1].root, found[3].root):
        drafter.post(remove, data={"number": "1", "root": root.hex()})
    assert "attachments" not in draft_keeping.find(desk, "drafter", path[-16:]).writing.codes
    assert drafter.post(path, data=filled(said(drafter, path), do="freeze")).status_code == 303
