"""An understanding, act by act: whose versions there are, who holds it, what becomes of it."""

from __future__ import annotations

from random import Random

import pytest

from parley.domain import case
from parley.domain.act import ActType
from parley.domain.crossing import Standing
from parley.domain.dates import end
from parley.domain.kinds import understanding_reading as reading
from parley.domain.kinds.understanding_reading import Stance
from parley.domain.kinds.understanding_state import Understanding
from parley.domain.shape import ClockKind
from parley.kernel.errors import ParleyError
from tests.domain.games import Game
from tests.domain.play import DAY, NOW, Codes
from tests.domain.test_understanding_machine import MEETING, STYLE

RU, US = 0, 1
VERSION: Codes = {"level": "ministers", "owner": "all-sides", "evidence": 0}
PROMISE: Codes = {"level": "heads-of-state", "owner": "author", "evidence": 0, "due": "2018-01"}


def recorded(codes: Codes = VERSION, author: int = RU) -> tuple[Game, bytes]:
    game = Game(STYLE, Random(0))
    return game, game.exchange(author, ActType.UNDERSTANDING, codes).id


def understanding(game: Game) -> Understanding:
    substance = game.whole().substance
    assert isinstance(substance, Understanding)
    return substance


def status(game: Game) -> str:
    return case.status(game.whole())


def stances(game: Game) -> list[Stance]:
    return [one.stance for one in reading.places(game.whole(), understanding(game))]


def refused(
    game: Game, member: int, type_: str, codes: Codes, reference: bytes | None = None
) -> str:
    """Why ``member`` may not say this now; the same whoever judges it."""
    act = game.draft(member, type_, codes, reference=reference)
    with pytest.raises(ParleyError) as caught:
        case.decide(game.seen(member), act, NOW)
    reason: str = caught.value.reason.value
    game.release(act)
    game.sync()
    entry = game.whole().find(act.id)
    assert entry is not None
    assert entry.void == reason
    return reason


# --- whose understanding -------------------------------------------------------------------------


def test_one_sides_version_is_unilateral_and_the_others_is_absent() -> None:
    game, _ = recorded()
    assert status(game) == "unilateral"
    assert stances(game) == [Stance.VERSION, Stance.SILENT]
    assert reading.version_of(game.whole(), understanding(game), US) is None
    assert case.next_actors(game.whole()) == (US,)


def test_a_promise_asks_nothing_of_the_other_side() -> None:
    game, _ = recorded(PROMISE, US)
    assert status(game) == "unilateral"
    assert case.next_actors(game.whole()) == ()


def test_joint_is_a_text_that_all_have_given_or_confirmed() -> None:
    game, version = recorded()
    game.exchange(US, ActType.UNDERSTANDING_CONFIRMATION, reference=version)
    assert status(game) == "joint"
    assert reading.joint_version(game.whole(), understanding(game)) == version
    assert refused(game, RU, ActType.UNDERSTANDING, VERSION, version) == "understanding-joint"
    reason = refused(game, US, ActType.UNDERSTANDING_CONFIRMATION, {}, version)
    assert reason == "said-already"


def test_a_version_of_its_own_confirms_nobodys() -> None:
    game, first = recorded()
    second = game.exchange(US, ActType.UNDERSTANDING, VERSION, reference=first).id
    assert status(game) == "two-versions"
    assert case.next_actors(game.whole()) == (RU, US)
    for member, version in ((RU, first), (US, second)):
        found = reading.version_of(game.whole(), understanding(game), member)
        assert found is not None
        assert found.id == version
    game.exchange(RU, ActType.UNDERSTANDING_CONFIRMATION, reference=second)
    assert status(game) == "joint"
    assert reading.joint_version(game.whole(), understanding(game)) == second


def test_nobody_confirms_or_disputes_its_own_version() -> None:
    game, version = recorded()
    for type_ in (ActType.UNDERSTANDING_CONFIRMATION, ActType.UNDERSTANDING_DISPUTE):
        assert refused(game, RU, type_, {}, version) == "own-statement"


def test_a_word_is_about_the_version_that_its_author_now_gives() -> None:
    game, first = recorded()
    second = game.exchange(RU, ActType.UNDERSTANDING, VERSION, reference=first).id
    for type_ in (ActType.UNDERSTANDING_CONFIRMATION, ActType.UNDERSTANDING_DISPUTE):
        assert refused(game, US, type_, {}, first) == "reference-superseded"
    game.exchange(US, ActType.UNDERSTANDING_CONFIRMATION, reference=second)
    assert status(game) == "joint"


def test_one_that_gave_no_version_disputes_without_getting_one() -> None:
    game, version = recorded()
    game.exchange(US, ActType.UNDERSTANDING_DISPUTE, reference=version)
    assert status(game) == "disputed"
    assert reading.version_of(game.whole(), understanding(game), US) is None
    reason = refused(game, US, ActType.UNDERSTANDING_DISPUTE, {}, version)
    assert reason == "said-already"
    # A new version is another matter; the old dispute is not about it.
    game.exchange(RU, ActType.UNDERSTANDING, VERSION, reference=version)
    assert status(game) == "unilateral"


def test_who_confirmed_a_version_steps_back_instead_of_disputing_it() -> None:
    game, version = recorded()
    game.exchange(US, ActType.UNDERSTANDING_CONFIRMATION, reference=version)
    reason = refused(game, US, ActType.UNDERSTANDING_DISPUTE, {}, version)
    assert reason == "understanding-held"


# --- stepping back -------------------------------------------------------------------------------


def test_one_that_gave_no_version_steps_back_without_getting_one() -> None:
    game, version = recorded()
    game.exchange(US, ActType.UNDERSTANDING_STEP_BACK, reference=version)
    assert status(game) == "disputed"
    assert stances(game) == [Stance.VERSION, Stance.STEPPED_BACK]
    assert reading.version_of(game.whole(), understanding(game), US) is None
    reason = refused(game, US, ActType.UNDERSTANDING_STEP_BACK, {}, version)
    assert reason == "said-already"
    game.exchange(RU, ActType.UNDERSTANDING_RECALL, {"meeting": MEETING}, reference=version)
    assert status(game) == "disputed"
    (recall,) = understanding(game).sides[RU].recalls
    assert recall.meeting == bytes.fromhex(MEETING)


def test_stepping_back_ends_what_was_joint_and_confirming_restores_it() -> None:
    game, version = recorded()
    game.exchange(US, ActType.UNDERSTANDING_CONFIRMATION, reference=version)
    game.exchange(US, ActType.UNDERSTANDING_STEP_BACK, reference=version)
    assert status(game) == "disputed"
    game.exchange(US, ActType.UNDERSTANDING_CONFIRMATION, reference=version)
    assert status(game) == "joint"


def test_what_all_that_held_it_have_left_is_given_up() -> None:
    game, version = recorded(PROMISE, US)
    game.exchange(US, ActType.UNDERSTANDING_STEP_BACK, reference=version)
    assert status(game) == "given-up"
    assert not case.is_open(game.whole())


# --- progress and lapse --------------------------------------------------------------------------


def test_progress_is_reported_and_accepted_or_contested() -> None:
    game, version = recorded()
    done: Codes = {"progress": "done", "evidence": 0}
    reason = refused(game, US, ActType.UNDERSTANDING_PROGRESS, done, version)
    assert reason == "understanding-not-held"
    report = game.exchange(RU, ActType.UNDERSTANDING_PROGRESS, done, reference=version).id
    assert case.next_actors(game.whole()) == (US,)
    verdict: Codes = {"assessment": "contested"}
    own = refused(game, RU, ActType.UNDERSTANDING_ASSESSMENT, verdict, report)
    assert own == "own-statement"
    game.exchange(US, ActType.UNDERSTANDING_ASSESSMENT, verdict, reference=report)
    assert reading.assessment_of(understanding(game), report) == "contested"
    game.exchange(
        US, ActType.UNDERSTANDING_ASSESSMENT, {"assessment": "accepted"}, reference=report
    )
    assert reading.assessment_of(understanding(game), report) == "accepted"


def test_an_understanding_lapses_when_all_that_hold_it_say_so() -> None:
    game, version = recorded()
    game.exchange(US, ActType.UNDERSTANDING_CONFIRMATION, reference=version)
    ground: Codes = {"ground": "fulfilled"}
    game.exchange(RU, ActType.UNDERSTANDING_LAPSE, ground, reference=version)
    assert status(game) == "joint"
    reason = refused(game, RU, ActType.UNDERSTANDING_LAPSE, ground, version)
    assert reason == "said-already"
    game.exchange(US, ActType.UNDERSTANDING_LAPSE, ground, reference=version)
    assert status(game) == "lapsed"
    reason = refused(game, RU, ActType.UNDERSTANDING, VERSION, version)
    assert reason == "understanding-lapsed"
    # To remind of it is always free.
    game.exchange(RU, ActType.UNDERSTANDING_RECALL, reference=version)
    assert status(game) == "lapsed"


def test_one_that_holds_nothing_cannot_let_it_lapse() -> None:
    game, version = recorded()
    reason = refused(game, US, ActType.UNDERSTANDING_LAPSE, {"ground": "other"}, version)
    assert reason == "understanding-not-held"


# --- what is due ---------------------------------------------------------------------------------


def test_a_review_is_due_after_ninety_days_and_the_thing_by_its_day() -> None:
    game, version = recorded(PROMISE, US)
    review, deed = case.obligations(game.whole())
    assert (review.kind, review.owner, review.since) == (ClockKind.REVIEW, US, version)
    assert review.seconds == 90 * DAY
    assert (deed.kind, deed.owner, deed.at) == (ClockKind.FULFILMENT, US, end("2018-01"))
    report: Codes = {"progress": "in-progress", "evidence": 0}
    reported = game.exchange(US, ActType.UNDERSTANDING_PROGRESS, report, reference=version).id
    review, _ = case.obligations(game.whole())
    assert review.since == reported
    done: Codes = {"progress": "done", "evidence": 0}
    game.exchange(US, ActType.UNDERSTANDING_PROGRESS, done, reference=version)
    assert case.obligations(game.whole()) == ()


def test_nobody_owes_what_only_another_says_it_owes() -> None:
    game, version = recorded({**VERSION, "owner": "other-side", "due": "2018"})
    assert case.obligations(game.whole()) == ()
    game.exchange(US, ActType.UNDERSTANDING_CONFIRMATION, reference=version)
    assert {due.owner for due in case.obligations(game.whole())} == {US}


# --- crossings -----------------------------------------------------------------------------------


def test_a_version_is_confirmed_as_it_stood() -> None:
    game, version = recorded()
    confirmation = game.say(US, ActType.UNDERSTANDING_CONFIRMATION, reference=version)
    later = game.say(RU, ActType.UNDERSTANDING, VERSION, reference=version)
    game.sync()
    whole = game.whole()
    entries = [whole.find(act.id) for act in (confirmation, later)]
    assert [entry.standing for entry in entries if entry] == [Standing.STANDS, Standing.CROSSED]
    assert case.status(whole) == "joint"
    assert reading.joint_version(whole, understanding(game)) == version


def test_a_lapse_that_crossed_a_confirmation_waits_for_the_other_side() -> None:
    game, version = recorded()
    game.say(US, ActType.UNDERSTANDING_CONFIRMATION, reference=version)
    game.say(RU, ActType.UNDERSTANDING_LAPSE, {"ground": "other"}, reference=version)
    game.sync()
    assert status(game) == "joint"
    (crossed,) = case.crossings(game.whole())
    assert crossed.outcome == "not-yet-lapsed"
    game.exchange(US, ActType.UNDERSTANDING_LAPSE, {"ground": "other"}, reference=version)
    assert status(game) == "lapsed"


def test_stepping_back_stands_beside_a_confirmation_that_crossed_it() -> None:
    game, version = recorded()
    game.say(US, ActType.UNDERSTANDING_CONFIRMATION, reference=version)
    game.say(RU, ActType.UNDERSTANDING_STEP_BACK, reference=version)
    game.sync()
    assert status(game) == "disputed"
    assert stances(game) == [Stance.STEPPED_BACK, Stance.CONFIRMED]
