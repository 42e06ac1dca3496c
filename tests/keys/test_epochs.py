"""New keys between two desks, with statements under way: rotation, revocation, sealing keys."""

from __future__ import annotations

import pytest

from parley.application import audit, channels, exchange, keys
from parley.application.desk import Desk
from parley.kernel import ids
from parley.kernel.errors import ParleyError
from parley.kernel.reasons import Reason
from parley.record.keyring import KeyKind
from parley.record.statement import Statement, parse
from parley.store import log, proofs
from parley.wire import frame as frames
from parley.wire import post
from tests.support.keys import changed, drawn
from tests.support.pair import Pair, inquiry

KINDS = (KeyKind.ROTATION, KeyKind.REVOCATION, KeyKind.SEALING)


def say(desks: Pair, desk: Desk) -> Statement:
    return desks.append(desk, inquiry(desks.channel(desk), ids.new_case_id()))


def at_rest(desks: Pair) -> None:
    """Both desks hold the same statements, receipted and cosigned, and every byte verifies."""
    desks.settle()
    for desk in (desks.left, desks.right):
        (standing,) = channels.standings(desk)
        assert standing.state == "open"
        agreed = (standing.agreed_own, standing.agreed_peer)
        assert agreed == (standing.own, standing.peer) == (standing.receipted, standing.peer)
        assert audit.fsck(desk).faults == ()


def epochs_of(desks: Pair, at: Desk, author: Desk) -> list[int]:
    """The epochs of the statements of ``author`` as ``at`` holds them."""
    channel = desks.channel(at)
    member = channel.own_index if at is author else channel.peer_index
    with at.database.read() as connection:
        return [e.epoch for e in log.by_author(connection, desks.channel_id, member, 0, 1000)]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("waiting", [False, True])
def test_new_keys_come_into_use_on_both_sides(desks: Pair, kind: KeyKind, waiting: bool) -> None:
    """Whatever was signed and not delivered yet arrives all the same."""
    old = desks.left.keys
    if waiting:
        say(desks, desks.left)
        say(desks, desks.right)
    changed(desks, desks.left, kind)
    at_rest(desks)
    for desk in (desks.left, desks.right):
        say(desks, desk)
    at_rest(desks)
    ring = desks.channel(desks.right).peer_keys
    assert ring.number == 1
    assert desks.left.keys.statement.public == ring.current.statement
    expected = [0, 0, 1, 1] if waiting else [0, 1, 1]
    if kind is KeyKind.SEALING:
        assert desks.left.keys.statement is old.statement or (
            desks.left.keys.statement.public == old.statement.public
        )
        expected = [0] * (3 if waiting else 2)
    else:
        assert desks.left.keys.statement.public != old.statement.public
    assert epochs_of(desks, desks.right, desks.left) == expected
    assert epochs_of(desks, desks.left, desks.left) == expected


def test_frames_are_sealed_to_the_key_of_the_month(desks: Pair) -> None:
    changed(desks, desks.left, KeyKind.SEALING, months=3)
    desks.settle()
    windows = desks.channel(desks.right).peer_keys.statements[0].text.sealing
    used = []
    for _ in windows:
        say(desks, desks.right)
        desks.deliver(desks.right)
        used.append(frames.parse(desks.frames[-2]).header().sealing_kid)
        desks.clock.now += 31 * 86_400
    assert used == [window.kid for window in windows]


def test_after_the_last_month_nothing_is_sealed(desks: Pair) -> None:
    """The peer says so instead of sealing to a key that may be destroyed."""
    changed(desks, desks.left, KeyKind.SEALING, months=1)
    desks.settle()
    desks.clock.now += 39 * 86_400
    with pytest.raises(ParleyError) as caught:
        desks.deliver(desks.right)
    assert caught.value.reason is Reason.SEALING_KEY_EXPIRED
    changed(desks, desks.left, KeyKind.SEALING, months=1)
    at_rest(desks)


def test_a_rotated_key_signs_nothing_any_more(desks: Pair) -> None:
    """A frame that was on its way is refused and sent again with the new key."""
    say(desks, desks.left)
    outgoing = exchange.compose(desks.left, desks.channel_id)
    late, _ = post.request(desks.left, outgoing)
    changed(desks, desks.left, KeyKind.ROTATION)
    at_rest(desks)
    with pytest.raises(ParleyError) as caught:
        post.answer(desks.right, late)
    assert caught.value.reason is Reason.KEY_RETIRED
    with desks.right.database.read() as connection:
        (kept,) = proofs.every_quarantined(connection, desks.channel_id)
    assert kept.reason == "key-retired"
    assert parse(kept.data).envelope.epoch == 0
    assert channels.standings(desks.right)[0].state == "open"


def test_a_revocation_waits_for_the_peer(desks: Pair) -> None:
    installed = changed(desks, desks.left, KeyKind.REVOCATION)
    assert (installed.opened, installed.waiting) == (0, 1)
    with pytest.raises(ParleyError) as caught:
        say(desks, desks.left)
    assert caught.value.reason is Reason.EPOCH_NOT_OPEN
    # The peer speaks before it knows; nothing is taken in or signed.
    say(desks, desks.right)
    assert not desks.deliver(desks.right)
    assert channels.standings(desks.left)[0].peer == 1
    at_rest(desks)
    say(desks, desks.left)
    at_rest(desks)


@pytest.mark.parametrize("first", KINDS)
@pytest.mark.parametrize("second", KINDS)
def test_keys_change_twice_while_the_peer_is_away(
    desks: Pair, first: KeyKind, second: KeyKind
) -> None:
    changed(desks, desks.left, first)
    changed(desks, desks.left, second)
    at_rest(desks)
    assert desks.channel(desks.right).peer_keys.number == 2
    say(desks, desks.left)
    at_rest(desks)


def test_both_sides_revoke_at_once(desks: Pair) -> None:
    for desk in (desks.left, desks.right):
        say(desks, desk)
        changed(desks, desk, KeyKind.REVOCATION)
    at_rest(desks)
    for desk in (desks.left, desks.right):
        say(desks, desk)
    at_rest(desks)


def test_a_statement_that_was_not_drawn_here_is_not_installed(desks: Pair) -> None:
    first = drawn(desks, desks.left, KeyKind.ROTATION)
    drawn(desks, desks.left, KeyKind.ROTATION)
    with pytest.raises(ParleyError) as caught:
        keys.install(desks.left, first.data)
    assert caught.value.reason is Reason.KEYS_NOT_PENDING
    with pytest.raises(ParleyError) as caught:
        keys.install(desks.right, first.data)
    assert caught.value.reason is Reason.KEYS_NOT_OURS


def test_installing_again_changes_nothing(desks: Pair) -> None:
    statement = drawn(desks, desks.left, KeyKind.ROTATION)
    keys.install(desks.left, statement.data)
    again = keys.install(desks.left, statement.data)
    assert (again.opened, again.waiting) == (0, 0)
    at_rest(desks)
