"""A case share: who is bound by what, what is due, and what a crossing leaves of it."""

from __future__ import annotations

import pytest

from parley.domain import case as cases
from parley.domain import folding
from parley.domain.act import ActType
from parley.domain.kinds.share_state import bound, preservations
from parley.domain.shape import ClockKind
from tests.domain.play import DAY
from tests.domain.words_play import OPENER, OTHER, Words

OFFER, ACCEPTED, DECLINED, TAKEN_BACK = (
    ActType.CASE_SHARE,
    ActType.SHARE_ACCEPTED,
    ActType.SHARE_DECLINED,
    ActType.SHARE_WITHDRAWN,
)
SENT, USED, DELETED = ActType.SHARE_SENT, ActType.SHARE_USED, ActType.SHARE_DELETED
REQUEST, EXTENSION, ANSWER = (
    ActType.PRESERVATION_REQUEST,
    ActType.PRESERVATION_EXTENSION,
    ActType.PRESERVATION_ANSWER,
)


def offered() -> Words:
    play = Words()
    play.tells(OPENER, OFFER)
    return play


def due(play: Words) -> list[tuple[ClockKind, int, int | None]]:
    return [(one.kind, one.owner, one.seconds) for one in cases.obligations(play.whole())]


def test_from_offer_to_deletion() -> None:
    play = offered()
    assert play.status == "offered"
    assert due(play) == [(ClockKind.RESPOND, OTHER, 10 * DAY)]
    play.tells(OTHER, ACCEPTED)
    assert play.status == "accepted"
    assert due(play) == [(ClockKind.RESPOND, OPENER, 10 * DAY)]
    play.tells(OPENER, SENT)
    assert play.status == "sent"
    assert due(play) == [(ClockKind.RETENTION, OTHER, 90 * DAY)]
    assert cases.next_actors(play.whole()) == ()
    play.tells(OTHER, USED)
    assert play.status == "used"
    play.tells(OTHER, DELETED)
    assert play.status == "deleted"
    assert due(play) == []
    assert not cases.is_open(play.whole())


def test_an_acceptance_binds_jointly_once_both_are_known_to_have_seen_it() -> None:
    play = offered()
    play.tells(OTHER, ACCEPTED)
    whole = play.whole()
    (one,) = bound(whole, play.substance())
    assert (one.offer.limits, one.joint) == (2, False)
    (one,) = bound(folding.cover(whole, play.horizon()), play.substance())
    assert one.joint


def test_all_limits_are_accepted_or_none() -> None:
    play = offered()
    assert play.refused(play.act(OTHER, ACCEPTED, limits=1)) == "limits-miscounted"
    assert cases.fill(play.whole(), ACCEPTED) == {"limits": 2}
    play.tells(OTHER, ACCEPTED)
    assert play.refused(play.act(OTHER, ACCEPTED)) == "offer-answered"
    assert play.refused(play.act(OTHER, DECLINED)) == "offer-answered"


def test_nothing_is_sent_that_was_not_accepted() -> None:
    play = offered()
    assert play.refused(play.act(OPENER, SENT)) == "reference-missing"
    play.tells(OTHER, DECLINED)
    assert play.status == "declined"
    assert play.refused(play.act(OPENER, SENT, play.said[OTHER][0].id)) == "reference-wrong"


@pytest.mark.parametrize("type_", [OFFER, TAKEN_BACK, ActType.SHARE_UPDATE, SENT])
def test_the_giver_alone_gives(type_: str) -> None:
    play = offered()
    play.tells(OTHER, ACCEPTED)
    assert play.refused(play.act(OTHER, type_)) == "not-the-giver"


@pytest.mark.parametrize("type_", [ACCEPTED, DECLINED, USED, DELETED])
def test_the_giver_does_not_answer_itself(type_: str) -> None:
    play = offered()
    play.tells(OTHER, ACCEPTED)
    play.tells(OPENER, SENT)
    assert play.refused(play.act(OPENER, type_)) == "not-a-recipient"


def test_an_acceptance_that_crosses_a_new_offer_binds_to_the_terms_that_were_read() -> None:
    play = offered()
    play.tell(OTHER, ACCEPTED)
    play.tell(OPENER, OFFER, limits=5, retention=DAY)
    play.sync()
    (pair,) = cases.crossings(play.whole())
    assert pair.outcome == "offered-terms-bind"
    (one,) = bound(play.whole(), play.substance())
    assert one.offer.limits == 2
    assert play.status == "offered"
    play.tells(OPENER, SENT)
    assert (ClockKind.RETENTION, OTHER, 90 * DAY) in due(play)


def test_an_acceptance_that_crosses_the_withdrawal_of_its_offer_binds_nobody() -> None:
    play = offered()
    play.tell(OTHER, ACCEPTED)
    play.tell(OPENER, TAKEN_BACK)
    play.sync()
    (pair,) = cases.crossings(play.whole())
    assert pair.outcome == "offer-withdrawn"
    assert bound(play.whole(), play.substance()) == ()
    assert play.status == "withdrawn"
    assert due(play) == []
    assert play.refused(play.act(OPENER, SENT)) == "offer-withdrawn"


def test_a_withdrawal_of_another_offer_leaves_an_acceptance_alone() -> None:
    play = offered()
    play.tell(OTHER, ACCEPTED)
    second = play.tell(OPENER, OFFER, limits=5)
    play.tell(OPENER, TAKEN_BACK, second.id)
    play.sync()
    (one,) = bound(play.whole(), play.substance())
    assert one.offer.limits == 2
    assert play.refused(play.act(OPENER, SENT)) is None


def test_an_offer_for_which_samples_were_sent_is_not_withdrawn() -> None:
    play = offered()
    play.tells(OTHER, ACCEPTED)
    play.tells(OPENER, SENT)
    assert play.refused(play.act(OPENER, TAKEN_BACK)) == "share-already-sent"


def test_an_offer_made_anew_is_answered_as_it_was_last_made() -> None:
    play = offered()
    first = play.said[OPENER][0]
    play.tells(OPENER, OFFER, limits=5)
    assert play.refused(play.act(OTHER, ACCEPTED, first.id)) == "offer-superseded"
    assert play.refused(play.act(OTHER, ACCEPTED, limits=5)) is None


def test_a_claim_of_deletion_covers_what_had_been_received() -> None:
    play = offered()
    play.tells(OTHER, ACCEPTED)
    play.tells(OPENER, SENT)
    play.tell(OPENER, SENT)
    play.tell(OTHER, DELETED)
    play.sync()
    assert play.status == "sent"
    assert [play.substance().is_deleted(one) for one in play.substance().sendings] == [True, False]
    assert due(play) == [(ClockKind.RETENTION, OTHER, 90 * DAY)]


def test_a_report_is_of_what_one_has_received() -> None:
    play = offered()
    play.tells(OTHER, ACCEPTED)
    assert play.refused(play.act(OTHER, USED)) == "reference-missing"


def test_a_request_to_preserve_can_come_before_any_offer() -> None:
    play = Words()
    play.tells(OTHER, REQUEST)
    assert play.substance().giver == OPENER
    assert play.status == "preservation-asked"
    assert due(play) == [
        (ClockKind.RESPOND, OPENER, 10 * DAY),
        (ClockKind.PRESERVE, OPENER, 60 * DAY),
    ]
    assert play.refused(play.act(OTHER, ANSWER)) == "own-statement"
    play.tells(OPENER, ANSWER)
    assert play.status == "preserved"
    play.tells(OTHER, EXTENSION)
    (one,) = preservations(play.substance())
    assert one.seconds == 90 * DAY
    assert (ClockKind.PRESERVE, OPENER, 90 * DAY) in due(play)
    assert play.refused(play.act(OPENER, EXTENSION)) == "not-the-requester"
    play.tells(OPENER, OFFER)
    assert play.status == "offered"


def test_what_is_not_preserved_has_no_clock() -> None:
    play = Words()
    play.tells(OTHER, REQUEST)
    play.tells(OPENER, ANSWER, result="not-preserved", ground="law-forbids")
    assert due(play) == []
    assert play.status == "not-preserved"
    assert not cases.is_open(play.whole())


def test_either_side_may_ask_to_preserve_once_a_share_is_open() -> None:
    play = offered()
    play.tells(OPENER, REQUEST)
    assert (ClockKind.PRESERVE, OTHER, 60 * DAY) in due(play)


def test_an_urgent_request_is_answered_within_a_day() -> None:
    play = Words()
    play.tell(OTHER, REQUEST, precedence=2)
    assert (ClockKind.RESPOND, OPENER, DAY) in due(play)
