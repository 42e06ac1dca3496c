"""A position: each side's word stands beside the other's, and nothing is resolved."""

from __future__ import annotations

import pytest

from parley.domain import case as cases
from parley.domain.act import ActType
from parley.domain.catalogue import spec_of
from parley.domain.types.position import POSITION_TYPES
from tests.domain.words_play import OPENER, OTHER, Words

ATTRIBUTION, MAINTAINED, WITHDRAWN = (
    ActType.ATTRIBUTION,
    ActType.ATTRIBUTION_MAINTAINED,
    ActType.ATTRIBUTION_WITHDRAWN,
)
DENIAL, DENIAL_MAINTAINED, DENIAL_WITHDRAWN = (
    ActType.DENIAL,
    ActType.DENIAL_MAINTAINED,
    ActType.DENIAL_WITHDRAWN,
)


def attributed(**codes: str | int) -> Words:
    play = Words()
    play.tells(OPENER, ATTRIBUTION, **codes)
    return play


def test_an_accusation_and_its_denials_stand_side_by_side() -> None:
    play = attributed(said_by="not-named")
    assert play.status == "asserted"
    assert cases.next_actors(play.whole()) == (OTHER,)
    play.tells(OTHER, DENIAL)
    play.tells(OTHER, DENIAL)
    assert play.status == "denied"
    word = play.substance().words[OTHER]
    assert (word.type, word.times) == (DENIAL, 2)
    play.tells(OPENER, MAINTAINED)
    assert play.status == "maintained"
    play.tells(OTHER, DENIAL_MAINTAINED)
    assert play.status == "denied"
    assert play.substance().words[OPENER].type == MAINTAINED
    assert cases.obligations(play.whole()) == ()
    assert cases.is_open(play.whole())


@pytest.mark.parametrize(
    ("reply", "status"),
    [(DENIAL, "denied"), (ActType.NO_COMMENT, "no-comment"), (ActType.ADMISSION, "admitted")],
)
def test_the_status_is_the_latest_word_that_was_known(reply: str, status: str) -> None:
    play = attributed()
    play.tells(OTHER, reply)
    assert play.status == status
    play.tell(OPENER, MAINTAINED)
    play.sync()
    assert play.status == "maintained"


def test_maintaining_what_one_did_not_know_to_be_denied_leaves_the_denial_the_latest_word() -> None:
    play = attributed()
    play.tell(OPENER, MAINTAINED)
    play.tell(OTHER, DENIAL)
    play.sync()
    assert play.status == "denied"
    (pair,) = cases.crossings(play.whole())
    assert pair.outcome == "maintained-unread"
    assert all(entry.standing == "stands" for entry in play.whole().acts)


def test_a_withdrawn_attribution_takes_no_word_from_the_other_side() -> None:
    play = attributed()
    play.tells(OTHER, DENIAL)
    play.tells(OPENER, WITHDRAWN)
    assert play.status == "withdrawn"
    assert not cases.is_open(play.whole())
    assert play.refused(play.act(OPENER, MAINTAINED)) == "attribution-withdrawn"
    assert play.refused(play.act(OTHER, DENIAL_MAINTAINED)) is None
    assert play.refused(play.act(OTHER, ActType.ADMISSION)) is None
    play.tells(OTHER, DENIAL_WITHDRAWN)
    assert play.status == "withdrawn"


def test_a_denial_can_open_a_case_about_what_is_no_statement() -> None:
    play = Words()
    play.tells(OPENER, DENIAL)
    assert play.status == "denied"
    assert cases.next_actors(play.whole()) == ()
    assert play.refused(play.act(OPENER, MAINTAINED)) == "nothing-attributed"
    assert play.refused(play.act(OTHER, MAINTAINED)) == "not-the-opener"
    play.tells(OTHER, ActType.ADMISSION)
    assert play.status == "denied-and-admitted"
    play.tells(OPENER, DENIAL_WITHDRAWN)
    assert play.status == "admitted"


def test_a_denial_that_opened_a_case_may_be_shared_and_withdrawn_by_each_side_for_itself() -> None:
    play = Words()
    first = play.tells(OPENER, DENIAL)
    assert play.refused(play.act(OTHER, DENIAL_WITHDRAWN)) == "nothing-denied"
    play.tells(OTHER, DENIAL)
    assert play.refused(play.act(OTHER, DENIAL_WITHDRAWN, first.id)) == "nothing-denied"
    play.tells(OTHER, DENIAL_WITHDRAWN)
    assert play.status == "denied"
    play.tells(OTHER, ActType.NO_COMMENT)
    play.tells(OPENER, DENIAL_WITHDRAWN, first.id)
    assert play.status == "no-comment"


def test_who_attributes_does_not_answer_and_who_is_accused_does_not_maintain() -> None:
    play = attributed()
    for reply in (DENIAL, ActType.ADMISSION, ActType.NO_COMMENT):
        assert play.refused(play.act(OPENER, reply)) == "own-attribution"
    assert play.refused(play.act(OTHER, MAINTAINED)) == "not-the-opener"
    assert play.refused(play.act(OTHER, DENIAL_MAINTAINED)) == "nothing-denied"
    play.tells(OTHER, DENIAL)
    play.tells(OTHER, ActType.ADMISSION)
    assert play.refused(play.act(OTHER, DENIAL_MAINTAINED)) == "nothing-denied"


@pytest.mark.parametrize(
    ("said_by", "claimants", "reason"),
    [
        ("sender", 0, None),
        ("not-named", 0, None),
        ("named", 1, None),
        ("named", 0, "code-invalid"),
        ("sender", 1, "code-invalid"),
        ("not-named", 2, "code-invalid"),
    ],
)
def test_claimants_are_named_where_the_header_says_so(
    said_by: str, claimants: int, reason: str | None
) -> None:
    play = Words()
    act = play.act(OPENER, ATTRIBUTION, said_by=said_by, claimants=claimants)
    assert play.refused(act) == reason


def test_what_accuses_needs_two_authorisers_and_everything_else_one() -> None:
    two = {spec.type for spec in POSITION_TYPES if spec.authorisers == 2}
    assert two == {ATTRIBUTION, MAINTAINED, WITHDRAWN}
    assert all(spec_of(spec.type).authorisers in (1, 2) for spec in POSITION_TYPES)
