"""The pages of the record and of the house: who reads what, and what they say."""

from __future__ import annotations

import re
import shutil
import zipfile
from collections.abc import Iterator
from hashlib import sha256
from io import BytesIO
from pathlib import Path

import pytest

from parley.application import channels, house_record
from parley.application.desk import Desk
from parley.domain.housekeeping import HouseAct
from parley.kernel.reasons import Reason
from parley.record.dossier import verify as dossiers
from parley.record.house import verify
from parley.record.house.format import HouseEntry
from parley.store import channels as channel_rows
from parley.store import proofs
from parley.store.house_log import Sought
from parley.web import tree
from tests.support.pair import Pair, reopened
from tests.web.readers import reader

EVERYBODY = Sought(officer=None, act=None, case=None, draft=None)


@pytest.fixture(scope="module")
def pair(lived: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pair]:
    folder = tmp_path_factory.mktemp("record") / "desks"
    shutil.copytree(lived, folder)
    with reopened(folder) as found:
        yield found


@pytest.fixture
def desk(pair: Pair) -> Desk:
    return pair.left


@pytest.fixture
def place(desk: Desk) -> str:
    return f"/record/{channels.find(desk, None).id.hex()}"


def test_the_log_stands_with_its_trees_and_heads(desk: Desk, place: str) -> None:
    standing = channels.standings(desk)[0]
    with reader(desk, "auditor") as client:
        text = client.get(place).text
    assert text.count("<tr id=") == standing.own + standing.peer
    assert text.count("Ed25519") == 2
    assert text.count("<polygon") == sum(
        count.bit_count() for count in [standing.own + standing.peer] * 2
    )


def test_older_statements_stand_on_a_page_of_their_own(desk: Desk, place: str) -> None:
    with reader(desk, "auditor") as client:
        text = client.get(f"{place}?before=10").text
        odd = client.get(f"{place}?before=x")
    assert re.findall(r'<tr id="p(\d+)"', text) == [str(number) for number in range(10)]
    assert odd.status_code == 404


@pytest.mark.parametrize("path", ["/record/00", "/record/zz", f"/record/{'00' * 32}"])
def test_a_channel_that_is_none_is_not_there(desk: Desk, path: str) -> None:
    with reader(desk, "auditor") as client:
        assert client.get(path).status_code == 404


def test_keys_of_both_sides_stand_with_their_fingerprints(desk: Desk) -> None:
    with reader(desk, "auditor") as client:
        text = client.get("/keys").text
    assert text.count("Fingerprint, words") == 2


def test_where_nobody_has_lied_the_page_says_what_would_stand_there(desk: Desk) -> None:
    with reader(desk, "auditor") as client:
        page, none = client.get("/evidence"), client.get("/evidence/00aabb")
    assert "Nobody has signed two things here that contradict each other." in page.text
    assert none.status_code in {404, 422}


def test_the_house_record_is_read_by_the_auditor_alone(desk: Desk) -> None:
    with reader(desk, "drafter") as client:
        assert client.get("/house/record?shown=1").status_code == 403
    with reader(desk, "auditor") as client:
        before = house_record.extent(desk).size
        form = client.get("/house/record")
        assert house_record.extent(desk).size == before
        text = client.get("/house/record?shown=1&officer=legal&act=draft-cleared").text
        assert house_record.extent(desk).size == before + 1
    assert form.status_code == 200
    cells = re.findall(r"<tr><td>.*?</tr>", text, re.DOTALL)
    assert cells
    assert all("draft cleared" in one or "legal" in one for one in cells)


def test_duty_is_planned_offered_and_taken(desk: Desk) -> None:
    with reader(desk, "superior") as client:
        planned = client.post("/roster/plan", data={"name": "duty", "until": "8h", "rank": "1"})
        wrong = client.post("/roster/plan", data={"name": "nobody", "until": "8h", "rank": "1"})
    assert planned.status_code == 303
    assert wrong.status_code == 422
    assert "nobody" in wrong.text
    with reader(desk, "duty") as client:
        text = client.get("/roster").text
        none = client.get("/roster/999")
    assert "duty" in text
    assert none.status_code in {404, 422}


def test_alerts_are_acknowledged_from_the_page(desk: Desk) -> None:
    with reader(desk, "duty") as client:
        page = client.get("/alerts")
        nothing = client.post("/alerts/acknowledge", data={})
    assert page.status_code == 200
    assert nothing.status_code == 422


@pytest.mark.parametrize("size", [0, 1, 2, 7, 26, 100_000])
def test_a_tree_has_a_subtree_for_each_bit_of_its_size(size: int) -> None:
    made = tree.picture(size, size // 2)
    assert sum(one.leaves for one in made.subtrees) == size
    assert len(made.subtrees) == size.bit_count()
    assert made.height < 300
    assert all(not one.agreed for one in made.subtrees[1:])


def test_a_halted_channel_is_opened_again_by_two(desk: Desk, pair: Pair, place: str) -> None:
    with desk.database.write(pair.channel_id) as connection:
        channel_rows.halt(connection, pair.channel_id, "fork-root")
    why = {"reason": "Both signed <b>it</b>"}
    with reader(desk, "drafter") as client:
        assert "Ask that it be opened again" not in client.get(place).text
        assert client.post(f"{place}/reopen", data=why).status_code in (403, 422)
    with reader(desk, "legal") as client:
        elsewhere = {"sec-fetch-site": "cross-site"}
        assert client.post(f"{place}/reopen", data=why, headers=elsewhere).status_code == 403
        assert client.post(f"{place}/reopen", data={"reason": "a\nb"}).status_code == 422
        assert client.post(f"{place}/reopen", data=why).status_code == 303
        page = client.get(place).text
        assert "Both signed &lt;b&gt;it&lt;/b&gt;" in page
        assert "waits for a second officer" in page
    with reader(desk, "authoriser") as client:
        assert client.post(f"{place}/reopen", data=why).status_code == 303
        page = client.get(place).text
        assert "open from then on" in page
        assert "Ask that it be opened again" not in page


def test_a_shift_is_taken_off_by_whoever_plans(desk: Desk) -> None:
    with reader(desk, "superior") as client:
        client.post("/roster/plan", data={"name": "duty", "until": "8h", "rank": "2"})
        number = re.findall(r"/roster/shifts/(\d+)/remove", client.get("/roster").text)[-1]
    path = f"/roster/shifts/{number}/remove"
    with reader(desk, "duty") as client:
        assert "/roster/shifts/" not in client.get("/roster").text
        assert client.post(path).status_code == 403
    with reader(desk, "superior") as client:
        assert client.post(path).status_code == 303
        assert client.post(path).status_code == 422


def test_the_house_record_leaves_as_a_file_that_proves_it(desk: Desk, tmp_path: Path) -> None:
    with reader(desk, "drafter") as client:
        assert client.post("/house/record/prove").status_code == 403
    with reader(desk, "auditor") as client:
        assert "Get the proof" in client.get("/house/record?shown=1").text
        sent = client.post("/house/record/prove", data={"entries": "0 1"})
        assert client.post("/house/record/prove", data={"entries": "<b>"}).status_code == 422
    file = tmp_path / "house.proof"
    file.write_bytes(sent.content)
    assert len(verify.verify(file).entries) == 2


def noted(desk: Desk, act: HouseAct) -> HouseEntry:
    """The newest such entry of the house record."""
    page = house_record.read(desk, "auditor", EVERYBODY._replace(act=act.value), 0)
    return page.entries[-1].entry


def test_a_channel_leaves_as_a_dossier_that_verifies(
    desk: Desk, place: str, tmp_path: Path
) -> None:
    standing = channels.standings(desk)[0]
    with reader(desk, "legal") as client:
        assert f'action="{place}/dossier"' in client.get(place).text
        answer = client.post(f"{place}/dossier")
    with reader(desk, "auditor") as client:
        assert f'action="{place}/dossier"' not in client.get(place).text
    assert answer.headers["content-disposition"].startswith("attachment;")
    file = tmp_path / "channel.dossier"
    file.write_bytes(answer.content)
    report = dossiers.verify(file)
    assert sum(one.statements for one in report.authors) == standing.own + standing.peer
    assert report.case is None
    assert report.voids == ()
    kept = noted(desk, HouseAct.DOSSIER_EXPORTED)
    assert (kept.officer, (kept.digest or b"").hex()) == ("legal", report.digest)


@pytest.mark.parametrize("kind", ["tiles", "their-tiles", "scitt"])
def test_a_log_leaves_for_other_tools_without_a_text(desk: Desk, place: str, kind: str) -> None:
    with reader(desk, "auditor") as client:
        answer = client.post(f"{place}/log", data={"kind": kind})
    with zipfile.ZipFile(BytesIO(answer.content)) as archive:
        names = archive.namelist()
        assert archive.testzip() is None
    assert ("checkpoint" in names) == (kind != "scitt")
    assert kind != "scitt" or sum(name.endswith(".scitt") for name in names) > 10
    assert noted(desk, HouseAct.RECORD_EXPORTED).officer == "auditor"


def test_what_cannot_be_handed_out_says_why(desk: Desk, place: str) -> None:
    with reader(desk, "auditor") as client:
        odd = client.post(f"{place}/log", data={"kind": "all"})
        unread = client.post(f"{place}/dossier")
    assert (odd.status_code, unread.status_code) == (422, 403)
    assert "There is a problem" in odd.text
    with reader(desk, "custodian") as client:
        assert client.post(f"{place}/log", data={"kind": "tiles"}).status_code == 403
        assert client.post("/evidence/refused/00aabb/file").status_code == 403
    with reader(desk, "legal") as client:
        elsewhere = client.post(f"{place}/dossier", headers={"sec-fetch-site": "cross-site"})
        assert elsewhere.status_code == 403


def test_what_was_refused_leaves_as_it_came(desk: Desk, place: str) -> None:
    data = b"<script>nothing that stands</script>"
    with desk.database.write(channels.find(desk, None).id) as connection:
        proofs.quarantine(
            connection,
            channel=channels.find(desk, None).id,
            digest=sha256(data).digest(),
            reason=Reason.SIGNATURE_INVALID.value,
            data=data,
            now=desk.clock(),
            at_most=100,
        )
    path = f"/evidence/refused/{sha256(data).hexdigest()}/file"
    with reader(desk, "auditor") as client:
        assert f'action="{path}"' in client.get("/evidence").text
        answer = client.post(path)
    assert answer.content == data
    assert answer.headers["content-type"] == "application/octet-stream"
    assert answer.headers["content-disposition"].startswith("attachment;")
