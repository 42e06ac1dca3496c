"""Acts of the channel: genesis, notices of void acts, non-delivery."""

from __future__ import annotations

from itertools import permutations
from typing import Any

import msgspec
import pytest

from parley.domain import channel
from parley.domain.act import Act, ActType, Code
from parley.domain.channel import Judged, Opening, Terms
from parley.kernel.errors import ParleyError
from parley.kernel.reasons import Reason
from tests.domain.play import NOW, make

MEMBERS = ("aa" * 32, "bb" * 32)
LETTERS = ("cc" * 32, "dd" * 32)
TERMS = Terms(1, 2, MEMBERS, LETTERS, 259_200)


def genesis(author: int, seen: tuple[int, int] = (0, 0), **changes: Any) -> Act:
    codes: dict[str, Code] = {
        "version": 1,
        "suite": 2,
        "members": MEMBERS,
        "letters": LETTERS,
        "transmission-limit": 259_200,
    }
    codes.update({name.replace("_", "-"): value for name, value in changes.items()})
    return make(author, seen[author], seen, ActType.GENESIS, codes)


def notice(author: int, seen: tuple[int, int], about: bytes | None, reason: str = "x") -> Act:
    seq = seen[author]
    return make(author, seq, seen, ActType.VOID_NOTICE, {"reason": reason}, reference=about)


def act_of_a_case(author: int, seq: int, void: str | None, type_: str = "closing") -> Judged:
    seen = (seq, 1) if author == 0 else (1, seq)
    return Judged(bytes([author, seq]) * 16, author, seq, seen, type_, void)


def fold(acts: list[Act], *of_cases: Judged, expected: Terms | None = TERMS) -> Opening:
    """The fold, after checking that no order of arrival gives another."""
    cases = {judged.id: judged for judged in of_cases}
    folded = channel.fold(acts, cases.get, expected)
    for order in permutations(acts):
        assert channel.fold(order, cases.get, expected) == folded
    return folded


def reasons(opening: Opening) -> dict[bytes, str | None]:
    return {judged.id: judged.void for judged in opening.acts}


# --- genesis -------------------------------------------------------------------------------------


def test_the_channel_is_open_once_both_have_stated_the_same_terms() -> None:
    first, second = genesis(0), genesis(1, (1, 0), transmission_limit=86_400)
    assert fold([first]).terms is None
    opening = fold([first, second])
    assert set(reasons(opening).values()) == {None}
    # Each states the longest that it grants; the shorter one holds.
    assert opening.terms == msgspec.structs.replace(TERMS, transmission_limit=86_400)


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"members": ("aa" * 32, "ee" * 32)}, Reason.GENESIS_MISMATCH),
        ({"members": MEMBERS[::-1]}, Reason.GENESIS_MISMATCH),
        ({"letters": ("cc" * 32, "ee" * 32)}, Reason.GENESIS_MISMATCH),
        ({"suite": 1}, Reason.DOWNGRADE_REFUSED),
        ({"suite": 3}, Reason.GENESIS_MISMATCH),
        ({"version": 2}, Reason.GENESIS_MISMATCH),
        ({"transmission_limit": 5}, Reason.CODE_INVALID),
    ],
)
def test_a_genesis_on_other_terms_is_void_and_opens_nothing(
    changes: dict[str, Any], reason: Reason
) -> None:
    other = genesis(1, **changes)
    opening = fold([genesis(0), other])
    assert reasons(opening)[other.id] == reason
    assert opening.terms is None


@pytest.mark.parametrize("changes", [{"suite": 1}, {"letters": ("cc" * 32, "ee" * 32)}])
def test_one_without_the_letters_compares_the_two_with_each_other(changes: dict[str, Any]) -> None:
    assert fold([genesis(0), genesis(1)], expected=None).terms == TERMS
    opening = fold([genesis(0), genesis(1, **changes)], expected=None)
    assert opening.terms is None


def test_the_best_of_what_was_stated_is_what_all_must_state() -> None:
    assert channel.agree([TERMS, TERMS]) == TERMS
    weaker = msgspec.structs.replace(TERMS, version=0)
    with pytest.raises(ParleyError) as caught:
        channel.agree([TERMS, weaker])
    assert caught.value.reason == Reason.DOWNGRADE_REFUSED


def test_a_second_genesis_is_out_of_place() -> None:
    late = genesis(0, (4, 2))
    opening = fold([genesis(0), genesis(1), late])
    assert reasons(opening)[late.id] == Reason.ACT_OUT_OF_PLACE
    assert opening.terms == TERMS


def test_an_act_of_a_case_is_out_of_place_and_an_unheard_of_one_unknown() -> None:
    stray = make(0, 1, (1, 0), ActType.WITHDRAWAL, reference=bytes(32))
    unknown = make(0, 2, (2, 0), "unheard-of")
    opening = fold([stray, unknown])
    assert reasons(opening) == {
        stray.id: Reason.ACT_OUT_OF_PLACE,
        unknown.id: Reason.TYPE_UNKNOWN,
    }


def test_a_body_out_of_order_makes_the_act_void() -> None:
    bad = msgspec.structs.replace(genesis(0), verdict="text-not-nfc")
    assert reasons(fold([bad, genesis(1)]))[bad.id] == "text-not-nfc"


def test_acts_without_a_place_in_the_order_are_listed_as_void() -> None:
    wrong = make(0, 1, (5, 5), ActType.VOID_NOTICE, {"reason": "x"}, reference=bytes(32))
    assert reasons(fold([wrong])) == {wrong.id: Reason.VECTOR_INVALID}


# --- notices -------------------------------------------------------------------------------------

VOID = act_of_a_case(0, 5, "case-closed")
FINE = act_of_a_case(0, 4, None)


def test_a_notice_of_a_void_act_stands() -> None:
    told = notice(1, (6, 1), VOID.id)
    assert reasons(fold([told], VOID)) == {told.id: None}


@pytest.mark.parametrize(
    ("told", "reason"),
    [
        (notice(1, (6, 1), FINE.id), Reason.NOTICE_WRONG),
        (notice(0, (6, 1), VOID.id), Reason.NOTICE_WRONG),
        (notice(1, (6, 1), bytes(32)), Reason.REFERENCE_UNKNOWN),
        (notice(1, (5, 1), VOID.id), Reason.REFERENCE_UNKNOWN),
        (notice(1, (6, 1), None), Reason.REFERENCE_MISSING),
        (notice(1, (6, 1), VOID.id, "Not a code"), Reason.CODE_INVALID),
    ],
)
def test_a_notice_whose_claim_is_wrong_is_itself_void(told: Act, reason: Reason) -> None:
    assert reasons(fold([told], VOID, FINE)) == {told.id: reason}


def test_an_act_of_nobody_in_the_channel_can_have_no_notice() -> None:
    alien = VOID._replace(id=b"a" * 32, author=7)
    told = notice(1, (6, 1), alien.id)
    assert reasons(fold([told], alien)) == {told.id: Reason.REFERENCE_UNKNOWN}


def test_a_void_act_has_one_notice() -> None:
    once, twice = notice(1, (6, 1), VOID.id), notice(1, (6, 2), VOID.id)
    assert reasons(fold([once, twice], VOID)) == {once.id: None, twice.id: Reason.NOTICE_REPEATED}


def test_a_notice_is_never_answered_by_a_notice_right_or_wrong() -> None:
    wrong = notice(1, (6, 1), FINE.id)
    answer = notice(0, (6, 2), wrong.id)
    assert reasons(fold([wrong, answer], FINE)) == {
        wrong.id: Reason.NOTICE_WRONG,
        answer.id: Reason.NOTICE_OF_NOTICE,
    }


def test_a_desk_owes_one_notice_for_each_void_act_of_the_peer() -> None:
    second = act_of_a_case(0, 7, "not-the-replier")
    own = act_of_a_case(1, 3, "case-closed")
    assert channel.notices_owed(1, [second, own, VOID, FINE]) == (
        (VOID.id, "case-closed"),
        (second.id, "not-the-replier"),
    )
    told = Judged(b"n" * 32, 1, 4, (6, 4), ActType.VOID_NOTICE, None, VOID.id)
    assert channel.notices_owed(1, [second, VOID, told]) == ((second.id, "not-the-replier"),)
    # The peer's notice of the same act is not ours.
    foreign = told._replace(author=0)
    assert len(channel.notices_owed(1, [second, VOID, foreign])) == 2


def test_no_notice_is_owed_for_a_notice_so_that_two_desks_fall_silent() -> None:
    wrong = Judged(b"n" * 32, 0, 4, (4, 4), ActType.VOID_NOTICE, "notice-wrong", FINE.id)
    assert channel.notices_owed(1, [wrong]) == ()


def test_whatever_a_hostile_peer_says_the_exchange_of_notices_ends() -> None:
    """Each side answers all that it owes until nobody owes anything: one round is enough."""
    acts = [
        genesis(0),
        genesis(1, (1, 0)),
        notice(0, (1, 1), bytes(32)),
        make(0, 2, (2, 1), "unheard-of"),
        genesis(0, (3, 1)),
    ]
    said = 0
    for round_ in range(4):
        judged = channel.fold(acts, lambda _: None, TERMS).acts
        for own in (0, 1):
            counts = [sum(act.author == member for act in acts) for member in (0, 1)]
            for about, reason in channel.notices_owed(own, judged):
                acts.append(notice(own, (counts[0], counts[1]), about, reason))
                counts[own] += 1
                said += 1
                assert round_ == 0
    assert said == 2


# --- non-delivery --------------------------------------------------------------------------------


def report(author: int, seen: tuple[int, int], about: bytes | None) -> Act:
    codes: dict[str, Code] = {"transmitted-at": NOW, "limit": 259_200}
    return make(author, seen[author], seen, ActType.NON_DELIVERY, codes, reference=about)


@pytest.mark.parametrize(
    ("about", "reason"),
    [
        (report(0, (6, 1), FINE.id), None),
        (report(1, (6, 1), FINE.id), Reason.REFERENCE_WRONG),
        (report(0, (4, 1), FINE.id), Reason.REFERENCE_UNKNOWN),
        (report(0, (6, 1), bytes(32)), Reason.REFERENCE_UNKNOWN),
        (report(0, (6, 1), None), Reason.REFERENCE_MISSING),
    ],
)
def test_a_report_of_non_delivery_is_about_a_statement_of_ones_own(
    about: Act, reason: Reason | None
) -> None:
    assert reasons(fold([about], FINE)) == {about.id: reason}
