"""Two sides agree to erase, both delete and say so, and the record stays what it was."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from parley.application import (
    audit,
    cases,
    draft_keeping,
    drafts,
    erasing,
    erasures,
    holds,
    officers,
    recusals,
    retention,
)
from parley.application.writing import Writing
from parley.domain.act import ActType, Code
from parley.domain.policy import Policy
from parley.kernel import cbor
from parley.kernel.errors import ParleyError
from parley.kernel.reasons import Reason
from parley.store import channels, log, proofs
from parley.wire import pouch
from tests.erasure.house import WORD, Houses, asking, found_in, on_server


def test_what_both_agreed_to_erase_is_gone_on_both_sides_and_the_record_holds(
    houses: Houses,
) -> None:
    pair = houses.pair
    left, right = pair.left, pair.right
    _places, begun = on_server(left)
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
    # A server's tables and log never had a text or a key.
    looked = [*pair.folders, *on_server(left, begun)[0], *on_server(right)[0]]
    for place in looked:
        assert not found_in(place, needles)
    # What is there is found, and in the tables.
    tables = on_server(right)[0][:1] or pair.folders[1:]
    assert any(found_in(place, [other.leaf]) for place in tables)


def test_desks_that_meet_by_pouch_alone_erase_as_pouches_come(
    houses: Houses, tmp_path: Path
) -> None:
    pair = houses.pair
    said = houses.ask(pair.left)
    case = houses.propose(pair.left, [said.leaf])
    pair.settle()
    houses.consent(pair.right, case)
    # Consent, confirmation, claim, claim: each leaves with the next pouch.
    for number, desk in enumerate((pair.right, pair.left) * 2):
        target = tmp_path / f"{number}.pouch"
        pouch.pack(desk, pair.channel(desk), target, unconfirmed=True)
        (found,) = pouch.open_all(pair.peer_of(desk), [target])
        assert found.error is None
    for desk in (pair.left, pair.right):
        assert houses.status(desk, case) == "erased"
        assert houses.body(desk, said.leaf) is None


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


# --- what this house does not do ------------------------------------------------------------------


def refused(act: object) -> Reason:
    """Why ``act`` is refused."""
    assert callable(act)
    with pytest.raises(ParleyError) as caught:
        act()
    return caught.value.reason


def test_nothing_that_is_held_evidence_or_not_on_both_sides_is_proposed(houses: Houses) -> None:
    pair = houses.pair
    left = pair.left
    said, other = houses.ask(left), houses.ask(left, "another-word-55")
    with left.database.read() as connection:
        genesis = log.by_author(connection, pair.channel_id, pair.channel(left).own_index, 0, 1)[0]
    assert refused(lambda: houses.propose(left, [bytes(32)])) is Reason.ERASURE_UNKNOWN_BODY
    assert refused(lambda: houses.propose(left, [genesis.leaf])) is Reason.ERASURE_OUT_OF_PLACE
    unsent = houses.release(left, asking("not-yet-there-1"))
    assert refused(lambda: houses.propose(left, [unsent.leaf])) is Reason.ERASURE_NOT_RECEIPTED
    hold = holds.place(left, "lena", pair.channel(left), said.act.case, "litigation")
    assert refused(lambda: houses.propose(left, [other.leaf, said.leaf])) is Reason.ERASURE_HELD
    assert refused(lambda: holds.lift(left, "lena", hold.number)) is Reason.HOLD_OWN
    assert refused(lambda: holds.lift(left, "dora", hold.number)) is Reason.ROLE_FORBIDS
    officers.add(left, "ludo", ["legal-reviewer"])
    holds.lift(left, "ludo", hold.number)
    assert refused(lambda: holds.lift(left, "ludo", hold.number)) is Reason.HOLD_UNKNOWN
    pair.settle()
    case = houses.propose(left, [said.leaf, unsent.leaf])
    pair.settle()
    # The other house has reasons of its own.
    holds.place(pair.right, "lena", pair.channel(pair.right), said.act.case, "investigation")
    assert refused(lambda: houses.consent(pair.right, case)) is Reason.ERASURE_HELD
    codes: dict[str, Code] = {"ground": "legal-hold"}
    houses.release(pair.right, Writing(ActType.ERASURE_REFUSAL, {}, codes, case))
    pair.settle()
    houses.carry_out()
    assert houses.status(left, case) == "erasure-refused"
    assert houses.body(left, said.leaf)


def test_a_hold_that_comes_after_the_consent_stops_this_side(houses: Houses) -> None:
    pair = houses.pair
    said = houses.ask(pair.left)
    case = houses.agree([said.leaf])
    hold = holds.place(pair.right, "lena", pair.channel(pair.right), said.act.case, "order")
    houses.carry_out()
    assert houses.status(pair.left, case) == "erasure-claimed-by-one"
    assert houses.body(pair.left, said.leaf) is None
    assert houses.body(pair.right, said.leaf)
    view = erasures.show(pair.right, "dora", pair.channel(pair.right), case)
    assert (view.obstacle, view.bodies[0].state) == (Reason.ERASURE_HELD, "here")
    officers.add(pair.right, "ludo", ["legal-reviewer"])
    holds.lift(pair.right, "ludo", hold.number)
    houses.carry_out()
    assert houses.status(pair.left, case) == "erased"


def test_what_a_halted_channel_holds_is_evidence(houses: Houses) -> None:
    pair = houses.pair
    said = houses.ask(pair.left)
    case = houses.agree([said.leaf])
    with pair.left.database.write(pair.channel_id) as connection:
        channels.halt(connection, pair.channel_id, "fork-statement")
    assert erasing.advance(pair.left) == 0
    assert houses.body(pair.left, said.leaf)
    with pair.left.database.write(pair.channel_id) as connection:
        channels.reopen(connection, pair.channel_id)
        proofs.add_evidence(
            connection,
            channel=pair.channel_id,
            digest=bytes(32),
            kind="fork-statement",
            data=cbor.encode([said.data]),
            now=1,
        )
    assert erasing.advance(pair.left) == 0
    view = erasures.show(pair.left, "dora", pair.channel(pair.left), case)
    assert view.obstacle is Reason.ERASURE_EVIDENCE


# --- drafts, lists, retention ---------------------------------------------------------------------


def test_drafts_of_the_same_text_go_with_it_and_the_page_says_so(houses: Houses) -> None:
    pair = houses.pair
    left = pair.left
    said = houses.ask(left)
    channel = pair.channel(left)
    copy = drafts.write(left, "dora", channel, asking())
    apart = drafts.write(left, "dora", channel, asking("word-that-stays-1"))
    case = houses.agree([said.leaf])
    houses.carry_out()
    released = draft_keeping.every(left, "dora", released=True)
    gone = next(view for view in released if view.released == said.leaf)
    assert gone.writing.values == {}
    assert gone.authorised_by == ("ada",)
    emptied = draft_keeping.find(left, "dora", copy.id.hex())
    assert (emptied.stage, emptied.writing.values) == ("abandoned", {})
    assert draft_keeping.find(left, "dora", apart.id.hex()).writing.values
    shown = cases.show(left, channel, said.act.case, "dora")
    assert shown.acts[0].body is None
    assert shown.summary.subject == {}
    view = erasures.show(left, "dora", channel, case)
    assert [body.state for body in view.bodies] == ["deleted"]
    assert view.obstacle is None


def test_what_has_outlived_its_retention_is_proposed_and_nothing_else(houses: Houses) -> None:
    pair = houses.pair
    left = replace(pair.left, policy=Policy(retention={"notice": 1000}))
    channel = pair.channel(left)
    codes: dict[str, Code] = {"nature": "law", "force": "in-force-from", "since": "2017-08-02"}
    texts = {"subject@en": "A law", "effect@en": "Forbids something, at length."}
    said = houses.release(left, Writing(ActType.NOTICE, texts, codes))
    open_case = houses.ask(left)
    assert retention.every(left, "dora") == []
    (soon,) = retention.every(left, "dora", within=2000)
    assert (soon.row.case_id, soon.rests_on, soon.bodies) == (said.act.case, "house", 1)
    pair.clock.now += 1001
    (due,) = retention.due(left, "dora")
    named = erasures.named(left, "dora", (), due.row.case_id.hex())
    assert named == (channel, (said.leaf,), said.act.case)
    hold = holds.place(left, "lena", channel, said.act.case, "audit")
    assert not retention.due(left, "dora")
    officers.add(left, "ludo", ["legal-reviewer"])
    holds.lift(left, "ludo", hold.number)
    pair.settle()
    houses.propose(left, named.bodies)
    assert not retention.due(left, "dora")
    assert retention.every(left, "dora")[0].proposed
    assert refused(lambda: retention.every(left, "audit")) is Reason.ROLE_FORBIDS
    assert open_case.act.case not in {one.row.case_id for one in retention.every(left, "dora")}


def test_one_who_is_recused_approves_no_erasure_of_the_matter(houses: Houses) -> None:
    left = houses.pair.left
    said = houses.ask(left)
    channel = houses.pair.channel(left)
    codes: dict[str, Code] = {"bodies": (said.leaf.hex(),), "ground": "court-order"}
    draft = drafts.write(left, "dora", channel, Writing(ActType.ERASURE_PROPOSAL, {}, codes))
    assert draft_keeping.find(left, "ada", draft.id.hex())
    recusals.declare(left, "ada", recusals.Matter(None, ((channel, said.act.case),)), "lena")
    find = draft_keeping.find
    assert refused(lambda: find(left, "ada", draft.id.hex())) is Reason.DRAFT_UNKNOWN


def test_one_who_is_recused_gives_no_consent_to_erase_the_matter(houses: Houses) -> None:
    """The draft lies in the case of the erasure; what it would erase is known by the proposal."""
    pair = houses.pair
    right = pair.right
    said = houses.ask(pair.left)
    other = houses.ask(pair.left, "lapis-otter-93")
    case = houses.propose(pair.left, [other.leaf, said.leaf])
    pair.settle()
    channel = pair.channel(right)
    view = drafts.write(right, "dora", channel, Writing(ActType.ERASURE_CONSENT, {}, {}, case))
    view = drafts.submit(right, "dora", view.id, view.revision)
    digest = view.sha256
    assert digest is not None
    drafts.clear(right, "lena", view.id, digest)
    assert draft_keeping.find(right, "ada", view.id.hex())
    recusals.declare(right, "ada", recusals.Matter(None, ((channel, said.act.case),)), "lena")
    assert refused(lambda: draft_keeping.find(right, "ada", view.id.hex())) is Reason.DRAFT_UNKNOWN
    assert view.id not in {one.id for one in draft_keeping.every(right, "ada")}
    approve = drafts.authorise
    assert refused(lambda: approve(right, "ada", view.id, digest)) is Reason.DRAFT_UNKNOWN
    # Nobody else is kept from it by that.
    assert approve(right, "anton", view.id, digest) is None


def test_one_who_is_recused_neither_names_nor_holds_nor_lists(houses: Houses) -> None:
    pair = houses.pair
    left = pair.left
    said = houses.ask(left)
    channel = pair.channel(left)
    recusals.declare(left, "dora", recusals.Matter(None, ((channel, said.act.case),)), "lena")
    named = erasures.named
    assert refused(lambda: named(left, "dora", [said.leaf.hex()])) is Reason.STATEMENT_UNKNOWN
    assert refused(lambda: named(left, "dora", (), said.act.case.hex())) is Reason.CASE_UNKNOWN
    holds.place(left, "lena", channel, said.act.case, "litigation")
    assert [hold.number for _channel, hold in holds.every(left, "lena")] == [1]
    assert holds.every(left, "dora") == []
