"""Pictures: what they are drawn from, for whom, and that nobody has to see them."""

from __future__ import annotations

import datetime as dt
import re
import shutil
from collections import Counter
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest

from parley.application import cases, figures, places, recusals
from parley.application.desk import Desk
from parley.application.recusals import Matter
from parley.domain.act import ActType, Precedence
from parley.domain.delivery import DeliveryEvent
from parley.domain.recusal_grounds import Ground
from parley.kernel import ids
from parley.kernel.errors import ParleyError
from parley.kernel.reasons import Reason
from parley.store import outbox
from parley.store.outbox import DeliveryRow
from parley.web import charts
from tests.support.pair import Pair, inquiry, reopened
from tests.web.readers import reader

DAY = 86_400


@pytest.fixture(scope="module")
def pair(lived: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pair]:
    folder = tmp_path_factory.mktemp("pictures") / "desks"
    shutil.copytree(lived, folder)
    with reopened(folder) as found:
        yield found


@pytest.fixture(scope="module")
def desk(pair: Pair) -> Desk:
    return pair.left


def got(desk: Desk, path: str, officer: str = "drafter", language: str = "en") -> str:
    with reader(desk, officer, language=language) as client:
        answer = client.get(path)
    assert answer.status_code == 200, answer.text
    return answer.text


def year(desk: Desk) -> list[int]:
    """Twelve months around the story."""
    return [desk.clock() - 200 * DAY + at * 30 * DAY for at in range(13)]


def test_a_case_is_drawn_with_both_parties_and_a_table(desk: Desk) -> None:
    found, _more = cases.page(desk, "drafter", kind="inquiry")
    case = found[0].row.case_id
    path = f"/cases/{case.hex()}"
    text = got(desk, path)
    svg = text[text.index('<svg class="drawing" role="group"') :]
    svg = svg[: svg.index("</svg>")]
    assert 'aria-labelledby="case-timeline-title case-timeline-about"' in svg
    assert '<title id="case-timeline-title">Time line of the case</title>' in svg
    view = cases.show(desk, found[0].channel, case, "drafter")
    links = re.findall(r'<a href="(#act-[0-9a-f]{12})"', svg)
    assert len(links) == len(view.acts)
    assert all(f'id="{link[1:]}"' in text for link in links)
    assert {"mark own", "mark peer"} <= set(re.findall(r'class="(mark \w+)"', svg))
    assert "style=" not in svg
    assert "The same as a table" in text
    # In Arabic time runs from right to left: the first act stands where the last stood.
    mirrored = got(desk, path, language="ar")
    assert 'direction="rtl"' in mirrored

    def first(text: str) -> float:
        return float(re.findall(r'<circle class="mark own" cx="([0-9.]+)"', text)[0])

    width = float(re.search(r'class="drawing" role="group"[^>]* width="([0-9.]+)"', text)[1])  # type: ignore[index]
    assert first(mirrored) == pytest.approx(width - first(text), abs=0.2)


def test_cases_are_counted_by_kind_and_month(desk: Desk) -> None:
    edges = year(desk)
    counted = figures.volume(desk, "drafter", edges)
    found = cases.summaries(desk, "drafter")
    assert {(one.kind, one.precedence): sum(one.counts) for one in counted} == Counter(
        (one.row.kind, one.row.precedence) for one in found
    )
    for at, (first, upto) in enumerate(pairwise(edges)):
        opened = Counter(one.row.kind for one in found if first <= one.row.opened_at < upto)
        kinds: Counter[str] = Counter()
        for one in counted:
            kinds[one.kind] += one.counts[at]
        assert +kinds == opened
    assert len({one.precedence for one in counted}) > 1
    assert figures.volume(desk, "drafter", [0, 1, 2]) == []
    with pytest.raises(ParleyError) as refused:
        figures.volume(desk, "auditor", edges)
    assert refused.value.reason is Reason.ROLE_FORBIDS
    assert {one.kind for one in figures.volume(desk, "custodian", edges)} == {"contacts"}


def test_what_an_officer_keeps_out_of_is_counted_nowhere(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    edges = year(desk)
    closed = [one for one in cases.summaries(desk, "legal") if one.row.kind == "inquiry"]
    assert len(closed) > 2
    everything = figures.volume(desk, "legal", edges)
    matter = Matter(None, tuple((one.channel, one.row.case_id) for one in closed))
    recusals.declare(desk, "legal", matter, "drafter", Ground.OTHER)
    left = [one for one in everything if one.kind != "inquiry"]
    seen = figures.volume(desk, "legal", edges)
    assert [one for one in seen if one.kind != "inquiry"] == left
    # However much it is.
    monkeypatch.setattr(places, "_HIDDEN", 1)
    assert figures.volume(desk, "legal", edges) == seen


def test_the_picture_of_precedences_says_all_in_words(desk: Desk) -> None:
    text = got(desk, "/pictures")
    svg = re.search(r'<svg[^>]*aria-labelledby="precedences-title.*?</svg>', text, re.DOTALL)
    assert svg is not None
    assert 'role="img"' in svg[0]
    for name in ("routine", "priority", "immediate", "flash"):
        assert f">{name}</text>" in svg[0]
    drawn = Counter(
        (one[1], int(one[2])) for one in re.finditer(r"<title>[^<,]+, (\w+): (\d+)", svg[0])
    )
    levels = [one.name.lower() for one in Precedence]
    assert drawn == Counter(
        (levels[one.precedence], sum(one.counts))
        for one in figures.volume(desk, "drafter", year(desk))
    )


def test_a_response_is_timed_from_the_receipt_to_the_act_that_met_it(
    pair: Pair, desk: Desk
) -> None:
    case = ids.new_case_id()
    asked = pair.append(desk, inquiry(pair.channel(desk), case))
    pair.settle()
    began = pair.clock.now
    pair.clock.now += 2 * DAY
    right = pair.right
    channel = pair.channel(right)
    acknowledgement = inquiry(channel, case)._replace(
        type=ActType.ACKNOWLEDGEMENT.value,
        reference=asked.leaf,
        reply_wanted=None,
        codes={"received-at": began, "handling-office": channel.own.text.offices[0].id.hex()},
        values={},
    )
    pair.append(right, acknowledgement)
    pair.settle()
    found = figures.responses(desk, "drafter", began - DAY, pair.clock.now + 1)
    mine = {one.what: one for one in found.found if one.case_id == case}
    met = mine["acknowledge"]
    assert met.ours is False
    assert abs(met.began_at - began) <= 1
    assert met.ended_at is not None
    assert abs(met.ended_at - met.began_at - 2 * DAY) <= 1
    assert met.due_at > met.began_at
    assert mine["detailed"].ended_at is None
    late = got(desk, "/pictures")
    assert "Response times against deadlines" in late
    assert f'href="/cases/{case.hex()}"' in late


def test_older_cases_are_on_another_page(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(figures, "RESPONSES", 2)
    edges = year(desk)
    seen: list[bytes] = []
    before = None
    for _ in range(30):
        found = figures.responses(desk, "drafter", edges[0], edges[-1], before)
        seen += dict.fromkeys(one.case_id for one in found.found)
        before = found.before
        if before is None:
            break
    assert before is None
    assert len(seen) == len(set(seen)) > 4


def test_failed_attempts_are_counted_and_times_to_the_receipt(desk: Desk) -> None:
    now = desk.clock()
    channel = figures.health(desk, "duty", [0, 1])[0].channel
    with desk.database.write(channel.id) as connection:
        for _ in range(3):
            failed = DeliveryRow(0, 0, DeliveryEvent.RELAY_FAILURE.value, "unreachable", now - 5)
            outbox.add_event(connection, channel.id, failed)
    edges = [now - 14 * DAY, now - 7 * DAY, now + DAY]
    [one] = figures.health(desk, "duty", edges)
    assert one.failed[-1] >= 3
    assert sum(len(each) for each in one.times) > 0
    assert one.timed_from is None
    assert figures.health(desk, "custodian", edges) == []
    text = got(desk, "/pictures", "auditor")
    assert text.count("Your roles see no cases.") == 2
    assert "Attempts that failed" in text
    assert "bar broken" in got(desk, "/pictures", "duty")


@pytest.mark.parametrize("language", ["en", "ru", "ar"])
def test_every_drawing_says_what_it_shows_and_has_no_style_of_its_own(
    desk: Desk, language: str
) -> None:
    text = got(desk, "/pictures", language=language)
    drawings = re.findall(r'<svg class="drawing" role=.*?</svg>', text, re.DOTALL)
    assert len(drawings) >= 3
    for one in drawings:
        assert re.search(r"<title id=.+?</title><desc id=.+?</desc>", one)
        assert "style" not in one
    assert text.count("<details>") >= len(drawings)
    assert len(
        set(re.findall(r'<svg class="drawing" role[^>]+aria-labelledby="([^"]+)"', text))
    ) == len(drawings)


@pytest.mark.parametrize("until", ["2026", "2026-13", "x", "9999-12", "0001-01", "2026-1"])
def test_a_period_is_a_month(desk: Desk, until: str) -> None:
    with reader(desk, "duty") as client:
        assert client.get(f"/pictures?until={until}").status_code == 422


def test_months_end_where_the_next_begins() -> None:
    edges = charts.months(2024, 3, 12)
    assert len(edges) == 13
    assert (edges[-1] - edges[-2]) // DAY == 31
    assert (edges[-2] - edges[-3]) // DAY == 29


def test_pictures_go_back_to_when_the_desk_was_founded(desk: Desk) -> None:
    assert 'rel="prev"' not in got(desk, "/pictures")
    year = dt.datetime.fromtimestamp(desk.clock(), dt.UTC).year
    later = got(desk, f"/pictures?until={year + 2}-01")
    assert f'href="/pictures?until={year + 1}-01" rel="prev"' in later
