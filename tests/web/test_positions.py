"""Notices, attributions and denials, shares and recusals in a browser."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from parley.application import cases
from parley.domain.shape import Scope
from tests.support.pair import Pair, reopened
from tests.web.readers import reader


@pytest.fixture(scope="module")
def pair(lived: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pair]:
    folder = tmp_path_factory.mktemp("positions") / "desks"
    shutil.copytree(lived, folder)
    with reopened(folder) as found:
        yield found


def text_of(page: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page.partition("<main")[2]))


def case_of(pair: Pair, kind: Scope, subject: str) -> str:
    found, _more = cases.page(pair.left, "drafter", kind=kind.value)
    return next(one.row.case_id.hex() for one in found if subject in one.subject.get("en", ""))


def test_a_measure_stands_on_the_days_that_its_author_gives(pair: Pair) -> None:
    with reader(pair.left, "drafter") as client:
        before = text_of(client.get("/notices?day=2016-11-30").text)
        perhaps = text_of(client.get("/notices?day=2016-12-15").text)
        after = client.get("/notices?day=2017-08-02")
        wrong = client.get("/notices?day=someday")
    assert "Of no measure is it said that it was in force on this day." in before
    assert "Perhaps: its dates leave open" in perhaps
    assert "It names 5 whole sectors:" in text_of(after.text)
    assert "755 expelled Our directory (US)" in text_of(after.text)
    assert wrong.status_code == 422
    assert 'value="someday"' in wrong.text


def test_each_denial_stands_beside_what_it_denies(pair: Pair) -> None:
    attributed = case_of(pair, Scope.POSITION, "attribution")
    denied = next(
        one.row.case_id.hex()
        for one in cases.page(pair.left, "drafter", kind=Scope.POSITION.value)[0]
        if one.row.case_id.hex() != attributed
    )
    with reader(pair.left, "drafter") as client:
        every = client.get("/positions").text
        one = text_of(client.get(f"/positions/{attributed}").text)
        other = text_of(client.get(f"/positions/{denied}").text)
    assert every.count("<article") == 2
    claim, reply = one.split("denial statement 2")
    assert "Confidence not stated" in claim
    assert "Claimant not named in the source" in claim
    assert "Object the interference" in reply
    assert "No statement This side has said nothing of it here." in other
    assert "informal contact at a dinner" in other


def test_a_figure_is_as_sure_as_its_claimant_says(pair: Pair) -> None:
    with reader(pair.left, "drafter") as client:
        page = text_of(client.get("/shares").text)
    assert "about 11,000,000" in page
    assert "more than 500,000,000" in page
    assert page.count("thought likely prosecutors in the United States") == 2


@pytest.mark.parametrize("path", ["/notices", "/positions", "/shares"])
def test_lists_show_nothing_to_whoever_sees_no_case(pair: Pair, path: str) -> None:
    with reader(pair.left, "auditor") as client:
        answer = client.get(path)
        unknown = client.get(f"{path}?before={'0' * 32}")
    assert answer.status_code == 200
    assert "Your roles see no cases." in answer.text
    assert unknown.status_code == 200
    with reader(pair.left, "drafter") as client:
        assert client.get(f"{path}?before={'0' * 32}").status_code == 404
        assert client.get(f"{path}?before=x").status_code == 404


def test_a_recused_officer_finds_nothing_and_is_told_who_acts(pair: Pair) -> None:
    attributed = case_of(pair, Scope.POSITION, "attribution")
    manila = case_of(pair, Scope.MEETING, "Manila")
    with reader(pair.left, "head-of-office") as client:
        own = text_of(client.get("/recusals").text)
        gone = client.get(f"/positions/{attributed}")
        nowhere = client.get(f"/positions/{'0' * 32}")
        listed = client.get("/positions").text
    assert "head-of-office keeps out, deputy acts instead" in own
    assert "It is not shown to you" in own
    assert attributed[:12] not in own
    assert (gone.status_code, nowhere.status_code) == (404, 404)
    assert text_of(gone.text) == text_of(nowhere.text)
    assert attributed not in listed
    with reader(pair.left, "drafter") as client:
        assert client.get(f"/meetings/{manila}").status_code == 200
        declared = {"cases": manila, "delegate": "duty", "ground": "former-part"}
        elsewhere = {"sec-fetch-site": "cross-site"}
        assert client.post("/recusals", data=declared, headers=elsewhere).status_code == 403
        unfit = client.post("/recusals", data={**declared, "delegate": "drafter"})
        assert client.post("/recusals", data=declared).status_code == 303
        assert client.get(f"/meetings/{manila}").status_code == 404
        assert "Manila" not in client.get("/meetings").text
        assert client.post("/recusals/2/end").status_code == 422
    assert unfit.status_code == 422
    assert manila in unfit.text


def test_recusals_are_kept_by_whoever_records_them(pair: Pair) -> None:
    attributed = case_of(pair, Scope.POSITION, "attribution")
    recorded = {
        "officer": "second-authoriser",
        "cases": attributed,
        "linked": "1",
        "delegate": "authoriser",
        "ground": "appearance",
    }
    with reader(pair.left, "drafter") as client:
        assert client.post("/recusals", data=recorded).status_code == 422
        assert "Who keeps out" not in client.get("/recusals").text
    with reader(pair.left, "legal") as client:
        assert client.post("/recusals", data=recorded).status_code == 303
        page = client.get("/recusals").text
        number = re.findall(r'action="/recusals/(\d+)/delegate"', page)[-1]
        change = f"/recusals/{number}"
        assert client.post(f"{change}/delegate", data={"delegate": "deputy"}).status_code == 303
        told = client.post(f"{change}/disclosed", data={"case": attributed})
        assert "second-authoriser keeps out, deputy acts instead" in client.get("/recusals").text
        challenged = client.post(f"{change}/challenge")
        elsewhere = {"sec-fetch-site": "cross-site"}
        assert client.post(f"{change}/challenge", headers=elsewhere).status_code == 403
        assert client.post("/recusals/999/challenge").status_code == 422
    assert told.status_code == 422
    assert "stands. That legal challenged it is entry" in challenged.text
    assert "1 time; it stands" in challenged.text
    with reader(pair.left, "auditor") as client:
        seen = client.get("/recusals")
        assert attributed[:12] in seen.text
        assert f"/cases/{attributed}" not in seen.text
    with reader(pair.left, "duty") as client:
        assert "There is no recusal to be shown." in client.get("/recusals").text
