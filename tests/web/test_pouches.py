"""Pouches in the browser: packed and taken away, brought in, and what each of them did."""

from __future__ import annotations

import re
import shutil
import zipfile
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import pytest
from httpx2 import Response
from starlette.testclient import TestClient

from parley.application import house_record
from parley.application.desk import Desk
from parley.kernel.errors import ParleyError
from parley.kernel.reasons import Reason
from parley.web.pages import pouches
from tests.support.pair import Pair, reopened
from tests.web.readers import reader
from tests.web.sent import filled, form
from tests.web.test_writing import WHOLE, begin, said, step

ELSEWHERE = {"sec-fetch-site": "cross-site"}
SURE = {"unconfirmed": "1"}


@pytest.fixture(scope="module")
def pair(lived: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pair]:
    folder = tmp_path_factory.mktemp("pouches") / "desks"
    shutil.copytree(lived, folder)
    with reopened(folder) as found:
        found.clock.now += 3 * 86_400
        yield found


def say(desk: Desk) -> None:
    """One more statement of ours, which nobody delivers."""
    with (
        reader(desk, "drafter") as drafter,
        reader(desk, "legal") as legal,
        reader(desk, "authoriser") as authoriser,
    ):
        path = begin(drafter, desk, **WHOLE)
        drafter.post(path, data=filled(said(drafter, path), do="freeze"))
        step(legal, path, "clear")
        assert step(authoriser, path, "authorise").status_code == 303


def pack(client: TestClient, pair: Pair, **more: str) -> Response:
    return client.post("/pouches/pack", data={"channel": pair.channel_id.hex(), **more})


def bring(client: TestClient, *files: tuple[str, bytes], **more: str) -> Response:
    parts = [("file", (name, data, "application/octet-stream")) for name, data in files]
    return client.post("/pouches/bring", files=parts, headers=more)


def noted(desk: Desk, act: str) -> int:
    with reader(desk, "auditor") as client:
        return client.get(f"/house/record?shown=1&act={act}").text.count("<tr><td>")


def test_a_pouch_goes_there_and_its_answer_comes_back(pair: Pair) -> None:
    us, ru = pair.left, pair.right
    say(us)
    with reader(us, "duty") as ours, reader(ru, "duty") as theirs:
        packed = pack(ours, pair, **SURE)
        assert packed.headers["content-type"] == "application/octet-stream"
        assert re.fullmatch(
            r'attachment; filename="RU-[0-9a-f]{8}-\d{6}\.pouch"',
            packed.headers["content-disposition"],
        )
        page = ours.get("/pouches").text
        assert "not there any more; no receipt yet" in page
        assert "parley-pouch-" not in page
        taken = bring(theirs, ("one.pouch", packed.content))
        assert taken.status_code == 200
        assert "new statement" in taken.text
        again = bring(theirs, ("one.pouch", packed.content))
        assert "Nothing new from US." in again.text
        answer = dict(form(taken.text, "/pouches/pack")) | SURE
        back = theirs.post("/pouches/pack", data=answer)
        assert back.status_code == 200
        home = bring(ours, ("answer.pouch", back.content))
        assert "has receipted 1 statement of ours" in home.text
        assert "receipted" in ours.get("/pouches").text
        cleared = ours.post("/pouches/clear")
        assert "1 file was cleared." in cleared.text
    assert (noted(us, "pouch-packed"), noted(us, "pouch-opened")) == (1, 1)
    assert (noted(ru, "pouch-packed"), noted(ru, "pouch-opened")) == (1, 2)


def test_what_is_no_pouch_says_why_and_shows_no_markup(pair: Pair) -> None:
    with reader(pair.left, "duty") as client:
        own = pack(client, pair, **SURE).content
        answer = bring(
            client,
            ("<b>evil</b>.pouch", b"<script>alert(1)</script>"),
            ("\u202egnp.pouch", own),
            ("short.pouch", own[: len(own) // 2]),
        )
        assert answer.status_code == 200
        assert "<b>evil" not in answer.text
        assert "<script>alert" not in answer.text
        assert "\u202egnp" not in answer.text
        assert "It is ours, for the other desk: left as it is." in answer.text
        assert answer.text.count("not taken in") == 3
        nothing = client.post("/pouches/bring", files={"file": ("", b"")})
        assert nothing.status_code == 422
        plain = client.post("/pouches/bring", data={"file": "x"})
        assert plain.status_code == 422


def test_several_files_leave_as_one_archive(
    pair: Pair, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def twice(
        desk: Desk, officer: str, channel: object, folder: Path, wish: object
    ) -> list[object]:
        made = real(desk, officer, channel, folder, wish)  # type: ignore[arg-type]
        copy = made[0].path.with_name("second.pouch")
        copy.write_bytes(made[0].path.read_bytes())
        return [made[0], made[0]._replace(path=copy)]

    real = pouches.carrying.pack
    monkeypatch.setattr(pouches.carrying, "pack", twice)
    with reader(pair.left, "duty") as client:
        sent = pack(client, pair, **SURE, attachments="1")
    assert sent.headers["content-disposition"].endswith('.zip"')
    with zipfile.ZipFile(BytesIO(sent.content)) as archive:
        names = archive.namelist()
        assert names[1:] == ["second.pouch"]
        assert archive.read(names[0]) == archive.read(names[1])


def test_nothing_is_packed_unless_somebody_vouches_for_the_record(
    pair: Pair, monkeypatch: pytest.MonkeyPatch
) -> None:
    def unconfirmed(desk: Desk, channel: bytes) -> None:
        raise ParleyError(Reason.HEAD_UNCONFIRMED)

    monkeypatch.setattr(pouches.carrying.carriage, "check_confirmed", unconfirmed)
    with reader(pair.left, "duty") as client:
        before = house_record.extent(pair.left).size
        unsure = pack(client, pair)
        assert unsure.status_code == 422
        assert "There is a problem" in unsure.text
        assert house_record.extent(pair.left).size == before
        assert pack(client, pair, **SURE).status_code == 200


def test_too_much_is_refused(pair: Pair, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pouches, "FILES_BYTES", 1000)
    with reader(pair.left, "duty") as client:
        large = bring(client, ("a.pouch", bytes(600)), ("b.pouch", bytes(600)))
        assert large.status_code == 422
        assert "There is a problem" in large.text
        monkeypatch.setattr(pouches, "AT_ONCE", 0)
        assert bring(client, ("a.pouch", b"x")).status_code == 422


@pytest.mark.parametrize("officer", ["drafter", "legal", "custodian", "auditor"])
def test_whoever_carries_no_pouches_has_no_page_of_them(pair: Pair, officer: str) -> None:
    with reader(pair.left, officer) as client:
        assert client.get("/pouches").status_code == 403
        assert pack(client, pair, **SURE).status_code == 403
        assert bring(client, ("a.pouch", b"x")).status_code == 403
        assert client.post("/pouches/clear").status_code == 403
        assert "/pouches" not in client.get("/record").text


def test_nothing_is_packed_or_brought_from_elsewhere(pair: Pair) -> None:
    with reader(pair.left, "authoriser") as client:
        sent = {"channel": pair.channel_id.hex(), **SURE}
        before = house_record.extent(pair.left).size
        assert client.post("/pouches/pack", data=sent, headers=ELSEWHERE).status_code == 403
        assert bring(client, ("a.pouch", b"x"), **ELSEWHERE).status_code == 403
        assert house_record.extent(pair.left).size == before
        told = pack(client, pair, **SURE, refusal="no-such-reason:00")
        assert told.status_code == 422
        assert pack(client, pair, **SURE, refusal="fork-root:abcd").status_code == 422
        fine = pack(client, pair, **SURE, refusal=f"chain-broken:{'0' * 64}")
        assert fine.status_code in (200, 422)
