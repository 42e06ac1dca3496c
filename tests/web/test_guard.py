"""Who is let in to the web desk, and who is not: by headers alone, before anything is read."""

from __future__ import annotations

import pytest
from starlette.datastructures import Headers

from parley.web.guard import refusal
from parley.web.site import Site

SITE = Site("https://desk.example.org", "cookie", demonstration=False)
HOST = {"host": "desk.example.org"}


@pytest.mark.parametrize(
    ("method", "said", "status"),
    [
        pytest.param("GET", {}, None, id="a program reads"),
        pytest.param("GET", {"sec-fetch-site": "none"}, None, id="an address that was typed"),
        pytest.param(
            "GET",
            {"sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate"},
            None,
            id="a link in a letter",
        ),
        pytest.param(
            "GET",
            {"sec-fetch-site": "cross-site", "sec-fetch-mode": "no-cors"},
            403,
            id="built into a page elsewhere",
        ),
        pytest.param(
            "GET",
            {"sec-fetch-site": "same-site", "sec-fetch-mode": "cors"},
            403,
            id="read by a sister of ours",
        ),
        pytest.param("POST", {"sec-fetch-site": "same-origin"}, None, id="a form of ours"),
        pytest.param("POST", {"sec-fetch-site": "cross-site"}, 403, id="a form elsewhere"),
        pytest.param("POST", {"sec-fetch-site": "same-site"}, 403, id="a form of a sister"),
        pytest.param("POST", {"sec-fetch-site": "none"}, 403, id="a form of nobody"),
        pytest.param(
            "POST",
            {"sec-fetch-site": "cross-site", "origin": "https://desk.example.org"},
            403,
            id="the origin alone does not outweigh it",
        ),
        pytest.param("POST", {"origin": "https://desk.example.org"}, None, id="an old browser"),
        pytest.param("POST", {"origin": "https://evil.example"}, 403, id="old, and elsewhere"),
        pytest.param("POST", {"origin": "null"}, 403, id="an origin that is hidden"),
        pytest.param("POST", {}, 403, id="nothing said"),
        pytest.param("PUT", {"sec-fetch-site": "cross-site"}, 403, id="a script elsewhere"),
        pytest.param("TRACE", {}, 405, id="a method that nobody needs"),
        pytest.param("DELETE", {"sec-fetch-site": "same-origin"}, 405, id="one that we lack"),
    ],
)
def test_what_is_let_in(method: str, said: dict[str, str], status: int | None) -> None:
    assert refusal(method, Headers({**HOST, **said}), SITE) == status


@pytest.mark.parametrize(
    "host",
    ["", "evil.example", "desk.example.org:8443", "desk.example.org.evil.example", "127.0.0.1"],
)
def test_a_name_that_is_not_ours_is_not_answered(host: str) -> None:
    assert refusal("GET", Headers({"host": host}), SITE) == 421


def test_the_cookie_of_a_desk_over_tls_stays_with_its_host() -> None:
    assert SITE.is_secure
    assert SITE.host == "desk.example.org"
