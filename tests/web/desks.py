"""Two desks that are served to browsers, and officers who sit before them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from playwright.sync_api import Browser, BrowserContext, Page

from parley.application import house, sessions
from parley.application.desk import Desk
from parley.cli.demo.processes import LOOPBACK
from parley.cli.demo.stage import PARTIES
from parley.domain.sign_in import Way
from parley.node import serve
from parley.node.config import Listen
from parley.web.app import app
from parley.web.site import Site
from parley.web.visit import LANGUAGE_COOKIE
from tests.support.pair import Pair, copied
from tests.support.relay import Relay
from tests.web.watching import Watch


@dataclass
class Served:
    """One desk, and where it is served."""

    desk: Desk
    site: Site

    @property
    def origin(self) -> str:
        """Scheme, host and port."""
        return self.site.origin

    def token(self, officer: str) -> str:
        """A session of an officer, as if just signed in."""
        with house.acting(self.desk, officer) as acting:
            return sessions.begin(acting, self.desk.clock(), Way.LINK, "a test").token

    def cookie(self, officer: str) -> str:
        """The Cookie header of such a session."""
        return f"{self.site.cookie}={self.token(officer)}"


@dataclass
class Desks:
    """Both desks, in one process with the test: it delivers, and moves the clock."""

    pair: Pair
    us: Served
    ru: Served

    def settle(self) -> None:
        """Deliver whatever is to be delivered."""
        self.pair.settle()


@contextmanager
def served(template: Path, folder: Path) -> Iterator[Desks]:
    """A copy, in ``folder``, of the two desks below ``template``; both are served to browsers."""
    with ExitStack() as stack:
        pair = stack.enter_context(copied(template, folder))
        us, ru = (
            stack.enter_context(at_loopback(desk, code))
            for desk, code in zip((pair.left, pair.right), PARTIES, strict=True)
        )
        yield Desks(pair, us, ru)


@contextmanager
def at_loopback(desk: Desk, code: str, line: Relay | None = None) -> Iterator[Served]:
    """A desk that is served to browsers as the host ``code``; ``line`` lies between, if any."""
    listener = serve.listen(Listen(LOOPBACK, 0))
    port = serve.bound(listener).port
    if line is not None:
        line.to(port)
        port = line.port
    site = Site.of(desk, f"http://{code.lower()}.localhost:{port}")
    settings = serve._server_config(app(desk, site), limit=None)
    with listener, serve._in_background(settings, listener):
        yield Served(desk, site)


@dataclass
class People:
    """Officers before browsers. What is amiss in any of their windows fails the test in the end."""

    browser: Browser
    origins: set[str] = field(default_factory=set)
    watches: list[Watch] = field(default_factory=list)
    contexts: list[BrowserContext] = field(default_factory=list)

    def sit(
        self,
        at: Served,
        officer: str | None,
        language: str = "en",
        *,
        width: int = 1280,
        height: int = 900,
        dark: bool = False,
        scripts: bool = True,
    ) -> Page:
        """A window in which ``officer`` is signed in; without one, nobody is."""
        context = self.browser.new_context(
            base_url=at.origin,
            locale=language,
            viewport={"width": width, "height": height},
            color_scheme="dark" if dark else "light",
            java_script_enabled=scripts,
            timezone_id="UTC",
            reduced_motion="reduce",
        )
        context.set_default_timeout(20_000)
        self.contexts.append(context)
        self.origins.add(at.origin)
        self.watches.append(Watch(context, self.origins))
        if officer is not None:
            token = at.token(officer)
            context.add_cookies([{"name": at.site.cookie, "value": token, "url": at.origin}])
        chosen = {"name": LANGUAGE_COOKIE, "value": language, "url": at.origin}
        context.add_cookies([chosen])
        return context.new_page()

    def leave(self) -> None:
        """Close all windows; nothing was amiss in any."""
        for context in self.contexts:
            context.close()
        found = [fault for watch in self.watches for fault in watch.faults]
        assert not found, "\n".join(found)
