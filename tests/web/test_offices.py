"""What an administrator settles in the browser: offices, hours, deadlines, roles in one case."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import expect
from starlette.testclient import TestClient

from parley.application import channels, officers, offices
from parley.application.desk import Desk
from parley.application.offices import Settled
from parley.domain.act import Precedence
from parley.domain.escalation import DEFAULTS
from parley.domain.posts import Post
from tests.support.pair import reopened
from tests.web.acting import fill, press
from tests.web.desks import Desks, People
from tests.web.readers import reader

BOSS = "boss"
DAY = 86_400


@pytest.fixture
def desk(lived: Path, tmp_path: Path) -> Iterator[Desk]:
    shutil.copytree(lived, tmp_path / "desks")
    with reopened(tmp_path / "desks") as found:
        officers.add(found.left, BOSS, ["administrator"])
        yield found.left


@pytest.fixture
def boss(desk: Desk) -> Iterator[TestClient]:
    with reader(desk, BOSS) as client:
        yield client


def settled(desk: Desk) -> Settled:
    return offices.every(desk)[0]


def send(client: TestClient, desk: Desk, path: str, **fields: str) -> int:
    data = {"office": settled(desk).id.hex(), **{n.replace("_", "-"): v for n, v in fields.items()}}
    return client.post(f"/offices/{path}", data=data).status_code


def test_officers_are_put_into_posts_and_taken_out(desk: Desk, boss: TestClient) -> None:
    assert send(boss, desk, "put", post="deputy", officer="drafter") == 303
    assert settled(desk).posts.posts[Post.DEPUTY] == ("drafter",)
    assert 'value="drafter"' in boss.get("/offices").text
    assert send(boss, desk, "leave", post="deputy", officer="drafter") == 303
    assert not settled(desk).posts.posts.get(Post.DEPUTY)
    assert send(boss, desk, "leave", post="deputy", officer="drafter") == 422
    assert send(boss, desk, "put", post="king", officer="drafter") == 422
    # Nobody gives themselves a post, by this page neither.
    assert send(boss, desk, "put", post="head", officer=BOSS) == 422


def test_hours_and_holidays_are_settled(desk: Desk, boss: TestClient) -> None:
    week = "mon-thu 09:00-13:00,14:00-18:00\r\nfri 09:00-13:00"
    assert send(boss, desk, "hours", week=week, zone="Asia/Kathmandu") == 303
    table = settled(desk).timetable
    assert table.zone == "Asia/Kathmandu"
    assert [len(spans) for spans in table.week] == [2, 2, 2, 2, 1, 0, 0]
    # What stands in the form again is what was settled.
    again = boss.get("/offices").text
    assert "fri 09:00-13:00</textarea>" in again
    assert send(boss, desk, "days", days="2027-01-01..2027-01-03", name="<b>New Year") == 303
    assert [one.name for one in settled(desk).timetable.special] == ["<b>New Year"] * 3
    assert "<b>New Year" not in boss.get("/offices").text
    assert send(boss, desk, "days/remove", days="2027-01-02") == 303
    assert len(settled(desk).timetable.special) == 2
    file = {"file": ("days.txt", b"2027-05-01 Day\n2027-05-09 Another\n")}
    data = {"office": settled(desk).id.hex()}
    assert boss.post("/offices/days/file", data=data, files=file).status_code == 303
    assert len(settled(desk).timetable.special) == 4
    assert send(boss, desk, "hours", week="", zone="Asia/Kathmandu", always="1") == 303
    assert settled(desk).timetable.week == (((0, 1440),),) * 7


@pytest.mark.parametrize(
    ("path", "fields", "kept"),
    [
        ("hours", {"week": "someday 09:00-10:00", "zone": "UTC"}, "someday 09:00-10:00"),
        ("hours", {"week": "mon 09:00-10:00", "zone": "Mars/Base"}, "Mars/Base"),
        ("days", {"days": "2027-02-30"}, "2027-02-30"),
        ("days", {"days": "2027-01-01..2029-01-01"}, "2027-01-01..2029-01-01"),
        ("days", {"days": "2027-01-01", "of_day": "25:00-26:00"}, "25:00-26:00"),
        ("days/remove", {"days": "never"}, "never"),
    ],
)
def test_what_is_wrong_stands_there_to_be_mended(
    desk: Desk, boss: TestClient, path: str, fields: dict[str, str], kept: str
) -> None:
    before = settled(desk)
    data = {"office": before.id.hex(), **{n.replace("_", "-"): v for n, v in fields.items()}}
    answer = boss.post(f"/offices/{path}", data=data)
    assert answer.status_code == 422
    assert "There is a problem" in answer.text
    assert kept in answer.text
    assert settled(desk) == before


def test_how_deadlines_are_watched_is_settled(desk: Desk, boss: TestClient) -> None:
    data = {"precedence": "1", "before": "2d,4h", "deputy": "3h", "head": "never", "next": "9h"}
    assert boss.post("/offices/plans", data=data).status_code == 303
    plan = offices.plans(desk)[Precedence.PRIORITY]
    assert (plan.before, plan.deputy, plan.head) == ((2 * DAY, 4 * 3600), 3 * 3600, None)
    assert (plan.next_channel, plan.any_hour) == (9 * 3600, False)
    wrong = boss.post("/offices/plans", data={**data, "deputy": "soon"})
    assert wrong.status_code == 422
    assert 'value="soon"' in wrong.text
    assert boss.post("/offices/plans", data={"precedence": "9"}).status_code == 422
    assert boss.post("/offices/plans", data={"precedence": "1", "default": "1"}).status_code == 303
    assert offices.plans(desk)[Precedence.PRIORITY] == DEFAULTS[Precedence.PRIORITY]


def test_a_role_is_given_in_one_case_and_withdrawn(desk: Desk, boss: TestClient) -> None:
    channel, case = channels.find(desk, None).id.hex(), "ab" * 16
    data = {"officer": "auditor", "part": "auditor", "channel": channel, "case": case}
    assert boss.post("/officers/grant", data=data).status_code == 303
    (granted,) = next(one for one in officers.every(desk) if one.name == "auditor").granted
    assert (granted.role, granted.channel.hex(), (granted.case or b"").hex()) == (
        "auditor",
        channel,
        case,
    )
    assert 'action="/officers/withdraw"' in boss.get("/officers").text
    odd = boss.post("/officers/grant", data={**data, "case": "xyz"})
    assert odd.status_code == 422
    assert 'value="xyz"' in odd.text
    assert boss.post("/officers/grant", data={**data, "channel": "00"}).status_code == 422
    assert boss.post("/officers/grant", data={**data, "officer": BOSS}).status_code == 422
    assert boss.post("/officers/withdraw", data=data).status_code == 303
    assert next(one for one in officers.every(desk) if one.name == "auditor").granted == ()


@pytest.mark.parametrize("officer", ["drafter", "authoriser", "auditor"])
def test_nobody_else_settles_anything(desk: Desk, officer: str) -> None:
    before = settled(desk)
    with reader(desk, officer) as client:
        assert client.get("/offices").status_code == 403
        assert send(client, desk, "put", post="head", officer="legal") == 403
        assert send(client, desk, "hours", week="", zone="UTC") == 403
        assert send(client, desk, "days", days="2027-01-01") == 403
        assert client.post("/offices/plans", data={"precedence": "1"}).status_code == 403
        grant = {
            "officer": "legal",
            "part": "auditor",
            "channel": channels.find(desk, None).id.hex(),
        }
        assert client.post("/officers/grant", data=grant).status_code == 403
    assert settled(desk) == before


def test_an_administrator_does_it_in_a_browser(people: People, desks: Desks) -> None:
    us = desks.us
    officers.add(us.desk, BOSS, ["administrator"])
    page = people.sit(us, BOSS)
    page.goto("/offices")
    id_ = settled(us.desk).id.hex()
    page.locator(f"#office-{id_} summary").click()
    fill(page, {f"days-{id_}": "2027-01-01..2027-01-08", f"called-{id_}": "New Year"})
    press(page, "Add")
    expect(page.locator(f"#office-{id_}")).to_contain_text("New Year")
    page.locator(f"#office-{id_} summary").click()
    fill(page, {f"hours-{id_}": "mon-fri nine to five"})
    page.locator(f"#always-{id_}").uncheck()
    press(page, "Save the hours")
    # It is open, with what was typed, and one is led there.
    expect(page.locator(f"#hours-{id_}")).to_have_value("mon-fri nine to five")
    page.get_by_role("alert").get_by_role("link").click()
    expect(page.locator(f"#hours-{id_}")).to_be_visible()
