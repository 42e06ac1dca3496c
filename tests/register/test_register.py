"""What the house has of a case for itself: who gives it, who sees it, and that it stays."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import select

from parley.application import cases, filters, officers, recusals, register
from parley.application.filters import Filter
from parley.application.recusals import Matter
from parley.domain.policy import Policy
from parley.kernel.reasons import Reason
from parley.store import tables
from tests.desk.test_house import refused
from tests.house.test_recusal import counted
from tests.search.said import find, say
from tests.support.pair import Pair

SCHEME = Policy(classifications=("restricted", "Секретно"))


def listed(desks: Pair, asked: Filter) -> list[bytes]:
    wanted, among = filters.chosen(desks.left, "otto", asked)
    found, _more = cases.page(desks.left, "otto", wanted=wanted, among=among)
    return [one.row.case_id for one in found]


def test_a_case_has_a_number_a_marking_and_labels_of_the_house(desks: Pair) -> None:
    left, channel = replace(desks.left, policy=SCHEME), desks.channel(desks.left)
    first, second = (say(desks, text).act.case for text in ("alpha", "beta"))
    register.number(left, "otto", channel, first, "№ 12/34-С")
    register.label(left, "dora", channel, first, add=["Task  Force", "energy"])
    register.classify(left, "lena", channel, first, "секретно")
    desks.settle()
    (summary,) = cases.some(left, "otto", [(channel.id, first)])
    found = summary.registered
    assert (found.number, found.level, found.marking) == ("№ 12/34-С", 2, "Секретно")
    assert found.labels == ("Task Force", "energy")
    # It names the case, however it is spaced, and is found by searching.
    assert cases.find(left, "otto", "no12/34-с")[1] == first
    assert [case for _channel, case in find(left, "№12/34-С").numbered] == [first]
    assert listed(desks, Filter(label="task force")) == [first]
    assert listed(desks, Filter(level=1)) == listed(desks, Filter(level=2)) == [first]
    assert listed(desks, Filter(level=3)) == listed(desks, Filter(label="none")) == []
    assert listed(desks, Filter(words="beta")) == [second]
    assert set(listed(desks, Filter(precedence=1))) == {first, second}
    assert listed(desks, Filter(precedence=2)) == []
    with_label = register.with_label(left, "otto", "ENERGY")
    assert find(left, "alpha", cases=with_label).statements == 1
    assert find(left, "beta", cases=with_label).statements == 0
    register.label(left, "otto", channel, first, remove=["ENERGY"])
    register.number(left, "otto", channel, first, None)
    register.classify(left, "ada", channel, first, None)
    (summary,) = cases.some(left, "otto", [(channel.id, first)])
    assert summary.registered == register.NOTHING._replace(labels=("Task Force",))
    # None of it went anywhere.
    (theirs,) = cases.some(desks.right, "otto", [(channel.id, first)])
    assert theirs.registered == register.NOTHING


def test_who_may_and_what_is_refused(desks: Pair) -> None:
    left, channel = replace(desks.left, policy=SCHEME), desks.channel(desks.left)
    case = say(desks, "alpha").act.case
    for officer in ("lena", "ada", "audit", "carla"):
        with refused(Reason.ROLE_FORBIDS):
            register.number(left, officer, channel, case, "1")
    with refused(Reason.ROLE_FORBIDS):
        register.classify(left, "otto", channel, case, "restricted")
    with refused(Reason.MARKING_UNKNOWN):
        register.classify(left, "lena", channel, case, "cosmic")
    with refused(Reason.TOO_MANY_LABELS):
        register.label(left, "otto", channel, case, add=[f"label {n}" for n in range(33)])
    with refused(Reason.TEXT_CONTROL_CHARACTER):
        register.number(left, "otto", channel, case, "1\n2")


@pytest.mark.parametrize("way", ["number", "label", "classify", "find"])
def test_who_keeps_out_is_told_what_is_told_of_no_case(desks: Pair, way: str) -> None:
    left, channel = replace(desks.left, policy=SCHEME), desks.channel(desks.left)
    case = say(desks, "alpha").act.case
    register.number(left, "otto", channel, case, "77/X")
    officers.add(left, "eve", ["drafter", "duty-officer", "legal-reviewer"])
    recusals.declare(left, "eve", Matter(None, ((channel, case),), False), "ada")

    def ask(identifier: bytes, number: str) -> None:
        match way:
            case "number":
                register.number(left, "eve", channel, identifier, "1")
            case "label":
                register.label(left, "eve", channel, identifier, add=["x"])
            case "classify":
                register.classify(left, "eve", channel, identifier, "restricted")
            case _:
                cases.find(left, "eve", number)

    seen = []
    for identifier, number in ((case, "77/X"), (b"\xff" * 16, "78/X")):
        with counted(left) as queries, refused(Reason.CASE_UNKNOWN):
            ask(identifier, number)
        seen.append(len(queries))
    assert seen[0] == seen[1]
    assert find(left, "77/X", "eve").numbered == ()


def test_no_text_of_the_register_stands_in_the_database(desks: Pair) -> None:
    left, channel = desks.left, desks.channel(desks.left)
    case = say(desks, "alpha").act.case
    register.number(left, "otto", channel, case, "PLAIN-NUMBER")
    register.label(left, "otto", channel, case, add=["plain-label"])
    filters.save(left, "otto", "plain-name", Filter(words="plain-words"))
    with left.database.read() as connection:
        rows = [
            row
            for table in (tables.register, tables.labels, tables.filters)
            for row in connection.execute(select(table))
        ]
    assert len(rows) == 3
    stored = b"".join(one for row in rows for one in row if isinstance(one, bytes)).lower()
    assert b"plain" not in stored


def test_filters_are_each_officers_own(desks: Pair) -> None:
    left = desks.left
    asked = Filter(kind="inquiry", still_open=True, words="alpha", due=True)
    filters.save(left, "otto", "Morning round", asked)
    filters.save(left, "otto", "morning  round", asked.narrowed(Filter(label="energy")))
    (kept,) = filters.every(left, "otto")
    assert kept.name == "morning  round"
    assert kept.filter == Filter(
        kind="inquiry", still_open=True, words="alpha", due=True, label="energy"
    )
    assert filters.named(left, "otto", "MORNING ROUND") == kept.filter
    assert filters.every(left, "dora") == []
    with refused(Reason.FILTER_UNKNOWN):
        filters.named(left, "dora", "morning round")
    with refused(Reason.FILTER_UNKNOWN):
        filters.remove(left, "otto", "another")
    filters.remove(left, "otto", "morning round")
    assert filters.every(left, "otto") == []
