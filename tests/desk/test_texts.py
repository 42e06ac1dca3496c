"""The agreed text: what its hash is over, who can check it, and what no other desk can fake."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path

import pytest

from parley.application import cases, texts
from parley.application.desk import Desk
from parley.domain import folding
from parley.domain.act import Code
from parley.domain.kinds import proposal_state as states
from parley.domain.kinds.proposal_state import Proposal
from parley.domain.kinds.proposal_text import PENDING, text_digest, unit_digest
from parley.kernel import cbor, ids
from parley.record import acts, body, statement, units, verdict
from parley.record.freeze import Content, freeze
from parley.record.statement import ActHeader, Handling
from parley.store import log
from tests.support.pair import Pair, pair

CASE = bytes(range(16))
AUTHENTIC: tuple[str, ...] = ("en", "ru")

VALUES = {
    "subject@en": "A text",
    "units/1/heading@en": "Purpose",
    "units/1/text@en": "The sides meet.",
    "units/1/text@ru": "Стороны встречаются.",
    "units/1/rationale@en": "They should.",
    "units/2/text@en": "Once a year.",
    "units/2/text@ru": "Раз в год.",
}
CODES: dict[str, Code] = {"units": ((1, PENDING), (2, PENDING)), "authentic": AUTHENTIC}


@pytest.fixture
def desks(tmp_path: Path) -> Iterator[Pair]:
    with pair(tmp_path) as both:
        both.settle()
        yield both


def content(desks: Pair, desk: Desk, type_: str, **given: object) -> Content:
    channel = desks.channel(desk)
    fields: dict[str, object] = {
        "case": CASE,
        "type": type_,
        "from_office": channel.own.text.offices[0].id,
        "to_offices": (channel.peer.text.offices[0].id,),
        "reference": None,
        "basis": (),
        "legal_basis": None,
        "precedence": 0,
        "handling": Handling("amber", None),
        "reply_wanted": None,
        "codes": {},
        "values": {},
    }
    return Content(**{**fields, **given})  # type: ignore[arg-type]


def proposal(desks: Pair, desk: Desk) -> Proposal:
    channel = desks.channel(desk)
    with desk.database.read() as connection:
        entries = log.in_case(connection, channel.id, CASE)
        found = folding.fold([acts.of_entry(entry) for entry in entries]).substance
    assert isinstance(found, Proposal)
    return found


def agreed(desks: Pair) -> Proposal:
    """A text that both have agreed, one unit of it in the other side's words."""
    left, right = desks.left, desks.right
    opening = desks.append(left, content(desks, left, "proposal", codes=CODES, values=VALUES)).leaf
    desks.settle()
    variant = {"units/2/text@en": "Twice a year.", "units/2/text@ru": "Дважды в год."}
    codes = {"units": ((2, PENDING),), "authentic": AUTHENTIC}
    bracket = content(
        desks, right, "proposal-bracket", codes=codes, values=variant, reference=opening
    )
    desks.append(right, bracket)
    desks.settle()
    wanted = next(
        v.digest for v in proposal(desks, left).variants if v.unit == 2 and v.act != opening
    )
    desks.append(
        left,
        content(
            desks, left, "proposal-consent", codes={"variants": ((2, wanted),)}, reference=opening
        ),
    )
    desks.settle()
    for desk in (left, right):
        text = states.hash_of(proposal(desks, desk))
        assert text is not None
        agreement = content(
            desks, desk, "proposal-agreement", codes={"text": text}, reference=opening
        )
        desks.append(desk, agreement)
        desks.settle()
    return proposal(desks, left)


def test_the_hash_is_worked_out_from_the_bodies_by_the_protocol_page(desks: Pair) -> None:
    """Sections 15.2 and 15.3 once more, from the fields alone."""
    found = agreed(desks)
    assert states.is_agreed(found)
    assert proposal(desks, desks.right) == found
    channel = desks.channel(desks.left)
    with desks.left.database.read() as connection:
        entries = log.in_case(connection, channel.id, CASE)
        bodies = {}
        for entry in entries:
            kept = log.body(connection, channel.id, entry.position)
            assert kept is not None
            opened = desks.left.vault.open(kept.slot, kept.sealed, entry.leaf)
            bodies[statement.parse(entry.data).act.type] = (entry.leaf, body.parse(opened))
    opening, tabled = bodies["proposal"]
    _, bracket = bodies["proposal-bracket"]
    listed = []
    for number, source in ((1, tabled), (2, bracket)):
        digests = sorted(
            hashlib.sha256(cbor.encode([field.salt, field.path, field.value])).digest()
            for field in source.fields
            for path, _, language in [field.path.partition("@")]
            if path in (f"units/{number}/heading", f"units/{number}/text") and language in AUTHENTIC
        )
        unit = hashlib.sha256(cbor.encode(["parley/unit/1", number, digests])).digest()
        listed.append([number, unit])
    text = cbor.encode(["parley/text/1", opening, sorted(AUTHENTIC), None, listed])
    expected = hashlib.sha256(text).hexdigest()
    assert states.hash_of(found) == expected
    assert {one.text for one in found.agreements if one is not None} == {expected}


def test_the_hash_stays_when_bodies_are_gone(desks: Pair) -> None:
    found = agreed(desks)
    channel = desks.channel(desks.left)
    with desks.left.database.read() as connection:
        entries = log.in_case(connection, channel.id, CASE)
    # The fold reads headers: nothing of it comes from a body.
    again = folding.fold(
        [acts.of_statement(statement.parse(e.data), e.author, None) for e in entries]
    )
    assert isinstance(again.substance, Proposal)
    assert states.hash_of(again.substance) == states.hash_of(found)
    assert states.is_agreed(again.substance)


def test_a_header_that_names_another_text_than_its_body_is_void_on_both_desks(
    desks: Pair, monkeypatch: pytest.MonkeyPatch
) -> None:
    left = desks.left
    opening = desks.append(left, content(desks, left, "proposal", codes=CODES, values=VALUES)).leaf
    desks.settle()
    # A desk of other software names in the header what does not stand in the body.
    monkeypatch.setattr(units, "bound", lambda _type, codes, _body: dict(codes))
    lie = {"units": ((2, "ab" * 32),), "authentic": AUTHENTIC}
    values = {"units/2/text@en": "Never.", "units/2/text@ru": "Никогда."}
    act = content(
        desks, desks.right, "proposal-bracket", codes=lie, values=values, reference=opening
    )
    desks.append(desks.right, act)
    desks.settle()
    for desk in (left, desks.right):
        view = cases.show(desk, desks.channel(desk), CASE, "dora")
        assert [one.void for one in view.acts] == [None, "unit-digest-wrong"]
        assert not any(unit.bracketed for unit in states.units(proposal(desks, desk)))
        substance = view.summary.state.substance
        assert isinstance(substance, Proposal)
        assert texts.own(texts.variants(view, substance), substance.opener)[2].text["en"] == (
            "Once a year."
        )


def test_a_unit_in_one_language_of_two_is_void(desks: Pair) -> None:
    left = desks.left
    values = {path: value for path, value in VALUES.items() if path != "units/2/text@ru"}
    desks.append(left, content(desks, left, "proposal", codes=CODES, values=values))
    desks.settle()
    view = cases.show(desks.right, desks.channel(desks.right), CASE, "dora")
    assert [one.void for one in view.acts] == ["field-missing"]


def test_digests_are_drawn_with_the_salts_and_hide_the_words(desks: Pair) -> None:
    channel = desks.channel(desks.left)
    act = content(desks, desks.left, "proposal", codes=CODES, values=VALUES)
    made = [freeze(channel, act) for _ in range(2)]
    headers: list[ActHeader] = [statement.parse_act(one.act_bytes) for one in made]
    assert headers[0].codes["units"] != headers[1].codes["units"]
    for header, frozen in zip(headers, made, strict=True):
        verdict.check(header.type, header.codes, frozen.body)
        (_, digest), _ = header.codes["units"]  # type: ignore[misc]
        covered = [
            field.digest()
            for field in frozen.body.fields
            if field.path.startswith(("units/1/heading", "units/1/text"))
        ]
        assert digest == unit_digest(1, covered)


def test_two_cases_with_one_text_have_two_hashes() -> None:
    listed = [(1, "ab" * 32)]
    first, second = ids.new_case_id() * 2, ids.new_case_id() * 2
    assert text_digest(first, ("en",), None, listed) != text_digest(second, ("en",), None, listed)
