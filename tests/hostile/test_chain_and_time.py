"""Who lies about order and time: what comes before what is in every signature, the hour is not."""

from __future__ import annotations

import dataclasses

import msgspec
import pytest

from parley.application import audit, cases, channels
from parley.application.message import Sent
from parley.crypto import words
from parley.domain.act import ActType
from parley.kernel import ids
from parley.record import freeze, statement
from parley.store import log
from tests.support.hostile import Hostile, seen
from tests.support.pair import inquiry

replace = msgspec.structs.replace
YEAR = 365 * 86_400


def kept_out(hostile: Hostile, reason: str) -> None:
    """Nothing was taken in; the statement lies in quarantine, and the channel goes on."""
    hostile.unharmed()
    assert hostile.quarantine() == [reason]
    assert hostile.show(hostile.sign()) == []


def test_a_number_is_left_out(hostile: Hostile) -> None:
    assert hostile.show(hostile.sign(lambda e: replace(e, seq=e.seq + 1))) == ["chain-gap"]
    kept_out(hostile, "chain-gap")


def test_statements_are_reordered(hostile: Hostile) -> None:
    first = hostile.sign()
    parsed = statement.parse(first.data)
    second = hostile.sign(lambda e: replace(e, seq=e.seq + 1, prev=parsed.leaf))
    assert hostile.show(second, first) == ["chain-gap"]
    hostile.unharmed()
    assert hostile.show(first, second) == []
    hostile.unharmed(peer=3)


def test_another_statement_is_named_as_the_one_before(hostile: Hostile) -> None:
    assert hostile.show(hostile.sign(lambda e: replace(e, prev=bytes(32)))) == ["chain-broken"]
    kept_out(hostile, "chain-broken")


def test_a_statement_of_a_case_is_hidden(hostile: Hostile) -> None:
    """A dossier of that case alone would not show that one is missing."""
    hidden = hostile.sign(lambda e: replace(e, case_seq=1, case_prev=bytes(32)))
    assert hostile.show(hidden) == ["chain-broken"]
    kept_out(hostile, "chain-broken")


def test_what_we_never_said_is_claimed_to_be_seen(hostile: Hostile) -> None:
    assert hostile.show(hostile.sign(lambda e: seen(e, count=99))) == ["seen-ahead"]
    assert hostile.show(hostile.sign(lambda e: seen(e, leaf=bytes(32)))) == ["seen-wrong"]
    hostile.unharmed()
    assert hostile.quarantine() == ["seen-ahead", "seen-wrong"]


def test_a_root_of_ours_is_made_up(hostile: Hostile) -> None:
    assert hostile.show(hostile.sign(lambda e: seen(e, root=bytes(32)))) == ["seen-wrong"]
    assert hostile.show(hostile.sign(lambda e: seen(e, size=77))) == ["seen-wrong"]
    hostile.unharmed()


def test_what_was_seen_is_unseen_again(hostile: Hostile) -> None:
    """An answer as if ours had not come yet: its author has said before that it had."""
    hostile.speak(hostile.desks.left)
    hostile.desks.settle()
    hostile.speak(hostile.desks.right)
    hostile.desks.settle()
    older = hostile.sign(lambda e: replace(e, seen=(replace(e.seen[0], count=1),)))
    refused = hostile.show(older)
    assert refused[0] in ("seen-wrong", "fork-checkpoint", "fork-receipt")
    assert hostile.standing.peer == 2
    assert audit.fsck(hostile.desks.left).faults == ()


def test_a_statement_is_backdated(hostile: Hostile) -> None:
    """It bears last year's date, and the signature of having seen what we said today."""
    ours = hostile.speak(hostile.desks.left)
    hostile.desks.settle()
    case = ids.new_case_id()
    now = hostile.desks.clock()
    assert hostile.show(hostile.sign(case=case, iat=now - YEAR)) == []
    (view,) = cases.show(
        hostile.desks.left, hostile.desks.channel(hostile.desks.left), case, "otto"
    ).acts
    assert view.entry.iat == now - YEAR
    assert view.entry.recorded_at == now
    assert view.statement.envelope.seen[0].leaf == ours.leaf
    assert view.receipt is not None
    assert view.receipt.iat == now
    hostile.unharmed(own=2, peer=2)


def test_a_statement_bears_a_date_to_come(hostile: Hostile) -> None:
    """What is due runs from our receipt, and our own dates follow our own clock."""
    desks, case = hostile.desks, ids.new_case_id()
    now = desks.clock()
    assert hostile.show(hostile.sign(case=case, iat=now + 10 * YEAR)) == []
    shown = cases.show(desks.left, desks.channel(desks.left), case, "otto")
    assert [act.entry.recorded_at for act in shown.acts] == [now]
    first = shown.summary.dues[0]
    assert first.due.since_receipt is not None
    assert first.due.since_receipt < now + YEAR
    assert hostile.speak(desks.left).iat == now
    hostile.unharmed(own=2, peer=2)


def second(hostile: Hostile) -> Hostile:
    """Another channel between the two, in which the right desk has not been heard yet."""
    desks = hostile.desks
    for desk in (desks.left, desks.right):
        letter = desks.peer_of(desk).letter
        channels.accept(desk, letter.data, words.words(letter.party), label="second")
    found = channels.find(desks.right, "second")
    # As if an answer had come since the start.
    desks.left.contacts.confirm(found.id)
    return Hostile(dataclasses.replace(desks, channel_id=found.id))


def first_word(other: Hostile, type_: ActType, **changes: object) -> Sent:
    """The right desk's statement number 0, with the codes of its genesis changed."""
    right = other.desks.right
    channel = other.desks.channel(right)
    with right.database.read() as connection:
        (entry,) = log.in_order(connection, channel.id)
    honest = statement.parse(entry.data)
    if type_ is ActType.GENESIS:
        codes = {**honest.act.codes, **changes}
        frozen = freeze.by_desk(channel, type_, codes=codes, values={"label": "second"})
    else:
        frozen = freeze.freeze(channel, inquiry(channel, channel.standing_case))
    data = statement.sign(
        frozen.act_bytes,
        honest.envelope,
        party=channel.own.party,
        key=right.keys.statement,
        iat=right.clock(),
    )
    return Sent(data, frozen.body.encode())


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"version": 0}, "code-invalid"),
        ({"suite": 0}, "code-invalid"),
        ({"letters": (bytes(32).hex(), "01" * 32)}, "genesis-mismatch"),
        ({"members": (bytes(32).hex(), "01" * 32)}, "genesis-mismatch"),
    ],
    ids=["version", "suite", "letters", "members"],
)
def test_the_channel_is_opened_on_other_terms(
    hostile: Hostile, changes: dict[str, object], reason: str
) -> None:
    other = second(hostile)
    assert other.show(first_word(other, ActType.GENESIS, **changes))[0] == reason
    other.unharmed(own=2, state="halted")  # genesis, and a notice that is not sent any more
    assert other.standing.reason == reason
    hostile.unharmed()


def test_the_first_statement_is_no_genesis(hostile: Hostile) -> None:
    other = second(hostile)
    assert other.show(first_word(other, ActType.INQUIRY)) == ["genesis-missing"]
    other.unharmed(peer=0)
    assert other.standing.quarantined == 1
