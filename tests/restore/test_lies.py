"""A desk was set back, and its peer lies: no fork comes of it, and what is wrong is said."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import msgspec
import pytest

from parley.application import exchange, recovery
from parley.application.message import Message, Sent
from parley.kernel import cbor, limits
from parley.kernel.errors import ParleyError
from parley.record import heads
from parley.record import statement as statements
from parley.record.heads import Held
from parley.store import log, proofs
from parley.wire import frame as frames
from parley.wire import post
from tests.restore.test_recovery import house, record, say, standing, talk
from tests.support import hostile
from tests.support.pair import Pair
from tests.support.setback import SetBack

__all__ = ["house"]

replace = msgspec.structs.replace
Lie = Callable[[Message], Message]


@dataclass
class Liar:
    """Carries the left desk's requests to the right one, and changes what it answers."""

    house: SetBack

    def answers(self, lie: Lie) -> None:
        """One exchange; the reply is changed, and signed by the right desk's own keys."""
        pair = self.house.pair
        left, right = pair.left, pair.right
        outgoing = exchange.compose(left, pair.channel_id)
        data, digest = post.request(left, outgoing)
        parsed = frames.parse(post.answer(right, data))
        header = parsed.header()
        message = lie(frames.open_message(parsed, header, left.keys))
        reply = hostile.signed(pair, message, 77)
        post.settle(left, outgoing, digest, reply)


@pytest.fixture
def liar(house: SetBack) -> Liar:
    return Liar(house)


def broken(sent: Sent) -> Sent:
    return replace(sent, data=sent.data[:-1] + bytes([sent.data[-1] ^ 1]))


LIES: dict[str, tuple[Lie, str]] = {
    "nothing comes back": (
        lambda m: replace(m, returned=(), statements=(), held=Held(0, 99, bytes(32), 0)),
        "set-back",
    ),
    "less is held than was": (
        lambda m: replace(m, returned=(), statements=(), held=Held(0, 0, None, 0)),
        "return-short",
    ),
    "the end is left out": (
        lambda m: replace(
            m, returned=m.returned[:-1], statements=m.statements[:1], held=Held(0, 1, None, 0)
        ),
        "",
    ),
    "a signature is broken": (
        lambda m: replace(m, returned=(broken(m.returned[0]), *m.returned[1:])),
        "return-wrong",
    ),
    "a body is missing": (
        lambda m: replace(m, returned=(replace(m.returned[0], body=None), *m.returned[1:])),
        "return-wrong",
    ),
    "its own in place of ours": (lambda m: replace(m, returned=m.statements), "return-wrong"),
    "one is left out in the middle": (lambda m: replace(m, returned=m.returned[1:]), ""),
    "its own statements are others": (
        lambda m: replace(m, statements=(broken(m.statements[0]), *m.statements[1:])),
        "",
    ),
    "another statement of ours is held": (
        lambda m: replace(m, held=replace(m.held, leaf=bytes(32))),
        "",
    ),
}


@pytest.mark.parametrize("name", LIES)
def test_nothing_is_signed_and_the_truth_still_helps(liar: Liar, name: str) -> None:
    lie, reason = LIES[name]
    house, pair = liar.house, liar.house.pair
    old = house.copy("left")
    talk(pair)
    before = record(pair, pair.left)
    left = house.back("left", old)
    own = left.letter.statement_key
    for _ in range(2):
        if standing(left).state != "halted":
            liar.answers(lie)
    found = standing(left)
    assert found.state != "open"
    assert reason in ("", found.reason)
    with pytest.raises(ParleyError):
        say(pair, left)
    # Whatever of ours stands in the record is what we had signed before.
    with left.database.read() as connection:
        index = pair.channel(left).own_index
        for entry in log.by_author(connection, pair.channel_id, index, 0, 1000):
            assert entry.leaf in before
            statements.parse(entry.data).verify(left.letter.party, own)
    if found.state == "halted":
        # It signed that it holds what we never wrote: that is kept, and people have to speak.
        assert (found.reason, found.evidence) == ("held-contradicts", 1)
        return
    pair.settle()
    assert record(pair, left) == before
    assert standing(left).state == "open"


def test_who_withholds_what_it_had_seen_is_convicted(liar: Liar) -> None:
    """The anchor is lost with the disk; but the peer's own statement had seen ours."""
    house, pair = liar.house, liar.house.pair
    old = house.copy("left")
    talk(pair)
    left = house.back("left", old, anchors="lost")
    for _ in range(2):
        liar.answers(lambda m: replace(m, returned=(), held=Held(0, 1, held_leaf(pair, 0), 0)))
    found = standing(left)
    assert (found.state, found.reason) == ("recovering", "head-withheld")
    with pytest.raises(ParleyError):
        recovery.accept(left, pair.channel(left))
    with left.database.read() as connection:
        ((kind, _, data),) = proofs.evidence(connection, pair.channel_id)
    assert kind == "head-withheld"
    said, word, shown = cbor.decode(data, limit=limits.MIB)
    heads_said, signed = heads.read(said, word)
    heads.verify(heads_said, signed, pair.right.letter.statement_key)
    statement = statements.parse(shown)
    statement.verify(pair.right.letter.party, pair.right.letter.statement_key)
    assert heads.withheld(heads_said, statement)
    pair.settle()
    recovery.accept(left, pair.channel(left))
    pair.settle()
    assert standing(left).state == "open"


def held_leaf(pair: Pair, seq: int) -> bytes | None:
    channel = pair.channel(pair.right)
    with pair.right.database.read() as connection:
        return log.leaf_at(connection, pair.channel_id, channel.peer_index, seq)


def test_a_recorded_answer_is_no_answer(house: SetBack) -> None:
    """The very frame would come again, with its number; the answer of then does not fit."""
    pair = house.pair
    old = house.copy("left")
    outgoing = exchange.compose(pair.left, pair.channel_id)
    data, _digest = post.request(pair.left, outgoing)
    recorded = post.answer(pair.right, data)
    talk(pair)
    left = house.back("left", old, anchors="back")
    asked = exchange.compose(left, pair.channel_id)
    assert asked.counter == outgoing.counter
    _, digest = post.request(left, asked)
    with pytest.raises(ParleyError) as refused:
        post.settle(left, asked, digest, recorded)
    assert refused.value.reason.value == "reply-mismatch"
    assert not left.contacts.confirmed(pair.channel_id)
