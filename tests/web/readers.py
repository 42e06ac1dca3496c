"""Officers who read pages as a program does: the application itself, without a port."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from starlette.testclient import TestClient

from parley.application import house, sessions
from parley.application.desk import Desk
from parley.domain.sign_in import Way
from parley.web import app as web
from parley.web.site import Site

ORIGIN = "http://us.localhost:8473"


@contextmanager
def reader(desk: Desk, officer: str | None = None, *, language: str = "en") -> Iterator[TestClient]:
    """A browser of ``officer`` at the web desk, or of somebody who is not signed in."""
    site = Site.of(desk, ORIGIN)
    headers = {"sec-fetch-site": "same-origin", "accept-language": language}
    with TestClient(
        web.app(desk, site), base_url=ORIGIN, headers=headers, follow_redirects=False
    ) as client:
        if officer is not None:
            with house.acting(desk, officer) as acting:
                signed = sessions.begin(acting, desk.clock(), Way.PASSWORD, "a test")
            client.cookies.set(site.cookie, signed.token)
        yield client
