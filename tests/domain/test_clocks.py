"""What is due in an inquiry, from whom, and when, by each of the two clocks."""

from __future__ import annotations

import pytest

from parley.domain import case
from parley.domain.act import ActType, Precedence
from parley.domain.catalogue import CATALOGUE
from parley.domain.clocks import (
    Due,
    Obligation,
    due,
    duration,
    receipt_time,
)
from parley.domain.shape import ClockKind
from tests.domain.play import ASKER, DAY, NOW, REPLIER, Play, opened

HOUR = 3600
ACKNOWLEDGE, PRELIMINARY, DETAILED = (
    ClockKind.ACKNOWLEDGE,
    ClockKind.PRELIMINARY,
    ClockKind.DETAILED,
)
NEXT_STEP, RESPOND = ClockKind.NEXT_STEP, ClockKind.RESPOND


def obligations(play: Play) -> tuple[Obligation, ...]:
    return case.obligations(play.fold().case)


def dues(play: Play) -> list[tuple[ClockKind, int, int | None, int | None]]:
    """Kind, owner, seconds and date of all that is due."""
    return [(item.kind, item.owner, item.seconds, item.at) for item in obligations(play)]


@pytest.mark.parametrize(
    ("type_", "kind", "precedence", "seconds"),
    [
        ("inquiry", ACKNOWLEDGE, Precedence.ROUTINE, 24 * HOUR),
        ("inquiry", ACKNOWLEDGE, Precedence.PRIORITY, 24 * HOUR),
        ("inquiry", ACKNOWLEDGE, Precedence.IMMEDIATE, HOUR),
        ("inquiry", ACKNOWLEDGE, Precedence.FLASH, HOUR),
        ("inquiry", PRELIMINARY, Precedence.FLASH, 24 * HOUR),
        ("inquiry", DETAILED, Precedence.FLASH, 60 * DAY),
        ("supplement", ACKNOWLEDGE, Precedence.IMMEDIATE, HOUR),
        ("refusal", RESPOND, Precedence.FLASH, 10 * DAY),
        ("conditional-answer", RESPOND, Precedence.ROUTINE, 10 * DAY),
        ("closing", RESPOND, Precedence.ROUTINE, None),
    ],
)
def test_the_default_clocks_are_those_of_the_process(
    type_: str, kind: ClockKind, precedence: int, seconds: int | None
) -> None:
    assert duration(type_, kind, precedence) == seconds


def test_a_house_may_set_its_own_clocks_and_the_asker_the_one_for_its_answer() -> None:
    own = {("inquiry", ACKNOWLEDGE): 7, ("inquiry", DETAILED): 8}
    assert duration("inquiry", ACKNOWLEDGE, 0, overrides=own) == 7
    assert duration("inquiry", DETAILED, 0, overrides=own) == 8
    assert duration("inquiry", DETAILED, 0, 5 * DAY, own) == 5 * DAY
    assert duration("inquiry", ACKNOWLEDGE, 0, 5 * DAY) == 24 * HOUR


def test_every_clock_of_the_catalogue_is_asked_for() -> None:
    kinds = {clock.kind for spec in CATALOGUE.values() for clock in spec.clocks}
    # These are as long as an act says.
    said = {NEXT_STEP, ClockKind.FULFILMENT, ClockKind.RETENTION}
    assert kinds | said == set(ClockKind)


def test_the_two_clocks_stand_side_by_side() -> None:
    item = Obligation(ACKNOWLEDGE, REPLIER, bytes(32), 24 * HOUR)
    assert due(item, NOW, NOW - 50) == Due(NOW + 24 * HOUR, NOW - 50 + 24 * HOUR)
    assert due(item, None, NOW) == Due(None, NOW + 24 * HOUR)
    assert due(item, None, None) == Due(None, None)
    announced = Obligation(NEXT_STEP, REPLIER, bytes(32), None, NOW + DAY)
    assert due(announced, None, None) == Due(NOW + DAY, NOW + DAY)


def test_an_inquiry_makes_three_things_due() -> None:
    play = opened(reply_wanted=30 * DAY, precedence=2)
    assert dues(play) == [
        (ACKNOWLEDGE, REPLIER, HOUR, None),
        (PRELIMINARY, REPLIER, 24 * HOUR, None),
        (DETAILED, REPLIER, 30 * DAY, None),
    ]
    assert {item.since for item in obligations(play)} == {play.said[ASKER][0].id}


def test_an_acknowledgement_and_answers_take_things_off_one_by_one() -> None:
    play = opened()
    play.exchange(REPLIER, ActType.ACKNOWLEDGEMENT)
    assert [kind for kind, *_ in dues(play)] == [PRELIMINARY, DETAILED]
    play.exchange(REPLIER, ActType.PRELIMINARY_ANSWER)
    assert dues(play) == [
        (DETAILED, REPLIER, 30 * DAY, None),
        (NEXT_STEP, REPLIER, None, NOW + DAY),
    ]
    play.exchange(REPLIER, ActType.DETAILED_ANSWER)
    assert dues(play) == []


def test_an_answer_acknowledges_what_its_author_had_seen() -> None:
    play = opened()
    play.say(ASKER, ActType.SUPPLEMENT)
    play.exchange(REPLIER, ActType.DETAILED_ANSWER)
    supplement = play.said[ASKER][1]
    found = obligations(play)
    assert [(item.kind, item.since) for item in found] == [
        (ACKNOWLEDGE, supplement.id),
        (DETAILED, supplement.id),
    ]
    # The supplement says nothing about a date, so the default holds.
    assert found[1].seconds == 60 * DAY


def test_while_conditions_wait_the_answer_is_not_due() -> None:
    play = opened()
    offer = play.exchange(REPLIER, ActType.CONDITIONAL_ANSWER)
    assert obligations(play) == (Obligation(RESPOND, ASKER, offer.id, 10 * DAY),)
    accepted = play.exchange(ASKER, ActType.CONDITIONS_ACCEPTED)
    assert obligations(play) == (Obligation(DETAILED, REPLIER, accepted.id, 30 * DAY),)


def test_questions_beyond_the_conditions_keep_their_own_clock() -> None:
    play = opened()
    play.exchange(REPLIER, ActType.CONDITIONAL_ANSWER)
    added = play.exchange(ASKER, ActType.SUPPLEMENT)
    found = [(item.kind, item.owner, item.since) for item in obligations(play)]
    assert (DETAILED, REPLIER, added.id) in found
    assert (RESPOND, ASKER, play.said[REPLIER][0].id) in found


def test_an_acceptance_that_lapsed_starts_no_clock() -> None:
    play = opened()
    play.exchange(REPLIER, ActType.CONDITIONAL_ANSWER)
    play.say(ASKER, ActType.CONDITIONS_ACCEPTED)
    refusal = play.exchange(REPLIER, ActType.REFUSAL)
    assert obligations(play) == (Obligation(RESPOND, ASKER, refusal.id, 10 * DAY),)


def test_a_refusal_waits_for_the_askers_word() -> None:
    play = opened()
    refusal = play.exchange(REPLIER, ActType.REFUSAL)
    assert obligations(play) == (Obligation(RESPOND, ASKER, refusal.id, 10 * DAY),)
    play.exchange(ASKER, ActType.SUPPLEMENT)
    assert RESPOND not in [kind for kind, *_ in dues(play)]


@pytest.mark.parametrize("type_", [ActType.WITHDRAWAL, ActType.CLOSING])
def test_nothing_is_due_once_the_case_has_ended(type_: str) -> None:
    play = opened()
    play.exchange(REPLIER, ActType.HOLDING_ANSWER)
    play.exchange(ASKER, type_)
    assert dues(play) == []


def test_nothing_is_due_in_a_case_that_counts_for_nothing() -> None:
    play = Play()
    assert dues(play) == []
    play.say(ASKER, ActType.INQUIRY)
    play.say(REPLIER, ActType.INQUIRY)
    assert dues(play) == []


@pytest.mark.parametrize(
    ("stated", "receipt", "arrived", "skew", "at", "flagged"),
    [
        (100, 110, 120, 0, 110, False),
        (100, 100, 100, 0, 100, False),
        (100, 99, 120, 0, 120, True),
        (100, 121, 120, 0, 120, True),
        (100, 99, 120, 5, 99, False),
        (100, 94, 120, 5, 120, True),
    ],
)
def test_a_receipt_outside_its_bounds_is_flagged_and_its_arrival_used(
    stated: int, receipt: int, arrived: int, skew: int, at: int, flagged: bool
) -> None:
    assert receipt_time(stated, receipt, arrived, skew) == (at, flagged)
