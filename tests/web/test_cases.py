"""Cases on the web desk: the list, the page of one, search, proof, papers, dossiers."""

from __future__ import annotations

import io
import re
import shutil
from collections.abc import Iterator
from html import unescape
from pathlib import Path
from urllib.parse import quote

import pytest
from starlette.testclient import TestClient

from parley.application import cases, inbox
from parley.application.cases import Summary
from parley.application.desk import Desk
from parley.application.search import LIMIT
from parley.application.writing import Writing
from parley.cli.demo import house
from parley.cli.demo.stage import RU
from parley.domain.shape import Scope
from parley.kernel import ids
from parley.record.dossier.verify import verify
from tests.support.pair import Pair, inquiry, reopened
from tests.web import story
from tests.web.readers import reader

DAY = 86_400
CASE = re.compile(r'href="/cases/([0-9a-f]{32})"')
PROOF = re.compile(r"/cases/[0-9a-f]{32}/acts/[0-9a-f]{64}/proof")


@pytest.fixture(scope="module")
def pair(lived: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pair]:
    folder = tmp_path_factory.mktemp("cases") / "desks"
    shutil.copytree(lived, folder)
    with reopened(folder) as found:
        found.clock.now += 60 * DAY
        yield found


@pytest.fixture
def desk(pair: Pair) -> Desk:
    return pair.left


@pytest.fixture
def duty(desk: Desk) -> Iterator[TestClient]:
    with reader(desk, "duty") as client:
        yield client


def every(desk: Desk) -> list[Summary]:
    return cases.summaries(desk, "duty")


def one(desk: Desk, kind: Scope, status: str | None = None) -> Summary:
    return next(
        found
        for found in every(desk)
        if found.row.kind == kind and status in (None, found.row.status)
    )


def path(summary: Summary) -> str:
    return f"/cases/{summary.row.case_id.hex()}"


# --- the list ------------------------------------------------------------------------------------


def test_the_list_has_all_cases_the_newest_first(desk: Desk, duty: TestClient) -> None:
    listed = list(dict.fromkeys(CASE.findall(duty.get("/cases").text)))
    assert listed == [found.row.case_id.hex() for found in reversed(every(desk))]


@pytest.mark.parametrize(
    ("query", "wanted"),
    [
        ("kind=proposal", lambda found: found.row.kind == "proposal"),
        ("kind=inquiry&status=closed", lambda found: found.row.status == "closed"),
        ("label=none-has-it", lambda _: False),
        ("party=RU", lambda _: True),
        ("precedence=flash", lambda _: False),
    ],
)
def test_a_list_is_narrowed(desk: Desk, duty: TestClient, query: str, wanted: object) -> None:
    assert callable(wanted)
    listed = set(CASE.findall(duty.get(f"/cases?{query}").text))
    assert listed == {found.row.case_id.hex() for found in every(desk) if wanted(found)}


def test_what_is_due_comes_by_deadline_page_by_page(
    desk: Desk, duty: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = list(dict.fromkeys(CASE.findall(duty.get("/cases?due=1").text)))
    assert len(whole) > 4
    monkeypatch.setattr("parley.web.pages.cases.SHOWN", 3)
    found, address = [], "/cases?due=1"
    while address:
        text = duty.get(address).text
        found += list(dict.fromkeys(CASE.findall(text)))
        following = re.search(r'rel="next" href="([^"]+)"', text)
        address = unescape(following[1]) if following else ""
    assert found == whole


def test_a_wrong_filter_says_so_and_keeps_what_was_typed(duty: TestClient) -> None:
    answer = duty.get("/cases?words=%20*&kind=inquiry")
    assert "There is a problem" in answer.text
    assert "There is a problem" in duty.get("/cases?party=nobody").text


def test_a_filter_is_kept_and_forgotten(duty: TestClient) -> None:
    name = 'My "own" <filter>'
    kept = duty.post("/cases/filters", data={"name": name, "kind": "notice"})
    assert kept.status_code == 303
    text = duty.get(kept.headers["location"]).text
    assert len(set(CASE.findall(text))) == 2
    assert "<filter>" not in text
    gone = duty.post("/cases/filters/remove", data={"name": name})
    assert gone.headers["location"] == "/cases"
    assert "filter=" not in duty.get("/cases").text


def test_whoever_sees_no_case_sees_none(desk: Desk) -> None:
    found = one(desk, Scope.INQUIRY)
    with reader(desk, "auditor") as client:
        listed = client.get("/cases").text
        assert "Your roles see no cases." in listed
        assert not CASE.search(listed)
        assert client.get("/search?q=illustration").status_code == 403
        assert client.get(path(found)).status_code in (403, 404)
        assert client.get(f"{path(found)}/dossier").status_code in (403, 404)
        assert client.get(f"{path(found)}/print").status_code in (403, 404)


def test_the_custodian_sees_contacts_alone(desk: Desk) -> None:
    inquiry, contacts = one(desk, Scope.INQUIRY), one(desk, Scope.CONTACTS)
    with reader(desk, "custodian") as client:
        listed = set(CASE.findall(client.get("/cases").text))
        closed, nothing = client.get(path(inquiry)), client.get("/cases/" + 32 * "0")
        text = client.get(path(contacts)).text
    assert contacts.row.case_id.hex() in listed
    assert inquiry.row.case_id.hex() not in listed
    assert (closed.status_code, nothing.status_code) == (404, 404)
    assert "/proof" not in text
    assert "/print" not in text


# --- search --------------------------------------------------------------------------------------


def test_words_are_found_and_marked(duty: TestClient) -> None:
    text = duty.get("/search?q=scans+test").text
    assert "<mark>scans</mark>" in text
    assert re.search(r'<h3><a href="/cases/[0-9a-f]{32}\?at=([0-9a-f]+)#act-\1"', text)
    assert "Nothing that you may read" in duty.get("/search?q=zzzz").text
    assert "There is a problem" in duty.get("/search?q=%2A").text


def test_what_was_found_is_turned_over_page_by_page(duty: TestClient) -> None:
    found, path = list[str](), "/search?q=illustration"
    while True:
        text = duty.get(path).text
        leads = re.findall(r'<h3><a href="([^"]+)"', text)
        assert 0 < len(leads) <= LIMIT
        found += leads
        following = re.search(r'href="([^"]+)" rel="next"', text)
        if following is None:
            break
        path = unescape(following[1])
    (said,) = re.findall(r'<h2 id="found">(\d+) statements', text)
    assert LIMIT < len(found) == len(set(found)) == int(said)


# --- a case --------------------------------------------------------------------------------------


def test_every_case_has_its_page(desk: Desk, duty: TestClient) -> None:
    for found in every(desk):
        answer = duty.get(path(found))
        assert answer.status_code == 200
        assert answer.text.count("<article") == found.state.size
        assert not re.search(r"<style|\sstyle=|\son[a-z]+=", answer.text)


def test_a_card_keeps_delivery_and_substance_apart(desk: Desk, duty: TestClient) -> None:
    text = duty.get(path(one(desk, Scope.INQUIRY, "closed"))).text
    card = text[text.index("<article") : text.index("</article>")]
    substance = card[card.index("substance-line") : card.index("seal-line")]
    delivery = card[card.index("seal-line") :]
    assert ">stands<" in substance
    assert [">Signed<" in delivery, ">Received<" in delivery, ">Opened<" in delivery] == [True] * 3
    assert "stands" not in delivery
    # Of our own statement nobody here knows who opened it.
    assert "the other side does not tell" in delivery
    assert delivery.count("How do you know?") == 4


def test_questions_stand_beside_their_answers(desk: Desk, duty: TestClient) -> None:
    text = duty.get(path(one(desk, Scope.INQUIRY, "closed"))).text
    table = text[text.index('<table class="questions">') : text.index("</table>")]
    assert table.count("<tr>") == 4
    assert "by statement 4" in table


def test_each_text_says_its_language(desk: Desk) -> None:
    found = one(desk, Scope.INQUIRY, "closed")
    with reader(desk, "duty", language="ar") as client:
        text = client.get(path(found)).text
    assert 'lang="ar"' in text
    assert re.search(r'<summary>الروسية[^<]*</summary>\s*<div class="passage">', text)
    assert '<p dir="ltr" lang="ru">' in text


def test_an_acknowledgement_is_one_press(desk: Desk) -> None:
    found = next(
        one
        for one in every(desk)
        if one.row.kind == "inquiry"
        and one.channel.own_index != one.state.opener
        and one.row.status == "asked"
    )
    with reader(desk, "duty") as client:
        before = client.get(path(found)).text
        assert f'action="{path(found)}/acknowledge"' in before
        assert client.post(f"{path(found)}/acknowledge").status_code == 303
        after = client.get(path(found)).text
        again = client.post(f"{path(found)}/acknowledge")
    assert after.count("<article") == before.count("<article") + 1
    assert f'action="{path(found)}/acknowledge"' not in after
    assert again.status_code == 422
    assert "There is a problem" in again.text


def test_whoever_may_not_has_nothing_to_press(desk: Desk) -> None:
    found = one(desk, Scope.PROPOSAL)
    with reader(desk, "legal") as client:
        text = client.get(path(found)).text
        assert client.post(f"{path(found)}/number", data={"number": "1"}).status_code == 403
    assert "/write?" not in text
    assert f"{path(found)}/number" not in text
    with reader(desk, "drafter") as client:
        text = client.get(path(found)).text
    assert "/write?case=" in text
    assert f'href="/proposals/{found.row.case_id.hex()}"' in text


def test_the_register_is_written_on_the_page(desk: Desk, duty: TestClient) -> None:
    found = one(desk, Scope.NOTICE)
    for change in ({"number": "7/<b>"}, {"add": "urgent & <i>"}):
        name = "number" if "number" in change else "label"
        assert duty.post(f"{path(found)}/{name}", data=change).status_code == 303
    text = duty.get(path(found)).text
    assert "7/&lt;b&gt;" in text
    assert "urgent &amp; &lt;i&gt;" in text
    assert "urgent" in duty.get("/cases").text
    listed = set(CASE.findall(duty.get("/cases?label=" + quote("urgent & <i>")).text))
    assert listed == {found.row.case_id.hex()}
    wrong = duty.post(f"{path(found)}/number", data={"number": "x" * 200})
    assert wrong.status_code == 422
    assert "x" * 200 in wrong.text
    assert duty.post(f"{path(found)}/label", data={"remove": "urgent & <i>"}).status_code == 303
    assert "urgent" not in duty.get(path(found)).text


def test_others_are_told_of_a_case_at_once(desk: Desk, duty: TestClient) -> None:
    case = path(one(desk, Scope.INQUIRY))
    assert "Have others told at once" in duty.get(case).text
    told = duty.post(f"{case}/escalate", data={"to": "next-channel"})
    assert told.status_code in (200, 422)
    assert ("Told of the case" in told.text) is (told.status_code == 200)
    assert duty.post(f"{case}/escalate", data={"to": "<b>x</b>"}).status_code == 422
    with reader(desk, "drafter") as client:
        assert "Have others told at once" not in client.get(case).text
        assert client.post(f"{case}/escalate", data={"to": "head"}).status_code == 403


def test_nothing_is_changed_from_elsewhere(desk: Desk, duty: TestClient) -> None:
    where = path(one(desk, Scope.NOTICE))
    for name in ("acknowledge", "number", "label", "classify", "dossier"):
        answer = duty.post(f"{where}/{name}", headers={"sec-fetch-site": "cross-site"})
        assert answer.status_code == 403


# --- proof, papers, dossiers ---------------------------------------------------------------------


def test_a_proof_is_explained_in_six_sentences(desk: Desk, duty: TestClient) -> None:
    text = duty.get(path(one(desk, Scope.INQUIRY, "closed"))).text
    found = PROOF.findall(text)[0]
    page = duty.get(found)
    assert page.status_code == 200
    sentences = page.text[page.text.index('<ol class="sentences">') :]
    assert sentences[: sentences.index("</ol>")].count("<li>") == 6
    assert "<svg" in page.text
    assert "PARLEY/V1/" in page.text
    file = duty.post(found)
    assert re.fullmatch(
        r'attachment; filename="[A-Za-z0-9._-]+\.json"', file.headers["content-disposition"]
    )
    assert file.json()["statement"] in found
    # The log is what an auditor reads: the proof, and not the case.
    with reader(desk, "auditor") as client:
        seen = client.get(found)
    assert seen.status_code == 200
    assert 'href="/cases/' not in seen.text
    other = path(one(desk, Scope.NOTICE))
    assert duty.get(found.replace(found[:39], other)).status_code == 404


def test_a_dossier_is_made_and_verifies(desk: Desk, duty: TestClient) -> None:
    found = one(desk, Scope.INQUIRY, "closed")
    page = duty.get(f"{path(found)}/dossier").text
    made = duty.post(f"{path(found)}/dossier")
    assert made.headers["content-disposition"].startswith("attachment; ")
    assert int(made.headers["content-length"]) == len(made.content)
    report = verify(io.BytesIO(made.content))
    assert report.case == found.row.case_id.hex()
    facts = next(name for name in re.findall(r'value="([^"]+)"', page) if name.endswith(":facts"))
    less = duty.post(f"{path(found)}/dossier", data={"withhold": facts})
    assert verify(io.BytesIO(less.content)).withheld
    wrong = duty.post(f"{path(found)}/dossier", data={"withhold": "nothing/here"})
    assert wrong.status_code == 422


def test_a_text_that_stands_elsewhere_is_not_handed_out_unsaid(
    desk: Desk, duty: TestClient
) -> None:
    found = one(desk, Scope.INQUIRY, "closed")
    page = duty.get(f"{path(found)}/dossier").text
    named = re.findall(r'value="([^"]+:registry/own)"', page)[:1]
    asked = duty.post(f"{path(found)}/dossier", data={"withhold": named})
    assert "Nothing was handed out yet" in asked.text
    anyway = duty.post(f"{path(found)}/dossier", data={"withhold": named, "regardless": "1"})
    assert verify(io.BytesIO(anyway.content)).withheld


def test_a_paper_has_its_style_and_nothing_else(desk: Desk, duty: TestClient) -> None:
    found = one(desk, Scope.INQUIRY, "closed")
    of_one = PROOF.findall(duty.get(path(found)).text)[0].removesuffix("proof") + "print"
    for where in (f"{path(found)}/print", of_one):
        paper = duty.get(where)
        assert paper.status_code == 200
        policy = paper.headers["content-security-policy"]
        assert re.fullmatch(
            r"default-src 'none'; style-src 'sha256-[A-Za-z0-9+/=]{44}'; base-uri 'none'; "
            r"form-action 'none'; frame-ancestors 'none'",
            policy,
        )
        assert policy.partition("; frame-ancestors")[0] in unescape(paper.text)
        assert "<script" not in paper.text
    with reader(desk, "custodian") as client:
        contacts = one(desk, Scope.CONTACTS)
        assert client.get(f"{path(contacts)}/print").status_code == 403


def test_a_custodian_is_told_of_directories_alone(pair: Pair) -> None:
    ru = story.staged(pair.folders[0].parent, pair).sides[RU]
    said = {"contacts/1/name": "Person 1", "offices/1/name@en": "An office", "subject@en": "People"}
    codes = {"first": 1, "contacts": 1, "offices": ((1, "diplomatic"),), "at": ((1, 1),)}
    nomination = house.pass_through(ru, Writing("contact-nomination", said, codes))
    pair.append(pair.right, inquiry(pair.channel(pair.right), ids.new_case_id()))
    pair.settle()
    came = inbox.unopened(pair.left, "duty", count=1000).waiting
    (mine,) = inbox.unopened(pair.left, "custodian", count=1000).waiting
    assert mine.view.entry.leaf == nomination.leaf
    assert mine.view.entry.leaf in {one.view.entry.leaf for one in came}
    assert len(came) > 1
