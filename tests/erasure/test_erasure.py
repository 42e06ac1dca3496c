"""Two sides agree to erase, both delete and say so, and the record stays what it was."""

from __future__ import annotations

from parley.application import audit, erasing
from tests.erasure.house import WORD, Houses, found_in


def test_what_both_agreed_to_erase_is_gone_on_both_sides_and_the_record_holds(
    houses: Houses,
) -> None:
    pair = houses.pair
    left, right = pair.left, pair.right
    said = houses.ask(left)
    other = houses.ask(right, "lapis-otter-93")
    states = [houses.state(desk, said.act.case) for desk in (left, right)]
    needles = [WORD.encode(), houses.key(left, said.leaf), houses.key(right, said.leaf)]
    body = houses.body(left, said.leaf)
    assert body is not None
    needles += [field.salt for field in body.fields]
    case = houses.agree([said.leaf])
    assert houses.status(right, case) == "erasure-consented"
    houses.carry_out()
    for desk, before in zip((left, right), states, strict=True):
        assert houses.body(desk, said.leaf) is None
        assert houses.body(desk, other.leaf) is not None
        assert houses.status(desk, case) == "erased"
        assert houses.state(desk, said.act.case) == before
        assert not audit.fsck(desk).faults
    for folder in pair.folders:
        assert not found_in(folder, needles)


def test_nothing_is_deleted_before_both_words_are_known_to_both(houses: Houses) -> None:
    pair = houses.pair
    said = houses.ask(pair.left)
    case = houses.propose(pair.left, [said.leaf])
    pair.settle()
    erasing.advance(pair.left)
    erasing.advance(pair.right)
    houses.consent(pair.right, case)
    # The consent has not arrived: neither desk moves.
    assert erasing.advance(pair.right) == erasing.advance(pair.left) == 0
    assert houses.body(pair.left, said.leaf)
    assert houses.body(pair.right, said.leaf)
    pair.settle()
    assert erasing.advance(pair.right) == 0
    assert erasing.advance(pair.left) == 3
    assert houses.status(pair.left, case) == "erasure-claimed-by-one"
    assert houses.body(pair.right, said.leaf)
    pair.settle()
    assert erasing.advance(pair.right) == 2
    pair.settle()
    assert houses.status(pair.left, case) == houses.status(pair.right, case) == "erased"
    (claim, _other) = [one for one in houses.state(pair.left, case).substance.claims if one]
    assert claim.deleted_at == pair.clock.now
