"""Cases that name other cases: a reader for whom those are not there learns no number of theirs."""

from __future__ import annotations

from collections.abc import Callable
from random import Random

import pytest

from parley.domain import case
from parley.domain.act import ActType, Code
from parley.domain.case import Case
from parley.domain.catalogue import CATALOGUE
from parley.domain.codes import cases_named
from tests.domain.games import Game
from tests.domain.play import Codes
from tests.domain.proposal_play import Work
from tests.domain.test_understanding_machine import STYLE
from tests.domain.test_working_group import Group

TEXT = "1a" * 32
OTHER_CASE = "0c" * 16
VERSION: Codes = {"level": "ministers", "owner": "all-sides", "evidence": 0}


def founded() -> Case:
    group = Group()
    group.exchange(0, ActType.WORKING_GROUP, {"mandate": TEXT, "proposal": OTHER_CASE})
    return group.settled()


def joined() -> Case:
    group = Group()
    group.exchange(0, ActType.WORKING_GROUP, {"mandate": TEXT, "proposal": "0e" * 16})
    group.exchange(1, ActType.WORKING_GROUP_MANDATE, {"mandate": TEXT, "proposal": OTHER_CASE})
    return group.settled()


def met() -> Case:
    group = Group()
    group.exchange(0, ActType.WORKING_GROUP, {"mandate": TEXT, "proposal": "0e" * 16})
    group.exchange(0, ActType.WORKING_GROUP_SESSION, {"meeting": OTHER_CASE})
    return group.settled()


def recalled() -> Case:
    game = Game(STYLE, Random(0))
    opening = game.exchange(0, ActType.UNDERSTANDING, VERSION)
    game.exchange(1, ActType.UNDERSTANDING_RECALL, {"meeting": OTHER_CASE}, reference=opening.id)
    return game.whole()


def replaced() -> Case:
    work = Work()
    work.table(1)
    work.exchange(0, ActType.PROPOSAL_SUPERSESSION, {"by": OTHER_CASE})
    return work.settled()


NAMING: dict[str, Callable[[], Case]] = {
    ActType.WORKING_GROUP: founded,
    ActType.WORKING_GROUP_MANDATE: joined,
    ActType.WORKING_GROUP_SESSION: met,
    ActType.UNDERSTANDING_RECALL: recalled,
    ActType.PROPOSAL_SUPERSESSION: replaced,
}
"""A case with such an act, for every type that names another case, beside what opens one."""


def names(state: Case, number: str) -> bool:
    """Whether the number stands anywhere in a case, as text or as bytes."""

    def within(value: object) -> bool:
        if isinstance(value, dict):
            return any(map(within, value.values()))
        if isinstance(value, list | tuple):
            return any(map(within, value))
        return value in (number, bytes.fromhex(number))

    return within(case.to_plain(state))


def test_every_type_that_names_another_case_is_among_these() -> None:
    naming = {
        spec.type
        for spec in CATALOGUE.values()
        if any(rule.names_case and rule.name != "about" for rule in spec.codes)
    }
    assert naming == set(NAMING)


@pytest.mark.parametrize("type_", NAMING)
def test_no_number_of_a_hidden_case_stays_in_the_state(type_: str) -> None:
    state = NAMING[type_]()
    assert names(state, OTHER_CASE)
    assert case.shown(state, lambda _number: True) == state
    hidden = case.shown(state, lambda number: number != OTHER_CASE)
    assert not names(hidden, OTHER_CASE)
    assert case.status(hidden) == case.status(state)


def test_what_a_case_is_about_is_hidden_too() -> None:
    work = Work()
    work.exchange(0, ActType.PROPOSAL, {**work.text(1), "about": OTHER_CASE})
    state = work.settled()
    assert names(state, OTHER_CASE)
    assert not names(case.shown(state, lambda _number: False), OTHER_CASE)


@pytest.mark.parametrize(
    ("type_", "codes", "named"),
    [
        ("inquiry", {"about": OTHER_CASE, "severity": "high"}, {"about"}),
        ("proposal-supersession", {"by": OTHER_CASE}, {"by"}),
        # A nonce looks like a number of a case, and is none.
        ("communication-check", {"nonce": OTHER_CASE}, set()),
        # A void act holds whatever its author put there.
        ("inquiry", {"about": (OTHER_CASE,)}, {"about"}),
        ("inquiry", {"rogue": ((1, OTHER_CASE.upper()),)}, {"rogue"}),
        ("no-such-type", {"about": OTHER_CASE}, {"about"}),
        ("no-such-type", {"about": "0c", "text": TEXT}, set()),
    ],
)
def test_codes_that_name_cases_are_found(
    type_: str, codes: dict[str, Code], named: set[str]
) -> None:
    found = cases_named(CATALOGUE.get(type_), codes)
    assert set(found) == named
    assert all(cases == {OTHER_CASE} for cases in found.values())
