"""The frame of every kind of case: one opening, one order, one outcome of each crossing."""

from __future__ import annotations

from itertools import product
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from parley.domain import case, folding
from parley.domain.act import Act
from parley.domain.catalogue import CATALOGUE
from parley.domain.crossing import OPENED_TWICE, Standing
from parley.domain.frame import Entry
from parley.domain.kinds import KINDS
from parley.domain.shape import Opens, Scope, Sender, TypeSpec
from parley.kernel.errors import ParleyError
from parley.kernel.reasons import Reason
from tests.domain.play import DAY, make
from tests.domain.test_body import CODES

OPENING = [spec for spec in CATALOGUE.values() if spec.opens != Opens.NEVER]
LATER = [spec for spec in CATALOGUE.values() if spec.scope in KINDS and spec.opens == Opens.NEVER]
NAMES = [spec.type for spec in OPENING]


def plain_codes(spec: TypeSpec) -> dict[str, Any]:
    """The codes that a type needs, and no other."""
    return {rule.name: CODES[spec.type][rule.name] for rule in spec.codes if rule.required}


def opening(spec: TypeSpec, author: int, seq: int, seen: tuple[int, ...], **fields: Any) -> Act:
    """An act that opens a case, if the kind lets its plainest header do so."""
    wanted = {"reply_wanted": DAY} if spec.reply_wanted_required else {}
    codes = fields.pop("codes", plain_codes(spec))
    return make(author, seq, seen, spec.type, codes, **wanted, **fields)


def opens(spec: TypeSpec) -> bool:
    """Whether the plainest header of a type opens a case by itself."""
    return folding.fold([opening(spec, 0, 0, (0, 0))]).void_reason is None


OPENS = [spec for spec in OPENING if opens(spec)]


def test_the_plainest_header_of_most_types_opens_a_case() -> None:
    assert {spec.scope for spec in OPENS} >= {Scope.INQUIRY}


@pytest.mark.parametrize("spec", OPENS, ids=lambda spec: spec.type)
def test_an_opening_gives_the_case_its_kind_and_what_it_is_about(spec: TypeSpec) -> None:
    codes = {**plain_codes(spec), "about": "ab" * 16}
    state = folding.fold([opening(spec, 1, 3, (2, 3), codes=codes)])
    assert (state.kind, state.openers, state.opener, state.others) == (spec.scope, (1,), 1, (0,))
    assert state.about == b"\xab" * 16
    kind = case.kind_of(state)
    assert kind is KINDS[spec.scope]
    assert case.status(state) == kind.status(state, state.substance)
    assert case.from_plain(case.to_plain(state)) == state


@pytest.mark.parametrize("first", OPENS, ids=lambda spec: spec.type)
@pytest.mark.parametrize("second", OPENS, ids=lambda spec: spec.type)
def test_a_number_that_two_take_at_once_is_void_on_both_desks(
    first: TypeSpec, second: TypeSpec
) -> None:
    one, other = opening(first, 0, 0, (0, 0)), opening(second, 1, 0, (0, 0))
    state = folding.fold([one, other])
    assert state == folding.fold([other, one])
    assert state.void_reason == Reason.CASE_OPENED_TWICE
    assert (state.substance, case.status(state), case.is_open(state)) == (None, case.VOID, False)
    assert state.kind == (first.scope if first.scope == second.scope else None)
    assert (case.next_actors(state), case.obligations(state)) == ((), ())
    assert {entry.standing for entry in state.acts} == {Standing.LAPSED}
    (pair,) = case.crossings(state)
    assert (pair.outcome, pair.provisional) == (OPENED_TWICE.outcome, True)
    # One alone was in order until the other's came, and whatever follows both is void.
    assert folding.advance(folding.fold([one]), other) is None
    for later in (first, second):
        after = opening(later, 0, 1, (1, 1))
        assert folding.fold([after, other, one]).void_acts[0].void == Reason.CASE_OPENED_TWICE
        with pytest.raises(ParleyError) as caught:
            case.decide(state, after, 0)
        assert caught.value.reason == Reason.CASE_OPENED_TWICE


@pytest.mark.parametrize("first", OPENS, ids=lambda spec: spec.type)
def test_what_belongs_to_another_kind_is_void_in_a_case(first: TypeSpec) -> None:
    begun = opening(first, 0, 0, (0, 0))
    for spec in CATALOGUE.values():
        if spec.scope == first.scope:
            continue
        codes = plain_codes(spec)
        wanted = DAY if spec.reply_wanted_required else None
        for author, seq, seen in ((0, 1, (1, 0)), (1, 0, (1, 0))):
            foreign = make(
                author, seq, seen, spec.type, codes, reference=begun.id, reply_wanted=wanted
            )
            state = folding.fold([begun, foreign])
            assert [entry.void for entry in state.void_acts] == [Reason.ACT_OUT_OF_PLACE]
            assert state.substance == folding.fold([begun]).substance


@pytest.mark.parametrize("spec", LATER, ids=lambda spec: spec.type)
def test_nothing_but_an_opening_opens_a_case(spec: TypeSpec) -> None:
    wanted = DAY if spec.reply_wanted_required else None
    act = make(0, 0, (0, 0), spec.type, plain_codes(spec), reference=bytes(32), reply_wanted=wanted)
    state = folding.fold([act])
    assert state.void_reason == Reason.CASE_NOT_OPEN
    assert [entry.void for entry in state.acts] == [Reason.CASE_NOT_OPEN]


@pytest.mark.parametrize("spec", LATER, ids=lambda spec: spec.type)
def test_the_wrong_side_is_void_and_so_is_a_reference_to_nothing(spec: TypeSpec) -> None:
    begun = next((one for one in OPENS if one.scope == spec.scope), None)
    if begun is None:
        pytest.skip("opened with more than the plainest header")
    first = opening(begun, 0, 0, (0, 0))
    wanted = DAY if spec.reply_wanted_required else None

    def void_of(author: int) -> str | None:
        seq, seen = (1, (1, 0)) if author == 0 else (0, (1, 0))
        act = make(
            author,
            seq,
            seen,
            spec.type,
            plain_codes(spec),
            reference=bytes(32) if spec.reference else None,
            reply_wanted=wanted,
        )
        found = folding.fold([first, act]).find(act.id)
        assert found is not None
        return found.void

    right = 0 if spec.sender in (Sender.ASKER, Sender.OPENER) else 1
    if spec.sender in (Sender.ASKER, Sender.REPLIER, Sender.OPENER, Sender.OTHER):
        assert void_of(1 - right) in {
            *(Reason.NOT_THE_ASKER, Reason.NOT_THE_REPLIER),
            *(Reason.NOT_THE_OPENER, Reason.NOT_THE_OTHER),
        }
    if spec.reference:
        assert void_of(right) == Reason.REFERENCE_UNKNOWN


def entries(spec: TypeSpec) -> list[Entry]:
    """Entries of a type by either side, about nothing in particular and about two items."""
    return [
        Entry(bytes(32), author, 1, (1, 1), spec.type, None, Standing.STANDS, item)
        for author, item in product((0, 1), (None, 1, "aa" * 32))
    ]


@pytest.mark.parametrize("scope", KINDS)
def test_every_crossing_is_the_same_read_from_either_side(scope: Scope) -> None:
    kind = KINDS[scope]
    types = [spec for spec in CATALOGUE.values() if spec.scope == scope]
    for one, other in product(types, types):
        for first, second in product(entries(one), entries(other)):
            if first.author != second.author:
                found = kind.crossing(first, second)
                assert kind.crossing(second, first) == found.reverse
                assert found.why.endswith(".")


@given(st.integers(0, 1 << 32))
@settings(max_examples=60, deadline=None)
def test_acts_of_all_kinds_in_one_case_fold_alike_in_any_order(seed: int) -> None:
    random = Random(seed)
    specs = [*random.sample(OPENING, min(2, len(OPENING))), *random.sample(LATER, 6)]
    counts, heard, acts = [0, 0], [0, 0], list[Act]()
    for _ in range(10):
        author = random.randrange(2)
        if random.random() < 0.5:
            heard[author] = counts[1 - author]
        seen = [0, 0]
        seen[author], seen[1 - author] = counts[author], heard[author]
        spec = random.choice(specs)
        reference = random.choice([None, bytes(32), *(act.id for act in acts)])
        codes = plain_codes(spec) if random.random() < 0.8 else dict(CODES[spec.type])
        wanted = DAY if spec.reply_wanted_required else None
        acts.append(
            make(
                author,
                counts[author],
                (seen[0], seen[1]),
                spec.type,
                codes,
                reference=reference,
                reply_wanted=wanted,
            )
        )
        counts[author] += 1
    state = folding.fold(acts)
    shuffled = [*acts, *acts[:3]]
    random.shuffle(shuffled)
    assert folding.fold(shuffled) == state
    assert case.from_plain(case.to_plain(state)) == state
    assert state.size == len(acts)
    assert case.status(state)
    list(case.crossings(state))
    case.obligations(state)
    step: case.Case | None = case.empty(2)
    for act in sorted(acts, key=lambda act: (sum(act.seen), act.author, act.seq)):
        step = folding.advance(step, act) if step is not None else None
    assert step is None or step == state
