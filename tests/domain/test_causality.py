"""Causal order from vectors: what precedes what, and what has no place in any order."""

from __future__ import annotations

from itertools import permutations

import hypothesis.strategies as st
import pytest
from hypothesis import given

from parley.domain import causality
from parley.domain.act import Act
from parley.kernel.errors import ParleyError
from parley.kernel.reasons import Reason
from tests.domain.play import make


def act(author: int, seq: int, *seen: int, note: str = "") -> Act:
    return make(author, seq, seen, "withdrawal", verdict=note or None)


def random_history(draw: st.DrawFn, members: int) -> list[Act]:
    """Statements of honest members, each with what had reached its author."""
    vectors = [[0] * members for _ in range(members)]
    logs: list[list[Act]] = [[] for _ in range(members)]
    for _ in range(draw(st.integers(1, 14))):
        author = draw(st.integers(0, members - 1))
        for other in range(members):
            # What arrives brings its own past with it.
            if other != author:
                upto = draw(st.integers(vectors[author][other], len(logs[other])))
                for known in logs[other][vectors[author][other] : upto]:
                    mine, theirs = vectors[author], known.seen
                    vectors[author] = [max(a, b) for a, b in zip(mine, theirs, strict=True)]
                vectors[author][other] = max(upto, vectors[author][other])
        vectors[author][author] = len(logs[author])
        logs[author].append(act(author, len(logs[author]), *vectors[author]))
        vectors[author][author] += 1
    return [entry for log in logs for entry in log]


@st.composite
def histories(draw: st.DrawFn) -> tuple[int, list[Act]]:
    members = draw(st.integers(2, 4))
    return members, random_history(draw, members)


def test_an_act_precedes_what_was_said_with_it_in_the_log() -> None:
    first, reply, crossing = act(0, 3, 3, 1), act(1, 1, 4, 1), act(0, 4, 4, 1)
    assert causality.precedes(first, reply)
    assert not causality.precedes(reply, first)
    assert causality.concurrent(reply, crossing)
    assert causality.concurrent(crossing, reply)
    assert causality.precedes(first, crossing)
    assert not causality.concurrent(first, reply)
    assert not causality.concurrent(first, first)
    assert not causality.precedes(first, first)
    assert causality.past(reply, [first, reply, crossing]) == [first]


@given(histories())
def test_honest_vectors_give_a_partial_order_and_one_extension_of_it(
    history: tuple[int, list[Act]],
) -> None:
    members, acts = history
    order, strays = causality.arrange(acts, members)
    assert not strays
    assert order == causality.linear_extension(reversed(acts))
    for at, later in enumerate(order):
        assert not causality.precedes(later, later)
        for earlier in order[:at]:
            assert not causality.precedes(later, earlier)
        for middle in order:
            for earlier in order:
                if causality.precedes(earlier, middle) and causality.precedes(middle, later):
                    assert causality.precedes(earlier, later)


@given(histories(), st.randoms(use_true_random=False))
def test_the_arrangement_depends_on_the_acts_alone(
    history: tuple[int, list[Act]], random: st.DataObject
) -> None:
    members, acts = history
    shuffled = [*acts, *acts]
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert causality.arrange(shuffled, members) == causality.arrange(acts, members)


@given(histories())
def test_whoever_holds_a_prefix_of_each_author_orders_it_alike(
    history: tuple[int, list[Act]],
) -> None:
    members, acts = history
    order, _ = causality.arrange(acts, members)
    for known in order:
        held = [*causality.past(known, acts), known]
        part, strays = causality.arrange(held, members)
        assert not strays
        assert part == [other for other in order if other in held]


@pytest.mark.parametrize(
    ("author", "seq", "seen"),
    [
        (0, 1, (1,)),
        (0, 1, (1, 0, 0)),
        (2, 1, (1, 1)),
        (-1, 1, (1, 1)),
        (0, 1, (2, 0)),
        (0, -1, (-1, 0)),
        (0, 1, (1, -1)),
        (0, 0, ()),
    ],
)
def test_a_vector_that_is_wrong_by_itself_has_no_place(
    author: int, seq: int, seen: tuple[int, ...]
) -> None:
    wrong, right = act(author, seq, *seen), act(0, 0, 0, 0)
    with pytest.raises(ParleyError) as caught:
        causality.check_vector(wrong, 2)
    assert caught.value.reason == Reason.VECTOR_INVALID
    assert causality.arrange([wrong, right], 2) == ([right], [(wrong, Reason.VECTOR_INVALID)])


def strays_in_any_order(acts: list[Act], members: int = 2) -> list[tuple[Act, Reason]]:
    strays = causality.arrange(acts, members).strays
    for order in permutations(acts):
        assert causality.arrange(order, members).strays == strays
    return strays


def test_statements_with_one_number_are_a_fork_and_none_of_them_counts() -> None:
    base, one, two = act(0, 0, 0, 0), act(0, 1, 1, 0), act(0, 1, 1, 0, note="x")
    strays = strays_in_any_order([base, one, two])
    assert {stray.id for stray, _ in strays} == {one.id, two.id}
    assert {reason for _, reason in strays} == {Reason.STATEMENT_FORKED}


def test_what_an_author_has_seen_never_falls() -> None:
    first, second = act(0, 0, 0, 4), act(0, 1, 1, 3)
    assert strays_in_any_order([first, second]) == [(second, Reason.VECTOR_INVALID)]


def test_two_acts_that_claim_to_have_seen_each_other_cannot_both_be_true() -> None:
    one, other = act(0, 3, 3, 10), act(1, 5, 7, 5)
    assert strays_in_any_order([one, other]) == [(other, Reason.VECTOR_INVALID)]


def test_one_who_has_seen_an_act_has_seen_what_that_act_had_seen() -> None:
    first, second = act(0, 0, 0, 0, 0), act(1, 0, 1, 0, 0)
    ignorant, informed = act(2, 0, 0, 1, 0), act(2, 0, 1, 1, 0)
    assert strays_in_any_order([first, second, ignorant], 3) == [(ignorant, Reason.VECTOR_INVALID)]
    assert strays_in_any_order([first, second, informed], 3) == []


def test_a_horizon_grows_with_what_is_said_and_never_falls() -> None:
    nothing = causality.no_horizon(2)
    first, reply = act(0, 3, 3, 1), act(1, 1, 4, 1)
    once = causality.widen(nothing, first)
    assert once == ((4, 1), (0, 0))
    both = causality.widen(once, reply)
    assert both == ((4, 1), (4, 2))
    assert causality.covered(both, first)
    assert not causality.covered(both, reply)
    assert causality.join(both, ((0, 9), (1, 1))) == ((4, 9), (4, 2))
    assert causality.widen(((9, 9), (0, 0)), first) == ((9, 9), (0, 0))


def test_a_long_history_without_crossings_is_arranged_at_once() -> None:
    acts = [act(at % 2, at // 2, (at + 1) // 2, at // 2) for at in range(4096)]
    order, strays = causality.arrange(reversed(acts), 2)
    assert order == acts
    assert not strays
