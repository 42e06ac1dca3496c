"""A log goes on under new keys: so does what the witness has cosigned of it."""

from __future__ import annotations

import pytest

from parley.application import evidence
from parley.application.evidence import Claim
from parley.crypto import checkpoint
from parley.crypto.keys import LogKey
from parley.record.evidence import verify as verifier
from parley.record.keyring import KeyKind
from parley.store import witnesses
from parley.witness.state import log_id
from tests.support import keys
from tests.witness.conftest import Third
from tests.witness.test_witness import contact, forked, say


def rotated(third: Third, kind: KeyKind = KeyKind.ROTATION) -> LogKey:
    """The witness has cosigned the left log; then its keys change. The old log key."""
    left = third.desks.left
    old = left.keys.log
    third.submit(left)
    keys.changed(third.desks, left, kind)
    third.desks.settle()
    say(third, 2)
    third.desks.clock.now += 60
    return old


def key_of(third: Third) -> LogKey:
    left = third.desks.left
    return left.keys_for(third.desks.channel(left).own_keys).log


def name(third: Third, epoch: int) -> str:
    channel = third.desks.channel(third.desks.left)
    return log_id(channel.origin(channel.own_index, epoch))


def shown(third: Third, epoch: int) -> tuple[str, int]:
    """Origin and size of what the witness shows under a name of the left log."""
    note = third.ask("GET", f"/checkpoint/{name(third, epoch)}").content
    signed = checkpoint.parse_note(note)[0]
    return signed.origin, signed.size


@pytest.mark.parametrize("kind", [KeyKind.ROTATION, KeyKind.REVOCATION])
def test_it_takes_over_what_it_had_cosigned(third: Third, kind: KeyKind) -> None:
    left = third.desks.left
    rotated(third, kind)
    before = third.watched(left).head()[0]
    third.asked.clear()
    third.submit(left)
    assert contact(third).reason is None
    assert [status for path, status in third.asked if path.startswith("/keys/")] == [200]
    size = third.watched(left).head()[0]
    assert size == len(third.leaves(left)) > before
    channel = third.desks.channel(left)
    with left.database.read() as connection:
        newest = witnesses.newest(connection, channel.id, channel.own_index)
    assert {row.size for row in newest} == {size}
    new = channel.origin(channel.own_index, 1)
    assert shown(third, 0) == shown(third, 1) == (new, size)


def test_it_goes_on_after_a_start_and_is_shown_the_keys_once(third: Third) -> None:
    left = third.desks.left
    rotated(third)
    third.submit(left)
    third.reopen()
    say(third, 1)
    third.desks.clock.now += 60
    third.asked.clear()
    third.submit(left)
    assert {status for _path, status in third.asked} == {200}
    assert not [path for path, _status in third.asked if path.startswith("/keys/")]
    assert third.watched(left).head()[0] == len(third.leaves(left))
    assert shown(third, 1)[1] == len(third.leaves(left))
    assert len(third.witness.logs()) == 2, "one log under two names"


def test_keys_that_were_left_behind_sign_nothing_more(third: Third) -> None:
    left = third.desks.left
    old = rotated(third)
    third.submit(left)
    leaves = third.leaves(left)
    stolen = third.request(left, [*leaves, bytes(32)], len(leaves), key=old)
    answer = third.post(stolen)
    assert (answer.status_code, answer.content) == (403, b"epoch-closed\n")
    assert third.watched(left).head()[0] == len(leaves)


def test_a_revoked_key_signs_nothing_more_from_when_the_witness_knows(third: Third) -> None:
    left = third.desks.left
    old = rotated(third, KeyKind.REVOCATION)
    channel = third.desks.channel(left)
    (statement,) = channel.own_keys.statements
    assert third.ask("POST", f"/keys/{name(third, 0)}", statement.data).status_code == 200
    leaves = third.leaves(left)
    size = third.watched(left).head()[0]
    answer = third.post(third.request(left, forked(leaves), size, key=old))
    assert (answer.status_code, answer.content) == (403, b"epoch-closed\n")
    third.submit(left)
    assert contact(third).reason is None


def test_another_history_under_the_new_keys_is_not_cosigned(third: Third) -> None:
    left = third.desks.left
    rotated(third)
    channel = third.desks.channel(left)
    (statement,) = channel.own_keys.statements
    third.ask("POST", f"/keys/{name(third, 0)}", statement.data)
    size = third.watched(left).head()[0]
    leaves = third.leaves(left)
    other = [bytes(32), *leaves[1:]]
    answer = third.post(third.request(left, other, size, epoch=1, key=key_of(third)))
    assert answer.status_code == 422
    same = third.request(left, other[:size], size, proof=[], epoch=1, key=key_of(third))
    assert third.post(same).status_code == 409
    assert third.watched(left).forks() == [], "two keys convict nobody"
    assert third.watched(left).head()[0] == size


def test_two_roots_under_the_new_keys_convict(third: Third) -> None:
    left = third.desks.left
    rotated(third)
    third.submit(left)
    leaves = third.leaves(left)
    fork = third.request(left, forked(leaves), len(leaves), proof=[], epoch=1, key=key_of(third))
    assert third.post(fork).status_code == 409
    (path,) = third.watched(left).forks()
    report = verifier.verify(path, pins=[left.letter.party])
    assert (report.claim, report.convicted.pinned) == (Claim.ROOTS, True)


def test_a_peer_that_showed_another_log_before_its_change_of_keys_is_found(third: Third) -> None:
    """What the witness holds is signed by the old key, what we hold by the new one."""
    left, right = third.desks.left, third.desks.right
    third.post(third.request(right, forked(third.leaves(right))))
    keys.changed(third.desks, right, KeyKind.ROTATION)
    third.desks.settle()
    say(third, 1)
    third.submit(left)
    assert contact(third).reason == "fork-root"
    (proof,) = evidence.every(left, "audit")
    assert proof.row.kind == "fork-root"


def test_only_the_partys_own_next_keys_are_taken(third: Third) -> None:
    left, right = third.desks.left, third.desks.right
    first = keys.drawn(third.desks, left, KeyKind.ROTATION).data
    theirs = keys.drawn(third.desks, right, KeyKind.ROTATION).data

    def status(data: bytes, log: str) -> tuple[int, bytes]:
        answer = third.ask("POST", f"/keys/{log}", data)
        return answer.status_code, answer.content

    mine = name(third, 0)
    assert status(first, "00" * 32) == (404, b"log-unknown\n")
    assert status(first, "..%2f..") == (404, b"")
    assert status(theirs, mine)[0] == 400
    assert status(first[:-1] + bytes([first[-1] ^ 1]), mine)[0] in (400, 403)
    assert status(b"", mine)[0] == 400
    assert status(bytes(1 << 17), mine)[0] == 413
    assert third.watched(left).ring.number == 0
    assert status(first, mine) == (200, b"")
    assert status(first, mine) == (200, b""), "what is known changes nothing"
    assert third.watched(left).ring.number == 1
