"""Forms as browsers send them, and as nobody should."""

from __future__ import annotations

import asyncio
from urllib.parse import urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.requests import Request
from starlette.types import Message, Receive

from parley.kernel.errors import ParleyError
from parley.kernel.reasons import Reason
from parley.web import form
from parley.web.form import Form
from parley.web.visit import local

TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)


@given(st.lists(st.tuples(TEXTS.filter(bool), TEXTS), max_size=8))
def test_what_was_typed_arrives(pairs: list[tuple[str, str]]) -> None:
    sent = form.parse(urlencode(pairs).encode())
    assert list(sent) == [(name, value.replace("\r\n", "\n")) for name, value in pairs]


@given(st.binary(max_size=200))
def test_anything_else_is_read_or_refused_by_reason(data: bytes) -> None:
    reason = None
    try:
        form.parse(data)
    except ParleyError as error:
        reason = error.reason
    assert reason in {None, Reason.FORM_INVALID}


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(b"a=%ff", id="no UTF-8"),
        pytest.param("a=ä".encode(), id="not encoded"),
        pytest.param(b"a", id="no value"),
        pytest.param(b"&".join(b"a=1" for _ in range(form.FIELDS + 1)), id="too many"),
    ],
)
def test_what_is_no_form_is_refused(data: bytes) -> None:
    with pytest.raises(ParleyError) as caught:
        form.parse(data)
    assert caught.value.reason is Reason.FORM_INVALID


def test_values_are_what_they_are_asked_for_as() -> None:
    sent = Form([("n", "7"), ("n", "8"), ("h", "00ff"), ("t", " a "), ("e", "  ")])
    assert (sent.number("n"), sent.every("n"), sent.digest("h")) == (7, ["7", "8"], b"\x00\xff")
    assert (sent.line("t"), sent.line("e"), sent.line("nothing")) == ("a", None, None)
    assert "n" in sent
    assert "nothing" not in sent


@pytest.mark.parametrize("text", ["", "-1", "1.5", "٧", "1e3", "9" * 16])
def test_no_other_number_is_one(text: str) -> None:
    with pytest.raises(ParleyError) as caught:
        Form([("n", text)]).number("n")
    assert caught.value.reason is Reason.FORM_INVALID


def test_no_other_digest_is_one() -> None:
    with pytest.raises(ParleyError) as caught:
        Form([("h", "0g")]).digest("h")
    assert caught.value.reason is Reason.FORM_INVALID


@pytest.mark.parametrize(
    ("path", "there"),
    [
        ("/cases?kind=inquiry&before=ab", "/cases?kind=inquiry&before=ab"),
        ("/", "/"),
        ("//evil.example/", "/"),
        ("/\\evil.example", "/"),
        ("https://evil.example/", "/"),
        ("javascript:alert(1)", "/"),
        ("cases", "/"),
        ("/a\r\nSet-Cookie: x=1", "/"),
        ("", "/"),
    ],
)
def test_one_is_led_to_pages_of_this_desk_alone(path: str, there: str) -> None:
    assert local(path) == there


def _reading(receive: Receive) -> Reason:
    """Why a body is refused."""
    request = Request({"type": "http", "method": "POST", "headers": []}, receive)
    with pytest.raises(ParleyError) as caught:
        asyncio.run(form.bounded(request, 10))
    return caught.value.reason


def test_a_body_that_does_not_end_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(form, "BODY_SECONDS", 0.01)

    async def slow() -> Message:
        await asyncio.sleep(0.005)
        return {"type": "http.request", "body": b"", "more_body": True}

    assert _reading(slow) is Reason.FORM_INVALID


def test_a_body_whose_sender_has_gone_is_refused() -> None:
    async def gone() -> Message:
        return {"type": "http.disconnect"}

    assert _reading(gone) is Reason.FORM_INVALID


def test_a_body_without_bound_is_read_no_further() -> None:
    async def much() -> Message:
        return {"type": "http.request", "body": b"x" * 6, "more_body": True}

    assert _reading(much) is Reason.TOO_LARGE
