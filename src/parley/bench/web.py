"""Officers who click: what they wait for at a web desk with many cases, served as always."""

from __future__ import annotations

import http.client
import os
import random
import re
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from typing import Final, NamedTuple
from urllib.parse import urljoin, urlsplit

from parley.application import alert_watch, deadlines, house, indexing, officers, sessions
from parley.application.desk import Desk
from parley.bench import desks
from parley.bench.measure import percentile
from parley.domain.roles import Role
from parley.domain.sign_in import Way
from parley.node import config as configs
from parley.node import serve
from parley.node.config import Config, Listen
from parley.node.web_config import WebSection
from parley.web.site import Site

OFFICERS: Final = 50
CASES: Final = 10_000
CLICKS: Final = 20
"""Of each officer."""

WARM_UP: Final = 5
"""So many of each officer's come before: a desk is not started anew when its house comes in."""

THINK_SECONDS: Final = 2.0
"""What an officer looks at a page before the next click, on average."""

MOST_SECONDS: Final = 0.15
"""Within it, 95 of 100 pages are there."""

MOST_ON_SERVER: Final = 0.2
"""So long the server may be over any page while nobody else asks."""

_START_SECONDS: Final = 60.0
_TIMEOUT: Final = 30.0
_SEED: Final = 6
_BACK_TO_TODAY: Final = 0.15
_ROLES: Final = (Role.DUTY_OFFICER, Role.DRAFTER, Role.LEGAL_REVIEWER, Role.AUTHORISER)
_LINK: Final = re.compile(rb"<a [^>]*?href=\"(/[^\"#]*)")
_DOWNLOAD: Final = re.compile(rb"<a [^>]*?download[^>]*>")
_SPENT: Final = re.compile(r"app;dur=([\d.]+)")
_SORT: Final = re.compile(r"[0-9a-f]{8,}|\d+")


class WebResult(NamedTuple):
    """``officers`` clicked ``clicks`` times in all, at a desk with so many ``cases``.

    ``p50``, ``p95``: seconds until a page was there, whole; ``server``: the p95 of what the server
    spent on it. ``alone``: for each sort of page the median seconds on the server while nobody
    else asks.
    """

    officers: int
    cases: int
    clicks: int
    p50: float
    p95: float
    server: float
    alone: dict[str, float]

    @property
    def faults(self) -> list[str]:
        """What takes longer than it may."""
        found = [f"web{sort}" for sort, spent in self.alone.items() if spent > MOST_ON_SERVER]
        return [*found, "web"] if self.p95 > MOST_SECONDS else found


class Got(NamedTuple):
    """A page as it came: seconds until it was there, seconds on the server, where it leads."""

    status: int
    whole: float
    server: float
    links: list[str]


class Browser:
    """One officer's connection, which stays open from click to click."""

    def __init__(self, origin: str, cookie: str) -> None:
        parts = urlsplit(origin)
        self._headers = {"Host": parts.netloc, "Cookie": cookie}
        self._connection = http.client.HTTPConnection(
            "127.0.0.1", parts.port or 80, timeout=_TIMEOUT
        )

    def get(self, path: str) -> Got:
        """One page, and the pages to which it leads."""
        began = time.perf_counter()
        self._connection.request("GET", path, headers=self._headers)
        answer = self._connection.getresponse()
        data = answer.read()
        whole = time.perf_counter() - began
        spent = _SPENT.search(answer.headers.get("server-timing", ""))
        links = _LINK.findall(_DOWNLOAD.sub(b"", data))
        leads = [urljoin(path, link.decode().replace("&amp;", "&")) for link in links]
        # Papers are typeset to be printed: files, as dossiers are, and no pages.
        leads = [lead for lead in leads if not urlsplit(lead).path.endswith("/print")]
        return Got(answer.status, whole, float(spent[1]) / 1000 if spent else 0.0, leads)

    def close(self) -> None:
        """Close the connection."""
        self._connection.close()


def run(
    folder: Path, making: Callable[[int], None], *, cases: int = CASES, clicks: int = CLICKS
) -> WebResult:
    """Make a desk with ``cases``, serve it, and let officers click ``clicks`` times each.

    ``making`` is told how many statements are being made.

    :raises RuntimeError: a page was refused, or the desk does not answer.
    """
    making(cases * desks.PER_CASE)
    with desks.opened(folder) as pair:
        desks.grow(pair, cases * desks.PER_CASE)
        left = pair.left
        # A desk that is served has done so as statements came.
        indexing.catch_up(left)
        deadlines.catch_up(left)
        alert_watch.watch(left)
        origin = to_be_served(folder / desks.CODES[0])
        cookies = [
            signed_in(left, origin, f"officer-{number}", [_ROLES[number % len(_ROLES)]])
            for number in range(OFFICERS)
        ]
    with served(folder / desks.CODES[0], origin):
        alone = _alone(origin, cookies[0])
        found = _all_click(origin, cookies, clicks)
    whole = [one.whole for one in found]
    return WebResult(
        OFFICERS,
        cases,
        len(found),
        median(whole),
        percentile(whole, 0.95),
        percentile([one.server for one in found], 0.95),
        alone,
    )


def signed_in(desk: Desk, origin: str, name: str, roles: Sequence[Role]) -> str:
    """The Cookie header of a new officer's session."""
    officers.add(desk, name, [role.value for role in roles])
    with house.acting(desk, name) as acting:
        token = sessions.begin(acting, desk.clock(), Way.LINK, "measurement").token
    return f"{Site.of(desk, origin).cookie}={token}"


def _alone(origin: str, cookie: str) -> dict[str, float]:
    """What the server spends on a page of each sort that can be reached, nobody else asking."""
    browser = Browser(origin, cookie)
    spent: dict[str, list[float]] = {}
    queue, known = ["/"] * 3, {"/"}
    while queue:
        path = queue.pop(0)
        sort = _SORT.sub("…", urlsplit(path).path)
        if len(spent.get(sort, ())) >= 3:
            continue
        got = browser.get(path)
        spent.setdefault(sort, []).append(got.server)
        queue += [link for link in got.links if link not in known]
        known.update(got.links)
    browser.close()
    return {sort: median(each) for sort, each in spent.items()}


def _all_click(origin: str, cookies: list[str], clicks: int) -> list[Got]:
    """All officers at once, each on a thread and on a way of its own through the pages."""
    found: list[Got] = []
    failed: list[BaseException] = []

    def click(number: int, cookie: str) -> None:
        chance = random.Random(_SEED * 1000 + number)  # noqa: S311 - a way through pages
        browser = Browser(origin, cookie)
        try:
            time.sleep(chance.uniform(0, THINK_SECONDS))
            found.extend(_walk(browser, chance, clicks))
        except (OSError, http.client.HTTPException, RuntimeError) as error:
            failed.append(error)
        finally:
            browser.close()

    threads = [threading.Thread(target=click, args=one) for one in enumerate(cookies)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failed:
        raise RuntimeError("an officer could not go on") from failed[0]
    return found


def _walk(browser: Browser, chance: random.Random, clicks: int) -> Iterator[Got]:
    """From page to page by what each leads to; now and then back to the first one."""
    path = "/"
    for number in range(WARM_UP + clicks):
        got = browser.get(path)
        if got.status >= 500:
            raise RuntimeError(f"{got.status} for {path}")
        if number >= WARM_UP:
            yield got
        leads = [link for link in got.links if link != path]
        back = not leads or chance.random() < _BACK_TO_TODAY
        path = "/" if back else chance.choice(leads)
        time.sleep(chance.uniform(0.5, 1.5) * THINK_SECONDS)


def to_be_served(folder: Path) -> str:
    """Have the desk in ``folder`` answer on free ports of this machine; returns its origin."""
    ports = []
    for _ in range(3):
        with serve.listen(Listen("127.0.0.1", 0)) as listener:
            ports.append(serve.bound(listener).port)
    peer, operations, web = ports
    origin = f"http://left.localhost:{web}"
    config = Config(
        peer=Listen("127.0.0.1", peer),
        operations=Listen("127.0.0.1", operations),
        web=WebSection(port=web, origin=origin),
    )
    (folder / configs.FILE_NAME).write_text(configs.render(config), "utf-8")
    return origin


@contextmanager
def served(folder: Path, origin: str) -> Iterator[None]:
    """``parley serve`` in a process of its own, for as long as the block runs."""
    secret = folder.parent / "passphrase"
    secret.touch(0o600)
    secret.write_bytes(desks.PASSPHRASE)
    command = [sys.executable, "-P", "-m", "parley", "serve", "--desk", str(folder)]
    environment = {n: value for n, value in os.environ.items() if not n.startswith("PARLEY_")}
    with (
        (folder.parent / "serve.log").open("wb") as log,
        subprocess.Popen(  # noqa: S603 - our own program, no shell
            [*command, "--passphrase-file", str(secret)],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            env=environment,
        ) as process,
    ):
        try:
            _wait_for(process, origin)
            yield
        finally:
            process.terminate()


def _wait_for(process: subprocess.Popen[bytes], origin: str) -> None:
    """Wait until the desk answers.

    :raises RuntimeError: it has ended, or does not.
    """
    deadline = time.monotonic() + _START_SECONDS
    while process.poll() is None and time.monotonic() < deadline:
        browser = Browser(origin, "")
        try:
            browser.get("/sign-in")
            return
        except (OSError, http.client.HTTPException):
            time.sleep(0.1)
        finally:
            browser.close()
    raise RuntimeError("the desk does not answer")
