"""Directories in a browser: who answers, checks, many revoked with one act, files."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from parley.application import contacts, draft_keeping, drafts
from parley.application.contacts import Directory
from parley.domain.kinds.contacts_state import ContactStatus
from parley.domain.ranges import size
from tests.support.pair import Pair, reopened
from tests.web.readers import reader

TABLE = (
    "office,level,name,latin,languages,hours,telephone,key\n"
    "Line one,technical,Учебная запись,Uchebnaya zapis,ru,9-18 Europe/Moscow,+1 555 0100,aa\n"
    'Line one,technical,سجل تجريبي,Sijill tajribi,"ar, en",,+1 555 0101,bb\n'
    "Line two,technical,<b>Exercise</b>,,fa,,+1 555 0102,cc\n"
)


@pytest.fixture(scope="module")
def pair(lived: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pair]:
    folder = tmp_path_factory.mktemp("contacts") / "desks"
    shutil.copytree(lived, folder)
    with reopened(folder) as found:
        yield found


def directory(pair: Pair, *, own: bool, right: bool = False) -> Directory:
    desk = pair.right if right else pair.left
    return contacts.find(desk, "custodian", pair.channel(desk), own=own)


def text_of(page: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page.partition("<main")[2]))


def release(pair: Pair, location: str, *, right: bool = False) -> None:
    """The second officer lets a draft go that the page has frozen."""
    desk = pair.right if right else pair.left
    draft = draft_keeping.find(desk, "authoriser", location.removeprefix("/drafts/"))
    assert draft.sha256 is not None
    assert drafts.authorise(desk, "authoriser", draft.id, draft.sha256) is not None
    pair.settle()


def test_who_answers_now_is_said_of_both_sides(pair: Pair) -> None:
    with reader(pair.left, "duty") as client:
        page = text_of(client.get("/contacts").text)
    ours, theirs = page.split("Directory of RU")
    assert "revoked: 755" in ours
    assert ours.count("nobody; the office stands vacant") == 2
    assert "itself" in theirs
    assert "1 answered, 0 late, 0 failed, 0 waiting" in theirs


def test_a_long_directory_comes_in_pages(pair: Pair) -> None:
    here = f"/contacts/{directory(pair, own=True).case_id.hex()}"
    with reader(pair.left, "duty") as client:
        first, last = client.get(here).text, client.get(f"{here}?page=16").text
        none = text_of(client.get(f"{here}?status=active").text)
        odd = client.get(f"{here}?status=perhaps")
        beyond = client.get(f"{here}/756")
        single = client.get(f"{here}/755")
    assert "contact 0050" in first
    assert "contact 0051" not in first
    assert "contact 0755" in last
    assert "No contact is so." in none
    assert odd.status_code == 200
    assert "There is a problem" in odd.text
    assert (beyond.status_code, single.status_code) == (404, 200)


def test_the_duty_officer_alone_checks(pair: Pair) -> None:
    here = f"/contacts/{directory(pair, own=False).case_id.hex()}"
    with reader(pair.left, "drafter") as client:
        assert "Send a communication check" not in client.get(here).text
        assert client.post(f"{here}/check", data={"scenario": "routine"}).status_code == 403
    with reader(pair.left, "duty") as client:
        elsewhere = {"sec-fetch-site": "cross-site"}
        sent = {"scenario": "exercise", "office": "1"}
        assert client.post(f"{here}/check", data=sent, headers=elsewhere).status_code == 403
        assert client.post(f"{here}/check", data={"scenario": "war"}).status_code == 422
        answer = client.post(f"{here}/check", data=sent)
        page = text_of(client.get(here).text)
    assert answer.headers["location"] == f"{here}#checks"
    assert "1 waiting" in page
    pair.settle()
    theirs = f"/contacts/{directory(pair, own=True, right=True).case_id.hex()}"
    with reader(pair.right, "duty") as client:
        assert "Answer the communication check" in client.get(theirs).text
        client.post(f"{theirs}/answer")
    pair.settle()
    with reader(pair.left, "duty") as client:
        assert "2 answered, 0 late, 0 failed, 0 waiting" in text_of(client.get(here).text)


def test_a_file_is_tried_before_anything_is_drafted(pair: Pair) -> None:
    with reader(pair.left, "custodian") as client:
        before = len(draft_keeping.every(pair.left, "custodian"))
        faulty = client.post("/contacts/import", data={"file": "office,name\nx,\n"})
        tried = client.post("/contacts/import", data={"file": TABLE})
        assert len(draft_keeping.every(pair.left, "custodian")) == before
        drafted = client.post("/contacts/import/draft", data={"file": TABLE})
    assert faulty.status_code == 422
    assert "There is a problem" in faulty.text
    assert "The file comes to 3 contacts." in text_of(tried.text)
    assert "<b>Exercise" not in tried.text
    assert "2 new offices:" in text_of(tried.text)
    assert re.fullmatch(r"/drafts/[0-9a-f]+", drafted.headers["location"])
    release(pair, drafted.headers["location"])
    with reader(pair.left, "drafter") as client:
        assert client.get("/contacts/import").status_code == 403
    theirs = f"/contacts/{directory(pair, own=False, right=True).case_id.hex()}"
    with reader(pair.right, "custodian") as client:
        waiting = client.post(f"{theirs}/accept", data={"way": "filter"})
        assert "This act names 3 contacts." in text_of(waiting.text)
        frozen = client.post(f"{theirs}/accept/draft", data={"numbers": "756-758"})
    release(pair, frozen.headers["location"], right=True)


def test_contacts_are_found_by_place_and_language(pair: Pair) -> None:
    here = f"/contacts/{directory(pair, own=False, right=True).case_id.hex()}"
    with reader(pair.right, "duty") as client:
        whole = client.get(f"{here}?language=ar").text
        place = text_of(client.get(f"{here}?q=line+two").text)
        key = text_of(client.get(f"{here}?key=A:A").text)
        page = client.get(f"{here}?language=ru")
        revoked = text_of(client.get(f"{here}?key=dd").text)
    answering, _, arabic = text_of(whole).partition("Name, post or place")
    assert "Учебная запись Uchebnaya zapis Russian 9-18 Europe/Moscow , there it is" in answering
    assert "Sijill tajribi" in arabic
    assert "Arabic and English" in arabic
    assert "Uchebnaya" not in arabic
    assert "&lt;b&gt;Exercise" in place
    assert "1 contact " in place
    assert "Учебная запись" in key
    assert "there it is" in text_of(page.text)
    assert "<b>Exercise" not in page.text
    assert "Do not act upon what came under this key" in revoked


def test_many_are_revoked_with_one_act_that_two_officers_make(pair: Pair) -> None:
    here = f"/contacts/{directory(pair, own=False, right=True).case_id.hex()}/revoke"
    listed = "756-757\n+1 555 0102\n"
    with reader(pair.right, "custodian") as client:
        unknown = client.post(here, data={"way": "list", "list": "nobody at all\n"})
        empty = client.post(here, data={"way": "list", "list": " \n"})
        gone = client.post(here, data={"way": "filter", "status": "revoked"})
        counted = client.post(
            here,
            data={"way": "list", "list": listed, "ground": "expelled", "text": "In <i>answer</i>."},
        )
        assert [one.status_code for one in (unknown, empty, gone)] == [422, 422, 422]
        assert "nobody at all" in unknown.text
        said = text_of(counted.text)
        assert "With one signature 3 contacts are revoked at once." in said
        assert "2 offices would have nobody of their own left:" in said
        assert "<i>answer" not in counted.text
        numbers = re.search(r'name="numbers" value="([0-9,-]+)"', counted.text)
        assert numbers is not None
        assert numbers[1] == "756-758"
        data = {"numbers": numbers[1], "ground": "expelled", "text": "In answer."}
        frozen = client.post(f"{here}/draft", data={**data, "text-language": "en"})
    with reader(pair.right, "duty") as client:
        assert client.get(here).status_code == 403
        assert client.post(f"{here}/draft", data=data).status_code == 403
    assert size(contacts.select(directory(pair, own=True), [ContactStatus.REVOKED])) == 755
    release(pair, frozen.headers["location"], right=True)
    assert size(contacts.select(directory(pair, own=True), [ContactStatus.REVOKED])) == 758


def test_whoever_reads_no_directory_finds_none(pair: Pair) -> None:
    here = f"/contacts/{directory(pair, own=True).case_id.hex()}"
    with reader(pair.left, "auditor") as client:
        assert "Your roles read no directory." in client.get("/contacts").text
        assert client.get(here).status_code == 403
    with reader(pair.left, "drafter") as client:
        assert client.get("/contacts/" + "0" * 32).status_code == 404
