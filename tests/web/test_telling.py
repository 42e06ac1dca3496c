"""How an officer is told: alerts and their routes, and feeds for a calendar program."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import delete
from starlette.testclient import TestClient

from parley.application import alerts, calendar_feed
from parley.application.desk import Desk
from parley.domain.alerts import AlertKind
from parley.kernel.errors import ParleyError
from parley.kernel.reasons import Reason
from parley.store import alerts as rows
from parley.store import roster as roster_rows
from parley.store import tables
from parley.store.alerts import AlertRow
from parley.store.roster import HandoverRow
from parley.wire.alert_text import Message
from parley.wire.alerter import Routes
from tests.support.pair import Pair, reopened
from tests.web import readers
from tests.web.readers import reader
from tests.web.sent import filled, form

ELSEWHERE = {"sec-fetch-site": "cross-site"}
MAIL = {"way": "mail:smtp", "address": "duty@example.org", "from": "priority"}


class Bell:
    """A way of the house that keeps what it was to tell."""

    def __init__(self, wrong: Reason | None = None) -> None:
        self.told: list[Message] = []
        self._wrong = wrong

    def tell(self, message: Message, now: int) -> None:
        if self._wrong is not None:
            raise ParleyError(self._wrong, fact="x")
        self.told.append(message)


BELL = Bell()
ROUTES = Routes({("mail", "smtp"): BELL, ("command", "bell"): Bell(Reason.ALERT_COMMAND_FAILED)})


@pytest.fixture(scope="module")
def pair(lived: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pair]:
    folder = tmp_path_factory.mktemp("telling") / "desks"
    shutil.copytree(lived, folder)
    with reopened(folder) as found:
        yield found


@pytest.fixture
def desk(pair: Pair) -> Desk:
    return pair.left


@contextmanager
def told(desk: Desk, officer: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[TestClient]:
    """An officer of a house with ways for alerts, and a port for feeds."""
    of = readers.Site.of
    with monkeypatch.context() as patch:
        site = of(desk, readers.ORIGIN)._replace(
            routes=ROUTES, calendar="http://127.0.0.1:8472/calendar.ics"
        )
        patch.setattr(readers.Site, "of", lambda *_: site)
        with reader(desk, officer) as client:
            yield client


def test_a_route_is_added_tried_and_removed(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    with told(desk, "drafter", monkeypatch) as client:
        assert "No route tells you of anything" in client.get("/alerts").text
        wrong = client.post("/alerts/routes", data={**MAIL, "address": "<b>no mail</b>"})
        assert wrong.status_code == 422
        assert "&lt;b&gt;no mail" in wrong.text
        odd = client.post("/alerts/routes", data={**MAIL, "way": "mail:other"})
        assert odd.status_code == 422
        assert client.post("/alerts/routes", data={**MAIL, "from": "x"}).status_code == 422
        assert client.post("/alerts/routes", data=MAIL, headers=ELSEWHERE).status_code == 403
        assert client.post("/alerts/routes", data=MAIL).status_code == 303
        bell = {"way": "command:bell", "address": "", "from": "flash"}
        assert client.post("/alerts/routes", data=bell).status_code == 303
        page = client.get("/alerts").text
        assert "duty@example.org" in page
        tried = client.post("/alerts/routes/try").text
        first, second = (one.number for one in alerts.routes(desk, "drafter"))
        assert f"Route {first} has told." in tried
        assert f"Route {second} did not tell." in tried
        assert len(BELL.told) == 1
        with told(desk, "duty", monkeypatch) as other:
            assert other.post(f"/alerts/routes/{first}/remove").status_code == 422
            assert "duty@example.org" not in other.get("/alerts").text
        assert client.post(f"/alerts/routes/{first}/remove").status_code == 303
        assert [one.number for one in alerts.routes(desk, "drafter")] == [second]


def test_a_house_without_ways_says_who_adds_one(desk: Desk) -> None:
    with reader(desk, "auditor") as client:
        page = client.get("/alerts").text
        assert "This house has configured no way for alerts" in page
        assert client.post("/alerts/routes", data=MAIL).status_code == 422


def test_how_one_is_told_is_changed_on_the_page(desk: Desk) -> None:
    with reader(desk, "legal") as client:
        sent = filled(form(client.get("/alerts").text, "/alerts/settings"))
        sent |= {"language": ["ar"], "zone": ["Asia/Riyadh"], "quiet": ["22:00-07:00"]}
        assert client.post("/alerts/settings", data=sent).status_code == 303
        found = alerts.settings(desk, "legal")
        assert (found.language, found.zone, found.quiet_from) == ("ar", "Asia/Riyadh", 22 * 60)
        wrong = client.post("/alerts/settings", data={**sent, "quiet": "<b>9</b>"})
        assert wrong.status_code == 422
        assert "&lt;b&gt;9" in wrong.text
        assert client.post("/alerts/settings", data={**sent, "quiet": ""}).status_code == 303
        assert alerts.settings(desk, "legal").quiet_from is None


def test_a_feeds_password_is_shown_once_and_opens_it_until_it_is_revoked(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    with told(desk, "drafter", monkeypatch) as client:
        assert client.post("/me/calendar/make", headers=ELSEWHERE).status_code == 403
        made = client.post("/me/calendar/make", data={"subjects": "1"}).text
        (token,) = set(re.findall(r'data-copy="([A-Za-z0-9_-]{43})"', made))
        assert "http://127.0.0.1:8472/calendar.ics" in made
        assert token not in client.get("/me/calendar").text
        feed = calendar_feed.by_token(desk, "drafter", token)
        assert feed is not None
        name = calendar_feed.every(desk, "drafter")[0].name
        with reader(desk, "duty") as other:
            assert other.post("/me/calendar/revoke", data={"feed": name}).status_code == 422
            assert name not in other.get("/me/calendar").text
        assert client.post("/me/calendar/revoke", data={"feed": name}).status_code == 303
        assert calendar_feed.by_token(desk, "drafter", token) is None
        file = client.post("/me/calendar/file")
        assert file.text.startswith("BEGIN:VCALENDAR")
        assert file.headers["content-disposition"] == 'attachment; filename="parley.ics"'


def test_a_desk_that_serves_no_feeds_says_so(desk: Desk) -> None:
    with reader(desk, "auditor") as client:
        page = client.get("/me/calendar").text
        assert "This desk serves no feeds yet" in page
        assert "Get the file" not in page
        assert client.post("/me/calendar/file").status_code == 403


@pytest.fixture
def long_served(pair: Pair) -> Iterator[Desk]:
    """A desk whose duty officer has many alerts, half of them ended, and many handovers."""
    desk = pair.left
    with desk.database.write() as connection:
        for number in range(260):
            row = AlertRow(
                id=number.to_bytes(8, "big"),
                key=f"trial:{number}",
                officer="duty",
                occasion=AlertKind.TRIAL.value,
                channel=None,
                case_id=None,
                precedence=0,
                at=1_000 + number // 3,
                deadline=None,
                wakes_at=0,
                passed_at=None,
                ended_at=5_000 if number % 2 else None,
                ended="acknowledged" if number % 2 else None,
                ended_by="duty" if number % 2 else None,
            )
            assert rows.add(connection, row)
        for number in range(1_000, 1_075):
            sealed = HandoverRow(
                number, b"", "duty", "head-of-office", number, number, 0, b"", number
            )
            roster_rows.add_handover(connection, sealed)
    yield desk
    with desk.database.write() as connection:
        connection.execute(delete(tables.alerts).where(tables.alerts.c.at < 2_000))
        connection.execute(delete(tables.handovers).where(tables.handovers.c.number >= 1_000))


def turned(client: TestClient, path: str, pattern: str) -> list[list[str]]:
    """What stands on each page of a list, from the first to the last."""
    pages: list[list[str]] = []
    while True:
        text = client.get(path).text
        pages.append(re.findall(pattern, text))
        following = re.search(r'rel="next" href="([^"]+)"', text)
        if following is None:
            return pages
        path = following[1].replace("&amp;", "&")


def test_long_lists_are_turned_over_page_by_page(long_served: Desk) -> None:
    with reader(long_served, "duty") as client:
        open_ = turned(client, "/alerts", r'name="alert" value="([0-9a-f]+)"')
        every = turned(client, "/alerts?all=1", r"<td>routine</td>")
        handovers = turned(client, "/roster", r'href="/roster/(1\d{3})"')
        odd = [client.get(f"/alerts?before={text}").status_code for text in ("zz", "00", "ff" * 8)]
    numbers = [int(one, 16) for page in open_ for one in page if int(one, 16) < 260]
    assert sorted(numbers) == list(range(0, 260, 2))
    assert [number // 3 for number in numbers] == sorted((n // 3 for n in numbers), reverse=True)
    assert max(map(len, open_)) == 50
    assert sum(map(len, every)) >= 260
    assert [one for page in handovers for one in page] == [str(n) for n in range(1_074, 999, -1)]
    assert max(map(len, handovers)) == 30
    assert odd == [422, 422, 422]
