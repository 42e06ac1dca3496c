"""What is found, in which order, and by whom."""

from __future__ import annotations

import random

import pytest

from parley.application import house_record, indexing, officers, recusals
from parley.application.recusals import Matter
from parley.domain import query as queries
from parley.domain.access import Place
from parley.kernel import tokens
from parley.kernel.reasons import Reason
from parley.store.house_log import Sought as HouseSought
from tests.desk.test_house import refused
from tests.house.test_recusal import counted
from tests.search.said import find, leaves, say
from tests.support.pair import Pair

PAIRS = [
    ("The Resumé of ALPHA hosts", "resume alpha"),
    ("Ещё один отчёт о взломе", "еще отчет"),
    ("صدر البَيَانُ عن المَدْرَسَة", "البيان المدرسه"),
    ("قال المسئول إن الأمر", "المسؤول الامر"),
    ("It names CVE-2021-44228 and more", "cve-2021-44228"),
    ("It numbers 55117 and more", "55117"),
    ("Seen at mail[.]example(.)org yesterday", "example.org"),
    ("Letter № 2026/117-р of today", "2026/117"),
    ("Control passed to infrastructure", "infra*"),
    ("It names CVE-2022-44229 and more", "CVE-2022-4*"),
    ("orders of command and control servers", '"command and control"'),
    ("the day ٢٠٢٥", "2025"),
]


def test_what_has_the_words_is_found_on_both_sides(desks: Pair) -> None:
    said = [say(desks, text).leaf for text, _ in PAIRS]
    desks.settle()
    for desk in (desks.left, desks.right):
        for leaf, (text, query) in zip(said, PAIRS, strict=True):
            found = find(desk, query)
            assert leaves(found) == [leaf]
            assert (found.statements, found.cases) == (1, 1)
            (hit,) = found.hits
            assert hit.snippets is not None
            (snippet,) = hit.snippets
            assert snippet.path == "facts@en"
            assert "".join(mark.text for mark in snippet.marks) == text
            assert any(mark.found for mark in snippet.marks)


def test_words_phrases_and_beginnings(desks: Pair) -> None:
    say(desks, "alpha beta gamma")
    say(desks, "beta and then alpha")

    def count(query: str, **how: bool) -> int:
        return find(desks.left, query, **how).statements

    assert count("alpha beta") == count("alp bet", prefix=True) == 2
    assert count("alpha beta", phrase=True) == count('"alpha beta" gamma') == 1
    assert count("alpha be", phrase=True, prefix=True) == 1
    assert count("beta alpha", phrase=True) == count("alp") == count("nowhere") == 0
    # No phrase goes from one field into another.
    assert count("tests alpha", phrase=True) == 0


WORDS = ("Alpha", "alp", "alphabet", "beta", "Betá", "ещё", "еще", "єднання", "مسؤول", "مسئول")


def test_phrases_and_beginnings_are_found_as_by_a_plain_comparison(desks: Pair) -> None:
    rng = random.Random(3)
    texts = [[rng.choice(WORDS) for _ in range(rng.randint(3, 14))] for _ in range(12)]
    said = {say(desks, " ".join(one)).leaf: one for one in texts}

    def right(asked: list[str], *, begins: bool) -> set[bytes]:
        """Compared word by word."""
        forms = [tokens.forms(one) for one in asked]

        def same(at: int, word: str) -> bool:
            mine = tokens.forms(word)
            if begins and at == len(asked) - 1:
                return any(one.startswith(forms[at]) for one in mine)
            return not set(mine).isdisjoint(forms[at])

        return {
            leaf
            for leaf, words in said.items()
            for start in range(len(words) - len(asked) + 1)
            if all(same(at, words[start + at]) for at in range(len(asked)))
        }

    for _ in range(30):
        words = rng.choice(texts)
        at = rng.randrange(len(words) - 2)
        asked = words[at : at + rng.randint(1, 3)]
        begun = [*asked[:-1], asked[-1][: rng.randint(2, 4)]]
        for one, begins in ((asked, False), (begun, True)):
            found = find(desks.left, " ".join(one), phrase=True, prefix=begins)
            assert set(leaves(found)) == right(one, begins=begins) != set()
            assert all(hit.snippets for hit in found.hits)


def test_what_is_shown_of_a_long_text_has_what_was_found(desks: Pair) -> None:
    filler = " ".join(f"word{number}" for number in range(60))
    say(desks, f"{filler} alpha beta {filler} gamma {filler}")

    def shown(query: str) -> list[str]:
        (hit,) = find(desks.left, query).hits
        assert hit.snippets is not None
        (one,) = hit.snippets
        assert one.cut_before
        assert one.cut_after
        assert len("".join(mark.text for mark in one.marks).split()) == 25
        return [mark.text for mark in one.marks if mark.found]

    assert shown("alpha") == ["alpha"]
    assert shown('"alpha beta"') == ["alpha", "beta"]
    assert shown('gamma "beta word0"') == ["beta", "word0"]
    assert shown("gam*") == ["gamma"]


def test_the_fields_that_have_most_are_shown(desks: Pair) -> None:
    say(
        desks,
        "alpha",
        **{
            "questions/1/text@en": "alpha",
            "questions/2/text@en": "alpha and, far behind, beta",
            "questions/3/text@en": "beta",
        },
    )
    (hit,) = find(desks.left, "alpha beta").hits
    assert hit.snippets is not None
    assert [one.path for one in hit.snippets] == ["facts@en", "questions/2/text@en"]


def test_the_best_comes_first_and_ties_are_settled_by_time(desks: Pair) -> None:
    once = say(desks, "omega and a great many other words that say nothing of it at all here")
    desks.clock.now += 60
    older = say(desks, "omega omega omega")
    desks.clock.now += 60
    newer = say(desks, "omega omega omega")
    found = find(desks.left, "omega")
    assert leaves(found) == [newer.leaf, older.leaf, once.leaf]
    assert leaves(find(desks.left, "omega", limit=1)) == [newer.leaf]
    assert find(desks.left, "omega", limit=1).statements == 3
    every = leaves(find(desks.left, "omega"))
    assert leaves(find(desks.left, "omega", limit=1, skip=1)) == every[1:2]
    assert leaves(find(desks.left, "omega", limit=9, skip=2)) == every[2:]


def test_a_whole_number_comes_before_one_that_has_it_in_it(desks: Pair) -> None:
    whole = say(desks, "see 10.1.2.3 there")
    desks.clock.now += 60
    longer = say(desks, "see 10.1.2.3.4 there")
    assert leaves(find(desks.left, "10.1.2.3")) == [whole.leaf, longer.leaf]


def test_what_is_asked_for_besides_words(desks: Pair) -> None:
    first = say(desks, "delta")
    desks.clock.now += 86_400
    second = say(desks, "delta")
    left, at = desks.left, desks.clock.now
    assert leaves(find(left, "delta", since=at)) == [second.leaf]
    assert leaves(find(left, "delta", until=at)) == [first.leaf]
    assert find(left, "delta", kind="inquiry", type="inquiry").statements == 2
    assert find(left, "delta", kind="meeting").statements == 0
    assert find(left, "delta", type="closing").statements == 0
    assert find(left, "delta", channel=desks.channel(left)).statements == 2


@pytest.mark.parametrize(
    ("query", "reason"),
    [
        ("  -- ", Reason.SEARCH_EMPTY),
        ("a*", Reason.SEARCH_BEGINNING_SHORT),
        ("x" * 1001, Reason.SEARCH_TOO_LONG),
        (" ".join(f"w{n}" for n in range(33)), Reason.SEARCH_TOO_LONG),
    ],
)
def test_what_cannot_be_searched_for_is_refused(query: str, reason: Reason) -> None:
    with refused(reason):
        queries.parse(query)


def test_who_keeps_out_finds_and_counts_nothing_by_the_same_path(desks: Pair) -> None:
    left = desks.left
    closed = say(desks, "quite secretive, and secretive.word")
    for _ in range(3):
        say(desks, "open to all")
    officers.add(left, "eve", ["drafter", "duty-officer"])
    recusals.declare(
        left, "eve", Matter(None, ((desks.channel(left), closed.act.case),), False), "ada"
    )
    queries_ = ("secretive", "secre*", '"quite secretive"', '"quite secre*"', "secretive.word")
    for query in queries_:
        assert find(left, query).statements == 1
        find(left, query, "eve")
        with counted(left) as hidden:
            found = find(left, query, "eve")
        assert (found.hits, found.statements, found.cases) == ((), 0, 0)
        with counted(left) as missing:
            find(left, query.replace("secre", "abcde"), "eve")
        assert len(hidden) == len(missing)
    # What is hidden weighs nothing: the same words get the same weight without it.
    score = find(left, "open", "eve").hits[0].score
    assert score != find(left, "open").hits[0].score
    indexing.rebuild(left)
    assert find(left, "open", "eve").hits[0].score == score


@pytest.mark.parametrize("officer", ["audit", "root"])
def test_who_reads_no_case_searches_none(desks: Pair, officer: str) -> None:
    left = desks.left
    if officer == "root":
        officers.add(left, "root", ["administrator"])
    said = say(desks, "gamma")
    other = say(desks, "gamma")
    with refused(Reason.ROLE_FORBIDS):
        find(left, "gamma", officer)
    if officer == "audit":
        officers.grant(left, officer, "auditor", Place(desks.channel_id, said.act.case))
        found = find(left, "gamma", officer)
        assert leaves(found) == [said.leaf] != [other.leaf]
        assert found.statements == 1


def test_the_house_record_has_that_it_was_searched_and_no_word(desks: Pair) -> None:
    left = desks.left
    say(desks, "epsilon")
    assert find(left, "epsilon").statements == 1
    find(left, "absent")
    page = house_record.read(left, "audit", HouseSought(act="cases-searched"), 0)
    (kept,) = [one.entry for one in page.entries]
    assert (kept.officer, kept.number, kept.facts) == ("otto", 1, ())


def test_a_very_long_text_is_found_and_not_opened(desks: Pair) -> None:
    long = {f"questions/{n}/text@en": f"zeta {'w' * 19_000}" for n in range(1, 31)}
    said = say(desks, "long", **long)
    (hit,) = find(desks.left, "zeta").hits
    assert (hit.entry.leaf, hit.snippets) == (said.leaf, None)
