"""A proposal from its tabling to its end, and what holds where two acts cross."""

from __future__ import annotations

from itertools import permutations

import pytest

from parley.domain import case, clocks, folding
from parley.domain.act import Act, ActType
from parley.domain.catalogue import CATALOGUE
from parley.domain.kinds import proposal_state as state
from parley.domain.kinds.proposal_crossing import CROSSINGS, OPENERS, TYPES, crossing
from parley.domain.kinds.proposal_text import text_digest, unit_digest
from parley.domain.shape import ClockKind
from parley.domain.types.proposal import OMITTED, PROPOSAL_TYPES
from parley.kernel.errors import ParleyError
from parley.kernel.reasons import Reason
from tests.domain.play import DAY, NOW, Codes
from tests.domain.proposal_play import AUTHENTIC, OPENER, OTHER, Work, digest, tabled

STUDY = ActType.PROPOSAL_STUDY
COMMENT = ActType.PROPOSAL_COMMENT
WITHDRAWN = ActType.PROPOSAL_VARIANT_WITHDRAWAL


def reason_of(work: Work, member: int, type_: str, codes: Codes | None = None) -> Reason:
    """Why ``member`` may not say this now."""
    with pytest.raises(ParleyError) as caught:
        case.decide(work.case(member), work.draft(member, type_, codes), NOW)
    return caught.value.reason


# --- the life of a text --------------------------------------------------------------------------


def test_a_text_is_tabled_studied_commented_bracketed_agreed() -> None:
    work = tabled(1, 2)
    assert case.status(work.settled()) == "tabled"
    work.exchange(OTHER, STUDY, {"next-step": NOW + DAY})
    assert case.status(work.settled()) == "under-study"
    work.exchange(OTHER, COMMENT, {"comments": (2,)})
    assert case.status(work.settled()) == "commented"
    work.bracket(2)
    work.sync()
    assert case.status(work.settled()) == "bracketed"
    assert work.unit(2).bracketed
    assert not work.unit(1).bracketed
    assert state.hash_of(work.now()) is None
    work.consent(OPENER, (2, work.variant(2, OTHER)))
    work.sync()
    assert case.status(work.settled()) == "commented"
    work.agree(OPENER, final=False)
    work.sync()
    work.agree(OTHER, final=False)
    work.sync()
    assert case.status(work.settled()) == "agreed-ad-referendum"
    work.agree(OPENER)
    work.sync()
    assert case.status(work.settled()) == "agreed-ad-referendum"
    work.agree(OTHER)
    assert case.status(work.settled()) == "agreed"
    assert not work.void()


def test_the_hash_is_over_the_text_without_brackets_and_nothing_else() -> None:
    work = tabled(1, 2)
    work.bracket(2)
    work.sync()
    taken = work.variant(2, OTHER)
    work.consent(OPENER, (2, taken))
    opening = work.said[OPENER][0]
    units = [(1, work.variant(1, OPENER)), (2, taken)]
    before = state.hash_of(work.now())
    assert before == text_digest(opening.id, ("ru", "en"), None, units)
    work.exchange(OTHER, COMMENT, {"comments": (1,)})
    assert state.hash_of(work.now()) == before
    assert text_digest(opening.id, ("ru", "en"), "en", units) != before
    assert text_digest(bytes(32), ("ru", "en"), None, units) != before


def test_digests_of_units_take_fields_in_any_order() -> None:
    assert unit_digest(1, [b"a" * 32, b"b" * 32]) == unit_digest(1, [b"b" * 32, b"a" * 32])
    assert unit_digest(1, [b"a" * 32]) != unit_digest(2, [b"a" * 32])


def test_a_unit_is_left_out_only_by_all() -> None:
    work = tabled(1, 2)
    work.say(OTHER, ActType.PROPOSAL_BRACKET, work.left_out(2))
    work.sync()
    assert work.unit(2).bracketed
    work.consent(OPENER, (2, OMITTED))
    unit = work.unit(2)
    assert not unit.bracketed
    assert unit.chosen is None
    text = state.text(work.now())
    assert text is not None
    assert [unit.number for unit in text] == [1]


def test_an_added_unit_is_in_brackets_and_stands_where_its_author_put_it() -> None:
    work = tabled(1, 2)
    work.say(OTHER, ActType.PROPOSAL_BRACKET, work.text(3, 4) | {"after": ((3, 1), (4, 3))})
    work.sync()
    assert [unit.number for unit in state.units(work.now())] == [1, 3, 4, 2]
    assert work.unit(3).bracketed
    work.consent(OPENER, (3, work.variant(3, OTHER)), (4, work.variant(4, OTHER)))
    text = state.text(work.now())
    assert text is not None
    assert [unit.number for unit in text] == [1, 3, 4, 2]


def test_an_added_unit_that_its_author_takes_back_leaves_nothing() -> None:
    work = tabled(1)
    work.bracket(2)
    work.sync()
    work.exchange(OTHER, WITHDRAWN, {"withdrawn": (2,)})
    assert not work.unit(2).bracketed
    assert state.hash_of(work.now()) is not None


def test_withdrawing_ones_variant_is_no_consent_to_the_other() -> None:
    work = tabled(1)
    work.bracket(1)
    work.sync()
    work.exchange(OTHER, WITHDRAWN, {"withdrawn": (1,)})
    assert work.unit(1).bracketed
    work.consent(OTHER, (1, work.variant(1, OPENER)))
    assert not work.unit(1).bracketed


def test_a_consent_to_a_variant_that_its_owner_changes_is_gone() -> None:
    work = tabled(1)
    work.bracket(1)
    work.sync()
    work.consent(OPENER, (1, work.variant(1, OTHER)))
    work.sync()
    assert not work.unit(1).bracketed
    work.bracket(1)
    assert work.unit(1).bracketed


def test_versions_are_the_openers() -> None:
    work = tabled(1, 2)
    work.revise(2, 3)
    work.sync()
    assert [version.number for version in work.now().versions] == [1, 2]
    assert not work.unit(3).bracketed
    refused = reason_of(work, OPENER, ActType.PROPOSAL_REVISION, work.text(1) | {"version": 2})
    assert refused == Reason.VERSION_NUMBER_WRONG


@pytest.mark.parametrize(
    ("member", "type_", "codes", "reason"),
    [
        (OTHER, ActType.PROPOSAL_REVISION, {"version": 2}, Reason.NOT_THE_OPENER),
        (OPENER, ActType.PROPOSAL_BRACKET, {}, Reason.NOT_THE_OTHER),
        (OTHER, ActType.PROPOSAL_WITHDRAWAL, None, Reason.NOT_THE_OPENER),
        (OTHER, COMMENT, {"comments": (9,)}, Reason.UNIT_UNKNOWN),
        (OPENER, WITHDRAWN, {"withdrawn": (7,)}, Reason.VARIANT_NOT_OWN),
        (OTHER, WITHDRAWN, {"withdrawn": (1,)}, Reason.VARIANT_NOT_OWN),
        (OTHER, ActType.PROPOSAL_CONSENT, {"variants": ((1, "1" * 64),)}, Reason.VARIANT_UNKNOWN),
        (
            OTHER,
            ActType.PROPOSAL_CONSENT,
            {"variants": ((3, digest(3)),)},
            Reason.UNIT_NOT_BRACKETED,
        ),
        (OTHER, ActType.PROPOSAL_CONSENT, {"variants": ((9, "1" * 64),)}, Reason.UNIT_UNKNOWN),
        (OTHER, ActType.PROPOSAL_AGREEMENT, {"text": "1" * 64}, Reason.BRACKETS_REMAIN),
    ],
)
def test_what_may_not_be_said(
    member: int, type_: ActType, codes: Codes | None, reason: Reason
) -> None:
    work = tabled(1, 2, 3)
    work.bracket(1)
    work.sync()
    if codes is not None and type_ in (ActType.PROPOSAL_REVISION, ActType.PROPOSAL_BRACKET):
        codes = codes | work.text(1)
    if reason == Reason.VARIANT_NOT_OWN and member == OTHER:
        work.exchange(OTHER, WITHDRAWN, codes)
    assert reason_of(work, member, type_, codes) == reason


def test_texts_come_in_the_languages_of_the_proposal() -> None:
    work = tabled(1)
    text = work.text(1)
    wrong = text | {"authentic": ("en",)}
    assert reason_of(work, OTHER, ActType.PROPOSAL_BRACKET, wrong) == Reason.LANGUAGES_INVALID
    twice = text | {"translations": (("ru", "official-translation"),)}
    assert reason_of(work, OTHER, ActType.PROPOSAL_BRACKET, twice) == Reason.LANGUAGES_INVALID
    machine = text | {"machine": ("ar",)}
    assert reason_of(work, OTHER, ActType.PROPOSAL_BRACKET, machine) == Reason.LANGUAGES_INVALID
    arabic = text | {"translations": (("ar", "unofficial-translation"),), "machine": ("ar",)}
    work.exchange(OTHER, ActType.PROPOSAL_BRACKET, arabic)
    assert not work.void()


def test_a_prevailing_text_is_an_authentic_one() -> None:
    work = Work()
    act = work.draft(OPENER, ActType.PROPOSAL, work.text(1) | {"prevailing": "ar"})
    with pytest.raises(ParleyError) as caught:
        case.decide(case.empty(2), act, NOW)
    assert caught.value.reason == Reason.LANGUAGES_INVALID


def test_new_units_have_new_numbers_and_places_behind_what_there_is() -> None:
    work = tabled(1, 5)
    bracket = ActType.PROPOSAL_BRACKET
    assert reason_of(work, OTHER, bracket, work.text(3)) == Reason.UNIT_NUMBER_WRONG
    placed = work.text(5) | {"after": ((5, 1),)}
    assert reason_of(work, OTHER, bracket, placed) == Reason.UNIT_PLACED
    nowhere = work.text(6) | {"after": ((6, 4),)}
    assert reason_of(work, OTHER, bracket, nowhere) == Reason.UNIT_UNKNOWN
    before = work.text(6) | {"after": ((6, 6),)}
    assert reason_of(work, OTHER, bracket, before) == Reason.CODE_INVALID
    assert reason_of(work, OTHER, bracket, work.left_out(6)) == Reason.UNIT_UNKNOWN
    nothing: Codes = {"authentic": AUTHENTIC}
    assert reason_of(work, OTHER, bracket, nothing) == Reason.NOTHING_CHANGED
    both = work.text(1) | {"omitted": (1,)}
    assert reason_of(work, OTHER, bracket, both) == Reason.UNIT_TWICE


def test_nobody_agrees_to_another_text_or_twice() -> None:
    work = tabled(1)
    agreement, referendum = ActType.PROPOSAL_AGREEMENT, ActType.PROPOSAL_AD_REFERENDUM
    assert reason_of(work, OTHER, agreement, {"text": "1" * 64}) == Reason.TEXT_HASH_WRONG
    work.agree(OTHER)
    text: Codes = {"text": state.hash_of(work.now()) or ""}
    assert reason_of(work, OTHER, agreement, text) == Reason.ALREADY_AGREED
    assert reason_of(work, OTHER, referendum, text) == Reason.ALREADY_AGREED


def test_an_agreed_text_is_not_touched_again() -> None:
    work = tabled(1)
    work.agree(OPENER)
    work.sync()
    work.agree(OTHER)
    work.sync()
    for member, type_, codes in [
        (OPENER, ActType.PROPOSAL_REVISION, work.text(1) | {"version": 2}),
        (OTHER, ActType.PROPOSAL_BRACKET, work.text(1)),
        (OPENER, ActType.PROPOSAL_WITHDRAWAL, None),
        (OPENER, ActType.PROPOSAL_SUPERSESSION, {"by": "00" * 16}),
    ]:
        assert reason_of(work, member, type_, codes) == Reason.TEXT_AGREED
    work.exchange(OTHER, COMMENT)
    assert not work.void()
    assert case.status(work.settled()) == "agreed"


def test_a_proposal_ends_by_its_openers_act_alone() -> None:
    work = tabled(1)
    work.exchange(OPENER, ActType.PROPOSAL_SUPERSESSION, {"by": "0a" * 16})
    assert case.status(work.settled()) == "superseded"
    assert reason_of(work, OTHER, COMMENT, {"comments": (1,)}) == Reason.PROPOSAL_SUPERSEDED
    other = tabled(1)
    other.exchange(OPENER, ActType.PROPOSAL_WITHDRAWAL)
    assert case.status(other.settled()) == "withdrawn"
    assert reason_of(other, OTHER, STUDY) == Reason.PROPOSAL_WITHDRAWN
    assert case.next_actors(other.settled()) == ()
    assert case.obligations(other.settled()) == ()


# --- whose move, and until when ------------------------------------------------------------------


def owed(work: Work) -> dict[int, list[ClockKind]]:
    found: dict[int, list[ClockKind]] = {OPENER: [], OTHER: []}
    for one in case.obligations(work.settled()):
        found[one.owner].append(one.kind)
    return found


def test_each_text_is_to_be_studied_in_thirty_days_by_whichever_side() -> None:
    work = tabled(1)
    (obligation,) = case.obligations(work.settled())
    assert obligation == clocks.Obligation(
        ClockKind.STUDY, OTHER, work.said[OPENER][0].id, 30 * DAY
    )
    assert case.next_actors(work.settled()) == (OTHER,)
    work.exchange(OTHER, STUDY, {"next-step": NOW + DAY})
    assert owed(work)[OTHER] == [ClockKind.STUDY, ClockKind.NEXT_STEP]
    work.bracket(1)
    work.sync()
    assert owed(work) == {OPENER: [ClockKind.STUDY], OTHER: []}
    work.exchange(OPENER, COMMENT, {"comments": (1,)})
    assert owed(work) == {OPENER: [], OTHER: []}
    assert case.next_actors(work.settled()) == (OPENER, OTHER)


def test_a_comment_that_had_not_seen_the_text_is_no_study_of_it() -> None:
    work = tabled(1)
    work.revise(1)
    work.say(OTHER, COMMENT, {"comments": (1,)})
    work.sync()
    assert owed(work)[OTHER] == [ClockKind.STUDY]


def test_an_agreement_waits_for_the_others() -> None:
    work = tabled(1)
    work.agree(OTHER)
    work.sync()
    assert case.next_actors(work.settled()) == (OPENER,)
    work.agree(OPENER)
    assert case.next_actors(work.settled()) == ()
    assert case.obligations(work.settled()) == ()


# --- crossings -----------------------------------------------------------------------------------


def same_in_any_order(work: Work) -> None:
    acts = work.acts()
    if len(acts) < 6:
        assert len({repr(case.to_plain(folding.fold(order))) for order in permutations(acts)}) == 1


def test_two_texts_of_one_unit_at_once_stand_in_brackets() -> None:
    work = tabled(1)
    work.revise(1)
    work.bracket(1)
    assert work.unit(1).bracketed
    assert {variant.owner for variant in work.unit(1).variants} == {OPENER, OTHER}
    same_in_any_order(work)


def test_two_units_of_one_number_at_once_are_two_variants_of_one_unit() -> None:
    work = tabled(1, 2)
    work.revise(3)
    work.say(OTHER, ActType.PROPOSAL_BRACKET, work.text(3) | {"after": ((3, 1),)})
    assert work.unit(3).bracketed
    assert [unit.number for unit in state.units(work.now())] == [1, 2, 3]
    same_in_any_order(work)


def test_a_variant_withdrawn_while_the_other_consents_binds_nobody() -> None:
    work = tabled(1)
    work.bracket(1)
    work.sync()
    work.consent(OPENER, (1, work.variant(1, OTHER)))
    work.say(OTHER, WITHDRAWN, {"withdrawn": (1,)})
    assert work.unit(1).bracketed
    assert not work.void()
    same_in_any_order(work)


def test_each_consenting_to_the_others_variant_chooses_neither() -> None:
    work = tabled(1)
    work.bracket(1)
    work.sync()
    work.consent(OPENER, (1, work.variant(1, OTHER)))
    work.consent(OTHER, (1, work.variant(1, OPENER)))
    assert work.unit(1).bracketed
    assert len(work.unit(1).variants) == 2
    same_in_any_order(work)
    work.sync()
    work.consent(OTHER, (1, work.variant(1, OTHER)))
    assert not work.unit(1).bracketed


def test_both_variants_withdrawn_at_once_leave_brackets_around_nothing() -> None:
    work = tabled(1, 2)
    work.bracket(1)
    work.sync()
    work.say(OPENER, WITHDRAWN, {"withdrawn": (1,)})
    work.say(OTHER, WITHDRAWN, {"withdrawn": (1,)})
    assert work.unit(1).bracketed
    assert work.unit(1).variants == ()
    same_in_any_order(work)


def crossed_agreement(work: Work, act: Act) -> None:
    """The agreement that crossed ``act`` holds no more, and a new one is given freely."""
    settled = work.settled()
    given = settled.find(work.said[OTHER][-1].id)
    assert given is not None
    assert given.standing == "lapsed"
    crossed = settled.find(act.id)
    assert crossed is not None
    assert crossed.standing == "stands"
    assert not state.is_agreed(work.now())
    assert state.agreement_of(work.now(), OTHER) is None
    same_in_any_order(work)


def test_an_agreement_that_crosses_a_new_text_lapses() -> None:
    work = tabled(1)
    work.agree(OPENER)
    work.sync()
    act = work.revise(1)
    work.agree(OTHER)
    crossed_agreement(work, act)
    work.sync()
    work.agree(OPENER)
    work.sync()
    work.agree(OTHER)
    assert state.is_agreed(work.now())
    assert not work.void()


def test_a_text_that_is_changed_and_changed_back_is_agreed_anew() -> None:
    work = tabled(1)
    work.agree(OPENER)
    work.sync()
    work.bracket(1)
    work.sync()
    work.exchange(OTHER, WITHDRAWN, {"withdrawn": (1,)})
    work.consent(OTHER, (1, work.variant(1, OPENER)))
    work.sync()
    work.agree(OTHER)
    assert state.agreement_of(work.now(), OPENER) is None
    assert not state.is_agreed(work.now())


def test_an_agreement_that_crosses_a_comment_holds() -> None:
    work = tabled(1)
    work.agree(OPENER)
    work.sync()
    work.say(OPENER, COMMENT, {"comments": (1,)})
    work.agree(OTHER)
    assert state.is_agreed(work.now())
    same_in_any_order(work)


def test_agreements_that_cross_meet_and_are_provisional_until_both_are_seen() -> None:
    work = tabled(1)
    work.agree(OPENER)
    work.agree(OTHER)
    settled = work.settled()
    assert case.status(settled) == "agreed"
    assert case.is_provisional(settled)
    work.sync()
    assert not case.is_provisional(work.settled(work.horizon()))
    same_in_any_order(work)


def test_a_withdrawal_that_crosses_an_agreement_ends_the_proposal() -> None:
    work = tabled(1)
    work.agree(OPENER)
    work.sync()
    act = work.say(OPENER, ActType.PROPOSAL_WITHDRAWAL)
    work.agree(OTHER)
    assert case.status(work.settled()) == "withdrawn"
    crossed_agreement_standing = work.settled().find(work.said[OTHER][-1].id)
    assert crossed_agreement_standing is not None
    assert crossed_agreement_standing.standing == "lapsed"
    assert act.id == work.said[OPENER][-1].id
    same_in_any_order(work)


def test_the_table_has_every_pair_once_and_reads_the_same_from_both_sides() -> None:
    for first in TYPES:
        for second in TYPES:
            if first in OPENERS and second in OPENERS:
                assert (first, second) not in CROSSINGS
                continue
            assert ((first, second) in CROSSINGS) or ((second, first) in CROSSINGS)
            assert crossing(first, second) == crossing(second, first).reverse
    assert set(TYPES) == {spec.type for spec in PROPOSAL_TYPES} - {ActType.PROPOSAL}


def test_every_type_of_a_proposal_needs_three_officers() -> None:
    for spec in PROPOSAL_TYPES:
        assert CATALOGUE[spec.type] is spec
        assert spec.drafted_by
        assert spec.cleared_by
        assert spec.authorisers == 1
