"""Every pair of concurrent acts has the outcome that the table says, in any order of arrival."""

from __future__ import annotations

from itertools import permutations
from typing import NamedTuple

import pytest

from parley.domain.act import ActType
from parley.domain.crossing import OPENED_TWICE, Standing
from parley.domain.kinds.inquiry_crossing import (
    ASKER_TYPES,
    CROSSINGS,
    REPLIER_TYPES,
    Outcome,
    crossing,
)
from parley.domain.kinds.inquiry_state import Status
from parley.domain.shape import Sender
from parley.domain.types.inquiry import INQUIRY_TYPES
from tests.domain import folded as folds
from tests.domain.folded import Folded
from tests.domain.play import ASKER, REPLIER, Play, opened, statuses, voids

PAIRS = sorted(CROSSINGS)
STANDS, CROSSED, LAPSED = Standing.STANDS, Standing.CROSSED, Standing.LAPSED


class Expected(NamedTuple):
    """What both sides see once they have each other's act."""

    outcome: Outcome
    asker: Standing
    replier: Standing
    status: Status
    questions: list[str]
    next: tuple[int, ...]
    bound: int = 0


INQ, S, A, W, C = ASKER_TYPES
ACK, PRE, HOLD, DET, REF, COND = REPLIER_TYPES
ANSWERED, PARTLY, DECLINED, OPEN = "answered", "partly", "declined", "open"

# Written by hand, so that a slip in the table does not pass as its own proof. Where conditions are
# accepted, question 1 had none but conditions before; where the case is closed, a preliminary
# answer to question 1 had been seen.
EXPECTED: dict[tuple[str, str], Expected] = {
    (S, ACK): Expected(
        Outcome.BOTH_STAND, STANDS, STANDS, Status.ACKNOWLEDGED, [OPEN, OPEN, OPEN], (REPLIER,)
    ),
    (S, PRE): Expected(
        Outcome.NEW_QUESTIONS_OPEN,
        STANDS,
        STANDS,
        Status.PRELIMINARY_ANSWERED,
        [PARTLY, OPEN, OPEN],
        (REPLIER,),
    ),
    (S, HOLD): Expected(
        Outcome.NEW_QUESTIONS_OPEN,
        STANDS,
        STANDS,
        Status.PRELIMINARY_ANSWERED,
        [OPEN, OPEN, OPEN],
        (REPLIER,),
    ),
    (S, DET): Expected(
        Outcome.NEW_QUESTIONS_OPEN,
        STANDS,
        STANDS,
        Status.REOPENED,
        [ANSWERED, ANSWERED, OPEN],
        (REPLIER,),
    ),
    (S, REF): Expected(
        Outcome.NEW_QUESTIONS_OPEN,
        STANDS,
        STANDS,
        Status.REOPENED,
        [DECLINED, DECLINED, OPEN],
        (REPLIER,),
    ),
    (S, COND): Expected(
        Outcome.NEW_QUESTIONS_OPEN,
        STANDS,
        STANDS,
        Status.CONDITIONS_SET,
        [OPEN, OPEN, OPEN],
        (ASKER, REPLIER),
    ),
    (A, ACK): Expected(
        Outcome.BOTH_STAND,
        STANDS,
        STANDS,
        Status.CONDITIONS_ACCEPTED,
        [OPEN, OPEN],
        (REPLIER,),
        bound=1,
    ),
    (A, PRE): Expected(
        Outcome.BINDS_ALL_THE_SAME,
        STANDS,
        STANDS,
        Status.CONDITIONS_ACCEPTED,
        [PARTLY, OPEN],
        (REPLIER,),
        bound=1,
    ),
    (A, HOLD): Expected(
        Outcome.BOTH_STAND,
        STANDS,
        STANDS,
        Status.CONDITIONS_ACCEPTED,
        [OPEN, OPEN],
        (REPLIER,),
        bound=1,
    ),
    (A, DET): Expected(
        Outcome.BINDS_ALL_THE_SAME,
        STANDS,
        STANDS,
        Status.ANSWERED,
        [ANSWERED, ANSWERED],
        (ASKER,),
        bound=1,
    ),
    (A, REF): Expected(
        Outcome.ACCEPTANCE_LAPSES,
        LAPSED,
        STANDS,
        Status.REFUSED,
        [DECLINED, DECLINED],
        (ASKER,),
        bound=0,
    ),
    (A, COND): Expected(
        Outcome.EARLIER_TERMS_BIND,
        STANDS,
        STANDS,
        Status.CONDITIONS_SET,
        [OPEN, OPEN],
        (ASKER,),
        bound=1,
    ),
    (W, ACK): Expected(
        Outcome.ENDED_REPLY_CROSSED, STANDS, CROSSED, Status.WITHDRAWN, [OPEN, OPEN], ()
    ),
    (W, PRE): Expected(
        Outcome.ENDED_REPLY_CROSSED, STANDS, CROSSED, Status.WITHDRAWN, [PARTLY, OPEN], ()
    ),
    (W, HOLD): Expected(
        Outcome.ENDED_REPLY_CROSSED, STANDS, CROSSED, Status.WITHDRAWN, [OPEN, OPEN], ()
    ),
    (W, DET): Expected(
        Outcome.ENDED_REPLY_CROSSED, STANDS, CROSSED, Status.WITHDRAWN, [ANSWERED, ANSWERED], ()
    ),
    (W, REF): Expected(
        Outcome.ENDED_REPLY_CROSSED, STANDS, CROSSED, Status.WITHDRAWN, [DECLINED, DECLINED], ()
    ),
    (W, COND): Expected(
        Outcome.ENDED_OFFER_LAPSES, STANDS, LAPSED, Status.WITHDRAWN, [OPEN, OPEN], ()
    ),
    (C, ACK): Expected(
        Outcome.ENDED_REPLY_CROSSED, STANDS, CROSSED, Status.CLOSED, [PARTLY, OPEN], ()
    ),
    (C, PRE): Expected(
        Outcome.ENDED_REPLY_CROSSED, STANDS, CROSSED, Status.CLOSED, [PARTLY, OPEN], ()
    ),
    (C, HOLD): Expected(
        Outcome.ENDED_REPLY_CROSSED, STANDS, CROSSED, Status.CLOSED, [PARTLY, OPEN], ()
    ),
    (C, DET): Expected(
        Outcome.ENDED_REPLY_CROSSED, STANDS, CROSSED, Status.CLOSED, [ANSWERED, ANSWERED], ()
    ),
    (C, REF): Expected(
        Outcome.ENDED_REPLY_CROSSED, STANDS, CROSSED, Status.CLOSED, [DECLINED, DECLINED], ()
    ),
    (C, COND): Expected(
        Outcome.ENDED_OFFER_LAPSES, STANDS, LAPSED, Status.CLOSED, [PARTLY, OPEN], ()
    ),
}


def before(asker_type: str) -> Play:
    """What both sides know before their acts cross."""
    if asker_type == INQ:
        return Play()
    play = opened()
    if asker_type == A:
        play.exchange(REPLIER, COND)
    if asker_type == C:
        play.exchange(REPLIER, PRE)
    return play


def in_every_order(play: Play) -> Folded:
    """The fold, after checking that no order of arrival gives another."""
    folded = play.fold()
    for order in permutations(play.acts()):
        assert folds.fold(order) == folded
    return folded


def test_the_table_has_one_entry_for_each_pair() -> None:
    senders = {spec.type: spec.sender for spec in INQUIRY_TYPES}
    assert {type_ for type_, sender in senders.items() if sender == Sender.ASKER} == set(
        ASKER_TYPES
    )
    assert {type_ for type_, sender in senders.items() if sender == Sender.REPLIER} == set(
        REPLIER_TYPES
    )
    assert set(CROSSINGS) == {(a, r) for a in ASKER_TYPES for r in REPLIER_TYPES}
    assert set(CROSSINGS) == set(EXPECTED) | {(INQ, reply) for reply in REPLIER_TYPES}


@pytest.mark.parametrize(("asker_type", "replier_type"), sorted(EXPECTED))
def test_two_acts_that_cross_have_the_outcome_of_the_table(
    asker_type: str, replier_type: str
) -> None:
    expected = EXPECTED[asker_type, replier_type]
    play = before(asker_type)
    asking = play.say(ASKER, asker_type)
    reply = play.say(REPLIER, replier_type)

    folded = in_every_order(play)

    assert not folded.void_acts
    standing = {entry.id: entry.standing for entry in folded.acts}
    assert standing[asking.id] == expected.asker
    assert standing[reply.id] == expected.replier
    assert folded.status == expected.status
    assert statuses(folded) == expected.questions
    assert folded.next_actors == expected.next
    assert len(folded.bound) == expected.bound
    (pair,) = folded.crossings()
    assert {pair.first, pair.second} == {asking.id, reply.id}
    assert pair.outcome == expected.outcome
    assert {entry.id for entry in folded.crossed} == {
        act.id
        for act, what in ((asking, expected.asker), (reply, expected.replier))
        if what != STANDS
    }


@pytest.mark.parametrize(("asker_type", "replier_type"), sorted(EXPECTED))
def test_an_outcome_is_provisional_until_both_have_seen_both(
    asker_type: str, replier_type: str
) -> None:
    play = before(asker_type)
    play.say(ASKER, asker_type)
    play.say(REPLIER, replier_type)
    assert play.fold().provisional
    assert len(play.fold().unseen) == 2

    play.sync()
    once = play.horizon()
    only_one = (once[0], (0, 0))
    assert play.fold(only_one).provisional
    assert not play.fold(once).provisional
    assert not play.fold(once).unseen


@pytest.mark.parametrize("replier_type", REPLIER_TYPES)
def test_a_reply_to_an_inquiry_that_its_author_had_not_seen_is_void(replier_type: str) -> None:
    play = Play()
    asking = play.say(ASKER, INQ)
    reply = play.say(REPLIER, replier_type, reference=asking.id)

    folded = in_every_order(play)

    assert voids(folded) == {reply.id: "case-not-open"}
    assert folded.status == Status.ASKED
    assert not list(folded.crossings())
    entry = crossing(INQ, replier_type)
    assert (entry.outcome, entry.first, entry.second) == (Outcome.NO_REPLY_UNSEEN, STANDS, LAPSED)


# Nobody can close or accept conditions: that supposes a reply, and nobody had seen an inquiry.
@pytest.mark.parametrize("second", [INQ, S, W])
def test_two_parties_that_open_one_case_both_open_nothing(second: str) -> None:
    play = Play()
    first = play.say(ASKER, INQ)
    other = play.say(REPLIER, INQ)
    if second != INQ:
        play.say(REPLIER, second)

    folded = in_every_order(play)

    assert folded.status == "void"
    assert folded.void_reason == "case-opened-twice"
    assert folded.next_actors == ()
    assert not folded.questions
    assert {entry.standing for entry in folded.acts} == {LAPSED}
    assert {first.id, other.id} <= {entry.id for entry in folded.crossed}
    play.sync()
    late = play.exchange(ASKER, S, {"first": 3, "questions": 1, "evidence": 0}, reference=first.id)
    assert voids(in_every_order(play)) == {late.id: "case-opened-twice"}


@pytest.mark.parametrize(("asker_type", "replier_type"), PAIRS)
def test_the_table_is_read_from_either_side(asker_type: str, replier_type: str) -> None:
    entry = crossing(asker_type, replier_type)
    assert crossing(replier_type, asker_type) == entry.reverse
    assert entry.why.endswith(".")


@pytest.mark.parametrize(("first", "second"), [(INQ, INQ), (S, INQ), (W, S), (ACK, DET)])
def test_any_other_pair_supposes_two_askers(first: str, second: str) -> None:
    assert crossing(first, second) == OPENED_TWICE


def test_several_acts_of_each_side_cross_pair_by_pair() -> None:
    play = opened()
    play.exchange(REPLIER, COND)
    accepted = play.say(ASKER, A)
    added = play.say(ASKER, S)
    refused = play.say(REPLIER, REF)

    folded = in_every_order(play)

    standing = {entry.id: entry.standing for entry in folded.acts}
    assert standing[accepted.id] == LAPSED
    assert standing[added.id] == STANDS
    assert standing[refused.id] == STANDS
    assert statuses(folded) == [DECLINED, DECLINED, OPEN]
    assert not folded.bound
    assert sorted(pair.outcome for pair in folded.crossings()) == [
        Outcome.ACCEPTANCE_LAPSES,
        Outcome.NEW_QUESTIONS_OPEN,
    ]


def test_the_worse_of_two_crossings_holds() -> None:
    play = opened()
    play.exchange(REPLIER, COND)
    accepted = play.say(ASKER, A)
    play.say(REPLIER, PRE)
    play.say(REPLIER, REF)
    folded = in_every_order(play)
    assert folded.entry(ASKER, accepted.seq).standing == LAPSED  # type: ignore[union-attr]


@pytest.mark.parametrize("type_", [ActType.WITHDRAWAL, ActType.CLOSING])
def test_replies_in_a_row_that_cross_the_end_all_stand_as_crossed(type_: str) -> None:
    play = before(type_)
    play.say(ASKER, type_)
    replies = [play.say(REPLIER, kind) for kind in (ACK, HOLD, DET)]
    folded = play.fold()
    assert not folded.void_acts
    assert [entry.id for entry in folded.crossed] == [reply.id for reply in replies]
