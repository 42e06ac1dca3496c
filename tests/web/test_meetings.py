"""The register of meetings in a browser, and a meeting whose minutes are not agreed."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from parley.application import meetings
from parley.application.meetings import Period
from parley.application.writing import Writing
from parley.cli.demo import house
from parley.cli.demo.stage import RU, US, Side
from tests.web import story
from tests.web.readers import reader


class Lived:
    """Two desks after the story, with their officers."""

    def __init__(self, staged: story._Together) -> None:
        self.us: Side = staged.sides[US]
        self.ru: Side = staged.sides[RU]
        self.pair = staged.pair
        self.desk = staged.pair.left

    def say(self, side: Side, writing: Writing) -> None:
        house.pass_through(side, writing)
        self.pair.settle()

    def meeting(self, subject: str) -> str:
        """The case of a meeting that was declared, by a word of its subject."""
        page = meetings.register(self.desk, "drafter", Period("0001", "9999"), None)
        return next(one.case.hex() for one in page.lines if subject in one.subject["en"])


@pytest.fixture(scope="module")
def lived_through(lived: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lived]:
    folder = tmp_path_factory.mktemp("meetings") / "desks"
    shutil.copytree(lived, folder)
    with story.stage(folder) as staged:
        yield Lived(staged)


def text_of(page: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page.partition("<main")[2]))


def test_a_gap_in_the_register_says_that_it_is_one(lived_through: Lived) -> None:
    with reader(lived_through.desk, "drafter") as client:
        page = client.get("/meetings").text
    dinner = next(row for row in page.split("<li>") if "informal contact at a dinner" in row)
    ours, theirs = text_of("<main>" + dinner).split("Declared by RU")
    assert "No statement This side has said nothing of it here." in ours
    assert "2017-07-07" not in ours
    assert "2017-07-07" in theirs
    assert "Denied : by RU" in theirs


def test_a_period_is_looked_at_alone(lived_through: Lived) -> None:
    with reader(lived_through.desk, "drafter") as client:
        page = client.get("/meetings?from=2017-08&to=2017-08").text
        wrong = client.get("/meetings?from=yesterday")
        turned = client.get("/meetings?from=2018&to=2017")
    assert "Manila" in page
    assert "Hamburg" not in page
    assert (wrong.status_code, turned.status_code) == (422, 422)
    assert 'value="yesterday"' in wrong.text


def test_whoever_sees_no_case_sees_no_meeting(lived_through: Lived) -> None:
    case = lived_through.meeting("Hamburg")
    for officer, status in (("drafter", 200), ("custodian", 404), ("auditor", 403)):
        with reader(lived_through.desk, officer) as client:
            listed, shown = client.get("/meetings"), client.get(f"/meetings/{case}")
        assert listed.status_code == 200
        assert ("Hamburg" in listed.text) is (officer == "drafter")
        assert shown.status_code == status


def test_both_versions_of_the_minutes_stand_beside_each_other(lived_through: Lived) -> None:
    one = lived_through
    case = one.meeting("Manila")
    ours = {"items/1/text@en": "They spoke for one hour.", "items/2/text@en": "Nothing was signed."}
    theirs = {
        "items/1/text@en": "They spoke for two hours <b>at least</b>.",
        "items/2/text@ar": "لم يُوقَّع شيء.",
        "reason@en": "The hours are wrong.",
    }
    one.say(one.us, Writing("minutes-draft", ours, case=bytes.fromhex(case)))
    with reader(one.desk, "drafter") as client:
        drafted = text_of(client.get(f"/meetings/{case}").text)
    one.say(one.ru, Writing("minutes-not-agreed", theirs, case=bytes.fromhex(case)))
    with reader(one.desk, "drafter") as client:
        page = client.get(f"/meetings/{case}").text
        absent = client.get(f"/meetings/{case}?language=fa").text
    assert "Version of us (US)" in drafted
    assert "not agreed; each side" in text_of(page)
    only = '<span class="unseen" lang="en">only here: </span>'
    assert f"<del>{only}one </del>" not in page  # words differ, the space behind them does not
    assert f"<del>{only}one hour" in page
    assert f"<ins>{only}two hours &lt;b&gt;at least&lt;/b&gt;" in page
    assert "<b>at least" not in page
    assert '<div class="wording" dir="ltr" lang="en">Nothing was signed.' in page
    assert 'dir="rtl" lang="ar">لم يُوقَّع شيء.' in page  # in no other language, and shown
    assert "The hours are wrong." in page
    assert "They spoke for" in absent


def test_agreed_minutes_stand_as_such_with_reservations(lived_through: Lived) -> None:
    one = lived_through
    case = bytes.fromhex(one.meeting("Hamburg"))
    one.say(one.ru, Writing("minutes-draft", {"items/1/text@en": "A truce was named."}, case=case))
    reserved = {"reservations/1/text@en": "The word truce is theirs."}
    one.say(one.us, Writing("minutes-agreement", reserved, case=case))
    with reader(one.desk, "drafter") as client:
        page = text_of(client.get(f"/meetings/{case.hex()}").text)
    assert "agreed with reservations" in page
    assert "A truce was named." in page
    assert "The word truce is theirs." in page
