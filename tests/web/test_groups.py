"""Working groups, proposals and understandings as pages: whose words stand where."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator, Mapping
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from parley.application import cases, preparing
from parley.application.desk import Desk
from parley.application.writing import Writing
from parley.domain.act import ActType, Code
from parley.domain.kinds import proposal_state
from parley.domain.kinds.proposal_state import Proposal
from parley.domain.kinds.proposal_text import PENDING
from parley.kernel import ids
from parley.record.statement import Statement
from tests.support.pair import Pair, reopened
from tests.web.hostile import MARK
from tests.web.readers import reader

DAY = 86_400


@pytest.fixture(scope="module")
def pair(lived: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pair]:
    folder = tmp_path_factory.mktemp("groups") / "desks"
    shutil.copytree(lived, folder)
    with reopened(folder) as found:
        yield found


@pytest.fixture(scope="module")
def desk(pair: Pair) -> Desk:
    return pair.left


def say(
    pair: Pair,
    desk: Desk,
    type_: str,
    values: Mapping[str, Any],
    codes: Mapping[str, Code],
    case: bytes | None = None,
    reference: bytes | None = None,
) -> Statement:
    """A statement past the house's procedure, delivered."""
    channel = pair.channel(desk)
    writing = Writing(
        type_, dict(values), dict(codes), case or ids.new_case_id(), reference=reference
    )
    with desk.database.write(channel.id) as connection:
        prepared = preparing.prepare(connection, channel, writing)
        frozen = preparing.freeze(connection, channel, prepared)
        preparing.check(connection, channel, frozen, desk.clock())
        made = desk.ledger(connection, channel).append_own(frozen.act_bytes, frozen.body)
    pair.clock.now += 60
    pair.settle()
    return made


@pytest.fixture(scope="module")
def proposal(pair: Pair) -> bytes:
    """A proposal of ours in two versions and two languages; theirs stands beside unit 2."""
    left, right = pair.left, pair.right
    tabled = say(
        pair,
        left,
        ActType.PROPOSAL,
        {
            "subject@en": "Annual consultations",
            "units/1/text@en": "The parties consult.",
            "units/1/text@ar": "تتشاور الأطراف.",
            "units/2/text@en": "They meet once a year <b>.",
            "units/2/text@ar": "تجتمع مرة في السنة.",
        },
        {"units": ((1, PENDING), (2, PENDING)), "authentic": ("ar", "en")},
    )
    case = tabled.act.case
    say(
        pair,
        right,
        ActType.PROPOSAL_BRACKET,
        {
            "units/2/text@en": "They meet twice a year.",
            "units/2/text@ar": "تجتمع مرتين في السنة.",
            "units/2/rationale@en": "Once is too little.",
        },
        {"units": ((2, PENDING),), "authentic": ("ar", "en")},
        case,
        tabled.leaf,
    )
    say(
        pair,
        right,
        ActType.PROPOSAL_COMMENT,
        {"comments/1/text@en": "Who convenes?"},
        {"comments": (1,)},
        case,
        tabled.leaf,
    )
    say(
        pair,
        left,
        ActType.PROPOSAL_REVISION,
        {"units/1/text@en": "The parties consult regularly.", "units/1/text@ar": "تتشاور بانتظام."},
        {"units": ((1, PENDING),), "authentic": ("ar", "en"), "version": 2},
        case,
        tabled.leaf,
    )
    return case


def got(desk: Desk, path: str, officer: str = "drafter", language: str = "en") -> str:
    with reader(desk, officer, language=language) as client:
        answer = client.get(path)
    assert answer.status_code == 200, answer.text
    return answer.text


class _Elements(HTMLParser):
    """The elements of a page: names, classes, and what stands in ``ins`` and ``del``."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.classes: list[str] = []
        self.marked: list[tuple[str, str]] = []
        self._open: str | None = None
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.classes += (dict(attrs).get("class") or "").split()
        self._open = tag if tag in {"ins", "del"} else self._open
        if tag in {"ins", "del"}:
            self.marked.append((tag, ""))

    def handle_endtag(self, tag: str) -> None:
        self._open = None if tag == self._open else self._open

    def handle_data(self, data: str) -> None:
        if self._open:
            tag, before = self.marked[-1]
            self.marked[-1] = tag, before + data


def test_lists_say_where_each_stands_and_whose_move_it_is(desk: Desk, proposal: bytes) -> None:
    text = got(desk, "/groups")
    assert "Annual consultations" in text
    row = next(row for row in text.split("<tr>") if proposal.hex() in row)
    assert "in brackets" in row
    assert f'href="/proposals/{proposal.hex()}"' in row
    assert "There is no working group yet" in text


def test_brackets_stand_as_brackets_with_whose_they_are(desk: Desk, proposal: bytes) -> None:
    text = got(desk, f"/proposals/{proposal.hex()}")
    ours = text.index('<div class="variant own">')
    theirs = text.index('<div class="variant peer">')
    assert "us (US)" in text[ours:theirs]
    assert "They meet once a year &lt;b&gt;." in text[ours:theirs]
    rest = text[theirs:]
    assert re.search(r'<span class="sign">\[</span>They meet twice a year\.', rest)
    assert "Once is too little." in rest
    assert "There is no hash to agree to as long as there are brackets." in text
    assert text.index("Who convenes?") < ours, "the comment stands at its unit"
    assert text.count("has not agreed") == 2


def test_the_text_is_shown_in_the_language_asked_for(desk: Desk, proposal: bytes) -> None:
    text = got(desk, f"/proposals/{proposal.hex()}?in=ar")
    assert 'dir="rtl" lang="ar"' in text
    assert "تجتمع مرتين" in text
    assert "They meet" not in text


def test_a_version_is_the_openers_own_text(desk: Desk, proposal: bytes) -> None:
    first = got(desk, f"/proposals/{proposal.hex()}?version=1")
    assert "The parties consult." in first
    assert "twice" not in first
    with reader(desk, "drafter") as client:
        assert client.get(f"/proposals/{proposal.hex()}?version=9").status_code == 422
        assert client.get(f"/proposals/{proposal.hex()}?version=x").status_code == 422


def test_sides_are_columns_and_words_that_differ_are_marked(desk: Desk, proposal: bytes) -> None:
    text = got(desk, f"/proposals/{proposal.hex()}/compare?in=en")
    marked = _Elements(text).marked
    assert ("ins", "only here: twice") in [(tag, said.strip()) for tag, said in marked]
    assert any(tag == "del" and "once" in said for tag, said in marked)
    assert text.index('class="own">us (US)') < text.index('class="peer">RU')


def test_two_versions_and_two_proposals_stand_side_by_side(desk: Desk, proposal: bytes) -> None:
    path = f"/proposals/{proposal.hex()}/compare"
    versions = got(desk, f"{path}?old=1&new=2&in=en")
    assert "Version 1" in versions
    assert "regularly" in "".join(said for _tag, said in _Elements(versions).marked)
    found, _more = cases.page(desk, "drafter", kind="proposal")
    other = next(one.row.case_id for one in found if one.row.case_id != proposal)
    assert "<ins>" in got(desk, f"{path}?with={other.hex()}")
    assert "There is a problem" in got(desk, f"{path}?with={'0' * 32}")


def test_languages_stand_beside_each_other(desk: Desk, proposal: bytes) -> None:
    text = got(desk, f"/proposals/{proposal.hex()}/languages")
    row = text[text.index('<div class="wording" dir="rtl" lang="ar">') :]
    assert 'dir="ltr" lang="en"' in row
    assert "equally authentic with" in text


def test_an_agreed_text_has_its_hash_and_founds_a_group(pair: Pair, desk: Desk) -> None:
    left, right = pair.left, pair.right
    tabled = say(
        pair,
        left,
        ActType.PROPOSAL,
        {"subject@en": "A mandate", "units/1/text@en": "There is a group."},
        {"units": ((1, PENDING),), "authentic": ("en",)},
    )
    case = tabled.act.case
    channel = pair.channel(left)
    state = cases.show(left, channel, case, "drafter").summary.state.substance
    assert isinstance(state, Proposal)
    text = proposal_state.hash_of(state)
    assert text is not None
    say(pair, left, ActType.PROPOSAL_AGREEMENT, {}, {"text": text}, case, tabled.leaf)
    say(pair, right, ActType.PROPOSAL_AD_REFERENDUM, {}, {"text": text}, case, tabled.leaf)
    half = got(desk, f"/proposals/{case.hex()}")
    assert "has agreed: for good" in half
    assert "has agreed: ad referendum" in half
    assert text in half
    say(pair, right, ActType.PROPOSAL_AGREEMENT, {}, {"text": text}, case, tabled.leaf)
    assert "agreed by all" in got(desk, f"/proposals/{case.hex()}")
    mandate = {"mandate": text, "proposal": case.hex()}
    founded = say(
        pair, left, ActType.WORKING_GROUP, {"subject@en": "Joint group"}, mandate, None, None
    )
    group = founded.act.case
    page = got(desk, f"/groups/{group.hex()}")
    assert "There is no mandate that all members have signed." in page
    assert "not joined" in page
    say(pair, right, ActType.WORKING_GROUP_MANDATE, {}, mandate, group, founded.leaf)
    say(
        pair,
        right,
        ActType.WORKING_GROUP_MEMBERS,
        {"members/1/name@en": "A. Delegate", "members/1/role@en": "head"},
        {"members": 1},
        group,
        founded.leaf,
    )
    page = got(desk, f"/groups/{group.hex()}")
    assert "All members have signed one mandate" in page
    assert "A. Delegate" in page
    assert f'href="/proposals/{case.hex()}"' in page
    assert "Joint group" in got(desk, "/groups")


def test_a_silent_side_is_silent(pair: Pair, desk: Desk) -> None:
    made = say(
        pair,
        pair.right,
        ActType.UNDERSTANDING,
        {"subject@en": "A hot line", "occasion@en": "A talk", "text@en": "There is a line."},
        {"level": "ministers", "owner": "all-sides", "due": "2027-03-01"},
    )
    path = f"/understandings/{made.act.case.hex()}"
    page = got(desk, path)
    ours, theirs = page.index('<section class="version own"'), page.index('class="version peer"')
    assert "Has said nothing of this understanding." in page[ours:theirs]
    assert "There is a line." in page[theirs:]
    assert "There is a line." not in page[ours:theirs]
    register = got(desk, "/understandings")
    row = next(row for row in register.split("<tr>") if made.act.case.hex() in row)
    assert "silent" in row
    say(
        pair,
        pair.left,
        ActType.UNDERSTANDING,
        {"subject@en": "A hot line", "occasion@en": "A talk", "text@en": "There is no line."},
        {"level": "ministers", "owner": "all-sides"},
        made.act.case,
        made.leaf,
    )
    page = got(desk, path)
    assert "There is no text that both have given or confirmed." in page
    assert [tag for tag, _said in _Elements(page).marked] == ["del", "ins"]
    say(pair, pair.left, ActType.UNDERSTANDING_CONFIRMATION, {}, {}, made.act.case, made.leaf)
    assert "Both hold the version of RU, word for word." in got(desk, path)


PATHS = ("/proposals/{}", "/proposals/{}/compare", "/proposals/{}/languages")


def test_whoever_may_not_see_a_case_finds_no_page(desk: Desk, proposal: bytes) -> None:
    paths = ["/groups", "/understandings", *(path.format(proposal.hex()) for path in PATHS)]
    with reader(desk, "auditor") as client:
        assert {client.get(path).status_code for path in paths[2:]} == {403}
        for path in paths[:2]:
            lists = client.get(path)
            assert lists.status_code in {200, 403}
            assert not re.search(r"/(?:proposals|groups|understandings)/[0-9a-f]", lists.text)
    with reader(desk) as client:
        assert {client.get(path).status_code for path in paths} == {303}
    with reader(desk, "custodian") as client:
        assert {client.get(path).status_code for path in paths[2:]} == {404}
    with reader(desk, "drafter") as client:
        for path in (*PATHS, "/groups/{}", "/understandings/{}"):
            for wrong in ("0" * 32, "x" * 32, "0"):
                assert client.get(path.format(wrong)).status_code == 404
        assert client.post(f"/proposals/{proposal.hex()}").status_code == 405


def test_a_case_of_another_kind_is_found_where_it_stands(desk: Desk, proposal: bytes) -> None:
    with reader(desk, "drafter") as client:
        for path in ("/groups/{}", "/understandings/{}"):
            answer = client.get(path.format(proposal.hex()))
            assert answer.headers["location"] == f"/cases/{proposal.hex()}"


def test_hostile_texts_stay_texts(besieged: Path) -> None:
    with reopened(besieged) as pair:
        desk = pair.left
        paths = ["/groups", "/understandings"]
        for kind in ("proposal", "working-group", "understanding"):
            found, _more = cases.page(desk, "drafter", kind=kind)
            area = {"proposal": "proposals", "working-group": "groups"}.get(kind, "understandings")
            paths += [f"/{area}/{one.row.case_id.hex()}" for one in found]
        paths += [
            f"{path}/{view}"
            for path in paths
            for view in ("compare", "languages")
            if path.startswith("/proposals/")
        ]
        seen = 0
        for path in paths:
            with reader(desk, "drafter", language="ar") as client:
                answer = client.get(path)
            if answer.status_code == 303:
                continue
            assert answer.status_code == 200, path
            page = _Elements(answer.text)
            assert MARK not in page.classes, path
            seen += 1
        assert seen > 4
