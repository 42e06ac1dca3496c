"""Writing in the browser: one form for every type, saved as one goes, frozen, approved and sent."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from httpx2 import Response
from starlette.testclient import TestClient

from parley.application import cases, choices, draft_keeping, drafts
from parley.application.desk import Desk
from parley.domain.catalogue import CATALOGUE, spec_of
from parley.domain.draft import Stage
from parley.kernel.errors import ParleyError
from parley.kernel.reasons import Reason
from parley.presentation import composing
from parley.presentation.composing import Asking
from parley.presentation.typed import Typed, pairs_of
from tests.support.pair import Pair, reopened
from tests.web.readers import reader
from tests.web.sent import Pairs, filled, form


@pytest.fixture(scope="module")
def pair(lived: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pair]:
    folder = tmp_path_factory.mktemp("writing") / "desks"
    shutil.copytree(lived, folder)
    with reopened(folder) as found:
        found.clock.now += 3 * 86_400
        yield found


@pytest.fixture
def desk(pair: Pair) -> Desk:
    return pair.left


@pytest.fixture
def drafter(desk: Desk) -> Iterator[TestClient]:
    with reader(desk, "drafter") as client:
        yield client


def begin(client: TestClient, desk: Desk, **values: str) -> str:
    """A draft of an inquiry, unfinished but for ``values``; returns its path."""
    channel = desk_channel(desk)
    page = client.get(f"/write?channel={channel}&type=inquiry")
    sent = filled(form(page.text, "/write"), do="save", **values)
    answer = client.post("/write", data=sent)
    assert answer.status_code == 303, answer.text
    return str(answer.headers["location"])


def desk_channel(desk: Desk) -> str:
    with desk.database.read() as connection:
        return next(channel.id.hex() for channel, _row in desk.channels(connection))


def said(client: TestClient, path: str) -> Pairs:
    return form(client.get(path).text, path.partition("?")[0])


WHOLE = {
    "subject__en": "Scans",
    "incident__en": "Exercise 9",
    "facts__en": "Made up, and happened nowhere.",
    "questions__1__text__en": "Who was it?",
    "severity": "low",
    "reply_wanted": "30d",
}


# --- choosing ------------------------------------------------------------------------------------


def test_what_may_be_written_is_what_the_case_takes(desk: Desk) -> None:
    """Every type that is offered makes a form; what is refused is refused by the case's rules."""
    taken = 0
    for row in cases.summaries(desk, "drafter"):
        offered = choices.in_case(desk, "drafter", row.channel, row.row.case_id)
        assert all(CATALOGUE[one.type].scope.value == row.row.kind for one in offered)
        taken += sum(one.refused is None for one in offered)
        assert all(isinstance(one.refused, ParleyError | None) for one in offered)
    assert taken > 10


def test_roles_that_write_nothing_are_offered_nothing(desk: Desk) -> None:
    channel = cases.summaries(desk, "legal")[0].channel
    assert choices.to_open(desk, "legal", channel) == []
    opened = {one.type for one in choices.to_open(desk, "drafter", channel)}
    assert {"inquiry", "meeting", "proposal", "attribution"} <= opened
    assert "contact-nomination" not in opened
    custodian = {one.type for one in choices.to_open(desk, "custodian", channel)}
    assert custodian == {"contact-nomination"}


def test_a_form_stands_for_every_type(desk: Desk, drafter: TestClient) -> None:
    channel = desk_channel(desk)
    with reader(desk, "drafter", language="ar") as arabic:
        for type_ in ("inquiry", "meeting", "proposal", "attribution", "case-share", "notice"):
            page = drafter.get(f"/write?channel={channel}&type={type_}")
            assert page.status_code == 200
            names = [name for name, _ in form(page.text, "/write")]
            assert "subject.en" in names or "statement.en" in names or "report.en" in names, names
            page = arabic.get(f"/write?channel={channel}&type={type_}")
            assert '<html lang="ar" dir="rtl"' in page.text


def test_what_an_address_gives_stands_in_the_form(desk: Desk, drafter: TestClient) -> None:
    channel = desk_channel(desk)
    page = drafter.get(f"/write?channel={channel}&type=inquiry&subject.en=%3Cb%3Ex&severity=high")
    sent = dict(form(page.text, "/write"))
    assert (sent["subject.en"], sent["severity"]) == ("<b>x", "high")
    assert "<b>x" not in page.text


# --- one way from a form, a file and a writing ---------------------------------------------------


def test_a_draft_as_a_form_is_the_same_draft(desk: Desk) -> None:
    for released in (False, True):
        for view in draft_keeping.every(desk, "drafter", released=released):
            # Numbers that go on from those of the case are those of today's case.
            if not spec_of(view.type).authorisers or any(
                rule.start for rule in spec_of(view.type).codes
            ):
                continue
            typed = Typed(view.type, pairs_of(view.writing, "en"), "en")
            asking = Asking("drafter", view.channel, view.case, view.type, "en")
            again = composing.compose(desk, asking, typed.entries(), unfinished=True)
            kept = {
                path: value
                for path, value in view.writing.values.items()
                if not path.startswith(("story/", "attachments/"))
            }
            assert again.values == kept, view.type
            assert again.codes.items() <= view.writing.codes.items(), view.type


# --- errors --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("field", "value", "place"),
    [
        ("reply_wanted", "soon", "reply-wanted"),
        ("severity", "extreme", "severity"),
        ("evidence__1__sha256", "xyz", "evidence.1.sha256"),
        ("about", "ffff00", ""),
    ],
)
def test_an_error_leads_to_its_field_and_nothing_is_lost(
    desk: Desk, drafter: TestClient, field: str, value: str, place: str
) -> None:
    channel = desk_channel(desk)
    page = drafter.get(f"/write?channel={channel}&type=inquiry")
    sent = filled(form(page.text, "/write"), **{**WHOLE, field: value}, do="save")
    answer = drafter.post("/write", data=sent)
    assert answer.status_code == 422
    kept = dict(form(answer.text, "/write"))
    assert kept["facts.en"] == WHOLE["facts__en"]
    assert kept[field.replace("__", ".").replace("_", "-")] == value
    if place:
        assert f'<a href="#{place}">' in answer.text
        assert f'id="{place}"' in answer.text


def test_what_is_missing_is_asked_for_when_the_text_is_frozen(
    desk: Desk, drafter: TestClient
) -> None:
    path = begin(drafter, desk, subject__en="Half")
    answer = drafter.post(path, data=filled(said(drafter, path), do="freeze"))
    assert answer.status_code == 422
    assert re.search(
        r'<a href="#(severity|facts.en|incident.en|questions.1.text.en)">', answer.text
    )
    found = draft_keeping.find(desk, "drafter", path.rpartition("/")[2])
    assert found.stage == Stage.DRAFTED


def test_rows_and_languages_come_and_go_with_all_that_was_typed(
    desk: Desk, drafter: TestClient
) -> None:
    path = begin(drafter, desk, **WHOLE)
    page = drafter.post(path, data=filled(said(drafter, path), do="more:questions"))
    sent = form(page.text, path)
    assert "questions.2.text.en" in dict(sent)
    page = drafter.post(
        path, data=filled(sent, questions__2__text__en="Why?", add_language="ru", do="language")
    )
    sent = form(page.text, path)
    assert dict(sent)["questions.2.text.en"] == "Why?"
    assert dict(sent)["subject.ru"] == ""
    page = drafter.post(path, data=filled(sent, do="drop:questions:1"))
    sent = form(page.text, path)
    assert "questions.1.text.en" not in dict(sent)
    assert drafter.post(path, data=filled(sent, do="save")).status_code == 303
    kept = draft_keeping.find(desk, "drafter", path.rpartition("/")[2]).writing
    assert kept.values["questions/1/text@en"] == "Why?"
    assert kept.codes["questions"] == 1


# --- saving --------------------------------------------------------------------------------------


def test_it_is_saved_as_one_goes(desk: Desk, drafter: TestClient) -> None:
    path = begin(drafter, desk, subject__en="One")
    sent = filled(said(drafter, path), facts__en="Two")
    answer = drafter.put(f"{path}/text", data=sent)
    assert (answer.status_code, answer.json()["revision"]) == (200, 2)
    again = drafter.put(f"{path}/text", data={**sent, "revision": ["2"]})
    assert again.json()["revision"] == 2, "the same text is no new revision"
    wrong = drafter.put(f"{path}/text", data={**sent, "revision": ["2"], "reply-wanted": ["x"]})
    assert (wrong.status_code, wrong.json()["field"]) == (422, "reply-wanted")


def test_who_was_slower_sees_both_texts_and_saves_over_them(
    desk: Desk, drafter: TestClient
) -> None:
    path = begin(drafter, desk, **WHOLE)
    mine = said(drafter, path)
    theirs = filled(mine, facts__en="Made up by another, and happened nowhere.", severity="high")
    theirs |= {"questions.2.offered": ["1"], "questions.2.text.en": ["From where?"]}
    assert drafter.post(path, data=theirs).status_code == 303
    saved = drafter.put(f"{path}/text", data=filled(mine, facts__en="Mine."))
    assert saved.status_code == 409
    answer = drafter.post(path, data=filled(mine, facts__en="Made up by me.", do="save"))
    assert answer.status_code == 409
    both = form(answer.text, path)
    assert dict(both)["facts.en"] == "Made up by me."
    assert dict(both)["questions.2.text.en"] == ""
    assert "<del>" in answer.text
    assert "by another, and happened nowhere" in answer.text
    assert "From where?" in answer.text
    assert 'id="theirs.severity"' in answer.text
    assert 'id="theirs.subject.en"' not in answer.text
    merged = filled(both, facts__en="Made up by both.", severity="high", do="save")
    merged["questions.2.text.en"] = ["From where?"]
    assert drafter.post(path, data=merged).status_code == 303
    kept = draft_keeping.find(desk, "drafter", path.rpartition("/")[2]).writing
    assert kept.values["facts@en"] == "Made up by both."
    assert kept.values["questions/2/text@en"] == "From where?"


def test_what_stands_frozen_is_not_saved_over_unasked(desk: Desk, drafter: TestClient) -> None:
    path = begin(drafter, desk, **WHOLE)
    assert drafter.post(path, data=filled(said(drafter, path), do="freeze")).status_code == 303
    page = drafter.get(path)
    assert "data-autosave" not in page.text
    assert "As it" not in page.text
    form_page = drafter.get(f"{path}?view=edit")
    assert 'class="manuscript"' in form_page.text
    assert "data-autosave" not in form_page.text


# --- its way out ---------------------------------------------------------------------------------


def step(client: TestClient, path: str, name: str, **values: str) -> Response:
    sent = filled(form(client.get(path).text, f"{path}/{name}"), **values)
    return client.post(f"{path}/{name}", data=sent)


def test_from_the_form_to_the_signed_statement(desk: Desk, drafter: TestClient) -> None:
    path = begin(drafter, desk, **WHOLE)
    assert drafter.post(path, data=filled(said(drafter, path), do="freeze")).status_code == 303
    frozen = draft_keeping.find(desk, "legal", path.rpartition("/")[2])
    assert frozen.sha256 is not None
    with reader(desk, "legal") as legal, reader(desk, "authoriser") as authoriser:
        assert f'href="{path}"' in legal.get("/drafts").text.partition('id="mine"')[0]
        page = legal.get(path)
        assert frozen.sha256.hex() in page.text
        assert f"{path}/authorise" not in page.text
        assert step(legal, path, "clear").status_code == 303
        assert step(authoriser, path, "authorise").status_code == 303
        page = authoriser.get(path)
    assert "Signed and queued" in page.text
    sent = draft_keeping.find(desk, "legal", path.rpartition("/")[2])
    assert sent.released is not None
    assert cases.find(desk, "drafter", sent.case.hex())


def test_nobody_authorises_without_showing_who_they_are(
    desk: Desk, pair: Pair, drafter: TestClient
) -> None:
    path = begin(drafter, desk, **WHOLE)
    drafter.post(path, data=filled(said(drafter, path), do="freeze"))
    with reader(desk, "legal") as legal:
        step(legal, path, "clear")
    with reader(desk, "authoriser") as authoriser:
        pair.clock.now += 20 * 60
        answer = step(authoriser, path, "authorise", regardless="1")
    assert answer.status_code == 403
    assert draft_keeping.find(desk, "legal", path.rpartition("/")[2]).authorised_by == ()


def test_a_step_is_of_exactly_the_text_that_stood_there(desk: Desk, drafter: TestClient) -> None:
    path = begin(drafter, desk, **WHOLE)
    drafter.post(path, data=filled(said(drafter, path), do="freeze"))
    with reader(desk, "legal") as legal:
        stood = form(legal.get(path).text, f"{path}/clear")
        sent = form(drafter.get(f"{path}?view=edit").text, path)
        drafter.post(path, data=filled(sent, subject__en="Other", do="freeze"))
        answer = legal.post(f"{path}/clear", data=dict(stood))
    assert answer.status_code == 422
    assert draft_keeping.find(desk, "legal", path.rpartition("/")[2]).cleared_by is None


def test_a_draft_is_given_back_and_given_up(desk: Desk, drafter: TestClient) -> None:
    path = begin(drafter, desk, **WHOLE)
    drafter.post(path, data=filled(said(drafter, path), do="freeze"))
    with reader(desk, "legal") as legal:
        assert step(legal, path, "return").status_code == 303
    assert 'class="manuscript"' in drafter.get(path).text
    page = drafter.get(f"{path}?view=read")
    sent = form(page.text, f"{path}/abandon")
    assert drafter.post(f"{path}/abandon", data=dict(sent)).status_code == 303
    assert path not in drafter.get("/drafts").text


def test_the_duty_officer_acknowledges_at_once(desk: Desk, pair: Pair) -> None:
    asked = [
        row
        for row in cases.summaries(desk, "duty")
        if row.row.kind == "inquiry"
        and any(
            one.type == "acknowledgement" and one.refused is None
            for one in choices.in_case(desk, "duty", row.channel, row.row.case_id)
        )
    ]
    assert asked
    case = asked[-1].row.case_id.hex()
    with reader(desk, "duty") as duty:
        assert "acknowledgement" in duty.get(f"/write?case={case}").text
        page = duty.get(f"/write?case={case}&type=acknowledgement")
        sent = filled(form(page.text, "/write"), registry_own="D-9", do="save")
        answer = duty.post("/write", data=sent)
    assert answer.headers.get("location") == f"/cases/{case}", answer.text
    view = cases.glance(desk, "duty", asked[-1].channel, asked[-1].row.case_id)
    assert view.acts[-1].statement.act.type == "acknowledgement"


# --- who may see what ----------------------------------------------------------------------------


def test_a_draft_is_there_for_who_may_read_it(desk: Desk, drafter: TestClient) -> None:
    path = begin(drafter, desk, **WHOLE)
    other = f"{path[:-4]}0000"
    for officer in ("auditor", "drafter"):
        with reader(desk, officer) as client:
            wanted = path if officer == "auditor" else other
            missing = client.get(wanted)
            assert missing.status_code == 404
            assert "Scans" not in missing.text
            assert client.put(f"{wanted}/text", data={"revision": "1"}).status_code == 404
            assert client.post(f"{wanted}/clear", data={"sha256": "00"}).status_code == 404
    with reader(desk, "auditor") as auditor:
        assert path not in auditor.get("/drafts").text
    refused = drafter.post(path, headers={"sec-fetch-site": "cross-site"})
    assert refused.status_code == 403


def test_nothing_unfinished_leaves(desk: Desk, drafter: TestClient) -> None:
    path = begin(drafter, desk, subject__en="Half")
    view = draft_keeping.find(desk, "drafter", path.rpartition("/")[2])
    with pytest.raises(ParleyError) as caught:
        drafts.submit(desk, "drafter", view.id, view.revision)
    assert caught.value.reason in {Reason.CODE_MISSING, Reason.FIELD_MISSING, Reason.CODE_INVALID}
    with pytest.raises(ParleyError) as caught:
        drafts.revise(desk, "drafter", view.id, view.writing, view.revision)
    assert caught.value.reason in {Reason.CODE_MISSING, Reason.FIELD_MISSING, Reason.CODE_INVALID}
