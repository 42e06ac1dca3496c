"""A peer that claims and keeps, erases alone, proposes to erase all, or is merely quicker."""

from __future__ import annotations

import msgspec
import pytest

from parley.application import cases, erasing, exchange
from parley.application.desk import Desk
from parley.application.message import Sent
from parley.application.writing import Writing
from parley.domain.act import ActType, Code
from parley.domain.types.erasure import BODIES
from parley.kernel import ids
from parley.kernel.errors import ParleyError
from parley.kernel.reasons import Reason
from parley.record import body as bodies
from parley.record.statement import Handling, Statement
from parley.store import log
from parley.wire import post
from tests.erasure.house import Houses
from tests.support.pair import START, inquiry


def say(
    houses: Houses,
    desk: Desk,
    type_: str,
    case: bytes,
    codes: dict[str, Code] | None = None,
    reference: bytes | None = None,
) -> Statement:
    """Sign an act past all rules of the house."""
    content = inquiry(houses.pair.channel(desk), case)
    return houses.pair.append(
        desk,
        content._replace(
            type=type_,
            reference=reference,
            handling=Handling("red", None),
            reply_wanted=None,
            codes=codes or {},
            values={},
        ),
    )


def void(houses: Houses, desk: Desk, said: Statement) -> str | None:
    found = houses.state(desk, said.act.case).find(said.leaf)
    assert found is not None
    return found.void


def test_a_peer_claims_its_deletion_and_keeps_the_text(houses: Houses) -> None:
    """Its claim is a claim: nothing here says that the text is gone on its side."""
    pair = houses.pair
    said = houses.ask(pair.left)
    case = houses.agree([said.leaf])
    erasing.advance(pair.left)
    pair.settle()
    state = houses.state(pair.right, case)
    claim = {"deleted-at": START}
    say(houses, pair.right, ActType.ERASURE_CLAIM, case, claim, state.substance.confirmed)
    pair.settle()
    assert houses.status(pair.left, case) == "erased"
    assert houses.body(pair.left, said.leaf) is None
    assert houses.body(pair.right, said.leaf) is not None
    # What its record shows to anybody: that it signed the claim, with this time.
    (signed,) = [one for one in houses.state(pair.left, case).substance.claims if one][-1:]
    assert signed.deleted_at == START


def test_a_peer_erases_alone_and_says_so(houses: Houses) -> None:
    pair = houses.pair
    said = houses.ask(pair.left)
    case = houses.propose(pair.right, [said.leaf])
    proposal = houses.state(pair.right, case).substance.proposal
    alone = say(houses, pair.right, ActType.ERASURE_CLAIM, case, {"deleted-at": START}, proposal)
    own = say(houses, pair.right, ActType.ERASURE_CONSENT, case, {}, proposal)
    early = say(houses, pair.right, ActType.ERASURE_CONFIRMATION, case, {}, own.leaf)
    pair.settle()
    assert void(houses, pair.left, alone) == "reference-wrong"
    assert void(houses, pair.left, own) == "not-the-other"
    assert void(houses, pair.left, early) in {"reference-unknown", "erasure-not-joint"}
    assert houses.status(pair.left, case) == "erasure-proposed"
    houses.carry_out()
    assert houses.body(pair.left, said.leaf)


def test_a_peer_proposes_to_erase_everything(houses: Houses) -> None:
    pair = houses.pair
    houses.ask(pair.left)
    houses.ask(pair.right, "lapis-otter-93")
    with pair.right.database.read() as connection:
        leaves = [one.leaf.hex() for one in log.in_order(connection, pair.channel_id)]
    every = {"bodies": tuple(leaves), "ground": "purpose-ended"}
    said = say(houses, pair.right, ActType.ERASURE_PROPOSAL, ids.new_case_id(), every)
    many = {**every, "bodies": tuple(f"{n:064x}" for n in range(1, BODIES + 2))}
    more = say(houses, pair.right, ActType.ERASURE_PROPOSAL, ids.new_case_id(), many)
    pair.settle()
    with pytest.raises(ParleyError) as refused:
        houses.consent(pair.left, said.act.case)
    assert refused.value.reason is Reason.ERASURE_OUT_OF_PLACE
    assert void(houses, pair.left, more) == "code-invalid"
    houses.carry_out()
    with pair.left.database.read() as connection:
        positions = [one.position for one in log.in_order(connection, pair.channel_id)]
        assert len(log.bodies(connection, pair.channel_id, positions)) == len(positions)


def test_an_answer_that_crosses_an_erasure_stands_and_stays_readable(houses: Houses) -> None:
    pair = houses.pair
    asked = houses.ask(pair.left)
    # Neither knows of the other's word.
    erasure = houses.propose(pair.left, [asked.leaf], "sent-by-mistake")
    text = {"remarks@en": "We looked.", "answers/1/text@en": "We know nothing of it."}
    codes: dict[str, Code] = {"answers": ((1, "answered"),)}
    answer = houses.release(
        pair.right, Writing(ActType.DETAILED_ANSWER, text, codes, asked.act.case)
    )
    pair.settle()
    houses.consent(pair.right, erasure)
    pair.settle()
    houses.carry_out()
    for desk in (pair.left, pair.right):
        assert houses.status(desk, erasure) == "erased"
        assert houses.status(desk, asked.act.case) == "answered"
        shown = cases.show(desk, pair.channel(desk), asked.act.case, "dora")
        texts = {act.entry.leaf: act.body for act in shown.acts}
        assert texts[asked.leaf] is None
        kept = texts[answer.leaf]
        assert kept is not None
        assert kept.values["answers/1/text@en"] == "We know nothing of it."


def test_a_withdrawal_that_crosses_the_consent_keeps_the_text(houses: Houses) -> None:
    pair = houses.pair
    said = houses.ask(pair.left)
    case = houses.propose(pair.left, [said.leaf])
    pair.settle()
    houses.consent(pair.right, case)
    houses.release(pair.left, Writing(ActType.ERASURE_WITHDRAWAL, {}, {}, case))
    pair.settle()
    houses.carry_out()
    for desk in (pair.left, pair.right):
        assert houses.status(desk, case) == "erasure-withdrawn"
        assert houses.body(desk, said.leaf)


def test_a_statement_comes_with_digests_in_place_of_its_text(houses: Houses) -> None:
    """As if it had been erased: a desk that was not set back does not take it in."""
    pair = houses.pair
    said = pair.append(pair.right, inquiry(pair.channel(pair.right), ids.new_case_id()))
    body = houses.body(pair.right, said.leaf)
    assert body is not None
    outgoing = exchange.compose(pair.right, pair.channel_id)
    (sent,) = outgoing.message.statements
    rest = bodies.parse(sent.body or b"").without(body.values).encode()
    message = msgspec.structs.replace(outgoing.message, statements=(Sent(sent.data, rest),))
    data, digest = post.request(pair.right, outgoing._replace(message=message))
    settled = post.settle(pair.right, outgoing, digest, post.answer(pair.left, data))
    assert [one.reason for one in settled.refusals] == ["body-missing"]
    with pair.left.database.read() as connection:
        assert log.by_leaf(connection, pair.channel_id, said.leaf) is None
