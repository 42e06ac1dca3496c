"""What ``desk.keys`` holds: new keys before they are named, and no key that is over."""

from __future__ import annotations

from pathlib import Path

import pytest

from parley.application import channels, drafts, keys
from parley.application.desk import Desk
from parley.crypto import words
from parley.kernel import limits
from parley.kernel.errors import ParleyError
from parley.kernel.reasons import Reason
from parley.node import desk as opening
from parley.node import folder as folders
from parley.node.folder import Secrets
from parley.record import letter as letters
from parley.record.keyring import KeyKind
from tests.keys.test_epochs import at_rest, say
from tests.support.keys import changed, drawn, identity
from tests.support.pair import PASSPHRASE, Pair

MONTH = limits.SEALING_MONTH_SECONDS


def held(folder: Path) -> Secrets:
    return folders.unlock(folders.locked_keys(folder), PASSPHRASE)


def seeds(secrets: Secrets) -> set[bytes]:
    """Every private key in the file."""
    found = {secrets.keys.statement.seed, secrets.keys.log.seed}
    found |= {key.seed for key in secrets.keys.sealing.values()}
    if secrets.staged is not None:
        found |= {key.seed for key in secrets.staged.sealing.values()}
        found |= {key.seed for key in secrets.staged.signing or ()}
    return found


def reopen(desks: Pair, folder: Path) -> None:
    with opening.opened(folder, PASSPHRASE, clock=desks.clock):
        pass


def test_a_sealing_key_is_destroyed_when_no_pouch_can_need_it(desks: Pair) -> None:
    left, folder = desks.left, desks.folders[0]
    (first,) = left.keys.sealing.values()
    changed(desks, left, KeyKind.SEALING, months=2)
    at_rest(desks)
    assert first.seed in seeds(held(folder)), "what is on its way can still be opened"
    desks.clock.now += MONTH + limits.POUCH_SECONDS
    reopen(desks, folder)
    assert first.seed in seeds(held(folder))
    desks.clock.now += 1
    reopen(desks, folder)
    assert first.seed not in seeds(held(folder))
    assert len(held(folder).keys.sealing) == 2
    with desks.left.database.read() as connection:
        ring = left.own_keyring(connection)
    left.keyholder.settle(ring, desks.clock.now)
    assert first.public.kid not in left.keys.sealing, "a desk that is served looks for itself"


def test_old_signing_keys_are_gone_as_soon_as_the_new_ones_are_in_use(desks: Pair) -> None:
    left, folder = desks.left, desks.folders[0]
    for kind in (KeyKind.ROTATION, KeyKind.REVOCATION):
        old = (left.keys.statement.seed, left.keys.log.seed)
        changed(desks, left, kind)
        at_rest(desks)
        assert not seeds(held(folder)) & set(old)


class CutError(Exception):
    """The power fails."""


def cut_before_settling(desk: Desk, data: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patch:

        def fail(*_: object) -> None:
            raise CutError

        patch.setattr(type(desk.keyholder), "settle", fail)
        with pytest.raises(CutError):
            keys.install(desk, data)


@pytest.mark.parametrize("kind", list(KeyKind))
def test_a_change_that_was_cut_short_is_finished_by_itself(
    desks: Pair, kind: KeyKind, monkeypatch: pytest.MonkeyPatch
) -> None:
    left, folder = desks.left, desks.folders[0]
    old = left.keys
    cut_before_settling(left, drawn(desks, left, kind).data, monkeypatch)
    reopen(desks, folder)
    after = held(folder)
    assert after.staged is None
    changed_ = kind is not KeyKind.SEALING
    assert (old.statement.seed in seeds(after)) is not changed_
    say_and_rest(desks)


def say_and_rest(desks: Pair) -> None:
    at_rest(desks)
    for desk in (desks.left, desks.right):
        say(desks, desk)
    at_rest(desks)


def test_another_process_sees_the_new_keys(desks: Pair) -> None:
    """The desk that is served goes on with what a command beside it has installed."""
    with opening.opened(desks.folders[0], PASSPHRASE, clock=desks.clock) as beside:
        changed(desks, beside, KeyKind.ROTATION)
        assert desks.left.keys.statement.public != beside.keys.statement.public
        say_and_rest(desks)
        assert desks.left.keys.statement.public == beside.keys.statement.public


def test_an_expired_letter_ends_officers_statements_and_no_delivery(desks: Pair) -> None:
    """A second channel, opened with a letter that has a last day."""
    left, right = desks.left, desks.right
    ends = desks.clock.now + 1000
    text = letters.msgspec.structs.replace(right.letter.text, expires_at=ends)
    dated = letters.sign(text, identity(desks, right))
    channel = channels.accept(left, dated.data, words.words(dated.party), label="dated")
    desks.clock.now = ends + 1
    with pytest.raises(ParleyError) as caught:
        channels.accept(left, dated.data, words.words(dated.party), label="late")
    assert caught.value.reason is Reason.LETTER_EXPIRED
    (standing,) = [one for one in channels.standings(left) if one.channel.id == channel.id]
    assert standing.letter_expired
    with left.database.write(channel.id) as connection, pytest.raises(ParleyError) as caught:
        drafts.expect_current(left.channel(connection, channel.id), left.clock())
    assert caught.value.reason is Reason.LETTER_EXPIRED
