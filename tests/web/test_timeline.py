"""The time line of a case: what crossed stands beside each other, what is void says so."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from parley.application import cases
from parley.application.cases import CaseView
from parley.presentation.kinds.common import numbered
from parley.record.freeze import Content
from parley.web import timeline
from tests.support.pair import Pair, inquiry
from tests.support.pair import pair as desks
from tests.web.readers import reader

CASE = bytes(range(16))
PAGE = f"/cases/{CASE.hex()}"
LONG = "A word of many. " * 200


@pytest.fixture(scope="module")
def pair(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pair]:
    """An inquiry; a supplement and two acknowledgements that crossed, the second one void."""
    with desks(tmp_path_factory.mktemp("timeline") / "desks") as found:
        left, right = found.channel(found.left), found.channel(found.right)
        asked = inquiry(left, CASE)
        values = {**asked.values, "facts@en": LONG, "subject@en": "<b>Unusual</b> traffic"}
        first = found.append(found.left, asked._replace(values=values))
        found.settle()
        found.append(
            found.left,
            asked._replace(
                type="supplement",
                codes={"questions": 1, "first": 3, "evidence": 0},
                values={"questions/3/text@en": "Question 3?"},
                reference=first.leaf,
            ),
        )
        office = right.own.text.offices[0].id
        for _ in range(2):
            found.append(found.right, acknowledgement(asked, office, first.leaf))
        found.settle()
        yield found


def acknowledgement(asked: Content, office: bytes, leaf: bytes) -> Content:
    return asked._replace(
        type="acknowledgement",
        from_office=office,
        to_offices=(asked.from_office,),
        reference=leaf,
        codes={"received-at": 1_790_000_000, "handling-office": office.hex()},
        values={},
        reply_wanted=None,
    )


def view(pair: Pair) -> CaseView:
    return cases.glance(pair.left, "otto", pair.channel(pair.left), CASE)


def test_acts_that_crossed_share_a_row(pair: Pair) -> None:
    found = view(pair)
    crossed = timeline.crossings(found)
    numbers = numbered(found)
    types = [act.statement.act.type for act in found.acts]
    assert types[0] == "inquiry"
    supplement = found.acts[types.index("supplement")].entry.leaf
    rows = timeline.grouped(found.acts, crossed)
    assert [[numbers[one.entry.leaf] for one in row] for row in rows] == [[1], [2, 3, 4]]
    assert {numbers[one] for one in crossed[supplement]} == {2, 3, 4} - {numbers[supplement]}
    assert crossed[found.acts[0].entry.leaf] == frozenset()


def test_the_page_says_what_crossed_and_what_is_void(pair: Pair) -> None:
    with reader(pair.left, "otto") as client:
        text = client.get(PAGE).text
    assert text.count("At the same time") == 1
    assert text.count("It crossed statements") == 1
    assert text.count("It crossed statement ") == 2
    cards = re.findall(r"<article.*?</article>", text, re.DOTALL)
    void = [card for card in cards if "effect-void" in card]
    assert len(void) == 1
    assert "This statement is void, and has no effect:" in void[0]
    assert "without-effect" in void[0]
    assert sum("card act own" in card for card in cards) == 2


def test_a_long_text_is_cut_and_there_whole(pair: Pair) -> None:
    with reader(pair.left, "otto") as client:
        text = client.get(PAGE).text
    card = text[text.index("<article") : text.index("</article>")]
    assert card.count("The whole text") == 1
    assert card.count("A word of many.") > LONG.count("A word of many.")
    assert "&lt;b&gt;Unusual&lt;/b&gt;" in text
    assert "<b>Unusual" not in text


def test_only_the_newest_acts_stand_on_a_long_page(
    pair: Pair, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(timeline, "SHOWN", 2)
    with reader(pair.left, "otto") as client:
        text = client.get(PAGE).text
        assert text.count("<article") == 2
        assert "2 earlier statements are not shown" in text
        assert client.get(f"{PAGE}?all=1").text.count("<article") == 4


def test_a_link_to_an_act_opens_the_part_that_has_it(
    pair: Pair, monkeypatch: pytest.MonkeyPatch
) -> None:
    with reader(pair.left, "otto") as client:
        ids = re.findall(r'<article [^>]*id="act-([0-9a-f]{12})"', client.get(PAGE).text)
        monkeypatch.setattr(timeline, "SHOWN", 2)
        older = 0
        for name in ids:
            text = client.get(f"{PAGE}?at={name}").text
            assert f'id="act-{name}"' in text
            assert text.count("<article") == 2
            older += "later statement" in text
        # Acts that crossed stand beside each other, whichever of them comes first in the list.
        assert older == len(ids) - 2
        newest = client.get(f"{PAGE}?at=%3Cb%3E").text
    assert f'id="act-{ids[-1]}"' in newest
