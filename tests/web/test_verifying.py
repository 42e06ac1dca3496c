"""Verifying a file in the browser: for anybody, bounded, and nothing of it stays."""

from __future__ import annotations

import asyncio
import io
from collections.abc import Iterator

import pytest
from starlette.testclient import TestClient

from parley.application import cases, dossiers
from parley.crypto import words
from parley.kernel.errors import ParleyError
from parley.kernel.reasons import Reason
from parley.presentation import paper_parts as parts
from parley.web import checking, multipart
from parley.web.multipart import Began, Parser
from parley.web.verifier import Wish, check
from tests.support.pair import Pair, inquiry
from tests.support.pair import pair as desks
from tests.web.readers import reader

CASE = bytes(range(16))


@pytest.fixture(scope="module")
def pair(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pair]:
    with desks(tmp_path_factory.mktemp("verifying") / "desks") as found:
        found.append(found.left, inquiry(found.channel(found.left), CASE))
        found.settle()
        yield found


@pytest.fixture(scope="module")
def dossier(pair: Pair, tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """The dossier of an inquiry."""
    target = tmp_path_factory.mktemp("made") / "case.dossier"
    dossiers.export(pair.left, "otto", pair.channel(pair.left), target, case=CASE)
    return target.read_bytes()


@pytest.fixture
def anybody(pair: Pair) -> Iterator[TestClient]:
    with reader(pair.left) as client:
        yield client


def place_of(pair: Pair) -> str:
    """The place of the statement, as a paper has it."""
    channel = pair.channel(pair.left)
    act = cases.glance(pair.left, "otto", channel, CASE).acts[0]
    said = parts.of_act(channel, act)
    return str(parts.place_of(said))


def sent(client: TestClient, data: bytes, **fields: str) -> tuple[int, str]:
    answer = client.post("/verify", data=fields, files={"file": ("a file", data)})
    return answer.status_code, answer.text


def test_the_page_is_open_and_works_without_scripts(anybody: TestClient) -> None:
    page = anybody.get("/verify")
    assert page.status_code == 200
    assert 'enctype="multipart/form-data"' in page.text
    assert 'type="file"' in page.text


def test_a_dossier_that_holds_says_what_it_proves_and_what_not(
    pair: Pair, anybody: TestClient, dossier: bytes
) -> None:
    pins = "\n".join(words.words(one.letter.party) for one in (pair.left, pair.right))
    status, text = sent(anybody, dossier, pins=pins, place=place_of(pair))
    assert status == 200
    assert "The dossier holds" in text
    assert "as you named it" in text
    assert "The statement of the paper stands in it" in text
    assert "What it does not prove" in text


@pytest.mark.parametrize(
    ("spoil", "code"),
    [
        (lambda data: data[:-40], "dossier-truncated"),
        (lambda data: data[:-900] + bytes([data[-900] ^ 1]) + data[-899:], None),
        (lambda data: b"what is this?" + data, "dossier-malformed"),
    ],
)
def test_a_file_that_does_not_hold_says_so_plainly(
    dossier: bytes, spoil: object, code: str | None
) -> None:
    assert callable(spoil)
    outcome = check(io.BytesIO(spoil(dossier)), Wish())
    assert (outcome.dossier, outcome.evidence) == (None, None)
    assert outcome.reason == (code or outcome.reason)


def test_what_does_not_hold_stands_on_the_page(anybody: TestClient, dossier: bytes) -> None:
    status, text = sent(anybody, dossier[:-1])
    assert status == 422
    assert "This file does not hold." in text
    assert "The dossier holds" not in text


def test_a_pin_and_a_place_that_are_not_in_it_are_refused(dossier: bytes, pair: Pair) -> None:
    assert check(io.BytesIO(dossier), Wish(pins=(bytes(32),))).reason == Reason.DOSSIER_PIN.value
    other = place_of(pair)[:-4] + "0000"
    assert check(io.BytesIO(dossier), Wish(place=other)).reason == Reason.PLACE_TAKEN.value


def test_nothing_chosen_or_typed_wrong_keeps_what_was_typed(anybody: TestClient) -> None:
    status, text = sent(anybody, b"", pins="nonsense-words")
    assert status == 422
    assert "nonsense-words" in text
    answer = anybody.post("/verify", data={"pins": "no file at all"})
    assert answer.status_code == 422


def test_a_file_that_is_too_large_is_not_read_to_its_end(
    anybody: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(checking, "FILE_BYTES", 1000)
    assert sent(anybody, b"x" * 2000)[0] == 413


def test_few_files_are_checked_at_once(
    anybody: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(checking, "AT_ONCE", 0)
    status, text = sent(anybody, b"x")
    assert status == 503
    assert "Other files are being verified" in text


def test_a_check_that_takes_too_long_is_ended(
    anybody: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    started: list[asyncio.subprocess.Process] = []
    begin = checking._started

    async def slow() -> asyncio.subprocess.Process:
        started.append(await begin())
        return started[-1]

    monkeypatch.setattr(checking, "_started", slow)
    monkeypatch.setattr(checking, "SECONDS", 0)
    status, text = sent(anybody, b"x" * 100)
    assert status == 503
    assert "broken off" in text
    assert started[0].returncode is not None


def test_the_process_that_verifies_is_told_no_secret(
    anybody: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    given: list[dict[str, str]] = []
    begin = asyncio.create_subprocess_exec

    async def watched(*command: str, **options: object) -> object:
        given.append(options["env"])  # type: ignore[arg-type]
        return await begin(*command, **options)  # type: ignore[arg-type]

    monkeypatch.setenv("PARLEY_PASSPHRASE", "a secret")
    monkeypatch.setattr(asyncio, "create_subprocess_exec", watched)
    assert sent(anybody, b"x")[0] == 422
    assert [list(one) for one in given] == [["PYTHONPATH"]]


def test_nobody_verifies_from_another_site(anybody: TestClient) -> None:
    answer = anybody.post("/verify", files={"file": b"x"}, headers={"sec-fetch-site": "cross-site"})
    assert answer.status_code == 403


# --- forms with files ----------------------------------------------------------------------------

BODY = (
    b'--b\r\nContent-Disposition: form-data; name="pins"\r\n\r\none\r\ntwo\r\n'
    b'--b\r\nContent-Disposition: form-data; name="file"; filename="x"\r\n'
    b"Content-Type: application/octet-stream\r\n\r\n\r\n--c\r\n-\r\n--b--\r\n"
)


def parsed(pieces: list[bytes]) -> list[tuple[str, bool, bytes]]:
    parser, found = Parser(b"b"), []
    for piece in pieces:
        for event in parser.feed(piece):
            if isinstance(event, Began):
                found.append([event.name, event.is_file, b""])
            else:
                found[-1][2] += event
    parser.close()
    return [(one[0], one[1], one[2]) for one in found]


def test_a_form_is_read_however_it_is_cut() -> None:
    wanted = [("pins", False, b"one\r\ntwo"), ("file", True, b"\r\n--c\r\n-")]
    assert parsed([BODY]) == wanted
    assert parsed([bytes([one]) for one in BODY]) == wanted
    for at in range(len(BODY)):
        assert parsed([BODY[:at], BODY[at:]]) == wanted


@pytest.mark.parametrize(
    "body",
    [
        b"",
        BODY[:-4],
        b"preamble\r\n" + BODY,
        BODY + b"more",
        BODY.replace(b"form-data", b"attachment"),
        BODY.replace(b'name="pins"', b"name=pins"),
        BODY.replace(b"Content-Type:", b"Content-Transfer-Encoding:"),
        BODY.replace(b"--b\r\n", b"--b \r\n", 1),
        b"--b\r\n" + b"x" * 5000,
        b"".join([b'--b\r\nContent-Disposition: form-data; name="a"\r\n\r\n\r\n'] * 40) + b"--b--",
    ],
)
def test_a_form_that_is_none_is_refused(body: bytes) -> None:
    with pytest.raises(ParleyError, match="form-invalid"):
        parsed([body])


@pytest.mark.parametrize(
    "kind", ["", "multipart/form-data", "text/plain; boundary=b", "multipart/form-data; boundary="]
)
def test_another_kind_of_body_is_refused(kind: str) -> None:
    with pytest.raises(ParleyError, match="form-invalid"):
        multipart.boundary(kind)
