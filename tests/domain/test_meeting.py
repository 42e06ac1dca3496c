"""A meeting, act by act: preparing it, declaring it, its minutes, and what crosses."""

from __future__ import annotations

from random import Random

import pytest

from parley.domain import case
from parley.domain.act import Act, ActType
from parley.domain.case import Case
from parley.domain.crossing import Standing
from parley.domain.dates import start
from parley.domain.kinds import meeting_reading as reading
from parley.domain.kinds.meeting_crossing import CROSSINGS
from parley.domain.kinds.meeting_state import ItemStatus, Meeting, Minutes
from parley.domain.shape import ClockKind
from parley.kernel.errors import ParleyError
from tests.domain.games import Game
from tests.domain.play import DAY, NOW, Codes
from tests.domain.test_meeting_machine import STYLE

RU, US = 0, 1
PROPOSED: Codes = {
    "form": "formal",
    "level": "heads-of-state",
    "first-day": "2017-07-07",
    "last-day": "2017-07-08",
    "agenda": 2,
    "programme": 0,
    "delegation": 1,
}
CONTACT: Codes = {
    "form": "informal",
    "level": "heads-of-state",
    "held": "2017-07-07",
    "agenda": 0,
    "programme": 0,
    "delegation": 0,
}
HELD: Codes = {"held": "2017-07-07"}
DRAFT: Codes = {"items": 2, "statements": 0}


def begun(codes: Codes = PROPOSED) -> tuple[Game, bytes]:
    game = Game(STYLE, Random(0))
    return game, game.exchange(RU, ActType.MEETING, codes).id


def meeting(game: Game) -> Meeting:
    substance = game.whole().substance
    assert isinstance(substance, Meeting)
    return substance


def status(game: Game) -> str:
    return case.status(game.whole())


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


def standing(state: Case, act: Act) -> Standing:
    entry = state.find(act.id)
    assert entry is not None
    assert entry.void is None
    return entry.standing


# --- preparing -----------------------------------------------------------------------------------


def test_a_meeting_from_its_proposal_to_its_minutes() -> None:
    game, opening = begun()
    assert status(game) == "proposed"
    assert case.next_actors(game.whole()) == (US,)
    game.exchange(US, ActType.MEETING_ACCEPTANCE, reference=opening)
    assert status(game) == "scheduled"
    game.exchange(US, ActType.MEETING_DELEGATION, {"delegation": 2}, reference=opening)
    game.exchange(US, ActType.MEETING_AGENDA_REPLY, {"accepted": ((1, 2),)}, reference=opening)
    assert [item.status for item in reading.agenda(meeting(game))] == [ItemStatus.AGREED] * 2
    assert case.next_actors(game.whole()) == ()
    game.exchange(RU, ActType.MEETING_DECLARATION, HELD, reference=opening)
    assert status(game) == "declared-by-one"
    assert meeting(game).declared == (RU,)
    game.exchange(US, ActType.MEETING_DECLARATION, {"held": "2017-07"}, reference=opening)
    assert status(game) == "declared-by-all"
    held = [side.declarations[-1].held for side in meeting(game).sides]
    assert held == ["2017-07-07", "2017-07"]
    draft = game.exchange(RU, ActType.MINUTES_DRAFT, DRAFT, reference=opening).id
    assert case.next_actors(game.whole()) == (US,)
    game.exchange(US, ActType.MINUTES_CORRECTION, {"corrections": 1}, reference=draft)
    assert case.next_actors(game.whole()) == (RU,)
    second = game.exchange(RU, ActType.MINUTES_DRAFT, DRAFT, reference=draft).id
    game.exchange(US, ActType.MINUTES_AGREEMENT, {"reservations": 1}, reference=second)
    assert status(game) == "minutes-agreed-with-reservations"
    whole = game.whole()
    assert not case.is_open(whole)
    assert reading.agreed_draft(whole, meeting(game)) == (second, 1)
    assert case.obligations(whole) == ()


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"first-day": None}, "code-missing"),
        ({"last-day": "2017-07-06"}, "dates-disordered"),
        ({"last-day": "2016"}, "dates-disordered"),
        ({"held": "2017-07-07"}, "code-invalid"),
        ({"form": "informal", "first-day": None, "last-day": None}, "code-missing"),
        ({"first-day": "2017-02-30"}, "code-invalid"),
        ({"first-day": 20170707}, "code-invalid"),
        ({"form": "secret"}, "code-invalid"),
    ],
)
def test_what_no_meeting_is_opened_with(change: dict[str, object], reason: str) -> None:
    codes = {name: value for name, value in {**PROPOSED, **change}.items() if value is not None}
    game = Game(STYLE, Random(0))
    assert refused(game, RU, ActType.MEETING, codes) == reason  # type: ignore[arg-type]


def test_an_informal_contact_has_no_agenda_to_agree() -> None:
    game = Game(STYLE, Random(0))
    assert refused(game, RU, ActType.MEETING, {**CONTACT, "agenda": 1}) == "code-invalid"


def test_dates_may_be_less_exact_than_days() -> None:
    game, _ = begun({**PROPOSED, "first-day": "2017-07", "last-day": "2017"})
    assert status(game) == "proposed"


def test_what_one_adds_to_the_agenda_needs_the_consent_of_all() -> None:
    game, opening = begun()
    added = game.exchange(US, ActType.MEETING_AGENDA, {"agenda": 1}, reference=opening).id
    assert [item.owner for item in reading.agenda(meeting(game))] == [RU, RU, US]
    assert case.next_actors(game.whole()) == (RU, US)
    game.exchange(RU, ActType.MEETING_AGENDA_REPLY, {"declined": ((1, 1),)}, reference=added)
    game.exchange(US, ActType.MEETING_AGENDA_REPLY, {"accepted": ((1, 1),)}, reference=opening)
    found = [item.status.value for item in reading.agenda(meeting(game))]
    assert found == ["agreed", "open", "declined"]
    # The other may think better of it; what all have agreed to, nobody takes off alone.
    game.exchange(RU, ActType.MEETING_AGENDA_REPLY, {"accepted": ((1, 1),)}, reference=added)
    again = {"declined": ((1, 1),)}
    assert refused(game, RU, ActType.MEETING_AGENDA_REPLY, again, opening) == "item-agreed"
    assert refused(game, US, ActType.MEETING_AGENDA_REPLY, again, opening) == "item-agreed"


def test_an_agenda_has_bounds() -> None:
    game, opening = begun({**PROPOSED, "agenda": 60})
    game.exchange(RU, ActType.MEETING_AGENDA, {"agenda": 4}, reference=opening)
    reason = refused(game, RU, ActType.MEETING_AGENDA, {"agenda": 1}, opening)
    assert reason == "items-too-many"
    game.exchange(US, ActType.MEETING_AGENDA, {"agenda": 64}, reference=opening)
    assert len(list(reading.agenda(meeting(game)))) == 128


def test_whoever_brought_an_item_may_take_it_off_until_it_is_agreed() -> None:
    game, opening = begun()
    off: Codes = {"declined": ((2, 2),)}
    game.exchange(RU, ActType.MEETING_AGENDA_REPLY, off, reference=opening)
    found = [item.status.value for item in reading.agenda(meeting(game))]
    assert found == ["open", "declined"]


@pytest.mark.parametrize(
    ("codes", "reason"),
    [
        ({}, "code-missing"),
        ({"accepted": ((1, 1),), "declined": ((1, 2),)}, "code-invalid"),
        ({"accepted": ((3, 3),)}, "item-unknown"),
        ({"accepted": ((0, 1),)}, "code-invalid"),
    ],
)
def test_replies_to_an_agenda_that_say_nothing_clear(codes: Codes, reason: str) -> None:
    game, opening = begun()
    assert refused(game, US, ActType.MEETING_AGENDA_REPLY, codes, opening) == reason


def test_a_programme_asks_for_nobodys_consent() -> None:
    game, opening = begun()
    act = game.exchange(US, ActType.MEETING_PROGRAMME, {"programme": 1}, reference=opening)
    programme = meeting(game).sides[US].programme
    assert programme is not None
    assert programme.id == act.id
    assert len(list(reading.agenda(meeting(game)))) == 2


def test_a_postponement_takes_the_dates_off_and_proposes_others() -> None:
    game, opening = begun({**PROPOSED, "agenda": 0})
    game.exchange(US, ActType.MEETING_ACCEPTANCE, reference=opening)
    later: Codes = {"first-day": "2017-08-06"}
    moved = game.exchange(US, ActType.MEETING_POSTPONEMENT, later, reference=opening).id
    assert status(game) == "postponed"
    assert case.next_actors(game.whole()) == (RU,)
    assert refused(game, RU, ActType.MEETING_ACCEPTANCE, {}, opening) == "own-statement"
    assert refused(game, US, ActType.MEETING_ACCEPTANCE, {}, opening) == "reference-superseded"
    game.exchange(RU, ActType.MEETING_ACCEPTANCE, reference=moved)
    assert status(game) == "scheduled"
    assert refused(game, RU, ActType.MEETING_ACCEPTANCE, {}, moved) == "said-already"


def test_without_dates_there_is_nothing_to_accept() -> None:
    game, opening = begun()
    moved = game.exchange(RU, ActType.MEETING_POSTPONEMENT, reference=opening).id
    assert refused(game, US, ActType.MEETING_ACCEPTANCE, {}, moved) == "dates-missing"
    assert case.next_actors(game.whole()) == (RU, US)


def test_either_side_calls_a_meeting_off_alone() -> None:
    game, opening = begun()
    game.exchange(US, ActType.MEETING_CANCELLATION, reference=opening)
    assert status(game) == "cancelled"
    assert not case.is_open(game.whole())
    for type_, codes in (
        (ActType.MEETING_ACCEPTANCE, {}),
        (ActType.MEETING_POSTPONEMENT, {}),
        (ActType.MEETING_CANCELLATION, {}),
        (ActType.MEETING_AGENDA, {"agenda": 1}),
        (ActType.MEETING_DELEGATION, {"delegation": 1}),
    ):
        assert refused(game, US, type_, codes, opening) == "meeting-cancelled"
    # That it took place all the same, each side may still say.
    game.exchange(RU, ActType.MEETING_DECLARATION, HELD, reference=opening)
    assert status(game) == "declared-by-one"


def test_who_has_declared_a_meeting_does_not_plan_it_any_more() -> None:
    game, opening = begun()
    game.exchange(RU, ActType.MEETING_DECLARATION, HELD, reference=opening)
    reason = refused(game, RU, ActType.MEETING_CANCELLATION, {}, opening)
    assert reason == "meeting-declared"
    game.exchange(US, ActType.MEETING_CANCELLATION, reference=opening)
    assert status(game) == "declared-by-one"


# --- declaring -----------------------------------------------------------------------------------


def test_an_informal_contact_is_its_authors_word_until_the_other_speaks() -> None:
    game, opening = begun(CONTACT)
    assert status(game) == "informal-by-one"
    assert meeting(game).declared == (RU,)
    assert not case.is_open(game.whole())
    assert case.obligations(game.whole()) == ()
    reason = refused(game, US, ActType.MEETING_AGENDA, {"agenda": 1}, opening)
    assert reason == "act-out-of-place"
    game.exchange(US, ActType.MEETING_DECLARATION, HELD, reference=opening)
    assert status(game) == "informal-by-all"


def test_a_meeting_agreed_elsewhere_is_declared_at_once() -> None:
    game, opening = begun({**CONTACT, "form": "formal", "agenda": 1})
    assert status(game) == "declared-by-one"
    reason = refused(game, US, ActType.MEETING_ACCEPTANCE, {}, opening)
    assert reason == "meeting-not-proposed"
    game.exchange(US, ActType.MEETING_AGENDA_REPLY, {"accepted": ((1, 1),)}, reference=opening)
    assert [item.status for item in reading.agenda(meeting(game))] == [ItemStatus.AGREED]


def test_a_side_corrects_its_own_declaration_and_both_stay() -> None:
    game, opening = begun(CONTACT)
    game.exchange(RU, ActType.MEETING_DECLARATION, {"held": "2017-07-08"}, reference=opening)
    held = [declaration.held for declaration in meeting(game).sides[RU].declarations]
    assert held == ["2017-07-07", "2017-07-08"]
    assert meeting(game).declared == (RU,)


def test_nobody_declares_what_is_still_to_come() -> None:
    game, opening = begun()
    act = game.draft(RU, ActType.MEETING_DECLARATION, {"held": "2999"}, reference=opening)
    with pytest.raises(ParleyError, match="time-in-future"):
        case.decide(game.seen(RU), act, NOW)
    # Of the peer it is no more than an odd word: no clock decides what the two sides see.
    game.release(act)
    game.sync()
    assert not game.whole().void_acts


# --- minutes -------------------------------------------------------------------------------------


def declared() -> tuple[Game, bytes]:
    game, opening = begun()
    for member in (RU, US):
        game.exchange(member, ActType.MEETING_DECLARATION, HELD, reference=opening)
    return game, opening


def test_there_are_no_minutes_of_what_nobody_declared() -> None:
    game, opening = begun()
    assert refused(game, RU, ActType.MINUTES_DRAFT, DRAFT, opening) == "meeting-not-declared"


def test_minutes_that_are_not_agreed_keep_both_versions() -> None:
    game, opening = declared()
    draft = game.exchange(RU, ActType.MINUTES_DRAFT, DRAFT, reference=opening).id
    none: Codes = {"items": 0, "statements": 0}
    reason = refused(game, US, ActType.MINUTES_NOT_AGREED, none, draft)
    assert reason == "minutes-version-missing"
    own = game.exchange(US, ActType.MINUTES_NOT_AGREED, DRAFT, reference=draft).id
    whole = game.whole()
    assert case.status(whole) == "minutes-not-agreed"
    assert not case.is_open(whole)
    assert [reading.version(whole, meeting(game), m) for m in (RU, US)] == [draft, own]
    # A new text may still be agreed.
    again = game.exchange(RU, ActType.MINUTES_DRAFT, DRAFT, reference=own).id
    assert status(game) == "minutes-drafted"
    game.exchange(US, ActType.MINUTES_AGREEMENT, {"reservations": 0}, reference=again)
    assert status(game) == "minutes-agreed"


def test_one_that_has_minutes_of_its_own_need_not_repeat_them() -> None:
    game, opening = declared()
    first = game.exchange(RU, ActType.MINUTES_DRAFT, DRAFT, reference=opening).id
    own = game.exchange(US, ActType.MINUTES_DRAFT, DRAFT, reference=first).id
    none: Codes = {"items": 0, "statements": 0}
    game.exchange(US, ActType.MINUTES_NOT_AGREED, none, reference=first)
    whole = game.whole()
    assert reading.minutes(whole, meeting(game)) == Minutes.NOT_AGREED
    assert reading.version(whole, meeting(game), US) == own


def test_words_on_minutes_are_about_the_other_sides_latest() -> None:
    game, opening = declared()
    first = game.exchange(RU, ActType.MINUTES_DRAFT, DRAFT, reference=opening).id
    agreement: Codes = {"reservations": 0}
    own = refused(game, RU, ActType.MINUTES_AGREEMENT, agreement, first)
    assert own == "own-statement"
    second = game.exchange(RU, ActType.MINUTES_DRAFT, DRAFT, reference=first).id
    old = refused(game, US, ActType.MINUTES_AGREEMENT, agreement, first)
    assert old == "reference-superseded"
    game.exchange(US, ActType.MINUTES_AGREEMENT, agreement, reference=second)
    assert status(game) == "minutes-agreed"
    reason = refused(game, RU, ActType.MINUTES_DRAFT, DRAFT, second)
    assert reason == "minutes-agreed"


# --- what is due ---------------------------------------------------------------------------------


def test_a_word_on_dates_is_due_fourteen_days_before_them() -> None:
    game, opening = begun()
    (due,) = case.obligations(game.whole())
    assert (due.kind, due.owner, due.since) == (ClockKind.MEETING_NOTICE, US, opening)
    assert due.at == start("2017-07-07") - 14 * DAY
    game.exchange(US, ActType.MEETING_ACCEPTANCE, reference=opening)
    assert case.obligations(game.whole()) == ()


def test_without_dates_the_word_is_due_since_receipt() -> None:
    game, opening = begun()
    moved = game.exchange(US, ActType.MEETING_POSTPONEMENT, reference=opening).id
    (due,) = case.obligations(game.whole())
    assert (due.owner, due.since, due.seconds) == (RU, moved, 14 * DAY)


def test_minutes_are_due_from_the_other_side_fifteen_days_after_a_declaration() -> None:
    game, opening = begun()
    said = game.exchange(RU, ActType.MEETING_DECLARATION, HELD, reference=opening).id
    (due,) = case.obligations(game.whole())
    assert (due.kind, due.owner, due.since) == (ClockKind.MINUTES, US, said)
    assert due.seconds == 15 * DAY
    draft = game.exchange(US, ActType.MINUTES_DRAFT, DRAFT, reference=opening).id
    (due,) = case.obligations(game.whole())
    assert (due.owner, due.since) == (RU, draft)
    asked = {"corrections": 1}
    correction = game.exchange(RU, ActType.MINUTES_CORRECTION, asked, reference=draft).id
    (due,) = case.obligations(game.whole())
    assert (due.owner, due.since) == (US, correction)


# --- crossings -----------------------------------------------------------------------------------


def crossing_pair(first: str, second: str) -> tuple[Case, Act, Act]:
    """Two acts of these types that cross in a meeting where both are allowed."""
    game, opening = begun()
    references = {RU: opening, US: opening}
    if first.startswith("minutes"):
        for member in (RU, US):
            game.exchange(member, ActType.MEETING_DECLARATION, HELD, reference=opening)
        for member in (RU, US):
            references[1 - member] = game.exchange(
                member, ActType.MINUTES_DRAFT, DRAFT, reference=opening
            ).id
    elif ActType.MEETING_ACCEPTANCE in (first, second) and first == second:
        for member in (RU, US):
            references[1 - member] = game.say(
                member, ActType.MEETING_POSTPONEMENT, {"first-day": "2017-09"}, reference=opening
            ).id
        game.sync()
    codes: dict[str, Codes] = {
        ActType.MEETING_DELEGATION: {"delegation": 1},
        ActType.MEETING_PROGRAMME: {"programme": 1},
        ActType.MEETING_AGENDA: {"agenda": 1},
        ActType.MEETING_AGENDA_REPLY: {"accepted": ((1, 1),)},
        ActType.MINUTES_DRAFT: DRAFT,
        ActType.MINUTES_CORRECTION: {"corrections": 1},
        ActType.MINUTES_AGREEMENT: {"reservations": 0},
        ActType.MINUTES_NOT_AGREED: DRAFT,
    }
    # The opener cannot accept its own dates.
    authors = (RU, US) if first != ActType.MEETING_ACCEPTANCE else (US, RU)
    one, other = (
        game.say(author, type_, codes.get(type_), reference=references[author])
        for author, type_ in zip(authors, (first, second), strict=True)
    )
    game.sync()
    return game.whole(), one, other


@pytest.mark.parametrize("pair", CROSSINGS, ids="-x-".join)
def test_every_crossing(pair: tuple[str, str]) -> None:
    whole, one, other = crossing_pair(*pair)
    entry = CROSSINGS[pair]
    assert (standing(whole, one), standing(whole, other)) == (entry.first, entry.second)
    (crossed,) = [
        found
        for found in case.crossings(whole)
        if {found.first, found.second} == {one.id, other.id}
    ]
    assert crossed.outcome == entry.outcome


def test_where_each_accepted_the_others_dates_one_says_so_again() -> None:
    whole, one, _ = crossing_pair(ActType.MEETING_ACCEPTANCE, ActType.MEETING_ACCEPTANCE)
    assert case.status(whole) == "postponed"
    assert one.reference is not None
    assert case.next_actors(whole) == (RU, US)


def test_minutes_are_agreed_as_they_stood() -> None:
    whole, one, _ = crossing_pair(ActType.MINUTES_AGREEMENT, ActType.MINUTES_DRAFT)
    assert case.status(whole) == "minutes-agreed"
    assert isinstance(whole.substance, Meeting)
    assert reading.agreed_draft(whole, whole.substance) == (one.reference, 0)


def test_nobody_is_made_to_meet() -> None:
    whole, _, _ = crossing_pair(ActType.MEETING_POSTPONEMENT, ActType.MEETING_ACCEPTANCE)
    assert case.status(whole) == "postponed"


def test_what_each_declares_stands_beside_a_cancellation_that_crossed_it() -> None:
    game, opening = begun()
    said = game.say(RU, ActType.MEETING_DECLARATION, HELD, reference=opening)
    off = game.say(US, ActType.MEETING_CANCELLATION, reference=opening)
    game.sync()
    whole = game.whole()
    assert standing(whole, said) == standing(whole, off) == Standing.STANDS
    assert case.status(whole) == "declared-by-one"
