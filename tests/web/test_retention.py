"""Keeping and erasing in the browser: what is due, holds, and erasures by agreement."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import msgspec
import pytest

from parley.application import cases, draft_keeping, erasing, erasures
from parley.application.desk import Desk
from parley.domain.shape import Scope
from tests.support.pair import Pair, reopened
from tests.web.readers import reader
from tests.web.test_writing import step

ELSEWHERE = {"sec-fetch-site": "cross-site"}


@pytest.fixture(scope="module")
def pair(lived: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pair]:
    folder = tmp_path_factory.mktemp("retention") / "desks"
    shutil.copytree(lived, folder)
    with reopened(folder) as found:
        found.clock.now += 400 * 86_400
        yield found


@pytest.fixture
def desk(pair: Pair) -> Desk:
    return pair.left


def closed(desk: Desk) -> str:
    """The number of a meeting that is over."""
    found, _more = cases.page(desk, "drafter", kind=Scope.MEETING.value, count=50)
    return found[0].row.case_id.hex()


def let_go(desk: Desk, path: str) -> None:
    """A draft's way out of the house, by two authorisers."""
    with (
        reader(desk, "drafter") as drafter,
        reader(desk, "legal") as legal,
        reader(desk, "authoriser") as first,
        reader(desk, "second-authoriser") as second,
    ):
        view = draft_keeping.find(desk, "drafter", path.rpartition("/")[2])
        frozen = drafter.post(f"{path}/submit", data={"revision": str(view.revision)})
        assert frozen.status_code == 303, frozen.text
        step(legal, path, "clear")
        step(first, path, "authorise")
        assert draft_keeping.find(desk, "drafter", view.id.hex()).released is None
        step(second, path, "authorise")


def agree(pair: Pair, case: str) -> str:
    """Have both sides agree to erase a case's texts, and carry it out; returns the erasure."""
    with reader(pair.left, "drafter") as client:
        sent = client.post("/retention/propose", data={"case": case, "reason": "purpose-ended"})
        assert sent.status_code == 303, sent.text
    let_go(pair.left, sent.headers["location"])
    pair.settle()
    (proposed,) = erasures.every(pair.right, "drafter")
    number = proposed.row.case_id.hex()
    with reader(pair.right, "drafter") as client:
        assert "type=erasure-consent" in client.get(f"/erasures/{number}").text
        values = {"type": "erasure-consent", "case": number, "do": "save"}
        sent = client.post("/write", data=values)
        assert sent.status_code == 303, sent.text
    let_go(pair.right, sent.headers["location"])
    pair.settle()
    for _ in range(3):
        for side in (pair.left, pair.right):
            erasing.advance(side)
        pair.settle()
    return number


def test_a_hold_is_placed_by_one_and_lifted_by_another(desk: Desk) -> None:
    case = closed(desk)
    with reader(desk, "legal") as client:
        wrong = client.post("/retention/holds", data={"case": "<b>0</b>", "ground": "audit"})
        assert wrong.status_code in (404, 422)
        assert "<b>0</b>" not in wrong.text
        held = {"case": case[:12], "ground": "litigation"}
        assert client.post("/retention/holds", data=held, headers=ELSEWHERE).status_code == 403
        assert client.post("/retention/holds", data=held).status_code == 303
        again = client.post("/retention/holds", data=held)
        assert "under a legal hold already" in again.text
        assert case[:12] in again.text
        own = client.post("/retention/holds/1/lift")
        assert own.status_code == 422
        assert "Nobody lifts a hold of their own" in own.text
        assert "Lift hold 1" not in client.get("/retention").text
    with reader(desk, "drafter") as client:
        assert client.post("/retention/holds", data=held).status_code == 403
        assert client.post("/retention/holds/1/lift").status_code == 403
        refused = client.post("/retention/propose", data={"case": case, "reason": "purpose-ended"})
        if refused.status_code == 303:
            path = refused.headers["location"]
            view = draft_keeping.find(desk, "drafter", path.rpartition("/")[2])
            refused = client.post(f"{path}/submit", data={"revision": str(view.revision)})
        assert refused.status_code == 422
        assert "legal hold" in refused.text


def test_whoever_sees_no_case_finds_nothing(desk: Desk) -> None:
    with reader(desk, "auditor") as client:
        page = client.get("/retention")
        assert page.status_code == 200
        assert "Your roles see no cases." in page.text
        assert client.post("/retention/propose-due").status_code == 403
        assert client.get(f"/erasures/{closed(desk)}").status_code in (403, 404)


def test_what_is_due_says_by_which_rule_and_becomes_drafts(desk: Desk) -> None:
    with reader(desk, "drafter") as client:
        none = client.post("/retention/propose-due")
        assert none.status_code == 422
        assert "Nothing whose retention has expired" in none.text
    policy = replace_retention(desk)
    with reader(policy, "drafter") as client:
        page = client.get("/retention?days=9000").text
        assert "the rule of the house" in page
        assert "10 days" in page
        assert client.get("/retention?days=x").status_code == 404
        assert "Draft the proposal" in page
        assert client.post("/retention/propose-due", headers=ELSEWHERE).status_code == 403
        assert client.post("/retention/propose-due").headers["location"] == "/drafts"


def replace_retention(desk: Desk) -> Desk:
    """The desk as of a house that keeps the texts of every closed case for ten days."""
    kept = {scope.value: 10 * 86_400 for scope in Scope if scope is not Scope.ERASURE}
    return replace(desk, policy=msgspec.structs.replace(desk.policy, retention=kept))


def test_an_erasure_goes_its_way_and_the_proof_stays(pair: Pair) -> None:
    desk = pair.left
    found, _more = cases.page(desk, "drafter", kind=Scope.UNDERSTANDING.value, count=50)
    case = found[0].row.case_id.hex()
    number = agree(pair, case)
    with reader(desk, "drafter") as client:
        listed = client.get("/retention").text
        assert f"/erasures/{number}" in listed
        page = client.get(f"/erasures/{number}").text
        assert "deleted on this desk" in page
        assert "own word, which nobody can prove" in page
        proof = page.partition("/proof")[0].rpartition('"')[2] + "/proof"
        assert client.get(proof).status_code == 200
        assert client.get(f"/erasures/{case}").headers["location"] == f"/cases/{case}"
        assert client.get("/erasures/zz").status_code == 404
        assert "What is erased, and what stays" in client.get(f"/cases/{number}").text
