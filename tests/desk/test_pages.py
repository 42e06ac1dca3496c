"""Pages of what grows: the inbox, the list of cases, the register of meetings, notices in force."""

from __future__ import annotations

import random
from typing import Any

import pytest
from sqlalchemy import delete, select

from parley.application import cases, inbox, meetings, notices
from parley.application.acts import source_of
from parley.application.meetings import Period
from parley.kernel import ids
from parley.kernel.reasons import Reason
from parley.record.freeze import Content
from parley.store import inbox as rows
from parley.store import log, rewind, tables
from tests.desk.test_house import refused
from tests.support.pair import Pair, inquiry

ALWAYS = Period("0001", "9999")
LAW = {"nature": "law", "force": "in-force-from"}


def asked(desks: Pair, count: int) -> list[bytes]:
    """The right desk asks so often; the statements, in the order in which they came."""
    right = desks.right
    asking = []
    for _ in range(count):
        said = desks.append(right, inquiry(desks.channel(right), ids.new_case_id()))
        desks.clock.now += 1
        desks.settle()
        asking.append(said.leaf)
    return asking


def say(desks: Pair, type_: str, codes: dict[str, Any], values: dict[str, str]) -> bytes:
    """The left desk opens a case; its number."""
    plain = inquiry(desks.channel(desks.left), ids.new_case_id())
    content: Content = plain._replace(type=type_, codes=codes, values=values, reply_wanted=None)
    desks.append(desks.left, content)
    desks.clock.now += 1
    return content.case


def met(desks: Pair, day: str) -> bytes:
    codes = {"form": "informal", "level": "experts", "held": day}
    counts = {"agenda": 0, "programme": 0, "delegation": 0}
    values = {"subject@en": f"Words on {day}", "account@en": "They spoke."}
    return say(desks, "meeting", codes | counts, values)


def waiting(page: inbox.Page) -> list[bytes]:
    return [one.view.entry.leaf for one in page.waiting]


def test_the_inbox_goes_on_where_a_page_ended(desks: Pair) -> None:
    left = desks.left
    asking = asked(desks, 5)
    first = inbox.unopened(left, "otto", count=2)
    assert (waiting(first), first.more) == (asking[:2], True)
    second = inbox.unopened(left, "otto", after=asking[1], count=2)
    assert (waiting(second), second.more) == (asking[2:4], True)
    last = inbox.unopened(left, "otto", after=asking[3], count=2)
    assert (waiting(last), last.more) == (asking[4:], False)
    case = first.waiting[0].view.entry.case_id
    cases.show(left, desks.channel(left), case, "otto")
    assert waiting(inbox.unopened(left, "otto", count=2)) == asking[1:3]
    assert waiting(inbox.unopened(left, "otto", after=asking[0], count=1)) == asking[1:2]
    assert waiting(inbox.unopened(left, "otto", after=asking[4])) == []
    with refused(Reason.STATEMENT_UNKNOWN):
        inbox.unopened(left, "otto", after=bytes(32))


@pytest.mark.parametrize("seed", range(3))
def test_the_inbox_is_what_nobody_has_opened_in_whatever_order(desks: Pair, seed: int) -> None:
    chance, left = random.Random(seed), desks.left
    channel = desks.channel(left)
    left_over: list[bytes] = []
    for _ in range(12):
        if not left_over or chance.random() < 0.6:
            left_over += asked(desks, chance.randint(1, 3))
        else:
            leaf = left_over.pop(chance.randrange(len(left_over)))
            with left.database.read() as connection:
                entry = log.by_leaf(connection, channel.id, leaf)
            assert entry is not None
            cases.show(left, channel, entry.case_id, "otto")
        assert waiting(inbox.unopened(left, "otto")) == left_over


def test_what_was_opened_is_not_passed_by_again(desks: Pair) -> None:
    """Looking into the inbox reads what waits, and what came since somebody opened something."""
    left, channel = desks.left, desks.channel(desks.left)
    asked(desks, 4)
    for summary in cases.summaries(left, "otto"):
        cases.show(left, channel, summary.row.case_id, "otto")
    (newest,) = asked(desks, 1)
    with left.database.write(channel.id) as connection:
        connection.execute(delete(tables.openings))
        source = source_of(channel)
        assert [one.leaf for one in rows.unopened(connection, source, above=-1, limit=9)] == [
            newest
        ]


def test_a_record_that_is_cut_back_waits_for_what_comes_in_that_place(desks: Pair) -> None:
    left, channel = desks.left, desks.channel(desks.left)
    asking = asked(desks, 3)
    cases.show(left, channel, cases.summaries(left, "otto")[-1].row.case_id, "otto")
    with left.database.write(channel.id) as connection:
        entry = log.by_leaf(connection, channel.id, asking[1])
        assert entry is not None
        rewind.truncate(connection, channel.id, channel.own_index, entry.position)
        upto = connection.execute(select(tables.waiting_upto.c.size)).scalar_one()
        assert upto == entry.position
        kept = rows.unopened(connection, source_of(channel), above=-1, limit=9)
        assert [one.leaf for one in kept] == asking[:1]
        assert all(one < upto for one in connection.scalars(select(tables.waiting.c.position)))


def test_a_page_of_the_inbox_is_filled_though_much_is_hidden(
    desks: Pair, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(inbox, "_PART", 2)
    left = desks.left
    asking = asked(desks, 6)
    seen = inbox.unopened(left, "otto").waiting
    hidden = {seen[at].view.entry.case_id for at in (0, 1, 2, 4)}
    monkeypatch.setattr(
        "parley.application.places.Places.may",
        lambda _self, _duty, place: place.case not in hidden,
    )
    page = inbox.unopened(left, "otto", count=2)
    assert (waiting(page), page.more) == ([asking[3], asking[5]], False)
    with refused(Reason.STATEMENT_UNKNOWN):
        inbox.unopened(left, "otto", after=asking[0])


def test_a_page_of_open_cases_is_a_whole_page(desks: Pair) -> None:
    left, channel = desks.left, desks.channel(desks.left)
    opened = []
    for number in range(7):
        case = ids.new_case_id()
        desks.append(left, inquiry(channel, case))
        desks.clock.now += 1
        if number % 2:
            (view,) = cases.show(left, channel, case, "otto").acts
            withdrawal = inquiry(channel, case)._replace(
                type="withdrawal", codes={}, values={}, reference=view.entry.leaf
            )
            desks.append(left, withdrawal._replace(reply_wanted=None))
        else:
            opened.append(case)
    page, more = cases.page(left, "otto", still_open=True, count=3)
    assert ([one.row.case_id for one in page], more) == (opened[1:], True)
    rest, more = cases.page(left, "otto", still_open=True, count=3, before=opened[1])
    assert ([one.row.case_id for one in rest], more) == (opened[:1], False)
    whole, more = cases.page(left, "otto", count=7)
    assert (len(whole), more) == (7, False)


def test_the_register_has_pages_in_the_order_of_days(
    desks: Pair, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(meetings, "PAGE", 2)
    days = ["2017-07-07", "2016", "2017-08", "2015-03-01", "2017-07-06"]
    number = {met(desks, day): day for day in days}

    def page(period: Period, which: int) -> tuple[list[str], int]:
        found = meetings.register(desks.left, "otto", period, None, which)
        return [number[line.case] for line in found.lines], found.total

    assert page(ALWAYS, 1) == (["2015-03-01", "2016"], 5)
    assert page(ALWAYS, 2) == (["2017-07-06", "2017-07-07"], 5)
    assert page(ALWAYS, 3) == (["2017-08"], 5)
    assert page(ALWAYS, 4) == ([], 5)
    assert page(ALWAYS, 0) == page(ALWAYS, 1)
    assert page(Period("2017-07-07", "2017-12"), 1) == (["2017-07-07", "2017-08"], 2)


@pytest.mark.parametrize("looked_at", [1_000, 0])
def test_days_on_both_sides_of_a_period_are_none_in_it(
    desks: Pair, monkeypatch: pytest.MonkeyPatch, looked_at: int
) -> None:
    """A peer may declare any days; of very many such meetings the count alone is too high."""
    monkeypatch.setattr(meetings, "_AROUND", looked_at)
    left, channel = desks.left, desks.channel(desks.left)
    split, whole = met(desks, "2015"), met(desks, "2016-07-07")
    for case, days in ((split, ["2017-08-02"]), (whole, ["2015", "2017"])):
        (first,) = cases.show(left, channel, case, "otto").acts
        plain = inquiry(channel, case)._replace(reference=first.entry.leaf, reply_wanted=None)
        for day in days:
            text = {"account@en": "Again."}
            said = plain._replace(type="meeting-declaration", codes={"held": day}, values=text)
            desks.append(left, said)
    found = meetings.register(left, "otto", Period("2016-01", "2016-08"), None)
    assert [line.case for line in found.lines] == [whole]
    assert found.total == (1 if looked_at else 2)


def test_only_notices_that_are_in_force_are_read_whole(
    desks: Pair, monkeypatch: pytest.MonkeyPatch
) -> None:
    left = desks.left
    texts = {"subject@en": "A law", "effect@en": "It forbids."}
    kept = say(desks, "notice", LAW | {"since": "2017-08-02"}, texts)
    say(desks, "notice", LAW | {"since": "2019"}, texts)
    met(desks, "2017-08-02")
    read: list[bytes] = []
    subject_of = cases.subject_of

    def noting(*args: Any) -> dict[str, str]:
        read.append(args[-1].case_id)
        return subject_of(*args)

    monkeypatch.setattr(cases, "subject_of", noting)
    (found,) = notices.in_force(left, "otto", "2018-01-01")
    assert found.summary.row.case_id == kept
    assert read == [kept]
